"""Training by gradients: a fit that starts somewhere, takes so many steps, and stops."""

import functools
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PyTree

from zenil_dynamics import samplers
from zenil_dynamics.fits.base import AbstractFit
from zenil_dynamics.learned.neural_categorical import NeuralCategorical
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.states.base import AbstractState
from zenil_dynamics.statistics import AbstractCounts
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import finite_number, positive_integer


def _steps(value: Any) -> Int[HostArray, ""]:
    return _whole(value, name="num_steps")


def _batch(value: Any) -> Int[HostArray, ""] | None:
    return None if value is None else _whole(value, name="batch_size")


def _whole(value: Any, *, name: str) -> Int[HostArray, ""]:
    number = positive_integer(value, name=name)
    if number >= 2**31:
        raise ValueError(f"`{name}` must be below 2^31; got {number}.")
    return np.asarray(number, np.int32)


class GradientFit(AbstractFit):
    """Minimise the cross-entropy of a network to a training set by steps of an optimizer.

    theta_{k+1} = theta_k - optimizer(gradient of  -sum_i f_i log q_i(theta_k)),   k = 0 .. num_steps - 1,

    f the frequencies of the training set. All types are enumerated, so that the gradient is that of the whole set, or
    with `batch_size` that of a fresh batch drawn from it with replacement. A warm start begins at Q_t, as fine-tuning
    does; else every generation begins at the parameters that the first state was made with. The memory of the optimizer
    starts anew with every fit.

    Learning rate and numbers of steps and draws are traced: no value of them compiles anything anew. The optimizer
    compiles once for each function, so that a function made on the spot compiles every time.

    Attributes:
        optimizer: static; learning rate -> Optax transformation, such as `optax.adam`.
        learning_rate: handed to `optimizer`, positive.
        num_steps: of a fit, at least 1.
        warm_start: static; whether a fit begins at the previous state.
        batch_size: draws of a batch; None is the whole set.

    Raises:
        ValueError: an optimizer that is no function of a learning rate, numbers out of range.

    Source: Definition; optimizers are Optax's.
    """

    optimizer: Callable[[Any], Any] = eqx.field(static=True)
    learning_rate: Float[Array, ""] = eqx.field(converter=functools.partial(finite_number, name="learning_rate"))
    num_steps: Int[Array, ""] = eqx.field(converter=_steps)
    warm_start: bool = eqx.field(static=True, default=True)
    batch_size: Int[Array, ""] | None = eqx.field(converter=_batch, default=None)

    def __check_init__(self):
        if not callable(self.optimizer):
            raise ValueError(
                f"`optimizer` must be a function of the learning rate, such as optax.adam; got a "
                f"{type(self.optimizer).__name__}. Give optax.adam and learning_rate=... apart."
            )
        if not isinstance(self.warm_start, bool):
            raise ValueError(f"`warm_start` must be True or False; got {self.warm_start!r}.")
        if not self.learning_rate > 0:
            raise ValueError(f"`learning_rate` must be positive; got {self.learning_rate}.")

    def __call__(self, statistics: AbstractCounts, previous: AbstractState, *, key: Key) -> NeuralCategorical:
        """Train."""
        assert isinstance(previous, NeuralCategorical)
        # Below a stream of its own: a fit of the initial sample shares its key with the sample.
        key, frequencies = fold_in(key, Stream.FIT), statistics.frequencies
        optimizer = self.optimizer(jnp.asarray(self.learning_rate, jnp.result_type(float)))
        start = _on_device(previous.parameters if self.warm_start else previous.origin)

        def loss(parameters: PyTree, shares: Float[Array, " support"]) -> Float[Array, ""]:
            return -jnp.sum(shares * jax.nn.log_softmax(previous.logits(parameters)))

        def step(index: Int[Array, ""], carry: tuple[PyTree, PyTree]) -> tuple[PyTree, PyTree]:
            parameters, memory = carry
            gradient = jax.grad(loss)(parameters, self._seen(frequencies, key=fold_in(key, index)))
            # Optax multiplies whole and real numbers, which strict promotion refuses.
            with jax.numpy_dtype_promotion("standard"):
                updates, memory = optimizer.update(gradient, memory, parameters)
            return jax.tree.map(lambda one, change: one + change.astype(one.dtype), parameters, updates), memory

        with jax.numpy_dtype_promotion("standard"):
            memory = optimizer.init(start)
        count = jnp.asarray(self.num_steps, jnp.int32)
        trained, _ = jax.lax.fori_loop(jnp.zeros_like(count), count, step, (start, memory))
        return eqx.tree_at(lambda state: state.parameters, previous, trained)

    def _seen(self, frequencies: Float[Array, " support"], *, key: Key) -> Float[Array, " support"]:
        """Frequencies of one step's batch."""
        if self.batch_size is None:
            return frequencies
        size = jnp.asarray(self.batch_size, jnp.int32)
        counts = samplers.multinomial(size, frequencies, key=key)
        return counts.astype(frequencies.dtype) / size.astype(frequencies.dtype)

    def trained_on(self, target: AbstractState, model: NeuralCategorical, *, key: Key) -> NeuralCategorical:
        """What this fit makes of infinitely many draws of a target: a Q_0 that knows it, as well as it can.

        Args:
            target: with as many types as the network has logits.
            model: where training begins; it stays the origin of fits without a warm start.
            key: consumed, by batches.

        Returns:
            A state with the parameters of `model` trained, float64 on the host.

        Raises:
            ValueError: a target of other types; parameters that stopped being finite.

        Source: Definition.
        """
        self.check_state(model)
        model.check_target(target)
        parameters = jax.tree.map(
            lambda leaf: np.asarray(leaf, np.float64), _trained(self, target, model, key).parameters
        )
        if not all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(parameters)):
            raise ValueError(
                f"training left the finite numbers at `learning_rate` {float(self.learning_rate):g}. Lower it."
            )
        return eqx.tree_at(lambda state: state.parameters, model, parameters)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families that are not trained."""
        if not isinstance(state, NeuralCategorical):
            raise ValueError(
                f"`fit` GradientFit trains a network and has no meaning for a {state.family} state. Give `model` a "
                "NeuralCategorical, or use MaximumLikelihood."
            )

    def describe(self) -> dict[str, Any]:
        """Name and parameters."""
        return {
            "fit": "gradient",
            "optimizer": _name(self.optimizer),
            "learning_rate": float(self.learning_rate),
            "num_steps": int(self.num_steps),
            "warm_start": self.warm_start,
            "batch_size": None if self.batch_size is None else int(self.batch_size),
        }


def _name(optimizer: Callable[[Any], Any]) -> str:
    """Of a function; with the arguments that `functools.partial` fixed. Never an address in memory."""
    if isinstance(optimizer, functools.partial):
        fixed = [*map(str, optimizer.args), *(f"{name}={value}" for name, value in sorted(optimizer.keywords.items()))]
        return f"{_name(optimizer.func)}({', '.join(fixed)})"
    return getattr(optimizer, "__name__", type(optimizer).__name__)


def _on_device(parameters: PyTree) -> PyTree:
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.result_type(float)), parameters)


@jax.jit
def _trained(fit: GradientFit, target: Any, model: NeuralCategorical, key: Key) -> NeuralCategorical:
    return fit(target.expected(), model, key=key)

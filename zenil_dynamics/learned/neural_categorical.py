"""A distribution on finitely many types that a neural network computes."""

import functools
import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Never

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PyTree

from zenil_dynamics import samplers
from zenil_dynamics.random import pairs
from zenil_dynamics.states.base import AbstractSource, AbstractState, Quantity
from zenil_dynamics.states.categorical import Categorical, CategoricalMixture
from zenil_dynamics.statistics import Counts, ExpectedCounts
from zenil_dynamics.types import Key

_LARGEST = float(np.finfo(np.float32).max)
"""Kernels compute in float32."""


class NeuralCategorical(AbstractState):
    """q = softmax(network()): a law on K types, fitted to counts by gradients.

    The counts of the types are all that any fit can know of a training set, whatever the network, so that a generation
    costs the training and not the draws. A softmax is positive everywhere: a type can become as rare as float32 allows
    but is never lost for good, and `support_size` falls only where a probability underflows.

    Attributes:
        parameters: the floating-point arrays of the network, all of them trained.
        origin: those it was made with: where a fit without a warm start begins.
        structure: static; the network without its arrays.
        support_size: static; K.

    Raises:
        ValueError: something that cannot be called, nothing to train, arrays of integers, static fields that cannot be
            hashed, parameters that are not finite, or an output that is no vector of finite logits.

    Example:
        >>> from zenil_dynamics.learned import LogitTable
        >>> state = NeuralCategorical(LogitTable.of([0.5, 0.25, 0.25]))
        >>> state.support_size, state.num_parameters
        (3, 3)

    Source: Definition.
    """

    parameters: PyTree
    origin: PyTree
    structure: PyTree = eqx.field(static=True)
    support_size: int = eqx.field(static=True)

    family: ClassVar[str] = "neural_categorical"
    needs_training: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, Quantity]] = Categorical.quantities
    # All targets that `check_target` lets through have probabilities, so that every comparison has a meaning.
    comparisons: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, network: Callable[[], Float[Array, " support"]]):
        if not callable(network):
            raise ValueError(f"`network` must be a module that returns logits when it is called; got {network!r}.")
        parameters, self.structure = eqx.partition(network, eqx.is_inexact_array)
        if any(hasattr(leaf, "dtype") for leaf in jax.tree.leaves(self.structure)):
            raise ValueError(
                "`network` must hold arrays of floating-point numbers alone, which are trained; got another array. "
                "Make it a static tuple."
            )
        if not jax.tree.leaves(parameters):
            raise ValueError("`network` must hold an array of floating-point numbers; got nothing that can be trained.")
        _check_hashable(self.structure)
        self.parameters = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), parameters)
        if not all(np.all(np.abs(leaf) <= _LARGEST) for leaf in jax.tree.leaves(self.parameters)):
            raise ValueError(f"`network` must have finite parameters, at most {_LARGEST:.3g} in size; got others.")
        self.origin = self.parameters
        logits = self.logits(self.parameters)
        if logits.ndim != 1 or logits.size == 0 or not np.all(np.isfinite(logits)):
            raise ValueError(
                f"`network` must return a vector of finite logits, one per type; got shape {logits.shape} with "
                f"{int(np.sum(~np.isfinite(logits)))} entries that are not finite."
            )
        self.support_size = int(logits.size)

    def logits(self, parameters: PyTree) -> Float[Array, " support"]:
        """What the network returns with other parameters.

        Args:
            parameters: of the structure of `parameters`.

        Returns:
            Logits, shape (support,), known up to a constant.

        Source: Definition.
        """
        dtype = jnp.result_type(float)
        arrays = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), parameters)
        return jnp.asarray(eqx.combine(arrays, self.structure)(), dtype)

    @property
    def probs(self) -> Float[Array, " support"]:
        """Probabilities of the types."""
        return jax.nn.softmax(self.logits(self.parameters))

    @property
    def num_parameters(self) -> int:
        """Numbers that are trained."""
        return sum(math.prod(np.shape(leaf)) for leaf in jax.tree.leaves(self.parameters))

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Counts:
        """Multinomial counts."""
        return Counts(samplers.multinomial(num_samples, self.probs, key=key))

    def sample(self, num_items: int, *, key: Key) -> Int[Array, " items"]:
        """Indices of types, shape (num_items,)."""
        return samplers.categorical_items(self.probs, pairs(key, (num_items,)))

    def expected(self) -> ExpectedCounts:
        """The probabilities themselves."""
        return ExpectedCounts(self.probs)

    @property
    def empty(self) -> Counts:
        """No draw of any type."""
        return Counts(jnp.zeros(self.support_size, jnp.int32))

    def mixed_with(self, other: AbstractSource, weight: Float[Array, ""]) -> AbstractSource:
        """One multinomial of the mixed probabilities."""
        if isinstance(other, (NeuralCategorical, Categorical, CategoricalMixture)):
            probs = self.probs
            return CategoricalMixture(weight * jnp.asarray(other.probs, probs.dtype) + (1 - weight) * probs)
        return super().mixed_with(other, weight)

    def matched(self, statistics: Any) -> Never:
        """Refused.

        Raises:
            ValueError: where training ends has no closed form.
        """
        raise ValueError(
            f"a {self.family} state has no closed form of a fit, not even to infinitely many draws. Train it by "
            "`fit`=GradientFit(...), and give `initial`: a state, GradientFit.trained_on(target, state, key=key), or "
            "estimate(num_samples=...)."
        )

    def check_target(self, target: AbstractState) -> None:
        """Types, as many as the network has logits."""
        if not isinstance(target, Categorical):
            self.check_pair(target)
        self.check_space(target)  # pyright: ignore[reportArgumentType]

    def check_space(self, other: "NeuralCategorical | Categorical") -> None:
        """Refuse another number of types."""
        if other.support_size != self.support_size:
            raise ValueError(
                f"both states must have the same number of types; got {self.support_size} and {other.support_size}. "
                "Give the network as many logits as there are types."
            )

    def describe(self) -> dict[str, Any]:
        """Family, network, sizes, numbers of the law, and what tells its parameters from others."""
        digest = hashlib.sha256()
        for leaf in jax.tree.leaves((self.parameters, self.origin)):
            digest.update(repr(np.shape(leaf)).encode() + np.asarray(leaf, np.float64).tobytes())
        probs = np.asarray(self.probs, np.float64)
        return {
            "family": self.family,
            "network": type(self.structure).__name__,
            "support_size": self.support_size,
            "num_parameters": self.num_parameters,
            "diversity": float(np.sum(probs * (1 - probs))),
            "parameters": digest.hexdigest()[:16],
        }

    @property
    def num_bytes(self) -> int:
        """Parameters, their origin, gradients and an optimizer's moments; activations, forth and back; counts."""
        shapes = tuple(np.shape(leaf) for leaf in jax.tree.leaves(self.parameters))
        treedef = jax.tree.structure(self.parameters)
        return 4 * (6 * self.num_parameters + 2 * _num_activations(self.structure, treedef, shapes)) + (
            16 * self.support_size
        )


def _check_hashable(structure: Any) -> None:
    """Compiled programs are found by what is static in a network."""
    try:
        hash(structure)
    except TypeError as error:
        raise ValueError(
            f"`network` must have static fields that can be hashed; got an {error}. Make lists and arrays tuples."
        ) from error


@functools.lru_cache(maxsize=64)
def _num_activations(structure: Any, treedef: Any, shapes: tuple[tuple[int, ...], ...]) -> int:
    """Numbers that the operations of one call of a network put out."""
    dtype = jnp.result_type(float)
    parameters = jax.tree.unflatten(treedef, [jax.ShapeDtypeStruct(shape, dtype) for shape in shapes])
    traced = jax.make_jaxpr(lambda arrays: eqx.combine(arrays, structure)())(parameters)
    return sum(variable.aval.size for equation in traced.eqns for variable in equation.outvars)

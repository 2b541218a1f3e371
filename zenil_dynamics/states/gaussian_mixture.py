"""A mixture of normal distributions on the line, fitted by expectation-maximisation."""

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import samplers
from zenil_dynamics.random import Stream, fold_in, pairs
from zenil_dynamics.states.base import AbstractScalar, AbstractState, Observed, Quantity, check_capacity
from zenil_dynamics.statistics import Particles
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import finite_number, positive_integer, probabilities


def _mean(state: "GaussianMixture", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[0]


def _variance(state: "GaussianMixture", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[1]


def _smallest_weight(state: "GaussianMixture", observed: Observed) -> Float[Array, ""]:
    return jnp.min(jnp.asarray(state.weights))


def _smallest_variance(state: "GaussianMixture", observed: Observed) -> Float[Array, ""]:
    return jnp.min(jnp.asarray(state.variances))


_QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "mean": _mean,
        "variance": _variance,
        "smallest_weight": _smallest_weight,
        "smallest_variance": _smallest_variance,
    }
)


_LEAST_FLOOR = 1e-30
"""A variance of which float32 knows the logarithm and the inverse."""

_FARTHEST = 1e37
"""Squared distance in variances: a density is 0 long before, and float32 is not infinite yet."""


class GaussianMixture(AbstractScalar):
    """sum_k w_k N(m_k, v_k); its fit climbs the likelihood from the previous model.

    A fit runs a fixed number of expectation-maximisation steps from Q_t, as a practitioner's warm start does. Each step
    keeps the sample mean exactly, and raises the likelihood of the training set. The likelihood of such a mixture has
    no maximum (a component may shrink onto one draw), so that variances are never fitted below a floor.

    Attributes:
        weights: w_k, shape (components,), summing to 1.
        means: m_k, units of the data.
        variances: v_k, squared units, positive.
        variance_floor: least variance of a fit, squared units, at least 1e-30.
        capacity: largest training set, static.
        num_steps: expectation-maximisation steps of a fit, static.

    Raises:
        ValueError: lists of different lengths, weights that are no probabilities, variances or a floor that are not
            positive.

    Source: Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm", J. R. Statist.
    Soc. B 39 (1977).
    """

    weights: Float[HostArray, " components"]
    means: Float[HostArray, " components"]
    variances: Float[HostArray, " components"]
    variance_floor: Float[Array, ""] = eqx.field(converter=functools.partial(finite_number, name="variance_floor"))
    capacity: int = eqx.field(static=True)
    num_steps: int = eqx.field(static=True)

    family: ClassVar[str] = "gaussian_mixture"
    quantities: ClassVar[Mapping[str, Quantity]] = _QUANTITIES

    def __init__(
        self,
        weights: Any,
        means: Any,
        variances: Any,
        *,
        capacity: int,
        variance_floor: float = 1e-6,
        num_steps: int = 20,
    ):
        self.weights = probabilities(weights, name="weights")
        self.means, self.variances = np.asarray(means, np.float64), np.asarray(variances, np.float64)
        for name, values in (("means", self.means), ("variances", self.variances)):
            if values.shape != self.weights.shape or not np.all(np.isfinite(values)):
                raise ValueError(
                    f"`{name}` must be finite, one for each of the {self.weights.size} weights; got shape "
                    f"{values.shape}."
                )
        if not np.all(self.variances > 0):
            raise ValueError(f"`variances` must be positive; got {self.variances.min()}.")
        self.variance_floor = finite_number(variance_floor, name="variance_floor")
        if self.variance_floor < _LEAST_FLOOR:
            raise ValueError(
                f"`variance_floor` must be at least {_LEAST_FLOOR:g}, or a component could shrink onto one draw; got "
                f"{variance_floor:g}."
            )
        self.capacity = positive_integer(capacity, name="capacity")
        self.num_steps = positive_integer(num_steps, name="num_steps")

    def _parameters(self) -> tuple[Array, Array, Array]:
        dtype = jnp.result_type(float)
        return jnp.asarray(self.weights, dtype), jnp.asarray(self.means, dtype), jnp.asarray(self.variances, dtype)

    @property
    def first_moments(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Mean; variance within and between the components."""
        weights, means, variances = self._parameters()
        mean = jnp.sum(weights * means)
        return mean, jnp.sum(weights * (variances + (means - mean) ** 2))

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        weights, means, variances = self._parameters()
        chosen = samplers.categorical_items(weights, pairs(fold_in(key, Stream.SPLIT), (num_items,)))
        noise = samplers.normal((num_items,), key=fold_in(key, Stream.REFIT))
        own = jnp.arange(weights.shape[-1], dtype=jnp.int32)[:, None] == chosen[None, :]

        def of_own(values: Array) -> Array:
            # A sum with one term that is not 0: XLA fuses a gather with the scatter of `Particles` and all random words
            # behind it into one loop, which takes LLVM twice as long or more to compile.
            return jnp.sum(jnp.where(own, values[:, None], jnp.zeros_like(values)[:, None]), axis=0, dtype=values.dtype)

        return of_own(means) + of_own(jnp.sqrt(variances)) * noise

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Particles:
        """The draws themselves; `num_samples` must not exceed the capacity, which `check_sizes` sees to."""
        return Particles(self.sample(self.capacity, key=key), num_samples)

    def expected(self) -> Any:
        """Refused.

        Raises:
            ValueError: infinitely many draws have no list.
        """
        raise ValueError(
            "a mixture is fitted to single draws, and infinitely many have no list. Use an update that draws."
        )

    @property
    def empty(self) -> Particles:
        """No number, with room for all."""
        return Particles(jnp.zeros(self.capacity, jnp.result_type(float)), jnp.zeros((), jnp.int32))

    def matched(self, statistics: Particles) -> "GaussianMixture":
        """`num_steps` steps of expectation and maximisation from this state."""
        floor = jnp.asarray(self.variance_floor, statistics.values.dtype)
        present = statistics.present.astype(statistics.values.dtype)

        def step(parameters: tuple[Array, Array, Array], _: None) -> tuple[tuple[Array, Array, Array], None]:
            return _em_step(parameters, statistics.values, present, floor), None

        fitted, _ = jax.lax.scan(step, self._parameters(), length=self.num_steps)
        return eqx.tree_at(lambda state: (state.weights, state.means, state.variances), self, fitted)

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Every training set must fit."""
        check_capacity(self, self.capacity, sizes)

    def check_target(self, target: AbstractState) -> None:
        """Numbers on the line."""
        if not target.scalar:
            self.check_pair(target)

    def check_space(self, other: "GaussianMixture") -> None:
        """Refuse another number of components or another capacity."""
        one, two = (state.weights.shape[-1] for state in (self, other))
        if (one, self.capacity) != (two, other.capacity):
            raise ValueError(
                "both states must have the same number of components and the same capacity; got "
                f"{one}, {self.capacity} and {two}, {other.capacity}."
            )

    def describe(self) -> dict[str, Any]:
        """Family and parameters."""
        facts = {
            name: np.asarray(getattr(self, name), np.float64).tolist() for name in ("weights", "means", "variances")
        }
        limits = {"variance_floor": float(self.variance_floor), "capacity": self.capacity, "num_steps": self.num_steps}
        return {"family": self.family, **facts, **limits}

    @property
    def num_bytes(self) -> int:
        """Draws, the words behind them, and their shares in every component."""
        return 4 * self.capacity * (6 + 3 * self.weights.shape[-1])


def _em_step(
    parameters: tuple[Array, Array, Array], values: Array, present: Array, floor: Array
) -> tuple[Array, Array, Array]:
    """One step: responsibilities of the components for the draws, then weighted moments."""
    weights, means, variances = parameters
    alive = weights > 0
    logs = jnp.where(alive, jnp.log(jnp.where(alive, weights, jnp.ones_like(weights))), -jnp.inf)
    deviations = values[:, None] - means[None, :]
    # Where all components are infinitely far, an unbounded distance would leave no share to any.
    distances = jnp.minimum(deviations * (deviations / variances[None, :]), jnp.asarray(_FARTHEST, values.dtype))
    densities = logs[None, :] - 0.5 * (jnp.log(variances)[None, :] + distances)
    shares = jax.nn.softmax(densities, axis=1) * present[:, None]
    masses = jnp.sum(shares, axis=0)
    held = masses > 0
    divisors = jnp.where(held, masses, jnp.ones_like(masses))
    located = jnp.sum(shares * values[:, None], axis=0) / divisors
    apart = values[:, None] - located[None, :]
    spread = jnp.maximum(jnp.sum(shares * apart * apart, axis=0) / divisors, floor)
    # A component without any share stays where it was, with weight 0.
    return masses / jnp.sum(present), jnp.where(held, located, means), jnp.where(held, spread, variances)

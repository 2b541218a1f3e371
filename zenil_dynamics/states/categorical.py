"""A distribution on finitely many types."""

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import estimators, samplers
from zenil_dynamics.random import pairs
from zenil_dynamics.states.base import AbstractSource, AbstractState, Observed, Quantity
from zenil_dynamics.statistics import AbstractCounts, Counts, ExpectedCounts
from zenil_dynamics.types import Key
from zenil_dynamics.validate import probabilities


def _entropy(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.entropy_plugin(state.probs)


def _diversity(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.diversity(state.probs)


def _support_size(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.support_size(state.probs).astype(state.probs.dtype)


def _rare_mass(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.rare_mass(state.probs, observed.target.probs, observed.rare_threshold)


def _missing_mass(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.missing_mass(state.probs, observed.target.probs)


def _kl_to_target(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.kl_divergence(state.probs, observed.target.probs)


def _kl_from_target(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.kl_divergence(observed.target.probs, state.probs)


def _successive_kl(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.kl_divergence(state.probs, observed.previous.probs)


def _total_variation(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.total_variation(state.probs, observed.target.probs)


def _chi_square(state: "Categorical", observed: Observed) -> Float[Array, ""]:
    return estimators.chi_square(state.probs, observed.target.probs)


_QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "entropy": _entropy,
        "diversity": _diversity,
        "support_size": _support_size,
        "rare_mass": _rare_mass,
        "missing_mass": _missing_mass,
        "kl_to_target": _kl_to_target,
        "kl_from_target": _kl_from_target,
        "successive_kl": _successive_kl,
        "total_variation": _total_variation,
        "chi_square": _chi_square,
    }
)


class CategoricalMixture(AbstractSource):
    """Each draw from `other` with probability `weight`, else from `base`: again a categorical source."""

    probs: Float[Array, " support"]

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Counts:
        """Multinomial counts of the mixture."""
        return Counts(samplers.multinomial(num_samples, self.probs, key=key))

    def expected(self) -> ExpectedCounts:
        """The mixture's probabilities."""
        return ExpectedCounts(self.probs)


class Categorical(AbstractState):
    """A point of the simplex; its maximum-likelihood fit is the empirical measure.

    Attributes:
        probs: shape (support,), non-negative, summing to 1. A sum that misses 1 by at most 1e-6 is renormalised.

    Raises:
        ValueError: entries that are negative or not finite, or a sum further than 1e-6 from 1.

    Source: arXiv 2601.05280v2, Definition 1 and Eq. (1), reading TABULAR (neutral Wright-Fisher with immigration).
    """

    probs: Float[Array, " support"] = eqx.field(converter=functools.partial(probabilities, name="probs"))

    family: ClassVar[str] = "categorical"
    mixtures_stay: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, Quantity]] = _QUANTITIES
    comparisons: ClassVar[frozenset[str]] = frozenset(_QUANTITIES) - {
        "entropy",
        "diversity",
        "support_size",
        "successive_kl",
    }

    @classmethod
    def zipf(cls, support_size: int, exponent: float = 1.0) -> "Categorical":
        """Probabilities proportional to rank**-exponent on `support_size` types.

        Raises:
            ValueError: `support_size` below 1 or an exponent that is not finite.
        """
        if int(support_size) != support_size or support_size < 1:
            raise ValueError(f"`support_size` must be a whole number of at least 1; got {support_size}.")
        if not np.isfinite(exponent):
            raise ValueError(f"`exponent` must be finite; got {exponent}.")
        weights = np.arange(1, int(support_size) + 1, dtype=np.float64) ** -np.float64(exponent)
        return cls(weights / weights.sum())

    @classmethod
    def uniform(cls, support_size: int) -> "Categorical":
        """Equal probabilities on `support_size` types."""
        return cls.zipf(support_size, 0.0)

    @classmethod
    def from_counts(cls, counts: Any) -> "Categorical":
        """Relative frequencies of a table of counts, as of the words of a text.

        Raises:
            ValueError: an empty table, a negative count, or a total of 0.
        """
        counts = np.asarray(counts, np.float64)
        if counts.ndim != 1 or counts.size == 0:
            raise ValueError(f"`counts` must be a non-empty list of numbers; got shape {counts.shape}.")
        if not np.all(np.isfinite(counts)) or np.any(counts < 0) or counts.sum() == 0:
            raise ValueError("`counts` must be non-negative and finite, with a positive sum.")
        return cls(counts / counts.sum())

    @property
    def support_size(self) -> int:
        """Number of types, those of probability 0 included."""
        return self.probs.shape[-1]

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Counts:
        """Multinomial counts."""
        return Counts(samplers.multinomial(num_samples, self.probs, key=key))

    def sample(self, num_items: int, *, key: Key) -> Int[Array, " items"]:
        """Indices of types, shape (num_items,)."""
        return samplers.categorical_items(jnp.asarray(self.probs, jnp.result_type(float)), pairs(key, (num_items,)))

    def expected(self) -> ExpectedCounts:
        """The probabilities themselves."""
        return ExpectedCounts(self.probs)

    @property
    def empty(self) -> Counts:
        """No draw of any type."""
        return Counts(jnp.zeros(self.probs.shape, jnp.int32))

    def mixed_with(self, other: AbstractSource, weight: Float[Array, ""]) -> AbstractSource:
        """One multinomial of the mixed probabilities instead of a binomial split and two multinomials."""
        if isinstance(other, (Categorical, CategoricalMixture)):
            return CategoricalMixture(weight * other.probs + (1 - weight) * self.probs)
        return super().mixed_with(other, weight)

    def matched(self, statistics: AbstractCounts) -> "Categorical":
        """The empirical measure."""
        # The door's checks are for what users hand in; frequencies are on the simplex by construction.
        return eqx.tree_at(lambda state: state.probs, self, statistics.frequencies)

    def check_space(self, other: "Categorical") -> None:
        """Refuse another number of types."""
        if other.support_size != self.support_size:
            raise ValueError(
                f"both states must have the same number of types; got {self.support_size} and {other.support_size}. "
                "Give types that one of them lacks probability 0."
            )

    def describe(self) -> dict[str, Any]:
        """Family, number of types, and the probabilities when they are few."""
        probs = np.asarray(self.probs, np.float64)
        positive = probs[probs > 0]
        summary: dict[str, Any] = {
            "family": self.family,
            "support_size": self.support_size,
            "entropy": float(-np.sum(positive * np.log(positive))),
            "diversity": float(np.sum(probs * (1 - probs))),
        }
        if self.support_size <= 20:
            summary["probs"] = probs.tolist()
        return summary

    @property
    def num_bytes(self) -> int:
        """Probabilities, counts and the sampler's partial sums."""
        return 16 * self.support_size

"""Families on the whole numbers: Bernoulli, binomial, Poisson, geometric, negative binomial."""

import functools
from collections.abc import Mapping
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import estimators, samplers
from zenil_dynamics.states.base import Quantity
from zenil_dynamics.states.exponential_families.base import (
    NON_NEGATIVE,
    AbstractExponentialFamily,
    check_range,
    positive,
)
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


def _as_sum(count: Int[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Floating sums; a sampler says -1 where a sum is beyond its range."""
    total = count.astype(jnp.result_type(float))
    return jnp.where(count < 0, jnp.full_like(total, jnp.nan), total)


def _check_trials(sizes: np.ndarray, trials: float) -> None:
    if sizes.size and sizes.max() * trials >= 2.0**31:
        raise ValueError(f"`num_samples` times {trials:g} trials must stay below 2^31; N reaches {sizes.max()}.")


def _check_counts(sizes: np.ndarray, mean: Float[Array, ""]) -> None:
    """A quarter of what int32 holds, so that a martingale may rise fourfold."""
    if sizes.size and isinstance(mean, np.ndarray) and sizes.max() * float(mean) > 2.0**28:
        raise ValueError(f"`num_samples` times the mean {float(mean):g} must stay below 2^28; N reaches {sizes.max()}.")


class Bernoulli(AbstractExponentialFamily):
    """1 with probability m, else 0. V(m) = m (1 - m).

    Attributes:
        mean: m in [0, 1].

    Raises:
        ValueError: a mean outside [0, 1].

    Source: Definition.
    """

    family: ClassVar[str] = "bernoulli"
    mixtures_stay: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        check_range(self.mean, name="mean", low=0, high=1)

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """M (1 - m)."""
        return mean * (1 - mean)

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Binomial."""
        return _as_sum(samplers.binomial(num_samples, self.mean, key=key))

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return _as_sum(samplers.binomial(jnp.ones(num_items, jnp.int32), self.mean, key=key))

    def divergence(self, other: "Bernoulli") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, _ = self.first_moments
        return estimators.kl_binomial(mean, other.first_moments[0], jnp.ones_like(mean))

    @property
    def constant(self) -> None:
        """Nothing."""


class Binomial(AbstractExponentialFamily):
    """Successes among k trials. V(m) = m (1 - m / k).

    Attributes:
        mean: m in [0, k].
        num_trials: k, a whole number, known.

    Raises:
        ValueError: a number of trials that is not whole and positive, or a mean outside [0, k].

    Source: Definition.
    """

    num_trials: Float[Array, ""] = eqx.field(default=1.0, converter=functools.partial(finite_number, name="num_trials"))

    family: ClassVar[str] = "binomial"
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        trials = self.num_trials
        if isinstance(trials, np.ndarray) and (trials < 1 or trials != np.floor(trials)):
            raise ValueError(f"`num_trials` must be a whole number of at least 1; got {trials}.")
        check_range(self.mean, name="mean", low=0, high=float(trials) if isinstance(trials, np.ndarray) else np.inf)

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """M (1 - m / k)."""
        return mean * (1 - mean / jnp.asarray(self.num_trials, mean.dtype))

    def _successes(self, num_draws: Int[Array, "*shape"], *, key: Key) -> Float[Array, "*shape"]:
        trials = jnp.asarray(self.num_trials).astype(jnp.int32)
        mean, _ = self.first_moments
        failure = jnp.asarray(self.num_trials, mean.dtype) - mean
        return _as_sum(samplers.binomial(num_draws * trials, mean, failure, key=key))

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Binomial of all trials."""
        return self._successes(num_samples, key=key)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return self._successes(jnp.ones(num_items, jnp.int32), key=key)

    def divergence(self, other: "Binomial") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, _ = self.first_moments
        return estimators.kl_binomial(mean, other.first_moments[0], jnp.asarray(self.num_trials, mean.dtype))

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Trials are counted in int32."""
        _check_trials(sizes, float(self.num_trials))

    @property
    def constant(self) -> tuple[str, float]:
        """Number of trials."""
        return "num_trials", float(self.num_trials)


class Poisson(AbstractExponentialFamily):
    """Poisson law. V(m) = m.

    Attributes:
        mean: m, at least 0.

    Raises:
        ValueError: a negative mean.

    Source: Definition.
    """

    family: ClassVar[str] = "poisson"
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        check_range(self.mean, name="mean", low=0)

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """The mean."""
        return mean

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Poisson of N times the mean."""
        return _as_sum(samplers.poisson(jnp.asarray(self.mean), num_samples, key=key))

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return _as_sum(samplers.poisson(jnp.asarray(self.mean), jnp.ones(num_items, jnp.int32), key=key))

    def divergence(self, other: "Poisson") -> Float[Array, ""]:
        """KL(self || other), nats."""
        return estimators.kl_poisson(self.first_moments[0], other.first_moments[0])

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Sums are counted in int32."""
        _check_counts(sizes, self.mean)

    @property
    def constant(self) -> None:
        """Nothing."""


def _failures(
    num_successes: Float[Array, ""], mean: Float[Array, ""], num_draws: Int[Array, "*shape"], *, key: Key
) -> Float[Array, "*shape"]:
    successes = jnp.asarray(num_successes, jnp.result_type(float))
    return _as_sum(samplers.negative_binomial(successes, jnp.asarray(mean), num_draws, key=key))


class Geometric(AbstractExponentialFamily):
    """Failures before the first success: P(k) = (1 - p) p^k with m = p / (1 - p). V(m) = m + m^2.

    Attributes:
        mean: m, at least 0.

    Raises:
        ValueError: a negative mean.

    Source: Definition.
    """

    family: ClassVar[str] = "geometric"
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        check_range(self.mean, name="mean", low=0)

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """M + m^2."""
        return mean + mean * mean

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Negative binomial with N successes."""
        return _failures(jnp.ones(()), self.mean, num_samples, key=key)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return _failures(jnp.ones(()), self.mean, jnp.ones(num_items, jnp.int32), key=key)

    def divergence(self, other: "Geometric") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, _ = self.first_moments
        return estimators.kl_negative_binomial(mean, other.first_moments[0], jnp.ones_like(mean))

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Sums are counted in int32."""
        _check_counts(sizes, self.mean)

    @property
    def constant(self) -> None:
        """Nothing."""


class NegativeBinomial(AbstractExponentialFamily):
    """Failures before success r; r need not be whole. V(m) = m + m^2 / r.

    Attributes:
        mean: m, at least 0.
        num_successes: r, positive, known.

    Raises:
        ValueError: a negative mean, or a number of successes that is not positive.

    Source: Definition.
    """

    num_successes: Float[Array, ""] = eqx.field(
        default=1.0, converter=functools.partial(finite_number, name="num_successes")
    )

    family: ClassVar[str] = "negative_binomial"
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        positive(self.num_successes, name="num_successes")
        check_range(self.mean, name="mean", low=0)

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """M + m^2 / r."""
        return mean + mean * mean / jnp.asarray(self.num_successes, mean.dtype)

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Negative binomial with N r successes."""
        return _failures(self.num_successes, self.mean, num_samples, key=key)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return _failures(self.num_successes, self.mean, jnp.ones(num_items, jnp.int32), key=key)

    def divergence(self, other: "NegativeBinomial") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, _ = self.first_moments
        successes = jnp.asarray(self.num_successes, mean.dtype)
        return estimators.kl_negative_binomial(mean, other.first_moments[0], successes)

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Sums are counted in int32."""
        _check_counts(sizes, self.mean)

    @property
    def constant(self) -> tuple[str, float]:
        """Number of successes."""
        return "num_successes", float(self.num_successes)

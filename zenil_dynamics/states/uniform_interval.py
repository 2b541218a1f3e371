"""A uniform distribution on an interval whose upper end is unknown."""

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics import samplers
from zenil_dynamics.states.base import AbstractScalar, Observed, Quantity
from zenil_dynamics.statistics import AbstractMaximum, ExpectedMaximum, Maximum
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


def _upper(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return jnp.asarray(state.upper)


def _log_upper(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return jnp.log(state.upper)


def _mean(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[0]


def _variance(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[1]


def _kl_to_target(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return _kl(state, observed.target)


def _kl_from_target(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return _kl(observed.target, state)


def _successive_kl(state: "UniformInterval", observed: Observed) -> Float[Array, ""]:
    return _kl(state, observed.previous)


def _kl(first: "UniformInterval", second: "UniformInterval") -> Float[Array, ""]:
    """Log of the ratio of the ends where the first interval lies inside the second, else inf."""
    one, other = jnp.asarray(first.upper), jnp.asarray(second.upper)
    return jnp.where(one <= other, jnp.log(other / one), jnp.full_like(one, jnp.inf))


_QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "upper": _upper,
        "log_upper": _log_upper,
        "mean": _mean,
        "variance": _variance,
        "kl_to_target": _kl_to_target,
        "kl_from_target": _kl_from_target,
        "successive_kl": _successive_kl,
    }
)


class UniformInterval(AbstractScalar):
    """Uniform on [0, theta]; its maximum-likelihood fit ends at the largest draw.

    In a closed loop theta can only fall, by 1/N of itself a generation, and -N log(theta_t / theta_0) is a gamma number
    of shape t: the family is not regular, so that the divergence of a step is 1/N and not 1/(2N). Where 1/N is below
    the rounding of the dtype, from N = 10^7 on in float32, theta stands still.

    Attributes:
        upper: theta, in units of the data, positive.

    Raises:
        ValueError: an end that is not positive.

    Source: Definition.
    """

    upper: Float[Array, ""] = eqx.field(default=1.0, converter=functools.partial(finite_number, name="upper"))

    family: ClassVar[str] = "uniform_interval"
    quantities: ClassVar[Mapping[str, Quantity]] = _QUANTITIES
    comparisons: ClassVar[frozenset[str]] = frozenset({"kl_to_target", "kl_from_target"})

    def __check_init__(self):
        if not self.upper > 0:
            raise ValueError(f"`upper` must be positive; got {self.upper}.")

    @property
    def first_moments(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Theta / 2 and theta^2 / 12."""
        upper = jnp.asarray(self.upper, jnp.result_type(float))
        return upper / 2, upper * upper / 12

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Maximum:
        """Number and largest of the draws, theta U^(1/N)."""
        largest, _ = samplers.largest_uniform(num_samples, key=key)
        return Maximum(num_samples, jnp.asarray(self.upper, largest.dtype) * largest)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return jnp.asarray(self.upper, jnp.result_type(float)) * samplers.uniform((num_items,), key=key)

    def expected(self) -> ExpectedMaximum:
        """The end itself."""
        return ExpectedMaximum(jnp.asarray(self.upper, jnp.result_type(float)))

    @property
    def empty(self) -> Maximum:
        """No number."""
        return Maximum(jnp.zeros((), jnp.int32), jnp.zeros((), jnp.result_type(float)))

    def matched(self, statistics: AbstractMaximum) -> "UniformInterval":
        """End at the largest draw."""
        return eqx.tree_at(lambda state: state.upper, self, statistics.largest)

    def describe(self) -> dict[str, Any]:
        """Family and end."""
        return {"family": self.family, "upper": float(self.upper)}

    @property
    def num_bytes(self) -> int:
        """End, and the largest of a batch."""
        return 24

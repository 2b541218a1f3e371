"""A kernel density estimate on the line."""

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import samplers
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.states.base import AbstractScalar, AbstractState, Observed, Quantity, check_capacity
from zenil_dynamics.statistics import Particles
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import finite_number, positive_integer


def _mean(state: "KernelDensity", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[0]


def _variance(state: "KernelDensity", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[1]


_QUANTITIES: Mapping[str, Quantity] = MappingProxyType({"mean": _mean, "variance": _variance})


class KernelDensity(AbstractScalar):
    """The average of normal kernels of one bandwidth around the points of a training set.

    A draw is a point of the training set plus noise of standard deviation h. Nothing of the target's form is assumed,
    and in a closed loop the noise adds up: between-model variance grows like h^2 t, while the variance within a model
    settles at (N - 1) h^2.

    A template without points is what a run starts from when Q_0 is to be estimated.

    Attributes:
        points: shape (capacity,), units of the data; the first `count` are centres of kernels.
        count: number of points.
        bandwidth: h, units of the data, at least 0; 0 is the bootstrap.

    Raises:
        ValueError: points that are not finite, a negative bandwidth, a capacity below the number of points.

    Source: Definition (Parzen 1962), with the bandwidth known.
    """

    points: Float[HostArray, " capacity"]
    count: Int[HostArray, ""]
    bandwidth: Float[Array, ""] = eqx.field(converter=functools.partial(finite_number, name="bandwidth"))

    family: ClassVar[str] = "kernel_density"
    quantities: ClassVar[Mapping[str, Quantity]] = _QUANTITIES

    def __init__(self, points: Any = (), *, bandwidth: float, capacity: int):
        given = np.asarray(points, np.float64)
        room = positive_integer(capacity, name="capacity")
        if given.ndim != 1 or not np.all(np.isfinite(given)):
            raise ValueError(f"`points` must be a list of finite numbers; got shape {given.shape}.")
        if given.size > room:
            raise ValueError(f"`capacity` must hold the {given.size} points; got {room}.")
        self.bandwidth = finite_number(bandwidth, name="bandwidth")
        if self.bandwidth < 0:
            raise ValueError(f"`bandwidth` must be at least 0; got {bandwidth}.")
        self.points = np.concatenate([given, np.zeros(room - given.size)])
        self.count = np.asarray(given.size, np.int32)

    @property
    def capacity(self) -> int:
        """Largest training set."""
        return self.points.shape[-1]

    @property
    def first_moments(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Mean of the points; their variance (divisor N) plus h^2. Not a number where there is no point."""
        dtype = jnp.result_type(float)
        points, count = jnp.asarray(self.points, dtype), jnp.asarray(self.count)
        present = jnp.arange(self.capacity, dtype=count.dtype) < count
        number = count.astype(dtype)
        mean = jnp.sum(jnp.where(present, points, jnp.zeros((), dtype))) / number
        deviations = jnp.where(present, points - mean, jnp.zeros((), dtype))
        bandwidth = jnp.asarray(self.bandwidth, dtype)
        return mean, jnp.sum(deviations * deviations) / number + bandwidth * bandwidth

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        dtype = jnp.result_type(float)
        chosen = samplers.uniform_integers(jnp.asarray(self.count), (num_items,), key=fold_in(key, Stream.SPLIT))
        noise = samplers.normal((num_items,), key=fold_in(key, Stream.REFIT))
        return jnp.asarray(self.points, dtype)[chosen] + jnp.asarray(self.bandwidth, dtype) * noise

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Particles:
        """The draws themselves; `num_samples` must not exceed the capacity, which `check_sizes` sees to."""
        return Particles(self.sample(self.capacity, key=key), num_samples)

    def expected(self) -> Any:
        """Refused.

        Raises:
            ValueError: infinitely many draws have no list.
        """
        raise ValueError("a kernel density estimate of infinitely many draws has no form. Use an update that draws.")

    @property
    def empty(self) -> Particles:
        """No point, with room for all."""
        return Particles(jnp.zeros(self.capacity, jnp.result_type(float)), jnp.zeros((), jnp.int32))

    def matched(self, statistics: Particles) -> "KernelDensity":
        """Kernels around these draws."""
        return eqx.tree_at(lambda state: (state.points, state.count), self, (statistics.values, statistics.count))

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Every training set must fit."""
        check_capacity(self, self.capacity, sizes)

    def check_target(self, target: AbstractState) -> None:
        """Numbers on the line."""
        if not target.scalar:
            self.check_pair(target)

    def check_space(self, other: "KernelDensity") -> None:
        """Refuse another capacity."""
        if other.capacity != self.capacity:
            raise ValueError(f"both states must have the same capacity; got {self.capacity} and {other.capacity}.")

    def describe(self) -> dict[str, Any]:
        """Family, bandwidth, number of points."""
        return {
            "family": self.family,
            "bandwidth": float(self.bandwidth),
            "capacity": self.capacity,
            "count": int(self.count),
        }

    @property
    def num_bytes(self) -> int:
        """Points, those of a batch, and the words that choose them."""
        return 24 * self.capacity

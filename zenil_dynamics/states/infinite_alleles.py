"""A population of individuals whose types come from an inexhaustible supply."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, UInt32

from zenil_dynamics import samplers
from zenil_dynamics.random import Stream, fold_in, pairs
from zenil_dynamics.states.base import AbstractState, Observed, Quantity, check_capacity
from zenil_dynamics.statistics import Particles
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import positive_integer


def _diversity(state: "InfiniteAlleles", observed: Observed) -> Float[Array, ""]:
    return 1 - state.homozygosity_and_types()[0]


def _num_types(state: "InfiniteAlleles", observed: Observed) -> Float[Array, ""]:
    return state.homozygosity_and_types()[1]


_QUANTITIES: Mapping[str, Quantity] = MappingProxyType({"diversity": _diversity, "num_types": _num_types})


class InfiniteAlleles(AbstractState):
    """N individuals with labels; without individuals, the supply itself, whose every draw has a new label.

    As a target it makes each real draw a type that was never seen before: fresh data bring only novelty. As a model it
    copies its individuals. A run that starts from the target starts from infinitely many types, each of share 0.

    Labels are 64 random bits: two new ones agree with probability 2^-64.

    Attributes:
        labels: shape (capacity, 2), two words each; the first `count` are individuals.
        count: number of individuals; 0 is the supply.

    Raises:
        ValueError: a capacity that is not a whole number of at least 1.

    Source: Kimura and Crow, "The number of alleles that can be maintained in a finite population", Genetics 49 (1964).
    """

    labels: UInt32[HostArray, "capacity 2"]
    count: Int[HostArray, ""]

    family: ClassVar[str] = "infinite_alleles"
    quantities: ClassVar[Mapping[str, Quantity]] = _QUANTITIES

    def __init__(self, capacity: int, count: int = 0):
        """Make the supply, or `count` individuals of one type.

        Args:
            capacity: largest training set.
            count: individuals, all of one type; 0 is the supply.
        """
        room = positive_integer(capacity, name="capacity")
        number = positive_integer(count, name="count", smallest=0)
        if number > room:
            raise ValueError(f"`capacity` must hold the {number} individuals; got {room}.")
        self.labels = np.zeros((room, 2), np.uint32)
        self.count = np.asarray(number, np.int32)

    @property
    def capacity(self) -> int:
        """Largest training set."""
        return self.labels.shape[-2]

    def homozygosity_and_types(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """sum_i q_i^2 and the number of types: 0 and inf for the supply."""
        dtype = jnp.result_type(float)
        labels, count = jnp.asarray(self.labels), jnp.asarray(self.count)
        places = jnp.arange(self.capacity, dtype=jnp.int32)
        absent = (places >= count).astype(jnp.int32)
        absent, first, second = jax.lax.sort((absent, labels[:, 0], labels[:, 1]), num_keys=3)
        same = (first[1:] == first[:-1]) & (second[1:] == second[:-1])
        starts = jnp.concatenate([jnp.ones(1, bool), ~same]) & (absent == 0)
        # Of individual j in a run that started at place s, j - s stand before it: twice their sum, and j, make n^2.
        start = jax.lax.cummax(jnp.where(starts, places, 0))
        present = (absent == 0).astype(dtype)
        squares = jnp.sum(present * (2 * (places - start).astype(dtype) + 1))
        number = count.astype(dtype)
        supply = count == 0
        homozygosity = jnp.where(supply, 0, squares / jnp.where(supply, 1, number * number))
        types = jnp.sum(starts, dtype=jnp.int32).astype(dtype)
        return homozygosity, jnp.where(supply, jnp.full_like(types, jnp.inf), types)

    def sample(self, num_items: int, *, key: Key) -> UInt32[Array, "items 2"]:
        """Single draws, shape (num_items, 2): copies, or new labels."""
        count = jnp.asarray(self.count)
        chosen = samplers.uniform_integers(count, (num_items,), key=fold_in(key, Stream.SPLIT))
        new = jnp.stack(pairs(fold_in(key, Stream.REFIT), (num_items,)), axis=1)
        return jnp.where(count > 0, jnp.asarray(self.labels)[chosen], new)

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Particles:
        """The draws themselves; `num_samples` must not exceed the capacity, which `check_sizes` sees to."""
        return Particles(self.sample(self.capacity, key=key), num_samples)

    def expected(self) -> Any:
        """Refused.

        Raises:
            ValueError: infinitely many labelled draws have no list.
        """
        raise ValueError("infinitely many labelled draws have no form. Use an update that draws.")

    @property
    def empty(self) -> Particles:
        """No individual, with room for all."""
        return Particles(jnp.zeros((self.capacity, 2), jnp.uint32), jnp.zeros((), jnp.int32))

    def matched(self, statistics: Particles) -> "InfiniteAlleles":
        """These draws are the individuals."""
        return eqx.tree_at(lambda state: (state.labels, state.count), self, (statistics.values, statistics.count))

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Every training set must fit."""
        check_capacity(self, self.capacity, sizes)

    def check_space(self, other: "InfiniteAlleles") -> None:
        """Refuse another capacity."""
        if other.capacity != self.capacity:
            raise ValueError(f"both states must have the same capacity; got {self.capacity} and {other.capacity}.")

    def describe(self) -> dict[str, Any]:
        """Family, capacity, number of individuals."""
        return {"family": self.family, "capacity": self.capacity, "count": int(self.count)}

    @property
    def num_bytes(self) -> int:
        """Labels, those of a batch, and the words that choose and order them."""
        return 48 * self.capacity

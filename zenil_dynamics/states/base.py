"""What every source of draws and every model state offers."""

import abc
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import samplers
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.statistics import (
    AbstractExpected,
    AbstractFinite,
    Average,
    ExpectedAverage,
    ExpectedMoments,
    Moments,
)
from zenil_dynamics.types import Key, Module


class AbstractSource(Module):
    """Something that i.i.d. draws can be taken from, seen only through the statistics of those draws."""

    @abc.abstractmethod
    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Statistics of `num_samples` i.i.d. draws, exact in law.

        Args:
            num_samples: number of draws, at least 0, traced.
            key: consumed.

        Returns:
            Finite statistics (`AbstractFinite`) whose total is `num_samples`.
        """

    @abc.abstractmethod
    def expected(self) -> Any:
        """Statistics of infinitely many draws (`AbstractExpected`)."""

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Single draws, where a statistic of all of them is not enough.

        Args:
            num_items: how many, static.
            key: consumed.

        Returns:
            Array of shape (num_items, *event).

        Raises:
            ValueError: draws of this source depend on each other, or have no array form.
        """
        raise ValueError(f"{type(self).__name__} has no single draws, only statistics of many.")

    def mixed_with(self, other: "AbstractSource", weight: Float[Array, ""]) -> "AbstractSource":
        """The source that draws from `other` with probability `weight` and from this one otherwise."""
        return Mixture(self, other, weight)


class Observed(NamedTuple):
    """What a recorded quantity may see beside the state itself."""

    target: Any
    previous: Any
    rare_threshold: Float[Array, ""]


Quantity = Callable[[Any, Observed], Float[Array, ""]]


class AbstractState(AbstractSource):
    """A model: the carry of the loop, with the same structure, shapes and dtypes before and after a fit.

    Laws: `matched(expected())` is the state itself; `draw(n).total` is n; a draw of the same key is the same bits; a
    draw has the structure, shapes and dtypes of `empty`.

    Attributes:
        family: name used in messages and reports.
        quantities: record name -> function of (state, what is observed beside it), a scalar.
        comparisons: those of them that need a target of the same family.
        scalar: single draws are numbers on the line, which any family of such numbers can be fitted to.
        mixtures_stay: a mixture of states is a state of the family again.
        sequential: a draw takes one step after another, so that replicates side by side gain little, and few of them
            are computed together where the state is large.
        one_source: all draws of a training set must be of one state.
        needs_training: `matched` has no closed form and refuses; only a fit that trains the state will do.
    """

    family: ClassVar[str]
    quantities: ClassVar[Mapping[str, Quantity]]
    comparisons: ClassVar[frozenset[str]] = frozenset()
    scalar: ClassVar[bool] = False
    mixtures_stay: ClassVar[bool] = False
    sequential: ClassVar[bool] = False
    one_source: ClassVar[bool] = False
    needs_training: ClassVar[bool] = False

    @property
    @abc.abstractmethod
    def empty(self) -> Any:
        """Statistics of no draw, of the kind that this family is fitted to (`AbstractFinite`)."""

    @abc.abstractmethod
    def matched(self, statistics: Any) -> Self:
        """The maximum-likelihood state of this family: its mean statistics equal those of the training set."""

    def check_pair(self, other: Any) -> None:
        """Raise a ValueError that says why when `other` is not of this family, or lives on another space."""
        if type(other) is not type(self):
            name = getattr(other, "family", type(other).__name__)
            raise ValueError(f"{with_article(self.family)} state cannot meet {with_article(name)} one.")
        self.check_space(other)

    def check_space(self, other: Self) -> None:
        """Raise a ValueError that says why when `other`, of this family, lives on another space."""

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """Plain numbers for reports: family and parameters, or their summary where they are many."""

    @property
    @abc.abstractmethod
    def num_bytes(self) -> int:
        """Bytes of one replicate's working state in float32, for block sizes and memory estimates."""

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Raise a ValueError that says why when the family cannot be fitted to a training set of one of these sizes.

        Args:
            sizes: int64, the number of draws in the set that the fit sees, by generation.
        """

    def check_schedule(self, num_samples: np.ndarray, exogenous_fraction: np.ndarray, opened: int) -> None:
        """Raise a ValueError that says why when this family has no meaning under a schedule.

        Args:
            num_samples: N_t, int64, shape (generations,).
            exogenous_fraction: alpha_t, of the same shape.
            opened: draws of the sample that Q_0 was fitted to, 0 where Q_0 is given.
        """

    def check_target(self, target: "AbstractState") -> None:
        """Raise a ValueError that says why when this family cannot be fitted to draws of `target`."""
        self.check_pair(target)

    def expected_as(self, empty: AbstractFinite) -> Any:
        """What infinitely many draws look like to a family whose statistics are like `empty`.

        Raises:
            ValueError: no closed form.
        """
        if type(empty) is type(self.empty):
            return self.expected()
        raise _no_closed_form(self, empty)

    def as_source(self, model: "AbstractState") -> AbstractSource:
        """This target as another family reads it: its draws folded into that family's statistics."""
        # The first test spares every run of one family the arrays of two empty statistics.
        if type(self) is type(model) or type(self.empty) is type(model.empty):
            return self
        return Folded(self, model.empty)


class AbstractScalar(AbstractState):
    """A model of numbers on the line: any family with a mean and a variance can be fitted to its draws."""

    scalar: ClassVar[bool] = True

    @property
    @abc.abstractmethod
    def first_moments(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Mean and variance, in units of the data and their square."""

    def expected_as(self, empty: AbstractFinite) -> Any:
        """Mean, or mean and variance, where that is what the other family reads."""
        if type(empty) is type(self.empty):
            return self.expected()
        if isinstance(empty, Average):
            return ExpectedAverage(self.first_moments[0])
        if isinstance(empty, Moments):
            return ExpectedMoments(*self.first_moments)
        raise _no_closed_form(self, empty)


class Mixture(AbstractSource):
    """Each draw from `other` with probability `weight`, else from `base`."""

    base: AbstractSource
    other: AbstractSource
    weight: Float[Array, ""]

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Split the draws binomially, then add the statistics of both parts."""
        num_other = samplers.binomial(num_samples, self.weight, key=fold_in(key, Stream.SPLIT))
        from_other = self.other.draw(num_other, key=fold_in(key, Stream.EXOGENOUS))
        return from_other + self.base.draw(num_samples - num_other, key=fold_in(key, Stream.REFIT))

    def expected(self) -> AbstractExpected:
        """The expected statistics, mixed."""
        return self.base.expected().mixed_with(self.other.expected(), self.weight)

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Toss a coin for every draw."""
        uniform = samplers.uniform((num_items,), key=fold_in(key, Stream.SPLIT))
        from_other = self.other.sample(num_items, key=fold_in(key, Stream.EXOGENOUS))
        from_base = self.base.sample(num_items, key=fold_in(key, Stream.REFIT))
        chosen = uniform < jnp.asarray(self.weight, uniform.dtype)
        return jnp.where(chosen.reshape((-1,) + (1,) * (from_base.ndim - 1)), from_other, from_base)


_ITEMS_AT_ONCE = 128
"""Single draws that `Folded` holds at a time."""


class Folded(AbstractSource):
    """Single draws of a source, folded into statistics that it does not know itself: O(N) time, O(1) memory."""

    source: AbstractSource
    empty: AbstractFinite

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Blocks of items; the last block is masked."""
        key = fold_in(key, Stream.ITEMS)
        places = jnp.arange(_ITEMS_AT_ONCE, dtype=num_samples.dtype)

        def block(carry: tuple[Array, Any]) -> tuple[Array, Any]:
            index, statistics = carry
            items = self.source.sample(_ITEMS_AT_ONCE, key=fold_in(key, index.astype(jnp.uint32)))
            present = places < num_samples - index * _ITEMS_AT_ONCE
            return index + 1, statistics.including(items, present)

        start = jnp.zeros_like(num_samples), self.empty
        return jax.lax.while_loop(lambda carry: carry[0] * _ITEMS_AT_ONCE < num_samples, block, start)[1]

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Single draws of the source."""
        return self.source.sample(num_items, key=key)

    def expected(self) -> Any:
        """Closed form of the source, where it has one."""
        if isinstance(self.source, AbstractState):
            return self.source.expected_as(self.empty)
        raise ValueError(f"infinitely many draws of {type(self.source).__name__} have no closed form.")


def _no_closed_form(state: AbstractState, empty: AbstractFinite) -> ValueError:
    return ValueError(
        f"infinitely many draws of a {state.family} source have no closed form as {type(empty).__name__}. "
        "Give `initial`, and use an update with finitely many draws."
    )


def with_article(name: str) -> str:
    """A name after "a" or "an", for messages."""
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def check_capacity(state: AbstractState, capacity: int, sizes: np.ndarray) -> None:
    """Refuse training sets that a list of single draws has no room for.

    Args:
        state: whose fit holds the list.
        capacity: places of the list.
        sizes: int64, the number of draws in the set that the fit sees, by generation.

    Raises:
        ValueError: a set above the capacity.
    """
    if sizes.size and sizes.max() > capacity:
        raise ValueError(
            f"{with_article(state.family)} state with `capacity` {capacity} cannot hold a training set of "
            f"{sizes.max()} draws. Raise `capacity`."
        )

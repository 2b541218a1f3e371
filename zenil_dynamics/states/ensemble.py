"""Several models of one family, and the mixture that they are seen as."""

import functools
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import samplers
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.states.base import AbstractScalar, AbstractSource, AbstractState, Mixture, Observed, Quantity
from zenil_dynamics.types import HostArray, Key


class MixtureOfMembers(AbstractSource):
    """R_t = sum_i w_i Q^i_t: each draw from member i with probability w_i."""

    members: AbstractState
    weights: Float[HostArray, " members"]

    @property
    def scalar(self) -> bool:
        """Whether single draws are numbers on the line."""
        return self.members.scalar

    @property
    def empty(self) -> Any:
        """Statistics of no draw, of the kind that a member is fitted to."""
        return jax.tree.map(lambda leaf: leaf[0], self.members).empty

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Split the draws multinomially over the members, then add their statistics."""
        dtype = jnp.result_type(float)
        shares = samplers.multinomial(num_samples, jnp.asarray(self.weights, dtype), key=fold_in(key, Stream.SPLIT))
        return self.draw_each(shares, key=fold_in(key, Stream.REFIT))

    def draw_each(self, shares: Int[Array, " members"], *, key: Key) -> Any:
        """Statistics of given numbers of draws of every member, added."""
        keys = member_keys(key, self.weights.shape[0])
        parts = jax.vmap(lambda member, share, key: member.draw(share, key=key))(self.members, shares, keys)
        return _folded(lambda total, part: total + part, parts)

    def mixed_with(self, other: AbstractSource, weight: Float[Array, ""]) -> "MembersAndOther":
        """One more part beside the members."""
        return MembersAndOther(self, other, weight)

    def expected(self) -> Any:
        """Expected statistics of the members, mixed one after another."""
        parts = jax.vmap(lambda member: member.expected())(self.members)
        weights = jnp.asarray(self.weights, jnp.result_type(float))
        # The share of each member among those up to it; that of the first is 1 and plays no part.
        shares = weights / jnp.cumsum(weights)
        first = jax.tree.map(lambda leaf: leaf[0], parts)
        rest = jax.tree.map(lambda leaf: leaf[1:], parts)
        step = lambda total, more: (total.mixed_with(more[0], more[1]), None)  # noqa: E731
        return jax.lax.scan(step, first, (rest, shares[1:]))[0]

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Choose a member for every draw."""
        uniform = samplers.uniform((num_items,), key=fold_in(key, Stream.SPLIT))
        bounds = jnp.cumsum(jnp.asarray(self.weights, uniform.dtype))
        chosen = jnp.sum(uniform[None, :] >= bounds[:-1, None], axis=0, dtype=jnp.int32)
        keys = member_keys(fold_in(key, Stream.REFIT), self.weights.shape[0])
        items = jax.vmap(lambda member, key: member.sample(num_items, key=key))(self.members, keys)
        own = jnp.arange(self.weights.shape[0], dtype=jnp.int32)[:, None] == chosen[None, :]
        # A sum with one term that is not 0, because XLA never stops simplifying a gather of columns within a loop.
        own = own.reshape(own.shape + (1,) * (items.ndim - 2))
        return jnp.sum(jnp.where(own, items, jnp.zeros_like(items)), axis=0, dtype=items.dtype)


class MembersAndOther(AbstractSource):
    """Each draw from `other` with probability `weight`, else from a member: one split for all parts.

    Two splits, one after the other, would be the same law and make half as much again to compile.
    """

    members: MixtureOfMembers
    other: AbstractSource
    weight: Float[Array, ""]

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Split the draws multinomially over all parts."""
        dtype = jnp.result_type(float)
        weight = jnp.asarray(self.weight, dtype)
        probs = jnp.append((1 - weight) * jnp.asarray(self.members.weights, dtype), weight)
        shares = samplers.multinomial(num_samples, probs, key=fold_in(key, Stream.SPLIT))
        from_other = self.other.draw(shares[-1], key=fold_in(key, Stream.EXOGENOUS))
        return from_other + self.members.draw_each(shares[:-1], key=fold_in(key, Stream.REFIT))

    def expected(self) -> Any:
        """The expected statistics, mixed."""
        return Mixture(self.members, self.other, self.weight).expected()

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Toss a coin for every draw."""
        return Mixture(self.members, self.other, self.weight).sample(num_items, key=key)


class EnsembleState(AbstractState):
    """M models side by side.

    What is recorded is the mixture: under the plain names where it is of the members' family (types) or has closed
    first moments (numbers on the line). `member_NAME` is the weighted mean of a quantity over the members.

    Attributes:
        members: one state whose leaves have a leading axis of the members.
        weights: w_i, shape (members,), summing to 1.

    Source: arXiv 2601.05280v2, Definition 3.
    """

    members: AbstractState
    weights: Float[HostArray, " members"]

    family: ClassVar[str] = "ensemble"

    @classmethod
    def of(cls, state: AbstractState, weights: Float[np.ndarray, " members"]) -> "EnsembleState":
        """M copies of one state."""
        return cls(
            jax.tree.map(lambda leaf: np.broadcast_to(np.asarray(leaf), (weights.size, *np.shape(leaf))), state),
            weights,
        )

    @property
    def member(self) -> AbstractState:
        """The first of them."""
        return jax.tree.map(lambda leaf: leaf[0], self.members)

    @property
    def mixture(self) -> AbstractSource:
        """R_t, as a state of the members' family where it is one."""
        if self.member.mixtures_stay:
            expected = MixtureOfMembers(self.members, self.weights).expected()
            return self.member.matched(expected)
        return MixtureOfMembers(self.members, self.weights)

    @property
    def quantities(self) -> Mapping[str, Quantity]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Of the mixture, and of the members."""
        member = self.member
        names = member.quantities
        seen: dict[str, Quantity] = {f"member_{name}": _OfMembers(of) for name, of in names.items()}
        if member.mixtures_stay:
            return {name: _OfMixture(of) for name, of in names.items()} | seen
        if isinstance(member, AbstractScalar):
            return {"mean": _mixture_mean, "variance": _mixture_variance} | seen
        return seen

    @property
    def comparisons(self) -> frozenset[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Those of the members, under both names."""
        names = self.member.comparisons
        return names | {f"member_{name}" for name in names}

    @property
    def sequential(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """As its members."""
        return self.members.sequential

    @property
    def empty(self) -> Any:
        """Of one member."""
        return self.member.empty

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Draws of the mixture."""
        return self.mixture.draw(num_samples, key=key)

    def expected(self) -> Any:
        """Infinitely many draws of the mixture."""
        return self.mixture.expected()

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Single draws of the mixture."""
        return self.mixture.sample(num_items, key=key)

    def matched(self, statistics: Any) -> Self:
        """Every member fitted to the same set."""
        fitted = jax.vmap(lambda member: member.matched(statistics))(self.members)
        return eqx.tree_at(lambda state: state.members, self, fitted)

    def check_pair(self, other: Any) -> None:
        """As the members do."""
        self.member.check_pair(other)

    def describe(self) -> dict[str, Any]:
        """Weights, and the first member."""
        weights = np.asarray(self.weights, np.float64)
        return {"family": self.family, "weights": weights.tolist(), "member": self.member.describe()}

    @property
    def num_bytes(self) -> int:
        """All members."""
        return self.weights.shape[0] * self.member.num_bytes


class _OfMixture(eqx.Module):
    """A quantity of the mixture."""

    of: Quantity = eqx.field(static=True)

    def __call__(self, state: EnsembleState, observed: Observed) -> Float[Array, ""]:
        return self.of(state.mixture, observed._replace(previous=observed.previous.mixture))


class _OfMembers(eqx.Module):
    """The weighted mean of a quantity over the members."""

    of: Quantity = eqx.field(static=True)

    def __call__(self, state: EnsembleState, observed: Observed) -> Float[Array, ""]:
        def one(member: AbstractState, previous: AbstractState) -> Float[Array, ""]:
            return self.of(member, observed._replace(previous=previous))

        values = jax.vmap(one)(state.members, observed.previous.members)
        return jnp.sum(jnp.asarray(state.weights, values.dtype) * values)


def _mixture_moments(state: EnsembleState) -> tuple[Float[Array, ""], Float[Array, ""]]:
    means, variances = jax.vmap(lambda member: member.first_moments)(state.members)
    weights = jnp.asarray(state.weights, means.dtype)
    mean = jnp.sum(weights * means)
    return mean, jnp.sum(weights * (variances + (means - mean) ** 2))


def _mixture_mean(state: EnsembleState, observed: Observed) -> Float[Array, ""]:
    return _mixture_moments(state)[0]


def _mixture_variance(state: EnsembleState, observed: Observed) -> Float[Array, ""]:
    return _mixture_moments(state)[1]


def member_keys(key: Key, num_members: int) -> Key:
    """One key for each member, by its address."""
    keys = jax.vmap(functools.partial(fold_in, key))(jnp.arange(num_members, dtype=jnp.uint32))
    # Otherwise XLA derives every key anew for every draw, in one loop with the draws, and members of members make LLVM
    # unroll some thousands of rounds of the cipher.
    return jax.lax.optimization_barrier(keys)


def _folded(join: Any, parts: Any) -> Any:
    first, rest = jax.tree.map(lambda leaf: leaf[0], parts), jax.tree.map(lambda leaf: leaf[1:], parts)
    return jax.lax.scan(lambda total, part: (join(total, part), None), first, rest)[0]

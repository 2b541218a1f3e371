"""One attempt at the next generation of every lane: propose, survey, accept, commit.

A proposal is looked up chunk by chunk of types, so that what a chunk needs stays in the first-level cache and the loop
can end at the last living type. Loops over chunks do one thing each: XLA's CPU loops have one output, and whatever two
of them share is computed twice.
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Float32, Int32, UInt32

from zenil_dynamics.kernels.additive import TabulatedQuantity
from zenil_dynamics.random import Tag, joined, parted, threefry2x32
from zenil_dynamics.samplers.alias import AliasTable
from zenil_dynamics.types import HostArray

CHUNK = 8
"""Types that are drawn together: with the lanes beside them enough work for one pass, and little of it in vain."""

UNITS = 1024
"""Counts below it have a row each; above it the multiples of it have one, and the number is a sum of two."""

MAX_ATTEMPTS = 1 << 13
"""An attempt succeeds with probability 0.9 sqrt(head / N) or more, and the head has at least the mean share: with 2^14
types or draws at most, all fail with probability below (1 - 0.9 / 128)^8192 < 2^-80. The lane then keeps its counts."""


class Laws(eqx.Module):
    """What a generation is drawn from.

    Attributes:
        num_samples: N.
        own: Poisson laws of mean (1 - alpha) n, n = 0, 1, ...
        thousands: of mean (1 - alpha) 1024 n, or None where N < 1024.
        fresh: of mean alpha N P_i, or None at alpha = 0.
        own_share: 1 - alpha.
        fresh_means: alpha N P_i, or None.
        log_factorial: log(k!) - k log k + k, k = 0 .. N + 1.
    """

    num_samples: Int32[HostArray, ""]
    own: AliasTable
    thousands: AliasTable | None
    fresh: AliasTable | None
    own_share: Float[HostArray, ""]
    fresh_means: Float[HostArray, " types"] | None
    log_factorial: Float[HostArray, " counts"]


class Counts(NamedTuple):
    """What lanes know of their replicates between two generations; types first, lanes last.

    Attributes:
        counts: of the types, shape (types, lanes); they sum to N.
        labels: which type a row is, or None while every row is its own type.
        head: row of the type that is set aside.
        living: number of types that a lane holds; counted only where rows have labels.
        used: chunks of rows in which anything lives, over all lanes.
    """

    counts: Int32[Array, "types lanes"]
    labels: Int32[Array, "types lanes"] | None
    head: Int32[Array, " lanes"]
    living: Int32[Array, " lanes"]
    used: Int32[Array, ""]


class Attempt(NamedTuple):
    """Words of one attempt: the key of a lane's generation, and how often it has been tried."""

    key_0: UInt32[Array, " lanes"]
    key_1: UInt32[Array, " lanes"]
    number: UInt32[Array, " lanes"]


class Survey(NamedTuple):
    """Sums over the types of a proposal, the head left out; all of shape (lanes,).

    Attributes:
        left: what remains of N for the head; negative where the proposal is too large.
        heaviest: the type of largest mean in the generation after: the mean's whole part times 2^16, plus the row.
        living: number of types that are present; 0 where it is not needed.
        quantities: per quantity the sum of its terms.
    """

    left: Int32[Array, " lanes"]
    heaviest: Int32[Array, " lanes"]
    living: Int32[Array, " lanes"]
    quantities: tuple[Float32[Array, " lanes"], ...]


def settle(laws: Laws, counts: Int32[Array, "types lanes"]) -> Counts:
    """Choose every lane's head and number the rows."""
    types, lanes = counts.shape
    labels = None
    if laws.fresh is None:
        labels = jnp.broadcast_to(jnp.arange(types, dtype=jnp.int32)[:, None], (types, lanes))
    head = jnp.argmax(_means(laws, counts, slice(None)), axis=0).astype(jnp.int32)
    living = jnp.sum(counts > 0, axis=0, dtype=jnp.int32)
    return Counts(counts, labels, head, living, jnp.int32(types // CHUNK))


def _means(laws: Laws, counts: Int32[Array, "rows lanes"], rows: Any) -> Float32[Array, "rows lanes"]:
    """Mean of the next draw of types that hold so many; `rows` says which, where fresh draws tell them apart."""
    own = laws.own_share * counts.astype(jnp.float32)
    return own if laws.fresh_means is None else own + jnp.asarray(laws.fresh_means)[rows, None]


def _chunk(array: Array, index: Array) -> Array:
    """Rows of one chunk."""
    return lax.dynamic_slice_in_dim(array, index * CHUNK, CHUNK)


def _rows(index: Array) -> Int32[Array, "rows 1"]:
    """Row numbers of one chunk, as a column."""
    return (index * CHUNK + jnp.arange(CHUNK, dtype=jnp.int32))[:, None]


def propose(
    laws: Laws, state: Counts, attempt: Attempt, proposal: Int32[Array, "types lanes"]
) -> Int32[Array, "types lanes"]:
    """Draw Poisson numbers for all types but the heads, whose rows become 0; `proposal` is overwritten."""

    def labels(index: Array) -> Array:
        return _rows(index) if state.labels is None else _chunk(state.labels, index)

    def draw(index: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        found, proposal = carry
        counts, rows = _chunk(state.counts, index), _rows(index)
        if laws.fresh is None:
            drawn = laws.own.draw(counts & (UNITS - 1), found)
        else:
            first, second = parted(found)
            drawn = laws.own.draw(counts & (UNITS - 1), first) + laws.fresh.draw(rows, second)
        if laws.thousands is not None:
            drawn = _with_thousands(laws.thousands, drawn, counts, attempt, labels(index))
        # One more than N marks a proposal that is too large, and is as far as the tables of counts go.
        drawn = jnp.minimum(drawn, laws.num_samples + 1)
        drawn = jnp.where(attempt.number[None] >= MAX_ATTEMPTS, counts, drawn)
        drawn = jnp.where(rows == state.head[None], 0, drawn)
        return words(index + 1), lax.dynamic_update_slice_in_dim(proposal, drawn, index * CHUNK, 0)

    def words(index: Array) -> Array:
        first, second = _block(Tag.POISSON_TABLE, attempt, labels(index))
        return first if laws.fresh is None else joined(first, second)

    # A chunk's words come out of the loop's carry: XLA makes a gather scalar, and with it all that it fuses into it.
    return lax.fori_loop(0, state.used, draw, (words(jnp.int32(0)), proposal))[1]


def _block(tag: Tag, attempt: Attempt, label: Array) -> tuple[Array, Array]:
    """Two random words for every type and lane."""
    lanes = (attempt.key_0[None], attempt.key_1[None], np.uint32(tag) + attempt.number[None])
    return threefry2x32(*lanes, label.astype(jnp.uint32))


def _with_thousands(table: AliasTable, drawn: Array, counts: Array, attempt: Attempt, label: Array) -> Array:
    """Add the part of the multiples of 1024, where any lane holds so many."""

    def add(drawn: Array) -> Array:
        return drawn + table.draw(counts // UNITS, _block(Tag.POISSON_THOUSANDS, attempt, label)[0])

    return lax.cond(jnp.any(counts >= UNITS), add, lambda drawn: drawn, drawn)


def survey(
    laws: Laws, quantities: tuple[TabulatedQuantity, ...], state: Counts, proposal: Int32[Array, "types lanes"]
) -> Survey:
    """Sum over the types of a proposal."""
    lanes = proposal.shape[1]
    nothing = jnp.zeros(lanes, jnp.int32)

    def add(index: Array, sums: Any) -> Any:
        total, heaviest, living, parts = sums
        drawn, rows = _chunk(proposal, index), _rows(index)
        mean = drawn if laws.fresh_means is None else _means(laws, drawn, rows[:, 0]).astype(jnp.int32)
        heaviest = jnp.maximum(heaviest, jnp.max((mean << 16) | rows, axis=0))
        if state.labels is not None:
            living = living + jnp.sum(drawn > 0, axis=0, dtype=jnp.int32)
        label = rows if state.labels is None else _chunk(state.labels, index)
        terms = [_terms(quantity, drawn, label) for quantity in quantities]
        parts = [_compensated(part, jnp.sum(term, axis=0)) for part, term in zip(parts, terms, strict=True)]
        return total + jnp.sum(drawn, axis=0), heaviest, living, parts

    start = (nothing, nothing, nothing, [(jnp.zeros(lanes), jnp.zeros(lanes)) for _ in quantities])
    total, heaviest, living, parts = lax.fori_loop(0, state.used, add, start)
    return Survey(laws.num_samples - total, heaviest, living, tuple(part for part, _ in parts))


def _terms(quantity: TabulatedQuantity, counts: Array, label: Array) -> Float32[Array, "*shape"]:
    """What types with these counts contribute."""
    total = jnp.zeros(counts.shape)
    for term in quantity.terms:
        value = jnp.asarray(term.by_count).at[counts].get(mode="promise_in_bounds")
        if term.weight is not None:
            value = value * jnp.asarray(term.weight).at[label].get(mode="promise_in_bounds")
        total = total + value
    return total


def _compensated(part: tuple[Array, Array], term: Array) -> tuple[Array, Array]:
    """Kahan's sum, so that the error does not grow with the number of chunks."""
    total, excess = part
    term = term - excess
    following = total + term
    return following, (following - total) - term


def head_terms(
    quantities: tuple[TabulatedQuantity, ...], state: Counts, left: Int32[Array, " lanes"]
) -> tuple[Float32[Array, " lanes"], ...]:
    """What the heads contribute to each quantity once they hold `left`."""
    lanes = jnp.arange(left.shape[0])
    label = state.head if state.labels is None else state.labels.at[state.head, lanes].get(mode="promise_in_bounds")
    return tuple(_terms(quantity, left, label) for quantity in quantities)


def accept(laws: Laws, state: Counts, attempt: Attempt, left: Int32[Array, " lanes"]) -> Bool[Array, " lanes"]:
    """Accept what is left for the head with its Poisson probability, relative to the most probable number's."""
    lanes = jnp.arange(left.shape[0])
    held = state.counts.at[state.head, lanes].get(mode="promise_in_bounds")
    mean = _head_mean(laws, held, state.head)
    number = np.uint32(Tag.POISSON_ACCEPT) + attempt.number
    word, _ = threefry2x32(attempt.key_0, attempt.key_1, number, jnp.zeros_like(number))
    uniform = ((word >> np.uint32(8)).astype(jnp.float32) + 0.5) * np.float32(2.0**-24)
    mode = jnp.floor(mean).astype(jnp.int32)
    number = jnp.maximum(left, 0)
    relative = _log_probability(laws, number, mean) - _log_probability(laws, mode, mean)
    return (left >= 0) & ((jnp.log(uniform) < relative) | (attempt.number >= MAX_ATTEMPTS))


def _log_probability(
    laws: Laws, number: Int32[Array, " lanes"], mean: Float32[Array, " lanes"]
) -> Float32[Array, " lanes"]:
    """Logarithm of a Poisson probability: minus the deviance, minus what log(number!) exceeds it by.

    Near the mean the deviance k log(k / m) + m - k is a series in v = (k - m) / (k + m), which keeps its digits.

    Source: Loader, "Fast and accurate computation of binomial probabilities" (2000), Eq. (5) and section 4.
    """
    count = number.astype(jnp.float32)
    difference = count - mean
    v = difference / jnp.maximum(count + mean, np.float32(1e-30))
    square = v * v
    series = square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9))))
    near = difference * v + 2 * count * v * series
    ratio = jnp.maximum(count, 1) / jnp.maximum(mean, np.float32(1e-30))
    far = count * jnp.log(ratio) - difference
    remainder = jnp.asarray(laws.log_factorial).at[number].get(mode="promise_in_bounds")
    return -remainder - jnp.where(jnp.abs(v) < 0.1, near, far)


def commit(
    laws: Laws,
    state: Counts,
    proposal: Int32[Array, "types lanes"],
    accepted: Bool[Array, " lanes"],
    survey: Survey,
) -> Counts:
    """Take over what was accepted, give the rest to the heads, and choose heads for the next generation."""
    left = jnp.where(accepted, survey.left, 0)

    def take(index: Array, counts: Array) -> Array:
        drawn = jnp.where(_rows(index) == state.head[None], left[None], _chunk(proposal, index))
        taken = jnp.where(accepted[None], drawn, _chunk(counts, index))
        return lax.dynamic_update_slice_in_dim(counts, taken, index * CHUNK, 0)

    counts = lax.fori_loop(0, state.used, take, state.counts)
    mean = left if laws.fresh_means is None else _head_mean(laws, left, state.head).astype(jnp.int32)
    heaviest = jnp.maximum(survey.heaviest, (mean << 16) | state.head)
    return state._replace(
        counts=counts,
        head=jnp.where(accepted, heaviest & 0xFFFF, state.head),
        living=jnp.where(accepted, survey.living + (left > 0).astype(jnp.int32), state.living),
    )


def _head_mean(laws: Laws, count: Int32[Array, " lanes"], head: Int32[Array, " lanes"]) -> Float32[Array, " lanes"]:
    """Mean of a head's next draw."""
    own = laws.own_share * count.astype(jnp.float32)
    if laws.fresh_means is None:
        return own
    return own + jnp.asarray(laws.fresh_means).at[head].get(mode="promise_in_bounds")


def gather_living(state: Counts, ended: Bool[Array, " lanes"]) -> Counts:
    """Move living types together once the fullest lane would fill three quarters of the chunks or less.

    Args:
        state: with labels.
        ended: lanes that need their types no more.
    """
    old_labels = state.labels
    assert old_labels is not None
    lanes = jnp.arange(ended.shape[0])
    used = jnp.maximum(-(-jnp.max(jnp.where(ended, 0, state.living)) // CHUNK), 1)

    def move(state: Counts) -> Counts:
        types = state.counts.shape[0]

        def one(row: Array, moved: Any) -> Any:
            place, counts, labels, head = moved
            held = state.counts[row]
            target = jnp.where(held > 0, place, types)
            counts = counts.at[target, lanes].set(held, mode="drop", unique_indices=True)
            labels = labels.at[target, lanes].set(old_labels[row], mode="drop", unique_indices=True)
            return place + (held > 0).astype(jnp.int32), counts, labels, jnp.where(state.head == row, place, head)

        start = (jnp.zeros_like(state.head), jnp.zeros_like(state.counts), old_labels, state.head)
        _, counts, labels, head = lax.fori_loop(0, state.used * CHUNK, one, start)
        return state._replace(counts=counts, labels=labels, head=head, used=used)

    return lax.cond(4 * used <= 3 * state.used, move, lambda state: state, state)

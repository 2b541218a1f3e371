"""Walks over a weighted graph: one edge after another, each drawn among those that leave the context of the last.

From a context whose edges weigh w_c > 0 together, edge e is taken with probability w_e / w_c. From a context whose
edges all weigh 0, and at the start, the walk goes on with any edge of the graph, with probability w_e / w. Weights are
integers: a uniform integer below w_c is found among their partial sums, so that no rounding enters. It comes from 64
random bits by multiplication, within w_c 2^-64 of uniform in total variation; a walk of N steps is within N w 2^-64 of
its law, below 2^-20 for w N < 2^44.

Steps depend on each other, so a walk takes O(N) time and lanes side by side gain little on a CPU.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers.categorical_items import scaled
from zenil_dynamics.samplers.edge_graph import EdgeGraph
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.types import Key

_STEPS_AT_ONCE = 256
"""Random words are made, and edges counted, so many steps at a time."""

_LEAPS_AT_ONCE = 6
"""Leaps of a search that become one loop: of 12, XLA makes many, and a step takes 7 microseconds instead of 0.2."""


def walk(graph: EdgeGraph, weights: Int[Array, " edges"], num_steps: int, *, key: Key) -> Int32[Array, " steps"]:
    """Edges of a walk, in their order.

    Args:
        graph: where edges lead.
        weights: w_e, int32, at least 0, with a sum from 1 to 2^31 - 1.
        num_steps: N, static.
        key: consumed; the first steps of a longer walk are those of a shorter one.

    Returns:
        int32 indices of edges, shape (num_steps,).

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_walk.py.
    Source: inversion.
    """
    first, second = random.pairs(key, (num_steps,))
    return _in_order(graph)(first, second, jnp.asarray(weights, jnp.int32))


def walk_counts(
    graph: EdgeGraph, weights: Int[Array, " edges"], num_steps: Int[Array, ""], *, key: Key
) -> Int32[Array, " edges"]:
    """How often a walk takes each edge: `walk` of the same key, counted.

    Args:
        graph: where edges lead.
        weights: as in `walk`.
        num_steps: N, traced, in [0, 2^31).
        key: consumed.

    Returns:
        int32 counts of sum N, shape (edges,).

    Raises:
        ValueError: `key` is not a typed threefry key, or more lanes than int32 can address.

    Law: tests/samplers/test_walk.py.
    Source: inversion.
    """
    key_0, key_1 = random.words(key)
    return _counted(graph)(jnp.asarray(weights, jnp.int32), jnp.asarray(num_steps).astype(jnp.int32), key_0, key_1)


class _Sums(NamedTuple):
    """Partial sums of the weights of every lane, one lane after another.

    Attributes:
        edges: sum of the weights before an edge, shape (lanes * (edges + 1),).
        contexts: sum before the first edge of a context, shape (lanes * (contexts + 2),).
        total: of a lane, shape (lanes,).
    """

    edges: Int32[Array, " sums"]
    contexts: Int32[Array, " starts"]
    total: Int32[Array, " lanes"]


@functools.lru_cache(maxsize=64)
def _in_order(graph: EdgeGraph) -> Callable[..., Array]:
    """`walk` of a graph, from random words."""

    def edges_of_a_walk(first: Array, second: Array, weights: Array) -> Array:
        lanes = weights.reshape(-1, graph.num_edges)
        sums = _sums(graph, lanes)
        steps = first.reshape(lanes.shape[0], -1).T, second.reshape(lanes.shape[0], -1).T
        _, edges = lax.scan(functools.partial(_step, graph, sums), _nowhere(graph, sums), steps)
        return edges.T.reshape(first.shape)

    return any_leading_axes(edges_of_a_walk)


@functools.lru_cache(maxsize=64)
def _counted(graph: EdgeGraph) -> Callable[..., Array]:
    """`walk_counts` of a graph, from key words."""

    def counts_of_a_walk(weights: Array, num_steps: Array, key_0: Array, key_1: Array) -> Array:
        lanes = weights.reshape(-1, graph.num_edges)
        sums = _sums(graph, lanes)
        num_steps, key_0, key_1 = num_steps.reshape(-1), key_0.reshape(-1), key_1.reshape(-1)
        longest = jnp.max(num_steps).astype(jnp.uint32)
        offsets = jnp.arange(lanes.shape[0], dtype=jnp.int32) * graph.num_edges
        places = jnp.arange(_STEPS_AT_ONCE, dtype=jnp.uint32)

        def block(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            done, context, counts = carry
            steps = _words(key_0, key_1, done + places)
            context, edges = lax.scan(functools.partial(_step, graph, sums), context, steps)
            left = num_steps.astype(jnp.uint32) - jnp.minimum(done, num_steps.astype(jnp.uint32))
            present = (places[:, None] < left[None, :]).astype(jnp.int32)
            counts = counts.at[offsets[None, :] + edges].add(present, mode="promise_in_bounds")
            return done + np.uint32(_STEPS_AT_ONCE), context, counts

        start = jnp.uint32(0), _nowhere(graph, sums), jnp.zeros(lanes.size, jnp.int32)
        return lax.while_loop(lambda carry: carry[0] < longest, block, start)[2].reshape(weights.shape)

    return any_leading_axes(counts_of_a_walk)


def _words(
    key_0: UInt32[Array, " lanes"], key_1: UInt32[Array, " lanes"], steps: UInt32[Array, " steps"]
) -> tuple[UInt32[Array, "steps lanes"], UInt32[Array, "steps lanes"]]:
    """The words of `random.pairs` at some steps, for keys of several lanes."""
    tag = jnp.full((steps.size, 1), random.Tag.BITS, jnp.uint32)
    return random.threefry2x32(key_0[None, :], key_1[None, :], tag, steps[:, None])


def _sums(graph: EdgeGraph, weights: Int32[Array, "lanes edges"]) -> _Sums:
    """Sums before edges and contexts. Behind the last context stands one without edges, where walks start."""
    num_lanes = weights.shape[0]
    if num_lanes * (graph.num_edges + 2) >= 2**31:
        raise ValueError(f"{num_lanes} walks side by side are too many. Lower `block_size`.")
    before = jnp.zeros((num_lanes, 1), jnp.int32)
    edges = jnp.concatenate([before, jnp.cumsum(weights, axis=1, dtype=jnp.int32)], axis=1)
    contexts = edges[:, np.append(graph.first, graph.num_edges)]
    return _Sums(edges.reshape(-1), contexts.reshape(-1), edges[:, -1])


def _nowhere(graph: EdgeGraph, sums: _Sums) -> Int32[Array, " lanes"]:
    """The context behind the last."""
    return jnp.full_like(sums.total, graph.num_contexts)


def _step(
    graph: EdgeGraph,
    sums: _Sums,
    context: Int32[Array, " lanes"],
    words: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]],
) -> tuple[Int32[Array, " lanes"], Int32[Array, " lanes"]]:
    """One edge of each lane, and the context that it leads to."""
    lane = jnp.arange(context.size, dtype=jnp.int32)
    first = np.append(graph.first, np.int32(graph.num_edges))
    low, high = _entry(first, context), _entry(first, context + 1)
    place = lane * (graph.num_contexts + 2) + context
    below, above = _entry(sums.contexts, place), _entry(sums.contexts, place + 1)
    lost = below == above
    low, high = jnp.where(lost, 0, low), jnp.where(lost, graph.num_edges, high)
    below, weight = jnp.where(lost, 0, below), jnp.where(lost, sums.total, above - below).astype(jnp.uint32)
    # The upper word of the product of 64 bits with `weight`, exactly.
    level = below + scaled(words, (weight, jnp.zeros_like(weight)))[0].astype(jnp.int32)

    def leaps(edge: Array, lengths: range) -> Array:
        """Go on by powers of two to the last edge of which the weights before it do not exceed the level."""
        for length in reversed(lengths):
            further = edge + (1 << length)
            sum_before = _entry(sums.edges, lane * (graph.num_edges + 1) + jnp.minimum(further, graph.num_edges))
            edge = jnp.where((further < high) & (sum_before <= level), further, edge)
        return edge

    longest = (graph.num_edges - 1).bit_length()
    edge = low
    # Long leaps are for contexts of many edges, and for a walk that is lost among all of them.
    for shortest in reversed(range(_LEAPS_AT_ONCE, longest, _LEAPS_AT_ONCE)):
        lengths = range(shortest, min(shortest + _LEAPS_AT_ONCE, longest))
        wide = jnp.any(high - low > 1 << shortest)
        edge = lax.cond(wide, functools.partial(leaps, lengths=lengths), lambda edge: edge, edge)
    edge = leaps(edge, range(min(_LEAPS_AT_ONCE, longest)))
    return _entry(graph.following, edge), edge


def _entry(values: Array | np.ndarray, index: Int32[Array, " lanes"]) -> Array:
    return jnp.asarray(values).at[index].get(mode="promise_in_bounds")

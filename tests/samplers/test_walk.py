"""Walks over a graph: the same edges as in Python's integers, counts that are those of the walk, and the whole law."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import bounds
from tests.samplers.walk_reference import law_of_counts, tallied
from zenil_dynamics import random
from zenil_dynamics.samplers import EdgeGraph, walk, walk_counts

NUM_DRAWS = 2**15
NUM_STEPS = 5
SMALL = EdgeGraph([0, 2, 4, 5], [1, 2, 0, 1, 0], [1, 2, 0, 1, 0], 3)
WEIGHTS = np.array([2, 1, 3, 0, 0], np.int32)
"""Context 2 has no mass: whoever arrives there starts anew."""


def large():
    """A graph of 400 contexts of 0 to 5000 edges, with weights half of which are 0 and some of which are huge."""
    rng = np.random.default_rng(0)
    degrees = np.concatenate([[300, 0, 1, 5000], rng.integers(0, 20, 396)])
    first = np.concatenate([[0], np.cumsum(degrees)])
    edges = int(first[-1])
    weights = rng.integers(1, 50, edges) * (rng.random(edges) < 0.5)
    weights[rng.integers(0, edges, 5)] = 400_000_000
    graph = EdgeGraph(first, rng.integers(0, 400, edges), rng.integers(0, 50, edges), 50)
    return graph, weights.astype(np.int32)


def by_hand(graph, weights, num_steps, key):
    """The walk in Python's integers, from the same random words."""
    first, second = (np.asarray(words).tolist() for words in random.pairs(key, (num_steps,)))
    sums = np.concatenate([[0], np.cumsum(weights, dtype=np.int64)])
    edges, inside = [], None
    for upper, lower in zip(first, second, strict=True):
        start, end = (0, graph.num_edges) if inside is None else (graph.first[inside], graph.first[inside + 1])
        if sums[start] == sums[end]:
            start, end = 0, graph.num_edges
        level = int(sums[start]) + ((upper << 32 | lower) * int(sums[end] - sums[start]) >> 64)
        edges.append(int(np.searchsorted(sums, level, side="right")) - 1)
        inside = int(graph.following[edges[-1]])
    return np.array(edges, np.int32)


@pytest.mark.parametrize("num_steps", [0, 1, 2000])
def test_edges_are_those_of_exact_integers(num_steps):
    graph, weights = large()
    key = jax.random.key(5)
    found = jax.jit(lambda weights: walk(graph, weights, num_steps, key=key))(weights)
    expected = by_hand(graph, weights, num_steps, key)
    assert found.dtype == np.int32
    assert np.array_equal(found, expected)
    if num_steps > 1:  # the interesting cases occurred
        lost = weights.cumsum()[graph.first[1:] - 1] == np.concatenate([[0], weights.cumsum()])[graph.first[:-1]]
        assert lost[graph.following[expected]].any()
        assert {0, 3} <= set(graph.contexts[expected[1:]].tolist())  # the widest ones
        assert (weights[expected] > 0).all()


@pytest.mark.parametrize("num_steps", [0, 1, 255, 256, 257, 1000])
def test_counts_are_those_of_the_walk(num_steps):
    graph, weights = large()
    key = jax.random.key(6)
    counts = jax.jit(lambda n: walk_counts(graph, weights, n, key=key))(num_steps)
    edges = np.asarray(walk(graph, weights, num_steps, key=key))
    assert counts.dtype == np.int32
    assert np.array_equal(counts, np.bincount(edges, minlength=graph.num_edges))


def test_a_lane_has_the_same_bits_whatever_its_neighbours():
    graph, weights = large()
    tables = np.stack([weights, weights[::-1], np.ones_like(weights)])
    keys, lengths = jax.random.split(jax.random.key(7), 3), np.array([300, 0, 1200], np.int32)

    def one(weights, length, key):
        return walk_counts(graph, weights, length, key=key), walk(graph, weights, 40, key=key)

    together = jax.jit(jax.vmap(one))(tables, lengths, keys)
    shared = jax.jit(jax.vmap(one, in_axes=(None, 0, 0)))(weights, lengths, keys)
    for lane in range(3):
        alone = jax.jit(one)(tables[lane], lengths[lane], keys[lane])
        assert all(np.array_equal(mine, ours[lane]) for mine, ours in zip(alone, together, strict=True))
        alone = jax.jit(one)(weights, lengths[lane], keys[lane])
        assert all(np.array_equal(mine, ours[lane]) for mine, ours in zip(alone, shared, strict=True))


def test_weights_may_fill_the_integers():
    weights = np.array([2**30, 2**30 - 2, 1, 0, 0], np.int32)
    key = jax.random.key(8)
    assert np.array_equal(walk(SMALL, weights, 500, key=key), by_hand(SMALL, weights, 500, key))


def test_one_edge_and_one_context():
    graph = EdgeGraph([0, 1], [0], [0], 1)
    assert np.asarray(walk(graph, np.array([3]), 4, key=jax.random.key(0))).tolist() == [0, 0, 0, 0]
    assert int(walk_counts(graph, np.array([3]), 4, key=jax.random.key(0))[0]) == 4


def log_evidence(drawn, law):
    return bounds.log_evalue_multinomial(tallied(drawn, law), np.array([*law.values(), 0.0]))


def drawn_counts(key):
    draw = jax.vmap(lambda key: walk_counts(SMALL, WEIGHTS, jnp.int32(NUM_STEPS), key=key))
    return np.asarray(jax.jit(draw)(jax.random.split(key, NUM_DRAWS)))


def test_enumeration_is_a_law():
    """Against the transition matrix: expected counts are the sums of the laws of single steps."""
    law = law_of_counts(SMALL, WEIGHTS, NUM_STEPS)
    assert sum(law.values()) == pytest.approx(1)
    step = np.array([[0, 0, 1, 0, 0], [1 / 3, 1 / 6, 1 / 2, 0, 0], [2 / 3, 1 / 3, 0, 0, 0]])  # after edges 0, 1, 2
    matrix = np.zeros((5, 5))
    matrix[[0, 1, 2]] = step
    laws = [np.linalg.matrix_power(matrix.T, t) @ (WEIGHTS / 6) for t in range(NUM_STEPS)]
    expected = sum(prob * np.array(counts) for counts, prob in law.items())
    np.testing.assert_allclose(expected, sum(laws), rtol=1e-12)


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """The whole law of the counts. Twins: independent edges, and a lost walk that goes back to one context."""
    assert log_evidence(drawn_counts(key), law_of_counts(SMALL, WEIGHTS, NUM_STEPS)) < bounds.log_evalue_threshold(1e-9)


@pytest.mark.stat(delta=1e-10)
def test_law_catches_independent_edges(key):
    """Multinomial counts of the shares, as if tokens did not depend on each other."""
    rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    drawn = rng.multinomial(NUM_STEPS, WEIGHTS / WEIGHTS.sum(), NUM_DRAWS)
    assert log_evidence(drawn, law_of_counts(SMALL, WEIGHTS, NUM_STEPS)) > bounds.log_evalue_threshold(1e-10)


@pytest.mark.stat(delta=1e-10)
def test_law_catches_another_rule_for_lost_walks(key):
    law = law_of_counts(SMALL, WEIGHTS, NUM_STEPS, lost_goes_anywhere=False)
    assert log_evidence(drawn_counts(key), law) > bounds.log_evalue_threshold(1e-10)


def test_graphs_of_one_content_are_equal():
    same = EdgeGraph(np.array([0, 2, 4, 5]), [1, 2, 0, 1, 0], [1, 2, 0, 1, 0], 3)
    other = EdgeGraph([0, 2, 4, 5], [1, 2, 0, 1, 0], [1, 2, 0, 1, 0], 4)
    assert same == SMALL
    assert hash(same) == hash(SMALL)
    assert other != SMALL
    assert SMALL.contexts.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0.0], [0], 1), "`following` must be a vector of whole numbers; got float64"),
        (([0, 0], [], [], 1), "`following` must be a vector of whole numbers"),
        (([0, 2], [0, 0], [0], 1), "must be of one length from 1 to 1073741824; got 2 and 1"),
        (([0, 1], [0, 0], [0, 0], 1), "`first` must rise from 0 to the number of edges, 2"),
        (([0, 2, 1, 2], [0, 0], [0, 0], 1), "`first` must rise"),
        (([0, 2], [0, 1], [0, 0], 1), "`following` must name contexts, 0 to 0"),
        (([0, 2], [0, 0], [0, 2], 2), "`labels` must lie in 0 to 1"),
    ],
)
def test_graphs_that_do_not_fit_together_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        EdgeGraph(*arguments)


def test_too_many_lanes_are_refused():
    graph, weights = large()
    tables = jax.ShapeDtypeStruct((2**20, weights.size), jnp.int32)
    keys = jax.random.split(jax.random.key(0), 1)
    draw = jax.vmap(lambda weights: walk_counts(graph, weights, jnp.int32(3), key=keys[0]))
    with pytest.raises(ValueError, match="1048576 walks side by side are too many. Lower `block_size`"):
        jax.jit(draw).lower(tables)

"""Markov models on edges, per step: against laws of whole paths, and at the ends of the range."""

import itertools
import math

import jax
import numpy as np
import pytest

from zenil_dynamics import estimators

CONTEXTS = np.array([0, 0, 0, 1, 1, 2])
COUNTS = np.array([5.0, 3, 2, 4, 6, 0])
OTHER = np.array([1.0, 1, 2, 7, 3, 5])


def of_contexts(counts):
    return np.bincount(CONTEXTS, counts, 3)[CONTEXTS]


def path_law(matrix, start, length):
    """Probabilities of all paths of a chain."""
    states = range(len(start))
    return np.array(
        [
            start[path[0]] * math.prod(matrix[one][other] for one, other in itertools.pairwise(path))
            for path in itertools.product(states, repeat=length + 1)
        ]
    )


def test_rates_are_those_of_paths_of_a_stationary_chain():
    """H(path of N steps) = H(start) + N rate, and as much for the divergence from another chain of the same start."""
    matrix, other = np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([[0.5, 0.5], [0.1, 0.9]])
    start = np.array([4, 3]) / 7
    np.testing.assert_allclose(start @ matrix, start, rtol=1e-12)
    law, second = path_law(matrix, start, 3), path_law(other, start, 3)
    shares, contexts = (start[:, None] * matrix).reshape(-1), np.repeat(start, 2)
    rate = estimators.entropy_rate(shares, contexts)
    entropy = -np.sum(law * np.log(law)) + np.sum(start * np.log(start))
    np.testing.assert_allclose(rate, entropy / 3, rtol=1e-5)
    divergence = np.sum(law * np.log(law / second)) / 3
    # The second chain is known by its conditional law alone: its own contexts may have any shares.
    of_other = np.array([0.2, 0.8])
    for scale in (1, 1000):
        found = estimators.kl_rate(
            scale * shares, scale * contexts, (of_other[:, None] * other).reshape(-1), np.repeat(of_other, 2)
        )
        np.testing.assert_allclose(found, divergence, rtol=1e-5)


def test_contexts_without_mass_count_nothing():
    probs = np.array([0.5, 0.3, 0.2, 0.4, 0.6])
    others = np.array([0.25, 0.25, 0.5, 0.7, 0.3])
    shares = COUNTS[:5] / 20
    np.testing.assert_allclose(
        estimators.entropy_rate(COUNTS, of_contexts(COUNTS)), -np.sum(shares * np.log(probs)), rtol=1e-5
    )
    found = estimators.kl_rate(COUNTS, of_contexts(COUNTS), OTHER, of_contexts(OTHER))
    np.testing.assert_allclose(found, np.sum(shares * np.log(probs / others)), rtol=1e-5)


def test_lost_edges_and_lost_contexts_cost_everything():
    assert estimators.kl_rate(OTHER, of_contexts(OTHER), COUNTS, of_contexts(COUNTS)) == math.inf  # context 2
    lost = COUNTS * np.array([1, 1, 0, 1, 1, 1])
    assert estimators.kl_rate(COUNTS, of_contexts(COUNTS), lost, of_contexts(lost)) == math.inf
    assert math.isfinite(estimators.kl_rate(lost, of_contexts(lost), COUNTS, of_contexts(COUNTS)))


def test_equal_models_do_not_differ_at_all():
    assert estimators.kl_rate(COUNTS, of_contexts(COUNTS), COUNTS, of_contexts(COUNTS)) == 0


def test_deterministic_models_have_no_entropy():
    assert estimators.entropy_rate(np.array([3, 4]), np.array([3, 4])) == 0


def test_a_batch_of_models():
    batch = np.stack([COUNTS, OTHER])
    contexts = np.stack([of_contexts(counts) for counts in batch])
    rates = jax.vmap(estimators.entropy_rate)(batch, contexts)
    for counts, context, rate in zip(batch, contexts, rates, strict=True):
        np.testing.assert_allclose(estimators.entropy_rate(counts, context), rate, rtol=1e-6)


def test_shapes_are_refused():
    with pytest.raises(ValueError, match=r"two vectors of one length; got shapes \(6,\) and \(5,\)"):
        estimators.entropy_rate(COUNTS, COUNTS[:5])
    with pytest.raises(ValueError, match=r"got shapes \(2, 6\)"):
        estimators.entropy_rate(np.stack([COUNTS, OTHER]), np.stack([COUNTS, OTHER]))
    with pytest.raises(ValueError, match="must have the same edges; got 6 and 5"):
        estimators.kl_rate(COUNTS, COUNTS, COUNTS[:5], COUNTS[:5])

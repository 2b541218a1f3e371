"""Perplexity and distinct n-grams: by hand, against NumPy and Python sets, and laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zenil_dynamics import estimators


def test_perplexity_by_hand():
    assert float(estimators.perplexity(np.log([0.25, 0.25, 0.25]))) == pytest.approx(4, rel=1e-6)
    assert float(estimators.perplexity(np.log([0.5, 0.125]))) == pytest.approx(4, rel=1e-6)
    weighted = estimators.perplexity(np.log([0.5, 0.125]), weights=[3, 1])
    assert float(weighted) == pytest.approx(2 ** (6 / 4), rel=1e-6)


def test_impossible_tokens():
    log_probs = np.array([0.0, -np.inf])
    assert float(estimators.perplexity(log_probs)) == np.inf
    assert float(estimators.perplexity(log_probs, weights=[1, 0])) == 1
    assert np.isnan(estimators.perplexity(log_probs, weights=[0, 0]))


_PERPLEXITY = jax.jit(
    lambda log_probs, weights: (
        estimators.perplexity(log_probs, weights=weights),
        estimators.perplexity(log_probs[::-1], weights=7 * weights[::-1]),
        estimators.perplexity(log_probs - 1, weights=weights),
    )
)


@given(
    arrays.arrays(np.float32, 10, elements=st.floats(-8, 0, width=16)),
    arrays.arrays(np.int32, 10, elements=st.integers(0, 5)).filter(lambda counts: counts.sum() > 0),
)
def test_laws_of_perplexity(log_probs, counts):
    found, turned, doubted = map(float, _PERPLEXITY(log_probs, counts))
    # As many copies of a token as its weight says, and NumPy's geometric mean.
    repeated = np.repeat(log_probs.astype(np.float64), counts)
    assert found == pytest.approx(1 / np.prod(np.exp(repeated / repeated.size)), rel=1e-5)
    assert np.exp(-repeated.max()) * (1 - 1e-5) <= found <= np.exp(-repeated.min()) * (1 + 1e-5)
    assert turned == pytest.approx(found, rel=1e-5)
    assert doubted == pytest.approx(np.e * found, rel=1e-5)


def test_the_model_itself_has_least_perplexity():
    """Over types, weighted by their probabilities: exp of the entropy, and Gibbs' inequality."""
    p, q = np.array([0.5, 0.25, 0.125, 0.125]), np.array([0.4, 0.4, 0.1, 0.1])
    own = float(estimators.perplexity(np.log(p), weights=p))
    assert own == pytest.approx(np.exp(float(estimators.entropy_plugin(p))), rel=1e-5)
    other = float(estimators.perplexity(np.log(q), weights=p))
    assert other == pytest.approx(own * np.exp(float(estimators.kl_divergence(p, q))), rel=1e-5)


def test_rare_tokens_alone():
    probs, log_probs = np.array([0.5, 0.1, 0.05, 0.35]), np.log([0.5, 0.25, 0.125, 0.125])
    assert float(estimators.rare_perplexity(log_probs, probs, 0.2)) == pytest.approx(np.sqrt(32), rel=1e-5)
    # The threshold itself is not rare, and meets the same number in another dtype.
    assert float(estimators.rare_perplexity(log_probs, probs, np.float64(0.1))) == pytest.approx(8, rel=1e-5)
    weighted = estimators.rare_perplexity(log_probs, probs, 0.2, weights=[9, 3, 1, 9])
    assert float(weighted) == pytest.approx(2 ** (9 / 4), rel=1e-5)
    assert float(estimators.rare_perplexity(log_probs, probs, 1.0)) == pytest.approx(
        float(estimators.perplexity(log_probs))
    )
    assert np.isnan(estimators.rare_perplexity(log_probs, probs, 0.01))


def test_distinct_by_hand():
    assert float(estimators.distinct_ngrams([1, 2, 1, 2, 1], 1)) == pytest.approx(2 / 5)
    assert float(estimators.distinct_ngrams([1, 2, 1, 2, 1], 2)) == pytest.approx(2 / 4)
    assert float(estimators.distinct_ngrams([1, 2, 1, 2, 1], 5)) == 1
    # No pair reaches from one path into the next.
    assert float(estimators.distinct_ngrams([[1, 2], [3, 1], [1, 2]], 2)) == pytest.approx(2 / 3)


_DISTINCT = {
    order: jax.jit(
        lambda tokens, order=order: (
            estimators.distinct_ngrams(tokens, order),
            estimators.distinct_ngrams(2 - tokens, order),
            estimators.distinct_ngrams(jnp.concatenate([tokens, tokens]), order),
        )
    )
    for order in (1, 2, 3)
}


@given(arrays.arrays(np.int32, (4, 9), elements=st.integers(-1, 2)), st.sampled_from([1, 2, 3]))
def test_distinct_ngrams_are_those_of_a_set(tokens, order):
    found, renamed, doubled = map(float, _DISTINCT[order](tokens))
    grams = [tuple(path[start : start + order]) for path in tokens.tolist() for start in range(10 - order)]
    # A quotient by a constant may be a product with its rounded reciprocal: two roundings.
    assert found * len(grams) == pytest.approx(len(set(grams)), rel=2.0**-22)
    assert renamed == found
    assert doubled == pytest.approx(found / 2, rel=1e-6)
    assert 0 < found <= 1


def test_extreme_tokens_are_told_apart():
    largest = np.iinfo(np.int32)
    tokens = np.array([largest.max, largest.min, largest.max, largest.max - 1], np.int32)
    assert float(estimators.distinct_ngrams(tokens, 2)) == 1


def test_bad_input():
    with pytest.raises(ValueError, match=r"`log_probs` must hold a token or more; got shape \(0,\)"):
        estimators.perplexity([])
    with pytest.raises(ValueError, match=r"`weights` must have the shape of `log_probs`; got \(1,\) and \(2,\)"):
        estimators.perplexity([0.0, 0.0], weights=[1.0])
    with pytest.raises(ValueError, match=r"`reference_probs` must have the shape of `log_probs`, \(2,\)"):
        estimators.rare_perplexity([0.0, 0.0], [0.5], 0.1)
    with pytest.raises(ValueError, match="`threshold` must be one number"):
        estimators.rare_perplexity([0.0], [0.5], [0.1])
    with pytest.raises(ValueError, match="`tokens` must be integers; got float"):
        estimators.distinct_ngrams([1.0, 2.0], 1)
    with pytest.raises(ValueError, match=r"`order` must be at most the length of the paths; got 3 and shape \(2,\)"):
        estimators.distinct_ngrams([1, 2], 3)
    with pytest.raises(ValueError, match="`order` must be a whole number of at least 1; got 0"):
        estimators.distinct_ngrams([1, 2], 0)

"""Normal and uniform numbers against the quantile function that they approximate."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

from tests import bounds
from tests.samplers import mutants
from tests.samplers.thresholds import word_of_rank
from zenil_dynamics import samplers
from zenil_dynamics.samplers.normal import from_random_word
from zenil_dynamics.samplers.uniform import from_word, from_words

RANKS = np.unique(
    np.concatenate(
        [
            np.arange(4096),  # the extreme tail, word by word
            np.geomspace(1, 2**31 - 1, 200_000).astype(np.int64),
            np.linspace(0, 2**31 - 1, 200_000).astype(np.int64),
        ]
    )
)


def exact_normal(rank):
    """Quantile at the middle of the cell of a rank below 2^31."""
    return special.ndtri((rank + 0.5) / 2.0**32)


def test_normal_is_the_quantile_within_1e_6():
    values = np.asarray(from_random_word(jnp.asarray(word_of_rank(RANKS))), np.float64)
    exact = exact_normal(RANKS)
    # Near 0 the quantile is a difference of nearly equal numbers: there the error is one of the probability, 2^-25.
    assert np.all(np.abs(values - exact) <= 1e-6 * np.abs(exact) + 2.0**-25 * math.sqrt(2 * math.pi))
    assert values.min() == pytest.approx(-6.338, abs=2e-3)


def test_normal_is_exactly_symmetric_and_finite():
    below = np.asarray(from_random_word(jnp.asarray(word_of_rank(RANKS))))
    above = np.asarray(from_random_word(jnp.asarray(word_of_rank(2**32 - 1 - RANKS))))
    assert np.array_equal(below, -above)
    assert np.all(np.isfinite(below))


def test_normal_moments_by_enumeration():
    """Every word of the outer 2^22 on each side, every 2^11-th in order between: moments of the law itself."""
    tail, centre = np.arange(2**22), np.arange(2**22 + 2**10, 2**31, 2**11)
    ranks = np.concatenate([tail, centre])
    weights = np.concatenate([np.ones(tail.size), np.full(centre.size, 2.0**11)]) / 2.0**31
    z = np.asarray(from_random_word(jnp.asarray(word_of_rank(ranks))), np.float64)
    assert weights.sum() == pytest.approx(1)
    assert weights @ z**2 == pytest.approx(1, abs=1e-6)
    assert weights @ z**4 == pytest.approx(3, abs=1e-5)
    assert weights @ z**6 == pytest.approx(15, abs=1e-3)
    assert weights @ np.cosh(2 * z) == pytest.approx(math.exp(2), rel=1e-5)


def test_uniform_from_word_is_monotone_and_inside():
    spread = np.geomspace(1, 2**32 - 1, 10_000).astype(np.int64)
    words = np.unique(np.concatenate([np.arange(1000), spread, 2**32 - 1 - np.arange(99)]))
    values = np.asarray(from_words(*[jnp.asarray(words.astype(np.uint32))] * 2, np.dtype(np.float32)), np.float64)
    assert np.all(np.diff(values) >= 0)
    assert 0 < values.min() == 2.0**-33
    assert values.max() == 1 - 2.0**-24
    assert np.all(np.abs(values - (words + 0.5) / 2**32) <= 2.0**-24 * values + 2.0**-32)


def test_small_uniforms_are_not_rounded_away():
    """P(U < 1e-8) is 1e-8 up to 2^-32: the float32 grid of 2^-23 would make it 1.2e-7."""
    words = np.arange(0, 2000, dtype=np.uint32)
    assert np.sum(np.asarray(from_word(jnp.asarray(words))) < 1e-8) in (42, 43)  # 1e-8 * 2^32 = 42.9


def test_float64_normal_and_uniform():
    with jax.enable_x64(True):
        key = jax.random.key(1)
        z, u = samplers.normal((1000,), key=key), samplers.uniform((1000,), key=key)
        assert z.dtype == u.dtype == np.float64
        assert np.allclose(z, special.ndtri(np.asarray(u)), rtol=1e-9, atol=1e-12)
        assert len(np.unique(np.asarray(u))) == 1000
        single = samplers.normal((1000,), key=key, dtype=jnp.float32)
        assert single.dtype == np.float32
    assert np.array_equal(single, samplers.normal((1000,), key=key))


def test_other_dtypes_are_refused():
    for sampler in (samplers.normal, samplers.uniform):
        with pytest.raises(ValueError, match="`dtype` must be float32 or float64; got int32"):
            sampler((2,), key=jax.random.key(0), dtype=jnp.int32)


def log_evidence(sampler, cdf, key, num_samples=2**20, num_bins=32):
    """log e-value of equal bins of the distribution function."""
    level = cdf(np.asarray(jax.jit(lambda key: sampler((num_samples,), key=key))(key), np.float64))
    counts = np.bincount(np.minimum((level * num_bins).astype(np.int64), num_bins - 1), minlength=num_bins)
    return bounds.log_evalue_multinomial(counts, np.full(num_bins, 1 / num_bins))


# float32 moves the edges of the bins by less than 2^-22 of probability.
THRESHOLD = bounds.log_evalue_threshold(1e-9) + bounds.law_allowance(2**20, 2.0**-22, np.full(32, 1 / 32))


@pytest.mark.stat(delta=1e-9)
def test_normal_law(key):
    """Twins: a variance 5 % too large, and the sum of six uniforms (excess kurtosis -0.2)."""
    assert log_evidence(samplers.normal, special.ndtr, key) < THRESHOLD


@pytest.mark.stat(delta=1e-9)
def test_uniform_law(key):
    assert log_evidence(samplers.uniform, lambda u: u, key) < THRESHOLD


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize("mutant", [mutants.normal_of_five_percent_more_variance, mutants.normal_by_six_uniforms])
def test_normal_law_catches(mutant, key):
    """Expected evidence above 200: it falls short of 30 with probability below exp(-(200 - 30)^2 / 800) = 2e-16."""
    assert log_evidence(mutant, special.ndtr, key) > THRESHOLD

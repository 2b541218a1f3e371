"""Types of single items: exact integers, the whole law of a million types, ends and zeros."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import bounds
from tests.samplers import mutants
from zenil_dynamics import random, samplers
from zenil_dynamics.samplers.categorical_items import LARGEST_SUPPORT, cumulative, first_above, scaled

MILLION = 10**6
NUM_DRAWS = 2**17
FEW = np.array([0.3, 0.0, 0.1, 0.04, 0.46, 0.0, 0.1], np.float32)


def laws():
    """Supports of 1 to a million, flat and steep, with zeros anywhere; not normalised."""
    rng = np.random.default_rng(0)
    scattered = rng.exponential(size=4097) * (rng.random(4097) < 0.5)
    zipf = 1 / np.arange(1.0, MILLION + 1)
    every = [np.ones(1), FEW, 0.5 ** np.arange(50.0), 1e-30 * scattered, np.ones(MILLION), zipf, zipf[::-1]]
    return [law.astype(np.float32) for law in every]


def as_integers(words):
    upper, lower = (np.asarray(word, np.uint64) for word in words)
    return (upper << np.uint64(32)) | lower


def as_words(integers):
    integers = np.asarray(integers, np.uint64)
    return (integers >> np.uint64(32)).astype(np.uint32), integers.astype(np.uint32)


_sums, _draw = jax.jit(cumulative), jax.jit(samplers.categorical_items)


@jax.jit
def _float32_sums(probs):
    """The trap: thresholds from a float32 cumulative sum."""
    sums = jnp.cumsum(probs)
    upper = jnp.floor(sums / sums[-1] * 2.0**31)
    return upper.astype(jnp.uint32), jnp.zeros_like(upper, jnp.uint32)


def distance(probs, function=_sums, bits=64):
    """Total variation of the law of the borders that uniform numbers of so many bits can tell apart."""
    sums = as_integers(function(jnp.asarray(probs)))
    borders = np.ceil(sums.astype(np.longdouble) / np.longdouble(sums[-1]) * np.longdouble(2.0) ** bits)
    masses = np.diff(borders, prepend=np.longdouble(0)) / np.longdouble(2.0) ** bits
    return float(0.5 * np.abs(masses - probs.astype(np.longdouble) / probs.sum(dtype=np.longdouble)).sum())


def test_law_is_within_2_to_the_minus_21():
    assert max(map(distance, laws())) < 2.0**-21


def test_measure_catches_float32_sums_and_single_words():
    """Both traps, for a million types; one word would have sufficed for a thousand."""
    zipf = 1 / np.arange(1, MILLION + 1, dtype=np.float32)
    assert distance(zipf, _float32_sums) > 2.0**-12
    assert distance(zipf, bits=32) > 2.0**-16
    assert distance(zipf[:1000], bits=32) < 2.0**-20


def test_sums_are_exact():
    """Against Python's integers: probabilities that float32 and the unit both hold."""
    probs = np.random.default_rng(1).integers(0, 2**24, 3000)
    probs[0] = 2**24 - 1
    sums = as_integers(_sums(jnp.asarray(probs, np.float32)))
    unit = sums[0] // np.uint64(probs[0])
    assert np.array_equal(sums, np.cumsum(probs).astype(np.uint64) * unit)


def test_products_are_exact_or_one_less():
    rng = np.random.default_rng(2)
    uniforms = np.concatenate([rng.integers(0, 2**64, 4000, np.uint64), np.array([0, 1, 2**64 - 1, 2**32], np.uint64)])
    for total in [1, 2**31, 2**32 - 1, 2**63 - 1, 2**62 + 12345678901234567]:
        total_words = tuple(jnp.asarray(word) for word in as_words(total))
        found = as_integers(jax.jit(scaled)(as_words(uniforms), total_words)).tolist()
        exact = [int(uniform) * total >> 64 for uniform in uniforms.tolist()]
        assert {right - left for left, right in zip(found, exact, strict=True)} <= {0, 1}


@pytest.mark.parametrize("support", [1, 2, 3, 60, 1000])
def test_bisection_is_that_of_numpy(support):
    rng = np.random.default_rng(support)
    sums = np.cumsum(rng.integers(0, 2**40, support, np.uint64) * (rng.random(support) < 0.7).astype(np.uint64))
    sums[-1] += np.uint64(1)
    levels = np.concatenate(
        [rng.integers(0, int(sums[-1]), 500, np.uint64), sums[:-1][sums[:-1] < sums[-1]], [np.uint64(0)]]
    )
    found = jax.jit(first_above)(as_words(sums), as_words(levels))
    assert np.array_equal(found, np.searchsorted(sums, levels, side="right"))


def test_ends_stay_inside_and_zeros_are_never_drawn(key):
    first, second = (np.asarray(words).copy() for words in random.pairs(key, (10_000,)))
    first[:2], second[:2] = [0, 2**32 - 1], [0, 2**32 - 1]
    for probs in laws():
        drawn = np.asarray(_draw(probs, (first, second)))
        positive = np.flatnonzero(probs)
        assert drawn.dtype == np.int32
        assert (drawn[0], drawn[1]) == (positive[0], positive[-1])
        assert np.all(probs[drawn] > 0)


def test_items_never_fall_when_uniforms_grow():
    uniforms = np.sort(np.random.default_rng(4).integers(0, 2**64, 20_000, np.uint64))
    for probs in laws()[1:4]:
        assert np.all(np.diff(np.asarray(_draw(probs, as_words(uniforms)))) >= 0)


def test_float64_probabilities_and_vmap():
    words = random.pairs(jax.random.key(0), (3, 50))
    table = jnp.asarray(np.stack([FEW, FEW[::-1], np.ones_like(FEW)]))
    batched = jax.jit(jax.vmap(samplers.categorical_items))(table, words)
    for probs, first, second, drawn in zip(table, *words, batched, strict=True):
        assert np.array_equal(_draw(probs, (first, second)), drawn)
    with jax.enable_x64(True):
        double = samplers.categorical_items(np.asarray(FEW, np.float64), (words[0][0], words[1][0]))
        assert double.dtype == np.int32
        assert np.array_equal(double, batched[0])


def test_shapes_are_refused_with_their_names():
    for shape in ((), (0,), (2, 2), (LARGEST_SUPPORT + 1,)):
        with pytest.raises(ValueError, match="`probs` must be a vector of 1 to 2097152 probabilities; got shape"):
            jax.eval_shape(samplers.categorical_items, jnp.ones(shape), random.pairs(jax.random.key(0)))


def log_evidence(sampler, key):
    drawn = np.asarray(jax.jit(sampler)(FEW, random.pairs(key, (NUM_DRAWS,))))
    probs = FEW.astype(np.float64) / FEW.sum(dtype=np.float64)
    allowance = bounds.law_allowance(NUM_DRAWS, 2.0**-21, probs)
    counts = np.bincount(drawn, minlength=FEW.size)
    return bounds.log_evalue_multinomial(counts, probs), bounds.log_evalue_threshold(1e-9) + allowance


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twin: a law sharpened by 5 %."""
    evidence, threshold = log_evidence(samplers.categorical_items, key)
    assert evidence < threshold


@pytest.mark.stat(delta=1e-10)
def test_law_catches(key):
    evidence, threshold = log_evidence(mutants.categorical_items_of_a_sharper_law, key)
    assert evidence > threshold

"""Samples without replacement: exact sums, nothing drawn that is not there, the joint law at small size, margins."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from tests import bounds
from tests.samplers import mutants
from zenil_dynamics import samplers

SMALL = np.array([2, 0, 3, 1, 2])
LARGE = np.array([*(10**5 // np.arange(1, 12)), 0, 1, 7])
NUM_LARGE = 60_000


@jax.jit(static_argnums=0)
def _draws(sampler, counts, num_samples, keys):
    return jax.vmap(lambda key: sampler(counts, num_samples, key=key))(keys)


def many(counts, num_samples, key, num_draws, sampler=samplers.multivariate_hypergeometric):
    keys = jax.random.split(key, num_draws)
    return np.asarray(_draws(sampler, jnp.asarray(counts, jnp.int32), jnp.int32(num_samples), keys))


@pytest.mark.parametrize("support", [1, 33])
def test_counts_sum_to_the_sample_and_stay_below_what_is_there(support):
    """200 populations of zeros, ones and up to 2^31 - 1 in all; samples of none, some and all of them."""
    rng = np.random.default_rng(support)
    counts = np.floor(10.0 ** rng.uniform(-1, 7.8, (200, support))).astype(np.int32)
    counts[0, 0] += 2**31 - 1 - counts[0].sum(dtype=np.int64)
    total = counts.sum(1, dtype=np.int64)
    taken = np.floor(rng.choice([0, 0.3, 0.9, 1], 200) * total).astype(np.int64)
    draw = jax.jit(jax.vmap(lambda c, n, key: samplers.multivariate_hypergeometric(c, n, key=key)))
    drawn = np.asarray(draw(counts, taken.astype(np.int32), jax.random.split(jax.random.key(support), 200)))
    assert drawn.dtype == np.int32
    assert total.max() == 2**31 - 1
    assert np.all((drawn >= 0) & (drawn <= counts))
    assert np.array_equal(drawn.sum(1, dtype=np.int64), taken)


def test_what_cannot_be_drawn_is_told():
    large = 2**30
    cases = [
        ([2, 3, 0, 0, 0], 6), ([2, 3, 0, 0, 0], -1), ([2, -1, 3, 0, 0], 1), ([0, large, large, 0, 0], 1),
        ([large, large, large, large, 5], 3),
    ]  # fmt: skip
    for counts, num_samples in cases:
        assert np.all(many(counts, num_samples, jax.random.key(0), 3) == -1), counts


def test_shapes_are_refused_with_their_names():
    for shape in ((), (0,), (2, 2)):
        with pytest.raises(ValueError, match="`counts` must be a vector"):
            samplers.multivariate_hypergeometric(jnp.ones(shape, jnp.int32), 1, key=jax.random.key(0))


def log_evidence_of_joint_law(sampler, num_samples, key, num_draws=20_000):
    """log e-value against every possible sample of SMALL, and its threshold at 5e-10."""
    outcomes = [
        outcome for outcome in itertools.product(*(range(count + 1) for count in SMALL)) if sum(outcome) == num_samples
    ]
    ways = [math.prod(map(math.comb, SMALL.tolist(), outcome)) for outcome in outcomes]
    probs = np.array(ways) / math.comb(int(SMALL.sum()), num_samples)
    drawn = many(SMALL, num_samples, key, num_draws, sampler)
    places = {outcome: i for i, outcome in enumerate(outcomes)}
    found = np.bincount([places.get(tuple(row), len(outcomes)) for row in drawn.tolist()], minlength=len(outcomes) + 1)
    allowance = bounds.law_allowance(num_draws, SMALL.size * 2.0**-20, probs)
    return bounds.log_evalue_multinomial(found, np.append(probs, 0.0)), bounds.log_evalue_threshold(5e-10) + allowance


@pytest.mark.stat(delta=1e-9)
def test_joint_law(key):
    """Twins: with replacement, and each category from the whole population."""
    for num_samples in (3, 5):
        evidence, threshold = log_evidence_of_joint_law(
            samplers.multivariate_hypergeometric, num_samples, jax.random.fold_in(key, num_samples)
        )
        assert evidence < threshold


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize("mutant", [mutants.sample_with_replacement, mutants.sample_of_unconditional_counts])
def test_joint_law_catches(mutant, key):
    """Samples that cannot be occur in more than one draw in ten: infinite evidence."""
    evidence, threshold = log_evidence_of_joint_law(mutant, 5, key)
    assert evidence > threshold


def log_evidence_of_sums(sampler, key, num_draws=4096):
    """Largest log e-value over all margins of LARGE and the sum over even categories; threshold at 1e-9 over these."""
    drawn, total = many(LARGE, NUM_LARGE, key, num_draws, sampler), int(LARGE.sum())
    cases = [(drawn[:, i], int(count)) for i, count in enumerate(LARGE)] + [
        (drawn[:, ::2].sum(1), int(LARGE[::2].sum()))
    ]
    evidence, allowance = [], 0.0
    for values, good in cases:
        law = stats.hypergeom(total, good, NUM_LARGE)
        ends = np.unique(law.ppf(np.arange(1, 8) / 8))
        ends = ends[law.sf(ends) > 1e-3]
        probs = np.diff(np.concatenate([[0.0], law.cdf(ends), [1.0]]))
        found = np.bincount(np.searchsorted(ends, values, side="left"), minlength=len(probs))
        evidence.append(bounds.log_evalue_multinomial(found, probs))
        allowance = max(allowance, bounds.law_allowance(num_draws, LARGE.size * 2.0**-20 + 1e-6, probs))
    return max(evidence), bounds.log_evalue_threshold(1e-9 / len(cases)) + allowance


@pytest.mark.stat(delta=1e-9)
def test_margins_and_a_sum(key):
    """scipy's masses are right within 1e-6 at this size. Twin: with replacement; a fifth of the population is drawn."""
    evidence, threshold = log_evidence_of_sums(samplers.multivariate_hypergeometric, key)
    assert evidence < threshold


@pytest.mark.stat(delta=1e-10)
def test_margins_catch_replacement(key):
    """Variances larger by a quarter: expected evidence above 60 against a threshold below 40."""
    evidence, threshold = log_evidence_of_sums(mutants.sample_with_replacement, key)
    assert evidence > threshold


def test_unbatched_and_batched_agree():
    keys = jax.random.split(jax.random.key(3), 3)
    one_by_one = [samplers.multivariate_hypergeometric(jnp.asarray(SMALL), 4, key=key) for key in keys]
    assert np.array_equal(many(SMALL, 4, jax.random.key(3), 3), one_by_one)
    with jax.enable_x64(True):
        double = samplers.multivariate_hypergeometric(SMALL, 4, key=keys[0])
        assert double.dtype == np.int32
        assert np.array_equal(double, one_by_one[0])

"""Hypergeometric numbers: the law of what is accepted with all its rounding, symmetries, populations up to 2^31 - 1."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from tests import bounds
from tests.samplers import mutants, thresholds
from zenil_dynamics import samplers
from zenil_dynamics.samplers import inversion
from zenil_dynamics.samplers.hypergeometric import LEAST_ACCEPTANCE, MAX_ATTEMPTS, centre, log_acceptance

NUM_DRAWS = 2**17
LARGEST = 2**31 - 1
SEARCHED = [
    (good, total, draws) for total in range(2, 19) for good in range(1, total // 2 + 1) for draws in range(1, good + 1)
]
SEARCHED += [
    (100, 200, 100),
    (120, 250, 119),
    (50, 10**5, 40),
    (10**5, 10**6, 600),
    (10**6, LARGEST, 10**5),
    (2**30 - 1, LARGEST, 70),
]
READ_OFF = [(400, 800, 200), (128, 256, 128), (5000, 10**5, 5000), (4000, 8000, 4000), (10**6, LARGEST, 2 * 10**5)]
LARGE = [
    *READ_OFF,
    (2**20, 2**21, 2**20),
    (2**30 - 1, LARGEST, 2**30 - 1),
    (2**30 - 1, LARGEST, 10**6),
    (2**28, LARGEST, 2**27),
]
"""(good, total, draws) with draws <= good <= total / 2: what the symmetries leave."""
LAW = [
    (3, 5, 2), (5, 3, 6), (1, 1, 1), (10, 10, 10), (7, 40, 30), (40, 7, 12), (1000, 500, 700), (20, 10**6, 10**5),
    (10**6, 20, 10**5), (10**5, 10**5, 2 * 10**5 - 30), (10**6, 10**6, 10**6), (2**30, 2**30 - 1, 2**30),
    (12, LARGEST - 12, 2**29), (40, 30, 20), (40, 7, 35),
]  # fmt: skip


def exact_pmf(good, total, draws, counts):
    """By the ratio of neighbouring masses, normalised; for counts that hold all but 1e-10 of the law."""
    k = counts[:-1].astype(np.float64)
    steps = np.log(good - k) + np.log(draws - k) - np.log(k + 1) - np.log(total - good - draws + k + 1)
    logarithm = np.concatenate([[0.0], np.cumsum(steps)])
    mass = np.exp(logarithm - logarithm.max())
    return mass / mass.sum()


def all_but_little(good, total, draws):
    """Counts within 6.5 standard deviations of the binomial proposals."""
    p = good / total
    mean, sd = draws * p, np.sqrt(draws * p * (1 - p))
    return np.arange(max(0, int(mean - 6.5 * sd - 8)), min(draws, int(mean + 6.5 * sd + 8)) + 1)


@jax.jit
def _acceptance(counts, good, total, draws):
    return jnp.exp(log_acceptance(counts, good, total - good, draws, *centre(good, draws, total)))


def acceptance(counts, good, total, draws):
    padded = np.resize(counts, 1 << (counts.size - 1).bit_length()).astype(np.int32)  # so that few shapes are compiled
    full = [np.full(padded.shape, number, np.int32) for number in (good, total, draws)]
    return np.minimum(np.asarray(_acceptance(padded, *full), np.float64), 1)[: counts.size]


def accepted_law(proposed, counts, *case, accept=acceptance):
    """Law of what is accepted, and the probability that an attempt is."""
    mass = proposed * accept(counts, *case)
    return mass / mass.sum(), mass.sum()


def test_search_and_acceptance_are_within_2_to_the_minus_20():
    """The sampler's own proposals, from the thresholds of the compiled search, times its own acceptance."""
    good, total, draws = np.array(SEARCHED).T
    odds = good.astype(np.float32) / (total - good).astype(np.float32)
    laws, _ = thresholds.search_law(draws, odds, inversion.STEPS[-1])
    for law, case in zip(laws, SEARCHED, strict=True):
        counts = np.arange(min(case[2] + 1, law.size))
        found, probability = accepted_law(law[: counts.size] / law.sum(), counts, *case)
        assert 0.5 * np.abs(found - exact_pmf(*case, counts)).sum() < 2.0**-20, case
        assert probability > LEAST_ACCEPTANCE


@pytest.mark.parametrize("case", READ_OFF)
def test_expansion_and_acceptance_are_within_2_to_the_minus_20(case):
    """The same where proposals are read off the expansion."""
    good, total, draws = case
    cdf, counts = thresholds.quantile_law(draws, np.float32(good), np.float32(total - good), 256)
    found, probability = accepted_law(np.diff(cdf), counts[1:], *case)
    assert 0.5 * np.abs(found - exact_pmf(*case, counts[1:])).sum() < 2.0**-20
    assert probability > LEAST_ACCEPTANCE


def large_distance(case, accept=acceptance):
    """Total variation of exact binomial proposals times the sampler's acceptance; the acceptance probability."""
    good, total, draws = case
    counts = all_but_little(*case)
    k = counts[:-1].astype(np.float64)
    steps = np.log(draws - k) - np.log(k + 1) + np.log(good) - np.log(total - good)
    logarithm = np.concatenate([[0.0], np.cumsum(steps)])
    binomial = np.exp(logarithm - special.logsumexp(logarithm))
    found, probability = accepted_law(binomial, counts, *case, accept=accept)
    return 0.5 * np.abs(found - exact_pmf(*case, counts)).sum(), probability


@pytest.mark.parametrize("case", LARGE)
def test_acceptance_moves_the_law_by_less_than_2_to_the_minus_22(case):
    distance, probability = large_distance(case)
    assert distance < 2.0**-22
    assert probability > LEAST_ACCEPTANCE


def test_measure_catches_a_centre_of_24_bits():
    def with_rounded_centre(counts, good, total, draws):
        mean = np.float32(draws) * (np.float32(good) / np.float32(total))
        full = [np.full(counts.shape, number, np.int32) for number in (good, total - good, draws)]
        whole, rest = np.full(counts.shape, int(mean), np.int32), np.full(counts.shape, mean % 1, np.float32)
        return np.exp(np.asarray(log_acceptance(jnp.asarray(counts, jnp.int32), *full, whole, rest), np.float64))

    assert large_distance((2**30 - 1, LARGEST, 2**30 - 3), with_rounded_centre)[0] > 2.0**-16


def test_every_small_population_is_accepted_often_enough():
    """The cap rests on this: 0.4^32 = 2e-13."""
    for total in range(2, 41):
        for good in range(1, total // 2 + 1):
            for draws in {1, good // 2 + 1, good - 1, good} - {0}:
                assert large_distance((good, total, draws))[1] > LEAST_ACCEPTANCE
    assert (1 - LEAST_ACCEPTANCE) ** MAX_ATTEMPTS < 2.0**-40


@jax.jit(static_argnums=0)
def _draws(sampler, num_good, num_bad, num_draws, key):
    return sampler(num_good, num_bad, num_draws, key=key)


def draws(num_good, num_bad, num_draws, key, sampler=samplers.hypergeometric):
    """NUM_DRAWS numbers; parameters are repeated over the lanes, so that all tests share one compilation."""
    lanes = [
        np.resize(np.asarray(number, np.int64), NUM_DRAWS).astype(np.int32) for number in (num_good, num_bad, num_draws)
    ]
    return np.asarray(_draws(sampler, *lanes, key))


def test_certain_results_and_bad_arguments(key):
    cases = [
        (0, 0, 0, 0), (5, 0, 3, 3), (0, 5, 3, 0), (5, 7, 0, 0), (5, 7, 12, 5), (LARGEST, 0, 9, 9), (0, LARGEST, 9, 0),
        (LARGEST, 0, LARGEST, LARGEST), (2**30, 2**30 - 1, LARGEST, 2**30),
        (-1, 5, 2, -1), (5, -1, 2, -1), (5, 5, -1, -1), (5, 5, 11, -1), (LARGEST, 1, 5, -1), (2**30, 2**30, 5, -1),
    ]  # fmt: skip
    *arguments, expected = zip(*cases, strict=True)
    assert np.array_equal(draws(*arguments, key), np.resize(expected, NUM_DRAWS))


def test_ten_thousand_settings_stay_in_the_support(key):
    rng = np.random.default_rng(2)
    total = np.concatenate([rng.integers(1, 40, 4000), np.geomspace(1, LARGEST, 6000).astype(np.int64)])
    good, taken = (rng.uniform(size=(2, 10_000)) * (total + 1)).astype(np.int64)
    drawn = draws(good, total - good, taken, key)[:130_000].reshape(13, 10_000)
    assert drawn.dtype == np.int32
    assert np.all((drawn >= np.maximum(0, taken - (total - good))) & (drawn <= np.minimum(good, taken)))
    p, share = good / total, taken / total
    sd = np.sqrt(taken * p * (1 - p) * (1 - share))
    # Not a test of the law: 60 standard deviations and 60 counts, which only a wrong regime can leave.
    assert np.all(np.abs(drawn - taken * p) <= 60 * sd + 60)


def log_evidence(sampler, num_good, num_bad, num_draws, key):
    """log e-value of NUM_DRAWS numbers in at most 16 bins against the exact law, and its threshold at 1e-9 / 15."""
    low, high = max(0, num_draws - num_bad), min(num_good, num_draws)
    mean = num_draws * num_good / (num_good + num_bad)
    reach = 8 * np.sqrt(mean * (1 - num_good / (num_good + num_bad))) + 20
    counts = np.arange(max(low, int(mean - reach)), min(high, int(mean + reach)) + 1)
    k = counts[:-1].astype(np.float64)
    steps = np.log(num_good - k) + np.log(num_draws - k) - np.log(k + 1) - np.log(num_bad - num_draws + k + 1)
    logarithm = np.concatenate([[0.0], np.cumsum(steps)])
    mass = np.exp(logarithm - special.logsumexp(logarithm))
    cumulative = np.cumsum(mass)
    ends = np.unique(np.searchsorted(cumulative, np.arange(1, 16) / 16))
    ends = ends[1 - cumulative[ends] > 5e-4]
    probs = np.diff(np.concatenate([[0.0], cumulative[ends], [1.0]]))
    drawn = draws(num_good, num_bad, num_draws, key, sampler)
    found = np.bincount(np.searchsorted(counts[ends], drawn, side="left"), minlength=len(probs))
    threshold = bounds.log_evalue_threshold(1e-9 / len(LAW)) + bounds.law_allowance(NUM_DRAWS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(found, probs), threshold


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twins: with replacement (caught when 5 % or more are drawn), one more good item (in populations up to 50)."""
    for i, case in enumerate(LAW):
        evidence, threshold = log_evidence(samplers.hypergeometric, *case, jax.random.fold_in(key, i))
        assert evidence < threshold, case


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    ("mutant", "case"),
    [
        *((mutants.hypergeometric_with_replacement, LAW[i]) for i in (0, 3, 4, 6, 7, 10, 11, 12)),
        *((mutants.hypergeometric_of_one_more_good, LAW[i]) for i in (0, 1, 3, 4, 5)),
    ],
)
def test_law_catches(mutant, case, key):
    """Expected evidence above 80 against a threshold below 40."""
    evidence, threshold = log_evidence(mutant, *case, key)
    assert evidence > threshold


def test_exact_masses_are_those_of_scipy():
    for good, total, taken in [(3, 9, 2), (40, 100, 33), (1000, 5000, 700)]:
        counts = np.arange(0, taken + 1)
        assert np.allclose(
            exact_pmf(good, total, taken, counts), stats.hypergeom(total, good, taken).pmf(counts), atol=1e-12
        )


def test_broadcasting_and_vmap():
    keys = jax.random.split(jax.random.key(1), 5)
    grid = jax.eval_shape(
        lambda good, bad, key: samplers.hypergeometric(good, bad, 3, key=key), *np.ogrid[3:6, 4:6], keys[0]
    )
    assert (grid.shape, grid.dtype) == ((3, 2), np.int32)
    good = jnp.asarray([5, 60, 10**6])
    one_by_one = [samplers.hypergeometric(good, 40, 30, key=key) for key in keys]
    batched = jax.jit(jax.vmap(lambda key: samplers.hypergeometric(good, 40, 30, key=key)))(keys)
    assert np.array_equal(batched, one_by_one)
    with jax.enable_x64(True):
        double = samplers.hypergeometric(np.asarray(good, np.int64), 40, 30, key=keys[0])
        assert double.dtype == np.int32
        assert np.array_equal(double, one_by_one[0])
    with pytest.raises(ValueError, match="`key` must be a typed key"):
        samplers.hypergeometric(1, 1, 1, key=jnp.zeros(2, jnp.uint32))


def test_settings_cover_every_symmetry():
    """Premise: each combination of good or bad the rarer, drawn or left the fewer, and either of these the smaller."""
    seen = {
        (good > bad, 2 * taken > good + bad, min(good, bad) < min(taken, good + bad - taken))
        for good, bad, taken in LAW
    }
    assert seen == set(itertools.product([False, True], repeat=3))

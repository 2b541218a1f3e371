"""Multinomial counts: exact sums, zeros that stay zero, the joint law at small size, every margin at large size."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from tests import bounds
from tests.samplers import mutants
from zenil_dynamics import samplers


@jax.jit(static_argnums=0)
def draws(sampler, num_trials, weights, keys):
    return jax.vmap(lambda key: sampler(num_trials, weights, key=key))(keys)


def many(num_trials, weights, key, num_draws, sampler=samplers.multinomial):
    weights = jnp.asarray(weights)
    return np.asarray(draws(sampler, jnp.int32(num_trials), weights, jax.random.split(key, num_draws)))


@pytest.mark.parametrize("support", [1, 2, 65])
@pytest.mark.parametrize("num_trials", [0, 1, 2, 301, 10**4, 10**6, 2**31 - 1])
def test_counts_sum_to_the_number_of_trials_and_zeros_stay_zero(support, num_trials):
    rng = np.random.default_rng(support)
    weights = rng.exponential(size=support).astype(np.float32) * (rng.random(support) < 0.6)
    weights[rng.integers(support)] = 1e-3  # at least one positive weight
    drawn = many(num_trials, weights, jax.random.key(support), 40)
    assert drawn.dtype == np.int32
    assert np.all(drawn >= 0)
    assert np.all(drawn.astype(np.int64).sum(1) == num_trials)
    assert not drawn[:, weights == 0].any()


def test_ten_thousand_settings():
    """Weights over forty orders of magnitude with zeros anywhere, trials over nine."""
    rng = np.random.default_rng(3)
    weights = 10.0 ** rng.uniform(-20, 20, (10_000, 12)) * (rng.random((10_000, 12)) < 0.7)
    weights[:, 5] += 1e-20
    weights, trials = weights.astype(np.float32), np.geomspace(1, 2**31 - 1, 10_000).astype(np.int32)
    keys = jax.random.split(jax.random.key(0), 10_000)
    drawn = jax.jit(jax.vmap(lambda n, w, key: samplers.multinomial(n, w, key=key)))(trials, weights, keys)
    drawn = np.asarray(drawn, np.int64)
    assert np.all(drawn >= 0)
    assert np.array_equal(drawn.sum(1), trials)
    assert not drawn[weights == 0].any()


def test_one_positive_weight_takes_all():
    for place in range(5):
        weights = np.zeros(5, np.float32)
        weights[place] = 3e-7
        assert many(1234, weights, jax.random.key(0), 3)[:, place].tolist() == [1234] * 3


def test_last_category_takes_what_has_no_weight():
    assert many(9, np.zeros(5, np.float32), jax.random.key(0), 3).tolist() == [[0, 0, 0, 0, 9]] * 3


def test_scale_of_the_weights_is_free():
    weights, key = np.array([0.3, 1.7, 0.0, 4.0, 1e-3], np.float32), jax.random.key(8)
    for scale in (2.0**-90, 2.0**60):
        assert np.array_equal(many(5000, weights, key, 3), many(5000, weights * np.float32(scale), key, 3))


def test_integer_weights_are_exact_and_equal_to_their_floats():
    counts, key = np.array([0, 12, 7, 900, 81]), jax.random.key(8)
    assert np.array_equal(many(1000, counts, key, 3), many(1000, counts.astype(np.float32), key, 3))
    large = np.array([2**30, 0, 2**29, 2**29 - 2, 1])  # their sum is the largest int32
    assert np.all(many(10, large, key, 3).sum(1) == 10)


def test_float64_weights():
    weights = np.array([0.25, 0.5, 0.125, 0.125, 0.0])
    single = many(1000, weights.astype(np.float32), jax.random.key(1), 3)
    with jax.enable_x64(True):
        assert np.array_equal(many(1000, weights, jax.random.key(1), 3), single)


def test_shapes_are_refused_with_their_names():
    for shape in ((), (0,), (2, 2)):
        with pytest.raises(ValueError, match="`weights` must be a vector of one weight or more; got shape"):
            samplers.multinomial(3, jnp.ones(shape), key=jax.random.key(0))


def log_evidence_jointly(sampler, num_trials, weights, key, num_draws=2**16):
    """log e-value of all outcomes of a small multinomial law."""
    probs = np.asarray(weights, np.float64) / np.sum(weights)
    outcomes = [o for o in itertools.product(range(num_trials + 1), repeat=len(probs)) if sum(o) == num_trials]
    outcomes = np.array([o for o in outcomes if not np.any(np.array(o)[probs == 0])])
    log_mass = special.gammaln(num_trials + 1) - special.gammaln(outcomes + 1).sum(1)
    mass = np.exp(log_mass + special.xlogy(outcomes, probs).sum(1))
    code = (num_trials + 1) ** np.arange(len(probs))
    drawn = many(num_trials, np.asarray(weights, np.float32), key, num_draws, sampler) @ code
    order = np.argsort(outcomes @ code)
    place = np.searchsorted((outcomes @ code)[order], drawn)
    known = np.minimum(place, len(order) - 1)
    if np.any((outcomes @ code)[order][known] != drawn):
        return np.inf
    counts = np.bincount(known, minlength=len(order))
    allowance = bounds.law_allowance(num_draws, 2.0**-22, mass)
    return bounds.log_evalue_multinomial(counts, mass[order]) - allowance


JOINT = [(4, [0.2, 0.5, 0.3, 0.0]), (3, [5.0, 0.0, 1.0, 2.0]), (2, [0.25, 0.25, 0.25, 0.25])]


@pytest.mark.stat(delta=1e-9)
def test_joint_law_at_small_size(key):
    """Twins: one trial less, probabilities not renormalised, independent counts: all caught in all cases."""
    for i, (num_trials, weights) in enumerate(JOINT):
        evidence = log_evidence_jointly(samplers.multinomial, num_trials, weights, jax.random.fold_in(key, i))
        assert evidence < bounds.log_evalue_threshold(1e-9 / len(JOINT))


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    "mutant",
    [
        mutants.multinomial_of_one_trial_less,
        mutants.multinomial_with_unconditional_probabilities,
        mutants.multinomial_of_independent_counts,
    ],
)
def test_joint_law_catches(mutant, key):
    for num_trials, weights in JOINT:
        assert log_evidence_jointly(mutant, num_trials, weights, key) > bounds.log_evalue_threshold(1e-9 / len(JOINT))


def log_evidence_of_sums(sampler, num_trials, weights, key, num_draws):
    """Largest log e-value of the margins and of the sums over 40 random subsets: each is binomial."""
    probs = np.asarray(weights, np.float64) / np.sum(np.asarray(weights, np.float64))
    drawn = many(num_trials, np.asarray(weights, np.float32), key, num_draws, sampler)
    subsets = np.random.default_rng(0).random((40, len(probs))) < 0.5
    members = np.concatenate([np.eye(len(probs), dtype=bool), subsets])
    evidence = []
    for member, total in zip(members, (drawn @ members.T.astype(np.int64)).T, strict=True):
        law = stats.binom(num_trials, probs[member].sum())
        ends = np.unique(law.ppf([0.1, 0.3, 0.5, 0.7, 0.9]))
        mass = np.diff(np.concatenate([[0.0], law.cdf(ends), [1.0]]))
        ends, mass = (ends, mass) if mass[-1] > 1e-3 else (ends[:-1], np.append(mass[:-2], mass[-2] + mass[-1]))
        counts = np.bincount(np.searchsorted(ends, total), minlength=len(mass))
        # Rounding of the weights to float32 and of support - 1 conditional probabilities: 1e-6 of a standard deviation.
        evidence.append(bounds.log_evalue_multinomial(counts, mass) - bounds.law_allowance(num_draws, 1e-6, mass))
    return max(evidence), bounds.log_evalue_threshold(1e-9 / 2 / len(members))


ZIPF = 1 / np.arange(1, 101)


@pytest.mark.stat(delta=1e-9)
def test_margins_and_subset_sums(key):
    """Twins: 997 trials instead of 1000 and independent counts are caught at 20,000 draws."""
    for i, (num_trials, weights, num_draws) in enumerate([(1000, ZIPF, 20_000), (10**5, ZIPF[::-1], 20_000)]):
        evidence, threshold = log_evidence_of_sums(
            samplers.multinomial, num_trials, weights, jax.random.fold_in(key, i), num_draws
        )
        assert evidence < threshold


@pytest.mark.stat(delta=1e-10)
def test_margins_and_subset_sums_catch(key):
    """Expected evidence 300 and 6000 against a threshold of 26."""

    def three_less(num_trials, weights, *, key):
        return samplers.multinomial(num_trials - 3, weights, key=key)

    for mutant in (three_less, mutants.multinomial_of_independent_counts):
        evidence, threshold = log_evidence_of_sums(mutant, 1000, ZIPF, key, 20_000)
        assert evidence > threshold

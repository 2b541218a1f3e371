"""Splitting against matrices: the whole law of two particles a stage, moments, and a chance of one in a million."""

import functools
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import zenil_dynamics as zd
from tests import bounds
from tests.rare_events.reference import Chain, two_types, urn
from tests.samplers.thresholds import search_law
from zenil_dynamics import rare_events
from zenil_dynamics.rare_events import splitting
from zenil_dynamics.samplers import inversion

DELTA = 1e-9
SAMPLER = 2.0**-20
"""Total variation of one draw of counts, as the sampler promises."""


def score_of_its_own():
    """How much the first type has; a function of its own compiles anew, with whatever was put in place of the code."""

    def first(state, target):
        return state.probs[0]

    return first


first = score_of_its_own()

# Sums of few powers of two, so that no probability of a draw is rounded.
SIZES, SHARES = (8, 16, 4, 16), (0.0, 0.25, 0.125, 0.25)


class Case(NamedTuple):
    """A loop and the chain that it is; `roundings` stand between exact weights and the odds that a sampler reads."""

    system: zd.System
    chain: Chain
    levels: tuple[float, ...]
    horizon: int
    largest_size: int
    roundings: int


CASES = {
    "open": Case(
        system=zd.System(
            zd.Categorical([1 / 16, 15 / 16]),
            zd.schedules.parse("table:" + ",".join(map(str, SIZES))),
            zd.schedules.parse("table:" + ",".join(map(str, SHARES))),
            initial=zd.Categorical([1 / 8, 7 / 8]),
        ),
        chain=two_types(SIZES, SHARES, 1 / 16, 1 / 8),
        levels=(0.2, 0.3, 0.6),
        horizon=4,
        largest_size=16,
        roundings=5,  # of a quotient
    ),
    "urn": Case(
        system=zd.System(zd.Categorical([0.3, 0.7]), 1, update=zd.Accumulate(), initial=zd.estimate(num_samples=2)),
        chain=urn(6, 2, 0.3),
        levels=(0.45, 0.6, 0.7),
        horizon=6,
        largest_size=2,
        roundings=19,  # of a quotient of two frequencies, which are quotients of converted counts
    ),
}
REPETITIONS = 40_000


def run(name, num_particles=2, num_repetitions=REPETITIONS, score=first, seed=1):
    case = CASES[name]
    return splitting(
        case.system,
        score=score,
        levels=case.levels,
        num_generations=case.horizon,
        num_particles=num_particles,
        num_repetitions=num_repetitions,
        key=jax.random.key(seed),
    )


@functools.cache
def exact_law(name):
    return CASES[name].chain.law_of_two(CASES[name].levels)


def draw_distance(case):
    """Total variation between a draw of counts and its law: of the sampler, bisected, and of its rounded odds.

    Odds moved by a share e move a mass at k by (k - n p) e, so the law by e / 2 times at most sqrt(n) / 2.
    """
    distances = [0.5 * np.sqrt(case.largest_size) / 2 * case.roundings * 2.0**-24]
    for size in range(1, case.largest_size + 1):
        success = np.unique(np.arange(1, 65) / 128)
        masses, left_over = search_law(np.full(64, size), success / (1 - success), inversion.STEPS[1])
        exact = stats.binom.pmf(np.arange(masses.shape[1])[None, :], size, success[:, None])
        distances.append(0.5 * np.abs(masses / (1 - left_over)[:, None] - exact).sum(axis=1).max())
    return distances[0] + max(distances[1:])


def evidence(name, found, law):
    """Evidence that the numbers of two particles that entered do not follow the law, over what the sampler excuses.

    Outcomes below one in fifty count as one, since what the sampler may add to an outcome is charged relatively.
    """
    observed, times = np.unique(np.round(2 * found.fractions).astype(int), axis=0, return_counts=True)
    counts = {tuple(history): number for history, number in zip(observed.tolist(), times.tolist(), strict=True)}
    if not set(counts) <= set(law):
        return math.inf
    common = [history for history in law if law[history] >= 0.02]
    rest = [history for history in law if law[history] < 0.02]
    probs = np.array([*(law[history] for history in common), sum(law[history] for history in rest)])
    seen = [*(counts.get(history, 0) for history in common), sum(counts.get(history, 0) for history in rest)]
    case = CASES[name]
    # Each of two particles makes at most T steps a stage, and one draw at the start.
    total_variation = 2 * (case.horizon + 1) * len(case.levels) * draw_distance(case)
    allowed = bounds.log_evalue_threshold(DELTA) + bounds.law_allowance(sum(seen), total_variation, probs)
    return bounds.log_evalue_multinomial(np.array(seen), probs) - allowed


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", CASES)
def test_two_particles_follow_their_exact_law(name):
    law = exact_law(name)
    assert sum(probability >= 0.02 for probability in law.values()) >= 8  # all kinds of histories are looked at
    assert evidence(name, run(name), law) < 0


def restarted(particles, entered, *, key):
    """Mutant: what is resampled starts its clock again."""
    return RESAMPLED(particles, entered, key=key)._replace(generation=jnp.zeros_like(particles.generation))


def without_memory(particles, entered, *, key):
    """Mutant: a copy keeps the memory of the particle whose place it takes."""
    return RESAMPLED(particles, entered, key=key)._replace(memory=particles.memory)


def each_once(particles, entered, *, key):
    """Mutant: entrances are continued in turn, not drawn independently."""
    order = jnp.argsort(~entered, stable=True)
    number = jnp.maximum(jnp.sum(entered, dtype=jnp.int32), 1)
    parents = order[jnp.arange(entered.shape[0], dtype=jnp.int32) % number]
    return jax.tree.map(lambda leaf: leaf[parents], particles)


def first_row(rows, generation):
    """Mutant: the schedule stands still."""
    return ROW_AT(rows, jnp.zeros_like(generation))


def one_level(key, level, addresses):
    """Mutant: stages share their keys, so that what was drawn once is drawn again."""
    return PARTICLE_KEYS(key, jnp.zeros_like(level), addresses)


RESAMPLED, ROW_AT, PARTICLE_KEYS = rare_events.resampled, rare_events.row_at, rare_events.particle_keys
MUTANTS = {
    "restarted": ("open", "resampled", restarted, REPETITIONS),
    "without-memory": ("urn", "resampled", without_memory, REPETITIONS),
    "each-once": ("open", "resampled", each_once, 10 * REPETITIONS),
    "first-row": ("open", "row_at", first_row, REPETITIONS),
    "one-level": ("open", "particle_keys", one_level, 10 * REPETITIONS),
}


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_wrong_splitting_is_caught(mutant, monkeypatch):
    """The faintest of them, each-once, parts from the law by .002 nats a repetition."""
    name, place, wrong, repetitions = MUTANTS[mutant]
    monkeypatch.setattr(rare_events, place, wrong)
    found = run(name, num_repetitions=repetitions, score=score_of_its_own())
    assert evidence(name, found, exact_law(name)) > 0


@pytest.mark.stat(delta=2 * DELTA)
def test_mean_and_variance_are_those_of_the_recursion():
    """Eight particles: unbiased within 5 %, and as variable as the recursion of second moments says within 60 %."""
    case, repetitions, num_particles = CASES["open"], 2 * REPETITIONS, 8
    found = run("open", num_particles, repetitions)
    probability = case.chain.probability(case.levels[-1])
    variance = case.chain.variance(case.levels, num_particles)
    # Unbiased means: for the chain that the sampler draws, whose paths take four draws.
    allowed = bounds.bernstein(repetitions, DELTA, variance, 1.0) + case.horizon * SAMPLER
    assert allowed < 0.05 * probability
    assert abs(found.probability - probability) <= allowed
    conditional = found.estimates[~found.extinct].mean()  # the mutant that forgets what died out
    assert abs(conditional - probability) > allowed
    second = case.chain.second_moment(case.levels, num_particles)
    # A square in [0, 1] varies by at most its mean. It is a function of so many draws or fewer.
    num_draws = num_particles * case.horizon * len(case.levels)
    allowed = bounds.bernstein(repetitions, DELTA, second, 1.0) + num_draws * SAMPLER
    assert allowed < 0.61 * second
    assert abs(np.mean(found.estimates**2) - second) <= allowed
    assert abs(probability**2 - second) > allowed  # particles that share their draws, or do not vary
    assert found.variance == pytest.approx(np.var(found.estimates, ddof=1) / repetitions, rel=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(found.variance), rel=1e-12)


# One in a million -----------------------------------------------------------------------------------------------------

SIZE, SHARE, PROB, LAST = 30, 0.12, 0.02, 24
RARE_LEVELS = tuple((count - 0.5) / SIZE for count in (2, 5, 8, 11, 14, 17, 20, 23, 26))
RARE_DELTA = 1e-8
RARE_PARTICLES, RARE_REPETITIONS = 256, 148 * 16


def rare_chain():
    return two_types([SIZE] * LAST, [SHARE] * LAST, PROB, PROB)


def as_the_sampler_draws(chain):
    """The same chain with the law that the compiled sampler has, bisected from it word by word."""

    def law(values):
        success = SHARE * PROB + (1 - SHARE) * values
        odds = np.minimum(success, 1 - success) / np.maximum(success, 1 - success)
        masses, left_over = search_law(np.full(len(values), SIZE), odds, inversion.STEPS[1])
        masses = masses[:, : SIZE + 1] / (1 - left_over)[:, None]
        return np.where((success <= 0.5)[:, None], masses, masses[:, ::-1])

    first_step, later = law(chain.values[0]), law(chain.values[1])
    return Chain(chain.values, [first_step, *[later] * (LAST - 1)], [1.0])


def rare(score=first):
    return splitting(
        zd.System(zd.Categorical([PROB, 1 - PROB]), SIZE, SHARE),
        score=score,
        levels=RARE_LEVELS,
        num_generations=LAST,
        num_particles=RARE_PARTICLES,
        num_repetitions=RARE_REPETITIONS,
        key=jax.random.key(7),
    )


def miss(found):
    """Distance of the median of means from the exact probability, in units of what is allowed."""
    chain = rare_chain()
    probability = chain.probability(RARE_LEVELS[-1])
    variance = chain.variance(RARE_LEVELS, RARE_PARTICLES)
    estimate, allowed = bounds.median_of_means(found.estimates, variance, RARE_DELTA)
    # The weights of a draw have 13 roundings in them, which move each of T masses by at most N 2^-20 relatively.
    rounding = abs(as_the_sampler_draws(chain).probability(RARE_LEVELS[-1]) / probability - 1)
    rounding += np.expm1(LAST * SIZE * SAMPLER)
    return abs(estimate - probability) / (allowed + rounding * probability)


@pytest.mark.stat(delta=RARE_DELTA)
def test_one_in_a_million():
    """Exact within 46 % at an error probability of 1e-8, from 2368 repetitions whose deviation is .91 of the truth."""
    probability = rare_chain().probability(RARE_LEVELS[-1])
    assert 3e-7 < probability < 3e-6
    found = rare()
    assert miss(found) <= 1
    assert np.all(found.fractions.mean(axis=0) > 0.02)


@pytest.mark.stat(delta=RARE_DELTA)
def test_one_in_a_million_with_a_clock_that_starts_again_is_caught(monkeypatch):
    monkeypatch.setattr(rare_events, "resampled", restarted)
    assert miss(rare(score=score_of_its_own())) > 1

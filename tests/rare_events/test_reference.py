"""The matrices that judge splitting, against a walk over all paths and against each other."""

import numpy as np
import pytest

from tests.rare_events.reference import outcomes, two_types, urn

LEVELS = [0.3, 0.55, 0.8]
CHAINS = {"open": two_types([3, 5, 4], [0.0, 0.3, 0.1], 0.05, 0.25), "urn": urn(3, 2, 0.3)}


def paths(chain, generation=0, state=None):
    """Every path with its probability and its values."""
    if state is None:
        for first, chance in enumerate(chain.start[: len(chain.values[0])]):
            for later, values in paths(chain, 0, first):
                yield chance * later, values
    elif generation == len(chain.transitions):
        yield 1.0, [chain.values[generation][state]]
    else:
        for following, chance in enumerate(chain.transitions[generation][state]):
            for later, values in paths(chain, generation + 1, following):
                yield chance * later, [chain.values[generation][state], *values]


@pytest.mark.parametrize("name", CHAINS)
def test_probabilities_are_sums_over_paths(name):
    chain = CHAINS[name]
    assert sum(chance for chance, _ in paths(chain)) == pytest.approx(1)
    for level in LEVELS:
        expected = sum(chance for chance, values in paths(chain) if max(values) >= level)
        assert chain.probability(level) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", CHAINS)
def test_entrances_compose(name):
    chain = CHAINS[name]
    through = chain.start
    for level in LEVELS:
        through = through @ chain.entrances(level)
    assert through.sum() == pytest.approx(chain.probability(LEVELS[-1]), rel=1e-12)


@pytest.mark.parametrize("name", CHAINS)
def test_law_of_two_particles_has_the_moments_of_the_recursion(name):
    chain = CHAINS[name]
    law = chain.law_of_two(LEVELS)
    assert set(law) == set(outcomes(LEVELS))
    estimates = {history: np.prod(np.array(history) / 2) for history in law}
    assert sum(law.values()) == pytest.approx(1)
    mean = sum(law[history] * estimates[history] for history in law)
    square = sum(law[history] * estimates[history] ** 2 for history in law)
    assert mean == pytest.approx(chain.probability(LEVELS[-1]), rel=1e-12)
    assert square == pytest.approx(chain.second_moment(LEVELS, 2), rel=1e-12)


@pytest.mark.parametrize("name", CHAINS)
def test_one_particle_is_a_plain_replicate_and_many_leave_no_variance(name):
    chain = CHAINS[name]
    probability = chain.probability(LEVELS[-1])
    assert chain.variance(LEVELS, 1) == pytest.approx(probability * (1 - probability), rel=1e-12)
    variances = [chain.variance(LEVELS, number) for number in (1, 2, 8, 64, 10**6)]
    assert np.all(np.diff(variances) < 0)
    assert variances[-1] < 1e-4 * probability**2

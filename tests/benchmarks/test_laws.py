"""The laws that guard the clock, judged by recursions and by enumeration."""

import itertools
import math

import numpy as np
import pytest
from scipy import special, stats

from benchmarks import laws
from benchmarks.laws import gaussian
from benchmarks.problem import CategoricalProblem, GaussianProblem
from benchmarks.record import Record


@pytest.mark.parametrize("alpha", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("num_samples", [1, 2, 3, 50, 10_000])
def test_mean_diversity_obeys_the_fixation_law(alpha, num_samples):
    target = CategoricalProblem(7, num_samples, 12, 1).target
    fixation = [0.0]
    for _ in range(12):
        fixation.append(1 / num_samples + (1 - 1 / num_samples) * (1 - alpha) ** 2 * fixation[-1])
    mean, _ = laws.diversity_moments(target, num_samples, alpha, 12)
    np.testing.assert_allclose(mean, (1 - np.array(fixation)) * (1 - np.sum(target**2)), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_moments_of_diversity_equal_the_enumerated_chain(alpha):
    """Three types, three samples: every count vector, every path."""
    target, num_samples, num_generations = np.array([0.5, 0.3, 0.2]), 3, 4
    states = [c for c in itertools.product(range(num_samples + 1), repeat=3) if sum(c) == num_samples]
    shares = np.array(states) / num_samples

    def row(mixture: np.ndarray) -> list[float]:
        return [
            math.factorial(num_samples) * math.prod(mixture[k] ** c[k] / math.factorial(c[k]) for k in range(3))
            for c in states
        ]

    transition = np.array([row(alpha * target + (1 - alpha) * share) for share in shares])
    diversity = 1 - np.sum(shares**2, axis=1)
    law = np.array(row(target))
    mean, variance = laws.diversity_moments(target, num_samples, alpha, num_generations)
    assert mean[0] == pytest.approx(1 - np.sum(target**2), rel=1e-12)
    assert variance[0] == pytest.approx(0.0, abs=1e-14)
    for t in range(1, num_generations + 1):
        assert mean[t] == pytest.approx(law @ diversity, rel=1e-12)
        assert variance[t] == pytest.approx(law @ diversity**2 - (law @ diversity) ** 2, rel=1e-10)
        law = law @ transition


def test_fourth_moment_of_the_gaussian_mean_equals_the_sum_over_pairs():
    """Given the variances m_t is normal, so E m^4 = 3 sum_{s,u < t} E V_s V_u / N^2."""
    num_samples, num_generations = 7, 6
    mean, square = gaussian.variance_moments(num_samples, num_generations)
    squared, fourth = gaussian.squared_mean_moments(num_samples, num_generations)
    for t in range(num_generations + 1):
        pairs = sum(square[min(s, u)] * (1 - 1 / num_samples) ** abs(s - u) for s in range(t) for u in range(t))
        assert fourth[t] == pytest.approx(3 * pairs / num_samples**2, rel=1e-12)
        assert squared[t] == pytest.approx(sum(mean[:t]) / num_samples, rel=1e-12)


def test_log_variance_limits_hold_the_mean_and_shrink_with_the_root_of_the_replicates():
    num_samples, num_generations = 100, 500
    exact = np.arange(num_generations + 1) * (special.digamma(99 / 2) - np.log(50))
    widths = []
    for num_replicates in (10**4, 10**6):
        lower, upper = gaussian.log_variance_limits(num_samples, num_generations, num_replicates, 1e-9)
        assert np.all(lower <= exact + 1e-9)
        assert np.all(exact <= upper + 1e-9)
        widths.append(upper[-1] - lower[-1])
    # Chernoff is close to the normal here: twice sqrt(2 ln(2/delta) t trigamma / R), a twentieth more for the grid.
    ideal = 2 * np.sqrt(2 * np.log(2e9) * 500 * special.polygamma(1, 99 / 2) / 10**4)
    assert ideal * 0.99 <= widths[0] <= ideal * 1.05
    assert widths[1] == pytest.approx(widths[0] / 10, rel=0.05)


def test_log_variance_limits_contain_the_exact_chi_square_interval_of_one_replicate():
    """R = 1, t = 1: ln(C/N) has a known law, which Chernoff must enclose."""
    lower, upper = gaussian.log_variance_limits(10, 1, 1, 1e-6)
    assert lower[1] <= np.log(stats.chi2.ppf(5e-7, 9) / 10)
    assert upper[1] >= np.log(stats.chi2.isf(5e-7, 9) / 10)


def _exact_record(problem: CategoricalProblem, num_replicates: int) -> Record:
    """The law itself, as if measured without error; entropy is the smallest that the diversity allows."""
    mean, _ = laws.diversity_moments(
        problem.target, problem.num_samples, problem.exogenous_fraction, problem.num_generations
    )
    entropy = -np.log1p(-mean)
    entropy[0] = -np.sum(problem.target * np.log(problem.target))
    tables = {"diversity": mean, "entropy": entropy}
    return Record(num_replicates, tables, tables, tables, tables)


@pytest.mark.parametrize("alpha", [0.0, 0.1])
def test_the_exact_law_passes(alpha):
    problem = CategoricalProblem(100, 1_000, 200, 1_000, alpha)
    assert all(finding.passed for finding in laws.check(problem, _exact_record(problem, 1_000), sharp=True))


@pytest.mark.parametrize(
    ("problem", "mutant"),
    [
        (CategoricalProblem(100, 1_000, 200, 1_000), CategoricalProblem(100, 900, 200, 1_000)),
        (CategoricalProblem(100, 1_000, 200, 1_000, 0.1), CategoricalProblem(100, 1_000, 200, 1_000, 0.05)),
        (CategoricalProblem(1_000, 10_000, 100, 256), CategoricalProblem(1_000, 5_000, 100, 256)),
    ],
)
def test_full_size_checks_resolve_the_mutant(problem, mutant):
    """A tenth of N (W1), half of alpha (W2), half of N (W4): the mutant's own mean lies outside."""
    findings = laws.check(problem, _exact_record(mutant, problem.num_replicates), sharp=True)
    assert not all(finding.passed for finding in findings)


def test_last_generation_alone_is_held_to_the_law_of_that_generation():
    problem = CategoricalProblem(100, 1_000, 200, 1_000, terminal_only=True)
    whole = _exact_record(problem, 1_000)
    last = {name: table[-1:] for name, table in whole.mean.items()}
    findings = laws.check(problem, Record(1_000, last, last, last, last), sharp=True)
    assert all(finding.passed for finding in findings)
    assert {finding.generation for finding in findings} == {200}
    # The state one generation of ten earlier is another one: its mean lies outside.
    earlier = {name: table[-21:-20] for name, table in whole.mean.items()}
    assert not all(f.passed for f in laws.check(problem, Record(1_000, earlier, earlier, earlier, earlier), sharp=True))
    # All generations where the last one was asked for is other work.
    assert not laws.check(problem, whole)[0].passed


def test_values_that_are_not_numbers_fail():
    problem = CategoricalProblem(5, 10, 4, 20)
    record = _exact_record(problem, 20)
    record.mean["diversity"][2] = np.nan
    assert not laws.check(problem, record)[0].passed


def test_another_number_of_replicates_or_generations_fails():
    problem = CategoricalProblem(5, 10, 4, 20)
    assert not all(finding.passed for finding in laws.check(problem, _exact_record(problem, 19)))
    shorter = _exact_record(CategoricalProblem(5, 10, 3, 20), 20)
    assert not all(finding.passed for finding in laws.check(problem, shorter))
    flat = {name: np.zeros(5) for name in ("mean", "variance", "log_variance")}
    assert not all(f.passed for f in laws.check(GaussianProblem(10, 4, 20), Record(20, flat, flat, flat, flat)))

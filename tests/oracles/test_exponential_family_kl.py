import mpmath
import numpy as np
import pytest

from zenil_dynamics import oracles

CASES = [
    ("bernoulli", None, 0.3),
    ("binomial", 3, 1.2),
    ("poisson", None, 2.0),
    ("geometric", None, 0.7),
    ("negative_binomial", 2.5, 1.4),
]


def conjugate(family, parameter, mean):
    """Convex conjugate of the log-partition function, up to terms linear in the mean."""
    plogp = lambda x: x * mpmath.log(x) if x else mpmath.mpf(0)  # noqa: E731
    if family in ("bernoulli", "binomial"):
        trials = parameter or 1
        return plogp(mean) + plogp(trials - mean)
    if family == "poisson":
        return plogp(mean) - mean
    shape = parameter or 1
    return plogp(mean) - plogp(mean + shape)


def total_law(family, parameter, size, mean):
    """Probabilities of the sample total, by the recursion of successive terms."""
    mean = mpmath.mpf(mean)
    if family in ("bernoulli", "binomial"):
        trials = size * (parameter or 1)
        prob = mean / (parameter or 1)
        return [mpmath.binomial(trials, k) * prob**k * (1 - prob) ** (trials - k) for k in range(trials + 1)]
    if family == "poisson":
        terms, ratio = [mpmath.exp(-size * mean)], lambda k: size * mean / (k + 1)
    else:
        shape = mpmath.mpf(parameter or 1)
        terms = [(1 + mean / shape) ** (-size * shape)]
        ratio = lambda k: (size * shape + k) / (k + 1) * mean / (mean + shape)  # noqa: E731
    for k in range(600):
        terms.append(terms[-1] * ratio(k))
    return terms


@pytest.mark.parametrize(("family", "parameter", "mean"), CASES)
@pytest.mark.parametrize("size", [1, 3, 20])
def test_one_step_is_the_jensen_gap_of_the_conjugate(family, parameter, mean, size):
    with mpmath.workdps(40):
        law = total_law(family, parameter, size, mean)
        assert abs(sum(law) - 1) < 1e-30
        means = [mpmath.mpf(k) / size for k in range(len(law))]
        gap = sum(p * conjugate(family, parameter, m) for p, m in zip(law, means, strict=True)) - conjugate(
            family, parameter, mpmath.mpf(mean)
        )
    found = oracles.expected_one_step_kl(size, mean, family=family, parameter=parameter)
    assert found == pytest.approx(float(gap), rel=1e-11)


@pytest.mark.parametrize("shape", [1.0, 2.5])
def test_gamma_by_integration(shape):
    size, family = 4, "gamma"
    total = mpmath.mpf(size * shape)
    density = lambda x: x ** (total - 1) * mpmath.exp(-x) / mpmath.gamma(total)  # noqa: E731
    loss = lambda x: shape * (x / total - 1 - mpmath.log(x / total))  # noqa: E731
    gap = mpmath.quad(lambda x: density(x) * loss(x), [0, total / 4, total, 4 * total, mpmath.inf])
    assert oracles.expected_one_step_kl(size, 7.0, family=family, parameter=shape) == pytest.approx(
        float(gap), rel=1e-11
    )


@pytest.mark.parametrize(("family", "parameter", "mean"), [*CASES, ("exponential", None, 3.0), ("normal", 2.0, -1.0)])
def test_rate_of_every_family_is_one_over_twice_the_sample(family, parameter, mean):
    sizes = np.array([200, 400, 800])
    scaled = [2 * n * oracles.expected_one_step_kl(int(n), mean, family=family, parameter=parameter) for n in sizes]
    # The next term is of order 1/N: halving it with each doubling leaves the extrapolated limit.
    assert 2 * scaled[2] - scaled[1] == pytest.approx(1.0, abs=1e-5)
    assert abs(scaled[2] - 1) <= abs(scaled[1] - 1) / 1.9 + 1e-12


def test_large_totals_keep_their_digits():
    # Poisson: 2 N E KL = 1 + 1/(6 N m) + O(1/(N m)^2).
    size = 2_000_000
    assert 2 * size * oracles.expected_one_step_kl(size, 2.0, family="poisson") == pytest.approx(
        1 + 1 / (6 * size * 2), abs=1e-8
    )


def test_bernoulli_entropy_of_two_types():
    # Same quantity as the entropy that a categorical model of two types loses.
    found = oracles.expected_one_step_kl(7, 0.3, family="bernoulli")
    assert found == pytest.approx(oracles.expected_kl_of_draws([0.3, 0.7], 7), rel=1e-12)


def test_point_masses_stay_and_wide_totals_are_refused():
    assert oracles.expected_one_step_kl(5, 0.0, family="poisson") == 0.0
    assert oracles.expected_one_step_kl(5, 1.0, family="bernoulli") == 0.0
    assert oracles.expected_one_step_kl(1, 1 - 1e-9, family="bernoulli") == pytest.approx(
        1e-9 * (1 + np.log(1e9)), rel=1e-6
    )
    with pytest.raises(ValueError, match="`num_samples` times `mean` must be smaller"):
        oracles.expected_one_step_kl(10, 1e9, family="geometric")

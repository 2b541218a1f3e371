"""Divergences of exponential families: against sums and integrals of their laws, at edges, and close to equality."""

import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from zenil_dynamics import estimators

PAIRS = [(0.3, 1.1), (1.1, 0.3), (2.0, 2.5)]
COUNTS = np.arange(2000)


def discrete(first, second):
    """Sum of p log(p / q) over the counts."""
    counts = COUNTS[first.pmf(COUNTS) > 0]
    return float(np.sum(first.pmf(counts) * (first.logpmf(counts) - second.logpmf(counts))))


def continuous(first, second):
    value, _ = integrate.quad(lambda x: first.pdf(x) * (first.logpdf(x) - second.logpdf(x)), 0, np.inf, epsabs=1e-12)
    return value


def negative_binomial(mean, successes):
    return stats.nbinom(successes, successes / (successes + mean))


FAMILIES = {
    "poisson": (estimators.kl_poisson, (), lambda m, n: discrete(stats.poisson(m), stats.poisson(n))),
    "binomial": (
        estimators.kl_binomial,
        (7.0,),
        lambda m, n: discrete(stats.binom(7, m / 7), stats.binom(7, n / 7)),
    ),
    "bernoulli": (
        lambda m, n: estimators.kl_binomial(m / 3, n / 3, 1.0),
        (),
        lambda m, n: discrete(stats.bernoulli(m / 3), stats.bernoulli(n / 3)),
    ),
    "negative_binomial": (
        estimators.kl_negative_binomial,
        (1.5,),
        lambda m, n: discrete(negative_binomial(m, 1.5), negative_binomial(n, 1.5)),
    ),
    "gamma": (
        estimators.kl_gamma,
        (3.5,),
        lambda m, n: continuous(stats.gamma(3.5, scale=m / 3.5), stats.gamma(3.5, scale=n / 3.5)),
    ),
    "fixed_variance": (
        estimators.kl_fixed_variance,
        (2.25,),
        lambda m, n: (m - n) ** 2 / 4.5,
    ),
}


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("name", FAMILIES)
def test_they_are_those_of_the_laws(name, first, second):
    divergence, known, expected = FAMILIES[name]
    assert float(divergence(first, second, *known)) == pytest.approx(expected(first, second), rel=1e-5)
    assert float(divergence(first, first, *known)) == 0.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (estimators.kl_poisson(1.0, 0.0), np.inf),
        (estimators.kl_poisson(0.0, 2.0), 2.0),
        (estimators.kl_poisson(0.0, 0.0), 0.0),
        (estimators.kl_binomial(3.0, 7.0, 7.0), np.inf),
        (estimators.kl_binomial(7.0, 7.0, 7.0), 0.0),
        (estimators.kl_binomial(0.0, 3.5, 7.0), 7 * np.log(2)),
        (estimators.kl_negative_binomial(1.0, 0.0, 1.5), np.inf),
        (estimators.kl_negative_binomial(0.0, 1.5, 1.5), 1.5 * np.log(2)),
        (estimators.kl_gamma(0.0, 1.0, 3.5), np.inf),
        (estimators.kl_gamma(1.0, 0.0, 3.5), np.inf),
        (estimators.kl_gamma(0.0, 0.0, 3.5), 0.0),
    ],
)
def test_edges(value, expected):
    assert float(value) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("step", [1e-2, 1e-3])
def test_close_means_keep_their_digits(step):
    """In m log(m/n) - m + n written out, float32 would keep none of them at a step of 1e-3."""
    first, second = np.float32(1.25), np.float32(1.25 + step)
    with mpmath.workdps(30):
        m, n = mpmath.mpf(float(first)), mpmath.mpf(float(second))
        poisson = m * mpmath.log(m / n) - m + n
        gamma = 3 * (m / n - 1 - mpmath.log(m / n))
        coin = m * mpmath.log(m / n) + (4 - m) * mpmath.log((4 - m) / (4 - n))
    assert float(estimators.kl_poisson(first, second)) == pytest.approx(float(poisson), rel=1e-3)
    assert float(estimators.kl_gamma(first, second, 3.0)) == pytest.approx(float(gamma), rel=1e-3)
    assert float(estimators.kl_binomial(first, second, 4.0)) == pytest.approx(float(coin), rel=1e-3)

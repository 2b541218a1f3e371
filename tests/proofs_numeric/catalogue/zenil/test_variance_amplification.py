from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import variance_amplification
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(variance_amplification.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_growing_samples_remove_the_error_and_fixed_ones_keep_it():
    entry = claim("thm4-growing-sample")
    theta = {"T": 1_000_000, "schedule": ("(t+1)^-1/2", "t+5"), "t0": 500_000}
    assert entry.value(theta) == pytest.approx(0.000500, abs=5e-7)
    assert entry.mutants["N = 50 fixed"].value(theta) == pytest.approx(0.911, abs=5e-4)


def test_unbiased_variance_lets_the_mean_wander():
    assert claim("thm4-gaussian-unbiased").value({"N": 10, "t": 1000}) == Fraction(100)


@pytest.mark.parametrize(
    ("share", "generation", "square", "rel"),
    [("1/(t+1)", 1000, 7.9e5, 1e-3), ("1/(t+1)", 10_000, 2.9e23, 0.02), ("(t+2)^-2", 10_000, 1747, 1e-3)],
)
def test_unbiased_variance_with_vanishing_share_explodes(share, generation, square, rel):
    value = claim("thm4-gaussian-unbiased-linear").value({"N": 10, "t": generation, "alpha_t": share})
    assert value == pytest.approx(square, rel=rel)


@pytest.mark.parametrize(("num_samples", "generation"), [(10, 50), (5, 10), (3, 2), (20, 3)])
def test_fourth_moment_licenses_the_gaussian_test(num_samples, generation):
    variance = claim("thm4-gaussian-mle-bounded").tail({"N": num_samples, "t": generation}).variance
    moments = zd.oracles.gaussian_moments([num_samples] * generation, 0.0)
    assert variance == pytest.approx(moments.mean_fourth[-1] - moments.mean_square[-1] ** 2, rel=1e-9)
    if (num_samples, generation) == (10, 50):
        # Samples of mu^2 show 2.5 to 4: its tail is heavy, which is why the variance is computed and not estimated.
        assert variance**0.5 == pytest.approx(4.2339, abs=1e-4)


def test_first_step_of_the_fourth_moment():
    # One step from N(0, 1): the mean of N draws is N(0, 1/N), whose square has variance 2/N^2.
    assert claim("thm4-gaussian-mle-bounded").tail({"N": 4, "t": 1}).variance == pytest.approx(2 / 16)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_gaussian_step_against_quadrature_over_one_generation(share):
    # E over (mu, sigma) in {(1, 2), (-1, 0.5)} of the moments of N = 3 draws of the mixture, by raw moments.
    pairs = [(1.0, 4.0), (-1.0, 0.25)]
    size = 3
    square = np.mean([mu**2 for mu, _ in pairs])
    variance = np.mean([v for _, v in pairs])
    raw = np.mean([share + (1 - share) * (v + mu**2) for mu, v in pairs])
    pair = np.mean([((1 - share) * mu) ** 2 for mu, _ in pairs])
    mean_square = (size * raw + size * (size - 1) * pair) / size**2
    found = recursions.gaussian_step(square, variance, float(size), share, float(size))
    assert found == pytest.approx((mean_square, raw - mean_square), rel=1e-14)


def test_tabular_error_stays_below_the_variance_of_the_target():
    entry = claim("thm4-tabular-diverges")
    for theta in entry.examples():
        assert entry.value(theta) <= 1 + 1e-12
        assert entry.value(theta) == pytest.approx(entry.confirm(theta), rel=1e-10)

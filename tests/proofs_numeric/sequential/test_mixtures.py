"""Mixtures against numerical integrals of their definitions; inequalities behind the bets; ends of the number line."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from proofs_numeric.sequential import (
    Average,
    BernoulliTest,
    Cumulant,
    CumulantTest,
    MomentTest,
    OneSidedTest,
    ScaleRatioTest,
    SubGammaTest,
    SubGaussianTest,
    SymmetryTest,
    bernoulli,
    gamma_mixture,
    normal_mixture,
)
from tests.proofs_numeric.sequential.registry import biased, chi_square_cumulant, hermite, laguerre


def integral(function, lower, upper):
    return integrate.quad(function, lower, upper, epsabs=0, epsrel=1e-11, limit=400)[0]


@pytest.mark.parametrize(("success", "null", "counts"), [
    (0.3, "==", (7, 5)), (0.3, "<=", (7, 5)), (0.3, ">=", (7, 5)), (0.3, "<=", (0, 40)), (0.9, "<=", (12, 0)),
])  # fmt: skip
def test_evidence_of_counts_is_the_integral_over_the_prior(success, null, counts):
    s, f = counts
    lower, upper = {"==": (0.0, 1.0), "<=": (success, 1.0), ">=": (0.0, success)}[null]

    def prior(angle):  # t = sin(angle)^2 has density proportional to t^(-1/2) (1-t)^(-1/2)
        return 2.0

    def likelihood(angle):
        t = math.sin(angle) ** 2
        return prior(angle) * (t / success) ** s * ((1 - t) / (1 - success)) ** f

    ends = math.asin(math.sqrt(lower)), math.asin(math.sqrt(upper))
    expected = integral(likelihood, *ends) / integral(prior, *ends)
    assert float(bernoulli.log_evidence(success, null, s, f)) == pytest.approx(math.log(expected), abs=1e-9)


def test_counts_far_below_the_null_keep_a_finite_evidence_that_errs_to_the_small_side():
    """400 failures against P <= .999: the integral over (.999, 1) is below every float."""
    found = float(bernoulli.log_evidence(0.999, "<=", 0.0, 400.0))
    # 1 - t = .001 exp(-v); the prior mass of (.999, 1) is that of an angle.
    value = math.sqrt(0.001) * integral(lambda v: math.exp(-400.5 * v) / math.sqrt(1 - 0.001 * math.exp(-v)), 0, 1)
    mass = 2 * math.asin(math.sqrt(0.001))
    assert math.log(value / mass) - 1e-6 <= found <= math.log(value / mass) + 1e-9
    far = float(bernoulli.log_evidence(0.5, "<=", 0.0, 1e9))
    assert -30 < far < 0


def test_huge_counts_lose_no_digit_that_matters():
    """s = p n exactly: log e follows Laplace's formula, prior density times sqrt(2 pi p (1-p)/n)."""
    for n in (1e6, 1e9, 1e12):
        p = 0.25
        laplace = 0.5 * math.log(2 * math.pi * p * (1 - p) / n) - math.log(math.pi * math.sqrt(p * (1 - p)))
        assert float(bernoulli.log_evidence(p, "==", p * n, (1 - p) * n)) == pytest.approx(laplace, abs=2e-3)


def test_impossible_and_certain_events():
    never, always = BernoulliTest(success=0.0), BernoulliTest(success=1.0)
    assert never.log_e(np.array([1.0, 50.0])) == always.log_e(np.array([50.0, 1.0])) == math.inf
    assert -10 < never.log_e(np.array([0.0, 50.0])) < 0
    assert never.log_e(np.array([0.0, 50.0])) == pytest.approx(always.log_e(np.array([50.0, 0.0])))
    assert BernoulliTest(success=0.0, null="<=").log_e(np.array([1.0, 9.0])) == math.inf
    assert BernoulliTest(success=1.0, null=">=").log_e(np.array([9.0, 1.0])) == math.inf
    for nothing in (BernoulliTest(success=1.0, null="<="), BernoulliTest(success=0.0, null=">=")):
        assert not nothing.licensed
        assert nothing.log_e(np.array([7.0, 7.0])) == 0.0
    for false in (BernoulliTest(success=-0.1, null="<="), BernoulliTest(success=1.1), BernoulliTest(success=-0.1)):
        assert false.log_e(np.array([0.0, 1.0])) == math.inf
        assert false.log_e(false.zero()) == 0.0


def test_only_zero_and_one_are_indicators():
    with pytest.raises(ValueError, match="`samples` must be 0 or 1; got 0.5"):
        BernoulliTest(success=0.5).step(np.array([0.0, 0.5, 1.0]))
    with pytest.raises(ValueError, match="`success` must be finite"):
        BernoulliTest(success=math.nan)


@pytest.mark.parametrize(("null", "sign"), [("==", 0), ("<=", 1), (">=", -1)])
@pytest.mark.parametrize(("total", "variance", "precision"), [(3.0, 4.0, 1.0), (-5.0, 9.0, 0.3), (0.0, 1.0, 20.0)])
def test_normal_mixture_is_the_integral_over_its_bets(null, sign, total, variance, precision):
    def wealth(bet):
        density = stats.norm.pdf(bet, scale=1 / math.sqrt(precision)) * (1 if sign == 0 else 2)
        return density * math.exp(bet * total - bet * bet * variance / 2)

    lower, upper = {0: (-40.0, 40.0), 1: (0.0, 40.0), -1: (-40.0, 0.0)}[sign]
    found = float(normal_mixture.log_evidence(null, np.array(total), np.array(variance), precision))
    assert found == pytest.approx(math.log(integral(wealth, lower, upper)), abs=1e-8)


@pytest.mark.parametrize(("total", "variance"), [(3.0, 4.0), (-3.0, 4.0), (40.0, 30.0), (0.0, 1e3)])
def test_gamma_mixture_is_the_integral_over_its_bets(total, variance):
    scale, precision = 1.5, 2.0
    r = precision / scale**2

    def density(u):
        return u ** (r - 1) * math.exp(-r * u)

    def wealth(u):
        bet = (1 - u) / scale
        price = (-math.log(u) - (1 - u)) / scale**2
        return density(u) * math.exp(bet * total - variance * price)

    expected = math.log(integral(wealth, 0, 1) / integral(density, 0, 1))
    found = float(gamma_mixture.log_evidence(np.array(total), np.array(variance), scale, precision))
    assert found == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("total", [-20.0, -30.0, -300.0])
def test_gamma_mixture_errs_to_the_small_side_where_no_gamma_law_is_left(total):
    """c S + V + r c^2 <= 0: the closed form has the power of a negative number; a bound takes its place."""
    scale, precision, variance = 1.0, 2.0, 10.0

    def wealth(u):
        return u ** (variance + 1) * math.exp(-2 * u) * math.exp((1 - u) * (total + variance))

    exact = math.log(integral(wealth, 0, 1) / integral(lambda u: u * math.exp(-2 * u), 0, 1))
    found = float(gamma_mixture.log_evidence(np.array(total), np.array(variance), scale, precision))
    assert exact - 0.3 < found <= exact + 1e-9


def test_the_two_meanings_of_sub_gamma_differ_by_half_a_scale():
    """l^2/(2(1 - c l)) <= psi with scale 3c/2 on all of its range; with the scale c itself the bound fails."""
    scale = 0.7

    def psi(bet, c):
        return (-np.log1p(-c * bet) - c * bet) / c**2

    bets = np.linspace(1e-6, 1 / (1.5 * scale) - 1e-6, 5001)
    bernstein = bets**2 / (2 * (1 - scale * bets))
    assert np.all(bernstein <= psi(bets, 1.5 * scale) * (1 + 1e-9))
    assert np.all(bernstein[100:] > psi(bets[100:], scale))
    test = SubGammaTest.bernstein(mean=0.0, variance=2.0, scale=scale)
    assert (test.variance, test.scale) == (2.0, 1.5 * scale)


@pytest.mark.parametrize("power", [1.1, 1.5, 2.0])
def test_truncated_bets_are_monotone_and_below_the_moment(power):
    """Read off one bet: g nondecreasing, at least 1/p and at most 1 + y + |y|^p/p; without the floor it would fall."""
    test = MomentTest(mean=0.0, power=power, moment=1.0)
    x = np.concatenate([np.linspace(-30, 30, 6001), np.geomspace(1e-6, 1e4, 1001)])
    x.sort()
    y = 2.0 * x
    factor = np.exp(test.log_factors(x)[0]) * (1 + 2.0**power / power)
    assert np.all(np.diff(factor) >= -1e-12)
    assert np.all(factor >= 1 / power - 1e-12)
    assert np.all(factor <= (1 + y + np.abs(y) ** power / power) * (1 + 1e-12))
    assert np.any(np.diff(1 + y + np.abs(y) ** power / power) < 0)


def test_the_second_moment_gives_the_bets_of_the_variance():
    x = np.random.default_rng(0).normal(size=20)
    ours, known = MomentTest(mean=0.1, power=2.0, moment=1.7), OneSidedTest.at_most(0.1, None, 1.7)
    np.testing.assert_allclose(ours.step(x), known.step(x)[0], rtol=1e-12)


def mean_factor(process, values, weights):
    return np.exp(process.log_factors(values)) @ weights


def test_symmetry_pays_for_rounding():
    """A symmetric law, every value rounded up by .02: unpaid, some bet has a mean above 1; paid, none has."""
    values, weights = np.array([-2.0, -0.5, 0.5, 2.0]) + 0.02, np.array([0.2, 0.3, 0.3, 0.2])
    assert mean_factor(SymmetryTest(center=0.0), values, weights).max() > 1.001
    assert mean_factor(SymmetryTest(center=0.0, slack=0.02), values, weights).max() <= 1 + 1e-12


def test_symmetry_pays_for_asymmetry():
    """P(X > q) - P(X < -q) = .1 for every q below 1."""
    values, weights = np.array([-1.0, 1.0]), np.array([0.45, 0.55])
    assert mean_factor(SymmetryTest(center=0.0), values, weights).max() > 1.01
    assert mean_factor(SymmetryTest(center=0.0, asymmetry=0.1), values, weights).max() <= 1 + 1e-12
    pairs = np.stack([values, -values], axis=1)
    np.testing.assert_array_equal(SymmetryTest(center=0.0).step(pairs), SymmetryTest(center=0.0).step(values))


@pytest.mark.parametrize(("null", "shift"), [("<=", -0.3), (">=", 0.3)])
def test_one_sided_symmetry_covers_every_centre_of_its_side(null, shift):
    values, weights = np.array([-2.0, -0.5, 0.5, 2.0]) + shift, np.array([0.2, 0.3, 0.3, 0.2])
    assert mean_factor(SymmetryTest(center=0.0, null=null), values, weights).max() <= 1 + 1e-12
    assert mean_factor(SymmetryTest(center=2 * shift, null=null), values, weights).max() > 1


@pytest.mark.parametrize(("null", "scale"), [("<=", 0.5), (">=", 2.0)])
def test_one_sided_ratios_cover_every_ratio_of_their_side(null, scale):
    pairs, weights = np.array([[1.0, 3.0], [3.0, 1.0], [1.0, 1.0]]), np.array([0.4, 0.4, 0.2])
    pairs[:, 0] *= scale
    assert mean_factor(ScaleRatioTest(ratio=1.0, null=null), pairs, weights).max() <= 1 + 1e-12
    assert mean_factor(ScaleRatioTest(ratio=scale**2, null=null), pairs, weights).max() > 1


def test_contrasts_survive_any_scale():
    test = ScaleRatioTest(ratio=1e300)
    pairs = np.array([[1e300, 1e-300], [5e-324, 0.0], [0.0, 5e-324], [0.0, 0.0]])
    assert np.all(np.isfinite(test.log_factors(pairs)))
    np.testing.assert_array_equal(test.log_factors(pairs)[:, 3], 0.0)
    with pytest.raises(ValueError, match="`samples` must be nonnegative; got -1"):
        test.step(np.array([[1.0, -1.0]]))


@pytest.mark.parametrize("scale", [1e-5, 1e-8, 1e-150, 1e-300])
@pytest.mark.parametrize("samples", [0.0, 1e3, 1e5, 4e6])
def test_sub_gamma_evidence_at_a_small_scale_is_that_of_a_normal_law(scale, samples):
    """Its two large terms would leave hundreds of nats of rounding at c = 1e-5 sqrt(v)."""
    total = np.array([-2.0, 0.0, 2.0, 8.0]) * math.sqrt(samples)
    precision = normal_mixture.mixing(1.0, normal_mixture.PLANNED)
    found = gamma_mixture.log_evidence(total, samples, scale, precision)
    expected = normal_mixture.log_evidence("<=", total, samples, precision)
    # Of first order in c: c S^3/(3 (V + c^2 r)^2) <= 8^3 c/(3 sqrt(V)), and log P(r, r) - log(1/2) = .27 c/sqrt(c^2 r).
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-8 + scale * (171 / math.sqrt(max(samples, 1.0)) + 0.1))


def test_sub_gamma_evidence_errs_to_the_small_side_at_the_seam():
    """Just above the q at which the normal law stands in, against the closed form, which is exact to 1e-6 there."""
    precision = 220.0
    for scale in (1.0, 1e-2, 1.5e-3):
        variance = 1.01 * gamma_mixture._LARGE * scale**2 - precision
        r = precision / scale**2
        # SciPy's P errs to the small side from 4.5 deviations below on.
        for deviation in (-4.0, -1.0, 0.0, 1.0, 5.0, 30.0):
            total = deviation * math.sqrt(variance)
            q, w = variance / scale**2 + r, total / scale + variance / scale**2 + r
            start = float(gamma_mixture._log_integral(np.array(r), np.array(r)))
            closed = w - r + float(gamma_mixture._log_integral(np.array(q), np.array(w))) - start
            found = float(gamma_mixture.log_evidence(total, variance, scale, precision))
            assert closed - 1e-3 <= found <= closed + 2e-6


@pytest.mark.parametrize("shape", [0.5, 1.0, 3.0, 100.0, 1e4])
def test_a_normal_law_bounds_that_of_gamma_from_below(shape):
    """P(q, w) >= Phi(eta sqrt(q)); with d for eta, as a central limit theorem would have it, it does not."""
    d = np.concatenate([-np.geomspace(0.99, 1e-6, 60), [0.0], np.geomspace(1e-6, 10.0, 60)])
    exact = special.gammainc(shape, shape * (1 + d))
    eta = np.sign(d) * np.sqrt(2) * np.abs(d) * np.sqrt(gamma_mixture._distance(d))
    assert np.all(special.ndtr(eta * math.sqrt(shape)) <= exact * (1 + 1e-9))
    assert np.any(special.ndtr(d * math.sqrt(shape)) > exact * (1 + 1e-6))


def test_bets_without_a_finite_moment_are_left_out():
    test = CumulantTest(mean=0.0, cumulant=Cumulant(chi_square_cumulant, math.sqrt(2)))
    assert 0 < test.num_bets < 16
    assert CumulantTest(mean=0.0, cumulant=Cumulant(chi_square_cumulant, math.sqrt(2)), null=">=").num_bets == 16
    heavy = CumulantTest(mean=0.0, cumulant=Cumulant(lambda bet: 0.0 if bet == 0 else math.inf, 1.0))
    assert not heavy.licensed
    assert heavy.log_e(heavy.zero() + heavy.step(np.ones(3))) == 0.0


def test_nonsense_is_refused_in_one_line():
    with pytest.raises(ValueError, match="`null` must be one of"):
        SymmetryTest(center=0.0, null="<")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="`variance` must be finite and positive; got 0"):
        SubGaussianTest(mean=0.0, variance=0.0)
    with pytest.raises(ValueError, match="`scale` must be finite and positive"):
        SubGammaTest(mean=0.0, variance=1.0, scale=-1.0)
    with pytest.raises(ValueError, match=r"`power` must lie in \(1, 2\]; got 1.0"):
        MomentTest(mean=0.0, power=1.0, moment=1.0)
    with pytest.raises(ValueError, match="`moment` must be finite and positive"):
        MomentTest(mean=0.0, power=1.5, moment=math.inf)
    with pytest.raises(ValueError, match="`unit` must be finite and positive"):
        SymmetryTest(center=0.0, unit=0.0)
    with pytest.raises(ValueError, match="`slack` must be finite and nonnegative"):
        SymmetryTest(center=0.0, slack=-1e-9)
    with pytest.raises(ValueError, match=r"`asymmetry` must lie in \[0, 1\]; got 1.5"):
        SymmetryTest(center=0.0, asymmetry=1.5)
    with pytest.raises(ValueError, match="`ratio` must be finite and positive"):
        ScaleRatioTest(ratio=0.0)
    with pytest.raises(ValueError, match="`deviation` must be finite and positive"):
        Cumulant(chi_square_cumulant, 0.0)
    with pytest.raises(ValueError, match="`function` must vanish at 0; got 1"):
        Cumulant(lambda bet: 1.0, 1.0)
    with pytest.raises(ValueError, match=r"`function` must answer at every l; got ValueError \(math domain error\)"):
        Cumulant(lambda bet: -0.5 * math.log1p(-2 * bet) - bet, 1.0)
    with pytest.raises(ValueError, match="`function` must be nonnegative"):
        Cumulant(lambda bet: -bet, 1.0)
    with pytest.raises(ValueError, match="`processes` must hold at least one"):
        Average(())


def expected(process, values, weights, length):
    """E e over all sequences of a finite law."""
    total = 0.0
    for path in itertools.product(range(len(values)), repeat=length):
        evidence = process.log_e(process.zero() + process.step(values[list(path)]))
        total += math.prod(weights[list(path)]) * math.exp(evidence)
    return total


NORMAL = hermite()
SIGNS = np.array([-1.0, 1.0]), np.array([0.5, 0.5])
EXPONENTIAL = laguerre(1.0, 1.0)[0] - 1.0, laguerre(1.0, 1.0)[1]


@pytest.mark.parametrize(
    ("process", "law", "length"),
    [
        (BernoulliTest(success=0.3, null="<="), biased(0.2), 8),
        (BernoulliTest(success=0.3, null=">="), biased(0.4), 8),
        (SubGaussianTest(mean=0.0, variance=1.0, null="<="), (NORMAL[0] - 0.3, NORMAL[1]), 2),
        (SubGaussianTest(mean=0.0, variance=1.0, null=">=", planned=50.0), (NORMAL[0] + 0.3, NORMAL[1]), 2),
        (SubGaussianTest(mean=0.0, variance=1.0, planned=50.0), SIGNS, 8),
        (SubGammaTest(mean=0.0, variance=1.0, scale=1.0, planned=200.0), (EXPONENTIAL[0] - 0.2, EXPONENTIAL[1]), 2),
        (SubGammaTest(mean=0.0, variance=1.0, scale=1.0, null=">=", planned=200.0), EXPONENTIAL, 2),
        (SubGammaTest(mean=0.0, variance=1.0, scale=1.0, null="==", planned=200.0), SIGNS, 8),
        (MomentTest(mean=0.2, power=1.5, moment=1.0), SIGNS, 6),
        (MomentTest(mean=0.0, power=1.5, moment=1.0, null="=="), SIGNS, 6),
        (CumulantTest(mean=0.0, cumulant=Cumulant(lambda bet: bet * bet / 2, 1.0), null="=="), SIGNS, 6),
    ],
)
def test_evidence_has_a_smaller_mean_inside_the_null(process, law, length):
    """Laws of the null that are not its boundary: another mean, lighter tails, the other direction."""
    assert expected(process, *law, length) < 1


def test_average_keeps_what_is_licensed():
    licensed, not_licensed = SubGaussianTest(mean=0.0, variance=1.0), OneSidedTest.at_most(0.0, None, None)
    assert Average.of(not_licensed, licensed) is licensed
    assert Average.of(not_licensed) is not_licensed
    both = Average.of(licensed, SymmetryTest(center=0.0))
    x = np.array([0.5, -1.0, 3.0])
    logs = [part.log_e(part.zero() + part.step(x)) for part in (licensed, SymmetryTest(center=0.0))]
    assert both.log_e(both.zero() + both.step(x)) == pytest.approx(special.logsumexp(logs) - math.log(2), rel=1e-12)


def test_enormous_samples_leave_evidence_that_is_no_nan():
    for test in (
        SubGaussianTest(mean=0.0, variance=1.0),
        SubGammaTest(mean=0.0, variance=1.0, scale=1.0),
        MomentTest(mean=0.0, power=1.5, moment=1.0),
        SymmetryTest(center=0.0),
    ):
        for x in (np.array([1e100, -1.0]), np.array([-1e100, 1.0]), np.array([1e-320])):
            assert not math.isnan(test.log_e(test.zero() + test.step(x))), (test, x)

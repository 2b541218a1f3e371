"""Exact answers that must agree with each other, and refusals: what no oracle covers is never answered."""

import numpy as np
import pytest

import zenil_dynamics as zd

T = 4
SIZES, SHARES = [5, 3, 6, 4], [0.4, 0.0, 0.3, 0.2]
P, Q = zd.Categorical([0.5, 0.3, 0.2]), zd.Categorical([0.2, 0.3, 0.5])
R, S = zd.Gaussian(-1.5, 2.25), zd.Gaussian(0.5, 1.0)
KNOWN, OTHER = zd.FixedVarianceGaussian(-1.5, noise_variance=2.25), zd.FixedVarianceGaussian(0.5, noise_variance=2.25)
FLAT = zd.MultivariateGaussian([-1.5], [[2.25]])
FOUR = zd.estimate(num_samples=4)
WORDS = zd.NGram.from_tokens([0, 1, 2], order=0).graph
PAIRS = zd.NGram.from_tokens([0, 0, 1, 0], order=1).graph
MIXED = zd.GaussianMixture([0.3, 0.7], [-1.0, 2.0], [0.5, 1.5], capacity=40)
POINTS = {"model": zd.KernelDensity(bandwidth=0.4, capacity=40), "initial": FOUR}


def loop(target=P, shares=SHARES, num_samples=SIZES, **options):
    return zd.System(target, num_samples, np.array(shares), **options)


def closed(target=P, **options):
    return loop(target, 0.0, **options)


EQUAL = {
    "a window of one generation replaces": (
        loop(initial=Q, update=zd.Window(1)),
        loop(initial=Q),
        ("diversity", "chi_square", "rare_mass"),
    ),
    "a window of all generations accumulates": (
        loop(initial=Q, mixing="stratified", update=zd.Window(9)),
        loop(initial=Q, mixing="stratified", update=zd.Accumulate()),
        ("diversity", "chi_square", "rare_mass"),
    ),
    "an opening sample is the first batch": (
        loop(R, initial=FOUR, update=zd.Window(9), fit=zd.Unbiased()),
        loop(R, initial=FOUR, update=zd.Accumulate(), fit=zd.Unbiased()),
        ("mean", "variance"),
    ),
    "one member is one model": (
        loop(initial=Q, ensemble=zd.Ensemble(1)),
        loop(initial=Q),
        ("entropy", "diversity", "successive_kl"),
    ),
    "one uncoupled member is one model": (
        loop(R, initial=S, ensemble=zd.Ensemble(1, coupled=False)),
        loop(R, initial=S),
        ("mean", "variance"),
    ),
    "a normal model of a normal target in one dimension": (
        loop(FLAT, initial=zd.MultivariateGaussian([0.5], [[1.0]]), update=zd.Window(2)),
        loop(R, initial=S, update=zd.Window(2)),
        (("trace", "variance"),),
    ),
    "a closed normal loop in one dimension": (
        closed(FLAT),
        closed(R),
        (("log_determinant", "log_variance"), "kl_to_target", "kl_from_target", "successive_kl"),
    ),
    "a normal population in one dimension": (
        loop(FLAT, initial=zd.MultivariateGaussian([0.5], [[1.0]]), update=zd.Population()),
        loop(R, initial=S, update=zd.Population()),
        (("log_determinant", "log_variance"), "kl_to_target", "kl_from_target", "successive_kl", "wasserstein2"),
    ),
    "a normal model of a target that it never sees": (
        closed(zd.UniformInterval(3.0), model=zd.Gaussian(), initial=S),
        closed(R, initial=S),
        ("mean", "variance", "log_variance", "differential_entropy", "successive_kl"),
    ),
    "a normal model of a target with its two moments": (
        loop(zd.Poisson(2.25), model=zd.Gaussian(), initial=S, update=zd.AccumulateSubsample()),
        loop(zd.Gaussian(2.25, 2.25), initial=S, update=zd.AccumulateSubsample()),
        ("mean", "variance"),
    ),
    "gamma of shape one is exponential": (
        closed(zd.Gamma(2.5, shape=1.0), initial=zd.Gamma(1.0, shape=1.0)),
        closed(zd.Exponential(2.5), initial=zd.Exponential(1.0)),
        ("mean", "variance", "log_mean", "kl_to_target", "kl_from_target", "successive_kl"),
    ),
    "one trial is a coin": (
        closed(zd.Binomial(0.3, num_trials=1), initial=zd.Binomial(0.6, num_trials=1)),
        closed(zd.Bernoulli(0.3), initial=zd.Bernoulli(0.6)),
        ("mean", "variance", "collapsed", "kl_to_target", "kl_from_target", "successive_kl", "log_mean"),
    ),
    "no disturbance": (
        loop(KNOWN, initial=OTHER, mixing="stratified", fit=zd.Perturbed(0.0)),
        loop(KNOWN, initial=OTHER, mixing="stratified"),
        ("mean", "variance", "kl_to_target", "kl_from_target", "successive_kl"),
    ),
    "a kernel of width zero is the bootstrap": (
        loop(R, model=zd.KernelDensity(bandwidth=0.0, capacity=9), initial=FOUR),
        loop(R, initial=FOUR),
        ("mean", "variance"),
    ),
    "independent words are types": (
        loop(zd.NGram([5, 3, 2], WORDS, 0), initial=zd.NGram([2, 3, 5], WORDS, 0), mixing="stratified"),
        loop(initial=Q, mixing="stratified"),
        (
            ("entropy_rate", "entropy"),
            ("edges_alive", "support_size"),
            ("vocabulary_alive", "support_size"),
            "missing_mass",
            "kl_to_target",
            "kl_from_target",
            "successive_kl",
        ),
    ),
    "the mean of a fitted mixture is that of its draws": (
        loop(MIXED, initial=zd.GaussianMixture([0.5, 0.5], [0.0, 1.0], [1.0, 1.0], capacity=40), update=zd.Window(2)),
        loop(zd.Gaussian(1.1, 1.0), initial=zd.Gaussian(0.5, 1.0), update=zd.Window(2)),
        ("mean",),
    ),
    "a normal model sees two moments of a mixture": (
        loop(MIXED, model=zd.Gaussian(), initial=S),
        loop(zd.Gaussian(1.1, 0.3 * 0.5 + 0.7 * 1.5 + 0.3 * 2.1**2 + 0.7 * 0.9**2), initial=S),
        ("mean", "variance"),
    ),
    "one design replaces as fresh ones do": (
        closed(zd.FixedDesignModel([1.0, 2.0]), num_samples=9),
        closed(zd.LinearModel([1.0, 2.0]), num_samples=9),
        ("excess_risk", "squared_norm"),
    ),
    "real data alone": (
        loop(shares=[1.0, 0.0, 1.0, 1.0], update=zd.Debiased()),
        loop(shares=[1.0, 0.0, 1.0, 1.0], update=zd.Debiased(), mixing="stratified"),
        ("diversity", "chi_square", "rare_mass"),
    ),
}


@pytest.mark.parametrize("name", EQUAL)
def test_two_names_of_one_loop_have_one_answer(name):
    first, second, quantities = EQUAL[name]
    for quantity in quantities:
        one, other = quantity if isinstance(quantity, tuple) else (quantity, quantity)
        np.testing.assert_allclose(
            zd.exact(first, one, T).values, zd.exact(second, other, T).values, rtol=1e-9, atol=1e-12, err_msg=one
        )


REFUSED = [
    (loop(MIXED), "variance", "where no component is at the floor"),
    (loop(MIXED), "smallest_weight", "where expectation-maximisation stops"),
    (loop(zd.NGram([5, 3, 2], WORDS, 0), update=zd.Window(2)), "entropy_rate", "entropy_rate under this data policy"),
    (loop(zd.NGram([5, 3, 2], WORDS, 0)), "rare_perplexity", "of a smoothed law, or of rare words alone"),
    (loop(zd.NGram([5, 1, 2], PAIRS, 1)), "entropy_rate", "oracles cover order 0 and the population limit"),
    (closed(zd.FixedDesignModel([1.0, 2.0]), num_samples=9, update=zd.Window(2)), "excess_risk", "on one design"),
    (loop(update=zd.Window(2)), "entropy", "needs the joint law of several batches"),
    (loop(update=zd.Window(2), fit=zd.Smoothed(0.5)), "diversity", "smoothed loops have oracles under replacement"),
    (loop(update=zd.Debiased()), "diversity", "projection has no oracle"),
    (loop(shares=1.0, initial=Q, update=zd.Debiased()), "rare_mass", "from the target or from an estimated model"),
    (closed(initial=Q, update=zd.ReuseReal(2)), "diversity", "from the target or from a fit to that set"),
    (loop(initial=zd.Categorical([1.0, 0.0, 0.0]), update=zd.Window(2)), "chi_square", "charge the same types"),
    (loop(update=zd.Weighted(0.5), shares=0.5, decoders=zd.decoders.Smoothing(0.1)), "diversity", "under Weighted"),
    (loop(update=zd.Debiased(), shares=1.0, decoders=zd.decoders.Smoothing(0.1)), "diversity", "under Debiased"),
    (loop(update=zd.Accumulate(), ensemble=zd.Ensemble(2)), "diversity", "have oracles under replacement"),
    (loop(ensemble=zd.Ensemble(2)), "entropy", "entropy of coupled members is not quadratic"),
    (loop(ensemble=zd.Ensemble(2), fit=zd.Smoothed(0.5)), "diversity", "under maximum likelihood and the unbiased fit"),
    (loop(ensemble=zd.Ensemble(2, coupled=False)), "entropy", "not quadratic in them"),
    (loop(zd.Poisson(1.7), ensemble=zd.Ensemble(2)), "variance", "for types and normal models"),
    (loop(KNOWN, fit=zd.Perturbed(0.1)), "kl_to_target", "for fixed numbers of real draws"),
    (loop(KNOWN, fit=zd.Perturbed(0.1), ensemble=zd.Ensemble(2)), "mean", "several models have no oracle"),
    (loop(zd.Poisson(1.7)), "kl_to_target", "needs the law of its mean"),
    (loop(zd.Poisson(1.7)), "collapsed", "under replacement without real data"),
    (loop(zd.Poisson(0.0), initial=zd.Poisson(1.0)), "log_mean", "edge of the range of means"),
    (closed(zd.Geometric(1.0)), "collapsed", "for a constant number of draws"),
    (loop(zd.Gamma(2.5, shape=3.5)), "log_mean", "under replacement without real data"),
    (loop(zd.UniformInterval(2.0)), "upper", "its largest draw has two sources"),
    (closed(zd.UniformInterval(2.0), update=zd.Window(2)), "upper", "under replacement, accumulation"),
    (closed(FLAT), "wasserstein2", "a root of the covariance"),
    (loop(FLAT), "kl_to_target", "under replacement without real data"),
    (loop(zd.Poisson(2.0), model=zd.Gaussian()), "log_variance", "more than mean and variance of their target"),
    (loop(zd.Poisson(2.0), update=zd.Accumulate(), **POINTS), "variance", "density estimates has an oracle under repl"),
    (loop(zd.InfiniteAlleles(9), mixing="stratified"), "num_types", "under bernoulli mixing"),
    (loop(zd.InfiniteAlleles(9, count=2)), "diversity", "is no supply of new types"),
    (loop(zd.LinearModel([1.0, 2.0])), "excess_risk", "without real data"),
    (closed(zd.LinearModel([1.0] * 4)), "excess_risk", "must be at least `dim` = 4"),
]


@pytest.mark.parametrize(("system", "name", "reason"), REFUSED, ids=[reason for _, _, reason in REFUSED])
def test_what_no_oracle_covers_is_refused(system, name, reason):
    with pytest.raises(zd.NotReachable, match=reason):
        zd.exact(system, name, T)


@pytest.mark.parametrize(("target", "share"), [(zd.Binomial(2.1, num_trials=7), 0.0), (zd.Bernoulli(0.3), 0.2)])
def test_probabilities_of_collapse_are_never_below_zero(target, share):
    """They were a difference of numbers of order 1, which fell short of 0 where the event is very rare."""
    values = zd.exact(zd.System(target, 20, share), "collapsed", 3).values
    assert np.all(values >= 0)
    failures = 1 - float(target.mean) / float(getattr(target, "num_trials", 1))
    draws = 20 * float(getattr(target, "num_trials", 1))
    assert values[1] == pytest.approx(failures**draws + (1 - failures) ** draws, abs=1e-12)

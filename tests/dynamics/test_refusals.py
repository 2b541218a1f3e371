"""What families, policies and their compositions refuse, each in one line that says why."""

import numpy as np
import pytest

import zenil_dynamics as zd

KDE = {"model": zd.KernelDensity(bandwidth=0.5, capacity=8), "initial": zd.estimate(8)}

FAMILIES = [
    (lambda: zd.Bernoulli(1.2), r"`mean` must be in \[0, 1\]; got 1.2"),
    (lambda: zd.Binomial(3.0, num_trials=2), r"`mean` must be in \[0, 2\]; got 3"),
    (lambda: zd.Binomial(0.5, num_trials=1.5), "`num_trials` must be a whole number"),
    (lambda: zd.Poisson(-1.0), "`mean` must be at least 0; got -1"),
    (lambda: zd.Geometric(-0.1), "`mean` must be at least 0"),
    (lambda: zd.NegativeBinomial(1.0, num_successes=0.0), "`num_successes` must be positive"),
    (lambda: zd.Exponential(0.0), "`mean` must be positive"),
    (lambda: zd.Gamma(1.0, shape=-2.0), "`shape` must be positive"),
    (lambda: zd.FixedVarianceGaussian(0.0, noise_variance=0.0), "`noise_variance` must be positive"),
    (lambda: zd.FixedVarianceGaussian(float("nan")), "`mean` must be one finite number"),
    (lambda: zd.UniformInterval(0.0), "`upper` must be positive"),
    (lambda: zd.MultivariateGaussian([0.0, 1.0], [[1.0]]), r"must be a finite matrix of shape \(2, 2\)"),
    (lambda: zd.MultivariateGaussian([0.0, 1.0], [[1.0, 2.0], [2.0, 1.0]]), "must be positive definite"),
    (lambda: zd.MultivariateGaussian([0.0, 1.0], [[1.0, 0.5], [0.0, 1.0]]), "must be symmetric"),
    (lambda: zd.KernelDensity([1.0, 2.0], bandwidth=0.1, capacity=1), "`capacity` must hold the 2 points; got 1"),
    (lambda: zd.KernelDensity(bandwidth=-0.1, capacity=4), "`bandwidth` must be at least 0"),
    (lambda: zd.InfiniteAlleles(3, count=4), "`capacity` must hold the 4 individuals; got 3"),
    (lambda: zd.LinearModel([]), "`weights` must be a non-empty list"),
    (lambda: zd.LinearModel([1.0], noise_variance=-1.0), "`noise_variance` must be at least 0"),
    (lambda: zd.Perturbed(-1.0), "`standard_deviation` must be at least 0"),
]

POLICIES = [
    (lambda: zd.Window(0), "`length` must be a whole number of at least 1"),
    (lambda: zd.ReuseReal(2.5), "`num_real` must be a whole number"),
    (lambda: zd.Weighted(1.5), r"`weight` must lie in \[0, 1\]"),
    (lambda: zd.Ensemble([0.5, 0.6]), "`weights` must sum to 1"),
    (lambda: zd.Ensemble(0), "`weights` must be a whole number of at least 1"),
    (lambda: zd.System(zd.Gaussian(), 5, update=zd.Debiased()), "no meaning for a gaussian state"),
    (
        lambda: zd.System(zd.Gaussian(), 5, 0.5, update=zd.Weighted(0.5), fit=zd.Unbiased()),
        "does not keep. Use Maximum",
    ),
    (
        lambda: zd.System(zd.Categorical([0.5, 0.5]), 5, update=zd.Debiased(), fit=zd.Smoothed(1.0)),
        "`fit` Smoothed corrects for the number of draws, which `update` Debiased does not keep",
    ),
    (
        lambda: zd.System(zd.UniformInterval(), 5, 0.5, update=zd.Weighted(0.5)),
        "the largest draw of a uniform_interval state has no weight",
    ),
    (lambda: zd.System(zd.Gaussian(), 5, ensemble=3), r"`ensemble` must be None or Ensemble\(...\); got 3"),
    (lambda: zd.System(zd.Gaussian(), 5, model="gaussian"), "`model` must be None or a state"),
    (lambda: zd.System(zd.Poisson(1.0), 5, fit=zd.Unbiased()), "no meaning for a poisson state"),
    (lambda: zd.System(zd.Gaussian(), 5, fit=zd.Perturbed(0.1)), "no meaning for a gaussian state"),
    (lambda: zd.System(zd.Gaussian(), 5, initial=zd.Poisson(1.0)), "a poisson state cannot meet a gaussian one"),
    (
        lambda: zd.System(zd.NegativeBinomial(1.0, 2.0), 5, initial=zd.NegativeBinomial(1.0, 3.0)),
        "must have the same",
    ),
    (
        lambda: zd.System(zd.MultivariateGaussian([0.0], [[1.0]]), 5, model=zd.MultivariateGaussian([0, 0], np.eye(2))),
        "must have the same dimension; got 1 and 2",
    ),
    (lambda: zd.System(zd.Gaussian(), 5, update=zd.Population(), **KDE), "needs a set of infinitely many draws"),
    (lambda: zd.System(zd.Gaussian(), 5, 0.5, update=zd.Weighted(0.5), **KDE), "is fitted to the draws themselves"),
    (lambda: zd.System(zd.LinearModel([1.0]), 5, update=zd.AccumulateSubsample()), "draws single items of its pool"),
    (
        lambda: zd.System(zd.Gaussian(), 5, update=zd.AccumulateSubsample(), initial=zd.estimate(5)),
        "those of an estimated `initial` are not kept",
    ),
    (
        lambda: zd.System(zd.Gaussian(), 5, update=zd.ReuseReal(3), initial=zd.estimate(4)),
        "keeps 3 real draws, and `initial` was estimated from 4",
    ),
]

SCHEDULES = [
    (lambda: zd.System(zd.Gaussian(), 5, 0.1, update=zd.ReuseReal(3)).table(2), "Set `exogenous_fraction` to 0"),
    (lambda: zd.System(zd.Gaussian(), 2, update=zd.ReuseReal(3)).table(2), "must not be below them; got 2"),
    (lambda: zd.System(zd.Gaussian(), 5, update=zd.Weighted(0.5)).table(2), "generation 0 has 0 real ones of 5"),
    (lambda: zd.System(zd.Gaussian(), 9, **KDE).table(2), "cannot hold a training set of 9 draws. Raise `capacity`"),
    (lambda: zd.System(zd.InfiniteAlleles(4), 5).table(1), "cannot hold a training set of 5 draws"),
    (lambda: zd.System(zd.Binomial(1.0, 2.0), 2**30).table(1), "must stay below 2\\^31"),
    (lambda: zd.System(zd.Poisson(100.0), 2**25).table(1), "must stay below 2\\^28"),
    (
        lambda: zd.System(zd.MultivariateGaussian([0.0], [[1.0]]), 1, fit=zd.Unbiased()).table(1),
        "needs `num_samples` of at least 2",
    ),
]


@pytest.mark.parametrize(("make", "message"), FAMILIES + POLICIES + SCHEDULES)
def test_each_gets_one_clear_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (zd.System(zd.Categorical.uniform(3), 5, ensemble=zd.Ensemble(2)), "this is an ensemble"),
        (zd.System(zd.UniformInterval(1.0), 5, model=zd.Gaussian()), "target and models are of one family"),
        (zd.System(zd.Categorical.uniform(3), 5, decoders=zd.decoders.Temperature(0.5)), "a decoder stands between"),
    ],
)
def test_special_kernels_know_what_they_do_not_compute(system, reason):
    table = system.table(3)
    for name in set(zd.kernels.KERNELS) - {"forward"}:
        with pytest.raises(ValueError, match=reason):
            zd.kernels.choose(system, table, ("diversity",), terminal_only=True, kernel=name)
    assert zd.kernels.choose(system, table, ("diversity",), terminal_only=False).name == "forward"


def test_comparisons_need_a_target_of_the_same_family():
    system = zd.System(zd.UniformInterval(1.0), 5, model=zd.Gaussian())
    assert "variance" in system.quantities
    assert "kl_to_target" not in system.quantities
    with pytest.raises(ValueError, match="no quantity 'kl_to_target'"):
        zd.exact(system, "kl_to_target", 2)

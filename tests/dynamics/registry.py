"""Instances that the law tests run over: one line per class or combination, with values that differ from defaults."""

import jax
import optax

import zenil_dynamics as zd

STATES = {
    "categorical": zd.Categorical([0.5, 0.3, 0.15, 0.05]),
    "categorical-with-zeros": zd.Categorical([0.0, 0.7, 0.0, 0.3]),
    "zipf": zd.Categorical.zipf(support_size=37, exponent=1.3),
    "gaussian": zd.Gaussian(mean=-1.5, variance=2.25),
    "bernoulli": zd.Bernoulli(0.3),
    "binomial": zd.Binomial(2.5, num_trials=7),
    "poisson": zd.Poisson(1.7),
    "geometric": zd.Geometric(1.2),
    "negative-binomial": zd.NegativeBinomial(2.5, num_successes=1.5),
    "exponential": zd.Exponential(2.5),
    "gamma": zd.Gamma(2.5, shape=3.5),
    "fixed-variance-gaussian": zd.FixedVarianceGaussian(-1.5, noise_variance=2.25),
    "multivariate-gaussian": zd.MultivariateGaussian([0.5, -1.5], [[2.0, 0.6], [0.6, 0.5]]),
    "kernel-density": zd.KernelDensity([0.5, -1.5, 2.0], bandwidth=0.4, capacity=1000),
    "gaussian-mixture": zd.GaussianMixture([0.3, 0.7], [-1.0, 2.0], [0.5, 1.5], capacity=1000),
    "infinite-alleles": zd.InfiniteAlleles(capacity=1000, count=3),
    "linear-model": zd.LinearModel([0.5, -1.5, 2.0], noise_variance=0.3),
    "fixed-design-model": zd.FixedDesignModel([0.5, -1.5, 2.0], noise_variance=0.3),
    "ngram": zd.NGram([2**28, 2**29, 2**27, 2**27], zd.samplers.EdgeGraph([0, 2, 4], [0, 1, 0, 1], [0, 1, 0, 1], 2), 1),
    "uniform-interval": zd.UniformInterval(2.5),
    "neural-categorical": zd.NeuralCategorical(
        zd.learned.AutoregressiveNetwork(2, width=3, key=jax.random.key(0)),
    ),
}

LISTS = ("kernel-density", "gaussian-mixture", "infinite-alleles")
"""States that are fitted to the draws themselves; infinitely many of them have no form."""

TRAINED = {"neural-categorical": zd.GradientFit(optax.sgd, learning_rate=0.1, num_steps=2)}
"""States that `matched` refuses, and what fits them instead."""

FITS = {
    "mle": zd.MaximumLikelihood(),
    "unbiased": zd.Unbiased(),
    "smoothed": zd.Smoothed(pseudocount=0.3),
}

UPDATES = {
    "replace": zd.Replace(),
    "accumulate": zd.Accumulate(),
    "population": zd.Population(),
    "subsample": zd.AccumulateSubsample(30, 9),
    "window": zd.Window(3),
    "reuse": zd.ReuseReal(4),
    "weighted": zd.Weighted(0.7),
    "debiased": zd.Debiased(),
}

PLAIN = ("replace", "accumulate", "population")
"""Updates that every state, fit and schedule can meet; the others have tests of their own."""

OPEN = zd.schedules.power_law(scale=0.4, exponent=0.5)
"""An exogenous fraction that vanishes slowly: .4, .28, .23, ..."""


def systems():
    """Every meaningful state x fit x plain update x mixing x share, by name; open loops start away from the target."""
    starts = {"categorical": zd.Categorical([0.1, 0.2, 0.3, 0.4]), "gaussian": zd.Gaussian(mean=0.5, variance=1.0)}
    for state_name, start in starts.items():
        for fit_name, fit in FITS.items():
            if fit_name == {"categorical": "unbiased", "gaussian": "smoothed"}[state_name]:
                continue
            for update_name in PLAIN:
                options = {"update": UPDATES[update_name], "fit": fit}
                name = f"{state_name}-{fit_name}-{update_name}"
                yield f"{name}-closed", zd.System(STATES[state_name], 7, **options)
                for mixing in ("bernoulli", "stratified"):
                    system = zd.System(STATES[state_name], 7, OPEN, mixing=mixing, initial=start, **options)
                    yield f"{name}-{mixing}-open", system

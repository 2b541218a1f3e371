"""A second method for Gaussian loops: every draw enumerated on a two-point grid.

A normal draw is replaced by mean +- standard deviation, which keeps its first three moments. Second moments of means
and variances are polynomials of degree two in each draw and linear in the moments of the generation before, so that
they come out exact, whatever the policy; no formula of an oracle is used.
"""

import itertools

import numpy as np
from scipy.stats import binom


def signs(size):
    return np.array(list(itertools.product((-1.0, 1.0), repeat=size))).reshape(-1, size)


def variance_of(draws, divisor):
    """Variance along the last axis, mle or unbiased."""
    ddof = int(divisor == "unbiased")
    return draws.var(axis=-1, ddof=ddof) if draws.shape[-1] > ddof else np.zeros(draws.shape[:-1])


def second_moments(sizes, shares, reals, mixing, fit, start=(0.0, 1.0), num_initial=None, spread=1.0, opening_fit=None):
    """E mean^2 and E variance of the model, t = 0 .. T, for the target N(0, 1).

    Args:
        sizes: draws per generation.
        shares: real share of each generation, bernoulli mixing.
        reals: real draws of each generation, stratified mixing.
        mixing: "bernoulli" or "stratified".
        fit: (list of batches, each (paths, draws); generation) -> means, variances, each (choices, paths), of which one
            choice is made uniformly.
        start: mean and variance of Q_0.
        num_initial: real draws of the first batch, to which Q_0 is fitted.
        spread: factor of the variance that synthetic draws come from.
        opening_fit: fit of Q_0; None means `fit`.
    """
    history, weights = [], np.ones(1)
    means, variances = np.array([start[0]]), np.array([start[1]])
    rows = []

    def take(found):
        nonlocal history, weights, means, variances
        choices = found[0].shape[0]
        history = [np.tile(batch, (choices, 1)) for batch in history]
        weights = np.tile(weights, choices) / choices
        means, variances = found[0].ravel(), found[1].ravel()

    if num_initial:
        history = [signs(num_initial)]
        weights = np.full(len(history[0]), 0.5**num_initial)
        take((opening_fit or fit)(history, -1))
    rows.append((weights @ means**2, weights @ variances))
    for generation, (size, share, real) in enumerate(zip(sizes, shares, reals, strict=True)):
        grid = signs(size)
        numbers = [(real, 1.0)] if mixing == "stratified" else [(k, binom.pmf(k, size, share)) for k in range(size + 1)]
        batches, all_weights = [], []
        for number, chance in numbers:
            outside = np.arange(size) < number
            scale = np.sqrt(spread * variances)[:, None, None]
            batches.append(np.where(outside, grid[None], means[:, None, None] + scale * grid[None]))
            all_weights.append(np.repeat(weights[:, None], len(grid), axis=1) * chance / len(grid))
        paths = len(weights)
        batch = np.stack(batches, axis=1).reshape(-1, size)
        weights = np.stack(all_weights, axis=1).reshape(-1)
        history = [np.repeat(old, len(weights) // paths, axis=0) for old in history] + [batch]
        take(fit(history, generation))
        rows.append((weights @ means**2, weights @ variances))
    return np.array(rows).T

"""How far rounding can move the mean of a recorded quantity: one proved bound per record name.

A bound says: evaluate the estimator at a state in floating point, average over one block of replicates on the device
and over blocks in float64; the result differs from the average of the exact values of the same states by at most so
much. It does not cover a state that is itself inexact, such as a recursion of means that rounds in every generation,
nor the law of the generator's bits.

What is assumed of the device, with u the unit roundoff (2^-24 in float32), and tested in `tests/estimators`: `+ - *`
and the square root err by at most u and 2u relatively, a quotient by 5u, a logarithm by 8u (4 ulp; 2.05u was measured
on CPU), and a sum of n terms passes each through at most `summation_depth(n)` additions, because XLA rewrites long
reductions into trees. Values below the least normal number count as 0. Chained factors (1 + u)^n - 1 are bounded by
gamma_n = n u / (1 - n u) (Higham, Accuracy and Stability of Numerical Algorithms, Lemma 3.1).

One term p log(p/q) - p + q, given the rounded p and q, errs by at most 44u of itself. For |p - q| <= (p + q) / 2 the
series has only small brackets: u^2 costs 15u, the bracket 6u, sums and products 3u. Else |log(p/q)| >= log 3, hence
5u + 8u |log| <= 12.6u |log|; p |log(p/q)| <= 2.54 of the term and |p - q| <= 2.2 of it, so 14.6 * 2.54 + 2.2 + 1 < 44.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

FLOAT32_ROUNDOFF = 2.0**-24
FLOAT64_ROUNDOFF = 2.0**-53

LOG_ROUNDINGS = 8
QUOTIENT_ROUNDINGS = 5

INPUT_ROUNDINGS = 2 + QUOTIENT_ROUNDINGS
"""Behind a relative frequency: conversion of a count, conversion of the total, their quotient."""

TERM_ROUNDINGS = 44


class CategoricalScale(NamedTuple):
    """What the bounds for a categorical system depend on.

    Attributes:
        target: P, float64, shape (support,).
        smallest_model_prob: a lower bound on every positive probability of every state, such as 1/N for frequencies
            of N draws; None means the least normal number of the dtype, below which a probability counts as 0.
        rare_threshold: of `rare_mass`; None when it is not recorded.
        block_size: replicates that are averaged on the device.
        num_blocks: blocks that are merged in float64.
        unit_roundoff: 2^-24 for float32, 2^-53 for float64.
    """

    target: np.ndarray
    smallest_model_prob: float | None = None
    rare_threshold: float | None = None
    block_size: int = 128
    num_blocks: int = 1
    unit_roundoff: float = FLOAT32_ROUNDOFF

    @property
    def support_size(self) -> int:
        """K."""
        return self.target.shape[0]

    @property
    def smallest_prob(self) -> float:
        """Least positive probability of the target."""
        return float(np.min(self.target[self.target > 0]))

    @property
    def smallest_model(self) -> float:
        """Least positive probability that a state can have."""
        return tiny(self.unit_roundoff) if self.smallest_model_prob is None else self.smallest_model_prob


class GaussianScale(NamedTuple):
    """What the bounds for a Gaussian system depend on: the range of states and target, known or observed.

    Attributes:
        largest_mean: bound on |mean|, units of the data.
        smallest_variance: positive lower bound, squared units.
        largest_variance: upper bound, squared units.
        block_size: replicates that are averaged on the device.
        num_blocks: blocks that are merged in float64.
        unit_roundoff: 2^-24 for float32, 2^-53 for float64.
    """

    largest_mean: float
    smallest_variance: float
    largest_variance: float
    block_size: int = 128
    num_blocks: int = 1
    unit_roundoff: float = FLOAT32_ROUNDOFF


def tiny(unit_roundoff: float) -> float:
    """Least positive normal number of the dtype with this unit roundoff."""
    return 2.0**-126 if unit_roundoff > 1e-10 else 2.0**-1022


def gamma(num_roundings: float, unit_roundoff: float) -> float:
    """Bound on |(1 + u)^n - 1| and its reciprocal's: n u / (1 - n u), inf once n u reaches 1/2."""
    product = num_roundings * unit_roundoff
    return product / (1 - product) if product < 0.5 else math.inf


def summation_depth(num_terms: int) -> int:
    """Additions that a term passes through at most when XLA sums `num_terms`: windows of 32, again and again.

    Args:
        num_terms: at least 1.

    Returns:
        n - 1 up to 32 terms, then 32 for each level.

    Source: XLA's TreeReductionRewriter; `test_summation_depth` measures it.
    """
    levels, remaining = 0, num_terms
    while remaining > 1:
        levels, remaining = levels + 1, -(-remaining // 32)
    return min(num_terms - 1, 32 * levels)


def mean_over_blocks(spread: float, magnitude: float, scale: CategoricalScale | GaussianScale) -> float:
    """Rounding of a mean: on the device the first value plus the mean deviation from it, then float64 across blocks.

    Args:
        spread: bound on the distance of two values.
        magnitude: bound on |value|.
        scale: sizes of the run.

    Returns:
        Bound in units of the quantity.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, Section 4.2; Chan, Golub and LeVeque 1979.
    """
    u = scale.unit_roundoff
    depth = summation_depth(scale.block_size) + QUOTIENT_ROUNDINGS + 2
    merging = gamma(4 * (scale.num_blocks - 1), FLOAT64_ROUNDOFF) * (magnitude + spread)
    return gamma(depth, u) * spread + gamma(1, u) * magnitude + merging


def _averaged(error: float, largest: float, scale: CategoricalScale | GaussianScale) -> float:
    """Add the mean's rounding to the bound for one value of a quantity in [0, largest]."""
    return error + mean_over_blocks(largest + error, largest + error, scale)


def _entropy(scale: CategoricalScale) -> float:
    # q' = q (1 + e):  |f(q') - f(q)| <= |e| f(q) + |e| (1 + |e|) q  for  f = -q log q.
    u, largest = scale.unit_roundoff, math.log(scale.support_size)
    share = gamma(INPUT_ROUNDINGS, u)
    given = share * (largest + 1 + share)
    depth = summation_depth(scale.support_size) + LOG_ROUNDINGS + 1
    return _averaged(given + gamma(depth, u) * (largest + given), largest, scale)


def _diversity(scale: CategoricalScale) -> float:
    # f = q (1 - q):  |f(q') - f(q)| <= |e| q |1 - 2q| + e^2 q^2 <= |e| (1 + |e|) q.
    u, largest = scale.unit_roundoff, 1 - 1 / scale.support_size
    share = gamma(INPUT_ROUNDINGS, u)
    given = share * (1 + share)
    depth = summation_depth(scale.support_size) + 2
    return _averaged(given + gamma(depth, u) * (largest + given), largest, scale)


def _support_size(scale: CategoricalScale) -> float:
    # The count is an integer; only its conversion can round.
    exact = scale.support_size <= 1 / scale.unit_roundoff
    return _averaged(0.0 if exact else scale.unit_roundoff * scale.support_size, scale.support_size, scale)


def _mass(scale: CategoricalScale) -> float:
    u = scale.unit_roundoff
    given = gamma(INPUT_ROUNDINGS, u) + scale.support_size * tiny(u)
    depth = summation_depth(scale.support_size)
    return _averaged(given + gamma(depth, u) * (1 + given), 1.0, scale)


def _rare_mass(scale: CategoricalScale) -> float:
    if scale.rare_threshold is None:
        raise ValueError("`rare_threshold` must be a number for the slack of rare_mass; got None. Pass the system's.")
    dtype = np.float32 if scale.unit_roundoff > 1e-10 else np.float64
    rounded = scale.target.astype(dtype) < dtype(scale.rare_threshold)
    if np.any(rounded != (scale.target < scale.rare_threshold)):
        # A type that rounding moves across the threshold may carry any mass of the model.
        return 1.0 + _mass(scale)
    return _mass(scale)


def _total_variation(scale: CategoricalScale) -> float:
    # Each |q - p| moves by at most share (q + p); half their sum is share.
    u = scale.unit_roundoff
    given = gamma(INPUT_ROUNDINGS, u) + scale.support_size * tiny(u)
    depth = summation_depth(scale.support_size) + 1
    return _averaged(given + gamma(depth, u) * (1 + given), 1.0, scale)


def _chi_square(scale: CategoricalScale) -> float:
    # d = q - p moves by e <= share (q + p) <= share (|d| + 2p), so 2 |d| e / p sums to 2 share (X + 2 sum |d|), and
    # e^2 / p to share^2 (X + 4 sum |d| + 4), with X = chi^2 and sum |d| <= 2.
    u, smallest = scale.unit_roundoff, scale.smallest_prob
    if smallest < tiny(u):
        return math.inf
    largest = 1 / smallest
    share = gamma(INPUT_ROUNDINGS, u)
    given = (2 * share * (largest + 4) + share**2 * (largest + 12)) / (1 - share) + 2 * share * largest
    depth = summation_depth(scale.support_size) + 2 + QUOTIENT_ROUNDINGS + 1
    given += scale.support_size * tiny(u)
    return _averaged(given + gamma(depth, u) * (largest + given), largest, scale)


def _kl(scale: CategoricalScale, largest: float) -> float:
    # p' = p (1 + e), q' = q (1 + h): the term moves by e p log(p/q) + h (q - p) and at most 5 share^2 p.
    # sum p |log(p/q)| <= KL + 2 TV, because q - p >= p log(q/p) where q > p; and TV <= 1.
    u = scale.unit_roundoff
    share = gamma(INPUT_ROUNDINGS, u)
    given = share * (largest + 4) + 5 * share**2 + 2000 * scale.support_size * tiny(u)
    depth = summation_depth(scale.support_size) + TERM_ROUNDINGS
    return _averaged(given + gamma(depth, u) * (largest + given), largest, scale)


def _kl_to_target(scale: CategoricalScale) -> float:
    smallest = scale.smallest_prob
    return _kl(scale, math.log(1 / smallest)) if smallest >= tiny(scale.unit_roundoff) else math.inf


def _successive_kl(scale: CategoricalScale) -> float:
    # The first step starts from the target itself, unless another initial state is given.
    smallest = min(scale.smallest_model, scale.smallest_prob)
    return _kl(scale, math.log(1 / smallest)) if smallest >= tiny(scale.unit_roundoff) else math.inf


def _kl_from_target(scale: CategoricalScale) -> float:
    # Finite values only: an infinite one makes the mean infinite, in exact arithmetic too.
    return _kl(scale, math.log(1 / scale.smallest_model))


CATEGORICAL: Mapping[str, Callable[[CategoricalScale], float]] = MappingProxyType(
    {
        "entropy": _entropy,
        "diversity": _diversity,
        "support_size": _support_size,
        "rare_mass": _rare_mass,
        "missing_mass": _mass,
        "kl_to_target": _kl_to_target,
        "kl_from_target": _kl_from_target,
        "successive_kl": _successive_kl,
        "total_variation": _total_variation,
        "chi_square": _chi_square,
    }
)
"""Record name -> bound for a categorical system, in units of the quantity."""


def _mean(scale: GaussianScale) -> float:
    largest = scale.largest_mean
    return scale.unit_roundoff * largest + mean_over_blocks(2 * largest, largest, scale)


def _variance(scale: GaussianScale) -> float:
    return _averaged(scale.unit_roundoff * scale.largest_variance, scale.largest_variance, scale)


def _largest_log(scale: GaussianScale) -> float:
    return max(abs(math.log(scale.smallest_variance)), abs(math.log(scale.largest_variance)))


def _log_variance(scale: GaussianScale) -> float:
    u, largest = scale.unit_roundoff, _largest_log(scale)
    error = gamma(1, u) * (1 + gamma(LOG_ROUNDINGS, u)) + gamma(LOG_ROUNDINGS, u) * largest
    return error + mean_over_blocks(2 * (largest + error), largest + error, scale)


def _differential_entropy(scale: GaussianScale) -> float:
    u = scale.unit_roundoff
    largest, constant = _largest_log(scale), math.log(2 * math.pi * math.e)
    error = 0.5 * (gamma(1, u) * 2 + gamma(LOG_ROUNDINGS + 1, u) * largest + gamma(2, u) * constant)
    magnitude = 0.5 * (largest + constant) + error
    return error + mean_over_blocks(2 * magnitude, magnitude, scale)


def _wasserstein2(scale: GaussianScale) -> float:
    # Means move by u |m|, deviations by less than u s; then d^2 costs 3 roundings and the quotient's square 20.
    u, deviation = scale.unit_roundoff, math.sqrt(scale.largest_variance)
    shift, spread = 2 * scale.largest_mean, deviation
    moved_shift, moved_spread = gamma(1, u) * shift, gamma(1, u) * 2 * deviation
    given = (2 * shift + moved_shift) * moved_shift + (2 * spread + moved_spread) * moved_spread
    largest = shift**2 + spread**2
    return _averaged(given + gamma(21, u) * (largest + given) + 2 * tiny(u), largest, scale)


def _kl_gaussian(scale: GaussianScale) -> float:
    # r = v_1 / v_2 carries 7 roundings and moves r - 1 - log r by share |r - 1| and at most 4 share^2 more.
    u, ratio = scale.unit_roundoff, scale.largest_variance / scale.smallest_variance
    share = gamma(2 + QUOTIENT_ROUNDINGS, u)
    shift = 2 * scale.largest_mean
    moved = gamma(1, u) * shift
    spread_error = share * max(ratio - 1, 1) + 4 * share**2
    shift_error = ((2 * shift + moved) * moved * (1 + share) + share * shift**2) / scale.smallest_variance
    largest = 0.5 * (max(ratio - 1 - math.log(ratio), math.log(ratio)) + shift**2 / scale.smallest_variance)
    given = 0.5 * (spread_error + shift_error)
    return _averaged(given + gamma(TERM_ROUNDINGS + 2, u) * (largest + given) + 2 * tiny(u), largest, scale)


GAUSSIAN: Mapping[str, Callable[[GaussianScale], float]] = MappingProxyType(
    {
        "mean": _mean,
        "variance": _variance,
        "log_variance": _log_variance,
        "differential_entropy": _differential_entropy,
        "wasserstein2": _wasserstein2,
        "kl_to_target": _kl_gaussian,
        "kl_from_target": _kl_gaussian,
        "successive_kl": _kl_gaussian,
    }
)
"""Record name -> bound for a Gaussian system, in units of the quantity."""

"""Decoders as maps of plain numbers: which oracle, or which law of normal numbers, a decoder stands for."""

from collections.abc import Callable
from typing import Any

import numpy as np

from zenil_dynamics import decoders, oracles
from zenil_dynamics.decoders.scores import Linear, Quadratic
from zenil_dynamics.exactness.reach import NotReachable

Simplex = Callable[[np.ndarray], np.ndarray]
Moments = tuple[float, float]

ROUNDING = 1e-5
"""Two probabilities that differ by less may change places when they are computed in float32."""


def on_types(decoder: Any) -> Simplex:
    """The map of probabilities that a decoder is.

    Raises:
        NotReachable: no oracle.
    """
    if type(decoder) not in _TYPES:
        raise NotReachable(f"there are no oracles for the decoder {type(decoder).__name__} of types.")
    return _TYPES[type(decoder)](decoder)


def _vector(score: Any) -> np.ndarray:
    return np.asarray(score.values, np.float64)


def _top_k(decoder: Any) -> Simplex:
    """Truncation, where its border is no matter of rounding."""

    def apply(probs: np.ndarray) -> np.ndarray:
        ranked = np.sort(probs)[::-1]
        if decoder.num_kept < probs.size:
            gap = ranked[decoder.num_kept - 1] - ranked[decoder.num_kept]
            if 0 < gap < ROUNDING:
                raise NotReachable("two types at the border of top-k are too close to tell which one is kept.")
        return oracles.decode_top_k(probs, decoder.num_kept)

    return apply


def _nucleus(decoder: Any) -> Simplex:
    """Truncation, where its border is no matter of rounding."""
    mass = float(decoder.mass)

    def apply(probs: np.ndarray) -> np.ndarray:
        if mass < 1 and oracles.nucleus_margin(probs, mass) < ROUNDING:
            raise NotReachable("a partial sum is too close to the mass of the nucleus to tell which types are kept.")
        return oracles.decode_nucleus(probs, mass)

    return apply


def _tilt(decoder: Any) -> Simplex:
    reward, weight = _vector(decoder.reward), float(decoder.kl_weight)
    if decoder.reference is None:
        return lambda probs: oracles.decode_kl_tilt(probs, reward, weight)
    fixed = oracles.decode_kl_tilt(np.asarray(decoder.reference.probs, np.float64), reward, weight)
    return lambda probs: fixed


def _rejection(acceptance: np.ndarray) -> Simplex:
    """A model without an acceptable type stays what it is."""
    weights = np.asarray(acceptance, np.float64)
    return lambda probs: oracles.decode_rejection(probs, weights) if np.any((probs > 0) & (weights > 0)) else probs


_TYPES: dict[type, Callable[[Any], Simplex]] = {
    decoders.Temperature: lambda decoder: lambda probs: oracles.decode_temperature(probs, float(decoder.temperature)),
    decoders.TopK: _top_k,
    decoders.Nucleus: _nucleus,
    decoders.Smoothing: lambda decoder: lambda probs: oracles.decode_smoothing(probs, float(decoder.uniform_share)),
    decoders.Tilt: _tilt,
    decoders.EnergyFilter: lambda decoder: (
        lambda probs: oracles.decode_energy_filter(probs, _vector(decoder.energy), float(decoder.temperature))
    ),
    decoders.BestOfN: lambda decoder: (
        lambda probs: oracles.decode_best_of_n(probs, _vector(decoder.reward), int(decoder.num_candidates))
    ),
    decoders.Curation: lambda decoder: (
        lambda probs: oracles.decode_curation(probs, _vector(decoder.reward), int(decoder.num_candidates))
    ),
    decoders.Verifier: lambda decoder: _rejection(
        np.where(decoder.correct, decoder.true_positive_rate, decoder.false_positive_rate)
    ),
    decoders.ItemVerifier: lambda decoder: _rejection(decoder.accepted),
    decoders.Projection: lambda decoder: _rejection(decoder.allowed),
}


def on_normal(decoder: Any, moments: Moments) -> Moments:
    """Mean and variance of a decoded normal law.

    Raises:
        NotReachable: the decoded law is not normal.
    """
    mean, variance = moments
    scale = variance_scale(decoder)
    if scale is not None:
        return mean, scale * variance
    if isinstance(decoder, decoders.Noise):
        return mean, variance + float(decoder.standard_deviation) ** 2
    if isinstance(decoder, decoders.Tilt):
        reference = decoder.reference
        base = moments if reference is None else (float(reference.mean), float(reference.variance))
        return _multiplied(base, decoder.reward, 1 / float(decoder.kl_weight))
    if isinstance(decoder, decoders.EnergyFilter):
        return _multiplied(moments, decoder.energy, -1 / float(decoder.temperature))
    raise NotReachable(f"what {type(decoder).__name__} makes of a normal law is not normal.")


def _multiplied(moments: Moments, score: Any, factor: float) -> Moments:
    """N(m, v) times exp(factor score): coefficients of x and x^2 in the exponent add."""
    mean, variance = moments
    linear, square = mean / variance, 1 / variance
    if isinstance(score, Linear):
        linear += factor * float(score.slope)
    if isinstance(score, Quadratic):
        linear -= factor * float(score.curvature) * float(score.centre)
        square -= factor * float(score.curvature)
    return linear / square, 1 / square


def variance_scale(decoder: Any) -> float | None:
    """Factor of the variance, for decoders that do nothing else to a normal law."""
    if isinstance(decoder, decoders.SamplingBias):
        return float(decoder.bias)
    return float(decoder.temperature) if isinstance(decoder, decoders.Temperature) else None

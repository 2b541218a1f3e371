"""Piecewise-constant hats over a standardised binomial: alias tables, made once with NumPy.

Cell j of a hat covers the integers M + j w .. M + j w + w - 1, M = floor((n + 1) p), w a power of two. With the standard
deviation s of the histogram, w / s lies between two neighbouring grid ratios; the hat is computed at the smaller one.

    pmf(k) / pmf(peak) <= exp(-z^2 / (2 (1 + |z| skew / 3))),   z = |k + 1/2 - (n + 1) p| / s,   skew = 1 / s
"""

import math

import numpy as np

CELLS = 512
TABLES_PER_OCTAVE = 8
_REACH = 7.0


def _hat(ratio: float, single: bool) -> np.ndarray:
    """Upper bound of pmf / peak on each cell, cell index shifted by CELLS // 2."""
    cell = np.arange(-CELLS // 2, CELLS // 2, dtype=np.float64)
    if single:
        distance = np.maximum(np.abs(cell) - 0.5, 0)
        skew = ratio * 2 ** (1 / TABLES_PER_OCTAVE)
    else:
        distance = np.where(cell >= 0, np.maximum(cell - 0.25, 0), np.maximum(-cell - 1, 0))
        skew = 1 / 32
    z = distance * ratio
    return np.where(z <= _REACH, np.exp(-z * z / (2 * (1 + z * skew / 3))), 0.0)


def _alias(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Packed alias table (23-bit threshold, 9-bit alternative) and the exact cell probabilities that it realises."""
    scale = 1 << 23
    units = np.floor(weights / weights.sum() * CELLS * scale).astype(np.int64)
    units[np.argmax(units)] += CELLS * scale - units.sum()
    threshold, other = np.full(CELLS, scale, np.int64), np.arange(CELLS)
    left = units.copy()
    small = [i for i in range(CELLS) if left[i] < scale]
    large = [i for i in range(CELLS) if left[i] >= scale]
    while small:
        i = small.pop()
        j = large[-1]
        threshold[i], other[i] = left[i], j
        left[j] -= scale - left[i]
        if left[j] < scale:
            small.append(large.pop())
    packed = np.minimum(threshold, scale - 1).astype(np.uint64) << 9 | other.astype(np.uint64)
    return packed.astype(np.uint32), units / (CELLS * scale)


def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Alias words, logarithms of the hat, acceptance-side grid ratios: group w = 1 first, then w >= 2."""
    packed, logarithm, ratios = [], [], []
    for single, lowest, octaves in ((True, 2.0**-5, 3), (False, 2.0**-5, 1)):
        for number in range(octaves * TABLES_PER_OCTAVE):
            ratio = lowest * 2 ** (number / TABLES_PER_OCTAVE)
            hat = _hat(ratio, single)
            words, realised = _alias(hat)
            height = max(h / r for h, r in zip(hat, realised, strict=True) if r > 0)
            packed.append(words)
            logarithm.append(np.log(np.maximum(realised * height, 1e-30)))
            ratios.append(ratio)
    return np.concatenate(packed), np.concatenate(logarithm).astype(np.float32), np.asarray(ratios)


ALIAS_WORDS, LOG_HAT, RATIOS = _tables()
SINGLE_TABLES = 3 * TABLES_PER_OCTAVE
LOG2_RATIO_STEP = 1 / TABLES_PER_OCTAVE
SMALLEST_SD = 2.0**2
assert math.isclose(RATIOS[0], 1 / 32)

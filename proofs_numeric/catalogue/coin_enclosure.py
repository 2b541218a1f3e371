"""Certified bounds, over whole cells of coins q, on the share of entropy that N draws keep: B(q)/h(q).

h is the binary entropy and B(q) = E h(n/N), n ~ Bin(N, q), its Bernstein polynomial. Both are concave, so on a cell
[a, b]

    B(q) <= B(m) + B'(m) (q - m)   (tangent at the midpoint m),      h(q) >= chord of h between a and b,

and the quotient of two affine functions is monotone: its largest value lies at an end. Near 0, B(q) <= N h(1/N) q (the
tangent at 0) and h(q) >= q log(1/q). Only point values enter, so the enclosures do not suffer from dependency.
"""

import functools
import math
from fractions import Fraction

import numpy as np
from jaxtyping import Float

from proofs_numeric.intervals import Interval

Points = Float[np.ndarray, " points"]
LAST_CELL = 5e-7
"""Width of the cell that touches 1/2; the tangent and chord there are off by about its square."""


def interval_entropy(q: Points) -> Interval:
    """h(q) = -q log q - (1 - q) log(1 - q) at points 0 < q <= 1/2, nats.

    Below 1e-4 the second term is enclosed by s - q^4/6 and s = q - q^2/2 - q^3/6, because 1 - q rounds.

    Args:
        q: floats, taken as exact.

    Returns:
        Enclosure, one entry per point.

    Source: Definition; -(1 - q) log(1 - q) = q - sum_{k>=2} q^k / (k (k - 1)).
    """
    point = Interval.of(q)
    rest = Interval.of(1.0) - point
    plain = -(rest * rest.log())
    upper = point - point * point * 0.5 - point**3 / 6.0
    lower = upper - point**4 / 6.0
    small = q < 1e-4
    second = Interval(np.where(small, lower.lower, plain.lower), np.where(small, upper.upper, plain.upper))
    return second - point * point.log()


def _total(terms: Interval) -> Interval:
    """Sum over the last axis; in any order it errs by less than n 2^-52 sum |x|, which costs less than n roundings."""
    allowance = terms.lower.shape[-1] * 2.0**-52
    lower = terms.lower.sum(axis=-1) - allowance * np.abs(terms.lower).sum(axis=-1)
    upper = terms.upper.sum(axis=-1) + allowance * np.abs(terms.upper).sum(axis=-1)
    return Interval(np.nextafter(lower, -np.inf), np.nextafter(upper, np.inf))


@functools.lru_cache(maxsize=512)
def _lattice_entropy(num_samples: int) -> Interval:
    """h(n/N) for n = 0 .. N."""
    counts = np.arange(num_samples + 1, dtype=np.float64)
    inner = Interval.of(counts[1:-1]) / float(num_samples)
    rest = Interval.of(counts[:0:-1][1:]) / float(num_samples)
    values = -(inner * inner.log()) - rest * rest.log()
    return Interval(np.pad(values.lower, 1), np.pad(values.upper, 1))


@functools.lru_cache(maxsize=512)
def _log_choose(num_draws: int) -> Interval:
    nearest = np.array([float(math.comb(num_draws, n)) for n in range(num_draws + 1)])
    return Interval(np.nextafter(nearest, 0.0), np.nextafter(nearest, np.inf)).log()


def binomial_intervals(num_draws: int, q: Interval) -> Interval:
    """Bin(N, q) probabilities at points 0 < q < 1.

    Args:
        num_draws: N, 0 to 1000.
        q: enclosed points, shape (points,).

    Returns:
        Enclosure, shape (points, N + 1).

    Source: Definition, as exp of a sum of logarithms.
    """
    counts = np.arange(num_draws + 1, dtype=np.float64)
    hit, miss = q.log()[:, None], (Interval.of(1.0) - q).log()[:, None]
    return (hit * counts + miss * counts[::-1] + _log_choose(num_draws)).exp()


def kept_entropy(num_samples: int, q: Points) -> tuple[Interval, Interval]:
    """B(q) = E h(n/N) and its derivative, both from N - 1 draws, the last one being written out.

    B = E[(1 - q) h(n/N) + q h((n + 1)/N)],  B' = N E[h((n + 1)/N) - h(n/N)],  n ~ Bin(N - 1, q).

    Args:
        num_samples: N, at least 1.
        q: floats in (0, 1), taken as exact.

    Returns:
        Enclosures of B and B', nats, one entry per point.

    Source: derivative of a Bernstein polynomial.
    """
    lattice = _lattice_entropy(num_samples)
    point = Interval.of(q)
    weights = binomial_intervals(num_samples - 1, point)
    here, above = _total(weights * lattice[:-1]), _total(weights * lattice[1:])
    slope = _total(weights * (lattice[1:] - lattice[:-1])) * float(num_samples)
    return here * (Interval.of(1.0) - point) + above * point, slope


def lost_share(num_samples: int, q: Points) -> Interval:
    """E KL(n/N || q) / h(q) = 1 - B(q)/h(q) at points 0 < q <= 1/2. Definition."""
    return Interval.of(1.0) - kept_entropy(num_samples, q)[0] / interval_entropy(q)


def _edges(num_samples: int) -> Points:
    # At distance d from 1/2 the quotient exceeds its least value by about 2 d^2/N and a cell of width w is off by about
    # 1.4 w^2; near 0 both functions bend on the scale of q itself.
    step = min(0.3, math.sqrt(0.7 / num_samples))
    start = math.exp(-(math.log(num_samples) + 1) / (1 - 1 / num_samples)) / 2
    edges = [0.5, 0.5 - LAST_CELL]
    while edges[-1] > start:
        edges.append(edges[-1] - min(step * (0.5 - edges[-1]), 0.25 * edges[-1]))
    return np.array(edges[::-1])


@functools.lru_cache(maxsize=256)
def least_lost_share(num_samples: int) -> Interval:
    """Enclosure of the infimum of E KL(n/N || q)/h(q) over each cell of a partition of (0, 1/2].

    The lower end is certified for all q of the cell, the upper end is attained at a point of it.

    Args:
        num_samples: N, at least 2.

    Returns:
        One entry per cell; the first cell is (0, q_0], the last one ends at 1/2.

    Source: the inequalities in the head of this file.
    """
    edges = _edges(num_samples)
    points = np.append(edges[0], 0.5 * (edges[:-1] + edges[1:]))
    mean, slope = kept_entropy(num_samples, points)
    entropies = interval_entropy(edges)
    left = (mean + slope * (Interval.of(np.append(edges[0], edges[:-1])) - points))[1:] / entropies[:-1]
    right = (mean + slope * (Interval.of(edges) - points))[1:] / entropies[1:]
    start = _lattice_entropy(num_samples)[1:2] * float(num_samples) / (-Interval.of(edges[:1]).log())
    certified = Interval.of(1.0) - np.append(start.upper, np.maximum(left.upper, right.upper))
    attained = Interval.of(1.0) - mean / interval_entropy(points)
    return Interval(certified.lower, attained.upper)


@functools.lru_cache(maxsize=256)
def _kept_terms(num_samples: int, resolution: int) -> tuple[Interval, Interval]:
    """E[-x log x], x = n/N, and -q log q at q = j/resolution, j = 1 .. resolution - 1."""
    shares = [Interval.of(Fraction(j, resolution)) for j in range(1, resolution)]
    q = Interval(np.array([float(s.lower) for s in shares]), np.array([float(s.upper) for s in shares]))
    x = Interval.of(np.arange(1, num_samples, dtype=np.float64)) / float(num_samples)
    weights = binomial_intervals(num_samples, q)[:, 1:-1]
    return _total(weights * -(x * x.log())), -(q * q.log())


def kept_share(num_samples: int, counts: np.ndarray) -> Interval:
    """E H(Qhat)/H(Q) for laws Q whose entries are multiples of one fraction.

    Args:
        num_samples: N, at least 2.
        counts: integers, shape (laws, types); Q = counts / row sum, all entries positive.

    Returns:
        Enclosure, one entry per law.

    Source: linearity of expectation, types being binomial.
    """
    after, before = _kept_terms(num_samples, int(counts[0].sum()))
    return _total(after[counts - 1]) / _total(before[counts - 1])

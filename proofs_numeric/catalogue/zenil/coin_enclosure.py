"""Certified bounds, over whole cells of coins q, on the share of entropy that N draws keep: B(q)/h(q).

h is the binary entropy and B(q) = E h(n/N), n ~ Bin(N, q), its Bernstein polynomial. Both are concave, so on a cell
[a, b]

    B(q) <= B(m) + B'(m) (q - m)   (tangent at the midpoint m),      h(q) >= chord of h between a and b,

and the quotient of two affine functions is monotone: its largest value lies at an end. Near 0, B(q) <= N h(1/N) q (the
tangent at 0) and h(q) >= q log(1/q). Only point values enter, so the enclosures do not suffer from dependency.

An expectation over n ~ Bin(N, q) is (1 - q)^N times a polynomial in q/(1 - q), which Arb evaluates in one call.
"""

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from flint import arb, arb_poly, fmpz
from jaxtyping import Float

from proofs_numeric.exact.intervals import Interval, at_working_precision, ball, balls, elementwise

Points = Float[np.ndarray, " points"]
LAST_CELL = 5e-7
"""Width of the cell that touches 1/2; the tangent and chord there are off by about its square."""


@at_working_precision
def interval_entropy(q: Points) -> np.ndarray:
    """h(q) = -q log q - (1 - q) log(1 - q) at points 0 < q < 1, nats.

    Args:
        q: floats, taken as exact.

    Returns:
        Balls, one per point.

    Source: Definition.
    """
    return elementwise(_entropy, balls(q))


def _entropy(q: arb) -> arb:
    return -(q * q.log()) - (1 - q) * (-q).log1p()


def _surprise(share: Fraction) -> arb:
    """-x log x of a fraction, 0 at 0."""
    return ball(0) if share == 0 else -(ball(share) * ball(share).log())


@functools.lru_cache(maxsize=512)
@at_working_precision
def _lattice_entropy(num_samples: int) -> tuple[arb, ...]:
    """h(n/N) for n = 0 .. N."""
    terms = [_surprise(Fraction(n, num_samples)) for n in range(num_samples + 1)]
    return tuple(left + right for left, right in zip(terms, reversed(terms), strict=True))


def _expectation(values: Sequence[arb]) -> Callable[[arb], arb]:
    """Q -> E values[n], n ~ Bin(N, q), for 0 <= q < 1 and one value for each of 0 .. N."""
    size = len(values) - 1
    polynomial = arb_poly([fmpz(math.comb(size, n)) * value for n, value in enumerate(values)])
    return lambda q: polynomial(q / (1 - q)) * (1 - q) ** size


@functools.lru_cache(maxsize=512)
@at_working_precision
def _kept(num_samples: int) -> tuple[Callable[[arb], arb], Callable[[arb], arb]]:
    """B and B' as functions of a ball."""
    lattice = _lattice_entropy(num_samples)
    steps = [num_samples * (above - here) for here, above in zip(lattice[:-1], lattice[1:], strict=True)]
    return _expectation(lattice), _expectation(steps)


@at_working_precision
def kept_entropy(num_samples: int, q: Points) -> tuple[np.ndarray, np.ndarray]:
    """B(q) = E h(n/N) and its derivative.

    B' = N E[h((n + 1)/N) - h(n/N)],  n ~ Bin(N - 1, q).

    Args:
        num_samples: N, at least 1.
        q: floats in (0, 1), taken as exact.

    Returns:
        Balls of B and B', nats, one per point.

    Source: derivative of a Bernstein polynomial.
    """
    mean, slope = _kept(num_samples)
    points = balls(q)
    return elementwise(mean, points), elementwise(slope, points)


@at_working_precision
def lost_share(num_samples: int, q: Points) -> np.ndarray:
    """E KL(n/N || q) / h(q) = 1 - B(q)/h(q) at points 0 < q < 1, balls. Definition."""
    return 1 - elementwise(_kept(num_samples)[0], balls(q)) / interval_entropy(q)


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
@at_working_precision
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
    middle, ends = balls(points), balls(edges)
    left = (mean[1:] + slope[1:] * (ends[:-1] - middle[1:])) / entropies[:-1]
    right = (mean[1:] + slope[1:] * (ends[1:] - middle[1:])) / entropies[1:]
    start = _lattice_entropy(num_samples)[1] * num_samples / -ends[0].log()
    kept = np.append(start, elementwise(arb.max, left, right))
    return Interval(1 - kept, 1 - mean / interval_entropy(points))


@functools.lru_cache(maxsize=256)
@at_working_precision
def _kept_terms(num_samples: int, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """E[-x log x], x = n/N, and -q log q at q = j/resolution, j = 1 .. resolution - 1."""
    shares = [Fraction(j, resolution) for j in range(1, resolution)]
    after = _expectation([_surprise(Fraction(n, num_samples)) for n in range(num_samples + 1)])
    return balls([after(ball(share)) for share in shares]), balls([_surprise(share) for share in shares])


@at_working_precision
def kept_share(num_samples: int, counts: np.ndarray) -> np.ndarray:
    """E H(Qhat)/H(Q) for laws Q whose entries are multiples of one fraction.

    Args:
        num_samples: N, at least 2.
        counts: integers, shape (laws, types); Q = counts / row sum, all entries positive.

    Returns:
        Balls, one per law.

    Source: linearity of expectation, types being binomial.
    """
    after, before = _kept_terms(num_samples, int(counts[0].sum()))
    return after[counts - 1].sum(axis=-1) / before[counts - 1].sum(axis=-1)

"""Refitting by minimum description length over all dyadic coins: an infinite class that finite counts make finite.

    p' = argmin_p -log P(n | p) + lambda K(p) log 2,   n ~ Bin(N, p),   K(k/2^j) = 2j + 1 bits, K(0) = K(1) = 1

Coins of depth j cost 2j + 1 bits and fit n heads at best with N h(n/N) nats, so depths beyond the best length found are
out of reach: the fit of every count is found exactly, and the loop is a chain over at most N + 1 coins.
"""

import functools
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, ctx
from jaxtyping import Float
from scipy.special import xlog1py, xlogy

from proofs_numeric.exact.intervals import ball

EVERY_DEPTH = 10_000
"""A depth that no count reaches: the class of all dyadic coins."""
PRECISION = 256
"""Bits; escape times are solutions of nearly singular systems."""
HALF = Fraction(1, 2)
_TIE = 1e-9
"""Lengths within so many nats count as equal; ties go to the simpler coin, then to the one nearer to 1/2."""


@functools.lru_cache(maxsize=256)
def fitted_coins(num_flips: int, weight: float, max_depth: int = EVERY_DEPTH) -> tuple[Fraction, ...]:
    """The coin that is fitted to 0 .. N heads.

    At each depth only the two odd multiples of 2^-j around n/N can win, the likelihood being unimodal.

    Args:
        num_flips: N.
        weight: lambda, positive.
        max_depth: largest j of the class.

    Returns:
        N + 1 coins.

    Source: arXiv 2601.05280v2, Eq. (25), with a stated rule for ties.
    """
    heads = np.arange(num_flips + 1)
    ideal = -(xlogy(heads, heads / num_flips) + xlogy(num_flips - heads, 1 - heads / num_flips))
    lengths = np.where((heads == 0) | (heads == num_flips), weight * np.log(2), np.inf)
    numerators, depths = np.where(heads == 0, 0, 1), np.zeros_like(heads)
    for depth in range(1, max_depth + 1):
        cost = weight * (2 * depth + 1) * np.log(2)
        if np.all(ideal + cost > lengths + _TIE):
            break
        below = 2 * np.floor((heads / num_flips * 2.0**depth - 1) / 2).astype(np.int64) + 1
        for odd in (np.clip(below, 1, 2**depth - 1), np.clip(below + 2, 1, 2**depth - 1)):
            coin = odd / 2.0**depth
            length = cost - xlogy(heads, coin) - xlog1py(num_flips - heads, -coin)
            equal = (abs(length - lengths) <= _TIE) & (depths == depth)
            nearer = abs(coin - 0.5) < abs(numerators / 2.0**depths - 0.5)
            wins = (length < lengths - _TIE) | (equal & nearer)
            lengths, numerators, depths = (
                np.where(wins, new, old)
                for new, old in ((length, lengths), (odd, numerators), (np.full_like(depths, depth), depths))
            )
    return tuple(Fraction(int(k), 2 ** int(j)) for k, j in zip(numerators, depths, strict=True))


@functools.lru_cache(maxsize=16)
def _binomials(num_flips: int) -> tuple[arb, ...]:
    weights = [ball(1)]
    for n in range(num_flips):
        weights.append(weights[-1] * (num_flips - n) / (n + 1))
    return tuple(weights)


def _count_law(num_flips: int, coin: Fraction) -> list[arb]:
    """P(n heads), n = 0 .. N."""
    odds = ball(coin / (1 - coin))
    none, law = ball(1 - coin) ** num_flips, []
    for weight in _binomials(num_flips):
        law.append(weight * none)
        none = none * odds
    return law


def _folded(coin: Fraction) -> Fraction:
    return min(coin, 1 - coin)


def leaving_time(num_flips: int, weight: float, max_depth: int = EVERY_DEPTH) -> arb:
    """Mean generations that a loop at 1/2 stays there.

    Args:
        num_flips: N.
        weight: lambda.
        max_depth: largest j of the class.

    Returns:
        A ball, in generations: 1 over the probability that the next coin is another one.

    Source: geometric law.
    """
    with ctx.workprec(PRECISION):
        coins, law = fitted_coins(num_flips, weight, max_depth), _count_law(num_flips, HALF)
        return 1 / sum((mass for mass, coin in zip(law, coins, strict=True) if coin != HALF), ball(0))


def escape_time(num_flips: int, weight: float, max_depth: int = EVERY_DEPTH) -> arb:
    """Mean generations from 1/2 to a point mass.

    Args:
        num_flips: N; the cost grows with the cube of the number of coins that are ever fitted.
        weight: lambda.
        max_depth: largest j of the class.

    Returns:
        A ball, in generations.

    Source: absorbing Markov chain (I - Q) t = 1 over coins up to the reflection p -> 1 - p, solved in ball arithmetic.
    """
    coins = fitted_coins(num_flips, weight, max_depth)
    inside = sorted({_folded(coin) for coin in coins} - {Fraction(0)} | {HALF})
    position = {coin: index for index, coin in enumerate(inside)}
    with ctx.workprec(PRECISION):
        system = [[ball(int(row == column)) for column in inside] for row in inside]
        for row, coin in enumerate(inside):
            for mass, following in zip(_count_law(num_flips, coin), coins, strict=True):
                if following not in (0, 1):
                    system[row][position[_folded(following)]] -= mass
        solution = arb_mat(system).solve(arb_mat([[ball(1)] for _ in inside]))
        return solution[position[HALF], 0]


def simulated_escapes(
    num_flips: int, weight: float, num_generations: int, num_loops: int, generator: np.random.Generator
) -> Float[np.ndarray, " loops"]:
    """Generations until simulated loops reach a point mass, censored.

    Args:
        num_flips: N.
        weight: lambda.
        num_generations: T.
        num_loops: independent copies.
        generator: of all draws.

    Returns:
        Generations, shape (num_loops,); T + 1 where a loop has not escaped by T.

    Source: Definition.
    """
    coins = np.array([float(coin) for coin in fitted_coins(num_flips, weight)])
    present, times = np.full(num_loops, 0.5), np.full(num_loops, num_generations + 1.0)
    for generation in range(1, num_generations + 1):
        present = coins[generator.binomial(num_flips, present)]
        arrived = ((present == 0) | (present == 1)) & (times > generation)
        times[arrived] = np.minimum(times[arrived], generation)
    return times

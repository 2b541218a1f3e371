"""The share of entropy that every coin loses at least, c_N: is there a closed form?

c_N = inf_q E KL(Bin(N, q)/N || q) / h(q). The infimum is enclosed over all coins; at the fair coin, where it seems to
be attained, everything is a finite sum over n ~ Bin(N, 1/2).
"""

import functools
import math
from collections.abc import Callable
from fractions import Fraction

from flint import arb

from proofs_numeric.catalogue.zenil.coin_enclosure import least_lost_share
from proofs_numeric.exact.intervals import at_working_precision, ball
from proofs_numeric.open_questions.contraction_series import exact_coefficients, interpolated_coefficients
from proofs_numeric.open_questions.enclosures import enclosed
from proofs_numeric.open_questions.question import Estimate, Progress, Question, chosen

SIZES = {"quick": (2, 3, 5, 10, 20, 50, 100, 200), "standard": (2, 3, 5, 10, 20, 50, 100, 200, 350, 500)}
"""N at which the infimum is enclosed. Above 500 the cells of the enclosure are too wide at some N."""
LARGE = {"quick": (1000, 10_000), "standard": (1000, 10_000, 100_000)}
CURVED = {"quick": (3, 10, 100, 1000), "standard": (3, 10, 100, 1000, 10_000, 50_000)}
COMPARED = {"quick": 60, "standard": 200}
"""Candidates are compared with c_N for N = 2 up to this."""
ORDER = 3
"""Coefficients are estimated up to N^-ORDER."""
TRUNCATION = 7
"""Degree of the longer of two truncations."""
FIRST_SIZE = 32
GROWTH = (5, 10, 20, 40)

INFIMUM = "N c_N, infimum over all coins"
FAIR = "N times the lost share of the fair coin"
COEFFICIENT = "coefficient of N^-k in N times the entropy that a fair coin loses"
RATIO = "coefficient of N^-(k+1) over k times that of N^-k"
CURVATURE = "N times half the curvature of the lost share at the fair coin"
MISFIT = "largest relative distance of a candidate from c_N"

CANDIDATES: dict[str, Callable[[int], arb]] = {
    "1/(2 N ln 2)": lambda size: 1 / (2 * size * ball(2).log()),
    "1/((2N - 1) ln 2)": lambda size: 1 / ((2 * size - 1) * ball(2).log()),
    "log2(N/(N - 1))/2": lambda size: ball(Fraction(size, size - 1)).log() / (2 * ball(2).log()),
    "1 - (1 - 1/N)^(1/(2 ln 2))": lambda size: 1 - ball(Fraction(size - 1, size)) ** (1 / (2 * ball(2).log())),
}
"""Simple formulas with the right limit N c_N -> 1/(2 ln 2), as balls."""


@at_working_precision
def fair_mean(num_samples: int, value: Callable[[int], arb]) -> arb:
    """E value(n), n ~ Bin(N, 1/2), for values that are the same at n and N - n.

    Args:
        num_samples: N, at least 0.
        value: n -> ball.

    Returns:
        A ball.

    Source: Definition.
    """
    weight, total = ball(1), ball(0)
    for n in range(num_samples // 2 + 1):
        total += (1 if 2 * n == num_samples else 2) * weight * value(n)
        weight = weight * (num_samples - n) / (n + 1)
    return total / ball(2) ** num_samples


@at_working_precision
def _entropy(count: int, size: int) -> arb:
    """h(count/size), nats."""
    terms = [ball(Fraction(n, size)) for n in (count, size - count) if n]
    return sum((-x * x.log() for x in terms), ball(0))


@functools.lru_cache(maxsize=64)
@at_working_precision
def fair_loss(num_samples: int) -> arb:
    """E KL(Bin(N, 1/2)/N || 1/2), nats.

    Args:
        num_samples: N, at least 1.

    Returns:
        A ball.

    Source: the martingale property, H(Q) - E H(Q') = E KL(Q' || Q).
    """
    return ball(2).log() - fair_mean(num_samples, lambda n: _entropy(n, num_samples))


@at_working_precision
def half_curvature(num_samples: int) -> arb:
    """Half the second derivative at q = 1/2 of 1 - B(q)/h(q), B(q) = E h(n/N).

    B' and h' vanish there, so it is -(B'' h - B h'')/(2 h^2) with h = log 2, h'' = -4 and
    B'' = N (N - 1) E[h((n + 2)/N) - 2 h((n + 1)/N) + h(n/N)], n ~ Bin(N - 2, 1/2).

    Args:
        num_samples: N, at least 2.

    Returns:
        A ball; positive where the fair coin is a local minimum of the lost share.

    Source: derivatives of a Bernstein polynomial.
    """
    size = num_samples

    def bend(n: int) -> arb:
        return _entropy(n + 2, size) - 2 * _entropy(n + 1, size) + _entropy(n, size)

    entropy = ball(2).log()
    second = size * (size - 1) * fair_mean(size - 2, bend)
    kept = entropy - fair_loss(size)
    return -(second * entropy + 4 * kept) / (2 * entropy**2)


def _infimum(num_samples: int) -> tuple[arb, arb]:
    shares = least_lost_share(num_samples)
    return functools.reduce(arb.min, shares.lower), functools.reduce(arb.min, shares.upper)


@at_working_precision
def _sizes(effort: str) -> list[Estimate]:
    found = []
    for size in SIZES[effort]:
        low, high = _infimum(size)
        found.append(Estimate(quantity=INFIMUM, setting={"N": size}, **enclosed(size * low, size * high)))
    for size in LARGE[effort]:
        share = size * fair_loss(size) / ball(2).log()
        found.append(Estimate(quantity=FAIR, setting={"N": size}, **enclosed(share)))
    for size in CURVED[effort]:
        found.append(Estimate(quantity=CURVATURE, setting={"N": size}, **enclosed(size * half_curvature(size))))
    return found


@at_working_precision
def _series(effort: str) -> list[Estimate]:
    """Richardson's coefficients from two truncations, and how fast the exact ones grow."""
    sizes = [FIRST_SIZE * 2**step for step in range(TRUNCATION + 1)]
    longer, shorter = (
        interpolated_coefficients(lambda size: size * fair_loss(size), chosen_sizes)
        for chosen_sizes in (sizes, sizes[:-1])
    )
    found = []
    for power in range(ORDER + 1):
        value, other = float(longer[power]), float(shorter[power])
        found.append(
            Estimate(
                quantity=COEFFICIENT,
                setting={"k": power},
                value=value,
                interval=(min(value, other), max(value, other)),
                kind=f"two truncations of Richardson's extrapolation, degrees {TRUNCATION - 1} and {TRUNCATION}",
                unit="nats",
            )
        )
    exact = exact_coefficients(max(GROWTH) + 1)
    for power in GROWTH:
        ratio = exact[power + 1] / (power * exact[power])
        found.append(Estimate(quantity=RATIO, setting={"k": power}, **enclosed(ball(ratio))))
    return found


@at_working_precision
def _misfits(effort: str) -> list[Estimate]:
    sizes = range(2, COMPARED[effort] + 1)
    enclosures = {size: _infimum(size) for size in sizes}
    found = []
    for name, candidate in CANDIDATES.items():
        worst_low = worst_high = ball(0)
        for size, (low, high) in enclosures.items():
            above, below = candidate(size) / low - 1, candidate(size) / high - 1
            worst_high = worst_high.max(abs(above)).max(abs(below))
            # The distance is convex in 1/c_N: it is at least the smaller end unless the two ends differ in sign.
            least = abs(above).min(abs(below))
            worst_low = worst_low.max(least if above * below > 0 else ball(0))
        setting = {"candidate": name, "N": f"2 to {sizes[-1]}"}
        found.append(Estimate(quantity=MISFIT, setting=setting, **enclosed(worst_low, worst_high)))
    return found


def _measure(effort: str, root: str, progress: Progress) -> tuple[Estimate, ...]:
    # Nothing is drawn; the root is of no use here.
    found: list[Estimate] = []
    parts = (_sizes, _series, _misfits)
    for done, part in enumerate(parts):
        progress(done, len(parts))
        found.extend(part(effort))
    progress(len(parts), len(parts))
    return tuple(found)


def _answer(estimates: tuple[Estimate, ...]) -> str:
    largest = chosen(estimates, INFIMUM)[-1]
    coefficients = ", ".join(f"{each.value:.4f}" for each in chosen(estimates, COEFFICIENT))
    best = min(chosen(estimates, MISFIT), key=lambda each: each.value)
    growth = chosen(estimates, RATIO)[-1]
    curved = all(each.interval[0] > 0 for each in chosen(estimates, CURVATURE))
    where = "a local minimum" if curved else "not a local minimum"
    return (
        f"N c_N = {largest.value:.6f} at N = {largest.setting['N']} against 1/(2 ln 2) = {1 / (2 * math.log(2)):.6f}; "
        f"the fair coin is {where} at every N tried; coefficients {coefficients} (over ln 2); of {len(CANDIDATES)} "
        f"simple candidates the best, {best.setting['candidate']}, is off by {best.value:.1%}; coefficients grow like "
        f"k! (ratio over k {growth.value:.3f} at k = {growth.setting['k']}, 1/ln 2 = {1 / math.log(2):.3f}), evidence "
        "that no formula analytic at N = infinity fits."
    )


CONTRACTION_CONSTANT = Question(
    name="contraction-constant",
    title="The constant of entropy loss",
    asked="Has c_N = inf_q E KL(Bin(N, q)/N || q)/h(q), the share of entropy that every model loses per generation at "
    "least, a closed form, and is it attained at the fair coin for every N?",
    why_open="That q = 1/2 attains the infimum is certified for each N up to 200, one by one, and proved for no "
    "infinite family; at q = 1/2 the constant is a finite sum of logarithms that nobody has summed.",
    how="Infima over all coins and sums at the fair coin are enclosed in ball arithmetic; coefficients in 1/N are "
    "extrapolated by Richardson's method, their interval spans two truncations; the exact ones are rational, from the "
    "moments of a sum of signs.",
    measure=_measure,
    answer=_answer,
)

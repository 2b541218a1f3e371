"""How long does minimum description length hold a loop at a simple truth, over an infinite class of programs?

The truth is 1/2, the class all dyadic coins, the penalty lambda times program length; at the point masses 0 and 1 the
loop stays for ever. Finite counts make the infinite class a finite chain, so mean times are enclosed, not sampled.
"""

import itertools
import math
import statistics

import numpy as np

from proofs_numeric.keys import digest
from proofs_numeric.open_questions.dyadic_loop import EVERY_DEPTH, escape_time, leaving_time, simulated_escapes
from proofs_numeric.open_questions.enclosures import enclosed
from proofs_numeric.open_questions.question import Estimate, Progress, Question, chosen
from proofs_numeric.proportion import clopper_pearson

NAME = "program-escape"
WEIGHTS = (0.5, 1.0, 2.0)
"""lambda."""
SHOWN = {"quick": (10, 20, 40, 160), "standard": (10, 20, 40, 160, 640)}
DOUBLINGS = {"quick": range(5, 10), "standard": range(5, 12)}
"""Exponents of 2 in the N over which growth is measured, ten times."""
SHALLOW = 4
CLASSES = {"every depth": EVERY_DEPTH, f"depth at most {SHALLOW}": SHALLOW}
RATE_SIZES = {"quick": (80, 160, 320), "standard": (160, 320, 640)}
SIMULATED = {"quick": (4000, 200), "standard": (40_000, 200)}
"""(loops, generations)."""
LEVEL = 0.01

ESCAPE = "mean time from 1/2 to a point mass"
ESCAPE_EXPONENT = "exponent of N in the mean time to a point mass, every depth"
LEAVING_EXPONENT = "exponent of N in the mean time at 1/2, every depth"
RATE = f"growth of the logarithm of the mean time to a point mass per flip, depth at most {SHALLOW}"
ESCAPED = "share of simulated loops at a point mass by generation T"


def _times(effort: str, weight: float) -> list[Estimate]:
    return [
        Estimate(
            quantity=ESCAPE,
            setting={"N": size, "lambda": weight, "class": name},
            unit="generations",
            **enclosed(escape_time(size, weight, depth)),
        )
        for size in SHOWN[effort]
        for name, depth in CLASSES.items()
    ]


def _exponents(effort: str, weight: float) -> list[Estimate]:
    """Slopes of log time in log N. Fits repeat, one depth further, when N grows fourfold: slopes are taken over it."""
    sizes = [10 * 2**power for power in DOUBLINGS[effort]]
    found = []
    for quantity, time in ((ESCAPE_EXPONENT, escape_time), (LEAVING_EXPONENT, leaving_time)):
        logs = [math.log2(float(time(size, weight))) for size in sizes]
        slopes = [(after - before) / 2 for before, after in zip(logs, logs[2:], strict=False)]
        found.append(
            Estimate(
                quantity=quantity,
                setting={"lambda": weight, "N": f"{sizes[0]} to {sizes[-1]}"},
                value=statistics.mean(slopes),
                interval=(min(slopes), max(slopes)),
                kind="mean of slopes over fourfold N, between the smallest and the largest",
            )
        )
    return found


def _rate(effort: str, weight: float) -> Estimate:
    sizes = RATE_SIZES[effort]
    logs = [math.log(float(escape_time(size, weight, SHALLOW))) for size in sizes]
    slopes = [(logs[i + 1] - logs[i]) / (sizes[i + 1] - sizes[i]) for i in range(len(sizes) - 1)]
    return Estimate(
        quantity=RATE,
        setting={"lambda": weight, "N": f"{sizes[0]} to {sizes[-1]}"},
        value=slopes[-1],
        interval=(min(slopes), max(slopes)),
        kind="slopes over two doublings of N",
        unit="nats per flip",
    )


def _simulated(effort: str, root: str, weight: float) -> Estimate:
    num_loops, horizon = SIMULATED[effort]
    setting = {"N": 10, "lambda": weight, "T": horizon, "loops": num_loops}
    generator = np.random.default_rng(int.from_bytes(digest(root, NAME, setting, "simulate")))
    times = simulated_escapes(10, weight, horizon, num_loops, generator)
    escaped = int(np.sum(times <= horizon))
    return Estimate(
        quantity=ESCAPED,
        setting=setting,
        value=escaped / num_loops,
        interval=clopper_pearson(escaped, num_loops, LEVEL),
        kind=f"{1 - LEVEL:.0%} Clopper-Pearson".replace("%", " %"),
    )


def _measure(effort: str, root: str, progress: Progress) -> tuple[Estimate, ...]:
    parts = []
    for done, weight in enumerate(WEIGHTS):
        progress(done, len(WEIGHTS))
        found = [*_times(effort, weight), *_exponents(effort, weight), _rate(effort, weight)]
        parts.append([*found, _simulated(effort, root, weight)])
    progress(len(WEIGHTS), len(WEIGHTS))
    return tuple(itertools.chain.from_iterable(parts))


def _answer(estimates: tuple[Estimate, ...]) -> str:
    exponents = ", ".join(
        f"{each.value:.2f} [{each.interval[0]:.2f}, {each.interval[1]:.2f}] at lambda = {each.setting['lambda']:g}"
        for each in chosen(estimates, ESCAPE_EXPONENT)
    )
    infinite, finite = (chosen(estimates, ESCAPE, N=160, **{"lambda": 1.0, "class": name})[0].value for name in CLASSES)
    rates = ", ".join(f"{each.value:.3f}" for each in chosen(estimates, RATE))
    return (
        f"Over every depth the mean time grows like a power of N, with exponent {exponents}; at depth {SHALLOW} it "
        f"grows exponentially, by {rates} nats per flip. Depth matters: {infinite:.3g} against {finite:.3g} "
        "generations at N = 160, lambda = 1."
    )


PROGRAM_ESCAPE = Question(
    name=NAME,
    title="Escape from a simple truth",
    asked="How does the mean time that minimum description length holds a loop near the truth 1/2 grow with N and "
    "lambda over all dyadic coins, and is a finite depth of the class different?",
    why_open="Absorption at a point mass is certain and slow, but no law of its time is known: with N flips the "
    "nearest rivals that pay for their bits lie at a distance that shrinks with N, and only an infinite class has "
    "them.",
    how="Every count is fitted exactly, which leaves a chain over a few coins; mean times solve its equations in ball "
    "arithmetic. Exponents are slopes between values of N, their interval the spread of slopes; simulated loops, "
    "censored at T, check the shorter times.",
    measure=_measure,
    answer=_answer,
)

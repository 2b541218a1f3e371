"""The least alpha or N that keeps a share of the vocabulary: by proved bounds, then by exact chains between them."""

import math
from collections.abc import Callable

import numpy as np

from proofs_numeric.cli.plan_question import MOST_SAMPLES, Question, constant, refuse_stratified, rounded_up
from proofs_numeric.cli.survival import vocabulary

FINE = 1e-4
"""Relative width at which the search for an alpha ends."""
SEARCH_SHARE = 0.25
"""Share of the affordable operations that one of the chains of a search may take."""
SMALLEST_FRACTION = 2.0**-40


def for_vocabulary(question: Question, found: str) -> tuple[float, float]:
    """Smallest alpha or N whose expected vocabulary is large enough, by bounds and then by exact chains.

    The expected vocabulary is non-decreasing in alpha, in the number of real draws and in N: it is that of M draws of
    P, where M counts the trees of the genealogy. More real draws cut more edges of it; more boxes for the same children
    leave more distinct parents.
    """
    goal = question.keep_vocabulary
    assert goal is not None
    if found == "num_samples":
        share = constant(question.exogenous_fraction, "--exogenous-fraction", "N is asked for")
        refuse_stratified(question, share)
        if share == 0 and math.isinf(question.num_generations):
            raise ValueError(
                "--keep-vocabulary: without real data one type survives for ever, whatever N. Give a finite number of "
                "generations, or real data."
            )
        return least_samples(question, goal)
    if math.isinf(question.num_generations) or question.mixing == "stratified":
        constant(question.num_samples, "--num-samples", "alpha is asked for")
    require_reach(question, goal)
    if question.mixing == "stratified":
        size = int(question.num_samples.value)

        def alive(number: int, operations: float) -> tuple[float, float]:
            return share_alive(question, {"exogenous_fraction": number / size}, operations)

        real, necessary = search(alive, goal, question.operations, 0, size)
        return real / size, necessary / size
    return least_fraction(question, goal)


def least_samples(question: Question, goal: float) -> tuple[float, float]:
    """N and what is necessary."""

    def alive(number: int, operations: float) -> tuple[float, float]:
        return share_alive(question, {"num_samples": number}, operations)

    if alive(MOST_SAMPLES, 0.0)[0] < goal:
        raise ValueError(
            f"--keep-vocabulary: a share of {goal:g} needs 2^31 draws per generation or more. Ask for less."
        )
    return search(alive, goal, question.operations, 1, MOST_SAMPLES)


def search(
    alive: Callable[[int, float], tuple[float, float]], goal: float, operations: float, low: int, high: int
) -> tuple[int, int]:
    """Smallest whole number that is known to suffice, and the smallest that is not known to fail."""
    sufficient = least(lambda number: alive(number, 0.0)[0] >= goal, low, high)
    necessary = least(lambda number: alive(number, 0.0)[1] >= goal, low, sufficient)
    exact = least(lambda number: alive(number, SEARCH_SHARE * operations)[0] >= goal, necessary, sufficient)
    tight = exact == low or alive(exact - 1, SEARCH_SHARE * operations)[1] < goal
    return exact, exact if tight else necessary


def least(enough: Callable[[int], bool], low: int, high: int) -> int:
    """A whole number that is enough while the one below is not, or `low`; `high` is enough."""
    if enough(low):
        return low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def least_fraction(question: Question, goal: float) -> tuple[float, float]:
    """Alpha to a relative width, rounded up, and what is necessary."""

    def alive(fraction: float, operations: float) -> tuple[float, float]:
        return share_alive(question, {"exogenous_fraction": fraction}, operations)

    def narrow(enough: Callable[[float], bool], low: float, high: float) -> tuple[float, float]:
        while high / low > 1 + FINE:
            middle = math.sqrt(low * high)
            low, high = (low, middle) if enough(middle) else (middle, high)
        return low, high

    finite = math.isfinite(question.num_generations)
    if finite and alive(0.0, SEARCH_SHARE * question.operations)[0] >= goal:
        return 0.0, 0.0
    _, sufficient = narrow(lambda fraction: alive(fraction, 0.0)[0] >= goal, SMALLEST_FRACTION, 1.0)
    necessary, _ = narrow(lambda fraction: alive(fraction, 0.0)[1] >= goal, SMALLEST_FRACTION, sufficient)
    operations = SEARCH_SHARE * question.operations
    below, exact = narrow(lambda fraction: alive(fraction, operations)[0] >= goal, necessary, sufficient)
    # Below a value that is known to fail, all fail: the expected vocabulary is monotone.
    return rounded_up(exact), below if alive(below, operations)[1] < goal else necessary


def share_alive(question: Question, candidate: dict[str, float], operations: float) -> tuple[float, float]:
    """Bounds of the expected share of types alive."""
    assert question.target is not None
    survey = vocabulary(question.loop(**candidate), question.target[1], operations)
    return survey.alive[0] / survey.num_types, survey.alive[1] / survey.num_types


def require_reach(question: Question, goal: float) -> None:
    """Refuse a vocabulary that one wholly real sample does not have: sum 1 - (1 - p)^N types."""
    assert question.target is not None
    last = 1 if math.isinf(question.num_generations) else int(question.num_generations)
    size = int(question.loop(exogenous_fraction=1.0).table(last).num_samples[-1])
    probs = np.asarray(question.target[1].probs, np.float64)
    probs = probs[probs > 0]
    with np.errstate(divide="ignore"):  # a type with p = 1 is always there
        most = float(np.mean(-np.expm1(size * np.log1p(-np.minimum(probs, 1.0)))))
    if most < goal:
        raise ValueError(
            f"--keep-vocabulary: a share of {goal:g} is out of reach: {size} real draws have {most:.6g} of the types. "
            "Draw more per generation."
        )

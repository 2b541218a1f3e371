"""What is a bit of verification worth in fresh samples, at a finite sample size?

Two loops from the same model: a share x of its draws is good, half of them of each of two good types. One keeps N draws
that a verifier accepted; the other replaces r of its N draws, on average, by fresh good ones. r is chosen such that
after T generations both have kept as much. All expectations are exact: a chain of the number of good draws on one side,
second moments on the other.
"""

import math
from collections.abc import Callable

import numpy as np

import zenil_dynamics as zd
from proofs_numeric.open_questions.question import Estimate, Progress, Question, chosen

GOOD_SHARE = "good share"
USEFUL_DIVERSITY = "useful diversity"
KEPT = (GOOD_SHARE, USEFUL_DIVERSITY)
"""Probability that a draw is good, and that two draws are good and of different types."""

VERIFIERS: dict[str, Callable[[float], tuple[float, float]]] = {
    "symmetric": lambda error: (1 - error, error),
    "lenient": lambda error: (1.0, 2 * error),
    "sceptical": lambda error: (0.1, 0.2 * error),
}
"""Name -> (TPR, FPR) as functions of a number in (0, 1/2) that falls as the verifier gets better."""

SETTINGS = {
    "quick": {"N": (20, 100), "x": (0.2,), "bits": (0.01,), "T": (5, 80)},
    "standard": {"N": (20, 100, 500), "x": (0.2,), "bits": (0.01, 0.1), "T": (5, 80)},
}
HALVINGS = 40
EXCHANGE = "bits of verification worth one fresh sample"
BRACKET = "bisection bracket on exact expectations, float64"


def information(true_positive_rate: float, false_positive_rate: float, good_share: float) -> float:
    """Bits that verdicts say about correctness, per accepted draw: mutual information over acceptance probability.

    Args:
        true_positive_rate: TPR in (0, 1].
        false_positive_rate: FPR in [0, 1].
        good_share: x in (0, 1).

    Returns:
        Bits.

    Source: Shannon (1948).
    """
    accepted = good_share * true_positive_rate + (1 - good_share) * false_positive_rate
    noise = good_share * _bits(true_positive_rate) + (1 - good_share) * _bits(false_positive_rate)
    return (_bits(accepted) - noise) / accepted


def _bits(probability: float) -> float:
    return -sum(p * math.log2(p) for p in (probability, 1 - probability) if p > 0)


def verifier_with(kind: str, bits: float, good_share: float) -> tuple[float, float]:
    """The verifier of a kind that says so many bits per accepted draw.

    Args:
        kind: a key of `VERIFIERS`.
        bits: positive, within reach of the kind.
        good_share: x in (0, 1).

    Returns:
        (TPR, FPR).

    Raises:
        ValueError: more bits than any verifier of the kind says.

    Source: bisection; information grows as errors fall.
    """
    rates = VERIFIERS[kind]
    if information(*rates(0.0), good_share) < bits:
        raise ValueError(
            f"`bits` must be within reach of a {kind} verifier; got {bits} at x = {good_share}. Take less."
        )
    better, worse = 0.0, 0.5
    for _ in range(HALVINGS):
        middle = (better + worse) / 2
        if information(*rates(middle), good_share) > bits:
            better = middle
        else:
            worse = middle
    return rates((better + worse) / 2)


def kept_by_verifier(
    num_samples: int, rates: tuple[float, float], good_share: float, num_generations: int
) -> np.ndarray:
    """Expected good share and useful diversity after T generations without real data.

    The number S of good draws is a chain. Given its path, good draws are redistributed between the two good types like
    S draws of the last proportion, which multiplies E rho (1 - rho) by 1 - 1/S.

    Args:
        num_samples: N accepted draws per generation.
        rates: (TPR, FPR).
        good_share: x_0, a multiple of 1/N.
        num_generations: T.

    Returns:
        Two probabilities, in the order of `KEPT`.

    Source: Wright-Fisher model with selection; two lineages among S.
    """
    matrix = zd.oracles.verifier_matrix(num_samples, *rates)
    count = np.arange(num_samples + 1)
    apart = np.where(count > 0, 1 - 1 / np.maximum(count, 1), 0.0)
    law = np.eye(num_samples + 1)[round(good_share * num_samples)]
    pairs = law / 2
    for _ in range(num_generations):
        law, pairs = law @ matrix, (pairs @ matrix) * apart
    share = count / num_samples
    return np.array([law @ share, pairs @ share**2])


def kept_by_fresh_samples(num_samples: int, fraction: float, good_share: float, num_generations: int) -> np.ndarray:
    """Expected good share and useful diversity after T generations with a share of fresh good draws.

    Args:
        num_samples: N.
        fraction: alpha in [0, 1], probability that a draw is fresh; fresh draws are of either good type.
        good_share: x_0.
        num_generations: T.

    Returns:
        Two probabilities, in the order of `KEPT`.

    Source: means and covariances of a categorical loop.
    """
    target, start = np.array([0.5, 0.5, 0.0]), np.array([good_share / 2, good_share / 2, 1 - good_share])
    sizes = np.full(num_generations, num_samples)
    covariance = zd.oracles.categorical_covariance(target, sizes, fraction, initial=start)[-1]
    bad = (1 - good_share) * (1 - fraction) ** num_generations
    return np.array([1 - bad, 2 * (covariance[0, 1] + ((1 - bad) / 2) ** 2)])


def worth_in_samples(
    num_samples: int, rates: tuple[float, float], good_share: float, num_generations: int, kept: str
) -> tuple[float, float]:
    """Bracket of the fresh samples per generation that keep as much as the verifier.

    Args:
        num_samples: N.
        rates: (TPR, FPR).
        good_share: x_0.
        num_generations: T.
        kept: one of `KEPT`.

    Returns:
        (fewer, more) samples per generation, positive; between them lies N alpha, since both quantities grow with alpha
        and a verifier better than chance keeps more than a loop without real data.

    Source: bisection.
    """
    index = KEPT.index(kept)
    wanted = kept_by_verifier(num_samples, rates, good_share, num_generations)[index]
    fewer, more = 0.0, 1.0
    while fewer == 0 or more - fewer > 1e-10 * more:
        middle = (fewer + more) / 2
        if kept_by_fresh_samples(num_samples, middle, good_share, num_generations)[index] < wanted:
            fewer = middle
        else:
            more = middle
    return num_samples * fewer, num_samples * more


def _exchange(setting: dict, kept: str) -> Estimate:
    """Bits of all accepted draws of a generation over the fresh samples that keep as much."""
    size, share, bits = setting["N"], setting["x"], setting["bits per accepted draw"]
    rates = verifier_with(setting["verifier"], bits, share)
    fewer, more = worth_in_samples(size, rates, share, setting["T"], kept)
    return Estimate(
        quantity=EXCHANGE,
        setting={**setting, "kept": kept},
        value=2 * size * bits / (fewer + more),
        interval=(size * bits / more, size * bits / fewer),
        kind=BRACKET,
        unit="bits per sample",
    )


def _settings(effort: str) -> list[dict]:
    grid = SETTINGS[effort]
    return [
        {"N": size, "x": share, "T": horizon, "bits per accepted draw": bits, "verifier": kind}
        for size in grid["N"]
        for share in grid["x"]
        for bits in grid["bits"]
        for horizon in grid["T"]
        for kind in VERIFIERS
    ]


def _measure(effort: str, root: str, progress: Progress) -> tuple[Estimate, ...]:
    # Nothing is drawn; the root is of no use here.
    settings, found = _settings(effort), []
    for done, setting in enumerate(settings):
        progress(done, len(settings))
        found.extend(_exchange(setting, kept) for kept in KEPT)
    progress(len(settings), len(settings))
    return tuple(found)


def _spread(estimates: tuple[Estimate, ...]) -> str:
    values = [each.value for each in estimates]
    return f"{min(values):.2g} to {max(values):.2g}"


def _answer(estimates: tuple[Estimate, ...]) -> str:
    largest = max(each.setting["N"] for each in estimates)
    at = {"N": largest, "x": 0.2, "bits per accepted draw": 0.01}
    parts = []
    for kept in KEPT:
        shown = [chosen(estimates, EXCHANGE, **at, T=horizon, kept=kept) for horizon in (5, 80)]
        parts.append(f"{kept}: {_spread(shown[0])} bits at T = 5, {_spread(shown[1])} at T = 80")
    return (
        f"There is no single rate: at N = {largest}, x = .2 and .01 bits per accepted draw one fresh sample is "
        f"worth, by {'; by '.join(parts)}, over verifiers that say equally much."
    )


VERIFIER_EXCHANGE = Question(
    name="verifier-exchange",
    title="Bits of verification for fresh samples",
    asked="At what rate do bits of a verifier replace fresh samples, where both keep the same good share, or the same "
    "diversity among good items, at a finite sample size?",
    why_open="At an infinite sample a verifier needs no real data; at a finite one it changes which items drift but "
    "not that they drift, and no formula compares the two.",
    how="Both sides are exact expectations in float64 (a chain with selection; second moments); the number of fresh "
    "samples that keeps as much is bracketed by bisection. Bits are those of the first generation: mutual information "
    "of verdict and correctness over the acceptance probability.",
    measure=_measure,
    answer=_answer,
)

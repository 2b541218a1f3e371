"""A second, independent look at a counterexample; the effect that is printed comes from here only."""

import math
from collections.abc import Sequence

import jax
import numpy as np

import zenil_dynamics as zd
from proofs_numeric.budget import Budget
from proofs_numeric.claim import Claim, Route
from proofs_numeric.exact_check import entries
from proofs_numeric.keys import derive_key
from proofs_numeric.mean_check import check_mean, defect, draw, widen
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import excess, holds
from proofs_numeric.sequential import Sums, confidence_sequence
from proofs_numeric.verdict import Instance, Status

# Two-sided normal quantile at 1e-6, for intervals that are labelled approximate because no tail fact was declared.
_NORMAL_QUANTILE = 4.891638475699


def confirm_mean(
    claim: Claim, outcome: Outcome, budget: Budget, root: str, team: zd.distributed.Processes = zd.distributed.ALONE
) -> Outcome:
    """The same example on the stream "confirm", with a sample size fixed beforehand.

    Twice the samples of the first look (at least `budget.confirm_samples`), judged once at `budget.confirm_delta`.

    Args:
        claim: route EP.
        outcome: a refuted example.
        budget: thresholds and limits.
        root: hexadecimal root of the run.
        team: processes that share the batches.

    Returns:
        The outcome of the second look; its status is REFUTED if it confirms.

    Source: Definition.
    """
    num_samples = max(budget.confirm_samples, min(2 * outcome.n, budget.n_max))
    return check_mean(claim, outcome.theta, budget, root, stream="confirm", num_samples=num_samples, team=team)


def confirm_exactly(claim: Claim, outcome: Outcome) -> tuple[bool | None, str]:
    """Whether the claim's second evaluation path breaks the relation too, and by what it differs.

    Definition.

    Args:
        claim: a deterministic claim.
        outcome: a refuted example.

    Returns:
        (None, "") without a second path, else (confirmed, sentence).
    """
    if claim.route is Route.EP or claim.confirm is None:
        return None, ""
    seconds = entries(claim.confirm(outcome.theta))
    gaps = [excess(value, outcome.bound, claim.relation) for value in seconds]
    worst = max(range(len(gaps)), key=gaps.__getitem__)
    confirmed = not holds(gaps[worst], claim.relation, claim.delta_at(outcome.theta))
    difference = float(seconds[worst]) - outcome.value
    return confirmed, f"an independent second path gives {float(seconds[worst]):.9g}, difference {difference:.3g}"


def simulate(claim: Claim, outcome: Outcome, budget: Budget, root: str) -> Instance | None:
    """Independent Monte Carlo estimate of an exact value, to be printed beside it.

    Definition. The interval holds with probability 1 - `budget.confirm_delta` if tail facts are declared, else
    approximately.

    Args:
        claim: a deterministic claim.
        outcome: the example.
        budget: sample size.
        root: hexadecimal root of the run.

    Returns:
        Estimate and interval; `confirmed` says whether the exact value lies inside. None without a simulator.
    """
    if claim.simulate is None or not budget.simulates:
        return None
    tail = widen(claim.simulate_tail_at(outcome.theta), 0.0)
    key = derive_key(root, claim.id, outcome.theta, "simulate")
    sums = Sums(outcome.value if math.isfinite(outcome.value) else 0.0)
    for batch in range(math.ceil(budget.confirm_samples / claim.batch_size)):
        samples = draw(claim, outcome.theta, jax.random.fold_in(key, batch), claim.simulate)
        broken = defect(samples, tail)
        if broken:
            return Instance(
                theta=dict(outcome.theta),
                value=math.nan,
                bound=outcome.bound,
                effect=math.nan,
                stream="simulate",
                n=sums.n,
                confirmed=False,
                note=broken,
            )
        sums = sums.add(samples)
    licensed = tail.variance is not None or (tail.lower is not None and tail.upper is not None)
    if licensed:
        low, high = confidence_sequence(sums, budget.confirm_delta, tail.lower, tail.upper, tail.variance)
    else:
        half = _NORMAL_QUANTILE * sums.standard_deviation / math.sqrt(sums.n)
        low, high = sums.mean - half, sums.mean + half
    return Instance(
        theta=dict(outcome.theta),
        value=sums.mean,
        bound=outcome.bound,
        effect=sums.mean - outcome.bound,
        interval=(low - outcome.bound, high - outcome.bound),
        stream="simulate",
        n=sums.n,
        confirmed=bool(low - _rounding(outcome.value) <= outcome.value <= high + _rounding(outcome.value)),
        note="" if licensed else "approximate interval: no tail fact declared",
    )


def _rounding(value: float) -> float:
    """Allowance for a float32 simulation of a number that is exact: constant draws leave an interval of width 0."""
    return 16 * float(np.finfo(np.float32).eps) * max(1.0, abs(value))


def is_numeric(excess_value: float, slack: float) -> bool:
    """Whether a violation is too small to be told from rounding: below ten slacks, if there are any. Definition."""
    return slack > 0 and excess_value < 10.0 * slack


def confirmed_status(seconds: Sequence[Outcome]) -> Status:
    """Status of a refuted claim after the second looks.

    Definition. INVALID if a second stream broke a declared fact; NUMERIC if no counterexample has an effect beyond ten
    slacks; otherwise the refutation stands, confirmed or not: the first look has paid for it.

    Args:
        seconds: outcomes on the stream "confirm", at least one.

    Returns:
        The status to report.
    """
    if any(second.status is Status.INVALID for second in seconds):
        return Status.INVALID
    return Status.NUMERIC if all(is_numeric(second.excess, second.slack) for second in seconds) else Status.REFUTED

"""Check one example of a Monte Carlo claim: two e-processes, one that can refute it and one that can support it.

    E X <= b:  REFUTED when "E X <= b + eta" is rejected at alpha,
               SUPPORTED when "E X >= b + delta - eta" is rejected at beta,
    E X >= b:  the mirror image,
    E X == b:  REFUTED by the average of both refuting tests, SUPPORTED when both supporting tests reject at beta.

eta is the declared numerical slack, so neither statement can be an artefact of rounding. Peeking after every batch
is free.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import zenil_dynamics as zd
from proofs_numeric.budget import Budget
from proofs_numeric.claims import Claim
from proofs_numeric.keys import batch_key, derive_key
from proofs_numeric.monte_carlo.batch import Batch, in_turn
from proofs_numeric.monte_carlo.canaries import Independence
from proofs_numeric.monte_carlo.draws import defect as defect
from proofs_numeric.monte_carlo.draws import draw as draw
from proofs_numeric.monte_carlo.draws import first_batch as first_batch
from proofs_numeric.monte_carlo.draws import largest_sample
from proofs_numeric.monte_carlo.hypotheses import hypotheses, widen
from proofs_numeric.monte_carlo.law_check import check_law
from proofs_numeric.monte_carlo.precision import is_wide, range_allowance, samples_that_show
from proofs_numeric.monte_carlo.weighing import Evidence
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import BETWEEN_LAWS, excess
from proofs_numeric.sequential import Sums, samples_for
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

Watch = Callable[[int, float], None]
Trace = Callable[[int, float, float], None]


def _planned(relation: str, evidence: Evidence, numbers: tuple[float, float, float], budget: Budget) -> int | None:
    """By the growth of the evidence, which knows the skewness of the statistic; while there is none, by two moments."""
    grown = evidence.samples_to_decide(budget.log_example_threshold, budget.log_support_threshold)
    if grown or not evidence.has_mean:
        return grown
    return planned_samples(evidence.sums, relation, *numbers, budget)


def planned_samples(sums: Sums, relation: str, bound: float, delta: float, slack: float, budget: Budget) -> int | None:
    """Samples that would decide an UNDECIDED example, at the mean and deviation seen so far.

    Definition. None if unknown.
    """
    gap = excess(sums.mean, bound, relation)
    deviation = sums.standard_deviation
    plans = [samples_for(budget.log_example_threshold, deviation, gap - slack)]
    if delta > slack:
        plans.append(samples_for(budget.log_support_threshold, deviation, delta - slack - gap))
    return min((plan for plan in plans if plan is not None), default=None)


def check_mean(
    claim: Claim,
    theta: Mapping[str, Any],
    budget: Budget,
    root: str,
    *,
    stream: str = "main",
    num_samples: int | None = None,
    expired: Callable[[], bool] = lambda: False,
    watch: Watch | None = None,
    trace: Trace | None = None,
    first: Callable[[], np.ndarray] | None = None,
    team: zd.distributed.Processes = zd.distributed.ALONE,
) -> Outcome:
    """Decide one example of an EP claim; a pure function of (root, claim id, example, stream) unless the time runs out.

    Batch i draws from fold_in(key of the address, i). Stops when decided, but not before the second batch, which shows
    whether replicates are independent, unless `num_samples` fixes the size. Stops undecided, in float32, after a tenth
    of the samples that would show an effect as small as the slack.

    Args:
        claim: route EP.
        theta: the example.
        budget: thresholds and the largest number of samples.
        root: hexadecimal root of the run.
        stream: name of the random stream.
        num_samples: fixed sample size of an independent look: refutation is then judged at `budget.confirm_delta`
            after the last sample, and the effect is not inflated by early stopping.
        expired: true when the time is up; asked between batches.
        watch: (samples, nats) after each batch.
        trace: (samples, nats against the claim, nats in its favour) after each batch.
        first: waits for what `first_batch` draws, where that was called before; None draws it here.
        team: processes that draw the batches in turn. What one of them finds, all of them find, batch for batch; those
            drawn beyond the decision are dropped.

    Returns:
        The outcome, with an interval at `budget.confirm_delta`.

    Source: statistics of the tests in `sequential`.
    """
    if claim.relation in BETWEEN_LAWS:
        return check_law(
            claim,
            theta,
            budget,
            root,
            stream=stream,
            num_samples=num_samples,
            expired=expired,
            watch=watch,
            trace=trace,
            first=first,
            team=team,
        )
    bound, delta, slack = float(claim.bound_at(theta)), float(claim.delta_at(theta)), claim.slack_at(theta)
    tail = claim.tail_at(theta)
    tail = widen(tail, slack if claim.slack is not None else range_allowance(tail, bound))
    evidence = Evidence(hypotheses(claim.relation, bound, delta, slack, tail), bound, tail)
    key = derive_key(root, claim.id, theta, stream)
    threshold = budget.log_example_threshold if num_samples is None else -math.log(budget.confirm_delta)
    limit = largest_sample(claim, theta, budget) if num_samples is None else num_samples
    status, note = Status.UNDECIDED, ""
    if not math.isfinite(bound):
        status, note = Status.INVALID, f"the bound is {bound}"

    def one(index: int) -> Batch:
        samples = first() if first is not None and index == 0 else draw(claim, theta, batch_key(key, index))
        broken = defect(samples, tail)
        return Batch.broken(broken) if broken else evidence.of(samples)

    independence = Independence.none()
    batches = in_turn(one, expired, team)
    while status is Status.UNDECIDED and evidence.sums.n < limit:
        batch = next(batches, None)
        if batch is None:
            break
        if batch.note:
            status, note = Status.INVALID, batch.note
            break
        evidence.include(batch)
        independence = independence.add(batch.samples)
        if watch is not None:
            watch(evidence.sums.n, evidence.log_against)
        if trace is not None:
            trace(evidence.sums.n, evidence.log_against, evidence.log_for)
        note = independence.defect(budget.log_example_threshold)
        if note:
            status = Status.INVALID
            break
        least = 2 * claim.batch_size if num_samples is None else limit
        if evidence.sums.n < least:
            continue
        status = evidence.decide(threshold, budget.log_support_threshold)
        if num_samples is None and status is Status.UNDECIDED:
            note = _shows_rounding(evidence, tail, (bound, slack), budget)
            if note:
                break
    return _outcome(claim, theta, evidence, tail, status, note, stream, (bound, delta, slack), budget)


def samples_at_slack(evidence: Evidence, tail: Tail, bound: float, slack: float, budget: Budget) -> float:
    """n*: samples that would show an effect as small as the slack; infinite without a slack. Definition."""
    bets = [0.9 / (bound - tail.lower)] if tail.lower is not None and bound > tail.lower else []
    bets += [0.9 / (tail.upper - bound)] if tail.upper is not None and bound < tail.upper else []
    bets += [2.0 / math.sqrt(tail.variance_bound)] if tail.variance_bound else []
    deviation = evidence.sums.standard_deviation
    return samples_that_show(slack, deviation, max(bets, default=0.0), budget.log_example_threshold)


def _shows_rounding(evidence: Evidence, tail: Tail, numbers: tuple[float, float], budget: Budget) -> str:
    """Why float32 must not draw more; empty while it may."""
    bound, slack = numbers
    if is_wide():
        return ""
    visible = samples_at_slack(evidence, tail, bound, slack, budget)
    if evidence.sums.n < visible / 10.0:
        return ""
    return (
        f"stopped in float32: {visible:.2g} draws would show an effect as small as the slack {slack:.3g}, and a tenth "
        "of them is drawn. Declare a smaller slack, or compute in float64 (--x64)"
    )


def _outcome(claim, theta, evidence, tail, status, note, stream, numbers, budget) -> Outcome:
    bound, delta, slack = numbers
    sums = evidence.sums
    value, low, high = evidence.located(budget.confirm_delta)
    undecided = status is Status.UNDECIDED and sums.n > 0
    if undecided and not evidence.tests.supporting and not note:
        note = "no margin above the slack, or no tail fact on that side: this example can be refuted but not supported"
    visible = samples_at_slack(evidence, tail, bound, slack, budget)
    return Outcome(
        theta=theta,
        status=status,
        value=value,
        bound=bound,
        excess=float(excess(value, bound, claim.relation)),
        interval=(low - slack - bound, high + slack - bound),
        delta=delta,
        slack=slack,
        tail=tail.describe(),
        n=sums.n,
        log_e=evidence.log_against,
        n_star=visible if math.isfinite(visible) else None,
        samples_to_decide=_planned(claim.relation, evidence, (bound, delta, slack), budget) if undecided else None,
        stream=stream,
        note=note,
    )

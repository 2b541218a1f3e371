"""Check one example of a claim on laws, orders or drifts: as `mean_check`, with tests that are learnt from a pilot.

The pilot is a batch of its own stream, "<stream>/pilot". Bets may depend on it, for the evidence begins afterwards. The
first process of a team draws it for all, so that all of them play the same bets.
"""

import io
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
from proofs_numeric.monte_carlo.draws import defect, draw, largest_sample
from proofs_numeric.monte_carlo.questions import Question, Samples, question
from proofs_numeric.monte_carlo.weighing import Evidence
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import excess
from proofs_numeric.sequential import Sums
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

Watch = Callable[[int, float], None]
Trace = Callable[[int, float, float], None]


def check_law(
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
    """Decide one example of an EP claim between laws; arguments and promises as of `mean_check.check_mean`.

    Args:
        claim: route EP, with a relation of `relation.BETWEEN_LAWS`.
        theta: the example.
        budget: thresholds and the largest number of samples, the pilot not counted.
        root: hexadecimal root of the run.
        stream: name of the random stream.
        num_samples: fixed sample size of an independent look.
        expired: true when the time is up; asked between batches.
        watch: (samples, nats) after each batch.
        trace: (samples, nats against the claim, nats in its favour) after each batch.
        first: waits for the first batch of the stream; None draws it here.
        team: processes that draw the batches in turn.

    Returns:
        The outcome; `value` is a distance or a surplus, with an interval at `budget.confirm_delta`.

    Raises:
        ValueError: bound, tail facts or shape of the draws are not what the relation asks for.

    Source: statistics of the tests in `sequential`; the relations are those of `questions`.
    """
    pilot = _pilot(claim, theta, root, stream, team)
    broken = defect(pilot, Tail())
    if broken:
        return _invalid(claim, theta, stream, broken)
    asked = question(claim, theta, pilot)
    evidence, state = Evidence(asked.tests, 0.0), asked.estimate.zero()
    key = derive_key(root, claim.id, theta, stream)
    threshold = budget.log_example_threshold if num_samples is None else -math.log(budget.confirm_delta)
    limit = largest_sample(claim, theta, budget) if num_samples is None else num_samples
    least = 2 * claim.batch_size if num_samples is None else limit
    status, note, independence = Status.UNDECIDED, "", Independence.none()

    def one(index: int) -> Batch:
        samples = first() if first is not None and index == 0 else draw(claim, theta, batch_key(key, index))
        broken = defect(samples, Tail()) or asked.defect(samples)
        return Batch.broken(broken) if broken else weighed(asked, asked.prepare(samples))

    batches = in_turn(one, expired, team)
    while status is Status.UNDECIDED and evidence.sums.n < limit:
        batch = next(batches, None)
        if batch is None:
            break
        note = batch.note
        if not note:
            evidence.include(batch)
            state = state + asked.estimate.step(batch.samples)
            if watch is not None:
                watch(evidence.sums.n, evidence.log_against)
            if trace is not None:
                trace(evidence.sums.n, evidence.log_against, evidence.log_for)
            # Steps of one chain follow each other in a batch of a drift claim, which its evidence allows.
            if claim.relation != "drift":
                independence = independence.add(batch.samples.reshape(len(batch.samples), -1)[:, 0])
                note = independence.defect(budget.log_example_threshold)
        if note:
            status = Status.INVALID
        elif evidence.sums.n >= least:
            status = evidence.decide(threshold, budget.log_support_threshold)
    return _outcome(claim, theta, asked, evidence, state, status, note, stream, budget)


def _pilot(claim: Claim, theta: Mapping[str, Any], root: str, stream: str, team: zd.distributed.Processes) -> Samples:
    key = batch_key(derive_key(root, claim.id, theta, f"{stream}/pilot"), 0)

    def drawn() -> bytes:
        buffer = io.BytesIO()
        np.save(buffer, draw(claim, theta, key), allow_pickle=False)
        return buffer.getvalue()

    return np.load(io.BytesIO(team.from_first(drawn)), allow_pickle=False)


def weighed(asked: Question, samples: Samples) -> Batch:
    """What prepared samples add to the evidence. Definition."""
    return Batch(
        sums=Sums(0.0, len(samples)),
        refuting=tuple(test.step(samples) for test in asked.tests.refuting),
        supporting=tuple(test.step(samples) for test in asked.tests.supporting),
        samples=samples,
    )


def _invalid(claim: Claim, theta: Mapping[str, Any], stream: str, note: str) -> Outcome:
    return Outcome(
        theta=theta,
        status=Status.INVALID,
        value=math.nan,
        bound=0.0,
        excess=math.nan,
        slack=claim.slack_at(theta),
        stream=stream,
        log_e=0.0,
        note=note,
    )


def _outcome(claim, theta, asked: Question, evidence: Evidence, state, status, note, stream, budget: Budget) -> Outcome:
    slack, n = claim.slack_at(theta), evidence.sums.n
    value, low, high, words = asked.estimate.read(state, budget.confirm_delta)
    undecided = status is Status.UNDECIDED and n > 0
    planned = evidence.samples_to_decide(budget.log_example_threshold, budget.log_support_threshold)
    remarks = [words, note]
    if undecided and not evidence.tests.supporting:
        remarks.append("no margin above the slack, or no upper end: this example can be refuted but not supported")
    return Outcome(
        theta=theta,
        status=status,
        value=value,
        bound=asked.bound,
        excess=float(excess(value, asked.bound, claim.relation)),
        interval=(low - slack - asked.bound, high + slack - asked.bound),
        delta=float(claim.delta_at(theta)),
        slack=slack,
        tail=asked.facts,
        n=n,
        log_e=evidence.log_against,
        samples_to_decide=planned if undecided else None,
        stream=stream,
        note="; ".join(remark for remark in remarks if remark),
    )

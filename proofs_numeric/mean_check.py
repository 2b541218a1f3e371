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
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.batch import Batch, in_turn
from proofs_numeric.budget import Budget
from proofs_numeric.claim import Claim, Tail
from proofs_numeric.keys import batch_key, derive_key
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import excess
from proofs_numeric.sequential import OneSidedTest, Sums, confidence_sequence, log_mean_exp, samples_for
from proofs_numeric.verdict import Status

Watch = Callable[[int, float], None]


@dataclass(frozen=True)
class Hypotheses:
    """The tests of one example. Definition.

    Args:
        refuting: tests of the claim's own region; their evidence is averaged.
        supporting: tests of "violated by at least delta"; all of them have to reject.
    """

    refuting: tuple[OneSidedTest, ...]
    supporting: tuple[OneSidedTest, ...]


def widen(tail: Tail, slack: float) -> Tail:
    """Tail facts of the rounded statistic: the proved range, widened by the slack. Definition."""
    return Tail(
        lower=None if tail.lower is None else tail.lower - slack,
        upper=None if tail.upper is None else tail.upper + slack,
        variance=tail.variance,
        reason=tail.reason,
    )


def hypotheses(relation: str, bound: float, delta: float, slack: float, tail: Tail) -> Hypotheses:
    """Null hypotheses of the refuting and of the supporting tests.

    Definition.

    Args:
        relation: of the claim; strict and weak ones are the same for a mean.
        bound: b, units of the statistic.
        delta: margin; support needs delta > slack.
        slack: eta, same units.
        tail: facts about the rounded statistic.

    Returns:
        The tests; `supporting` is empty where no margin or no tail fact licenses support.
    """
    above = OneSidedTest.at_most(bound + slack, tail.lower, tail.variance)
    below = OneSidedTest.at_least(bound - slack, tail.upper, tail.variance)
    not_above = OneSidedTest.at_least(bound + delta - slack, tail.upper, tail.variance)
    not_below = OneSidedTest.at_most(bound - delta + slack, tail.lower, tail.variance)
    if relation in ("<=", "<"):
        refuting, supporting = (above,), (not_above,)
    elif relation in (">=", ">"):
        refuting, supporting = (below,), (not_below,)
    else:
        refuting, supporting = (above, below), (not_above, not_below)
    if not delta > slack or not all(test.licensed for test in supporting):
        supporting = ()
    return Hypotheses(refuting, supporting)


class Evidence:
    """Running evidence of one example on one stream. State is additive, so batches may come in any order or size.

    Definition.

    Args:
        tests: the hypotheses.
        center: centre of the reporting sums.
    """

    def __init__(self, tests: Hypotheses, center: float):
        self.tests = tests
        self.sums = Sums(center)
        self._refuting = [test.zero() for test in tests.refuting]
        self._supporting = [test.zero() for test in tests.supporting]

    def of(self, samples: Float[np.ndarray, " samples"]) -> Batch:
        """What a batch adds; it does not depend on what is here already. Definition."""
        return Batch(
            sums=Sums(self.sums.center).add(samples),
            refuting=tuple(test.step(samples) for test in self.tests.refuting),
            supporting=tuple(test.step(samples) for test in self.tests.supporting),
        )

    def add(self, samples: Float[np.ndarray, " samples"]) -> None:
        """Include samples. Definition."""
        self.include(self.of(samples))

    def include(self, batch: Batch) -> None:
        """Include a batch. Definition."""
        self.sums = self.sums + batch.sums
        self._refuting = [state + step for state, step in zip(self._refuting, batch.refuting, strict=True)]
        self._supporting = [state + step for state, step in zip(self._supporting, batch.supporting, strict=True)]

    @property
    def log_against(self) -> float:
        """Evidence against the claim, nats. Definition."""
        return log_mean_exp([t.log_e(s) for t, s in zip(self.tests.refuting, self._refuting, strict=True)])

    @property
    def log_for(self) -> float:
        """Evidence against "violated by at least delta", nats; the weaker of the two sides for "==". Definition."""
        logs = [test.log_e(state) for test, state in zip(self.tests.supporting, self._supporting, strict=True)]
        return min(logs) if logs else -math.inf


def draw(claim: Claim, theta: Mapping[str, Any], key: jax.Array, sampler: Callable | None = None) -> np.ndarray:
    """One batch of the statistic in float64.

    Definition.

    Args:
        claim: says which sampler and which batch size.
        theta: the example.
        key: consumed.
        sampler: other function than `claim.sample` (the simulation of a deterministic claim).

    Returns:
        `claim.batch_size` numbers.

    Raises:
        ValueError: the sampler returned another shape.
    """
    sampler = claim.sample if sampler is None else sampler
    if sampler is None:
        raise ValueError(f"claim {claim.id!r} must have a sampler to be simulated; got none. Give it `sample`.")
    samples = np.asarray(sampler(theta, key, claim.batch_size), np.float64)
    if samples.shape != (claim.batch_size,):
        raise ValueError(
            f"the sampler of {claim.id!r} must return shape ({claim.batch_size},); got {samples.shape} "
            f"at {dict(theta)}. Return one number per replicate."
        )
    return samples


def first_batch(claim: Claim, root: str, theta: Mapping[str, Any]) -> np.ndarray:
    """What the main stream of an example begins with. Definition."""
    return draw(claim, theta, batch_key(derive_key(root, claim.id, theta, "main"), 0))


def defect(samples: Float[np.ndarray, " samples"], tail: Tail) -> str:
    """Which declared fact a batch breaks, in words; empty if none. Definition."""
    if not np.all(np.isfinite(samples)):
        return f"{int(np.sum(~np.isfinite(samples)))} of {samples.size} samples are not finite"
    if tail.lower is not None and float(np.min(samples)) < tail.lower:
        return f"a sample {np.min(samples):.9g} lies below the declared lower end {tail.lower:.9g}"
    if tail.upper is not None and float(np.max(samples)) > tail.upper:
        return f"a sample {np.max(samples):.9g} lies above the declared upper end {tail.upper:.9g}"
    return ""


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
    first: Callable[[], np.ndarray] | None = None,
    team: zd.distributed.Processes = zd.distributed.ALONE,
) -> Outcome:
    """Decide one example of an EP claim; a pure function of (root, claim id, example, stream) unless the time runs out.

    Batch i draws from fold_in(key of the address, i). Stops when decided, unless `num_samples` fixes the size.

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
        first: waits for what `first_batch` draws, where that was called before; None draws it here.
        team: processes that draw the batches in turn. What one of them finds, all of them find, batch for batch; those
            drawn beyond the decision are dropped.

    Returns:
        The outcome, with an interval at `budget.confirm_delta`.

    Source: statistics of the tests in `sequential`.
    """
    bound, delta, slack = float(claim.bound_at(theta)), float(claim.delta_at(theta)), claim.slack_at(theta)
    tail = widen(claim.tail_at(theta), slack)
    evidence = Evidence(hypotheses(claim.relation, bound, delta, slack, tail), bound)
    key = derive_key(root, claim.id, theta, stream)
    threshold = budget.log_example_threshold if num_samples is None else -math.log(budget.confirm_delta)
    limit = budget.n_max if num_samples is None else num_samples
    status, note = Status.UNDECIDED, ""
    if not math.isfinite(bound):
        status, note = Status.INVALID, f"the bound is {bound}"

    def one(index: int) -> Batch:
        samples = first() if first is not None and index == 0 else draw(claim, theta, batch_key(key, index))
        broken = defect(samples, tail)
        return Batch.broken(broken) if broken else evidence.of(samples)

    batches = in_turn(one, expired, team)
    while status is Status.UNDECIDED and evidence.sums.n < limit:
        batch = next(batches, None)
        if batch is None:
            break
        if batch.note:
            status, note = Status.INVALID, batch.note
            break
        evidence.include(batch)
        if watch is not None:
            watch(evidence.sums.n, evidence.log_against)
        if num_samples is None or evidence.sums.n >= limit:
            status = _decide(evidence, threshold, budget)
    return _outcome(claim, theta, evidence, tail, status, note, stream, (bound, delta, slack), budget)


def _decide(evidence: Evidence, threshold: float, budget: Budget) -> Status:
    if evidence.log_against >= threshold:
        return Status.REFUTED
    if evidence.log_for >= budget.log_support_threshold:
        return Status.SUPPORTED
    return Status.UNDECIDED


def _outcome(claim, theta, evidence, tail, status, note, stream, numbers, budget) -> Outcome:
    bound, delta, slack = numbers
    sums = evidence.sums
    low, high = confidence_sequence(sums, budget.confirm_delta, tail.lower, tail.upper, tail.variance)
    value = sums.mean
    undecided = status is Status.UNDECIDED and sums.n > 0
    if undecided and not evidence.tests.supporting:
        note = "no margin above the slack, or no tail fact on that side: this example can be refuted but not supported"
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
        samples_to_decide=planned_samples(sums, claim.relation, bound, delta, slack, budget) if undecided else None,
        stream=stream,
        note=note,
    )

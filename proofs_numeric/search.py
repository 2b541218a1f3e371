"""Decide one claim over its domain, without its neighbours.

Exact routes enumerate; Monte Carlo sweeps, hunts and shrinks.
"""

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import zenil_dynamics as zd
from proofs_numeric.ahead import Ahead
from proofs_numeric.batch import agreed
from proofs_numeric.budget import Budget
from proofs_numeric.claim import Claim, Route
from proofs_numeric.exact_check import Cache, check_exactly
from proofs_numeric.hunt import Record, hunt, position, shrink, sweep_order
from proofs_numeric.mean_check import check_mean, first_batch
from proofs_numeric.outcome import Outcome
from proofs_numeric.sequential import merge
from proofs_numeric.verdict import Status


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run stands; handed to the caller's callback after every batch or example. Definition.

    Args:
        claim_id: claim or variant at work.
        phase: "sweep", "hunt", "shrink", "confirm", "simulate" or "done".
        num_examples: examples visited for it.
        n: samples drawn at the current example.
        log_e: nats against the claim there; None for exact routes.
        threshold: nats needed there; None for exact routes.
    """

    claim_id: str
    phase: str
    num_examples: int = 0
    n: int = 0
    log_e: float | None = None
    threshold: float | None = None


Callback = Callable[[Progress], None]


class Clock:
    """Wall time since the start, and whether the allowance is used up. Definition.

    Args:
        seconds: allowance.
    """

    def __init__(self, seconds: float):
        self._start = time.perf_counter()
        self._seconds = seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the start. Definition."""
        return time.perf_counter() - self._start

    def restart(self) -> None:
        """Count from now on. Definition."""
        self._start = time.perf_counter()

    def expired(self) -> bool:
        """Whether the allowance is used up. Definition."""
        return self.elapsed > self._seconds


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a search over the domain found. Definition.

    Args:
        status: of the claim on the examples visited.
        outcomes: of every example visited.
        minimal: simplest refuted example, or None.
        convincing: refuted example with most conviction, or None.
        closest: example nearest to a violation, None if nothing was visited.
        complete: every admitted example of the domain was decided.
        log_e: merged evidence, nats; None for exact routes.
        note: one sentence, empty if there is nothing to say.
    """

    status: Status
    outcomes: tuple[Outcome, ...] = ()
    minimal: Outcome | None = None
    convincing: Outcome | None = None
    closest: Outcome | None = None
    complete: bool = True
    log_e: float | None = None
    note: str = ""

    @property
    def num_samples(self) -> int:
        """Samples drawn over all examples. Definition."""
        return sum(outcome.n for outcome in self.outcomes)


class _Located:
    """Adds to an error of a claim's own functions where it happened; handles nothing."""

    def __init__(self, claim: Claim, theta: Mapping[str, Any]):
        self._sentence = f"while checking claim {claim.id!r} at {dict(theta)}"

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, Exception):
            error.add_note(self._sentence)


class Searcher:
    """Searches for one claim or variant.

    Definition.

    Args:
        claim: what is decided.
        budget: thresholds and limits.
        root: hexadecimal root of the run.
        cache: remembers deterministic evaluations; shared with variants.
        callback: told about progress, or None.
        first_only: stop at the first refuted example: enough for a mutant.
        team: processes that share the batches of Monte Carlo claims; deterministic ones are decided by each of them.
    """

    def __init__(
        self,
        claim: Claim,
        budget: Budget,
        root: str,
        cache: Cache,
        callback: Callback | None = None,
        first_only: bool = False,
        team: zd.distributed.Processes = zd.distributed.ALONE,
    ):
        self.team = team
        self.claim, self.budget, self.root, self.cache = claim, budget, root, cache
        self.callback, self.first_only = callback, first_only
        self.clock = Clock(budget.seconds)
        self.phase = "sweep"
        self.record = Record(self._check)
        self.ahead = Ahead(functools.partial(first_batch, claim, root))
        self.visited = 0
        self._warm = False

    def _tell(self, n: int = 0, log_e: float | None = None) -> None:
        if n and not self._warm:
            # The first batch compiles; charging that to the claim would make verdicts depend on a cold cache.
            self._warm = True
            self.clock.restart()
        if self.callback is None:
            return
        threshold = None if log_e is None else self.budget.log_example_threshold
        self.callback(
            Progress(
                claim_id=self.claim.id,
                phase=self.phase,
                num_examples=self.visited,
                n=n,
                log_e=log_e,
                threshold=threshold,
            )
        )

    def _check(self, theta: Mapping[str, Any]) -> Outcome | None:
        monte_carlo = self.claim.route is Route.EP
        # The first example always runs, so that a slow machine still reports something.
        if self.visited and agreed(self.clock.expired, self.team if monte_carlo else zd.distributed.ALONE):
            return None
        self.visited += 1
        with _Located(self.claim, theta):
            if monte_carlo:
                return check_mean(
                    self.claim,
                    theta,
                    self.budget,
                    self.root,
                    expired=self.clock.expired,
                    watch=self._tell,
                    first=self.ahead.first(theta),
                    team=self.team,
                )
            outcome = check_exactly(self.claim, theta, self.cache)
        self._tell()
        return outcome

    def run(self) -> Finding:
        """Search the domain and say what was found.

        Returns:
            The finding.

        Source: Definition.
        """
        exact = self.claim.route is not Route.EP
        whole = self.claim.num_examples <= (self.budget.num_enumerated if exact else self.budget.num_examples)
        thetas = self.claim.examples() if whole else iter(self._sweep(exact))
        if not exact and not self.first_only and self.team.count == 1:
            thetas = self.ahead.over(thetas)
        complete = whole
        for theta in thetas:
            outcome = self.record(theta)
            if outcome is None:
                complete = False
                break
            decided = outcome.status in (Status.REFUTED, Status.INVALID)
            if decided and (self.first_only or not exact):
                complete = False
                break
        self._refine(exact, whole)
        return self._conclude(exact, complete)

    def _sweep(self, exact: bool) -> list[dict[str, Any]]:
        count = max(1, self.budget.num_enumerated // 10) if exact else self.budget.num_examples
        return sweep_order(self.claim, self.root, count)

    def _refine(self, exact: bool, whole: bool) -> None:
        if self.first_only or any(outcome.status is Status.INVALID for outcome in self.record.outcomes):
            return
        if not whole and not self.record.refuted and self.budget.hunt_examples and self.record.outcomes:
            self.phase = "hunt"
            hunt(self.claim, self.record, self.root, self.budget.hunt_examples)
        # A whole enumeration in domain order has met the minimal counterexample already.
        if self.record.refuted and not (exact and whole):
            self.phase = "shrink"
            start = min(self.record.refuted, key=lambda outcome: position(self.claim, outcome.theta))
            shrink(self.claim, self.record, start.theta, self.budget.shrink_examples)

    def _conclude(self, exact: bool, complete: bool) -> Finding:
        outcomes, refuted = self.record.outcomes, self.record.refuted
        if not outcomes:
            return Finding(status=Status.VACUOUS, note="no example of the domain meets the assumptions")
        closest = max(outcomes, key=lambda outcome: outcome.excess)
        log_e = None if exact else merge([outcome.log_e or 0.0 for outcome in outcomes], self.budget.max_examples)
        statuses = {outcome.status for outcome in outcomes}
        note, minimal, convincing = "", None, None
        if Status.INVALID in statuses:
            status = Status.INVALID
            closest = next(outcome for outcome in outcomes if outcome.status is Status.INVALID)
            note = closest.note or "a value is not a number"
        elif refuted:
            status = Status.REFUTED
            minimal = min(refuted, key=lambda outcome: position(self.claim, outcome.theta))
            convincing = max(refuted, key=lambda outcome: outcome.conviction)
        elif log_e is not None and log_e >= self.budget.log_claim_threshold:
            status, convincing = Status.REFUTED, max(outcomes, key=lambda outcome: outcome.conviction)
            note = "refuted by the pooled evidence of all examples; no single example crosses its own threshold"
        elif statuses == {Status.SUPPORTED} and (complete or not exact or not self.clock.expired()):
            status = Status.SUPPORTED
        else:
            status = Status.UNDECIDED
            if exact and statuses == {Status.SUPPORTED}:
                note = f"the time was up after {len(outcomes)} of {self.claim.num_examples} examples"
        return Finding(
            status=status,
            outcomes=tuple(outcomes),
            minimal=minimal,
            convincing=convincing,
            closest=closest,
            complete=complete,
            log_e=log_e,
            note=note,
        )

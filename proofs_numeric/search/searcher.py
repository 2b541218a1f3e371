"""Decide one claim over its domain, without its neighbours.

Exact routes enumerate; Monte Carlo sweeps the domain, then single examples, hunts and shrinks. Where a claim brings a
surface, its gradient proposes further examples on every route.
"""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

import zenil_dynamics as zd
from proofs_numeric.budget import Budget
from proofs_numeric.claims import Claim, Route
from proofs_numeric.exact.exact_check import Cache, check_exactly
from proofs_numeric.keys import canonical, derive_key
from proofs_numeric.monte_carlo.batch import agreed
from proofs_numeric.monte_carlo.canaries import Compilations, key_reuse
from proofs_numeric.monte_carlo.mean_check import check_mean, first_batch
from proofs_numeric.monte_carlo.precision import is_narrow, is_wide
from proofs_numeric.outcome import Outcome
from proofs_numeric.progress import Callback, Clock, Progress
from proofs_numeric.search.ahead import Ahead
from proofs_numeric.search.confirmation import repeated_in_float64
from proofs_numeric.search.domain_sweep import Sweep, sweep_domain
from proofs_numeric.search.finding import Finding
from proofs_numeric.search.gradient_hunt import gradient_hunt
from proofs_numeric.search.hunt import Record, hunt, position, shrink, sweep_order
from proofs_numeric.sequential import log_mean_exp, merge
from proofs_numeric.verdict import Status

_SWEEP_SHARE = 0.5
"""Of a claim's time, what its domain sweep may take, coverage included."""

Inspected = dict[int, tuple[Callable, str]]
"""Per sampler, by its id: itself, and what the canary of key reuse said of it."""


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
        inspected: what the canary of key reuse said of each sampler; shared with variants.
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
        inspected: Inspected | None = None,
    ):
        self.team = team
        self.monte_carlo = claim.route is Route.EP
        self.whole, budget = budget, part_of(claim, budget)
        self.claim, self.budget, self.root, self.cache = claim, budget, root, cache
        self.inspected: Inspected = {} if inspected is None else inspected
        self.compilations = Compilations()
        self.recompiled = self.climbed = 0
        self.domain_sweep: Sweep | None = None
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

    def _expired(self) -> bool:
        return agreed(self.clock.expired, self.team if self.monte_carlo else zd.distributed.ALONE)

    def _check(self, theta: Mapping[str, Any]) -> Outcome | None:
        # The first example always runs, so that a slow machine still reports something.
        if self.visited and self._expired():
            return None
        self.visited += 1
        before = self.compilations.number
        outcome = self._outcome(theta)
        self.recompiled += self.visited > 1 and self.compilations.number > before
        return outcome

    def _outcome(self, theta: Mapping[str, Any]) -> Outcome:
        with _Located(self.claim, theta):
            if self.monte_carlo:
                reused = self._reused_key(theta)
                if reused:
                    return _invalid(theta, reused)
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
        with self.compilations.watching():
            if self.monte_carlo and self.claim.sample_each is not None:
                self.phase = "domain"
                self.domain_sweep = self._sweep_domain()
                self.phase = "sweep"
            return self._run()

    def _reused_key(self, theta: Mapping[str, Any]) -> str:
        sample = self.claim.sample
        assert sample is not None, "a Monte Carlo claim has a sampler"
        # Samplers need not be hashable; each is kept beside what was said of it, so that no other one gets its id.
        if id(sample) not in self.inspected:
            key = derive_key(self.root, self.claim.id, theta, "canary")
            self.inspected[id(sample)] = sample, key_reuse(sample, theta, key, self.claim.batch_size)
        return self.inspected[id(sample)][1]

    def _sweep_domain(self) -> Sweep | None:
        def expired() -> bool:
            return agreed(lambda: self.clock.expired(_SWEEP_SHARE), self.team)

        narrow = []

        def sample_each(thetas: Mapping[str, Any], key: Any, size: int) -> np.ndarray:
            drawn = np.asarray(self.claim.sample_each(thetas, key, size))  # pyright: ignore[reportOptionalCall]
            narrow.append(is_narrow(drawn))
            return drawn

        sweep = functools.partial(sweep_domain, budget=self.budget, root=self.root, expired=expired, watch=self._tell)
        with _Located(self.claim, {}):
            found = sweep(self.claim)
            if found is None or not found.refuted or self.claim.slack is not None or is_wide():
                return found
            with repeated_in_float64(self.claim):
                again = sweep(replace(self.claim, sample_each=sample_each), stream="domain/x64")
        # A sampler that names its dtype has repeated nothing, and what it refuted may be its rounding.
        if again is not None and again.refuted and not any(narrow):
            return replace(again, n=found.n + again.n)
        return replace(found, refuted=False, log_e=0.0)

    def _run(self) -> Finding:
        exact = not self.monte_carlo
        if self.domain_sweep is not None and self.domain_sweep.note:
            outcome = _invalid({}, self.domain_sweep.note)
            return Finding(status=Status.INVALID, closest=outcome, note=outcome.note, sweep=self.domain_sweep)
        whole = self.claim.num_examples <= (self.budget.num_enumerated if exact else self.budget.num_examples)
        thetas = self._region_first(self.claim.examples() if whole else iter(self._sweep(exact)))
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

    def _region_first(self, thetas: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Where the domain sweep has seen most evidence is looked at before anything else."""
        room = self.budget.max_examples - self.budget.num_visited
        region = () if self.domain_sweep is None else self.domain_sweep.region[:room]
        seen = {canonical(theta) for theta in region}
        yield from region
        yield from (theta for theta in thetas if canonical(theta) not in seen)

    def _sweep(self, exact: bool) -> list[dict[str, Any]]:
        count = max(1, self.budget.num_enumerated // 10) if exact else self.budget.num_examples
        return sweep_order(self.claim, self.root, count)

    def _refine(self, exact: bool, whole: bool) -> None:
        if any(outcome.status is Status.INVALID for outcome in self.record.outcomes):
            return
        if self.claim.surface is not None and self.budget.gradient_examples and not self.record.refuted:
            self.phase = "gradient"
            before = len(self.record.outcomes)
            gradient_hunt(self.claim, self.record, self.root, self.budget.gradient_examples)
            self.climbed = len(self.record.outcomes) - before
        if self.first_only:
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
        swept = self.domain_sweep is not None and self.domain_sweep.refuted
        if log_e is not None and self.claim.sample_each is not None:
            # The larger of two e-values is none; their mean reaches C/alpha where either reaches 2 C/alpha.
            log_e = log_mean_exp([log_e, 0.0 if self.domain_sweep is None else self.domain_sweep.log_e])
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
        elif swept:
            status = Status.REFUTED
            note = "refuted over the domain as a whole; no single example crosses its own threshold"
        elif log_e is not None and log_e >= self.whole.log_claim_threshold:
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
            sweep=self.domain_sweep,
            num_climbed=self.climbed,
            num_recompiled=self.recompiled,
            num_compilations=self.compilations.number,
        )


def part_of(claim: Claim, budget: Budget) -> Budget:
    """The budget of a claim's examples; half of its error probability where its domain is swept, too. Definition."""
    return budget.part(swept=claim.route is Route.EP and claim.sample_each is not None)


def _invalid(theta: Mapping[str, Any], note: str) -> Outcome:
    """An example at which nothing was tested, because a contract is broken."""
    return Outcome(theta=theta, status=Status.INVALID, value=math.nan, bound=math.nan, excess=math.nan, note=note)

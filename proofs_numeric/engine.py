"""Run a claim: search its domain, look again at what was found, try its neighbours, and write the verdict.

Prints nothing.
"""

import math
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import zenil_dynamics as zd
from proofs_numeric.budget import Budget, budget_rank, require_capacity
from proofs_numeric.claim import Claim, Route
from proofs_numeric.confirmation import confirm_exactly, confirm_mean, confirmed_status, is_numeric, simulate
from proofs_numeric.exact_check import Cache, check_exactly
from proofs_numeric.intervals import ASSUMPTION
from proofs_numeric.keys import fresh_root, validate_root
from proofs_numeric.mean_check import check_mean
from proofs_numeric.outcome import Outcome
from proofs_numeric.search import Callback, Clock, Finding, Progress, Searcher
from proofs_numeric.verdict import NeighbourResult, Status, Verdict

_LOG10 = math.log(10.0)


def check(claim: Claim, theta: Mapping[str, Any], budget: Budget, root: str, stream: str = "main") -> Outcome:
    """Check one example; a pure function of (root, claim id, example, stream).

    Definition.

    Args:
        claim: what is asserted.
        theta: the example.
        budget: thresholds and limits.
        root: hexadecimal root of the run.
        stream: name of the random stream; not read by exact routes.

    Returns:
        The outcome.
    """
    if claim.route is Route.EP:
        return check_mean(claim, theta, budget, root, stream=stream)
    return check_exactly(claim, theta, Cache())


def _frame(claim: Claim, budget: Budget, root: str) -> Verdict:
    """The part of a verdict that is known before the run."""
    return Verdict(
        claim_id=claim.id,
        item=claim.item,
        reading=claim.reading,
        statement=claim.statement,
        source=claim.source,
        status=Status.UNDECIDED,
        expected=claim.expected,
        corrected_by=claim.corrected_by,
        note=claim.note,
        root=root,
        budget=budget.name,
        file=claim.file,
        assumption="; ".join(claim.assumptions),
    )


def run_claim(
    claim: Claim,
    budget: Budget,
    *,
    root: str | None = None,
    progress: Callback | None = None,
    distributed: bool = False,
) -> Verdict:
    """Decide a claim and its neighbours.

    Args:
        claim: what is asserted.
        budget: thresholds and limits.
        root: hexadecimal root of all keys; None draws a fresh one.
        progress: called with a `Progress` after every batch or example, or None.
        distributed: share the draws with all processes of `jax.distributed`, each of which makes this same call and
            returns the same verdict.

    Returns:
        The verdict. An interruption by the keyboard passes through.

    Raises:
        ValueError: `root` is not hexadecimal, or a function of the claim returned nonsense.

    Source: Definition.
    """
    team = zd.distributed.processes() if distributed else zd.distributed.ALONE
    root = common_root(root, team)
    verdict = _decide(claim, budget, root, progress, team)
    # Wall times differ, and so may what a deterministic search reached before its time was up.
    return pickle.loads(team.from_first(lambda: pickle.dumps(verdict))) if distributed else verdict


def common_root(root: str | None, team: zd.distributed.Processes) -> str:
    """The root asked for, or a fresh one on which all processes agree. Definition."""
    if root is not None:
        return validate_root(root)
    return team.from_first(lambda: fresh_root().encode()).decode()


def _decide(
    claim: Claim, budget: Budget, root: str, progress: Callback | None, team: zd.distributed.Processes
) -> Verdict:
    clock = Clock(math.inf)
    verdict = _frame(claim, budget, root)
    if not claim.runs:
        return replace(verdict, status=claim.expected, note=claim.reason)
    if budget_rank(budget.name) < budget_rank(claim.decided_at):
        note = f"not attempted: needs the budget {claim.decided_at} or larger"
        return replace(verdict, attempted=False, rung=claim.route.rung, note=note)
    cache = Cache()
    finding = Searcher(claim, budget, root, cache, progress, team=team).run()
    verdict = _report(verdict, claim, finding, budget, root, progress, team)
    verdict = replace(
        verdict,
        mutants={
            name: _neighbour(
                claim.variant(name, change, Status.REFUTED), "REFUTED", budget, root, cache, progress, team
            )
            for name, change in claim.mutants.items()
        },
        controls={
            name: _neighbour(
                claim.variant(name, change, Status.SUPPORTED), change.must, budget, root, cache, progress, team
            )
            for name, change in claim.controls.items()
        },
    )
    if progress is not None:
        progress(Progress(claim_id=claim.id, phase="done", num_examples=verdict.num_examples, n=verdict.n))
    return replace(verdict, seconds=clock.elapsed)


def _neighbour(
    variant: Claim, required: str, budget: Budget, root: str, cache: Cache, progress, team
) -> NeighbourResult:
    finding = Searcher(variant, budget, root, cache, progress, first_only=True, team=team).run()
    shown = finding.minimal or finding.convincing or finding.closest
    status = finding.status
    if shown is None:
        return NeighbourResult(status=status, required=required)
    if status is Status.REFUTED and variant.route is Route.EP and is_numeric(shown.excess, shown.slack):
        status = Status.NUMERIC
    return NeighbourResult(
        status=status,
        required=required,
        effect=shown.value - shown.bound,
        n=finding.num_samples,
        theta=dict(shown.theta),
    )


def _report(verdict: Verdict, claim: Claim, finding: Finding, budget: Budget, root: str, progress, team) -> Verdict:
    """Fill in what the search found; a refuted claim is looked at a second time."""
    monte_carlo = claim.route is Route.EP
    shown = finding.minimal or finding.convincing or finding.closest
    verdict = replace(
        verdict,
        status=finding.status,
        rung=claim.route.rung,
        num_examples=len(finding.outcomes),
        n=finding.num_samples,
        log10_e=None if finding.log_e is None else finding.log_e / _LOG10,
        threshold=budget.log_claim_threshold / _LOG10 if monte_carlo else None,
        assurance=_assurance(claim, finding, budget),
        scope=_scope(claim, finding),
        note="; ".join(part for part in (claim.note, finding.note) if part),
    )
    if shown is None:
        return verdict
    tail = [f"tail facts: {shown.tail}"] if monte_carlo else [ASSUMPTION] if shown.certified else []
    verdict = replace(
        verdict,
        assumption="; ".join([*claim.assumptions, *tail]),
        delta=shown.delta,
        slack=shown.slack if monte_carlo else None,
    )
    if finding.status is not Status.REFUTED:
        undecided = [o.samples_to_decide for o in finding.outcomes if o.samples_to_decide is not None]
        verdict = _with_numbers(verdict, shown)
        return replace(verdict, closest=shown.instance(), samples_to_decide=max(undecided, default=None))
    if progress is not None:
        progress(Progress(claim_id=claim.id, phase="confirm", num_examples=len(finding.outcomes)))
    if monte_carlo:
        return _confirm_by_stream(verdict, claim, finding, budget, root, team)
    return _confirm_by_path(verdict, claim, finding, budget, root)


def _with_numbers(verdict: Verdict, outcome: Outcome) -> Verdict:
    return replace(
        verdict,
        value=outcome.value,
        bound=outcome.bound,
        effect=outcome.value - outcome.bound,
        interval=outcome.interval,
    )


def _confirm_by_stream(verdict: Verdict, claim: Claim, finding: Finding, budget: Budget, root: str, team) -> Verdict:
    # The minimal example sits at the detection limit, so the most convincing one is looked at again as well.
    firsts = [outcome for outcome in (finding.minimal, finding.convincing) if outcome is not None]
    seconds = [confirm_mean(claim, outcome, budget, root, team) for outcome in firsts]
    verdict = replace(verdict, status=confirmed_status(seconds), n=verdict.n + sum(second.n for second in seconds))
    instances = []
    for second in seconds:
        confirmed = second.status is Status.REFUTED
        note = second.note if confirmed else "not individually confirmed; see the most convincing example"
        instances.append(replace(second, note=note).instance(confirmed))
    verdict = replace(
        verdict,
        counterexample=None if finding.minimal is None else instances[0],
        most_convincing=instances[-1],
    )
    return _with_numbers(verdict, seconds[0])


def _confirm_by_path(verdict: Verdict, claim: Claim, finding: Finding, budget: Budget, root: str) -> Verdict:
    assert finding.minimal is not None, "a deterministic refutation has a minimal example"
    confirmed, sentence = confirm_exactly(claim, finding.minimal)
    counterexample = replace(finding.minimal, note="; ".join(p for p in (finding.minimal.note, sentence) if p))
    verdict = replace(
        verdict,
        counterexample=counterexample.instance(confirmed),
        most_convincing=None if finding.convincing is None else finding.convincing.instance(),
        simulation=simulate(claim, finding.minimal, budget, root),
        status=Status.NUMERIC if confirmed is False else verdict.status,
    )
    return _with_numbers(verdict, finding.minimal)


def _assurance(claim: Claim, finding: Finding, budget: Budget) -> str:
    """What the status rests on, in words."""
    if claim.route is Route.EP:
        if finding.status is Status.REFUTED:
            return f"false alarm with probability at most {budget.alpha_suite:.3g} over the whole run"
        if finding.status is Status.SUPPORTED:
            count = len(finding.outcomes)
            return f"false support with probability at most {count * budget.beta:.3g} (union over {count} examples)"
        return ""
    if finding.outcomes and all(outcome.certified for outcome in finding.outcomes):
        return "certified by interval arithmetic with outward rounding"
    if finding.outcomes and all(outcome.rational for outcome in finding.outcomes):
        return "exact rational arithmetic"
    largest = max((outcome.delta for outcome in finding.outcomes), default=0.0)
    return f"float64 within a tolerance of {largest:.3g}"


def _scope(claim: Claim, finding: Finding) -> str:
    """Where a verdict holds, in words."""
    count = len(finding.outcomes)
    if not count:
        return ""
    if finding.status is Status.REFUTED:
        return f"{sum(outcome.status is Status.REFUTED for outcome in finding.outcomes)} of {count} examples visited"
    if claim.proved:
        return f"proved ({claim.proved}); checked on {count} examples"
    whole = f"all {count}" if finding.complete else f"{count} of {claim.num_examples}"
    return f"on {whole} examples of the domain"


def run_claims(
    claims: Iterable[Claim],
    budget: Budget,
    *,
    root: str | None = None,
    progress: Callback | None = None,
    distributed: bool = False,
) -> Iterator[Verdict]:
    """Decide claims one after another under one error budget.

    Args:
        claims: with distinct ids.
        budget: thresholds and limits of the run.
        root: hexadecimal root of all keys; None draws a fresh one.
        progress: called with a `Progress` after every batch or example, or None.
        distributed: as in `run_claim`.

    Yields:
        One verdict per claim, as soon as it is known.

    Raises:
        ValueError: an id appears twice, or there are more claims and variants than the budget was split for.

    Source: Definition.
    """
    claims = tuple(claims)
    ids = [claim.id for claim in claims]
    repeated = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if repeated:
        raise ValueError(
            f"claim ids must be distinct; got {repeated[0]!r} more than once. Ids are permanent: rename the newer."
        )
    require_capacity(sum(1 + len(claim.mutants) + len(claim.controls) for claim in claims), budget)
    root = common_root(root, zd.distributed.processes() if distributed else zd.distributed.ALONE)
    for claim in claims:
        yield run_claim(claim, budget, root=root, progress=progress, distributed=distributed)

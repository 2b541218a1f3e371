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
from proofs_numeric.claim_words import claim_words
from proofs_numeric.claims import Claim, Route, Variant
from proofs_numeric.exact.exact_check import Cache, check_exactly
from proofs_numeric.keys import fresh_root, validate_root
from proofs_numeric.monte_carlo.mean_check import check_mean
from proofs_numeric.monte_carlo.precision import is_wide
from proofs_numeric.outcome import Outcome
from proofs_numeric.progress import Callback, Clock, Progress
from proofs_numeric.proof import exact_proof
from proofs_numeric.search.confirmation import (
    confirm_exactly,
    in_double,
    needs_float64,
    settle,
    simulate,
    support_in_double,
)
from proofs_numeric.search.finding import Finding
from proofs_numeric.search.searcher import Inspected, Searcher, part_of
from proofs_numeric.search.witnesses import witness_line
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
        return check_mean(claim, theta, part_of(claim, budget), root, stream=stream)
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
        require=claim.require,
        relation=claim.relation if claim.runs else "",
        corrected_by=claim.corrected_by,
        note=claim.note,
        root=root,
        budget=budget.name,
        alpha=budget.alpha_suite,
        beta=budget.beta,
        file=claim.file,
        assumption="; ".join(claim.assumptions),
        said=claim_words(claim),
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
        ValueError: `root` is not hexadecimal, the claim has more neighbours than the budget was split for, or a
            function of the claim returned nonsense.

    Source: Definition.
    """
    require_capacity(_size(claim), budget)
    team = zd.distributed.processes() if distributed else zd.distributed.ALONE
    root = common_root(root, team)
    verdict = _decide(claim, budget, root, progress, team)
    # Wall times differ, and so may what a deterministic search reached before its time was up.
    return pickle.loads(team.from_first(lambda: pickle.dumps(verdict))) if distributed else verdict


def _size(claim: Claim) -> int:
    """Decisions that a claim asks for: its own, and those on its neighbours."""
    return 1 + len(claim.mutants) + len(claim.controls)


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
        assert claim.expected is not None
        return replace(verdict, status=claim.expected, note=claim.reason)
    if budget_rank(budget.name) < budget_rank(claim.decided_at):
        note = f"not attempted: needs the budget {claim.decided_at} or larger"
        return replace(verdict, attempted=False, rung=claim.route.rung, note=note)
    cache = Cache()
    inspected: Inspected = {}
    finding = Searcher(claim, budget, root, cache, progress, team=team, inspected=inspected).run()
    verdict = _report(verdict, claim, finding, budget, root, progress, team)
    verdict = _with_neighbours(verdict, claim, budget, root, cache, progress, team, inspected)
    if progress is not None:
        progress(Progress(claim_id=claim.id, phase="done", num_examples=verdict.num_examples, n=verdict.n))
    return replace(verdict, seconds=clock.elapsed)


def run_neighbours(claim: Claim, budget: Budget, *, root: str, progress: Callback | None = None) -> Verdict:
    """Decide the mutants and controls of a claim, not the claim itself.

    Definition.

    Args:
        claim: whose neighbours are decided.
        budget: thresholds and limits.
        root: hexadecimal root of all keys.
        progress: as in `run_claim`.

    Returns:
        A verdict that was not attempted, with the results of the neighbours: the same ones as in `run_claim`.

    Raises:
        ValueError: as `run_claim`.
    """
    require_capacity(_size(claim), budget)
    root = validate_root(root)
    frame = replace(_frame(claim, budget, root), attempted=False, rung=claim.route.rung)
    if not claim.runs or budget_rank(budget.name) < budget_rank(claim.decided_at):
        return frame
    clock = Clock(math.inf)
    frame = _with_neighbours(frame, claim, budget, root, Cache(), progress, zd.distributed.ALONE, {})
    return replace(frame, seconds=clock.elapsed)


def _with_neighbours(
    verdict: Verdict, claim: Claim, budget: Budget, root: str, cache: Cache, progress, team, inspected
) -> Verdict:
    def result(name: str, change: Variant, expected: Status, required: str) -> NeighbourResult:
        neighbour = claim.variant(name, change, expected)
        return _neighbour(neighbour, required, budget, root, cache, progress, team, inspected)

    return replace(
        verdict,
        mutants={name: result(name, v, Status.REFUTED, "REFUTED") for name, v in claim.mutants.items()},
        controls={name: result(name, v, Status.SUPPORTED, v.must) for name, v in claim.controls.items()},
    )


def _neighbour(
    variant: Claim, required: str, budget: Budget, root: str, cache: Cache, progress, team, inspected
) -> NeighbourResult:
    finding = Searcher(variant, budget, root, cache, progress, first_only=True, team=team, inspected=inspected).run()
    shown = finding.minimal or finding.convincing or finding.closest
    status = finding.status
    if shown is None:
        return NeighbourResult(status=status, required=required)
    monte_carlo = variant.route is Route.EP and not is_wide()
    if status is Status.REFUTED and monte_carlo and finding.convincing is not None and needs_float64(variant, shown):
        again = in_double(variant, shown, part_of(variant, budget), root, team)
        status = Status.REFUTED if again.status is Status.REFUTED else Status.NUMERIC
    if status is Status.SUPPORTED and monte_carlo and variant.slack is None:
        status = _support_again(variant, shown, budget, root, team)[0]
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
    proof = exact_proof(claim, finding)
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
        proof=proof.sentence,
        certificate=proof.certificate,
        note="; ".join(part for part in (claim.note, finding.note) if part),
        coverage="" if finding.sweep is None else finding.sweep.sentence,
        num_recompiled=finding.num_recompiled,
        num_compilations=finding.num_compilations,
    )
    if shown is None:
        return verdict
    tail = [f"tail facts: {shown.tail}"] if monte_carlo else []
    verdict = replace(
        verdict,
        assumption="; ".join([*claim.assumptions, *tail]),
        delta=shown.delta,
        slack=shown.slack if monte_carlo and claim.slack is not None else None,
        n_star=shown.n_star,
    )
    if finding.status is not Status.REFUTED:
        undecided = [o.samples_to_decide for o in finding.outcomes if o.samples_to_decide is not None]
        verdict = _with_numbers(verdict, shown)
        if monte_carlo and finding.status is Status.SUPPORTED and claim.slack is None and not is_wide():
            status, sentence = _support_again(claim, shown, budget, root, team)
            verdict = replace(verdict, status=status, note="; ".join(p for p in (verdict.note, sentence) if p))
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
    if not firsts:
        assert finding.closest is not None, "a refuted domain has examples"
        return replace(_with_numbers(verdict, finding.closest), closest=finding.closest.instance())
    status, seconds = settle(claim, firsts, part_of(claim, budget), root, team)
    verdict = replace(verdict, status=status, n=verdict.n + sum(second.n for second in seconds))
    if status is Status.NUMERIC:
        return _numeric(verdict, seconds[0])
    instances = []
    for second in seconds:
        confirmed = second.status is Status.REFUTED
        note = second.note if confirmed else "not individually confirmed; see the most convincing example"
        instances.append(replace(second, note=note).instance(confirmed))
    verdict = replace(
        verdict,
        counterexample=None if finding.minimal is None else instances[0],
        most_convincing=instances[-1],
        keep=witness_line(claim, [instance.theta for instance in instances]),
    )
    return _with_numbers(verdict, seconds[0])


def _numeric(verdict: Verdict, look: Outcome) -> Verdict:
    """What float64 does not confirm is no counterexample; both intervals are in the note."""
    note = "; ".join(part for part in (verdict.note, look.note) if part)
    return replace(_with_numbers(verdict, look), closest=look.instance(), note=note, assurance="", scope="")


def _support_again(claim: Claim, outcome: Outcome, budget: Budget, root: str, team) -> tuple[Status, str]:
    """The status of a supported claim without a slack after a look in float64, and what to say of it."""
    again = support_in_double(claim, outcome, part_of(claim, budget), root, team)
    if again.status is Status.SUPPORTED:
        return Status.SUPPORTED, "no slack declared: repeated in float64 at the example nearest to a violation"
    status = Status.NUMERIC if again.status is Status.REFUTED else again.status
    return status, f"supported in float32, {again.status} in float64 at the example nearest to a violation"


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
        proof="" if confirmed is False else verdict.proof,
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
    if finding.outcomes and all(outcome.rational for outcome in finding.outcomes):
        return "exact rational arithmetic"
    if finding.outcomes and all(outcome.certified or outcome.rational for outcome in finding.outcomes):
        return "certified by ball arithmetic"
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
    visited = count - finding.num_climbed
    whole = f"all {visited}" if finding.complete else f"{visited} of {claim.num_examples}"
    climbed = f" and {finding.num_climbed} that a gradient led to" if finding.num_climbed else ""
    return f"on {whole} examples of the domain{climbed}"


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
    require_capacity(sum(map(_size, claims)), budget)
    root = common_root(root, zd.distributed.processes() if distributed else zd.distributed.ALONE)
    for claim in claims:
        yield run_claim(claim, budget, root=root, progress=progress, distributed=distributed)

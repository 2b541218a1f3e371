"""What a checked claim ends as: a status, the evidence for it, and what it rests on.

A verdict is a sentence with numbers, never a truth value: an UNDECIDED claim is neither passed nor failed, so
`bool(verdict)` raises.
"""

import enum
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proofs_numeric.pictures import Curve, EvidencePath
from proofs_numeric.proportion import clopper_pearson
from proofs_numeric.resolution_curve import ResolutionCurve


class Status(enum.StrEnum):
    """The seven ways in which a claim can end.

    Definition. REFUTED and SUPPORTED are statements with an error level (zero for the exact routes); UNDECIDED asks
    for a larger budget; INVALID means that a declared fact (range, finiteness) was broken; NUMERIC that the effect
    is no larger than the rounding allowance; NOT_TESTABLE that no finite run decides the sentence; VACUOUS that no
    instance meets the assumptions.
    """

    REFUTED = "REFUTED"
    SUPPORTED = "SUPPORTED"
    UNDECIDED = "UNDECIDED"
    INVALID = "INVALID"
    NUMERIC = "NUMERIC"
    NOT_TESTABLE = "NOT_TESTABLE"
    VACUOUS = "VACUOUS"


class Rung(enum.StrEnum):
    """How the numbers behind a verdict were obtained. Definition: exact rungs first, Monte Carlo last."""

    ENUMERATION = "enumeration"
    RECURSION = "recursion"
    CLOSED_FORM = "closed form"
    POPULATION = "population"
    INTERVAL = "interval"
    MONTE_CARLO = "monte carlo"


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One example of a claim with the numbers found there.

    Definition.

    Args:
        theta: parameter name -> value.
        value: the statistic: exact, or estimated (units of the claim).
        bound: what the claim compares it with, same units.
        effect: value - bound. For Monte Carlo it comes from the stream named in `stream`.
        interval: (lower, upper) of `effect`, or None where the value is exact.
        stream: "exact", or the name of the random stream behind the numbers.
        log_e: evidence against the claim at this example, nats; None for exact routes.
        n: samples behind the numbers; 0 for exact routes.
        confirmed: True or False where a second, independent look was taken, else None.
        note: one sentence, empty if there is nothing to say.
    """

    theta: Mapping[str, Any]
    value: float
    bound: float
    effect: float
    interval: tuple[float, float] | None = None
    stream: str = "exact"
    log_e: float | None = None
    n: int = 0
    confirmed: bool | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NeighbourResult:
    """How a mutant or a control of a claim ended. Definition.

    Args:
        status: verdict on the neighbour.
        required: "REFUTED" (a mutant), "NOT_REFUTED" or "SUPPORTED" (a control).
        effect: value - bound at the example that decided, None if nothing was evaluated.
        n: samples spent.
        theta: the example that decided, or None.
    """

    status: Status
    required: str
    effect: float | None = None
    n: int = 0
    theta: Mapping[str, Any] | None = None

    @property
    def passed(self) -> bool:
        """Whether the neighbour ended as required: a mutant killed, a control left standing. Definition."""
        if self.required == "NOT_REFUTED":
            return self.status in (Status.SUPPORTED, Status.UNDECIDED)
        return self.status == self.required

    @property
    def parts(self) -> bool:
        """Whether the outcome contradicts what was required; UNDECIDED never does. Definition."""
        return not self.passed and self.status is not Status.UNDECIDED


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome of one claim. Definition.

    Args:
        claim_id: permanent id of the claim.
        item: item of the paper.
        reading: R1..R8, RF or ALG.
        statement: the sentence in our words.
        source: item and equation.
        status: how it ended.
        relation: between statistic and bound, or between laws; empty where nothing runs.
        expected: what was predicted before any run; None if nothing was.
        require: "supported" if anything else parts; see `Claim`.
        rung: how the numbers were obtained; None where nothing ran.
        attempted: False when the budget is below the smallest one at which the claim must be decided.
        assurance: what the status rests on, in words ("exact rational arithmetic", "error probability at most ...").
        scope: where it holds, in words ("on all 40 examples of the domain").
        proof: what is proved ("proved for this instance", "proved on this box: q in [0, 1/2]"); empty where floats or
            draws decided.
        certificate: what another program needs to decide it again (docs/certificates.md), or None.
        certificate_file: where it was written, empty if nowhere.
        assumption: tail facts and other premises used, in words.
        note: horizon, surrogate, or reason why nothing was run.
        num_examples: examples evaluated.
        n: samples drawn in all (0 for exact routes).
        log10_e: claim-level evidence against the claim, decimal logarithm; None for exact routes.
        threshold: decimal logarithm that `log10_e` has to reach; None for exact routes.
        effect: value - bound at the minimal counterexample, else at the example nearest to a violation.
        interval: (lower, upper) of that effect, or None.
        value: the statistic there.
        bound: the bound there.
        counterexample: minimal counterexample of a refuted claim, else None.
        most_convincing: counterexample with the largest violation, else None.
        closest: example nearest to a violation of a claim that was not refuted, else None.
        simulation: independent Monte Carlo estimate beside an exact counterexample, or None.
        n_star: samples that would show an effect as small as the slack, None where there is none or nothing was drawn.
        coverage: how much of the domain can be violated, from uniformly drawn examples, in words; empty if unknown.
        keep: the line that keeps the counterexamples for later runs, `witnesses=(...),`; empty if they are kept.
        num_recompiled: examples after the first one at which something was compiled; a cost, not a fault.
        num_compilations: programs compiled while the claim was searched.
        samples_to_decide: planned number of samples for an UNDECIDED example, else None.
        delta: violation margin or numerical tolerance at the reported example.
        slack: numerical slack eta at the reported example, None for exact routes.
        mutants: name -> result.
        controls: name -> result.
        corrected_by: ids of the claims that state the corrected version.
        resolution: how small an error of the bound would have been seen, None where nobody asked.
        said: what the claim says beside its statement, see `claim_words`.
        curve: value and bound along one parameter, None where nobody drew it.
        evidence_path: of the example shown, None where nobody drew it.
        seconds: wall time.
        root: hexadecimal root of all random keys of the run.
        budget: name of the budget.
        alpha: probability that any true claim of the run is refuted; None if unknown.
        beta: probability per example that a violation of size delta is supported; None if unknown.
        file: the Python file that the claim comes from; empty for the catalogue.
    """

    claim_id: str
    item: str
    reading: str
    statement: str
    source: str
    status: Status
    expected: Status | None
    require: str = ""
    relation: str = ""
    rung: Rung | None = None
    attempted: bool = True
    assurance: str = ""
    scope: str = ""
    proof: str = ""
    certificate: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    certificate_file: str = field(default="", compare=False)
    assumption: str = ""
    note: str = ""
    num_examples: int = 0
    n: int = 0
    log10_e: float | None = None
    threshold: float | None = None
    effect: float | None = None
    interval: tuple[float, float] | None = None
    value: float | None = None
    bound: float | None = None
    counterexample: Instance | None = None
    most_convincing: Instance | None = None
    closest: Instance | None = None
    simulation: Instance | None = None
    n_star: float | None = None
    coverage: str = ""
    keep: str = ""
    # What a process had compiled before is no part of a verdict.
    num_recompiled: int = field(default=0, compare=False)
    num_compilations: int = field(default=0, compare=False)
    samples_to_decide: int | None = None
    delta: float | None = None
    slack: float | None = None
    mutants: Mapping[str, NeighbourResult] = field(default_factory=dict)
    controls: Mapping[str, NeighbourResult] = field(default_factory=dict)
    corrected_by: tuple[str, ...] = ()
    resolution: ResolutionCurve | None = None
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    curve: Curve | None = None
    evidence_path: EvidencePath | None = None
    seconds: float = 0.0
    root: str = ""
    budget: str = ""
    alpha: float | None = None
    beta: float | None = None
    file: str = ""

    def __bool__(self) -> bool:
        raise TypeError(
            f"a verdict has no truth value: {self.claim_id} is {self.status}. Compare `verdict.status` with a `Status`."
        )

    @property
    def exact(self) -> bool:
        """Whether no randomness stands behind the status. Definition."""
        return self.rung is not Rung.MONTE_CARLO

    @property
    def kill_rate(self) -> float | None:
        """Share of the mutants that were refuted, None without mutants. Definition."""
        if not self.mutants:
            return None
        return sum(result.passed for result in self.mutants.values()) / len(self.mutants)

    @property
    def kill_interval(self) -> tuple[float, float] | None:
        """95 % Clopper-Pearson interval of the kill rate, None without mutants.

        Definition. It speaks of mutants like these: as if they had been drawn from a population of them.
        """
        if not self.mutants:
            return None
        return clopper_pearson(sum(result.passed for result in self.mutants.values()), len(self.mutants))

    @property
    def weak(self) -> bool:
        """True when a claim that ran shows no discrimination.

        Definition. No mutant killed and no control left standing.
        """
        ran = self.attempted and self.status not in (Status.NOT_TESTABLE, Status.VACUOUS)
        return ran and not any(result.passed for result in (*self.mutants.values(), *self.controls.values()))

    def as_expected(self, strict: bool = False) -> bool:
        """Whether status, mutants and controls agree with what was written down before the run.

        Definition. UNDECIDED (and "not attempted") never parts, except with `strict`; nor does a claim without a
        written expectation, except that `strict` wants it decided.

        Args:
            strict: also require every decision and every killed mutant.

        Returns:
            True if nothing parts.
        """
        neighbours = (*self.mutants.values(), *self.controls.values())
        if strict and not (self.attempted and all(result.passed for result in neighbours)):
            return False
        return self._agrees(strict) and not any(result.parts for result in neighbours)

    def _agrees(self, strict: bool) -> bool:
        """Whether the status alone, without the neighbours, is as expected and as required."""
        if self.require and self.attempted and self.status is not Status.SUPPORTED:
            return False
        if self.expected is None:
            return not strict or self.status in (Status.SUPPORTED, Status.REFUTED)
        return self.status == self.expected or (self.status is Status.UNDECIDED and not strict)

    @property
    def reproduction(self) -> str:
        """Command line that repeats this verdict from the same keys. Definition."""
        where = f"{shlex.quote(self.file)} " if self.file else ""
        return f"zenil verify {where}{self.claim_id} --budget {self.budget} --root {self.root}"

"""A claim is data: one sentence in one reading, with all that decides it, written down before the run.

Deterministic routes supply numbers (`evaluate`, or `value` and `bound`); the route EP supplies a sampler, a bound,
tail facts that license the test, a margin and a numerical slack. A claim holds *for all* examples of its domain.
"""

import enum
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from proofs_numeric.real_box import exact_box
from proofs_numeric.relation import BETWEEN_LAWS, BETWEEN_NUMBERS, RELATIONS
from proofs_numeric.surface import Surface
from proofs_numeric.tail import Tail
from proofs_numeric.variant import Theta as Theta
from proofs_numeric.variant import Variant as Variant
from proofs_numeric.verdict import Rung, Status

READINGS = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "RF", "ALG", "OWN")
MEAN_RELATIONS = ("<=", "<", ">=", ">", "==")
BUDGET_NAMES = ("smoke", "quick", "standard", "deep")
_NEEDED = {relation: ("sample",) for relation in BETWEEN_LAWS} | dict.fromkeys(
    ("law", "symmetric", "scale ratio"), ("sample", "bound")
)
"""Fields without which a relation between laws cannot be decided."""


class Route(enum.StrEnum):
    """How a claim is decided. Definition."""

    EX = "EX"
    REC = "REC"
    CF = "CF"
    POP = "POP"
    INT = "INT"
    EP = "EP"

    @property
    def rung(self) -> Rung:
        """The rung of the exactness ladder behind this route. Definition."""
        return {
            Route.EX: Rung.ENUMERATION,
            Route.REC: Rung.RECURSION,
            Route.CF: Rung.CLOSED_FORM,
            Route.POP: Rung.POPULATION,
            Route.INT: Rung.INTERVAL,
            Route.EP: Rung.MONTE_CARLO,
        }[self]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One assertion in one reading, with all that decides it. Definition.

    Args:
        id: permanent; lower case, digits and hyphens. Change the statement, change the id.
        item: item of the paper ("Thm 2", "Prop 1", "Eq. (26)"); empty for claims that stand in no paper.
        reading: R1..R8, RF or ALG; OWN for a claim that is about no loop of the paper.
        statement: the sentence in our words, finite horizon included.
        source: where it stands ("arXiv:2601.05280v2, Theorem 2, Eq. (12)") or which master result it corrects to.
        route: EX, REC, CF, POP, INT or EP.
        expected: predicted status, written before any run. None: nothing was predicted, so the verdict cannot part.
        require: "supported": whatever was expected, the claim parts unless it ends SUPPORTED; empty: no more than
            `expected` is asked.
        relation: "<=", "<", ">=", ">" or "==" between statistic and bound; on the route EP also "law", "same law",
            "stochastically below", "drift", "symmetric" or "scale ratio", see `questions`.
        domain: parameter name -> tuple of values, simplest first; examples are the product in this order, so that
            the first violated example is the minimal one.
        where: keeps the examples that meet the assumptions; None keeps all.
        box: INT: real parameters -> (lower, upper). The claim speaks of every point of this box; in theta each of them
            is a formula (see `expressions`), and so are value and bound.
        witnesses: examples of the domain that every budget visits first: known counterexamples, so that
            a sweep of a few examples cannot miss them.
        evaluate: deterministic: theta -> (value, bound); numbers, Fractions, formulas, balls of Arb, Intervals, or
            equally long sequences of them.
        value: deterministic: theta -> value; wins over `evaluate`.
        bound: theta -> bound; wins over `evaluate`. Required for EP; relations between laws take 0 without it,
            but "law" wants a law here, "symmetric" a centre and "scale ratio" a ratio.
        sample: EP: (theta, key, num_replicates) -> (num_replicates,) independent draws of the statistic; rows of
            several numbers for relations between laws.
        tail: EP: facts about the statistic, or theta -> facts.
        slack: EP: numerical slack eta of the mean, in its units, or theta -> eta; 0.0 if draws are exact. None: not
            known, so whatever float32 decides is looked at again in float64.
        sample_each: EP: (mapping of arrays of shape (num_replicates,), key, num_replicates) -> (num_replicates,) draws,
            one per replicate at its own example; a parameter with one value is that value. With it the whole domain is
            tested at once before single examples.
        surface: a differentiable excess over a box, which the gradient hunt climbs to propose examples.
        delta: tolerance (deterministic) or the smallest excess that we would call a violation (EP); number or theta
            -> number.
        batch_size: EP: replicates per call of `sample`, always the same, so that it compiles once.
        confirm: deterministic: theta -> value by an independent second path.
        simulate: deterministic: (theta, key, num_replicates) -> independent draws whose mean is the value; printed
            next to it.
        simulate_tail: tail facts of these draws, as `tail`; without them the printed interval is labelled approximate.
        mutants: name -> variant that must be REFUTED.
        controls: name -> variant that must not be refuted.
        assumptions: premises in words.
        note: horizon or surrogate in words ("refuted surrogate refutes the theorem; supported surrogate does not
            prove it").
        reason: why nothing is run; required for NOT_TESTABLE and VACUOUS.
        proved: reference to a proof that covers more than the grid; empty if support is on the grid only.
        corrected_by: ids of the claims with the corrected statement.
        along: parameter -> values along which a report draws value and bound through the example that it shows, in
            place of the values of the domain; the functions of the claim must know them.
        second_hand: how the statement is known if its text was not read ("from the abstract", "as quoted by ...");
            empty if it was.
        decided_at: smallest budget at which a decision is required.
        file: set by the command line for claims of a user's file; leave alone.
        adjust_value: set by `variant`; leave alone.
        adjust_bound: set by `variant`; leave alone.
    """

    id: str
    item: str = ""
    reading: str = "OWN"
    statement: str
    source: str = ""
    route: Route
    expected: Status | None = None
    require: str = ""
    relation: str = "<="
    domain: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    where: Callable[[Theta], bool] | None = None
    box: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    witnesses: tuple[Theta, ...] = ()
    evaluate: Callable[[Theta], tuple[Any, Any]] | None = None
    value: Callable[[Theta], Any] | None = None
    bound: Callable[[Theta], Any] | None = None
    sample: Callable[[Theta, Any, int], Any] | None = None
    sample_each: Callable[[Mapping[str, Any], Any, int], Any] | None = None
    surface: Surface | None = None
    tail: Tail | Callable[[Theta], Tail] | None = None
    slack: float | Callable[[Theta], float] | None = None
    delta: Any = 0
    batch_size: int = 1024
    confirm: Callable[[Theta], Any] | None = None
    simulate: Callable[[Theta, Any, int], Any] | None = None
    simulate_tail: Tail | Callable[[Theta], Tail] | None = None
    mutants: Mapping[str, Variant] = field(default_factory=dict)
    controls: Mapping[str, Variant] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    proved: str = ""
    corrected_by: tuple[str, ...] = ()
    along: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    second_hand: str = ""
    decided_at: str = "quick"
    file: str = ""
    adjust_value: Callable[[Theta, Any], Any] | None = None
    adjust_bound: Callable[[Theta, Any], Any] | None = None

    def __post_init__(self):
        self._require(
            re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*(~.+)?", self.id),
            "id",
            "be lower-case words joined by hyphens",
            self.id,
        )
        object.__setattr__(self, "route", Route(self.route))
        if self.expected is not None:
            object.__setattr__(self, "expected", Status(self.expected))
        self._require(self.require in ("", "supported"), "require", "be 'supported' or empty", self.require)
        self._require(self.reading in READINGS, "reading", f"be one of {READINGS}", self.reading)
        self._require(self.relation in RELATIONS, "relation", f"be one of {RELATIONS}", self.relation)
        if self.route is not Route.EP:
            self._require(
                self.relation in BETWEEN_NUMBERS,
                "relation",
                f"be one of {BETWEEN_NUMBERS} on {self.route}",
                self.relation,
            )
        self._require(self.decided_at in BUDGET_NAMES, "decided_at", f"be one of {BUDGET_NAMES}", self.decided_at)
        self._require(not isinstance(self.corrected_by, str), "corrected_by", "be a tuple of ids", self.corrected_by)
        self._require(not isinstance(self.assumptions, str), "assumptions", "be a tuple of sentences", self.assumptions)
        for name, values in self.domain.items():
            self._require(
                isinstance(values, tuple) and values,
                f"domain[{name!r}]",
                "be a nonempty tuple, simplest value first",
                values,
            )
        self._require(not self.box or self.route is Route.INT, "route", "be INT where `box` is given", self.route)
        object.__setattr__(self, "box", exact_box(self.box, self.domain))
        for name, values in self.along.items():
            self._require(
                name in {**self.domain, **self.box} and len(self.along) == 1, "along", "name one parameter", name
            )
            self._require(isinstance(values, tuple) and len(values) > 1, "along", "hold several values", values)
        for witness in self.witnesses:
            inside = set(witness) == set(self.domain) and all(
                witness[name] in self.domain[name] for name in self.domain
            )
            self._require(inside and self.admits(witness), "witnesses", "hold admitted examples of the domain", witness)
        if not self.runs:
            self._require(self.reason.strip(), "reason", "say why nothing is run", self.reason)
        elif self.route is Route.EP:
            for name in _NEEDED.get(self.relation, ("sample", "bound", "tail")):
                self._require(getattr(self, name) is not None, name, "be given for the route EP", None)
            self._require(self.batch_size >= 1, "batch_size", "be at least 1", self.batch_size)
            self._require(
                self.sample_each is None or self.relation in MEAN_RELATIONS,
                "sample_each",
                f"come with one of the relations {MEAN_RELATIONS}",
                self.relation,
            )
        else:
            given = self.evaluate is not None or (self.value is not None and self.bound is not None)
            self._require(given, "evaluate", f"be given for the route {self.route} (or both `value` and `bound`)", None)

    def _require(self, condition, argument: str, expectation: str, got) -> None:
        if not condition:
            raise ValueError(
                f"`{argument}` of claim {self.id!r} must {expectation}; got {got!r}. "
                "Correct it where the claim is written."
            )

    @property
    def runs(self) -> bool:
        """Whether there is anything to run: not for lines expected NOT_TESTABLE or VACUOUS. Definition."""
        return self.expected not in (Status.NOT_TESTABLE, Status.VACUOUS)

    @property
    def num_examples(self) -> int:
        """Size of the product of the domain, before `where`. Definition."""
        return math.prod(len(values) for values in self.domain.values())

    def example(self, indices: tuple[int, ...]) -> dict[str, Any]:
        """The example at these positions of the domain's tuples. Definition."""
        return {name: values[index] for (name, values), index in zip(self.domain.items(), indices, strict=True)}

    def is_witness(self, theta: Theta) -> bool:
        """Whether the example is one of `witnesses`. Definition."""
        return any(dict(witness) == dict(theta) for witness in self.witnesses)

    def admits(self, theta: Theta) -> bool:
        """Whether the example meets the assumptions. Definition."""
        return self.where is None or bool(self.where(theta))

    def examples(self) -> Iterator[dict[str, Any]]:
        """All admitted examples in domain order, simplest first. Definition."""
        for indices in itertools.product(*(range(len(values)) for values in self.domain.values())):
            theta = self.example(indices)
            if self.admits(theta):
                yield theta

    def bound_at(self, theta: Theta, inherited: Any = None) -> Any:
        """The bound at an example, after the variant's adjustment. Definition."""
        bound = self.bound(theta) if self.bound is not None else inherited
        return bound if self.adjust_bound is None else self.adjust_bound(theta, bound)

    def delta_at(self, theta: Theta) -> Any:
        """Tolerance or margin at an example; one that is negative or no number would refute what is true.

        Definition.
        """
        delta: Any = self.delta(theta) if callable(self.delta) else self.delta
        self._require(0 <= delta < math.inf, "delta", "be a finite number, at least 0", delta)
        return delta

    def slack_at(self, theta: Theta) -> float:
        """Numerical slack eta at an example. Definition."""
        slack = float(self.slack(theta) if callable(self.slack) else (self.slack or 0.0))
        self._require(0 <= slack < math.inf, "slack", "be a finite number, at least 0", slack)
        return slack

    def tail_at(self, theta: Theta) -> Tail:
        """Tail facts at an example. Definition."""
        tail = self.tail(theta) if callable(self.tail) else self.tail
        return Tail() if tail is None else tail

    def simulate_tail_at(self, theta: Theta) -> Tail:
        """Tail facts of the optional simulation at an example. Definition."""
        tail = self.simulate_tail(theta) if callable(self.simulate_tail) else self.simulate_tail
        return Tail() if tail is None else tail

    def variant(self, name: str, change: Variant, expected: Status) -> "Claim":
        """The neighbouring claim with the fields of `change`; it has its own id and so its own random streams.

        Definition.

        Args:
            name: name of the mutant or control.
            change: fields to replace.
            expected: status that is required of it.

        Returns:
            A claim without mutants and controls.
        """
        changes = change.changes()
        if "domain" in changes or "where" in changes:
            changes["witnesses"] = ()
        if "evaluate" in changes:
            changes.setdefault("value", None)
            changes.setdefault("bound", None)
        if "sample" in changes or "adjust_theta" in changes:
            changes.setdefault("sample_each", None)
        if "domain" in changes:
            changes.setdefault("surface", None)
        if "adjust_theta" in changes:
            changes |= self._elsewhere(changes.pop("adjust_theta"), changes)
        return replace(
            self,
            id=f"{self.id}~{name}",
            statement=change.statement or f"{self.statement} [{name}]",
            expected=expected,
            require="",
            mutants={},
            controls={},
            confirm=None,
            simulate=None,
            **changes,
        )

    def _elsewhere(self, adjust: Callable[[Theta], Theta], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The functions of the statistic, evaluated at another example than the one that the bound is told."""
        sample, value, evaluate = (changes.get(name, getattr(self, name)) for name in ("sample", "value", "evaluate"))
        moved: dict[str, Any] = {}
        if sample is not None:
            moved["sample"] = lambda theta, key, size: sample(adjust(theta), key, size)
        if value is not None:
            moved["value"] = lambda theta: value(adjust(theta))
        if evaluate is not None:
            moved["evaluate"] = lambda theta: (evaluate(adjust(theta))[0], evaluate(theta)[1])
        return moved

"""Is a certificate right? Everything is computed again; what the file says is compared with it, never used instead."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from proofs_numeric.check_certificate.chains import Chain
from proofs_numeric.check_certificate.formulas import Evaluation, Formula, Malformed, read
from proofs_numeric.check_certificate.rounding import Arithmetic, Interval, Undefined

SCHEMA = 1
PLACES = (128, 512, 2048)
"""Binary places tried in turn until an enclosure is narrow enough."""
RELATIONS = ("<=", "<", ">=", ">", "==")
Sides = tuple[Fraction, Fraction]
Box = Mapping[str, Sides]
_DYADIC = re.compile(r"-?\d+(\*2\^-?\d{1,6})?")
_ARITHMETICS = {bits: Arithmetic(bits) for bits in PLACES}


class Rejected(Exception):
    """The certificate says something that is not so, or does not prove what it claims."""


class Found(NamedTuple):
    """What a certificate proves.

    Attributes:
        claim: id.
        status: "SUPPORTED" or "REFUTED".
        instances: number of inequalities.
        boxes: number of boxes behind them.
    """

    claim: str
    status: str
    instances: int
    boxes: int


def verify(content: Any) -> Found:
    """Verify a certificate from scratch.

    Args:
        content: the parsed JSON.

    Returns:
        What it proves.

    Raises:
        Rejected: it does not prove it.
        Malformed: it is no certificate of schema 1.

    Source: docs/certificates.md.
    """
    try:
        if content["schema"] != SCHEMA:
            raise Malformed(f"schema {content['schema']!r} is not {SCHEMA}")
        status, relation, instances = content["status"], content["relation"], content["instances"]
        if status not in ("SUPPORTED", "REFUTED") or relation not in RELATIONS or not isinstance(instances, list):
            raise Malformed("`status`, `relation` or `instances` is not as in schema 1")
        if not instances or (status == "REFUTED" and len(instances) != 1):
            raise Malformed("a supported claim needs instances, a refuted one exactly one")
        boxes = 0
        for index, instance in enumerate(instances):
            try:
                boxes += Instance(instance, status, relation).verify()
            except Rejected as reason:
                raise Rejected(f"instance {index}: {reason}") from None
        claim = content["claim"]
        if not (isinstance(claim, str) and claim.isprintable()):
            raise Malformed(f"`claim` must be one line of text, got {claim!r}")
        return Found(claim, status, len(instances), boxes)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise Malformed(f"a part is missing or of the wrong kind ({type(error).__name__}: {error})") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(f"a number or a formula cannot be read ({error})") from None


class Instance:
    """One example of a certificate.

    Args:
        content: the entry of "instances".
        status: of the claim.
        relation: of the claim.
    """

    def __init__(self, content: Mapping[str, Any], status: str, relation: str):
        self.supported, self.relation = status == "SUPPORTED", relation
        self.delta = Fraction(content["delta"])
        self.chains = [Chain(chain) for chain in content["chains"]]
        self.laws = [chain["laws"] for chain in content["chains"]]
        self._means: dict[tuple[int, int, int, int], Fraction | Interval] = {}
        known: dict[str, Formula] = {}
        for number, line in enumerate(content["definitions"], start=1):
            known[f"#{number}"] = read(line, known)
        self.inequalities = [Inequality(self, entry, known) for entry in content["inequalities"]]

    def verify(self) -> int:
        """Number of boxes behind the inequalities of the example."""
        if self.delta < 0:
            raise Rejected("a tolerance is negative")
        if not self.inequalities or (not self.supported and len(self.inequalities) != 1):
            raise Malformed("an instance needs inequalities, that of a refuted claim exactly one")
        self._verify_laws()
        return sum(inequality.verify() for inequality in self.inequalities)

    def _verify_laws(self) -> None:
        for index, (chain, laws) in enumerate(zip(self.chains, self.laws, strict=True)):
            for generation, listed in laws.items():
                law = {tuple(map(Fraction, state)): Fraction(weight) for state, weight in listed}
                if len(law) < len(listed):
                    raise Rejected(f"chain {index}: the law of generation {generation} names a state twice")
                if not 0 <= int(generation) < len(chain.laws) or law != chain.laws[int(generation)]:
                    raise Rejected(f"chain {index}: the law of generation {generation} is another one")

    def mean(self, arithmetic: Arithmetic, chain: int, generation: int, function: Formula) -> Fraction | Interval:
        """Expectation of a function of the state, computed once."""
        address = (arithmetic.bits, chain, generation, id(function))
        if address not in self._means:
            self._means[address] = self._mean(arithmetic, chain, generation, function)
        return self._means[address]

    def _mean(self, arithmetic: Arithmetic, chain: int, generation: int, function: Formula) -> Fraction | Interval:
        if not (chain < len(self.chains) and generation < len(self.chains[chain].laws)):
            raise Malformed(f"there is no generation {generation} of a chain {chain}")
        whole, rest = Fraction(0), Interval(0, 0)
        irrational = False
        for state, weight in self.chains[chain].laws[generation].items():
            at = {f"q{i}": (q, q) for i, q in enumerate(state, start=1)}
            evaluation = Evaluation(arithmetic, at, None)
            value = evaluation.value(function)
            if isinstance(value, Fraction):
                whole += weight * value
            else:
                irrational = True
                enclosed = evaluation.interval(function)
                rest = arithmetic.add(rest, arithmetic.multiply(arithmetic.between(weight, weight), enclosed))
        return arithmetic.add(arithmetic.between(whole, whole), rest) if irrational else whole

    def holds(self, excess: Fraction) -> bool:
        """Whether an inequality with this excess is obeyed."""
        return excess < -self.delta if self.relation in ("<", ">") else excess <= self.delta

    def breaks(self, excess: Fraction) -> bool:
        """Whether it is not."""
        return not self.holds(excess)


class Inequality:
    """One inequality of an example.

    Args:
        instance: the example.
        content: the entry of "inequalities".
        known: what its names #1, #2, ... stand for.
    """

    def __init__(self, instance: Instance, content: Mapping[str, Any], known: Mapping[str, Formula]):
        self.instance = instance
        self.value, self.bound = read(content["value"], known), read(content["bound"], known)
        self.excess = _excess(self.value, self.bound, instance.relation)
        self.domain = _box(content["variables"])
        self.proof = content["proof"]

    def verify(self) -> int:
        """Number of boxes that prove the inequality, or its contrary."""
        kind, supported = self.proof["kind"], self.instance.supported
        if kind == "rational":
            self._verify_rationals()
            return 0
        if kind == "boxes" and supported:
            pieces = self.proof["boxes"]
            if not tile(self.domain, [_box(piece["box"]) for piece in pieces]):
                raise Rejected("the boxes do not cover the domain, or overlap")
            for piece in pieces:
                self._verify_piece(piece)
            return len(pieces)
        if kind == "violation" and not supported:
            self._verify_violation()
            return 1
        raise Malformed(f"a proof of kind {kind!r} does not belong to this status")

    def _verify_rationals(self) -> None:
        evaluation = self._evaluation(_ARITHMETICS[PLACES[0]], {})
        for side, formula in (("value", self.value), ("bound", self.bound)):
            try:
                found = evaluation.value(formula)
            except Undefined:
                raise Rejected(f"the {side} is not defined") from None
            if not isinstance(found, Fraction) or found != Fraction(self.proof[side]):
                raise Rejected(f"the {side} is not {self.proof[side]}")
        excess = evaluation.value(self.excess)
        assert isinstance(excess, Fraction), "both sides are rational"
        if not (self.instance.holds(excess) if self.instance.supported else self.instance.breaks(excess)):
            raise Rejected("the inequality is not decided as claimed")

    def _verify_violation(self) -> None:
        box, point = _box(self.proof["box"]), self.proof["point"]
        inside = box.keys() == self.domain.keys() == point.keys() and all(
            self.domain[name][0] <= low <= Fraction(point[name]) <= high <= self.domain[name][1]
            for name, (low, high) in box.items()
        )
        if not inside:
            raise Rejected("the point is not in the box, or the box not in the domain")
        self._verify_piece(self.proof)

    def _verify_piece(self, piece: Mapping[str, Any]) -> None:
        box, (low, high) = _box(piece["box"]), map(_dyadic, piece["excess"])
        if not (self.instance.holds(high) if self.instance.supported else self.instance.breaks(low)):
            raise Rejected(f"the enclosure does not decide the inequality on {_words(box)}")
        enclose = {"range": self._range, "mean value": self._mean_value}.get(piece["form"])
        if enclose is None:
            raise Malformed(f"no form of enclosure is called {piece['form']!r}")
        if not any(self._inside(enclose, box, low, high, arithmetic) for arithmetic in _ARITHMETICS.values()):
            raise Rejected(f"the enclosure does not hold on {_words(box)}")

    @staticmethod
    def _inside(
        enclose: Callable[[Box, Arithmetic], Sides], box: Box, low: Fraction, high: Fraction, arithmetic: Arithmetic
    ) -> bool:
        try:
            least, largest = enclose(box, arithmetic)
        except Undefined:
            return False
        return low <= least and largest <= high

    def _range(self, box: Box, arithmetic: Arithmetic) -> Sides:
        return self._evaluation(arithmetic, box).ends(self.excess)

    def _mean_value(self, box: Box, arithmetic: Arithmetic) -> Sides:
        over = self._evaluation(arithmetic, box)
        over.interval(self.excess)  # must be defined all over the box, not in the middle alone
        middle = {name: ((low + high) / 2, (low + high) / 2) for name, (low, high) in box.items()}
        total = self._evaluation(arithmetic, middle).interval(self.excess)
        for name, slope in over.slopes(self.excess).items():
            radius = (box[name][1] - box[name][0]) / 2
            total = arithmetic.add(total, arithmetic.multiply(slope, arithmetic.between(-radius, radius)))
        return arithmetic.ends(total)

    def _evaluation(self, arithmetic: Arithmetic, box: Box) -> Evaluation:
        return Evaluation(arithmetic, box, functools.partial(self.instance.mean, arithmetic))


def _excess(value: Formula, bound: Formula, relation: str) -> Formula:
    """How far on the wrong side: positive where the relation is violated."""
    if relation in ("<=", "<"):
        return Formula("-", (value, bound))
    if relation in (">=", ">"):
        return Formula("-", (bound, value))
    return Formula("abs", (Formula("-", (value, bound)),))


def tile(domain: Box, boxes: Sequence[Box]) -> bool:
    """Whether the boxes are a partition of the domain by repeated bisection at midpoints; exact."""
    pending = [(dict(domain), list(boxes))]
    while pending:
        whole, parts = pending.pop()
        if len(parts) == 1 and parts[0] == whole:
            continue
        halves = next((h for h in (_halves(whole, parts, name) for name in whole) if h is not None), None)
        if halves is None:
            return False
        pending.extend(halves)
    return True


def _halves(whole: dict[str, Sides], parts: list[Box], name: str) -> list[tuple[dict[str, Sides], list[Box]]] | None:
    """The two halves along one variable with their boxes, if no box lies on both sides."""
    low, high = whole[name]
    cut = (low + high) / 2
    if low == high or any(part.keys() != whole.keys() or part[name][0] >= part[name][1] for part in parts):
        return None
    left = [part for part in parts if part[name][1] <= cut]
    right = [part for part in parts if part[name][0] >= cut]
    if not left or not right or len(left) + len(right) != len(parts):
        return None
    return [({**whole, name: (low, cut)}, left), ({**whole, name: (cut, high)}, right)]


def _box(content: Mapping[str, Any]) -> dict[str, Sides]:
    box = {name: (Fraction(low), Fraction(high)) for name, (low, high) in content.items()}
    if any(low > high for low, high in box.values()):
        raise Malformed("a box has an upper end below its lower end")
    return box


def _dyadic(text: str) -> Fraction:
    if not _DYADIC.fullmatch(text):
        raise Malformed(f"{text!r} is no dyadic rational")
    mantissa, _, exponent = text.partition("*2^")
    return int(mantissa) * Fraction(2) ** int(exponent or 0)


def _words(box: Box) -> str:
    return ", ".join(f"{name} in [{low}, {high}]" for name, (low, high) in box.items()) or "the instance"

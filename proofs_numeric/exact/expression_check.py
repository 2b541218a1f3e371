"""Decide one example of a claim whose value or bound is a formula: at one point exactly, or all over a box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import ctx

from proofs_numeric.claims import Claim
from proofs_numeric.exact.arb_ranges import Range, Undefined, outward
from proofs_numeric.exact.box_proof import BoxResult, Piece, decide_on_box, excess_expression
from proofs_numeric.exact.certificates import Decided, instance_certificate
from proofs_numeric.exact.expression_ranges import enclose
from proofs_numeric.expressions import Expression, expression, variables
from proofs_numeric.outcome import Outcome
from proofs_numeric.real_box import Box, box_words
from proofs_numeric.relation import holds, is_strict, nearest_float
from proofs_numeric.verdict import Status

PRECISIONS = (128, 512, 2048)
"""Bits tried in turn on a number that a ball does not yet tell from its bound."""
NAMED_BOXES = 3
_FLOAT = "a float was compared with a formula: write a Fraction or a formula for a proof"


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One inequality of an example, decided."""

    value: Expression
    bound: Expression
    result: BoxResult
    exact: Fraction | None = None

    @property
    def excess(self) -> tuple[Fraction, Fraction] | None:
        """Ends of the excess over all pieces."""
        if self.exact is not None:
            return self.exact, self.exact
        known = [p.excess for p in (*self.result.pieces, *self.result.remaining) if p.excess is not None]
        return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def check_expressions(claim: Claim, theta: Mapping[str, Any], pairs: Sequence[tuple[Any, Any]]) -> Outcome:
    """Decide one example by formulas.

    Definition. REFUTED if one inequality is broken at a point, or everywhere on a sub-box; SUPPORTED if all are proved;
    INVALID if one is not defined at a point; else UNDECIDED, with the boxes that remain. A float on one side is taken
    at its value, but since nobody knows how it was computed the outcome is then neither rational nor certified.

    Args:
        claim: what is asserted.
        theta: the example, without the real parameters.
        pairs: value and bound of each inequality, formulas or exact numbers.

    Returns:
        The outcome at the worst inequality, with a certificate where it is decided.
    """
    delta = Fraction(claim.delta_at(theta))
    box = claim.box
    decided = [_decide(expression(value), expression(bound), claim.relation, delta, box) for value, bound in pairs]
    order = (Status.INVALID, Status.REFUTED, Status.UNDECIDED, Status.SUPPORTED)
    status = min((entry.result.status for entry in decided), key=order.index)
    worst = max(
        (index for index, entry in enumerate(decided) if entry.result.status is status),
        key=lambda index: _rank(decided[index]),
    )
    outcome = _outcome(claim, theta, decided, worst, delta)
    if not any(isinstance(side, (float, np.floating)) for pair in pairs for side in pair):
        return outcome
    note = "; ".join(part for part in (outcome.note, _FLOAT) if part)
    return replace(outcome, rational=False, certified=False, certificate=None, note=note)


def _rank(entry: _Entry) -> Fraction:
    return Fraction(0) if entry.excess is None else entry.excess[1]


def _decide(value: Expression, bound: Expression, relation: str, delta: Fraction, box: Box) -> _Entry:
    excess = excess_expression(value, bound, relation)
    names = variables(excess)
    unknown = [name for name in names if name not in box]
    if unknown:
        raise ValueError(f"`box` must name every real parameter of the formula; got no {unknown[0]!r}. Add it.")
    if names:
        result = decide_on_box(excess, {name: sides for name, sides in box.items() if name in names}, relation, delta)
        return _Entry(value=value, bound=bound, result=result)
    known = None
    for precision in PRECISIONS:
        try:
            with ctx.workprec(precision):
                known = enclose(excess, {})
        except Undefined:
            continue
        entry = _number(value, bound, known, relation, delta)
        if entry.result.status is not Status.UNDECIDED:
            return entry
    if known is None:
        return _Entry(value=value, bound=bound, result=BoxResult(status=Status.INVALID))
    return _number(value, bound, known, relation, delta)


def _number(value: Expression, bound: Expression, known: Range, relation: str, delta: Fraction) -> _Entry:
    low, high = outward(known) if known.point is None else (known.point, known.point)
    if holds(high, relation, delta):
        status = Status.SUPPORTED
    elif low >= -delta if is_strict(relation) else low > delta:
        status = Status.REFUTED
    else:
        status = Status.UNDECIDED
    piece = Piece(box={}, form="range", excess=(low, high))
    open_pieces = (piece,) if status is Status.UNDECIDED else ()
    result = BoxResult(
        status=status,
        pieces=() if open_pieces else (piece,),
        point={} if status is Status.REFUTED else None,
        remaining=open_pieces,
    )
    return _Entry(value=value, bound=bound, result=result, exact=known.point)


def _outcome(claim: Claim, theta: Mapping[str, Any], decided: Sequence[_Entry], worst: int, delta: Fraction) -> Outcome:
    entry = decided[worst]
    status = entry.result.status
    shown = [entry] if status is Status.REFUTED else decided
    certificate = None
    if status in (Status.REFUTED, Status.SUPPORTED):
        parts = [Decided(part.value, part.bound, part.result, part.exact) for part in shown]
        certificate = instance_certificate(theta, delta, claim.box, parts)
    rational = all(part.exact is not None for part in shown)
    value, bound = _shown_values(entry, claim.box)
    return Outcome(
        theta=theta,
        point=entry.result.point or {},
        status=status,
        value=value,
        bound=bound,
        excess=nearest_float(_rank(entry)),
        interval=None if entry.exact is not None else _difference(entry, claim.relation),
        rational=rational,
        certified=not rational,
        delta=float(delta),
        note=_note(entry, worst, len(decided)),
        certificate=certificate,
    )


def _shown_values(entry: _Entry, box: Box) -> tuple[float, float]:
    """Value and bound at the violating point, else in the middle of the piece that comes nearest to a violation."""
    pieces = [p for p in (*entry.result.pieces, *entry.result.remaining) if p.excess is not None]
    nearest = max(pieces, key=lambda piece: piece.excess[1] if piece.excess else Fraction(0), default=Piece(box=box))
    point = entry.result.point or {name: sum(sides) / 2 for name, sides in nearest.box.items()}
    at = {name: (Fraction(x), Fraction(x)) for name, x in point.items()}
    try:
        with ctx.workprec(PRECISIONS[0]):
            return float(enclose(entry.value, at).ball), float(enclose(entry.bound, at).ball)
    except Undefined:
        return float("nan"), float("nan")


def _difference(entry: _Entry, relation: str) -> tuple[float, float] | None:
    """Interval of value - bound."""
    if entry.excess is None:
        return None
    low, high = (nearest_float(end) for end in entry.excess)
    if relation in ("<=", "<"):
        return low, high
    return (-high, -low) if relation in (">=", ">") else (-high, high)


def _note(entry: _Entry, worst: int, length: int) -> str:
    parts = [f"entry {worst} of {length}"] if length > 1 else []
    result = entry.result
    if result.status is Status.REFUTED and result.pieces[0].box:
        parts.append(f"violated everywhere on {box_words(result.pieces[0].box)}")
    elif result.status is Status.UNDECIDED and result.remaining[0].box:
        named = "; ".join(box_words(piece.box) for piece in result.remaining[:NAMED_BOXES])
        parts.append(f"{len(result.remaining)} boxes remain after {result.num_boxes}, first of all {named}")
    elif result.status is Status.SUPPORTED and result.pieces[0].box:
        parts.append(f"{len(result.pieces)} boxes")
    return "; ".join(parts)

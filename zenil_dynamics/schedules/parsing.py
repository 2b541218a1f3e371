"""Number SPECs of the command line: texts that name a schedule."""

import math
import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from zenil_dynamics.schedules.base import AbstractSchedule
from zenil_dynamics.schedules.breakpoints import piecewise
from zenil_dynamics.schedules.decay import geometric, power_law
from zenil_dynamics.schedules.level import constant
from zenil_dynamics.schedules.recurring import bursts, periodic
from zenil_dynamics.schedules.tabulated import read_table, table
from zenil_dynamics.validate import nearest_names

# Stricter than float(), which takes 1_000 and the digits of any script.
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class Form(NamedTuple):
    """How one kind of schedule is written: its arguments by name, the last ones optional."""

    make: Callable[..., AbstractSchedule]
    arguments: tuple[str, ...]
    num_required: int

    def usage(self, name: str) -> str:
        """Such as `power_law:SCALE,EXPONENT[,OFFSET]`."""
        required = ",".join(self.arguments[: self.num_required])
        return f"{name}:{required}" + "".join(f"[,{argument}]" for argument in self.arguments[self.num_required :])


FORMS = {
    "constant": Form(constant, ("VALUE",), 1),
    "power_law": Form(power_law, ("SCALE", "EXPONENT", "OFFSET"), 2),
    "geometric": Form(geometric, ("FIRST", "RATIO"), 2),
    "periodic": Form(periodic, ("VALUE", "PERIOD", "ELSE"), 2),
    "bursts": Form(bursts, ("VALUE",), 1),
}
PIECEWISE = "piecewise:T0=V0,T1=V1,..."
TABLE = "table:FILE"


def parse(text: str) -> AbstractSchedule:
    """The schedule that a number SPEC stands for.

    `0.1`, `constant:0.1`, `power_law:SCALE,EXPONENT[,OFFSET]`, `geometric:FIRST,RATIO`, `periodic:VALUE,PERIOD[,ELSE]`,
    `bursts:VALUE`, `piecewise:T0=V0,T1=V1,...` (T0 = 0), `table:FILE` or `table:V0,V1,...` (numbers win; write
    `./12` for a file called 12). Spaces around names, commas and numbers do not count.

    Args:
        text: the SPEC.

    Returns:
        The schedule.

    Raises:
        ValueError: one line that names the SPEC, the position in it, and what to write.

    Example:
        >>> parse("power_law:2,0.5").values(2)
        array([2.        , 1.41421356])

    Source: Definition.
    """
    name, colon, rest = (part.strip() for part in text.partition(":"))
    if not colon and NUMBER.fullmatch(name):
        return _built(text, constant, [_number(text, 1, "number", name, "a finite number such as 0.1")])
    if name == "piecewise":
        return _piecewise(text, rest)
    if name == "table":
        return _table(text, rest)
    if name not in FORMS:
        _unknown(text, name)
    form = FORMS[name]
    fields = [field.strip() for field in rest.split(",")] if rest else []
    if not form.num_required <= len(fields) <= len(form.arguments):
        _fail(text, f"has {len(fields)} argument{'s' * (len(fields) != 1)}", form.usage(name))
    named = zip(form.arguments, fields, strict=False)
    numbers = [_number(text, place, what, field, form.usage(name)) for place, (what, field) in enumerate(named, 1)]
    return _built(text, form.make, numbers)


def _piecewise(text: str, rest: str) -> AbstractSchedule:
    pieces: dict[int, float] = {}
    for place, field in enumerate(rest.split(","), start=1):
        when, equals, value = (part.strip() for part in field.partition("="))
        if not equals:
            _fail(text, f"piece {place} is {field.strip()!r}", PIECEWISE)
        if not re.fullmatch("[0-9]+", when):
            _fail(text, f"piece {place}: the generation {when!r} is no whole number of at least 0", PIECEWISE)
        if int(when) in pieces:
            _fail(text, f"piece {place} repeats generation {int(when)}", PIECEWISE)
        pieces[int(when)] = _number(text, place, f"value from generation {when} on", value, PIECEWISE, kind="piece")
    return _built(text, piecewise, [pieces])


def _table(text: str, rest: str) -> AbstractSchedule:
    fields = [field.strip() for field in rest.split(",")]
    if all(NUMBER.fullmatch(field) for field in fields):
        return _built(text, table, [[float(field) for field in fields]])
    if not rest:
        _fail(text, "names no file", TABLE)
    return _built(text, read_table, [rest])


def _number(text: str, place: int, what: str, field: str, usage: str, kind: str = "argument") -> float:
    value = float(field) if NUMBER.fullmatch(field) else math.nan
    if not math.isfinite(value):
        _fail(text, f"{kind} {place} ({what}) must be a finite number; got {field!r}", usage)
    return value


def _unknown(text: str, name: str) -> NoReturn:
    known = (*FORMS, "piecewise", "table")
    near = nearest_names(name, known)
    raise ValueError(
        f"schedule {text!r}: unknown name {name!r} at its start{near}. Write a number or one of {', '.join(known)}."
    )


def _fail(text: str, what: str, usage: str) -> NoReturn:
    raise ValueError(f"schedule {text!r}: {what}. Write {usage}.")


def _built(text: str, make: Callable[..., AbstractSchedule], arguments: list) -> AbstractSchedule:
    """Call a constructor, whose own messages do not know the SPEC."""
    try:
        return make(*arguments)
    except ValueError as error:
        raise ValueError(f"schedule {text!r}: {error}") from None

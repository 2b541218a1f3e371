"""What an open question is: a sentence without a predicted verdict, and the experiment that says something about it.

A claim asserts and ends in a verdict; a question asks and ends in estimates. Nothing is expected of them, so nothing
parts: each estimate carries an interval and says in words what kind of interval it is.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

EFFORTS = ("quick", "standard")
"""Names of how much is computed: seconds per question, or minutes."""

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number with the interval that belongs to it. Definition.

    Args:
        quantity: in words; estimates of one question that differ in the setting only share it.
        setting: name -> plain value (number, text, truth value), what was held fixed.
        value: the estimate, in `unit`.
        interval: (low, high), finite, around the value.
        kind: level and kind of the interval: "exact enclosure", "bisection bracket", "99 % Clopper-Pearson", ...
        unit: "nats", "generations", "samples", ...; empty for a pure number.
    """

    quantity: str
    setting: Mapping[str, Any] = field(default_factory=dict)
    value: float
    interval: tuple[float, float]
    kind: str
    unit: str = ""

    def __post_init__(self):
        low, high = (float(end) for end in self.interval)
        object.__setattr__(self, "value", float(self.value))
        object.__setattr__(self, "interval", (low, high))
        if not (math.isfinite(low) and math.isfinite(high) and low <= self.value <= high):
            raise ValueError(
                f"`interval` of {self.quantity!r} must be finite and hold its value; got {self.value!r} beside "
                f"[{low!r}, {high!r}]. Say what is not known in `kind`, and leave the estimate out if there is none."
            )
        for argument in ("quantity", "kind"):
            if not getattr(self, argument).strip():
                raise ValueError(f"`{argument}` must be a phrase; got none. Say what the number is.")
        for name, value in self.setting.items():
            if not isinstance(value, (bool, int, float, str)):
                raise ValueError(
                    f"`setting[{name!r}]` must be a number, a text or a truth value; got {type(value).__name__}. "
                    "Spell it as one of them."
                )


@dataclass(frozen=True, kw_only=True)
class Question:
    """An open question and its experiment. Definition.

    Args:
        name: one word or words joined by hyphens, by which the command line runs it.
        title: a heading.
        asked: what is asked, as one sentence with a question mark.
        why_open: why no proof and no formula answers it.
        how: how it is estimated, and what its intervals are.
        measure: (effort, root, progress) -> estimates; `effort` is one of `EFFORTS`, `root` the hexadecimal root of
            all keys. The same effort and root give the same bits.
        answer: estimates -> one sentence made of their numbers.
    """

    name: str
    title: str
    asked: str
    why_open: str
    how: str
    measure: Callable[[str, str, Progress], tuple[Estimate, ...]] = field(repr=False)
    answer: Callable[[tuple[Estimate, ...]], str] = field(repr=False)

    def __post_init__(self):
        if not all(word.isalnum() and word.islower() for word in self.name.split("-")):
            raise ValueError(f"`name` must be lower-case words joined by hyphens; got {self.name!r}. Rename it.")
        if not self.asked.endswith("?"):
            raise ValueError(f"`asked` of {self.name!r} must end with a question mark; got {self.asked!r}. Ask.")


def chosen(estimates: tuple[Estimate, ...], quantity: str, **setting: Any) -> tuple[Estimate, ...]:
    """The estimates of one quantity at a setting.

    Args:
        estimates: of one question.
        quantity: as they spell it.
        **setting: values that the setting must have.

    Returns:
        Those that fit, in their order.

    Source: Definition.
    """
    return tuple(
        each
        for each in estimates
        if each.quantity == quantity and all(each.setting.get(name) == value for name, value in setting.items())
    )

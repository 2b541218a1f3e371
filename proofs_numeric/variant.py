"""A neighbour of a claim is data, too: what differs, as a mutant that must fall or a control that must stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from proofs_numeric.surface import Surface
from proofs_numeric.tail import Tail

Theta = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A neighbour of a claim: the fields that differ. Everything left at None is inherited.

    Definition. As a mutant it must be REFUTED; as a control it must end as `must` says.

    Args:
        evaluate: replaces both value and bound.
        value: replaces the value only (deterministic routes).
        bound: replaces the bound only.
        adjust_value: (theta, inherited value) -> new value; applied last (deterministic routes).
        adjust_bound: (theta, inherited bound) -> new bound; applied last.
        sample: replaces the sampler (EP).
        adjust_theta: theta -> the example that the statistic sees instead; the bound still sees theta.
        sample_each: replaces the sampler of the domain sweep (EP); one that replaces only `sample` has no such sweep.
        tail: replaces the tail facts (EP).
        slack: replaces the numerical slack (EP).
        surface: replaces the surface that the gradient hunt climbs.
        delta: replaces margin or tolerance.
        relation: replaces the relation.
        domain: replaces the whole domain.
        where: replaces the filter.
        box: replaces the real parameters (INT).
        must: what a control has to end as: "NOT_REFUTED" or "SUPPORTED". Not read for mutants.
        statement: the neighbour in words; empty means that its name says enough.
        name: what it is called where neighbours are listed without names, as `@claim` allows.
    """

    evaluate: Callable[[Theta], tuple[Any, Any]] | None = None
    value: Callable[[Theta], Any] | None = None
    bound: Callable[[Theta], Any] | None = None
    adjust_value: Callable[[Theta, Any], Any] | None = None
    adjust_bound: Callable[[Theta, Any], Any] | None = None
    sample: Callable[[Theta, Any, int], Any] | None = None
    sample_each: Callable[[Mapping[str, Any], Any, int], Any] | None = None
    surface: Surface | None = None
    adjust_theta: Callable[[Theta], Theta] | None = None
    tail: Tail | Callable[[Theta], Tail] | None = None
    slack: float | Callable[[Theta], float] | None = None
    delta: Any = None
    relation: str | None = None
    domain: Mapping[str, tuple[Any, ...]] | None = None
    where: Callable[[Theta], bool] | None = None
    box: Mapping[str, tuple[Any, Any]] | None = None
    must: str = "NOT_REFUTED"
    statement: str = ""
    name: str = ""

    def __post_init__(self):
        if self.must not in ("NOT_REFUTED", "SUPPORTED"):
            raise ValueError(f"`must` must be 'NOT_REFUTED' or 'SUPPORTED'; got {self.must!r}. Mutants need no `must`.")
        if not self.changes():
            raise ValueError("a variant must change something; got none. Give at least one replaced field.")

    def changes(self) -> dict[str, Any]:
        """Fields of the claim that this variant replaces. Definition."""
        skipped = ("must", "statement", "name")
        return {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name not in skipped and getattr(self, f.name) is not None
        }

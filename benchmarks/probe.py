"""A question that is no race: quantities of processes or of our own layers, measured in turn, and goals on them."""

import dataclasses
from collections.abc import Callable
from typing import Any

from benchmarks import machine

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One number.

    Attributes:
        label: unique within the probe.
        value: median over the repeats, in `unit`.
        unit: such as "s" or "GiB"; "x" for a ratio.
        detail: how it came about, plain values.
    """

    label: str
    value: float
    unit: str
    detail: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Limit:
    """A measurement against a threshold.

    Attributes:
        sentence: what is promised.
        label: of the measurement.
        threshold: in its unit, not to be exceeded.
    """

    sentence: str
    label: str
    threshold: float


@dataclasses.dataclass(frozen=True)
class Probe:
    """A question, how it is measured, and its goals.

    Attributes:
        identifier: such as W7.
        question: in words.
        measure: (size, repeats, say) -> measurements; raises `laws.WrongResult` where a result is wrong.
        goals: limits.
    """

    identifier: str
    question: str
    measure: Callable[[str, int, Say], list[Measurement]]
    goals: tuple[Limit, ...]


def take(probe: Probe, *, size: str, repeats: int, say: Say) -> dict[str, Any]:
    """Measure and compare with the goals.

    Args:
        probe: what to measure.
        size: "full", "quick" or "accelerator".
        repeats: at most so many repeats.
        say: called with lines of progress.

    Returns:
        A JSON document, of the same shape as that of a workload.
    """
    measurements = probe.measure(size, repeats, say)
    for measurement in measurements:
        say(f"{probe.identifier} {measurement.label}: {measurement.value:.4g} {measurement.unit}")
    values = {measurement.label: measurement.value for measurement in measurements}
    return {
        "question": probe.question,
        "cases": {},
        "measurements": [dataclasses.asdict(measurement) for measurement in measurements],
        "peak_memory": machine.peak_memory(),
        "goals": [
            {
                "sentence": goal.sentence,
                "ratio": values.get(goal.label),
                "threshold": goal.threshold,
                "at_least": False,
                "met": None if goal.label not in values else values[goal.label] <= goal.threshold,
            }
            for goal in probe.goals
        ],
    }

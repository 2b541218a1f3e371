"""One way to compute a problem, and the reason why it may not be available."""

import dataclasses
from collections.abc import Callable
from typing import TypeAlias

from benchmarks.problem import Problem
from benchmarks.record import Record

Run: TypeAlias = Callable[[int], Record]
"""Compute everything, afresh, from a seed; returns when the numbers are on the host."""


class Unavailable(RuntimeError):
    """A rival that cannot run here, with the reason in words."""


@dataclasses.dataclass(frozen=True)
class Contender:
    """Attributes: name, dtype of its state, what it does in a sentence, and how to make a run of it."""

    name: str
    dtype: str
    sentence: str
    prepare: Callable[[Problem], Run]

"""Running questions: estimates, one sentence made of them, and the document that keeps both."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from proofs_numeric.open_questions.question import EFFORTS, Estimate, Question
from proofs_numeric.root import validate_root

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an experiment says about one question. Definition.

    Args:
        question: that was asked.
        estimates: at least one.
        seconds: wall time of the experiment.
    """

    question: Question
    estimates: tuple[Estimate, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The entry of the document, in plain values. Definition."""
        return {
            "name": self.question.name,
            "title": self.question.title,
            "asked": self.question.asked,
            "why_open": self.question.why_open,
            "how": self.question.how,
            "estimates": [
                {
                    "quantity": each.quantity,
                    "setting": dict(each.setting),
                    "value": each.value,
                    "interval": list(each.interval),
                    "kind": each.kind,
                    "unit": each.unit,
                }
                for each in self.estimates
            ],
            "answer_so_far": self.question.answer(self.estimates),
            "seconds": self.seconds,
        }


def check_effort(effort: str) -> str:
    """The name of an effort.

    Raises:
        ValueError: an unknown one.

    Source: Definition.
    """
    if effort not in EFFORTS:
        raise ValueError(f"--effort must be {' or '.join(EFFORTS)}; got {effort!r}.")
    return effort


def ask(
    question: Question, effort: str, root: str, progress: Callable[[int, int], None] = lambda done, total: None
) -> Answer:
    """Run the experiment of one question.

    Args:
        question: from the registry, or one's own.
        effort: one of `EFFORTS`.
        root: hexadecimal root of all keys; the same root and effort give the same estimates.
        progress: called with (steps done, steps in all).

    Returns:
        Estimates and how long they took.

    Raises:
        ValueError: an unknown effort, a root that is none, an experiment without estimates.

    Source: Definition.
    """
    start = time.perf_counter()
    estimates = question.measure(check_effort(effort), validate_root(root), progress)
    if not estimates:
        raise ValueError(f"`measure` of {question.name!r} must return estimates; got none. Leave the question out.")
    return Answer(question=question, estimates=estimates, seconds=time.perf_counter() - start)


def document(answers: Iterable[Answer], effort: str, root: str) -> dict[str, Any]:
    """Everything about a run in plain values, schema 1.

    Args:
        answers: in the order in which they were asked.
        effort: of the run.
        root: of the run.

    Returns:
        The document.

    Source: Definition.
    """
    return {
        "schema": SCHEMA,
        "root": validate_root(root),
        "effort": effort,
        "questions": [answer.to_json() for answer in answers],
    }

"""Every open question, by name."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from proofs_numeric.open_questions.burst_schedule import BURST_SCHEDULE
from proofs_numeric.open_questions.contraction_constant import CONTRACTION_CONSTANT
from proofs_numeric.open_questions.neural import NEURAL_FIXATION
from proofs_numeric.open_questions.program_escape import PROGRAM_ESCAPE
from proofs_numeric.open_questions.question import Question
from proofs_numeric.open_questions.verifier_exchange import VERIFIER_EXCHANGE

ALL: tuple[Question, ...] = (
    CONTRACTION_CONSTANT,
    VERIFIER_EXCHANGE,
    BURST_SCHEDULE,
    PROGRAM_ESCAPE,
    NEURAL_FIXATION,
)
"""One line per question, in the order in which they are asked."""

QUESTIONS: Mapping[str, Question] = MappingProxyType({each.name: each for each in ALL})
"""Name -> question, in the order in which they are asked."""


def question(name: str) -> Question:
    """The question with this name.

    Args:
        name: such as "contraction-constant".

    Returns:
        The question.

    Raises:
        ValueError: an unknown name; the message names the nearest ones.

    Source: Definition.
    """
    if name not in QUESTIONS:
        near = difflib.get_close_matches(name, list(QUESTIONS), n=3, cutoff=0.4) or list(QUESTIONS)
        raise ValueError(f"NAME must be an open question; got {name!r}. There is: {', '.join(near)}.")
    return QUESTIONS[name]

"""Both directions of a plan: what survives a loop, and which loop keeps a wanted share."""

import dataclasses
import math
from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.document import plain
from proofs_numeric.cli.plan_question import MOST_SAMPLES, Question, constant, refuse_stratified, rounded_up
from proofs_numeric.cli.survival import Diversity, Loop, Vocabulary, diversity, vocabulary
from proofs_numeric.cli.vocabulary_goal import for_vocabulary


@dataclasses.dataclass(frozen=True)
class Plan:
    """An answered question.

    Attributes:
        question: as asked.
        found: name of what was found, num_samples or exogenous_fraction; None where nothing was asked for.
        necessary: no smaller value suffices; equal to the value itself where the search was exact.
        loop: with what was found.
        diversity, vocabulary: what survives in it.
    """

    question: Question
    found: str | None
    necessary: float
    loop: Loop
    diversity: Diversity
    vocabulary: Vocabulary | None

    @property
    def real_draws(self) -> float | None:
        """Real draws per generation, expected or fixed, under constant schedules."""
        if not self.loop.constant:
            return None
        share = float(self.loop.exogenous_fraction.value)
        row_size = float(self.loop.num_samples.value)
        return share * row_size if self.loop.mixing == "bernoulli" else math.floor(share * row_size + 0.5)

    def document(self) -> dict[str, Any]:
        """The JSON document, schema 1; what is unknown or infinite is null."""
        kept, survey = self.diversity, self.vocabulary
        exact = kept.lower == kept.upper
        content: dict[str, Any] = {
            "schema": 1,
            "num_samples": str(self.loop.num_samples),
            "exogenous_fraction": str(self.loop.exogenous_fraction),
            "num_generations": self.loop.num_generations,
            "mixing": self.loop.mixing,
            "target": None if self.question.target is None else self.question.target[0],
            "wanted": {"diversity": self.question.keep_diversity, "vocabulary": self.question.keep_vocabulary},
            "found": self.found,
            "necessary": None if self.found is None else self.necessary,
            "real_draws": self.real_draws,
            "diversity": {
                "retained": kept.lower if exact else None,
                "lower": kept.lower,
                "upper": kept.upper,
                "error": kept.error,
                "rung": kept.rung,
                "half_life": kept.half_life,
            },
            "long_run": None,
            "vocabulary": None,
        }
        if kept.phase is not None:
            names = ("lower", "upper", "error", "reason")
            content["long_run"] = {
                "class": str(kept.phase.regime),
                **{name: getattr(kept.phase, name) for name in names},
            }
        if survey is not None:
            content["vocabulary"] = {
                "num_types": survey.num_types,
                "alive": list(survey.alive),
                "missing_mass": list(survey.missing),
                "rung": survey.rung,
            }
        return plain(content)


def answer(question: Question) -> Plan:
    """Solve for what is asked, then say what survives.

    Raises:
        ValueError: a goal that nothing reaches, with the reason; a question that the solvers do not take.

    Source: Definition.
    """
    found, necessary = None, math.nan
    if question.keep_diversity is None and question.keep_vocabulary is None:
        loop = question.loop()
    else:
        found = "num_samples" if question.num_samples is None else "exogenous_fraction"
        solve = for_diversity if question.keep_diversity is not None else for_vocabulary
        value, necessary = solve(question, found)
        loop = question.loop(**{found: value})
    survey = None if question.target is None else vocabulary(loop, question.target[1], question.operations)
    return Plan(question, found, necessary, loop, diversity(loop), survey)


def for_diversity(question: Question, found: str) -> tuple[float, float]:
    """Smallest alpha or N that keeps the share; alpha rounded up, num_real / N under stratified mixing."""
    goal, horizon = question.keep_diversity, question.num_generations
    assert goal is not None
    if found == "num_samples":
        share = constant(question.exogenous_fraction, "--exogenous-fraction", "N is asked for")
        refuse_stratified(question, share)
        number = zd.oracles.required_num_samples(goal, horizon, share)
        if number > MOST_SAMPLES:
            raise ValueError(
                f"--keep-diversity: a share of {goal!r} needs {number} draws per generation, and a loop can count "
                "2^31 - 1. Ask for less."
            )
        return number, number
    if question.mixing == "stratified":
        size = int(constant(question.num_samples, "--num-samples", "real draws are asked for"))
        real = zd.oracles.required_num_real(goal, size, horizon)
        return real / size, real / size
    if math.isinf(horizon):
        size = int(constant(question.num_samples, "--num-samples", "alpha is asked for in the long run"))
        fraction = zd.oracles.required_exogenous_fraction_stationary(goal, size)
    else:
        table = question.loop(exogenous_fraction=0.0).table(int(horizon))
        fraction = zd.oracles.required_exogenous_fraction(goal, table.num_samples)
    return rounded_up(fraction), fraction

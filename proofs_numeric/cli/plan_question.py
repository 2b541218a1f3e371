"""What `zenil plan` was asked, parsed and checked."""

import dataclasses
import decimal
from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.specs import (
    parse_exogenous_fraction,
    parse_horizon,
    parse_num_samples,
    parse_share,
    parse_target,
)
from proofs_numeric.cli.survival import QUICK_OPERATIONS, Loop

DIGITS = 6
"""Significant digits to which an alpha is rounded up."""
MIXINGS = ("bernoulli", "stratified")
MOST_SAMPLES = 2**31 - 1
"""Draws per generation that a loop can count."""


@dataclasses.dataclass(frozen=True)
class Question:
    """What `zenil plan` was asked.

    Attributes:
        num_samples, exogenous_fraction: schedules; None is what is asked for.
        num_generations: T, or inf.
        mixing: bernoulli or stratified.
        target: SPEC of P and its state, or None.
        keep_diversity, keep_vocabulary: wanted share, or None.
        operations: greatest cost of an exact chain.
    """

    num_samples: Any
    exogenous_fraction: Any
    num_generations: float
    mixing: str
    target: tuple[str, Any] | None
    keep_diversity: float | None
    keep_vocabulary: float | None
    operations: float

    @classmethod
    def parse(
        cls,
        *,
        num_samples: str | None,
        exogenous_fraction: str | None,
        num_generations: str,
        target: str | None,
        mixing: str,
        keep_diversity: str | None,
        keep_vocabulary: str | None,
        exhaustive: bool,
    ) -> "Question":
        """A question from the flags.

        Raises:
            ValueError: bad SPECs, or flags that do not make a question.

        Source: Definition.
        """
        if mixing not in MIXINGS:
            raise ValueError(f"--mixing must be one of {', '.join(MIXINGS)}; got {mixing!r}.")
        if keep_diversity is not None and keep_vocabulary is not None:
            raise ValueError("--keep-diversity and --keep-vocabulary exclude each other. Ask for one share.")
        wanted = keep_diversity is not None or keep_vocabulary is not None
        if wanted and num_samples is not None and exogenous_fraction is not None:
            raise ValueError("nothing is left to find. Leave out --exogenous-fraction or --num-samples.")
        if not wanted and num_samples is None:
            raise ValueError("--num-samples is missing. Give N, or a share to keep with --keep-diversity.")
        if keep_vocabulary is not None and target is None:
            raise ValueError("--keep-vocabulary needs --target, whose types are counted. Add one, such as zipf:1000.")
        finds_fraction = wanted and num_samples is not None
        shares = None if finds_fraction else parse_exogenous_fraction(exogenous_fraction or "0")
        draws = None if num_samples is None else parse_num_samples(num_samples)
        return cls(
            None if draws is None else zd.schedules.as_schedule(draws),
            None if shares is None else zd.schedules.as_schedule(shares),
            parse_horizon(num_generations),
            mixing,
            None if target is None else (target, categorical(target)),
            None if keep_diversity is None else parse_share(keep_diversity, "--keep-diversity"),
            None if keep_vocabulary is None else parse_share(keep_vocabulary, "--keep-vocabulary"),
            zd.oracles.MARGINAL_CHAIN_LIMIT if exhaustive else QUICK_OPERATIONS,
        )

    def loop(self, *, num_samples: Any = None, exogenous_fraction: Any = None) -> Loop:
        """The loop with a candidate in the place of what is asked for."""
        draws = self.num_samples if num_samples is None else zd.schedules.constant(num_samples)
        shares = self.exogenous_fraction if exogenous_fraction is None else zd.schedules.constant(exogenous_fraction)
        return Loop(draws, shares, self.num_generations, self.mixing)


def categorical(text: str) -> Any:
    """The state of a categorical target SPEC.

    Raises:
        ValueError: a bad SPEC or another family.
    """
    state = parse_target(text).state
    if not isinstance(state, zd.Categorical):
        raise ValueError(
            f"--target: a vocabulary is that of a categorical target; {text!r} is none. Write zipf:1000, say."
        )
    return state


def constant(schedule: Any, flag: str, what: str) -> float:
    """The number that a schedule is.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(schedule, zd.schedules.Constant):
        raise ValueError(f"{flag} must be one number where {what}; got the schedule {schedule}.")
    return float(schedule.value)


def refuse_stratified(question: Question, share: float) -> None:
    """N and a fixed number of real draws are not searched together."""
    if question.mixing == "stratified" and share > 0:
        raise ValueError(
            "--mixing stratified fixes the number of real draws by rounding alpha N. Give --num-samples and ask for "
            "the real draws, or use --mixing bernoulli."
        )


def rounded_up(fraction: float) -> float:
    """The next share of six significant digits, which is easier to pass on and never too small."""
    if fraction == 0:
        return 0.0
    exact = decimal.Decimal(fraction)
    unit = decimal.Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
    return min(float((exact / unit).to_integral_value(decimal.ROUND_CEILING) * unit), 1.0)

"""What `zenil plan` and `zenil phase` are asked for beyond schedules: horizons, shares, lists of exponents."""

import math

from proofs_numeric.cli.specs.base import number, whole_number

MOST_GENERATIONS = 1_000_000
"""Beyond it a recursion takes minutes and says what the long run says."""


def parse_horizon(text: str) -> float:
    """A whole number of generations from 1 to a million, or `inf` for what is left in the long run.

    Raises:
        ValueError: neither.

    Source: Definition.
    """
    if text.strip() == "inf":
        return math.inf
    return check_horizon(whole_number(text, "--num-generations", "T, or the word inf,"))


def check_horizon(num_generations: int) -> int:
    """A number of generations that a recursion runs through in seconds.

    Raises:
        ValueError: below 1 or above a million.

    Source: Definition.
    """
    if not 1 <= num_generations <= MOST_GENERATIONS:
        raise ValueError(
            f"--num-generations must lie between 1 and {MOST_GENERATIONS}; got {num_generations}. The class of a "
            "schedule says what comes after."
        )
    return num_generations


def parse_share(text: str, flag: str) -> float:
    """A share strictly between 0 and 1.

    Raises:
        ValueError: no number, or out of range.

    Source: Definition.
    """
    share = number(text, flag, "the share to keep")
    if not 0 < share < 1:
        raise ValueError(f"{flag}: the share to keep must lie between 0 and 1; got {text}. Write 0.9, say.")
    return share


def parse_exponents(text: str, flag: str) -> list[float]:
    """Exponents of at least 0, separated by commas, in increasing order and without repetition.

    Raises:
        ValueError: none, no number, or a negative one.

    Source: Definition.
    """
    values = sorted({number(field, flag, "an exponent") for field in text.split(",") if field.strip()})
    if not values or values[0] < 0:
        raise ValueError(f"{flag} takes exponents of at least 0, separated by commas; got {text!r}. Write 0,0.5,1,2.")
    return values

"""Target SPECs: families, lists of probabilities, count tables, texts, word lists."""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.memory import require_memory
from proofs_numeric.cli.specs.base import number, split_spec, unknown, whole_number

FORMS = {
    "zipf": "zipf:K[,EXPONENT]",
    "uniform": "uniform:K",
    "probs": "probs:0.5,0.3,0.2 or probs:FILE",
    "counts": "counts:FILE.csv",
    "text": "text:FILE[,words|chars|bytes]",
    "words": "words:LANG[,TOP]",
    "gaussian": "gaussian:MEAN,VARIANCE",
}

DEFAULT_TOP = 5000
"""Words of a language that are taken unless a number is given."""


@dataclasses.dataclass(frozen=True)
class Target:
    """A parsed target.

    Attributes:
        state: the distribution P.
        vocabulary: the tokens behind a categorical one, where there are any.
    """

    state: Any
    vocabulary: "zd.corpora.Vocabulary | None" = None


def parse_target(text: str, flag: str = "--target") -> Target:
    """The target of a SPEC.

    In `text:FILE,UNIT` the unit is what follows the last comma when it is the name of a unit; any other comma belongs
    to the name of the file, so that a file called `a,words` is `text:a,words,words`.

    Args:
        text: the SPEC.
        flag: how messages call it.

    Returns:
        Target.

    Raises:
        ValueError: bad SPEC, unreadable or bad file, more types than memory holds.

    Source: Definition.
    """
    kind, rest = split_spec(text)
    if kind not in FORMS:
        raise unknown(flag, kind, FORMS)
    if not rest:
        raise ValueError(f"{flag}: {kind} needs its parameters. Write {FORMS[kind]}.")
    return PARSERS[kind](rest, flag)


def parse_zipf(rest: str, flag: str) -> Target:
    """`K[,EXPONENT]`."""
    fields = fields_of(rest, "zipf", flag, 1, 2)
    support_size = parse_support_size(fields[0], flag)
    exponent = number(fields[1], flag, "EXPONENT") if len(fields) == 2 else 1.0
    return Target(zd.Categorical.zipf(support_size=support_size, exponent=exponent))


def parse_uniform(rest: str, flag: str) -> Target:
    """`K`."""
    return Target(
        zd.Categorical.uniform(support_size=parse_support_size(fields_of(rest, "uniform", flag, 1, 1)[0], flag))
    )


def parse_probs(rest: str, flag: str) -> Target:
    """A list of probabilities, or else the name of a file with one."""
    try:
        return Target(zd.Categorical([float(field) for field in rest.split(",")]))
    except ValueError:
        # A list that is one, yet no distribution, is not the name of a file.
        if all(is_number(field) for field in rest.split(",")):
            raise
    return Target(zd.Categorical(read_probabilities(rest, flag)))


def parse_counts(rest: str, flag: str) -> Target:
    """The name of a CSV file."""
    return target_of(zd.corpora.read_count_table(rest))


def parse_text(rest: str, flag: str) -> Target:
    """`FILE[,UNIT]`."""
    name, comma, unit = rest.rpartition(",")
    if comma and unit in zd.corpora.UNITS:
        return target_of(zd.corpora.read_text(name, unit))
    if comma and pathlib.Path(name).is_file() and not pathlib.Path(rest).exists():
        raise unknown(flag, unit, zd.corpora.UNITS)
    return target_of(zd.corpora.read_text(rest))


def parse_words(rest: str, flag: str) -> Target:
    """`LANG[,TOP]`."""
    fields = fields_of(rest, "words", flag, 1, 2)
    top = whole_number(fields[1], flag, "TOP") if len(fields) == 2 else DEFAULT_TOP
    return target_of(zd.corpora.word_frequencies(fields[0], top))


def parse_gaussian(rest: str, flag: str) -> Target:
    """`MEAN,VARIANCE`."""
    fields = fields_of(rest, "gaussian", flag, 2, 2)
    return Target(zd.Gaussian(mean=number(fields[0], flag, "MEAN"), variance=number(fields[1], flag, "VARIANCE")))


PARSERS: dict[str, Callable[[str, str], Target]] = {
    "zipf": parse_zipf,
    "uniform": parse_uniform,
    "probs": parse_probs,
    "counts": parse_counts,
    "text": parse_text,
    "words": parse_words,
    "gaussian": parse_gaussian,
}


def target_of(vocabulary: "zd.corpora.Vocabulary") -> Target:
    """The relative frequencies of a vocabulary."""
    return Target(zd.Categorical.from_counts(vocabulary.counts), vocabulary)


def fields_of(rest: str, kind: str, flag: str, fewest: int, most: int) -> list[str]:
    """The comma-separated parameters of a family, as many as it takes."""
    fields = [field.strip() for field in rest.split(",")]
    if not fewest <= len(fields) <= most:
        raise ValueError(f"{flag}: {kind} takes {FORMS[kind]}; got {kind}:{rest}.")
    return fields


def parse_support_size(text: str, flag: str) -> int:
    """K, refused before anything of that size is built."""
    support_size = whole_number(text, flag, "K")
    # Weights, probabilities and their copies while they are normalised, in float64.
    require_memory(4 * 8 * support_size, f"a target of {support_size} types")
    return support_size


def is_number(text: str) -> bool:
    """Whether a field is a number, nan and inf included."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_probabilities(path: str, flag: str) -> list[float]:
    """Probabilities from a text file, separated by white space or commas.

    Raises:
        ValueError: unreadable, empty, or a field that is no number, by line.
    """
    try:
        lines = pathlib.Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{flag}: {path!r} is not a UTF-8 text. Write the probabilities as text.") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(
            f"{flag}: {path!r} is neither a list of numbers nor a readable file ({reason}). Write {FORMS['probs']}."
        ) from None
    probs: list[float] = []
    for row, line in enumerate(lines, start=1):
        for field in line.replace(",", " ").split():
            if not is_number(field):
                raise ValueError(
                    f"{flag}: row {row} of {path!r} holds {field!r}, which is no number. Correct that row."
                )
            probs.append(float(field))
    if not probs:
        raise ValueError(f"{flag}: {path!r} holds no number. Write one probability for each type.")
    return probs

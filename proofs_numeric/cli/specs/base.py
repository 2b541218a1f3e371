"""What all parsers of SPECs share: unknown names, and plain numbers."""

import difflib
import math
from collections.abc import Callable, Iterable
from typing import Any


def unknown(flag: str, name: str, known: Iterable[str]) -> ValueError:
    """The error for a name that `flag` does not know, with its nearest neighbours."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return ValueError(f"{flag}: unknown name {name!r}; {hint}Available: {', '.join(known)}.")


def split_spec(text: str) -> tuple[str, str]:
    """`kind:rest` at the first colon; the rest may hold colons and commas of a file name."""
    kind, _, rest = text.strip().partition(":")
    return kind.strip(), rest.strip()


def number(text: str, flag: str, what: str) -> float:
    """A finite number.

    Raises:
        ValueError: `text` is none; names `flag` and `what`.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{flag}: {what} must be a finite number; got {text!r}.")
    return value


def whole_number(text: str, flag: str, what: str) -> int:
    """A whole number of at least 1; `1e6` is one.

    Raises:
        ValueError: `text` is none; names `flag` and `what`.
    """
    try:
        return positive(int(text), text, flag, what)
    except ValueError:
        value = number(text, flag, what)
    if value != int(value):
        raise ValueError(f"{flag}: {what} must be a whole number of at least 1; got {text!r}.")
    return positive(int(value), text, flag, what)


def positive(value: int, text: str, flag: str, what: str) -> int:
    """`value`, when it is at least 1."""
    if value < 1:
        raise ValueError(f"{flag}: {what} must be a whole number of at least 1; got {text!r}.")
    return value


def made(where: str, maker: Callable[..., Any], *parameters: Any) -> Any:
    """What a constructor makes, or its refusal with the flag in front of it.

    Args:
        where: the flag, and the name in its SPEC where that says more than the constructor does.
        maker: of the library, whose messages name its own arguments.
        parameters: of the constructor.

    Raises:
        ValueError: parameters out of range.
    """
    try:
        return maker(*parameters)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def is_number(text: str) -> bool:
    """Whether a field is a number, nan and inf included."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def with_article(name: str) -> str:
    """The name of a family after "a" or "an", for messages."""
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"

"""Texts as sequences: the order of the tokens is kept, where a vocabulary knows their number alone."""

import dataclasses
import pathlib
from collections import Counter
from collections.abc import Iterable

import numpy as np
from jaxtyping import Int32

from zenil_dynamics.corpora.base import Vocabulary, decode, read_bytes
from zenil_dynamics.corpora.text import UNITS, split_words


@dataclasses.dataclass(frozen=True, eq=False)
class TokenSequence:
    """A text as numbers, immutable.

    Attributes:
        indices: shape (tokens,), int32, read-only; places in the vocabulary.
        vocabulary: distinct tokens, most frequent first.

    Source: Definition.
    """

    indices: Int32[np.ndarray, " tokens"]
    vocabulary: Vocabulary

    def words(self, indices: Iterable[int]) -> list[str]:
        """The tokens that some numbers stand for, such as a path that a model wrote."""
        return [self.vocabulary.tokens[int(index)] for index in indices]


def number_tokens(tokens: Iterable[str], source: str) -> TokenSequence:
    """Number the tokens of a text by rank: 0 is the most frequent one, ties are in code point order.

    Args:
        tokens: in the order of the text, at least one.
        source: where they came from, for reports.

    Returns:
        The sequence with its vocabulary.

    Raises:
        ValueError: no token.

    Example:
        >>> text = number_tokens("the cat the dog".split(), "four words")
        >>> text.indices.tolist(), text.vocabulary.tokens
        ([0, 1, 0, 2], ('the', 'cat', 'dog'))

    Source: Definition.
    """
    listed = list(tokens)
    if not listed:
        raise ValueError(f"`tokens` must not be empty; {source} has none. Give a text with at least one of them.")
    vocabulary = Vocabulary.from_occurrences(Counter(listed), source)
    ranks = {token: rank for rank, token in enumerate(vocabulary.tokens)}
    indices = np.fromiter((ranks[token] for token in listed), np.int32, len(listed))
    indices.setflags(write=False)
    return TokenSequence(indices, vocabulary)


def read_tokens(path: str | pathlib.Path, unit: str = "words") -> TokenSequence:
    """The words, characters or bytes of a text file in their order, by the rules of `read_text`.

    Args:
        path: a UTF-8 text file (any file for `unit="bytes"`).
        unit: one of `UNITS`.

    Returns:
        The sequence; its vocabulary is that of `read_text`.

    Raises:
        ValueError: unknown unit, no such file, a text that is not UTF-8, or one without a single token.

    Source: Definition.
    """
    if unit not in UNITS:
        raise ValueError(f"`unit` must be one of {', '.join(UNITS)}; got {unit!r}. Choose one of these.")
    raw = read_bytes(path)
    if unit == "bytes":
        tokens: Iterable[str] = (f"{value:02x}" for value in raw)
    else:
        text = decode(raw, path)
        tokens = split_words(text) if unit == "words" else text
    return number_tokens(tokens, source=f"{unit} of {pathlib.Path(path).name}")

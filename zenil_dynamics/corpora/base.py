"""What every reader of a corpus returns, the tokens with their counts, and how files are read."""

import dataclasses
import pathlib
from collections.abc import Mapping

import numpy as np
from jaxtyping import Int

LARGEST_TOTAL = 2**63 - 1
"""Occurrences are summed in int64."""


@dataclasses.dataclass(frozen=True, eq=False)
class Vocabulary:
    """Distinct tokens with their counts, immutable.

    Attributes:
        tokens: distinct tokens, in the order of the support of a categorical target made from them.
        counts: shape (support,), int64, read-only; occurrences of each token, at least 1.
        source: where they came from, for reports.

    Raises:
        ValueError: no token, a repeated token, another number of counts, a count below 1, or a total beyond int64.

    Example:
        >>> vocabulary = Vocabulary(("the", "cat"), np.array([2, 1]), "a sentence")
        >>> vocabulary.support_size, vocabulary.num_tokens
        (2, 3)

    Source: Definition.
    """

    tokens: tuple[str, ...]
    counts: Int[np.ndarray, " support"]
    source: str

    def __post_init__(self):
        """Check the pair and freeze the counts."""
        object.__setattr__(self, "tokens", tuple(self.tokens))
        given = np.asarray(self.counts)
        if given.ndim != 1 or given.size == 0 or len(self.tokens) != given.size:
            raise ValueError(
                f"`tokens` and `counts` must be two non-empty lists of one length; got {len(self.tokens)} tokens "
                f"and counts of shape {given.shape}. Give one count for each token."
            )
        if not np.issubdtype(given.dtype, np.integer):
            raise ValueError(f"`counts` must be whole numbers; got {given.dtype}. Give occurrences, not shares.")
        if int(given.min()) < 1:
            raise ValueError(f"`counts` must be at least 1; got {int(given.min())}. Leave tokens that never occur out.")
        if len(set(self.tokens)) != len(self.tokens):
            raise ValueError("`tokens` must be distinct. Add the counts of a repeated token up.")
        # Python integers, since int64 sums wrap without a word.
        if sum(given.tolist()) > LARGEST_TOTAL:
            raise ValueError(f"`counts` must sum to at most {LARGEST_TOTAL}. Divide all of them by a common factor.")
        counts = np.array(given, np.int64)
        counts.setflags(write=False)
        object.__setattr__(self, "counts", counts)

    @classmethod
    def from_occurrences(cls, occurrences: Mapping[str, int], source: str) -> "Vocabulary":
        """The tokens of a mapping, most frequent first, ties in code point order.

        The order depends on the counts alone, so that the same corpus gives the same support however it was read.

        Args:
            occurrences: token -> how often it occurs.
            source: where they came from.

        Returns:
            The vocabulary.

        Source: Definition.
        """
        ranked = sorted(occurrences.items(), key=lambda item: (-item[1], item[0]))
        return cls(
            tuple(token for token, _ in ranked), np.array([count for _, count in ranked], dtype=np.int64), source
        )

    @property
    def support_size(self) -> int:
        """Number of distinct tokens."""
        return len(self.tokens)

    @property
    def num_tokens(self) -> int:
        """Number of occurrences of all tokens together."""
        return int(self.counts.sum())


def read_bytes(path: str | pathlib.Path) -> bytes:
    """The bytes of a file, or one line that names it.

    Raises:
        ValueError: the file cannot be read.
    """
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(f"cannot read {str(path)!r}: {reason}. Check the name of the file.") from None


def decode(raw: bytes, path: str | pathlib.Path) -> str:
    """`raw` decoded as UTF-8, without its byte order mark.

    Raises:
        ValueError: not UTF-8; names the first offending byte.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{str(path)!r} is not UTF-8: byte 0x{error.object[error.start]:02x} at offset {error.start}. "
            "Convert it to UTF-8, or count its raw bytes with the unit `bytes`."
        ) from None

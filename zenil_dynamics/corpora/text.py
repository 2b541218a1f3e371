r"""Counts of the words, characters or bytes of a text file.

The rule for words, so that a count can be repeated elsewhere: the text is decoded as UTF-8 (a byte order mark is
dropped), brought to Unicode normal form C and lower-cased with `str.lower`; a word is then a maximal run of letters,
combining marks and decimal digits, in which single apostrophes (' or U+2019, the latter read as the former) may stand
between two of these ("don't" is one word, "'tis" is "tis"). Everything else, the underscore and the hyphen included,
separates words. Scripts that are written without spaces come out as one word per run: count their characters instead.
"""

import functools
import itertools
import pathlib
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator

from zenil_dynamics.corpora.base import Vocabulary, decode, read_bytes

UNITS = ("words", "chars", "bytes")
"""What a text can be cut into."""


def read_text(path: str | pathlib.Path, unit: str = "words") -> Vocabulary:
    """Count the words, characters or bytes of a text file.

    Words follow the rule at the top of this file. Characters are Unicode code points as they stand, line ends and
    spaces included. Bytes are those of the file as it lies on disk, whatever its encoding, named by two hexadecimal
    digits.

    Args:
        path: a UTF-8 text file (any file for `unit="bytes"`).
        unit: one of `UNITS`.

    Returns:
        Vocabulary, most frequent token first; ties in code point order.

    Raises:
        ValueError: unknown unit, no such file, a text that is not UTF-8, or one without a single token.

    Source: Definition.
    """
    if unit not in UNITS:
        raise ValueError(f"`unit` must be one of {', '.join(UNITS)}; got {unit!r}. Choose one of these.")
    raw = read_bytes(path)
    if unit == "bytes":
        occurrences = {f"{value:02x}": count for value, count in Counter(raw).items()}
    else:
        text = decode(raw, path)
        occurrences = Counter(split_words(text) if unit == "words" else text)
    if not occurrences:
        what = "no word" if raw else "nothing"
        raise ValueError(f"the text {str(path)!r} has {what} in it. Give a text with at least one of its {unit}.")
    return Vocabulary.from_occurrences(occurrences, source=f"{unit} of {pathlib.Path(path).name}")


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a text by the rule at the top of this file.

    Args:
        text: any string.

    Yields:
        Lower-cased words, in the order of the text.

    Example:
        >>> list(split_words("Don't panic: it\u2019s 42, not forty_two."))
        ["don't", 'panic', "it's", '42', 'not', 'forty', 'two']

    Source: Definition.
    """
    lowered = unicodedata.normalize("NFC", text).lower().replace("\u2019", "'")
    pattern = word_pattern(marks=not lowered.isascii())
    return (match.group() for match in pattern.finditer(lowered))


@functools.cache
def word_pattern(marks: bool) -> re.Pattern[str]:
    """The regular expression of a word; `marks` adds the combining marks, which `str.isalnum` denies.

    Without them the words of most Indic scripts would break at every vowel sign. Listing them takes a pass over all
    code points, which a plain ASCII text need not pay for.
    """
    letter = rf"(?:[^\W_]|[{combining_marks()}])" if marks else r"[^\W_]"
    return re.compile(rf"{letter}+(?:'{letter}+)*")


def combining_marks() -> str:
    """All code points of the Unicode categories Mn, Mc and Me, as ranges of a character class."""
    points = (point for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point))[0] == "M")
    ranges = []
    for _, group in itertools.groupby(enumerate(points), key=lambda pair: pair[1] - pair[0]):
        run = [point for _, point in group]
        ranges.append(f"{chr(run[0])}-{chr(run[-1])}")
    return "".join(ranges)

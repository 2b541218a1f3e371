"""Counts from a CSV file of two columns, token and count."""

import csv
import io
import pathlib
import re

import numpy as np

from zenil_dynamics.corpora.base import LARGEST_TOTAL, Vocabulary, decode, read_bytes

WHOLE_NUMBER = re.compile(r"\+?[0-9]+")


def read_count_table(path: str | pathlib.Path) -> Vocabulary:
    """Read `token,count` rows; the order of the rows is kept.

    UTF-8, comma-separated, quotes as in RFC 4180. The first row is a header when its second field is a name: neither
    empty nor a number, and without a digit. Empty lines are skipped, yet counted: a message's row number is the line
    number of an editor as long as no quoted token spans lines.

    Args:
        path: the CSV file.

    Returns:
        Vocabulary with the tokens in the order of the file.

    Raises:
        ValueError: an unreadable or empty file, or the first bad row, by number: other than two fields, an empty or
            repeated token, a count that is no whole number of at least 1.

    Source: Definition.
    """
    stream = io.StringIO(decode(read_bytes(path), path), newline="")
    reader = csv.reader(stream, strict=True)
    tokens: dict[str, int] = {}
    counts: list[int] = []
    total, row = 0, 0
    while True:
        row += 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise bad_row(path, row, f"cannot be read as CSV ({error})", "Correct its quotes") from None
        if fields is None:
            break
        if not fields or (len(tokens) == 0 and is_header(fields)):
            continue
        token, count = parse_row(path, row, fields)
        if token in tokens:
            raise bad_row(path, row, f"repeats the token {token!r} of row {tokens[token]}", "Add the two counts up")
        tokens[token] = row
        counts.append(count)
        total += count
        if total > LARGEST_TOTAL:
            raise bad_row(path, row, f"takes the sum of counts beyond {LARGEST_TOTAL}", "Divide all by a common factor")
    if not tokens:
        raise ValueError(f"the count table {str(path)!r} has no row. Give rows of the form token,count.")
    return Vocabulary(tuple(tokens), np.array(counts, np.int64), source=f"counts of {pathlib.Path(path).name}")


def parse_row(path: str | pathlib.Path, row: int, fields: list[str]) -> tuple[str, int]:
    """Token and count of one row.

    Raises:
        ValueError: the row is bad; says why.
    """
    if len(fields) != 2:
        raise bad_row(path, row, f"has {len(fields)} field{'s' * (len(fields) != 1)}", "Write it as token,count")
    token, count = fields[0], fields[1].strip()
    if not token:
        raise bad_row(path, row, "has an empty token", "Name the token, or remove the row")
    if not WHOLE_NUMBER.fullmatch(count) or int(count) < 1:
        raise bad_row(path, row, f"has the count {fields[1]!r}", "A count is a whole number of at least 1")
    return token, int(count)


def is_header(fields: list[str]) -> bool:
    """Whether a first row names its columns instead of counting."""
    if len(fields) != 2 or not fields[1].strip() or any(character.isdigit() for character in fields[1]):
        return False
    try:
        float(fields[1])
    except ValueError:
        return True
    return False  # "nan" and "inf" are bad counts, not names


def bad_row(path: str | pathlib.Path, row: int, what: str, remedy: str) -> ValueError:
    """The error that names a row."""
    return ValueError(f"row {row} of the count table {str(path)!r} {what}. {remedy}.")

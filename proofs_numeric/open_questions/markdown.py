"""Open questions in Markdown: a pure function of the document, schema 1."""

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any


def markdown(content: Mapping[str, Any]) -> str:
    """The whole report: a paragraph and a table for each question.

    Args:
        content: what `run.document` returns.

    Returns:
        Markdown that ends with a newline.

    Source: Definition.
    """
    head = (
        f"Estimates with intervals, never verdicts: nothing was expected of them. Effort `{content['effort']}`, root "
        f"`{content['root']}`."
    )
    return "\n\n".join(["# Open questions", head, sections(content)]) + "\n"


def sections(content: Mapping[str, Any]) -> str:
    """Each question with what is asked, why it is open, how it is estimated, what was found, and its table.

    Args:
        content: what `run.document` returns.

    Returns:
        Markdown without a newline at its end.

    Source: Definition.
    """
    return "\n\n".join(_section(question) for question in content["questions"])


def _section(question: Mapping[str, Any]) -> str:
    parts = [
        f"## {question['title']}",
        f"`{question['name']}`. {question['asked']}",
        f"*Why it is open.* {question['why_open']}",
        f"*How it is estimated.* {question['how']}",
        f"*So far.* {question['answer_so_far']}",
        table(question["estimates"]),
    ]
    return "\n\n".join(parts)


def table(estimates: list[Mapping[str, Any]]) -> str:
    """One row per estimate.

    Args:
        estimates: entries of a question in the document.

    Returns:
        A Markdown table.

    Source: Definition.
    """
    lines = ["| quantity | setting | estimate | interval | kind of interval |", "|---|---|---|---|---|"]
    lines.extend(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row(each))} |" for each in estimates)
    return "\n".join(lines)


def row(estimate: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Quantity, setting, value with its unit, interval and its kind, in words.

    Args:
        estimate: an entry of a question in the document.

    Returns:
        Five cells, not yet escaped.

    Source: Definition.
    """
    low, high = estimate["interval"]
    digits = digits_that_matter(low, high)
    setting = ", ".join(f"{name} = {value}" for name, value in estimate["setting"].items())
    unit = f" {estimate['unit']}" if estimate["unit"] else ""
    interval = f"[{rounded(low, digits, ROUND_FLOOR)}, {rounded(high, digits, ROUND_CEILING)}]"
    return estimate["quantity"], setting, f"{estimate['value']:.{digits}g}{unit}", interval, estimate["kind"]


def digits_that_matter(low: float, high: float) -> int:
    """Significant digits that show the width of an interval, from 4 to 10.

    Args:
        low: lower end.
        high: upper end.

    Returns:
        How many digits to print.

    Source: Definition.
    """
    size = max(abs(low), abs(high))
    if size == 0 or low == high:
        return 10
    return min(max(2 - math.floor(math.log10((high - low) / size)), 4), 10)


def rounded(end: float, digits: int, direction: str) -> str:
    """One end of an interval in decimals, rounded outwards: what is printed holds what was computed.

    Args:
        end: finite.
        digits: significant ones.
        direction: `decimal.ROUND_FLOOR` for a lower end, `ROUND_CEILING` for an upper one.

    Returns:
        The number as text.

    Source: Definition.
    """
    exact = Decimal(end).normalize(Context(prec=digits, rounding=direction))
    return f"{exact:f}" if -5 < exact.adjusted() < digits else f"{exact:e}"

"""Open questions in Markdown: a pure function of the document, schema 1."""

from collections.abc import Mapping
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
    digits = digits_that_differ(low, high)
    setting = ", ".join(f"{name} = {value}" for name, value in estimate["setting"].items())
    unit = f" {estimate['unit']}" if estimate["unit"] else ""
    interval = f"[{low:.{digits}g}, {high:.{digits}g}]"
    return estimate["quantity"], setting, f"{estimate['value']:.{digits}g}{unit}", interval, estimate["kind"]


def digits_that_differ(low: float, high: float) -> int:
    """Significant digits, from 4 to 10, at which two ends can be told apart; 6 if they cannot.

    Args:
        low: lower end.
        high: upper end.

    Returns:
        How many digits to print.

    Source: Definition.
    """
    return next((digits for digits in range(4, 11) if f"{low:.{digits}g}" != f"{high:.{digits}g}"), 6)

"""What a claim says beside its statement, as plain data that goes into every document."""

from collections.abc import Sequence
from typing import Any

from proofs_numeric.claims import Claim
from proofs_numeric.real_box import box_words

_MOST = 8


def claim_words(claim: Claim) -> dict[str, Any]:
    """Route, domain, neighbours and what is known of the source.

    Args:
        claim: any claim.

    Returns:
        Strings, and mappings and lists of strings; of a long domain the first values and the last.

    Source: Definition.
    """
    return {
        "route": str(claim.route),
        "second_hand": claim.second_hand,
        "domain": {name: _some(values) for name, values in claim.domain.items()},
        "box": box_words(claim.box),
        "reason": claim.reason,
        "proved": claim.proved,
        "neighbours": {name: variant.statement for name, variant in (*claim.mutants.items(), *claim.controls.items())},
    }


def _some(values: Sequence[Any]) -> list[str]:
    """A domain may have millions of values, and stands in every document."""
    if len(values) <= _MOST:
        return [value_words(value) for value in values]
    return [*(value_words(value) for value in values[: _MOST - 3]), f"({len(values)} in all)", value_words(values[-1])]


def value_words(value: Any) -> str:
    """A value of a domain as text: tuples in parentheses, fractions as p/q, floats in ten digits. Definition."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(value_words, value)) + ")"
    return f"{value:.10g}" if isinstance(value, float) else str(value)

"""What a claim says beside its statement, as plain data that goes into every document."""

from typing import Any

from proofs_numeric.claims import Claim
from proofs_numeric.real_box import box_words


def claim_words(claim: Claim) -> dict[str, Any]:
    """Route, domain, neighbours and what is known of the source.

    Args:
        claim: any claim.

    Returns:
        Strings, and mappings and lists of strings.

    Source: Definition.
    """
    return {
        "route": str(claim.route),
        "second_hand": claim.second_hand,
        "domain": {name: [value_words(value) for value in values] for name, values in claim.domain.items()},
        "box": box_words(claim.box),
        "reason": claim.reason,
        "proved": claim.proved,
        "neighbours": {name: variant.statement for name, variant in (*claim.mutants.items(), *claim.controls.items())},
    }


def value_words(value: Any) -> str:
    """A value of a domain as text: tuples in parentheses, fractions as p/q, floats in ten digits. Definition."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(value_words, value)) + ")"
    return f"{value:.10g}" if isinstance(value, float) else str(value)

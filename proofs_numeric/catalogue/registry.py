"""All claims of the catalogue, in the order of the paper: population, Theorem 2, Theorem 4, Theorem 5, accumulation."""

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from proofs_numeric.catalogue import (
    accumulation,
    fixation_law,
    limit,
    noise_variance,
    phase,
    scope,
    variance_amplification,
)
from proofs_numeric.claim import Claim


def register(topics: Iterable[tuple[Claim, ...]]) -> Mapping[str, Claim]:
    """Gather the claims of topic files into one ordered table.

    Args:
        topics: tuples of claims, in the order in which they are listed and run.

    Returns:
        Id -> claim, read-only.

    Raises:
        ValueError: an id that appears twice, or a correction that points to no claim.

    Source: Definition.
    """
    table: dict[str, Claim] = {}
    for claims in topics:
        for entry in claims:
            if entry.id in table:
                raise ValueError(f"`id` must be unique; {entry.id!r} is given to two claims. Rename the newer one.")
            table[entry.id] = entry
    for entry in table.values():
        for other in entry.corrected_by:
            if other not in table or other == entry.id:
                raise ValueError(
                    f"`corrected_by` of {entry.id!r} must name another claim; got {other!r}"
                    f"{_nearest(other, table)}. Correct the id."
                )
    return MappingProxyType(table)


def _nearest(name: str, table: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(table), n=3, cutoff=0.4)
    return f"; nearest: {', '.join(near)}" if near else ""


CATALOGUE: Mapping[str, Claim] = register(
    (
        limit.CLAIMS,
        noise_variance.CLAIMS,
        variance_amplification.CLAIMS,
        fixation_law.CLAIMS,
        scope.CLAIMS,
        phase.CLAIMS,
        accumulation.CLAIMS,
    )
)
"""Id -> claim, in catalogue order."""

CLAIMS: tuple[Claim, ...] = tuple(CATALOGUE.values())
"""The claims themselves, in catalogue order."""


def claim(claim_id: str) -> Claim:
    """The claim with this id.

    Args:
        claim_id: permanent id, such as "thm4-conservation".

    Returns:
        The claim.

    Raises:
        ValueError: an unknown id; the message names the nearest ones.

    Source: Definition.
    """
    if claim_id not in CATALOGUE:
        raise ValueError(f"`claim_id` must be in the catalogue; got {claim_id!r}{_nearest(claim_id, CATALOGUE)}.")
    return CATALOGUE[claim_id]

"""Every catalogue, and all their claims in one table: the paper first, then what others state about such loops."""

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from proofs_numeric.catalogue.critics import CRITICS
from proofs_numeric.catalogue.literature.catalogues import LITERATURE
from proofs_numeric.catalogue.paper import Catalogue
from proofs_numeric.catalogue.zenil.catalogue import ZENIL
from proofs_numeric.claims import Claim


def register(topics: Iterable[tuple[Claim, ...]]) -> Mapping[str, Claim]:
    """Gather the claims of topic files into one ordered table.

    Args:
        topics: tuples of claims, in the order in which they are listed and run.

    Returns:
        Id -> claim, read-only.

    Raises:
        ValueError: an id that appears twice.

    Source: Definition.
    """
    table: dict[str, Claim] = {}
    for claims in topics:
        for entry in claims:
            if entry.id in table:
                raise ValueError(f"`id` must be unique; {entry.id!r} is given to two claims. Rename the newer one.")
            table[entry.id] = entry
    return MappingProxyType(table)


def dangling_corrections(table: Mapping[str, Claim]) -> list[str]:
    """Sentences about every `corrected_by` that names no other claim of the table.

    The build fails on them; an import does not, since a pointer for readers is no reason to lose all verdicts.

    Args:
        table: id -> claim.

    Returns:
        One sentence per dangling pointer, empty if there is none.

    Source: Definition.
    """
    return [
        f"`corrected_by` of {entry.id!r} must name another claim; got {other!r}{_nearest(other, table)}."
        for entry in table.values()
        for other in entry.corrected_by
        if other not in table or other == entry.id
    ]


def _nearest(name: str, table: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(table), n=3, cutoff=0.4)
    return f"; nearest: {', '.join(near)}" if near else ""


CATALOGUES: Mapping[str, Catalogue] = MappingProxyType({each.name: each for each in (ZENIL, CRITICS, *LITERATURE)})
"""Name -> catalogue, in the order in which they are run."""

CATALOGUE: Mapping[str, Claim] = register(topic for each in CATALOGUES.values() for topic in each.topics)
"""Id -> claim of every catalogue, in order."""

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

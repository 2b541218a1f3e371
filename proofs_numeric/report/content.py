"""Everything that a report says, as plain JSON data: verdicts, what the claims say, the catalogues, their papers."""

from collections.abc import Mapping, Sequence
from typing import Any

from proofs_numeric.budget import Budget
from proofs_numeric.by_hand.placing import script_at
from proofs_numeric.catalogue.paper import Catalogue
from proofs_numeric.catalogue.truth_matrix import TRUTHS, TruthMatrix
from proofs_numeric.evidence import to_json
from proofs_numeric.verdict import Verdict


def content(
    verdicts: Sequence[Verdict],
    catalogues: Sequence[Catalogue],
    budget: Budget,
    root: str,
    *,
    seconds: float | None = None,
    strict: bool = False,
) -> dict[str, Any]:
    """A run with all that its reports say.

    Args:
        verdicts: in the order of the run, as far as it came.
        catalogues: to which claims may belong; those without a claim in the run are left out.
        budget: what was allowed.
        root: hexadecimal root of the run.
        seconds: wall time.
        strict: as in `evidence.to_json`.

    Returns:
        What `evidence.to_json` returns, with catalogues and scripts filled in.

    Source: Definition.
    """
    whole = to_json(verdicts, budget, root, seconds=seconds, strict=strict)
    homes = {claim.id: catalogue.name for catalogue in catalogues for claim in catalogue.claims}
    for entry, verdict in zip(whole["claims"], verdicts, strict=True):
        found = verdict.counterexample or verdict.most_convincing
        entry["catalogue"] = homes.get(verdict.claim_id, "")
        entry["script"] = None if found is None else script_at(verdict.claim_id, found.theta)
    present = {entry["catalogue"] for entry in whole["claims"]}
    whole["catalogues"] = [_catalogue(each) for each in catalogues if each.name in present]
    return whole


def _catalogue(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "name": catalogue.name,
        "title": catalogue.title,
        "papers": [
            {
                "key": paper.key,
                "title": paper.title,
                "authors": list(paper.authors),
                "year": paper.year,
                "address": paper.address,
                "bibtex": paper.bibtex,
            }
            for paper in catalogue.papers
        ],
        "matrix": None if catalogue.matrix is None else _matrix(catalogue.matrix),
    }


def _matrix(matrix: TruthMatrix) -> dict[str, Any]:
    return {
        "note": matrix.note,
        "truths": dict(TRUTHS),
        "readings": dict(matrix.readings),
        "rows": [
            {
                "item": row.item,
                "statement": row.statement,
                "cells": {
                    reading: {"truth": cell.truth, "words": cell.words, "claims": list(cell.claims)}
                    for reading, cell in ((reading, row.cells[reading]) for reading in matrix.readings)
                },
            }
            for row in matrix.rows
        ],
    }


def settled(cell: Mapping[str, Any], verdicts: Mapping[str, Mapping[str, Any]]) -> str:
    """Whether the claims behind a cell of a truth matrix ended as its truth was predicted from.

    Definition. "definition" where no claim is behind it; "open" where one was not run, not attempted or not decided;
    "parted" where one parted from its expectation; else "settled".

    Args:
        cell: of the content's truth matrix.
        verdicts: id -> entry of the content's claims.
    """
    if not cell["claims"]:
        return "definition"
    found = [verdicts.get(name) for name in cell["claims"]]
    if any(entry is not None and not entry["as_expected"] for entry in found):
        return "parted"
    decided = ("SUPPORTED", "REFUTED", "NOT_TESTABLE", "VACUOUS")
    done = all(entry is not None and entry["attempted"] and entry["status"] in decided for entry in found)
    return "settled" if done else "open"

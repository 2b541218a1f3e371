"""The report as one self-contained page: a pure function of the report's JSON.

No script, style, font or picture comes from elsewhere, which the page itself forbids by its content security policy.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from proofs_numeric.report.content import settled
from proofs_numeric.report.facts import SIGNS, ended, facts, number, status, summary, title
from proofs_numeric.report.markdown import headings
from proofs_numeric.report.plots import (
    curve_picture,
    curve_words,
    evidence_picture,
    evidence_words,
    instance_picture,
)
from proofs_numeric.report.references import papers, reference_line

FILES = {"json": "report.json", "markdown": "report.md", "bibliography": "references.bib"}
READINGS = {
    "R1": "population: an infinite sample",
    "R2": "types, N samples a generation",
    "R3": "types, a growing sample",
    "R4": "Gaussian with free variance",
    "R5": "fixed variance, or a mean recursion with outside noise",
    "R6": "smoothed: additive, temperature, kernel density",
    "R7": "accumulated data",
    "R8": "one real sample, used again in every generation",
    "RF": "other one-parameter families",
    "ALG": "symbolic and algorithmic items",
    "OWN": "about no loop of the paper",
}
_KINDS = {"T": "true", "F": "false", "C": "corrected", "D": "depends", "V": "vacuous", "-": "none"}
_LETTERS = {"-": "–"}


def page(
    content: Mapping[str, Any],
    questions: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """The page.

    Args:
        content: what `content.content` returns.
        questions: the JSON of `zenil questions`, shown in a section of its own; None leaves it out.
        progress: called with (claims drawn, claims) after each.

    Returns:
        HTML.

    Source: Definition.
    """
    environment = Environment(
        loader=PackageLoader("proofs_numeric.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    claims = content["claims"]
    known = {claim["id"]: claim for claim in claims}
    counts = Counter(map(status, claims))
    present = {claim["reading"] for claim in claims}
    return environment.get_template("page.html.jinja").render(
        title=title(content),
        summary=summary(content).replace("`", ""),
        counts=sorted(counts.items(), key=lambda item: (-item[1], item[0])),
        signs=SIGNS,
        words={name: name.lower().replace("_", " ") for name in SIGNS},
        matrices=[_matrix(each, known) for each in content["catalogues"] if each["matrix"]],
        catalogues=_groups(content, progress),
        num_claims=len(claims),
        known=known.keys(),
        readings=[reading for reading in READINGS if reading in present],
        reading_words=[(reading, words) for reading, words in READINGS.items() if reading in present],
        papers=[{**paper, "line": reference_line(paper)} for paper in papers(content)],
        questions=None if questions is None else _questions(questions),
        alpha=f"{content['budget']['alpha_suite']:g}",
        files=FILES,
    )


def _groups(content: Mapping[str, Any], progress: Callable[[int, int], None]) -> list[dict[str, Any]]:
    """Catalogues with their claims in the order of the run; claims of a user's own files come last."""
    groups = [
        {
            "name": name,
            "title": heading,
            "claims": [_claim(each) for each in content["claims"] if each["catalogue"] == name],
        }
        for name, heading in headings(content)
    ]
    return [group for group in groups if group["claims"]]


def _matrix(catalogue: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    matrix = catalogue["matrix"]
    used = {cell["truth"] for row in matrix["rows"] for cell in row["cells"].values()}
    return {
        "name": catalogue["name"],
        "title": catalogue["title"],
        "note": matrix["note"],
        "readings": list(matrix["readings"].items()),
        "legend": [(_LETTERS.get(t, t), _KINDS[t], words) for t, words in matrix["truths"].items() if t in used],
        "rows": [
            {
                "item": row["item"],
                "statement": row["statement"],
                "cells": [
                    {
                        "id": f"cell-{index}-{reading}",
                        "reading": reading,
                        "reading_words": matrix["readings"][reading],
                        "letter": _LETTERS.get(cell["truth"], cell["truth"]),
                        "kind": _KINDS[cell["truth"]],
                        "meaning": matrix["truths"][cell["truth"]],
                        "words": cell["words"],
                        "state": settled(cell, known),
                        "claims": [
                            {"id": name, "known": name in known, "status": status(known[name]) if name in known else ""}
                            for name in cell["claims"]
                        ],
                    }
                    for reading, cell in row["cells"].items()
                ],
            }
            for index, row in enumerate(matrix["rows"])
        ],
    }


def _claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    neighbours = [
        (name, claim["neighbours"].get(name, ""), "✓" if result["passed"] else "✗", ended(result))
        for name, result in (*claim["mutants"].items(), *claim["controls"].items())
    ]
    return {
        "id": claim["id"],
        "item": claim["item"],
        "reading": claim["reading"],
        "statement": claim["statement"],
        "status": status(claim),
        "as_expected": claim["as_expected"],
        "expected_words": (claim["expected"] or "nothing").lower().replace("_", " "),
        "weak": claim["weak"],
        "second_hand": claim["second_hand"],
        "corrected_by": claim["corrected_by"],
        "facts": [(name, value) for name, value in facts(claim) if value],
        "neighbours": neighbours,
        "pictures": _pictures(claim),
        "script": claim["script"],
        "reproduce": claim["reproduce"] if claim["attempted"] and claim["rung"] else "",
    }


def _pictures(claim: Mapping[str, Any]) -> list[dict[str, str]]:
    pictures = []
    if claim["curve"]:
        caption = f"Along {claim['curve']['parameter']}, the others as in the example: {curve_words(claim['curve'])}."
        if claim["curve"]["num_draws"]:
            caption += f" {claim['curve']['num_draws']} draws each; an interval misses with probability "
            caption += f"{claim['curve']['level']:g}."
        pictures.append({"svg": curve_picture(claim), "caption": caption})
    if claim["evidence_path"] and claim["evidence_path"]["n"]:
        caption = f"Evidence, draw by draw: {evidence_words(claim['evidence_path'])}."
        pictures.append({"svg": evidence_picture(claim), "caption": caption})
    instances = [(name, claim[key]) for name, key in _INSTANCES if claim[key] and _drawable(claim[key])]
    if len(instances) == 2 and instances[0][1]["theta"] == instances[1][1]["theta"]:
        instances = [("minimal and most convincing counterexample", instances[0][1])]
    if instances:
        caption = "Value and bound" + (
            "." if claim["relation"] == "==" else "; the shaded side is what the claim allows."
        )
        pictures.append({"svg": instance_picture(claim, instances), "caption": caption})
    return pictures


_INSTANCES = (
    ("minimal counterexample", "counterexample"),
    ("most convincing counterexample", "most_convincing"),
    ("nearest to a violation", "closest"),
)


def _drawable(instance: Mapping[str, Any]) -> bool:
    ends = instance["interval"] or (0.0, 0.0)
    return all(isinstance(each, (int, float)) for each in (instance["value"], instance["bound"], *ends))


def _questions(questions: Mapping[str, Any]) -> dict[str, Any]:
    return dict(questions) | {
        "questions": [
            dict(question)
            | {
                "estimates": [
                    dict(estimate)
                    | {
                        "setting_words": ", ".join(f"{name} = {value}" for name, value in estimate["setting"].items()),
                        "value_words": f"{number(estimate['value'])} {estimate['unit']}".strip(),
                        "interval_words": f"[{number(estimate['interval'][0])}, {number(estimate['interval'][1])}]",
                    }
                    for estimate in question["estimates"]
                ]
            }
            for question in questions["questions"]
        ]
    }

"""The report in Markdown: a pure function of the report's JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from proofs_numeric.report.content import settled
from proofs_numeric.report.facts import SIGNS, ended, facts, number, status, summary, title
from proofs_numeric.report.plots import curve_words, evidence_words
from proofs_numeric.report.references import papers, reference_line


def report(content: Mapping[str, Any]) -> str:
    """The whole report: summary, truth matrix, a table for each catalogue, every claim in full, references.

    Args:
        content: what `content.content` returns.

    Returns:
        Markdown text that ends with a newline.

    Source: Definition.
    """
    parts = [f"# {title(content)}", summary(content)]
    for catalogue in content["catalogues"]:
        if catalogue["matrix"]:
            parts += [f"## Truth matrix: {catalogue['title']}", matrix_table(catalogue["matrix"], content)]
            parts.append(_matrix_words(catalogue["matrix"]))
    for name, heading in headings(content):
        parts += [f"## {heading}", verdict_table(content, name)]
    parts.append("## In full")
    parts += [_in_full(claim) for claim in content["claims"]]
    resolved = [claim for claim in content["claims"] if claim["resolution"]]
    if resolved:
        parts += ["## Resolution", _resolutions(resolved)]
    lines = [f"- {reference_line(paper)} {paper['address']}".rstrip() for paper in papers(content)]
    if lines:
        parts += ["## References", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def headings(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and title of every catalogue in a report; a user's own claims belong to the one without a name.

    Definition.

    Args:
        content: what `content.content` returns.
    """
    own = [("", "Your own claims")] if any(not claim["catalogue"] for claim in content["claims"]) else []
    return [(each["name"], each["title"]) for each in content["catalogues"]] + own


def matrix_table(matrix: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Statements against readings; a letter whose claims parted or were not decided says so.

    Args:
        matrix: of a catalogue of the content.
        content: what `content.content` returns.

    Source: Definition.
    """
    known = {claim["id"]: claim for claim in content["claims"]}
    marks = {"parted": " (parted)", "open": " (not decided)", "settled": "", "definition": ""}
    lines = [
        "| item | statement | " + " | ".join(matrix["readings"]) + " |",
        "|---|---|" + "---|" * len(matrix["readings"]),
    ]
    for row in matrix["rows"]:
        cells = [
            (cell["truth"] if cell["truth"] != "-" else "–") + marks[settled(cell, known)]
            for cell in row["cells"].values()
        ]
        lines.append("| " + " | ".join([row["item"], _cell(row["statement"]), *cells]) + " |")
    legend = "; ".join(f"{letter} {words}" for letter, words in matrix["truths"].items()).replace("- does", "– does")
    readings = ", ".join(f"{reading} {words}" for reading, words in matrix["readings"].items())
    return "\n".join([*lines, "", f"{legend}. Readings: {readings}. {matrix['note']}"])


def _matrix_words(matrix: Mapping[str, Any]) -> str:
    lines = []
    for row in matrix["rows"]:
        lines.append(f"- {row['item']}: {row['statement']}")
        for reading, cell in row["cells"].items():
            behind = ", ".join(f"`{name}`" for name in cell["claims"])
            lines.append(f"  - {reading}: {cell['words']}{f' ({behind})' if behind else ''}")
    return "\n".join(lines)


def verdict_table(content: Mapping[str, Any], catalogue: str | None = None) -> str:
    """One row a claim: id, item, reading, verdict, what it rests on, counterexample.

    Args:
        content: what `content.content` returns.
        catalogue: name of the only catalogue to show; None shows every claim.

    Source: Definition.
    """
    lines = ["| claim | item | reading | verdict | rests on | counterexample |", "|---|---|---|---|---|---|"]
    for claim in content["claims"]:
        if catalogue not in (None, claim["catalogue"]):
            continue
        cells = (
            f"`{claim['id']}`",
            claim["item"],
            claim["reading"],
            _verdict(claim),
            _basis(claim, content["budget"]),
            _counterexample(claim),
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """A bar would end the cell, a line break the table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _verdict(claim: Mapping[str, Any]) -> str:
    if not claim["attempted"]:
        return "not attempted"
    text = f"{SIGNS.get(claim['status'], '!')} {claim['status'].lower().replace('_', ' ')}"
    text += ", WEAK" * bool(claim.get("weak"))
    if claim["as_expected"]:
        return text if claim["expected"] else f"{text}, no expectation"
    return f"**{text}**, expected {claim['expected'].lower()}" if claim["expected"] else f"**{text}**"


def _basis(claim: Mapping[str, Any], budget: Mapping[str, Any]) -> str:
    """The rung, and for Monte Carlo the error level."""
    if not claim["attempted"] or claim["rung"] is None:
        return ""
    if claim["rung"] != "monte carlo":
        proof = f"; {claim['proof']}" if claim.get("proof") else ""
        certificate = f" ([certificate]({claim['certificate']}))" if claim.get("certificate") else ""
        return f"{claim['rung']}{proof}{certificate}"
    if claim["status"] == "REFUTED":
        return f"e-process, error {budget['alpha_suite']:g}, {claim['n']} draws"
    return f"e-process, within {claim['delta']:.3g}, {claim['n']} draws" if claim.get("delta") else "e-process"


def _counterexample(claim: Mapping[str, Any]) -> str:
    found = claim["counterexample"]
    return _example(found) if claim["status"] == "REFUTED" and found else ""


def _example(found: Mapping[str, Any]) -> str:
    where = ", ".join(f"{name}={value}" for name, value in found["theta"].items())
    return f"{where}: {number(found['value'])} against {number(found['bound'])}"


def _in_full(claim: Mapping[str, Any]) -> str:
    lines = [
        f"### {claim['id']}",
        "",
        f"{SIGNS[status(claim)]} {status(claim).lower().replace('_', ' ')} ({claim['item']}, {claim['reading']}): "
        + claim["statement"],
        "",
    ]
    lines += [f"- {name}: {_line(value)}" for name, value in facts(claim) if value]
    if claim["counterexample"]:
        lines.append(f"- minimal counterexample: {_example(claim['counterexample'])}")
    best = claim["most_convincing"]
    if best and (not claim["counterexample"] or best["theta"] != claim["counterexample"]["theta"]):
        lines.append(f"- most convincing: {_example(best)}")
    if claim["curve"]:
        lines.append(f"- along {claim['curve']['parameter']}: {curve_words(claim['curve'])}")
    if claim["evidence_path"] and claim["evidence_path"]["n"]:
        lines.append(f"- evidence: {evidence_words(claim['evidence_path'])}")
    for name, result in (*claim["mutants"].items(), *claim["controls"].items()):
        lines.append(f"- neighbour {name}: {ended(result)}")
    if claim["corrected_by"]:
        lines.append(f"- corrected by: {', '.join(f'`{name}`' for name in claim['corrected_by'])}")
    if claim["script"]:
        lines += ["", "```python", claim["script"].rstrip(), "```"]
    if claim["attempted"] and claim["rung"]:
        lines += ["", "```sh", claim["reproduce"], "```"]
    return "\n".join(lines).rstrip()


def _line(text: str) -> str:
    return text.replace("\n", " ")


def _resolutions(claims: Sequence[Mapping[str, Any]]) -> str:
    """Killed examples by the error of the bound, one row a claim."""
    lines = [
        "Random examples, of those tried, at which the bound moved against the claim is refuted.",
        "",
        "| claim | error in units of | error: killed of tried |",
        "|---|---|---|",
    ]
    for claim in claims:
        curve = claim["resolution"]
        points = (
            f"{100 * (1 - point['factor']):.3g} %: {point['killed']} of {point['num_examples']}"
            for point in curve["points"]
        )
        lines.append(f"| `{claim['id']}` | {curve['unit']} | {', '.join(points)} |")
    return "\n".join(lines)

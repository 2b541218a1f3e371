"""The README's tables: a pure function of the result files."""

import pathlib
from typing import Any

from benchmarks import results_file

BEGIN = "<!-- results: made by `python -m benchmarks --table` -->"
END = "<!-- end of results -->"
README = pathlib.Path(__file__).parent / "README.md"
PROJECT = README.parent.parent / "README.md"


def distance(goal: dict[str, Any]) -> str:
    """How far a measured ratio is from its goal, in words."""
    if goal["ratio"] is None:
        return "not measured"
    factor = goal["ratio"] / goal["threshold"]
    if not goal["at_least"]:
        factor = 1 / factor
    return f"met, {factor:.2f}x to spare" if goal["met"] else f"missed, {1 / factor:.2f}x short"


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _machine_table(document: dict[str, Any]) -> list[str]:
    machine = document["machine"]
    lines = [
        f"### {machine['device']}, {machine['cores']} cores, {machine['platform']}",
        "",
        "Replicate-generations per second, median of the repeats; every result passed its exact law first.",
        "",
        "| case | who | rate | compile, s | oracle's worst quantity | kernel |",
        "|---|---|---:|---:|---|---|",
    ]
    for workload in document["workloads"].values():
        for label, case in workload["cases"].items():
            for name, entry in case["contenders"].items():
                if entry["status"] != "timed":
                    lines.append(f"| {label} | {name} | skipped: {entry['reason']} | | | |")
                    continue
                first = entry["oracle"][0]
                law = f"{first['quantity']} {first['measured']:.5g} ({first['bound']})"
                seconds, kernel = f"{entry['compile_seconds']:.2f}", entry.get("kernel") or ""
                lines.append(f"| {label} | {name} | {_rate(entry['rate'])} | {seconds} | {law} | {kernel} |")
            words = case["words_per_replicate_generation"]
            lines.append(f"| {label} | floor, {words:.1f} words | {_rate(case['floor_rate'])} | | | |")
    lines += _measurements(document)
    lines += ["", "| workload | goal | measured | distance |", "|---|---|---:|---|"]
    for identifier, workload in document["workloads"].items():
        for goal in workload["goals"]:
            ratio = "-" if goal["ratio"] is None else f"{goal['ratio']:.2f}"
            lines.append(f"| {identifier} | {goal['sentence']} | {ratio} | {distance(goal)} |")
    stamps = sorted({f"{w['revision'][:12]} ({w['date']})" for w in document["workloads"].values()})
    packages = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    return [*lines, "", f"Revision {', '.join(stamps)}; {packages}.", ""]


def _measurements(document: dict[str, Any]) -> list[str]:
    """Quantities of probes, where there are any."""
    rows = [
        f"| {identifier} | {taken['label']} | {taken['value']:,.4g} {taken['unit']} |"
        if abs(taken["value"]) < 1e4
        else f"| {identifier} | {taken['label']} | {_rate(taken['value'])} {taken['unit']} |"
        for identifier, workload in document["workloads"].items()
        for taken in workload.get("measurements", ())
    ]
    return ["", "| workload | quantity | median |", "|---|---|---:|", *rows] if rows else []


def render(documents: list[dict[str, Any]]) -> str:
    """All machines' tables, or one line when nothing was measured."""
    lines: list[str] = []
    for document in documents:
        lines += _machine_table(document)
    return "\n".join(lines) if lines else "No results are recorded.\n"


def render_goals(documents: list[dict[str, Any]]) -> str:
    """Goals alone, a line each, for who wants the answer and not the evidence."""
    lines = ["| | goal | measured |", "|---|---|---:|"]
    for document in documents:
        for identifier, workload in document["workloads"].items():
            for goal in workload["goals"]:
                ratio = "-" if goal["ratio"] is None else f"{goal['ratio']:.2f}"
                lines.append(f"| {identifier} | {goal['sentence']} | {ratio}, {'met' if goal['met'] else 'missed'} |")
    return "\n".join([*lines, ""])


def update(
    readme: pathlib.Path = README, folder: pathlib.Path = results_file.FOLDER, project: pathlib.Path = PROJECT
) -> str:
    """Put the tables between the markers of both READMEs and return the longer; toy-size results are left out.

    Raises:
        ValueError: a README lacks a marker.
    """
    documents = [results_file.read(path) for path in sorted(folder.glob("*.json"))]
    documents = [document for document in documents if document["size"] != "quick"]
    tables = render(documents)
    parts = {readme: tables, project: render_goals(documents)}
    contents = {path: _between_markers(path, part) for path, part in parts.items()}
    for path, content in contents.items():
        path.write_text(content, encoding="utf-8")
    return tables


def _between_markers(readme: pathlib.Path, part: str) -> str:
    """The text of a README with what stands between its markers replaced."""
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"`{readme.name}` must contain once {BEGIN!r} and after it {END!r}. Put them back.")
    return f"{text.split(BEGIN)[0]}{BEGIN}\n\n{part}\n{END}{text.split(END)[1]}"

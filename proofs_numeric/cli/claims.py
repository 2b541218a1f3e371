"""`zenil claims list` and `zenil claims show`: the catalogue in words."""

import contextlib
import fractions
import json
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from proofs_numeric.claims import Claim

DEFAULT_REPORT = "report"
REPORT = "report.json"

JsonFile = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.")]
Report = Annotated[str, typer.Option("--report", metavar="DIR", help="Folder of the last zenil verify --out.")]


def list_claims(
    name: Annotated[
        str | None, typer.Argument(metavar="[CATALOGUE]", help="Name of a catalogue; default: all.", show_default=False)
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """List the claims with reading and expected verdict."""
    from rich.markup import escape
    from rich.table import Table

    from proofs_numeric.cli.claim_sources import catalogue, catalogues, find
    from proofs_numeric.cli.document import write_json
    from proofs_numeric.cli.tables import console
    from proofs_numeric.cli.verdict_words import expected_cell

    claims = list(catalogue().values()) if name is None else list(find(name, catalogues(), "catalogue").claims)
    if json_file is not None:
        write_json({"schema": 1, "claims": [facts(claim) for claim in claims]}, json_file)
    if json_file == "-":
        return
    table = Table(title=f"{len(claims)} claims", title_justify="left")
    for column in ("id", "item", "reading", "route", "expected"):
        table.add_column(column, no_wrap=True)
    table.add_column("statement", overflow="fold")
    for claim in claims:
        words = (claim.id, claim.item, claim.reading, str(claim.route))
        table.add_row(*map(escape, words), expected_cell(claim.expected), escape(claim.statement))
    console(wide=True).print(table)


def show_claim(
    claim_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a claim.", show_default=False)],
    json_file: JsonFile = None,
    report: Report = DEFAULT_REPORT,
) -> None:
    """Show one claim in words: statement, source, how it is decided, what was found last, and why, if it is refuted."""
    from rich.markup import escape
    from rich.table import Table

    from proofs_numeric.cli.claim_sources import catalogue, find
    from proofs_numeric.cli.document import write_json
    from proofs_numeric.cli.tables import console

    claim = find(claim_id, catalogue())
    content = {**facts(claim), "last_evidence": last_evidence(claim.id, report), "script": placed_script(claim, report)}
    if json_file is not None:
        write_json({"schema": 1, "claim": content}, json_file)
    if json_file == "-":
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in content.items():
        if value and name != "script":
            table.add_row(name.replace("_", " "), escape(in_words(value)))
    console(wide=True).print(table)
    if content["script"]:
        # As it is, with its own line breaks, so that it can be copied.
        console(wide=True).out(f"\n{content['script']}", end="", highlight=False)


def facts(claim: "Claim") -> dict[str, Any]:
    """What a claim says and how it is decided, in plain values."""
    from proofs_numeric.real_box import box_words

    return {
        "id": claim.id,
        "item": claim.item,
        "reading": claim.reading,
        "statement": claim.statement,
        "source": claim.source,
        "second_hand": claim.second_hand,
        "route": f"{claim.route} ({claim.route.rung})",
        "expected": None if claim.expected is None else str(claim.expected),
        "relation": claim.relation if claim.runs else "",
        "domain": {name: [str(value) for value in values] for name, values in claim.domain.items()},
        "box": box_words(claim.box),
        "delta": "depends on the example" if callable(claim.delta) else (str(claim.delta) if claim.runs else ""),
        "assumptions": list(claim.assumptions),
        "note": claim.note,
        "reason": claim.reason,
        "proved": claim.proved,
        "mutants": list(claim.mutants),
        "controls": list(claim.controls),
        "corrected_by": list(claim.corrected_by),
        "decided_at": claim.decided_at,
    }


def in_words(value: Any) -> str:
    """One cell of text."""
    if isinstance(value, dict):
        return "; ".join(
            f"{name} in {', '.join(part) if isinstance(part, list) else part}" for name, part in value.items()
        )
    return ", ".join(value) if isinstance(value, list) else str(value)


def last_evidence(claim_id: str, folder: str) -> str:
    """One line on the last verdict in a report folder; empty when there is none.

    Raises:
        ValueError: the report is there but damaged.
    """
    entry = _last_entry(claim_id, folder)
    if entry is None:
        return ""
    with _damage_named(folder):
        resolution = f", resolution {entry['resolution']['words']}" if entry.get("resolution") else ""
        path = pathlib.Path(folder) / REPORT
        return f"{entry['status']} ({entry['rung']}), effect {entry['effect']}{resolution}; see {path}"


def placed_script(claim: "Claim", folder: str) -> str | None:
    """The ten lines that show why a claim is refuted, at the last counterexample in a report folder or at their own.

    None for a claim that is not refuted, and for one of a user's.

    Raises:
        ValueError: the report is there but damaged.
    """
    from proofs_numeric.by_hand import script, script_at

    entry = _last_entry(claim.id, folder)
    with _damage_named(folder):
        found = None if entry is None or not entry["counterexample"] else dict(entry["counterexample"]["theta"])
    theta = None if found is None else _as_in_domain(claim, found)
    return script(claim.id) if theta is None else script_at(claim.id, theta)


def _as_in_domain(claim: "Claim", found: dict[str, Any]) -> dict[str, Any] | None:
    """The example of a claim from its form in JSON; None if it is one of another version of the claim."""
    from proofs_numeric.evidence import plain

    theta = {
        name: value for name, values in claim.domain.items() for value in values if plain(value) == found.get(name)
    }
    for name in claim.box:
        with contextlib.suppress(ValueError):
            theta[name] = fractions.Fraction(str(found.get(name)))
    return theta if claim.domain.keys() <= theta.keys() == found.keys() else None


def _last_entry(claim_id: str, folder: str) -> dict[str, Any] | None:
    """What a report folder holds of a claim, None when it holds nothing."""
    path = pathlib.Path(folder) / REPORT
    if not path.is_file():
        return None
    with _damage_named(folder):
        return {entry["id"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))["claims"]}.get(claim_id)


@contextlib.contextmanager
def _damage_named(folder: str) -> Iterator[None]:
    """What is wrong inside of a report, as one clear line."""
    try:
        yield
    except (ValueError, KeyError, TypeError):
        path = pathlib.Path(folder) / REPORT
        raise ValueError(f"{str(path)!r} is damaged or foreign. Run zenil verify --out {folder} again.") from None

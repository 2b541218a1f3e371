"""`zenil questions list` and `zenil questions run`: what nobody has answered, and what an experiment says."""

from typing import Annotated

import typer

from proofs_numeric.cli.claims import DEFAULT_REPORT

EFFORT_NAMES = ("quick", "standard")

JsonFile = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.", show_default=False)
]


def list_questions(json_file: JsonFile = None) -> None:
    """List the open questions and why they are open."""
    from rich.markup import escape
    from rich.table import Table

    from proofs_numeric.cli.outputs import check_names, write_document
    from proofs_numeric.cli.tables import console
    from proofs_numeric.open_questions.registry import QUESTIONS

    check_names(json_file)
    facts = [
        {"name": each.name, "title": each.title, "asked": each.asked, "why_open": each.why_open, "how": each.how}
        for each in QUESTIONS.values()
    ]
    write_document({"schema": 1, "questions": facts}, json_file)
    if json_file == "-":
        return
    table = Table(title=f"{len(facts)} open questions", title_justify="left", show_lines=True)
    table.add_column("name", no_wrap=True)
    table.add_column("asked", overflow="fold")
    table.add_column("why it is open", overflow="fold")
    for each in facts:
        table.add_row(*(escape(each[name]) for name in ("name", "asked", "why_open")))
    console(wide=True).print(table)


def run_questions(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Names of questions; default: all.", show_default=False),
    ] = None,
    effort: Annotated[str, typer.Option("--effort", help=f"{' or '.join(EFFORT_NAMES)}.")] = "quick",
    root: Annotated[
        str | None, typer.Option("--root", metavar="HEX", help="Root of all random keys; default: a new one each run.")
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder of questions.json and questions.md.")
    ] = DEFAULT_REPORT,
    json_file: JsonFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No table and no progress.")] = False,
) -> None:
    """Run the experiments of open questions: estimates with intervals, never verdicts."""
    from proofs_numeric.cli.question_run import run

    run(names or [], effort=effort, root=root, out=out, json_file=json_file, quiet=quiet)

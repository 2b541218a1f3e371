"""One run of open questions: experiments, files, and a table per question."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from proofs_numeric.cli.boundary import ended_by_signals
from proofs_numeric.cli.document import write_json
from proofs_numeric.cli.outputs import check_names, write_document
from proofs_numeric.cli.progress import counter
from proofs_numeric.cli.report_files import QUESTIONS_NAME
from proofs_numeric.cli.tables import console
from proofs_numeric.open_questions.markdown import markdown, row
from proofs_numeric.open_questions.question import Question
from proofs_numeric.open_questions.registry import QUESTIONS, question
from proofs_numeric.open_questions.run import Answer, ask, check_effort, document
from proofs_numeric.root import fresh_root, validate_root

MARKDOWN_NAME = "questions.md"


def run(
    names: Sequence[str], *, effort: str, root: str | None, out: str, json_file: str | None, quiet: bool = False
) -> None:
    """Ask questions, write what was found and print it.

    Args:
        names: of questions, each taken once; none for all.
        effort: one of `EFFORTS`.
        root: hexadecimal root of all keys; None draws one.
        out: folder of `questions.json` and `questions.md`.
        json_file: where the document goes as well, or None; "-" is stdout, which then holds nothing else.
        quiet: no table and no progress.

    Raises:
        ValueError: an unknown name or effort, a root that is none, a place that cannot be written to; all before
            anything is computed.

    Source: Definition.
    """
    asked = [question(name) for name in dict.fromkeys(names)] or list(QUESTIONS.values())
    check_effort(effort)
    digits = fresh_root() if root is None else validate_root(root)
    check_names(json_file)
    folder = _made(out)
    with ended_by_signals():
        answers = [_asked(each, effort, digits, quiet) for each in asked]
    content = document(answers, effort, digits)
    _write(content, folder)
    write_document(content, json_file)
    if json_file != "-" and not quiet:
        print_answers(content, folder)


def _made(out: str) -> pathlib.Path:
    """The folder, made if it is not there."""
    folder = pathlib.Path(out)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--out: {out!r} is a file. Name a folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"--out: cannot write to {out!r}: {error.strerror or error}.") from None
    return folder


def _asked(each: Question, effort: str, root: str, quiet: bool) -> Answer:
    with counter(f"steps of {each.name}", quiet=quiet) as report:
        return ask(each, effort, root, report)


def _write(content: dict[str, Any], folder: pathlib.Path) -> None:
    try:
        write_json(content, str(folder / QUESTIONS_NAME))
        (folder / MARKDOWN_NAME).write_text(markdown(content), encoding="utf-8")
    except OSError as error:
        raise ValueError(f"--out: cannot write to {str(folder)!r}: {error.strerror or error}.") from None


def print_answers(content: Mapping[str, Any], folder: pathlib.Path) -> None:
    """A table of estimates per question, with what is asked above and the answer so far below.

    Args:
        content: the document of the run.
        folder: where it was written.

    Source: Definition.
    """
    screen = console(wide=True)
    for each in content["questions"]:
        screen.print(f"{each['name']}: {each['asked']}", markup=False, style="bold", soft_wrap=True)
        table = Table()
        for column in ("quantity", "setting", "estimate", "interval", "kind of interval"):
            table.add_column(column, overflow="fold")
        for estimate in each["estimates"]:
            table.add_row(*map(escape, row(estimate)))
        screen.print(table)
        screen.print(each["answer_so_far"], markup=False, soft_wrap=True)
    seconds = sum(each["seconds"] for each in content["questions"])
    screen.print(
        f"{len(content['questions'])} questions, effort {content['effort']}, root {content['root']}, {seconds:.1f} s; "
        f"written to {folder / QUESTIONS_NAME} and {MARKDOWN_NAME}",
        markup=False,
        soft_wrap=True,
    )

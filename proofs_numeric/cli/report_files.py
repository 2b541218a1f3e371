"""The files of a report: JSON, Markdown, a page, and the papers as BibTeX."""

import json
import pathlib

from proofs_numeric.cli.document import write_json
from proofs_numeric.cli.progress import counter
from proofs_numeric.report import bibliography, page, report
from proofs_numeric.report.page import FILES

INDEX_NAME = "index.html"
REPORT_NAME = FILES["json"]
QUESTIONS_NAME = "questions.json"


def write_report(content: dict, folder: pathlib.Path, *, quiet: bool = False) -> None:
    """Write the evidence of a run into a folder; the page also shows the open questions that were run into it.

    Args:
        content: what `report.content` returns.
        folder: made if it is not there.
        quiet: show no progress.

    Raises:
        ValueError: the folder cannot be written to, or holds damaged estimates.

    Source: Definition.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(content, str(folder / REPORT_NAME))
        _write_text(folder / FILES["markdown"], report(content))
        _write_text(folder / FILES["bibliography"], bibliography(content))
        with counter("claims drawn", quiet=quiet) as progress:
            _write_text(folder / INDEX_NAME, page(content, questions_in(folder), progress))
    except OSError as error:
        raise ValueError(f"--out: cannot write to {str(folder)!r}: {error.strerror or error}.") from None


def questions_in(folder: pathlib.Path) -> dict | None:
    """The estimates of `zenil questions` in a folder, None if there are none.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / QUESTIONS_NAME
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{str(path)!r} is damaged. Run zenil questions run --out {folder} again.") from None


def _write_text(path: pathlib.Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")

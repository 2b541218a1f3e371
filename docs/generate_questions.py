"""Writes what runs of the open questions found into docs/open_questions.md.

    zenil questions run --effort standard --root 5eed --out FOLDER
    python docs/generate_questions.py FOLDER/questions.json

The questions of the file replace their predecessors in questions_measured.json, from which the page is made; without a
file the page is made again. tests/test_documents.py fails while the page is out of date.
"""

import json
import pathlib
import re
import sys
from collections.abc import Mapping
from typing import Any

from proofs_numeric.open_questions.markdown import sections
from proofs_numeric.open_questions.registry import QUESTIONS

PAGE = pathlib.Path(__file__).with_name("open_questions.md")
MEASURED = pathlib.Path(__file__).with_name("questions_measured.json")
MARKERS = re.compile(r"(<!-- questions -->\n).*?(<!-- end questions -->)", re.DOTALL)


def merged(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was measured, with the questions of a run in place of their predecessors, in the order of the registry."""
    kept = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {"questions": []}
    entries = {each["name"]: each for each in kept["questions"]}
    for each in content["questions"]:
        entries[each["name"]] = each | {"effort": content["effort"], "root": content["root"]}
    return {"questions": [entries[name] for name in QUESTIONS if name in entries]}


def page() -> str:
    """The page as it should be. Definition."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    runs = "\n".join(
        f"- `{each['name']}`: effort `{each['effort']}`, root `{each['root']}`, {each['seconds']:.0f} s"
        for each in measured["questions"]
    )
    found = f"{runs}\n\n{sections(measured)}\n"
    return MARKERS.sub(lambda match: match[1] + found + match[2], PAGE.read_text(encoding="utf-8"))


def main(*files: str) -> None:
    """Take in runs, if any, and write the page."""
    for file in files:
        content = merged(json.loads(pathlib.Path(file).read_text(encoding="utf-8")))
        MEASURED.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

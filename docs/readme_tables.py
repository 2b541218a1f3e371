"""Rewrite the generated parts of README.md from the files of the commands that stand beside them.

    python docs/readme_tables.py FOLDER

FOLDER holds `report/report.json` of `zenil verify --out FOLDER/report` and the four JSON documents of the section on
real texts, under the names that the README's commands give them. Parts whose files are missing stay as they are.
"""

import json
import pathlib
import re
import sys

from proofs_numeric.report import matrix_table, summary, verdict_table

README = pathlib.Path(__file__).parent.parent / "README.md"
TEXTS = {
    "words-closed.json": "5,000 English words, alpha = 0",
    "words-open.json": "5,000 English words, alpha = 0.05",
    "topics-closed.json": "Python's topics, alpha = 0",
    "topics-open.json": "Python's topics, alpha = 0.05",
}
SHOWN = (0, 1, 5, 10, 20)
COLUMNS = {
    "support_size": ("vocabulary", ".1f"),
    "entropy": ("entropy, nats", ".4f"),
    "rare_mass": ("mass of rare words", ".4f"),
    "missing_mass": ("mass of lost words", ".4f"),
}


def verdicts(folder: pathlib.Path) -> str | None:
    """Summary of the last verification, truth matrix, and the table of the paper's claims; others are counted."""
    path = folder / "report" / "report.json"
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    for claim in content["claims"]:
        # The files stay in the folder of the report.
        claim["certificate"] = None
    (paper,) = [each for each in content["catalogues"] if each["matrix"]]
    parts = [summary(content), matrix_table(paper["matrix"], content), verdict_table(content, paper["name"])]
    return "\n\n".join([*parts, others(content, paper["name"])])


def others(content: dict, paper: str) -> str:
    """Verdicts of the other catalogues, counted."""
    lines = ["| catalogue | supported | refuted | other |", "|---|---|---|---|"]
    for each in content["catalogues"]:
        if each["name"] == paper:
            continue
        statuses = [claim["status"] for claim in content["claims"] if claim["catalogue"] == each["name"]]
        held, fell = statuses.count("SUPPORTED"), statuses.count("REFUTED")
        lines.append(f"| `{each['name']}`: {each['title']} | {held} | {fell} | {len(statuses) - held - fell} |")
    return "\n".join(lines)


def texts(folder: pathlib.Path) -> str | None:
    """Measured beside exact, by generation, for each text and share of fresh data."""
    if not all((folder / name).exists() for name in TEXTS):
        return None
    header = ["text", "generation", *(f"{title}: measured (exact)" for title, _ in COLUMNS.values())]
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for name, title in TEXTS.items():
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        for generation in SHOWN:
            cells = [title, str(generation)]
            for record, (_, form) in COLUMNS.items():
                measured = content["measured"][record]["mean"][generation]
                exact = content["exact"][record][generation]
                cells.append(f"{measured:{form}} ({exact:{form}})")
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def replace(text: str, name: str, content: str | None) -> str:
    """Put `content` between the markers of one part."""
    if content is None:
        return text
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"README.md has no markers for the part {name!r}.")
    return pattern.sub(lambda match: match.group(1) + content + "\n" + match.group(2), text)


def main() -> None:
    """Rewrite README.md in place."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python docs/readme_tables.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    text = README.read_text(encoding="utf-8")
    text = replace(text, "verdicts", verdicts(folder))
    text = replace(text, "texts", texts(folder))
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Writes docs/claims.md and docs/literature.md: what is claimed, in which reading, and what was predicted.

Run `python docs/generate_claims.py` after a change to a catalogue. A pure function of the catalogues: verdicts stand in
README.md and in the report of `zenil verify`. tests/test_documents.py fails while a page differs.
"""

import pathlib
from collections.abc import Sequence

from proofs_numeric.catalogue import CATALOGUES
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim

FOLDER = pathlib.Path(__file__).parent
PAPER = "zenil2026"

CLAIMS = """# The paper's claims

Every line is one sentence of arXiv:2601.05280v2 in one reading, or the corrected form of one; a sentence of the paper
that mixes readings has several lines. `zenil verify ID` decides one, `zenil claims show ID` says all about it: source,
assumptions, domain, mutants, and for a refuted one ten lines of NumPy that show why. Expectations were written before
the first run. [findings.md](findings.md) tells what came out. Written by `python docs/generate_claims.py`.
"""

LITERATURE = """# What others state about such loops

What critics of arXiv:2601.05280 say, and statements of related theory, each in the reading in which it is checked.
`zenil verify NAME` runs one of these catalogues, `zenil claims list NAME` lists it with routes, `zenil claims show ID`
says all about one claim.

A statement whose text was not read is marked with *how it is known*: no theorem number of it is quoted, and its verdict
speaks of the sentence as it stands here. Expectations were written before the first run. Written by
`python docs/generate_claims.py`.
"""


def pages() -> dict[pathlib.Path, str]:
    """The pages and their texts."""
    others = [each for name, each in CATALOGUES.items() if name != PAPER]
    return {
        FOLDER / "claims.md": "\n\n".join([CLAIMS.strip(), section(CATALOGUES[PAPER])]) + "\n",
        FOLDER / "literature.md": "\n\n".join([LITERATURE.strip(), *map(section, others)]) + "\n",
    }


def section(catalogue: Catalogue) -> str:
    """Heading, papers and table of one catalogue."""
    lines = [f"## {catalogue.title}", "", f"`zenil verify {catalogue.name}`", ""]
    lines += [f"- {cited(paper)}" for paper in catalogue.papers]
    lines += ["", "| claim | item | reading | states | predicted |", "|---|---|---|---|---|"]
    lines += [row(claim) for claim in catalogue.claims]
    return "\n".join(lines)


def cited(paper: Paper) -> str:
    """Authors, year, title and address."""
    people = ["and others" if name == "others" else name.split(", ")[0] for name in paper.authors]
    return f"{names(people)} ({paper.year}), *{paper.title}*, <{paper.address}>"


def names(people: Sequence[str]) -> str:
    """Family names as one list."""
    if people[-1] == "and others":
        return f"{', '.join(people[:-1])} and others"
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}"


def row(claim: Claim) -> str:
    """One claim."""
    known = f" (*{claim.second_hand}*)" if claim.second_hand else ""
    predicted = "nothing" if claim.expected is None else claim.expected.value.lower().replace("_", " ")
    name = f'<a id="{claim.id}"></a>`{claim.id}`'
    cells = (name, claim.item, claim.reading, f"{claim.statement}{known}", predicted)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")

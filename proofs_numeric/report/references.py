"""The papers behind a report: one line each for readers, BibTeX for programs."""

from collections.abc import Mapping
from typing import Any


def reference_line(paper: Mapping[str, Any]) -> str:
    """Authors, title and year.

    Args:
        paper: of the report's JSON.

    Source: Definition.
    """
    people = [" ".join(reversed(name.split(", "))) for name in paper["authors"]]
    if people[-1] == "others":
        who = ", ".join(people[:-1]) + " and others"
    else:
        who = people[0] if len(people) == 1 else ", ".join(people[:-1]) + " and " + people[-1]
    return f"{who} ({paper['year']}). {paper['title']}."


def bibliography(content: Mapping[str, Any]) -> str:
    """All papers of a report as BibTeX, in its order, each once.

    Args:
        content: what `content.content` returns.

    Source: Definition.
    """
    return "\n".join(paper["bibtex"] for paper in papers(content))


def papers(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The papers of a report in its order, each once: several catalogues may speak of one.

    Definition.

    Args:
        content: what `content.content` returns.
    """
    return list({paper["key"]: paper for each in content["catalogues"] for paper in each["papers"]}.values())

"""The end of a test session with claims: a table, what was spent, and the JSON document of `zenil verify`."""

import io
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from proofs_numeric.cli.discrimination_words import weak_line
from proofs_numeric.cli.document import write_json
from proofs_numeric.cli.verdict_words import summary_line, undecided_line
from proofs_numeric.cli.verification import verdict_table
from proofs_numeric.evidence import to_json
from proofs_numeric.verdict import Status, Verdict

if TYPE_CHECKING:
    from proofs_numeric.testing.pytest_plugin import Ledger

_NARROWEST = 120


def verdicts_of(ledger: "Ledger") -> list[Verdict]:
    """One verdict per claim, each with its neighbours, in the order of files and ids.

    Definition. Tests may come in any order and from several processes; the document does not show it.
    """
    merged: dict[tuple[str, str], Verdict] = {}
    for node, verdict in sorted(ledger.verdicts.items()):
        place = (verdict.file, verdict.claim_id)
        other = merged.get(place)
        if other is None:
            merged[place] = verdict
        else:
            claim, neighbours = (other, verdict) if node.endswith("~neighbours") else (verdict, other)
            merged[place] = replace(
                claim,
                mutants=neighbours.mutants,
                controls=neighbours.controls,
                # The claim's own test knows of no neighbours.
                said=neighbours.said,
                seconds=claim.seconds + neighbours.seconds,
            )
    return list({verdict.claim_id: verdict for verdict in merged.values()}.values())


def document(ledger: "Ledger") -> dict[str, Any]:
    """What `zenil verify --json` writes, of this session.

    Definition. Claims that were asserted with `holds` have no verdicts here; the false-alarm bound counts them.
    """
    budget = ledger.session.budget
    content = to_json(
        verdicts_of(ledger),
        budget,
        ledger.session.root.digits,
        seconds=time.perf_counter() - ledger.started,
        strict=ledger.strict,
    )
    content["summary"]["false_alarm_bound"] += budget.alpha_suite * len(ledger.asserted) / budget.max_claims
    return content


def write(name: str, ledger: "Ledger") -> None:
    """Write the document to a file.

    Raises:
        OSError: the file cannot be written.
    """
    write_json(document(ledger), name)


def show(reporter: pytest.TerminalReporter, ledger: "Ledger") -> None:
    """Print the section."""
    content, verdicts = document(ledger), verdicts_of(ledger)
    root, budget = ledger.session.root, ledger.session.budget
    reporter.write_sep("=", "claims")
    if verdicts:
        reporter.write_line(_table(verdicts, reporter))
        for verdict in verdicts:
            if verdict.attempted and verdict.status is Status.UNDECIDED:
                reporter.write_line(undecided_line(verdict))
        if weak_line(verdicts):
            reporter.write_line(weak_line(verdicts), yellow=True)
        reporter.write_line(summary_line(verdicts, ledger.strict, root.digits, content["summary"]["seconds"]))
    if ledger.asserted:
        reporter.write_line(f"{len(ledger.asserted)} asserted at examples: {', '.join(sorted(ledger.asserted))}")
    reporter.write_line(
        f"root {root.digits} ({root.origin}), budget {budget.name}; probability of any false alarm at most "
        f"{content['summary']['false_alarm_bound']:.3g} of {budget.alpha_suite:g}"
    )
    if ledger.complaint:
        reporter.write_line(f"REFUSED: {ledger.complaint}.", red=True)


def _table(verdicts: list[Verdict], reporter: pytest.TerminalReporter) -> str:
    text = io.StringIO()
    width = max(_NARROWEST, reporter._tw.fullwidth)
    screen = Console(file=text, width=width, force_terminal=reporter.hasmarkup, highlight=False)
    screen.print(verdict_table(verdicts))
    return text.getvalue().rstrip("\n")

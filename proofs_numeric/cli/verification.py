"""A verification run: from names of claims to the table, the files, and whether all is as expected."""

import pathlib
import time
from collections.abc import Sequence

from rich.table import Table

import zenil_dynamics as zd
from proofs_numeric.budget import budget_named
from proofs_numeric.cli.board import board
from proofs_numeric.cli.boundary import ended_by_signals
from proofs_numeric.cli.certificate_files import certificates_line, write_certificate
from proofs_numeric.cli.claim_sources import catalogues_of, chosen
from proofs_numeric.cli.cluster import Cluster
from proofs_numeric.cli.discrimination_words import weak_line
from proofs_numeric.cli.document import write_json
from proofs_numeric.cli.report_files import INDEX_NAME, REPORT_NAME, questions_in, write_report
from proofs_numeric.cli.tables import console
from proofs_numeric.cli.verdict_words import (
    broken_line,
    parting_line,
    refutation_lines,
    remarks,
    summary_line,
    undecided_line,
    verdict_row,
)
from proofs_numeric.controls.resolution import with_resolution
from proofs_numeric.engine import common_root, run_claims
from proofs_numeric.illustration import illustrated
from proofs_numeric.progress import Progress
from proofs_numeric.report.content import content
from proofs_numeric.verdict import Status, Verdict

_NOBODY_ELSE = Cluster()


def verification(
    names: Sequence[str],
    *,
    budget: str,
    strict: bool,
    root: str | None,
    out: str | None,
    json_file: str | None,
    x64: bool,
    quiet: bool,
    resolves: bool = False,
    cluster: Cluster = _NOBODY_ELSE,
) -> bool:
    """Check claims and write what was found.

    Args:
        names: ids and files; none means the catalogue.
        budget: name of a budget, or seconds per claim such as 30s.
        strict: undecided and unattempted claims part, too.
        root: hexadecimal root of all keys, or None for a fresh one.
        out: folder of the report, or None.
        json_file: where the JSON document goes, or None; "-" is stdout.
        x64: compute in float64.
        quiet: no table and no progress.
        resolves: also measure the resolution of Monte Carlo claims that stand.
        cluster: other processes that share the draws; the first one prints and writes.

    Returns:
        Whether every verdict is as expected.

    Raises:
        ValueError: bad input, before anything runs.
        KeyboardInterrupt: interrupted; says what is kept.

    Source: Definition.
    """
    try:
        allowed = budget_named(budget)
    except ValueError as error:
        raise ValueError(f"--budget: {error}") from None
    if resolves and cluster.distributed:
        raise ValueError("--resolution: one process measures it. Leave out --distributed, or ask afterwards.")
    zd.devices.configure(x64=x64)
    team = cluster.join()
    root = common_root(root, team)
    if not team.first:
        out, json_file, quiet = None, None, True
    team.from_first(lambda: check_outputs(out, json_file) or b"")
    claims = chosen(names)
    folder = None if out is None else pathlib.Path(out)
    started = time.perf_counter()
    verdicts: list[Verdict] = []

    def payload() -> dict:
        seconds = time.perf_counter() - started
        return content(verdicts, catalogues_of(claims), allowed, root, seconds=seconds, strict=strict)

    try:
        with ended_by_signals(shared=team.count > 1) as interruption, board(len(claims), quiet=quiet) as show:

            def report_work(progress: Progress) -> None:
                interruption.check()
                show.work(progress)

            decided = run_claims(claims, allowed, root=root, progress=report_work, distributed=team.count > 1)
            for claim, verdict in zip(claims, decided, strict=True):
                if resolves:
                    verdict = with_resolution(verdict, claim, allowed, report_work)
                if folder is not None:
                    verdict = illustrated(write_certificate(verdict, folder), claim, allowed, report_work)
                verdicts.append(verdict)
                show.verdict(verdict)
    except KeyboardInterrupt:
        kept = f"{len(verdicts)} of {len(claims)} claims were decided; --root {root} repeats them."
        if folder is not None:
            write_report(payload(), folder)
            kept += f" Their verdicts are in {folder / REPORT_NAME}."
        raise KeyboardInterrupt(kept) from None
    found = payload()
    if folder is not None:
        write_report(found, folder, quiet=quiet)
    if json_file is not None:
        write_json(found, json_file)
    # Standard output belongs to the machine that asked for JSON there.
    if not quiet and json_file != "-":
        print_verdicts(verdicts, strict, root, found["summary"]["seconds"])
        if certificates_line(verdicts, out):
            console(wide=True).print(certificates_line(verdicts, out), markup=False, soft_wrap=True)
        if folder is not None:
            console(wide=True).print(f"report: {folder / INDEX_NAME}", markup=False, soft_wrap=True)
    return all(verdict.as_expected(strict) for verdict in verdicts)


def check_outputs(out: str | None, json_file: str | None) -> None:
    """Refuse names that cannot be written before the run, not after it.

    Raises:
        ValueError: a file where a folder is wanted, or the other way round, or a folder that is not there.
    """
    if out is not None and pathlib.Path(out).exists() and not pathlib.Path(out).is_dir():
        raise ValueError(f"--out: {out!r} is a file. Name a folder.")
    if out is not None:
        questions_in(pathlib.Path(out))
    if json_file in (None, "-"):
        return
    if not pathlib.Path(json_file).absolute().parent.is_dir() or pathlib.Path(json_file).is_dir():
        raise ValueError(f"--json: cannot write {json_file!r}: no such folder, or a folder itself. Name a file.")


def print_verdicts(verdicts: Sequence[Verdict], strict: bool, root: str, seconds: float) -> None:
    """Print the table, and below it what refutes, what would decide, what parts, and the summary."""
    screen = console(wide=True)
    screen.print(verdict_table(verdicts))
    for verdict in verdicts:
        if verdict.status is Status.REFUTED:
            for line in refutation_lines(verdict):
                screen.print(line, markup=False, soft_wrap=True)
    for verdict in verdicts:
        if verdict.attempted and verdict.status is Status.UNDECIDED:
            screen.print(undecided_line(verdict), markup=False, soft_wrap=True)
    for verdict in verdicts:
        if verdict.status in (Status.INVALID, Status.NUMERIC):
            screen.print(broken_line(verdict), markup=False, soft_wrap=True)
        for line in remarks(verdict):
            screen.print(line, markup=False, soft_wrap=True)
    if weak_line(verdicts):
        screen.print(weak_line(verdicts), markup=False, soft_wrap=True, style="yellow")
    for verdict in verdicts:
        if not verdict.as_expected(strict):
            screen.print(f"parts: {parting_line(verdict, strict)}", markup=False, soft_wrap=True, style="bold red")
    screen.print(summary_line(verdicts, strict, root, seconds), markup=False, soft_wrap=True)


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """One row per claim."""
    table = Table(title="Verdicts", title_justify="left")
    for column in ("id", "reading", "verdict", "expected", "how"):
        table.add_column(column, no_wrap=True)
    table.add_column("effect", justify="right", no_wrap=True)
    table.add_column("counterexample", overflow="fold")
    for verdict in verdicts:
        table.add_row(*verdict_row(verdict))
    return table

"""The live view of a verification run, on stderr: the latest verdicts above a bar; nothing without a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from proofs_numeric.cli.verdict_words import verdict_row
from proofs_numeric.verdict import Verdict

LINES_BESIDE_ROWS = 6
"""Lines of the screen that the table's frame and the bar take."""


class Board:
    """Collects rows and redraws them; without a screen it does nothing.

    Args:
        num_claims: of the run.
        live: the screen, or None.
    """

    def __init__(self, num_claims: int, live: Live | None):
        self._live = live
        self._rows: list[tuple[str, ...]] = []
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        self._bar = Progress(*columns, console=None if live is None else live.console)
        self._task = self._bar.add_task("", total=num_claims)
        self._draw()

    def work(self, progress: Any) -> None:
        """Show what the engine is at; called after every batch or example."""
        if self._live is None:
            return
        words = f"{escape(progress.claim_id)}: {progress.phase}, example {progress.num_examples}"
        if progress.n:
            words += f", {progress.n} draws"
        if progress.log_e is not None and progress.threshold:
            words += f", evidence {progress.log_e:.1f} of {progress.threshold:.1f} nats"
        self._bar.update(self._task, description=words)

    def verdict(self, verdict: Verdict) -> None:
        """Add a decided claim."""
        self._rows.append(verdict_row(verdict))
        self._bar.advance(self._task)
        self._draw()

    def _draw(self) -> None:
        if self._live is None:
            return
        table = Table()
        for column in ("id", "reading", "verdict", "expected", "how", "effect", "counterexample"):
            table.add_column(column, no_wrap=True)
        # A table taller than the screen would be cut at its end, where the news is.
        for row in self._rows[-max(self._live.console.height - LINES_BESIDE_ROWS, 1) :]:
            table.add_row(*row)
        self._live.update(Group(table, self._bar) if self._rows else self._bar)


@contextmanager
def board(num_claims: int, *, quiet: bool) -> Iterator[Board]:
    """Yield the live view of a run of `num_claims` claims.

    Args:
        num_claims: of the run.
        quiet: show nothing even on a terminal.

    Yields:
        The board.

    Source: Definition.
    """
    if quiet or not sys.stderr.isatty():
        yield Board(num_claims, None)
        return
    with Live(console=Console(stderr=True), transient=True, refresh_per_second=4) as live:
        yield Board(num_claims, live)

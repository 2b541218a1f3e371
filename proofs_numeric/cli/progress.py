"""Progress bars on stderr, quiet when nobody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Counter = Callable[[int, int], None]


@contextmanager
def counter(what: str, *, quiet: bool) -> Iterator[Counter]:
    """Yield a function of (done, total) that moves a bar.

    Args:
        what: is counted, such as "replicates".
        quiet: show nothing even on a terminal.

    Yields:
        The function; a no-op when quiet or when stderr is no terminal.

    Source: Definition.
    """
    console = Console(stderr=True)
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        # Until the first report (compilation comes first and cannot be counted) the bar pulses.
        task = bars.add_task(f"before {what}", total=None)

        def report(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total, description=what)

        yield report

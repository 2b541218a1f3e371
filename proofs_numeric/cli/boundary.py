"""Where errors end: one line on stderr and an exit code, never a traceback."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

EXIT_PARTED = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

DEBUG_SWITCH = "ZENIL_DEBUG"
"""Environment variable: when set, errors keep their traceback."""

# Typer may bring its own copy of click or use the installed one; the root of its usage errors is reachable either way.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class OneLineErrors(TyperGroup):
    """The command group whose commands turn errors about input into one line.

    A `ValueError` of the library is about input by convention; everything else is a bug and keeps its traceback.
    """

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the options of `zenil` itself."""
        with one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Parse and run a subcommand."""
        with one_line():
            return super().invoke(ctx)


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an error about input into one line and exit code 2, an interrupt into one line and exit code 130."""
    if os.environ.get(DEBUG_SWITCH):
        yield
        return
    try:
        yield
    except _UsageError as error:
        complain(error.format_message())  # type: ignore[attr-defined]
        raise typer.Exit(EXIT_BAD_INPUT) from None
    except ValueError as error:
        # JAX derives some errors about programs, not input, from ValueError.
        if type(error).__module__.partition(".")[0] == "jax":
            raise
        complain(str(error))
        raise typer.Exit(EXIT_BAD_INPUT) from None
    except MemoryError as error:
        reason = str(error) or "the system refused"
        complain(f"out of memory: {reason}. Lower the number of replicates, generations or types.")
        raise typer.Exit(EXIT_BAD_INPUT) from None
    except KeyboardInterrupt as error:
        print(f"zenil: interrupted. {error}".rstrip(), file=sys.stderr)
        raise typer.Exit(EXIT_INTERRUPTED) from None


class Interruption:
    """Handler of SIGINT and SIGTERM, by which batch systems announce the end: what can be saved is saved first.

    Args:
        shared: whether other processes wait for this one; they are told, and all stop together. A second signal does
            not wait for them.
    """

    def __init__(self, shared: bool):
        self._shared = shared
        self._pending = False

    def __call__(self, number: int, frame: Any) -> None:
        """Handle a signal."""
        again, self._pending = self._pending, True
        if not self._shared or again:
            raise KeyboardInterrupt
        import zenil_dynamics as zd

        zd.distributed.interrupt()

    def check(self) -> None:
        """Raise once more: Python drops an exception that a handler raises inside a callback of the collector."""
        if self._pending and not self._shared:
            raise KeyboardInterrupt


@contextmanager
def ended_by_signals(*, shared: bool = False) -> Iterator[Interruption]:
    """Install an `Interruption` and yield it."""
    interruption = Interruption(shared)
    # Handlers belong to the main thread; elsewhere (an embedding program) they are that program's affair.
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def complain(message: str) -> None:
    """Print one error line; line breaks inside the message become spaces."""
    print(f"zenil: error: {' '.join(message.split())}", file=sys.stderr)

"""Processes of their own: what a start costs, and how much memory a run takes, cannot be seen from inside this one."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.laws import WrongResult

ROOT = pathlib.Path(__file__).parent.parent
WRONG = 3
"""Exit code of a child whose result failed its law."""


@dataclasses.dataclass(frozen=True)
class Ended:
    """A process that did its work.

    Attributes:
        seconds: wall time from its start to its end.
        answer: the JSON object on the last line that it printed; empty if it printed nothing.
    """

    seconds: float
    answer: dict[str, Any]


def python(*arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Run this interpreter with arguments and wait.

    Args:
        arguments: of the interpreter.
        environment: variables beside those of this process.

    Raises:
        WrongResult: the child says that a result failed its law.
        RuntimeError: it failed otherwise; with the end of what it printed.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        # This process may hold an accelerator: a child takes what it needs and not three quarters of the rest.
        env={"XLA_PYTHON_CLIENT_PREALLOCATE": "false", **os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode == WRONG:
        raise WrongResult(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise RuntimeError(f"a child process ended with {done.returncode}: {done.stderr[-2000:]}")
    lines = done.stdout.strip().splitlines()
    return Ended(seconds, json.loads(lines[-1]) if lines else {})


def child(task: str, environment: Mapping[str, str] | None = None, **arguments: Any) -> Ended:
    """Run a task of `benchmarks.child` in a process of its own; arguments are plain values."""
    return python("-m", "benchmarks.child", task, json.dumps(arguments), environment=environment)

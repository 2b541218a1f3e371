"""One run of the benchmark, from names of workloads to a result file."""

import os
import pathlib
from collections.abc import Callable
from typing import Any

from benchmarks import floor, harness, machine, probe, results_file
from benchmarks.contender import Contender
from benchmarks.ours import OURS
from benchmarks.probe import Probe
from benchmarks.workload import Workload
from benchmarks.workloads import SCALING, WORKLOADS


def chosen(only: str, *, scaling: bool = False) -> list[Workload | Probe]:
    """What `only` names, in the order of the registry: of the workloads, or of the sweeps of `scaling`.

    Raises:
        ValueError: an identifier that does not exist.
    """
    names = [name.strip().upper() for name in only.split(",") if name.strip()]
    known = SCALING if scaling else WORKLOADS
    for name in names:
        if name not in known:
            raise ValueError(f"`only` must name workloads among {', '.join(known)}; got {name!r}. Correct it.")
    return [item for name, item in known.items() if not names or name in names]


def measure(
    *,
    only: str,
    repeats: int,
    size: str,
    out: pathlib.Path | None,
    say: Callable[[str], None],
    ours: Contender = OURS,
    scaling: bool = False,
) -> tuple[pathlib.Path, dict[str, Any]]:
    """Measure workloads one after the other; each is written as soon as it is done.

    Args:
        only: identifiers, comma-separated; all when empty.
        repeats: timed rounds.
        size: "full", "quick" or "accelerator".
        out: result file; None for `results/<machine>.json`.
        say: called with lines of progress.
        ours: the contender under test.
        scaling: measure the sweeps over R, K, N, T and cores instead.

    Returns:
        The file and what was measured now.

    Raises:
        ValueError: unknown workloads; an accelerator run without an accelerator; a file of another size.
        WrongResult: a contender failed its law.
    """
    items = chosen(only, scaling=scaling)
    facts = machine.describe()
    if size == "accelerator" and facts["platform"] == "cpu":
        raise ValueError("`--accelerator` needs a GPU or TPU and JAX sees only the CPU. Install the `cuda` extra.")
    suffix = "-quick" if size == "quick" else ""
    path = out or results_file.FOLDER / f"{machine.slug(facts)}{suffix}.json"
    rate = floor.words_per_second(quick=size == "quick")
    say(f"{facts['device']}, {facts['cores']} cores: threefry2x32 makes {rate:,.0f} words/s")
    document: dict[str, Any] = {
        "schema": results_file.SCHEMA,
        "size": size,
        "machine": facts,
        "versions": machine.versions(),
        "settings": {"EQX_ON_ERROR": os.environ.get("EQX_ON_ERROR", "unset"), "repeats": repeats},
        "words_per_second": rate,
        "workloads": {},
    }
    for item in items:
        if isinstance(item, Probe):
            measured = probe.take(item, size=size, repeats=repeats, say=say)
        else:
            measured = harness.time_workload(
                item, size=size, repeats=repeats, words_per_second=rate, say=say, ours=ours
            )
        document["workloads"][item.identifier] = {"revision": machine.revision(), "date": machine.date(), **measured}
        results_file.merge(path, {**document, "workloads": dict(document["workloads"])})
    return path, document

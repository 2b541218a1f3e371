"""What a child process does: one task, one JSON line. Run as `python -m benchmarks.child TASK ARGUMENTS`."""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.problem import CategoricalProblem, GaussianProblem, Problem

KERNELS: dict[str, dict[str, Any]] = {
    "categorical, closed": {"num_samples": 1_000},
    "Gaussian": {"gaussian": True, "num_samples": 100},
    "categorical, a tenth real": {"num_samples": 1_000, "exogenous_fraction": 0.1},
    "categorical, accumulating": {"num_samples": 1_000, "exogenous_fraction": 0.1, "accumulate": True},
    "categorical, T alone": {"num_samples": 1_000, "terminal_only": True},
    "Gaussian, accumulating": {"gaussian": True, "num_samples": 100, "exogenous_fraction": 0.1, "accumulate": True},
}
"""Loops whose first compilation is measured; the first two are measured at toy size, too."""


def problem_of(facts: dict[str, Any]) -> Problem:
    """The inverse of `dataclasses.asdict` with the name of the class as `kind`."""
    kinds = {kind.__name__: kind for kind in (CategoricalProblem, GaussianProblem)}
    return kinds[facts["kind"]](**{name: value for name, value in facts.items() if name != "kind"})


def facts_of(problem: Problem) -> dict[str, Any]:
    """A problem as plain values."""
    return {"kind": type(problem).__name__, **dataclasses.asdict(problem)}


def simulate(problem: dict[str, Any], cores: int = 0) -> dict[str, Any]:
    """Run a problem twice, the first time to compile and to be checked.

    Args:
        problem: as plain values.
        cores: use the first so many cores; 0 uses all of them.
    """
    if cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    from benchmarks import laws, machine
    from benchmarks.ours import OURS

    given = problem_of(problem)
    run = OURS.prepare(given)
    record = run(0)
    laws.require(given, record, contender=OURS.name)
    started = time.perf_counter()
    run(1)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "kernel": record.kernel, "peak_bytes": machine.peak_resident_bytes()}


def memory(problem: dict[str, Any]) -> dict[str, Any]:
    """Run a problem once and say how much memory this process ever had."""
    from benchmarks import laws, machine
    from benchmarks.ours import OURS

    given = problem_of(problem)
    started = time.perf_counter()
    record = OURS.prepare(given)(0)
    seconds = time.perf_counter() - started
    laws.require(given, record, contender=OURS.name)
    return {"seconds": seconds, "kernel": record.kernel, "peak_bytes": machine.peak_resident_bytes()}


def compilation(name: str) -> dict[str, Any]:
    """Compile one of `KERNELS` with the persistent cache on, and say what JAX did."""
    import jax

    import zenil_dynamics as zd

    zd.devices.configure()
    events = {"/jax/compilation_cache/cache_hits": 0, "/jax/compilation_cache/cache_misses": 0}

    def count(event: str, **_: Any) -> None:
        if event in events:
            events[event] += 1

    jax.monitoring.register_event_listener(count)
    facts = KERNELS[name]
    gaussian = facts.get("gaussian", False)
    system = zd.System(
        target=zd.Gaussian(mean=0.0, variance=1.0) if gaussian else zd.Categorical.zipf(support_size=100),
        num_samples=facts["num_samples"],
        exogenous_fraction=facts.get("exogenous_fraction", 0.0),
        update=zd.Accumulate() if facts.get("accumulate") else zd.Replace(),
    )
    trajectory = zd.simulate(
        system,
        num_generations=50,
        num_replicates=1,
        key=jax.random.key(0),
        record=("variance",) if gaussian else ("entropy", "diversity"),
        terminal_only=facts.get("terminal_only", False),
    )
    return {
        "seconds": trajectory.seconds["compile"],
        "run_seconds": trajectory.seconds["run"],
        "kernel": trajectory.kernel,
        "hits": events["/jax/compilation_cache/cache_hits"],
        "misses": events["/jax/compilation_cache/cache_misses"],
    }


def cold(problem: dict[str, Any]) -> dict[str, Any]:
    """Do a problem once with the persistent cache on, as a user's script would."""
    import zenil_dynamics as zd
    from benchmarks.ours import prepare

    zd.devices.configure()
    return {"diversity": float(prepare(problem_of(problem))(0).mean["diversity"][-1])}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    task.__name__: task for task in (simulate, memory, compilation, cold)
}


def main(arguments: list[str]) -> int:
    """Do the task and print its answer; exit code `processes.WRONG` where a result failed its law."""
    from benchmarks.laws import WrongResult
    from benchmarks.processes import WRONG

    try:
        print(json.dumps(TASKS[arguments[0]](**json.loads(arguments[1]))))
    except WrongResult as error:
        print(error, file=sys.stderr)
        return WRONG
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Time contenders side by side: warm up, check against the exact law, then interleave the repeats.

Rounds are interleaved so that whatever else the machine does falls on everyone alike, and a ratio is the median over
rounds of ratios within a round. A contender whose first result fails its law stops the workload: no time of it exists.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import floor, laws, machine, results_file
from benchmarks.contender import Contender, Run, Unavailable
from benchmarks.ours import OURS
from benchmarks.problem import Problem, replicate_generations
from benchmarks.workload import FLOOR, TWO_CORES, Goal, Workload

Say = Callable[[str], None]


@dataclasses.dataclass
class _Entry:
    """A contender at work on a case."""

    case: str
    problem: Problem
    contender: Contender
    run: Run
    first_seconds: float
    kernel: str
    findings: list[laws.Finding]
    seconds: list[float]

    @property
    def rate(self) -> float:
        """Replicate-generations per second, at the median of the repeats."""
        return replicate_generations(self.problem) / statistics.median(self.seconds)


def time_workload(
    workload: Workload,
    *,
    size: str,
    repeats: int,
    words_per_second: float,
    say: Say,
    ours: Contender = OURS,
) -> dict[str, Any]:
    """Measure one workload.

    Args:
        workload: cases and goals.
        size: "full", "quick" or "accelerator".
        repeats: timed rounds, after one warm-up that compiles and is checked.
        words_per_second: rate of the random generator on this device, for the floor.
        say: called with a line of progress; no line contains a time that has not passed its law.
        ours: the contender under test.

    Returns:
        A JSON document: question, cases, peak memory of the process so far, goals.

    Raises:
        WrongResult: a contender's result is outside the limits of its exact law.
    """
    entries: list[_Entry] = []
    cases: dict[str, Any] = {}
    for case in workload.cases:
        problem = case.at(size)
        if problem is None:
            say(f"{workload.identifier} {case.label}: not run at size {size}")
            continue
        words = floor.words_per_refit(problem)
        cases[case.label] = {
            "problem": {"kind": type(problem).__name__, **dataclasses.asdict(problem), "record": list(problem.record)},
            "words_per_replicate_generation": words,
            "floor_rate": words_per_second / words if words else None,
            "contenders": {},
        }
        for contender in (ours, *case.rivals):
            if size == "accelerator" and contender is not ours:
                _skip(cases, case.label, contender, "runs on CPU cores; compare with a CPU result", say)
                continue
            try:
                entries.append(_warm_up(case.label, problem, contender, sharp=size != "quick"))
            except Unavailable as reason:
                _skip(cases, case.label, contender, str(reason), say)
    for round_number in range(repeats):
        for entry in entries:
            started = time.perf_counter()
            entry.run(round_number + 1)
            entry.seconds.append(time.perf_counter() - started)
    for entry in entries:
        cases[entry.case]["contenders"][entry.contender.name] = _document(entry)
        say(f"{workload.identifier} {entry.case}: {entry.contender.name} {entry.rate:,.0f} replicate-generations/s")
    return {
        "question": workload.question,
        "cases": cases,
        "measurements": [],
        "peak_memory": machine.peak_memory(),
        "goals": _goals(workload, cases, ours.name, size),
    }


def _warm_up(label: str, problem: Problem, contender: Contender, *, sharp: bool) -> _Entry:
    """Compile, run once, and check the result."""
    run = contender.prepare(problem)
    started = time.perf_counter()
    record = run(0)
    first = time.perf_counter() - started
    findings = laws.require(problem, record, contender=f"{contender.name} on {label}", sharp=sharp)
    return _Entry(label, problem, contender, run, first, record.kernel, findings, [])


def _skip(cases: dict[str, Any], label: str, contender: Contender, reason: str, say: Say) -> None:
    cases[label]["contenders"][contender.name] = {"status": "skipped", "reason": reason}
    say(f"{label}: {contender.name} skipped, {reason}")


def _document(entry: _Entry) -> dict[str, Any]:
    median = statistics.median(entry.seconds)
    return {
        "status": "timed",
        "method": entry.contender.sentence,
        "dtype": entry.contender.dtype,
        "kernel": entry.kernel or None,
        "seconds": entry.seconds,
        "median_seconds": median,
        "minimum_seconds": min(entry.seconds),
        "compile_seconds": max(entry.first_seconds - median, 0.0),
        "rate": entry.rate,
        "best_rate": replicate_generations(entry.problem) / min(entry.seconds),
        "oracle": [_finite(dataclasses.asdict(finding)) for finding in entry.findings],
    }


def _finite(finding: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: a limit that does not exist is null."""
    infinite = (float("inf"), float("-inf"))
    return {name: None if value in infinite else value for name, value in finding.items()}


def _rates(cases: dict[str, Any], label: str, name: str, repeats: int) -> list[float] | None:
    """Rates by round, or None where nothing was timed."""
    case = cases.get(label)
    if case is None:
        return None
    if name == FLOOR:
        return None if case["floor_rate"] is None else [case["floor_rate"]] * repeats
    if name == TWO_CORES:
        rate = results_file.rate_on_cpu(label, OURS.name, num_cores=2)
        return None if rate is None else [rate] * repeats
    entry = case["contenders"].get(name)
    if entry is None or entry["status"] != "timed":
        return None
    work = case["problem"]["num_replicates"] * case["problem"]["num_generations"]
    return [work / seconds for seconds in entry["seconds"]]


def _asked(goal: Goal, size: str) -> bool:
    """Rivals on CPU cores do not run beside an accelerator, whose goal is a CPU itself."""
    if goal.bottom[1] == TWO_CORES:
        return size == "accelerator"
    return size != "accelerator" or goal.bottom[1] in (FLOOR, OURS.name)


def _goals(workload: Workload, cases: dict[str, Any], ours: str, size: str) -> list[dict[str, Any]]:
    repeats = max(
        (len(e.get("seconds", ())) for case in cases.values() for e in case["contenders"].values()), default=0
    )

    def of(end: tuple[str, str]) -> list[float] | None:
        return _rates(cases, end[0], ours if end[1] == OURS.name else end[1], repeats)

    documents = []
    for goal in filter(lambda goal: _asked(goal, size), workload.goals):
        top, bottom = of(goal.top), of(goal.bottom)
        ratio = None
        if top and bottom:
            ratio = statistics.median(a / b for a, b in zip(top, bottom, strict=True))
        documents.append(
            {
                "sentence": goal.sentence,
                "ratio": ratio,
                "threshold": goal.threshold,
                "at_least": goal.at_least,
                "met": None if ratio is None else goal.met(ratio),
            }
        )
    return documents

"""How much memory does a million replicates of a thousand generations take?"""

from benchmarks.child import facts_of
from benchmarks.probe import Limit, Measurement, Probe, Say
from benchmarks.problem import GaussianProblem
from benchmarks.processes import child

_PROBLEMS = {
    "full": GaussianProblem(100, 1_000, 1_000_000),
    "quick": GaussianProblem(10, 12, 2_000),
    "accelerator": GaussianProblem(100, 1_000, 1_000_000),
}
_PEAK = "peak resident memory"


def measure(size: str, repeats: int, say: Say) -> list[Measurement]:
    """One run in a process of its own; memory does not need repeats."""
    problem = _PROBLEMS[size]
    answer = child("memory", problem=facts_of(problem)).answer
    if answer["peak_bytes"] is None:
        say("W7: this platform does not say how much memory a process had")
        return []
    detail = {"problem": facts_of(problem), "kernel": answer["kernel"], "seconds": answer["seconds"]}
    return [Measurement(_PEAK, answer["peak_bytes"] / 2**30, "GiB", detail)]


W7 = Probe(
    "W7",
    "How much memory does a million replicates of a thousand generations take, a normal, streaming?",
    measure,
    (Limit("peak resident memory of the process at most 2 GiB", _PEAK, 2.0),),
)

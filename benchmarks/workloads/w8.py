"""What does a start cost: the import, the first compilation, the second process, a small job?"""

import statistics
import tempfile
from collections.abc import Mapping

import numpy as np

from benchmarks.child import KERNELS, facts_of
from benchmarks.laws import DELTA, WrongResult, bernstein_reach, diversity_moments
from benchmarks.probe import Limit, Measurement, Probe, Say
from benchmarks.problem import CategoricalProblem
from benchmarks.processes import ROOT, child, python
from benchmarks.rivals.threads import num_cores

_SMALL_JOB = {
    "full": CategoricalProblem(100, 1_000, 200, 1_000),
    "quick": CategoricalProblem(20, 50, 12, 96),
    "accelerator": CategoricalProblem(100, 1_000, 200, 1_000),
}
_IMPORT, _COMPILE, _WARM, _COLD = (
    "import",
    "first compilation, slowest",
    "second process, slowest",
    "W1 from a cold start",
)


def _imports(size: str, repeats: int) -> list[Measurement]:
    """Wall time of a process that only imports, less one that imports nothing; in turn."""
    statements = {"": [], "import jax, equinox": [], "import zenil_dynamics": []}
    for _ in range(2 if size == "quick" else max(repeats, 9)):
        for statement, seconds in statements.items():
            seconds.append(python("-c", statement).seconds)
    bare, base, ours = (statistics.median(seconds) for seconds in statements.values())
    return [
        Measurement("import jax, equinox", base - bare, "s", {"seconds": statements["import jax, equinox"]}),
        Measurement("import zenil_dynamics", ours - bare, "s", {"seconds": statements["import zenil_dynamics"]}),
        Measurement(_IMPORT, (ours - bare) / (base - bare), "x"),
    ]


def _compilations(size: str, cache: Mapping[str, str], say: Say) -> list[Measurement]:
    """Every kernel in two processes that share a cache, at first an empty one."""
    names = list(KERNELS)[:2] if size == "quick" else list(KERNELS)
    rows = []
    for name in names:
        first, second = (child("compilation", name=name, environment=cache).answer for _ in range(2))
        say(f"W8 {name}: compiled in {first['seconds']:.2f} s, from the cache in {second['seconds']:.2f} s")
        rows.append((name, first, second))
    measurements = []
    for label, place in (("first compilation", 1), ("second process", 2)):
        measurements += [Measurement(f"{label}, {row[0]}", row[place]["seconds"], "s", row[place]) for row in rows]
    return [
        *measurements,
        Measurement(_COMPILE, max(first["seconds"] for _, first, _ in rows), "s"),
        Measurement(_WARM, max(second["seconds"] for _, _, second in rows), "s"),
    ]


def _small_job(size: str, repeats: int, cache: Mapping[str, str]) -> list[Measurement]:
    """W1 once, process start and end included, our compilation in the cache."""
    problem = _SMALL_JOB[size]
    sizes = (problem.support_size, problem.num_samples, problem.num_generations, problem.num_replicates)
    script = str(ROOT / "benchmarks" / "plain_script.py")

    def ours() -> tuple[float, float]:
        ended = child("cold", problem=facts_of(problem), environment=cache)
        return ended.seconds, ended.answer["diversity"]

    def numpy(threads: int) -> tuple[float, float]:
        ended = python(script, *map(str, (*sizes, threads)))
        return ended.seconds, ended.answer["diversity"]

    runs = {
        "W1 cold, zenil_dynamics": ours,
        "W1 cold, NumPy on all cores": lambda: numpy(num_cores()),
        "W1 cold, NumPy on one thread": lambda: numpy(1),
    }
    ours()  # Fills the cache.
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(1 if size == "quick" else repeats):
        for name, run in runs.items():
            taken, diversity = run()
            _require(problem, diversity, name)
            seconds[name].append(taken)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    first, second, _ = medians.values()
    return [
        *(Measurement(name, medians[name], "s", {"seconds": seconds[name]}) for name in runs),
        Measurement(_COLD, first / second, "x"),
    ]


def _require(problem: CategoricalProblem, diversity: float, who: str) -> None:
    """Bernstein with the exact variance: a script that computes something else is not compared.

    Raises:
        WrongResult: the mean diversity of generation T is outside.
    """
    mean, variance = diversity_moments(
        problem.target, problem.num_samples, problem.exogenous_fraction, problem.num_generations
    )
    level, room = np.log(2 / DELTA), np.ones(1)  # Diversity lies in [0, 1].
    reach = float(bernstein_reach(level, problem.num_replicates, variance[-1:], room)[0]) + 1e-5
    if not abs(diversity - mean[-1]) <= reach:
        raise WrongResult(f"`{who}` is wrong: diversity {diversity:.6g} must be within {reach:.2g} of {mean[-1]:.6g}.")


def measure(size: str, repeats: int, say: Say) -> list[Measurement]:
    """Imports, compilations, and a small job, each in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        cache = {"ZENIL_CACHE": folder}
        return [*_imports(size, repeats), *_compilations(size, cache, say), *_small_job(size, repeats, cache)]


W8 = Probe(
    "W8",
    "What does a start cost: the import, the first compilation, the second process, a small job?",
    measure,
    (
        Limit("import at most 1.5x `import jax, equinox`", _IMPORT, 1.5),
        Limit("first compilation at most 5 s a kernel", _COMPILE, 5.0),
        Limit("compilation of the second process at most 0.5 s a kernel", _WARM, 0.5),
        Limit("W1 from a cold start, cache warm, at most 2x NumPy from a cold start", _COLD, 2.0),
    ),
)

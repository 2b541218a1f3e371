"""What do property tests cost beside the kernel: many examples, distinct parameters, one compilation?"""

import statistics
import time

from benchmarks import property_path
from benchmarks.probe import Limit, Measurement, Probe, Say
from benchmarks.property_path import QUANTITIES, Examples

_SIZES = {"full": (1_000, 4_096, 64), "quick": (4, 512, 12), "accelerator": (1_000, 4_096, 64)}
_MAX_REPEATS = 3
"""Rounds at most: a round at full size takes a minute or two."""


def _ratio(family: str) -> str:
    return f"{family}, engine over bare kernel"


def _programs(family: str) -> str:
    return f"{family}, compilations"


def _measure_family(examples: Examples, repeats: int) -> list[Measurement]:
    """Both ways in turn, after one of each that compiles and is checked."""
    bare = property_path.bare_kernel(examples)
    property_path.require_same(examples, bare)
    runs = {"engine": property_path.through_engine(examples), "bare kernel": bare.run}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    work = examples.num_examples * examples.num_replicates * examples.num_generations
    measurements = []
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        detail = {"seconds": taken, "milliseconds_per_example": 1e3 * middle / examples.num_examples}
        measurements.append(Measurement(f"{examples.family}, {name}", work / middle, "replicate-generations/s", detail))
    ratio = statistics.median(a / b for a, b in zip(*seconds.values(), strict=True))
    return [
        *measurements,
        Measurement(_ratio(examples.family), ratio, "x"),
        Measurement(_programs(examples.family), bare.num_compilations, "programs"),
    ]


def measure(size: str, repeats: int, say: Say) -> list[Measurement]:
    """Every family in turn."""
    measurements = []
    for family in QUANTITIES:
        measurements += _measure_family(Examples(family, *_SIZES[size]), min(repeats, _MAX_REPEATS))
    return measurements


W6 = Probe(
    "W6",
    "What do 1,000 property-test examples of 4,096 replicates and 64 generations cost beside the bare kernel?",
    measure,
    tuple(
        limit
        for family in QUANTITIES
        for limit in (
            Limit(f"{family}: at most 1.2x the time of the bare kernel", _ratio(family), 1.2),
            Limit(f"{family}: one compilation for all examples", _programs(family), 1.0),
        )
    ),
)

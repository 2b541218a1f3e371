"""Which kernel for which counts? `python -m benchmarks.kernels` prints the table of docs/performance.md.

CPU nanoseconds for one replicate and generation on one core, compilation apart, entropy and diversity recorded. Two
ways that lose everywhere, resampling individuals and binary splitting, are measured beside the kernels of the package.
Every contender's diversity at T has to be right before its time is printed.
"""

import os
import statistics
import time
from typing import NamedTuple

import numpy as np


class Regime(NamedTuple):
    """A loop on Zipf-distributed types."""

    support_size: int
    num_samples: int
    exogenous_fraction: float


_REGIMES = tuple(
    Regime(support, samples, fraction)
    for support, samples in (
        (2, 1_000),
        (16, 100),
        (32, 3_000),
        (100, 1_000),
        (1_000, 1_000),
        (1_000, 10_000),
    )
    for fraction in (0.0, 0.1)
)
_GENERATIONS = 50
_ROUNDS = 3
_RECORD = ("entropy", "diversity")
_LARGEST_Z = 6.5
"""Standard errors: with some hundred comparisons a right sampler exceeds it in fewer than one run of 10^7."""


def measure(regime: Regime) -> dict[str, float | None]:
    """Nanoseconds by kernel; None for a kernel that cannot compute the regime."""
    import jax
    import jax.numpy as jnp

    import zenil_dynamics as zd
    from benchmarks.alternatives import Individuals, Splitting
    from zenil_dynamics import devices
    from zenil_dynamics.kernels import KERNELS

    system = zd.System(zd.Categorical.zipf(regime.support_size), regime.num_samples, regime.exogenous_fraction)
    table = system.table(_GENERATIONS)
    recorders = tuple(system.target.quantities[name] for name in _RECORD)
    expected = zd.exact(system, "diversity", _GENERATIONS)[0][_GENERATIONS - 1]
    key = jax.random.key(0)
    kinds = [KERNELS[name] for name in ("two-types", "poisson", "forward")] + [Individuals, Splitting]
    runs, rates = {}, {}
    for kind in kinds:
        rates[kind.name] = None
        if kind.refusal(system, table, _RECORD, terminal_only=False) is not None:
            continue
        kernel = kind.of(system, table, _RECORD)
        lanes = jnp.arange(kernel.block_size, dtype=jnp.uint32)

        def block(kernel, first, lanes=lanes):
            return kernel(recorders, first + lanes, key=key, terminal_only=False)

        lowered = jax.jit(block).lower(kernel, np.uint32(0))
        runs[kind.name] = (devices.compiled(lowered, jax.default_backend()), kernel)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(_ROUNDS):
        for name, (program, kernel) in runs.items():
            started = time.process_time()
            values = jax.block_until_ready(program(kernel, np.uint32(turn * kernel.block_size)))
            times[name].append((time.process_time() - started) / kernel.block_size / _GENERATIONS)
            last = np.asarray(values[1], np.float64)[_GENERATIONS - 1]
            z = (last.mean() - expected) / (last.std() / np.sqrt(last.size))
            if not abs(z) < _LARGEST_Z:
                raise SystemExit(f"error: {name} at {regime} misses the exact diversity by {z:.1f} standard errors.")
    rates.update({name: 1e9 * statistics.median(values) for name, values in times.items()})
    return rates


def main() -> None:
    """Print the table, a regime a line, as Markdown."""
    os.environ.setdefault("EQX_ON_ERROR", "nan")
    names = ("two-types", "poisson", "forward", "individuals", "splitting")
    print("| K | N | alpha |", " | ".join(names), "|")
    print("|---" * (3 + len(names)) + "|")
    for regime in _REGIMES:
        rates = measure(regime)
        cells = ("-" if rates[name] is None else f"{rates[name]:,.0f}" for name in names)
        print(f"| {regime.support_size} | {regime.num_samples:,} | {regime.exogenous_fraction:g} |", end=" ")
        print(" | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()

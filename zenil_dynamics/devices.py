"""Where a run executes: process-wide settings, worker threads, block widths, memory."""

import os
import pathlib
from typing import Any

import jax
import numpy as np
from jax.extend import core

CACHE_SWITCH = "ZENIL_CACHE"
"""Environment variable: `off` disables the persistent compilation cache, a path moves it."""

_WORKING_SET = 2**20
"""Bytes of state that a CPU block may hold, so that a scan carries it in the caches of a core."""

_CPU_WIDTHS = (256, 1024)
"""Below, starting a pass over the lanes costs more than the pass; above, nothing is gained (docs/performance.md)."""

_ACCELERATOR_WIDTHS = (256, 65536)
_ACCELERATOR_WORKING_SET = 2**28


def configure(*, x64: bool = False, compilation_cache: bool = True) -> pathlib.Path | None:
    """Set JAX's process-wide flags; call before any array exists.

    Entry points (the command line, a script) call this; importing the package never changes a flag.

    Args:
        x64: compute in float64 and int64-capable mode.
        compilation_cache: keep compiled kernels in a user cache directory, so that a second process starts warm.

    Returns:
        The cache directory, or None when it is off.
    """
    jax.config.update("jax_enable_x64", x64)
    choice = os.environ.get(CACHE_SWITCH, "")
    if not compilation_cache or choice.lower() == "off":
        return None
    root = pathlib.Path(choice) if choice else _user_cache() / "zenil-dynamics"
    folder = root / f"jax-{jax.__version__}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None  # A read-only home costs compile time, not the run.
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    return folder


def _user_cache() -> pathlib.Path:
    """The platform's cache folder of this user."""
    if "XDG_CACHE_HOME" in os.environ:
        return pathlib.Path(os.environ["XDG_CACHE_HOME"])
    if os.name == "nt" and "LOCALAPPDATA" in os.environ:
        return pathlib.Path(os.environ["LOCALAPPDATA"])
    return pathlib.Path.home() / ".cache"


def num_workers() -> int:
    """Host threads that dispatch blocks: one per usable core on a CPU, one on an accelerator."""
    if jax.default_backend() != "cpu":
        return 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def targets() -> list[jax.Device]:
    """Devices that blocks are spread over: all local accelerators; of CPU devices one, for they are the same cores."""
    local = jax.local_devices()
    return local[:1] if local[0].platform == "cpu" else local


_LAPACK = frozenset(
    ("cholesky", "eig", "eigh", "geqp3", "geqrf", "hessenberg", "householder_product", "lu", "qr", "schur", "svd")
    + ("triangular_solve", "tridiagonal", "tridiagonal_solve")
)


def calls_lapack(jaxpr: Any) -> bool:
    """Whether a traced program has an operation that JAX hands to LAPACK on a CPU, at any depth.

    Args:
        jaxpr: closed or open.
    """
    found = getattr(jaxpr, "jaxpr", jaxpr)
    return any(
        equation.primitive.name in _LAPACK or any(map(calls_lapack, core.jaxprs_in_params(equation.params)))
        for equation in found.eqns
    )


def compiled(lowered: jax.stages.Lowered, platform: str) -> jax.stages.Compiled:
    """Compile for a platform: on a CPU for one thread a block, with vectors as wide as the processor has them.

    Blocks keep the cores busy, so that a loop that XLA divides over threads of its own, or operations that it runs side
    by side, only add hand-offs: a third of the time was measured. And XLA asks LLVM for 256 bits even where there are
    512, under which an AVX-512 core makes half as many random words. No bit of a result depends on it: no sum is
    reordered.
    """
    if platform != "cpu":
        return lowered.compile()
    options: Any = {
        "xla_cpu_prefer_vector_width": 512,
        "xla_disable_hlo_passes": "cpu-parallel-task-assigner",
        "xla_cpu_enable_concurrency_optimized_scheduler": False,
    }
    try:
        return lowered.compile(compiler_options=options)
    except jax.errors.JaxRuntimeError as error:
        if "No such compile option" not in str(error):
            raise
        return lowered.compile()  # Another version of jaxlib: slower, not wrong.


def block_width(num_bytes: int, *, narrow: bool = False) -> int:
    """Return the number of replicates that are compiled together, a power of two.

    It depends on the system and the platform only, never on how many replicates are asked for: replicate i is then
    the same bits in any run.

    Args:
        num_bytes: working state of one replicate.
        narrow: whether a block of few replicates, even of one, loses nothing.
    """
    on_cpu = jax.default_backend() == "cpu"
    (smallest, largest), budget = (
        (_CPU_WIDTHS, _WORKING_SET) if on_cpu else (_ACCELERATOR_WIDTHS, _ACCELERATOR_WORKING_SET)
    )
    fitting = 2 ** int(np.log2(max(budget // max(num_bytes, 1), 1)))
    return int(min(max(fitting, 1 if narrow else smallest), largest))


def available_memory() -> int | None:
    """Bytes of host memory that a process may still take, or None where the platform does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def description() -> str:
    """The first local device in words, such as `cpu:0 x86_64`."""
    device = jax.local_devices()[0]
    return f"{device.platform}:{device.id} {device.device_kind}"

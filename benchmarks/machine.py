"""On what a time was measured: processor, memory, device, versions, revision."""

import datetime
import os
import pathlib
import platform
import re
import subprocess
from importlib import metadata
from typing import Any

from benchmarks.rivals.threads import num_cores

_PACKAGES = ("jax", "jaxlib", "equinox", "numpy", "scipy", "numba")


def _processor() -> str:
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def describe() -> dict[str, Any]:
    """The machine and its default JAX device, without names of hosts or users."""
    import jax

    device = jax.devices()[0]
    return {
        "processor": _processor(),
        "cores": num_cores(),
        "memory_bytes": _memory_bytes(),
        "system": f"{platform.system()} {platform.machine()}",
        "platform": device.platform,
        "device": device.device_kind if device.platform != "cpu" else _processor(),
        "num_devices": jax.device_count(),
    }


def peak_memory() -> dict[str, int | None]:
    """High-water marks of this process so far, bytes: resident on the host, and on the first device if it says."""
    import jax

    statistics = jax.local_devices()[0].memory_stats() or {}
    return {"host_bytes": peak_resident_bytes(), "device_bytes": statistics.get("peak_bytes_in_use")}


def peak_resident_bytes() -> int | None:
    """Largest resident memory of this process so far, or None where the platform does not say."""
    # `ru_maxrss` of a child begins at that of the process it was forked from; Linux also keeps the mark of the memory
    # that the process itself has had since it was loaded.
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        marks = [line.split() for line in status.read_text(encoding="ascii", errors="replace").splitlines()]
        return next(int(words[1]) * 1024 for words in marks if words and words[0] == "VmHWM:")
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def slug(machine: dict[str, Any]) -> str:
    """File name of a machine's results, such as `amd-epyc-2-cores-cpu`."""
    words = f"{machine['device']} {machine['cores']} cores {machine['platform']}"
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def versions() -> dict[str, str]:
    """Versions of what computes, absent packages left out."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def revision() -> str:
    """Git revision of the code that ran, `+changes` when the tree differs from it, `unknown` outside a repository."""
    folder = pathlib.Path(__file__).parent
    try:
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        # Results and the tables made from them are written by the run itself; they do not change the code.
        changes = subprocess.run(
            ["git", "status", "--porcelain", "--", ":/", ":(exclude)results", ":(exclude)README.md"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return head + ("+changes" if changes else "")


def date() -> str:
    """Today, UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()

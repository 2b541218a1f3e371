"""Settings of the whole suite: strict JAX, four CPU devices, Hypothesis profiles, keys, and the error budget."""

import os

# Before JAX starts: the device count is read once.
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=4".strip()

import pathlib
import re
import secrets
import zlib

import hypothesis
import jax
import pytest

from zenil_dynamics import blocks

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

SUITE_DELTA = 1e-6
"""Probability that any statistical test fails although the code is right, whatever the seeds."""

# Explaining a failure would run it again and again; a deadline fails whatever is slow once, such as a compilation.
_ALWAYS = {
    "deadline": None,
    "database": None,
    "phases": [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain],
    "suppress_health_check": [hypothesis.HealthCheck.too_slow],
}
hypothesis.settings.register_profile("ci", derandomize=True, **_ALWAYS)
hypothesis.settings.register_profile("dev", **_ALWAYS)
hypothesis.settings.register_profile("nightly", max_examples=1000, print_blob=True, **_ALWAYS)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


def delta_of(item: pytest.Item) -> float:
    """The error probability that a test declares, 0 for a deterministic one."""
    mark = item.get_closest_marker("stat")
    if mark is None:
        return 0.0
    delta = mark.kwargs.get("delta")
    if mark.args or set(mark.kwargs) != {"delta"} or not 0 < delta < 1:
        raise pytest.UsageError(f"{item.nodeid}: write @pytest.mark.stat(delta=...) with delta in (0, 1).")
    return float(delta)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sum what the statistical tests may spend, before any is deselected, and refuse more than the budget."""
    deltas = [delta for delta in map(delta_of, items) if delta]
    total = sum(deltas)
    config.stash[BUDGET] = (len(deltas), total)
    if total > SUITE_DELTA:
        raise pytest.UsageError(
            f"the error budget is overspent: {len(deltas)} statistical tests declare {total:.3g}, the suite may spend "
            f"{SUITE_DELTA:g}. Lower a delta and derive its threshold anew."
        )


BUDGET = pytest.StashKey[tuple[int, float]]()
SEED = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Fix the seed of the run: 0, or TEST_SEED, or with TEST_SEED=fresh a new one that the header prints."""
    text = os.environ.get("TEST_SEED", "0")
    config.stash[SEED] = secrets.randbits(31) if text == "fresh" else int(text)
    os.environ["TEST_SEED"] = str(config.stash[SEED])  # so that all workers of pytest-xdist draw the same keys


def pytest_report_header(config: pytest.Config) -> str:
    """One line that suffices to repeat the run."""
    profile = hypothesis.settings.get_current_profile_name()
    return f"TEST_SEED={config.stash[SEED]} HYPOTHESIS_PROFILE={profile} JAX_ENABLE_X64={jax.config.jax_enable_x64}"


@pytest.fixture(scope="module", autouse=True)
def _forget_programs():
    """Forget what was compiled once a worker has grown to 2 GiB: hundreds of programs would take 6."""
    yield
    status = pathlib.Path("/proc/self/status")
    resident = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if resident and int(resident.group(1)) > 2 * 2**20:
        blocks._PROGRAMS.clear()
        jax.clear_caches()


@pytest.fixture
def key(request: pytest.FixtureRequest) -> jax.Array:
    """A typed key that belongs to this test alone: the seed of the run, then the name of the test."""
    return jax.random.fold_in(jax.random.key(request.config.stash[SEED]), zlib.crc32(request.node.nodeid.encode()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands its budget to the process that prints the summary."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["error_budget"] = session.config.stash.get(BUDGET, (0, 0.0))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Take the budget from a worker: all of them collect the same tests."""
    if "error_budget" in getattr(node, "workeroutput", {}):
        node.config.stash[BUDGET] = tuple(node.workeroutput["error_budget"])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the error budget below the results."""
    number, total = config.stash.get(BUDGET, (0, 0.0))
    terminalreporter.write_sep("-", "error budget")
    terminalreporter.write_line(
        f"{number} statistical tests, probability of any false alarm at most {total:.3g} of {SUITE_DELTA:g}"
    )

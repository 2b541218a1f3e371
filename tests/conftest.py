"""Settings of the whole suite: strict JAX, four CPU devices, Hypothesis profiles, and the error budget."""

import os

# Before JAX starts: the device count is read once.
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=4".strip()

import hypothesis
import jax
import pytest

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

SUITE_DELTA = 1e-6
"""Probability that any statistical test fails although the code is right, whatever the seeds."""

hypothesis.settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("dev", deadline=None, database=None)
hypothesis.settings.register_profile("nightly", deadline=None, database=None, max_examples=1000)
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the error budget below the results."""
    number, total = config.stash.get(BUDGET, (0, 0.0))
    terminalreporter.write_sep("-", "error budget")
    terminalreporter.write_line(
        f"{number} statistical tests, probability of any false alarm at most {total:.3g} of {SUITE_DELTA:g}"
    )

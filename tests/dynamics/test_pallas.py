"""The kernel for GPUs, interpreted on the CPU: against the forward kernel, against oracles, and lowered for CUDA."""

import functools
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.kernels import AUTOMATIC, choose, pallas_counts, pallas_moments
from zenil_dynamics.kernels.forward import Forward
from zenil_dynamics.kernels.pallas import LANES, Pallas, works
from zenil_dynamics.loop import Loop
from zenil_dynamics.random import fold_in

in_32_bits = pytest.mark.skipif(jax.config.jax_enable_x64, reason="x64 is refused, which another test shows")

COUNTS = tuple(pallas_counts.TERMS)
MOMENTS = tuple(pallas_moments.QUANTITIES)

AGREEMENT = 0.9
"""Share of replicates with the same draws; in the others a compiler's rounding moved one."""

TARGET = zd.Categorical([0.0, 0.5, 0.3, 0.15, 0.05])
START = zd.Categorical([0.0, 0.1, 0.2, 0.3, 0.4])
SIZES = np.array([40, 300, 2_000_000, 50, 6, 1])
"""Every regime of the binomial sampler, and a generation of one draw."""

CLOSED = zd.System(TARGET, SIZES, initial=START)
OPEN = zd.System(TARGET, SIZES[::-1], np.array([0.3, 0.0, 0.02, 0.7, 0.5, 1.0]), initial=START)
FITTED = zd.System(TARGET, 40, 0.3, initial=zd.estimate(num_samples=9))
GAUSSIAN = zd.System(zd.Gaussian(-1.5, 2.25), np.array([17, 100, 10**6, 30, 30, 30]))
CASES = {
    "closed": (CLOSED, COUNTS),
    "open": (OPEN, COUNTS),
    "fitted": (FITTED, COUNTS),
    "gaussian": (GAUSSIAN, MOMENTS),
}
HORIZON = 6


@functools.partial(jax.jit, static_argnames=("recorders", "terminal_only"))
def values(kernel, recorders, replicates, key, terminal_only):
    return jnp.stack(kernel(recorders, replicates, key=key, terminal_only=terminal_only))


def recorded(kind, system, names=COUNTS, *, horizon=HORIZON, seed=7, lanes=2 * LANES, terminal_only=False):
    """What a kernel records, shape (quantities, generations, lanes)."""
    kernel = kind.of(system, system.table(horizon), names)
    recorders = tuple(system.target.quantities[name] for name in names)
    replicates = jnp.arange(lanes, dtype=jnp.uint32)
    return np.asarray(values(kernel, recorders, replicates, jax.random.key(seed), terminal_only))


def agreement(first, second):
    """Share of replicates in which everything recorded is the same up to rounding of sums."""
    return np.isclose(first, second, rtol=1e-5, atol=4e-6).all(axis=(0, 1)).mean()


def table_and_refusal(system, names=COUNTS, horizon=2):
    return Pallas.refusal(system, system.table(horizon), names, terminal_only=False)


@in_32_bits
@pytest.mark.parametrize("case", CASES)
def test_draws_are_those_of_the_forward_kernel(case):
    system, names = CASES[case]
    ours, theirs = recorded(Pallas, system, names), recorded(Forward, system, names)
    assert ours.shape == (len(names), HORIZON + 1, 2 * LANES)
    assert agreement(ours, theirs) >= AGREEMENT
    # Two replicates of other keys do not agree by chance: the comparison sees draws.
    assert agreement(ours, recorded(Forward, system, names, seed=8)) < AGREEMENT


@in_32_bits
def test_counts_sum_to_the_sample_and_absent_types_stay_absent():
    for horizon in (1, 3):
        system = zd.System(TARGET, SIZES[:horizon], 0.3, initial=START)
        kernel = Pallas.of(system, system.table(horizon), ("diversity",))
        keys = jax.vmap(lambda index: fold_in(jax.random.key(1), index))(jnp.arange(LANES, dtype=jnp.uint32))
        run = jax.jit(lambda kernel, keys: kernel.shares_and_traces(keys, kernel.rows, True)[0])
        shares = np.asarray(run(kernel, keys), np.float64)
        counts = np.round(shares * SIZES[horizon - 1])
        # A share is the float32 next to its quotient.
        np.testing.assert_allclose(shares, counts / SIZES[horizon - 1], rtol=2.0**-24)
        np.testing.assert_array_equal(counts.sum(axis=0), SIZES[horizon - 1])
        assert not counts[0].any()
        assert counts[1:].any(axis=1).all()


@in_32_bits
@pytest.mark.stat(delta=1e-9)
def test_diversity_follows_its_oracle():
    """E[1 - sum q^2] under a schedule that closes and opens the loop; 4096 replicates, error 0.02 or less."""
    size = 4096
    measured = recorded(Pallas, OPEN, ("diversity",), lanes=size)[0].astype(np.float64)
    exact, _ = zd.exact(OPEN, "diversity", HORIZON)
    assert diversity_error(measured, exact) <= 1
    # The mutant: the law of a loop whose fourth generation has half the fresh draws.
    wrong = zd.System(TARGET, SIZES[::-1], np.array([0.3, 0.0, 0.02, 0.35, 0.5, 1.0]), initial=START)
    assert diversity_error(measured, zd.exact(wrong, "diversity", HORIZON)[0]) > 1


def diversity_error(measured, exact):
    """Largest distance of the mean from `exact` in units of what the test's delta allows."""
    worst = 0.0
    for t in range(HORIZON + 1):
        spread = 1 - 1 / TARGET.support_size
        allowed = bounds.empirical_bernstein(
            float(measured[t].var()), measured.shape[1], 1e-9 / (HORIZON + 1), spread
        ) + zd.numerical_slack(OPEN, "diversity", HORIZON)
        worst = max(worst, abs(measured[t].mean() - exact[t]) / allowed)
    return worst


@in_32_bits
def test_one_draw_leaves_one_type_and_full_immigration_forgets():
    closed = recorded(Pallas, CLOSED)
    np.testing.assert_array_equal(closed[COUNTS.index("support_size"), HORIZON], 1)
    np.testing.assert_array_equal(closed[COUNTS.index("diversity"), HORIZON], 0)
    ours = recorded(Pallas, OPEN)
    elsewhere = zd.System(TARGET, OPEN.num_samples, OPEN.exogenous_fraction, initial=zd.Categorical([1, 0, 0, 0, 0]))
    theirs = recorded(Pallas, elsewhere)
    assert (ours[:, 4] != theirs[:, 4]).any()
    np.testing.assert_array_equal(ours[:, HORIZON], theirs[:, HORIZON])


@in_32_bits
@pytest.mark.parametrize("case", ["open", "gaussian"])
def test_lanes_of_padding_and_earlier_generations_are_invisible(case):
    system, names = CASES[case]
    whole = recorded(Pallas, system, names)
    np.testing.assert_array_equal(recorded(Pallas, system, names, lanes=LANES + 1), whole[:, :, : LANES + 1])
    np.testing.assert_array_equal(recorded(Pallas, system, names, terminal_only=True), whole[:, -1:])


@in_32_bits
@pytest.mark.parametrize(("system", "names"), [(OPEN, COUNTS), (GAUSSIAN, MOMENTS)], ids=["counts", "gaussian"])
def test_no_generation_records_the_start(system, names):
    ours, theirs = (recorded(kind, system, names, horizon=0) for kind in (Pallas, Forward))
    assert ours.shape == (len(names), 1, 2 * LANES)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@in_32_bits
def test_a_single_type_is_kept():
    ours = recorded(Pallas, zd.System(zd.Categorical([1.0]), 5, 0.5), horizon=2)
    np.testing.assert_array_equal(ours[COUNTS.index("support_size")], 1)
    np.testing.assert_array_equal(ours[COUNTS.index("entropy")], 0)


@in_32_bits
def test_a_run_names_the_kernel_and_spreads_over_devices():
    assert jax.local_device_count() > 1
    arguments = {
        "num_generations": HORIZON,
        "num_replicates": 150,
        "key": jax.random.key(7),
        "record": MOMENTS,
        "keep": "replicates",
        "block_size": 48,
    }
    run = zd.simulate(GAUSSIAN, **arguments, kernel="pallas")
    assert run.kernel.startswith("Pallas, all generations of gaussian states in one launch, interpreted")
    ours = np.stack([run.replicates[name] for name in MOMENTS])[:, : 2 * LANES]
    assert agreement(ours.swapaxes(1, 2), recorded(Forward, GAUSSIAN, MOMENTS)) >= AGREEMENT


REFUSED = {
    "stratified": (zd.System(TARGET, 10, 0.5, mixing="stratified"), COUNTS, "the mixing is stratified"),
    "update": (zd.System(TARGET, 10, update=zd.Accumulate()), COUNTS, "needs the update Replace"),
    "fit": (zd.System(TARGET, 10, fit=zd.Smoothed(pseudocount=0.5)), COUNTS, "the fit MaximumLikelihood"),
    "open gaussian": (zd.System(zd.Gaussian(), 20, 0.5), MOMENTS, "Gaussian loops are closed"),
    "small gaussian": (zd.System(zd.Gaussian(), 16), MOMENTS, "17 draws or more"),
    "record": (zd.System(TARGET, 10), ("entropy", "chi_square"), "'chi_square' is none of them"),
}


@in_32_bits
@pytest.mark.parametrize("case", REFUSED)
def test_what_it_cannot_compute_is_refused(case):
    system, names, reason = REFUSED[case]
    assert reason in table_and_refusal(system, names)
    with pytest.raises(ValueError, match=f"'pallas' cannot compute this run because .*{reason}"):
        choose(system, system.table(2), names, terminal_only=False, kernel="pallas")


def test_other_number_formats_and_platforms_are_refused(monkeypatch):
    with jax.enable_x64(True):
        assert "x64 is on" in table_and_refusal(CLOSED)
    monkeypatch.setattr(jax, "default_backend", lambda: "tpu")
    assert "the platform is tpu" in table_and_refusal(CLOSED)


@in_32_bits
def test_a_closed_loop_is_computed_whatever_its_mixing():
    assert table_and_refusal(zd.System(TARGET, 10, mixing="stratified")) is None


@pytest.fixture
def unasked():
    """The question whether the kernel works is open again, before and after."""
    works.cache_clear()
    yield
    works.cache_clear()


@in_32_bits
def test_a_cpu_never_chooses_it(unasked):
    chosen = choose(CLOSED, CLOSED.table(2), COUNTS, terminal_only=False)
    assert not isinstance(chosen, Pallas)
    assert works.cache_info().currsize == 0


@in_32_bits
def test_where_it_does_not_compile_another_kernel_runs_after_one_warning(unasked, monkeypatch):
    """A CPU that claims to be a GPU: compiling for it fails for real."""
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    arguments = {"num_generations": 2, "num_replicates": 8, "key": jax.random.key(0), "record": MOMENTS}
    with pytest.warns(RuntimeWarning, match="Pallas kernel for gaussian states is not used on .*ValueError") as caught:
        run = zd.simulate(GAUSSIAN, **arguments, kernel=AUTOMATIC)
    assert len(caught) == 1
    assert "Pallas" not in run.kernel
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = zd.simulate(GAUSSIAN, **arguments)
    np.testing.assert_array_equal(again.mean["mean"], run.mean["mean"])


@in_32_bits
@pytest.mark.parametrize(("family", "closed"), [(zd.Gaussian, True), (zd.Categorical, False)])
def test_where_it_agrees_it_works(unasked, family, closed):
    assert works(family, closed)


@in_32_bits
def test_where_it_draws_something_else_it_is_not_used(unasked, monkeypatch):
    refit = pallas_moments.refit
    monkeypatch.setattr(pallas_moments, "refit", lambda state, words, drawn: refit(state, words, drawn - 1))
    with pytest.warns(RuntimeWarning, match="agrees with the forward kernel in 0% of the replicates"):
        assert not works(zd.Gaussian, True)


def lowered(system, names, *, horizon=50, terminal_only=False):
    """The program for CUDA, made without any such device."""
    table = system.table(horizon)
    kernel = Pallas(Loop.of(system, table), table.rows(), names, False)
    recorders = tuple(system.target.quantities[name] for name in names)
    arguments = (kernel, recorders, jnp.arange(4 * LANES, dtype=jnp.uint32), jax.random.key(0), terminal_only)
    return values.trace(*arguments).lower(lowering_platforms=("cuda",)).as_text()


@in_32_bits
@pytest.mark.parametrize("terminal_only", [False, True])
@pytest.mark.parametrize(
    ("system", "names"),
    [
        (zd.System(zd.Categorical.zipf(100), 1000), COUNTS),
        (zd.System(zd.Categorical.zipf(100), 1000, 0.1, initial=zd.estimate(num_samples=30)), ("diversity",)),
        (zd.System(zd.Gaussian(), 100), MOMENTS),
    ],
    ids=["closed", "open", "gaussian"],
)
def test_every_operation_lowers_to_triton(system, names, terminal_only):
    assert "triton" in lowered(system, names, terminal_only=terminal_only)


@in_32_bits
def test_an_operation_unknown_to_triton_is_caught(monkeypatch):
    mutant = {"mean": lambda mean, variance: jnp.sort(mean)}
    monkeypatch.setattr(pallas_moments, "QUANTITIES", mutant)
    with pytest.raises(NotImplementedError, match="sort"):
        lowered(zd.System(zd.Gaussian(), 1000), ("mean",), horizon=3)


@in_32_bits
@pytest.mark.skipif(jax.default_backend() != "gpu", reason="asks the GPU itself")
@pytest.mark.parametrize(("family", "closed"), [(zd.Gaussian, True), (zd.Categorical, True), (zd.Categorical, False)])
def test_on_this_gpu_it_compiles_and_agrees(unasked, family, closed):
    assert works(family, closed)

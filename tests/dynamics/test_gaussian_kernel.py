"""The kernel of closed Gaussian loops: the exact law of every step, its promise about bits, and the corners.

Given where a replicate stands, a step is a normal number and an independent chi-square number, whatever the schedule:
both are worked out again from the recorded means and variances, which makes one exact test of all generations.
"""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.kernels import AbstractKernel, choose, gaussian
from zenil_dynamics.kernels.forward import Forward
from zenil_dynamics.kernels.gaussian import GaussianKernel
from zenil_dynamics.states.base import Observed
from zenil_dynamics.system import Estimate

HORIZON = 4
SIZE = 2**16
P = zd.Gaussian(mean=-0.5, variance=2.25)
Q = zd.Gaussian(mean=0.5, variance=1.0)
QUANTITIES = tuple(P.quantities)
UNEVEN = zd.schedules.table([40, 19, 300, 3])
LONG_ENOUGH = zd.schedules.table([40, 19, 300, 23])


def recorded(
    system,
    names=("mean", "variance"),
    kind: type[AbstractKernel] = GaussianKernel,
    spoil=lambda kernel: kernel,
    **options,
):
    """What a kernel records, shape (quantities, generations, replicates); traced afresh: a patch is seen."""
    horizon = options.get("horizon", HORIZON)
    kernel = spoil(kind.of(system, system.table(horizon), names))
    recorders = tuple(P.quantities[name] for name in names)
    replicates = options.get("first", 0) + jnp.arange(options.get("size", SIZE), dtype=jnp.uint32)

    @eqx.filter_jit
    def run(kernel, replicates, key):
        return kernel(recorders, replicates, key=key, terminal_only=options.get("terminal_only", False))

    values = run(kernel, replicates, jax.random.key(options.get("seed", 3)))
    return np.stack([np.asarray(recorded) for recorded in values])


def innovations(system, values):
    """Distribution functions of the normal and the chi-square number of every step, each (steps, replicates).

    The pool of n draws has the recorded mean and the scatter variance x divisor; the batch that joined it is found by
    undoing Chan's merge.
    """
    mean, variance = values.astype(np.float64)
    sizes = list(system.table(HORIZON).num_samples)
    unbiased = isinstance(system.fit, zd.Unbiased)
    accumulates = isinstance(system.update, zd.Accumulate)
    locations, scatters, pool = [], [], 0
    if isinstance(system.initial, Estimate):
        sizes.insert(0, system.initial.num_samples)
        origin = np.full((1, mean.shape[1]), 1.0)
        mean, variance = np.vstack([P.mean * origin, mean]), np.vstack([P.variance * origin, variance])
    for t, size in enumerate(map(int, sizes)):
        total = pool + size
        moved = (mean[t + 1] - mean[t]) * total / size
        scatter = variance[t + 1] * (total - unbiased) - (variance[t] * (pool - unbiased) if pool else 0.0)
        scatter = scatter - moved**2 * size * pool / total
        locations.append(special.ndtr(moved / np.sqrt(variance[t] / size)))
        scatters.append(stats.chi2(size - 1).cdf(scatter / variance[t]))
        pool = total if accumulates else 0
    return np.stack(locations), np.stack(scatters)


def evidence(first, second):
    """Log e-value against independent uniform numbers: a 4 x 4 grid of equal cells."""
    cells = 4 * np.minimum((first * 4).astype(np.int64), 3) + np.minimum((second * 4).astype(np.int64), 3)
    return bounds.log_evalue_multinomial(np.bincount(cells.ravel(), minlength=16), np.full(16, 1 / 16))


def suspicion(system, values, delta, unit=2.0**-24):
    """Largest log e-value in units of what `delta` allows: within a step, and between neighbouring steps.

    Recorded numbers are rounded: a mean of size m moves by m unit, which is m unit sqrt(N / v) of a standard deviation,
    a variance by unit, which is sqrt(N / 2) unit of one. Pools add a few roundings of larger numbers.
    """
    locations, scatters = innovations(system, values)
    largest = float(system.table(HORIZON).num_samples.max())
    moved = 8 * np.sqrt(largest) * unit
    total_variation = 2.0**-20 + moved
    pairs = [(locations, scatters), (locations[1:], locations[:-1]), (scatters[1:], scatters[:-1])]
    worst = 0.0
    for first, second in pairs:
        allowance = bounds.law_allowance(first.size, total_variation, np.full(16, 1 / 16))
        worst = max(worst, evidence(first, second) / (bounds.log_evalue_threshold(delta / len(pairs)) + allowance))
    return worst


CASES = {
    "replace": zd.System(P, 30),
    "unbiased": zd.System(P, 18, fit=zd.Unbiased()),
    "another start": zd.System(P, 25, initial=Q),
    "estimated": zd.System(P, 25, initial=zd.estimate(num_samples=60)),
    "estimated from few": zd.System(P, 25, initial=zd.estimate(num_samples=5), fit=zd.Unbiased()),
    "few draws": zd.System(P, 7),
    "two draws": zd.System(P, 2, fit=zd.Unbiased()),
    "schedule": zd.System(P, UNEVEN),
    "schedule without small": zd.System(P, LONG_ENOUGH, fit=zd.Unbiased()),
    "thousands of draws": zd.System(P, 4000),
    "accumulate": zd.System(P, 20, update=zd.Accumulate()),
    "accumulate, unbiased": zd.System(P, 20, update=zd.Accumulate(), fit=zd.Unbiased()),
    "accumulate on a sample": zd.System(P, 20, update=zd.Accumulate(), initial=zd.estimate(num_samples=50)),
    "accumulate from elsewhere": zd.System(P, UNEVEN, update=zd.Accumulate(), initial=Q, fit=zd.Unbiased()),
}


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("name", CASES)
def test_every_step_has_the_exact_law(name):
    assert suspicion(CASES[name], recorded(CASES[name]), 1e-9) < 1


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("name", ["replace", "accumulate on a sample"])
def test_the_forward_kernel_has_the_same_law(name):
    assert suspicion(CASES[name], recorded(CASES[name], kind=Forward), 1e-9) < 1


def next_row(kernel):
    """Every step with the N of the one after it."""
    return eqx.tree_at(lambda k: k.steps, kernel, jax.tree.map(lambda column: np.roll(column, -1, 0), kernel.steps))


def no_scatter_between(kernel):
    return eqx.tree_at(lambda k: k.steps.between, kernel, np.zeros_like(kernel.steps.between))


def of_other_fit(system, fit):
    """A kernel of the same loop with another divisor."""
    other = eqx.tree_at(lambda s: s.fit, system, fit, is_leaf=lambda leaf: leaf is system.fit)
    return lambda kernel: GaussianKernel.of(other, other.table(HORIZON), QUANTITIES)


TABLE_MUTANTS = {
    "N - 1 for N": ("replace", of_other_fit(CASES["replace"], zd.Unbiased())),
    "N for N - 1": ("unbiased", of_other_fit(CASES["unbiased"], zd.MaximumLikelihood())),
    "N of the next generation": ("schedule without small", next_row),
    "a pool without the distance of its means": ("accumulate", no_scatter_between),
}


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("name", TABLE_MUTANTS)
def test_wrong_steps_are_caught(name):
    """The smallest is the divisor of 30 draws: 3 % of a variance."""
    case, spoil = TABLE_MUTANTS[name]
    assert suspicion(CASES[case], recorded(CASES[case], spoil=spoil), 1e-9) > 1


@pytest.mark.stat(delta=1e-9)
def test_one_word_for_mean_and_variance_is_caught(monkeypatch):
    original = gaussian.pair_from_random_words
    monkeypatch.setattr(gaussian, "pair_from_random_words", lambda first, second: 2 * original(first, second)[:1])
    with jax.enable_x64(False):
        assert suspicion(CASES["replace"], recorded(CASES["replace"]), 1e-9) > 1


@pytest.mark.stat(delta=1e-9)
def test_one_word_for_all_generations_is_caught(monkeypatch):
    original = gaussian.threefry2x32
    monkeypatch.setattr(
        gaussian, "threefry2x32", lambda a, b, tag, address: original(a, b, tag, jnp.zeros_like(address))
    )
    assert suspicion(CASES["replace"], recorded(CASES["replace"]), 1e-9) > 1


@pytest.mark.stat(delta=1e-9)
def test_float64_has_the_same_law():
    with jax.enable_x64(True):
        values = recorded(CASES["estimated"])
    assert values.dtype == np.float64
    assert suspicion(CASES["estimated"], values, 1e-9, unit=2.0**-53) < 1


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("name", ["estimated", "schedule without small"])
def test_moments_follow_the_oracle(name):
    system = CASES[name]
    values, delta = recorded(system), 1e-9 / (2 * (HORIZON + 1))
    moments = zd.oracles.gaussian_moments(
        system.table(HORIZON).num_samples,
        0.0,
        divisor="unbiased" if isinstance(system.fit, zd.Unbiased) else "mle",
        target_mean=float(P.mean),
        target_variance=float(P.variance),
        num_initial=system.initial.num_samples if isinstance(system.initial, Estimate) else None,
    )
    spreads = (moments.mean_square - (moments.mean - P.mean) ** 2, moments.variance_square - moments.variance**2)
    for name, measured, exact, spread in zip(
        ("mean", "variance"), values, (moments.mean, moments.variance), spreads, strict=True
    ):
        for t in range(HORIZON + 1):
            estimate, distance = bounds.median_of_means(measured[t], max(float(spread[t]), 0.0), delta)
            assert abs(estimate - exact[t]) <= distance + zd.numerical_slack(system, name, HORIZON)


@pytest.mark.parametrize("name", ["few draws", "schedule without small", "accumulate on a sample"])
def test_bits_do_not_depend_on_the_length_of_a_pass(name):
    whole = recorded(CASES[name], size=256)
    for longest in (1, 2, 3):
        cut = recorded(CASES[name], size=256, spoil=lambda kernel: dataclasses.replace(kernel, longest_pass=longest))  # noqa: B023
        np.testing.assert_array_equal(cut, whole)


def test_bits_of_long_runs_do_not_depend_on_the_length_of_a_pass():
    whole = recorded(CASES["replace"], size=64, horizon=200, names=QUANTITIES)
    for longest in (40, 201, 500):
        cut = recorded(
            CASES["replace"],
            size=64,
            horizon=200,
            names=QUANTITIES,
            spoil=lambda kernel: dataclasses.replace(kernel, longest_pass=longest),  # noqa: B023
        )
        np.testing.assert_array_equal(cut[:2], whole[:2])
        # Where XLA vectorises what is recorded, and where it takes the remainder, logarithms differ in the last place.
        np.testing.assert_allclose(cut, whole, rtol=1e-5, atol=1e-6)


def test_bits_of_a_replicate_do_not_depend_on_its_neighbours():
    np.testing.assert_array_equal(
        recorded(CASES["replace"], size=256)[..., 100:], recorded(CASES["replace"], size=256, first=100)[..., :156]
    )


@pytest.mark.parametrize("horizon", [0, 1, 5, 130, 300])
def test_the_last_generation_alone_is_the_last_of_all(horizon):
    options = {"names": QUANTITIES, "size": 64, "horizon": horizon}
    every, last = recorded(CASES["schedule" if horizon == 1 else "replace"], **options), None
    last = recorded(CASES["schedule" if horizon == 1 else "replace"], **options, terminal_only=True)
    assert every.shape == (len(QUANTITIES), horizon + 1, 64)
    assert last.shape == (len(QUANTITIES), 1, 64)
    np.testing.assert_allclose(last[:, 0], every[:, -1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("horizon", [HORIZON, 260])
def test_every_quantity_is_that_of_the_recorded_states(horizon):
    values = dict(
        zip(QUANTITIES, recorded(CASES["estimated"], names=QUANTITIES, size=64, horizon=horizon), strict=True)
    )

    def again(mean, variance, mean_before, variance_before):
        at = lambda mean, variance: eqx.tree_at(lambda s: (s.mean, s.variance), P, (mean, variance))  # noqa: E731
        observed = Observed(P, at(mean_before, variance_before), jnp.float32(0.1))
        return {name: quantity(at(mean, variance), observed) for name, quantity in P.quantities.items()}

    mean, variance = values["mean"], values["variance"]
    before = [np.concatenate([values[:1], values[:-1]]) for values in (mean, variance)]
    for name, expected in jax.jit(jax.vmap(jax.vmap(again)))(mean, variance, *before).items():
        np.testing.assert_allclose(values[name], expected, rtol=2e-5, atol=1e-5, err_msg=name)


def squared(state, target):
    return (state.mean - target.mean) ** 2


def test_simulate_chooses_it_and_records_functions():
    arguments = {"num_generations": 6, "num_replicates": 300, "key": jax.random.key(1), "keep": "replicates"}
    run = zd.simulate(CASES["replace"], **arguments, record=("mean", squared))
    assert run.kernel.startswith("passes over gaussian generations")
    np.testing.assert_allclose(run.replicates["squared"], (run.replicates["mean"] + 0.5) ** 2, rtol=1e-4, atol=1e-6)
    forward = zd.simulate(CASES["replace"], **arguments, record=("mean",), kernel="forward")
    assert forward.kernel.startswith("forward")


def test_one_draw_leaves_no_variance():
    mean, variance, log_variance = recorded(zd.System(P, 1), names=("mean", "variance", "log_variance"), size=64)
    assert np.all(variance[1:] == 0)
    assert np.all(np.isneginf(log_variance[1:]))
    assert len(np.unique(mean[1])) == 64
    np.testing.assert_array_equal(mean[2:], np.broadcast_to(mean[1], mean[2:].shape))


def test_a_million_draws_hardly_move_it():
    mean, variance = recorded(zd.System(P, 10**6), size=256).astype(np.float64)
    assert 5e-4 < np.std(mean[1]) < 3e-3
    assert 1e-3 < np.std(variance[1] / 2.25) < 2e-3


def test_a_long_run_dies_out_as_float32_must():
    mean, variance, log_variance = recorded(
        zd.System(P, 17), names=("mean", "variance", "log_variance"), size=64, horizon=3000
    )
    assert np.all(np.isfinite(mean))
    assert np.all(np.isfinite(variance))
    assert np.all(variance[-1] == 0)
    alive = variance > 0
    assert np.all(np.isneginf(log_variance[~alive]))
    assert np.all(np.isfinite(log_variance[variance > 1.2e-38]))
    assert np.all(np.diff(alive.astype(int), axis=0) <= 0)
    assert np.array_equal(mean[-1], mean[-500])


REFUSED = {
    "state": (zd.System(zd.Categorical.uniform(3), 20), "the state is not Gaussian"),
    "update": (zd.System(P, 20, update=zd.Population()), "the update Replace or Accumulate"),
    "open": (zd.System(P, 20, 0.1), "a mixture with fresh data"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_compute_is_refused(name):
    system, reason = REFUSED[name]
    with pytest.raises(ValueError, match=f"'gaussian' cannot compute this run because .*{reason}"):
        choose(system, system.table(2), QUANTITIES, terminal_only=False, kernel="gaussian")


def test_accelerators_keep_the_other_kernels(monkeypatch):
    system = CASES["replace"]
    assert GaussianKernel.pays(system, system.table(2))
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert not GaussianKernel.pays(system, system.table(2))

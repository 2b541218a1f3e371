"""Where alpha_t = 1 a model forgets its past: answers of closed loops are those of what follows."""

import jax
import numpy as np
import pytest
from scipy.special import psi

import zenil_dynamics as zd
from tests import bounds

BURSTS = zd.schedules.bursts(1.0)
END, NOISE = 2.5, 0.3
INTERVAL, LINEAR = zd.UniformInterval(END), zd.LinearModel([0.5, -1.5], noise_variance=NOISE)
DELTA = 1e-9


def exact(system, name, num_generations):
    return zd.exact(system, name, num_generations).values


@pytest.mark.parametrize(
    ("update", "sizes"),
    [
        (zd.Replace(), [7, 7, 7]),
        (zd.Accumulate(), [7, 14, 21]),
        (zd.Window(2), [7, 14, 14]),
        (zd.AccumulateSubsample(), [7, 7, 7]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, zd.updates.AbstractUpdate) else "",
)
def test_fits_to_real_data_alone_depend_on_the_size_of_the_set(update, sizes):
    n = np.array(sizes, np.float64)
    system = zd.System(INTERVAL, 7, 1.0, update=update, initial=zd.UniformInterval(4.0))
    assert exact(system, "upper", 3) == pytest.approx([4.0, *(END * n / (n + 1))], rel=1e-12)
    assert exact(system, "log_upper", 3) == pytest.approx([np.log(4.0), *(np.log(END) - 1 / n)], rel=1e-12)
    assert exact(system, "kl_to_target", 3) == pytest.approx([np.inf, *(1 / n)], rel=1e-12)


def test_an_opening_sample_counts_where_it_is_kept():
    system = zd.System(INTERVAL, 7, 1.0, update=zd.Window(2), initial=zd.estimate(3))
    n = np.array([3.0, 10.0, 14.0, 14.0])
    assert exact(system, "upper", 3) == pytest.approx(END * n / (n + 1), rel=1e-12)


@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
@pytest.mark.parametrize(
    ("target", "name", "value"),
    [
        (LINEAR, "excess_risk", NOISE * 2 / (9 - 2 - 1)),
        (zd.Gaussian(-1.5, 2.25), "log_variance", np.log(2.25) + psi(4.0) + np.log(2 / 9)),
        (zd.Gamma(2.5, shape=3.5), "log_mean", np.log(2.5) + psi(9 * 3.5) - np.log(9 * 3.5)),
        (zd.Poisson(0.2), "collapsed", np.exp(-9 * 0.2)),
        (zd.Geometric(0.2), "collapsed", 1.2**-9.0),
        (zd.InfiniteAlleles(40), "num_types", 9.0),
    ],
    ids=lambda value: getattr(value, "family", None),
)
def test_one_generation_of_real_data(target, name, value, mixing):
    """The values are of one sample of nine, by the law of its statistic."""
    found = exact(zd.System(target, 9, 1.0, mixing=mixing), name, 2)
    assert found[1:] == pytest.approx([value, value], rel=1e-9)


def test_decoders_and_other_families_have_no_part_in_real_data():
    plain = zd.System(zd.Categorical([0.5, 0.3, 0.2]), 9, 1.0)
    decoded = zd.System(plain.target, 9, 1.0, decoders=zd.decoders.Temperature(0.5))
    assert exact(decoded, "entropy", 2) == pytest.approx(exact(plain, "entropy", 2), rel=1e-12)
    crossed = zd.System(INTERVAL, 9, 1.0, model=zd.Gaussian())
    with pytest.raises(zd.NotReachable, match="more than mean and variance"):
        zd.exact(crossed, "log_variance", 2)


def test_bursts_are_followed_by_closed_loops():
    """alpha_t = 1 at t = 1, 2, 4: generations 2, 3 and 5 are fresh, 4 and 6 one closed step later."""
    found = zd.exact(zd.System(INTERVAL, 7, BURSTS), "upper", 6)
    shrink = 7 / 8
    assert found.values == pytest.approx(END * shrink ** np.array([0, 1, 1, 1, 2, 1, 2]), rel=1e-12)
    assert found.rung == "closed form"
    risk = NOISE * 2 / 6 * np.array([0, 1, 1, 1, 2, 1, 2])
    assert exact(zd.System(LINEAR, 9, BURSTS), "excess_risk", 6) == pytest.approx(risk, rel=1e-12)


def test_a_table_of_sizes_is_followed_piece_by_piece():
    sizes, shares = np.array([5, 3, 6, 4]), np.array([0.0, 1.0, 0.0, 1.0])
    start = zd.UniformInterval(2.0)
    found = exact(zd.System(INTERVAL, sizes, shares, initial=start), "upper", 4)
    assert found == pytest.approx([2, 2 * 5 / 6, END * 3 / 4, END * 3 / 4 * 6 / 7, END * 4 / 5], rel=1e-12)


@pytest.mark.parametrize(
    ("system", "name", "reason"),
    [
        (zd.System(INTERVAL, 7, 0.5), "upper", "its largest draw has two sources"),
        (zd.System(INTERVAL, 7, 1.0), "successive_kl", "its largest draw has two sources"),
        (zd.System(INTERVAL, 7, BURSTS, update=zd.Accumulate()), "upper", "its largest draw has two sources"),
        (
            zd.System(LINEAR, 9, BURSTS, initial=zd.LinearModel([1.0, 1.0], noise_variance=0.7)),
            "excess_risk",
            "without real data",
        ),
        (
            zd.System(zd.GaussianMixture([0.3, 0.7], [-1.0, 2.0], [0.5, 1.5], capacity=40), 9, 1.0),
            "smallest_weight",
            "where expectation-maximisation stops",
        ),
    ],
)
def test_what_remembers_the_past_is_refused(system, name, reason):
    with pytest.raises(zd.NotReachable, match=reason):
        zd.exact(system, name, 3)


@pytest.mark.stat(delta=DELTA)
def test_bursts_follow_their_exact_ends():
    """Ends lie in [0, 2.5]; a burst one generation early, and 8 draws instead of 7, are caught."""
    replicates, horizon = 20_000, 6
    system = zd.System(INTERVAL, 7, BURSTS)
    run = zd.simulate(
        system, num_generations=horizon, num_replicates=replicates, key=jax.random.key(31), record=("upper",)
    )
    early = zd.System(INTERVAL, 7, np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0]))

    def misses(other):
        values = exact(other, "upper", horizon)
        return [
            t
            for t in range(1, horizon + 1)
            if abs(run.mean["upper"][t] - values[t])
            > bounds.empirical_bernstein(
                float(run.standard_error["upper"][t]) ** 2 * replicates, replicates, DELTA / horizon, END
            )
            + horizon * 1e-6 * END
        ]

    assert misses(system) == []
    assert misses(early)
    assert misses(zd.System(INTERVAL, 8, BURSTS))

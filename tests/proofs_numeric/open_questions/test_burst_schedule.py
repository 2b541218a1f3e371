import itertools

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.open_questions import burst_schedule
from proofs_numeric.open_questions.burst_schedule import best_found, diversity_path, regular_bursts
from proofs_numeric.open_questions.run import ask
from proofs_numeric.open_questions.schedule_bound import dual_bound, relaxed_schedule

SIZE, HORIZON = 10, 4
SCHEDULES = np.array([s for s in itertools.product(np.linspace(0, 1, 11), repeat=HORIZON) if sum(s) <= 1.0001])
GOALS = {"average": np.full(HORIZON, 1 / HORIZON), "terminal": np.eye(HORIZON)[-1], "middle": np.eye(HORIZON)[1]}


def test_the_recursion_is_the_oracle():
    shares = np.array([0.0, 0.3, 1.0, 0.05])
    expected = zd.oracles.retained_diversity([SIZE] * 4, shares)[1:]
    np.testing.assert_allclose(diversity_path(SIZE, shares), expected, atol=1e-14)


@pytest.mark.parametrize("goal", GOALS)
def test_no_schedule_of_a_lattice_beats_the_dual_bound(goal):
    weights = GOALS[goal]
    kept = [weights @ diversity_path(SIZE, shares) for shares in SCHEDULES]
    bound, price = dual_bound(SIZE, weights, SIZE, 81)
    assert max(kept) <= bound
    # The bound holds whatever the price; at this one it is near the lattice's best, and useless bounds are far.
    assert bound < max(kept) + 0.02
    assert price > 0
    finer, _ = dual_bound(SIZE, weights, SIZE, 161)
    assert max(kept) <= finer <= bound + 1e-12


def test_without_a_budget_the_bound_is_the_closed_loop():
    weights = GOALS["average"]
    bound, _ = dual_bound(SIZE, weights, 0.0, 321)
    closed = weights @ diversity_path(SIZE, np.zeros(HORIZON))
    assert closed <= bound < closed + 1e-3


def test_a_free_sample_is_always_taken():
    # Before the first draw there is no copy to remove.
    np.testing.assert_allclose(relaxed_schedule(SIZE, GOALS["average"], 0.0, 41)[1:], 1.0)
    np.testing.assert_allclose(relaxed_schedule(SIZE, GOALS["average"], 10.0, 41), 0.0)


@pytest.mark.parametrize(("period", "count"), [(1, 12), (3, 4), (5, 2), (12, 1)])
def test_regular_bursts_spend_the_budget(period, count):
    shares = regular_bursts(20, 12, 18, period)
    assert np.count_nonzero(shares) == count
    assert 20 * shares.sum() == pytest.approx(18)
    assert np.flatnonzero(shares)[0] == period - 1


def test_bursts_above_a_generation_are_left_out():
    assert not regular_bursts(10, 12, 18, 12).any()


def test_gradient_ascent_climbs_and_stays_within_the_budget(monkeypatch):
    monkeypatch.setitem(burst_schedule.NUM_STEPS, "quick", 200)
    weights = np.full(30, 1 / 30)
    start = regular_bursts(20, 30, 30, 1)
    found = best_found(20, 30, weights, [start], jax.random.key(1), "quick")
    kept, before = (weights @ diversity_path(20, shares) for shares in (found, start))
    assert 20 * found.sum() <= 30 * (1 + 1e-9)
    assert found.min() >= 0
    assert found.max() <= 1
    # Regular bursts alone gain more than this over a constant supply.
    assert kept > before + 0.02
    assert kept <= dual_bound(20, weights, 30, 81)[0]


def test_the_same_root_gives_the_same_bits(monkeypatch):
    monkeypatch.setitem(burst_schedule.SETTINGS, "quick", ((50, 100, 100),))
    monkeypatch.setitem(burst_schedule.NUM_STEPS, "quick", 20)
    monkeypatch.setitem(burst_schedule.NUM_POINTS, "quick", 21)
    first, again = (ask(burst_schedule.BURST_SCHEDULE, "quick", "5eed").estimates for _ in range(2))
    assert first == again
    (best,) = [e for e in first if e.quantity == burst_schedule.BEST and e.setting["goal"] == burst_schedule.TERMINAL]
    # All at the end: one generation of nothing but real data keeps 1 - 1/N, and nothing keeps more.
    assert best.value == pytest.approx(1 - 1 / 50, abs=1e-12)

"""Every pair of formulas has its class, and the recursion goes where the class says."""

import math

import mpmath
import numpy as np
import pytest

import zenil_dynamics as zd
from zenil_dynamics.phases import Regime, classify, frozen, retained_diversity, whole_samples
from zenil_dynamics.schedules import parse

COLLAPSED = {
    # (N_t, alpha_t): class. Bounded N: sum 1/N_t = inf, so that the sum of alpha_t decides.
    ("10", "0"): Regime.ABSORBED,
    ("1", "0"): Regime.ABSORBED,
    ("10", "power_law:0,1"): Regime.ABSORBED,
    ("10", "periodic:0,3"): Regime.ABSORBED,
    ("10", "bursts:0"): Regime.ABSORBED,
    ("10", "geometric:1,0"): Regime.ABSORBED,
    ("10", "geometric:0.5,0.999"): Regime.ABSORBED,
    ("10", "power_law:1,1.001"): Regime.ABSORBED,
    ("10", "power_law:1,1"): Regime.HOPPING,
    ("10", "power_law:0.01,0.1"): Regime.HOPPING,
    ("periodic:3,2,10", "power_law:1,0.5"): Regime.HOPPING,
    ("periodic:3,2,10", "power_law:1,2"): Regime.ABSORBED,
    # One draw is a point mass, whatever it was drawn from.
    ("1", "1"): Regime.HOPPING,
    ("0.2", "0.5"): Regime.HOPPING,
    ("power_law:50,1", "0.1"): Regime.HOPPING,
    ("power_law:50,0.1", "power_law:1,2"): Regime.ABSORBED,
    ("geometric:50,0.5", "bursts:0.3"): Regime.HOPPING,
    ("periodic:1,2,10", "periodic:0.5,2"): Regime.HOPPING,
    ("periodic:1,4,20", "bursts:0.5"): Regime.HOPPING,
    # Growing N: sum 1/N_t = inf up to the exponent 1.
    ("power_law:10,-0.5", "0"): Regime.ABSORBED,
    ("power_law:10,-1", "0"): Regime.ABSORBED,
    ("power_law:10,-1", "power_law:1,1.2"): Regime.ABSORBED,
    ("power_law:10,-1", "geometric:1,0.9"): Regime.ABSORBED,
    ("power_law:10,-0.5", "power_law:1,0.75"): Regime.HOPPING,
    ("power_law:10,-0.75", "power_law:1,1"): Regime.HOPPING,
    # A single draw without real data after it, although sum 1/N_t < inf.
    ("power_law:0.5,-2", "0"): Regime.ABSORBED,
    ("power_law:0.5,-2", "geometric:1,0"): Regime.ABSORBED,
    ("power_law:1e-12,-1.5", "0"): Regime.ABSORBED,
}
CONVERGING = [
    ("power_law:10,-0.1", "0.1"),
    ("power_law:10,-0.5", "power_law:1,0.25"),
    ("power_law:10,-1.5", "power_law:1,1"),
    ("power_law:10,-1.001", "power_law:1,1"),
    ("power_law:10,-1", "power_law:1,0.999"),
    ("geometric:10,1.01", "power_law:1,1"),
    ("power_law:10,-0.5", "periodic:1,3"),
    ("power_law:10,-0.5", "periodic:0,3,0.2"),
    ("geometric:10,1.01", "bursts:0.2"),
    ("power_law:10,-1.5", "bursts:0.2"),
]
PARTIAL = {
    ("10", "0.1"): 1.71 / 2.71,
    ("10", "1"): 0.9,
    ("2", "constant:0.25"): 0.4375 / 1.4375,
    ("periodic:10,7,10", "power_law:0.1,0"): 1.71 / 2.71,
    # (11 - 1) 0.19 = (20 - 1) 0.1 in both kinds of generation; alpha = 1 - sqrt(0.9) has alpha (2 - alpha) = 0.1.
    ("periodic:11,2,20", f"periodic:0.1,2,{1 - math.sqrt(0.9)!r}"): 1.9 / 2.9,
    ("power_law:10,-1", "power_law:0.1,1"): 2 / 3,
    ("power_law:10,-0.5,40", "power_law:0.3,0.5,2"): 6 / 7,
}
OSCILLATING = {
    ("10", "bursts:1"): (0, 0.9),
    ("periodic:5,4,20", "bursts:0.5"): (0, 0.8 * 0.75),
    ("periodic:5,3,20", "bursts:0.5"): (0, 0.95 * 0.75),
    ("power_law:3,-0.5", "bursts:0.5"): (0, 0.75),
    # From burst to burst g -> 2^(-1/s) ((1 - alpha)^2 g + alpha (2 - alpha)) with N_t ~ s t.
    ("power_law:1,-1", "bursts:0.5"): (0.5 * 0.75 / (1 - 0.5 * 0.25), 0.75 / (1 - 0.5 * 0.25)),
    # g -> (1 - 1/2)(1 - alpha)^2 (1 - 1/4) g + ... over the two generations, solved by hand.
    ("periodic:2,2,4", "periodic:0,2,0.5"): ((3 / 4 * 3 / 4) * (1 / 2) / (1 - 3 / 32), (3 / 4 * 3 / 4) / (1 - 3 / 32)),
}
FROZEN = [
    ("power_law:1,-2,2", "0"),
    ("power_law:1,-2,11", "power_law:1,2,11"),
    ("power_law:3,-1.5,4", "power_law:1,1.25"),
    ("power_law:3,-1.25,4", "geometric:1,0.9"),
    ("power_law:3,-1.25,4", "geometric:1,0"),
    ("geometric:3,1.1", "power_law:1,1.5"),
    ("geometric:3,1.1", "geometric:0.3,0.9"),
    ("power_law:0.5,-2", "power_law:1,2"),
]


def of(pair):
    return classify(*map(parse, pair))


def run(pair, num_generations):
    return retained_diversity(*map(parse, pair), num_generations)


@pytest.mark.parametrize(("pair", "regime"), COLLAPSED.items(), ids=str)
def test_collapse(pair, regime):
    phase = of(pair)
    assert (phase.regime, phase.lower, phase.upper, phase.limit, phase.error) == (regime, 0.0, 0.0, 0.0, 0.0)
    assert "sum alpha_t = inf" in phase.reason or regime is Regime.ABSORBED or "N_t = 1" in phase.reason


@pytest.mark.parametrize("pair", COLLAPSED, ids=str)
def test_where_it_collapses_the_recursion_falls(pair):
    shares = run(pair, 1000)
    assert shares[-1] < 0.9 * shares[:100].max() or shares[-1] == 0


def test_the_border_between_exponents_is_sharp():
    # What no run could show: N_t alpha_t falls like t^-0.001, stays at 10, or grows like t^0.001.
    regimes = [of((f"power_law:10,-{growth}", "power_law:1,1")).regime for growth in (0.999, 1, 1.001)]
    assert regimes == [Regime.HOPPING, Regime.PARTIAL, Regime.CONVERGES]
    regimes = [of(("power_law:10,-1", f"power_law:1,{decay}")).regime for decay in (0.999, 1, 1.001)]
    assert regimes == [Regime.CONVERGES, Regime.PARTIAL, Regime.ABSORBED]
    regimes = [of((f"power_law:10,-{growth}", "power_law:1,1.001")).regime for growth in (0.999, 1, 1.001)]
    assert regimes == [Regime.ABSORBED, Regime.ABSORBED, Regime.FROZEN]


@pytest.mark.parametrize("pair", CONVERGING, ids=str)
def test_convergence(pair):
    phase = of(pair)
    assert (phase.regime, phase.limit) == (Regime.CONVERGES, 1.0)
    lost = 1 - run(pair, 2100 if "geometric" in pair[0] else 20_000)
    # Between bursts and real generations noise gathers, so windows are compared.
    assert lost[-len(lost) // 2 :].max() < lost[10 : len(lost) // 20].max()


@pytest.mark.parametrize(("pair", "limit"), PARTIAL.items(), ids=str)
def test_partial_collapse(pair, limit):
    phase = of(pair)
    assert phase.regime is Regime.PARTIAL
    assert phase.limit == pytest.approx(limit, rel=1e-12)
    assert run(pair, 20_000)[-1] == pytest.approx(limit, rel=0.03 if "power_law:10,-" in pair[0] else 1e-9)


@pytest.mark.parametrize(("pair", "limits"), OSCILLATING.items(), ids=str)
def test_oscillation(pair, limits):
    phase = of(pair)
    assert phase.regime is Regime.OSCILLATES
    assert (phase.lower, phase.upper) == pytest.approx(limits, rel=1e-12)
    assert math.isnan(phase.limit)
    # From the burst at 2^13 to the one at 2^14, both included.
    cycle = run(pair, 2**14 + 1)[2**13 + 1 :]
    assert cycle.max() == pytest.approx(phase.upper, rel=0.01)
    assert cycle.min() == pytest.approx(phase.lower, rel=0.01, abs=1e-10)


def test_bursts_leave_a_vanishing_share_of_generations_alive():
    shares = run(("10", "bursts:1"), 2**15)
    alive = [np.mean(shares[: 2**power] > 0.01) for power in (9, 12, 15)]
    assert alive[0] > 4 * alive[1] > 16 * alive[2]


@pytest.mark.parametrize("pair", FROZEN, ids=str)
def test_a_frozen_limit_lies_between_what_may_still_happen(pair):
    phase = of(pair)
    assert phase.regime is Regime.FROZEN
    assert 0 < phase.limit < 1
    assert phase.error < 1e-4
    # After t, g can fall by prod (1 - 1/N) at most, and 1 - g by prod (1 - alpha)^2: cruder than what is tested, and
    # without its blocks.
    steps = 400_000 if "power_law" in pair[0] else 5000
    last = run(pair, steps)[-1]
    noise, fresh = remaining(pair[0], steps, -1), remaining(pair[1], steps, 1)
    assert last * math.exp(-noise) - phase.error <= phase.limit
    assert phase.limit <= 1 - (1 - last) * math.exp(-2 * fresh) + phase.error


def remaining(spec, start, sign):
    """Upper bound of the sum from `start` on, of 1/N_t (sign -1; log(1 - y) and rounding included) or of alpha_t."""
    schedule = parse(spec)
    if isinstance(schedule, zd.schedules.PowerLaw):
        power, base = sign * float(schedule.exponent), start - 1 + float(schedule.offset)
        return 1.01 * float(schedule.scale) ** sign * base ** (1 - power) / (power - 1)
    return 1e-6


def test_frozen_limits_in_closed_form():
    for first in (2, 5, 50):
        phase = classify(zd.schedules.power_law(1, -2, first))
        assert phase.error < 1e-9
        assert phase.limit == pytest.approx(zd.oracles.retained_diversity_limit_growing(first, 2), abs=phase.error)
    # N_t = 8^t 2: prod (1 - 2^-(1 + 3t)), a q-Pochhammer symbol.
    phase = classify(zd.schedules.geometric(2, 8))
    assert phase.limit == pytest.approx(float(mpmath.qp(0.5, 0.125)), abs=phase.error)
    # N_t = (t + 2)^3: prod (1 - 1/k^3) from k = 2 is cosh(pi sqrt(3)/2) / (3 pi).
    phase = classify(zd.schedules.power_law(1, -3, 2))
    assert phase.limit == pytest.approx(math.cosh(math.pi * math.sqrt(3) / 2) / (3 * math.pi), abs=phase.error)


def test_published_frozen_value():
    # N_t = (t + 10)^2 and alpha_t = (t + 10)^-2, counted from t = 1.
    assert of(("power_law:1,-2,11", "power_law:1,2,11")).limit == pytest.approx(0.9169, abs=5e-5)


@pytest.mark.parametrize("pair", [*FROZEN, ("power_law:1,-1.1,10", "power_law:1,1.15,10")], ids=str)
def test_enclosures_from_different_starts_meet(pair, monkeypatch):
    found = []
    for head in (500, 5000, frozen.HEAD):
        monkeypatch.setattr(frozen, "HEAD", head)
        found.append(of(pair))
    assert all(phase.error <= 0.02 for phase in found)
    for phase in found:
        assert abs(phase.limit - found[-1].limit) <= phase.error + found[-1].error


def test_slow_tails_admit_what_is_not_known():
    # sum alpha_t beyond 10^300 exceeds 1 at the exponent 1.002: the enclosure says so instead of guessing.
    phase = of(("power_law:10,-1.001", "power_law:0.5,1.002"))
    assert phase.regime is Regime.FROZEN
    assert 0.1 < phase.error < 0.5
    # Where N_t alpha_t -> inf even an endless tail leads to one value.
    assert of(("power_law:10,-3", "power_law:0.5,1.001")).error < 1e-9


@pytest.mark.parametrize("known", ["table:5,6", "piecewise:0=3"])
def test_what_is_known_by_generation_has_no_long_run(known):
    for pair in (
        (parse(known), 0.0),
        (10, parse(known).entries * 0.1 if "table" in known else parse("piecewise:0=0.3")),
    ):
        phase = classify(*pair)
        assert phase.regime is Regime.FINITE_HORIZON
        assert math.isnan(phase.limit)
        assert "known generation by generation" in phase.reason
    assert classify(lambda t: 10, 0.1).regime is Regime.FINITE_HORIZON


def test_a_joint_period_beyond_what_is_computed_is_undecided():
    phase = of(("periodic:3,99991,10", "periodic:0.5,99989"))
    assert phase.regime is Regime.UNDECIDED
    assert "9998000099 generations exceeds" in phase.reason
    assert math.isnan(phase.lower)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("10", "power_law:0.5,-1"), r"`exogenous_fraction` must lie in \[0, 1\]; got 1.5 at generation 2"),
        (("10", "geometric:0.5,1.1"), "got 1.07179 at generation 8"),
        (("10", "geometric:0.5,1.000001"), "got 1 at generation 693148"),
        (("10", "power_law:0.5,-0.001"), "power_law:0.5,-0.001 passes 1 near generation 1.07e"),
        (("10", "power_law:2,1"), "got 2 at generation 0"),
        (("10", "power_law:-1,1"), "got -0.5 at generation 1"),
        (("10", "bursts:1.5"), "got 1.5 at generation 1"),
        (("10", "periodic:0.5,2,-0.1"), "got -0.1 at generation 1"),
        (("10", "-0.1"), "got -0.1 at generation 0"),
        (("0", "0"), "`num_samples` must be at least 1; got 0 at generation 0"),
        (("bursts:5", "0"), "got 0 at generation 0"),
        (("periodic:4,2", "0"), "got 0 at generation 1"),
        (("geometric:5,0", "0"), "got 0 at generation 1"),
        (("power_law:1,-1,0", "0"), "got 0 at generation 0"),
        (("power_law:-1,-1", "0"), "got -1 at generation 0"),
    ],
)
def test_schedules_that_leave_their_range(pair, message):
    with pytest.raises(ValueError, match=message):
        of(pair)


def test_rounding_is_that_of_a_system():
    random = np.random.default_rng(3)
    values = np.concatenate([random.uniform(1e-9, 50, 200), [3.0, 3 + 1e-12, 0.3 / 0.1, 2e9 - 0.5, 1e-300, 1.0]])
    table = zd.System(zd.Categorical([0.5, 0.5]), values).table(len(values))
    np.testing.assert_array_equal(whole_samples(values), table.num_samples)


def test_the_recursion_takes_more_draws_than_a_loop_counts():
    shares = retained_diversity(parse("power_law:1e12,-2"), 0.0, 3)
    assert 1 - shares[1] == pytest.approx(1e-12, rel=1e-3)
    endless = retained_diversity(parse("geometric:10,2"), 0.0, 3000)
    assert endless[-1] == endless[200] == pytest.approx(float(mpmath.qp(0.1, 0.5)), rel=1e-12)
    with pytest.raises(ValueError, match="`num_generations` must be a whole number"):
        retained_diversity(10, 0.0, 1.5)
    with pytest.raises(ValueError, match=r"`exogenous_fraction` must lie in \[0, 1\]; got 1.1 at generation 1"):
        retained_diversity(10, [0.1, 1.1], 2)
    with pytest.raises(ValueError, match="`num_samples` must be at least 1; got 0 at generation 0"):
        retained_diversity(0, 0.1, 2)


def grid(num_columns):
    draws, shares = [parse(f"power_law:5,-{p / 4}") for p in range(1, 1 + num_columns)], [parse("0"), parse("0.5")]
    phases = [[classify(n, a) for n in draws] for a in shares]
    retained = [[retained_diversity(n, a, 10)[-1] for n in draws] for a in shares]
    return phases, retained, [str(n) for n in draws], [str(a) for a in shares]


@pytest.mark.parametrize("num_columns", [2, 20])
def test_the_picture_shows_classes_and_shares(num_columns, tmp_path):
    phases, retained, columns, rows = grid(num_columns)
    figure = zd.phases.draw_diagram(
        phases, retained, num_samples=columns, exogenous_fraction=rows, num_generations=10, path=tmp_path / "p.svg"
    )
    assert (tmp_path / "p.svg").read_text().startswith("<?xml")
    left, right, _ = figure.axes
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == [
        str(regime) for regime in zd.phases.diagram.COLOURS if any(regime is p.regime for r in phases for p in r)
    ]
    shown = [text.get_text() for text in right.texts]
    assert shown == ([f"{share:.2f}" for row in retained for share in row] if num_columns == 2 else [])
    assert len(left.texts) == len(shown)
    with pytest.raises(ValueError, match="a plot's name must end in .png, .svg, .pdf; got 'p.gif'"):
        zd.phases.draw_diagram(
            phases, retained, num_samples=columns, exogenous_fraction=rows, num_generations=10, path="p.gif"
        )


def test_limits_in_words():
    words = zd.phases.limit_in_words
    assert words(of(("10", "1"))) == "0.900"
    assert words(of(("10", "bursts:1"))) == "0.00..0.90"
    assert words(classify([3, 4])) == "-"
    assert words(of(("power_law:10,-1.001", "power_law:0.5,1.002"))).endswith("±4e-01")

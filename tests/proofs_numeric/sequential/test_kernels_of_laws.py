"""Laws, pairs, trees, bands and discoveries judged without the registry: formulas, edges, bad input, exact figures."""

import itertools
import math

import numpy as np
import pytest
from scipy import special, stats

from proofs_numeric.sequential import (
    CellwiseTest,
    ContextTreeTest,
    ContinuousLaw,
    ContrastTest,
    DiscreteLaw,
    LawDistanceTest,
    LawTest,
    LawWithAtoms,
    OrderDistanceTest,
    StochasticOrderTest,
    discoveries,
    learn_thresholds,
)
from proofs_numeric.sequential.distances import LawDistance, OrderDistance, WorstCell
from proofs_numeric.sequential.kolmogorov import band_width
from proofs_numeric.sequential.lower_bounded import FRACTIONS


def uniform_cdf(x):
    return x


def test_evidence_on_a_law_is_the_formula_averaged_over_cuts():
    samples = np.random.default_rng(0).beta(2, 3, 400)
    test = LawTest(ContinuousLaw(uniform_cdf))
    logs = []
    for cut in (2, 4, 8, 16, 32):
        counts = np.histogram(samples, cut, (0, 1))[0]
        prior = special.gammaln(cut / 2) - special.gammaln(counts.sum() + cut / 2)
        logs.append(prior + np.sum(special.gammaln(counts + 0.5) - special.gammaln(0.5)) + counts.sum() * math.log(cut))
    assert test.log_e(test.step(samples)) == pytest.approx(special.logsumexp(logs) - math.log(5), rel=1e-12)


def test_discrete_law_takes_the_order_of_the_line_and_forgets_impossible_values():
    law = DiscreteLaw((2.0, 0.0, 5.0, 1.0), (0.5, 0.25, 0.0, 0.25))
    np.testing.assert_array_equal(law.probs, [0.25, 0.25, 0.5])
    np.testing.assert_array_equal(law.cell(np.array([0.0, 1.0, np.float32(2.0), 5.0, 1.5, -7.0])), [0, 1, 2, 3, 3, 3])
    test = LawTest(law)
    assert test.log_e(test.step(np.array([0.0, 5.0]))) == math.inf
    assert LawDistanceTest(law, 0.3).log_e(test.step(np.full(400, 5.0))) < 0


def test_one_value_is_a_law_too():
    law = DiscreteLaw((3.0,), (1.0,))
    test = LawTest(law)
    assert test.log_e(test.step(np.full(9, 3.0))) == pytest.approx(0.0, abs=1e-12)
    assert test.log_e(test.step(np.array([3.0, 4.0]))) == math.inf
    assert LawDistanceTest(law, 0.1).log_e(np.array([200.0, 0.0])) > 10
    assert LawDistanceTest(law, 0.1).log_e(np.array([200.0, 40.0])) < 0


def test_up_to_a_slack_unknown_values_are_a_cell_that_may_be_entered_but_not_filled():
    """A coin up to .01 may show other values, of probability .04 at most: evidence grows only beyond that."""
    test = LawTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5)), slack=0.01)
    assert test.log_e(test.zero()) == pytest.approx(0.0, abs=1e-12)
    assert test.log_e(np.array([490.0, 490.0, 20.0])) < 0
    assert test.log_e(np.array([400.0, 400.0, 200.0])) > 100
    assert LawTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5))).log_e(np.array([490.0, 490.0, 1.0])) == math.inf


def test_unknown_values_beyond_all_others_are_a_distance_too():
    """.3 of the mass beyond both values of a fair coin, the rest even: distance .3, whatever the known edges say."""
    test = LawDistanceTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5)), 0.25)
    assert test.log_e(np.array([3500.0, 3500.0, 3000.0])) < 0
    assert test.log_e(np.array([3500.0, 3500.0, 0.0])) > 20


def test_randomised_transform_of_a_law_with_atoms_is_uniform():
    """P(X = 0) = .3, P(X = 1) = .7: values fill [0, .3) and [.3, 1) as the second column runs through [0, 1)."""
    law = LawWithAtoms(
        lambda x: np.where(x >= 1, 1.0, np.where(x >= 0, 0.3, 0.0)), lambda x: np.where(x >= 1, 0.3, 0.0), num_cells=10
    )
    fine = (np.arange(1000) + 0.5) / 1000
    share = sum(
        weight * np.bincount(law.cell(np.stack([np.full(1000, x), fine], axis=1)), minlength=10) / 1000
        for x, weight in ((0.0, 0.3), (1.0, 0.7))
    )
    np.testing.assert_allclose(share, law.probs, atol=2e-3)
    assert np.max(np.bincount(law.cell(np.stack([np.full(1000, 1.0), np.full(1000, 0.5)], axis=1)))) == 1000


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ContinuousLaw(lambda x: 2 * x).cell(np.array([0.7])), r"`cdf` must have values in \[0, 1\]"),
        (lambda: LawWithAtoms(uniform_cdf, uniform_cdf).cell(np.zeros(3)), r"shape \(n, 2\)"),
        (lambda: LawWithAtoms(uniform_cdf, uniform_cdf).cell(np.full((3, 2), 1.5)), "second column"),
        (lambda: LawWithAtoms(uniform_cdf, lambda x: x + 0.1).cell(np.full((3, 2), 0.5)), "`below` must not exceed"),
        (lambda: DiscreteLaw((0.0, 1.0), (0.5,)), "equally long"),
        (lambda: DiscreteLaw((0.0, 1.0), (0.5, 0.4)), "sum to 1"),
        (lambda: DiscreteLaw((0.0, 1e-9), (0.5, 0.5)), "further apart"),
        (lambda: learn_thresholds(np.zeros((0, 2)), 5), "finite numbers"),
        (lambda: learn_thresholds(np.full((3, 2), np.inf), 5), "finite numbers"),
        (lambda: ContextTreeTest(3), "power of two"),
        (lambda: ContextTreeTest(2, mean=-1.0), "must lie below"),
        (lambda: ContextTreeTest(2).step(np.array([[-2.0, 0.1]])), "must not lie below"),
        (lambda: ContextTreeTest(2).step(np.array([[0.0, 1.0]])), r"must lie in \[0, 1\)"),
        (lambda: CellwiseTest(2, 0.0, 1.0).step(np.array([[2.0, 0.1]])), "must not lie above"),
        (lambda: discoveries([0.0], 1.5), r"`rate` must lie in \(0, 1\)"),
        (lambda: discoveries([math.nan], 0.1), "must hold numbers"),
    ],
)
def test_bad_input_is_refused_in_one_line(make, words):
    with pytest.raises(ValueError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_order_of_pairs_counts_each_threshold_as_written():
    rng = np.random.default_rng(1)
    thresholds, samples = (0.0, 1.0, 2.5), rng.integers(-1, 4, (200, 2)).astype(float)
    for reverse in (False, True):
        x, y = samples[:, ::-1].T if reverse else samples.T
        difference = (x[:, None] > thresholds).astype(float) - (y[:, None] > thresholds)
        surplus = (difference - 0.1) / 1.1
        expected = np.sum(np.log1p(FRACTIONS * surplus[:, :, None]), axis=0)
        test = StochasticOrderTest(thresholds, bound=0.1, reverse=reverse)
        np.testing.assert_allclose(test.step(samples), expected, rtol=1e-10)


def test_pieces_of_the_line_count_strict_and_weak_ends_as_written():
    rng = np.random.default_rng(2)
    thresholds, samples = (0.0, 1.0, 2.5), rng.integers(-1, 4, (200, 2)).astype(float)
    low, high = np.array([-np.inf, *thresholds]), np.array([*thresholds, np.inf])
    difference = (samples[:, :1] > low).astype(float) - (samples[:, 1:] >= high)
    expected = np.sum(np.log1p(FRACTIONS * ((0.2 - difference) / 0.8)[:, :, None]), axis=0)
    np.testing.assert_allclose(OrderDistanceTest(thresholds, 0.2).step(samples), expected, rtol=1e-10, atol=1e-12)


def test_pieces_bound_the_distance_between_their_ends():
    """For random finite laws the largest difference is reached by some piece, whatever the thresholds."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        first, second = rng.dirichlet(np.full(6, 0.5)), rng.dirichlet(np.full(6, 0.5))
        distance = np.max(np.append(0.0, np.cumsum(second) - np.cumsum(first)))
        thresholds = np.unique(rng.uniform(-1, 6, 3))
        values = np.arange(6)
        low, high = np.array([-np.inf, *thresholds]), np.array([*thresholds, np.inf])
        above = (values[:, None] > low).T @ first
        reaches = (values[:, None] >= high).T @ second
        assert np.max(above - reaches) >= distance - 1e-12


def test_contrasts_have_the_variation_that_the_slack_is_charged_with():
    z = np.linspace(-60, 60, 200_001)
    functions = [0.5 * np.tanh(z), 0.5 * np.tanh(z / 3), np.tanh(0.25 * z * z)]
    np.testing.assert_allclose([np.sum(np.abs(np.diff(h))) for h in functions], [1.0, 1.0, 2.0], atol=1e-6)


def test_contrast_is_learnt_from_the_pilot():
    pilot = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    learnt = ContrastTest.learnt(pilot, 0.1)
    assert (learnt.center, learnt.scale, learnt.slack) == (3.5, 2.5, 0.1)
    assert ContrastTest.learnt(np.ones((5, 2))).scale == 1.0


def all_prunings(leaf_nodes):
    """Ways to cut a dyadic tree over these leaves into stopped nodes, with the probability of each way."""
    yield [tuple(leaf_nodes)], (0.5 if len(leaf_nodes) > 1 else 1.0)
    if len(leaf_nodes) > 1:
        middle = len(leaf_nodes) // 2
        for left, right in itertools.product(all_prunings(leaf_nodes[:middle]), all_prunings(leaf_nodes[middle:])):
            yield left[0] + right[0], 0.5 * left[1] * right[1]


def test_tree_evidence_is_the_mixture_over_nodes_and_over_prunings():
    rng = np.random.default_rng(4)
    samples = np.stack([rng.exponential(1.2, 60) - 1, rng.random(60)], axis=1)
    test = ContextTreeTest(8)
    state = test.step(samples)
    wealth = {cells: np.exp(state[list(cells)].sum(axis=0)) for level in (1, 2, 4, 8) for cells in nodes_of(level)}
    one_node = np.mean([np.mean([np.mean(wealth[cells]) for cells in nodes_of(level)]) for level in (1, 2, 4, 8)])
    pruned = sum(
        probability * math.prod(0.5 + 0.5 * np.mean(wealth[cells]) for cells in parts)
        for parts, probability in all_prunings(range(8))
    )
    assert test.log_e(state) == pytest.approx(math.log(0.5 * one_node + 0.5 * pruned), rel=1e-10)


def nodes_of(level):
    return [tuple(range(start, start + level)) for start in range(0, 8, level)]


def test_cells_that_nobody_asks_about_do_not_hold_up_support():
    samples = np.stack([np.full(400, -0.5), np.full(400, 0.1)], axis=1)
    everywhere, visited = CellwiseTest(2, 0.0, 1.0), CellwiseTest(2, 0.0, 1.0, (0,))
    assert everywhere.log_e(everywhere.step(samples)) == pytest.approx(0.0, abs=1e-12)
    assert visited.log_e(visited.step(samples)) > 20
    assert not CellwiseTest(2, 0.0, math.inf).licensed


@pytest.mark.parametrize(
    "process", [LawDistanceTest(ContinuousLaw(uniform_cdf, 16), 0.05), OrderDistanceTest((0.5,), 1.2)]
)
def test_no_licence_no_evidence(process):
    samples = np.full((50, 2), 0.3) if isinstance(process, OrderDistanceTest) else np.full(50, 0.3)
    assert not process.licensed
    assert process.log_e(process.zero() + process.step(samples)) == 0.0


def distances_from_uniform(paths):
    """Distance of the empirical law from the uniform one, for each path and each number of samples."""
    columns = []
    for n in range(1, paths.shape[1] + 1):
        ordered, ranks = np.sort(paths[:, :n], axis=1), np.arange(1, n + 1)
        columns.append(np.maximum(ranks / n - ordered, ordered - (ranks - 1) / n).max(axis=1))
    return np.stack(columns, axis=1)


@pytest.mark.stat(delta=1e-9)
def test_band_holds_at_every_look():
    """Level .05, 2,000 paths of 200 looks: misses obey the exact binomial bound."""
    distances = distances_from_uniform(np.random.default_rng(5).random((2000, 200)))
    widths = [band_width(n, 0.05) for n in range(1, 201)]
    assert np.count_nonzero(np.any(distances >= widths, axis=1)) <= stats.binom.isf(1e-9, 2000, 0.05)


@pytest.mark.stat(delta=1e-9)
def test_band_that_forgets_the_looks_is_caught():
    """Mutant: the width of one look at level .05 misses somewhere on more than a tenth of the paths."""
    distances = distances_from_uniform(np.random.default_rng(6).random((2000, 200)))
    widths = np.sqrt(math.log(2 / 0.05) / (2 * np.arange(1, 201)))
    assert np.count_nonzero(np.any(distances >= widths, axis=1)) > stats.binom.isf(1e-9, 2000, 0.05)


def test_distances_in_this_file_are_those_of_scipy():
    path = np.random.default_rng(10).random((1, 30))
    expected = [stats.kstest(path[0, :n], "uniform").statistic for n in range(1, 31)]
    np.testing.assert_allclose(distances_from_uniform(path)[0], expected, rtol=1e-12)


def test_moment_behind_the_band_obeys_its_bound():
    """E exp(2 a m D^2) for one uniform draw, D = max(u, 1 - u), by quadrature, against (1 + a)/(1 - a)."""
    u = (np.arange(200_000) + 0.5) / 200_000
    for a in (0.3, 0.6, 0.9):
        assert np.mean(np.exp(2 * a * np.maximum(u, 1 - u) ** 2)) <= (1 + a) / (1 - a)


def test_band_is_monotone_in_error_and_close_to_one_look():
    widths = [band_width(n, 1e-6) for n in (1, 10, 100, 1000, 10_000, 1_000_000)]
    assert widths[0] == 1.0
    assert all(later <= earlier for earlier, later in itertools.pairwise(widths))
    assert band_width(1000, 1e-3) < band_width(1000, 1e-6)
    assert widths[-1] < 1.7 * math.sqrt(math.log(2 / 1e-6) / 2e6)
    assert band_width(0, 0.1) == 1.0


def test_distances_are_those_of_scipy():
    rng = np.random.default_rng(7)
    x, y = rng.normal(0.3, 1, 500), rng.normal(0, 1, 500)
    estimate = LawDistance(ContinuousLaw(stats.norm.cdf))
    reading = estimate.read(estimate.step(x), 1e-6)
    assert reading.value == pytest.approx(stats.kstest(x, "norm").statistic, abs=2e-3)
    assert reading.lower < stats.norm.cdf(0.15) - stats.norm.cdf(-0.15) < reading.upper
    thresholds = tuple(np.sort(np.concatenate([x, y])).tolist())
    for both, sides in ((True, "two-sided"), (False, "less")):
        distance = OrderDistance(thresholds, both)
        reading = distance.read(distance.step(np.stack([x, y], axis=1)), 1e-6)
        assert reading.value == pytest.approx(stats.ks_2samp(x, y, alternative=sides).statistic, abs=1e-12)
        assert reading.lower <= reading.value <= reading.upper


def test_readings_without_samples_say_so():
    for estimate in (
        LawDistance(ContinuousLaw(uniform_cdf)),
        OrderDistance((0.0,), True),
        WorstCell(4, 0.0, -1.0, 1.0),
    ):
        assert math.isnan(estimate.read(estimate.zero(), 1e-6).value)


def test_worst_cell_names_its_region():
    rng = np.random.default_rng(8)
    position = rng.random(4000)
    x = rng.random(4000) * np.where(position < 0.25, 1.4, 0.6) - 0.5
    samples = np.stack([x, position], axis=1)
    for edges, words in ((None, "positions 0 to 0.25"), ((10.0, 20.0, 30.0), "positions -inf to 10")):
        estimate = WorstCell(4, 0.0, -0.5, 0.9, edges)
        reading = estimate.read(estimate.step(samples), 1e-6)
        assert words in reading.words
        assert reading.lower <= 0.2 <= reading.upper
        assert reading.lower > 0


def discoveries_by_hand(evidence, rate):
    """Largest set of k claims whose evidence is at least C/(k q) each, by trying every k."""
    order = sorted(range(len(evidence)), key=lambda position: -evidence[position])
    for k in range(len(evidence), 0, -1):
        if all(evidence[position] >= len(evidence) / (k * rate) for position in order[:k]):
            return tuple(sorted(order[:k]))
    return ()


def test_discoveries_are_the_largest_set_that_reaches_its_bar():
    rng = np.random.default_rng(9)
    for _ in range(200):
        evidence = np.exp(rng.normal(2, 3, 12))
        assert discoveries(np.log(evidence).tolist(), 0.1) == discoveries_by_hand(evidence, 0.1)
    assert discoveries([], 0.1) == ()
    assert discoveries([math.inf, -math.inf], 0.1) == (0,)


def false_discovery_rate(bar, levels):
    """Expected share of wrong discoveries among 3 true claims whose e-values are equal: 1/p with probability p, else 0.

    Full dependence is the case that breaks the rule for p-values under independence; here it is an exact sum.
    """
    return sum(p for p in levels if discoveries([math.log(1 / p)] * 3, bar))


def test_share_of_wrong_discoveries_is_bounded_under_full_dependence():
    for probability in (0.2, 0.1, 0.05, 0.01):
        assert false_discovery_rate(0.1, [probability]) <= 0.1
    assert false_discovery_rate(0.1, [0.1]) == 0.1

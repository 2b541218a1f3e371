"""Processes for laws, pairs, orderings and drifts.

Every null law here has finitely many values, or is uniform and cut into cells, so that E e is a finite sum; measures of
bettors are written out as likelihoods, without the formulas of the processes.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import special

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
)
from proofs_numeric.sequential.lower_bounded import FRACTIONS
from tests.proofs_numeric.sequential.cases import Case, Sampler, Tilt


def from_atoms(values, weights) -> Sampler:
    """Draws from a finite law."""
    values, cumulative = np.asarray(values, float), np.cumsum(weights)[:-1]
    return lambda rng, *shape: values[np.searchsorted(cumulative, rng.random(shape), side="right")]


def paths_of_values(process, draws):
    """Evidence after each sample of draws from few values: one call of `step` per distinct one."""
    columns = draws.reshape(draws.shape[0] * draws.shape[1], -1)
    values, places = np.unique(columns, axis=0, return_inverse=True)
    steps = np.stack([process.step(value[None] if draws.ndim == 3 else value) for value in values])
    states = np.cumsum(steps[places.reshape(draws.shape[:2])], axis=1)
    if hasattr(process, "log_evidence"):
        return process.log_evidence(states)
    if isinstance(process, (CellwiseTest, OrderDistanceTest)):
        return np.min(special.logsumexp(states, axis=-1), axis=-1) - np.log(FRACTIONS.size)
    states = states.reshape(*draws.shape[:2], -1)
    return special.logsumexp(states, axis=-1) - np.log(states.shape[-1])


# Known laws.


def uniform_cdf(x):
    return x


def squared_cdf(x):
    return x * x


def two_cells(probs) -> tuple[np.ndarray, np.ndarray]:
    return np.array([0.0, 1.0]), np.array(probs)


MIDPOINTS = (np.arange(8) + 0.5) / 8
THREE = ((0.0, 1.0, 2.0), (0.5, 0.25, 0.25))
HALF_AND_HALF = DiscreteLaw((0.0, 1.0), (0.5, 0.5))
HALF_ATOM = (
    np.array([[x, v] for x in (0.25, 0.75, 1.0) for v in (0.25, 0.75)]),
    np.array([0.125, 0.125, 0.125, 0.125, 0.25, 0.25]),
)
"""Half of the mass at 1, the other half (as far as the cells can see) uniform on [0, 1); with a uniform number."""


def half_atom_cdf(x):
    return np.where(x >= 1.0, 1.0, 0.5 * x)


def half_atom_below(x):
    return 0.5 * x


def half_atom(rng, *shape):
    values, weights = HALF_ATOM
    return from_atoms(values, weights)(rng, *shape)


def cut_into(probs, groups):
    """Probabilities of the groups of cells of a cut."""
    return np.array([sum(probs[cell] for cell in group) for group in groups])


def dirichlet_tilt(probs, cuts, sampler) -> Tilt:
    """Cells from a Dirichlet(1/2, ...) law over the groups of a random cut; true weight by Polya's urn.

    The urn's predictive probability of a group is (n_b + 1/2)/(n + B/2), whichever law was drawn.
    """

    def tilt(rng, repetitions, samples):
        picked = np.empty((repetitions, samples), np.int64)
        for row, cut in zip(picked, rng.integers(len(cuts), size=repetitions), strict=True):
            groups = cuts[cut]
            law = rng.dirichlet(np.full(len(groups), 0.5))
            chosen = rng.choice(len(groups), size=samples, p=law)
            for group, cells in enumerate(groups):
                inside = probs[list(cells)] / probs[list(cells)].sum()
                row[chosen == group] = rng.choice(cells, size=np.count_nonzero(chosen == group), p=inside)
        logs = []
        for groups in cuts:
            of_cell = np.empty(len(probs), np.int64)
            for group, cells in enumerate(groups):
                of_cell[list(cells)] = group
            counts = np.cumsum(np.eye(len(groups))[of_cell[picked]], axis=1)
            before = np.concatenate([np.zeros((repetitions, 1, len(groups))), counts[:, :-1]], axis=1)
            seen = np.take_along_axis(before, of_cell[picked][..., None], axis=2)[..., 0]
            urn = (seen + 0.5) / (np.arange(samples) + 0.5 * len(groups))
            logs.append(np.cumsum(np.log(urn) - np.log(cut_into(probs, groups))[of_cell[picked]], axis=1))
        return sampler(rng, picked), np.log(len(cuts)) - special.logsumexp(logs, axis=0)

    return tilt


def neighbours(cells, size):
    return [tuple(range(start, start + size)) for start in range(0, cells, size)]


# Pairs.

FOUR = np.array([0.0, 1.0, 2.0, 3.0])
PAIRS = np.array(list(itertools.product(FOUR, FOUR)))
HIGHER = np.array([0.2, 0.2, 0.2, 0.4])
EQUAL = np.full(4, 0.25)


TWO = np.array(list(itertools.product([0.0, 1.0], [0.0, 1.0])))


def pair_weights(first, second):
    return np.outer(first, second).ravel()


def pair_gains(margin):
    """Bets against E[1{X > 0} - 1{Y >= 1}] >= margin on the pairs of `TWO`."""
    difference = TWO[:, 0] - TWO[:, 1]
    return FRACTIONS[:, None] * (margin - difference) / (1 - margin)


SPREAD = np.array(list(itertools.product([-7.0, 1.5, 9.0], [-7.0, 1.5, 9.0])))


@dataclass(frozen=True)
class TiesCountForOne(StochasticOrderTest):
    """Mutant: P(X >= q) stands against P(Y > q)."""

    def step(self, samples):
        return super().step(samples + np.array([1e-9, 0.0]))


@dataclass(frozen=True)
class TwoCenters(ContrastTest):
    """Mutant: the two columns are measured from different centers."""

    def log_factors(self, samples):
        return super().log_factors(samples + np.array([4.0, 0.0]))


def tilted_coin(values, weights, heads, most) -> Tilt:
    """Finite law tilted by the 16 bets of a coin against P(heads) <= most, the true probability of heads."""
    values, weights, heads = np.asarray(values), np.asarray(weights), np.asarray(heads)
    gains = np.where(heads, FRACTIONS[:, None] * (1 - most) / most, -FRACTIONS[:, None])
    return tilted_by(values, weights, gains)


def tilted_by(values, weights, gains) -> Tilt:
    """Finite law tilted by factors 1 + gain, one row per bet, each of mean 1 under the law."""
    factors = np.log1p(gains)
    laws = weights * np.exp(factors)
    assert np.allclose(laws.sum(axis=1), 1.0)

    def tilt(rng, repetitions, samples):
        bets = rng.integers(len(laws), size=repetitions)
        uniform = rng.random((repetitions, samples))
        picked = (uniform[:, :, None] > np.cumsum(laws[bets], axis=1)[:, None, :-1]).sum(axis=2)
        logs = special.logsumexp([np.cumsum(row[picked], axis=1) for row in factors], axis=0)
        return values[picked], np.log(len(laws)) - logs

    return tilt


# Cells.

CELLS = np.array(list(itertools.product([-1.0, 1.0], [0.1, 0.6])))
"""X is -1 or 1, the position in the first or in the second half."""


def tree_tilt(rng, repetitions, samples):
    """The bettor of a tree with two cells: one node (root, or a cell), or a pruning with standing aside.

    Every bettor has a stake per cell: 0 or one of 16. Mixture: 1/2 [1/2 the same stake in both, 1/2 a stake in one cell
    and 0 in the other] + 1/2 [1/2 the same, half of it 0, 1/2 independent stakes, each half of the time 0].
    """
    size = FRACTIONS.size
    stakes, weights = [], []

    def bettor(first, second, weight):
        stakes.append((first, second))
        weights.append(weight)

    for first in FRACTIONS:
        bettor(first, first, 1 / 4 / size + 1 / 8 / size)
        bettor(first, 0.0, 1 / 8 / size + 1 / 16 / size)
        bettor(0.0, first, 1 / 8 / size + 1 / 16 / size)
        for second in FRACTIONS:
            bettor(first, second, 1 / 16 / size**2)
    bettor(0.0, 0.0, 1 / 8 + 1 / 16)
    assert np.isclose(sum(weights), 1.0)
    stakes, weights = np.array(stakes), np.array(weights)
    chosen = stakes[rng.choice(len(stakes), size=repetitions, p=weights)]
    second = rng.random((repetitions, samples)) < 0.5
    stake = np.where(second, chosen[:, 1:], chosen[:, :1])
    x = np.where(rng.random((repetitions, samples)) < (1 + stake) / 2, 1.0, -1.0)
    up = [np.cumsum((x > 0) & cell, axis=1) for cell in (~second, second)]
    down = [np.cumsum((x < 0) & cell, axis=1) for cell in (~second, second)]
    ratio = np.full((repetitions, samples), -np.inf)
    for pair, weight in zip(stakes, weights, strict=True):
        log_wealth = sum(u * np.log1p(c) + d * np.log1p(-c) for u, d, c in zip(up, down, pair, strict=True))
        ratio = np.logaddexp(ratio, np.log(weight) + log_wealth)
    return np.stack([x, np.where(second, 0.6, 0.1)], axis=2), -ratio


def cell_gains():
    """Bets against E[X | first half] >= 0 on `CELLS`."""
    return -FRACTIONS[:, None] * np.where(CELLS[:, 1] < 0.5, CELLS[:, 0], 0.0)


def one_bad_cell(rng, repetitions, samples):
    """Mean .3 in one quarter of the positions, -.3 elsewhere: the average over all of them is negative."""
    position = rng.choice([0.1, 0.35, 0.6, 0.85], (repetitions, samples))
    x = rng.random((repetitions, samples)) < np.where(position < 0.25, 0.65, 0.35)
    return np.stack([2.0 * x - 1.0, position], axis=2)


LAWS = (
    Case(
        name="law continuous",
        laws="uniform, in 8 cells",
        process=LawTest(ContinuousLaw(uniform_cdf, num_cells=8)),
        mutant=LawTest(ContinuousLaw(squared_cdf, num_cells=8)),
        null=from_atoms(MIDPOINTS, np.full(8, 1 / 8)),
        atoms=(MIDPOINTS, np.full(8, 1 / 8)),
        paths=paths_of_values,
        samples=200,
        tilt=dirichlet_tilt(
            np.full(8, 1 / 8),
            [neighbours(8, 4), neighbours(8, 2), neighbours(8, 1)],
            lambda rng, cells: (cells + 0.5) / 8,
        ),
        horizon=200,
    ),
    Case(
        name="law discrete",
        laws="probabilities 1/2, 1/4, 1/4",
        process=LawTest(DiscreteLaw(*THREE)),
        mutant=LawTest(DiscreteLaw(THREE[0], (0.4, 0.3, 0.3))),
        null=from_atoms(*THREE),
        atoms=tuple(map(np.array, THREE)),
        length=5,
        paths=paths_of_values,
        tilt=dirichlet_tilt(np.array(THREE[1]), [[(0,), (1, 2)], [(0,), (1,), (2,)]], lambda rng, cells: cells * 1.0),
        horizon=400,
    ),
    Case(
        name="law with atoms",
        laws="half of the mass at 1, half uniform",
        process=LawTest(LawWithAtoms(half_atom_cdf, half_atom_below, num_cells=4)),
        mutant=LawTest(LawWithAtoms(half_atom_cdf, half_atom_cdf, num_cells=4)),
        null=half_atom,
        atoms=HALF_ATOM,
        paths=paths_of_values,
        samples=200,
        untilted="judged by the continuous case, whose cells are these",
    ),
    Case(
        name="law up to a slack",
        laws="coin .6, claimed .5 up to .1",
        process=LawTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5)), slack=0.1),
        mutant=LawTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5)), slack=0.0),
        null=from_atoms((0.0, 1.0), (0.4, 0.6)),
        atoms=two_cells((0.4, 0.6)),
        fair=False,
        length=8,
        paths=paths_of_values,
        tilt=dirichlet_tilt(np.array([0.4, 0.6]), [[(0,), (1,)]], lambda rng, cells: cells * 1.0),
        horizon=400,
    ),
    Case(
        name="law up to a slack, and values between its own",
        laws="0 and 1 with .4 each, 1/2 with .2; claimed a coin up to .1",
        process=LawTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5)), slack=0.1),
        mutant=LawTest(DiscreteLaw((0.0, 1.0), (0.5, 0.5)), slack=0.0),
        null=from_atoms((0.0, 0.5, 1.0), (0.4, 0.2, 0.4)),
        atoms=(np.array([0.0, 0.5, 1.0]), np.array([0.4, 0.2, 0.4])),
        fair=False,
        length=6,
        paths=paths_of_values,
        untilted="the mutant is infinite at the first value that the coin does not know",
    ),
    Case(
        name="distance from a law",
        laws="coin .3, claimed .5, distance .2; coin .5",
        process=LawDistanceTest(HALF_AND_HALF, margin=0.2),
        mutant=LawDistanceTest(HALF_AND_HALF, margin=0.35),
        null=from_atoms((0.0, 1.0), (0.7, 0.3)),
        atoms=two_cells((0.7, 0.3)),
        fair=False,
        length=10,
        paths=paths_of_values,
        tilt=tilted_coin((0.0, 1.0), (0.7, 0.3), (False, True), 0.3),
        horizon=900,
        alternative=from_atoms((0.0, 1.0), (0.5, 0.5)),
        ratio=0.25 / 0.04,
        excess=2.0,
        blunt=LawDistanceTest(HALF_AND_HALF, margin=0.05),
    ),
)

ORDERS = (
    Case(
        name="order of a pair",
        laws="four values, equal laws; .2 of the mass moved to the largest",
        process=StochasticOrderTest((0.0, 1.0, 2.0)),
        mutant=TiesCountForOne((0.0, 1.0, 2.0)),
        null=from_atoms(PAIRS, pair_weights(EQUAL, EQUAL)),
        atoms=(PAIRS, pair_weights(EQUAL, EQUAL)),
        paths=paths_of_values,
        samples=200,
        horizon=700,
        alternative=from_atoms(PAIRS, pair_weights(HIGHER, EQUAL)),
        ratio=0.4275 / 0.15**2,
        excess=2.2,
        blunt=StochasticOrderTest((0.0, 1.0, 2.0), reverse=True),
    ),
    Case(
        name="order up to a bound",
        laws="P(X > q) - P(Y > q) up to .15, as allowed",
        process=StochasticOrderTest((0.0, 1.0, 2.0), bound=0.15, reverse=True),
        mutant=StochasticOrderTest((0.0, 1.0, 2.0), bound=0.05, reverse=True),
        null=from_atoms(PAIRS, pair_weights(EQUAL, HIGHER)),
        atoms=(PAIRS, pair_weights(EQUAL, HIGHER)),
        fair=False,
        paths=paths_of_values,
        horizon=1000,
    ),
    Case(
        name="distance of a pair",
        laws="coins .7 and .5, distance .2; coins .5 and .5",
        process=OrderDistanceTest((0.0, 1.0), margin=0.2),
        mutant=OrderDistanceTest((0.0, 1.0), margin=0.4),
        null=from_atoms(TWO, pair_weights((0.3, 0.7), (0.5, 0.5))),
        atoms=(TWO, pair_weights((0.3, 0.7), (0.5, 0.5))),
        fair=False,
        paths=paths_of_values,
        tilt=tilted_by(TWO, pair_weights((0.3, 0.7), (0.5, 0.5)), pair_gains(0.2)),
        horizon=500,
        alternative=from_atoms(TWO, pair_weights((0.5, 0.5), (0.5, 0.5))),
        ratio=0.5 / 0.04,
        excess=2.2,
        blunt=OrderDistanceTest((0.0, 1.0), margin=0.05),
    ),
    Case(
        name="contrasts of a pair",
        laws="three values, equal laws; .2 of the mass moved",
        process=ContrastTest(center=1.0, scale=2.0),
        mutant=TwoCenters(center=1.0, scale=2.0),
        null=from_atoms(SPREAD, np.full(9, 1 / 9)),
        atoms=(SPREAD, np.full(9, 1 / 9)),
        paths=paths_of_values,
        samples=200,
        horizon=500,
        alternative=from_atoms(SPREAD, pair_weights((0.2, 0.3, 0.5), (0.4, 0.3, 0.3))),
        ratio=0.3236 / 0.2**2,
        excess=2.2,
        blunt=ContrastTest(center=100.0, scale=2.0),
    ),
)

DRIFTS = (
    Case(
        name="drift in cells",
        laws="signs, mean 0 in two cells",
        process=ContextTreeTest(2),
        mutant=ContextTreeTest(2, mean=-0.2),
        null=from_atoms(CELLS, np.full(4, 0.25)),
        atoms=(CELLS, np.full(4, 0.25)),
        length=4,
        paths=paths_of_values,
        tilt=tree_tilt,
        samples=200,
        horizon=500,
    ),
    Case(
        name="drift in a quarter",
        laws="signs, mean 0 everywhere; .3 in a quarter, -.3 elsewhere",
        process=ContextTreeTest(4),
        mutant=ContextTreeTest(4, mean=-0.2),
        null=from_atoms(CELLS, np.full(4, 0.25)),
        atoms=(CELLS, np.full(4, 0.25)),
        length=4,
        paths=paths_of_values,
        samples=200,
        untilted="judged by the tree with two cells",
        alternative=one_bad_cell,
        ratio=4 * 0.91 / 0.3**2,
        excess=2.0,
        blunt=ContextTreeTest(1),
    ),
    Case(
        name="mean in every cell",
        laws="signs, mean 0 in one of two cells; mean -.2 in both or less",
        process=CellwiseTest(2, mean=0.0, upper=1.0),
        mutant=CellwiseTest(2, mean=0.3, upper=1.0),
        null=from_atoms(CELLS, (0.25, 0.45, 0.25, 0.05)),
        atoms=(CELLS, np.array((0.25, 0.45, 0.25, 0.05))),
        fair=False,
        length=6,
        paths=paths_of_values,
        tilt=tilted_by(CELLS, np.array((0.25, 0.45, 0.25, 0.05)), cell_gains()),
        horizon=500,
        alternative=from_atoms(CELLS, (0.3, 0.3, 0.2, 0.2)),
        ratio=2 * 0.96 / 0.2**2,
        excess=2.2,
        blunt=CellwiseTest(2, mean=-0.15, upper=1.0),
    ),
)

CASES: tuple[Case, ...] = (*LAWS, *ORDERS, *DRIFTS)

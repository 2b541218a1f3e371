"""Theorem 8: several models that train on their own mixture.

True: the mixture loses diversity like one model with N/sum w^2 draws; lineages that are not coupled keep their average
near P for ever. False: that the mixture stays away from P in the population, that its limit stands still, and that
coupled models may end apart.
"""

import functools
from typing import Any

import numpy as np
from jaxtyping import Array, Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions, tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Definition 3 and Theorem 8, Eqs. (14) and (15)"
Draws = Float[np.ndarray, " replicates"]
Row = Float[np.ndarray, " generations"]

_MEMBERS = 4
"""Members after padding with weights of 0: one shape for all claims."""
_HORIZON = 20
"""Generations of every run."""
_TARGETS = ((0.5, 0.5), (0.7, 0.3), (0.4, 0.3, 0.2, 0.1))


def _mixture_diversity(state: Any, target: Any) -> Float[Array, ""]:
    return 1.0 - (state.mixture.probs**2).sum()


def _mixture_distance(state: Any, target: Any) -> Float[Array, ""]:
    return ((state.mixture.probs - target.probs) ** 2).sum()


def _mixture_first_mass(state: Any, target: Any) -> Float[Array, ""]:
    return state.mixture.probs[0]


_RECORDS = (_mixture_diversity, _mixture_distance, _mixture_first_mass)


def _mixture_paths(
    theta: Theta, weights: tuple[float, ...], shares: Any, key: Any, num_replicates: int, *, coupled: bool = True
) -> dict[str, Float[np.ndarray, "replicates generations"]]:
    """Records of R_t at generations 0 .. `_HORIZON`."""
    padded = (*weights, *(0.0,) * (_MEMBERS - len(weights)))
    system = zd.System(
        target=tabular_loop.padded(theta["P"]),
        num_samples=theta["N"],
        exogenous_fraction=zd.schedules.table(np.broadcast_to(shares, _HORIZON)),
        ensemble=zd.Ensemble(padded, coupled=coupled),
    )
    run = zd.simulate(
        system,
        num_generations=_HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=_RECORDS,
        keep="replicates",
        quantiles=False,
    )
    return {name: np.asarray(values, np.float64) for name, values in run.replicates.items()}


def _equal(num_members: int) -> tuple[float, ...]:
    return (1 / num_members,) * num_members


# 2^-20 in total variation per member and generation, and a few float32 roundings, in units of a quantity in [0, 1].
_ROUNDING = (_MEMBERS * _HORIZON + 40) * 2.0**-20


# thm8-population ------------------------------------------------------------------------------------------------------
# Proof. R' = alpha P + (1 - alpha) R whatever the weights: R_t - P = prod (1 - alpha_s)(R_0 - P).

_STARTS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]])
_POPULATION_TARGET = np.array([0.2, 0.3, 0.5])


def _population_mixture(theta: Theta) -> float:
    """TV(R_T, P) over TV(R_0, P); each member is carried on by itself."""
    weights, members = np.array(theta["w"]), _STARTS
    start = np.abs(weights @ members - _POPULATION_TARGET).sum()
    for share in named_schedules.shares(theta["alpha_t"], theta["T"]).tolist():
        members = np.tile(share * _POPULATION_TARGET + (1 - share) * (weights @ members), (3, 1))
    return float(np.abs(weights @ members - _POPULATION_TARGET).sum() / start)


def _population_product(theta: Theta) -> float:
    return float(np.prod(1 - named_schedules.shares(theta["alpha_t"], theta["T"])))


def _hundredth(theta: Theta) -> float:
    return 0.01


# thm8-effective-size --------------------------------------------------------------------------------------------------
# Proof. Given R the members' samples are independent: E |R' - R|^2 = sum w_i^2 G(R)/N, and R is a martingale.

_WEIGHTS = ((0.5, 0.3, 0.2), (0.25, 0.25, 0.25, 0.25), (1.0,), (0.7, 0.3), (0.9, 0.1))


def _retained(theta: Theta, key: Any, num_replicates: int) -> Draws:
    paths = _mixture_paths(theta, theta["w"], 0.0, key, num_replicates)
    return paths["_mixture_diversity"][:, theta["t"]] / tabular_loop.diversity_of(theta["P"])


def _retained_with(theta: Theta, rate: float) -> float:
    return (1 - rate / theta["N"]) ** theta["t"]


def _retained_law(theta: Theta) -> float:
    return _retained_with(theta, sum(w * w for w in theta["w"]))


def _retained_by_number(theta: Theta) -> float:
    return _retained_with(theta, 1 / len(theta["w"]))


def _retained_by_one(theta: Theta) -> float:
    return _retained_with(theta, 1.0)


def _retained_tail(theta: Theta) -> Tail:
    return tabular_loop.retained_tail(theta["P"])


def _retained_slack(theta: Theta) -> float:
    return _ROUNDING / tabular_loop.diversity_of(theta["P"])


# thm8-stationary ------------------------------------------------------------------------------------------------------
# Given R_t the counts of m equally weighted members add up to Bin(mN, R_t): the mixture is one loop with mN draws, and
# its visits to the point masses are those of the claim hop-rate.

_LATE = 5
"""Hops are counted from here to `_HORIZON`."""


@functools.lru_cache(maxsize=32)
def _late_hops(num_samples: int, target: float, share: str) -> float:
    """Expected changes of the last visited vertex after `_LATE`, from the chain (last vertex, count)."""
    states = num_samples + 1
    row = named_schedules.shares(share, _HORIZON)
    # Rows: no vertex visited yet, last at 0, last at N. From R_0 = P the first sample is Bin(N, P).
    law = np.zeros((3, states))
    law[0] = recursions.binomial_matrix(num_samples, [target])[0]
    hops = 0.0
    for generation in range(1, _HORIZON + 1):
        if generation > 1:
            alpha = row[generation - 1]
            law = law @ recursions.binomial_matrix(
                num_samples, alpha * target + (1 - alpha) * np.arange(states) / num_samples
            )
        if generation > _LATE:
            hops += law[2, 0] + law[1, -1]
        for vertex, count in ((1, 0), (2, num_samples)):
            arrived = law[:, count].sum()
            law[:, count] = 0.0
            law[vertex, count] = arrived
    return float(hops)


def _mixture_hops(theta: Theta) -> float:
    return _late_hops(theta["m"] * theta["N"], theta["P"][0], theta["alpha_t"])


def _none(theta: Theta) -> float:
    return 0.0


def _hop_draws(theta: Theta, key: Any, num_replicates: int) -> Draws:
    shares = named_schedules.shares(theta["alpha_t"], _HORIZON)
    paths = _mixture_paths(theta, _equal(theta["m"]), shares, key, num_replicates)
    mass = paths["_mixture_first_mass"]
    last = np.zeros(num_replicates, int)
    hops = np.zeros(num_replicates)
    # Generation 0 is P itself, no vertex.
    for generation in range(1, _HORIZON + 1):
        at = np.where(mass[:, generation] > 1 - 1e-6, 1, np.where(mass[:, generation] < 1e-6, -1, 0))
        hops += (generation > _LATE) & (at * last == -1)
        last = np.where(at == 0, last, at)
    return hops


# thm8-different-limits ------------------------------------------------------------------------------------------------
# Proof of the opposite. The mixture of coupled models is absorbed at a point mass (one loop with mN draws), and from
# then on every member is that point mass: P(Q^1_t != Q^2_t) <= P(R_{t-1} is no point mass) -> 0 geometrically.


def _different_members(theta: Theta) -> float:
    """P(Q^1_T != Q^2_T): the members' counts are independent Bin(N, R_{T-1})."""
    size = theta["N"]
    mixture = recursions.count_laws(2 * size, theta["P"][0], theta["P"][0], "0", theta["T"] - 1)[-1]
    equal = (recursions.binomial_matrix(size, np.arange(2 * size + 1) / (2 * size)) ** 2).sum(axis=1)
    return float(mixture @ (1 - equal))


def _different_by_pairs(theta: Theta) -> float:
    """The same from the joint chain of both counts."""
    size, p = theta["N"], theta["P"][0]
    first = recursions.binomial_matrix(size, [p])[0]
    pairs = np.add.outer(np.arange(size + 1), np.arange(size + 1)).ravel() / (2 * size)
    rows = recursions.binomial_matrix(size, pairs)
    matrix = (rows[:, :, None] * rows[:, None, :]).reshape(pairs.size, pairs.size)
    law = np.outer(first, first).ravel() @ np.linalg.matrix_power(matrix, theta["T"] - 1)
    return float(1 - law.reshape(size + 1, size + 1).trace())


def _different_lineages(theta: Theta) -> float:
    law = recursions.count_laws(theta["N"], theta["P"][0], theta["P"][0], "0", theta["T"])[-1]
    return float(1 - law @ law)


# thm8-uncoupled-average -----------------------------------------------------------------------------------------------
# Proof. m independent lineages, each with E Q_t = P and E |Q_t - P|^2 = G(P) f_t: the average of m has an m-th of it.

_SHARES = (0.0, 0.1)


def _average_distance(theta: Theta, key: Any, num_replicates: int) -> Draws:
    paths = _mixture_paths(theta, _equal(theta["m"]), theta["alpha"], key, num_replicates, coupled=False)
    return paths["_mixture_distance"][:, theta["t"]] / tabular_loop.diversity_of(theta["P"])


def _index(theta: Theta) -> float:
    sizes, shares = np.full(theta["t"], float(theta["N"])), np.full(theta["t"], theta["alpha"])
    return recursions.affine(*recursions.pair_probability(sizes, shares))


def _average_law(theta: Theta) -> float:
    return _index(theta) / theta["m"]


def _average_squared(theta: Theta) -> float:
    return _index(theta) / theta["m"] ** 2


def _average_coupled(theta: Theta) -> float:
    return _index({**theta, "N": theta["m"] * theta["N"]})


def _average_tail(theta: Theta) -> Tail:
    target = np.array(theta["P"])
    farthest = float(((np.eye(target.size) - target) ** 2).sum(axis=1).max())
    return Tail(
        lower=0.0,
        upper=farthest / tabular_loop.diversity_of(theta["P"]),
        reason="|q - P|^2 is convex, hence largest at a point mass",
    )


def _average_margin(theta: Theta) -> float:
    return 0.1 * _average_law(theta)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm8-effective-size",
        item="Thm 8",
        reading="R2",
        statement="Without real data the mixture of coupled models loses diversity like one model with N/sum w^2 "
        "draws: E G(R_t) = (1 - sum w_i^2/N)^t G(R_0).",
        source=SOURCE,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (5, 20), "w": _WEIGHTS, "t": (10, 3, 20), "P": _TARGETS},
        along={"t": (1, 2, 3, 5, 7, 10, 13, 16, 20)},
        sample=_retained,
        bound=_retained_law,
        tail=_retained_tail,
        slack=_retained_slack,
        delta=0.02,
        mutants={
            "m N draws": Variant(
                bound=_retained_by_number, domain={"N": (5,), "w": ((0.5, 0.3, 0.2),), "t": (10,), "P": ((0.5, 0.5),)}
            ),
            "N draws": Variant(
                bound=_retained_by_one, domain={"N": (5,), "w": ((0.5, 0.3, 0.2),), "t": (10,), "P": ((0.5, 0.5),)}
            ),
        },
        assumptions=("alpha = 0", "Q_0 = P for every member", "each member is fitted to N draws of R_t of its own"),
        note="N = 5, w = (.5, .3, .2), t = 10: .4536",
        proved="independent samples given R_t, beside the claim, every N, w, t and P",
    ),
    Claim(
        id="thm8-uncoupled-average",
        item="Thm 8",
        reading="R2",
        statement="Lineages that know nothing of each other keep their average: E |mean_i Q^i_t - P|^2 = G(P) f_t/m, "
        "at most G(P)/m for ever; margin 10 %.",
        source="claim 14, complement of Theorem 8; M3",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (5, 20), "m": (4, 2), "alpha": _SHARES, "t": (20, 3, 10), "P": _TARGETS},
        along={"t": (1, 2, 3, 5, 7, 10, 13, 16, 20)},
        sample=_average_distance,
        bound=_average_law,
        tail=_average_tail,
        slack=_retained_slack,
        delta=_average_margin,
        mutants={
            "1/m^2": Variant(
                bound=_average_squared,
                domain={"N": (5,), "m": (4,), "alpha": (0.0,), "t": (20,), "P": ((0.5, 0.5),)},
            ),
            "f_t of coupled models": Variant(
                bound=_average_coupled,
                domain={"N": (5,), "m": (4,), "alpha": (0.0,), "t": (3,), "P": ((0.5, 0.5),)},
                delta=0.01,
            ),
        },
        assumptions=("Q_0 = P for every member", "each draw real with probability alpha", "equal weights"),
        note="distances divided by G(P) = 1 - |P|^2; f_t is the fixation index of one lineage",
        proved="independence, beside the claim, every N, m, t and P",
    ),
    Claim(
        id="thm8-population",
        item="Thm 8",
        reading="R1",
        statement="As alpha_t -> 0 the mixture stays away from P: TV(R_T, P) >= TV(R_0, P)/100 for T <= 1000 with "
        "alpha_t = 1/(t+2).",
        source=SOURCE,
        route=Route.POP,
        expected=Status.REFUTED,
        relation=">=",
        domain={
            "alpha_t": ("1/(t+2)",),
            "w": ((0.5, 0.5, 0.0), (0.5, 0.3, 0.2)),
            "T": (1, 10, 100, 1000),
        },
        along={"T": (1, 3, 10, 30, 100, 300, 1000)},
        value=_population_mixture,
        bound=_hundredth,
        delta=1e-9,
        confirm=_population_product,
        controls={
            "alpha_t = (t+2)^-2": Variant(
                domain={"alpha_t": ("(t+2)^-2",), "w": ((0.5, 0.3, 0.2),), "T": (1, 10, 100, 1000)}, must="SUPPORTED"
            )
        },
        assumptions=("infinite samples", "three members, three types"),
        note="the distance is TV_0/(t+1), so any other constant fails at a later horizon; with a summable share the "
        "limit differs from P, and is degenerate only if its entropy is below H(P)",
        corrected_by=("population-converges-iff-sum",),
        decided_at="smoke",
    ),
    Claim(
        id="thm8-stationary",
        item="Thm 8",
        reading="R2",
        statement="The limit R* stands still as alpha_t -> 0 with sum alpha_t = infinity: the last visited point mass "
        "of the mixture does not change after generation 5 (counted to 20).",
        source=SOURCE,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (2, 5), "m": (2, 1, 4), "P": ((0.5, 0.5), (0.7, 0.3)), "alpha_t": ("1/(t+1)", "(t+1)^-1/2")},
        value=_mixture_hops,
        bound=_none,
        delta=1e-9,
        simulate=_hop_draws,
        simulate_tail=Tail(lower=0.0, upper=float(_HORIZON - _LATE), reason="at most one hop per generation"),
        controls={
            "no real data": Variant(
                domain={"N": (2, 5), "m": (2, 1, 4), "P": ((0.5, 0.5),), "alpha_t": ("0",)}, must="SUPPORTED"
            )
        },
        assumptions=("two types", "equal weights", "Q_0 = P"),
        note="expected number of hops of the mixture, one loop with mN draws; in probability its distance to the point "
        "masses does go to 0",
        corrected_by=("hop-rate", "thm8-effective-size"),
        decided_at="smoke",
    ),
    Claim(
        id="thm8-different-limits",
        item="Thm 8",
        reading="R2",
        statement="Without real data two coupled models may end apart: P(Q^1_t != Q^2_t) > 0 in the limit, here above "
        "1e-9 at t = 400.",
        source=SOURCE,
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">",
        domain={"N": (2, 5), "P": ((0.5, 0.5), (0.7, 0.3)), "T": (400,)},
        value=_different_members,
        bound=_none,
        delta=1e-9,
        confirm=_different_by_pairs,
        controls={"lineages that are not coupled": Variant(value=_different_lineages, must="SUPPORTED")},
        assumptions=("alpha = 0", "two members of equal weight", "two types", "Q_0 = P"),
        note="the probability falls like (1 - 1/(2N))^t",
        corrected_by=("thm8-effective-size", "thm8-uncoupled-average"),
        decided_at="smoke",
    ),
)

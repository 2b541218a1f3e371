"""Theorem 5, its converse, and the fixation law that replaces both at finite sample size.

inf alpha_t > 0 brings Q_t to P in the population and with growing samples, and stops at a floor f* > 0 at any fixed N; the floor can
stand above one half although inf alpha_t > 0, second moments can explode although inf alpha_t > 0, and some schedules belong to
neither case.
"""

import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue import named_schedules, recursions, tabular_loop
from proofs_numeric.claim import Claim, Tail, Theta, Variant

SOURCE = "arXiv:2601.05280v2, Theorem 5"

# fixation-law-* -------------------------------------------------------------------------------------------------------
# Proof. E Q_t = P. Two draws of generation t + 1 are one and the same with probability 1/N; otherwise each is a fresh draw of P unless
# it is synthetic, and two synthetic ones repeat the question one generation earlier. With f_t the probability that two draws of Q_t
# are copies of one real draw, E <phi x phi> gives Var(Q_t phi) = f_t Var_P phi and E G(Q_t) = (1 - f_t) G(P). Both draws are synthetic
# with probability (1 - a)^2 in scheme A and, given that they differ, aN being fixed, with s(s-1)/(N(N-1)), s = (1 - a)N, in scheme B.


def _open_loop(theta: Theta) -> zd.System:
    return tabular_loop.loop(theta["P"], theta["N"], theta["alpha"])


def _retained(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(_open_loop(theta), key, num_replicates)
    return paths["diversity"][:, theta["t"]] / tabular_loop.diversity_of(theta["P"])


def _retained_tail(theta: Theta) -> Tail:
    largest = (1 - 1 / len(theta["P"])) / tabular_loop.diversity_of(theta["P"])
    return Tail(lower=0.0, upper=largest, reason="0 <= G(q) <= 1 - 1/K")


def _retained_slack(theta: Theta) -> float:
    return zd.numerical_slack(_open_loop(theta), "diversity") / tabular_loop.diversity_of(theta["P"])


def _retained_law(theta: Theta) -> float:
    return 1 - float(zd.oracles.fixation_index([theta["N"]] * theta["t"], theta["alpha"])[-1])


def _retained_law_of_fixed_split(theta: Theta) -> float:
    real = round(theta["alpha"] * theta["N"])
    return 1 - float(zd.oracles.fixation_index([theta["N"]] * theta["t"], 0.0, real, mixing="stratified")[-1])


def _retained_law_one_sample_less(theta: Theta) -> float:
    return 1 - float(zd.oracles.fixation_index([theta["N"] - 1] * theta["t"], theta["alpha"])[-1])


def _retained_law_without_square(theta: Theta) -> float:
    lost, size = 0.0, theta["N"]
    for _ in range(theta["t"]):
        lost = 1 / size + (1 - 1 / size) * (1 - theta["alpha"]) * lost
    return 1 - lost


_SHARE_ROWS: dict[str, tuple[Fraction, ...]] = {
    "1/5": (Fraction(1, 5),) * 6,
    "0": (Fraction(0),) * 6,
    "1/10, 1/3, 0, 3/7, ...": (Fraction(1, 10), Fraction(1, 3), Fraction(0), Fraction(3, 7), Fraction(1), Fraction(1, 2)),
}
_TARGETS = (
    (Fraction(1, 2), Fraction(1, 2)),
    (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)),
    (Fraction(2, 5), Fraction(3, 10), Fraction(1, 5), Fraction(1, 10)),
)


def _affordable(theta: Theta) -> bool:
    """Whether full enumeration in rationals takes well under a second."""
    largest = {2: 6, 3: 4, 4: 3}
    return theta["N"] <= largest[len(theta["P"])]


def _shares_between(laws: Sequence[zd.oracles.CountLaw], target: Sequence[Fraction]) -> list[Fraction]:
    """[lost diversity, variance of the first type] as shares of their largest values, generation by generation, from t = 1."""
    diversity = 1 - sum(p * p for p in target)
    spread = target[0] * (1 - target[0])
    shares = []
    for law in laws[1:]:
        shares.append(1 - law.expectation(lambda q: 1 - sum(x * x for x in q)) / diversity)
        shares.append(law.expectation(lambda q: (q[0] - target[0]) ** 2) / spread)
    return shares


def _enumerated_scheme_a(theta: Theta) -> list[Fraction]:
    row = _SHARE_ROWS[theta["alpha_t"]][: theta["t"]]
    return _shares_between(zd.oracles.enumerate_laws(theta["P"], [theta["N"]] * theta["t"], row), theta["P"])


def _recursion(step: Callable[[Fraction, int, Fraction], Fraction], num_samples: int, row: Sequence[Fraction]) -> list[Fraction]:
    """f_1, f_1, f_2, f_2, ...: diversity lost and variance gained are the same number."""
    lost, path = Fraction(0), []
    for share in row:
        lost = step(lost, num_samples, share)
        path += [lost, lost]
    return path


def _step_a(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return Fraction(1, num_samples) + (1 - Fraction(1, num_samples)) * (1 - share) ** 2 * lost


def _step_a_without_square(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return Fraction(1, num_samples) + (1 - Fraction(1, num_samples)) * (1 - share) * lost


def _step_a_one_sample_less(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return _step_a(lost, num_samples - 1, share)


def _step_b(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return (1 - share) ** 2 * lost + (1 - (1 - share) * lost) / num_samples


def _step_b_without_share(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return (1 - share) ** 2 * lost + (1 - lost) / num_samples


def _law_a(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a, theta["N"], _SHARE_ROWS[theta["alpha_t"]][: theta["t"]])


def _law_a_without_square(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a_without_square, theta["N"], _SHARE_ROWS[theta["alpha_t"]][: theta["t"]])


def _law_a_one_sample_less(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a_one_sample_less, theta["N"], _SHARE_ROWS[theta["alpha_t"]][: theta["t"]])


def _real_share(theta: Theta) -> Fraction:
    return Fraction(theta["r"], theta["N"])


def _fits_and_affordable(theta: Theta) -> bool:
    return theta["r"] <= theta["N"] and _affordable(theta)


def _enumerated_scheme_b(theta: Theta) -> list[Fraction]:
    laws = zd.oracles.enumerate_laws(theta["P"], [theta["N"]] * theta["t"], num_real=theta["r"], mixing="stratified")
    return _shares_between(laws, theta["P"])


def _law_b(theta: Theta) -> list[Fraction]:
    return _recursion(_step_b, theta["N"], [_real_share(theta)] * theta["t"])


def _law_b_by_scheme_a(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a, theta["N"], [_real_share(theta)] * theta["t"])


def _law_b_without_share(theta: Theta) -> list[Fraction]:
    return _recursion(_step_b_without_share, theta["N"], [_real_share(theta)] * theta["t"])


# thm5-population ------------------------------------------------------------------------------------------------------
# Proof. Q_{t+1} - P = (1 - alpha_t)(Q_t - P), and total variation is a norm of the difference.

_POPULATION_SHARES: dict[str, Callable[[int], float]] = {
    ".5": lambda t: 0.5,
    ".1": lambda t: 0.1,
    ".1, .5 in turn": lambda t: 0.1 if t % 2 == 0 else 0.5,
    ".1 + .9/(t+1)": lambda t: 0.1 + 0.9 / (t + 2),
}
_POPULATION_PAIRS = (
    ((0.5, 0.5), (1.0, 0.0)),
    ((0.4, 0.3, 0.2, 0.1), (0.25, 0.25, 0.25, 0.25)),
    ((0.4, 0.3, 0.2, 0.1), (0.0, 0.0, 0.0, 1.0)),
)


def _population_shares(theta: Theta) -> list[float]:
    return [_POPULATION_SHARES[theta["alpha_t"]](t) for t in range(theta["t"])]


def _population_distance(theta: Theta) -> float:
    target, model = (np.array(probs) for probs in theta["P, Q_0"])
    for share in _population_shares(theta):
        model = share * target + (1 - share) * model
    return float(0.5 * np.abs(model - target).sum())


def _initial_distance(theta: Theta) -> float:
    target, model = (np.array(probs) for probs in theta["P, Q_0"])
    return float(0.5 * np.abs(model - target).sum())


def _smallest_share(theta: Theta) -> float:
    # The infimum of ".1 + .9/(t+1)" is not attained.
    return 0.5 if theta["alpha_t"] == ".5" else 0.1


def _population_bound(theta: Theta) -> float:
    return (1 - _smallest_share(theta)) ** theta["t"] * _initial_distance(theta)


def _population_bound_one_step_more(theta: Theta) -> float:
    return (1 - _smallest_share(theta)) ** (theta["t"] + 1) * _initial_distance(theta)


def _population_bound_by_supremum(theta: Theta) -> float:
    return (1 - max(_population_shares(theta))) ** theta["t"] * _initial_distance(theta)


# thm5-finite-n-floor --------------------------------------------------------------------------------------------------


def _floor(theta: Theta) -> float:
    return recursions.pair_probability_at(str(theta["alpha"]), str(theta["N"]), theta["t"])


def _floor_by_chain(theta: Theta) -> float:
    """E (q_t - p)^2 / (p (1 - p)) by the transition matrix of the counts, p = 1/2."""
    law = recursions.count_laws(theta["N"], 0.5, 0.5, str(theta["alpha"]), theta["t"])[-1]
    return float(4 * law @ (np.arange(theta["N"] + 1) / theta["N"] - 0.5) ** 2)


def _hundredth(theta: Theta) -> float:
    return 0.01


def _coin_distance(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    """Squared distance over G(P) for P = (1/2, 1/2)."""
    system = tabular_loop.loop((0.5, 0.5), theta["N"], float(theta["alpha"]))
    generation = min(theta.get("t", tabular_loop.HORIZON), tabular_loop.HORIZON)
    return 2.0 * tabular_loop.paths(system, key, num_replicates)["squared_distance"][:, generation]


_COIN_TAIL = Tail(lower=0.0, upper=1.0, reason="|q - (1/2, 1/2)|^2 <= 1/2 = G(P)")

# thm5-growing-sample --------------------------------------------------------------------------------------------------
# Proof. f' <= (1-alpha)^2 f + (1/N)(1 - (1-alpha)^2 f) <= (1-b)^2 f + 1/M for s >= t0 and f_{t0} <= 1; sum: 1/(1-(1-b)^2) = 1/(b(2-b)).


def _late_index(theta: Theta) -> float:
    # Before t0 the worst that the premise allows: one sample per generation.
    steps = theta["steps"]
    sizes = np.concatenate([np.ones(theta["t0"]), np.full(steps, float(theta["M"]))])
    shares = np.full(theta["t0"] + steps, theta["b"])
    return recursions.affine(*recursions.pair_probability(sizes, shares))


def _late_bound(theta: Theta) -> float:
    b = theta["b"]
    return (1 - b) ** (2 * theta["steps"]) + 1 / (theta["M"] * b * (2 - b))


def _late_bound_halved(theta: Theta) -> float:
    b = theta["b"]
    return (1 - b) ** (2 * theta["steps"]) + 1 / (2 * theta["M"] * b * (2 - b))


def _late_bound_double_size(theta: Theta) -> float:
    return _late_bound({**theta, "M": 2 * theta["M"]})


def _late_bound_without_start(theta: Theta) -> float:
    return 1 / (theta["M"] * theta["b"] * (2 - theta["b"]))


# thm5-converse-tabular and thm5-one-migrant: f* solves f = step(f), an affine equation -------------------------------


def _fixed_point(step: Callable[[Fraction, int, Fraction], Fraction], num_samples: int, share: Fraction) -> Fraction:
    offset = step(Fraction(0), num_samples, share)
    return offset / (1 - (step(Fraction(1), num_samples, share) - offset))


def _stationary(theta: Theta) -> Fraction:
    return _fixed_point(_step_a, theta["N"], theta["alpha"])


def _stationary_by_chain(theta: Theta) -> float:
    """Stationary E (q - p)^2 / (p (1 - p)) from the null vector of the transition matrix, p = 1/2."""
    size, share = theta["N"], float(theta["alpha"])
    fractions = np.arange(size + 1) / size
    matrix = recursions.binomial_matrix(size, share * 0.5 + (1 - share) * fractions)
    equations = np.vstack([matrix.T - np.eye(size + 1), np.ones(size + 1)])
    law = np.linalg.lstsq(equations, np.append(np.zeros(size + 1), 1.0), rcond=None)[0]
    return float(4 * law @ (fractions - 0.5) ** 2)


def _half(theta: Theta) -> Fraction:
    return Fraction(1, 2)


def _enough_migrants(theta: Theta) -> bool:
    return (theta["N"] - 1) * theta["alpha"] * (2 - theta["alpha"]) >= 1


def _one_migrant(theta: Theta) -> tuple[list[Fraction], list[Fraction]]:
    """Pairs (smaller, larger): 1/3 < f*(N) <= 4/7, f*(N+1) < f*(N), and the closed form of scheme B from both sides."""
    size = theta["N"]
    here = _fixed_point(_step_a, size, Fraction(1, size))
    following = _fixed_point(_step_a, size + 1, Fraction(1, size + 1))
    fixed_split = _fixed_point(_step_b, size, Fraction(1, size))
    closed = 1 / (3 - Fraction(2, size))
    return [Fraction(1, 3), here, following, fixed_split, closed], [here, Fraction(4, 7), here, closed, fixed_split]


def _one_migrant_value(theta: Theta) -> Fraction:
    return _fixed_point(_step_a, theta["N"], Fraction(1, theta["N"]))


def _one_third(theta: Theta) -> Fraction:
    return Fraction(1, 3)


# thm5-converse-expfam -------------------------------------------------------------------------------------------------
# D_t = E (m_t - m*)^2 is affine with factor (1-a)^2 + (1-a)(v2 + a)/N; it stays bounded iff the factor is below 1.


def _moment_factor(theta: Theta) -> Fraction:
    a, v2 = theta["alpha"], theta["v2"]
    return (1 - a) ** 2 + (1 - a) * (v2 + a) / theta["N"]


def _factor_by_raw_moments(theta: Theta) -> float:
    """The same factor from E x^2 and E x x' of the draws, as the ratio of successive increments of E m_t^2; m* = 1."""
    a, v2, size = float(theta["alpha"]), float(theta["v2"]), theta["N"]
    squares = [1.0]
    for _ in range(60):
        draw = (1 + v2) * (a + (1 - a) * squares[-1])
        pair = a * a + 2 * a * (1 - a) + (1 - a) ** 2 * squares[-1]
        squares.append(draw / size + (1 - 1 / size) * pair)
    return (squares[-1] - squares[-2]) / (squares[-2] - squares[-3])


def _unit(theta: Theta) -> Fraction:
    return Fraction(1)


# thm5-converse-gaussian-unbiased --------------------------------------------------------------------------------------
# (E mu^2, E sigma^2) is an affine recursion; it stays bounded iff the spectral radius of its matrix is below 1, that is iff
# N a (2 - a) > 1 - a, and then E mu^2 tends to 1/(N a (2 - a) - (1 - a)).


def _spectral_radius(theta: Theta) -> float:
    size, share = float(theta["N"]), theta["alpha"]
    origin = np.array(recursions.gaussian_step(0.0, 0.0, size, share, size - 1))
    columns = [np.array(recursions.gaussian_step(*unit, size, share, size - 1)) - origin for unit in ((1.0, 0.0), (0.0, 1.0))]
    return float(np.abs(np.linalg.eigvals(np.column_stack(columns))).max())


def _growth_of_square(theta: Theta) -> float:
    """Late growth of increments of E mu_t^2 along the recursion itself."""
    size, share = float(theta["N"]), theta["alpha"]
    squares, pair = [0.0], (0.0, 1.0)
    for _ in range(3000):
        pair = recursions.gaussian_step(*pair, size, share, size - 1)
        squares.append(pair[0])
    return (squares[-1] - squares[-2]) / (squares[-2] - squares[-3])


def _one(theta: Theta) -> float:
    return 1.0


# thm5-dichotomy -------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=16)
def _oscillation(share: str, num_samples: int, num_generations: int) -> float:
    """Largest minus smallest f_t over the second half of the horizon."""
    sizes = named_schedules.sizes(str(num_samples), num_generations)
    row = named_schedules.shares(share, num_generations)
    path = recursions.affine_path(*recursions.pair_probability(sizes, row))
    late = path[num_generations // 2 :]
    return float(late.max() - late.min())


def _late_oscillation(theta: Theta) -> float:
    return _oscillation(theta["alpha_t"], theta["N"], theta["T"])


def _one_half(theta: Theta) -> float:
    return 0.5


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="fixation-law-scheme-a",
        item="Thm 5",
        reading="R2",
        statement="Each draw real with probability alpha: E G(Q_t)/G(P) = 1 - f_t, f' = 1/N + (1-1/N)(1-alpha)^2 f, f_0 = 0.",
        source="M3 (Wright 1931 at alpha = 0)",
        route="EP",
        expected="SUPPORTED",
        relation="==",
        domain={
            "N": (5, 10, 20),
            "alpha": (0.2, 0.02),
            "t": (10, 3, 80),
            "P": ((0.5, 0.5), (0.4, 0.3, 0.2, 0.1), (0.5, 0.3, 0.2)),
        },
        sample=_retained,
        bound=_retained_law,
        tail=_retained_tail,
        slack=_retained_slack,
        delta=0.02,
        mutants={
            "scheme B in place of A": Variant(
                bound=_retained_law_of_fixed_split,
                domain={"N": (5,), "alpha": (0.2,), "t": (10,), "P": ((0.5, 0.5),)},
            ),
            "N - 1 for N": Variant(
                bound=_retained_law_one_sample_less,
                domain={"N": (5,), "alpha": (0.2,), "t": (10,), "P": ((0.5, 0.5),)},
            ),
            "(1 - alpha) for (1 - alpha)^2": Variant(
                bound=_retained_law_without_square,
                domain={"N": (5,), "alpha": (0.2,), "t": (10,), "P": ((0.5, 0.5),)},
            ),
        },
        assumptions=("Q_0 = P", "N and alpha constant", "each draw real with probability alpha"),
        note="simulation beyond the reach of enumeration; fixation-law-scheme-a-exact enumerates N <= 6",
        proved="two-draw argument beside the claim, any P, phi and schedule",
        decided_at="smoke",
    ),
    Claim(
        id="fixation-law-scheme-a-exact",
        item="Thm 5",
        reading="R2",
        statement="Each draw real with probability alpha_t: diversity lost within models, 1 - E G(Q_t)/G(P), and variance gained "
        "between them, Var mu_t / Var_P, both equal f_t, for every schedule.",
        source="M3",
        route="EX",
        expected="SUPPORTED",
        relation="==",
        domain={"t": (3,), "P": _TARGETS, "N": (2, 3, 4, 6), "alpha_t": tuple(_SHARE_ROWS)},
        where=_affordable,
        value=_enumerated_scheme_a,
        bound=_law_a,
        delta=0,
        mutants={
            "N - 1 for N": Variant(bound=_law_a_one_sample_less),
            "(1 - alpha) for (1 - alpha)^2": Variant(bound=_law_a_without_square),
        },
        assumptions=("Q_0 = P", "each draw real with probability alpha_t"),
        note="every sample enumerated, t = 1 .. 3",
        proved="two-draw argument beside the claim, any P, phi and schedule",
    ),
    Claim(
        id="fixation-law-scheme-b",
        item="Thm 5",
        reading="R2",
        statement="Exactly r = alpha N draws real: diversity lost and variance gained both equal f_t, "
        "f' = (1-alpha)^2 f + (1 - (1-alpha) f)/N, f_0 = 0.",
        source="M3",
        route="EX",
        expected="SUPPORTED",
        relation="==",
        domain={"t": (3,), "P": _TARGETS, "N": (2, 3, 4, 6), "r": (1, 2)},
        where=_fits_and_affordable,
        value=_enumerated_scheme_b,
        bound=_law_b,
        delta=0,
        mutants={
            "scheme A": Variant(bound=_law_b_by_scheme_a),
            "1 - f for 1 - (1 - alpha) f": Variant(bound=_law_b_without_share),
        },
        assumptions=("Q_0 = P", "alpha N a whole number of real draws per generation"),
        note="every sample enumerated, t = 1 .. 3",
        proved="two-draw argument beside the claim",
    ),
    Claim(
        id="thm5-population",
        item="Thm 5",
        reading="R1",
        statement="Infinite sample and inf alpha > 0: TV(Q_t, P) <= (1 - inf alpha)^t TV(Q_0, P).",
        source=f"{SOURCE}, first half; M1",
        route="POP",
        expected="SUPPORTED",
        relation="<=",
        domain={"t": (1, 2, 10, 100), "alpha_t": tuple(_POPULATION_SHARES), "P, Q_0": _POPULATION_PAIRS},
        value=_population_distance,
        bound=_population_bound,
        delta=1e-12,
        mutants={
            "rate (1 - inf alpha)^(t+1)": Variant(bound=_population_bound_one_step_more),
            "rate (1 - sup alpha)^t": Variant(bound=_population_bound_by_supremum),
        },
        assumptions=("training on the mixture itself, no sampling",),
        proved="the difference Q_t - P is multiplied by 1 - alpha_t",
        decided_at="smoke",
    ),
    Claim(
        id="thm5-growing-sample",
        item="Thm 5",
        reading="R3",
        statement="If alpha_s >= b > 0 and N_s >= M for s >= t0, f_t <= (1-b)^(2(t-t0)) + 1/(M b (2-b)); so Q_t -> P in L2 as N_t grows.",
        source=f"{SOURCE}, first half; M3",
        route="REC",
        expected="SUPPORTED",
        relation="<=",
        domain={"M": (2, 10, 100), "b": (0.5, 0.1), "t0": (0, 5), "steps": (0, 1, 10, 200)},
        value=_late_index,
        bound=_late_bound,
        delta=1e-12,
        mutants={
            "1/(2 M b (2-b))": Variant(bound=_late_bound_halved),
            "2M for M": Variant(bound=_late_bound_double_size),
            "no transient": Variant(bound=_late_bound_without_start),
        },
        assumptions=("Q_0 = P", "one sample per generation before t0, the worst start"),
        proved="geometric series beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="thm5-one-migrant",
        item="Thm 5",
        reading="R2",
        statement="One real draw per generation (alpha N = 1): f* lies in (1/3, 4/7] and decreases to 1/3 in scheme A, N >= 2; f* = 1/(3 - 2/N) in scheme B.",
        source="M3, M4",
        route="CF",
        expected="SUPPORTED",
        relation="<=",
        domain={"N": (*range(2, 41), 100, 1000, 10_000)},
        evaluate=_one_migrant,
        delta=0,
        mutants={
            "f* = 1/3 within 1 % at N = 10": Variant(
                value=_one_migrant_value, bound=_one_third, relation="==", delta=Fraction(1, 300), domain={"N": (10,)}
            ),
        },
        assumptions=("Q_0 = P", "N constant", "alpha = 1/N"),
        note="rational fixed points of the two recursions; strictness above 1/3 follows from the strict decrease",
        decided_at="smoke",
    ),
    Claim(
        id="thm5-finite-n-floor",
        item="Thm 5",
        reading="R2",
        statement="inf alpha > 0 gives Q_t -> P at fixed N: E |Q_t - P|^2 / G(P) <= .01 at the horizon.",
        source=f"{SOURCE}, first half",
        route="REC",
        expected="REFUTED",
        relation="<=",
        domain={"t": (50, 1000), "N": (2, 10, 100), "alpha": (0.5, 0.1, 0.01)},
        value=_floor,
        bound=_hundredth,
        delta=1e-9,
        confirm=_floor_by_chain,
        simulate=_coin_distance,
        simulate_tail=_COIN_TAIL,
        controls={"N = 1e6": Variant(domain={"t": (1000,), "N": (1_000_000,), "alpha": (0.5,)}, must="SUPPORTED")},
        assumptions=("Q_0 = P", "N and alpha > 0 constant"),
        note="surrogate at t <= 1000; the limit is f* = 1/(N - (N-1)(1-alpha)^2) > 0",
        corrected_by=("thm5-growing-sample", "fixation-law-scheme-a"),
        decided_at="smoke",
    ),
    Claim(
        id="thm5-converse-tabular",
        item="Thm 5",
        reading="R2",
        statement="Degeneration, in the sense that more than half of the diversity is lost in stationarity, requires alpha_t -> 0: "
        "f* <= 1/2 for every constant alpha > 0.",
        source=f"{SOURCE}, converse; sense 'half'",
        route="CF",
        expected="REFUTED",
        relation="<=",
        domain={"N": (2, 3, 10, 100), "alpha": (Fraction(1, 2), Fraction(1, 10), Fraction(1, 100), Fraction(1, 1000))},
        value=_stationary,
        bound=_half,
        delta=0,
        confirm=_stationary_by_chain,
        simulate=_coin_distance,
        simulate_tail=_COIN_TAIL,
        controls={
            "(N-1) alpha (2-alpha) >= 1": Variant(
                where=_enough_migrants,
                domain={"N": (2, 3, 10, 100, 1000), "alpha": (Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 100))},
                must="SUPPORTED",
            )
        },
        assumptions=("Q_0 = P", "N and alpha > 0 constant"),
        note="exact stationary value; what decides is the number of real draws per generation, not the share",
        corrected_by=("thm5-one-migrant", "fixation-law-scheme-a"),
        decided_at="smoke",
    ),
    Claim(
        id="thm5-converse-expfam",
        item="Thm 5",
        reading="RF",
        statement="Degeneration, in the sense of an unbounded second moment, requires alpha_t -> 0: for a mean refitted in a family with "
        "V(m) = v2 m^2, v2 > 0, the second moment is multiplied by at most 1 per step for every constant alpha > 0.",
        source=f"{SOURCE}, converse; sense 'm2'; M7",
        route="CF",
        expected="REFUTED",
        relation="<=",
        domain={
            "v2": (Fraction(1), Fraction(1, 2)),
            "N": (5, 10, 50),
            "alpha": (Fraction(1, 20), Fraction(1, 100), Fraction(1, 1000)),
        },
        value=_moment_factor,
        bound=_unit,
        delta=0,
        confirm=_factor_by_raw_moments,
        controls={
            "v2 = 0": Variant(
                domain={"v2": (Fraction(0),), "N": (5, 10, 50), "alpha": (Fraction(1, 20), Fraction(1, 100), Fraction(1, 1000))},
                must="SUPPORTED",
            ),
            "alpha = .12 at N = 5": Variant(
                domain={"v2": (Fraction(1),), "N": (5,), "alpha": (Fraction(3, 25),)}, must="SUPPORTED"
            ),
        },
        assumptions=("N and alpha > 0 constant", "mean-matching fit; v2 = 1: exponential or geometric in its leading term"),
        note="no simulation: the moment is carried by rare paths (sd 62 at t = 10 for N = 5, alpha = .05)",
        corrected_by=("thm5-growing-sample",),
        decided_at="smoke",
    ),
    Claim(
        id="thm5-converse-population",
        item="Thm 5",
        reading="R1",
        statement="With an infinite sample, degeneration (diversity to 0) requires alpha_t -> 0.",
        source=f"{SOURCE}, converse; sense 'g0'",
        route="CF",
        expected="VACUOUS",
        reason="Nothing degenerates here: Q_t stays on the segment between Q_0 and P, so the premise is never met.",
    ),
    Claim(
        id="thm5-converse-gaussian-unbiased",
        item="Thm 5",
        reading="R4",
        statement="Degeneration, in the sense of an unbounded second moment, requires alpha_t -> 0: with the unbiased variance E mu_t^2 is "
        "bounded for every constant alpha > 0.",
        source=f"{SOURCE}, converse; sense 'm2'; M6",
        route="REC",
        expected="REFUTED",
        relation="<",
        domain={"N": (2, 10, 100), "alpha": (0.1, 0.01, 0.001)},
        value=_spectral_radius,
        bound=_one,
        delta=1e-12,
        confirm=_growth_of_square,
        controls={"N = 10, alpha = .06": Variant(domain={"N": (10,), "alpha": (0.06,)}, must="SUPPORTED")},
        assumptions=("N and alpha > 0 constant", "the fitted variance divides by N - 1"),
        note="bounded if and only if the spectral radius of the recursion of (E mu^2, E sigma^2) is below 1, that is N alpha (2-alpha) > 1-alpha",
        corrected_by=("thm5-growing-sample", "thm4-gaussian-mle-bounded"),
        decided_at="smoke",
    ),
    Claim(
        id="thm5-dichotomy",
        item="Thm 5",
        reading="R2",
        statement="inf alpha > 0 or alpha_t -> 0: one of the two holds and decides the fate, so that f_t settles: "
        "it varies by at most 1/2 over the second half of 1024 generations.",
        source=SOURCE,
        route="REC",
        expected="REFUTED",
        relation="<=",
        domain={"T": (1024,), "N": (20,), "alpha_t": ("0.1", "1/(t+1)", "(t+1)^-1/2", "1 into t=2^k, else 0")},
        value=_late_oscillation,
        bound=_one_half,
        delta=1e-9,
        controls={
            "schedules of the two cases": Variant(
                domain={"T": (1024,), "N": (20,), "alpha_t": ("0.1", "1/(t+1)", "(t+1)^-1/2")}, must="SUPPORTED"
            )
        },
        assumptions=("Q_0 = P", "N constant"),
        note="surrogate at T = 1024; alpha_t = 1 at t = 2^k, else 0, has infimum 0 and limsup 1: f returns to 1/N at each 2^k and climbs to 1 in between. "
        "In the population the same schedule gives Q_t = P for good after its first burst.",
        corrected_by=("phase-collapse", "phase-converge", "thm5-growing-sample"),
        decided_at="smoke",
    ),
)

"""Theorem 5 and its converse.

inf alpha_t > 0 brings Q_t to P in the population and with growing samples (at fixed N see `fixation_law`). The
converse fails: more than half of the diversity can be lost and second moments can explode although inf alpha_t > 0,
and some schedules belong to neither case.
"""

import functools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from proofs_numeric.catalogue.loops import named_schedules, recursions, tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.surface import Surface
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 5"


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


# thm5-growing-sample --------------------------------------------------------------------------------------------------
# Proof. f' <= (1-alpha)^2 f + (1/N)(1 - (1-alpha)^2 f) <= (1-b)^2 f + 1/M for s >= t0 and f_{t0} <= 1; sum:
# 1/(1-(1-b)^2) = 1/(b(2-b)).


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


def _late_excess(point: Mapping[str, Any]) -> Any:
    """Excess after `_CLIMBED_STEPS` steps from f = 1, for real M and b."""
    size, b = point["M"], point["b"]

    def generation(index: Any, _: None) -> tuple[Any, None]:
        return 1 / size + (1 - 1 / size) * (1 - b) ** 2 * index, None

    last, _ = jax.lax.scan(generation, jnp.ones_like(b), None, length=_CLIMBED_STEPS)
    return last - ((1 - b) ** (2 * _CLIMBED_STEPS) + 1 / (size * b * (2 - b)))


_CLIMBED_STEPS = 10
LATE_SURFACE = Surface(
    excess=_late_excess,
    box={"M": (2.0, 100.0), "b": (0.01, 0.99)},
    examples=lambda point: ({"M": round(point["M"]), "b": point["b"], "t0": 5, "steps": _CLIMBED_STEPS},),
)
"""One sample per generation before t0 gives f = 1 there, where the surface starts."""


# thm5-converse-tabular ------------------------------------------------------------------------------------------------


def _stationary(theta: Theta) -> Fraction:
    return 1 / (theta["N"] - (theta["N"] - 1) * (1 - theta["alpha"]) ** 2)


def _coin_distance(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    # The minimal counterexample relaxes by a factor 8 per generation: the horizon is stationary for it.
    return tabular_loop.coin_distances(theta["N"], theta["alpha"], tabular_loop.HORIZON, key, num_replicates)


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
# (E mu^2, E sigma^2) is an affine recursion; it stays bounded iff the spectral radius of its matrix is below 1, that
# is iff N a (2 - a) > 1 - a, and then E mu^2 tends to 1/(N a (2 - a) - (1 - a)).


def _spectral_radius(theta: Theta) -> float:
    size, share = float(theta["N"]), theta["alpha"]
    origin = np.array(recursions.gaussian_step(0.0, 0.0, size, share, size - 1))
    columns = [
        np.array(recursions.gaussian_step(*unit, size, share, size - 1)) - origin for unit in ((1.0, 0.0), (0.0, 1.0))
    ]
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
        id="thm5-population",
        item="Thm 5",
        reading="R1",
        statement="Infinite sample and inf alpha > 0: TV(Q_t, P) <= (1 - inf alpha)^t TV(Q_0, P).",
        source=f"{SOURCE}, first half; M1",
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"t": (1, 2, 10, 100), "alpha_t": tuple(_POPULATION_SHARES), "P, Q_0": _POPULATION_PAIRS},
        along={"t": (1, 2, 3, 5, 10, 20, 50, 100)},
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
        statement="If alpha_s >= b > 0 and N_s >= M for s >= t0, f_t <= (1-b)^(2(t-t0)) + 1/(M b (2-b)); so Q_t -> P "
        "in L2 as N_t grows.",
        source=f"{SOURCE}, first half; M3",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"M": (2, 10, 100), "b": (0.5, 0.1), "t0": (0, 5), "steps": (0, 1, 10, 200)},
        value=_late_index,
        bound=_late_bound,
        delta=1e-12,
        surface=LATE_SURFACE,
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
        id="thm5-converse-tabular",
        item="Thm 5",
        reading="R2",
        statement="Degeneration, in the sense that more than half of the diversity is lost in stationarity, requires "
        "alpha_t -> 0: "
        "f* <= 1/2 for every constant alpha > 0.",
        source=f"{SOURCE}, converse; sense 'half'",
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (2, 3, 10, 100), "alpha": (Fraction(1, 2), Fraction(1, 10), Fraction(1, 100), Fraction(1, 1000))},
        value=_stationary,
        bound=_half,
        delta=0,
        confirm=_stationary_by_chain,
        simulate=_coin_distance,
        simulate_tail=tabular_loop.COIN_TAIL,
        controls={
            "(N-1) alpha (2-alpha) >= 1": Variant(
                where=_enough_migrants,
                domain={
                    "N": (2, 3, 10, 100, 1000),
                    "alpha": (Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 100)),
                },
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
        statement="Degeneration, in the sense of an unbounded second moment, requires alpha_t -> 0: for a mean "
        "refitted in a family with "
        "V(m) = v2 m^2, v2 > 0, the second moment is multiplied by at most 1 per step for every constant alpha > 0.",
        source=f"{SOURCE}, converse; sense 'm2'; M7",
        route=Route.CF,
        expected=Status.REFUTED,
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
                domain={
                    "v2": (Fraction(0),),
                    "N": (5, 10, 50),
                    "alpha": (Fraction(1, 20), Fraction(1, 100), Fraction(1, 1000)),
                },
                must="SUPPORTED",
            ),
            "alpha = .12 at N = 5": Variant(
                domain={"v2": (Fraction(1),), "N": (5,), "alpha": (Fraction(3, 25),)}, must="SUPPORTED"
            ),
        },
        assumptions=(
            "N and alpha > 0 constant",
            "mean-matching fit; v2 = 1: exponential or geometric in its leading term",
        ),
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
        route=Route.CF,
        expected=Status.VACUOUS,
        reason="Nothing degenerates here: Q_t stays on the segment between Q_0 and P, so the premise is never met.",
    ),
    Claim(
        id="thm5-converse-gaussian-unbiased",
        item="Thm 5",
        reading="R4",
        statement="Degeneration, in the sense of an unbounded second moment, requires alpha_t -> 0: with the unbiased "
        "variance E mu_t^2 is "
        "bounded for every constant alpha > 0.",
        source=f"{SOURCE}, converse; sense 'm2'; M6",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<",
        domain={"N": (2, 10, 100), "alpha": (0.1, 0.01, 0.001)},
        value=_spectral_radius,
        bound=_one,
        delta=1e-12,
        confirm=_growth_of_square,
        controls={"N = 10, alpha = .06": Variant(domain={"N": (10,), "alpha": (0.06,)}, must="SUPPORTED")},
        assumptions=("N and alpha > 0 constant", "the fitted variance divides by N - 1"),
        note="bounded if and only if the spectral radius of the recursion of (E mu^2, E sigma^2) is below 1, that is "
        "N alpha (2-alpha) > 1-alpha",
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
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"T": (1024,), "N": (20,), "alpha_t": ("0.1", "1/(t+1)", "(t+1)^-1/2", "1 into t=2^k, else 0")},
        along={"T": (1, 2, 4, 8, 16, 32, 64, 100, 127, 128, 200, 255, 256, 500, 511, 512, 1000, 1024)},
        value=_late_oscillation,
        bound=_one_half,
        delta=1e-9,
        controls={
            "schedules of the two cases": Variant(
                domain={"T": (1024,), "N": (20,), "alpha_t": ("0.1", "1/(t+1)", "(t+1)^-1/2")}, must="SUPPORTED"
            )
        },
        assumptions=("Q_0 = P", "N constant"),
        note="surrogate at T = 1024; alpha_t = 1 at t = 2^k, else 0, has infimum 0 and limsup 1: f returns to 1/N at "
        "each 2^k and climbs to 1 in between. "
        "In the population the same schedule gives Q_t = P for good after its first burst.",
        corrected_by=("phase-collapse", "phase-converge", "thm5-growing-sample"),
        decided_at="smoke",
    ),
)

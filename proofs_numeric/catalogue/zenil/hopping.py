"""Hopping between point masses, and where a loop is absorbed once its real data stop.

Near alpha_t -> 0 at fixed N the loop sits at a point mass and leaves it now and then: for good a finite number of times
if sum alpha_t is finite, for ever if it is not.
"""

import functools

import numpy as np
from jaxtyping import Float

from proofs_numeric.catalogue.loops import named_schedules, recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

M5 = "M5 (hopping)"


# hop-rate -------------------------------------------------------------------------------------------------------------
# Near a -> 0 the loop sits at a point mass; it leaves for type k at rate N a P(k) times the fixation probability 1/N
# of one copy.


@functools.lru_cache(maxsize=64)
def _hop_ratio(num_samples: int, share: float, target: float) -> float:
    """Changes of the last visited vertex per generation in stationarity, over alpha (1 - |P|^2).

    The joint chain (count, last vertex) is solved for its stationary law: 2(N + 1) equations.
    """
    states = num_samples + 1
    step = recursions.binomial_matrix(num_samples, share * target + (1 - share) * np.arange(states) / num_samples)
    chain = np.zeros((2 * states, 2 * states))
    inner = slice(1, num_samples)
    for vertex in (0, 1):
        rows = slice(vertex * states, (vertex + 1) * states)
        chain[rows, vertex * states :][:, inner] = step[:, inner]
        chain[rows, 0] = step[:, 0]
        chain[rows, 2 * states - 1] = step[:, num_samples]
    equations = np.vstack([chain.T - np.eye(2 * states), np.ones(2 * states)])
    law = np.linalg.lstsq(equations, np.append(np.zeros(2 * states), 1.0), rcond=None)[0]
    hops = law[:states] @ step[:, num_samples] + law[states:] @ step[:, 0]
    return float(hops / (share * 2 * target * (1 - target)))


def _ratio(theta: Theta) -> float:
    return _hop_ratio(theta["N"], theta["alpha"], theta["p"])


def _one(theta: Theta) -> float:
    return 1.0


def _hop_window(theta: Theta) -> tuple[list[float], list[float]]:
    ratio = _ratio(theta)
    return [1 - 3 * theta["N"] * theta["alpha"], ratio], [ratio, 1.0]


def _few_real_samples(theta: Theta) -> bool:
    return theta["N"] * theta["alpha"] <= 0.1


def _ratio_to_n_alpha(theta: Theta) -> tuple[list[float], list[float]]:
    ratio = _ratio(theta) / theta["N"]
    return [1 - 3 * theta["N"] * theta["alpha"], ratio], [ratio, 1.0]


def _ratio_to_homozygosity(theta: Theta) -> tuple[list[float], list[float]]:
    diversity = 2 * theta["p"] * (1 - theta["p"])
    ratio = _ratio(theta) * diversity / (1 - diversity)
    return [1 - 3 * theta["N"] * theta["alpha"], ratio], [ratio, 1.0]


# absorb-law -----------------------------------------------------------------------------------------------------------
# Proof. E Q_{t+1} = alpha_t P + (1 - alpha_t) E Q_t, so E Q_T = c_T Q_0 + (1 - c_T) P. If sum alpha < inf the real
# draws stop for good (Borel-Cantelli), the loop is absorbed, and E of the limiting point mass is the limit of E Q_T.

_ABSORB_HORIZON = 400


def _initial_share(theta: Theta) -> float:
    """C = prod (1 - alpha_s)."""
    row = named_schedules.shares(theta["alpha_t"], _ABSORB_HORIZON)
    return float(np.prod(1 - row))


def _ends_and_means(theta: Theta) -> Float[np.ndarray, " entries"]:
    """[P(at point mass k at T) for each k] and [E Q_T(k) for each k]."""
    size = theta["N"]
    laws = [
        recursions.count_laws(size, p, q, theta["alpha_t"], _ABSORB_HORIZON)[-1]
        for p, q in zip(*theta["P, Q_0"], strict=True)
    ]
    ends = [law[-1] for law in laws]
    means = [law @ np.arange(size + 1) / size for law in laws]
    return np.array(ends + means)


def _mixed_twice(theta: Theta, weight: float) -> Float[np.ndarray, " entries"]:
    target, initial = (np.array(probs) for probs in theta["P, Q_0"])
    return np.tile(weight * initial + (1 - weight) * target, 2)


def _absorb_law(theta: Theta) -> Float[np.ndarray, " entries"]:
    return _mixed_twice(theta, _initial_share(theta))


def _absorb_initial_only(theta: Theta) -> Float[np.ndarray, " entries"]:
    return _mixed_twice(theta, 1.0)


def _absorb_first_real_draw(theta: Theta) -> Float[np.ndarray, " entries"]:
    return _mixed_twice(theta, _initial_share(theta) ** theta["N"])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="hop-rate",
        item="Thm 4 and 5",
        reading="R2",
        statement="At fixed N and small constant alpha the last visited point mass changes (1 - |P|^2) alpha times "
        "per generation: "
        "the ratio lies in [1 - 3 N alpha, 1] for N alpha <= .1.",
        source=M5,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (5, 15, 40), "alpha": (1e-4, 1e-3, 2e-3, 1e-2), "p": (0.5, 0.3, 0.1)},
        where=_few_real_samples,
        evaluate=_hop_window,
        delta=1e-9,
        mutants={
            "ratio 1 within 1 % at N alpha = .04": Variant(
                value=_ratio, bound=_one, relation="==", delta=0.01, domain={"N": (40,), "alpha": (1e-3,), "p": (0.5,)}
            ),
            "rate N alpha (1 - |P|^2)": Variant(evaluate=_ratio_to_n_alpha),
            "|P|^2 for 1 - |P|^2": Variant(evaluate=_ratio_to_homozygosity),
        },
        assumptions=("two types, P = (p, 1-p)", "stationarity"),
        note="joint chain of count and last vertex; independent of N only as N alpha -> 0; the constant 3 is numerical",
    ),
    Claim(
        id="hops-forever",
        item="Thm 4 and 5",
        reading="R2",
        statement="At fixed N, alpha_t -> 0 with sum alpha_t = infinity, the last visited point mass changes "
        "infinitely often, almost surely.",
        source=M5,
        route=Route.CF,
        expected=Status.NOT_TESTABLE,
        reason="Infinitely many events are not counted by a finite run. Proof: whatever the past, two generations "
        "from t end at the point "
        "mass of type k with probability at least a constant times alpha_t (one real draw of k, then N copies of it), "
        "and the conditional "
        "Borel-Cantelli lemma gives infinitely many visits to every type that P charges.",
        proved="conditional Borel-Cantelli lemma",
    ),
    Claim(
        id="absorb-law",
        item="Thm 2 and 5",
        reading="R2",
        statement="At fixed N and sum alpha_t < infinity the loop ends at one point mass, type k with probability c "
        "Q_0(k) + (1-c) P(k), "
        "c = prod (1 - alpha_s); at alpha = 0 with probability Q_0(k).",
        source=M5,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "N": (2, 5, 15),
            "alpha_t": ("0", "2^-(t+1)", "0.4 * 0.7^t"),
            "P, Q_0": (
                ((0.5, 0.5), (0.9, 0.1)),
                ((0.4, 0.3, 0.2, 0.1), (0.1, 0.1, 0.1, 0.7)),
            ),
        },
        value=_ends_and_means,
        bound=_absorb_law,
        delta=1e-9,
        mutants={
            "c = 1": Variant(bound=_absorb_initial_only),
            "c = prod (1 - alpha_s)^N": Variant(bound=_absorb_first_real_draw),
        },
        controls={
            "no real data: c = 1": Variant(
                bound=_absorb_initial_only,
                domain={"N": (2, 15), "alpha_t": ("0",), "P, Q_0": (((0.5, 0.5), (0.9, 0.1)),)},
                must="SUPPORTED",
            ),
        },
        assumptions=("N constant", "sum alpha_t < infinity"),
        note="count chains to generation 400, by when the loop is absorbed save with probability below 1e-9",
        proved="the mean is conserved and the chain is absorbed, beside the claim",
        decided_at="smoke",
    ),
)

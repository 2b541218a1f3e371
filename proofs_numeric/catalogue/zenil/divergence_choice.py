"""Which divergence the fit minimises, and whether Eq. (20) says anything at a finite sample.

True: where every law may be fitted, all divergences that vanish only at equality have one minimum, the empirical
measure. False: that they agree in a restricted family, and that E KL(P || Q_t) is finite once atoms can be missed.
"""

import functools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize_scalar
from scipy.special import entr, rel_entr

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import pair_loop
from proofs_numeric.catalogue.zenil.entropies import expected_entropy
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Eq. (10), 'without loss of generality'"
Laws = Float[np.ndarray, "... support"]


# divergences of one law p from laws q along the last axis -------------------------------------------------------------


def _chi_square(p: Laws, q: Laws) -> Float[np.ndarray, "..."]:
    missing = (q == 0) & (p > 0)
    terms = np.divide((p - q) ** 2, q, out=np.zeros(np.broadcast_shapes(p.shape, q.shape)), where=q > 0)
    return np.where(missing.any(axis=-1), np.inf, terms.sum(axis=-1))


def _jensen_shannon(p: Laws, q: Laws) -> Float[np.ndarray, "..."]:
    middle = (p + q) / 2
    return (rel_entr(p, middle) + rel_entr(q, middle)).sum(axis=-1) / 2


def _wasserstein(p: Laws, q: Laws) -> Float[np.ndarray, "..."]:
    """Of laws on the points 0, 1, .., K-1."""
    return np.abs(np.cumsum(p - q, axis=-1)).sum(axis=-1)


def _mean_gap(p: Laws, q: Laws) -> Float[np.ndarray, "..."]:
    """No divergence: 0 at all laws of the same mean."""
    return ((p - q) @ np.arange(p.shape[-1])) ** 2


DIVERGENCES: dict[str, Callable[[Laws, Laws], Float[np.ndarray, "..."]]] = {
    "KL": lambda p, q: rel_entr(p, q).sum(axis=-1),
    "reverse KL": lambda p, q: rel_entr(q, p).sum(axis=-1),
    "chi2": _chi_square,
    "Hellinger": lambda p, q: ((np.sqrt(p) - np.sqrt(q)) ** 2).sum(axis=-1) / 2,
    "Jensen-Shannon": _jensen_shannon,
    "TV": lambda p, q: np.abs(p - q).sum(axis=-1) / 2,
    "L2": lambda p, q: ((p - q) ** 2).sum(axis=-1),
    "W1": _wasserstein,
}
"""D(p, q), where p is the empirical law and q the fit."""


# kl-wlog-memorising ---------------------------------------------------------------------------------------------------
# Proof. D >= 0 with equality only at q = p, and q = p is allowed.


@functools.lru_cache(maxsize=16)
def _lattice(num_types: int, resolution: int) -> Laws:
    return np.array(list(zd.oracles.compositions(resolution, num_types)), np.float64) / resolution


def _second_best(theta: Theta, divergence: Callable[[Laws, Laws], Any]) -> list[float]:
    """For every empirical law the least divergence among all other laws of the lattice, less that at itself."""
    laws = _lattice(theta["K"], theta["r"])
    result = []
    for index, empirical in enumerate(laws):
        values = divergence(empirical, laws)
        result.append(float(np.delete(values, index).min() - values[index]))
    return result


def _margin_of_minimum(theta: Theta) -> list[float]:
    return _second_best(theta, DIVERGENCES[theta["D"]])


def _margin_of_mean_gap(theta: Theta) -> list[float]:
    return _second_best(theta, _mean_gap)


def _zero(theta: Theta) -> float:
    return 0.0


# kl-wlog-restricted ---------------------------------------------------------------------------------------------------
# Family (q^2, 2q(1-q), (1-q)^2), two draws of a coin. KL matches the mean, q = p_1 + p_2/2; the others do not.

_EMPIRICAL = np.array([0.5, 0.2, 0.3])
_GRID = np.linspace(1e-5, 1 - 1e-5, 99_999)


def _pairs_of_coin(q: Any) -> Laws:
    q = np.asarray(q)
    return np.stack([q**2, 2 * q * (1 - q), (1 - q) ** 2], axis=-1)


def _fit(theta: Theta) -> float:
    """Minimum over a grid of step 1e-5."""
    return float(_GRID[DIVERGENCES[theta["D"]](_EMPIRICAL, _pairs_of_coin(_GRID)).argmin()])


def _fit_by_search(theta: Theta) -> float:
    found: Any = minimize_scalar(
        lambda q: float(DIVERGENCES[theta["D"]](_EMPIRICAL, _pairs_of_coin(q))), bounds=(0.3, 0.9), method="bounded"
    )
    return float(found.x)


def _fit_by_mean(theta: Theta) -> float:
    return float(_EMPIRICAL[0] + _EMPIRICAL[1] / 2)


# eq20-finite-sample-kl ------------------------------------------------------------------------------------------------
# KL(P || Q_1) is infinite as soon as an atom of P has no draw, so its mean is finite only if that has probability 0.
# In the other order E KL(Q_1 || P) = -sum E Q_1 log P - E H(Q_1) = H(P) - E H(Q_1).


def _pair(theta: Theta) -> tuple[Fraction, Fraction]:
    return theta["p"], 1 - theta["p"]


def _missing_probability(theta: Theta) -> Fraction:
    law = zd.oracles.multinomial_law(_pair(theta), theta["N"])
    return sum((weight for counts, weight in law.items() if 0 in counts), Fraction(0))


def _missing_formula(theta: Theta) -> Fraction:
    return theta["p"] ** theta["N"] + (1 - theta["p"]) ** theta["N"]


def _missing_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    probability = float(theta["p"])
    shares = pair_loop.first_shares(pair_loop.pair_system(probability, probability, theta["N"]), key, num_replicates)
    return ((shares[:, 1] == 0) | (shares[:, 1] == 1)).astype(np.float64)


def _expected_kl_to_target(theta: Theta) -> float:
    law = zd.oracles.multinomial_law(_pair(theta), theta["N"])
    target = np.array([float(p) for p in _pair(theta)])
    return math.fsum(
        float(weight) * float(rel_entr(np.array(counts) / theta["N"], target).sum()) for counts, weight in law.items()
    )


def _lost_entropy(theta: Theta) -> float:
    target = np.array([[float(p) for p in _pair(theta)]])
    return float(entr(target).sum() - expected_entropy(theta["N"], target)[0])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="kl-wlog-memorising",
        item="Eq. (10)",
        reading="R2",
        statement="Where every law may be fitted, the empirical law is the only minimum, whichever divergence is "
        "minimised: every other law of the lattice is strictly worse.",
        source=SOURCE,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation=">",
        domain={"D": tuple(DIVERGENCES), "K": (2, 3, 4), "r": (4, 6)},
        value=_margin_of_minimum,
        bound=_zero,
        delta=1e-9,
        mutants={
            "squared difference of means": Variant(
                value=_margin_of_mean_gap, domain={"D": ("KL",), "K": (3, 4), "r": (4, 6)}
            )
        },
        assumptions=("the family holds every law", "the divergence vanishes only at equality"),
        note="all empirical laws of 4 and 6 draws against all laws with the same denominator",
        proved="D >= 0 with equality only at equality",
        decided_at="smoke",
    ),
    Claim(
        id="kl-wlog-restricted",
        item="Eq. (10)",
        reading="RF",
        statement="In a restricted family, too, all divergences have the minimum that KL has, at q = .6: family (q^2, "
        "2q(1-q), (1-q)^2), data (.5, .2, .3).",
        source=SOURCE,
        route=Route.CF,
        expected=Status.REFUTED,
        relation="==",
        domain={"D": ("Hellinger", "reverse KL", "TV", "L2", "KL")},
        value=_fit,
        bound=_fit_by_mean,
        delta=1e-4,
        confirm=_fit_by_search,
        controls={"KL itself": Variant(domain={"D": ("KL",)}, must="SUPPORTED")},
        assumptions=("the data lie outside the family",),
        note="KL .600, Hellinger .622, reverse KL .674, TV .707, L2 .734",
        corrected_by=("kl-wlog-memorising",),
        decided_at="smoke",
    ),
    Claim(
        id="eq20-finite-sample-kl",
        item="Eq. (20)",
        reading="R2",
        statement="E KL(P || Q_1) is finite for N draws: no atom of P is missing from the sample, P(missing) = 0.",
        source="arXiv:2601.05280v2, Eq. (20), read at a finite sample",
        route=Route.CF,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (10, 2, 40), "p": (Fraction(1, 2), Fraction(1, 4), Fraction(1, 100))},
        value=_missing_probability,
        bound=_zero,
        delta=0,
        confirm=_missing_formula,
        simulate=_missing_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        controls={
            "E KL(Q_1 || P) = H(P) - E H(Q_1)": Variant(
                value=_expected_kl_to_target, bound=_lost_entropy, delta=1e-12, must="SUPPORTED"
            )
        },
        assumptions=("two atoms", "alpha = 0", "Q_0 = P"),
        note="N = 10, P = (1/2, 1/2): infinite with probability 1/512; in the other order it is the entropy lost",
        corrected_by=("population-fdiv-contraction", "thm2-entropy-identity"),
        decided_at="smoke",
    ),
)

"""The loop as regression on predicted outcomes: the same only where labels carry no fresh noise.

Least squares on its own labels w_{t+1} = w_t + (X^T X)^-1 X^T noise is a random walk of the coefficients: the excess
risk grows by sigma^2 d/(T - d - 1) per generation for ever. Regression on predictions, X w_t without noise, returns
w_t: nothing moves after the first fit. Sampling, not self-training, is what degrades.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.critics.counts import AS_RAISED
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

OBJECTION = "objection to arXiv:2601.05280v2, Theorem 4; Gerstgrasser et al., arXiv:2404.01413 (the setting)"
HORIZON = 10
NOISE = 2.0
WEIGHTS = (1.0, -2.0, 0.5)
MODELS = {"one design": zd.FixedDesignModel, "fresh designs": zd.LinearModel}

# critics-regression-walk, critics-regression-identified ---------------------------------------------------------------
# Proof. w_n - w* is a sum of n terms (X^T X)^-1 X^T noise. Given the designs it is normal with covariance sigma^2 M, M
# the sum of their n inverses S = (X^T X)^-1, and E tr S = d/(T - d - 1).
# Variance. E |w_n - w*|^4 = sigma^4 E[(tr M)^2 + 2 tr M^2], which is largest for one design, M = n S (convexity of both
# terms); E S_ij S_kl = b [(m - 2) 1_ij 1_kl + 1_ik 1_jl + 1_il 1_jk] with m = T - d, 1/b = m (m - 1)(m - 3).


def _system(theta: Theta) -> zd.System:
    return zd.System(target=MODELS[theta["design"]](WEIGHTS, NOISE), num_samples=theta["T"])


def _risk_per_fit(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    """Excess risk after n generations in units of sigma^2 n."""
    run = zd.simulate(
        _system(theta),
        num_generations=HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=("excess_risk",),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["excess_risk"], np.float64)[:, theta["n"]] / (NOISE * theta["n"])


def _risk_tail(theta: Theta) -> Tail:
    dim, spare = len(WEIGHTS), theta["T"] - len(WEIGHTS)
    scale = 1 / (spare * (spare - 1) * (spare - 3))
    trace_square = scale * ((spare - 2) * dim**2 + 2 * dim)
    square_trace = scale * ((spare - 2) * dim + dim**2 + dim)
    variance = trace_square + 2 * square_trace - (dim / (spare - 1)) ** 2
    return Tail(lower=0.0, variance=variance, reason="second moments of the inverse Wishart law; one design is worst")


def _one_fit(theta: Theta) -> float:
    """d/(T - d - 1): what every fit adds."""
    return float(zd.oracles.regression_risk_replace([theta["T"]], len(WEIGHTS), 1.0)[-1])


def _one_fit_of_known_design(theta: Theta) -> float:
    return len(WEIGHTS) / theta["T"]


def _one_fit_without_one(theta: Theta) -> float:
    return len(WEIGHTS) / (theta["T"] - len(WEIGHTS))


def _as_predicted(theta: Theta) -> float:
    """One fit's risk, spread over n generations: what is left if nothing moves after the first."""
    return _one_fit(theta) / theta["n"]


# critics-regression-predicted -----------------------------------------------------------------------------------------
# Proof. X (X^T X)^-1 X^T is a projection: predictions of a least-squares fit are fitted by themselves.

_ABSCISSAS = (
    (0, 1, 2),
    (0, 1, 3, 7),
    (Fraction(-1, 2), Fraction(1, 3), 2, 2, 5),
)
_LABELS = (Fraction(1), Fraction(-2), Fraction(3, 7), Fraction(5), Fraction(1, 9))


def _normal_equations(abscissas: Sequence[Any], labels: Sequence[Fraction]) -> list[Fraction]:
    """Intercept and slope that solve X^T X w = X^T y, by Cramer's rule."""
    count, first, second = len(abscissas), sum(abscissas), sum(x * x for x in abscissas)
    total, moment = sum(labels), sum(x * y for x, y in zip(abscissas, labels, strict=True))
    determinant = Fraction(count * second - first * first)
    return [(second * total - first * moment) / determinant, (count * moment - first * total) / determinant]


def _refitted(theta: Theta, surprise: Fraction = Fraction(0)) -> list[Fraction]:
    """Coefficients after n further fits, each to the predictions of the last; a surprise is added to one label."""
    abscissas = theta["x"]
    labels = list(_LABELS[: len(abscissas)])
    weights = _normal_equations(abscissas, labels)
    for _ in range(theta["n"]):
        labels = [weights[0] + weights[1] * x for x in abscissas]
        labels[0] += surprise
        weights = _normal_equations(abscissas, labels)
    return weights


def _refitted_with_surprise(theta: Theta) -> list[Fraction]:
    return _refitted(theta, Fraction(1, 1000))


def _first_fit(theta: Theta) -> list[Fraction]:
    """Least squares through the means: slope = covariance over variance."""
    size, zero = len(theta["x"]), Fraction(0)
    middle, level = sum(theta["x"], zero) / size, sum(_LABELS[:size], zero) / size
    pairs = [(x - middle, y - level) for x, y in zip(theta["x"], _LABELS[:size], strict=True)]
    slope = sum((x * y for x, y in pairs), zero) / sum((x * x for x, _ in pairs), zero)
    return [level - slope * middle, slope]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="critics-regression-walk",
        item="Thm 4",
        reading="R5",
        statement="Least squares on its own sampled labels is a random walk of the coefficients: the excess risk after "
        "n generations is sigma^2 d n/(T - d - 1), on one design as on fresh ones.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (2, 10), "design": tuple(MODELS), "T": (12,)},
        sample=_risk_per_fit,
        bound=_one_fit,
        tail=_risk_tail,
        delta=0.02,
        mutants={
            "d/T": Variant(bound=_one_fit_of_known_design),
            "d/(T - d)": Variant(bound=_one_fit_without_one),
        },
        assumptions=("Q_0 = P", "no real labels", "rows of the design standard normal"),
        note="statistic: risk over sigma^2 n; d = 3, sigma^2 = 2",
        proved="covariance sigma^2 n (X^T X)^-1 given the design, and the mean of the inverse Wishart law; every n, d "
        "and T > d + 1",
    ),
    Claim(
        id="critics-regression-predicted",
        item="Thm 4",
        reading="R5",
        statement="Least squares on its own predictions, without fresh noise, repeats its first fit: nothing degrades, "
        "n <= 20.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"x": _ABSCISSAS, "n": (1, 5, 20)},
        value=_refitted,
        bound=_first_fit,
        delta=0,
        mutants={"one label off by .001 in every generation": Variant(value=_refitted_with_surprise)},
        assumptions=("one design", "labels are the predictions themselves"),
        note="rational coefficients of a line; with fresh noise the same loop is critics-regression-walk",
        proved="the hat matrix is a projection, every design of full rank",
        decided_at="smoke",
    ),
    Claim(
        id="critics-regression-identified",
        item="Thm 4",
        reading="R5",
        statement="The loop is regression on predicted outcomes: after n generations its excess risk is that of the "
        "first fit, sigma^2 d/(T - d - 1).",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.EP,
        expected=Status.REFUTED,
        relation="==",
        domain={"n": (2, 10), "design": tuple(MODELS), "T": (12,)},
        sample=_risk_per_fit,
        bound=_as_predicted,
        tail=_risk_tail,
        delta=0.02,
        controls={"one generation": Variant(domain={"n": (1,), "design": tuple(MODELS), "T": (12,)}, must="SUPPORTED")},
        assumptions=("Q_0 = P", "labels are sampled, with noise"),
        note="statistic: risk over sigma^2 n; the two agree at n = 1 and part by a factor of n",
        corrected_by=("critics-regression-walk", "critics-regression-predicted"),
    ),
)

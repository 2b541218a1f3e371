"""Gerstgrasser et al. 2024: linear regression on its own labels, replaced or accumulated.

True: replacement adds the same error in every generation; accumulation on one design keeps it below pi^2/6 of that of
one fit, and with fresh designs lower still. False neighbour: that both kinds of design have one formula.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

from proofs_numeric.catalogue.loops import regression_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="gerstgrasser2024",
    title="Is Model Collapse Inevitable? Breaking the Curse of Recursion by Accumulating Real and Synthetic Data",
    authors=(
        "Gerstgrasser, Matthias",
        "Schaeffer, Rylan",
        "Dey, Apratim",
        "Rafailov, Rafael",
        "Pai, Dhruv",
        "Sleight, Henry",
        "Hughes, John",
        "Korbak, Tomasz",
        "Agrawal, Rajashree",
        "Gromov, Andrey",
        "Roberts, Daniel A.",
        "Yang, Diyi",
        "Donoho, David L.",
        "Koyejo, Sanmi",
    ),
    year=2024,
    arxiv="2404.01413",
)
SOURCE = "arXiv:2404.01413, linear regression"
SECOND_HAND = "from the abstract, with the formula from reviews"
Draws = Float[np.ndarray, " replicates"]


# gerstgrasser-accumulate-sum ------------------------------------------------------------------------------------------
# Proof. On one design X the labels of generation i are X w_{i-1} + E_i, and the fit to all of them is the mean of the
# fits to each: n w_n = sum_{i <= n} (w_{i-1} + X^+ E_i), so w_n - w_{n-1} = X^+ E_n / n. Hence E |w_n - w*|^2 is
# sigma^2 E tr (X^T X)^-1 = sigma^2 d/(T - d - 1) times sum 1/i^2 < pi^2/6.


def _noise_of_fits(generation: int, accumulate: bool = True) -> Fraction:
    """Sum of squared coefficients of X^+ E_1 .. X^+ E_n in w_n, from the fits themselves."""
    fits = [[Fraction(0)] * generation]
    for step in range(generation):
        labels = [list(fit) for fit in (fits if accumulate else fits[-1:])]
        for batch, row in enumerate(labels):
            row[batch if accumulate else step] += 1
        fits.append([sum(column, Fraction(0)) / len(labels) for column in zip(*labels, strict=True)])
    return sum((x * x for x in fits[-1]), Fraction(0))


# A rational below pi^2/6 = 1.644934...: with it the comparison stays exact.
_BELOW_BASEL = Fraction(16449, 10_000)


def _inverse_squares(generation: int) -> Fraction:
    return sum((Fraction(1, i * i) for i in range(1, generation + 1)), Fraction(0))


def _between(noise: Fraction, formula: Fraction) -> tuple[list[Fraction], list[Fraction]]:
    """Pairs (smaller, larger): the two are equal, and below pi^2/6."""
    return [noise, formula, noise], [formula, noise, _BELOW_BASEL]


def _accumulated_noise(theta: Theta) -> tuple[list[Fraction], list[Fraction]]:
    return _between(_noise_of_fits(theta["n"]), _inverse_squares(theta["n"]))


def _replaced_noise(theta: Theta) -> tuple[list[Fraction], list[Fraction]]:
    return _between(_noise_of_fits(theta["n"], accumulate=False), _inverse_squares(theta["n"]))


def _accumulated_noise_as_half_sum(theta: Theta) -> tuple[list[Fraction], list[Fraction]]:
    noise = _noise_of_fits(theta["n"])
    return _between(noise, (1 + _inverse_squares(theta["n"])) / 2)


# gerstgrasser-replace-linear, gerstgrasser-accumulate-bounded ---------------------------------------------------------


def _replaced(theta: Theta, key: Any, num_replicates: int) -> Draws:
    risks = regression_loop.paths(theta["T"], key, num_replicates)["excess_risk"]
    return risks[:, theta["n"]].astype(np.float64)


def _one_fit(theta: Theta) -> float:
    """sigma^2 d/(T - d - 1) at sigma = 1."""
    return regression_loop.DIM / (theta["T"] - regression_loop.DIM - 1)


def _linear(theta: Theta) -> float:
    return theta["n"] * _one_fit(theta)


def _linear_without_last_degree(theta: Theta) -> float:
    return theta["n"] * regression_loop.DIM / (theta["T"] - regression_loop.DIM)


def _replaced_tail(theta: Theta) -> Tail:
    moment = regression_loop.replace_second_moment([theta["T"]] * theta["n"])
    return Tail(
        lower=0.0, variance=moment - _linear(theta) ** 2, reason="fourth moment of a normal vector, inverse Wishart"
    )


def _accumulated(theta: Theta, key: Any, num_replicates: int) -> Draws:
    risks = regression_loop.paths(theta["T"], key, num_replicates, accumulate=True, one_design=True)["excess_risk"]
    return risks[:, theta["n"]].astype(np.float64)


def _basel_bound(theta: Theta) -> float:
    return math.pi**2 / 6 * _one_fit(theta)


def _accumulated_tail(theta: Theta) -> Tail:
    _, square_of_trace, trace_of_square = regression_loop.inverse_wishart_moments(theta["T"])
    scale = float(_inverse_squares(theta["n"]))
    moment = scale**2 * (square_of_trace + 2 * trace_of_square)
    return Tail(
        lower=0.0,
        variance=moment - (scale * _one_fit(theta)) ** 2,
        reason="fourth moment of a normal vector, inverse Wishart",
    )


def _rounding(theta: Theta) -> float:
    # Least squares in float32 errs by about d times 6e-8 times the condition number of the design, which is 3 on
    # average and would have to be a thousand for a relative error of 2.4e-4 of the weights; ten generations stay below
    # 1e-3 of the risk, together with the law of the samplers, 2^-20 per generation.
    return 1e-3 * _one_fit(theta)


# gerstgrasser-fresh-designs and gerstgrasser-fresh-as-one-design ------------------------------------------------------
# Proof. With H_n = sum_{i <= n} X_i^T X_i the normal equations give w_n - w_{n-1} = H_n^-1 X_n^T E_n: generation n adds
# sigma^2 E tr H_n^-1 X_n^T X_n H_n^-1 = sigma^2 E tr H_n^-1 / n, the batches being exchangeable given H_n, and that is
# sigma^2 d/(n (n T - d - 1)) <= sigma^2 d/(n^2 (T - d - 1)).
# Tail. Given the designs w_n - w* is normal with covariance S = sum A_s, A_s = H_s^-1 X_s^T X_s H_s^-1 <= H_s^-1, and
# its fourth moment is E (tr S)^2 + 2 E tr S^2. By Minkowski the roots of both are at most sums over s of roots, of
# E (tr A_s)^2 <= E tr H_s^-1 tr A_s = E (tr H_s^-1)^2 / s and of E tr A_s^2 <= E tr H_s^-1 A_s = E tr H_s^-2 / s. The
# equalities hold by exchange of batches.


def _accumulated_fresh(theta: Theta, key: Any, num_replicates: int) -> Draws:
    risks = regression_loop.paths(theta["T"], key, num_replicates, accumulate=True)["excess_risk"]
    return risks[:, theta["n"]].astype(np.float64)


def _fresh_sum(theta: Theta) -> float:
    dim, rows = regression_loop.DIM, theta["T"]
    return math.fsum(dim / (i * (i * rows - dim - 1)) for i in range(1, theta["n"] + 1))


def _one_design_sum(theta: Theta) -> float:
    return _one_fit(theta) * float(_inverse_squares(theta["n"]))


def _tenth_of_one_fit(theta: Theta) -> float:
    return 0.1 * _one_fit(theta)


def _fresh_tail(theta: Theta) -> Tail:
    traces = squares = 0.0
    for s in range(1, theta["n"] + 1):
        _, square_of_trace, trace_of_square = regression_loop.inverse_wishart_moments(s * theta["T"])
        traces += math.sqrt(square_of_trace / s)
        squares += math.sqrt(trace_of_square / s)
    variance = traces**2 + 2 * squares**2 - _fresh_sum(theta) ** 2
    return Tail(lower=0.0, variance=variance, reason="Minkowski on the conditional covariance, beside the claim")


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="gerstgrasser-accumulate-sum",
        item="Linear regression",
        reading="OWN",
        statement="When one design is labelled by every fit and all labels are kept, the n-th fit holds the noise of "
        "one fit times sum_{i <= n} 1/i^2, which stays below pi^2/6.",
        source=f"{SOURCE}, accumulated data",
        second_hand=SECOND_HAND,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"n": (1, 2, 3, 10, 30, 60)},
        evaluate=_accumulated_noise,
        delta=0,
        mutants={
            "labels replaced": Variant(evaluate=_replaced_noise),
            "half of what comes after the first fit": Variant(evaluate=_accumulated_noise_as_half_sum),
        },
        assumptions=("least squares", "w_0 = w*"),
        note="n up to 60, where the sum is 1.628",
        proved="mean of the fits, beside the claim; every n",
        decided_at="smoke",
    ),
    Claim(
        id="gerstgrasser-replace-linear",
        item="Linear regression",
        reading="OWN",
        statement="When labels are replaced the test error grows linearly: E |w_n - w*|^2 = n sigma^2 d/(T - d - 1).",
        source=f"{SOURCE}, replaced data",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"T": (16, 12), "n": (10, 1, 3)},
        sample=_replaced,
        bound=_linear,
        tail=_replaced_tail,
        slack=lambda theta: theta["n"] * _rounding(theta),
        delta=lambda theta: 0.05 * _linear(theta),
        mutants={
            "one fit for ever": Variant(bound=_one_fit, domain={"T": (16,), "n": (10,)}),
            "d/(T - d)": Variant(bound=_linear_without_last_degree, domain={"T": (12,), "n": (10,)}),
        },
        assumptions=("least squares", "normal rows", "w_0 = w*", "fresh designs, or one for ever: the same mean"),
        proved="w_n - w_{n-1} = X^+ E_n has mean square sigma^2 E tr (X^T X)^-1; every n, T and d",
    ),
    Claim(
        id="gerstgrasser-accumulate-bounded",
        item="Linear regression",
        reading="OWN",
        statement="When labels are accumulated on one design, E |w_n - w*|^2 <= (pi^2/6) sigma^2 d/(T - d - 1) at "
        "every n; looked at up to n = 10.",
        source=f"{SOURCE}, accumulated data",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"T": (16, 12), "n": (10, 3)},
        sample=_accumulated,
        bound=_basel_bound,
        tail=_accumulated_tail,
        slack=_rounding,
        delta=lambda theta: 0.05 * _basel_bound(theta),
        mutants={
            "labels replaced": Variant(sample=_replaced, tail=_replaced_tail, domain={"T": (16,), "n": (10,)}),
            "no more than one fit": Variant(bound=_one_fit, domain={"T": (16,), "n": (10,)}),
        },
        assumptions=("least squares", "normal rows", "w_0 = w*", "one design for ever"),
        proved="mean of the fits, beside gerstgrasser-accumulate-sum; every n, T and d",
    ),
    Claim(
        id="gerstgrasser-fresh-designs",
        item="Linear regression",
        reading="OWN",
        statement="When every generation labels fresh rows and all are kept, E |w_n - w*|^2 = sigma^2 d sum_{i <= n} "
        "1/(i (i T - d - 1)), less than on one design.",
        source=f"{SOURCE}, accumulated data, carried over to fresh designs",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"T": (12, 16), "n": (10, 2)},
        sample=_accumulated_fresh,
        bound=_fresh_sum,
        tail=_fresh_tail,
        slack=_rounding,
        delta=_tenth_of_one_fit,
        mutants={
            "labels replaced": Variant(bound=_linear, domain={"T": (12,), "n": (10,)}),
            "half of it": Variant(adjust_bound=lambda theta, bound: bound / 2, domain={"T": (12,), "n": (10,)}),
        },
        assumptions=("least squares", "normal rows", "w_0 = w*"),
        proved="normal equations and exchangeable batches, beside the claim; every n, T and d",
    ),
    Claim(
        id="gerstgrasser-fresh-as-one-design",
        item="Linear regression",
        reading="OWN",
        statement="The formula of one design, sigma^2 d/(T - d - 1) sum 1/i^2, is also the error with fresh designs.",
        source=f"{SOURCE}, accumulated data, read for fresh designs",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.REFUTED,
        relation="==",
        domain={"T": (12, 16), "n": (10, 2)},
        sample=_accumulated_fresh,
        bound=_one_design_sum,
        tail=_fresh_tail,
        slack=_rounding,
        delta=_tenth_of_one_fit,
        controls={"n = 1": Variant(domain={"T": (16,), "n": (1,)}, must="SUPPORTED")},
        assumptions=("least squares", "normal rows", "w_0 = w*"),
        note="T = 12, d = 4, n = 10: .788 against .886; as T grows the two agree",
        corrected_by=("gerstgrasser-fresh-designs", "gerstgrasser-accumulate-sum"),
    ),
)

GERSTGRASSER = Catalogue(
    name="gerstgrasser2024",
    title="Gerstgrasser et al. 2024: accumulating real and synthetic data",
    papers=(PAPER,),
    topics=(CLAIMS,),
)

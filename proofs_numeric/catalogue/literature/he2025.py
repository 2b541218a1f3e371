"""He, Xu and Cheng 2025: how much weight real data should have beside synthetic ones.

Each generation has n real draws, which count w together, and m draws of the last model, which count 1 - w; k = n/m.
True: with a known variance the error of the mean is least at w = (sqrt(k^2 + 4 k) - k)/2, the inverse golden ratio at
k = 1, and is then w/n; with a fitted variance the best weight is another one, given here. False: that the golden ratio
is best for fitted variances at every n; it is the limit of large samples.
"""

import functools
import math
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize_scalar

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops.recursions import affine
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="he2025",
    title="Golden Ratio Weighting Prevents Model Collapse",
    authors=("He, Hengzhi", "Xu, Shirong", "Cheng, Guang"),
    year=2025,
    arxiv="2502.18049",
)
_SECOND_HAND = "from the abstract and the published code"
_GENERATIONS = 2000
_WEIGHTS = tuple(round(0.02 * i, 2) for i in range(1, 51))
"""Weights w of a grid."""


# he-best-error, he-best-weight and he-weighted-draws ------------------------------------------------------------------
# Proof. mu' = w (mean of n real draws) + (1 - w) (mean of m draws of N(mu, 1)): v' = w^2/n + (1 - w)^2 (v + 1/m), with
# the fixed point v(w) = (w^2 + k (1 - w)^2)/(n w (2 - w)). Its derivative vanishes where w^2 + k w - k = 0; there k
# (1 - w) = w^2, so that the numerator is w^2 (2 - w) and v = w/n.


def _late_variance(theta: Theta, weight: float) -> float:
    """Var mu_t after 2000 generations, in units of 1/n."""
    noise = weight**2 / theta["n"] + (1 - weight) ** 2 / theta["m"]
    steps = np.ones(_GENERATIONS)
    return theta["n"] * affine(noise * steps, (1 - weight) ** 2 * steps)


def _best_weight(theta: Theta) -> float:
    ratio = theta["n"] / theta["m"]
    return (math.sqrt(ratio**2 + 4 * ratio) - ratio) / 2


def _error_at_best(theta: Theta) -> float:
    return _late_variance(theta, _best_weight(theta))


def _error_at_golden(theta: Theta) -> float:
    return _late_variance(theta, (math.sqrt(5) - 1) / 2)


def _error_at_share(theta: Theta) -> float:
    """Every draw counts alike."""
    return _late_variance(theta, theta["n"] / (theta["n"] + theta["m"]))


def _error_at_weight(theta: Theta) -> float:
    return _late_variance(theta, theta["w"])


def _slightly_more(theta: Theta) -> float:
    return 1.01 * _best_weight(theta)


def _best_with_roles_exchanged(theta: Theta) -> float:
    return _best_weight({"n": theta["m"], "m": theta["n"]})


_SHORT = 10
"""Generations of every run: (1 - w)^20 of the limit is missing, below 1e-6 for w >= 1/2."""


def _scaled_squares(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    size = theta["n"] + theta["m"]
    system = zd.System(
        target=zd.FixedVarianceGaussian(0.0, 1.0),
        num_samples=size,
        exogenous_fraction=theta["n"] / size,
        update=zd.Weighted(theta["w"]),
        mixing="stratified",
    )
    run = zd.simulate(
        system,
        num_generations=_SHORT,
        num_replicates=num_replicates,
        key=key,
        record=("mean",),
        keep="replicates",
        quantiles=False,
    )
    return theta["n"] * np.asarray(run.replicates["mean"], np.float64)[:, -1] ** 2


def _fixed_point(theta: Theta) -> float:
    weight, ratio = theta["w"], theta["n"] / theta["m"]
    return (weight**2 + ratio * (1 - weight) ** 2) / (weight * (2 - weight))


def _without_inheritance(theta: Theta) -> float:
    weight, ratio = theta["w"], theta["n"] / theta["m"]
    return weight**2 + ratio * (1 - weight) ** 2


def _squares_tail(theta: Theta) -> Tail:
    return Tail(lower=0.0, variance=2 * _fixed_point(theta) ** 2, reason="the square of a normal variable")


# he-fitted-optimum and he-golden-fitted -------------------------------------------------------------------------------
# Proof. Fitted by maximum likelihood to the weighted measure, the model keeps E v + Var mu = 1, so a draw of it has
# mean variance 1 - c inside: c' = w^2/n + (1 - w)^2 (c + (1 - c)/m). The same holds for types. With u = 1 - w and r = 1
# - 1/m the fixed point is n c = ((1 - u)^2 + k u^2)/(1 - r u^2), whose derivative vanishes where r u^2 - (1 + k + r) u
# + 1 = 0; the smaller root is the one in (0, 1). At r = 1 this is w^2 + k w - k = 0 again.


def _late_index(theta: Theta, weight: float) -> float:
    """Fixed point of c in units of 1/n; the step is affine in c."""

    def step(index: float) -> float:
        return weight**2 / theta["n"] + (1 - weight) ** 2 * (index + (1 - index) / theta["m"])

    offset = step(0.0)
    return theta["n"] * offset / (1 - (step(1.0) - offset))


@functools.lru_cache(maxsize=64)
def _searched(num_real: int, num_synthetic: int) -> float:
    theta = {"n": num_real, "m": num_synthetic}
    found: Any = minimize_scalar(
        lambda weight: _late_index(theta, weight), bounds=(1e-6, 1.0), method="bounded", options={"xatol": 1e-12}
    )
    return float(found.x)


def _searched_weight(theta: Theta) -> float:
    return _searched(theta["n"], theta["m"])


def _fitted_weight(theta: Theta) -> float:
    ratio, kept = theta["n"] / theta["m"], 1 - 1 / theta["m"]
    middle = 1 + ratio + kept
    return 1 - 2 / (middle + math.sqrt(middle**2 - 4 * kept))


def _index_at_known_optimum(theta: Theta) -> float:
    return _late_index(theta, _best_weight(theta))


def _index_by_long_run(theta: Theta) -> float:
    path = zd.oracles.fixation_index_weighted(
        [theta["n"] + theta["m"]] * _GENERATIONS, [theta["n"]] * _GENERATIONS, _best_weight(theta)
    )
    return theta["n"] * float(path[-1])


def _index_at_fitted_optimum(theta: Theta) -> float:
    return _late_index(theta, _fitted_weight(theta))


def _least_variance(theta: Theta) -> float:
    return min(_late_variance(theta, weight) for weight in _WEIGHTS)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="he-best-error",
        item="optimal weight, known variance",
        reading="R5",
        statement="At the weight w* = (sqrt(k^2 + 4 k) - k)/2 of real data the error of the mean settles at w*/n: "
        ".618/n for as many synthetic as real draws.",
        source="arXiv:2502.18049 (golden ratio)",
        second_hand=_SECOND_HAND,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (10, 1, 100), "m": (10, 5, 1000)},
        value=_error_at_best,
        bound=_best_weight,
        delta=1e-9,
        mutants={
            "the golden ratio at every k": Variant(value=_error_at_golden),
            "all draws count alike": Variant(value=_error_at_share),
        },
        assumptions=("variance known", "n fresh real draws per generation"),
        proved="fixed point, beside the claim, every n and m",
        decided_at="smoke",
    ),
    Claim(
        id="he-best-weight",
        item="optimal weight, known variance",
        reading="R5",
        statement="No weight of real data does better: the error settles at w*/n or above, w = .02, .04, .., 1.",
        source="arXiv:2502.18049 (golden ratio)",
        second_hand=_SECOND_HAND,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"n": (10, 100), "m": (10, 5, 1000), "w": _WEIGHTS},
        value=_error_at_weight,
        bound=_best_weight,
        delta=1e-12,
        mutants={
            "1 % above the optimum": Variant(bound=_slightly_more),
            "k for 1/k": Variant(bound=_best_with_roles_exchanged),
        },
        assumptions=("variance known", "n fresh real draws per generation"),
        proved="one stationary point, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="he-weighted-draws",
        item="optimal weight, known variance",
        reading="R5",
        statement="Simulated loops have the error (w^2 + k (1 - w)^2)/(n w (2 - w)) at t = 10.",
        source="arXiv:2502.18049 (the setting)",
        second_hand=_SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (10, 5), "m": (10, 20), "w": ((math.sqrt(5) - 1) / 2, 0.5, 0.9)},
        sample=_scaled_squares,
        bound=_fixed_point,
        tail=_squares_tail,
        slack=0.01,
        delta=0.08,
        mutants={
            "synthetic data without the error of their model": Variant(
                bound=_without_inheritance, domain={"n": (10,), "m": (10,), "w": (0.5,)}
            )
        },
        assumptions=("variance known", "Q_0 = P"),
        note="n mu^2; slack: laws of samplers err by 2^-20 in total variation per generation, by Cauchy and Schwarz "
        "less than .01 of a mean whose second moment is at most 2.1",
        proved="as he-best-error",
    ),
    Claim(
        id="he-fitted-optimum",
        item="optimal weight, fitted variance",
        reading="R4",
        statement="With a variance that is fitted by maximum likelihood, or for types, the error of the mean is least "
        "at w = 1 - u, (1 - 1/m) u^2 - (2 - 1/m + k) u + 1 = 0.",
        source="arXiv:2502.18049 (the setting); the weight is ours",
        second_hand=_SECOND_HAND,
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (2, 5, 10, 100), "m": (2, 5, 10, 1000)},
        value=_searched_weight,
        bound=_fitted_weight,
        delta=1e-6,
        mutants={
            "that of a known variance": Variant(bound=_best_weight),
            "k for 1/k": Variant(bound=_best_with_roles_exchanged),
        },
        assumptions=("fit to w times the real measure plus 1 - w times the synthetic one",),
        note="n = m: .562 at 2, .612 at 10, .618 in the limit",
        proved="derivative of the fixed point, beside the claim, every n and m >= 2",
        decided_at="smoke",
    ),
    Claim(
        id="he-golden-fitted",
        item="optimal weight, fitted variance",
        reading="R4",
        statement="The weight of a known variance, the golden ratio at n = m, is also best where the variance is "
        "fitted: its error is at most that of any other weight.",
        source="arXiv:2502.18049, an asymptotic optimum read at finite n",
        second_hand=_SECOND_HAND,
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<=",
        domain={"n": (2, 5, 10), "m": (2, 5, 10)},
        value=_index_at_known_optimum,
        bound=_index_at_fitted_optimum,
        delta=1e-9,
        confirm=_index_by_long_run,
        controls={
            "known variance": Variant(value=_error_at_best, bound=_least_variance, must="SUPPORTED"),
            "n = m = 10^5, up to 1e-9": Variant(domain={"n": (100_000,), "m": (100_000,)}, must="SUPPORTED"),
        },
        assumptions=("fit to w times the real measure plus 1 - w times the synthetic one",),
        note="the loss is small, of order 1/m^2: 1.4 % at n = m = 2",
        corrected_by=("he-fitted-optimum",),
        decided_at="smoke",
    ),
)

HE = Catalogue(
    name="he2025",
    title="He, Xu and Cheng 2025: weights of real and synthetic data",
    papers=(PAPER,),
    topics=(CLAIMS,),
)

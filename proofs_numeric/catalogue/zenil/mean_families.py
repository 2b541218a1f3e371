"""Theorem 4 in families with one fitted mean: the variance function decides how far the mean wanders.

With V(m) = v0 + v1 m + v2 m^2 (Morris), E V(m_t) = V(m_0)(1 + v2/N)^t: drift that is bounded, linear or exponential by
the sign of v2. A Poisson mean ends at zero, by the law of a branching process.
"""

import functools
import math
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

MORRIS = "M7; variance functions: Morris (1982)"
Draws = Float[np.ndarray, " replicates"]

VARIANCE_FUNCTIONS = {
    "bernoulli": (0.0, 1.0, -1.0),
    "poisson": (0.0, 1.0, 0.0),
    "exponential": (0.0, 0.0, 1.0),
    "geometric": (0.0, 1.0, 1.0),
}
"""V0, v1, v2 of each family."""
_STATES: dict[str, Any] = {
    "bernoulli": zd.Bernoulli,
    "poisson": zd.Poisson,
    "exponential": zd.Exponential,
    "geometric": zd.Geometric,
}
_MEANS = {"bernoulli": 0.3, "poisson": 1.0, "exponential": 1.0, "geometric": 0.5}


# thm4-morris ----------------------------------------------------------------------------------------------------------
# Proof. m_{t+1} is the mean of N draws: E[(m_{t+1} - m_t)^2 | m_t] = V(m_t)/N, and E[V(m_{t+1}) | m_t] = V(m_t) + v2
# V(m_t)/N because V is quadratic and m a martingale. Sum: E (m_t - m_0)^2 = V(m_0)((1 + v2/N)^t - 1)/v2, t/N at v2 = 0.

_LONGEST = 5
"""Generations of every run; t/N <= 1/4 keeps the fourth moments small."""


def _squared_drift(theta: Theta, key: Any, num_replicates: int) -> Draws:
    start = _MEANS[theta["family"]]
    run = zd.simulate(
        zd.System(target=_STATES[theta["family"]](start), num_samples=theta["N"]),
        num_generations=_LONGEST,
        num_replicates=num_replicates,
        key=key,
        record=("mean",),
        keep="replicates",
        quantiles=False,
    )
    return (np.asarray(run.replicates["mean"], np.float64)[:, theta["t"]] - start) ** 2


def _drift_with(theta: Theta, v2: float, num_samples: int) -> float:
    v0, v1, own = VARIANCE_FUNCTIONS[theta["family"]]
    mean = _MEANS[theta["family"]]
    variance = v0 + v1 * mean + own * mean * mean
    steps = theta["t"]
    return variance * (steps / num_samples if v2 == 0 else ((1 + v2 / num_samples) ** steps - 1) / v2)


def _drift(theta: Theta) -> float:
    return _drift_with(theta, VARIANCE_FUNCTIONS[theta["family"]][2], theta["N"])


def _drift_of_opposite_sign(theta: Theta) -> float:
    return _drift_with(theta, -VARIANCE_FUNCTIONS[theta["family"]][2], theta["N"])


def _drift_with_one_sample_less(theta: Theta) -> float:
    return _drift_with(theta, VARIANCE_FUNCTIONS[theta["family"]][2], theta["N"] - 1)


@functools.lru_cache(maxsize=32)
def central_moments(family: str, mean: float, num_samples: int, num_generations: int) -> Float[np.ndarray, " orders"]:
    """E (m_t - m_0)^k for k = 0 .. 4, exactly: the powers of the mean form a closed linear system.

    The mean of N draws has central moments V/N, V V'/N^2 and 3 V^2/N^2 + V (V'^2 + V V'')/N^3, polynomials in m of
    degree 2, 3 and 4.

    Args:
        family: a key of `VARIANCE_FUNCTIONS`.
        mean: m_0.
        num_samples: N.
        num_generations: t.

    Returns:
        Shape (5,).

    Source: cumulants of a natural exponential family: kappa_{r+1} = V kappa_r'.
    """
    polynomial = np.polynomial.Polynomial
    # In powers of x = m - m_0 no digits cancel.
    variance = polynomial(VARIANCE_FUNCTIONS[family])(polynomial([mean, 1.0]))
    slope = variance.deriv()
    size = float(num_samples)
    steps = (
        polynomial([1.0]),
        polynomial([0.0]),
        variance / size,
        variance * slope / size**2,
        3 * variance**2 / size**2 + variance * (slope**2 + variance * slope.deriv()) / size**3,
    )
    x = polynomial([0.0, 1.0])
    rows = np.zeros((5, 5))
    for order in range(5):
        power = sum((math.comb(order, j) * x ** (order - j) * steps[j] for j in range(order + 1)), polynomial([0.0]))
        rows[order, : power.coef.size] = power.coef
    moments = np.eye(5)[0]
    for _ in range(num_generations):
        moments = rows @ moments
    return moments


def _squared_drift_tail(theta: Theta) -> Tail:
    moments = central_moments(theta["family"], _MEANS[theta["family"]], theta["N"], theta["t"])
    return Tail(
        lower=0.0,
        variance=float(moments[4] - moments[2] ** 2),
        reason="E (m - m_0)^4 from the closed recursion of its first four powers",
    )


def _tenth_of_drift(theta: Theta) -> float:
    return 0.1 * _drift(theta)


def _rounding_of_drift(theta: Theta) -> float:
    # Means in float32 err by less than 1e-6 of themselves per generation: (m - m_0)^2 by less than 1e-4 of its mean at
    # these N; the samplers' laws by 2^-20 per generation. Together below a hundredth of the margin.
    return 1e-3 * _drift(theta)


# thm2-mean-mle-zero-mass ----------------------------------------------------------------------------------------------
# Proof. N draws of Poisson(s/N) sum to Poisson(s): totals are a branching process with Poisson(1) children, and each of
# the N lambda_0 expected founders dies out by generation t with probability e^{-g_t}: g_1 = 1, g_{t+1} = 1 - e^{-g_t}.

_FADING = 50
"""Generations of every run."""


def _poisson_mean_is_zero(theta: Theta, key: Any, num_replicates: int) -> Draws:
    run = zd.simulate(
        zd.System(target=zd.Poisson(theta["lambda_0"]), num_samples=theta["N"]),
        num_generations=_FADING,
        num_replicates=num_replicates,
        key=key,
        record=("mean",),
        keep="replicates",
        quantiles=False,
    )
    return (run.replicates["mean"][:, theta["t"]] == 0).astype(np.float64)


def _extinction_exponent(generation: int) -> float:
    exponent = 1.0
    for _ in range(generation - 1):
        exponent = -math.expm1(-exponent)
    return exponent


def _zero_mass(theta: Theta) -> float:
    return math.exp(-theta["N"] * theta["lambda_0"] * _extinction_exponent(theta["t"]))


def _zero_mass_asymptotic(theta: Theta) -> float:
    return math.exp(-theta["N"] * theta["lambda_0"] * 2 / theta["t"])


def _no_event(theta: Theta) -> float:
    return math.exp(-theta["N"] * theta["lambda_0"])


def _zero_mass_with_one_sample_less(theta: Theta) -> float:
    return math.exp(-(theta["N"] - 1) * theta["lambda_0"] * _extinction_exponent(theta["t"]))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm4-morris",
        item="Thm 4",
        reading="RF",
        statement="With variance function V = v0 + v1 m + v2 m^2 and no real data E V(m_t) = V(m_0)(1 + v2/N)^t; "
        "tested as E (m_t - m_0)^2 = V(m_0)((1 + v2/N)^t - 1)/v2 for four families, margin 10 %.",
        source=f"arXiv:2601.05280v2, Theorem 4; {MORRIS}",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"family": ("poisson", "exponential", "bernoulli", "geometric"), "N": (20, 5, 50), "t": (5, 1)},
        along={"t": (1, 2, 3, 4, 5)},
        where=lambda theta: theta["t"] <= theta["N"] / 4,
        sample=_squared_drift,
        bound=_drift,
        tail=_squared_drift_tail,
        slack=_rounding_of_drift,
        delta=_tenth_of_drift,
        mutants={
            "-v2": Variant(bound=_drift_of_opposite_sign, domain={"family": ("exponential",), "N": (20,), "t": (5,)}),
            "N - 1": Variant(bound=_drift_with_one_sample_less, domain={"family": ("poisson",), "N": (5,), "t": (1,)}),
        },
        assumptions=("alpha = 0", "Q_0 = P", "the fit is the sample mean"),
        note="horizon t <= 5, t/N <= 1/4, where the fourth moment is small; every N and t by the proof",
        proved="martingale and quadratic V, beside the claim",
    ),
    Claim(
        id="thm2-mean-mle-zero-mass",
        item="Thm 2",
        reading="RF",
        statement="A Poisson mean refitted to its own draws is at zero by generation t with probability exp(-N "
        "lambda_0 g_t), g_1 = 1, g_{t+1} = 1 - exp(-g_t).",
        source="arXiv:2601.05280v2, Theorem 2, for a fitted mean; M7",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 5), "lambda_0": (1.0, 0.3), "t": (50, 20, 5)},
        along={"t": (1, 2, 5, 10, 20, 30, 40, 50)},
        sample=_poisson_mean_is_zero,
        bound=_zero_mass,
        tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        slack=1e-4,
        delta=0.01,
        mutants={
            "2/t for g_t": Variant(bound=_zero_mass_asymptotic, domain={"N": (10,), "lambda_0": (0.3,), "t": (5,)}),
            "N - 1": Variant(bound=_zero_mass_with_one_sample_less, domain={"N": (5,), "lambda_0": (1.0,), "t": (20,)}),
        },
        controls={
            "t = 1: no event at all": Variant(
                bound=_no_event, domain={"N": (10,), "lambda_0": (0.3,), "t": (1,)}, must="SUPPORTED"
            )
        },
        assumptions=("alpha = 0", "Q_0 = P"),
        note="slack: 50 generations at 2^-20 in total variation each; totals are whole numbers, so zero is exact",
        proved="branching process, beside the claim, every N, lambda_0 and t",
    ),
)

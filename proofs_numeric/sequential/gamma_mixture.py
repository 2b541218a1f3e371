"""Kernel K4 for sub-gamma deviations: a mean whose tails are no heavier than those of a gamma law.

    H0: E[X_i | past] <= m,   log E exp(l (X_i - E X_i)) <= v psi(l) for 0 <= l < 1/c, given the past
    psi(l) = (-log(1 - c l) - c l)/c^2:   the centred gamma law of variance v and scale c has equality
    S = sum_i (X_i - m),   V = n v,   u = 1 - c l
    e = int_0^1 exp(l S - V psi(l)) f(u) du,   f the Gamma(r, r) density cut at 1
      = exp((c S + V)/c^2) r^r/(Gamma(r) P(r, r)) I(q, w),   I(q, w) = int_0^1 u^(q-1) exp(-u w) du
    q = V/c^2 + r,   w = (c S + V)/c^2 + r,   I(q, w) = Gamma(q) P(q, w) w^-q for w > 0

exp(l S - V psi(l)) is a supermartingale for each l, hence the mixture. In terms of u it is exp((c S + V)/c^2)
u^(V/c^2) exp(-u (c S + V)/c^2), which gives the second line.

Two lower bounds of I stand in for it, so that the evidence errs to the small side. Where the regularised P underflows,
Jensen's inequality for a Beta(q, 1) variable: I >= exp(-w q/(q+1))/q. For w <= 0, where the closed form has no meaning:
F(q) = I exp(w) = int_0^1 (1-t)^(q-1) exp(w t) dt falls in q, and by parts q F(q) = 1 + w F(q+1) >= 1 + w F(q), so
I >= exp(-w)/(q - w).

Where q is large these lines are differences of numbers of size q log q, of which float64 keeps no nats: V/c^2 is 4e15
for a million draws with c = 1e-5 sqrt(v). There, with d = (w - q)/q = c S/(V + c^2 r), phi(d) = d - log(1 + d),
Stirling's Gamma(x) = sqrt(2 pi/x) (x/e)^x exp(delta(x)) and eta = sign(d) sqrt(2 phi(d)), the same evidence is

    log e = q phi(d) + log(r/q)/2 + delta(q) - delta(r) + log P(q, w) - log P(r, r),   P(q, w) >= Phi(eta sqrt(q)),

and the normal law stands in for P. The derivative of P(q, w) - Phi(eta sqrt(q)) in w is a positive number times
exp(-delta(q)) - d/eta, where delta > 0 and d/eta rises from 0 to infinity with d: so the difference rises from 0 and
falls to 0, and is nowhere negative. delta(q) is left out and delta(r) < 1/(12 r) put in its place; log P(r, r) has no
cancellation. As c goes to 0 this is the evidence of `normal_mixture`.

`bernstein` takes the other usual definition, log E exp(l (X - E X)) <= l^2 v/(2(1 - c l)). Its series has c^(k-2)/2
where v psi with the scale 3c/2 has (3c/2)^(k-2)/k, and (3/2)^(k-2) >= k/2 for every k >= 2; so the scale has to be
widened by one half, and must not be left as it is.

Source: Howard, Ramdas, McAuliffe & Sekhon 2021 (arXiv 1810.08240); Boucheron, Lugosi & Massart 2013 for the other
definition; the bound of P is derived here.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import special

from proofs_numeric.sequential.base import Null, directions
from proofs_numeric.sequential.log_sums import log_mean_exp
from proofs_numeric.sequential.normal_mixture import PLANNED, mixing

_NORMAL = 1e-290
_LARGE = 1e8
"""Of q: up to there the closed form is off by less than 1e-6 nats."""
_LARGEST = 1e15
"""Of r: beyond, P(r, r) is 1/2 in float64."""
_SMALL = 1e-3
"""Of d: below, the first seven terms of phi leave out less than 1e-21 of it, where the subtraction would lose 1e-13."""


def _log_integral(q: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Log of I(q, w), or of its lower bound where P(q, w) cannot be had."""
    positive = np.maximum(w, np.finfo(np.float64).tiny)
    share = special.gammainc(q, positive)
    exact = special.gammaln(q) + np.log(np.maximum(share, _NORMAL)) - q * np.log(positive)
    inside = np.where(share > _NORMAL, exact, -np.log(q) - w * (q / (q + 1)))
    return np.where(w > 0, inside, -w - np.log(q - np.minimum(w, 0.0)))


def _distance(d: np.ndarray) -> np.ndarray:
    """phi(d)/d^2 for d > -1; 1/2 at 0."""
    near = np.clip(d, -_SMALL, _SMALL)
    series = sum((-near) ** k / (k + 2) for k in range(7))
    far = np.where(np.abs(d) < _SMALL, 1.0, d)
    return np.where(np.abs(d) < _SMALL, series, (far - np.log1p(far)) / (far * far))


def _log_evidence_at_large_q(
    total: np.ndarray, variance: np.ndarray, scale: float, precision: float, r: float
) -> Float[np.ndarray, "..."]:
    """Lower bound of log e where q is large; -inf, which is one as well, where S is below -(V + c^2 r)/(2 c)."""
    root = np.sqrt(variance + precision)
    deviation = total / root
    d = scale / root * deviation
    # q phi(d) without q, which may be beyond float64.
    exponent = deviation * deviation * _distance(np.maximum(d, -0.5))
    start = 1 / (12 * r) + math.log(special.gammainc(r, r) if r < _LARGEST else 0.5)
    logs = exponent + np.log(math.sqrt(precision) / root) - start
    return np.where(d > -0.5, logs + special.log_ndtr(np.sign(d) * np.sqrt(2 * exponent)), -np.inf)


def log_evidence(
    total: Float[np.ndarray, "..."], variance: Float[np.ndarray, "..."], scale: float, precision: float
) -> Float[np.ndarray, "..."]:
    """Log e against "the mean is at most m" from S and V.

    Args:
        total: S, units of the statistic.
        variance: V, units squared.
        scale: c, units of the statistic.
        precision: c^2 r, units squared.

    Returns:
        Nats.

    Source: module docstring.
    """
    total, variance = np.broadcast_arrays(np.asarray(total, np.float64), np.asarray(variance, np.float64))
    r = (math.sqrt(precision) / scale) * (math.sqrt(precision) / scale)
    large = variance + precision > _LARGE * scale**2
    if np.all(large):
        return _log_evidence_at_large_q(total, variance, scale, precision, r)
    q = np.where(large, r, variance / scale**2 + r)
    w = np.where(large, 0.0, total / scale) + q
    logs = (w - r) + _log_integral(q, w) - _log_integral(np.array(r), np.array(r))
    return np.where(large, _log_evidence_at_large_q(total, variance, scale, precision, r), logs)


@dataclass(frozen=True, kw_only=True)
class SubGammaTest:
    """Null hypothesis E[X | past] <= m, >= m or = m for a statistic with gamma-like tails on the side looked at.

    Definition. The state holds S and the number of samples; "==" averages both directions.

    Args:
        mean: m, units of the statistic.
        variance: variance factor v > 0, units squared.
        scale: c > 0, units of the statistic.
        null: "<=", ">=" or "==".
        planned: samples at which a decision is hoped for.
    """

    mean: float
    variance: float
    scale: float
    null: Null = "<="
    planned: float = PLANNED

    def __post_init__(self):
        directions(self.null)
        for name in ("variance", "scale", "planned"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"`{name}` must be finite and positive; got {value}. Correct the declared fact.")

    @staticmethod
    def bernstein(*, mean: float, variance: float, scale: float, null: Null = "<=") -> "SubGammaTest":
        """Test for log E exp(l (X - E X)) <= l^2 v/(2(1 - c l)), 0 <= l < 1/c.

        Source: module docstring, third paragraph.
        """
        return SubGammaTest(mean=mean, variance=variance, scale=1.5 * scale, null=null)

    @property
    def licensed(self) -> bool:
        """True: the tails are part of the null hypothesis. Definition."""
        return True

    def zero(self) -> Float[np.ndarray, "2"]:
        """No deviation, no samples. Definition."""
        return np.zeros(2)

    def step(self, samples: Float[np.ndarray, " samples"]) -> Float[np.ndarray, "2"]:
        """Sum of X - m, and the number of these samples. Definition."""
        return np.array([np.sum(samples - self.mean), samples.size])

    def log_e(self, state: Float[np.ndarray, "2"]) -> float:
        """Evidence against the null, nats. Definition."""
        precision = mixing(self.variance, self.planned)
        totals = np.array(directions(self.null)) * state[0]
        return log_mean_exp(log_evidence(totals, state[1] * self.variance, self.scale, precision))

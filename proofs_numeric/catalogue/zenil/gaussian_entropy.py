"""Theorem 2 for Gaussian fits: the loss per generation is a constant, and so entropy has no limit.

True: the exact constant, for maximum likelihood and for the unbiased variance. False: that entropy converges, and that
it falls where only the mean is fitted.
"""

from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.integrate import quad
from scipy.special import digamma, polygamma
from scipy.stats import chi2

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import normal_loop
from proofs_numeric.catalogue.zenil.entropies import count_law, expected_entropies
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"


# thm2-gaussian-exact-drop and thm2-gaussian-entropy-converges ---------------------------------------------------------
# Proof. sigma_{t+1}^2 = sigma_t^2 chi2_v / d with v = N - 1 and d = N (maximum likelihood) or N - 1 (unbiased), the
# chi2 variables being independent. Entropy is log(sigma^2)/2 + const, E log chi2_v = psi(v/2) + log 2 and
# Var log chi2_v = psi'(v/2).

_STEPS = 20


def entropy_drop(num_samples: int, fit: str) -> float:
    """Expected entropy lost per generation by a Gaussian fit at alpha = 0.

    Args:
        num_samples: N, at least 2.
        fit: "mle" (divide by N) or "unbiased" (by N - 1).

    Returns:
        Nats per generation.

    Source: E log chi2_v = psi(v/2) + log 2.
    """
    divisor = num_samples if fit == "mle" else num_samples - 1
    return 0.5 * float(np.log(divisor / 2) - digamma((num_samples - 1) / 2))


def _gaussian_system(theta: Theta) -> zd.System:
    fit = zd.MaximumLikelihood() if theta["fit"] == "mle" else zd.Unbiased()
    return zd.System(target=zd.Gaussian(mean=0.0, variance=1.0), num_samples=theta["N"], fit=fit)


def _log_variance(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    return normal_loop.last_log_variances(_gaussian_system(theta), _STEPS, key, num_replicates)


def _log_variance_slack(theta: Theta) -> float:
    return zd.numerical_slack(_gaussian_system(theta), "log_variance", _STEPS)


def _log_variance_law(theta: Theta) -> float:
    return -2 * _STEPS * entropy_drop(theta["N"], theta["fit"])


def _log_variance_other_fit(theta: Theta) -> float:
    return -2 * _STEPS * entropy_drop(theta["N"], "unbiased" if theta["fit"] == "mle" else "mle")


def _log_variance_first_order(theta: Theta) -> float:
    # d/(2N) for the d = 2 parameters of the family.
    return -2 * _STEPS / theta["N"]


def _log_variance_tail(theta: Theta) -> Tail:
    variance = _STEPS * float(polygamma(1, (theta["N"] - 1) / 2))
    # One percent above the exact variance covers the rounding of float32 logarithms.
    return Tail(
        variance=1.01 * variance, reason="a sum of 20 independent log chi2_{N-1}, each of variance psi'((N-1)/2)"
    )


def _entropy_change(theta: Theta) -> float:
    return -theta["t"] * entropy_drop(theta["N"], theta["fit"])


def _entropy_change_by_quadrature(theta: Theta) -> float:
    degrees = theta["N"] - 1
    divisor = theta["N"] if theta["fit"] == "mle" else degrees
    mean_log, _ = quad(lambda x: np.log(x / divisor) * chi2.pdf(x, degrees), 0, np.inf, epsabs=1e-12, limit=200)
    return 0.5 * theta["t"] * mean_log


def _floor(theta: Theta) -> float:
    return -100.0


def _tabular_change(theta: Theta) -> float:
    law = count_law(theta["N"], np.full(20, 0.05))
    return float(expected_entropies(theta["N"], law, theta["t"])[-1] - np.log(20))


def _tabular_floor(theta: Theta) -> float:
    return -float(np.log(20))


# thm2-fixed-variance --------------------------------------------------------------------------------------------------
# A fit that moves only the mean leaves the differential entropy log(2 pi e s2)/2 where it was.


def _gaussian_entropy(variance: float) -> float:
    return 0.5 * float(np.log(2 * np.pi * np.e * variance))


def _entropy_after_mean_fit(theta: Theta) -> float:
    return _gaussian_entropy(theta["s2"])


def _entropy_of_start(theta: Theta) -> float:
    return _gaussian_entropy(theta["s2"])


def _entropy_after_variance_fit(theta: Theta) -> float:
    # Two draws, variance divided by 2: log of s2 chi2_1 / 2, and E log chi2_1 = psi(1/2) + log 2 = -gamma - log 2.
    return _gaussian_entropy(theta["s2"]) + 0.5 * (-np.euler_gamma - 2 * np.log(2))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-gaussian-exact-drop",
        item="Thm 2",
        reading="R4",
        statement="A Gaussian fit loses exactly log(d/2)/2 - psi((N-1)/2)/2 nats of entropy per generation, d = N for "
        "maximum likelihood and N - 1 for the unbiased variance; tested on log sigma_20^2, margin 5 %.",
        source=f"master result M6, the exact form of {SOURCE} for Gaussians",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 3, 5, 30, 100), "fit": ("mle", "unbiased")},
        sample=_log_variance,
        bound=_log_variance_law,
        tail=_log_variance_tail,
        slack=_log_variance_slack,
        delta=lambda theta: 0.05 * abs(_log_variance_law(theta)),
        batch_size=4096,
        mutants={
            "constants exchanged": Variant(bound=_log_variance_other_fit, domain={"N": (10,), "fit": ("mle",)}),
            "d/(2N)": Variant(bound=_log_variance_first_order, domain={"N": (5,), "fit": ("mle",)}),
        },
        proved="log sigma^2 is a random walk with steps log(chi2_{N-1}/d)",
    ),
    Claim(
        id="thm2-gaussian-entropy-converges",
        item="Thm 2",
        reading="R4",
        statement="The entropy of a Gaussian fit converges, so it stays bounded below: E h_t >= h_0 - 100 nats.",
        source=f"{SOURCE}, whose limit argument needs a bound from below",
        route=Route.CF,
        expected=Status.REFUTED,
        relation=">=",
        domain={"N": (10, 5, 100), "fit": ("mle", "unbiased"), "t": (1, 100, 906, 907, 2000, 20_000)},
        along={"t": (1, 100, 300, 600, 907, 1200, 1600, 2000)},
        value=_entropy_change,
        bound=_floor,
        delta=0,
        confirm=_entropy_change_by_quadrature,
        controls={
            "categorical, 20 types": Variant(
                value=_tabular_change, bound=_tabular_floor, domain={"N": (10,), "t": (1, 907)}, must="SUPPORTED"
            )
        },
        note="the fall is linear, so any other floor fails later",
        corrected_by=("thm2-gaussian-exact-drop", "thm2-total-loss"),
        decided_at="smoke",
    ),
    Claim(
        id="thm2-fixed-variance",
        item="Thm 2",
        reading="R5",
        statement="Where only the mean is fitted, as in squared-error learning, the entropy still falls strictly.",
        source=f"{SOURCE}, under Eq. (13) with constant noise",
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<",
        domain={"s2": (1.0, 0.25, 4.0)},
        value=_entropy_after_mean_fit,
        bound=_entropy_of_start,
        delta=0,
        controls={"variance fitted, N=2": Variant(value=_entropy_after_variance_fit, must="SUPPORTED")},
        note="the entropy of N(mu_t, s2) does not depend on mu_t: the effect is exactly 0",
        corrected_by=("thm2-gaussian-exact-drop",),
        decided_at="smoke",
    ),
)

"""Theorem 2 for smoothed fits: add-a smoothing is a share of uniform data, and entropy may rise.

True: q = (n + a)/(N + Ka) is the empirical measure mixed with the uniform law at share e = Ka/(N + Ka). False
neighbour: that expected entropy still falls.
"""

import operator
from fractions import Fraction

import numpy as np
from scipy.special import entr

from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.catalogue.zenil.entropies import binary_entropy
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import exact_chain
from proofs_numeric.expressions import Expression
from proofs_numeric.verdict import Status

Matrix = list[list[Fraction]]


# thm2-smoothing-share -------------------------------------------------------------------------------------------------
# Proof. (n_i + a)/(N + Ka) = (1-e) n_i/N + e/K. Given Q_t the frequencies n/N have mean Q_t and covariance
# (diag Q_t - Q_t Q_t^T)/N; take the mean and the law of total variance: Cov(n/N) = (1 - 1/N) C + (diag m - m m^T)/N.


def _smoothed_moments(theta: Theta) -> list[Expression]:
    """Mean and covariance of Q_t by enumeration, entries in a row."""
    chain = exact_chain(_start(theta), [theta["N"]] * theta["t"], pseudocount=theta["a"])
    types = range(theta["K"])
    mean = [chain.mean(operator.itemgetter(i)) for i in types]
    products = {(i, j): chain.mean(lambda q, i=i, j=j: q[i] * q[j]) for i in types for j in types}
    return mean + [product - mean[i] * mean[j] for (i, j), product in products.items()]


def _start(theta: Theta) -> list[Fraction]:
    total = theta["K"] * (theta["K"] + 1) // 2
    return [Fraction(i, total) for i in range(1, theta["K"] + 1)]


def _share_of_uniform(theta: Theta) -> Fraction:
    return theta["K"] * theta["a"] / (theta["N"] + theta["K"] * theta["a"])


def _sampling(mean: list[Fraction], num_samples: int) -> Matrix:
    size = range(len(mean))
    return [[((i == j) * mean[i] - mean[i] * mean[j]) / num_samples for j in size] for i in size]


def _moments_with(theta: Theta, share: Fraction, *, mixed_before_sampling: bool = False) -> list[Fraction]:
    """The two recursions; with `mixed_before_sampling` real uniform draws enter the sample instead (scheme A)."""
    num_types, size = theta["K"], theta["N"]
    mean, covariance = _start(theta), [[Fraction(0)] * num_types for _ in range(num_types)]
    kept, ranks = 1 - share, range(num_types)
    for _ in range(theta["t"]):
        mixed = [kept * m + share / num_types for m in mean]
        noise = _sampling(mixed if mixed_before_sampling else mean, size)
        factor = 1 if mixed_before_sampling else kept**2
        carried = kept**2 * (1 - Fraction(1, size))
        covariance = [[carried * covariance[i][j] + factor * noise[i][j] for j in ranks] for i in ranks]
        mean = mixed
    return mean + [entry for row in covariance for entry in row]


def _share_moments(theta: Theta) -> list[Fraction]:
    return _moments_with(theta, _share_of_uniform(theta))


def _scheme_a_moments(theta: Theta) -> list[Fraction]:
    return _moments_with(theta, _share_of_uniform(theta), mixed_before_sampling=True)


def _single_pseudocount_moments(theta: Theta) -> list[Fraction]:
    return _moments_with(theta, theta["a"] / (theta["N"] + theta["a"]))


# thm2-smoothing-decay -------------------------------------------------------------------------------------------------


def _smoothed_entropy(theta: Theta) -> float:
    weights = binomial_matrix(theta["N"], [theta["q"]])[0]
    smoothed = (np.arange(theta["N"] + 1) + theta["a"]) / (theta["N"] + 2 * theta["a"])
    return float(weights @ (entr(smoothed) + entr(1 - smoothed)))


def _entropy_before(theta: Theta) -> float:
    return float(binary_entropy(np.array(theta["q"])))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-smoothing-share",
        item="Thm 2",
        reading="R6",
        statement="Add-a smoothing acts as a share e = Ka/(N + Ka) of uniform data: m' = (1-e)m + eU and "
        "C' = (1-e)^2 [(1 - 1/N)C + (diag m - m m^T)/N], for all t <= 3.",
        source="arXiv:2601.05280v2, the phrase architectural invariant, against a regularised fit",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "K": (2, 3),
            "N": (2, 3, 5),
            "a": (Fraction(1), Fraction(1, 2), Fraction(1, 10)),
            "t": (1, 2, 3),
        },
        where=lambda theta: theta["K"] == 2 or theta["N"] <= 3,
        value=_smoothed_moments,
        bound=_share_moments,
        delta=0,
        mutants={
            "scheme A with share e": Variant(bound=_scheme_a_moments),
            "a/(N+a) for e": Variant(bound=_single_pseudocount_moments),
        },
        proved="the fit is affine in the frequencies; law of total variance",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-smoothing-decay",
        item="Thm 2",
        reading="R6",
        statement="Entropy falls in expectation for a fit smoothed by adding a = .1 to each of two counts: "
        "E H(Q') <= H(Q).",
        source="arXiv:2601.05280v2, Theorem 2, Eq. (12)",
        route=Route.EX,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (10, 2, 50), "a": (0.1,), "q": (0.5, 0.1, 0.01, 0.0)},
        value=_smoothed_entropy,
        bound=_entropy_before,
        delta=1e-12,
        controls={
            "a = 0": Variant(domain={"N": (10, 2, 50), "a": (0.0,), "q": (0.5, 0.1, 0.01, 0.0)}, must="SUPPORTED")
        },
        note="even a point mass regains entropy: .0551 at N = 10",
        corrected_by=("thm2-supermartingale", "thm2-smoothing-share"),
        decided_at="smoke",
    ),
)

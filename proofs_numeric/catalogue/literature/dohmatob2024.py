"""Dohmatob et al. 2024: regression here; tails and strong collapse, two more papers, in the files beside it.

True: every model of a chain adds the same error, and with more features than rows the signal is lost exponentially fast
without any noise. False neighbour: that clean labels keep retraining harmless.
"""

from typing import Any

import numpy as np
from jaxtyping import Float

from proofs_numeric.catalogue.literature import dohmatob2024strong, dohmatob2024tails
from proofs_numeric.catalogue.loops import regression_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="dohmatob2024",
    title="Model Collapse Demystified: The Case of Regression",
    authors=("Dohmatob, Elvis", "Feng, Yunzhen", "Kempe, Julia"),
    year=2024,
    arxiv="2402.07712",
)
SECOND_HAND = "from the abstract"
Draws = Float[np.ndarray, " replicates"]


# dohmatob-replace-adds ------------------------------------------------------------------------------------------------
# Proof. w_n - w_{n-1} = X_n^+ E_n with fresh X_n and E_n: mean squares add, and each of them is sigma^2 E tr (X^T X)^-1
# = sigma^2 d/(T - d - 1).


def _rows(theta: Theta) -> list[int]:
    """T_0 rows for every fit but the last one that is looked at, which has T."""
    rows = [theta["T_0"]] * regression_loop.HORIZON
    rows[theta["n"]] = theta["T"]
    return rows


def _retrained(theta: Theta, key: Any, num_replicates: int) -> Draws:
    risks = regression_loop.paths(_rows(theta), key, num_replicates)["excess_risk"]
    return risks[:, theta["n"] + 1].astype(np.float64)


def _one_fit(num_rows: int) -> float:
    return regression_loop.DIM / (num_rows - regression_loop.DIM - 1)


def _clean_and_added(theta: Theta) -> float:
    return _one_fit(theta["T"]) + theta["n"] * _one_fit(theta["T_0"])


def _clean_alone(theta: Theta) -> float:
    return _one_fit(theta["T"])


def _all_at_last_size(theta: Theta) -> float:
    return (theta["n"] + 1) * _one_fit(theta["T"])


def _retrained_tail(theta: Theta) -> Tail:
    moment = regression_loop.replace_second_moment(_rows(theta)[: theta["n"] + 1])
    return Tail(
        lower=0.0,
        variance=moment - _clean_and_added(theta) ** 2,
        reason="fourth moment of a normal vector, inverse Wishart",
    )


def _rounding(theta: Theta) -> float:
    # Least squares in float32 errs by about d times 6e-8 times the condition number of the design, 3 on average; a
    # relative error of 1e-3 of the risk would take condition numbers of a thousand.
    return 1e-3 * _clean_and_added(theta)


# dohmatob-overparametrised-exponential --------------------------------------------------------------------------------
# Proof. The fit of least norm to clean labels is the projection of w on the span of T normal rows, of mean (T/d) I and
# independent of w: E <w_n, w*> = E |w_n|^2 = (T/d)^n |w*|^2, hence E |w_n - w*|^2 = (1 - (T/d)^n) |w*|^2.


def _projected(theta: Theta, key: Any, num_replicates: int) -> Draws:
    risks = regression_loop.paths(theta["T"], key, num_replicates, noise_variance=0.0)["excess_risk"]
    return risks[:, theta["n"]].astype(np.float64)


def _rounding_of_projections(theta: Theta) -> float:
    # A projection in float32 errs by about 1e-6 times the condition number of its rows, and by no more than 2. With 3
    # rows of 4 features P(condition > x) falls like 1/x^2, so that the mean error is below 1e-4 per generation.
    return 1e-3


def _signal_lost(theta: Theta) -> float:
    return 1 - (theta["T"] / regression_loop.DIM) ** theta["n"]


def _signal_lost_linearly(theta: Theta) -> float:
    return min(1.0, theta["n"] * (1 - theta["T"] / regression_loop.DIM))


def _signal_lost_once(theta: Theta) -> float:
    return 1 - theta["T"] / regression_loop.DIM


# dohmatob-clean-is-safe -----------------------------------------------------------------------------------------------


def _nothing(theta: Theta) -> float:
    return 0.0


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="dohmatob-replace-adds",
        item="Regression",
        reading="OWN",
        statement="T rows labelled by the n-th model of a chain of fits to T_0 rows each: to the error of clean "
        "labels, sigma^2 d/(T - d - 1), every model of the chain adds sigma^2 d/(T_0 - d - 1).",
        source="arXiv:2402.07712, low-dimensional regression",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"T": (30, 16), "T_0": (16, 30), "n": (5, 1, 9)},
        sample=_retrained,
        bound=_clean_and_added,
        tail=_retrained_tail,
        slack=_rounding,
        delta=lambda theta: 0.05 * _clean_and_added(theta),
        mutants={
            "nothing is added": Variant(bound=_clean_alone, domain={"T": (30,), "T_0": (16,), "n": (5,)}),
            "T for T_0": Variant(bound=_all_at_last_size, domain={"T": (30,), "T_0": (16,), "n": (5,)}),
        },
        assumptions=("normal rows, fresh designs", "w_0 = w*", "labels replaced"),
        proved="mean of the inverse Wishart law, beside the claim; every n, T, T_0 and d",
    ),
    Claim(
        id="dohmatob-overparametrised-exponential",
        item="Regression",
        reading="OWN",
        statement="With more features than rows the signal is lost exponentially fast although no label is noisy: E "
        "|w_n - w*|^2 = (1 - (T/d)^n) |w*|^2.",
        source="arXiv:2402.07712, over-parametrised regression without noise",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"T": (2, 1, 3), "n": (2, 1, 5)},
        sample=_projected,
        bound=_signal_lost,
        tail=Tail(lower=0.0, upper=4.0, reason="|w_n| <= |w*| = 1, since projections shorten"),
        slack=_rounding_of_projections,
        delta=0.02,
        mutants={
            "lost linearly": Variant(bound=_signal_lost_linearly, domain={"T": (2,), "n": (2,)}),
            "lost once": Variant(bound=_signal_lost_once, domain={"T": (2,), "n": (2,)}),
        },
        assumptions=("normal rows, fresh designs", "w_0 = w*", "least norm", "sigma = 0"),
        proved="mean of a random projection, beside the claim; every n and T <= d",
    ),
    Claim(
        id="dohmatob-clean-is-safe",
        item="Regression",
        reading="OWN",
        statement="Without label noise retraining is harmless: E |w_n - w*|^2 = 0 whatever the number of rows.",
        source="arXiv:2402.07712, over-parametrised regression without noise, denied",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.REFUTED,
        relation="<=",
        domain={"T": (3, 2, 1), "n": (1, 2, 5)},
        sample=_projected,
        bound=_nothing,
        tail=Tail(lower=0.0, upper=4.0, reason="|w_n| <= |w*| = 1, since projections shorten"),
        slack=_rounding_of_projections,
        delta=0.1,
        controls={"16 rows, 4 features": Variant(domain={"T": (16,), "n": (1, 5)}, must="SUPPORTED")},
        assumptions=("normal rows, fresh designs", "w_0 = w*, |w*| = 1", "least norm", "sigma = 0"),
        corrected_by=("dohmatob-overparametrised-exponential",),
    ),
)

DOHMATOB = Catalogue(
    name="dohmatob2024",
    title="Dohmatob et al. 2024: regression, tails, strong collapse",
    papers=(PAPER, dohmatob2024tails.PAPER, dohmatob2024strong.PAPER),
    topics=(CLAIMS, dohmatob2024tails.CLAIMS, dohmatob2024strong.CLAIMS),
)

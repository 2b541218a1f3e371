"""Dohmatob et al. 2024, Strong Model Collapse: a small share of wrong rows in a regression.

True: the bias is at least p2^2 for ever. False neighbour: that more data cure it.
"""

import zenil_dynamics as zd
from proofs_numeric.catalogue.paper import Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="dohmatob2024strong",
    title="Strong Model Collapse",
    authors=("Dohmatob, Elvis", "Feng, Yunzhen", "Subramonian, Arjun", "Kempe, Julia"),
    year=2024,
    arxiv="2410.04840",
)
SECOND_HAND = "from the abstract"


# dohmatob-strong-floor and dohmatob-strong-more-data ------------------------------------------------------------------
# Proof. The bias is H^-1 X_2^T X_2 delta, H = X^T X, of mean p2 delta because rows are exchangeable: Jensen.


def _numbers(theta: Theta) -> tuple[int, int]:
    synthetic = theta["N"] // 1000 * theta["per mille"]
    return theta["N"] - synthetic, synthetic


def _bias(theta: Theta) -> float:
    return zd.oracles.strong_collapse_risk(*_numbers(theta), theta["d"], 0.0, 1.0)


def _share_squared(theta: Theta) -> float:
    return (theta["per mille"] / 1000) ** 2


def _share(theta: Theta) -> float:
    return theta["per mille"] / 1000


def _risk(theta: Theta) -> float:
    return zd.oracles.strong_collapse_risk(*_numbers(theta), theta["d"], 1.0, 1.0)


def _risk_by_parametric_rate(theta: Theta) -> float:
    return _risk({**theta, "N": 1000}) * 1000 / theta["N"]


def _floor_alone(theta: Theta) -> float:
    # Below the risk by Jensen's inequality, without the closed form.
    return _share_squared(theta) + theta["d"] / (theta["N"] - theta["d"] - 1)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="dohmatob-strong-floor",
        item="Strong collapse",
        reading="OWN",
        statement="Any fixed share p2 of rows with wrong coefficients w* + delta leaves a bias of at least p2^2 "
        "|delta|^2, however many rows there are; shares from a thousandth to a half, up to 10^7 rows.",
        source="arXiv:2410.04840, linear models; the constant is derived here",
        second_hand=SECOND_HAND,
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"N": (1000, 10_000, 1_000_000, 10_000_000), "per mille": (1, 10, 500), "d": (10, 1, 100)},
        value=_bias,
        bound=_share_squared,
        delta=1e-15,
        mutants={
            "1.1 p2^2": Variant(adjust_bound=lambda theta, bound: 1.1 * bound),
            "p2": Variant(bound=_share),
        },
        assumptions=("least squares", "normal rows", "T > d + 1"),
        note="the value is the exact second moment by matrix-beta laws",
        proved="Jensen's inequality, beside the claim; every N, p2 and d",
        decided_at="smoke",
    ),
    Claim(
        id="dohmatob-strong-more-data",
        item="Strong collapse",
        reading="OWN",
        statement="More data cure a share of a thousandth of wrong rows: from 1000 rows on the error falls at least "
        "like 1/N.",
        source="arXiv:2410.04840, denied",
        second_hand=SECOND_HAND,
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (1000, 10_000, 1_000_000, 10_000_000), "per mille": (1,), "d": (10, 1, 100)},
        value=_risk,
        bound=_risk_by_parametric_rate,
        delta=1e-15,
        confirm=_floor_alone,
        controls={
            "no wrong row": Variant(
                domain={"N": (1000, 10_000, 1_000_000), "per mille": (0,), "d": (10, 1, 100)}, must="SUPPORTED"
            )
        },
        assumptions=("least squares", "normal rows", "sigma = 1", "|delta| = 1"),
        note="d = 10: at 10^7 rows twice the error that the rate promises",
        corrected_by=("dohmatob-strong-floor",),
        decided_at="smoke",
    ),
)

"""The figures of docs/findings.md are those of the claims that they link to."""

import pathlib
import re
from fractions import Fraction

import pytest

from proofs_numeric.catalogue import CATALOGUE, CATALOGUES
from proofs_numeric.exact.exact_check import Cache, check_exactly

TEXT = (pathlib.Path(__file__).parent.parent / "docs" / "findings.md").read_text(encoding="utf-8")
WORDS = " ".join(TEXT.split())
TENTHS = (0.4, 0.3, 0.2, 0.1)

FIGURES = (
    ("f = .3367", "thm5-finite-n-floor", "value", {"t": 1000, "N": 100, "alpha": 0.01}),
    ("f = .0005 after", "alpha-vanishing-collapse", "value", {"T": 10**6, "schedule": ("(t+1)^-1/2", "t+5")}),
    ("stay: .6667", "phase-partial", "value", {"T": 10**6, "schedule": ("1/(t+2)", "t+5")}),
    ("lose .8348", "thm5-converse-tabular", "value", {"N": 100, "alpha": Fraction(1, 1000)}),
    ("up to .95", "thm5-dichotomy", "value", {"T": 1024, "N": 20, "alpha_t": "1 into t=2^k, else 0"}),
    (".8434 of the", "accumulate-collapse", "value", {"n": 10}),
    ("27/128 = .2109", "thm2-decrease-pathwise", "value", {"N": 4, "n": 3}),
    ("c_N = .5,", "thm2-cn-argmin-half", "bound", {"N": 2}),
    (", .07650,", "thm2-cn-argmin-half", "bound", {"N": 10}),
    (".007250 at", "thm2-cn-argmin-half", "bound", {"N": 100}),
    (": .6058 at", "thm2-zero-mass", "value", {"N": 100, "Np": Fraction(1, 2)}),
    ("V_t/t = .0005 at", "thm4-linear-any-rate", "value", {"T": 10**6, "alpha_t": "(t+1)^-1/2"}),
    (", 100 at N = 10", "thm4-gaussian-unbiased", "value", {"N": 10, "t": 1000}),
    ("7.9e+05", "thm4-gaussian-unbiased-linear", "value", {"t": 1000, "N": 10, "alpha_t": "1/(t+1)"}),
    (
        ".1230 against 0",
        "lemma7-empirical-mixture",
        "value",
        {"N": 10, "a": Fraction(1, 10), "P": Fraction(1, 2), "Q": Fraction(1, 2)},
    ),
    ("to .9439 in 20", "rem6-odds-law", "value", {"TPR, FPR": (0.55, 0.45), "x": 0.233, "t": 20}),
    ("probability .5665", "rem6-finite-n-good", "value", {"N": 10, "x": 0.2, "TPR, FPR": (0.55, 0.45)}),
    ("at 1.380", "goodhart-fixed", "value", {"Q_0": TENTHS[::-1], "gap/beta": 0.5, "t": 100}),
    ("accuracy to .5991", "prop10-mdl-accuracy", "value", {"prior": "2^-K"}),
    ("from .2988 to", "prop10-mdl-information", "bound", {"lambda": 1}),
    ("to .1277 nats", "prop10-mdl-information", "value", {"lambda": 1}),
    (
        "probability .7022",
        "eq26-asymptotic",
        "value",
        {"N": 40, "lambda": 2, "truth": Fraction(1, 2), "t": 100_000},
    ),
    ("truth, .07046", "eq26-grid-alone", "value", {"N": 100, "lambda": 0, "truth": Fraction(1, 2), "t": 50}),
    (
        "KL .2231 becomes",
        "eq16-discrete",
        "bound",
        {"P": Fraction(1, 2), "S": (Fraction(1, 2), Fraction(1, 10)), "Q": Fraction(1, 5)},
    ),
    (
        "becomes .5108",
        "eq16-discrete",
        "value",
        {"P": Fraction(1, 2), "S": (Fraction(1, 2), Fraction(1, 10)), "Q": Fraction(1, 5)},
    ),
)


@pytest.mark.parametrize(("words", "name", "side", "theta"), FIGURES, ids=lambda value: str(value)[:40])
def test_a_figure_is_what_its_claim_computes(words, name, side, theta):
    assert WORDS.count(words) == 1
    # The link follows its figure.
    assert f"#{name})" in WORDS.partition(words)[2][:700]
    printed = re.findall(r"\.\d+|\d+\.\d+e\+\d+|\d+\.\d+|\b100\b", words)[-1]
    outcome = check_exactly(CATALOGUE[name], theta, Cache())
    digits = len(printed.partition("e")[0].partition(".")[2])
    found = getattr(outcome, side)
    shown = f"{found:.{digits}e}" if "e" in printed else f"{found:.{digits}f}".removeprefix("0")
    assert shown == printed


def test_every_link_leads_to_a_claim_and_back():
    linked = re.findall(r"\[([a-z0-9-]+)\]\(claims\.md#([a-z0-9-]+)\)", TEXT)
    assert len(linked) > 30
    for shown, target in linked:
        assert shown == target
        assert target in CATALOGUE
    assert f"{len(CATALOGUES['zenil2026'].claims)} lines" in WORDS


def test_entropy_passes_minus_a_hundred_nats_where_it_is_said_to():
    assert "-100 nats at t = 907" in WORDS
    claim = CATALOGUE["thm2-gaussian-entropy-converges"]
    values = {t: check_exactly(claim, {"N": 10, "fit": "mle", "t": t}, Cache()).value for t in claim.domain["t"]}
    assert values[906] > -100 > values[907]


def test_the_mode_loses_half_of_the_time():
    claim, theta = CATALOGUE["thm2-limit-modes"], {"N": 10, "Q0": (0.5, 0.3, 0.15, 0.05)}
    assert check_exactly(claim, theta, Cache()).value == pytest.approx(0.5, abs=1e-9)

"""The second program by itself: its arithmetic against 60 digits, its language, its chains, its exit codes."""

import json
import subprocess
import sys
from fractions import Fraction

import hypothesis
import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_numeric.check_certificate import __main__ as program
from proofs_numeric.check_certificate.chains import Chain
from proofs_numeric.check_certificate.formulas import Evaluation, Malformed, read
from proofs_numeric.check_certificate.rounding import Arithmetic, Interval, Undefined
from proofs_numeric.check_certificate.verification import Rejected, verify

F = Fraction
SETTINGS = hypothesis.settings(deadline=None, database=None, derandomize=True, max_examples=150, print_blob=False)
ARITHMETIC = Arithmetic(128)
ULP = F(1, 2**128)
rationals = st.fractions(-40, 40, max_denominator=1000)


def precise(x):
    return mpmath.mpf(x.numerator) / x.denominator


def encloses(interval, value, width):
    """Whether the ends contain the precise value and lie no further apart than `width` units of the last place."""
    low, high = (precise(end) for end in ARITHMETIC.ends(interval))
    slack = mpmath.mpf(10) ** -65 * (1 + abs(value))
    return low - slack <= value <= high + slack and interval.high - interval.low <= width


@SETTINGS
@given(rationals, rationals)
def test_operations_enclose_and_are_narrow(a, b):
    x, y = ARITHMETIC.between(a, a), ARITHMETIC.between(b, b)
    with mpmath.workdps(70):
        assert encloses(ARITHMETIC.add(x, y), precise(a + b), 2)
        assert encloses(ARITHMETIC.subtract(x, y), precise(a - b), 2)
        assert encloses(ARITHMETIC.multiply(x, y), precise(a * b), 90)
        assert encloses(ARITHMETIC.power(x, 3), precise(a**3), 5000)
        assert encloses(ARITHMETIC.magnitude(x), precise(abs(a)), 1)
        if abs(b) > F(1, 100):
            assert encloses(ARITHMETIC.divide(x, y), precise(a / b), 10**6)


@SETTINGS
@given(rationals)
def test_series_enclose_and_are_narrow(a):
    x = ARITHMETIC.between(a, a)
    with mpmath.workdps(80):
        # log 2 is known to 200 units, and up to 58 of them are taken off before the series.
        width = 1000 + int(200 * 58 * 2 * mpmath.exp(precise(a)))
        assert encloses(ARITHMETIC.exp(x), mpmath.exp(precise(a)), width)
        if a > 0:
            assert encloses(ARITHMETIC.log(x), mpmath.log(precise(a)), 1000 + int(10 / a))
            assert encloses(ARITHMETIC.root(x), mpmath.sqrt(precise(a)), 1000)
            assert encloses(ARITHMETIC.xlogx(x), precise(a) * mpmath.log(precise(a)), 10**6)


@pytest.mark.parametrize("value", [F(1, 2**100), F(2, 3), F(4, 3), F(1), F(10**30), 1 - F(1, 2**90)])
def test_logarithms_at_the_seams_of_the_reduction(value):
    with mpmath.workdps(80):
        assert encloses(ARITHMETIC.log(ARITHMETIC.between(value, value)), mpmath.log(precise(value)), 2**102)
        assert encloses(ARITHMETIC.exp(ARITHMETIC.between(-value, -value)), mpmath.exp(-precise(value)), 1000) or (
            value > 10**20
        )


def test_wide_intervals_hold_what_lies_inside():
    unit = ARITHMETIC.between(F(0), F(1))
    assert ARITHMETIC.ends(ARITHMETIC.xlogx(unit))[1] <= ULP
    assert ARITHMETIC.ends(ARITHMETIC.xlogx(unit))[0] < -F(36787, 100000)
    sides = ARITHMETIC.between(F(-2), F(1))
    assert ARITHMETIC.power(sides, 2) == ARITHMETIC.between(F(0), F(4))
    assert ARITHMETIC.power(sides, 3) == ARITHMETIC.between(F(-8), F(1))
    assert ARITHMETIC.magnitude(sides) == ARITHMETIC.between(F(0), F(2))
    assert ARITHMETIC.multiply(sides, sides) == ARITHMETIC.between(F(-2), F(4))
    assert ARITHMETIC.exp(ARITHMETIC.between(F(-(10**9)), F(0))).low == 0


@pytest.mark.parametrize(
    "broken",
    [
        lambda a, x: a.divide(x, x),
        lambda a, x: a.log(x),
        lambda a, x: a.log(Interval(0, 1)),
        lambda a, x: a.root(x),
        lambda a, x: a.xlogx(x),
        lambda a, x: a.exp(a.between(F(10**9), F(10**9))),
    ],
)
def test_what_is_not_defined_has_no_enclosure(broken):
    with pytest.raises(Undefined):
        broken(ARITHMETIC, ARITHMETIC.between(F(-1), F(1)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(- 1 (* 2 q))", F(1, 3)),
        ("(/ (^ q 3) -2)", -F(1, 54)),
        ("(+ (min q 1/4) (max q 1/4))", F(7, 12)),
        ("(* (abs (- q 1)) (positive q))", F(2, 3)),
        ("(+ (xlogx 0) (+ (log 1) (+ (exp 0) (sqrt 1))))", F(2)),
        ("(* #1 #1)", F(1, 9)),
    ],
)
def test_formulas_are_read_and_evaluated_exactly(text, value):
    third = F(1, 3)
    formula = read(text, {"#1": read("q", {})})
    assert Evaluation(ARITHMETIC, {"q": (third, third)}, None).value(formula) == value


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "ends too early"),
        ("(+ 1", "takes 2 operands and a closing bracket"),
        ("(+ 1 2 3)", "takes 2 operands"),
        ("(log)", "takes 1 operands"),
        ("1 2", "something follows"),
        ("(sin q)", "no operation is called 'sin'"),
        ("(^ q -1)", "takes whole numbers"),
        ("(^ q q)", "takes whole numbers"),
        ("(mean 0 1/2 q)", "takes whole numbers"),
        ("#2", "used before it is defined"),
        ("1.5", "neither a number nor a name"),
        ("1/0", "neither a number nor a name"),
        ("log", "neither a number nor a name"),
        (3, "must be text"),
    ],
)
def test_sentences_that_are_none_are_refused(text, match):
    with pytest.raises(Malformed, match=match):
        read(text, {"#1": read("q", {})})


def chain(**changes):
    fields = {
        "target": ["1/2", "1/2"], "num_samples": [1, 1], "exogenous_fraction": ["0", "1"], "num_real": None,
        "mixing": "bernoulli", "update": "accumulate", "initial": None, "num_initial": None, "pseudocount": "0",
    }  # fmt: skip
    return fields | changes


def test_chains_are_enumerated_draw_by_draw():
    assert Chain(chain()).laws[2] == {(0, 1): F(1, 4), (F(1, 2), F(1, 2)): F(1, 2), (1, 0): F(1, 4)}
    split = chain(num_samples=[2, 2], mixing="stratified", num_real=[1, 1], update="replace", initial=["1", "0"])
    assert Chain(split).laws[1] == {(F(1, 2), F(1, 2)): F(1, 2), (1, 0): F(1, 2)}
    smoothed = chain(target=["1", "0"], num_samples=[2], exogenous_fraction=["0"], pseudocount="1/2", update="replace")
    assert Chain(smoothed).laws[1] == {(F(5, 6), F(1, 6)): 1}
    assert Chain(chain(num_initial=1)).laws[0] == {(0, 1): F(1, 2), (1, 0): F(1, 2)}


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"target": ["1/2", "1/3"]}, "sum to 1"),
        ({"initial": ["3/2", "-1/2"]}, "sum to 1"),
        ({"initial": ["1"]}, "not described consistently"),
        ({"num_samples": [1, 0]}, "not described consistently"),
        ({"num_samples": [1, 1.0]}, "must be whole"),
        ({"exogenous_fraction": ["0", "2"]}, "not described consistently"),
        ({"exogenous_fraction": ["0"]}, "not described consistently"),
        ({"mixing": "other"}, "not described consistently"),
        ({"update": "other"}, "not described consistently"),
        ({"mixing": "stratified"}, "not described consistently"),
        ({"mixing": "stratified", "num_real": [1, 2]}, "not described consistently"),
        ({"num_initial": 0}, "not described consistently"),
        ({"pseudocount": "-1"}, "not described consistently"),
        ({"num_samples": [30_000_000], "exogenous_fraction": ["0"]}, "too large"),
    ],
)
def test_inconsistent_chains_are_refused(changes, match):
    with pytest.raises(Malformed, match=match):
        Chain(chain(**changes))


def minimal(**changes):
    """1/2 <= 2/3, with its proof."""
    inequality = {"value": "1/2", "bound": "2/3", "variables": {}}
    inequality["proof"] = {"kind": "rational", "value": "1/2", "bound": "2/3"}
    instance = {"example": {}, "delta": "0", "chains": [], "definitions": [], "inequalities": [inequality]}
    content = {
        "schema": 1,
        "claim": "half",
        "statement": "",
        "status": "SUPPORTED",
        "relation": "<=",
        "instances": [instance],
    }
    return content | changes


@pytest.mark.parametrize(
    "content",
    [
        minimal(schema=2),
        minimal(status="UNDECIDED"),
        minimal(relation="!="),
        minimal(instances=[]),
        minimal(instances={}),
        minimal(instances=[{}]),
        minimal(status="REFUTED", instances=minimal()["instances"] * 2),
        {},
        [],
        None,
    ],
)
def test_what_is_no_certificate_is_refused(content):
    assert verify(minimal()).claim == "half"
    with pytest.raises(Malformed):
        verify(content)


def test_the_contrary_is_rejected():
    with pytest.raises(Rejected, match="not decided as claimed"):
        verify(minimal(relation=">="))
    with pytest.raises(Rejected, match="not decided as claimed"):
        verify(minimal(status="REFUTED"))
    assert verify(minimal(status="REFUTED", relation=">=")).status == "REFUTED"


def changed(**changes):
    """The minimal certificate with another inequality, or another tolerance."""
    content = minimal()
    content["instances"][0] |= {name: value for name, value in changes.items() if name == "delta"}
    content["instances"][0]["inequalities"][0] |= {n: value for n, value in changes.items() if n != "delta"}
    return content


@pytest.mark.parametrize("value", ["(/ 1 0)", "(log -1)", "(* 0 (/ 1 0))", "(^ (/ 1 0) 0)", "(sqrt -1)"])
def test_what_is_not_defined_is_no_rational(value):
    with pytest.raises(Rejected, match="the value is not defined"):
        verify(changed(value=value, proof={"kind": "rational", "value": "0", "bound": "2/3"}))


@pytest.mark.parametrize("delta", [float("inf"), float("nan"), "inf", "nan"])
def test_a_tolerance_that_is_no_number_is_refused(delta):
    with pytest.raises(Malformed, match="cannot be read"):
        verify(changed(delta=delta))


@pytest.mark.parametrize("claim", ["half\nother.json: verified: all", "half\x1b[2K", 7, None])
def test_a_name_cannot_write_lines_of_its_own(claim):
    with pytest.raises(Malformed, match="`claim` must be one line of text"):
        verify(minimal(claim=claim))


def test_a_state_named_twice_is_rejected():
    content = minimal()
    law = [[["0", "1"], "7"], [["0", "1"], "1/2"], [["1", "0"], "1/2"]]
    content["instances"][0]["chains"] = [chain() | {"laws": {"1": law[1:]}}]
    assert verify(content).instances == 1
    content["instances"][0]["chains"] = [chain() | {"laws": {"1": law}}]
    with pytest.raises(Rejected, match="names a state twice"):
        verify(content)


def test_a_field_given_twice_is_unreadable(tmp_path, capsys):
    """Other readers may take the first one."""
    file = tmp_path / "twice.json"
    file.write_text(json.dumps(minimal()).replace('"delta": "0"', '"delta": "0", "delta": "9"'), encoding="utf-8")
    assert program.main([str(file)]) == 2
    assert "a field is given twice" in capsys.readouterr().out


def test_exit_codes_and_lines(tmp_path, capsys):
    files = {"good": minimal(), "wrong": minimal(relation=">"), "foreign": {"schema": 7}}
    paths = {name: tmp_path / f"{name}.json" for name in files}
    for name, content in files.items():
        paths[name].write_text(json.dumps(content), encoding="utf-8")
    paths["torn"] = tmp_path / "torn.json"
    paths["torn"].write_text("{", encoding="utf-8")
    good, wrong, foreign, torn = (str(paths[name]) for name in ("good", "wrong", "foreign", "torn"))
    assert program.main([good]) == 0
    assert capsys.readouterr().out == f"{good}: verified: half SUPPORTED, 1 instance\n"
    assert program.main([good, wrong, foreign]) == 1
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == [
        "verified",
        "rejected",
        "unreadable",
    ]
    assert program.main([good, foreign]) == program.main([torn]) == program.main([str(tmp_path / "none")]) == 2
    assert program.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_it_runs_as_a_program_without_numpy_jax_or_arb(tmp_path):
    file = tmp_path / "half.json"
    file.write_text(json.dumps(minimal()), encoding="utf-8")
    code = "import runpy, sys; sys.argv = ['check', sys.argv[1]]; runpy.run_module('proofs_numeric.check_certificate', run_name='__main__', alter_sys=True)"  # noqa: E501
    traced = [sys.executable, "-X", "importtime", "-c", code, str(file)]
    result = subprocess.run(traced, capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.endswith("verified: half SUPPORTED, 1 instance\n")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in result.stderr.splitlines()}
    assert "proofs_numeric" in loaded
    assert not loaded & {"numpy", "scipy", "jax", "flint", "mpmath", "zenil_dynamics"}

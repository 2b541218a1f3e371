"""A script with other parameters is the same program, with one line rewritten as a formatter would."""

import importlib.resources
import pathlib
import re
import shutil
import subprocess
import tomllib
from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.by_hand import parameter_name, placing, script, script_at
from tests.proofs_numeric.by_hand.programs import parameters, run

ROOT = pathlib.Path(__file__).parents[3]


def formatted(source: str) -> str:
    ruff = shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff comes with the extra dev")
    options = ["--config", str(ROOT / "pyproject.toml"), "-"]
    return subprocess.run([ruff, "format", *options], input=source, capture_output=True, text=True, check=True).stdout


def line_of(placed: str | None) -> str:
    assert placed is not None
    return placed.splitlines()[placing.assignment(placed).lineno - 1]


def test_no_script_is_none():
    for claim_id in ("thm2-supermartingale", "no-such-claim", "../scripts/thm2-zero-mass", "", "thm2_zero_mass"):
        assert script(claim_id) is None
        assert script_at(claim_id, {"N": 2}) is None


def test_only_the_parameters_change():
    source, placed = script("thm2-zero-mass"), script_at("thm2-zero-mass", {"N": 10, "Np": Fraction(9, 10)})
    assert source is not None
    assert placed == source.replace("N, Np = 2, 1 / 2\n", "N, Np = 10, 9 / 10\n")
    assert run(placed).value == pytest.approx(0.91**10, rel=1e-12)


def test_parameters_that_are_not_named_stay_and_others_are_left_out():
    assert line_of(script_at("thm2-zero-mass", {"N": 10})) == "N, Np = 10, 1 / 2"
    assert line_of(script_at("thm2-zero-mass", {"N": 10, "T": 3})) == "N, Np = 10, 1 / 2"
    assert script_at("thm2-zero-mass", {}) == script("thm2-zero-mass")
    assert line_of(script_at("phase-partial-without-sum", {"T": 9})) == 'T, schedule = 9, ("(t+10)^-2", "(t+10)^2")'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (-3, "-3"),
        (True, "True"),
        (None, "None"),
        (0.1, "0.1"),
        (1e-09, "1e-09"),
        (1e300, "1e300"),
        (-0.0, "-0.0"),
        (float("inf"), 'float("inf")'),
        (Fraction(1, 3), "1 / 3"),
        (Fraction(-1, 3), "-1 / 3"),
        (Fraction(4, 2), "2"),
        (Fraction(0), "0"),
        ((), "()"),
        ((0.5,), "(0.5,)"),
        ((Fraction(1, 2), (1, "a")), '(1 / 2, (1, "a"))'),
        ([1, [2.5]], "[1, [2.5]]"),
        (np.float64(0.25), "0.25"),
        (np.int64(7), "7"),
        (np.array([[1.0, 2.0]]), "[[1.0, 2.0]]"),
        ("1/(k+1) at t=2^k, else 0", '"1/(k+1) at t=2^k, else 0"'),
        ("it's", '"it\'s"'),
        ('a "b"', "'a \"b\"'"),
        ("a\nb\\c", '"a\\nb\\\\c"'),
        ("", '""'),
    ],
)
def test_values_are_spelled_as_python_that_a_formatter_leaves_alone(value, text):
    placed = script_at("thm2-zero-mass", {"Np": value})
    assert line_of(placed) == f"N, Np = 2, {text}"
    assert placed is not None
    assert formatted(placed) == placed
    held = parameters(placed)["Np"]
    plain = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    if isinstance(plain, (Fraction, float)):
        assert held == float(plain)
    elif not isinstance(plain, tuple):
        assert held == plain


def test_one_parameter_stands_alone():
    assert line_of(script_at("thm2-fixed-variance", {"s2": 4.0})) == "s2 = 4.0"
    assert line_of(script_at("population-alpha-zero-entropy", {"Q": (0.75, 0.25)})) == "Q = (0.75, 0.25)"


def test_a_long_line_is_broken_like_any_other():
    law = tuple(1 / n for n in range(20, 25))
    placed = script_at("filter-energy", {"P": law, "Q_0": law, "T": 0.1234567890123, "t": 20})
    assert placed is not None
    assert formatted(placed) == placed
    assert max(map(len, placed.splitlines())) <= 120
    assert parameters(placed) == {"P": law, "Q_0": law, "T": 0.1234567890123, "t": 20}


def test_a_value_that_is_no_plain_data_is_refused():
    message = "`theta` must hold numbers, fractions, texts and tuples of them; got object for 'Np'"
    with pytest.raises(ValueError, match=re.escape(message)):
        script_at("thm2-zero-mass", {"Np": (1, object())})


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("N", "N"),
        ("Q_0", "Q_0"),
        ("lambda", "lambda_"),
        ("gap/beta", "gap_beta"),
        ("TPR, FPR", "TPR_FPR"),
        ("P(U=1)", "P_U_1"),
    ],
)
def test_names_of_parameters_become_identifiers(name, identifier):
    assert parameter_name(name) == identifier


def test_scripts_are_files_of_the_package():
    folder = importlib.resources.files("proofs_numeric.by_hand") / "scripts"
    assert {path.name for path in folder.iterdir()} >= {path.name for path in placing.FOLDER.glob("*.py")} != set()
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert "proofs_numeric" in build["wheel"]["packages"]
    assert set(build["wheel"]) == {"packages"}, "nothing is left out of the wheel"


def test_scripts_are_formatted_and_lint_clean():
    ruff = shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff comes with the extra dev")
    for words in (["check"], ["format", "--check"]):
        found = subprocess.run([ruff, *words, str(placing.FOLDER)], cwd=ROOT, capture_output=True, text=True)
        assert found.returncode == 0, found.stdout

import json
import math

import numpy as np
import pytest

import zenil_dynamics as zd
from zenil_dynamics.schedules import parse

SMALL = ("--growth", "0,1,2", "--decay", "0,1,2", "--num-generations", "30")
BORDER = {
    # (p, q): the class on each side of each line of the diagram.
    ("0", "0"): "partial",
    ("0", "1"): "collapse, hopping",
    ("0", "2"): "collapse, absorbed",
    ("1", "0"): "converges",
    ("1", "1"): "partial",
    ("1", "2"): "collapse, absorbed",
    ("2", "0"): "converges",
    ("2", "1"): "converges",
    ("2", "2"): "frozen",
}


def document(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def schedules(growth, decay):
    draws = "20" if growth == "0" else f"power_law:20,-{growth}"
    return draws, "0.5" if decay == "0" else f"power_law:0.5,{decay}"


def test_the_document_is_the_library(zenil):
    content = document(zenil("phase", *SMALL, "--json", "-"))
    assert list(content) == ["schema", "num_generations", "num_samples", "exogenous_fraction", "pairs"]
    assert (content["schema"], content["num_generations"]) == (1, 30)
    assert content["num_samples"] == ["20", "power_law:20,-1", "power_law:20,-2"]
    assert content["exogenous_fraction"] == ["0.5", "power_law:0.5,1", "power_law:0.5,2"]
    assert len(content["pairs"]) == 9
    found = {(pair["num_samples"], pair["exogenous_fraction"]): pair for pair in content["pairs"]}
    for exponents, regime in BORDER.items():
        draws, shares = schedules(*exponents)
        pair = found[draws, shares]
        phase = zd.phases.classify(parse(draws), parse(shares))
        assert pair["class"] == regime == str(phase.regime)
        assert (pair["limit"], pair["lower"], pair["upper"]) == (phase.limit, phase.lower, phase.upper)
        assert (pair["error"], pair["reason"]) == (phase.error, phase.reason)
        table = zd.System(zd.Categorical([0.5, 0.5]), parse(draws), parse(shares)).table(30)
        lost = zd.oracles.fixation_index(table.num_samples, table.exogenous_fraction)[-1]
        assert pair["retained"] == pytest.approx(1 - lost, abs=1e-13)


def test_the_default_grid_has_every_class_of_power_laws(zenil):
    content = document(zenil("phase", "--num-generations", "1", "--json", "-"))
    assert len(content["pairs"]) == 81
    assert {pair["class"] for pair in content["pairs"]} == set(BORDER.values())


def test_the_grid_is_printed_row_by_row(zenil):
    result = zenil("phase", *SMALL)
    assert result.exit_code == 0
    rows = [line for line in result.stdout.splitlines() if line.startswith("│")]
    classes = [[cell.strip() for cell in line.split("│")[2:-1]] for line in rows[::3]]
    assert classes == [[BORDER[p, q].removeprefix("collapse, ") for p in "012"] for q in "012"]
    assert [[float(cell) for cell in line.split("│")[2:-1]] for line in rows[1::3]][1][:2] == [0.0, 0.952]


def test_one_pair_comes_with_its_reason(zenil):
    result = zenil("phase", "--num-samples", "power_law:10,-1", "--exogenous-fraction", "power_law:0.1,1")
    assert "class          partial" in result.stdout
    assert "limit of g     0.666666667" in result.stdout
    assert "2 N_t alpha_t -> rho = 2" in result.stdout
    result = zenil("phase", "--num-samples", "power_law:1,-2,11", "--exogenous-fraction", "power_law:1,2,11")
    assert "0.9168717" in result.stdout
    assert "± 1e-07" in result.stdout


def test_limits_that_do_not_exist_are_null(zenil):
    result = zenil("phase", "--num-samples", "10", "--exogenous-fraction", "bursts:1", "--json", "-")
    (pair,) = document(result)["pairs"]
    assert (pair["limit"], pair["lower"], pair["upper"]) == (None, 0.0, 0.9)
    result = zenil("phase", "--num-samples", "table:5,6,7", "--num-generations", "3", "--json", "-")
    (pair,) = document(result)["pairs"]
    assert (pair["class"], pair["limit"], pair["lower"], pair["error"]) == ("finite horizon", None, None, None)
    assert pair["retained"] == pytest.approx(4 / 5 * 5 / 6 * 6 / 7)
    shown = zenil("phase", "--num-samples", "table:5,6,7", "--num-generations", "3").stdout
    assert "unknown" in shown
    assert math.isnan(zd.phases.classify([5, 6, 7]).limit)


def test_every_pair_of_repeated_specs(zenil):
    arguments = ("--num-samples", "10", "--num-samples", "geometric:10,2", "--exogenous-fraction", "0.1")
    content = document(
        zenil("phase", *arguments, "--exogenous-fraction", "0", "--num-generations", "20", "--json", "-")
    )
    classes = [pair["class"] for pair in content["pairs"]]
    assert classes == ["partial", "converges", "collapse, absorbed", "frozen"]
    assert zenil("phase", *arguments, "--num-generations", "20").stdout.count("partial") == 1


def test_the_picture_is_written_beside_the_document(zenil, tmp_path):
    result = zenil("phase", *SMALL, "--plot", "p.png", "--json", "p.json")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    assert len(json.loads((tmp_path / "p.json").read_text())["pairs"]) == 9
    assert "converges" in result.stdout
    assert zenil("phase", *SMALL, "--plot", "p.svg").exit_code == 0
    assert (tmp_path / "p.svg").read_text().startswith("<?xml")


def test_names_of_files_are_no_markup(zenil, tmp_path):
    np.savetxt(tmp_path / "a[red]b.csv", [5, 6])
    result = zenil("phase", "--num-samples", "table:a[red]b.csv", "--num-generations", "2")
    assert "table:a[red]b.csv" in result.stdout
    result = zenil("phase", "--num-samples", "table:a[red]b.csv", "--num-samples", "3", "--num-generations", "2")
    assert "[red]" in result.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--num-generations", "0"), "--num-generations must lie between 1 and 1000000; got 0"),
        (("--num-samples", "3", "--growth", "1"), "--growth, --decay, --first-num-samples and --first-fraction shape"),
        (("--exogenous-fraction", "0.1"), "--num-samples is missing. Give N_t, too"),
        (("--num-samples", "2.5"), "N must be a whole number of at least 1; got '2.5'"),
        (("--num-samples", "10", "--exogenous-fraction", "1.5"), "alpha must lie in [0, 1]; got 1.5"),
        (
            ("--num-samples", "10", "--exogenous-fraction", "geometric:0.5,1.1"),
            "N_t = 10, alpha_t = geometric:0.5,1.1: `exogenous_fraction` must lie in [0, 1]; got 1.07179 at ",
        ),
        (("--num-samples", "table:1,2"), "the schedule table has 2 entries"),
        (("--num-samples", "powr_law:1,2"), "unknown name 'powr_law'"),
        (("--growth", "-1"), "--growth takes exponents of at least 0, separated by commas; got '-1'"),
        (("--growth", ","), "--growth takes exponents of at least 0, separated by commas; got ','"),
        (("--decay", "a"), "--decay: an exponent must be a finite number; got 'a'"),
        (("--first-fraction", "0"), "alpha_0 must lie in (0, 1]; got 0"),
        (("--first-num-samples", "x"), "--first-num-samples: N_0 must be a finite number; got 'x'"),
        (("--plot", "p.gif"), "--plot: the name must end in .png, .svg, .pdf; got 'p.gif'"),
        (("--plot", "nowhere/p.png"), "cannot write 'nowhere/p.png'"),
        (("--json", "nowhere/p.json"), "cannot write 'nowhere/p.json'"),
        (("--num-generation", "5"), "No such option"),
    ],
)
def test_bad_input_is_one_line(refused, arguments, message):
    assert message in refused("phase", *arguments)

"""`zenil claims show` of a refuted claim prints ten lines that show why, at the last counterexample."""

import json
import pathlib

import pytest

from proofs_numeric.by_hand import script
from proofs_numeric.catalogue import claim
from proofs_numeric.cli import claim_sources
from tests.proofs_numeric.by_hand.programs import parameters, run

SHOWN = ("thm2-zero-mass", "thm2-loss-first-order-coins", "thm2-supermartingale")


@pytest.fixture(autouse=True)
def small_catalogue(monkeypatch):
    monkeypatch.setattr(claim_sources, "catalogue", lambda: {name: claim(name) for name in SHOWN})


def written_report(name, theta, **changes):
    """A report folder in which a claim has this counterexample."""
    entry = {"id": name, "status": "REFUTED", "rung": "closed form", "effect": 0.5, "counterexample": {"theta": theta}}
    pathlib.Path("report").mkdir(exist_ok=True)
    pathlib.Path("report/report.json").write_text(json.dumps({"claims": [entry | changes]}), encoding="utf-8")


def shown(zenil, name):
    """What stands below the table, and the same in the JSON."""
    result = zenil("claims", "show", name)
    assert result.exit_code == 0, result.output
    _, quotes, rest = result.stdout.partition('\n"""')
    content = json.loads(zenil("claims", "show", name, "--json", "-").stdout)["claim"]["script"]
    printed = f"{quotes}{rest}".lstrip("\n")
    assert printed == (content or "")
    return printed


def test_a_refuted_claim_comes_with_its_script(zenil):
    printed = shown(zenil, "thm2-zero-mass")
    assert printed == script("thm2-zero-mass")
    assert run(printed).printed == "0.5625 != 1"
    assert shown(zenil, "thm2-supermartingale") == ""


def test_the_script_stands_at_the_last_counterexample(zenil):
    written_report("thm2-zero-mass", {"N": 100, "Np": "9/10"})
    assert parameters(shown(zenil, "thm2-zero-mass")) == {"N": 100, "Np": 0.9}
    # The report says nothing of the other one.
    assert shown(zenil, "thm2-loss-first-order-coins") == script("thm2-loss-first-order-coins")


def test_real_parameters_are_placed_too(zenil):
    written_report("thm2-loss-first-order-coins", {"N": 3, "q": "15/32"})
    assert parameters(shown(zenil, "thm2-loss-first-order-coins")) == {"N": 3, "q": 15 / 32}


def test_a_verification_leaves_a_counterexample_that_can_be_placed(zenil):
    name = "thm2-loss-first-order-coins"
    assert zenil("verify", name, "--budget", "smoke", "--quiet", "--out", "report").exit_code == 0
    entry = json.loads(pathlib.Path("report/report.json").read_text(encoding="utf-8"))["claims"][0]
    found = run(shown(zenil, name))
    assert found.value == pytest.approx(entry["value"], rel=1e-9)
    assert found.bound == pytest.approx(entry["bound"], rel=1e-9)


@pytest.mark.parametrize("theta", [{"N": 7, "Np": "9/10"}, {"N": 10}, {"N": 10, "Np": "9/10", "T": 3}])
def test_a_counterexample_of_another_version_is_left_alone(zenil, theta):
    written_report("thm2-zero-mass", theta)
    assert shown(zenil, "thm2-zero-mass") == script("thm2-zero-mass")


def test_a_claim_that_was_not_refuted_there_keeps_its_own(zenil):
    written_report("thm2-zero-mass", {}, counterexample=None, status="UNDECIDED")
    assert shown(zenil, "thm2-zero-mass") == script("thm2-zero-mass")


@pytest.mark.parametrize("counterexample", [{"theta": 3}, {"example": {}}, "N = 2"])
def test_a_damaged_counterexample_is_named(refused, counterexample):
    written_report("thm2-zero-mass", {}, counterexample=counterexample)
    assert "'report/report.json' is damaged or foreign" in refused("claims", "show", "thm2-zero-mass")

import json
import pathlib

import pytest

from proofs_numeric.cli import claim_sources
from tests.cli import own_claims


@pytest.fixture(autouse=True)
def small_catalogue(monkeypatch):
    monkeypatch.setattr(claim_sources, "catalogue", lambda: {claim.id: claim for claim in own_claims.CLAIMS})


def test_lists_every_claim_in_catalogue_order(zenil):
    result = zenil("claims", "list")
    assert result.exit_code == 0, result.output
    positions = [result.stdout.index(f" {claim.id} ") for claim in own_claims.CLAIMS]
    assert positions == sorted(positions)
    assert "✗ REFUTED" in result.stdout
    content = json.loads(zenil("claims", "list", "--json", "-").stdout)
    assert [claim["id"] for claim in content["claims"]] == [claim.id for claim in own_claims.CLAIMS]


def test_shows_one_claim_in_words(zenil):
    result = zenil("claims", "show", "own-false")
    assert result.exit_code == 0, result.output
    for words in ("(n-1)/n <= 1/2", "Definition", "EX (enumeration)", "REFUTED", "n in 2, 3", "n = 2", "own-true"):
        assert words in result.stdout
    assert "last evidence" not in result.stdout


def test_shows_the_last_evidence(zenil):
    own = pathlib.Path(own_claims.__file__)
    assert zenil("verify", own, "own-false", "--budget", "smoke", "--quiet", "--out", "report").exit_code == 0
    assert "REFUTED (enumeration), effect 0.1666" in zenil("claims", "show", "own-false").stdout
    content = json.loads(zenil("claims", "show", "own-false", "--json", "-").stdout)
    assert content["claim"]["last_evidence"].startswith("REFUTED (enumeration)")
    assert "last evidence" not in zenil("claims", "show", "own-true").stdout


def test_an_unknown_id_names_its_neighbours(refused):
    assert "unknown claim id 'own-truth'; nearest: own-true" in refused("claims", "show", "own-truth")


def test_a_damaged_report_is_named(refused, tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text("{")
    assert "'report/report.json' is damaged or foreign" in refused("claims", "show", "own-true")


def test_a_missing_id_is_one_line(refused):
    refused("claims", "show")
    refused("claims", "nonsense")

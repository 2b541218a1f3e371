"""`zenil verify` writes a whole report, by itself where all catalogues are run, and knows catalogues by name."""

import json
import pathlib

import pytest

from proofs_numeric.catalogue import CATALOGUES
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.cli import claim_sources
from tests.cli import own_claims
from tests.proofs_numeric.report.runs import QUESTIONS
from tests.proofs_numeric.report.test_page import Outline

FILES = {"index.html", "report.json", "report.md", "references.bib"}
OWN = pathlib.Path(own_claims.__file__)


@pytest.fixture
def small_catalogue(monkeypatch):
    """One catalogue of two exact claims and one of one that is never run, in place of those of the package."""
    by_name = {claim.id: claim for claim in own_claims.CLAIMS}
    paper = Paper(key="small2000", title="Small", authors=("A, B",), year=2000, arxiv="2000.00001")
    small = Catalogue(
        name="small2000", title="Small", papers=(paper,), topics=((by_name["own-true"], by_name["own-false"]),)
    )
    rest = Catalogue(name="rest", title="The rest", papers=(paper,), topics=((by_name["own-limit"],),))
    monkeypatch.setattr(claim_sources, "catalogues", lambda: {each.name: each for each in (small, rest)})
    monkeypatch.setattr(
        claim_sources,
        "catalogue",
        lambda: {claim.id: claim for each in (small, rest) for claim in each.claims},
    )


def written(folder: pathlib.Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_all_catalogues_together_leave_a_report(zenil, tmp_path, small_catalogue):
    result = zenil("verify", "--budget", "smoke")
    assert result.exit_code == 0, result.output
    assert "report: report/index.html" in result.stdout
    assert written(tmp_path / "report") == FILES
    content = json.loads((tmp_path / "report" / "report.json").read_text())
    assert [each["name"] for each in content["catalogues"]] == ["small2000", "rest"]
    assert {claim["catalogue"] for claim in content["claims"]} == {"small2000", "rest"}
    page = (tmp_path / "report" / "index.html").read_text()
    Outline(page)
    assert "Verdicts: Small, and related theory" in page
    assert (tmp_path / "report" / "references.bib").read_text().startswith("@misc{small2000,")


def test_a_part_of_them_leaves_one_only_where_it_is_asked_for(zenil, tmp_path, small_catalogue):
    assert zenil("verify", "own-true", "--budget", "smoke").exit_code == 0
    assert zenil("verify", "--budget", "smoke", "--no-report").exit_code == 0
    assert list(tmp_path.iterdir()) == []
    assert zenil("verify", "own-true", "--budget", "smoke", "--out", "here").exit_code == 0
    assert written(tmp_path / "here") == FILES


def test_a_catalogue_is_run_by_its_name(zenil, small_catalogue):
    result = zenil("verify", "small2000", "--budget", "smoke", "--json", "-")
    assert [claim["id"] for claim in json.loads(result.stdout)["claims"]] == ["own-true", "own-false"]
    listed = json.loads(zenil("claims", "list", "rest", "--json", "-").stdout)
    assert [claim["id"] for claim in listed["claims"]] == ["own-limit"]


def test_unknown_catalogues_are_named_with_their_neighbours(refused, small_catalogue):
    assert "unknown claim id 'small200'; nearest: small2000" in refused("verify", "small200")
    assert "unknown catalogue 'small200'; nearest: small2000" in refused("claims", "list", "small200")
    assert "--no-report: --out asks for one" in refused("verify", "--no-report", "--out", "here")


def test_claims_of_a_file_have_a_report_of_their_own(zenil, tmp_path):
    assert zenil("verify", OWN, "own-true", "--budget", "smoke", "--out", "here").exit_code == 0
    content = json.loads((tmp_path / "here" / "report.json").read_text())
    assert content["catalogues"] == []
    assert "Your own claims" in (tmp_path / "here" / "index.html").read_text()


def test_the_page_shows_the_estimates_that_are_there(zenil, refused, tmp_path, small_catalogue):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "questions.json").write_text(json.dumps(QUESTIONS))
    assert zenil("verify", "--budget", "smoke").exit_code == 0
    assert "[2.5, 3.5]" in (tmp_path / "report" / "index.html").read_text()
    (tmp_path / "report" / "questions.json").write_text("{")
    result = zenil("verify", "--budget", "smoke", "--quiet")
    assert result.exit_code == 2
    assert "is damaged. Run zenil questions run" in result.stderr


def test_the_package_has_the_catalogues_that_the_documents_name():
    assert list(CATALOGUES)[0] == "zenil2026"

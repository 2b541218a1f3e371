import html.parser
import re

import pytest

from proofs_numeric.report import bibliography, page, report
from tests.proofs_numeric.report.runs import CLAIMS, NASTY, QUESTIONS, example_content

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Outline(html.parser.HTMLParser):
    """Tags, ids and links of a page; complains where tags do not nest."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.ids, self.links, self.tags, self.pictures, self.inside = [], [], [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            # Shapes of pictures are named by their content, so that equal names mean equal shapes.
            (self.inside if "svg" in self.open else self.ids).append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "svg":
            self.pictures.append(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def found():
    """A copy of its own for every test."""
    return example_content()


@pytest.fixture(scope="module")
def text():
    return page(example_content(), QUESTIONS)


def test_the_page_is_well_formed_and_its_links_lead_somewhere(text):
    outline = Outline(text)
    assert len(outline.ids) == len(set(outline.ids))
    for link in outline.links:
        if link.startswith("#"):
            assert link[1:] in outline.ids, link
        else:
            assert link in ("report.json", "report.md", "references.bib") or link.startswith("https://")


def test_the_page_needs_no_network(text):
    for tag, attributes in Outline(text).tags:
        assert "src" not in attributes
        assert tag != "link" or attributes["href"] == "data:,"
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_every_picture_has_a_name_and_no_colour_of_its_own(text):
    pictures = Outline(text).pictures
    assert len(pictures) >= 2 * 5
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(picture["aria-label"]) > 20
    drawn = "".join(re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL))
    assert "var(--value)" in drawn
    assert "var(--bound)" in drawn
    assert not re.search(r"#[0-9a-f]{6}", drawn)


def test_every_claim_is_there_with_its_evidence(text, found):
    for claim in found["claims"]:
        body = re.search(rf'<details class="claim" id="{claim["id"]}".*?</details>', text, flags=re.DOTALL)[0]
        assert ("<svg" in body) == (claim["status"] in ("SUPPORTED", "REFUTED"))
        assert ("zenil verify" in body) == (claim["rung"] is not None)
    script = re.search(r'id="thm2-zero-mass".*?</details>', text, flags=re.DOTALL)[0]
    assert "Followed by hand" in script
    assert "draws each; an interval misses with probability 1e-06" in text


def test_what_claims_say_is_text_and_never_markup(text):
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quotes&#34;" in text
    assert "time &lt;t&gt;" in text


def test_a_cell_of_the_matrix_says_whether_this_run_settled_it(text):
    assert re.search(r'class="truth depends open" href="#cell-8-R2"', text)  # lemma7-empirical-mixture was not run
    assert re.search(r'class="truth true settled" href="#cell-8-R1"', text)
    cell = re.search(r'id="cell-8-R2".*?</div>', text, flags=re.DOTALL)[0]
    assert 'href="#lemma7-population"' in cell
    assert "<code>lemma7-empirical-mixture</code>, not in this run" in cell


def test_a_verdict_that_parts_is_seen_in_the_matrix_and_beside_the_claim(found):
    for claim in found["claims"]:
        if claim["id"] == "lemma7-population":
            claim |= {"status": "REFUTED", "as_expected": False}
    text = page(found)
    assert re.search(r'class="truth true parted" href="#cell-8-R1"', text)
    assert '<strong class="parted">expected supported</strong>' in text


def test_claims_whose_text_was_not_read_are_marked(found):
    found["claims"][0]["second_hand"] = "from the abstract"
    assert '<span class="hearsay" title="from the abstract">text not read</span>' in page(found)
    assert "how we know of it: from the abstract" in report(found)


def test_a_supported_claim_says_how_small_an_error_it_would_have_seen(found):
    own = next(claim for claim in found["claims"] if claim["id"] == "own-coin")
    own |= {"status": "SUPPORTED", "resolution": None}
    assert f"resolution: not measured in this run; {own['reproduce']} --resolution measures it" in report(found)
    own["resolution"] = {"words": "5 % of the bound", "unit": "bound", "points": []}
    assert "resolution: 5 % of the bound" in report(found)


def test_open_questions_come_with_intervals_or_not_at_all(text, found):
    assert "[2.5, 3.5]" in text
    assert 'id="questions"' not in page(found)


def test_markdown_has_the_same_content():
    found = example_content()
    text = report(found)
    for claim in found["claims"]:
        assert f"### {claim['id']}" in text
    assert "| Thm 2 | Without real data expected entropy falls. | F (not decided)" in text
    assert "```python\n" in text
    assert "- evidence: after" in text
    assert "- along p:" in text
    assert "## References" in text
    # A bar would end a cell of a table; outside of tables it is text.
    assert all(line.count("|") == 7 or "\\|" in line for line in text.splitlines() if line.startswith("| `"))
    assert NASTY.split("|")[0] in text


def test_papers_are_cited_once_each():
    text = bibliography(example_content())
    assert text.count("@misc{zenil2026,") == 1
    assert text.count("{") == text.count("}")
    assert "eprint = {2601.05280}" in text


def test_a_report_without_a_catalogue_has_no_matrix_and_no_references():
    found = example_content()
    found |= {"claims": [claim for claim in found["claims"] if claim["id"] == "own-coin"], "catalogues": []}
    text = page(found)
    Outline(text)
    assert "Your own claims" in text
    assert "Truth matrix" not in text
    assert 'id="references"' not in text
    assert bibliography(found) == ""


def test_an_empty_report_is_still_a_page():
    found = example_content() | {"claims": [], "catalogues": []}
    Outline(page(found))
    assert report(found).startswith("# Verdicts")


def test_the_same_run_gives_the_same_bytes():
    assert page(example_content(), QUESTIONS) == page(example_content(), QUESTIONS)
    assert len(CLAIMS) == len(example_content()["claims"])

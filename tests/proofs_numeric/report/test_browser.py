"""Clicks through the page in a real browser, at three widths; needs the `browser` extra and a Chromium."""

import os
import shutil

import pytest

from proofs_numeric.report import page
from tests.proofs_numeric.report.runs import QUESTIONS, example_content

BROWSER = os.environ.get("ZENIL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
playwright = pytest.importorskip("playwright.sync_api", reason="needs the browser extra: pip install '.[browser]'")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs a chromium on the path, or ZENIL_CHROMIUM")

WIDTHS = (390, 820, 1300)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "index.html"
    file.write_text(page(example_content(), QUESTIONS), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        # A container has no sandbox of its own, and the page is ours.
        opened = running.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, address):
    """Opens the page; at the end nothing may have been complained about or asked for from elsewhere."""
    complaints, asked, opened = [], [], []

    def open_page(width=1300, scheme="light", anchor="", **options):
        view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        view.on("console", lambda message: complaints.append(message.text))
        view.on("pageerror", lambda error: complaints.append(str(error)))
        view.on("request", lambda request: asked.append(request.url))
        view.goto(address + anchor)
        opened.append(view)
        return view

    yield open_page
    for view in opened:
        view.close()
    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in asked)


def overflow(view):
    return view.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_with_everything_open(visit, width, scheme):
    view = visit(width, scheme)
    assert overflow(view) == 0
    view.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert overflow(view) == 0
    widths = view.evaluate(
        "[...document.querySelectorAll('figure svg')].map(each => each.getBoundingClientRect().width)"
    )
    assert len(widths) >= 10
    assert min(widths) > 150
    assert max(widths) <= width


def test_light_and_dark_differ_and_both_can_be_read(visit):
    colours = []
    for scheme in ("light", "dark"):
        view = visit(scheme=scheme)
        colours.append(
            view.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
        )
        ratio = view.evaluate(CONTRAST)
        assert ratio >= 4.5, (scheme, ratio)
    assert colours[0] != colours[1]


CONTRAST = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(c => c / 255)
      .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const page = light(getComputedStyle(document.body).backgroundColor);
  const texts = document.querySelectorAll('p, h1, h2, h3, a, .badge, .truth, summary, dt, dd, figcaption');
  return Math.min(...[...texts].map(each => {
    const ink = light(getComputedStyle(each).color);
    return (Math.max(ink, page) + .05) / (Math.min(ink, page) + .05);
  }));
}"""


def test_a_cell_opens_its_words_and_they_open_the_claim(visit):
    view = visit()
    cell = view.locator("#cell-8-R1")
    assert not cell.is_visible()
    view.locator('a[href="#cell-8-R1"]').click()
    assert cell.is_visible()
    assert "equality" in cell.inner_text()
    claim = view.locator("#lemma7-population")
    assert claim.get_attribute("open") is None
    cell.locator('a[href="#lemma7-population"]').click()
    view.wait_for_function("document.getElementById('lemma7-population').open")
    assert claim.locator(".body").is_visible()
    view.go_back()
    assert cell.is_visible()


def test_a_link_to_a_claim_opens_it(visit):
    view = visit(anchor="#thm2-zero-mass")
    body = view.locator("#thm2-zero-mass .body")
    assert body.is_visible()
    assert "zenil verify thm2-zero-mass" in body.inner_text()
    assert body.locator("figure svg").count() == 2
    assert body.locator("pre").count() == 2


def shown(view):
    return view.locator("#claims .claim:visible").count()


def test_filters_by_verdict_reading_catalogue_and_words(visit):
    view = visit()
    assert shown(view) == 8
    view.locator('input[value="REFUTED"]').uncheck()
    assert shown(view) == 3
    assert view.locator("#shown").inner_text() == "3 of 8 shown"
    assert not view.locator('.catalogue[data-catalogue=""]').is_visible()
    view.locator('input[value="REFUTED"]').check()
    view.locator('select[name="reading"]').select_option("R2")
    assert shown(view) == 4
    view.locator('select[name="reading"]').select_option("")
    view.locator('select[name="catalogue"]').select_option("")
    view.locator('input[name="words"]').fill("coin HEADS")
    assert shown(view) == 1
    view.locator('input[name="words"]').fill("no such words")
    assert shown(view) == 0
    assert view.locator("#shown").inner_text() == "0 of 8 shown"


def test_a_hidden_claim_is_shown_when_a_link_asks_for_it(visit):
    view = visit()
    view.locator('input[name="words"]').fill("no such words")
    view.locator('a[href="#cell-8-R1"]').click()
    view.locator('#cell-8-R1 a[href="#lemma7-population"]').click()
    view.wait_for_function("document.getElementById('lemma7-population').open")
    assert view.locator("#lemma7-population .body").is_visible()


def test_paper_shows_everything(visit, tmp_path):
    view = visit()
    file = tmp_path / "page.pdf"
    view.emulate_media(media="print")
    assert view.locator("#cell-8-R1").is_visible()
    assert not view.locator("#filter").is_visible()
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.locator("details:not([open])").count() == 0
    view.evaluate("dispatchEvent(new Event('afterprint'))")
    assert view.locator("details[open]").count() == 0
    view.pdf(path=file)
    assert file.read_bytes().startswith(b"%PDF")


def test_the_keyboard_reaches_cells_and_claims(visit):
    view = visit()
    view.locator('a[href="#cell-0-R1"]').focus()
    view.keyboard.press("Enter")
    assert view.locator("#cell-0-R1").is_visible()
    view.locator("#thm2-zero-mass summary").focus()
    view.keyboard.press("Enter")
    assert view.locator("#thm2-zero-mass .body").is_visible()


def test_without_scripts_cells_and_claims_still_open(visit):
    view = visit(java_script_enabled=False)
    view.locator('a[href="#cell-8-R1"]').click()
    assert view.locator("#cell-8-R1").is_visible()
    view.locator("#thm2-zero-mass summary").click()
    assert view.locator("#thm2-zero-mass .body").is_visible()

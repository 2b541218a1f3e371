import pytest

from proofs_numeric.catalogue import CATALOGUES
from proofs_numeric.catalogue.paper import Paper

CITED = [paper for catalogue in CATALOGUES.values() for paper in catalogue.papers]
PAPERS = list({paper.key: paper for paper in CITED}.values())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
def test_every_paper_can_be_found_and_cited(paper):
    assert paper.title
    assert all(", " in name or name == "others" for name in paper.authors)
    assert paper.address.startswith("https://")
    assert paper.bibtex.startswith("@")
    assert paper.bibtex.count("{") == paper.bibtex.count("}")
    assert str(paper.year) in paper.key


def test_a_key_stands_for_one_paper():
    assert len(set(CITED)) == len(PAPERS)
    assert all(name == catalogue.name for name, catalogue in CATALOGUES.items())


def test_bibtex_of_an_article_and_of_a_preprint():
    article = Paper(key="one1999", title="A B", authors=("C, D", "E, F"), year=1999, venue="G", doi="10.1/h")
    assert article.bibtex.splitlines()[0] == "@article{one1999,"
    assert "  author = {C, D and E, F}," in article.bibtex
    assert "  title = {{A B}}," in article.bibtex
    assert article.address == "https://doi.org/10.1/h"
    preprint = Paper(key="two2000", title="T", authors=("A, B",), year=2000, arxiv="2000.00001")
    assert preprint.bibtex.startswith("@misc{two2000,")
    assert "archivePrefix = {arXiv}" in preprint.bibtex


def test_a_paper_that_nobody_can_find_is_refused():
    with pytest.raises(ValueError, match="must say where 'a1' can be found"):
        Paper(key="a1", title="T", authors=("A, B",), year=2000)
    with pytest.raises(ValueError, match="`key` must be lower-case letters and digits"):
        Paper(key="A 1", title="T", authors=("A, B",), year=2000, arxiv="1")

import sys
import types

import pytest

from zenil_dynamics.corpora import word_frequencies


@pytest.fixture
def small_table(monkeypatch):
    """Stands in for the extra, so that its absence from a machine skips nothing."""
    frequencies = {"the": 0.05, "of": 0.0251, "rare": 1.02e-8}
    stub = types.ModuleType("wordfreq")
    stub.available_languages = lambda: {"en": "large", "de": "small"}  # type: ignore[attr-defined]
    stub.top_n_list = lambda language, top, wordlist: list(frequencies)[:top]  # type: ignore[attr-defined]
    stub.get_frequency_dict = lambda language, wordlist: frequencies  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wordfreq", stub)


def test_takes_the_most_frequent_words(small_table):
    vocabulary = word_frequencies("en", 2)
    assert vocabulary.tokens == ("the", "of")
    assert vocabulary.counts.tolist() == [50_000_000_000, 25_100_000_000]
    assert "2 most frequent words of 'en'" in vocabulary.source


@pytest.mark.parametrize(
    ("language", "top", "message"),
    [
        ("xx", 2, "no word list for the language 'xx'. Choose one of de, en"),
        ("en", 4, "has 3 words; got `top` = 4"),
        ("en", 0, "`top` must be a whole number of at least 1; got 0"),
        ("en", 2.5, "`top` must be a whole number"),
    ],
)
def test_refuses(small_table, language, top, message):
    with pytest.raises(ValueError, match=message):
        word_frequencies(language, top)


def test_names_the_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(ValueError, match=r"pip install 'zenil-dynamics\[corpora\]'"):
        word_frequencies("en", 10)


def test_the_real_table():
    pytest.importorskip("wordfreq")
    vocabulary = word_frequencies("en", 5000)
    assert vocabulary.support_size == 5000
    assert vocabulary.tokens[0] == "the"
    assert (vocabulary.counts[:-1] >= vocabulary.counts[1:]).all()

import numpy as np
import pytest

from zenil_dynamics import corpora

TEXT = "The cat sat; the DOG sat. The café's cat!"


@pytest.mark.parametrize("unit", corpora.UNITS)
def test_a_sequence_has_the_vocabulary_of_the_text_and_its_order(tmp_path, unit):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    sequence, vocabulary = corpora.read_tokens(path, unit), corpora.read_text(path, unit)
    assert sequence.vocabulary.tokens == vocabulary.tokens
    assert sequence.vocabulary.source == vocabulary.source
    assert np.array_equal(np.bincount(sequence.indices), vocabulary.counts)
    assert sequence.indices.dtype == np.int32
    written = {
        "words": ["the", "cat", "sat", "the", "dog", "sat", "the", "café's", "cat"],
        "chars": list(TEXT),
        "bytes": [f"{value:02x}" for value in TEXT.encode()],
    }
    assert sequence.words(sequence.indices) == written[unit]


def test_numbers_are_ranks_and_cannot_be_changed():
    sequence = corpora.number_tokens(["b", "c", "a", "c"], "letters")
    assert sequence.indices.tolist() == [2, 0, 1, 0]
    assert sequence.vocabulary.tokens == ("c", "a", "b")
    with pytest.raises(ValueError, match="read-only"):
        sequence.indices[0] = 1


@pytest.mark.parametrize(
    ("content", "unit", "message"),
    [
        ("x", "lines", "`unit` must be one of words, chars, bytes; got 'lines'"),
        (None, "words", "cannot read .*nowhere.txt"),
        ("...", "words", "`tokens` must not be empty; words of text.txt has none"),
    ],
)
def test_bad_texts_are_refused(tmp_path, content, unit, message):
    path = tmp_path / ("text.txt" if content is not None else "nowhere.txt")
    if content is not None:
        path.write_text(content)
    with pytest.raises(ValueError, match=message):
        corpora.read_tokens(path, unit)

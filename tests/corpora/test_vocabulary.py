import numpy as np
import pytest

from zenil_dynamics.corpora import Vocabulary


def test_holds_tokens_and_frozen_counts():
    given = np.array([3, 1])
    vocabulary = Vocabulary(("a", "b"), given, "here")
    assert (vocabulary.support_size, vocabulary.num_tokens) == (2, 4)
    given[0] = 7
    assert vocabulary.counts.tolist() == [3, 1]
    with pytest.raises(ValueError, match="read-only"):
        vocabulary.counts[0] = 5
    with pytest.raises(AttributeError):
        vocabulary.tokens = ()  # type: ignore[misc]


def test_mapping_is_ranked_by_count_then_code_point():
    vocabulary = Vocabulary.from_occurrences({"b": 2, "c": 9, "a": 2, "B": 2}, "here")
    assert vocabulary.tokens == ("c", "B", "a", "b")
    assert vocabulary.counts.tolist() == [9, 2, 2, 2]


@pytest.mark.parametrize(
    ("tokens", "counts", "message"),
    [
        ((), np.array([], np.int64), "non-empty"),
        (("a",), np.array([1, 2]), "one length"),
        (("a", "a"), np.array([1, 2]), "must be distinct"),
        (("a", "b"), np.array([1, 0]), "at least 1; got 0"),
        (("a", "b"), np.array([1.0, 2.0]), "whole numbers; got float64"),
        (("a", "b"), np.array([2**62, 2**62]), "must sum to at most"),
    ],
)
def test_refuses_what_is_no_vocabulary(tokens, counts, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(tokens, counts, "here")

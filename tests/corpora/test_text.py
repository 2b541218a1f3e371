import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenil_dynamics.corpora import UNITS, read_text, split_words


def counted(vocabulary):
    return dict(zip(vocabulary.tokens, vocabulary.counts.tolist(), strict=True))


def test_words_of_a_file(tmp_path):
    file = tmp_path / "a, b.txt"
    file.write_text("The cat and the DOG.\nThe end -- the_end\n", encoding="utf-8")
    vocabulary = read_text(file)
    assert counted(vocabulary) == {"the": 4, "end": 2, "and": 1, "cat": 1, "dog": 1}
    assert vocabulary.tokens[:3] == ("the", "end", "and")
    assert vocabulary.source == "words of a, b.txt"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't 'tis rock'n'roll'", ["don't", "tis", "rock'n'roll"]),
        ("l\u2019\u00c9T\u00c9", ["l'\u00e9t\u00e9"]),
        ("E\u0301te\u0301", ["\u00e9t\u00e9"]),  # decomposed and composed spellings are one word
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092d\u093e\u0937\u093e",
            ["\u0939\u093f\u0928\u094d\u0926\u0940", "\u092d\u093e\u0937\u093e"],
        ),
        ("\u0421\u043b\u043e\u0432\u043e, \u0441\u043b\u043e\u0432\u043e", ["\u0441\u043b\u043e\u0432\u043e"] * 2),
        ("x86 and 3.14", ["x86", "and", "3", "14"]),
        ("snake_case well-known", ["snake", "case", "well", "known"]),
        (" \n\t...", []),
    ],
)
def test_the_rule_for_words(text, words):
    assert list(split_words(text)) == words


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_words_do_not_depend_on_what_separates_them(text):
    words = list(split_words(text))
    # Lower-casing can leave a character that a second pass changes again (U+0130 does), hence one pass more.
    again = list(split_words(" -- ".join(words)))
    assert list(split_words("\n".join(again))) == again


def test_characters_and_bytes(tmp_path):
    file = tmp_path / "text"
    file.write_bytes("\ufeffa\u00e9a\r\n".encode())
    assert counted(read_text(file, "chars")) == {"a": 2, "\u00e9": 1, "\r": 1, "\n": 1}
    as_bytes = counted(read_text(file, "bytes"))
    assert as_bytes["61"] == 2
    assert as_bytes["c3"] == 1
    assert sum(as_bytes.values()) == len("\ufeffa\u00e9a\r\n".encode())


def test_bytes_need_no_encoding(tmp_path):
    file = tmp_path / "raw"
    file.write_bytes(b"\xff\xfe\xff")
    assert counted(read_text(file, "bytes")) == {"ff": 2, "fe": 1}


@pytest.mark.parametrize("unit", ["words", "chars"])
def test_refuses_other_encodings(tmp_path, unit):
    file = tmp_path / "latin"
    file.write_bytes(b"caf\xe9 noir")
    with pytest.raises(ValueError, match="is not UTF-8: byte 0xe9 at offset 3"):
        read_text(file, unit)


@pytest.mark.parametrize("unit", UNITS)
def test_refuses_an_empty_text(tmp_path, unit):
    file = tmp_path / "empty"
    file.write_bytes(b"")
    with pytest.raises(ValueError, match="has nothing in it"):
        read_text(file, unit)


def test_refuses_a_text_without_words(tmp_path):
    file = tmp_path / "dots"
    file.write_text("... !!!", encoding="utf-8")
    with pytest.raises(ValueError, match="has no word in it"):
        read_text(file)


def test_refuses_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(ValueError, match="cannot read .*no such file"):
        read_text(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="cannot read"):
        read_text(tmp_path)


def test_refuses_an_unknown_unit(tmp_path):
    with pytest.raises(ValueError, match="`unit` must be one of words, chars, bytes; got 'lines'"):
        read_text(tmp_path / "nowhere", "lines")

import numpy as np
import pytest

from proofs_numeric.cli.specs import parse_target


def probs(spec):
    return np.asarray(parse_target(spec).state.probs)


def test_families():
    np.testing.assert_allclose(probs("zipf:3"), np.array([6, 3, 2]) / 11, rtol=1e-15)
    np.testing.assert_allclose(probs("zipf:2,2"), [0.8, 0.2], rtol=1e-15)
    assert probs("uniform:1e1").tolist() == [0.1] * 10
    assert probs("probs:0.5,0.3,0.2").tolist() == [0.5, 0.3, 0.2]
    gaussian = parse_target("gaussian:-1.5,4").state
    assert (float(gaussian.mean), float(gaussian.variance)) == (-1.5, 4.0)


def test_a_sum_within_the_tolerance_is_renormalised():
    assert probs("probs:0.5,0.5000009").sum() == pytest.approx(1, abs=1e-15)


def test_probabilities_of_a_file_with_commas_in_its_name(tmp_path):
    (tmp_path / "p,1.txt").write_text("0.5, 0.25\n0.25\n")
    assert probs("probs:p,1.txt").tolist() == [0.5, 0.25, 0.25]


def test_counts_keep_their_order(tmp_path):
    (tmp_path / "a,b.csv").write_text("token,count\nrare,1\ncommon,3\n")
    target = parse_target("counts:a,b.csv")
    assert np.asarray(target.state.probs).tolist() == [0.25, 0.75]
    assert target.vocabulary.tokens == ("rare", "common")


@pytest.mark.parametrize(
    ("spec", "tokens"),
    [
        ("text:a,b.txt", ("x", "yx")),
        ("text:a,b.txt,words", ("x", "yx")),
        ("text:a,b.txt,chars", ("x", " ", "y")),
        ("text:a,b.txt,bytes", ("78", "20", "79")),
        ("text:c,words", ("z",)),  # the file c: the last comma is before the name of a unit
        ("text:c,words,words", ("w",)),  # the file "c,words"
    ],
)
def test_the_unit_follows_the_last_comma(tmp_path, spec, tokens):
    (tmp_path / "a,b.txt").write_text("x yx x")
    (tmp_path / "c").write_text("z")
    (tmp_path / "c,words").write_text("w")
    assert parse_target(spec).vocabulary.tokens == tokens


@pytest.mark.parametrize(
    ("spec", "order", "tokens", "num_edges"),
    [
        ("text:a,b.txt,ngram:1", 1, ("x", "yx"), 2),
        ("text:a,b.txt,chars,ngram:2", 2, ("x", " ", "y"), 4),
        ("text:a,b.txt,bytes,ngram:1", 1, ("78", "20", "79"), 4),
    ],
)
def test_an_ngram_model_follows_the_unit(tmp_path, spec, order, tokens, num_edges):
    (tmp_path / "a,b.txt").write_text("x yx x")
    target = parse_target(spec)
    assert (target.state.family, target.state.order, target.state.graph.num_edges) == ("ngram", order, num_edges)
    assert target.vocabulary.tokens == tokens


def test_words_of_a_language():
    pytest.importorskip("wordfreq")
    target = parse_target("words:en,50")
    assert target.state.support_size == target.vocabulary.support_size == 50


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("zipff:3", "unknown name 'zipff'; did you mean zipf"),
        ("unform:3", "unknown name 'unform'; did you mean uniform"),
        ("zipf", r"zipf needs its parameters. Write zipf:K\[,EXPONENT\]"),
        ("zipf:0", "K must be a whole number of at least 1; got '0'"),
        ("zipf:2.5", "K must be a whole number of at least 1; got '2.5'"),
        ("zipf:3,x", "EXPONENT must be a finite number; got 'x'"),
        ("zipf:3,1,1", r"zipf takes zipf:K\[,EXPONENT\]"),
        ("uniform:-4", "K must be a whole number of at least 1"),
        ("uniform:1e18", "needs about 32000000000000000000 bytes of memory; [0-9]+ bytes are available"),
        ("gaussian:0", "gaussian takes gaussian:MEAN,VARIANCE"),
        ("gaussian:0,-1", "`variance` must be positive; got -1"),
        ("gaussian:nan,1", "MEAN of gaussian must be a finite number; got 'nan'"),
        ("probs:0.5,0.4", "must sum to 1 .* got 0.9"),
        ("probs:0.5,0.500002", "must sum to 1"),
        ("probs:1.5,-0.5", "non-negative and finite; entry 1 is -0.5"),
        ("probs:nan,0.5", "non-negative and finite; entry 0 is nan"),
        ("probs:0.5,O.5", "neither a list of numbers nor a readable file"),
        ("probs:bad.txt", "row 2 of 'bad.txt' holds 'x'"),
        ("probs:empty.txt", "'empty.txt' holds no number"),
        ("probs:latin.txt", "'latin.txt' is not a UTF-8 text"),
        ("counts:bad.csv", "row 2 of the count table 'bad.csv' has the count '0'"),
        ("text:nowhere.txt", "cannot read 'nowhere.txt': no such file"),
        ("text:empty.txt", "the text 'empty.txt' has nothing in it"),
        ("text:latin.txt", "'latin.txt' is not UTF-8"),
        ("text:bad.txt,wrods", "unknown name 'wrods'; did you mean words"),
        ("text:bad.txt,ngram:0", "ORDER of ngram must be a whole number of at least 1; got '0'"),
        ("text:bad.txt,ngram", "ngram needs its order. Write ngram:ORDER, such as ngram:2"),
        ("text:bad.txt,ngram:9", "`tokens` must be more than `order`, 9; got 5"),
        ("text:bad.txt,wrods,ngram:1", "unknown name 'wrods'; did you mean words"),
        ("words:en,0", "TOP must be a whole number of at least 1"),
    ],
)
def test_refuses(tmp_path, spec, message):
    (tmp_path / "bad.txt").write_text("0.5\n0.25 x\n")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    (tmp_path / "bad.csv").write_text("a,1\nb,0\n")
    with pytest.raises(ValueError, match=message):
        parse_target(spec)

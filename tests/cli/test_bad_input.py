import pytest

BASE = {"--target": "zipf:5", "--num-samples": "20", "--num-generations": "4", "--num-replicates": "8"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"--target": "probs:0.5,0.4"}, "must sum to 1 (within 1e-06); got 0.9."),
        ({"--target": "probs:0.5,0.500002"}, "must sum to 1"),
        ({"--target": "probs:1.5,-0.5"}, "non-negative and finite; entry 1 is -0.5"),
        ({"--target": "probs:nan,0.5"}, "entry 0 is nan"),
        ({"--exogenous-fraction": "1.3"}, "alpha must lie in [0, 1]; got 1.3"),
        ({"--exogenous-fraction": "-0.1"}, "alpha must lie in [0, 1]; got -0.1"),
        ({"--exogenous-fraction": "nan"}, "alpha must lie in [0, 1]; got nan"),
        ({"--exogenous-fraction": "geometric:0.5,1.5"}, "got 1.125 at generation 2"),
        ({"--num-samples": "0"}, "N must be a whole number of at least 1; got '0'"),
        ({"--num-samples": "-5"}, "N must be a whole number of at least 1; got '-5'"),
        ({"--num-samples": "2.5"}, "N must be a whole number of at least 1; got '2.5'"),
        ({"--num-samples": "nan"}, "N must be a finite number; got 'nan'"),
        ({"--num-samples": "piecewise:0=5,3=0"}, "`num_samples` must be at least 1; got 0 at generation 3"),
        ({"--num-samples": "3000000000"}, "must be below 2^31"),
        ({"--target": "text:empty.txt"}, "'empty.txt' has nothing in it"),
        ({"--target": "text:latin.txt"}, "'latin.txt' is not UTF-8"),
        ({"--target": "counts:bad.csv"}, "row 3 of the count table 'bad.csv'"),
        ({"--target": "uniform:1e15"}, "a target of 1000000000000000 types needs about 32000000000000000 bytes"),
        (
            {"--num-generations": "1000000", "--num-replicates": "100000000", "--keep-replicates": None, "--out": "o"},
            "bytes of memory",
        ),
        ({"--record": "entropi"}, "unknown name 'entropi'; did you mean entropy"),
        ({"--record": "mean"}, "'mean' has no meaning for a categorical state, only for "),
        ({"--target": "gaussian:0,1", "--record": "entropy"}, "The quantity meant here is called differential_entropy"),
        ({"--record": ","}, "no name in ','"),
        ({"--update": "replase"}, "unknown name 'replase'; did you mean replace"),
        ({"--update": "replace:3"}, "replace takes no parameter; got '3'"),
        ({"--fit": "mlee"}, "unknown name 'mlee'; did you mean mle"),
        ({"--fit": "mle:1"}, "mle takes no parameter"),
        ({"--fit": "smoothed"}, "smoothed needs its parameter. Write --fit smoothed:BETA"),
        ({"--fit": "smoothed:x"}, "BETA must be a finite number; got 'x'"),
        ({"--fit": "unbiased"}, "has no meaning for a categorical state"),
        ({"--mixing": "mixed"}, "`mixing` must be one of bernoulli, stratified; got 'mixed'"),
        ({"--initial": "uniform:6"}, "same number of types; got 5 and 6"),
        ({"--initial": "gaussian:0,1"}, "a gaussian state cannot meet a categorical one"),
        ({"--initial": "estimate:0"}, "must be a whole number of at least 1; got '0'"),
        ({"--initial": "estimat:3"}, "--initial: unknown name 'estimat'"),
        ({"--num-generations": "-1"}, "--num-generations must be at least 0; got -1"),
        ({"--num-replicates": "0"}, "--num-replicates must be at least 1; got 0"),
        ({"--plot": "picture.gif"}, "must end in .png, .svg, .pdf; got 'picture.gif'"),
        ({"--plot": "p.png", "--terminal-only": None}, "--plot needs more than one generation"),
        ({"--json": "nowhere/result.json"}, "cannot write 'nowhere/result.json'"),
        ({"--out": "empty.txt"}, "'empty.txt' is a file"),
        ({"--keep-replicates": None}, "--keep-replicates needs --out DIR"),
        ({"--config": "nowhere.toml"}, "cannot read 'nowhere.toml'"),
    ],
)
def test_one_clear_line(refused, tmp_path, changed, message):
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "latin.txt").write_bytes(b"\xe9t\xe9")
    (tmp_path / "bad.csv").write_text("token,count\na,1\nb,two\n")
    arguments = [part for pair in {**BASE, **changed}.items() for part in pair if part is not None]
    assert message in refused("simulate", *arguments)


def test_a_refused_run_leaves_no_folder(refused, tmp_path):
    refused("simulate", "--target", "zipf:5", "--num-samples", "geometric:4,0", "--out", "folder")
    assert not (tmp_path / "folder").exists()


def test_nothing_to_resume(refused):
    assert "holds no interrupted run" in refused("resume", "nowhere")


def test_a_missing_extra_is_named(refused, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "wordfreq", None)
    line = refused("simulate", "--target", "words:en,100", "--num-samples", "5")
    assert "pip install 'zenil-dynamics[corpora]'" in line

"""Decoder SPECs: what they make, what they refuse, and the way through flags, files and folders."""

import json
from dataclasses import replace

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.arguments import Arguments, merge, open_folder, recall
from proofs_numeric.cli.specs import parse_decoders

TYPES = zd.Categorical([0.4, 0.3, 0.2, 0.1])
LINE = zd.Gaussian()
CORRECT = (True, False, True, True)
D = zd.decoders

BASE = ("--target", "probs:0.4,0.3,0.2,0.1", "--num-samples", "20", "--num-generations", "2", "--num-replicates", "8")


@pytest.mark.parametrize(
    ("text", "state", "decoder"),
    [
        ("temperature:0.5", TYPES, D.Temperature(0.5)),
        ("topk:2", TYPES, D.TopK(2)),
        ("nucleus: 0.9", TYPES, D.Nucleus(0.9)),
        ("smoothing:1e-3", TYPES, D.Smoothing(1e-3)),
        ("noise:0.2", LINE, D.Noise(0.2)),
        ("bias:0.7", LINE, D.SamplingBias(0.7)),
        ("tilt:0.5,1,2,3,4.5", TYPES, D.Tilt([1, 2, 3, 4.5], 0.5)),
        ("tilt:0.5,-2", LINE, D.Tilt(-2.0, 0.5)),
        ("tilt:0.5,quadratic,1,-2", LINE, D.Tilt(D.Quadratic(1.0, -2.0), 0.5)),
        ("bestof:4,scores.txt", TYPES, D.BestOfN(4, [1, 0, 2, 3.5])),
        ("curation:3,1,2,3,4", TYPES, D.Curation([1, 2, 3, 4], 3)),
        ("energy:2,1,2,3,4", TYPES, D.EnergyFilter([1, 2, 3, 4], 2.0)),
        ("verifier:0.9,0.1,0,2-3", TYPES, D.Verifier(CORRECT, 0.9, 0.1)),
        ("verifier:0.9,0.1,mask.txt", TYPES, D.Verifier(CORRECT, 0.9, 0.1)),
        ("item-verifier:0.9,0.5,7,0,2-3", TYPES, D.ItemVerifier.drawn(CORRECT, 0.9, 0.5, key=jax.random.key(7))),
        ("projection:1", TYPES, D.Projection([False, True, False, False])),
    ],
)
def test_specs_make_decoders(tmp_path, text, state, decoder):
    (tmp_path / "scores.txt").write_text("1,0\n2 3.5\n")
    (tmp_path / "mask.txt").write_text("1 0 1 1")
    (parsed,) = parse_decoders((text,), state)
    assert jax.tree.structure(parsed) == jax.tree.structure(decoder)
    for one, other in zip(jax.tree.leaves(parsed), jax.tree.leaves(decoder), strict=True):
        np.testing.assert_array_equal(one, other)
    assert parsed.describe() == decoder.describe()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("temprature:0.5", "--decoder: unknown name 'temprature'; did you mean temperature?"),
        ("temperature", "temperature takes temperature:TAU; got temperature:."),
        ("temperature:0.5,1", "temperature takes temperature:TAU; got temperature:0.5,1."),
        ("temperature:hot", "--decoder: TAU must be a finite number; got 'hot'"),
        ("temperature:0", "`temperature` must be positive; got 0"),
        ("topk:2.5", "--decoder: K must be a whole number of at least 1; got '2.5'"),
        ("nucleus:1.5", "`mass` must lie in (0, 1]; got 1.5"),
        ("noise:0.2", "Noise cannot decode a categorical state"),
        ("tilt:0.5", "tilt takes tilt:BETA,SCORE; got tilt:0.5."),
        ("tilt:0.5,1,2", "`reward` of Tilt must have one entry per type, 4; got 2"),
        ("tilt:0.5,1", "its `reward` is a function on the line. Give one number per type."),
        ("tilt:0.5,nan,1,2,3", "--decoder: a score must be a finite number; got 'nan'"),
        ("tilt:0.5,quadratic,1", "takes quadratic,CENTRE,CURVATURE; got quadratic,1."),
        ("tilt:0.5,nowhere.txt", "'nowhere.txt' is neither a list of numbers nor a readable file"),
        ("bestof:0,1,2,3,4", "--decoder: N must be a whole number of at least 1; got '0'"),
        ("verifier:0.9,0.1", "verifier takes verifier:TPR,FPR,TYPES"),
        ("verifier:0.9,0.1,4", "4 of verifier names no types here. They are 0 to 3"),
        ("verifier:0.9,0.1,3-1", "3-1 of verifier names no types here"),
        ("verifier:0.9,1.1,0", "`false_positive_rate` must lie in [0, 1]; got 1.1"),
        ("item-verifier:0.9,0.1,x,0", "--decoder: SEED must be a whole number from 0 to 2^63 - 1; got 'x'"),
        ("projection:bad.txt", "row 2 of 'bad.txt' holds 'yes', which is no number"),
        ("projection:short.txt", "`allowed` of Projection must have one entry per type, 4; got 2"),
    ],
)
def test_one_clear_line(refused, tmp_path, text, message):
    (tmp_path / "bad.txt").write_text("1\nyes\n")
    (tmp_path / "short.txt").write_text("1 0")
    assert message in refused("simulate", *BASE, "--decoder", text)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--decoder", "bestof:2,1", "--decoder", "bias:0.5"), "SamplingBias cannot decode a LargestNormal source"),
        (("--decoder", "curation:2,1", "--update", "population"), "have a closed form for types only"),
    ],
)
def test_a_chain_that_breaks_leaves_no_folder(refused, tmp_path, flags, message):
    line = refused("simulate", "--target", "gaussian:0,1", "--num-samples", "5", *flags, "--out", "folder")
    assert message in line
    assert not (tmp_path / "folder").exists()


def test_masks_need_types(refused):
    line = refused("simulate", "--target", "gaussian:0,1", "--num-samples", "5", "--decoder", "projection:0")
    assert "projection names types, which a gaussian state does not have" in line


def test_flags_repeat_in_order_and_win_over_the_file(tmp_path):
    (tmp_path / "run.toml").write_text('target = "zipf:5"\nnum-samples = 9\ndecoder = ["temperature:2", "topk:3"]\n')
    assert merge({}, "run.toml").decoder == ("temperature:2", "topk:3")
    assert merge({"decoder": []}, "run.toml").decoder == ("temperature:2", "topk:3")
    assert merge({"decoder": ["topk:4", "nucleus:0.5"]}, "run.toml").decoder == ("topk:4", "nucleus:0.5")
    (tmp_path / "one.toml").write_text('target = "zipf:5"\nnum-samples = 9\ndecoder = "verifier:0.9,0.1,0-2"\n')
    assert merge({}, "one.toml").decoder == ("verifier:0.9,0.1,0-2",)
    (tmp_path / "bad.toml").write_text('target = "zipf:5"\nnum-samples = 9\ndecoder = [1]\n')
    with pytest.raises(ValueError, match="decoder of 'bad.toml' must be a list of strings; got"):
        merge({}, "bad.toml")


def test_decoders_survive_in_a_folder(tmp_path):
    arguments = Arguments(target="zipf:5", num_samples="7", decoder=("topk:4", "nucleus:0.5"))
    open_folder(arguments, tmp_path)
    assert recall(tmp_path)[0] == arguments
    with pytest.raises(ValueError, match="holds another run that was interrupted"):
        open_folder(replace(arguments, decoder=("nucleus:0.5", "topk:4")), tmp_path)


def test_the_result_names_its_decoders(zenil):
    result = zenil(
        "simulate", *BASE, "--update", "population", "--decoder", "topk:2", "--decoder", "smoothing:0.2", "--json", "-"
    )
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert facts["system"]["decoders"] == [
        {"decoder": "top_k", "num_kept": 2},
        {"decoder": "smoothing", "uniform_share": 0.2},
    ]
    # Two of four types, then a floor of 1/20 under all of them.
    np.testing.assert_allclose(facts["measured"]["support_size"]["mean"], [4, 4, 4])


def test_exact_values_without_a_known_slack_have_no_z(zenil):
    """A population limit through a temperature is known, how far float32 may stray from it is not."""
    flags = (*BASE, "--update", "population", "--decoder", "temperature:0.5", "--record", "diversity")
    facts = json.loads(zenil("simulate", *flags, "--json", "-").stdout)
    assert facts["slack"] == {"diversity": None}
    np.testing.assert_allclose(facts["measured"]["diversity"]["mean"], facts["exact"]["diversity"], rtol=1e-5)
    table = zenil("simulate", *flags)
    assert table.exit_code == 0, table.output
    assert "no bound on the numerical slack is known" in table.stdout

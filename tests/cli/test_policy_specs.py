"""SPECs of updates, ensembles, fits and models of another family: what they make, and what they refuse."""

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.arguments import Arguments, merge, open_folder, recall
from proofs_numeric.cli.run import build
from proofs_numeric.cli.specs import parse_fit, parse_policies

LINE = zd.FixedVarianceGaussian(0.0, 1.0)


def same(one, other):
    return jax.tree.structure(one) == jax.tree.structure(other) and one.describe() == other.describe()


@pytest.mark.parametrize(
    ("text", "update"),
    [
        ("replace", zd.Replace()),
        ("accumulate", zd.Accumulate()),
        ("subsample", zd.AccumulateSubsample()),
        ("population", zd.Population()),
        ("debiased", zd.Debiased()),
        ("window:3", zd.Window(3)),
        ("reuse: 1e1", zd.ReuseReal(10)),
        ("weighted:0.25", zd.Weighted(0.25)),
    ],
)
def test_updates(text, update):
    parsed, ensemble = parse_policies(text, None, False)
    assert same(parsed, update)
    assert ensemble is None


@pytest.mark.parametrize(
    ("flags", "update", "ensemble"),
    [
        (("window:3", "4", False), zd.Window(3), zd.Ensemble(4)),
        (("replace", "0.7, 0.3", True), zd.Replace(), zd.Ensemble([0.7, 0.3], coupled=False)),
        (("ensemble:2", None, True), zd.Replace(), zd.Ensemble(2, coupled=False)),
    ],
)
def test_ensembles(flags, update, ensemble):
    parsed_update, parsed = parse_policies(*flags)
    assert same(parsed_update, update)
    assert same(parsed, ensemble)


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("mle", zd.MaximumLikelihood()),
        ("unbiased", zd.Unbiased()),
        ("smoothed:0.5", zd.Smoothed(0.5)),
        ("perturbed:0.2", zd.Perturbed(0.2)),
    ],
)
def test_fits(text, fit):
    assert same(parse_fit(text), fit)


def system(**flags):
    return build(Arguments(**{"num_samples": "20", "num_generations": 4, **flags}))[1]


def test_a_normal_model_of_another_family():
    loop = system(target="exponential:2", model="gaussian")
    assert same(loop.initial_state, zd.Gaussian(2.0, 4.0))
    assert "kl_to_target" not in loop.quantities


@pytest.mark.parametrize(
    ("flags", "capacity"),
    [
        ({}, 20),
        ({"initial": "estimate:30"}, 30),
        ({"num_samples": "piecewise:0=5,3=40"}, 40),
        ({"num_samples": "piecewise:0=5,4=40"}, 9),  # generation 4 is recorded and drives no step
        ({"update": "accumulate"}, 89),
        ({"update": "window:2"}, 40),
        ({"num_generations": 0}, 20),
    ],
)
def test_a_kernel_density_has_room_for_the_largest_training_set(flags, capacity):
    loop = system(**{"target": "gamma:2,3", "model": "kde:0.25", "initial": "estimate:9", **flags})
    assert loop.model.capacity == capacity
    assert float(loop.model.bandwidth) == 0.25


def test_decoders_see_the_models_family():
    (decoder,) = system(target="gamma:2,3", model="gaussian", decoder=("noise:0.5",)).decoders
    assert same(decoder, zd.decoders.Noise(0.5))


def test_the_system_describes_its_parts():
    loop = system(target="exponential:2", model="gaussian", ensemble="0.7,0.3", uncoupled=True, decoder=("noise:0.5",))
    facts = loop.describe()
    assert facts["model"]["family"] == "gaussian"
    assert facts["ensemble"] == {"weights": [0.7, 0.3], "coupled": False}
    assert facts["decoders"] == [zd.decoders.Noise(0.5).describe()]


BASE = {"--target": "zipf:5", "--num-samples": "20", "--num-generations": "4"}
LAW = {"--target": "gamma:2,3", "--initial": "estimate:9"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"--update": "windo:3"}, "--update: unknown name 'windo'; did you mean window?"),
        ({"--update": "window"}, "--update: window needs its parameter. Write --update window:W."),
        ({"--update": "window:0"}, "W, the generations of a window, must be a whole number of at least 1; got '0'"),
        ({"--update": "window:2.5"}, "must be a whole number of at least 1; got '2.5'"),
        ({"--update": "window:nan"}, "must be a finite number; got 'nan'"),
        ({"--update": "window:1e12"}, "bytes of memory"),
        ({"--update": "subsample:3"}, "--update: subsample takes no parameter; got '3'"),
        ({"--update": "reuse:x"}, "R, the reused real draws, must be a finite number; got 'x'"),
        ({"--update": "reuse:30"}, "`num_samples` counts the 30 reused real draws and must not be below them; got 20"),
        ({"--update": "reuse:5", "--exogenous-fraction": "0.1"}, "no fresh real draws. Set `exogenous_fraction` to 0."),
        ({"--update": "reuse:5", "--initial": "estimate:6"}, "keeps 5 real draws, and `initial` was estimated from 6"),
        ({"--update": "weighted:2"}, "W, the weight of the real draws, must lie in [0, 1]; got 2."),
        ({"--update": "weighted:0.5"}, "generation 0 has 0 real ones of 20. Change `exogenous_fraction`."),
        ({"--update": "debiased", "--target": "gaussian:0,1"}, "Debiased subtracts frequencies of types"),
        ({"--update": "population", "--target": "alleles:20"}, "Population needs a set of infinitely many draws"),
        ({"--update": "accumulate", "--target": "alleles:20"}, "cannot hold a training set of 80 draws"),
        ({"--update": "ensemble"}, "--update: ensemble needs its parameter. Write --update ensemble:M."),
        ({"--update": "ensemble:2", "--ensemble": "2"}, "name the ensemble twice. Keep --ensemble"),
        ({"--ensemble": "0"}, "--ensemble: M, the number of members, must be a whole number of at least 1; got '0'"),
        ({"--ensemble": "0.5"}, "M, the number of members, must be a whole number of at least 1; got '0.5'"),
        ({"--ensemble": "0.5,0.4"}, "--ensemble: `weights` must sum to 1 (within 1e-06); got 0.9."),
        ({"--ensemble": "1.5,-0.5"}, "--ensemble: `weights` must be non-negative and finite; entry 1 is -0.5"),
        ({"--ensemble": "0.5,"}, "--ensemble: the weight of a member must be a finite number; got ''"),
        ({"--ensemble": "1e12"}, "--ensemble: 1000000000000 members needs about 1024000000000000 bytes"),
        ({"--uncoupled": None}, "--uncoupled says how the members of an ensemble train. Give --ensemble M"),
        ({"--fit": "perturbd:1"}, "--fit: unknown name 'perturbd'; did you mean perturbed:SD"),
        ({"--fit": "perturbed"}, "--fit: perturbed needs its parameter. Write --fit perturbed:SD"),
        ({"--fit": "perturbed:nan"}, "--fit: SD must be a finite number; got 'nan'"),
        ({"--fit": "perturbed:-1"}, "--fit: `standard_deviation` must be at least 0; got -1"),
        ({"--fit": "perturbed:1"}, "Perturbed moves a mean anywhere on the line and has no meaning for a categorical"),
        ({"--fit": "smoothed:0"}, "--fit: `pseudocount` must be positive; got 0"),
        ({"--model": "gausian"}, "--model: unknown name 'gausian'; did you mean gaussian?"),
        ({"--model": "gaussian"}, "draws of a categorical target are none. Leave --model out."),
        ({**LAW, "--model": "gaussian:0,1"}, "--model: gaussian takes no parameters, they are fitted; got '0,1'."),
        ({**LAW, "--model": "kde"}, "--model: kde needs its bandwidth. Write --model kde:BANDWIDTH"),
        ({**LAW, "--model": "kde:wide"}, "--model: BANDWIDTH must be a finite number; got 'wide'"),
        ({**LAW, "--model": "kde:-1"}, "--model: BANDWIDTH must be at least 0; got -1."),
        ({"--target": "gamma:2,3", "--model": "kde:1"}, "--model: kde starts from a sample of the target."),
        ({**LAW, "--model": "kde:1", "--num-samples": "2e9"}, "estimate of 2000000000 points needs about 96000000000 "),
        ({**LAW, "--model": "kde:1", "--num-samples": "geometric:4,0"}, "must be at least 1; got 0 at generation 1"),
        ({"--target": "gamma:2,3", "--initial": "gamma:2,4"}, "both states must have the same ('shape', 3.0)"),
    ],
)
def test_one_clear_line(refused, changed, message):
    arguments = [part for pair in {**BASE, **changed}.items() for part in pair if part is not None]
    assert message in refused("simulate", *arguments)


def test_a_file_says_what_flags_say(tmp_path):
    (tmp_path / "run.toml").write_text(
        'target = "exponential:2"\nnum-samples = 20\nmodel = "gaussian"\nensemble = [0.7, 0.3]\nuncoupled = true\n'
    )
    flags = {"target": "exponential:2", "num_samples": "20", "model": "gaussian", "ensemble": "0.7,0.3"}
    assert merge({}, "run.toml") == merge({**flags, "uncoupled": True}, None)
    assert merge({"ensemble": "3", "uncoupled": False}, "run.toml") == merge({**flags, "ensemble": "3"}, None)
    (tmp_path / "number.toml").write_text('target = "zipf:5"\nnum-samples = 20\nensemble = 3\n')
    assert merge({}, "number.toml").ensemble == "3"
    (tmp_path / "bad.toml").write_text('target = "zipf:5"\nnum-samples = 20\nensemble = [true, false]\n')
    with pytest.raises(ValueError, match="ensemble of 'bad.toml' must be a string or a number; got"):
        merge({}, "bad.toml")


def test_they_survive_in_a_folder(tmp_path):
    arguments = Arguments(target="gamma:2,3", num_samples="7", model="gaussian", ensemble="2", uncoupled=True)
    open_folder(arguments, tmp_path)
    assert recall(tmp_path)[0] == arguments


def test_weights_are_kept_to_the_last_bit():
    weights = np.array([1 / 3, 2 / 3])
    parsed = parse_policies("replace", ",".join(map(repr, weights.tolist())), False)[1]
    np.testing.assert_array_equal(parsed.weights, weights)

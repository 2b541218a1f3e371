import dataclasses
from dataclasses import replace

import pytest

from proofs_numeric.cli.arguments import TYPES, Arguments, merge, open_folder, recall


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path):
    (tmp_path / "run.toml").write_text(
        'target = "zipf:5"\nnum-samples = 100\nexogenous_fraction = 0.25\nnum-generations = 7\nx64 = true\n'
        'record = ["entropy", "diversity"]\n'
    )
    arguments = merge({"num_generations": 9, "seed": None, "x64": False}, "run.toml")
    assert arguments == Arguments(
        target="zipf:5",
        num_samples="100",
        exogenous_fraction="0.25",
        num_generations=9,
        record="entropy,diversity",
        x64=False,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('traget = "zipf:5"', "unknown key 'traget'; did you mean target"),
        ('num-samples = 5\nnum_samples = "6"', "gives num-samples twice"),
        ("num-generations = 2.5", "num-generations of 'run.toml' must be a whole number; got 2.5"),
        ("x64 = 1", "x64 of 'run.toml' must be true or false; got 1"),
        ("target = true", "target of 'run.toml' must be a string or a number; got True"),
        ("target = [", "'run.toml' is not TOML"),
    ],
)
def test_refuses_a_bad_file(tmp_path, content, message):
    (tmp_path / "run.toml").write_text(content)
    with pytest.raises(ValueError, match=message):
        merge({}, "run.toml")


def test_refuses_a_missing_file_and_missing_names():
    with pytest.raises(ValueError, match="cannot read 'nowhere.toml': no such file"):
        merge({}, "nowhere.toml")
    with pytest.raises(ValueError, match="--num-samples is missing"):
        merge({"target": "zipf:3"}, None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("num_generations", -1, "--num-generations must be at least 0; got -1"),
        ("num_replicates", 0, "--num-replicates must be at least 1; got 0"),
        ("seed", -1, "--seed must be at least 0; got -1"),
        ("seed", 2**63, "--seed must be below"),
    ],
)
def test_refuses_numbers_out_of_range(name, value, message):
    with pytest.raises(ValueError, match=message):
        merge({"target": "zipf:3", "num_samples": "5", name: value}, None)


def test_arguments_survive_in_a_folder(tmp_path):
    arguments = Arguments(target="zipf:5", num_samples="7", seed=3, x64=True, initial="estimate:4")
    open_folder(arguments, tmp_path / "new" / "folder")
    assert recall(tmp_path / "new" / "folder") == (arguments, tmp_path)


def test_an_interrupted_run_is_not_overwritten(tmp_path):
    first = Arguments(target="zipf:5", num_samples="7")
    open_folder(first, tmp_path)
    open_folder(replace(first, quiet=True), tmp_path)
    with pytest.raises(ValueError, match="holds another run that was interrupted"):
        open_folder(replace(first, seed=1), tmp_path)
    (tmp_path / "result.json").write_text("{}")  # finished: may be replaced
    open_folder(replace(first, seed=1), tmp_path)
    assert not (tmp_path / "result.json").exists()


def test_refuses_folders_that_are_not_ours(tmp_path):
    with pytest.raises(ValueError, match="holds no interrupted run"):
        recall(tmp_path)
    (tmp_path / "arguments.json").write_text('{"arguments": {}}')
    with pytest.raises(ValueError, match="is damaged or foreign"):
        recall(tmp_path)


def test_every_flag_is_a_key():
    from inspect import signature

    from proofs_numeric.cli.cluster import Cluster
    from proofs_numeric.cli.simulate import simulate

    # Who computes a run is no part of it: a file of arguments may be used alone or by several processes.
    elsewhere = {"config", *(field.name for field in dataclasses.fields(Cluster))}
    assert set(signature(simulate).parameters) - elsewhere == set(TYPES)

import contextlib
import pathlib

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli import run as run_module

ARGUMENTS = (
    *("simulate", "--target", "gaussian:0,1", "--num-samples", "30", "--num-generations", "6"),
    *("--num-replicates", "3000", "--record", "variance", "--quiet"),
)


@pytest.fixture
def interrupt(monkeypatch):
    """`interrupt["after"]`: so many replicates are done when the user presses Ctrl-C; None for never."""
    pressed = {"after": None}

    @contextlib.contextmanager
    def counter(what, *, quiet):
        def report(done, total):
            if pressed["after"] is not None and done >= pressed["after"]:
                raise KeyboardInterrupt

        yield report

    monkeypatch.setattr(run_module, "counter", counter)
    return pressed


def test_an_interrupted_run_goes_on_with_the_same_bits(zenil, interrupt, tmp_path):
    assert zenil(*ARGUMENTS, "--out", "whole").exit_code == 0
    interrupt["after"] = 1000
    result = zenil(*ARGUMENTS, "--out", "broken")
    assert result.exit_code == 130
    assert result.stderr == "zenil: interrupted. The state is saved; zenil resume broken goes on.\n"
    assert (tmp_path / "broken" / "checkpoint.bin").exists()
    assert not (tmp_path / "broken" / "run.npz").exists()

    interrupt["after"] = None
    resumed = zenil("resume", "broken")
    assert resumed.exit_code == 0, resumed.output
    whole, broken = (zd.Trajectory.load(tmp_path / name / "run") for name in ("whole", "broken"))
    for table in ("mean", "variance", "minimum", "maximum"):
        np.testing.assert_array_equal(getattr(whole, table)["variance"], getattr(broken, table)["variance"])
    assert not (tmp_path / "broken" / "checkpoint.bin").exists()
    again = zenil("resume", "broken")
    assert again.exit_code == 2
    assert "is finished: see result.json there" in again.stderr


def test_goes_on_from_elsewhere_and_after_a_move(zenil, interrupt, monkeypatch, tmp_path):
    (tmp_path / "corpus.txt").write_text("the cat and the dog and the bird")
    interrupt["after"] = 0
    arguments = ("--num-samples", "5", "--num-generations", "2", "--update", "population", "--record", "diversity")
    assert zenil("simulate", "--target", "text:corpus.txt", *arguments, "--out", "broken").exit_code == 130
    interrupt["after"] = None
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "broken").rename(tmp_path / "elsewhere" / "moved")
    monkeypatch.chdir(tmp_path / "elsewhere")
    resumed = zenil("resume", "moved", "--quiet")
    assert (resumed.exit_code, resumed.output) == (0, "")
    assert pathlib.Path.cwd() == tmp_path / "elsewhere"
    assert (tmp_path / "elsewhere" / "moved" / "run.npz").exists()


def test_an_ensemble_that_noise_disturbs_goes_on_with_the_same_bits(zenil, interrupt, tmp_path):
    """All that flags say of the loop is in the folder: policy, ensemble, coupling and fit."""
    arguments = (
        *("simulate", "--target", "fixed_variance:1,2", "--update", "population", "--ensemble", "0.7,0.3"),
        *("--uncoupled", "--fit", "perturbed:0.5", "--num-samples", "5", "--exogenous-fraction", "0.1"),
        *("--num-generations", "3", "--num-replicates", "3000", "--record", "mean,member_kl_to_target", "--quiet"),
    )
    assert zenil(*arguments, "--out", "whole").exit_code == 0
    interrupt["after"] = 1000
    assert zenil(*arguments, "--out", "broken").exit_code == 130
    interrupt["after"] = None
    assert zenil("resume", "broken").exit_code == 0
    whole, broken = (zd.Trajectory.load(tmp_path / name / "run") for name in ("whole", "broken"))
    for table in ("mean", "variance", "minimum", "maximum"):
        for name in ("mean", "member_kl_to_target"):
            np.testing.assert_array_equal(getattr(whole, table)[name], getattr(broken, table)[name])
    assert whole.variance["mean"][3] > 0
    assert broken.system == whole.system
    assert broken.system["ensemble"] == {"weights": [0.7, 0.3], "coupled": False}


def test_an_interruption_of_the_exact_values_keeps_the_measured_ones(zenil, monkeypatch, tmp_path):
    def exact(system, name, num_generations):
        raise KeyboardInterrupt

    monkeypatch.setattr(zd, "exact", exact)
    result = zenil(*ARGUMENTS, "--out", "folder")
    assert result.exit_code == 130
    assert result.stderr == "zenil: interrupted. The measured values are in folder, the exact ones are not.\n"
    assert (tmp_path / "folder" / "run.npz").exists()


def test_without_a_folder_nothing_can_be_saved(zenil, interrupt):
    interrupt["after"] = 0
    result = zenil(*ARGUMENTS)
    assert result.exit_code == 130
    assert result.stderr == "zenil: interrupted. Nothing was saved; with --out DIR the state would have been.\n"


def test_a_damaged_checkpoint_is_refused(refused, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "checkpoint.bin").write_bytes(b"zenil-checkpoint-2\ntruncated")
    assert "is damaged or foreign" in refused(*ARGUMENTS, "--out", "folder")

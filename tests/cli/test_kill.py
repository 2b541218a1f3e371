"""Runs that are killed at any moment, and what is left of them."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import zenil_dynamics as zd

ROOT = pathlib.Path(__file__).parent.parent.parent
NUM_KILLS = 20

# Every block is followed by a checkpoint, so that many a kill meets one that is being written.
ZENIL = (
    sys.executable,
    "-c",
    "import zenil_dynamics.simulate, zenil_dynamics.snapshots\n"
    "zenil_dynamics.simulate.BLOCKS_PER_CHUNK = 1\n"
    "zenil_dynamics.snapshots.PATIENCE = 0.0\n"
    "from proofs_numeric.cli import main; main()",
)
ARGUMENTS = (
    *("simulate", "--target", "gaussian:0,1", "--num-samples", "30", "--num-generations", "40"),
    *("--num-replicates", "200000", "--record", "mean,log_variance", "--quiet", "--out"),
)


@pytest.fixture
def zenil(tmp_path):
    """Start `zenil ARGUMENTS` in a process of its own; all of them share one compilation cache."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZENIL_CACHE": str(tmp_path / "cache"), "XLA_FLAGS": ""}

    def start(*arguments):
        return subprocess.Popen(
            (*ZENIL, *arguments), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return start


def finish(process):
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, output, errors) == (0, b"", b"")


def results(folder):
    """Everything measured, and the document but for times."""
    run = zd.Trajectory.load(folder / "run")
    document = json.loads((folder / "result.json").read_text())
    del document["seconds"]
    return {name: run.columns()[name] for name in run.columns()}, document


def next_step(folder):
    """What a user would do: go on where there is a run to go on with, else start."""
    return ("resume", folder.name, "--quiet") if (folder / "arguments.json").exists() else (*ARGUMENTS, folder.name)


def written(state):
    """When the state was last written, None where there is none."""
    try:
        return state.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def wait_for_work(process, state, draw):
    """Return at a random moment: during start-up, or soon after the state on disk has moved on."""
    if draw.random() < 0.25:
        time.sleep(draw.uniform(0, 1.5))
        return
    before = written(state)
    while process.poll() is None and written(state) in (None, before):
        time.sleep(0.002)
    time.sleep(draw.uniform(0, 0.15))


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bits(zenil, tmp_path):
    finish(zenil(*ARGUMENTS, "whole"))
    draw = random.Random(20)
    folder = tmp_path / "killed"
    kills = kills_with_state = 0
    while kills < NUM_KILLS:
        process = zenil(*next_step(folder))
        wait_for_work(process, folder / "checkpoint.bin", draw)
        process.kill()
        _, errors = process.communicate(timeout=60)
        assert errors == b""
        if process.returncode != -signal.SIGKILL:  # It was faster: begin anew.
            np.testing.assert_equal(results(folder), results(tmp_path / "whole"))
            folder = tmp_path / f"killed-{kills}"
            continue
        kills += 1
        kills_with_state += (folder / "checkpoint.bin").exists()
    assert 0 < kills_with_state
    finish(zenil(*next_step(folder)))
    np.testing.assert_equal(results(folder), results(tmp_path / "whole"))
    assert {entry.name for entry in folder.iterdir()} == {entry.name for entry in (tmp_path / "whole").iterdir()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_the_state(zenil, tmp_path, number):
    arguments = [argument.replace("200000", "1000000000") for argument in ARGUMENTS]
    process = zenil(*arguments, "endless")
    while not (tmp_path / "endless" / "checkpoint.bin").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == b"zenil: interrupted. The state is saved; zenil resume endless goes on.\n"
    assert (tmp_path / "endless" / "checkpoint.bin").exists()


# Kills itself at the call of os.NAME whose number is given, in the middle of it where that can be.
WRITER = """
import importlib.util, os, pathlib, signal, sys
spec = importlib.util.spec_from_file_location("files", sys.argv[1])
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
path, name, when = pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
if name != "write":
    real = getattr(os, name)
    def killing(*arguments):
        if when == "after":
            real(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(os, name, killing)
with files.replacing(path) as file:
    file.write(b"new" * 1000)
    if name == "write":
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("name", "when", "content"),
    [
        ("write", "after", b"old"),
        ("fsync", "before", b"old"),
        ("fsync", "after", b"old"),
        ("replace", "before", b"old"),
        ("replace", "after", b"new" * 1000),
    ],
)
def test_a_kill_while_a_file_is_written_leaves_the_old_one_or_the_new_one(tmp_path, name, when, content):
    path = tmp_path / "state"
    path.write_bytes(b"old")
    files = ROOT / "zenil_dynamics" / "files.py"
    process = subprocess.run((sys.executable, "-c", WRITER, files, path, name, when), timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert path.read_bytes() == content
    with zd.files.replacing(path) as file:
        file.write(b"newer")
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_an_error_while_a_file_is_written_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"old")

    def write():
        with zd.files.replacing(path) as file:
            file.write(b"new")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        write()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]

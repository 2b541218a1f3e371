"""What only a process of its own shows: start-up, tracebacks, signals."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
ZENIL = (sys.executable, "-c", "from proofs_numeric.cli import main; main()")


def start(*arguments, cwd):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZENIL_CACHE": str(cwd / "cache")}
    return subprocess.Popen(
        (*ZENIL, *arguments), cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_help_needs_neither_the_dynamics_nor_matplotlib():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom proofs_numeric.cli import app\n"
        "assert CliRunner().invoke(app, ['simulate', '--help']).exit_code == 0\n"
        "assert not {'zenil_dynamics', 'matplotlib', 'equinox'} & set(sys.modules), 'heavy imports'\n"
    )
    subprocess.run((sys.executable, "-c", code), cwd=ROOT, check=True, timeout=60)


def test_an_error_is_one_line_without_a_traceback(tmp_path):
    process = start("simulate", "--target", "probs:0.5,0.4", "--num-samples", "5", cwd=tmp_path)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors.startswith("zenil: error: `probs` must sum to 1")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("seconds", [0.0, 0.7, 1.4])
def test_a_signal_ends_the_run_with_one_line(tmp_path, seconds):
    """While JAX looks for devices, while it compiles, and while blocks run."""
    endless = ("--target", "zipf:50", "--num-samples", "100", "--num-replicates", "1000000000", "--quiet")
    process = start("simulate", *endless, "--out", "folder", cwd=tmp_path)
    # Written once imports and checks are over: from here on an interrupt leaves something to go on with.
    while not (tmp_path / "folder" / "arguments.json").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, ""), errors
    assert errors == "zenil: interrupted. The state is saved; zenil resume folder goes on.\n"

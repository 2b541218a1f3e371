import jax
import jax.numpy as jnp
import pytest
import typer
from typer.testing import CliRunner

from proofs_numeric.cli.boundary import OneLineErrors

app = typer.Typer(cls=OneLineErrors, pretty_exceptions_enable=False)


@app.command()
def input_error():
    raise ValueError("first line\n  second line")


@app.command()
def memory_error():
    raise MemoryError


@app.command()
def interrupt():
    raise KeyboardInterrupt("Saved.")


@app.command()
def bug():
    raise RuntimeError("a bug")


@app.command()
def jax_bug():
    with jax.numpy_dtype_promotion("strict"):
        jnp.zeros(2, jnp.int32) + jnp.zeros(2, jnp.float32)


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        ("input-error", 2, "zenil: error: first line second line\n"),
        ("memory-error", 2, "zenil: error: out of memory: the system refused. Lower the number of replicates"),
        ("interrupt", 130, "zenil: interrupted. Saved.\n"),
    ],
)
def test_one_line_and_an_exit_code(command, code, line):
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == code
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_bugs_keep_their_traceback():
    assert isinstance(CliRunner().invoke(app, ["bug"]).exception, RuntimeError)
    # A ValueError by class, yet not about what the user gave.
    assert isinstance(CliRunner().invoke(app, ["jax-bug"]).exception, ValueError)


def test_the_debug_switch_keeps_every_traceback(monkeypatch):
    monkeypatch.setenv("ZENIL_DEBUG", "1")
    assert isinstance(CliRunner().invoke(app, ["input-error"]).exception, ValueError)


@pytest.mark.parametrize(
    "arguments",
    [["--bogus"], ["nonsense"], ["simulate", "--bogus"], ["simulate", "--seed", "x"], ["simulate", "--config"]],
)
def test_usage_errors_are_one_line_too(refused, arguments):
    refused(*arguments)


def test_help_and_version(zenil):
    assert "simulate" in zenil().stdout
    assert "--target" in zenil("simulate", "--help").stdout
    assert zenil("--version").stdout.startswith("zenil ")

import jax
import pytest
from typer.testing import CliRunner

FLAGS = ("jax_enable_x64", "jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch, tmp_path):
    """The command line sets process-wide flags and writes where it is told; neither may leak into other tests."""
    before = {name: getattr(jax.config, name) for name in FLAGS}
    monkeypatch.setenv("ZENIL_CACHE", "off")
    monkeypatch.chdir(tmp_path)
    yield
    for name, value in before.items():
        jax.config.update(name, value)


@pytest.fixture
def zenil():
    """Run `zenil ARGUMENTS` in this process."""
    from proofs_numeric.cli import app

    def run(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def refused(zenil):
    """Run `zenil ARGUMENTS`, assert one clear line and exit code 2, and return the line."""

    def run(*arguments):
        result = zenil(*arguments)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert result.stderr.startswith("zenil: error: ")
        assert result.stderr.count("\n") == 1, result.stderr
        return result.stderr

    return run

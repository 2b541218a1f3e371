import json

import pytest

from proofs_numeric.cli.arguments import recall

# One draw of one generation: compiles fast, and what kernels compute is tested elsewhere.
SMALL = (
    *("simulate", "--target", "zipf:5", "--num-samples", "4", "--num-generations", "1", "--num-replicates", "8"),
    *("--record", "diversity"),
)


def test_a_kernel_by_name_runs_and_is_named(zenil):
    result = zenil(*SMALL, "--terminal-only", "--kernel", "backward", "--json", "-")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["kernel"].startswith("backward genealogy")
    assert "kernel" not in content["system"]["specs"]


def test_the_name_is_kept_beside_a_run(zenil, tmp_path):
    (tmp_path / "run.toml").write_text('kernel = "forward"\n')
    result = zenil(*SMALL, "--terminal-only", "--config", "run.toml", "--out", "folder", "--quiet")
    assert result.exit_code == 0, result.output
    arguments, _ = recall(tmp_path / "folder")
    assert arguments.kernel == "forward"
    facts = json.loads((tmp_path / "folder" / "result.json").read_text())
    assert facts["kernel"].startswith("forward")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--kernel", "backwards"), "there is no kernel 'backwards'; nearest: backward"),
        (("--kernel", "backward"), "'backward' cannot compute this run because it computes the state at T alone"),
        (("--kernel", "backward", "--terminal-only", "--update", "accumulate"), "it needs the update Replace"),
    ],
)
def test_a_kernel_that_cannot_run_is_refused_before_anything_is_written(refused, tmp_path, flags, message):
    assert message in refused(*SMALL, *flags, "--out", "folder")
    assert not (tmp_path / "folder").exists()

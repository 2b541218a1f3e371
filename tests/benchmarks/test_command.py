"""Every workload at toy size, from the command line to the result file and the table."""

import json

import pytest
from typer.testing import CliRunner

from benchmarks import floor, harness, laws, results_file, session, table
from benchmarks import machine as machines
from benchmarks.__main__ import app
from benchmarks.ours import OURS
from benchmarks.probe import Probe
from benchmarks.problem import CategoricalProblem
from benchmarks.rivals import NUMPY_MULTINOMIAL
from benchmarks.workloads import WORKLOADS
from tests.benchmarks import mutants


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    """One toy run of everything: (result of the command, result file)."""
    path = tmp_path_factory.mktemp("benchmarks") / "quick.json"
    return CliRunner().invoke(app, ["--quick", "--repeats", "2", "--out", str(path)]), path


# Thirty-two results are checked at 1e-9 each: 28 in rounds, one of W7, and the small job of W8 in three ways.
@pytest.mark.stat(delta=32e-9)
def test_every_workload_runs_at_toy_size_and_passes_its_law(quick_run):
    result, path = quick_run
    assert result.exit_code == 0, result.output
    document = results_file.read(path)
    assert list(document["workloads"]) == list(WORKLOADS)
    checked = 0
    for identifier, workload in document["workloads"].items():
        item = WORKLOADS[identifier]
        assert list(workload["cases"]) == ([] if isinstance(item, Probe) else [case.label for case in item.cases])
        for case in workload["cases"].values():
            assert case["contenders"][OURS.name]["status"] == "timed"
            assert "blocks of" in case["contenders"][OURS.name]["kernel"]
            for entry in case["contenders"].values():
                if entry["status"] == "timed":
                    checked += 1
                    assert all(finding["passed"] for finding in entry["oracle"])
                else:
                    assert "numba is not installed" in entry["reason"]
    assert 21 <= checked <= 28


def test_result_file_has_its_schema(quick_run):
    _, path = quick_run
    document = json.loads(path.read_text(encoding="utf-8"))
    assert set(document) == {"schema", "size", "machine", "versions", "settings", "words_per_second", "workloads"}
    assert document["schema"] == 1
    assert document["size"] == "quick"
    assert set(document["machine"]) == {
        "processor",
        "cores",
        "memory_bytes",
        "system",
        "platform",
        "device",
        "num_devices",
    }
    assert {"python", "jax", "jaxlib", "equinox", "numpy"} <= set(document["versions"])
    assert document["settings"]["repeats"] == 2
    assert document["words_per_second"] > 0
    for workload in document["workloads"].values():
        assert set(workload) == {"revision", "date", "question", "cases", "measurements", "peak_memory", "goals"}
        assert workload["peak_memory"]["host_bytes"] > 10**7
        for measurement in workload["measurements"]:
            assert set(measurement) == {"label", "value", "unit", "detail"}
            assert measurement["value"] > 0
        for case in workload["cases"].values():
            assert set(case) == {"problem", "words_per_replicate_generation", "floor_rate", "contenders"}
            for entry in case["contenders"].values():
                if entry["status"] == "skipped":
                    assert set(entry) == {"status", "reason"}
                    continue
                assert set(entry) == {
                    "status",
                    "method",
                    "dtype",
                    "kernel",
                    "seconds",
                    "median_seconds",
                    "minimum_seconds",
                    "compile_seconds",
                    "rate",
                    "best_rate",
                    "oracle",
                }
                assert len(entry["seconds"]) == 2
                assert entry["minimum_seconds"] <= entry["median_seconds"]
                assert entry["compile_seconds"] >= 0
        for goal in workload["goals"]:
            assert set(goal) == {"sentence", "ratio", "threshold", "at_least", "met"}
            assert (goal["ratio"] is None) == (goal["met"] is None)


def test_table_is_rendered_between_its_markers_and_leaves_toy_sizes_out(quick_run, tmp_path):
    _, path = quick_run
    document = results_file.read(path)
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nstale lines\n{table.END}\nafter\n", encoding="utf-8")
    (tmp_path / "toy.json").write_text(json.dumps(document), encoding="utf-8")
    assert table.update(readme, tmp_path, project(tmp_path)) == "No results are recorded.\n"
    (tmp_path / "full.json").write_text(json.dumps({**document, "size": "full"}), encoding="utf-8")
    tables = table.update(readme, tmp_path, project(tmp_path))
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale lines" not in text
    assert tables in text
    assert tables.count("| goal |") == 1
    for workload in document["workloads"].values():
        for goal in workload["goals"]:
            assert goal["sentence"] in tables
        for measurement in workload["measurements"]:
            assert measurement["label"] in tables
    assert table.update(readme, tmp_path, project(tmp_path)) == tables


def project(folder):
    """Another page with markers, so that no test writes into the project's."""
    page = folder / "project.md"
    page.write_text(f"{table.BEGIN}\n{table.END}", encoding="utf-8")
    return page


def test_readmes_hold_the_tables_of_the_result_files(tmp_path):
    copies = {original: tmp_path / f"{place}.md" for place, original in enumerate((table.README, table.PROJECT))}
    for original, copy in copies.items():
        copy.write_text(original.read_text(encoding="utf-8"), encoding="utf-8")
    table.update(copies[table.README], project=copies[table.PROJECT])
    for original, copy in copies.items():
        assert copy.read_text(encoding="utf-8") == original.read_text(encoding="utf-8"), (
            "run python -m benchmarks --table"
        )


def test_table_without_markers_is_refused(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ValueError, match="must contain once"):
        table.update(readme, tmp_path, project(tmp_path))


@pytest.mark.parametrize(
    ("ratio", "threshold", "at_least", "words"),
    [
        (3.3, 3.0, True, "met, 1.10x to spare"),
        (1.5, 3.0, True, "missed, 2.00x short"),
        (1.0, 1.3, False, "met, 1.30x to spare"),
        (2.6, 1.3, False, "missed, 2.00x short"),
        (None, 1.3, False, "not measured"),
    ],
)
def test_distance_to_a_goal_in_words(ratio, threshold, at_least, words):
    met = None if ratio is None else (ratio >= threshold if at_least else ratio <= threshold)
    assert table.distance({"ratio": ratio, "threshold": threshold, "at_least": at_least, "met": met}) == words


def test_unknown_workload_is_bad_input():
    result = CliRunner().invoke(app, ["--quick", "--only", "W9"])
    assert result.exit_code == 2
    assert "must name workloads among W1, W2, W3, W4, W5, W6, W7, W8; got 'W9'" in result.output


@pytest.mark.skipif(machines.describe()["platform"] != "cpu", reason="this machine has an accelerator")
def test_accelerator_size_without_an_accelerator_is_bad_input():
    result = CliRunner().invoke(app, ["--accelerator", "--only", "W1"])
    assert result.exit_code == 2
    assert "needs a GPU or TPU" in result.output


def test_file_of_another_size_is_not_overwritten(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"schema": 1, "size": "full", "workloads": {}}), encoding="utf-8")
    with pytest.raises(ValueError, match="holds full results"):
        results_file.merge(path, {"schema": 1, "size": "quick", "workloads": {}})
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="must be a JSON result file"):
        results_file.read(path)


def test_second_run_keeps_the_workloads_of_the_first(tmp_path):
    path = tmp_path / "results.json"
    results_file.merge(path, {"schema": 1, "size": "full", "workloads": {"W2": {"date": "a"}}})
    results_file.merge(path, {"schema": 1, "size": "full", "workloads": {"W1": {"date": "b"}}})
    assert list(results_file.read(path)["workloads"]) == ["W1", "W2"]


def test_wrong_kernel_writes_no_file(tmp_path):
    path = tmp_path / "results.json"
    with pytest.raises(laws.WrongResult, match="time is not printed"):
        session.measure(only="W1", repeats=1, size="quick", out=path, say=lambda line: None, ours=mutants.ONE_SAMPLE)
    assert not path.exists()


def test_accelerator_run_skips_rivals_in_words(monkeypatch):
    toy = WORKLOADS["W1"].cases[0].quick
    monkeypatch.setattr(type(WORKLOADS["W1"].cases[0]), "at", lambda case, size: toy)
    monkeypatch.setattr(laws, "require", lambda *arguments, **options: [])
    document = harness.time_workload(
        WORKLOADS["W1"],
        size="accelerator",
        repeats=1,
        words_per_second=1e9,
        say=lambda line: None,
        ours=NUMPY_MULTINOMIAL,
    )
    contenders = document["cases"]["W1"]["contenders"]
    assert contenders["numba individuals"]["reason"] == "runs on CPU cores; compare with a CPU result"
    sentences = [goal["sentence"] for goal in document["goals"]]
    assert "100x two CPU cores" in sentences
    assert not [sentence for sentence in sentences if "numba" in sentence]


def test_accelerator_goal_reads_the_rate_of_two_cores_from_the_result_files(tmp_path):
    def written(name, *, cores, size="full", platform="cpu", status="timed", rate=7.0):
        contender = {"status": status, "rate": rate} if status == "timed" else {"status": status}
        workloads = {"W1": {"cases": {"W1": {"contenders": {OURS.name: contender}}}}, "W7": {"cases": {}}}
        machine = {"platform": platform, "cores": cores}
        document = {"schema": 1, "size": size, "machine": machine, "workloads": workloads}
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")

    def rate():
        return results_file.rate_on_cpu("W1", OURS.name, num_cores=2, folder=tmp_path)

    assert rate() is None
    written("more-cores", cores=4, rate=100.0)
    written("toy", cores=2, size="quick", rate=100.0)
    written("accelerator", cores=2, platform="gpu", rate=100.0)
    written("skipped", cores=2, status="skipped")
    assert rate() is None
    written("two-cores", cores=2)
    assert rate() == 7.0
    written("other-two-cores", cores=2, rate=8.0)
    assert rate() == 8.0
    assert results_file.rate_on_cpu("W9", OURS.name, num_cores=2, folder=tmp_path) is None


def test_floor_counts_the_words_of_each_workload():
    assert floor.words_per_refit(WORKLOADS["W3"].cases[0].quick) == 2.0
    assert floor.words_per_refit(WORKLOADS["W2"].cases[0].quick) == 19.0
    closed, alone = (floor.words_per_refit(case.quick) for case in WORKLOADS["W1"].cases)
    assert 1.0 < closed < 19.0
    # Never more than what going forward takes, and a type at least for the last ancestor.
    assert 1.0 / 12 <= alone <= closed
    # With real data only lineages go back: 200 samples of generation 12 and their ancestors, each a word or two.
    half_real = CategoricalProblem(200, 50, 12, 64, 0.5, terminal_only=True)
    assert 50 / 12 < floor.words_per_refit(half_real) < 2 * 50 * (1 + 0.5 + 0.25 + 0.125 + 0.125) / 12


def test_interleaved_rounds_give_every_contender_every_repeat():
    calls: list[str] = []

    def spying(contender):
        def prepare(problem):
            run = contender.prepare(problem)

            def spy(seed):
                calls.append(contender.name)
                return run(seed)

            return spy

        return type(contender)(contender.name, contender.dtype, contender.sentence, prepare)

    workload = WORKLOADS["W3"]
    rivals = tuple(spying(rival) for rival in workload.cases[0].rivals if "NumPy" in rival.name)
    case = type(workload.cases[0])("W3", workload.cases[0].problem, workload.cases[0].quick, rivals=rivals[1:])
    harness.time_workload(
        type(workload)("W3", "In turn?", (case,), ()),
        size="quick",
        repeats=3,
        words_per_second=1.0,
        say=lambda line: None,
        ours=rivals[0],
    )
    names = [rival.name for rival in rivals]
    assert calls == names * 4

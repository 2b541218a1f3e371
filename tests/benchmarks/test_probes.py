"""What is measured in processes of its own, or beside the engine of claims, and held to a limit."""

import numpy as np
import pytest

from benchmarks import child, laws, probe, processes, property_path
from benchmarks.machine import peak_resident_bytes
from benchmarks.probe import Limit, Measurement, Probe
from benchmarks.problem import CategoricalProblem, GaussianProblem
from benchmarks.property_path import Examples
from benchmarks.workloads import SCALING, w8
from benchmarks.workloads.scaling import measure_cores


def test_limit_is_met_up_to_its_threshold_and_unknown_without_a_measurement():
    item = Probe(
        "X",
        "Is it small?",
        lambda size, repeats, say: [Measurement("size", 2.0, "GiB")],
        (Limit("at most 2", "size", 2.0), Limit("at most 1", "size", 1.0), Limit("unseen", "other", 1.0)),
    )
    lines: list[str] = []
    document = probe.take(item, size="quick", repeats=1, say=lines.append)
    assert [goal["met"] for goal in document["goals"]] == [True, False, None]
    assert [goal["ratio"] for goal in document["goals"]] == [2.0, 2.0, None]
    assert lines == ["X size: 2 GiB"]


@pytest.mark.parametrize("problem", [CategoricalProblem(5, 10, 4, 20, 0.1, True), GaussianProblem(10, 4, 20)])
def test_problem_survives_the_way_to_a_child(problem):
    assert child.problem_of(child.facts_of(problem)) == problem


def test_child_that_fails_is_an_error_with_its_last_words():
    with pytest.raises(RuntimeError, match=r"ended with 1[\s\S]*ZeroDivisionError"):
        processes.python("-c", "1 / 0")


def test_child_with_a_wrong_result_stops_the_workload():
    code = f"import sys; print('diversity is wrong', file=sys.stderr); sys.exit({processes.WRONG})"
    with pytest.raises(laws.WrongResult, match="diversity is wrong"):
        processes.python("-c", code)


def test_wrong_result_of_a_task_is_told_by_the_exit_code(monkeypatch, capsys):
    def wrong():
        raise laws.WrongResult("this one")

    monkeypatch.setitem(child.TASKS, "memory", wrong)
    assert child.main(["memory", "{}"]) == processes.WRONG
    assert capsys.readouterr().err == "this one\n"


def test_peak_memory_sees_an_array_come_and_go():
    before = peak_resident_bytes()
    if before is None:
        pytest.skip("this platform does not say how much memory a process had")
    size = before + 2**26
    np.ones(size, np.uint8)
    assert peak_resident_bytes() >= size


def test_script_of_the_small_job_must_obey_the_law():
    problem = CategoricalProblem(20, 50, 12, 96)
    mean, _ = laws.diversity_moments(problem.target, 50, 0.0, 12)
    w8._require(problem, float(mean[-1]), "the law itself")
    with pytest.raises(laws.WrongResult, match="`nobody` is wrong"):
        w8._require(problem, float(mean[0]), "nobody")
    with pytest.raises(laws.WrongResult, match="`nobody` is wrong"):
        w8._require(problem, float("nan"), "nobody")


def test_bound_of_the_property_test_is_the_exact_law():
    examples = Examples("categorical", 2, 16, 9)
    for share in examples.shares:
        mean, _ = laws.diversity_moments(np.full(4, 0.25), property_path.NUM_SAMPLES, share, 9)
        assert property_path.bound_of(examples, share) == pytest.approx(mean[-1], rel=1e-12)


def test_bare_kernel_that_draws_other_numbers_gets_no_time():
    examples = Examples("Gaussian", 2, 64, 3)
    bare = property_path.bare_kernel(examples)
    property_path.require_same(examples, bare)
    other = property_path.BareKernel(bare.run, lambda example: bare.statistic(example) * 1.5, 1)
    with pytest.raises(laws.WrongResult, match="draws other numbers"):
        property_path.require_same(examples, other)


def test_engine_that_refutes_what_is_true_gets_no_time(monkeypatch):
    examples = Examples("Gaussian", 2, 2**12, 3)
    monkeypatch.setattr(property_path, "bound_of", lambda examples, share: 0.5)
    with pytest.raises(laws.WrongResult, match="`engine` is wrong: REFUTED"):
        property_path.through_engine(examples)()


@pytest.mark.parametrize("item", SCALING.values(), ids=lambda item: item.identifier)
def test_scaling_names_every_point_once(item):
    if isinstance(item, Probe):
        said: list[str] = []
        assert measure_cores("accelerator", 1, said.append) == []
        assert "Linux only" in said[0]
        return
    labels = [case.label for case in item.cases]
    assert len(set(labels)) == len(labels)
    assert {label.split(", ")[0] for label in labels} == {"categorical", "Gaussian"}
    for case in item.cases:
        assert case.at("accelerator").num_replicates == 64 * case.at("full").num_replicates

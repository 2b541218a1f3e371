import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import limit
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(limit.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("initial", "lost"), [((0.5, 0.3, 0.15, 0.05), 0.5), ((0.9, 0.1), 0.1)])
@pytest.mark.parametrize("num_samples", [2, 10])
def test_the_mode_is_lost_as_often_as_it_is_absent(initial, lost, num_samples):
    value = claim("thm2-limit-modes").value({"Q0": initial, "N": num_samples})
    assert value == pytest.approx(lost, abs=1e-12)


@pytest.mark.parametrize(
    ("size", "survives", "tolerance"), [("(t+2)^2", 0.5, 1e-9), ("20(t+1)^1.5", 0.8762, 2e-4), ("t+2", 0.0, 0.0)]
)
def test_diversity_that_survives_a_growing_sample(size, survives, tolerance):
    value = claim("thm2-growing-sample-limit").value({"N_t": size, "T": 2_000_000})
    # A lower bound of the limit, never above it.
    assert survives - tolerance <= value <= survives + tolerance
    if size == "(t+2)^2":
        assert value <= zd.oracles.retained_diversity_limit_growing(2, 2)


def test_off_by_one_in_the_generation_is_visible():
    entry = claim("thm2-limit-dirac-gini")
    theta = {"N": 10, "t": 3, "Q0": (0.5, 0.5)}
    late = entry.mutants["t off by one"].bound(theta)
    assert abs(entry.bound(theta) - late) == pytest.approx(0.081)


def test_chain_of_one_type_obeys_the_law_of_diversity():
    # 2 E q(1-q) summed by the chain against (1 - 1/N)^t: the two files share no line.
    laws = recursions.count_laws(10, 0.3, 0.3, "0", 12)
    q = np.arange(11) / 10
    measured = laws @ (q * (1 - q)) / (0.3 * 0.7)
    np.testing.assert_allclose(measured, 0.9 ** np.arange(1, 13), rtol=1e-12)

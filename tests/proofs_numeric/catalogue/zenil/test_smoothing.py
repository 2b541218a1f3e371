import pytest

from proofs_numeric.catalogue.zenil import smoothing
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

BY_ID = {entry.id: entry for entry in smoothing.CLAIMS}


@pytest.mark.parametrize("entry", cases(smoothing.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("q", "after", "before"), [(0.01, 0.08325, 0.05600), (0.0, 0.0551, 0.0)])
def test_smoothing_raises_the_entropy_of_rare_types(q, after, before):
    entry = BY_ID["thm2-smoothing-decay"]
    theta = {"N": 10, "a": 0.1, "q": q}
    assert entry.value(theta) == pytest.approx(after, abs=5e-5)
    assert entry.bound(theta) == pytest.approx(before, abs=5e-5)


def test_smoothing_still_lowers_the_entropy_of_a_fair_coin():
    entry = BY_ID["thm2-smoothing-decay"]
    theta = {"N": 10, "a": 0.1, "q": 0.5}
    assert entry.value(theta) < entry.bound(theta)


def test_share_of_two_draws_and_one_pseudocount_each():
    # N = 2, K = 2, a = 1: half of every fit is uniform.
    assert smoothing._share_of_uniform({"N": 2, "K": 2, "a": 1}) == pytest.approx(0.5)

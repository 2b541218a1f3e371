from fractions import Fraction

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import fixation_law
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(fixation_law.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_retained_diversity_of_the_worked_example():
    bound = claim("fixation-law-scheme-a").bound({"N": 5, "alpha": 0.2, "t": 10, "P": (0.5, 0.5)})
    assert bound == pytest.approx(0.5907, abs=5e-5)


def test_the_two_schemes_differ_after_six_generations():
    share = [Fraction(1, 3)] * 6
    law_b = fixation_law._recursion(fixation_law._step_b, 6, share)[-1]
    law_a = fixation_law._recursion(fixation_law._step_a, 6, share)[-1]
    assert float(law_b) == pytest.approx(0.249657, abs=5e-7)
    assert float(law_a) == pytest.approx(0.264023, abs=5e-7)
    half = (Fraction(1, 2), Fraction(1, 2))
    laws = zd.oracles.enumerate_laws(half, [6] * 6, num_real=2, mixing="stratified", rational=False)
    measured = 1 - laws[-1].expectation(lambda q: 1 - sum(x * x for x in q)) / 0.5
    assert measured == pytest.approx(float(law_b), rel=1e-12)


def test_one_real_draw_per_generation():
    small, large = claim("thm5-one-migrant").evaluate({"N": 10})
    assert float(small[1]) == pytest.approx(0.3690, abs=5e-5)
    assert float(small[3]) == pytest.approx(0.3571, abs=5e-5)
    assert claim("thm5-one-migrant").evaluate({"N": 2})[0][1] == Fraction(4, 7)
    assert len(small) == len(large)


@pytest.mark.parametrize(
    ("num_samples", "share", "floor"), [(2, 0.5, 4 / 7), (100, 0.01, 0.3367), (1_000_000, 0.5, 1.3e-6)]
)
def test_floors(num_samples, share, floor):
    value = claim("thm5-finite-n-floor").value({"N": num_samples, "alpha": share, "t": 1000})
    assert value == pytest.approx(floor, rel=0.03)
    assert value == pytest.approx(zd.oracles.fixation_index_stationary(num_samples, share), rel=1e-9)

import itertools
from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import borkar2025
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(borkar2025.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_end_at_a_type_by_the_oracle():
    expected = zd.oracles.fixation_probabilities([0.1, 0.9])
    assert claim("borkar-limit-law").value({"N": 10, "q": 0.1}) == pytest.approx(expected[0], abs=1e-12)


def test_distance_of_laws_by_hand():
    # One draw, P = 1/2, alpha = 1/2: from the vertices the draw is of the type with probability 1/4 and 3/4.
    theta = {"N": 1, "P": 0.5, "alpha": 0.5, "t": 1}
    assert claim("borkar-forgets").value(theta) == pytest.approx(0.5, rel=1e-12)
    assert claim("borkar-forgets").bound(theta) == 0.5


def test_coupling_bound_by_enumeration():
    half = Fraction(1, 2)
    for number, steps in itertools.product((2, 3), (1, 3, 5)):
        laws = [
            zd.oracles.enumerate_laws((half, half), [number] * steps, [Fraction(1, 10)] * steps, initial=start)[-1]
            for start in ((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0)))
        ]
        tables = [dict(zip(law.probs, law.weights, strict=True)) for law in laws]
        distance = sum(abs(tables[0].get(q, 0) - tables[1].get(q, 0)) for q in {*tables[0], *tables[1]}) / 2
        theta = {"N": number, "P": 0.5, "alpha": 0.1, "t": steps}
        assert claim("borkar-forgets").value(theta) == pytest.approx(float(distance), rel=1e-10)
        assert float(distance) <= claim("borkar-forgets").bound(theta)


def test_floor_is_the_stationary_diversity():
    theta = {"N": 5, "alpha": 0.1, "t": 80, "P": (0.5, 0.5)}
    assert claim("borkar-never-collapses").bound(theta) == pytest.approx(
        zd.oracles.retained_diversity_stationary(5, 0.1), rel=1e-12
    )
    assert claim("borkar-never-collapses").bound(theta) == pytest.approx(0.76 / 1.76, rel=1e-12)


@pytest.mark.parametrize(("schedule", "left"), [("(t+2)^-2", 1002 / 2002), ("1/(t+2)", 1 / 1001)])
def test_memory_telescopes(schedule, left):
    # prod_{s<T} (1 - (s+2)^-2) = (T+2)/(2 (T+1)) at T = 1000, and prod (1 - 1/(s+2)) = 1/(T+1).
    theta = {"alpha_t": schedule, "N": 5, "Q_0": 0.9, "t": 1000}
    assert claim("borkar-memory").bound(theta) == pytest.approx(left, rel=1e-12)
    np.testing.assert_allclose(claim("borkar-memory").value(theta), left, rtol=1e-9)

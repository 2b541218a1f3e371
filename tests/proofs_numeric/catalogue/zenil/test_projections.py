from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import rel_entr

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import projections
from proofs_numeric.exact.intervals import at_working_precision
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(projections.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(
    ("name", "target", "stop", "model", "ratio"),
    [
        ("chi2", (6, 3, 1), (1, 2, 7), (2, 1, 7), 1.1755),
        ("Hellinger", (1, 5, 4), (5, 1, 4), (4, 1, 5), 1.0525),
        ("Jensen-Shannon", (6, 3, 1), (1, 2, 7), (1, 3, 6), 1.0458),
    ],
)
def test_divergences_that_grow_under_projection(name, target, stop, model, ratio):
    theta = {"D": name, "P": target, "B": stop, "Q": model}
    after, before = claim("eq16-convex-other").evaluate(theta)
    assert float(after / before) == pytest.approx(ratio, abs=5e-5)
    assert float((after / before).rad()) < 1e-15


@at_working_precision
def _position(name, target, stop, model):
    point = projections.projection(name, projections.law(target), projections.law(stop), projections.law(model))
    return point[0]


def test_projection_in_chi_square_is_rational():
    # sum (A + s d - Q)^2 / Q is a parabola in s: s = sum d (Q - A)/Q / sum d^2/Q.
    target, stop, model = ([Fraction(n, 10) for n in law] for law in ((6, 3, 1), (1, 2, 7), (2, 1, 7)))
    step = [b - a for a, b in zip(target, stop, strict=True)]
    s = sum(d * (q - a) / q for d, q, a in zip(step, model, target, strict=True)) / sum(
        d * d / q for d, q in zip(step, model, strict=True)
    )
    found = _position("chi2", (6, 3, 1), (1, 2, 7), (2, 1, 7))
    assert 0 < s < 1
    assert abs(float(found) - float(target[0] + s * step[0])) < 1e-14


@pytest.mark.parametrize(("name", "exchanged"), [("KL", False), ("reverse KL", True)])
def test_projection_in_kl_against_a_search(name, exchanged):
    target, stop, model = (np.array(law) / 10 for law in ((6, 3, 1), (5, 1, 4), (2, 1, 7)))

    def divergence(s):
        point = target + s * (stop - target)
        return rel_entr(*((model, point) if exchanged else (point, model))).sum()

    s = minimize_scalar(divergence, bounds=(0, 1), method="bounded", options={"xatol": 1e-10}).x
    found = _position(name, (6, 3, 1), (5, 1, 4), (2, 1, 7))
    assert float(found) == pytest.approx(float(target[0] + s * (stop[0] - target[0])), abs=1e-7)


@pytest.mark.parametrize(("model", "end"), [((6, 3, 1), 0.6), ((1, 1, 8), 0.2)])
def test_projection_stops_at_the_ends(model, end):
    # P itself, and a law beyond the other end of the segment.
    assert float(_position("KL", (6, 3, 1), (2, 2, 6), model)) == pytest.approx(end, abs=1e-14)


def test_pythagoras_at_one_triangle():
    theta = {"D": "KL", "P": (6, 2, 2), "B": (2, 2, 6), "Q": (2, 6, 2)}
    after, before = claim("eq16-convex-kl").evaluate(theta)
    target, stop, model = (np.array(theta[name]) / 10 for name in ("P", "B", "Q"))
    # By symmetry the projection is the middle of the segment, and inside it the inequality is an equality.
    middle = (target + stop) / 2
    assert float(after) == pytest.approx(rel_entr(target, middle).sum())
    assert float(before) == pytest.approx(float(after) + rel_entr(middle, model).sum())


def test_nearest_program_beyond_the_model():
    half, tenth, fifth = Fraction(1, 2), Fraction(1, 10), Fraction(1, 5)
    theta = {"P": half, "S": (half, tenth), "Q": fifth}
    after, before = claim("eq16-discrete").evaluate(theta)
    assert float(before) == pytest.approx(0.2231, abs=5e-5)
    assert float(after) == pytest.approx(0.5108, abs=5e-5)
    assert float(after / before) == pytest.approx(2.289, abs=5e-4)
    assert claim("eq16-discrete").confirm(theta) == pytest.approx(float(after), rel=1e-14)


def test_error_algebra_by_hand():
    # c = 1/2, D_0 = 1, delta = 1/10: 1, 3/5, 2/5.
    theta = {"c": Fraction(1, 2), "D_0": Fraction(1), "delta": Fraction(1, 10), "slack": "all", "n": 2}
    assert claim("eq19-algebra").value(theta) == claim("eq19-algebra").bound(theta) == Fraction(2, 5)
    assert claim("eq19-algebra").value({**theta, "slack": "odd steps"}) == Fraction(7, 20)

from fractions import Fraction

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import reuse
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(reuse.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_one_real_draw_fixes_the_model():
    # With r = 1 every model is that draw: Var = P (1 - P) for ever.
    for generation in (1, 2, 8):
        theta = {"r": 1, "s": 4, "P": Fraction(1, 3), "t": generation}
        assert claim("prop1-reused-set-floor").value(theta) == 1


def test_one_generation_by_hand():
    # r = s = 2, P = 1/2: Phat is 0, 1/2, 1 with weights 1/4, 1/2, 1/4; from Phat = 1/2 the model is 1/4, 1/2, 3/4 with
    # the same weights. E (q - 1/2)^2 = 1/4 * 1/2 + 1/16 * 1/4, over 1/4.
    theta = {"r": 2, "s": 2, "P": Fraction(1, 2), "t": 1}
    assert claim("prop1-reused-set-floor").value(theta) == 4 * (Fraction(1, 8) + Fraction(1, 64))


@pytest.mark.parametrize(("real", "synthetic"), [(3, 4), (6, 1)])
def test_variance_against_the_moments_of_a_mean(real, synthetic):
    theta = {"r": real, "s": synthetic, "P": Fraction(1, 3), "t": 8}
    moments = zd.oracles.mean_parameter_moments_reused_real_set(
        [real + synthetic] * 8, real, family="bernoulli", target_mean=1 / 3
    )
    assert float(claim("prop1-reused-set-floor").bound(theta)) == pytest.approx(moments.mean_square[-1] / (2 / 9))


def test_floor_of_twenty_and_twenty():
    entry = claim("prop1-reused-set-convergence")
    theta = {"r": 20, "s": 20}
    assert entry.value(theta) == pytest.approx(0.0656, abs=5e-5)
    assert entry.value(theta) == pytest.approx(entry.confirm(theta), rel=1e-12)
    # Fresh real draws, 20 of 40, leave half of it.
    fresh = reuse._variance_of_fresh_data({**theta, "t": 40})
    assert float(fresh) == pytest.approx(0.0328, abs=5e-5)
    assert float(fresh) == pytest.approx(
        zd.oracles.fixation_index_stationary(40, 0.5, num_real=20, mixing="stratified"), rel=1e-9
    )

from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.zenil import coin_continuum
from proofs_numeric.catalogue.zenil.entropies import expected_loss
from proofs_numeric.exact.expression_ranges import enclose
from proofs_numeric.expressions import variable
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(coin_continuum.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize("q", [Fraction(1, 1000), Fraction(1, 10), Fraction(1, 2)])
@pytest.mark.parametrize("num_samples", [2, 7, 12])
def test_the_formula_is_the_loss(num_samples, q):
    formula = coin_continuum._loss({"N": num_samples, "q": variable("q")})
    value = float(enclose(formula, {"q": (q, q)}).ball)
    (loss,) = expected_loss(num_samples, np.array([[float(q), 1 - float(q)]]))
    assert value == pytest.approx(loss, rel=1e-12)

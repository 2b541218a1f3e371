from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import entropy_decay
from proofs_numeric.exact.expression_ranges import closed_value
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(entropy_decay.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_the_smallest_rise_of_entropy_is_27_in_128():
    rise = claim("thm2-decrease-pathwise").value
    assert closed_value(rise({"N": 4, "n": 1})) == Fraction(27, 128)
    assert all(closed_value(rise({"N": size, "n": n})) == 0 for size in (1, 2, 3) for n in range(1, size))


def test_a_start_off_the_lattice_rises_with_two_draws():
    # N = 2, q = (.9, .1): only (1, 1) raises entropy, with probability 2 * .9 * .1.
    q = Fraction(9, 10)
    rises = {n: abs(2 * n - 2) < abs(2 * 2 * q - 2) for n in range(3)}
    assert [n for n, up in rises.items() if up] == [1]
    assert 2 * q * (1 - q) == Fraction(18, 100)


def test_supermartingale_mutant_at_the_fair_coin():
    entry = claim("thm2-supermartingale")
    theta = {"K": 2, "N": 10}
    fair = 5
    kept = entry.value(theta)[fair] / np.log(2)
    assert kept == pytest.approx(0.9235, abs=5e-5)
    assert entry.bound(theta)[fair] == pytest.approx(np.log(2))


def test_loss_of_a_fair_coin_exceeds_the_first_order():
    assert claim("thm2-loss-upper-bound").value({"K": 2, "N": 10})[5] == pytest.approx(0.05303, abs=5e-6)


def test_identity_is_not_trivial():
    # The two sides are computed from different sums; both must move.
    entry = claim("thm2-entropy-identity")
    values = entry.value({"K": 3, "N": 4, "a": 0.1})
    assert values.size == 15
    assert np.ptp(values) > 0.5


def test_all_losses_of_a_fair_coin():
    theta = {"N": 10, "Q0": (0.5, 0.5)}
    assert claim("thm2-total-loss").value(theta) == pytest.approx(0.693147, abs=5e-7)

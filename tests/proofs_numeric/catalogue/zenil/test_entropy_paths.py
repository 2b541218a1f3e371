from fractions import Fraction

import jax
import numpy as np
import pytest

from proofs_numeric.catalogue.loops import pair_loop
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import entropy_paths
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(entropy_paths.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("size", "present"), [(2, 0.4375), (10, 0.401), (100, 0.394)])
def test_a_rare_type_is_often_present(size, present):
    absent = claim("thm2-zero-mass").value({"N": size, "Np": Fraction(1, 2)})
    assert float(1 - absent) == pytest.approx(present, abs=5e-4)
    assert absent == (1 - Fraction(1, 2 * size)) ** size


def test_support_grows_with_any_real_data():
    # N = 1, K = 2, P uniform: from a point mass the other type appears with probability a/2.
    entry = claim("thm2-support-monotone")
    assert entry.mutants["1 % real"].value({"K": 2, "N": 1}) == [Fraction(1, 200)] * 2


def test_the_first_step_from_twenty_types_cannot_raise_entropy_with_ten_draws():
    # Deterministic: H(Q_1) <= log 10, below the entropy of the target.
    zipf = 1 / np.arange(1, 21) / np.sum(1 / np.arange(1, 21))
    assert np.log(10) < -np.sum(zipf * np.log(zipf))
    assert -np.sum(zipf * np.log(zipf)) == pytest.approx(2.528, abs=5e-4)


def test_pair_loop_starts_where_it_is_told_and_counts_whole_draws():
    paths = pair_loop.first_shares(pair_loop.pair_system(0.5, 0.75, 4, 0.2), jax.random.key(0), 50)
    assert paths.shape == (50, pair_loop.NUM_GENERATIONS + 1)
    np.testing.assert_array_equal(paths[:, 0], 0.75)
    np.testing.assert_array_equal(4 * paths[:, 1:], np.round(4 * paths[:, 1:]))

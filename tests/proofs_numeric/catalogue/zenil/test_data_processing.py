import math

import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import data_processing
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(data_processing.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("size", "bell"), [(1, 1), (2, 2), (4, 15), (8, 4140)])
def test_every_map_appears_once(size, bell):
    strings = data_processing.partitions(size)
    assert len(set(strings)) == len(strings) == bell
    assert strings[0] == (0,) * size
    assert strings[-1] == tuple(range(size))


@pytest.mark.parametrize("name", ["independent", "chain"])
@pytest.mark.parametrize("number", [1, 3])
def test_words_have_a_law(name, number):
    laws = data_processing._flips(name, number)
    assert laws.shape == (3, 2**number)
    np.testing.assert_allclose(laws.sum(axis=1), 1, rtol=1e-14)


def test_sufficient_maps_of_two_flips_are_those_that_keep_the_count():
    laws = data_processing._flips("independent", 2)
    whole = data_processing.information_of_counts((1 / 3,) * 3, laws)
    lossless = [
        values
        for values, kept in zip(
            data_processing.partitions(4), data_processing._processed("independent", 2), strict=True
        )
        if kept > whole - 1e-12
    ]
    # Words 00, 01, 10, 11: only 01 and 10 may be merged.
    assert lossless == [(0, 1, 1, 2), (0, 1, 2, 3)]


def test_six_flips_in_bits():
    entry = claim("prop9-strict")
    for path in (entry.value, entry.bound, entry.confirm):
        assert path({"n": 6}) / math.log(2) == pytest.approx(0.699252, abs=5e-7)

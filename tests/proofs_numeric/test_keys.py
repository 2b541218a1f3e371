"""Addresses of randomness: equal content gives equal keys, any difference gives another."""

from fractions import Fraction

import jax
import numpy as np
import pytest

from proofs_numeric.keys import canonical, derive_key, fresh_root, validate_root


def words(*address):
    return tuple(np.asarray(jax.random.key_data(derive_key(*address))).tolist())


def test_same_address_same_key_and_both_words_are_used():
    one = words("ab", "claim", {"x": 1, "y": 2.0}, "main")
    assert one == words("AB", "claim", {"y": 2.0, "x": 1}, "main")
    assert len(one) == 2
    assert all(one)


def test_any_difference_gives_another_key():
    base = ("ab", "claim", {"x": 1}, "main")
    others = [
        ("ac", *base[1:]),
        ("ab", "claim2", *base[2:]),
        ("ab", "claim", {"x": 2}, "main"),
        ("ab", "claim", {"x": 1.0}, "main"),
        ("ab", "claim", {"y": 1}, "main"),
        ("ab", "claim", {"x": 1}, "confirm"),
    ]
    assert len({words(*address) for address in [base, *others]}) == 7


def test_addresses_cannot_be_forged_by_shifting_text():
    assert words("ab", "a|1:b", {}, "c") != words("ab", "a", {}, "1:b|c")


def test_known_key_is_stable_across_versions():
    assert words("00", "claim", {"N": 2, "a": 0.5}, "main") == (4050001526, 1293687216)


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (1, True), (Fraction(1, 2), 0.5), ("1", 1), ((1,), 1), (0.1, 0.1 + 2**-56)]
)
def test_canonical_tells_apart(one, other):
    assert canonical({"x": one}) != canonical({"x": other})


def test_canonical_joins_what_is_equal():
    assert canonical({"x": (1, 2)}) == canonical({"x": [1, np.int64(2)]})
    assert canonical({"x": 0.5}) == canonical({"x": np.float64(0.5)})


def test_objects_are_refused():
    with pytest.raises(ValueError, match="plain parameters"):
        canonical({"x": object()})


def test_roots():
    assert fresh_root() != fresh_root()
    assert validate_root(" 0F ") == "0f"
    for root in ("", "xyz", "a" * 65):
        with pytest.raises(ValueError, match="hexadecimal"):
            validate_root(root)

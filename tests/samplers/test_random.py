"""Words, keys and addresses: bitwise facts, and that no two uses ever encrypt the same block."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from zenil_dynamics import random
from zenil_dynamics.random import Stream, Tag
from zenil_dynamics.samplers.gamma import MAX_ATTEMPTS
from zenil_dynamics.samplers.inversion import MAX_PASSES

ADDRESSES = [0, 1, 2, 63, 10**6, 2**31 - 1, 2**31, 2**32 - 1]

# Random123, kat_vectors, threefry2x32 with 20 rounds: counter, key, result.
KNOWN_ANSWERS = [
    ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
]


@pytest.mark.parametrize(("counter", "key_words", "expected"), KNOWN_ANSWERS)
def test_threefry_known_answers(counter, key_words, expected):
    result = random.threefry2x32(*(jnp.uint32(word) for word in (*key_words, *counter)))
    assert tuple(int(word) for word in result) == expected


@pytest.mark.parametrize("seed", [0, 7, 2**31 + 5])
def test_fold_in_is_bitwise_that_of_jax(seed):
    key = jax.random.key(seed)
    for address in ADDRESSES:
        for given in (address, np.uint32(address), jnp.uint32(address)):
            ours, theirs = random.fold_in(key, given), jax.random.fold_in(key, np.uint32(address))
            assert np.array_equal(jax.random.key_data(ours), jax.random.key_data(theirs))


def test_fold_in_under_jit_and_vmap():
    key, addresses = jax.random.key(3), jnp.asarray(np.asarray(ADDRESSES, np.uint32))
    ours = jax.jit(jax.vmap(lambda address: random.fold_in(random.fold_in(key, address), Stream.SPLIT)))(addresses)
    theirs = jax.vmap(lambda address: jax.random.fold_in(jax.random.fold_in(key, address), 2))(addresses)
    assert np.array_equal(jax.random.key_data(ours), jax.random.key_data(theirs))
    assert ours.dtype == theirs.dtype


def test_signed_addresses_fold_like_unsigned_ones():
    key = jax.random.key(1)
    assert random.fold_in(key, jnp.int32(9)) == random.fold_in(key, 9)


def test_a_longer_draw_begins_with_a_shorter_one():
    key = jax.random.key(5)
    long = np.asarray(random.bits(key, (101,)))
    for length in (0, 1, 2, 7, 100):
        assert np.array_equal(random.bits(key, (length,)), long[:length])
    assert np.array_equal(random.bits(key, (5, 20)), long[:100].reshape(5, 20))
    assert np.array_equal(random.bits(key, (31,), offset=10), long[20:51])
    assert int(random.bits(key)) == long[0]


def test_both_words_of_a_block_are_used():
    key = jax.random.key(5)
    first, second = random.pairs(key, (4,), offset=3)
    assert np.array_equal(random.bits(key, (8,), offset=3), np.stack([first, second], -1).ravel())
    assert len({*np.asarray(first).tolist(), *np.asarray(second).tolist()}) == 8


def test_no_two_uses_encrypt_the_same_block():
    """Addresses have first word 0, samplers tag + attempt: the ranges are disjoint and attempts stay inside them."""
    tags = sorted(Tag)
    assert tags[0] > 0
    assert min(np.diff(tags)) >= 2**24 > max(MAX_ATTEMPTS, MAX_PASSES)
    assert tags[-1] + 2**24 <= 2**32


def test_streams_are_never_renumbered():
    assert [stream.name for stream in sorted(Stream)] == [
        *("REFIT", "EXOGENOUS", "SPLIT", "INITIAL", "OBSERVE", "FIT"),
        *("ITEMS", "DECODE", "MEMBER", "THIN", "UPDATE"),
    ]
    assert sorted(Stream) == list(range(11))


def test_words_of_a_draw_never_change():
    """A stored result is a function of these words: a change here is a change of every published number."""
    assert np.asarray(random.bits(jax.random.key(0), (4,))).tolist() == [2080697342, 3992443307, 3745838484, 1034803501]


def test_words_on_the_host_are_the_same():
    keys = jax.random.split(jax.random.key(8), 3)
    host = random.host_words(keys)
    assert isinstance(host, np.ndarray)
    assert np.array_equal(host, np.stack(random.words(keys), axis=-1))
    with pytest.raises(ValueError, match="`key` must be a typed key; got int"):
        random.host_words(7)


def test_keys_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="`key` must be a threefry2x32 key; got key<rbg>"):
        random.bits(jax.random.key(0, impl="rbg"))
    with pytest.raises(ValueError, match="`key` must be a typed key; got uint32 of shape"):
        random.bits(jnp.zeros(2, jnp.uint32))
    with pytest.raises(ValueError, match="`key` must be a typed key; got int"):
        random.fold_in(7, 0)


def test_old_keys_are_named_in_the_message():
    with pytest.raises(ValueError, match=r"Make it by jax\.random\.key\(seed\)"):
        random.words(np.zeros(2, np.uint32))

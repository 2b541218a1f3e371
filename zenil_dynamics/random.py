"""Counter-based random words: threefry written out, so that it fuses with whatever consumes it.

JAX lowers its own threefry to a rolled loop on the CPU, which writes every word to memory before it is used. Here the
twenty rounds are plain elementwise operations: XLA merges them with the sampler, and a word never leaves the
registers.

Every draw is a pure function of (key, counter). Keys are addressed, never dealt: root, replicate, generation, stream,
each step one `fold_in`. The two words of a block have separate uses that never meet: `fold_in` encrypts (0, address),
a draw encrypts (tag + attempt, counter) with a tag that is not 0.
"""

import functools
from enum import IntEnum

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Complex64, Int, UInt32

from zenil_dynamics.tracing import traced_once
from zenil_dynamics.types import HostArray, Key

_PARITY = np.uint32(0x1BD11BDA)
_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_IMPLEMENTATION = "fry"  # the short name by which JAX prints a threefry2x32 key type


class Stream(IntEnum):
    """Who consumes the key of one generation. Values are part of every stored result and are never renumbered."""

    REFIT = 0
    EXOGENOUS = 1
    SPLIT = 2
    INITIAL = 3
    OBSERVE = 4
    FIT = 5
    ITEMS = 6
    DECODE = 7
    MEMBER = 8
    THIN = 9
    UPDATE = 10


class Tag(IntEnum):
    """First word of the blocks that a sampler encrypts, plus the attempt, below 2^24. Never renumbered."""

    BITS = 1 << 24
    BINOMIAL_INVERSION = 2 << 24
    BINOMIAL_QUANTILE = 3 << 24
    BINOMIAL_SPLIT = 4 << 24
    GAMMA_QUANTILE = 5 << 24
    GAMMA_NORMAL = 6 << 24
    GAMMA_ACCEPT = 7 << 24
    GAMMA_BOOST = 8 << 24
    POISSON_TABLE = 9 << 24
    POISSON_THOUSANDS = 10 << 24
    POISSON_ACCEPT = 11 << 24
    GAUSSIAN_STEP = 12 << 24
    GAUSSIAN_ANGLE = 13 << 24
    TWO_TYPES = 14 << 24
    BACKWARD_PARENT = 16 << 24
    BACKWARD_SMOOTH = 17 << 24
    BACKWARD_ORIGIN = 18 << 24
    BACKWARD_FRESH = 19 << 24
    BACKWARD_UNIFORM = 20 << 24
    HYPERGEOMETRIC_ATTEMPT = 24 << 24
    HYPERGEOMETRIC_ACCEPT = 25 << 24


def _rounds(
    distances: tuple[int, ...], x: UInt32[Array, "*#shape"], y: UInt32[Array, "*#shape"]
) -> tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]]:
    """Four rounds: add, rotate, exclusive or."""
    for distance in distances:
        x = x + y
        y = ((y << np.uint32(distance)) | (y >> np.uint32(32 - distance))) ^ x
    return x, y


_ROUNDS = tuple(traced_once(functools.partial(_rounds, distances)) for distances in _ROTATIONS)


@traced_once
def threefry2x32(
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    counter_0: UInt32[HostArray, "*#shape"],
    counter_1: UInt32[HostArray, "*#shape"],
) -> tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]]:
    """Encrypt blocks of two words: twenty rounds of Threefry-2x32, unrolled and elementwise.

    Args:
        key_0: first key word.
        key_1: second key word.
        counter_0: first word of the block.
        counter_1: second word of the block.

    Returns:
        Two words, uniform and independent over distinct (key, block) as far as any known test can tell.

    Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.
    """
    schedule = (key_0, key_1, key_0 ^ key_1 ^ _PARITY)
    x, y = counter_0 + key_0, counter_1 + key_1
    for group in range(5):
        x, y = _ROUNDS[group % 2](x, y)
        x = x + schedule[(group + 1) % 3]
        y = y + schedule[(group + 2) % 3] + np.uint32(group + 1)
    return x, y


def joined(first: UInt32[Array, "*shape"], second: UInt32[Array, "*shape"]) -> Complex64[Array, "*shape"]:
    """Both words of a block as one array, which XLA computes in one loop.

    XLA's CPU loops have one output each: where both words are carried on, the block would be encrypted twice. A complex
    number is one output; its parts are only moved, never calculated with, so every bit pattern survives.

    Args:
        first: words.
        second: words.

    Returns:
        An array to be taken apart by `parted`.

    Definition.
    """
    as_float = (lax.bitcast_convert_type(word, jnp.float32) for word in (first, second))
    return lax.complex(*as_float)


def parted(pair: Complex64[Array, "*shape"]) -> tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]]:
    """Take `joined` words apart.

    Args:
        pair: what `joined` returned.

    Returns:
        The two arrays of words.

    Definition.
    """
    first, second = (lax.bitcast_convert_type(part, jnp.uint32) for part in (lax.real(pair), lax.imag(pair)))
    return first, second


def words(key: Key) -> tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]]:
    """Two key words of a typed threefry key.

    Args:
        key: typed key (or array of keys) as made by `jax.random.key`.

    Returns:
        Two arrays of the shape of `key`.

    Raises:
        ValueError: `key` is not a typed key, or its generator is not threefry2x32.

    Definition.
    """
    _require_threefry(key)
    data = jax.random.key_data(key)
    return data[..., 0], data[..., 1]


def host_words(key: Key) -> UInt32[np.ndarray, "*shape 2"]:
    """The two words of `words` on the host, without an operation on a device.

    Args:
        key: typed key (or array of keys) as made by `jax.random.key`, not traced.

    Returns:
        NumPy array.

    Raises:
        ValueError: `key` is not a typed key, or its generator is not threefry2x32.

    Definition.
    """
    _require_threefry(key)
    return np.asarray(jax.random.key_data(key))


def _require_threefry(key: Key) -> None:
    """Refuse keys of another generator, and arrays that are no keys."""
    dtype = getattr(key, "dtype", None)
    if dtype is None or not jnp.issubdtype(dtype, jax.dtypes.prng_key):
        raise ValueError(
            f"`key` must be a typed key; got {_describe(key)}. "
            "Make it by jax.random.key(seed), not by jax.random.PRNGKey."
        )
    if str(dtype) != f"key<{_IMPLEMENTATION}>":
        raise ValueError(
            f"`key` must be a threefry2x32 key; got {dtype}. Make it by jax.random.key(seed, impl='threefry2x32')."
        )


def fold_in(key: Key, address: int | Int[Array, ""] | UInt32[Array, ""]) -> Key:
    """Key at one address below `key`; bitwise equal to `jax.random.fold_in`.

    Args:
        key: typed threefry key; not consumed, but it must not be handed to a sampler as well.
        address: replicate, generation or stream, in [0, 2^32).

    Returns:
        Typed key.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Source: `jax.random.fold_in`: threefry of the block (0, address).
    """
    key_0, key_1 = words(key)
    low = jnp.asarray(address, jnp.uint32) if isinstance(address, int) else address.astype(jnp.uint32)
    child = threefry2x32(key_0, key_1, jnp.zeros_like(low), low)
    # Not jnp.stack: under vmap it transposes, and XLA then fails to see that words(fold_in(...)) are these words.
    data = lax.concatenate([lax.expand_dims(word, (word.ndim,)) for word in child], child[0].ndim)
    return jax.random.wrap_key_data(data, impl="threefry2x32")


def counters(shape: tuple[int, ...], offset: int | UInt32[Array, ""] = 0) -> UInt32[Array, "..."]:
    """Row-major index of every element of `shape`, plus `offset`: what makes elements of one draw different.

    Args:
        shape: any shape of fewer than 2^32 elements.
        offset: first counter.

    Returns:
        uint32 array of `shape`.

    Definition.
    """
    index = jnp.arange(int(np.prod(shape, dtype=np.int64)), dtype=jnp.uint32).reshape(shape)
    return index + jnp.asarray(offset).astype(jnp.uint32)


def pairs(
    key: Key, shape: tuple[int, ...] = (), offset: int | UInt32[Array, ""] = 0
) -> tuple[UInt32[Array, "..."], UInt32[Array, "..."]]:
    """Two independent arrays of random words: both outputs of the blocks offset, offset + 1, ...

    Args:
        key: consumed.
        shape: of each of the two arrays.
        offset: first block; equal blocks give equal words whatever the shape around them.

    Returns:
        Two uint32 arrays of `shape`.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Definition.
    """
    key_0, key_1 = words(key)
    block = counters(shape, offset)
    return threefry2x32(key_0, key_1, jnp.full_like(block, Tag.BITS), block)


def bits(key: Key, shape: tuple[int, ...] = (), offset: int | UInt32[Array, ""] = 0) -> UInt32[Array, "..."]:
    """Random words in counter mode: words 2 offset, 2 offset + 1, ... of the stream of `key`, in row-major order.

    Args:
        key: consumed.
        shape: of the result.
        offset: first block, two words each; a longer draw begins with the words of a shorter one.

    Returns:
        uint32 array of `shape`, uniform on [0, 2^32).

    Raises:
        ValueError: `key` is not a typed threefry key.

    Definition.
    """
    count = int(np.prod(shape, dtype=np.int64))
    interleaved = jnp.stack(pairs(key, ((count + 1) // 2,), offset), axis=-1).reshape(-1)
    return interleaved[:count].reshape(shape)


def _describe(value: object) -> str:
    """Short name of a value for a message: dtype and shape of an array, type of anything else."""
    dtype, shape = getattr(value, "dtype", None), getattr(value, "shape", None)
    return type(value).__name__ if dtype is None else f"{dtype} of shape {shape}"

"""Random words for the numba rivals: xoshiro256+, one stream per replicate, and a 256-layer ziggurat.

numba's own `np.random` is a Mersenne twister with polar normals, two to four times slower than this.
"""

import math

import numpy as np

try:
    from numba import njit, prange, uint64
    from numba import set_num_threads as set_num_threads
except ImportError:  # The rivals that need it say so when they are prepared.
    AVAILABLE = False
    prange = range
    uint64 = np.uint64

    def njit(*_args, **_options):  # noqa: D103  # stands in, so that the modules can be imported without numba
        return lambda function: function
else:
    AVAILABLE = True

MISSING = "numba is not installed; `pip install 'zenil-dynamics[bench]'` adds it"
_LAYERS = 256
_TAIL = 3.6541528853610088
_AREA = 0.00492867323399


def ziggurat_tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Limits (53-bit integers), widths and densities of the layers of exp(-x^2/2) (Marsaglia and Tsang 2000)."""
    scale = 2.0**52
    edge = np.zeros(_LAYERS + 1)
    edge[_LAYERS] = _AREA * math.exp(_TAIL**2 / 2)
    edge[_LAYERS - 1] = _TAIL
    for i in range(_LAYERS - 2, 0, -1):
        edge[i] = math.sqrt(-2 * math.log(_AREA / edge[i + 1] + math.exp(-(edge[i + 1] ** 2) / 2)))
    # Layer i spans [0, edge[i + 1]); points below edge[i] are surely under the curve.
    limits = (edge[:-1] / edge[1:] * scale).astype(np.uint64)
    return limits, edge[1:] / scale, np.exp(-(edge**2) / 2)


@njit(inline="always")
def seed_words(seed, stream, words):
    """Fill four state words by splitmix64 from a seed and a stream number."""
    state = uint64(seed) * uint64(0xD1342543DE82EF95) + uint64(stream) * uint64(0x2545F4914F6CDD1D)
    for i in range(4):
        state = state + uint64(0x9E3779B97F4A7C15)
        mixed = state
        mixed = (mixed ^ (mixed >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> uint64(27))) * uint64(0x94D049BB133111EB)
        words[i] = mixed ^ (mixed >> uint64(31))


@njit(inline="always")
def next_word(words):
    """Advance xoshiro256+ and return 64 bits."""
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    result = first + fourth
    third ^= first
    fourth ^= second
    words[0] = first ^ fourth
    words[1] = second ^ third
    words[2] = third ^ (second << uint64(17))
    words[3] = (fourth << uint64(45)) | (fourth >> uint64(19))
    return result


@njit(inline="always")
def next_uniform(words):
    """Return a uniform of [0, 1) with 53 bits."""
    return (next_word(words) >> uint64(11)) * (1.0 / 9007199254740992.0)


@njit()
def next_normal(words, limits, widths, heights):
    """Return a standard normal."""
    while True:
        word = next_word(words)
        layer = (word >> uint64(56)) & uint64(255)
        digits = (word >> uint64(3)) & uint64(0xFFFFFFFFFFFFF)
        x = digits * widths[layer]
        # Bit 55: neither a digit nor a layer bit.
        sign = 1.0 - 2.0 * ((word >> uint64(55)) & uint64(1))
        if digits < limits[layer]:
            return sign * x
        if layer == 255:
            while True:
                beyond = -math.log(1.0 - next_uniform(words)) / 3.6541528853610088
                if -2.0 * math.log(1.0 - next_uniform(words)) > beyond * beyond:
                    return sign * (3.6541528853610088 + beyond)
        low, high = heights[layer + uint64(1)], heights[layer]
        if low + next_uniform(words) * (high - low) < math.exp(-0.5 * x * x):
            return sign * x

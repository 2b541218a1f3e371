"""Unevaluated sums of two float32 numbers: about 36 exact bits where float32 has 24 and float64 may be switched off.

The mean of a binomial must be known far better than float32 knows it: an error of 2^-24 in p moves the mean of 10^6
draws by 0.03. XLA may contract `a * b + c` into one rounding, which breaks the classical error-free product; here
every product that is formed is exact (12 by 12 bits), so contraction changes nothing.

Source: Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18 (1971); Knuth, The
Art of Computer Programming 2, section 4.2.2, theorem B (two_sum).
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, Int, Int32

from zenil_dynamics.tracing import traced_once

_UPPER_TWELVE = np.uint32(0xFFFFF000)


class TwoFloat(NamedTuple):
    """high + low, with |low| at most half a unit in the last place of `high`."""

    high: Float32[Array, "..."]
    low: Float32[Array, "..."]


def from_float(value: Float[Array, "..."]) -> TwoFloat:
    """Split a float32 (low = 0) or float64 (48 of its 53 bits) array."""
    high = value.astype(jnp.float32)
    if value.dtype == jnp.float32:
        return TwoFloat(high, jnp.zeros_like(high))
    return TwoFloat(high, (value - high.astype(value.dtype)).astype(jnp.float32))


@traced_once
def from_integer(value: Int32[Array, "..."]) -> TwoFloat:
    """Exact value of an int32 array."""
    upper = (value >> 12) << 12
    return two_sum(upper.astype(jnp.float32), (value - upper).astype(jnp.float32))


def from_number(value: Float[Array, "..."] | Int[Array, "..."]) -> TwoFloat:
    """`from_float` or `from_integer` (of int32 range), by dtype."""
    value = jnp.asarray(value)
    if jnp.issubdtype(value.dtype, jnp.floating):
        return from_float(value)
    return from_integer(value.astype(jnp.int32))


@traced_once
def two_sum(x: Float32[Array, "..."], y: Float32[Array, "..."]) -> TwoFloat:
    """Exact sum of two float32 arrays (Knuth: six operations, no assumption on magnitudes)."""
    total = x + y
    part = total - x
    return TwoFloat(total, (x - (total - part)) + (y - part))


@traced_once
def add(x: TwoFloat, y: TwoFloat) -> TwoFloat:
    """Sum, relative error at most 2^-44 for terms of one sign."""
    total = two_sum(x.high, y.high)
    return two_sum(total.high, total.low + (x.low + y.low))


@traced_once
def multiply(x: TwoFloat, y: TwoFloat) -> TwoFloat:
    """Product, relative error at most 2^-34 (2^-36 typically)."""
    x_upper, y_upper = _upper(x.high), _upper(y.high)
    x_lower, y_lower = x.high - x_upper, y.high - y_upper
    cross = x_upper * y_lower + x_lower * y_upper
    small = x_lower * y_lower + (x.high * y.low + x.low * y.high)
    first = two_sum(x_upper * y_upper, cross)
    return two_sum(first.high, first.low + small)


def times_integer(number: TwoFloat, count: Int[Array, "..."]) -> TwoFloat:
    """Product with an integer below 2^31, broadcast; a negative one counts as 0. Relative error as of `multiply`."""
    count = jnp.maximum(jnp.asarray(count), 0).astype(jnp.int32)
    high, low, count = jnp.broadcast_arrays(*number, count)
    return multiply(TwoFloat(high, low), from_integer(count))


@traced_once
def divide(x: TwoFloat, y: TwoFloat) -> TwoFloat:
    """Quotient, relative error at most 2^-34 (2^-36 typically)."""
    quotient = x.high / y.high
    product = multiply(TwoFloat(quotient, jnp.zeros_like(quotient)), y)
    remainder = (x.high - product.high) + (x.low - product.low)
    return two_sum(quotient, remainder / y.high)


def _upper(value: Float32[Array, "..."]) -> Float32[Array, "..."]:
    """Leading twelve bits of the mantissa; what is left has at most twelve."""
    bits = lax.bitcast_convert_type(value, jnp.uint32)
    return lax.bitcast_convert_type(bits & _UPPER_TWELVE, jnp.float32)

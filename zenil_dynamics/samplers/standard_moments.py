"""Sample mean and scatter of standard normal draws: one block of random words for both, no loop where N > 16.

The scatter is chi-square. Its quantile at the level of a normal z is smooth in z and in 1 / sqrt(df), so a polynomial
gives it without rejection: with y = z + sum_ij C_ij z^i h^j, h = df^(-1/2), the cube root of chi^2 / df is
1 + sqrt(2/9) h y (Wilson and Hilferty's 1931 variable, corrected to the exact quantile).
"""

import math

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers.gamma import _gamma as gamma_from_words
from zenil_dynamics.samplers.gamma import chi_square
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.samplers.normal import normal_from_words
from zenil_dynamics.types import Key

SMALLEST_POLYNOMIAL_DEGREES = 16
"""Degrees of freedom from which the polynomial holds; below, the scatter is a gamma number by rejection."""

# Least squares on a Chebyshev grid, |z| <= 6.3, 0 < h <= 1/4, weights exp(-z^2 / 4) + 1e-3; row i column j is C_i,j+1.
# Total variation from the exact law: 1.7e-7 at 16 degrees of freedom, 8e-10 at 99 (tests/samplers/test_standard_moments).
COEFFICIENTS = np.array(
    (
        (-4.71404574e-01, 3.97719771e-06, -4.89859785e-02, 1.14053804e-03, 2.02774965e-02, 1.83644262e-02),
        (-1.77644459e-07, 5.55679510e-02, -2.78767181e-04, -2.04482856e-02, -1.14979113e-02, -1.40361447e-02),
        (1.34115046e-07, -9.47510818e-06, 2.81515880e-02, -2.14047622e-03, 3.90422104e-02, -1.26146652e-02),
        (1.62581932e-07, -1.85297773e-02, 2.50377141e-04, -2.29568609e-02, 9.78005778e-03, -2.48777767e-02),
        (-7.21941754e-08, 5.15247266e-06, 6.86406192e-03, 1.22070936e-03, 9.31642535e-04, 1.02632603e-02),
        (-4.15110142e-08, 2.89637538e-06, -6.51642082e-05, -9.11174235e-04, -2.70342693e-03, 3.29193502e-03),
        (1.48753975e-08, -1.07045354e-06, 2.51791148e-05, -2.61924869e-04, 1.34677889e-03, -2.49559147e-03),
        (5.95085863e-10, -3.36162643e-08, 4.93045175e-07, -6.16866758e-07, -3.16504359e-05, 2.94332836e-04),
        (-2.86256830e-10, 1.92912575e-08, -4.10181589e-07, 3.57087798e-06, -1.14033844e-05, -5.04981049e-06),
    )
)


def standard_moments(
    num_samples: Int[Array, "*shape"], *, key: Key
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """Standardised mean and scatter of `num_samples` standard normal draws, independent of each other.

    Args:
        num_samples: N, at least 1, of the shape of `key` or a scalar.
        key: consumed.

    Returns:
        sqrt(N) times the mean, N(0, 1); sum of squared distances from the mean, chi-square with N - 1 degrees of
        freedom, exactly 0 for N = 1. In float32 within 2^-22 in total variation of the law, before rounding.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Source: Fisher's theorem; Wilson and Hilferty 1931 for the variable; the coefficients are fitted here.
    """
    dtype = np.dtype(jnp.result_type(float))
    degrees = (jnp.asarray(num_samples) - 1).astype(dtype)
    first, second = random.pairs(key)
    if dtype == np.float64:
        # The polynomial's error would show in double precision; here exactness is worth more than speed.
        return normal_from_words(first, second, dtype), chi_square(jnp.broadcast_to(degrees, first.shape), key=key)
    scatter = chi_square_quantile(normal_from_words(second, second, dtype), degrees)
    key_0, key_1 = random.words(key)
    return normal_from_words(first, first, dtype), _few_degrees(*jnp.broadcast_arrays(degrees, scatter, key_0, key_1))


def chi_square_quantile(
    normal: Float[Array, "*#shape"], degrees_of_freedom: Float[Array, "*#shape"]
) -> Float[Array, "*shape"]:
    """Chi-square quantile at the level of a standard normal number, by the polynomial.

    Args:
        normal: z, |z| <= 6.3.
        degrees_of_freedom: at least `SMALLEST_POLYNOMIAL_DEGREES`; fewer are treated as so many.

    Returns:
        x with P(chi^2 <= x) = Phi(z) up to an error of 1.3e-4 in z, and 1e-6 where 64 or more degrees are left.

    Source: as `standard_moments`.
    """
    dtype = normal.dtype
    degrees = jnp.maximum(degrees_of_freedom, SMALLEST_POLYNOMIAL_DEGREES)
    h = lax.rsqrt(degrees)
    # Coefficients of z^i first: they depend on N alone and are one scalar each where N is.
    correction = jnp.zeros_like(normal)
    for row in COEFFICIENTS[::-1]:
        coefficient = jnp.full_like(h, row[-1])
        for value in row[-2::-1]:
            coefficient = coefficient * h + value.astype(dtype)
        correction = correction * normal + coefficient * h
    root = jnp.maximum(1 + (normal + correction) * (h * np.asarray(math.sqrt(2 / 9), dtype)), 0)
    return degrees * (root * root * root)


@any_leading_axes
def _few_degrees(
    degrees: Float[Array, "..."], scatter: Float[Array, "..."], key_0: UInt32[Array, "..."], key_1: UInt32[Array, "..."]
) -> Float[Array, "..."]:
    """Replace lanes of few degrees of freedom by rejection; skipped for real when there is none."""
    few = degrees < SMALLEST_POLYNOMIAL_DEGREES

    def rejected(current: Float[Array, "..."]) -> Float[Array, "..."]:
        return jnp.where(few, 2 * gamma_from_words(degrees / 2, key_0, key_1, jnp.zeros_like(key_0)), current)

    return lax.cond(jnp.any(few), rejected, lambda current: current, scatter)

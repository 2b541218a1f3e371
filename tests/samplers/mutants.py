"""Wrong samplers, each with one plausible mistake; a test that none of them fails is worth nothing."""

import math

import jax
import jax.numpy as jnp

from zenil_dynamics import samplers
from zenil_dynamics.samplers import inversion, quantile


def binomial_of_one_trial_less(num_trials, success, failure=None, *, key):
    return samplers.binomial(num_trials - 1, success, failure, key=key)


def binomial_of_five_percent_more(num_trials, success, failure=None, *, key):
    return samplers.binomial(num_trials, success * 1.05, failure, key=key)


def binomial_by_rounded_normal(num_trials, success, failure=None, *, key):
    failure = 1 - success if failure is None else failure
    p = success / (success + failure)
    trials = jnp.asarray(num_trials, jnp.float32)
    z = samplers.normal(jnp.shape(p), key=key, dtype=jnp.float32)
    return jnp.clip(jnp.round(trials * p + z * jnp.sqrt(trials * p * (1 - p))), 0, trials).astype(jnp.int32)


def expansion_without_skewness(z, s, delta):
    return quantile.expansion(z, s, jnp.zeros_like(delta))


def expansion_without_continuity_shift(z, s, delta):
    """P(X <= k) read at k instead of k + 1."""
    return quantile.expansion(z, s, delta) - s


def search_with_lost_factor(steps, first, second, num_trials, odds):
    """pmf(k + 1) / pmf(k) = odds (n - 1 - k) / (k + 1)."""
    return inversion.count_from_words(steps, first, second, num_trials - 1, odds)


def multinomial_of_one_trial_less(num_trials, weights, *, key):
    return samplers.multinomial(num_trials - 1, weights, key=key)


def multinomial_with_unconditional_probabilities(num_trials, weights, *, key):
    """Forgets to divide by the weight that is left: Binomial(left, w_i) instead of Binomial(left, w_i / rest)."""

    def category(left, row):
        index, weight = row
        taken = samplers.binomial(left, weight, key=jax.random.fold_in(key, index))
        return left - taken, taken

    rows = jnp.arange(weights.shape[0] - 1), (weights / weights.sum())[:-1]
    left, counts = jax.lax.scan(category, jnp.asarray(num_trials), rows)
    return jnp.append(counts, left)


def multinomial_of_independent_counts(num_trials, weights, *, key):
    """Right margins, no correlation."""
    weights = weights / weights.sum()
    return samplers.binomial(jnp.broadcast_to(num_trials, weights.shape), weights, key=key)


def normal_of_five_percent_more_variance(shape=(), *, key, dtype=None):
    return 1.025 * samplers.normal(shape, key=key, dtype=dtype)


def normal_by_six_uniforms(shape=(), *, key, dtype=None):
    """Mean 0, variance 1, excess kurtosis -0.2."""
    return math.sqrt(2) * (samplers.uniform((*shape, 6), key=key, dtype=dtype).sum(-1) - 3)


def gamma_by_wilson_and_hilferty(shape_parameter, *, key):
    """The cube root of a gamma number taken as exactly normal: no correction."""
    z = samplers.normal(jnp.shape(shape_parameter), key=key, dtype=shape_parameter.dtype)
    s = 1 / jnp.sqrt(shape_parameter)
    return shape_parameter * jnp.maximum(1 - s**2 / 9 + s / 3 * z, 0) ** 3


def gamma_without_boost(shape_parameter, *, key):
    """Below shape 1, the gamma number of shape + 1 without the power of a uniform."""
    return samplers.gamma(jnp.where(shape_parameter < 1, shape_parameter + 1, shape_parameter), key=key)


def chi_square_with_one_degree_more(degrees_of_freedom, *, key):
    return samplers.chi_square(degrees_of_freedom + 1, key=key)


def poisson_of_five_percent_more(rate, num_terms=None, *, key):
    return samplers.poisson(rate * 1.05, num_terms, key=key)


def poisson_by_rounded_normal(rate, num_terms=None, *, key):
    z = samplers.normal(jnp.shape(rate), key=key, dtype=jnp.float32)
    return jnp.maximum(jnp.round(rate + z * jnp.sqrt(rate)), 0).astype(jnp.int32)


def poisson_of_a_wide_blur(rate, num_terms=None, *, key):
    """A standard deviation larger by 3 %."""
    counts = samplers.poisson(rate, num_terms, key=key).astype(jnp.float32)
    return jnp.round(rate + 1.03 * (counts - rate)).astype(jnp.int32)


def exponential_of_five_percent_more(shape=(), *, key, dtype=None):
    return 1.05 * samplers.exponential(shape, key=key, dtype=dtype)


def largest_uniform_of_one_more(num_samples, *, key, dtype=None):
    return samplers.largest_uniform(num_samples + 1, key=key, dtype=dtype)


def largest_uniform_by_subtraction(num_samples, *, key, dtype=None):
    largest, _ = samplers.largest_uniform(num_samples, key=key, dtype=dtype)
    return largest, 1 - largest


def negative_binomial_of_ten_percent_more_shape(shape_parameter, mean, num_terms=None, *, key):
    return samplers.negative_binomial(shape_parameter * 1.1, mean, num_terms, key=key)


def negative_binomial_without_gamma(shape_parameter, mean, num_terms=None, *, key):
    return samplers.poisson(mean, num_terms, key=key)


def negative_binomial_of_one_shape(shape_parameter, mean, num_terms=None, *, key):
    """The sum of N numbers with N times the mean, but the shape of one."""
    return samplers.negative_binomial(shape_parameter, mean * num_terms.astype(jnp.float32), key=key)


def hypergeometric_with_replacement(num_good, num_bad, num_draws, *, key):
    return samplers.binomial(num_draws, num_good, num_bad, key=key)


def hypergeometric_of_one_more_good(num_good, num_bad, num_draws, *, key):
    return jnp.minimum(samplers.hypergeometric(num_good + 1, num_bad, num_draws, key=key), num_good)


def sample_with_replacement(counts, num_samples, *, key):
    return samplers.multinomial(num_samples, counts, key=key)


def sample_of_unconditional_counts(counts, num_samples, *, key):
    """Right margins of all categories but the last, as if they knew nothing of each other."""
    drawn = samplers.hypergeometric(counts, counts.sum() - counts, num_samples, key=key)
    return drawn.at[-1].set(num_samples - drawn[:-1].sum())


def categorical_items_of_a_sharper_law(probs, uniforms):
    return samplers.categorical_items(probs**1.05, uniforms)

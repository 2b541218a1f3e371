"""A lane is a function of its own key and parameters: neighbours, batch shapes and loops around it change no bit."""

import pathlib
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics
from zenil_dynamics import samplers
from zenil_dynamics.samplers import lanes

WIDTH = 64
KEYS = jax.random.split(jax.random.key(12), WIDTH)


def one_binomial(key, size):
    return samplers.binomial((1000 * size).astype(jnp.int32), 0.003 * size, key=key)


def one_multinomial(key, size):
    weights = jnp.asarray([1.0, 0.0, 5.0, 2.0, 1e-4, 30.0], size.dtype) ** size
    return samplers.multinomial((300 * size).astype(jnp.int32), weights, key=key)


def one_gamma(key, size):
    return samplers.gamma(4 * size * size, key=key)


def one_pair_of_moments(key, size):
    return jnp.stack(samplers.standard_moments((1 + 9 * size).astype(jnp.int32), key=key))


SAMPLERS = [one_binomial, one_multinomial, one_gamma, one_pair_of_moments]
DRAW = {sampler: jax.jit(jax.vmap(sampler)) for sampler in SAMPLERS}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_neighbours_change_nothing(sampler):
    """The same 64 lanes beside neighbours of every regime: larger means, larger shapes, certain results."""
    draw = DRAW[sampler]
    sizes = jnp.linspace(0.1, 1.2, WIDTH)
    alone = np.asarray(draw(KEYS, sizes))
    for other in (0.0, 1.0, 5.0, 40.0):
        for mixed in (jnp.arange(WIDTH) % 2 == 0, jnp.arange(WIDTH) > 0):
            beside = np.asarray(draw(KEYS, jnp.where(mixed, other, sizes)))
            assert np.array_equal(beside[~np.asarray(mixed)], alone[~np.asarray(mixed)])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_batch_shapes_and_loops_change_nothing(sampler):
    """Plain, nested vmap and a scan over vmap: integers bit for bit, floats to the last places."""
    sizes = jnp.linspace(0.1, 3.0, WIDTH)
    plain = np.asarray(DRAW[sampler](KEYS, sizes))
    nested = jax.jit(jax.vmap(jax.vmap(sampler)))(KEYS.reshape(4, 16), sizes.reshape(4, 16))
    looped = jax.jit(lambda keys, sizes: jax.lax.map(lambda pair: sampler(*pair), (keys, sizes)))(KEYS, sizes)
    for other in (np.asarray(nested).reshape(plain.shape), np.asarray(looped)):
        if np.issubdtype(plain.dtype, np.integer):
            assert np.array_equal(other, plain)
        else:
            assert np.allclose(other, plain, rtol=3e-6)


def test_vmap_over_some_arguments_only():
    draw = jax.vmap(lambda n, key: samplers.multinomial(n, jnp.ones(3), key=key), in_axes=(0, None))
    drawn = np.asarray(jax.jit(draw)(jnp.asarray([5, 900, 0]), jax.random.key(0)))
    assert drawn.sum(1).tolist() == [5, 900, 0]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_parameters_are_traced(sampler):
    """New values compile nothing."""
    traces = []

    @jax.jit
    def counted(key, size):
        traces.append(size)
        return sampler(key, size)

    for size in (0.5, 1.0, 7.0):
        jax.eval_shape(counted, KEYS[0], jnp.float32(size))
    assert len(traces) == 1


def test_a_sampler_is_traced_when_its_axes_are_known():
    """Once, at its final shape, however many loops and batches stand around it."""
    shapes = []

    @lanes.any_leading_axes
    def counted(number, factor):
        shapes.append(number.shape)
        return number * factor

    def chain(number):
        return jax.lax.scan(lambda carry, _: (counted(carry, jnp.int32(3)), None), number, None, length=4)[0]

    batched = jax.jit(jax.vmap(jax.vmap(chain)))
    assert batched(jnp.arange(6).reshape(2, 3)).tolist() == [[0, 81, 162], [243, 324, 405]]
    assert shapes == [(2, 3)]


def test_x64_changes_no_count():
    sizes = np.linspace(0.1, 3.0, WIDTH).astype(np.float32)
    single = np.asarray(DRAW[one_multinomial](KEYS, sizes))  # a scan over binomials
    with jax.enable_x64(True):
        assert np.array_equal(DRAW[one_multinomial](KEYS, sizes), single)


def test_stock_samplers_are_not_used():
    """Slow or inexact in JAX: their names do not occur in the package."""
    root = pathlib.Path(zenil_dynamics.__file__).parent
    stock = re.compile(
        r"jax\.random\.(binomial|multinomial|gamma|poisson|chisquare|beta|normal|uniform|bits|categorical)\b"
    )
    assert not [path for path in root.rglob("*.py") if stock.search(path.read_text(encoding="utf-8"))]

"""A function that is traced once leaves nothing of itself in the program, and is traced once."""

import jax
import jax.numpy as jnp
import numpy as np

from zenil_dynamics.tracing import traced_once


def twice_plus(x, y):
    return x + y, 2 * x


def test_the_program_is_the_same_to_the_letter():
    def program(function):
        def run(x, y):
            for _ in range(3):
                x, y = function(x, y)
            return x

        return str(jax.make_jaxpr(run)(jnp.ones(4), jnp.ones(4)))

    assert program(traced_once(twice_plus)) == program(twice_plus)


def test_it_is_traced_once_for_equal_shapes():
    calls = []

    @traced_once
    def counted(x):
        calls.append(x.shape)
        return x + 1

    jax.make_jaxpr(lambda x: counted(counted(counted(x))))(np.ones(3, np.float32))
    jax.make_jaxpr(jax.vmap(counted))(np.ones((2, 3), np.float32))
    assert calls == [(3,)]
    jax.make_jaxpr(counted)(np.ones(5, np.float32))
    assert calls == [(3,), (5,)]

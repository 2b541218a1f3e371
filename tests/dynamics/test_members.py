"""What coupled members draw from: their mixture, alone and beside the target."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.random import fold_in
from zenil_dynamics.states.ensemble import MixtureOfMembers, member_keys

KEY = jax.random.key(6)
WEIGHTS = np.array([0.3, 0.7])
SIZE = 20_000


def coins(first, second):
    """Two members that always show what they are."""
    members = jax.tree.map(lambda *leaves: jnp.stack(leaves), *(zd.Bernoulli(float(mean)) for mean in (first, second)))
    return MixtureOfMembers(jax.tree.map(lambda leaf: leaf.astype(jnp.float32), members), WEIGHTS)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_part_of_weight_zero_is_never_drawn(weight):
    drawn = coins(0, 0).mixed_with(zd.Bernoulli(1.0), jnp.float32(weight)).draw(jnp.int32(50), key=KEY)
    assert int(drawn.total) == 50
    assert float(drawn.mean) == weight


def share_of_ones(how, shown, weight):
    """Among draws of two members and a third source, by statistics or by single draws."""
    first, second, other = shown
    source = coins(first, second).mixed_with(zd.Bernoulli(float(other)), jnp.float32(weight))
    if how == "draw":
        return round(float(source.draw(jnp.int32(SIZE), key=KEY).mean) * SIZE)
    return int(source.sample(SIZE, key=KEY).sum())


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize("how", ["draw", "sample"])
@pytest.mark.parametrize(("shown", "prob"), [((1, 0, 0), 0.18), ((0, 1, 0), 0.42), ((0, 0, 1), 0.4)])
def test_every_part_has_its_share(how, shown, prob):
    low, high = bounds.binomial_interval(SIZE, prob, 1e-10)
    assert low <= share_of_ones(how, shown, 0.4) <= high


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize("how", ["draw", "sample"])
def test_a_wrong_share_is_caught(how):
    low, high = bounds.binomial_interval(SIZE, 0.42, 1e-10)
    assert not low <= share_of_ones(how, (0, 1, 0), 0.35) <= high


def test_keys_of_members_are_their_addresses_and_settled_before_use():
    """Without the barrier every loop that draws derives all keys anew, and some ensembles compile for minutes."""
    keys = member_keys(KEY, 3)
    for index in range(3):
        own = jax.random.key_data(fold_in(KEY, jnp.uint32(index)))
        np.testing.assert_array_equal(jax.random.key_data(keys[index]), own)
    assert "optimization_barrier" in jax.jit(lambda key: member_keys(key, 3)).lower(KEY).as_text()

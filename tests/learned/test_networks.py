"""Networks: their laws against strings written one token at a time in NumPy."""

import itertools

import jax
import numpy as np
import pytest

from zenil_dynamics.learned import AutoregressiveNetwork, LogitTable


def perceptron(network, inputs):
    """The hidden layers and the logit, in float64."""
    layers = [(np.asarray(layer.weight, np.float64), np.asarray(layer.bias)) for layer in network.perceptron.layers]
    for weight, bias in layers[:-1]:
        inputs = np.tanh(weight @ inputs + bias)
    return (layers[-1][0] @ inputs + layers[-1][1]).item()


def log_prob(network, string):
    """Sum over the tokens of a string of the log-probability of each given those before."""
    total = 0.0
    for position, token in enumerate(string):
        inputs = np.zeros(2 * network.num_tokens)
        inputs[:position] = 2 * np.array(string[:position]) - 1
        inputs[network.num_tokens + position] = 1
        total -= np.log1p(np.exp(-(2 * token - 1) * perceptron(network, inputs)))
    return total


@pytest.mark.parametrize(("num_tokens", "width", "depth"), [(1, 3, 1), (3, 5, 1), (4, 3, 2), (3, 1, 0)])
def test_a_string_has_the_probability_of_its_tokens(num_tokens, width, depth):
    network = AutoregressiveNetwork(num_tokens, width=width, depth=depth, key=jax.random.key(depth))
    log_probs = np.asarray(network(), np.float64)
    strings = itertools.product((0, 1), repeat=num_tokens)
    np.testing.assert_allclose(log_probs, [log_prob(network, string) for string in strings], rtol=2e-5, atol=2e-6)
    assert np.exp(log_probs).sum() == pytest.approx(1, abs=2e-6)


def test_the_order_of_tokens_matters():
    network = AutoregressiveNetwork(3, width=5, key=jax.random.key(0))
    assert abs(log_prob(network, (0, 1, 1)) - log_prob(network, (1, 1, 0))) > 1e-3


def test_a_table_is_the_law_it_is_made_of():
    probs = np.array([0.5, 0.3, 0.2])
    np.testing.assert_allclose(jax.nn.softmax(LogitTable.of(probs)()), probs, rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogitTable.of([0.5, 0.5, 0.0]), "entry 2 is 0. Leave the type out"),
        (lambda: LogitTable.of([0.5, 0.4]), "`probs` must sum to 1"),
        (lambda: AutoregressiveNetwork(17, width=3, key=jax.random.key(0)), "`num_tokens` must be at most 16"),
        (lambda: AutoregressiveNetwork(0, width=3, key=jax.random.key(0)), "`num_tokens` must be a whole number"),
        (lambda: AutoregressiveNetwork(3, width=2.5, key=jax.random.key(0)), "`width` must be a whole number"),
        (lambda: AutoregressiveNetwork(3, width=2, depth=-1, key=jax.random.key(0)), "`depth` must be a whole number"),
    ],
)
def test_each_gets_one_clear_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)

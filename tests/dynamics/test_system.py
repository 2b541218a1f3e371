"""What a system refuses, and the table that its schedules become."""

import jax
import numpy as np
import pytest

import zenil_dynamics as zd

TARGET = zd.Categorical([0.5, 0.3, 0.2])


def first_share(state, target):
    return state.probs[0]


def other_first_share(state, target):
    return state.probs[1]


other_first_share.__name__ = "first_share"


def called_entropy(state, target):
    return state.probs[0]


called_entropy.__name__ = "entropy"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: zd.Categorical([0.5, 0.6]), r"`probs` must sum to 1 \(within 1e-06\); got 1.1"),
        (lambda: zd.Categorical([1.5, -0.5]), "entry 1 is -0.5"),
        (lambda: zd.Categorical([0.5, float("nan")]), "entry 1 is nan"),
        (lambda: zd.Categorical([]), "non-empty"),
        (lambda: zd.Categorical.zipf(support_size=0), "`support_size` must be a whole number"),
        (lambda: zd.Categorical.from_counts([0, 0]), "positive sum"),
        (lambda: zd.Gaussian(variance=0.0), "`variance` must be positive"),
        (lambda: zd.Gaussian(mean=float("inf")), "`mean` must be one finite number"),
        (lambda: zd.Smoothed(pseudocount=0.0), "`pseudocount` must be positive"),
        (lambda: zd.System(TARGET, 0), "`num_samples` must be a whole number of at least 1; got 0"),
        (lambda: zd.System(TARGET, -3), "got -3"),
        (lambda: zd.System(TARGET, 2.5), "got 2.5"),
        (lambda: zd.System(TARGET, 10, 1.3).table(4), r"`exogenous_fraction` must lie in \[0, 1\]; got 1.3"),
        (lambda: zd.System(TARGET, 10, mixing="poisson"), "`mixing` must be one of bernoulli, stratified"),
        (lambda: zd.System(TARGET, 10, fit=zd.Unbiased()), "no meaning for a categorical state"),
        (lambda: zd.System(zd.Gaussian(), 10, fit=zd.Smoothed(pseudocount=1.0)), "no meaning for a gaussian state"),
        (lambda: zd.System(zd.Gaussian(), 1, fit=zd.Unbiased()).table(2), "needs `num_samples` of at least 2"),
        (lambda: zd.System(TARGET, 10, initial=zd.Categorical.uniform(4)), "same number of types; got 3 and 4"),
        (lambda: zd.System(TARGET, 10, initial=zd.Gaussian()), "cannot meet"),
        (
            lambda: zd.System(TARGET, 2**30, update=zd.Accumulate()).table(5),
            "it reaches 2147483648 at generation 1",
        ),
        (lambda: zd.estimate(num_samples=0), "at least 1"),
    ],
)
def test_bad_input_gets_one_clear_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"record": ("entrpy",)}, "no quantity 'entrpy'; nearest: entropy"),
        ({"record": "entropy"}, "must be a sequence of names"),
        ({"record": (first_share, other_first_share)}, "got two called 'first_share'"),
        ({"record": ("entropy", called_entropy)}, "got two called 'entropy'"),
        ({"record": ()}, "at least one quantity"),
        ({"record": ("mean",)}, "a categorical state has no quantity 'mean'"),
        ({"num_replicates": 0}, "`num_replicates` must be a whole number of at least 1"),
        ({"num_generations": -1}, "`num_generations` must be a whole number of at least 0"),
        ({"key": jax.random.key(0, impl="rbg")}, "threefry2x32"),
        ({"keep": "everything"}, "`keep` must be"),
        ({"num_replicates": 2**31, "num_generations": 10**5, "keep": "replicates"}, "bytes of memory"),
    ],
)
def test_simulate_refuses_before_it_runs(options, message):
    arguments = {"num_generations": 2, "num_replicates": 4, "key": jax.random.key(0), "record": ("entropy",)}
    with pytest.raises(ValueError, match=message):
        zd.simulate(zd.System(TARGET, 10), **(arguments | options))


def test_probabilities_that_nearly_sum_to_one_are_renormalised():
    probs = np.array([0.5, 0.3, 0.2000005])
    np.testing.assert_allclose(zd.Categorical(probs).probs, probs / probs.sum(), rtol=1e-15)


def test_the_table_rounds_as_it_says():
    table = zd.System(TARGET, lambda t: 10 * 1.1**t, lambda t: 0.25).table(4)
    np.testing.assert_array_equal(table.num_samples, [10, 11, 13, 14])  # 12.1 and 13.31 are rounded up
    np.testing.assert_array_equal(table.num_real, [3, 3, 3, 4])  # floor(alpha N + 1/2): 2.5 + .5, 2.75 + .5, ...


def test_a_product_that_should_be_whole_is_not_rounded_up():
    table = zd.System(TARGET, lambda t: 100 * (0.1 + 0.2) / 0.3).table(1)
    assert table.num_samples[0] == 100


def test_no_parameter_value_compiles_anew():
    def run(num_samples, fraction):
        system = zd.System(TARGET, num_samples, fraction)
        options = {"num_generations": 3, "num_replicates": 4, "record": ("entropy",), "block_size": 4}
        return zd.simulate(system, key=jax.random.key(0), **options)

    run(10, 0.1)
    for num_samples, fraction in ((11, 0.1), (10**6, 0.7), (3, zd.schedules.power_law(scale=0.5, exponent=2.0))):
        assert run(num_samples, fraction).seconds["compile"] < 0.1 * max(run(10, 0.1).seconds["compile"], 1)


def peak(state, target):
    """A user's quantity: the largest probability ratio to the target."""
    return (state.probs / target.probs).max()


def test_a_function_can_be_recorded():
    run = zd.simulate(
        zd.System(TARGET, 40),
        num_generations=2,
        num_replicates=50,
        key=jax.random.key(0),
        record=(peak, "entropy"),
        keep="replicates",
    )
    assert run.mean["peak"][0] == pytest.approx(1, rel=1e-6)
    assert (run.replicates["peak"][:, 1:] >= 1 - 1e-6).all()


def test_terminal_only_is_the_last_generation_of_the_full_run():
    options = {"num_generations": 7, "num_replicates": 90, "key": jax.random.key(4), "keep": "replicates"}
    record = ("entropy", "successive_kl")
    system = zd.System(TARGET, 25, 0.2)
    full = zd.simulate(system, record=record, **options)
    last = zd.simulate(system, record=record, terminal_only=True, **options)
    np.testing.assert_array_equal(last.generations, [7])
    for name in record:
        np.testing.assert_allclose(last.replicates[name][:, 0], full.replicates[name][:, -1], rtol=1e-5, atol=1e-7)

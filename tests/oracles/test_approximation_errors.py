"""Every oracle that approximates says how far it is off, and it is as far off as it says."""

import mpmath
import numpy as np
import pytest
from scipy.stats import multinomial

from zenil_dynamics import oracles

TARGET = [0.5, 0.3, 0.2]
THIRDS = [1 / 3] * 3
LABELS = ("_approximation", "_asymptotic", "_diffusion")


def kl_of_draws():
    return oracles.expected_kl_of_draws_asymptotic(TARGET, 500), oracles.expected_kl_of_draws(TARGET, 500)


def entropy_variance():
    """All count vectors of 50 draws over three types."""
    size = 50
    first, second = (grid.ravel() for grid in np.meshgrid(np.arange(size + 1), np.arange(size + 1)))
    inside = first + second <= size
    counts = np.stack([first, second, size - first - second], axis=1)[inside]
    shares, weights = counts / size, multinomial.pmf(counts, size, TARGET)
    entropy = -np.sum(shares * np.log(np.where(shares > 0, shares, 1)), axis=1)
    exact = weights @ (entropy - weights @ entropy) ** 2
    return oracles.entropy_variance_of_draws_asymptotic(TARGET, size), exact


def vanishing_fraction():
    t = np.arange(1, 200_001)
    value = oracles.fixation_index_vanishing_fraction_asymptotic(t, t**-0.5)[-1]
    return value, oracles.fixation_index(t, t**-0.5)[-2]


def accumulation():
    value = oracles.fixation_index_accumulate_asymptotic(10, 0.3, [400])[0]
    return value, oracles.fixation_index_accumulate(np.full(400, 10), 0.3)[400]


def fading_diversity():
    sizes, share = np.full(10_001, 10), 1 / (np.arange(10_001) + 1.0)
    value = oracles.retained_diversity_vanishing_fraction_asymptotic(sizes, share)[-1]
    return value, 1 - oracles.fixation_index(sizes, share)[-2]


def survival_of_all_types():
    exact = oracles.support_size_law(THIRDS, np.full(400, 40))[:, 3]
    return oracles.first_loss_survival_approximation(40, THIRDS, np.arange(401)), exact


def medians():
    copies = np.arange(1, 11)
    pairs = [
        (oracles.forgetting_time_median_approximation(c), oracles.forgetting_time_median(400, c))
        for c in map(int, copies)
    ]
    return tuple(np.array(pairs).T)


OBSERVED = {
    "expected_kl_of_draws_asymptotic": kl_of_draws,
    "entropy_variance_of_draws_asymptotic": entropy_variance,
    "fixation_index_vanishing_fraction_asymptotic": vanishing_fraction,
    "fixation_index_accumulate_asymptotic": accumulation,
    "retained_diversity_vanishing_fraction_asymptotic": fading_diversity,
    "fixation_time_diffusion": lambda: (
        oracles.fixation_time_diffusion(100, [0.5, 0.5]),
        oracles.expected_fixation_time(100, 0.5),
    ),
    "loss_time_diffusion": lambda: (oracles.loss_time_diffusion(40, THIRDS), oracles.expected_loss_time(40, THIRDS)),
    "first_loss_survival_approximation": survival_of_all_types,
    "forgetting_time_diffusion": lambda: (
        oracles.forgetting_time_diffusion(400, 1),
        oracles.expected_forgetting_time(400, 1),
    ),
    "forgetting_time_median_approximation": medians,
    "stationary_entropy_diffusion": lambda: (
        oracles.stationary_entropy_diffusion(TARGET, 400, 1 / 800),
        oracles.stationary_expectations(TARGET, 400, 1 / 800)["entropy"],
    ),
    "expected_types_ewens_diffusion": lambda: (
        oracles.expected_types_ewens_diffusion(2.0, 400),
        oracles.expected_types_stationary(400, 1 / 400),
    ),
    "probability_one_type_ewens_diffusion": lambda: (
        oracles.probability_one_type_ewens_diffusion(2.0, 2),
        oracles.probability_one_type_stationary(2000, 1 / 2000, 2),
    ),
    "verifier_fixation_diffusion": lambda: (
        oracles.verifier_fixation_diffusion(100, 1.0, 1 / 1.2, 0.01),
        oracles.verifier_fixation_probability(100, 1.0, 1 / 1.2, 0.01),
    ),
}

BOUNDED = {
    "expected_support_size_approximation",
    "expected_missing_mass_approximation",
    "zipf_vocabulary_asymptotic",
    "zipf_missing_mass_asymptotic",
    "stationary_entropy_small_fraction_asymptotic",
}


def test_every_approximation_has_an_error():
    named = {name for name in vars(oracles) if name.endswith(LABELS)}
    assert named == BOUNDED | set(OBSERVED)


@pytest.mark.parametrize("name", OBSERVED)
def test_observed_errors_are_what_is_observed(name):
    """Rounded up by less than a quarter."""
    error = oracles.approximation_error(name)
    assert error.kind == "observed"
    approximate, exact = OBSERVED[name]()
    distance = np.abs(np.asarray(approximate) - exact) / (np.abs(exact) if error.relative else 1.0)
    assert error.value / 1.25 < np.max(distance) <= error.value


@pytest.mark.parametrize("name", sorted(set(OBSERVED) - {"entropy_variance_of_draws_asymptotic"}))
def test_counterparts_are_oracles(name):
    assert callable(getattr(oracles, oracles.approximation_error(name).exact))


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_bounds_of_the_vocabulary_hold_and_are_not_idle(share):
    target = np.arange(1, 101) ** -1.2
    target /= target.sum()
    sizes = np.full(30, 60)
    exact = oracles.marginal_chain(target, sizes, share, functionals=("support_size", "missing_mass"))
    for name in ("support_size", "missing_mass"):
        value = getattr(oracles, f"expected_{name}_approximation")(target, sizes, share)
        error = oracles.approximation_error(f"expected_{name}_approximation", target, sizes, share)
        assert (error.kind, error.exact, error.relative) == ("bound", "marginal_chain", False)
        assert np.all(np.abs(value - exact[name]) <= error.value + 1e-9)
        assert error.value[0] == 0
        # A bound of everything would hold as well.
        assert np.all(error.value[1:] < 0.5 * exact[name][1:])


@pytest.mark.parametrize("size", [0.5, 20.0])
def test_bounds_of_endless_zipf_laws_hold(size):
    with mpmath.workdps(20):
        norm = mpmath.zeta(2)
        types = mpmath.nsum(lambda i: -mpmath.expm1(-size / (norm * i**2)), [1, mpmath.inf])
        mass = mpmath.nsum(lambda i: mpmath.exp(-size / (norm * i**2)) / (norm * i**2), [1, mpmath.inf])
    vocabulary = oracles.approximation_error("zipf_vocabulary_asymptotic", size, 2.0)
    assert abs(oracles.zipf_vocabulary_asymptotic(size, 2.0) - float(types)) <= vocabulary.value <= 1
    missing = oracles.approximation_error("zipf_missing_mass_asymptotic", size, 2.0)
    assert abs(oracles.zipf_missing_mass_asymptotic(size, 2.0) - float(mass)) <= missing.value


@pytest.mark.parametrize("order", [1, 2, 3])
def test_bound_of_the_entropy_series_holds_and_has_its_order(order):
    name, arguments = "stationary_entropy_small_fraction_asymptotic", (TARGET, 200, 5e-4)
    series = oracles.stationary_entropy_small_fraction_asymptotic(*arguments, order=order)
    error = oracles.approximation_error(name, *arguments, order=order)
    distance = abs(series - oracles.stationary_entropy_diffusion(*arguments))
    assert 0.3 * error.value < distance <= error.value


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("fixation_index",), "`name` must be an oracle that approximates; got 'fixation_index'"),
        (("zipf_vocabulary_asymptotic", 5.0), "`arguments` must be those of zipf_vocabulary_asymptotic"),
        (("zipf_vocabulary_asymptotic", 5.0, 1.0), "`exponent` must be above 1"),
    ],
)
def test_what_has_no_error_is_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        oracles.approximation_error(*arguments)

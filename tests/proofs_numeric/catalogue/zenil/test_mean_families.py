import math

import numpy as np
import pytest
from scipy import stats

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import mean_families
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(mean_families.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(
    ("family", "total"),
    [
        ("bernoulli", stats.binom(6, 0.3)),
        ("poisson", stats.poisson(6 * 1.0)),
        ("exponential", stats.gamma(6)),
        ("geometric", stats.nbinom(6, 1 / 1.5)),
    ],
)
def test_moments_of_one_generation_are_those_of_the_total(family, total):
    mean = mean_families._MEANS[family]
    found = mean_families.central_moments(family, mean, 6, 1)
    variance, skewness, kurtosis = total.stats(moments="vsk")
    expected = [variance / 6**2, skewness * variance**1.5 / 6**3, (kurtosis + 3) * variance**2 / 6**4]
    np.testing.assert_allclose(found[2:], expected, rtol=1e-12)
    assert found[:2] == pytest.approx([1, 0])


def test_two_generations_of_coins_by_enumeration():
    law = zd.oracles.enumerate_laws([0.3, 0.7], [4, 4], rational=False)[-1]
    expected = [law.expectation(lambda q, k=k: (q[0] - 0.3) ** k) for k in range(5)]
    np.testing.assert_allclose(mean_families.central_moments("bernoulli", 0.3, 4, 2), expected, atol=1e-14)


@pytest.mark.parametrize("family", list(mean_families.VARIANCE_FUNCTIONS))
def test_drift_is_the_second_moment(family):
    for num_samples, generation in ((20, 5), (5, 1), (50, 3)):
        theta = {"family": family, "N": num_samples, "t": generation}
        moments = mean_families.central_moments(family, mean_families._MEANS[family], num_samples, generation)
        assert claim("thm4-morris").bound(theta) == pytest.approx(moments[2], rel=1e-12)
        assert claim("thm4-morris").tail(theta).variance == pytest.approx(moments[4] - moments[2] ** 2, rel=1e-12)


@pytest.mark.parametrize(("num_samples", "mean", "generation"), [(10, 1.0, 100), (5, 0.3, 7), (10, 0.3, 1)])
def test_extinction_against_the_chain_of_generating_functions(num_samples, mean, generation):
    theta = {"N": num_samples, "lambda_0": mean, "t": generation}
    path = zd.oracles.poisson_collapse_probability([num_samples] * generation, mean)
    assert claim("thm2-mean-mle-zero-mass").bound(theta) == pytest.approx(float(path[-1]), rel=1e-12)
    if generation == 100:
        assert claim("thm2-mean-mle-zero-mass").bound(theta) == pytest.approx(0.8225, abs=5e-5)


def test_first_generation_is_empty_with_the_probability_of_no_event():
    bound = claim("thm2-mean-mle-zero-mass").bound({"N": 5, "lambda_0": 0.3, "t": 1})
    assert bound == pytest.approx(math.exp(-1.5))

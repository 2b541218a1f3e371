import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import coin_enclosure, entropy_rate
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(entropy_rate.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_a_rare_type_loses_less_than_the_largest_candidate():
    q = np.array([1e-4])
    loss = coin_enclosure.lost_share(10, q) * coin_enclosure.interval_entropy(q)
    assert float(loss[0]) == pytest.approx(0.000696, abs=5e-7)
    assert float(loss[0]) < 1e-2 / 10


@pytest.mark.parametrize("num_samples", [2, 10, 50])
def test_every_candidate_fails_separately(num_samples):
    least = entropy_rate._least_loss(num_samples)
    for halvings in range(31):
        assert least < 0.01 / num_samples * 2.0**-halvings


def test_a_million_to_one_loses_little():
    q = np.array([1e-6])
    loss = coin_enclosure.lost_share(10, q) * coin_enclosure.interval_entropy(q)
    assert float(loss[0]) < 1.2e-5


def test_the_log_bound_is_slack_and_the_rate_one_in_n_is_not_refuted():
    entry = claim("thm2-log-n-bound")
    theta = {"P": "continuous", "N": 10}
    assert entry.value(theta)[4] == pytest.approx(1.04303, abs=5e-6)
    assert entry.bound(theta)[4] == pytest.approx(1.675, abs=5e-4)
    assert entry.value(theta)[4] < np.log(10) * 0.9**4 == pytest.approx(1.511, abs=5e-4)


def test_first_generation_from_a_continuous_law_has_entropy_log_n():
    assert claim("thm2-log-n-bound").value({"P": "continuous", "N": 20})[0] == pytest.approx(np.log(20))

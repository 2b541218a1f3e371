import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import gaussian_entropy
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict, verdict_of


@pytest.mark.parametrize("entry", cases(gaussian_entropy.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("fit", "drop"), [("mle", 0.110283), ("unbiased", 0.057603)])
def test_drop_at_ten_samples(fit, drop):
    assert gaussian_entropy.entropy_drop(10, fit) == pytest.approx(drop, abs=5e-7)


def test_drop_for_three_samples_by_hand():
    # N = 3: chi2_2 / 2 is exponential, E log = -gamma; mle divides by 3.
    assert gaussian_entropy.entropy_drop(3, "unbiased") == pytest.approx(0.5 * np.euler_gamma)
    assert gaussian_entropy.entropy_drop(3, "mle") == pytest.approx(0.5 * (np.euler_gamma + np.log(1.5)))


def test_a_hundred_nats_are_gone_at_generation_907():
    verdict = verdict_of(claim("thm2-gaussian-entropy-converges"))
    assert verdict.counterexample.theta == {"N": 10, "fit": "mle", "t": 907}

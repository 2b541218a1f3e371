import math

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import information
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

THIRDS = information.PRIORS[0]


@pytest.mark.parametrize("entry", cases(information.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def _enumerated(shares: list[float], num_samples: int) -> float:
    """I(P; Q_t) = sum w p log(p / mean p) over all count vectors, P known only through its prior."""
    values, weights = THIRDS
    laws = []
    for value in values:
        law = zd.oracles.enumerate_laws([value, 1 - value], [num_samples] * len(shares), shares, rational=False)[-1]
        row = np.zeros(num_samples + 1)
        for probs, weight in zip(law.probs, law.weights, strict=True):
            row[round(num_samples * probs[0])] += weight
        laws.append(row)
    mean = np.array(weights) @ np.array(laws)
    return sum(w * float(row @ np.log(row / mean)) for w, row in zip(weights, laws, strict=True))


@pytest.mark.parametrize("num_samples", [2, 3])
def test_information_of_the_closed_loop_by_enumeration(num_samples):
    theta = {"N": num_samples, "prior": THIRDS, "T": 3}
    path = claim("cor3-prior-alpha-zero").value(theta)
    for generation in (1, 2, 3):
        assert path[generation - 1] == pytest.approx(_enumerated([0.0] * generation, num_samples), abs=1e-12)


@pytest.mark.parametrize("num_samples", [2, 3])
def test_a_step_with_real_data_by_enumeration(num_samples):
    theta = {"N": num_samples, "prior": THIRDS, "a": 0.2, "T": 3}
    assert claim("cor3-share-positive").value(theta) == pytest.approx(_enumerated([0, 0, 0.2], num_samples), abs=1e-12)


def test_what_is_left_is_one_draw():
    theta = {"N": 5, "prior": THIRDS, "T": 400}
    entry = claim("cor3-falls-to-zero")
    assert entry.value(theta) / math.log(2) == pytest.approx(0.185381, abs=5e-7)
    values, weights = THIRDS
    assert entry.confirm(theta) == pytest.approx(zd.oracles.start_information_limit(values, weights), abs=1e-14)


@pytest.mark.parametrize(("num_samples", "bits"), [(2, 0.2199), (5, 0.2647), (20, 0.4736)])
def test_what_a_real_share_brings_back(num_samples, bits):
    theta = {"N": num_samples, "prior": THIRDS, "a": 0.2, "T": 400}
    entry = claim("cor3-share-positive")
    assert entry.value(theta) / math.log(2) == pytest.approx(bits, abs=5e-5)
    # The second path starts from a point mass, which (1 - 1/N)^399 of the loops have not reached.
    assert entry.confirm(theta) == pytest.approx(entry.value(theta), abs=10 * (1 - 1 / num_samples) ** 399 + 1e-12)


def test_notes_give_nats():
    note = claim("cor3-falls-to-zero").note
    assert ".12850 nats = 0.1854 bits" in note

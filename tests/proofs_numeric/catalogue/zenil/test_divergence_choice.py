import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import divergence_choice
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

P, Q = np.array([0.5, 0.2, 0.3]), np.array([0.25, 0.5, 0.25])


@pytest.mark.parametrize("entry", cases(divergence_choice.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KL", stats.entropy(P, Q)),
        ("reverse KL", stats.entropy(Q, P)),
        ("chi2", 0.0625 / 0.25 + 0.09 / 0.5 + 0.0025 / 0.25),
        ("Hellinger", 1 - np.sqrt(P * Q).sum()),
        ("Jensen-Shannon", jensenshannon(P, Q) ** 2),
        ("TV", 0.3),
        ("L2", 0.0625 + 0.09 + 0.0025),
        ("W1", stats.wasserstein_distance(range(3), range(3), P, Q)),
    ],
)
def test_divergences_of_two_laws(name, value):
    assert divergence_choice.DIVERGENCES[name](P, Q) == pytest.approx(value, rel=1e-12)


def test_laws_without_an_atom_of_the_data_are_infinitely_far():
    laws = np.array([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25]])
    data = np.array([0.5, 0.25, 0.25])
    for name in ("KL", "chi2"):
        assert divergence_choice.DIVERGENCES[name](data, laws).tolist() == [np.inf, 0.0]


@pytest.mark.parametrize(
    ("name", "fit"), [("KL", 0.6), ("Hellinger", 0.622), ("reverse KL", 0.674), ("TV", 0.707), ("L2", 0.734)]
)
def test_fits_of_a_restricted_family(name, fit):
    entry = claim("kl-wlog-restricted")
    assert entry.value({"D": name}) == pytest.approx(fit, abs=5e-4)
    assert entry.confirm({"D": name}) == pytest.approx(entry.value({"D": name}), abs=2e-5)


def test_total_variation_is_least_where_the_first_atom_fits():
    # Near the minimum TV = p_1 - q^2 + .. changes slope where q^2 = p_1.
    assert claim("kl-wlog-restricted").value({"D": "TV"}) == pytest.approx(np.sqrt(0.5), abs=2e-5)


def test_missing_atoms_of_ten_draws():
    entry = claim("eq20-finite-sample-kl")
    coin = next(theta for theta in entry.examples() if theta["N"] == 10)
    assert entry.value(coin) * 512 == 1
    reverse = entry.controls["E KL(Q_1 || P) = H(P) - E H(Q_1)"]
    # 2 N times the loss of a coin tends to K - 1 = 1.
    assert 20 * reverse.bound(coin) == pytest.approx(1, abs=0.07)
    assert reverse.value(coin) == pytest.approx(reverse.bound(coin), abs=1e-13)

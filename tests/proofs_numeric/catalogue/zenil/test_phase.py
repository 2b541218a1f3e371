import numpy as np
import pytest

from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import phase
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

MILLION = 1_000_000


@pytest.mark.parametrize("entry", cases(phase.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(
    ("claim_id", "schedule", "horizon", "value", "tolerance"),
    [
        ("phase-collapse", ("(t+1)^-1/2", "50"), MILLION, 0.089, 5e-4),
        ("phase-partial", ("1/(t+2)", "t+5"), MILLION, 0.666667, 1e-6),
        ("phase-converge", ("(t+1)^-1/2", "t+1"), 400_000, 1.0004, 5e-5),
        ("alpha-vanishing-collapse", ("(t+1)^-1/2", "t+5"), MILLION, 0.0005, 5e-7),
    ],
)
def test_values_at_the_horizon(claim_id, schedule, horizon, value, tolerance):
    found = claim(claim_id).value({"schedule": schedule, "T": horizon})
    assert found == pytest.approx(value, abs=tolerance)


def test_frozen_value_depends_on_where_time_starts():
    counted_from_one = np.arange(1.0, MILLION + 1)
    lost = recursions.affine(*recursions.pair_probability((counted_from_one + 10) ** 2, (counted_from_one + 10) ** -2))
    assert 1 - lost == pytest.approx(0.9169, abs=5e-5)
    from_zero = claim("phase-partial-without-sum").value({"schedule": ("(t+10)^-2", "(t+10)^2"), "T": MILLION})
    assert from_zero == pytest.approx(0.9094, abs=5e-5)

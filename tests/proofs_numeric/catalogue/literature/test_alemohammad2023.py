from fractions import Fraction

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import alemohammad2023
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(alemohammad2023.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize("size", [5, 10])
def test_law_and_variance_of_biased_sampling_by_moments(size):
    entry, theta = claim("alemohammad-sampling-bias"), {"N": size, "lambda": 0.8, "t": 5}
    moments = zd.oracles.sampling_bias_moments([size] * 5, 0.0, 0.8)
    assert 0.8**5 * entry.bound(theta) == pytest.approx(moments[1][-1], rel=1e-12)
    unbiased = zd.oracles.gaussian_moments([size] * 5, 0.0)
    variance = unbiased.variance_square[-1] - unbiased.variance[-1] ** 2
    assert entry.tail_at(theta).variance == pytest.approx(variance, rel=1e-12)


def test_errors_of_the_fixed_sample_by_the_recursion():
    errors = alemohammad2023._errors(3, 2, 3, fresh=False)
    assert errors[0] == Fraction(1, 3)
    assert [float(error) for error in errors] == pytest.approx(zd.oracles.reused_real_set_index(3, 2, 3), rel=1e-12)


def test_one_synthetic_draw_raises_the_error_only_once():
    errors = alemohammad2023._errors(2, 1, 4, fresh=False)
    assert errors[0] < errors[1] == errors[2] == errors[4] == Fraction(5, 9)


def test_fresh_errors_by_the_fixation_law_of_a_fixed_split():
    errors = alemohammad2023._errors(2, 2, 3, fresh=True)
    index = [Fraction(1, 2)]
    for _ in range(3):
        index.append(index[-1] / 4 + (1 - index[-1] / 2) / 4)
    assert list(errors) == index


@pytest.mark.parametrize(("real", "synthetic"), [(1, 1), (10, 30), (100, 10)])
def test_worth_of_fresh_data_in_the_long_run(real, synthetic):
    number = [real + synthetic] * 4000
    late = zd.oracles.fixation_index(number, 0.0, real, mixing="stratified")[-1]
    value = claim("alemohammad-fresh-worth").value({"r": real, "s": synthetic})
    assert float(value) == pytest.approx(late, rel=1e-9)
    assert real <= 1 / value <= 2 * real + 1


def test_loss_of_the_worked_example():
    value = claim("alemohammad-fixed-real-collapses").value({"r": 10, "s": 10})
    assert value == pytest.approx(0.129, abs=5e-4)
    # 1/10 + 9/10 (1/40)/(1 - 9/40).
    assert value == pytest.approx(0.1 + 0.9 * 0.025 / 0.775, rel=1e-12)

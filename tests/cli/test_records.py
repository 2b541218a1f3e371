"""Names of recorded quantities, family by family."""

import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.specs import parse_records, parse_target, unit_of
from proofs_numeric.cli.specs.records import DEFAULTS, SAME_IDEA, families_with
from proofs_numeric.cli.specs.target import FORMS

EXAMPLES = {
    "zipf": "zipf:3",
    "uniform": "uniform:3",
    "probs": "probs:0.5,0.5",
    "gaussian": "gaussian:0,1",
    "bernoulli": "bernoulli:0.5",
    "binomial": "binomial:3,0.5",
    "poisson": "poisson:1",
    "geometric": "geometric:1",
    "negative_binomial": "negative_binomial:1,2",
    "exponential": "exponential:1",
    "gamma": "gamma:1,2",
    "fixed_variance": "fixed_variance:0,1",
    "interval": "interval:1",
    "alleles": "alleles:20",
    "linear": "linear:1,2,3",
    "fixed_design": "fixed_design:1,2,3",
    "mixture": "mixture:30,0.5,0,1,0.5,3,1",
}
OF_A_FILE = {"counts", "text", "words"}


def loop(spec, **parts):
    return zd.System(parse_target(spec).state, 20, **parts)


def test_every_kind_of_target_has_an_example():
    assert set(FORMS) == set(EXAMPLES) | OF_A_FILE


@pytest.mark.parametrize("spec", EXAMPLES.values())
def test_usual_names_exist_for_one_model_and_for_several(spec):
    one = loop(spec)
    several = loop(spec, ensemble=zd.Ensemble(2, coupled=not one.target.one_source))
    usual = DEFAULTS[one.target.family]
    assert parse_records(None, one) == usual
    names = parse_records(None, several)
    assert names[-len(usual) :] == tuple(f"member_{name}" for name in usual)
    assert set(names) <= set(several.quantities)


def test_every_family_has_usual_names_that_it_can_record():
    states = {
        value.family: value
        for value in vars(zd).values()
        if isinstance(value, type) and issubclass(value, zd.AbstractState) and value is not zd.AbstractState
    }
    # Networks have no SPEC, so that no command knows them.
    assert set(states) - set(DEFAULTS) == {"neural_categorical"}
    assert set(DEFAULTS) <= set(states)
    for family, names in DEFAULTS.items():
        assert set(names) <= set(states[family].quantities)
    for (family, wanted), instead in SAME_IDEA.items():
        assert instead in states[family].quantities
        assert wanted not in states[family].quantities
        assert families_with(wanted)


def test_units():
    assert unit_of("entropy") == unit_of("member_entropy") == "nats"
    assert unit_of("num_types") == "types"
    assert unit_of("log_variance") == ""


def test_a_model_of_another_family_is_not_compared():
    crossed = loop("exponential:1", model=zd.Gaussian())
    assert parse_records(None, crossed) == ("mean", "variance", "differential_entropy")
    with pytest.raises(ValueError, match="'wasserstein2' compares a gaussian model with an exponential target"):
        parse_records("wasserstein2", crossed)


@pytest.mark.parametrize(
    ("spec", "members", "names", "message"),
    [
        ("gamma:1,2", None, "entropy", "no meaning for a gamma state, only for categorical ones"),
        ("gamma:1,2", None, "varience", "unknown name 'varience'; did you mean variance"),
        ("gamma:1,2", None, ",", "no name in ','. Available: mean, variance,"),
        ("alleles:20", None, "support_size", "The quantity meant here is called num_types"),
        ("zipf:3", None, "mean", "no meaning for a categorical state, only for bernoulli, .* other ones"),
        ("zipf:3", None, "member_entropy", "is a mean over the members of an ensemble. Give --ensemble."),
        ("zipf:3", None, "member_entropi", "unknown name 'member_entropi'"),
        ("zipf:3", 2, "member_mean", "'member_mean' has no meaning for a categorical state"),
        ("gamma:1,2", 2, "kl_to_target", "mixture of gamma models has no formula. Its mean .* is member_kl_to_target"),
    ],
)
def test_refuses(spec, members, names, message):
    ensemble = None if members is None else zd.Ensemble(members)
    with pytest.raises(ValueError, match=message) as refusal:
        parse_records(names, loop(spec, ensemble=ensemble))
    assert str(refusal.value).startswith("--record: ")

"""Names of recorded quantities."""

from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.specs.base import unknown, with_article

UNITS = {
    "entropy": "nats",
    "diversity": "probability that two draws differ",
    "support_size": "types",
    "edges_alive": "continuations",
    "rare_mass": "model's mass on rare types",
    "missing_mass": "target's mass on lost types",
    "kl_to_target": "nats",
    "kl_from_target": "nats",
    "successive_kl": "nats",
    "total_variation": "probability",
    "chi_square": "",
    "mean": "units of the data",
    "log_mean": "",
    "variance": "squared units of the data",
    "log_variance": "",
    "collapsed": "1 where the variance is 0",
    "differential_entropy": "nats",
    "wasserstein2": "squared units of the data",
    "squared_error": "squared units of the data",
    "trace": "squared units of the data",
    "log_determinant": "",
    "upper": "units of the data",
    "log_upper": "",
    "smallest_weight": "probability",
    "smallest_variance": "squared units of the data",
    "num_types": "types",
    "excess_risk": "squared units of a label",
    "squared_norm": "squared units of a label",
    "entropy_rate": "nats per token",
    "smoothed_successive_kl": "nats per token",
    "contexts_alive": "contexts",
    "vocabulary_alive": "types",
    "rare_perplexity": "equally likely types",
    "rare_coverage": "share of the target's transitions into rare types",
}

WHOLE = frozenset(
    ("support_size", "edges_alive", "collapsed", "num_types", "contexts_alive", "vocabulary_alive")
)  # fmt: skip
"""Quantities of one model that are whole numbers on every path."""

DEFAULTS = {
    "categorical": ("entropy", "diversity", "support_size"),
    "gaussian": ("mean", "variance", "differential_entropy"),
    "multivariate_gaussian": ("squared_error", "trace", "differential_entropy"),
    "bernoulli": ("mean", "variance", "collapsed"),
    "binomial": ("mean", "variance", "collapsed"),
    "poisson": ("mean", "variance", "collapsed"),
    "geometric": ("mean", "variance", "collapsed"),
    "negative_binomial": ("mean", "variance", "collapsed"),
    "exponential": ("mean", "variance", "log_mean"),
    "gamma": ("mean", "variance", "log_mean"),
    "fixed_variance_gaussian": ("mean", "kl_to_target"),
    "uniform_interval": ("upper", "log_upper", "variance"),
    "kernel_density": ("mean", "variance"),
    "gaussian_mixture": ("mean", "variance", "smallest_weight"),
    "infinite_alleles": ("diversity", "num_types"),
    "linear_model": ("excess_risk", "squared_norm"),
    "fixed_design_model": ("excess_risk", "squared_norm"),
    "ngram": ("entropy_rate", "edges_alive", "vocabulary_alive", "kl_to_target"),
}
"""Family -> what is recorded unless names are given."""

MEMBER = "member_"

# What a name that belongs to another family is called here.
SAME_IDEA = {
    ("gaussian", "entropy"): "differential_entropy",
    ("multivariate_gaussian", "entropy"): "differential_entropy",
    ("multivariate_gaussian", "variance"): "trace",
    ("multivariate_gaussian", "log_variance"): "log_determinant",
    ("categorical", "differential_entropy"): "entropy",
    ("categorical", "num_types"): "support_size",
    ("infinite_alleles", "support_size"): "num_types",
    ("uniform_interval", "log_mean"): "log_upper",
    ("ngram", "entropy"): "entropy_rate",
    ("ngram", "rare_mass"): "rare_coverage",
}


def unit_of(name: str) -> str:
    """The unit of a quantity, which the mean over members shares; empty where there is none."""
    return UNITS.get(name.removeprefix(MEMBER), "")


def is_whole(name: str) -> bool:
    """Whether a quantity is a whole number on every path; a mean over members need not be."""
    return name in WHOLE


def parse_records(text: str | None, system: Any, corpus: bool = False) -> tuple[str, ...]:
    """The quantities to record.

    Args:
        text: names separated by commas, or None for the usual ones of the family; of an ensemble, those of the mixture
            where it has them, and those of the members.
        system: the loop, which says which quantities exist.
        corpus: the target comes from real words or characters; rare types are then recorded too.

    Returns:
        Distinct names, in the order given.

    Raises:
        ValueError: an unknown name, with its nearest neighbours, or one that has no meaning for this loop.

    Source: Definition.
    """
    if text is None:
        usual = DEFAULTS[system.initial_member.family] + (("rare_mass",) if corpus else ())
        names = (*usual, *(MEMBER + name for name in usual))
        return tuple(name for name in names if name in system.quantities)
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise ValueError(f"--record: no name in {text!r}. Available: {', '.join(system.quantities)}.")
    for name in names:
        check_record(name, system)
    return names


def check_record(name: str, system: Any) -> None:
    """Refuse a name that is unknown or has no meaning for a loop.

    Raises:
        ValueError: says which of the two.
    """
    if name in system.quantities:
        return
    available = f"Available: {', '.join(system.quantities)}."
    member = system.initial_member
    owners = families_with(name.removeprefix(MEMBER))
    if not owners:
        raise unknown("--record", name, system.quantities)
    if name.startswith(MEMBER) and system.ensemble is None:
        raise ValueError(f"--record: {name!r} is a mean over the members of an ensemble. Give --ensemble. {available}")
    if name.removeprefix(MEMBER) in member.comparisons and system.crosses_families:
        model, target = with_article(member.family), with_article(system.target.family)
        raise ValueError(
            f"--record: {name!r} compares {model} model with {target} target, for which there is no formula. "
            f"{available}"
        )
    if name in member.quantities:
        raise ValueError(
            f"--record: {name!r} of the mixture of {member.family} models has no formula. Its mean over the members is "
            f"{MEMBER}{name}. {available}"
        )
    instead = SAME_IDEA.get((member.family, name))
    hint = f"The quantity meant here is called {instead}. " if instead else ""
    raise ValueError(
        f"--record: {name!r} has no meaning for {with_article(member.family)} state, only for {listed(owners)} ones. "
        f"{hint}{available}"
    )


def families_with(name: str) -> list[str]:
    """Families that a SPEC can name and that a quantity has a meaning for."""
    states = (value for value in vars(zd).values() if isinstance(value, type) and issubclass(value, zd.AbstractState))
    named = (state for state in states if getattr(state, "family", None) in DEFAULTS)
    return [state.family for state in named if name in state.quantities]


def listed(names: list[str]) -> str:
    """`a`, `a and b`, or the first of them and how many there are."""
    if len(names) <= 3:
        return " and ".join(names)
    return f"{', '.join(names[:3])} and {len(names) - 3} other"

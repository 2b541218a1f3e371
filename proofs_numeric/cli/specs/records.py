"""Names of recorded quantities."""

from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.specs.base import unknown

UNITS = {
    "entropy": "nats",
    "diversity": "probability that two draws differ",
    "support_size": "types",
    "rare_mass": "model's mass on rare types",
    "missing_mass": "target's mass on lost types",
    "kl_to_target": "nats",
    "kl_from_target": "nats",
    "successive_kl": "nats",
    "total_variation": "probability",
    "chi_square": "",
    "mean": "units of the data",
    "variance": "squared units of the data",
    "log_variance": "",
    "differential_entropy": "nats",
    "wasserstein2": "squared units of the data",
}

DEFAULTS = {
    "categorical": ("entropy", "diversity", "support_size"),
    "gaussian": ("mean", "variance", "differential_entropy"),
}

# What a name that belongs to the other family is called here.
SAME_IDEA = {("gaussian", "entropy"): "differential_entropy", ("categorical", "differential_entropy"): "entropy"}


def parse_records(text: str | None, state: Any, corpus: bool = False) -> tuple[str, ...]:
    """The quantities to record.

    Args:
        text: names separated by commas, or None for the usual ones of the family.
        state: the target, whose family says which quantities exist.
        corpus: the target comes from real words or characters; rare types are then recorded too.

    Returns:
        Distinct names, in the order given.

    Raises:
        ValueError: an unknown name, with its nearest neighbours, or one that has no meaning for this family.

    Source: Definition.
    """
    if text is None:
        return DEFAULTS[state.family] + (("rare_mass",) if corpus else ())
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise ValueError(f"--record: no name in {text!r}. Available: {', '.join(state.quantities)}.")
    for name in names:
        check_record(name, state)
    return names


def check_record(name: str, state: Any) -> None:
    """Refuse a name that is unknown or has no meaning for `state`.

    Raises:
        ValueError: says which of the two.
    """
    if name in state.quantities:
        return
    owners = [family.family for family in (zd.Categorical, zd.Gaussian) if name in family.quantities]
    if not owners:
        raise unknown("--record", name, state.quantities)
    instead = SAME_IDEA.get((state.family, name))
    hint = f"The quantity meant here is called {instead}. " if instead else ""
    raise ValueError(
        f"--record: {name!r} has no meaning for a {state.family} state, only for {' and '.join(owners)} ones. {hint}"
        f"Available: {', '.join(state.quantities)}."
    )

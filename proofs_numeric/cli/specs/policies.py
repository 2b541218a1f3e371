"""SPECs of the update, the fit and the initial state."""

from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.specs.base import number, split_spec, unknown, whole_number
from proofs_numeric.cli.specs.target import parse_target

UPDATES = {"replace": zd.Replace, "accumulate": zd.Accumulate, "population": zd.Population}
FITS = ("mle", "unbiased", "smoothed:BETA")


def parse_update(text: str) -> Any:
    """The data policy: `replace`, `accumulate` or `population`.

    Raises:
        ValueError: another name, or a parameter.

    Source: Definition.
    """
    name, parameter = split_spec(text)
    if name not in UPDATES:
        raise unknown("--update", name, UPDATES)
    if parameter:
        raise ValueError(f"--update: {name} takes no parameter; got {parameter!r}. Write --update {name}.")
    return UPDATES[name]()


def parse_fit(text: str) -> Any:
    """The estimation rule: `mle`, `unbiased` or `smoothed:BETA`.

    Raises:
        ValueError: another name, or a bad BETA.

    Source: Definition.
    """
    name, parameter = split_spec(text)
    if name == "smoothed":
        if not parameter:
            raise ValueError("--fit: smoothed needs its pseudocount. Write --fit smoothed:BETA, such as smoothed:1.")
        return zd.Smoothed(pseudocount=number(parameter, "--fit", "BETA"))
    plain = {"mle": zd.MaximumLikelihood, "unbiased": zd.Unbiased}
    if name not in plain:
        raise unknown("--fit", name, FITS)
    if parameter:
        raise ValueError(f"--fit: {name} takes no parameter; got {parameter!r}. Write --fit {name}.")
    return plain[name]()


def parse_initial(text: str | None) -> Any:
    """Q_0: None (the target), `estimate:N`, or a target SPEC on the same support.

    Raises:
        ValueError: bad SPEC.

    Source: Definition.
    """
    if text is None:
        return None
    name, parameter = split_spec(text)
    if name == "estimate":
        return zd.estimate(num_samples=whole_number(parameter, "--initial", "the number of samples of estimate:N"))
    return parse_target(text, "--initial").state

"""SPECs of the update, the ensemble, the fit and the initial state."""

from collections.abc import Callable
from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.memory import require_memory
from proofs_numeric.cli.specs.base import made, number, split_spec, unknown, whole_number
from proofs_numeric.cli.specs.target import parse_target

PLAIN_UPDATES: dict[str, Callable[[], Any]] = {
    "replace": zd.Replace,
    "accumulate": zd.Accumulate,
    "subsample": zd.AccumulateSubsample,
    "population": zd.Population,
    "debiased": zd.Debiased,
}

UPDATES_WITH: dict[str, tuple[str, Callable[[str], Any]]] = {
    "window": ("window:W", lambda text: zd.Window(whole_number(text, "--update", "W, the generations of a window,"))),
    "reuse": ("reuse:R", lambda text: zd.ReuseReal(whole_number(text, "--update", "R, the reused real draws,"))),
    "weighted": ("weighted:W", lambda text: zd.Weighted(share(text, "--update", "W, the weight of the real draws,"))),
}
"""Name -> form, and what its parameter makes."""

UPDATES = (*PLAIN_UPDATES, *UPDATES_WITH, "ensemble")

PLAIN_FITS: dict[str, Callable[[], Any]] = {"mle": zd.MaximumLikelihood, "unbiased": zd.Unbiased}

FITS_WITH: dict[str, tuple[str, Callable[[float], Any]]] = {
    "smoothed": ("smoothed:BETA", zd.Smoothed),
    "perturbed": ("perturbed:SD", zd.Perturbed),
}
"""Name -> form, and what its parameter makes."""

FITS = (*PLAIN_FITS, *(form for form, _ in FITS_WITH.values()))

BYTES_PER_MEMBER = 1024
"""At the least, in a block of replicates."""


def parse_policies(update: str, ensemble: str | None, uncoupled: bool) -> tuple[Any, Any]:
    """The data policy, and how several models train side by side.

    Args:
        update: a policy; or `ensemble:M`, which is `replace` by each of M equal members.
        ensemble: None for one model; else M equal members, or their weights.
        uncoupled: whether members know nothing of each other.

    Returns:
        The update; an `Ensemble`, or None.

    Raises:
        ValueError: a bad name or parameter, an ensemble that is named twice, `uncoupled` without an ensemble.

    Source: Definition.
    """
    name, parameter = split_spec(update)
    if name == "ensemble":
        if ensemble is not None:
            raise ValueError(
                "--update ensemble:M and --ensemble name the ensemble twice. Keep --ensemble, and write the policy of "
                "its members as --update."
            )
        if not parameter:
            raise ValueError("--update: ensemble needs its parameter. Write --update ensemble:M.")
        update, ensemble = "replace", parameter
    if ensemble is None and uncoupled:
        raise ValueError("--uncoupled says how the members of an ensemble train. Give --ensemble M, such as 3.")
    return parse_update(update), None if ensemble is None else parse_ensemble(ensemble, not uncoupled)


def parse_update(text: str) -> Any:
    """The data policy of one model.

    Raises:
        ValueError: another name, a parameter that is missing, bad or not wanted.

    Source: Definition.
    """
    name, parameter = split_spec(text)
    if name in UPDATES_WITH:
        form, make = UPDATES_WITH[name]
        if not parameter:
            raise ValueError(f"--update: {name} needs its parameter. Write --update {form}.")
        return make(parameter)
    return plain("--update", name, parameter, PLAIN_UPDATES, UPDATES)


def parse_ensemble(text: str, coupled: bool) -> Any:
    """M equal members, or their weights.

    Raises:
        ValueError: no whole number and no list of probabilities, more members than memory holds.
    """
    fields = [field.strip() for field in text.split(",")]
    if len(fields) > 1:
        weights = [number(field, "--ensemble", "the weight of a member") for field in fields]
        return made("--ensemble", zd.Ensemble, weights, coupled)
    members = whole_number(text, "--ensemble", "M, the number of members,")
    require_memory(BYTES_PER_MEMBER * members, f"--ensemble: {members} members", "Lower M.")
    return zd.Ensemble(members, coupled)


def parse_fit(text: str) -> Any:
    """The estimation rule: `mle`, `unbiased`, `smoothed:BETA` or `perturbed:SD`.

    Raises:
        ValueError: another name, or a parameter that is missing, bad or not wanted.

    Source: Definition.
    """
    name, parameter = split_spec(text)
    if name in FITS_WITH:
        form, make = FITS_WITH[name]
        if not parameter:
            raise ValueError(f"--fit: {name} needs its parameter. Write --fit {form}, such as {name}:1.")
        return made("--fit", make, number(parameter, "--fit", form.partition(":")[2]))
    return plain("--fit", name, parameter, PLAIN_FITS, FITS)


def plain(flag: str, name: str, parameter: str, makers: dict[str, Callable[[], Any]], known: Any) -> Any:
    """What a name without parameter makes.

    Raises:
        ValueError: another name, or a parameter.
    """
    if name not in makers:
        raise unknown(flag, name, known)
    if parameter:
        raise ValueError(f"{flag}: {name} takes no parameter; got {parameter!r}. Write {flag} {name}.")
    return makers[name]()


def share(text: str, flag: str, what: str) -> float:
    """A number in [0, 1].

    Raises:
        ValueError: anything else.
    """
    value = number(text, flag, what)
    if not 0 <= value <= 1:
        raise ValueError(f"{flag}: {what} must lie in [0, 1]; got {text}.")
    return value


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

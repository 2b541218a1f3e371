"""The JSON document of a simulation, schema 1."""

import dataclasses
import json
import math
import pathlib
import sys
from collections.abc import Iterable
from typing import Any

SCHEMA = 1

# Switches that say where the result goes, not what it is.
_NOT_THE_SYSTEM = ("json", "out", "plot", "quiet", "terminal_only", "keep_replicates", "seed", "kernel")


def document(
    arguments: Any, measured: Any, exact: dict[str, Any], refusals: dict[str, str], target: Any
) -> dict[str, Any]:
    """Everything about a run that a program may want, in plain values; what is not finite is null.

    Args:
        arguments: of the command.
        measured: the trajectory.
        exact: name -> exact values with their rung and slack.
        refusals: name -> why there are none.
        target: the parsed target.

    Returns:
        The document. Generation 0 is Q_0; `successive_kl` has no predecessor there and is null.

    Source: Definition.
    """
    return {
        "schema": SCHEMA,
        "system": system_facts(arguments, measured, target),
        "generations": [int(generation) for generation in measured.generations],
        "measured": {name: measured_facts(measured, name) for name in measured.names},
        "exact": {name: numbers(answer.values, undefined(measured, name)) for name, answer in exact.items()},
        "rung": {name: answer.rung for name, answer in exact.items()},
        "slack": plain({name: answer.slack for name, answer in exact.items()}),
        "no_exact": dict(refusals),
        "kernel": measured.kernel,
        "device": measured.device,
        "versions": dict(measured.versions),
        "seed": arguments.seed,
        "seconds": {part: float(measured.seconds[part]) for part in ("compile", "run")},
    }


def system_facts(arguments: Any, measured: Any, target: Any) -> dict[str, Any]:
    """The library's description, the SPECs it came from, and the corpus behind the target."""
    specs = {name: value for name, value in dataclasses.asdict(arguments).items() if name not in _NOT_THE_SYSTEM}
    facts = {**measured.system, "num_replicates": measured.num_replicates, "specs": specs}
    if target.vocabulary is not None:
        facts["corpus"] = {
            "source": target.vocabulary.source,
            "vocabulary_size": target.vocabulary.support_size,
            "num_tokens": target.vocabulary.num_tokens,
            "rare_threshold": measured.system["rare_threshold"],
        }
    return plain(facts)


def measured_facts(measured: Any, name: str) -> dict[str, Any]:
    """Mean, standard error, quantiles and share of non-finite values, by generation."""
    missing = undefined(measured, name)
    return {
        "mean": numbers(measured.mean[name], missing),
        "stderr": numbers(measured.standard_error[name], missing),
        "quantiles": {f"{level:g}": numbers(values, missing) for level, values in measured.quantiles[name].items()},
        "nonfinite": numbers(measured.nonfinite[name]),
    }


def undefined(measured: Any, name: str) -> set[int]:
    """Positions at which a quantity does not exist: KL(Q_t || Q_{t-1}) has no predecessor at t = 0."""
    return {0} if name == "successive_kl" and measured.generations[0] == 0 else set()


def numbers(values: Iterable[float], missing: Iterable[int] = ()) -> list[float | None]:
    """Finite floats, None for what is not finite or missing."""
    listed = [float(value) if math.isfinite(value) else None for value in values]
    for position in missing:
        listed[position] = None
    return listed


def plain(value: Any) -> Any:
    """Nested facts with numbers that are not finite as null."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_json(content: dict[str, Any], name: str) -> None:
    """Write a document to a file, or to stdout for `-`.

    Raises:
        OSError: the file cannot be written.
    """
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    if name == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        pathlib.Path(name).write_text(text, encoding="utf-8")

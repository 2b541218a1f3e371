"""The arguments of one simulation: from flags and a TOML file, and kept beside a run that may be resumed."""

import dataclasses
import difflib
import json
import pathlib
import tomllib
from typing import Any


@dataclasses.dataclass(frozen=True)
class Arguments:
    """What `zenil simulate` was asked for; the names are those of the flags, with underscores.

    Attributes:
        target, num_samples, exogenous_fraction, update, mixing, fit, initial, model, ensemble, record: SPECs.
        uncoupled: whether the members of an ensemble know nothing of each other.
        decoder: SPECs, in the order in which they act.
        num_generations, num_replicates, seed: T, R and the root of all keys.
        kernel: name of the algorithm, or auto.
        json, out, plot: where to write, or None.
        x64, terminal_only, keep_replicates, quiet: switches.
    """

    target: str
    num_samples: str
    exogenous_fraction: str = "0"
    num_generations: int = 100
    num_replicates: int = 1000
    seed: int = 0
    update: str = "replace"
    mixing: str = "bernoulli"
    fit: str = "mle"
    initial: str | None = None
    model: str | None = None
    ensemble: str | None = None
    uncoupled: bool = False
    decoder: tuple[str, ...] = ()
    record: str | None = None
    kernel: str = "auto"
    json: str | None = None
    out: str | None = None
    plot: str | None = None
    x64: bool = False
    terminal_only: bool = False
    keep_replicates: bool = False
    quiet: bool = False


TYPES: dict[str, type] = {
    field.name: next((kind for kind in (bool, int, str) if field.type == kind or field.type == kind | None), tuple)
    for field in dataclasses.fields(Arguments)
}
"""Name -> bool, int, str, or tuple for flags that may be repeated."""

REQUIRED = ("target", "num_samples")


def merge(flags: dict[str, Any], config: str | None) -> Arguments:
    """Arguments from flags, then from a TOML file, then from the defaults.

    Args:
        flags: name -> value, None where the flag was not given; a list where it may be repeated.
        config: name of the TOML file, or None.

    Returns:
        Arguments.

    Raises:
        ValueError: a bad file, an unknown key, a value of the wrong type, a missing required name, a number out of
            range.

    Source: Definition.
    """
    values = {} if config is None else read_config(config)
    given = {
        name: tuple(value) if TYPES[name] is tuple else value for name, value in flags.items() if value is not None
    }
    # A flag that may be repeated and was not given is an empty list for some versions of the parser.
    values.update({name: value for name, value in given.items() if value != ()})
    for name in REQUIRED:
        if name not in values:
            raise ValueError(f"--{flag(name)} is missing. Give it as a flag or in the file of --config.")
    arguments = Arguments(**values)
    for name, smallest in (("num_generations", 0), ("num_replicates", 1), ("seed", 0)):
        if getattr(arguments, name) < smallest:
            raise ValueError(f"--{flag(name)} must be at least {smallest}; got {getattr(arguments, name)}.")
    if arguments.seed >= 2**63:
        raise ValueError(f"--seed must be below 2^63; got {arguments.seed}.")
    return arguments


def flag(name: str) -> str:
    """The name of a flag, without its dashes."""
    return name.replace("_", "-")


def read_config(path: str) -> dict[str, Any]:
    """Values of a TOML file whose keys are names of flags, with hyphens or underscores.

    A number may be given for a number SPEC, a list of names for `record`, one of weights for `ensemble`, and one of
    SPECs for `decoder`.

    Raises:
        ValueError: an unreadable file, bad TOML, an unknown key (with the nearest name), a value of the wrong type.
    """
    try:
        table = tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(f"--config: cannot read {path!r}: {reason}. Check the name of the file.") from None
    except ValueError as error:  # tomllib's and the decoder's errors are ValueErrors that do not name the file
        raise ValueError(f"--config: {path!r} is not TOML: {error}.") from None
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in TYPES:
            near = difflib.get_close_matches(flag(name), [flag(known) for known in TYPES], n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ValueError(
                f"--config: {path!r} has the unknown key {key!r}; {hint}Keys are the names of the flags: "
                f"{', '.join(flag(known) for known in TYPES)}."
            )
        if name in values:
            raise ValueError(f"--config: {path!r} gives {flag(name)} twice. Keep one of them.")
        values[name] = typed(path, key, value, TYPES[name])
    return values


def typed(path: str, key: str, value: Any, wanted: type) -> Any:
    """A TOML value as the flag of that name would have it."""
    if wanted is str:
        items = value if isinstance(value, list) else [value]
        if all(isinstance(item, (str, int, float)) and not isinstance(item, bool) for item in items):
            return ",".join(str(item) for item in items)
    elif wanted is tuple:
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif type(value) is wanted:
        return value
    words = {bool: "true or false", int: "a whole number", str: "a string or a number", tuple: "a list of strings"}
    raise ValueError(f"--config: {key} of {path!r} must be {words[wanted]}; got {value!r}.")


FILE_NAME = "arguments.json"
RESULT_NAME = "result.json"
"""Written when everything else is: a folder with it holds a finished run."""

STATE_NAME = "checkpoint.bin"
"""What `zenil_dynamics.simulate` keeps there until the result is written."""

# What may differ between an interrupted run and the one that goes on with it.
_OUTPUTS = {"json": None, "out": None, "plot": None, "quiet": False}


def open_folder(arguments: Arguments, folder: pathlib.Path) -> None:
    """Write the arguments into the folder of a run, with the directory that relative names refer to.

    Raises:
        ValueError: the folder cannot be written to, or holds another run that was not finished.
    """
    finished = (folder / RESULT_NAME).exists()
    if (folder / FILE_NAME).exists() and not finished:
        earlier, _ = recall(folder)
        if dataclasses.replace(earlier, **_OUTPUTS) != dataclasses.replace(arguments, **_OUTPUTS):
            raise ValueError(
                f"--out: {str(folder)!r} holds another run that was interrupted. Finish it with zenil resume {folder}, "
                "choose another folder, or delete this one."
            )
    facts = {"schema": 1, "directory": str(pathlib.Path.cwd()), "arguments": dataclasses.asdict(arguments)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if finished:
            (folder / STATE_NAME).unlink(missing_ok=True)
            (folder / RESULT_NAME).unlink()
        write_whole(folder / FILE_NAME, facts)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(f"--out: cannot write to {str(folder)!r}: {reason}. Choose another folder.") from None


def finish_folder(folder: pathlib.Path, result: dict[str, Any]) -> None:
    """Write the result, then drop the state that would have led to it.

    Raises:
        OSError: the folder cannot be written to.
    """
    write_whole(folder / RESULT_NAME, result)
    (folder / STATE_NAME).unlink(missing_ok=True)


def write_whole(path: pathlib.Path, content: dict[str, Any]) -> None:
    """Write JSON that a killed process leaves there whole or not at all."""
    from zenil_dynamics.files import replacing  # JAX, which comes with it, is not needed to parse arguments

    with replacing(path) as file:
        file.write((json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode())


def recall(folder: pathlib.Path) -> tuple[Arguments, pathlib.Path]:
    """Read what `open_folder` wrote.

    Returns:
        The arguments, and the directory that relative names refer to.

    Raises:
        ValueError: no such file, or not one of ours.
    """
    path = folder / FILE_NAME
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        saved = facts["arguments"]
        # JSON knows lists alone.
        known: dict[str, Any] = {
            name: tuple(saved[name]) if kind is tuple else saved[name] for name, kind in TYPES.items()
        }
        return Arguments(**known), pathlib.Path(facts["directory"])
    except OSError:
        raise ValueError(
            f"{str(folder)!r} holds no interrupted run ({FILE_NAME} is missing). Give the folder of --out."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{str(path)!r} is damaged or foreign. Run zenil simulate again.") from None

"""The script of a refuted claim, as it is written or with the parameters of another counterexample.

A script is a file of `scripts/`: one sentence, imports, one assignment of the parameters, and a few lines of plain
Python and NumPy from the dynamics to `value` and `bound`. It imports nothing of ours, so that it shares no line with
what it shows; the tests hold it against the engine.
"""

import ast
import functools
import keyword
import math
import pathlib
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "scripts"
"""One file per claim, its id with underscores for hyphens."""
_LINE_LENGTH = 120


@functools.cache
def script(claim_id: str) -> str | None:
    """The ten lines that show why a claim is refuted, at the counterexample that they were written for.

    Definition.

    Args:
        claim_id: permanent id, such as "thm2-zero-mass".

    Returns:
        Source of a Python program that prints value and bound, with a line break at its end; None where there is none.
    """
    path = FOLDER / f"{claim_id.replace('-', '_')}.py"
    known = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim_id) is not None and path.is_file()
    return path.read_text(encoding="utf-8") if known else None


def script_at(claim_id: str, theta: Mapping[str, Any]) -> str | None:
    """The same program with the parameters of another counterexample.

    Definition. Parameters that the program does not need are left out, those that `theta` does not name stay.

    Args:
        claim_id: permanent id.
        theta: parameter of the claim -> number, Fraction, text, None, or a tuple, list or array of them.

    Returns:
        Source of a Python program, formatted as the one of `script`; None where there is none.

    Raises:
        ValueError: a value that is none of these.
    """
    source = script(claim_id)
    if source is None:
        return None
    line = assignment(source)
    names, defaults = _sides(line)
    given = {parameter_name(name): (name, value) for name, value in theta.items()}
    if not given.keys() & set(names):
        return source
    values = [
        _spelled(*given[name]) if name in given else ast.get_source_segment(source, default) or ""
        for name, default in zip(names, defaults, strict=True)
    ]
    lines = source.splitlines(keepends=True)
    lines[line.lineno - 1 : line.end_lineno] = [_formatted(names, values)]
    return "".join(lines)


def parameter_name(name: str) -> str:
    """What a parameter of a claim is called in its script.

    Definition. Whatever is no letter or digit becomes an underscore ("gap/beta": gap_beta), one for several in a
    row and none at the ends; a reserved word gets one at its end (lambda_).

    Args:
        name: as in the domain of the claim.

    Returns:
        A valid identifier, provided that the name starts with a letter.
    """
    identifier = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return f"{identifier}_" if keyword.iskeyword(identifier) else identifier


def assignment(source: str) -> ast.Assign:
    """The statement of a script that gives the parameters their values: the first one after the imports.

    Definition.

    Args:
        source: of a script.

    Returns:
        Its syntax tree.
    """
    body = ast.parse(source).body[1:]
    first = next(node for node in body if not isinstance(node, (ast.Import, ast.ImportFrom)))
    assert isinstance(first, ast.Assign), "a script starts with its parameters"
    return first


def _sides(line: ast.Assign) -> tuple[list[str], list[ast.expr]]:
    """Names and values of the assignment."""
    (target,) = line.targets
    if isinstance(target, ast.Name):
        return [target.id], [line.value]
    assert isinstance(target, ast.Tuple), "a script names its parameters"
    assert isinstance(line.value, ast.Tuple), "a script gives each parameter its value"
    return [name.id for name in target.elts if isinstance(name, ast.Name)], line.value.elts


def _formatted(names: list[str], values: list[str]) -> str:
    """The assignment as `ruff format` writes it."""
    line = f"{', '.join(names)} = {', '.join(values)}"
    if len(line) <= _LINE_LENGTH or len(values) == 1:
        return f"{line}\n"
    parts = "".join(f"    {value},\n" for value in values)
    return f"{', '.join(names)} = (\n{parts})\n"


def _spelled(name: str, value: Any) -> str:
    """A value as Python source that evaluates to it, a Fraction as a quotient."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, (bool, int)):
        return repr(value)
    if isinstance(value, float):
        return repr(value).replace("e+", "e") if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{value.numerator} / {value.denominator}"
    if isinstance(value, (tuple, list)):
        inside = ", ".join(_spelled(name, item) for item in value)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    raise ValueError(
        f"`theta` must hold numbers, fractions, texts and tuples of them; got {type(value).__name__} for {name!r}. "
        "Describe the example by plain parameters."
    )


def _quoted(text: str) -> str:
    """A literal with the quotes that a formatter prefers: double ones, unless they would need a backslash."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in text else literal

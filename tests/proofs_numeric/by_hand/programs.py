"""What a script must be, and how it is held against the engine: every fault as a sentence."""

import ast
import contextlib
import dataclasses
import io
import itertools
import re
import tokenize
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from proofs_numeric.budget import BUDGETS
from proofs_numeric.by_hand import parameter_name, placing
from proofs_numeric.claims import Claim, Route
from proofs_numeric.engine import check
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import BETWEEN_NUMBERS, excess, holds, is_strict
from proofs_numeric.verdict import Status
from tests.bounds import hoeffding

MOST_LINES = 10
LONGEST_LINE = 100
IMPORTS = {"numpy", "math", "fractions", "itertools"}
NEGATION = {"<=": ">", "<": ">=", ">=": "<", ">": "<=", "==": "!="}

DELTA = 1e-10
"""Error probability of each printed interval, and of each script that draws."""
BUDGET = dataclasses.replace(BUDGETS["quick"], seconds=3600.0, confirm_delta=DELTA)
ROOT = "5eed"

RTOL = 1e-6
GRIDS = {
    # The minimum is found to half a step of 1e-6, and the divergence changes by less than ten times the step.
    "eq16-convex-other": 1e-5,
}
"""Relative tolerances of scripts that search on a grid."""

DRAWS = {
    # 1000 paths of a statistic in [-.15, .85].
    "thm2-pathwise-fraction": (1000, 1.0),
    # A squared distance of two vectors no longer than 1.
    "dohmatob-clean-is-safe": (100_000, 4.0),
}
"""Scripts that draw: number of draws and range of their mean's terms."""


class Run(NamedTuple):
    """What a script left: the two names at its end, and the last line that it printed."""

    value: Any
    bound: Any
    printed: str


def run(source: str) -> Run:
    names: dict[str, Any] = {}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(source, "script", "exec"), names)
    return Run(names["value"], names["bound"], output.getvalue().rstrip("\n").rpartition("\n")[2])


def faults_of_form(claim: Claim, source: str) -> list[str]:
    """What breaks the rules of a script as text."""
    lines = source.splitlines()
    code = [line for line in lines[1:] if line.strip()]
    tree = ast.parse(source)
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    faults = [f"{len(code)} lines of code" for _ in [0] if len(code) > MOST_LINES]
    faults += [f"a line of {len(line)} characters" for line in lines if len(line) > LONGEST_LINE]
    faults += [f"imports {name}" for name in sorted(imported - IMPORTS)]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    faults += ["a semicolon" for token in tokens if token.type == tokenize.OP and token.string == ";"]
    if not re.fullmatch(r'""".*[.]"""', lines[0]):
        faults.append("its first line is no sentence in quotes")
    strange = set(parameters(source)) - {parameter_name(name) for name in (*claim.domain, *claim.box)}
    return faults + [f"{name} is no parameter of the claim" for name in sorted(strange)]


def parameters(source: str) -> dict[str, Any]:
    """The values that a script gives its parameters; none for a claim without parameters."""
    line = placing.assignment(source)
    names: dict[str, Any] = {}
    exec(compile(ast.Module([line], []), "parameters", "exec"), names)
    return {target.id: names[target.id] for target in ast.walk(line.targets[0]) if isinstance(target, ast.Name)}


def same(written: Any, meant: Any) -> bool:
    """Whether a value of a script is one of a domain: quotients stand for fractions."""
    if isinstance(meant, (tuple, list)):
        return isinstance(written, (tuple, list)) and len(written) == len(meant) and all(map(same, written, meant))
    return written == (float(meant) if isinstance(meant, Fraction) else meant)


def placed_examples(claim: Claim, source: str) -> Iterator[dict[str, Any]]:
    """The examples of the domain at which a script stands: one per value of the parameters that it leaves out."""
    given = parameters(source)
    choices = {
        name: [value for value in values if name_of not in given or same(given[name_of], value)]
        for name, values in claim.domain.items()
        for name_of in [parameter_name(name)]
    }
    for values in itertools.product(*choices.values()):
        theta = dict(zip(choices, values, strict=True))
        if claim.admits(theta):
            yield theta


def look(claim: Claim, theta: Mapping[str, Any]) -> Outcome:
    return check(claim, theta, BUDGET, ROOT)


def faults_of_numbers(claim: Claim, source: str, outcome: Outcome) -> list[str]:
    """What a run of the script says against the claim's own look at the same example."""
    found = run(source)
    value, bound = float(found.value), float(found.bound)
    faults = [] if outcome.status is Status.REFUTED else [f"the engine says {outcome.status}"]
    delta = float(claim.delta_at(outcome.theta))
    if claim.relation in BETWEEN_NUMBERS and holds(excess(value, bound, claim.relation), claim.relation, delta):
        faults.append(f"{value} {claim.relation} {bound} holds within {delta}")
    return faults + _faults_of_print(claim, found, delta) + _disagreement(claim, value, bound, outcome)


def _disagreement(claim: Claim, value: float, bound: float, outcome: Outcome) -> list[str]:
    if claim.route is Route.EP:
        assert outcome.interval is not None
        draws, spread = DRAWS.get(claim.id, (0, 0.0))
        allowance = hoeffding(draws, DELTA, spread) if draws else 0.0
        low, high = outcome.interval
        inside = low - allowance <= value - bound <= high + allowance
        return [] if inside else [f"{value} - {bound} is not in {outcome.interval} within {allowance}"]
    scale = max(abs(outcome.value), abs(outcome.bound))
    apart = max(abs(value - outcome.value), abs(bound - outcome.bound))
    agree = apart <= GRIDS.get(claim.id, RTOL) * scale
    return [] if agree else [f"({value}, {bound}) against ({outcome.value}, {outcome.bound})"]


def _faults_of_print(claim: Claim, found: Run, delta: float) -> list[str]:
    """The last line reads `value relation bound`, is true, and negates the claim."""
    parts = re.fullmatch(r"(\S+) (<=|<|>=|>|!=) (\S+)", found.printed)
    if parts is None:
        return [f"prints {found.printed!r}"]
    left, right, sign = float(parts[1]), float(parts[3]), parts[2]
    true = {
        "<=": left <= right,
        "<": left < right,
        ">=": left >= right,
        ">": left > right,
        "!=": left != right,
    }[sign]
    faults = [] if true else [f"{found.printed} is not true"]
    if sign != NEGATION.get(claim.relation, sign):
        faults.append(f"{sign} does not negate {claim.relation}")
    # A strict claim asks for a gap of delta, which a script may show.
    gap = delta if is_strict(claim.relation) else 0.0
    if left != float(found.value) or abs(right - float(found.bound)) > gap:
        faults.append(f"{found.printed} shows neither value nor bound")
    return faults

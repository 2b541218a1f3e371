"""Reads the imports of both packages and fails on an edge that the rooms forbid (docs/conventions.md)."""

import ast
import graphlib
import importlib
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent

# Room -> the rooms of zenil_dynamics that it may import beside itself. A room is a module or package of the top level.
ALLOWED = {
    "triangular": set(),
    "types": set(),
    "tracing": set(),
    "validate": {"types"},
    "random": {"types", "validate", "tracing"},
    "samplers": {"types", "validate", "random", "tracing"},
    "statistics": {"types", "triangular"},
    "schedules": {"types", "validate"},
    "estimators": {"types", "validate", "triangular"},
    "corpora": {"types", "validate"},
    "states": {"types", "validate", "random", "samplers", "statistics", "estimators", "triangular"},
    "fits": {"types", "validate", "samplers", "statistics", "states"},
    "decoders": {"types", "validate", "random", "samplers", "statistics", "states", "triangular"},
    "learned": {"types", "validate", "random", "samplers", "statistics", "states", "fits"},
    "schedule_table": {"types"},
    "ensemble": {"types", "validate"},
    "mixing": {"types", "random", "schedule_table", "states"},
    "updates": {"types", "validate", "random", "samplers", "schedule_table", "statistics", "states", "mixing"},
    "system": {
        "types",
        "validate",
        "schedules",
        "schedule_table",
        "states",
        "fits",
        "decoders",
        "ensemble",
        "mixing",
        "updates",
    },
    "loop": {
        "types",
        "random",
        "schedule_table",
        "states",
        "fits",
        "decoders",
        "ensemble",
        "mixing",
        "updates",
        "system",
    },
    "devices": set(),
    "kernels": {
        "types",
        "validate",
        "random",
        "samplers",
        "statistics",
        "estimators",
        "states",
        "fits",
        "updates",
        "schedule_table",
        "system",
        "loop",
        "devices",
    },
    "summaries": {"types"},
    "files": set(),
    "distributed": set(),
    "checkpoint": {"files"},
    "blocks": {"kernels", "summaries", "devices"},
    "sharing": {"blocks", "distributed", "summaries"},
    "snapshots": {"types", "system", "summaries", "checkpoint", "distributed", "trajectory"},
    "plotting": {"trajectory"},
    "trajectory": {"files", "summaries", "system", "plotting"},
    "simulate": {
        "types",
        "validate",
        "random",
        "system",
        "kernels",
        "summaries",
        "devices",
        "distributed",
        "blocks",
        "sharing",
        "snapshots",
        "trajectory",
    },
    "stationary": {"types", "schedules", "system", "kernels", "simulate", "trajectory"},
    "rare_events": {"types", "validate", "random", "schedule_table", "system", "loop", "kernels", "devices"},
    "oracles": set(),
    "algorithmic": {"validate"},
    "phases": {"validate", "schedules", "oracles"},
    "exactness": {
        "validate",
        "states",
        "fits",
        "learned",
        "decoders",
        "updates",
        "schedule_table",
        "system",
        "oracles",
        "estimators",
    },
}

HEAVY = {"hypothesis", "pytest", "typer", "rich", "proofs_numeric"}


def imported(path: pathlib.Path) -> set[str]:
    """Dotted names of everything that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def files(package: str) -> list[pathlib.Path]:
    return sorted((ROOT / package).rglob("*.py"))


def room(path: pathlib.Path) -> str:
    inside = path.relative_to(ROOT / "zenil_dynamics")
    return inside.parts[0].removesuffix(".py")


def rooms_in(names: set[str]) -> set[str]:
    existing = {room(path) for path in files("zenil_dynamics")}
    return {name.split(".")[1] for name in names if name.startswith("zenil_dynamics.")} & existing


@pytest.mark.parametrize("path", files("zenil_dynamics"), ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_import_only_what_stands_left_of_them(path):
    own = room(path)
    if own == "__init__":
        return
    assert own in ALLOWED, f"{own} is a new room: give it a line here"
    assert rooms_in(imported(path)) - {own} <= ALLOWED[own]


@pytest.mark.parametrize("path", files("zenil_dynamics"), ids=lambda path: str(path.relative_to(ROOT)))
def test_dynamics_never_import_their_judges(path):
    assert not {name.split(".")[0] for name in imported(path)} & HEAVY


def test_oracles_are_an_island():
    standard = sys.stdlib_module_names
    for path in files("zenil_dynamics/oracles"):
        outside = {name.split(".")[0] for name in imported(path)} - standard - {"numpy", "scipy"}
        inside = {name for name in imported(path) if name.startswith("zenil_dynamics")}
        assert outside <= {"zenil_dynamics"}
        assert all(name.startswith("zenil_dynamics.oracles") for name in inside)


def test_sequential_evidence_has_never_heard_of_jax_or_dynamics():
    for path in files("proofs_numeric/sequential"):
        top = {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names
        inside = {name for name in imported(path) if name.startswith("proofs_numeric")}
        assert top <= {"numpy", "scipy", "jaxtyping", "proofs_numeric"}
        assert all(name.startswith("proofs_numeric.sequential") for name in inside)


def test_the_second_program_shares_no_line_with_what_it_checks():
    for path in files("proofs_numeric/check_certificate"):
        outside = {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names
        inside = {name for name in imported(path) if name.startswith("proofs_numeric")}
        assert outside <= {"proofs_numeric"}
        assert all(name.startswith("proofs_numeric.check_certificate") for name in inside)
    for path in set(files("proofs_numeric")) - set(files("proofs_numeric/check_certificate")):
        assert not any(name.startswith("proofs_numeric.check_certificate") for name in imported(path)), path


def test_proofs_use_public_names_of_the_dynamics():
    for path in files("proofs_numeric"):
        deep = {name for name in imported(path) if name.startswith("zenil_dynamics.")}
        allowed_namespaces = ("oracles", "estimators", "schedules", "corpora", "devices", "files", "samplers", "random")
        private = {
            name for name in deep if name.split(".")[1][0].islower() and name.split(".")[1] not in allowed_namespaces
        }
        public_functions = {"exact", "simulate", "estimate", "numerical_slack", "plan"}
        assert {name.split(".")[1] for name in private} <= public_functions


ONE_ROOM = {"expression_text": "expressions", "type_strategies": "strategies", "hypothesis_entry": "strategies"}
"""Modules of `proofs_numeric` that are loaded late by the one they belong to."""


def test_rooms_of_proofs_stand_in_an_order():
    """Each imports only what stands before it, in some order of the rooms: nothing goes round in a circle."""
    existing = {path.relative_to(ROOT / "proofs_numeric").parts[0] for path in files("proofs_numeric")}
    existing = {name.removesuffix(".py") for name in existing} - {"__init__"}
    edges = {ONE_ROOM.get(name, name): set() for name in existing}
    for path in files("proofs_numeric"):
        own = path.relative_to(ROOT / "proofs_numeric").parts[0].removesuffix(".py")
        names = {name.split(".")[1] for name in imported(path) if name.startswith("proofs_numeric.")} & existing
        if own != "__init__":
            own = ONE_ROOM.get(own, own)
            edges[own] |= {ONE_ROOM.get(name, name) for name in names} - {own}
    # A circle raises CycleError, which names it.
    order = list(graphlib.TopologicalSorter(edges).static_order())
    assert order.index("sequential") < order.index("monte_carlo") < order.index("search") < order.index("engine")
    assert order.index("engine") < order.index("cli")


def contents_only(node: ast.stmt) -> bool:
    """Whether a statement re-exports, at once or (PEP 562) when a name is first asked for."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "_typing.TYPE_CHECKING" and all(map(contents_only, node.body + node.orelse))
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["_LATER"]
    if isinstance(node, ast.FunctionDef):
        return node.name in ("__getattr__", "__dir__")
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, (ast.Import, ast.ImportFrom))


@pytest.mark.parametrize("package", ["zenil_dynamics", "proofs_numeric"])
def test_contents_pages_only_re_export(package):
    for path in files(package):
        if path.name == "__init__.py":
            assert all(map(contents_only, ast.parse(path.read_text(encoding="utf-8")).body)), path


@pytest.mark.parametrize("package", ["zenil_dynamics", "proofs_numeric"])
def test_names_that_load_later_are_those_that_type_checkers_see(package):
    tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
    (checked,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in checked.body for alias in node.names}
    module = importlib.import_module(package)
    assert seen == module._LATER
    for name, source in seen.items():
        value = getattr(module, name)
        assert value is getattr(importlib.import_module(source), name)
        assert name in dir(module)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = module.nothing


def test_importing_the_dynamics_loads_nothing_that_only_some_runs_need():
    code = "import sys, zenil_dynamics; print(*{name.partition('.')[0] for name in sys.modules}, *sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "zenil_dynamics" in loaded
    assert not {"scipy.stats", "scipy.optimize", "matplotlib", "hypothesis", "numba", "pandas"} & set(loaded)


def test_no_drawers():
    for package in ("zenil_dynamics", "proofs_numeric", "benchmarks"):
        for path in files(package):
            assert path.stem not in {"utils", "util", "misc", "common", "helpers", "helper"}, path

"""The page of all combinations says what the code says."""

import importlib.util
import inspect
import itertools
import pathlib

import numpy as np
import pytest

import zenil_dynamics as zd

PATH = pathlib.Path(__file__).parent.parent / "docs" / "generate_matrix.py"


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("generate_matrix", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(generator):
    page = generator.PAGE.read_text(encoding="utf-8")
    assert page == generator.page(), "run python docs/generate_matrix.py"


def test_measurements_belong_to_rows_with_exact_answers(generator):
    """At 20,000 replicates |z| beyond 6 has no other reason than a mistake, except where tails are heavy."""
    rows = {case.key: case for case in generator.cases()}
    measured = generator.read()
    assert set(measured) <= set(rows)
    for key, score in measured.items():
        found, _ = generator.answers(rows[key].system())
        assert found, key
        assert score < 6, key


def test_every_finite_exact_answer_has_been_measured(generator):
    """A row without a measurement has nothing finite to compare: no answer, or infinite ones alone."""
    comparable = set()
    for case in generator.cases():
        try:
            found, _ = generator.answers(case.system())
        except ValueError:
            continue
        if any(np.isfinite(values[1:]).any() for values in found.values()):
            comparable.add(case.key)
    assert comparable == set(generator.read()), "run python docs/generate_matrix.py --measure"


def test_every_update_has_its_rows(generator):
    shown = {type(update) for update in generator.UPDATES.values()}
    kinds = [value for value in vars(zd).values() if isinstance(value, type)]
    everything = {kind for kind in kinds if issubclass(kind, zd.updates.AbstractUpdate)} - {zd.updates.AbstractUpdate}
    assert shown == everything


def test_every_state_has_its_rows_under_every_update_and_mixing(generator):
    kinds = [value for value in (*vars(zd).values(), *vars(zd.states).values()) if isinstance(value, type)]
    states = {kind for kind in kinds if issubclass(kind, zd.AbstractState) and not inspect.isabstract(kind)}
    sections = {}
    for case in generator.cases():
        sections.setdefault(case.section, []).append((case.update, case.loop))
    everything = list(itertools.product(generator.UPDATES, generator.LOOPS))
    for kind in states:
        named = [section for section, (target, _) in generator.STATES.items() if type(target) is kind]
        assert named, kind
        assert all(sections[section] == everything for section in named)


def test_every_quantity_has_a_label_in_pictures_and_on_the_command_line(generator):
    from proofs_numeric.cli.specs.records import UNITS
    from zenil_dynamics import plotting

    names = {name for target, _ in generator.STATES.values() for name in target.quantities}
    assert names - set(plotting.UNITS) == set()
    assert names - set(UNITS) == set()


def test_quantities_that_tables_take_for_whole_numbers_are_known(generator):
    from proofs_numeric.cli.specs.records import WHOLE

    assert {name for target, _ in generator.STATES.values() for name in target.quantities} >= WHOLE

"""The page of all combinations says what the code says."""

import importlib.util
import pathlib

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


def test_every_update_has_its_rows(generator):
    shown = {type(update) for update in generator.UPDATES.values()}
    kinds = [value for value in vars(zd).values() if isinstance(value, type)]
    everything = {kind for kind in kinds if issubclass(kind, zd.updates.AbstractUpdate)} - {zd.updates.AbstractUpdate}
    assert shown == everything


def test_every_family_on_the_line_has_its_rows(generator):
    kinds = [value for value in vars(zd).values() if isinstance(value, type)]
    families = {kind for kind in kinds if issubclass(kind, zd.states.AbstractExponentialFamily)}
    assert families - {zd.states.AbstractExponentialFamily} <= {type(target) for target, _ in generator.STATES.values()}

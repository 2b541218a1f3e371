"""The truth matrix of the paper: every cell rests on claims that are there, and agrees with what they predict."""

import pytest

from proofs_numeric.catalogue import CATALOGUE, CATALOGUES
from proofs_numeric.catalogue.truth_matrix import Cell, Row, TruthMatrix
from proofs_numeric.catalogue.zenil.matrix import MATRIX
from proofs_numeric.report.content import settled

CELLS = [(row, reading, cell) for row in MATRIX.rows for reading, cell in row.cells.items()]
NAMES = [f"{row.item}, {reading}: {row.statement}" for row, reading, _ in CELLS]


@pytest.mark.parametrize(("row", "reading", "cell"), CELLS, ids=NAMES)
def test_every_cell_says_why_and_names_claims_of_the_catalogue(row, reading, cell):
    assert cell.words.endswith(".")
    own = {claim.id for claim in CATALOGUES["zenil2026"].claims}
    assert set(cell.claims) <= own
    if cell.truth == "-":
        assert not cell.claims


@pytest.mark.parametrize(("row", "reading", "cell"), CELLS, ids=NAMES)
def test_the_letter_agrees_with_the_predictions_behind_it(row, reading, cell):
    expected = {CATALOGUE[name].expected for name in cell.claims}
    if not expected:
        return
    if cell.truth == "C":
        assert expected >= {"REFUTED", "SUPPORTED"}
    if cell.truth == "V":
        assert expected == {"VACUOUS"}
    if cell.truth in ("T", "F", "D"):
        assert expected & {"REFUTED", "SUPPORTED"}


def test_the_main_items_of_the_paper_are_rows():
    assert {row.item for row in MATRIX.rows} == {"Thm 2", "Thm 4", "Thm 5", "Lem 7", "Thm 8"}
    assert list(MATRIX.readings) == [f"R{number}" for number in range(1, 9)]


def verdicts(**changes):
    entry = {"as_expected": True, "attempted": True, "status": "SUPPORTED"}
    return {"a": entry, "b": entry | changes}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "settled"),
        ({"status": "UNDECIDED"}, "open"),
        ({"attempted": False}, "open"),
        ({"as_expected": False}, "parted"),
        ({"status": "NUMERIC"}, "open"),
    ],
)
def test_a_cell_is_settled_only_by_claims_that_ended_as_expected(changes, state):
    assert settled({"claims": ["a", "b"]}, verdicts(**changes)) == state


def test_a_cell_without_a_run_is_open_and_one_without_claims_a_definition():
    assert settled({"claims": ["a", "c"]}, verdicts()) == "open"
    assert settled({"claims": []}, {}) == "definition"


def test_odd_letters_and_missing_readings_are_refused():
    with pytest.raises(ValueError, match="`truth` must be one of T, F, C, V, D, -; got 'X'"):
        Cell(truth="X", words="no")
    row = Row(item="", statement="one", cells={"R1": Cell(truth="T", words="yes")})
    with pytest.raises(ValueError, match="`cells` of 'one' must be those of"):
        TruthMatrix(readings={"R1": "", "R2": ""}, rows=(row,))

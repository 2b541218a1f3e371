import pytest

import zenil_dynamics as zd

# Outputs of machines 0 .. 1000 of (2, 2), as the README of F. Soler-Toscano's SmallTuringMachinesSimulators lists them.
FIRST_MACHINES = {
    None: 658, "0": 101, "00": 46, "001": 1, "01": 34, "010": 2,
    "011": 1, "1": 100, "10": 34, "100": 1, "11": 22, "110": 1,
}  # fmt: skip


def test_number_of_machines():
    # OEIS A141474, arXiv:1101.4795.
    assert [zd.algorithmic.num_machines(n) for n in (1, 2, 3, 4)] == [36, 10_000, 7_529_536, 11_019_960_576]


def test_numbering_of_the_literature():
    outputs = [zd.algorithmic.run_machine(index, 2) for index in range(1001)]
    assert {output: outputs.count(output) for output in set(outputs)} == FIRST_MACHINES


def test_every_table_has_one_number():
    tables = {zd.algorithmic.instruction_table(index, 2) for index in range(10_000)}
    assert len(tables) == 10_000
    assert {len(table) for table in tables} == {4}


def test_a_busy_beaver_by_hand():
    # A0: 1 right B, A1: 1 left B, B0: 1 left A, B1: 1 halt. Six steps, four ones.
    digits = {"B0": 2 + 1 + 2 + 0, "B1": 1, "A0": 2 + 1 + 0 + 4, "A1": 2 + 1 + 2 + 4}
    index = sum(digit * 10**place for place, digit in enumerate(digits.values()))
    table = zd.algorithmic.instruction_table(index, 2)
    assert table == ((1, 1, 1), (1, -1, 1), (1, -1, 0), (1, 0, None))
    assert zd.algorithmic.run_machine(index, 2) == "1111"
    assert zd.algorithmic.run_machine(index, 2, blank=1) == "11"


def test_what_moves_without_end_has_no_output():
    # The only entry read: write 0, move right, stay.
    assert zd.algorithmic.instruction_table(2, 1)[0] == (0, 1, 0)
    assert zd.algorithmic.run_machine(2, 1) is None


def test_bad_input():
    with pytest.raises(ValueError, match="`num_states` must be at most 4; got 5"):
        zd.algorithmic.num_machines(5)
    with pytest.raises(ValueError, match="`num_states` must be a whole number of at least 1; got 0"):
        zd.algorithmic.run_machine(0, 0)
    with pytest.raises(ValueError, match="`index` must be below 36, the number of machines; got 36"):
        zd.algorithmic.instruction_table(36, 1)
    with pytest.raises(ValueError, match="`index` must be a whole number of at least 0; got -1"):
        zd.algorithmic.instruction_table(-1, 1)
    with pytest.raises(ValueError, match="`blank` must be 0 or 1, the symbol of the empty tape; got 2"):
        zd.algorithmic.run_machine(0, 1, blank=2)

"""Number SPECs: every form reads, every bad one is a line that says where and what to write."""

import equinox as eqx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenil_dynamics import schedules

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
POSITIVE = st.floats(1e-300, 1e300, allow_subnormal=False)
GENERATIONS = st.integers(0, 10**9)

SCHEDULES = st.one_of(
    st.builds(schedules.constant, NUMBERS),
    st.builds(schedules.power_law, NUMBERS, NUMBERS, POSITIVE),
    st.builds(schedules.geometric, NUMBERS, POSITIVE),
    st.builds(schedules.periodic, NUMBERS, st.integers(1, 10**9), NUMBERS),
    st.builds(schedules.bursts, NUMBERS),
    st.builds(
        lambda first, rest: schedules.piecewise({**rest, 0: first}),
        NUMBERS,
        st.dictionaries(GENERATIONS, NUMBERS, max_size=4),
    ),
    st.builds(schedules.table, st.lists(NUMBERS, min_size=1, max_size=5)),
)


@settings(deadline=None, max_examples=300)
@given(SCHEDULES)
def test_text_of_any_schedule_reads_back(schedule):
    assert eqx.tree_equal(schedules.parse(str(schedule)), schedule)


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("0.1", schedules.constant(0.1)),
        (" 1e4 ", schedules.constant(10_000)),
        ("-.5", schedules.constant(-0.5)),
        ("constant:0.1", schedules.constant(0.1)),
        ("power_law:1,0.5", schedules.power_law(1, 0.5)),
        ("power_law: 1 , 0.5 , 2", schedules.power_law(1, 0.5, 2)),
        ("geometric:1000,0.5", schedules.geometric(1000, 0.5)),
        ("periodic:0.3,4", schedules.periodic(0.3, 4)),
        ("periodic:0.3,4,0.1", schedules.periodic(0.3, 4, 0.1)),
        ("bursts:1", schedules.bursts(1)),
        ("piecewise:0=0.5,10=0", schedules.piecewise({0: 0.5, 10: 0})),
        ("piecewise:10=0, 0 = 0.5", schedules.piecewise({0: 0.5, 10: 0})),
        ("table:3,2,1", schedules.table([3, 2, 1])),
    ],
)
def test_every_form_reads(text, schedule):
    assert eqx.tree_equal(schedules.parse(text), schedule)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "power_lw:1,2",
            "unknown name 'power_lw' at its start; nearest: power_law. Write a number or one of constant,",
        ),
        ("", "schedule '': unknown name ''"),
        ("0.1.2", "unknown name '0.1.2' at its start"),
        ("nan", "unknown name 'nan'"),
        ("1_000", "unknown name '1_000'"),
        ("1e999", r"argument 1 \(number\) must be a finite number; got '1e999'. Write a finite number"),
        ("constant:", "has 0 arguments. Write constant:VALUE"),
        ("constant:inf", r"argument 1 \(VALUE\) must be a finite number; got 'inf'. Write constant:VALUE"),
        ("power_law:1", r"has 1 argument. Write power_law:SCALE,EXPONENT\[,OFFSET\]"),
        ("power_law:1,2,3,4", "has 4 arguments. Write power_law:"),
        ("power_law:1,x", r"argument 2 \(EXPONENT\) must be a finite number; got 'x'. Write power_law:"),
        ("power_law:1,1,0", "'power_law:1,1,0': `offset` must be positive"),
        ("geometric:1,", r"argument 2 \(RATIO\) must be a finite number; got ''"),
        ("geometric:1,-1", "`ratio` must be at least 0"),
        ("periodic:1,2.5", "`period` must be a whole number of at least 1; got 2.5"),
        ("piecewise:", "piece 1 is ''. Write piecewise:T0=V0"),
        ("piecewise:0=1,5", "piece 2 is '5'. Write piecewise:T0=V0"),
        ("piecewise:0=1,-5=2", "piece 2: the generation '-5' is no whole number of at least 0"),
        ("piecewise:0=1,5=x", r"piece 2 \(value from generation 5 on\) must be a finite number; got 'x'"),
        ("piecewise:0=1,5=2,5=3", "piece 3 repeats generation 5"),
        ("piecewise:5=1", "`pieces` must start at generation 0"),
        ("table:", "names no file. Write table:FILE"),
        ("table:no/such/file", "cannot read the schedule table 'no/such/file': no such file"),
        ("function:math.sin", "unknown name 'function'"),
    ],
)
def test_bad_texts_are_explained_in_one_line(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        schedules.parse(text)
    assert "\n" not in str(caught.value)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    ["0.5\n0.25\n1e-3\n", "alpha\n0.5\n0.25\n1e-3", "\ufeff0.5\r\n 0.25\r\n1e-3\r\n\r\n", '"0.5"\n"0.25"\n0.001'],
)
def test_table_file_reads_and_reads_back(tmp_path, content):
    path = tmp_path / "alpha.csv"
    path.write_bytes(content.encode())
    schedule = schedules.parse(f"table:{path}")
    assert schedule.values(3).tolist() == [0.5, 0.25, 0.001]
    assert eqx.tree_equal(schedules.parse(str(schedule)), schedule)
    with pytest.raises(ValueError, match=r"alpha.csv' has 3 entries and ends at generation 2"):
        schedule(3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"0.5\nx\n", "line 2 of the schedule table .* is 'x', no number. Write one number per line"),
        (b"0.5x\n1\n", "line 1 of the schedule table .* is '0.5x', no number"),
        (b"0.5\n\n0.1\n", "line 2 of the schedule table .* is empty"),
        (b"0.5\n1,2\n", "line 2 of the schedule table .* has 2 fields"),
        (b"0.5\nnan\n", "line 2 of the schedule table .* is 'nan', not finite"),
        (b"inf\n", "line 1 of the schedule table .* is 'inf', not finite"),
        (b"", "line 1 of the schedule table .* is empty"),
        (b"alpha\n", "has no number. Write one per generation"),
        (b"0.5\n\xff\n", "is not UTF-8 at byte 4"),
    ],
)
def test_bad_table_files_are_explained(tmp_path, content, message):
    path = tmp_path / "table.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        schedules.parse(f"table:{path}")


def test_numbers_win_over_a_file_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "12").write_text("3\n")
    assert schedules.parse("table:12")(0) == 12
    assert schedules.parse("table:./12")(0) == np.float64(3)

import csv
import json
import math

import pytest

import zenil_dynamics as zd

KEYS = ["string", "machines", "probability", "complexity", "raw_complexity", "level"]


@pytest.fixture
def asked(zenil):
    def run(*arguments):
        result = zenil("ctm", *arguments, "--json", "-")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


def test_the_distribution_of_two_states(asked):
    content = asked()
    assert {key: value for key, value in content.items() if key != "outputs"} == {
        "schema": 1, "states": 2, "num_machines": 20_000, "num_halting": 6088, "num_outputs": 22, "longest_output": 4
    }  # fmt: skip
    rows = content["outputs"]
    assert all(list(row) == KEYS for row in rows)
    assert sum(row["machines"] for row in rows) == 6088
    assert sum(row["probability"] for row in rows) == pytest.approx(1)
    assert [row["level"] for row in rows] == [1] * 2 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 8
    for row in rows:
        assert row["complexity"] == pytest.approx(-math.log2(row["machines"] / 6088))
        assert row["raw_complexity"] == pytest.approx(-math.log2(row["machines"] / 20_000))


def test_levels_on_the_screen(zenil):
    result = zenil("ctm")
    assert result.exit_code == 0, result.output
    for words in ("6088 of 20000 machines halt", "22 outputs on 5 levels", "00 01 10 11", "508", "3.5831"):
        assert words in result.stdout
    assert "not shown" not in result.stdout


def test_only_the_first_levels_of_long_tables(zenil):
    result = zenil("ctm", "--states", 3)
    levels = len(zd.algorithmic.tree(3).completed().level_sets())
    assert f"{levels - 24} rarer rows are not shown" in result.stdout
    assert "48064" in result.stdout


def test_strings_in_the_order_in_which_they_were_asked_for(zenil, asked):
    rows = asked("--states", 3, "--string", "0001", "--string", "00", "--string", "0001")["outputs"]
    assert [(row["string"], row["machines"]) for row in rows] == [("0001", 2262), ("00", 432_040)]
    result = zenil("ctm", "--string", "00", "--string", "111")
    assert "0.0834428" in result.stdout
    assert "00 01" not in result.stdout


def test_what_no_machine_puts_out_is_one_line(zenil, asked):
    result = zenil("ctm", "--string", "00000")
    assert result.exit_code == 0, result.output
    line = "00000: no machine of 2 states puts it out (its 5 bits exceed the longest output, 4 bits)"
    assert result.stdout.splitlines()[1:] == [line]
    assert "0001: no machine of 2 states puts it out (too complex)" in zenil("ctm", "--string", "0001").stdout
    assert f"{'0' * 40}...: no machine" in zenil("ctm", "--string", "0" * 5000).stdout
    (row,) = asked("--string", "00000")["outputs"]
    assert (row["machines"], row["probability"]) == (0, 0)
    assert row["complexity"] is row["raw_complexity"] is row["level"] is None


def test_files(zenil, tmp_path):
    assert zenil("ctm", "--out", "table.csv", "--json", "table.json").exit_code == 0
    with open(tmp_path / "table.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == KEYS
    written = json.loads((tmp_path / "table.json").read_text())["outputs"]
    assert [{key: str(value) for key, value in row.items()} for row in written] == rows
    assert zenil("ctm", "--string", "0001", "--out", "one.csv").exit_code == 0
    assert (tmp_path / "one.csv").read_text().splitlines()[1] == "0001,0,0.0,,,"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--states", "0"), "--states must be from 1 to 4; got 0."),
        (("--states", "5"), "--states must be from 1 to 4; got 5."),
        (("--states", "many"), "Invalid value for '--states'"),
        (("--string", "012"), "--string must consist of 0 and 1, as 0010; got '012'."),
        (("--string", ""), "--string must consist of 0 and 1, as 0010; got ''."),
        (("--string", "٠"), "--string must consist of 0 and 1"),
        (("--out", "missing/table.csv"), "--out: cannot write 'missing/table.csv': no such folder"),
        (("--json", "missing/table.json"), "--json: cannot write 'missing/table.json': no such folder"),
    ],
)
def test_bad_input_is_one_line(refused, arguments, message):
    assert message in refused("ctm", *arguments)


def test_a_full_disk(refused, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csv.DictWriter, "writerows", full)
    assert "--out: cannot write 'table.csv': No space left on device." in refused("ctm", "--out", "table.csv")

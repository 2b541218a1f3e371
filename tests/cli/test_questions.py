import json

import pytest

from proofs_numeric.cli.questions import EFFORT_NAMES
from proofs_numeric.open_questions.question import EFFORTS
from proofs_numeric.open_questions.registry import QUESTIONS

FAST = "contraction-constant"


def test_efforts_of_the_flag_are_those_of_the_room():
    # The command line repeats them, so that --help loads neither JAX nor a question.
    assert EFFORT_NAMES == EFFORTS


def test_the_list_has_every_question(zenil, tmp_path):
    result = zenil("questions", "list")
    assert result.exit_code == 0, result.output
    assert f"{len(QUESTIONS)} open questions" in result.stdout
    for name in QUESTIONS:
        assert name in result.stdout
    content = json.loads(zenil("questions", "list", "--json", "-").stdout)
    assert content["schema"] == 1
    assert [each["name"] for each in content["questions"]] == list(QUESTIONS)
    assert all(each["asked"].endswith("?") and each["why_open"] for each in content["questions"])
    assert list(tmp_path.iterdir()) == []


def test_a_run_prints_tables_and_writes_both_files(zenil, tmp_path):
    result = zenil("questions", "run", FAST, "--root", "5EED", "--json", "copy.json")
    assert result.exit_code == 0, result.output
    assert "N c_N, infimum over all coins" in result.stdout
    assert "exact enclosure" in result.stdout
    content = json.loads((tmp_path / "report" / "questions.json").read_text(encoding="utf-8"))
    assert content == json.loads((tmp_path / "copy.json").read_text(encoding="utf-8"))
    assert (content["schema"], content["root"], content["effort"]) == (1, "5eed", "quick")
    (entry,) = content["questions"]
    assert entry["name"] == FAST
    assert entry["answer_so_far"] in result.stdout.replace("\n", " ").replace("  ", " ")
    for estimate in entry["estimates"]:
        low, high = estimate["interval"]
        assert low <= estimate["value"] <= high
    page = (tmp_path / "report" / "questions.md").read_text(encoding="utf-8")
    assert page.startswith("# Open questions\n")
    assert entry["title"] in page
    assert page.count("\n| ") == len(entry["estimates"]) + 1


def test_the_machine_gets_json_alone(zenil, tmp_path):
    result = zenil("questions", "run", FAST, FAST, "--out", "found", "--json", "-")
    content = json.loads(result.stdout)
    assert [each["name"] for each in content["questions"]] == [FAST]
    assert len(content["root"]) == 32
    assert (tmp_path / "found" / "questions.md").exists()
    assert zenil("questions", "run", FAST, "--quiet").stdout == ""


def test_a_report_shows_the_questions_of_its_folder(zenil, tmp_path):
    assert zenil("questions", "run", FAST, "--quiet", "--out", "both").exit_code == 0
    result = zenil("verify", "critics-verifier-rounds", "--out", "both", "--quiet")
    assert result.exit_code == 0, result.output
    assert f'id="question-{FAST}"' in (tmp_path / "both" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("contraction",), "NAME must be an open question; got 'contraction'. There is: contraction-constant"),
        ((FAST, "--effort", "deep"), "--effort must be quick or standard; got 'deep'"),
        ((FAST, "--root", "xyz"), "`root` must be 1 to 64 hexadecimal digits; got 'xyz'"),
        ((FAST, "--out", "taken"), "--out: 'taken' is a file. Name a folder."),
        ((FAST, "--out", "taken/below"), "--out: cannot write to 'taken/below'"),
        ((FAST, "--json", "nowhere/q.json"), "--json: cannot write 'nowhere/q.json'"),
        ((FAST, "--budget", "quick"), "No such option"),
    ],
)
def test_bad_input_is_one_line(refused, tmp_path, arguments, message):
    (tmp_path / "taken").write_text("")
    assert message in refused("questions", "run", *arguments)


def test_a_list_that_cannot_be_written(refused):
    assert "--json: cannot write 'nowhere/q.json'" in refused("questions", "list", "--json", "nowhere/q.json")

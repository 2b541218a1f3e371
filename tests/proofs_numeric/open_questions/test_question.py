import dataclasses
import json
import math
from decimal import ROUND_CEILING, ROUND_FLOOR

import pytest

from proofs_numeric.open_questions.markdown import digits_that_matter, markdown, rounded, row
from proofs_numeric.open_questions.question import Estimate, Question, chosen
from proofs_numeric.open_questions.registry import ALL, QUESTIONS, question
from proofs_numeric.open_questions.run import ask, document

ROOT = "5eed"
NAMES = ("contraction-constant", "verifier-exchange", "burst-schedule", "program-escape")


def estimate(**changes):
    given = {"quantity": "length", "setting": {"N": 3}, "value": 1.5, "interval": (1.0, 2.0), "kind": "guess"}
    return Estimate(**given | changes)


def asking(**changes):
    given = {
        "name": "how-long",
        "title": "Length",
        "asked": "How long is it?",
        "why_open": "Nobody measured it.",
        "how": "With a ruler.",
        "measure": lambda effort, root, progress: (estimate(), estimate(setting={"N": 4}, value=2.0)),
        "answer": lambda estimates: f"It is {estimates[0].value} long.",
    }
    return Question(**given | changes)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_yields_estimates_and_an_answer(name):
    steps = []
    answer = ask(question(name), "quick", ROOT, lambda done, total: steps.append((done, total)))
    assert answer.estimates
    for each in answer.estimates:
        low, high = each.interval
        assert math.isfinite(low)
        assert low <= each.value <= high < math.inf
    assert steps
    assert steps[-1][0] == steps[-1][1]
    entry = answer.to_json()
    assert json.loads(json.dumps(entry, allow_nan=False)) == entry
    assert entry["answer_so_far"].endswith(".")
    settings = [(each.quantity, *sorted(each.setting.items())) for each in answer.estimates]
    assert len(set(settings)) == len(settings)


def test_names_are_what_the_command_line_promises():
    assert set(NAMES) <= set(QUESTIONS)
    assert len(QUESTIONS) == len(ALL)


@pytest.mark.parametrize(
    ("interval", "value"), [((2.0, 3.0), 1.5), ((0.0, 1.0), 1.5), ((-math.inf, 2.0), 1.5), ((1.0, 2.0), math.nan)]
)
def test_an_interval_holds_its_value(interval, value):
    with pytest.raises(ValueError, match="`interval` of 'length' must be finite and hold its value"):
        estimate(interval=interval, value=value)


def test_words_and_settings_are_checked():
    with pytest.raises(ValueError, match="`kind` must be a phrase; got none"):
        estimate(kind=" ")
    with pytest.raises(ValueError, match=r"`setting\['law'\]` must be a number, a text or a truth value; got tuple"):
        estimate(setting={"law": (0.5, 0.5)})
    with pytest.raises(ValueError, match="`name` must be lower-case words joined by hyphens; got 'How long'"):
        asking(name="How long")
    with pytest.raises(ValueError, match="`asked` of 'how-long' must end with a question mark; got 'It is long.'"):
        asking(asked="It is long.")


def test_estimates_are_chosen_by_quantity_and_setting():
    both = estimate(), estimate(setting={"N": 4}, value=2.0)
    assert chosen(both, "length") == both
    assert chosen(both, "length", N=4) == both[1:]
    assert chosen(both, "width") == chosen(both, "length", N=5) == chosen(both, "length", K=3) == ()


def test_an_experiment_is_refused_before_or_after_it_ran():
    with pytest.raises(ValueError, match="--effort must be quick or standard; got 'deep'"):
        ask(asking(), "deep", ROOT)
    with pytest.raises(ValueError, match="`root` must be 1 to 64 hexadecimal digits; got 'xyz'"):
        ask(asking(), "quick", "xyz")
    with pytest.raises(ValueError, match="`measure` of 'how-long' must return estimates; got none"):
        ask(asking(measure=lambda effort, root, progress: ()), "quick", ROOT)
    with pytest.raises(ValueError, match="got 'contraction'. There is: contraction-constant"):
        question("contraction")
    with pytest.raises(
        ValueError, match="got 'qqqq'. There is: contraction-constant, verifier-exchange, burst-schedule"
    ):
        question("qqqq")


def test_the_document_and_its_page():
    answer = ask(asking(), "quick", ROOT)
    content = document([answer], "quick", "5EED")
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert list(content) == ["schema", "root", "effort", "questions"]
    assert (content["schema"], content["root"], content["effort"]) == (1, "5eed", "quick")
    (entry,) = content["questions"]
    assert list(entry) == [
        "name", "title", "asked", "why_open", "how", "estimates", "answer_so_far", "seconds",
    ]  # fmt: skip
    assert entry["estimates"][0] == {
        "quantity": "length", "setting": {"N": 3}, "value": 1.5, "interval": [1.0, 2.0], "kind": "guess", "unit": "",
    }  # fmt: skip
    page = markdown(content)
    assert page.startswith("# Open questions\n")
    assert "| length | N = 3 | 1.5 | [1, 2] | guess |" in page
    assert "*So far.* It is 1.5 long." in page
    assert page.endswith("|\n")


def test_bars_in_a_cell_do_not_break_the_table():
    bars = dataclasses.replace(estimate(), quantity="KL(p || q)")
    page = markdown(document([ask(asking(measure=lambda *_: (bars,)), "quick", ROOT)], "quick", ROOT))
    assert r"| KL(p \|\| q) | N = 3 |" in page


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.9338343733768, 0.9338343733775, "[0.9338343733, 0.9338343734]"),
        (0.45432736, 0.49523316, "[0.4543, 0.4953]"),
        (21.0, 21.0, "[21, 21]"),
        (-0.75, 0.25, "[-0.75, 0.25]"),
        (4.2e15, 6.1e15, "[4.2e+15, 6.1e+15]"),
        (0.0, 0.0, "[0, 0]"),
    ],
)
def test_printed_ends_are_rounded_outwards(low, high, shown):
    cells = row({"quantity": "q", "setting": {}, "value": low, "interval": [low, high], "kind": "k", "unit": ""})
    assert cells[3] == shown
    digits = digits_that_matter(low, high)
    assert float(rounded(low, digits, ROUND_FLOOR)) <= low
    assert float(rounded(high, digits, ROUND_CEILING)) >= high

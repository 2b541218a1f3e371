"""Documents and examples say what the code does: their code runs, their output is real, their links resolve.

How a fenced block of a page is read:

    ```python          runs, in one namespace per page; a ```text block right below is its exact output
    ```python FILE     is a part of FILE, a path from the root of the project
    ```toml FILE       is written to FILE before the page's commands run
    ```console         `$ zenil ...` runs in a folder of its own, with a copy of examples/. Lines below are its output,
                       compared with numbers masked, save those of EXACT commands; `...` stands for anything, within a
                       line or for whole lines.
                       `$ echo $?` gives the exit code, which is 0 otherwise. `$ python -m proofs_numeric...` runs
                       as well; other commands do not.
    ```sh              lines that start with `zenil` run, simulations with the sizes of SMALL; `python -c` runs, and
                       name="..." is what it is in a shell. The rest (pip, pytest) does not run.

Numbers of a simulation are masked because their last digits belong to the machine; everything else is compared.
"""

import contextlib
import importlib.util
import inspect
import io
import json
import os
import pathlib
import re
import shlex
import shutil
import string
import subprocess
import sys
import types
from typing import NamedTuple

import jax
import pytest
from typer.testing import CliRunner

import zenil_dynamics as zd
from proofs_numeric import BUDGETS
from proofs_numeric.cli import app
from proofs_numeric.open_questions.registry import QUESTIONS
from tests.test_architecture import ALLOWED

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [*ROOT.glob("README.md"), *sorted((ROOT / "docs").glob("*.md"))]
LINKED = [*PAGES, *sorted(ROOT.glob("*/README.md")), *sorted(ROOT.glob("*/*/README.md"))]
EXAMPLES = (
    "first_loop.py",
    "what_a_text_loses.py",
    "ngram_language_model.py",
    "vanishing_words.py",
    "wasserstein_drift.py",
    "replace_or_accumulate.py",
    "neural_loop.py",
)
OUTPUT_MARK = "# Typical output"
SMALL = ("--num-replicates", "64", "--num-generations", "2", "--update", "population")
"""Nothing is drawn, which compiles fast: commands of that size are tested elsewhere."""
EXACT = ("phase", "plan")
"""Nothing is drawn: every number is compared."""
FLAGS = ("jax_enable_x64", "jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")


class Block(NamedTuple):
    language: str
    file: str
    body: str
    line: int
    adjacent: bool


class Command(NamedTuple):
    words: list[str]
    output: list[str]
    exit_code: int


def blocks(page):
    """Fenced blocks in order; `adjacent`: nothing but empty lines since the block before."""
    found, open_block, gap = [], None, False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```") and open_block is None:
            language, _, file = line[3:].strip().partition(" ")
            open_block = (language, file.strip(), [], number)
        elif line.startswith("```"):
            language, file, body, start = open_block
            found.append(Block(language, file, "\n".join(body), start, bool(found) and not gap))
            open_block, gap = None, False
        elif open_block is not None:
            open_block[2].append(line)
        elif line.strip():
            gap = True
    assert open_block is None, f"{page.name}: a fenced block is not closed"
    return found


def commands(block):
    """The commands of a block with what is shown below them."""
    found, current, variables = [], None, {}
    lines = block.body.replace("\\\n", " ").splitlines()
    for index, line in enumerate(lines):
        if block.language == "console" and not line.startswith("$ "):
            if current is not None:
                current.output.append(line)
            continue
        shell = line.removeprefix("$ ").strip()
        current = None
        if shell == "echo $?":
            found[-1] = found[-1]._replace(exit_code=int(lines[index + 1]))
        elif assignment := re.fullmatch(r'(\w+)="(.*)"', shell):
            variables[assignment[1]] = assignment[2]
        elif shell.startswith(("zenil ", "python -c ", "python -m proofs_numeric.")):
            words = shlex.split(string.Template(shell).safe_substitute(variables), comments=True)
            small = SMALL if block.language == "sh" and words[:2] == ["zenil", "simulate"] else ()
            current = Command([*words, *small], [], 0)
            found.append(current)
    return found


def takes_minutes(words):
    """The catalogue as a whole has tests of its own."""
    named = [word for word in words[2:] if not word.startswith("-") and word not in BUDGETS]
    return words[:2] == ["zenil", "verify"] and not named


def lacks_an_extra(words):
    """The word lists come with the extra `corpora`, which the tests do not need."""
    return any(word.startswith("words:") for word in words) and importlib.util.find_spec("wordfreq") is None


def skeleton(text, *, exact=False):
    """Non-empty lines with table rules shortened, and numbers masked unless they are exact."""
    masked = text if exact else re.sub(r"[-+]?\d[\d.]*(e[-+]?\d+)?", "#", text)
    return [" ".join(re.sub(r"([━─═])\1+", r"\1", line).split()) for line in masked.splitlines() if line.strip()]


def agrees(shown, actual):
    """Whether the lines of a document are what was printed; `...` stands for anything."""
    if "..." not in {line.strip() for line in shown}:
        return len(shown) == len(actual) and all(map(line_agrees, shown, actual))
    rest = iter(actual)
    return all(any(line_agrees(line, candidate) for candidate in rest) for line in shown if line.strip() != "...")


def line_agrees(shown, actual):
    return re.fullmatch(".*".join(map(re.escape, shown.split("..."))), actual) is not None


def pages_with(*languages):
    chosen = [page for page in PAGES if any(block.language in languages for block in blocks(page))]
    return pytest.mark.parametrize("page", chosen, ids=lambda page: page.name)


@pytest.fixture
def flags_as_they_were(monkeypatch):
    before = {name: getattr(jax.config, name) for name in FLAGS}
    monkeypatch.setenv("ZENIL_CACHE", "off")
    yield
    for name, value in before.items():
        jax.config.update(name, value)


@pages_with("python")
def test_python_blocks_run_and_print_what_is_shown(page, monkeypatch, tmp_path, flags_as_they_were):
    monkeypatch.chdir(tmp_path)
    namespace = types.ModuleType(f"page_{page.stem.replace('-', '_')}").__dict__
    printed = None
    for block in blocks(page):
        if block.language == "python" and block.file:
            assert block.body in (ROOT / block.file).read_text(encoding="utf-8"), f"{page.name}:{block.line}"
        elif block.language == "python":
            stdout = io.StringIO()
            with contextlib.redirect_stdout(stdout):
                exec(compile(block.body, f"{page}:{block.line}", "exec"), namespace)
            printed = stdout.getvalue()
            continue
        elif block.language == "text" and block.adjacent and printed is not None:
            assert printed.strip() == block.body.strip(), f"{page.name}:{block.line}"
        printed = None


@pages_with("console", "sh")
def test_commands_run_and_print_what_is_shown(page, monkeypatch, tmp_path, flags_as_they_were):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    runner = CliRunner()
    for block in blocks(page):
        if block.language == "toml" and block.file:
            (tmp_path / block.file).write_text(block.body + "\n", encoding="utf-8")
        if block.language not in ("console", "sh"):
            continue
        for command in commands(block):
            if takes_minutes(command.words) or lacks_an_extra(command.words):
                continue
            if command.words[0] == "python":
                run = subprocess.run([sys.executable, *command.words[1:]], capture_output=True, text=True, timeout=60)
                exit_code, output, problem = run.returncode, run.stdout, run.stderr
            else:
                result = runner.invoke(app, command.words[1:])
                exit_code, output, problem = result.exit_code, result.output, repr(result.exception)
            where = f"{page.name}:{block.line}: {shlex.join(command.words)}"
            assert exit_code == command.exit_code, f"{where}\n{output}\n{problem}"
            exact = command.words[1] in EXACT
            shown = skeleton("\n".join(command.output), exact=exact)
            assert not shown or agrees(shown, skeleton(output, exact=exact)), f"{where}\n{output}"


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name} links to {target}"


def anchors(page):
    """Anchors of the headings, as GitHub makes them, and those that stand in the text."""
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    named = set(re.findall(r'<a id="([^"]+)"></a>', text))
    return named | {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def run_example(name, folder):
    environment = {**os.environ, "ZENIL_CACHE": "off", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / name)],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_print_what_stands_at_their_bottom(name, tmp_path):
    result = run_example(name, tmp_path)
    assert result.returncode == 0, result.stderr
    source = (ROOT / "examples" / name).read_text(encoding="utf-8")
    assert skeleton(bottom(source)) == skeleton(result.stdout)


def test_own_claims_print_what_stands_at_their_bottom():
    source = (ROOT / "examples" / "my_claims.py").read_text(encoding="utf-8")
    (block,) = (block for block in blocks(ROOT / "docs" / "own_claims.md") if block.language == "console")
    (command,) = commands(block)  # run by test_commands_run_and_print_what_is_shown
    assert skeleton(bottom(source)) == skeleton("\n".join(command.output))


def bottom(source):
    """The commented output at the end of an example."""
    _, _, rest = source.partition(OUTPUT_MARK)
    return "\n".join(line.removeprefix("#") for line in rest.splitlines()[1:])


def test_every_example_is_run_somewhere():
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for path in (ROOT / "examples").glob("*.py"):
        assert path.name in EXAMPLES or f"zenil verify examples/{path.name}" in shown, path.name


def test_every_page_is_in_the_contents():
    contents = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "index.md" or f"]({page.name})" in contents, page.name


def test_every_oracle_is_described():
    text = (ROOT / "docs" / "oracles.md").read_text(encoding="utf-8")
    public = {
        name for name, value in vars(zd.oracles).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    rows = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
    assert rows == public


def test_every_flag_is_described():
    import typer.main

    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for name, command in typer.main.get_command(app).commands.items():
        for parameter in getattr(command, "params", ()):
            for flag in parameter.opts:
                assert not flag.startswith("--") or flag == "--help" or f"`{flag}`" in text, (name, flag)


def generator(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_quantities_page_is_up_to_date():
    module = generator("generate_quantities")
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run python docs/generate_quantities.py"


def test_pages_of_claims_are_up_to_date():
    for page, text in generator("generate_claims").pages().items():
        assert page.read_text(encoding="utf-8") == text, "run python docs/generate_claims.py"


def test_open_questions_page_is_up_to_date():
    path = ROOT / "docs" / "generate_questions.py"
    spec = importlib.util.spec_from_file_location("generate_questions", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run python docs/generate_questions.py"
    measured = json.loads(module.MEASURED.read_text(encoding="utf-8"))["questions"]
    assert measured
    assert {each["name"] for each in measured} <= set(QUESTIONS)


def test_rooms_of_the_conventions_are_the_enforced_ones():
    text = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    table = text.partition("| room | may import |")[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, flags=re.MULTILINE))
    assert {room: set(re.findall(r"`(\w+)`", cells)) for room, cells in rows.items()} == ALLOWED


@pytest.mark.parametrize(
    ("shown", "printed", "verdict"),
    [
        (["a #"], ["a #"], True),
        (["a #"], ["a #", "b"], False),
        (["a", "...", "c"], ["a", "b", "c"], True),
        (["c", "...", "a"], ["a", "b", "c"], False),
        (["a ... d"], ["a b d"], True),
        (["a ... d"], ["a b c"], False),
    ],
)
def test_the_comparison_can_fail(shown, printed, verdict):
    assert agrees(shown, printed) is verdict


def test_masking_keeps_words_and_signs_of_verdicts():
    assert skeleton("│ x │ ✗ REFUTED │ -0.13 │\n\n┏━━━┓") == ["│ x │ ✗ REFUTED │ # │", "┏━┓"]
    assert skeleton("│ x │ ✗ REFUTED │") != skeleton("│ x │ ✓ SUPPORTED │")


def test_numbers_of_exact_commands_are_compared():
    assert skeleton("g at t = 1000  0.7022") == skeleton("g at t = 1000  0.6983")
    assert skeleton("g at t = 1000  0.7022", exact=True) != skeleton("g at t = 1000  0.6983", exact=True)

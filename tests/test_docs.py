"""The code blocks of README and docs run, and what they show is what comes out.

A file's blocks share one namespace, in order. A `python` block is either a prompt session (`>>> `), whose output is
compared, or plain code. In a `console` block the lines after `$ srcad ...` are the output that the command must give;
other commands are for the reader. `pytest tests/test_docs.py --refresh-golden` writes that output anew.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import linecache
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import srcad
from tests.rules.register.cases import CASES, FLAT_CASES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PUBLIC = [
    *(
        "srcad.api.gradients",
        "srcad.api.forward",
        "srcad.api.jacobians",
        "srcad.api.higher",
        "srcad.api.custom",
        "srcad.implicit",
        "srcad.sparse",
    ),
    *("srcad.sparse", "srcad.compare", "srcad.testing.checks", "srcad.testing.gradient"),
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for match in FENCE.finditer(text):
        line = text[: match.start()].count("\n") + 2
        yield Block(page, line, match[1], match[2])


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_in_docstrings(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried and not failed


def test_every_public_function_has_an_example() -> None:
    modules = (srcad, srcad.sparse, srcad.implicit)
    public = [getattr(module, name) for module in modules for name in module.__all__]
    lacking = {thing.__name__ for thing in public if inspect.isfunction(thing) and ">>>" not in (thing.__doc__ or "")}
    assert lacking == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_blocks(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(ROOT))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "python":
            run_python(block, namespace)


def run_python(block: Block, namespace: dict[str, Any]) -> None:
    name = f"{block.page.relative_to(ROOT)}:{block.line}"
    if ">>> " not in block.text:
        remember(f"<{name}>", block.text)
        exec(compile(block.text, f"<{name}>", "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(block.text, namespace, name, str(block.page), block.line - 1)
    test.globs = namespace
    for number, example in enumerate(test.examples):
        remember(f"<doctest {name}[{number}]>", example.source)
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append, clear_globs=False)
    assert not failed, "".join(report)


def remember(filename: str, source: str) -> None:
    """Keep a source text for those who look for it later, as a prompt and a notebook do."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_console_blocks(page: Path, tmp_path: Path, refresh_golden: bool) -> None:
    for block in blocks(page):
        if block.language == "console":
            found = "".join(transcript(command, expected, tmp_path) for command, expected in commands(block))
            if refresh_golden:
                page.write_text(page.read_text().replace(block.text, found))
            else:
                assert found == block.text, f"{page.name}:{block.line}"


def transcript(command: str, expected: str, folder: Path) -> str:
    """A command with what it prints; one that isn't srcad's, nor looks at or builds what srcad wrote, is not run."""
    if command.startswith("srcad "):
        output = run_command(command, folder)
    elif command.startswith(("cc ", "grep ")) and shutil.which(command.split()[0]):
        output = run_in_shell(command, folder)
    else:
        output = expected
    return f"$ {command}\n{output}\n" if output else f"$ {command}\n"


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """(command, expected output) of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output.rstrip("\n")


def run_command(command: str, folder: Path) -> str:
    """What a command of srcad prints, run in the root of the repository; $DIR is a folder to write to."""
    words = [word.replace("$DIR", str(folder)) for word in shlex.split(command)[1:]]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "srcad", *words], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60
    )
    return (done.stdout + done.stderr).rstrip("\n").replace(str(folder), "$DIR").replace(f"{ROOT}/", "")


def run_in_shell(command: str, folder: Path) -> str:
    environment = os.environ | {"DIR": str(folder)}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env=environment, timeout=60, check=False)
    return (done.stdout + done.stderr).rstrip("\n")


def test_reference_is_fresh() -> None:
    """docs/reference.md is what docs/build_reference.py writes."""
    script = ROOT / "docs" / "build_reference.py"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script, "--print"], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (ROOT / "docs" / "reference.md").read_text(), "run python docs/build_reference.py"


def test_functions_are_fresh() -> None:
    """docs/functions.md is what docs/build_functions.py writes, where the versions are those that it names."""
    pytest.importorskip("scipy")
    fresh, page = functions_page("--print").stdout, (ROOT / "docs" / "functions.md").read_text()
    (versions,) = (line.partition(". ")[0] for line in fresh.splitlines() if line.startswith("As they are in "))
    if versions not in page:
        pytest.skip(f"the page is of other versions: {versions}")
    assert fresh == page, "run python docs/build_functions.py"


def test_functions_without_a_derivative_are_those_of_the_register() -> None:
    """The reasons on the page are for what the register checks to be constant, and for nothing else."""
    pytest.importorskip("scipy")
    script = "import runpy; print(*runpy.run_path('docs/build_functions.py')['INACTIVE'])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=ROOT)
    stated, moving = set(done.stdout.split()), {case.key for case in CASES}
    of_ufuncs = (".outer", ".reduce", ".accumulate")
    flat = {case.key for case in FLAT_CASES if not case.key.endswith(of_ufuncs)} - moving
    assert stated == flat, sorted(stated ^ flat)


def functions_page(*options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, ROOT / "docs" / "build_functions.py", *options]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done


def test_srcad_does_what_the_comparison_says() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    script = [sys.executable, ROOT / "docs" / "compare.py", "srcad"]
    done = subprocess.run(script, capture_output=True, text=True, env=environment)
    verdicts = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()]
    assert verdicts == ["right"] * 6, done.stdout + done.stderr


def test_links_lead_somewhere() -> None:
    """Relative links between the pages, and to files of the repository."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_files_that_are_named_are_there() -> None:
    """In the pages about the code: `trace/nodes.py` is a path from the root, or inside srcad or tests."""
    for page in (ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md"):
        named = set(re.findall(r"`([\w/]+\.py)`", page.read_text()))
        bases = (ROOT, ROOT / "srcad", ROOT / "tests")
        lost = {path for path in named if not any((base / path).exists() for base in bases)}
        assert named and not lost, f"{page.relative_to(ROOT)} names {lost}"


def test_words_of_the_glossary_live_where_it_says() -> None:
    rows = re.findall(
        r"^\| ([\w, ]+) \|.*\| `([\w/.]+)` \|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE
    )
    assert len(rows) > 40
    for words, path in rows:
        source = (ROOT / path).read_text().lower()
        assert any(word[:5] in source for word in words.split(", ")), f"{words} isn't a word of {path}"

"""What the command line says, with the exit code 2, where it is the call or the file that is at fault."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import ROOT, Srcad, folder, output, srcad

__all__ = ["folder", "srcad"]  # fixtures

NOISY = """
import numpy as np

print("imported")


def loss(w, b, X, y):
    print("called")
    return np.mean((X @ w + b - y) ** 2)


def picked(A, x):
    return np.sum(A[0, 1] * x.T)


def whole(n: int):
    return 2 * n


def nothing():
    return 1.0


def scaled(x, options):
    return options["scale"] * x[0] if options["on"] else x[1]


def hopeless(x):
    raise ValueError("whatever it is")
"""


@pytest.fixture(autouse=True)
def noisy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "noisy.py").write_text(NOISY)
    monkeypatch.delitem(sys.modules, "noisy", raising=False)


def said(done: object) -> str:
    return " ".join(done.stderr.replace("│", " ").split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", [("show",), ("emit", "-o", "-"), ("trace",)])
def test_types_are_asked_for_with_a_proposal(srcad: Srcad, command: tuple[str, ...]) -> None:
    done = srcad(command[0], "noisy.py:loss", *command[1:])
    proposal = "w: float64[n], b: float, X: float64[m, n], y: float"
    assert done.returncode == 2 and done.stdout == ""
    assert f"--args '{proposal}'" in said(done)
    assert srcad(command[0], "noisy.py:loss", *command[1:], "--args", proposal).returncode == 0


def test_a_proposal_comes_from_what_the_body_does(srcad: Srcad) -> None:
    done = srcad("show", "noisy.py:picked")
    assert done.returncode == 2 and "--args 'A: float64[m, n], x: float64[m, n]'" in said(done)


def test_where_nothing_helps_nothing_is_proposed(srcad: Srcad) -> None:
    done = srcad("show", "noisy.py:hopeless")
    assert done.returncode == 2 and "say the types" in said(done) and "for example" not in said(done)


@pytest.mark.parametrize("name", ["whole", "nothing"])
@pytest.mark.parametrize("command", ["show", "trace", "check"])
def test_nothing_to_differentiate(srcad: Srcad, command: str, name: str) -> None:
    done = srcad(command, f"noisy.py:{name}")
    assert done.returncode == 2 and "no argument can be differentiated" in said(done)


@pytest.mark.parametrize("command", ["show", "trace", "check", "compare"])
def test_an_unknown_name_is_misuse_everywhere(srcad: Srcad, command: str) -> None:
    done = srcad(command, "model.py:f", "--wrt", "z")
    assert done.returncode == 2 and "no parameter is called z" in said(done)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(x:\n", "can't be read: '(' was never closed"),
        ("raise KeyError('z')\n", "can't be imported: KeyError: 'z'"),
        ("import sys\nsys.exit(3)\n", "can't be imported: SystemExit: 3"),
        ("import nothing_of_this_name\n", "can't be imported: ModuleNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_imported(srcad: Srcad, folder: Path, text: str, words: str) -> None:
    (folder / "broken.py").write_text(text)
    done = srcad("show", "broken.py:f")
    assert done.returncode == 2 and words in said(done) and "Traceback" not in done.stderr


def test_what_the_users_code_prints_goes_to_stderr(srcad: Srcad) -> None:
    done = srcad("show", "noisy.py:loss", "--args", "w: float64[n], b: float, X: float64[m, n], y: float")
    assert "imported" in done.stderr
    assert done.stdout.startswith("def loss_grad")


def test_what_was_read_is_not_overwritten(srcad: Srcad, folder: Path) -> None:
    before = (folder / "model.py").read_text()
    for name in ("model.py", "./model.py", str(folder / "model.py")):
        done = srcad("emit", "model.py:f", "-o", name)
        assert done.returncode == 2 and "isn't overwritten" in said(done)
    assert (folder / "model.py").read_text() == before


@pytest.mark.parametrize("name", ["nowhere/out.py", "."])
def test_what_cannot_be_written(srcad: Srcad, name: str) -> None:
    done = srcad("emit", "model.py:f", "-o", name)
    assert done.returncode == 2 and "can't be written" in said(done)


def test_values_are_literals(srcad: Srcad) -> None:
    values = "x=[3, 4], options={'scale': 2, 'on': True, 'note': 'a, b'}"
    assert "8" in output(srcad, "trace", "noisy.py:scaled", "--wrt", "x", "--at", values.replace("[3, 4]", "[4, 3]"))


def test_the_command_in_a_header_can_be_typed_again(srcad: Srcad, folder: Path) -> None:
    (folder / "my models").mkdir(exist_ok=True)
    (folder / "my models" / "it's.py").write_text("def f(x):\n    return x * x\n")
    text = output(srcad, "emit", "my models/it's.py:f", "-o", "-")
    line = next(line.strip() for line in text.splitlines() if line.strip().startswith("srcad emit"))
    words = subprocess.run(["bash", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, check=True).stdout
    assert words.splitlines() == ["srcad", "emit", "my models/it's.py:f", "-o", "-"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(srcad: Srcad, shell: str) -> None:
    script = output(srcad, "completion", shell)
    assert f"_SRCAD_COMPLETE=complete_{shell}" in script.replace("'", "")


def test_a_shell_is_told_of_commands() -> None:
    asked = {"_SRCAD_COMPLETE": "complete_bash", "COMP_WORDS": "srcad sh", "COMP_CWORD": "1"}
    given = {**os.environ, "PYTHONPATH": str(ROOT), **asked}
    done = subprocess.run([sys.executable, "-m", "srcad"], env=given, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["show"]


def test_an_unknown_shell(srcad: Srcad) -> None:
    assert srcad("completion", "tcsh").returncode == 2

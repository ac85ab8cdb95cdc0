"""`srcad check` on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from srcad.cli.commands import main
from srcad.rules.catalogue import RULES
from tests.wrong_rules import replace_rule

MODEL = """
import numpy as np


def f(x1, x2):
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)


def loss(w, b, X):
    z = X @ w + b
    return np.mean(np.tanh(z) ** 2)


def kinked(x):
    return abs(x) * x + abs(x)


def scaled(x, *, by=2.0):
    return np.sum(x * by)


def refused(x):
    return float(f"{x:.3f}") * x
"""


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Srcad = Callable[..., Done]


@pytest.fixture
def srcad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Srcad:
    """The command, run in this process."""
    (tmp_path / "checked_model.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delitem(sys.modules, "checked_model", raising=False)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["srcad", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return Done(int(left.value.code or 0), said.out, said.err)

    return run


def test_check(srcad: Srcad) -> None:
    done = srcad("check", "checked_model.py:f", "--at", "x1=2, x2=3")
    assert done.returncode == 0, done.stderr
    assert "complex step" in done.stdout and "hvp" in done.stdout
    assert done.stdout.endswith("f: all 21 checks passed\n")


def test_check_makes_arguments_up(srcad: Srcad) -> None:
    words = ("--args", "w: float64[n], b: float, X: float64[m, n]", "--wrt", "w", "--order", "1", "--directions", "1")
    done = srcad("check", "checked_model.py:loss", *words)
    assert done.returncode == 0, done.stderr
    assert "hvp" not in done.stdout and "all 3 checks passed" in done.stdout


def test_check_tells_of_kinks(srcad: Srcad) -> None:
    assert "at a kink" in srcad("check", "checked_model.py:kinked", "--at", "x=0").stdout


def test_check_fails_and_names_the_line(srcad: Srcad, monkeypatch: pytest.MonkeyPatch) -> None:
    right = RULES["tanh"]

    def pushforward(b, equation, dots):
        return (b.emit("negative", right.pushforward(b, equation, dots)[0]),)

    replace_rule(monkeypatch, "tanh", replace(right, pushforward=pushforward))
    done = srcad("check", "checked_model.py:loss", "--at", "w=[1, 2], b=0.5, X=[[1, 2], [3, 4]]")
    assert done.returncode == 1
    line = MODEL.splitlines().index("    return np.mean(np.tanh(z) ** 2)") + 1
    assert f"checked_model.py:{line}" in done.stdout and "WRONG" in done.stdout and "^" in done.stdout


def test_refusals_and_misuse(srcad: Srcad) -> None:
    assert srcad("check", "checked_model.py:refused").returncode == 1
    assert srcad("check", "checked_model.py:f", "--order", "3").returncode == 2
    assert srcad("check", "checked_model.py:f", "--mode", "both").returncode == 2
    assert srcad("check", "checked_model.py:nothing").returncode == 2
    assert srcad("check", "checked_model.py:scaled", "--wrt", "by").returncode == 2
    assert srcad("check", "checked_model.py:scaled").returncode == 0

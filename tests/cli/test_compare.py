"""`srcad compare` on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from srcad.cli.commands import main

MODEL = """
import numpy as np


def logistic(x):
    print("once")
    return 4.0 * x * (1.0 - x)


def loss(w, X, y, *, by=0.1):
    return np.mean((X @ w - y) ** 2) + by * np.sum(w**2)


def refused(x):
    return float(f"{x:.3f}") * x


def undefined(x):
    return 1.0 / (x - x)
"""


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Compare = Callable[..., Done]


@pytest.fixture
def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Compare:
    """The command, run in this process, with as little measuring as there can be."""
    pytest.importorskip("sympy")
    (tmp_path / "compared_model.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delitem(sys.modules, "compared_model", raising=False)

    def run(name: str, *words: str) -> Done:
        few = ("--sizes", "4,8", "--times", "2", "--budget", "0")
        monkeypatch.setattr(sys, "argv", ["srcad", "compare", f"compared_model.py:{name}", *few, *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return Done(int(left.value.code or 0), said.out, said.err)

    return run


def test_a_function_of_a_float(compare: Compare) -> None:
    done = compare("logistic", "--at", "x=0.3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("logistic: 1 input, 1 output, at x=0.3\n") and "once" not in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[3:7]] == [
        "numerical",
        "symbolic",
        "forward",
        "reverse",
    ]
    assert "the number of points at which logistic is taken" in done.stdout
    assert "logistic applied again and again to its own x" in done.stdout


def test_a_function_of_arrays(compare: Compare) -> None:
    done = compare("loss", "--args", "w: float64[n], X: float64[m, n], y: float64[m]", "--wrt", "w")
    assert done.returncode == 0, done.stderr
    assert "the length of w (and of X with it)" in done.stdout
    assert "operations grow like" in done.stdout and "expression swell: skipped" in done.stdout


def test_plot(compare: Compare, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    done = compare("logistic", "--at", "x=0.3", "--plot", "logistic.png")
    assert done.returncode == 0 and "wrote logistic.png" in done.stderr
    assert (tmp_path / "logistic.png").read_bytes().startswith(b"\x89PNG")


def test_refusals(compare: Compare) -> None:
    done = compare("refused", "--at", "x=1")
    assert done.returncode == 1 and "compared_model.py:15" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "has no 'nothing'"),
        (("undefined",), "raises ZeroDivisionError"),
        (("logistic", "--plot", "none/x.png"), "no directory"),
        (("logistic", "--plot", "x.foo"), "no format"),
        (("logistic", "--sizes", "4,-1"), "--sizes"),
        (("logistic", "--at", "y=1"), "no parameter"),
        (("loss", "--wrt", "by"), "by name"),
        (("logistic", "--args", "x: int"), "no argument can be differentiated"),
    ],
)
def test_misuse(compare: Compare, words: tuple[str, ...], said: str) -> None:
    done = compare(*words)
    assert done.returncode == 2 and said in done.stderr

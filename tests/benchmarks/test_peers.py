"""The comparison: all rows have derivatives that agree, and its command tells what it measured, and what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.programs.catalogue import ROWS
from benchmarks.programs.columns import COLUMNS, OPTIONAL, missing
from benchmarks.programs.measure import check, prepared
from benchmarks.programs.row import Row

ROOT = Path(__file__).parents[2]
LARGE = {"Black-Scholes, 1000000"}
SLOW = {"Lotka-Volterra, 1000 steps", "LSTM, l=2 c=1024", "Rosenbrock, loop over 1000"}  # for autograd
HAS_COMPILER = any(map(shutil.which, ("cc", "gcc", "clang")))


def rows(without: set[str]) -> pytest.MarkDecorator:
    chosen = [row for row in ROWS if row.name not in without]
    return pytest.mark.parametrize("row", chosen, ids=[row.name for row in chosen])


@rows(without=LARGE)
def test_by_hand_is_what_srcad_computes(row: Row) -> None:
    calls, first = prepared(row, ["NumPy", "srcad"])
    assert set(calls) == set(first) == {"NumPy", "srcad"}


@pytest.mark.skipif(not HAS_COMPILER, reason="there is no C compiler")
@rows(without=LARGE | {row.name for row in ROWS if row.c is None})
def test_by_hand_is_what_c_computes(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCAD_CFLAGS", "-O1")
    assert set(prepared(row, ["C"])[0]) == {"C"}


@pytest.mark.skipif(find_spec("autograd") is None, reason="autograd isn't installed")
@rows(without=LARGE | SLOW)
def test_by_hand_is_what_autograd_computes(row: Row) -> None:
    assert set(prepared(row, ["autograd"])[0]) == {"autograd"}


def test_derivatives_that_disagree_are_found() -> None:
    with pytest.raises(AssertionError, match=r"scalar example: what jax computes isn't what is computed by hand"):
        check(ROWS[0], "jax", np.array([1.0, 2.0]), np.array([1.0, 2.001]))


def test_the_command_tells_ratios() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-P", ROOT / "benchmarks" / "peers.py", "scalar", "--columns", "NumPy", "srcad", *OPTIONAL],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    (figures, first) = (line for line in lines if line.startswith("scalar example"))
    absent = missing(list(COLUMNS))
    assert figures.count(" -") == len(absent)
    assert float(figures.split()[3]) > 0.0
    assert first.split()[2].isdigit()
    for name in absent:
        assert f"{name} isn't installed: its column is empty" in lines

"""The command line and the native back end: what runs as C, how long that takes, what is kept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
def total(x):
    s = 0.0
    for k in range(len(x)):
        s += x[k] ** 2
    return s
"""
TYPES = ("--args", "x: float64[n]")

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="no C compiler: cc, gcc or clang"
)


def srcad(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SRCAD_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT), "SRCAD_CFLAGS": "-O0"}
    return subprocess.run(
        [sys.executable, "-m", "srcad", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(PROGRAM)
    return tmp_path


def test_what_runs_as_c_is_shown(folder: Path) -> None:
    shown = srcad(folder, "show", "model.py:total", *TYPES, "--native").stdout
    assert re.search(r"s \+= x\[k\] \*\* 2 +C: total_grad_kernel", shown)
    assert "int total_grad_kernel(call *call" in shown
    assert " ms " not in shown


def test_times_tell_what_is_compiled_from_what_is_kept(folder: Path) -> None:
    command = ("show", "model.py:total", *TYPES, "--native", "--timings")
    first, second = srcad(folder, *command).stdout, srcad(folder, *command).stdout
    assert re.search(r"\d ms  reading and deriving\n", first)
    assert re.search(r"\d ms  compiling with \w+: total_grad_kernel", first)
    assert re.search(r"\d ms  loading, from the cache: total_grad_kernel", second)


def test_timings_go_with_native(folder: Path) -> None:
    done = srcad(folder, "show", "model.py:total", *TYPES, "--timings")
    assert done.returncode == 2
    assert "--timings goes with --native" in done.stderr


def test_the_cache_is_shown_and_cleared(folder: Path) -> None:
    assert "0 compiled libraries, 0 kB" in srcad(folder, "cache").stdout
    srcad(folder, "show", "model.py:total", *TYPES, "--native", "--timings")
    assert re.search(r"cache: 2 compiled libraries, \d+ kB", srcad(folder, "cache").stdout)
    assert "deleted 2 compiled libraries" in srcad(folder, "cache", "--clear").stdout
    assert not list((folder / "cache").iterdir())

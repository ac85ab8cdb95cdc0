"""Compilers, and what they have made, which is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import srcad
from srcad.native import build

SOURCE = '__attribute__((visibility("default"))) int answer(void) { return 42; }\n'
PROGRAM = """
import sys
import srcad

def f(x, n):
    for _ in range(n):
        x = x * x
    return x

if __name__ == "__main__":
    print(srcad.grad(f, backend="native")(1.5, 3))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SRCAD_CACHE", str(tmp_path / "cache"))
    yield tmp_path / "cache"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_built_is_kept(folder: Path) -> None:
    path = build.library(SOURCE)
    before = path.stat().st_mtime_ns
    assert build.library(SOURCE) == path
    assert path.stat().st_mtime_ns == before
    assert [name.rpartition(".")[2] for name in files(folder)] == ["so", "sum"]


@pytest.mark.parametrize("harm", ["truncated", "overwritten", "without its sum", "removed"])
def test_what_is_not_whole_is_built_anew(folder: Path, harm: str) -> None:
    path = build.library(SOURCE)
    whole = path.read_bytes()
    match harm:
        case "truncated":
            path.write_bytes(whole[:100])
        case "overwritten":
            path.write_bytes(whole[:-1] + b"?")
        case "without its sum":
            path.with_suffix(".sum").unlink()
        case "removed":
            path.unlink()
    assert build.library(SOURCE) == path
    assert build._is_whole(path)


def test_flags_and_sources_have_libraries_of_their_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.library(SOURCE)
    assert build.library(SOURCE.replace("42", "43")) != first
    monkeypatch.setenv("SRCAD_CFLAGS", "-O2")
    assert build.library(SOURCE) != first


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SRCAD_CACHE", str(tmp_path / "file" / "cache"))
    path = build.library(SOURCE)
    assert path.exists()
    assert tmp_path not in path.parents


def test_without_a_compiler(tmp_path: Path) -> None:
    """The message names the ways to get one; NumPy needs none."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    environment = {**os.environ, "PATH": str(tmp_path), "SRCAD_CACHE": str(tmp_path / "cache")}
    environment.pop("CC", None)
    environment.pop("SRCAD_CC", None)
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().split("\n")[-3:]
    assert "the native back end needs a C compiler" in last[0]
    assert all(way in last[2] for way in ("gcc or clang", "pip install ziglang", "SRCAD_CC"))


def test_two_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    environment = {**os.environ, "SRCAD_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, str(path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    assert {process.communicate(timeout=120)[0].strip() for process in running} == {str(8 * 1.5**7)}
    assert not [name for name in files(tmp_path / "cache") if name.startswith("building-")]


def test_importing_srcad_compiles_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "SRCAD_CACHE": str(tmp_path / "cache")}
    text = "import srcad; print(srcad.grad(lambda x: x * x).__name__)"
    subprocess.run([sys.executable, "-c", text], env=environment, check=True, capture_output=True)
    assert not (tmp_path / "cache").exists()


def test_a_compiler_that_fails(folder: Path) -> None:
    with pytest.raises(srcad.SrcadError, match="failed on generated C"):
        build.library("this is no C")
    assert files(folder) == []

"""Compilers, and what they have made, which is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import srcad
from srcad.native import build, cache, compilers
from tests.native import IS_NUMBA

pytestmark = pytest.mark.own_maker

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
    if compilers.compiler().is_numba:
        pytest.skip("libraries are made by a compiler of C")
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
    assert cache.is_whole(path)


def test_flags_and_sources_have_libraries_of_their_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.library(SOURCE)
    assert build.library(SOURCE.replace("42", "43")) != first
    monkeypatch.setenv("SRCAD_CFLAGS", "-O2")
    assert build.library(SOURCE) != first


@pytest.mark.skipif(IS_NUMBA, reason="libraries are made by a compiler of C")
def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SRCAD_CACHE", str(tmp_path / "file" / "cache"))
    path = build.library(SOURCE)
    assert path.exists()
    assert tmp_path not in path.parents


def test_a_folder_of_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a folder nor a file of another user's is used."""
    own = build.library(SOURCE)
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    assert not cache.is_whole(own)
    path = build.library(SOURCE)
    assert folder not in path.parents


def test_a_file_of_somebody_else_is_built_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build.library(SOURCE)
    before = path.stat().st_mtime_ns
    foreign = path.stat().st_ino
    theirs = os.stat_result((*path.stat()[:4], os.getuid() + 1, *path.stat()[5:]))
    stat = Path.stat
    monkeypatch.setattr(Path, "stat", lambda self, **how: theirs if is_it(self) else stat(self, **how))

    def is_it(one: Path) -> bool:
        return one == path and stat(one).st_ino == foreign

    assert build.library(SOURCE) == path
    monkeypatch.undo()
    assert path.stat().st_mtime_ns != before


MAKERS = {
    "gcc": lambda: shutil.which("gcc"),
    "clang": lambda: shutil.which("clang"),
    "ziglang": lambda: compilers.is_installed("ziglang"),
    "numba": lambda: compilers.is_installed("numba"),
}


@pytest.fixture(params=MAKERS)
def made_by(request: pytest.FixtureRequest) -> str:
    """What makes machine code: all that are on this machine."""
    if not MAKERS[request.param]():
        pytest.skip(f"{request.param} isn't installed")
    return str(request.param)


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """That of a process with a cache folder of its own, in which a program is to run."""
    (tmp_path / "program.py").write_text(PROGRAM)
    return {**os.environ, "SRCAD_CACHE": str(tmp_path / "cache"), **more}


RESULT = str(8 * 1.5**7)


def test_every_maker(tmp_path: Path, made_by: str) -> None:
    """What one process has made, the next one finds."""
    given = environment(tmp_path, SRCAD_CC=made_by)
    for _ in range(2):
        done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, env=given)
        assert (done.stdout.strip(), done.stderr) == (RESULT, "")
        kept = [name for name in files(tmp_path / "cache") if name.endswith((".o", ".so"))]
        assert len(kept) == (1 if made_by == "numba" else 2)  # C comes with what calls it


def test_code_of_numba_is_loaded_without_numba(tmp_path: Path) -> None:
    if not compilers.is_installed("numba"):
        pytest.skip("numba isn't installed")
    given = environment(tmp_path, SRCAD_CC="numba")
    text = "import runpy, sys; runpy.run_path('program.py', run_name='__main__'); print('numba' in sys.modules)"
    said = [
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=given, cwd=tmp_path).stdout
        for _ in range(2)
    ]
    assert [one.split() for one in said] == [[RESULT, "True"], [RESULT, "False"]]


def test_a_compiler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCAD_CC", "no-such-compiler -O2")
    with pytest.raises(srcad.SrcadError, match="SRCAD_CC is 'no-such-compiler -O2', and there is no such compiler"):
        compilers.compiler()


def test_without_a_compiler(tmp_path: Path) -> None:
    """The message names the ways to get one; NumPy needs none."""
    given = environment(tmp_path, PATH=str(tmp_path), CC="", SRCAD_CC="")
    text = """
        import runpy, sys
        sys.modules.update(numba=None, ziglang=None)
        runpy.run_path("program.py", run_name="__main__")
    """
    command = [sys.executable, "-c", textwrap.dedent(text)]
    done = subprocess.run(command, capture_output=True, text=True, env=given, cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.strip().split("\n")[-3:]
    assert "the native back end needs a C compiler or Numba" in last[0]
    ways = ("gcc or clang", "pip install ziglang", "pip install numba", "SRCAD_CC")
    assert all(way in last[2] for way in ways)


@pytest.mark.parametrize("made_by", ["gcc", "numba"], indirect=True)
def test_two_processes_at_once(tmp_path: Path, made_by: str) -> None:
    given = environment(tmp_path, SRCAD_CC=made_by)
    command = [sys.executable, str(tmp_path / "program.py")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=given) for _ in range(3)]
    assert {process.communicate(timeout=120)[0].strip() for process in running} == {RESULT}
    assert not [name for name in files(tmp_path / "cache") if name.startswith("building-")]


@pytest.mark.parametrize("made_by", ["gcc", "ziglang"], indirect=True)
def test_a_home_that_cannot_be_written(tmp_path: Path, made_by: str) -> None:
    """All goes to a temporary folder."""
    (tmp_path / "home").write_text("")
    given = environment(tmp_path, SRCAD_CC=made_by, HOME=str(tmp_path / "home"), TMPDIR=str(tmp_path))
    for name in ("SRCAD_CACHE", "XDG_CACHE_HOME"):
        given.pop(name, None)
    done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, env=given)
    assert (done.stdout.strip(), done.stderr) == (RESULT, "")
    assert list(tmp_path.glob("srcad-*/*.sum"))


def test_importing_srcad_compiles_nothing(tmp_path: Path) -> None:
    given = environment(tmp_path)
    text = "import srcad; print(srcad.grad(lambda x: x * x).__name__)"
    subprocess.run([sys.executable, "-c", text], env=given, check=True, capture_output=True)
    assert not (tmp_path / "cache").exists()


def test_a_compiler_that_fails(folder: Path) -> None:
    with pytest.raises(srcad.SrcadError, match="failed on generated C"):
        build.library("this is no C")
    assert files(folder) == []


@pytest.mark.skipif(IS_NUMBA, reason="libraries are made by a compiler of C")
def test_long_sources_are_compiled_quickly() -> None:
    for length, level in build.LENGTHS:
        flags = build._flags_for("int x;\n" * (length + 1))
        assert flags == (*level.split(), *build.QUICKLY)
        assert build.library("int long_source;\n" * 2, flags) != build.library("int long_source;\n" * 2)
    assert build._flags_for("int x;\n") == ()

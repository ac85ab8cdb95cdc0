"""From C to functions that Python can call: compilers, and what they have made, which is kept.

A library is kept in the user's cache folder under the hash of its source, the flags, the compiler and the processor.
What isn't what it was when it was written (by its checksum), or belongs to somebody else, is built anew.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.machinery
import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from srcad.errors import SrcadError
from srcad.native.c import printed
from srcad.native.linked import BLAS, has_scipy
from srcad.native.linked import address as address_of
from srcad.native.lower.kernel import Lowered, Passed

# -ffp-contract=off: a product and a sum round twice, as in NumPy. Never -ffast-math: it changes what nan and inf do,
# and when gcc links with it the whole process flushes denormal numbers to zero.
FLAGS = (
    *("-std=gnu11", "-O3", "-march=native", "-fPIC", "-shared", "-fwrapv", "-fvisibility=hidden", "-w"),
    *("-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fopenmp-simd"),
)
LIBRARIES = ("-lm",)


def flags() -> tuple[str, ...]:
    """What the compiler is told; SRCAD_CFLAGS comes last, and wins."""
    return (*FLAGS, *shlex.split(os.environ.get("SRCAD_CFLAGS", "")))


class CompilerError(SrcadError):
    """There is no compiler of C, or it fails."""


def no_compiler() -> CompilerError:
    return CompilerError(
        "the native back end needs a C compiler, and there is none",
        why="neither SRCAD_CC nor CC names one, and cc, gcc and clang aren't found; ziglang isn't installed",
        do="install gcc or clang with your system's package manager, or `pip install ziglang`; or set SRCAD_CC to a "
        "compiler; or leave backend= out",
    )


@dataclass(frozen=True)
class Compiler:
    """How it is called, and what it says that it is."""

    command: tuple[str, ...]
    version: str


@functools.cache
def compiler() -> Compiler:
    """The compiler: SRCAD_CC, else CC, else cc, gcc or clang, else that of the ziglang package."""
    for name in ("SRCAD_CC", "CC"):
        chosen = shlex.split(os.environ.get(name, ""))
        if chosen and shutil.which(chosen[0]):
            return Compiler(tuple(chosen), _version(chosen))
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name):
            return Compiler((name,), _version([name]))
    if importlib.util.find_spec("ziglang") is not None:
        command = (sys.executable, "-m", "ziglang", "cc")
        return Compiler(command, _version(command))
    raise no_compiler()


def _version(command: Sequence[str]) -> str:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.split("\n")[0]


@functools.cache
def _processor() -> str:
    """What `-march=native` depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n")
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


# ---- the cache


def cache_folder() -> Path:
    """SRCAD_CACHE, else a folder of srcad's in the user's cache folder; a temporary one where that can't be written."""
    chosen = os.environ.get("SRCAD_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "srcad"
    return base if _is_ours(base) else _temporary()


def _is_ours(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and (not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid())


@functools.cache
def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="srcad-"))


def _is_whole(library: Path) -> bool:
    """Whether a library is what it was when it was written, by us."""
    try:
        stat = library.stat()
        if hasattr(os, "getuid") and stat.st_uid != os.getuid():
            return False
        return library.with_suffix(".sum").read_text() == hashlib.sha256(library.read_bytes()).hexdigest()
    except OSError:
        return False


def library(source: str, extra: Sequence[str] = ()) -> Path:
    """The path of the shared library with this source, built if it isn't there."""
    path = _place(source, extra)
    if not _is_whole(path):
        _compile(compiler(), source, path, extra)
    return path


def is_kept(source: str) -> bool:
    """Whether the library with this source is in the cache."""
    return _is_whole(_place(source))


def _place(source: str, extra: Sequence[str] = ()) -> Path:
    own = compiler()
    key = "\0".join((source, own.version, *own.command, *flags(), *extra, _processor()))
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    return cache_folder() / f"{name}.so"


def kept() -> dict[Path, int]:
    """The libraries in the cache, each with its size in bytes."""
    return {path: path.stat().st_size for path in sorted(cache_folder().glob("*.so"))}


def cleared() -> dict[Path, int]:
    """The libraries that were in the cache, which are deleted."""
    found = kept()
    for path in found:
        path.unlink(missing_ok=True)
        path.with_suffix(".sum").unlink(missing_ok=True)
    return found


def _compile(own: Compiler, source: str, path: Path, extra: Sequence[str]) -> None:
    """Written beside, and moved into its place when it is complete: another process may do the same."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="building-") as folder:
        text, made = Path(folder) / "kernel.c", Path(folder) / path.name
        text.write_text(source)
        command = [*own.command, *flags(), *extra, str(text), "-o", str(made), *LIBRARIES]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CompilerError(
                f"{own.command[0]} failed on generated C",
                why=done.stderr.strip()[-2000:],
                do="please report it with this message; leave backend= out meanwhile",
            )
        checksum = Path(folder) / "sum"
        checksum.write_text(hashlib.sha256(made.read_bytes()).hexdigest())
        os.replace(made, path)
        os.replace(checksum, path.with_suffix(".sum"))


# ---- callables

_LOCK = threading.Lock()


@functools.cache
def _caller() -> ModuleType:
    """The extension module that calls kernels."""
    include = (sysconfig.get_paths()["include"], np.get_include())
    path = library(_included("caller.c"), [f"-I{one}" for one in include])
    loader = importlib.machinery.ExtensionFileLoader("srcad_caller", str(path))
    spec = importlib.util.spec_from_loader("srcad_caller", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _included(name: str) -> str:
    """The text of a file beside this one, with those of our own that it includes in their places."""
    folder = Path(__file__).parent
    return re.sub(r'#include "(\w+\.h)"', lambda found: (folder / found[1]).read_text(), (folder / name).read_text())


@functools.cache
def _loaded(path: str) -> ctypes.CDLL:
    return ctypes.CDLL(path)


def built(kernel: Lowered) -> Callable[..., object]:
    """The kernel, compiled, as a function."""
    source = printed(kernel.function)
    with _LOCK:
        path = library(source)
        code = _loaded(str(path))
        address = ctypes.cast(getattr(code, kernel.function.name), ctypes.c_void_p).value
        inputs = tuple(_described(one, _kind) for one in kernel.inputs)
        outputs = tuple(_described(one, _result_kind) for one in kernel.outputs)
        linked = tuple(map(address_of, kernel.function.linked))
        made: Callable[..., object] = _caller().make(address, inputs, outputs, gemm(), kernel.loops, linked)
    return made


def door(*parts: object) -> Callable[..., Any]:
    """What a call goes through: see door.h."""
    made: Callable[..., Any] = _caller().door(*parts)
    return made


def hall(*parts: object) -> Callable[..., Any]:
    """What stands for `__call__` in a class whose objects have doors: see door.h."""
    made: Callable[..., Any] = _caller().hall(*parts)
    return made


def _kind(one: Passed) -> str:
    if one.items is not None:
        return "l"
    return "a" if one.rank is not None else one.field


def _result_kind(one: Passed) -> str:
    python = {"float64": "F", "int64": "I", "bool": "B", "complex128": "Z"}
    return python.get(one.type.value, "") if one.python else _kind(one)


def _described(one: Passed, kind: Callable[[Passed], str]) -> tuple[object, ...]:
    """What the caller is told of an argument or a result, and of the elements of a list."""
    described = (kind(one), np.dtype(one.type.value).num, one.rank or 0)
    return described if one.items is None else (*described, (_described(one.items, kind),))


@functools.cache
def gemm() -> int:
    """The address of BLAS's product of matrices, which SciPy exports; 0 without SciPy."""
    return address_of(f"{BLAS}:dgemm") if has_scipy() else 0

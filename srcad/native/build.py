"""From kernels to functions that Python can call."""

from __future__ import annotations

import ctypes
import functools
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sysconfig
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from srcad.native import by_ctypes, ir, objects
from srcad.native.c import printed
from srcad.native.cache import is_whole, place_of, written
from srcad.native.compilers import Compiler, CompilerError, compiler
from srcad.native.linked import BLAS, has_scipy
from srcad.native.linked import address as address_of
from srcad.native.lower.kernel import Lowered, Passed

PARALLEL, THREADS = "#pragma omp parallel", ("-fopenmp",)
# From how many lines on a source is compiled with less care: it takes gcc seconds otherwise, and where programs
# are that long they are straight code for the most part. Loops still become those of vectors, then registers are used.
LENGTHS = ((40_000, "-O0"), (10_000, "-Og"), (3_000, "-O1 -ftree-loop-vectorize"))
QUICKLY = ("-fno-sanitize=undefined",)  # Zig's compiler looks for what C leaves open where it isn't told to optimise

# ---- libraries


def library(source: str, extra: Sequence[str] = (), own: Compiler | None = None) -> Path:
    """The path of the shared library with this source, built if it isn't there."""
    own = own or compiler()
    path = _place(source, extra, own)
    if not is_whole(path):
        written(path, lambda made: _compile(own, source, made, extra))
    return path


def _place(source: str, extra: Sequence[str], own: Compiler) -> Path:
    return place_of((source, *own.key, *extra), ".so")


def _compile(own: Compiler, source: str, made: Path, extra: Sequence[str]) -> None:
    text = made.with_suffix(".c")
    text.write_text(source)
    command = [*own.command, *own.flags, *extra, str(text), "-o", str(made), *own.libraries]
    # Zig keeps what it makes itself: beside ours, as the user's home may be one that can't be written
    environment = {"ZIG_GLOBAL_CACHE_DIR": str(made.parent.parent / "zig"), **os.environ}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise CompilerError(
            f"{own.command[0]} failed on generated C",
            why=done.stderr.strip()[-2000:],
            do="please report it with this message; leave backend= out meanwhile",
        )


def _library_of(function: ir.LoopFunction, own: Compiler) -> Path:
    source = printed(function)
    if PARALLEL not in source:
        return library(source, _flags_for(source), own)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that wait leave the machine to others
    try:
        return library(source, _flags_for(source), own)
    except CompilerError as failed:
        raise CompilerError(
            f"{own.command[0]} compiles nothing for several threads",
            why=failed.why,
            do="use gcc, or clang with its library libomp; or leave threads= out",
        ) from None


def is_kept(function: ir.LoopFunction) -> bool:
    """Whether a kernel has been compiled before, by whichever process."""
    own = compiler()
    if own.is_numba:
        return is_whole(objects.place(function, own))
    source = printed(function)
    return is_whole(_place(source, _flags_for(source), own))


def _flags_for(source: str) -> tuple[str, ...]:
    """What the compiler is told of this source beside what it is told of all."""
    lines = source.count("\n")
    level = next((flags.split() for length, flags in LENGTHS if lines > length), [])
    return (*level, *(QUICKLY if level else ()), *(THREADS if PARALLEL in source else ()))


@functools.cache
def _loaded(path: str) -> ctypes.CDLL:
    return ctypes.CDLL(path)


# ---- callables

_LOCK = threading.Lock()


def built(kernel: Lowered, own: Compiler | None = None) -> Callable[..., object]:
    """The kernel, compiled, as a function."""
    own = own or compiler()
    inputs = tuple(_described(one, _kind) for one in kernel.inputs)
    outputs = tuple(_described(one, _result_kind) for one in kernel.outputs)
    linked = tuple(map(address_of, kernel.function.linked))
    with _LOCK:
        address = _address(kernel.function, own)
        return _caller(own)(address, inputs, outputs, gemm(), kernel.loops, linked)


def _address(function: ir.LoopFunction, own: Compiler) -> int:
    """Where the machine code of a kernel is."""
    if own.is_numba:
        return objects.address(function, own)
    code = _loaded(str(_library_of(function, own)))
    return ctypes.cast(getattr(code, function.name), ctypes.c_void_p).value or 0


class Caller(Protocol):
    """Makes a function of the address of a kernel, and of what it takes and gives."""

    def __call__(
        self,
        address: int,
        inputs: Sequence[by_ctypes.PlanSlot],
        outputs: Sequence[by_ctypes.PlanSlot],
        gemm: int,
        released: bool,
        linked: Sequence[int],
        /,
    ) -> Callable[..., object]: ...


def _caller(own: Compiler) -> Caller:
    """What the extension module has, where there is one; else ctypes."""
    module = None if _is_by_ctypes() else _extension(own)
    return by_ctypes.make if module is None else module.make


def _is_by_ctypes() -> bool:
    """Whether calls go through ctypes even where they needn't."""
    return os.environ.get("SRCAD_CALLER") == "ctypes"


def door(enter: Callable[..., Any], *parts: object) -> Callable[..., Any]:
    """What a call goes through: see door.h; without the extension module, `enter` itself."""
    module = None if _is_by_ctypes() else _extension(compiler())
    return enter if module is None else module.door(enter, *parts)


def hall(*parts: object) -> Callable[..., Any]:
    """What stands for `__call__` in a class whose objects have doors: see door.h."""
    module = _extension(compiler())
    assert module is not None, "there are doors"
    made: Callable[..., Any] = module.hall(*parts)
    return made


def _headers() -> tuple[str, str] | None:
    """The folders with the headers of Python and NumPy; None where some are missing."""
    include, arrays = sysconfig.get_paths()["include"], np.get_include()
    wanted = Path(include, "Python.h"), Path(arrays, "numpy", "arrayobject.h")
    return (include, arrays) if all(one.exists() for one in wanted) else None


@functools.cache
def _extension(own: Compiler) -> ModuleType | None:
    """The extension module that calls kernels; None where it can't be compiled."""
    folders = _headers()
    if own.is_numba or folders is None:
        return None
    path = library(_included("caller.c"), ["-O1", *(f"-I{one}" for one in folders)], own)
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

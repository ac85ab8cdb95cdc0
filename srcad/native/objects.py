"""Object code that Numba makes of kernels: it is kept in files, and LLVM loads it, without Numba.

A file has the length of the first part in its first line, then this, the kernel as Numba calls it, and behind it the
function of C that calls it.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

from srcad.native import ir
from srcad.native.cache import is_whole, place_of, written
from srcad.native.compilers import Compiler
from srcad.native.numba import text_of
from srcad.native.spelling import RUNTIME, VECTOR_LIBRARY

NAME = "kernel"  # of the function, in every file


def place(function: ir.LoopFunction, own: Compiler) -> Path:
    """Where the code of a kernel is kept."""
    return place_of((text_of(function), _runtime(), *own.key), ".o")


def address(function: ir.LoopFunction, own: Compiler) -> int:
    """Where the function is, as `int64_t kernel(call *call, const value *in, value *out)`."""
    path = place(function, own)
    if not is_whole(path):
        written(path, lambda made: _write(made, function))
    return _loaded(path.read_bytes())


def _write(path: Path, function: ir.LoopFunction) -> None:
    scope = _scope()
    exec(compile(text_of(function), f"<kernel {function.name}>", "exec"), scope)
    kernel, entry = scope["object_code"](scope[function.name], NAME)
    path.write_bytes(b"%d\n%b%b" % (len(kernel), kernel, entry))


def _scope() -> dict[str, Any]:
    """The names that a kernel may use. Numba is imported here, where something has to be compiled, and not before."""
    modules = [importlib.import_module(f"srcad.native.{name}") for name in RUNTIME]
    return {name: value for module in modules for name, value in vars(module).items()}


@functools.cache
def _runtime() -> str:
    """What kernels are linked with."""
    folder = resources.files("srcad.native")
    return "".join(folder.joinpath(f"{name}.py").read_text() for name in RUNTIME)


# What has been loaded is never unloaded, as functions may be called at any time.
_LOADED: list[Any] = []


@functools.cache
def _machine() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    with suppress(OSError):  # without it, what was made here calls no vector functions
        ctypes.CDLL(VECTOR_LIBRARY, mode=ctypes.RTLD_GLOBAL)
    return llvm.Target.from_default_triple().create_target_machine(opt=3, jit=True)


def _loaded(code: bytes) -> int:
    """Where the function is. It is loaded apart from all others, as Numba may have called two functions by one name."""
    import llvmlite.binding as llvm

    length, _, parts = code.partition(b"\n")
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    for part in (parts[: int(length)], parts[int(length) :]):
        engine.add_object_file(llvm.ObjectFileRef.from_data(part))
    engine.finalize_object()
    _LOADED.append(engine)
    return int(engine.get_function_address(NAME))

"""What makes machine code on this machine: a compiler of C, or Numba."""

from __future__ import annotations

import functools
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from srcad.errors import SrcadError

# -ffp-contract=off: a product and a sum round twice, as in NumPy. Never -ffast-math: it changes what nan and inf do,
# and when gcc links with it the whole process flushes denormal numbers to zero.
FLAGS = (
    *("-std=gnu11", "-O3", "-march=native", "-fPIC", "-shared", "-fwrapv", "-fvisibility=hidden", "-w"),
    *("-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fopenmp-simd"),
)
LIBRARIES = ("-lm",)
# clang doesn't know gcc's attribute that says which functions glibc has for vectors.
VECTORS_OF_CLANG = ("-fveclib=libmvec",)
ZIG = (sys.executable, "-m", "ziglang", "cc")


class CompilerError(SrcadError):
    """There is no compiler of C, or it fails."""


@dataclass(frozen=True)
class Compiler:
    """How it is called, what it says that it is, and what it is told; of Numba, the command is its name."""

    command: tuple[str, ...]
    version: str
    flags: tuple[str, ...] = ()
    libraries: tuple[str, ...] = LIBRARIES

    @property
    def is_numba(self) -> bool:
        return self.command == ("numba",)

    @property
    def key(self) -> tuple[str, ...]:
        """What files that it makes depend on, besides their source."""
        return (self.version, *self.command, *self.flags, *self.libraries)


def compiler() -> Compiler:
    """SRCAD_CC, else CC, else cc, gcc or clang, else that of the ziglang package, else Numba."""
    names = ("SRCAD_CC", "CC", "SRCAD_CFLAGS", "PATH")
    return _found(*(os.environ.get(name, "") for name in names))


@functools.cache
def _found(srcad_cc: str, cc: str, cflags: str, _path: str) -> Compiler:
    own = shlex.split(cflags)
    if srcad_cc:
        return _named(shlex.split(srcad_cc), own)
    for command in (shlex.split(cc), ["cc"], ["gcc"], ["clang"]):
        if command and shutil.which(command[0]):
            return _of_c(command, own)
    if is_installed("ziglang"):
        return _of_c(ZIG, own)
    if is_installed("numba"):
        return _numba()
    raise CompilerError(
        "the native back end needs a C compiler or Numba, and there is neither",
        why="neither SRCAD_CC nor CC names one, and cc, gcc and clang aren't found; ziglang and numba aren't installed",
        do="install gcc or clang with your system's package manager, or `pip install ziglang`, or `pip install numba`; "
        "or set SRCAD_CC to a compiler; or leave backend= out",
    )


def _named(command: list[str], own: list[str]) -> Compiler:
    """The compiler that SRCAD_CC names."""
    if command in (["numba"], ["ziglang"]) and is_installed(command[0]):
        return _numba() if command == ["numba"] else _of_c(ZIG, own)
    if command and shutil.which(command[0]):
        return _of_c(command, own)
    raise CompilerError(
        f"SRCAD_CC is {shlex.join(command)!r}, and there is no such compiler",
        why="it is no program that is found, and no package that is installed",
        do='set it to the name or path of a compiler of C, to "ziglang" or to "numba"; or unset it',
    )


def is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _numba() -> Compiler:
    return Compiler(("numba",), f"numba {version('numba')}, llvmlite {version('llvmlite')}, Python {sys.version}")


def _of_c(command: Sequence[str], own: Sequence[str]) -> Compiler:
    """SRCAD_CFLAGS come last, and win."""
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    said = done.stdout.split("\n")[0]
    vectors = VECTORS_OF_CLANG if "clang" in said and _has_vectors() else ()
    return Compiler(tuple(command), said, (*FLAGS, *vectors, *own))


def _has_vectors() -> bool:
    """Whether the C library of this machine has functions of vectors."""
    return platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"

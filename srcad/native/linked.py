"""Functions of SciPy's that kernels call, by their addresses: LAPACK, BLAS and special functions. Nothing is linked.

A name is that of the module that exports the function, and its own: "scipy.linalg.cython_lapack:dgetrf".
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
from functools import cache
from types import ModuleType

BLAS = "scipy.linalg.cython_blas"
LAPACK = "scipy.linalg.cython_lapack"
SPECIAL = "scipy.special.cython_special"


@cache
def has_scipy() -> bool:
    return importlib.util.find_spec("scipy") is not None


@cache
def address(name: str) -> int:
    """Where a function is."""
    module, _, function = name.partition(":")
    capsule = _exported(importlib.import_module(module))[function]
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return get(capsule, _signature(capsule)) or 0


def _exported(module: ModuleType) -> dict[str, object]:
    return dict(module.__pyx_capi__)


def _signature(capsule: object) -> bytes:
    name = ctypes.pythonapi.PyCapsule_GetName
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    return bytes(name(capsule))


@cache
def special_function(name: str, count: int) -> str | None:
    """The function of so many doubles that scipy.special has under this name; None where it exports none."""
    if not has_scipy():
        return None
    exported = _exported(importlib.import_module(SPECIAL))
    wanted = f"double ({'double, ' * count}int __pyx_skip_dispatch)".encode()
    for one in (name, f"__pyx_fuse_0{name}", f"__pyx_fuse_1{name}", f"__pyx_fuse_0_1{name}"):
        if one in exported and _signature(exported[one]) == wanted:
            return f"{SPECIAL}:{one}"
    return None

"""The Python that is printed for Numba: `--refresh-golden` rewrites what is expected; the diff is to be read."""

from __future__ import annotations

import importlib
import re
import weakref
from importlib import resources
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls import specialise
from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.compile.requests import Request
from srcad.native import by_ctypes, compilers
from srcad.native.build import built, library
from srcad.native.c import support
from srcad.native.kernel import Kernel
from srcad.native.numba import MACROS, text_of
from srcad.native.spelling import OPERATIONS, RUNTIME, STATES
from tests.native import test_golden

pytestmark = pytest.mark.own_maker
# of complex numbers, and of functions that call themselves, there is nothing for Numba
LEFT = (test_golden.escaping, test_golden.simpson)
PROGRAMS = {function: args for function, args in test_golden.PROGRAMS.items() if function not in LEFT}
WITH_NUMBA = pytest.mark.skipif(not compilers.is_installed("numba"), reason="numba isn't installed")


def kernel_of(function: Any) -> Kernel:
    call = Binder(function).bind(PROGRAMS[function], {})
    (kernel,) = program_of(function, call, Request("gradient", backend="native")).kernels
    return kernel


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_text(function: Any, refresh_golden: bool) -> None:
    path, text = test_golden.GOLDEN / f"{function.__name__}.numba", text_of(kernel_of(function).lowered.function)
    if refresh_golden:
        path.write_text(text)
    assert path.read_text() == text


@WITH_NUMBA
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_the_printers_agree(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lowered, args = kernel_of(function).lowered, PROGRAMS[function]
    monkeypatch.setenv("SRCAD_CC", "numba")
    by_numba = built(lowered)(*args)
    np.testing.assert_allclose(by_numba, srcad.grad(function)(*args), rtol=1e-12)


@WITH_NUMBA
@pytest.mark.parametrize("function", LEFT, ids=lambda function: function.__name__)
def test_what_there_is_not_stays_in_python(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same derivative: what can't be printed for Numba isn't lowered."""
    args = test_golden.PROGRAMS[function]
    monkeypatch.setenv("SRCAD_CC", "numba")
    monkeypatch.setattr(specialise, "_SHELVES", weakref.WeakKeyDictionary())
    monkeypatch.setattr(specialise, "_SPECIALISERS", weakref.WeakKeyDictionary())
    native = srcad.grad(function, backend="native")
    np.testing.assert_allclose(native(*args), srcad.grad(function)(*args), rtol=1e-12)
    assert "Python: " in native.kernels(*args)


# ---- what stands in two places


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))


@WITH_NUMBA
def test_all_that_is_spelled_for_numba_is_there() -> None:
    names: set[str] = {"abs"}
    for module in RUNTIME:
        names |= set(vars(importlib.import_module(f"srcad.native.{module}")))
    functions = {one.numba for one in OPERATIONS.values() if "{" not in one.numba}
    assert functions <= names


def test_macros_are_those_of_c() -> None:
    text = support() + (resources.files("srcad.native") / "linalg.h").read_text()
    macros = set(re.findall(r"#define (\w+)", text)) | {"PRODUCT"}  # that one asks a function whether it has done it
    assert set(MACROS) <= macros


def test_structures_and_states_are_those_of_c() -> None:
    own = compilers.compiler()
    if own.is_numba:
        pytest.skip("there is no compiler of C")
    members = {"Block": "block", "Call": "call", "Value": "value"}
    renamed = {"size_class": "class"}
    lines, due = [], []
    for name, structure in members.items():
        fields = getattr(by_ctypes, f"_{name}")._fields_
        for field, _ in fields:
            lines.append(f"offsetof({structure}, {renamed.get(field, field)})")
            due.append(getattr(getattr(by_ctypes, f"_{name}"), field).offset)
        if name != "Block":
            lines.append(f"sizeof({structure})")
            due.append(by_ctypes.ctypes.sizeof(getattr(by_ctypes, f"_{name}")))
    lines += [*STATES, "HEADER", "CHUNK"]
    due += [*range(len(STATES)), by_ctypes.HEADER, 65536]
    source = f"{support()}\n#include <stddef.h>\nEXPORTED long numbers[] = {{{', '.join(lines)}}};\n"
    numbers = (by_ctypes.ctypes.c_long * len(lines)).in_dll(by_ctypes.ctypes.CDLL(str(library(source))), "numbers")
    assert dict(zip(lines, numbers, strict=True)) == dict(zip(lines, due, strict=True))


@WITH_NUMBA
def test_the_runtime_has_the_structures_of_ctypes() -> None:
    runtime = importlib.import_module("srcad.native.runtime")
    words = {name: getattr(by_ctypes._Call, name).offset // 8 for name, _ in by_ctypes._Call._fields_}
    assert (runtime.BLOCKS, runtime.FREE_BLOCKS, runtime.TICKS) == (words["blocks"], words["free"], words["ticks"])
    assert (runtime.INTERRUPT, runtime.GEMM, runtime.LINKED) == tuple(map(words.get, ("interrupted", "gemm", "linked")))
    block = {name: getattr(by_ctypes._Block, name).offset for name, _ in by_ctypes._Block._fields_}
    wide = ("refs", "size", "next", "last", "free", "length", "width")
    assert [block[name] // 8 for name in wide] == [
        *(runtime.REFS, runtime.SIZE, runtime.NEXT, runtime.LAST, runtime.FREE),
        *(runtime.LIST_LENGTH, runtime.WIDTH),
    ]
    assert (block["size_class"] // 4, block["kind"] // 4) == (runtime.CLASS, runtime.KIND)
    assert runtime.HEADER == by_ctypes.HEADER
    assert [getattr(runtime, name) for name in STATES] == list(range(len(STATES)))


def test_uint64_and_far_shifts_stay_with_python() -> None:
    """C's support orders and divides ints as signed ones, and shifts by less than all bits."""
    x, y = np.array([2**63 + 5, 3], np.uint64), np.array([7, 2**64 - 1], np.uint64)
    for function in (np.maximum, np.minimum, np.fmax, np.floor_divide, np.remainder, np.power):

        def program(a: Any, b: Any, function: Any = function) -> Any:
            return function(a, b)

        np.testing.assert_array_equal(srcad.jit(program)(x, y), function(x, y))

    def shifted(a: Any, n: Any) -> Any:
        return a >> n, a << n

    far = np.array([64, 70, 3]), np.array([-8, 5, -8])
    for mine, due in zip(srcad.jit(shifted)(far[1], far[0]), shifted(far[1], far[0]), strict=True):
        np.testing.assert_array_equal(mine, due)
    assert srcad.jit(lambda n, by: n >> by)(-5, 100) == -1
    assert srcad.jit(lambda a, b: np.fmax(a, b))(2**53 + 1, 2**53) == 2**53 + 1

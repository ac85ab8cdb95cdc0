"""Calls kernels through ctypes: what caller.c does, where it can't be compiled, or kernels are Numba's.

The structures are those of support.h.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np

from srcad.native.ir import CType
from srcad.native.spelling import STATES

TICKS = 100_000
HEADER, CLASSES, MAX_RANK = 128, 64, 8
PYTHONS = frozenset("FIBZ")  # kinds of results that are Python's numbers

PlanSlot = tuple[
    Any, ...
]  # (kind, dtype number, rank) of an argument or a result; of a list what its elements are, too


class _Array(ctypes.Structure):
    _fields_ = (("block", ctypes.c_int64), ("data", ctypes.c_int64), ("length", ctypes.c_int64 * MAX_RANK))


class _Value(ctypes.Union):
    _fields_ = (
        *(("d", ctypes.c_double), ("f", ctypes.c_float), ("i", ctypes.c_int64), ("z", ctypes.c_double * 2)),
        *(("a", _Array), ("l", ctypes.c_int64)),
    )


class _Block(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("refs", "size", "next", "last", "free")),
        *((name, ctypes.c_int32) for name in ("size_class", "kind")),
        *((name, ctypes.c_int64) for name in ("length", "width")),
    )


class _Call(ctypes.Structure):
    _fields_ = (
        *(("blocks", ctypes.c_int64), ("free", ctypes.c_int64 * CLASSES), ("fresh", ctypes.c_void_p)),
        *(("ticks", ctypes.c_int64), ("depth", ctypes.c_int64), ("interrupted", ctypes.c_void_p)),
        *(("gemm", ctypes.c_void_p), ("state", ctypes.c_void_p), ("linked", ctypes.c_void_p)),
    )


_LIBRARY = ctypes.CDLL(None)
_ALLOCATE, _FREE = _LIBRARY.aligned_alloc, _LIBRARY.free
_ALLOCATE.restype, _ALLOCATE.argtypes = ctypes.c_void_p, [ctypes.c_size_t] * 2
_FREE.restype, _FREE.argtypes = None, [ctypes.c_void_p]


def make(
    address: int,
    inputs: Sequence[PlanSlot],
    outputs: Sequence[PlanSlot],
    gemm: int,
    released: bool,
    linked: Sequence[int],
) -> Callable[..., object]:
    """A function that calls the kernel at an address, without Python's lock if that is `released`."""
    signature = (ctypes.CFUNCTYPE if released else ctypes.PYFUNCTYPE)(ctypes.c_int, *[ctypes.c_void_p] * 3)
    run = signature(address)
    functions = (ctypes.c_int64 * (len(linked) + 1))(*linked)

    def kernel(*args: object) -> object:
        if len(args) != len(inputs):
            raise TypeError(f"a kernel of {len(inputs)} arguments was given {len(args)}")
        call = _Call(ticks=TICKS, depth=sys.getrecursionlimit(), gemm=gemm, linked=ctypes.addressof(functions))
        signals = _Signals(call) if released else None
        values, results = (_Value * len(inputs))(), (_Value * len(outputs))()
        try:
            held = [_taken(call, *one) for one in zip(inputs, args, values, strict=True)]
            how = run(ctypes.addressof(call), ctypes.addressof(values), ctypes.addressof(results))
            if signals is not None and signals.raised:
                raise signals.raised[0]
            if how:
                raise _failure(STATES[how])
            found = tuple(_given(slot, value) for slot, value in zip(outputs, results, strict=True))
        finally:
            _empty(call)
        del held
        return found[0] if len(found) == 1 else found

    return kernel


def _failure(how: str) -> Exception:
    kinds: dict[str, Callable[[str], Exception]] = {
        "MEMORY": MemoryError,
        "ZERO_DIVISION": ZeroDivisionError,
        "INDEX": IndexError,
        "VALUE": ValueError,
        "SHAPE": ValueError,
    }
    return kinds.get(how, ArithmeticError)(f"a kernel has ended: {how.lower()}")


class _Signals:
    """Looks for Ctrl-C while a kernel runs. What a signal's handler raises ends the kernel, and is raised behind it.

    Python may run the handler as soon as it is entered: a kernel enters a generator, which waits in its `try`.
    """

    def __init__(self, call: _Call) -> None:
        self.raised: list[BaseException] = []
        self._call = call
        asked = self._asked()
        next(asked)
        self._function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(asked.send)
        call.interrupted = ctypes.cast(self._function, ctypes.c_void_p).value

    def _asked(self) -> Generator[int, object, None]:
        """For each time that it is asked, whether the kernel has to end."""
        while True:
            try:
                yield len(self.raised)
                self._call.ticks = TICKS
                ctypes.pythonapi.PyErr_CheckSignals()
            except GeneratorExit:
                return
            except BaseException as error:
                self.raised.append(error)


# ---- blocks


def _new_block(call: _Call, size: int, kind: int) -> int:
    size_class = 6 if size <= 64 else (size - 1).bit_length()
    address = _ALLOCATE(64, HEADER + (1 << size_class))
    if not address:
        raise MemoryError
    ctypes.memset(address, 0, HEADER)
    block = _Block.from_address(address)
    block.refs, block.size, block.size_class, block.kind, block.next = 1, size, size_class, kind, call.blocks
    if call.blocks:
        _Block.from_address(call.blocks).last = address
    call.blocks = address
    return int(address)


def _empty(call: _Call) -> None:
    address = call.blocks
    while address:
        following = _Block.from_address(address).next
        _FREE(address)
        address = following
    call.blocks = 0


# ---- arguments

_DTYPES = {np.dtype(one.value).num: np.dtype(one.value) for one in CType}


def _taken(call: _Call, slot: PlanSlot, arg: object, value: _Value) -> object:
    """An argument becomes a value; what has to live as long is returned. None is what nobody reads."""
    if arg is None:
        return None
    match slot[0]:
        case "d":
            value.d = float(arg)  # type: ignore[arg-type]
        case "f":
            value.f = float(arg)  # type: ignore[arg-type]
        case "i":
            value.i = _in_64_bits(int(arg))  # type: ignore[call-overload]
        case "z":
            number = complex(arg)  # type: ignore[call-overload]
            value.z[0], value.z[1] = number.real, number.imag
        case "l":
            value.l = _list(call, slot[3][0], arg)
        case _:
            array = _array(slot, arg)
            value.a.data = array.ctypes.data
            for k, n in enumerate(array.shape):
                value.a.length[k] = n
            return array
    return None


def _in_64_bits(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise OverflowError("int too big to convert")
    return number


def _array(slot: PlanSlot, arg: object) -> np.ndarray[Any, Any]:
    array = np.asarray(arg)
    dtype, rank = _DTYPES[slot[1]], slot[2]
    if array.ndim != rank or not np.can_cast(array.dtype, dtype):
        raise ValueError(f"an array of {rank} dimensions and {dtype} was expected")
    return np.require(array, dtype, ("C", "A"))


def _list(call: _Call, items: PlanSlot, arg: object) -> int:
    elements = list(arg)  # type: ignore[call-overload]
    kind, numbers = items[0], items[0] not in ("a", "l")
    width = _width(items)
    address = _new_block(call, 8, 1 if numbers else 2)
    own = _Block.from_address(address)
    data = _new_block(call, max(64, len(elements) * width), 0)
    own.width, own.length = width, len(elements)
    ctypes.c_int64.from_address(address + HEADER).value = data
    place = data + HEADER
    if numbers:
        array = np.array([0 if one is None else one for one in elements], _DTYPES[items[1]])
        ctypes.memmove(place, array.ctypes.data, array.nbytes)
        return address
    ctypes.memset(place, 0, len(elements) * width)
    for k, one in enumerate(elements):
        if one is not None:
            words = (ctypes.c_int64 * (width // 8)).from_address(place + k * width)
            parts = (_list(call, items[3][0], one),) if kind == "l" else _copy(call, items, one)
            for j, word in enumerate(parts):
                words[j] = word
    return address


def _width(items: PlanSlot) -> int:
    """How many bytes an element of a list takes."""
    return {"a": 8 + 8 * items[2], "l": 8}.get(items[0]) or _DTYPES[items[1]].itemsize


def _copy(call: _Call, slot: PlanSlot, arg: object) -> tuple[int, ...]:
    """A block with the numbers of an array, and its lengths."""
    array = _array(slot, arg)
    block = _new_block(call, array.nbytes, 0)
    ctypes.memmove(block + HEADER, array.ctypes.data, array.nbytes)
    return block, *array.shape


# ---- results


def _given(slot: PlanSlot, value: _Value) -> object:
    kind = slot[0]
    match kind:
        case "a":
            return _array_of(slot, value.a.block, value.a.length[: slot[2]])
        case "l":
            return _list_of(slot[3][0], value.l)
        case "F":
            return value.d
        case "I":
            return value.i
        case "B":
            return value.i != 0
        case "Z":
            return complex(*value.z)
    numbers: dict[str, complex] = {"d": value.d, "f": value.f, "z": complex(*value.z)}
    return _DTYPES[slot[1]].type(numbers.get(kind, value.i))


def _array_of(slot: PlanSlot, block: int, lengths: Sequence[int]) -> np.ndarray[Any, Any] | None:
    if not block:
        return None
    made = np.empty(lengths, _DTYPES[slot[1]])
    ctypes.memmove(made.ctypes.data, block + HEADER, made.nbytes)
    return made


def _list_of(items: PlanSlot, address: int) -> list[object] | None:
    if not address:
        return None
    own = _Block.from_address(address)
    count, place = own.length, ctypes.c_int64.from_address(address + HEADER).value + HEADER
    if items[0] not in ("a", "l"):
        numbers = np.empty(count, _DTYPES[items[1]])
        ctypes.memmove(numbers.ctypes.data, place, numbers.nbytes)
        return numbers.tolist() if items[0] in PYTHONS else list(numbers)
    words = np.ctypeslib.as_array((ctypes.c_int64 * (count * own.width // 8)).from_address(place))
    rows: list[list[int]] = words.reshape(count, own.width // 8).tolist() if count else []
    if items[0] == "l":
        return [_list_of(items[3][0], row[0]) for row in rows]
    return [_array_of(items, row[0], row[1:]) for row in rows]

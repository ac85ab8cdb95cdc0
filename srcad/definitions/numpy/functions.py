"""Functions of functions: what is done to each element, row, piece or index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcad.definitions.words import refused

Numbers = Any  # a number or an array
Function = Callable[..., Any]


def vectorised(function: Function, cores: tuple[int, ...] | None, excluded: tuple[Any, ...], *given: Any) -> Any:
    """What np.vectorize(function) does.

    cores     of each argument, how many of its last axes the function takes at once; None for none at all
    excluded  the positions of what it takes as it is
    """
    places = [k for k, _ in enumerate(given) if k not in excluded]
    arrays = [np.asarray(given[k]) for k in places]
    taken = [0 for _ in places] if cores is None else [*cores]
    shape = np.broadcast_shapes(*[a.shape[: a.ndim - core] for a, core in zip(arrays, taken, strict=True)])
    if len(shape) == 0:
        return function(*given)
    wide = [_rows(a, shape, core) for a, core in zip(arrays, taken, strict=True)]
    count = 1
    for n in shape:
        count = count * n
    made = [function(*_placed(given, places, [w[i] for w in wide])) for i in range(count)]
    if isinstance(made[0], tuple):
        return tuple([_stacked([row[k] for row in made], shape) for k, _ in enumerate(made[0])])
    return _stacked(made, shape)


def _rows(a: Numbers, shape: Any, core: int) -> Numbers:
    """The arguments of one call after the other."""
    inner = a.shape[a.ndim - core :]
    if core == 0:
        return np.broadcast_to(a, shape).reshape(-1)
    return np.broadcast_to(a, (*shape, *inner)).reshape((-1, *inner))


def _placed(given: Any, places: list[int], items: list[Any]) -> list[Any]:
    every = list(given)
    for place, item in zip(places, items, strict=True):
        every[place] = item
    return every


def _stacked(made: list[Any], shape: Any) -> Numbers:
    whole = np.array(made)
    return whole.reshape((*shape, *whole.shape[1:]))


def apply_along_axis(func1d: Function, axis: int, arr: Numbers, *args: Any, **kwargs: Any) -> Numbers:
    a = np.asarray(arr)
    place = axis + a.ndim if axis < 0 else axis
    moved = np.moveaxis(a, place, -1)
    outer = moved.shape[:-1]
    rows = moved.reshape(-1, moved.shape[-1])
    made = np.array([np.asarray(func1d(row, *args, **kwargs)) for row in rows])
    whole = made.reshape((*outer, *made.shape[1:]))
    added = made.ndim - 1
    last = a.ndim - 1
    return np.moveaxis(whole, tuple(range(last, last + added)), tuple(range(place, place + added)))


def piecewise(x: Numbers, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Numbers:
    a = np.asarray(x)
    conditions = list(condlist) if isinstance(condlist, (list, tuple)) else [condlist]
    conditions = [np.asarray(condition) for condition in conditions]
    if len(funclist) == len(conditions) + 1:
        rest = conditions[0]
        for condition in conditions[1:]:
            rest = rest | condition
        conditions = [*conditions, ~rest]
    if len(funclist) != len(conditions):
        raise ValueError("np.piecewise with this number of conditions and functions")
    y = np.zeros_like(a)
    for k in range(len(conditions)):
        if callable(funclist[k]):
            y[conditions[k]] = funclist[k](a[conditions[k]], *args, **kw)
        else:
            y[conditions[k]] = funclist[k]
    return y


def fromfunction(function: Function, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any) -> Any:
    if like is not None:
        refused("np.fromfunction with like=", "leave it out")
    return function(*np.indices(shape, dtype=dtype), **kwargs)


class Nditer:
    """np.nditer of one array, or of several to be read, in C order."""

    def __init__(self, operands: tuple[Any, ...], several: bool) -> None:
        self.operands = operands
        self.several = several
        self.shape = operands[0].shape
        self.ndim = len(self.shape)
        self.itersize: int = operands[0].size
        self.iterindex: int = 0

    @property
    def multi_index(self) -> tuple[int, ...]:
        left, parts = self.iterindex, []
        for n in self.shape[::-1]:
            parts.append(left % n)
            left = left // n
        return tuple(parts[::-1])

    @property
    def index(self) -> int:
        return self.iterindex

    @property
    def finished(self) -> bool:
        return self.iterindex >= self.itersize

    @property
    def value(self) -> Any:
        index = (*self.multi_index, ...)
        if self.several:
            return tuple([a[index] for a in self.operands])
        return self.operands[0][index]

    def iternext(self) -> bool:
        self.iterindex += 1
        return self.iterindex < self.itersize

    def __iter__(self) -> Iterator[Any]:
        for k in range(self.itersize):
            self.iterindex = k
            yield self.value
        self.iterindex = self.itersize

    def __getitem__(self, k: int) -> Any:
        index = (*self.multi_index, ...)
        return self.operands[k][index]

    def __setitem__(self, k: int, value: Any) -> None:
        index = (*self.multi_index, ...)
        self.operands[k][index] = value

    def __len__(self) -> int:
        return self.itersize

    def __enter__(self) -> Nditer:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def nditer(op: Any, flags: Any = None, op_flags: Any = None, *, order: str = "K") -> Nditer:
    names = () if flags is None else tuple(flags)
    for name in names:
        if name not in ("multi_index", "c_index", "refs_ok", "zerosize_ok", "copy_if_overlap"):
            refused("np.nditer with this flag", "write a loop over indices")
    if order not in ("K", "C"):
        refused("np.nditer in this order", "write a loop over indices")
    if isinstance(op, (list, tuple)):
        if op_flags is not None:
            refused("np.nditer that writes to one of several arrays", "write a loop over indices")
        return Nditer(tuple(np.broadcast_arrays(*op)), True)
    return Nditer((op,), False)

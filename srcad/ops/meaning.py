"""What the operations mean, as Python functions: for the reference interpreter and for constant folding.

Operations that are spelled as one expression mean what their spelling says. The structural ones, which generated code
spells as statements, or differently from place to place, stand here as pure functions: stores copy.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from importlib import import_module
from types import CodeType
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

from srcad.ops.catalogue import OPS, Op
from srcad.ops.subscripts import Template
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Params, Trace

Function = Callable[..., Any]
Subscript = tuple[Any, ...]  # what stands in x[...]: indices, slices, arrays of indices
Numbers = npt.NDArray[Any]
T = TypeVar("T")


class HasItems(Protocol):
    """What has items."""

    def __getitem__(self, key: Any, /) -> object: ...


class Meanings(Mapping[str, Function]):
    """Operation name -> function of (*operands, **params); `names` are what spellings may refer to beside np, math."""

    def __init__(self, names: Mapping[str, object] | None = None) -> None:
        self.names: dict[str, object] = {"np": np, "numpy": np, "math": math, "cmath": cmath, **(names or {})}

    def __getitem__(self, name: str) -> Function:
        if name in PURE:
            return PURE[name]
        if name == "solver":
            return partial(solver, self)
        if name == "check":
            return partial(check, self)
        return self._spelled(OPS[name])

    def __iter__(self) -> Iterator[str]:
        return iter(OPS)

    def __len__(self) -> int:
        return len(OPS)

    def callable(self, operand: object, values: Sequence[object] | None) -> object:
        """A closed trace as a function; with `values` for what it captures, or to be given them."""
        if not isinstance(operand, Trace):
            return operand
        return lambda *given: evaluate(operand, (*given, *(values or ())), self)[0]

    def named(self, path: str) -> Function:
        """A function by its name: one of a library, or one of `names`."""
        module, _, name = path.rpartition(".")
        return cast(Function, getattr(import_module(module), name) if module else self.names[name])

    def _spelled(self, operation: Op) -> Function:
        def function(*operands: object, **params: object) -> object:
            arguments = tuple(f"a{k}" for k in range(len(operands)))
            text = spelled(operation, arguments, params)
            return eval(_compiled(text), self.names, dict(zip(arguments, operands, strict=True)))

        return function


def spelled(operation: Op, operands: tuple[str, ...], params: Params) -> str:
    """The Python expression for an operation on these operand texts."""
    if callable(operation.spelling):
        return operation.spelling(operands, params)
    if not operation.spelling:
        raise KeyError(f"operation {operation.name!r} has neither a spelling nor a meaning")
    return operation.spelling.format(*(f"({text})" if not text.isidentifier() else text for text in operands), **params)


@lru_cache(maxsize=4096)
def _compiled(text: str) -> CodeType:
    return compile(text, "<meaning>", "eval")


# ---- subscripts


def subscript(template: Template, index: Subscript) -> Subscript:
    """The subscript that a template makes of the index operands."""

    def operand(k: int | None) -> object:
        return None if k is None else index[k]

    def component(kind: str, *places: int | None) -> object:
        if kind == "slice":
            return slice(*map(operand, places))
        if kind in ("newaxis", "ellipsis"):
            return None if kind == "newaxis" else ...
        return operand(places[0])

    return tuple(component(*entry) for entry in template)


def get_item(x: HasItems, *operands: object, index: Template) -> object:
    return x[subscript(index, operands)]


def set_item(x: npt.ArrayLike, value: npt.ArrayLike, *operands: object, index: Template) -> Numbers:
    stored = np.array(x)
    stored[subscript(index, operands)] = value
    return stored


def add_item(x: npt.ArrayLike, value: npt.ArrayLike, *operands: object, index: Template) -> Numbers:
    """Accumulates over repeated fancy indices."""
    stored = np.array(x)
    np.add.at(stored, subscript(index, operands), value)
    return stored


def last_wins(x: npt.ArrayLike, *operands: object, index: Template) -> object:
    """True where what a store puts at x[index] stays; with repeated indices only the last does."""
    places = np.zeros(np.shape(x), dtype=np.int64)
    key = subscript(index, operands)
    numbers = np.arange(1, np.size(places[key]) + 1).reshape(np.shape(places[key]))
    places[key] = numbers
    return places[key] == numbers


# ---- shapes


def sum_to_shape(g: npt.ArrayLike, like: npt.ArrayLike) -> object:
    """Undo broadcasting: sum `g` down to the shape of `like`."""
    shape = np.shape(like)
    g = np.asarray(g)
    stretched = np.broadcast_to(g, np.broadcast_shapes(g.shape, shape))
    lead = stretched.ndim - len(shape)
    axes = (*range(lead), *(lead + k for k, n in enumerate(shape) if n == 1 and stretched.shape[lead + k] != 1))
    return np.sum(stretched, axis=axes).reshape(shape)[()]


def sum_to(g: npt.ArrayLike, axes: tuple[int, ...], keep: bool | tuple[int, ...] = ()) -> object:
    """Sum over `axes`; those in `keep` stay, with length 1 (True: all stay)."""
    kept = (tuple(axes) if keep else ()) if isinstance(keep, bool) else keep
    total = np.sum(g, axis=tuple(axes), keepdims=True)
    return np.squeeze(total, axis=tuple(a for a in axes if a not in kept))[()]


def materialise(g: npt.ArrayLike, like: npt.ArrayLike) -> object:
    return np.array(np.broadcast_to(g, np.shape(like)))[()]


def cast_to(x: Any, dtype: str) -> object:
    if isinstance(x, np.ndarray):
        return (x.real if x.dtype.kind == "c" and np.dtype(dtype).kind != "c" else x).astype(dtype)
    return np.dtype(dtype).type(x.real if np.iscomplexobj(x) and np.dtype(dtype).kind != "c" else x)


# ---- lists and tuples: a list is never changed


def _replaced(items: list[T], i: int, value: T) -> list[T]:
    copied = list(items)
    copied[i] = value
    return copied


def list_set_slice(items: list[T], values: Iterable[T], *bounds: int | None) -> list[T]:
    copied = list(items)
    copied[slice(*bounds)] = values
    return copied


def plus(a: Any, b: Any) -> Any:
    """a + b, item by item in lists and tuples, as adjoints of these add up; None is no adjoint."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, (list, tuple)):
        return type(a)(plus(x, y) for x, y in zip(a, b, strict=True))
    return a + b


def zeros_like(x: Any) -> object:
    if isinstance(x, (list, tuple)):
        return type(x)(zeros_like(item) for item in x)
    return 0.0 if x is None or isinstance(x, float) else np.zeros_like(x)[()]


# ---- effects


def call(
    callee: Function, *arguments: Any, keywords: tuple[str, ...] = (), starred: tuple[int, ...] = (), **_: object
) -> object:
    """The last arguments are named by `keywords`; "**" is a mapping of more, those at `starred` are sequences."""
    positional = len(arguments) - len(keywords)
    plain: list[object] = []
    for place, value in enumerate(arguments[:positional]):
        plain += value if place in starred else [value]
    named: dict[str, object] = {}
    for name, value in zip(keywords, arguments[positional:], strict=True):
        named.update(value if name == "**" else {name: value})
    return callee(*plain, **named)


def assert_(condition: object, *message: object) -> None:
    if not condition:
        raise AssertionError(*message)


def raise_(exception: BaseException, *cause: BaseException) -> None:
    if cause:
        raise exception from cause[0]
    raise exception


def set_attribute(thing: object, value: object, name: str) -> None:
    setattr(thing, name, value)


def check(
    meanings: Meanings,
    *operands: object,
    of: str,
    params: Mapping[str, object],
    types: tuple[object, ...],
    shapes: bool = False,
) -> None:
    """The operation, for what it raises."""
    if shapes:
        np.broadcast_shapes(*(np.shape(cast(Any, x)) for x in operands))
    elif OPS[of].scalar and all(isinstance(x, float) for x in operands) and all(_is_python(t) for t in types):
        text = cast(str, OPS[of].scalar).format(*(f"a{k}" for k in range(len(operands))))
        eval(_compiled(text), meanings.names, {f"a{k}": float(cast(float, x)) for k, x in enumerate(operands)})
    else:
        meanings[of](*operands, **params)


def _is_python(t: object) -> bool:
    return bool(getattr(t, "is_python", False))


def solver(
    meanings: Meanings,
    *operands: object,
    callee: str,
    keywords: tuple[str, ...],
    captured: int,
    style: str,
    **_: object,
) -> object:
    """A call of a solver; the functions that it takes are traces, and mean what their operations do."""
    last = len(operands) - captured
    values = operands[last:]
    found, *given = [meanings.callable(a, values if style == "closure" else None) for a in operands[:last]]
    if callee:
        given, found = [found, *given], meanings.named(callee)
    first = len(given) - len(keywords)
    named = dict(zip(keywords, given[first:], strict=True))
    if style == "args" and values:
        named["args"] = tuple(values)
    called = cast(Function, found)
    return called(*given[:first], **named)


PURE: Mapping[str, Function] = {
    "get_item": get_item,
    "set_item": set_item,
    "add_item": add_item,
    "last_wins": last_wins,
    "accumulate": plus,
    "copy": lambda x: np.array(x) if isinstance(x, np.ndarray) else x,
    "zeros_like": zeros_like,
    "materialise": materialise,
    "sum_to_shape": sum_to_shape,
    "sum_to": sum_to,
    "cast": cast_to,
    "dim": lambda x, axis: np.shape(x)[axis],
    "size": np.size,
    "shape": np.shape,
    "ndim": np.ndim,
    "list_new": lambda *items, **_: list(items),
    "list_append": lambda items, value: [*items, value],
    "list_pop": lambda items: (items[-1], items[:-1]),
    "list_get": lambda items, i: items[i],
    "list_set": lambda items, value, i: _replaced(items, i, value),
    "list_len": len,
    "list_add": lambda items, value, i: _replaced(items, i, plus(items[i], value)),
    "list_zeros": zeros_like,
    "list_concat": lambda a, b: [*a, *b],
    "list_slice": lambda items, *bounds: items[slice(*bounds)],
    "list_to_array": lambda items, stacked=False, **_: np.stack(items) if stacked else np.array(items),
    "list_set_slice": list_set_slice,
    "list_reverse": lambda items: items[::-1],
    "tuple_new": lambda *items: items,
    "record_new": lambda *items, record: items,
    "record_items": lambda record, types: record if len(types) != 1 else record[0],
    "tuple_get": lambda items, index: items[index],
    "call": call,
    "assert_": assert_,
    "raise_": raise_,
    "set_attribute": set_attribute,
    "solve_regular": np.linalg.solve,
    "regular": lambda slope: slope,
}

MEANINGS = Meanings()

"""Whether a call that can't be read is one that fails: it is tried on made-up arguments of the types that it has.

np.reshape(x, (2, 2.0))     TypeError, whatever x is: the program's own error, and no bug of whoever reads it
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from srcad.errors import InternalError, SrcadError
from srcad.frontend.core.cells import DictCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.values import ArrayRef, Func, Num, Ref, Static, Tup, Value
from srcad.frontend.memory.arrays import load, to_atom
from srcad.trace.dims import Dim, Symbol, length_of
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import OPAQUE, Array, Scalar, Type, dims_of

FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
PUBLIC = ("builtins", "numpy.exceptions", "numpy.linalg")
UNKNOWN_LENGTH = 2


Fill = Callable[[tuple[int, ...], str], Any]


def _ones(shape: tuple[int, ...], dtype: str) -> Any:
    return np.full(shape, 1, dtype)


def _irregular(shape: tuple[int, ...], dtype: str) -> Any:
    """Numbers between 0 and 1; of whole numbers zeros."""
    numbers = 0.3 + 0.6 * np.abs(np.sin(np.arange(1.0, 1.0 + prod(shape))))
    return (numbers if np.dtype(dtype).kind in "fc" else np.zeros_like(numbers)).reshape(shape).astype(dtype)


def _rising(shape: tuple[int, ...], dtype: str) -> Any:
    """Numbers that rise from -1; of whole numbers zeros."""
    numbers = np.arange(prod(shape)) * (0.7 if np.dtype(dtype).kind in "fc" else 0.0)
    return (numbers - (1.0 if np.dtype(dtype).kind in "fc" else 0.0)).reshape(shape).astype(dtype)


def _units(shape: tuple[int, ...], dtype: str) -> Any:
    """Unit matrices."""
    if len(shape) < 2:
        return _ones(shape, dtype)
    rows, columns = shape[-2:]
    return np.broadcast_to(np.eye(rows, columns, dtype=np.dtype(dtype)), shape).copy()


FILLS = (_ones, _irregular, _rising, _units)
# of the present length of the k-th symbol another: such as they are to each other, or such as may fit where those don't
SIZES: tuple[Callable[[int, int], int], ...] = (
    *(lambda _k, n: n, lambda _k, n: 2 * n, lambda _k, n: n + (n > 1)),
    *(lambda _k, _n: 3, lambda _k, _n: 1, lambda k, _n: 2 + k, lambda k, _n: max(9 - k, 1)),
)
MOST_ELEMENTS = 5000
MOST_ALONG = 2000  # of what may be the length of an array
LONGEST_TRIED, MOST_TRIED = 6, 250  # how long arrays are whose lengths are tried one beside the other; how many of them


@dataclass(frozen=True)
class MakeUp:
    """How arguments are made up: what is in arrays, and which lengths stand for those of the present call.

    lengths   of some symbols, whatever `size` makes of them
    guessed   whether lengths, and whole numbers, that aren't known are made up as well
    """

    fill: Fill = _ones
    size: Callable[[int, int], int] = SIZES[0]
    lengths: Mapping[Symbol, int] = field(default_factory=dict)
    guessed: bool = False


GUESSED = MakeUp(guessed=True)


class _Unmade(Exception):  # noqa: N818 - no error: nothing can be made up for an argument
    pass


def tried(
    m: Machine, function: Callable[..., Any], given: Arguments, read: Callable[[], Value], options: bool = False
) -> Value:
    """What reading a call gives; an exception of the call itself is raised by the program.

    `options`: a reading may pass over options, and shapes, that are wrong. If such a call fails on made-up arguments,
    it stands in the generated code as well, for its exception; nothing but the exception does if it fails whatever
    the numbers and lengths are.
    """
    found = certain_fault_of(m, function, given) if options and _may_be_wrong(function, given) else None
    if found is not None:
        if _is_settled(m, function, given, found):
            m.raises(found)
        _as_a_check(m, function, given)
    try:
        return read()
    except InternalError:
        raise
    except SrcadError:
        found = found or (certain_fault_of(m, function, given) if options else None)
        if found is None:
            raise
        if not _is_settled(m, function, given, found):
            _promise_lengths(m, given)
        m.raises(found)
    except FAULTS:  # of the call, or of a bug in what reads it: a call that doesn't fail by itself had a bug
        found = fault_of(m, function, given)
        if found is None or not _fails_anyway(m, function, given):
            raise
        m.raises(found)


def _may_be_wrong(function: Callable[..., Any], given: Arguments) -> bool:
    """Whether a call is of more than the operands of a ufunc, of which it is found otherwise whether they fit."""
    text = any(isinstance(v, Static) and isinstance(v.value, str) for v in given.args)
    return not isinstance(function, np.ufunc) or bool(given.keywords.keys() - {"out"}) or text


def _as_a_check(m: Machine, function: Callable[..., Any], given: Arguments) -> None:
    """The call, for the exception that it raises."""
    keywords = {name: value for name, value in given.keywords.items() if name != "out"}
    atoms = [to_atom(m, value) for value in (*given.args, *keywords.values())]
    named = getattr(function, "method_name", None)
    callee: Atom = Const(function, OPAQUE)
    if named is not None:
        callee, *atoms = m.emit("attribute", atoms[0], name=named), *atoms[1:]
    m.builder.structured("call", (callee, *atoms), (), (OPAQUE,), keywords=tuple(keywords))


def certain_fault_of(m: Machine, function: Callable[..., Any], given: Arguments) -> Exception | None:
    """What a call raises for made-up arguments of two kinds: it isn't about the numbers in them."""
    one = fault_of(m, function, given, MakeUp())
    other = fault_of(m, function, given, MakeUp(_irregular)) if one is not None else None
    if one is None or type(one) is not type(other) or isinstance(one, ArithmeticError):  # which is about numbers
        return None
    if isinstance(one, np.linalg.LinAlgError):  # of a matrix that is singular, or isn't positive, this one is neither
        return one if type(fault_of(m, function, given, MakeUp(_units))) is type(one) else None
    return one


def _is_settled(m: Machine, function: Callable[..., Any], given: Arguments, found: Exception) -> bool:
    """Whether a call fails in the same way with other numbers and lengths."""
    made = [MakeUp(fill, size) for fill in FILLS for size in SIZES]
    made += [MakeUp(lengths=lengths) for lengths in _short_lengths(_symbols_of(m, given))]
    others = (fault_of(m, function, given, one) for one in made)
    return all(type(other) is type(found) and str(other) == str(found) for other in others)


def _symbols_of(m: Machine, given: Arguments) -> list[Symbol]:
    """The lengths and integers of the present call that tell the types of arguments."""
    types = (t for value in (*given.args, *given.keywords.values()) for t in _types_in(m, value))
    found = dict.fromkeys(symbol for t in types for dim in _dims_of(t) for symbol in dim.symbols())
    return [symbol for symbol in found if symbol in m.lengths.sizes]


def _types_in(m: Machine, value: Value) -> Iterator[Type]:
    match value:
        case Num(var):
            yield var.type
        case ArrayRef():
            yield load(m, value).type
        case Tup(items):
            yield from (t for item in items for t in _types_in(m, item))
        case _:
            cell = m.content(value)
            if isinstance(cell, (ListCell, DictCell)):
                yield from (t for item in cell.children() for t in _types_in(m, item))


def _dims_of(t: Type) -> tuple[Dim, ...]:
    if isinstance(t, Scalar):
        return () if t.length is None else (t.length,)
    return dims_of(t) or ()


def _short_lengths(symbols: Sequence[Symbol]) -> Iterator[Mapping[Symbol, int]]:
    """All short lengths beside each other: among them are those that fit, where any do."""
    count = next(n for n in range(LONGEST_TRIED, 0, -1) if n ** len(symbols) <= MOST_TRIED or n == 1)
    ranges = [range(symbol.least or 0, (symbol.least or 0) + count) for symbol in symbols]
    return (dict(zip(symbols, sizes, strict=True)) for sizes in product(*ranges))


def _promise_lengths(m: Machine, given: Arguments) -> None:
    """What has been found out holds for calls with the present lengths."""
    for symbol in _symbols_of(m, given):
        m.promised_sign(length_of(symbol) - m.lengths.sizes[symbol])


def _fails_anyway(m: Machine, function: Callable[..., Any], given: Arguments) -> bool:
    """Whether a call fails whatever the numbers and lengths are, be it in one way or another."""
    made = (MakeUp(fill, size, guessed=True) for fill in FILLS for size in SIZES)
    return all(fault_of(m, function, given, one) is not None for one in made)


def fault_of(
    m: Machine, function: Callable[..., Any], given: Arguments, made: MakeUp = MakeUp(guessed=True)
) -> Exception | None:
    """What a call raises for made-up arguments, as an exception of a public class; None if it doesn't."""
    try:
        args = [_made(m, value, made) for value in given.args]
        mask = replace(made, guessed=True)  # of a ufunc, where it fails by its shape alone
        keywords = {k: _made(m, value, mask if k == "where" else made) for k, value in given.keywords.items()}
    except (_Unmade, SrcadError):
        return None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            function(*args, **keywords)
    except FAULTS as error:
        kind = next(k for k in type(error).__mro__ if k.__module__ in PUBLIC)
        return error if kind is type(error) else kind(str(error))
    return None


def named_method(name: str) -> Callable[..., Any]:
    """The method of this name of the first argument."""

    def method(owner: object, *args: object, **keywords: object) -> Any:
        return getattr(owner, name)(*args, **keywords)

    method.method_name = name  # type: ignore[attr-defined]
    return method


def _made(m: Machine, value: Value, made: MakeUp) -> object:
    match value:
        case Static(known):
            if isinstance(known, (FunctionType, MethodType)):
                raise _Unmade  # it may do anything
            if isinstance(known, int) and abs(known) > MOST_ALONG:
                raise _Unmade
            return known.copy() if isinstance(known, np.ndarray) else known
        case Num(var):
            return _of_type(m, var.type, made)
        case ArrayRef():
            return _of_type(m, load(m, value).type, made)
        case Tup():
            return _spread(m, value, made.fill(_lengths(m, value), "float64"), made)
        case Func():
            return _first
    cell = m.content(value)
    if isinstance(cell, ListCell):
        return _spread(m, value, made.fill(_lengths(m, value), "float64"), made)
    if isinstance(cell, DictCell):
        return {key: _made(m, item, made) for key, item in cell.items}
    raise _Unmade


def _items(m: Machine, value: Value) -> tuple[Value, ...] | None:
    """What is in a list or a tuple."""
    if isinstance(value, Tup):
        return value.items
    cell = m.content(value) if isinstance(value, Ref) else None
    return tuple(cell.items) if isinstance(cell, ListCell) else None


def _lengths(m: Machine, value: Value) -> tuple[int, ...]:
    """The shape of the array that lists in lists make, by the first of each."""
    items = _items(m, value)
    return () if items is None else (len(items), *(_lengths(m, items[0]) if items else ()))


def _spread(m: Machine, value: Value, numbers: Any, made: MakeUp) -> object:
    """A list or a tuple with the numbers of an array in it, where the program has floats."""
    items = _items(m, value)
    if items is None:
        single = isinstance(value, Num) and value.var.type.dtype == "float64" and np.ndim(numbers) == 0
        return float(numbers) if single else _made(m, value, made)
    if np.shape(numbers)[:1] != (len(items),):
        return _container_of(value)(_made(m, item, made) for item in items)
    return _container_of(value)(_spread(m, item, part, made) for item, part in zip(items, numbers, strict=True))


def _container_of(value: Value) -> Callable[[Iterable[object]], object]:
    return tuple if isinstance(value, Tup) else list


def _first(*args: object) -> object:
    """Stands for a function of the program."""
    return args[0] if args else None


def _of_type(m: Machine, t: Type, made: MakeUp) -> object:
    """A value of a type, with the lengths of the present call, or others, as far as they are known."""
    sizes = {symbol: made.size(k, n) for k, (symbol, n) in enumerate(m.lengths.sizes.items())}
    sizes |= made.lengths
    if isinstance(t, Scalar):
        count = t.length.evaluate(sizes) if t.length is not None else None
        whole = np.dtype(t.dtype).kind in "iu"  # it may say how long something is
        if abs(count or 0) > MOST_ALONG or (count is None and whole and not made.guessed):
            raise _Unmade
        number = np.dtype(t.dtype).type(made.fill((), t.dtype) if count is None else count)
        return number.item() if t.python else number
    if isinstance(t, Array):
        lengths = [d.evaluate(sizes) for d in t.dims]
        shape = tuple(UNKNOWN_LENGTH if n is None else max(n, 0) for n in lengths)
        places = np.dtype(t.dtype).kind in "iub"  # it may say where, or which: no other numbers stand for those
        if prod(shape) > MOST_ELEMENTS or ((None in lengths or places) and not made.guessed):
            raise _Unmade
        return made.fill(shape, t.dtype)
    raise _Unmade

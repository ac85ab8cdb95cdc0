"""Calls of what the catalogue knows: NumPy, math, scipy.special."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from types import BuiltinFunctionType
from typing import Any, TypeVar

import numpy as np
from numpy.exceptions import AxisError

from srcad.errors import SrcadError
from srcad.frontend.control.collecting import taken
from srcad.frontend.core.cells import ArrayCell, DictCell, GrownCell, InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments, Keywords
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.values import NONE, ArrayRef, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.library.computed import with_computed
from srcad.frontend.library.opaque import as_it_stands
from srcad.frontend.library.probing import fault_of, named_method
from srcad.frontend.memory.arrays import (
    content,
    contiguous_as,
    layout_of_ufunc,
    load,
    new_array,
    result_value,
    store,
    to_atom,
    to_number,
    to_python,
)
from srcad.frontend.memory.boxes import held
from srcad.frontend.memory.items import refuse_truncation, set_items
from srcad.frontend.memory.layouts import Layout, contiguity
from srcad.frontend.memory.puts import check_same_kind
from srcad.ops.catalogue import BY_NAME, LOWERINGS, METHODS, CallError, NeedsStatic
from srcad.ops.names import public_name
from srcad.ops.signatures import BoundCall, bind, passed_on, title
from srcad.trace.dims import fixed
from srcad.trace.nodes import Const, Var
from srcad.trace.types import KINDS, Array, ListOf, dims_of, dtype_of, rank_of

V = TypeVar("V")
JOINS: Mapping[Hashable, bool] = dict.fromkeys(
    (np.concatenate, np.concat, np.stack, np.hstack, np.vstack, np.column_stack), True
)
CONVERTING = (np.asarray, np.array, np.asanyarray)  # of an object by its __array__
MAY_SHARE = (np.ascontiguousarray, np.asfortranarray, np.require)
BY_LAYOUT = (np.ravel, np.reshape, "ravel", "reshape", "flatten")  # what their order "A" and "K" mean
C_ORDERED = ("copy", "flatten")  # methods that give new memory in C order
RESHAPES = (np.reshape, np.ravel, "reshape", "ravel")  # which give it where they copy
# what gives the only element of an array of no dimensions
OF_ONE: Mapping[Hashable, bool] = dict.fromkeys((np.sum, np.prod, np.max, np.min, np.amax, np.amin), True)
ARRAY_LIKE = (
    "__len__",
    "__array__",
    "__array_interface__",
    "__array_struct__",
    "__buffer__",
    "sum",
    "prod",
    "max",
    "min",
)
# functions whose results lie in memory as their operands do, as those of ufuncs do
KEPT = dict.fromkeys((np.copy, np.array, np.sort, np.where, "astype", np.zeros_like, np.ones_like), True)
KEPT |= dict.fromkeys((np.empty_like, np.full_like), True)
# Functions that give new memory in whatever order they computed it in, of operands in C order too; so do whole modules.
OWN_ORDER = frozenset({np.einsum, np.cross, np.delete, np.insert, np.histogram2d, np.histogramdd, np.logspace})
OWN_ORDER |= {np.unique, np.median, np.quantile, np.percentile, np.nanmedian, np.nanquantile, np.nanpercentile}
MODULES_OF_OWN_ORDER = ("numpy.linalg", "numpy.fft", "scipy.")


def entry(table: Mapping[Hashable, V], f: object) -> V | None:
    """What a table has for an object, which need not be hashable."""
    try:
        return table.get(f)
    except TypeError:
        return None


def ufunc_method(f: Any) -> str:
    owner = getattr(f, "__self__", None)
    return str(f.__name__) if isinstance(owner, np.ufunc) and isinstance(f, BuiltinFunctionType) else ""


def lowering_of(f: Any) -> Callable[..., Any] | None:
    """How calls of a NumPy, math or scipy.special function become equations; None if srcad doesn't know it."""
    found = entry(LOWERINGS, f)
    if found is not None:
        return found
    method = ufunc_method(f)
    if method:
        return LOWERINGS.get((method, f.__self__.__name__))
    module = str(getattr(f, "__module__", None) or "")
    if isinstance(f, np.ufunc) and getattr(np, f.__name__, None) is not f:
        module = "scipy.special"
    parts = module.split(".")
    short = ".".join(parts[:2]) if parts[0] == "scipy" else module
    return BY_NAME.get(f"{short}.{getattr(f, '__name__', '')}")


def lower(m: Machine, function: Any, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A call of a function that the catalogue knows, or of the method of arrays with this name."""
    if len(args) == 1 and not keywords and entry(OF_ONE, function) and _is_one_object(m, args[0]):
        return args[0]
    lowering = METHODS[function] if isinstance(function, str) else lowering_of(function)
    assert lowering is not None
    try:
        bound = bind(function, args, keywords)
    except TypeError as error:
        fault = fault_of(
            m, named_method(function) if isinstance(function, str) else function, Arguments(args, keywords)
        )
        if fault is not None:
            m.raises(fault)
        m.refuse(f"{title(function)} takes no such arguments: {error}")
    except SrcadError as error:
        raise m.located(error) from None
    untyped = bound.arguments.get("dtype", NONE) == NONE
    if function in CONVERTING and untyped and args and isinstance(args[0], Obj) and not m.is_active(args[0].var):
        return as_it_stands(m, Static(function), title(function), Arguments(args, keywords))
    kind = _other_kind(m, bound.arguments.get("dtype"))
    if kind is not None:
        return _of_other_kind(m, function, kind, args, keywords)
    sources: dict[Var, ArrayRef] = {}
    plain = {
        name: _joined(m, function, value) or _argument(m, value, sources) for name, value in bound.arguments.items()
    }
    out = None if bound.out == Static(None) else bound.out
    held_there = _content(m, out) if "where" in plain else None
    if plain.get("order") in ("A", "K") and function in BY_LAYOUT:
        plain["order"] = _settled_order(m, _flat(bound.arguments)[0]) or plain["order"]
    if function in (np.cross, np.linalg.cross):
        _count_components(m, plain)
    start = len(m.builder.equations)
    try:
        result = _lowered(m, lowering, replace(bound, arguments=plain, out=held_there), start)
    except SrcadError as error:
        raise m.located(error) from None
    except (CallError, AxisError) as error:
        whole = named_method(function) if isinstance(function, str) else function
        m.raises(fault_of(m, whole, Arguments(args, keywords)) or ValueError(str(error)))
    m.note(start)
    value = result_value(m, result, sources, layout_of(m, function, _flat(bound.arguments), sources))
    if may_share(function, plain) and len(sources) == 1:
        value = laid_out(m, function, plain, value, next(iter(sources.values())))
    strict = isinstance(function, np.ufunc) and plain.get("casting") != "unsafe"
    return value if out is None else into(m, out, value, strict)


def _is_one_object(m: Machine, value: Value) -> bool:
    """Whether NumPy makes an array of no dimensions of a value: of a dict, say, which it doesn't look into."""
    cell = m.content(value)
    if isinstance(cell, InstanceCell):
        return not any(hasattr(cell.cls, name) for name in ARRAY_LIKE)
    return isinstance(cell, DictCell)


def _settled_order(m: Machine, array: Value) -> str | None:
    """In which order elements stand that are read as they lie in memory; None where that isn't known."""
    if not isinstance(array, ArrayRef) or (rank_of(load(m, array).type) or 2) <= 1:
        return "C" if isinstance(array, (ArrayRef, Num)) else None
    orders = contiguous_as(m, array) or frozenset()
    return next((order for order in "CF" if order in orders), None)


def _count_components(m: Machine, given: Mapping[str, object]) -> None:
    """Count on how many components vectors have, which tells what their product is."""
    axes = (given.get("axis", given.get(name, -1)) for name in ("axisa", "axisb"))
    for x, axis in zip(list(given.values())[:2], axes, strict=True):
        dims = dims_of(x.type) if isinstance(x, (Var, Const)) else None
        if dims and isinstance(axis, int) and -len(dims) <= axis < len(dims):
            for count in (2, 3):
                m.lengths.wish(dims[axis], fixed(count))


def _lowered(m: Machine, lowering: Callable[..., Any], given: BoundCall, start: int) -> Any:
    """What a lowering makes of arguments; what it needs to know, of what constants alone are computed to."""
    positional, named = passed_on(given, lowering)
    try:
        return lowering(m.builder, *positional, **named)
    except NeedsStatic as needed:
        m.note(start)  # of these it is found what has to be known
        arguments = with_computed(m, given.arguments, needed.var)
        if arguments is None:
            raise
    return _lowered(m, lowering, replace(given, arguments=arguments), start)


def _other_kind(m: Machine, dtype: object) -> str | None:
    """What a dtype makes of numbers, where that is no numbers: text, objects, records."""
    if not isinstance(dtype, (Static, Ref, Tup)) or dtype == NONE:
        return None
    try:
        known: Any = to_python(m, dtype)
        return KINDS.get(np.dtype(known).kind)
    except TypeError:  # the call raises it, too
        return None


def _of_other_kind(m: Machine, function: Any, kind: str, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A call that makes an array of text or objects: as it stands, if nothing active goes in."""
    if any(m.depends(v) for v in (*args, *keywords.values())):
        m.refuse(
            f"values that depend on the differentiated arguments become {kind}",
            why="no derivative passes through arrays of anything but numbers.",
            do="keep them in arrays of floats; what is of different kinds goes into a list, a tuple or a dict.",
            never=True,
        )
    if isinstance(function, str):
        method = Obj(m.emit("attribute", to_atom(m, args[0]), name=function))
        return as_it_stands(m, method, function, Arguments(args[1:], keywords))
    return as_it_stands(m, Static(function), public_name(function), Arguments(args, keywords))


def _joined(m: Machine, function: object, value: object) -> Var | None:
    """A list of arrays that are to be joined: these may be of any lengths, so that no array is made of it."""
    cell = m.content(value) if isinstance(value, Ref) and entry(JOINS, function) else None
    kept = content(m, cell) if isinstance(cell, GrownCell) else None
    arrays = isinstance(kept, Var) and isinstance(kept.type, ListOf) and isinstance(kept.type.element, Array)
    return kept if arrays and isinstance(kept, Var) else None


def _content(m: Machine, out: object) -> object:
    """What stands in the array, or the arrays, that results go to."""
    if isinstance(out, (Tup, tuple)):
        return tuple(_content(m, one) for one in (out.items if isinstance(out, Tup) else out))
    return load(m, out) if isinstance(out, ArrayRef) else None


def _flat(arguments: Mapping[str, object]) -> tuple[Value, ...]:
    """The arguments, those of *args one by one."""
    return tuple(v for given in arguments.values() for v in (given if isinstance(given, tuple) else (given,)))


def may_share(function: object, arguments: Mapping[str, object]) -> bool:
    """Whether it depends on how an array lies in memory if the result is a view of it."""
    if function in (np.asarray, np.asanyarray, np.array) and not arguments.get("copy", function is np.array):
        return arguments.get("order") in ("C", "F")
    return function in MAY_SHARE


def layout_of(m: Machine, f: object, args: tuple[Value, ...], sources: dict[Var, ArrayRef]) -> Layout:
    """The inputs that must be C-contiguous for a new array of this function to be; None if that isn't known."""
    if f in C_ORDERED and len(args) == 1:
        return frozenset()
    ordered = has_own_order(f) or any(
        isinstance(a, Static) and isinstance(a.value, str) and a.value in ("F", "A", "K") for a in args
    )
    if f in RESHAPES and not ordered:
        return frozenset()
    kept = entry(KEPT, f) or (isinstance(f, np.ufunc) and f.signature is None)
    if kept and not any(a in (Static("F"), Static("A")) for a in args):
        return layout_of_ufunc(m, args)
    within = any(isinstance(a, (Tup, Ref)) and held(m, (a,))[0] for a in args)
    return None if ordered or within or f in (*MAY_SHARE, np.einsum) else contiguity(m, list(sources.values()))


def has_own_order(function: object) -> bool:
    """Whether the result may lie in memory in another order than C's though all operands lie in that."""
    return function in OWN_ORDER or str(getattr(function, "__module__", "")).startswith(MODULES_OF_OWN_ORDER)


def laid_out(m: Machine, function: object, arguments: Mapping[str, object], value: Value, source: ArrayRef) -> Value:
    """A result that is its argument, or a copy of it, by the order of the memory."""
    order = {np.ascontiguousarray: "C", np.asfortranarray: "F"}.get(function) or arguments.get("order")  # type: ignore[call-overload]
    orders = contiguous_as(m, source) if order in ("C", "F") else None
    if not isinstance(value, ArrayRef) or value.cell != source.cell:
        return value
    if orders is not None and order in orders:
        return value
    atom = load(m, value)
    value = new_array(m, atom, frozenset() if order == "C" else tuple(range(rank_of(atom.type) or 0))[::-1])
    if orders is None:
        share(m, value, source)
    return value


def share(m: Machine, value: Value, source: ArrayRef) -> None:
    """These give a view of a single operand where they can: the result may share its memory."""
    cell = m.heap[value.cell] if isinstance(value, ArrayRef) and value.cell != source.cell else None
    if isinstance(value, ArrayRef) and isinstance(cell, ArrayCell):
        m.heap[value.cell] = replace(cell, aliases=cell.aliases | sharers(m.heap, source.cell), contiguous=None)


def _argument(m: Machine, value: Any, sources: dict[Var, ArrayRef]) -> object:
    """What a lowering gets for an argument; a Python tuple of values is what *args stands for."""
    if isinstance(value, tuple):
        return tuple(_argument(m, item, sources) for item in value)
    value = taken(m, value)
    plain = to_python(m, value)
    if isinstance(value, ArrayRef) and isinstance(plain, Var):
        sources.setdefault(plain, value)
    if isinstance(value, Obj) and m.is_active(value.var):
        m.refuse_object(value.var)
    return plain


def into(m: Machine, out: object, value: Value, strict: bool = False) -> Value:
    """out=: the result is stored in an array, and is that array; several results in several arrays."""
    outs = out.items if isinstance(out, Tup) else out if isinstance(out, tuple) else (out,)
    values = value.items if isinstance(value, Tup) else (value,)
    stored = tuple(v if o in (None, NONE) else _stored(m, o, v, strict) for o, v in zip(outs, values, strict=True))
    return Tup(stored) if isinstance(value, Tup) else stored[0]


def _stored(m: Machine, out: Value, value: Value, strict: bool) -> Value:
    """`strict`: the dtype of the result must be of the kind of that of the output, as for ufuncs."""
    if not isinstance(out, ArrayRef):
        m.refuse(f"{out.describe()} is given as out=")
    before = load(m, out).type
    fresh = load(m, value) if isinstance(value, ArrayRef) else None
    if fresh is not None and fresh.type == before:
        store(m, out, fresh)
    else:
        refuse_truncation(m, before, to_number(m, value))
        if strict:
            check_same_kind(m, dtype_of(to_number(m, value).type), dtype_of(before))
        set_items(m, out, value, ((), (("ellipsis",),)))
    return out

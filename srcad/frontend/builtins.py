"""The built-in functions of Python, and a few of its standard library, on abstract values."""

from __future__ import annotations

import ast
import builtins
import collections
import copy
import dataclasses
import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.frontend import arithmetic, objects
from srcad.frontend.arrays import describe, load, to_atom, to_number
from srcad.frontend.branches import as_bool, both, branch, either, truth
from srcad.frontend.comprehensions import accumulate, to_list
from srcad.frontend.expressions import (
    PYTHON_BINARY,
    binary,
    compare,
    dict_items,
    fold,
    number_result,
    refuse_object,
    unary,
    wrap,
)
from srcad.frontend.iteration import Indexed, Items, known_items, length, sequence
from srcad.frontend.machine import Machine
from srcad.frontend.subscripts import get_at
from srcad.frontend.values import (
    FALSE,
    NONE,
    ArrayRef,
    Bound,
    Choice,
    DictCell,
    Func,
    GrownCell,
    InstanceCell,
    Iter,
    ListCell,
    Method,
    Num,
    Obj,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Value,
)
from srcad.ops.catalogue import LOWERINGS, NeedsStatic
from srcad.trace.nodes import Var
from srcad.trace.types import Array, Scalar, Unknown, dtype_of

# ---- forms that look at the syntax of their arguments


def special_form(m: Machine, function: Value, node: ast.Call) -> Value | None:
    """super(), and sum(... for ...), which adds up as it goes."""
    if not isinstance(function, Static):
        return None
    if function.value is super and not node.args:
        return _super(m)
    plain = len(node.args) == 1 and not node.keywords
    if function.value is sum and plain and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp)):
        with m.at(node):
            return accumulate(m, node.args[0])
    return None


def _super(m: Machine) -> Value:
    for frame in (m.frame,):
        cls = next((cell.cell_contents for name, cell in frame.code.closure if name == "__class__"), None)
        first = frame.code.node.args.args[0].arg
        if cls is not None:
            return Iter("super", (Static(cls), frame.names[first]))
    m.refuse("super() outside of a method")


# ---- numbers


def _abs(m: Machine, x: Value) -> Value:
    return Static(abs(x.value)) if isinstance(x, Static) else number_result(m, "absolute", x)


def _pow(m: Machine, base: Value, exponent: Value) -> Value:
    return binary(m, ast.Pow(), base, exponent)


def _divmod(m: Machine, a: Value, b: Value) -> Value:
    return Tup((binary(m, ast.FloorDiv(), a, b), binary(m, ast.Mod(), a, b)))


def _round(m: Machine, number: Value, ndigits: Value = NONE) -> Value:
    if isinstance(number, Static) and isinstance(ndigits, Static):
        return Static(round(number.value, ndigits.value))
    from srcad.frontend.calls import lower

    digits = Static(0) if ndigits == NONE else ndigits
    return lower(m, LOWERINGS[np.round], (number, digits), {}, np.round)


def _float(m: Machine, x: Value = Static(0.0)) -> Value:  # noqa: B008
    if isinstance(x, Static):
        return _static_call(m, float, x)
    if isinstance(x, Obj):
        if m.is_active(x.var):
            refuse_object(m)
        return Num(m.emit("as_float", x.var))
    atom = to_number(m, x)
    if isinstance(atom.type, Scalar) and atom.type.dtype == "float64":
        return Num(atom) if isinstance(atom, Var) else Static(float(atom.value))
    if isinstance(atom.type, Array):
        return number_item(m, atom)
    return wrap(m, m.emit("cast", atom, dtype="float64"))


def number_item(m: Machine, atom: Any) -> Value:
    """The number in an array of one element; of another array the run raises, as float(x) does."""
    whole = atom if atom.type.rank == 0 else m.emit("reshape", atom)
    return wrap(m, m.emit("get_item", whole, index=()))


def _static_call(m: Machine, f: Any, *args: Static) -> Value:
    try:
        return Static(f(*(a.value for a in args)))
    except (TypeError, ValueError) as error:
        m.refuse(f"this raises {type(error).__name__}: {error}")


def _int(m: Machine, x: Value = Static(0)) -> Value:  # noqa: B008
    if isinstance(x, Static):
        return _static_call(m, int, x)
    if isinstance(x, Obj):
        if m.is_active(x.var):
            refuse_object(m)
        return Num(m.emit("as_int", x.var))
    atom = to_number(m, x)
    if isinstance(atom.type, Scalar) and atom.type.dtype == "int64":
        return wrap(m, atom)
    return wrap(m, m.emit("as_int", atom))


def _bool(m: Machine, x: Value = FALSE) -> Value:
    return as_bool(m, x)


def _extreme(name: str, op: str) -> Callable[..., Value]:
    reduction = LOWERINGS[getattr(np, name)]
    pick = getattr(builtins, name)

    def lowered(m: Machine, *args: Value, key: Value = NONE, default: Value | None = None) -> Value:
        values = args if len(args) > 1 else None
        if values is None and isinstance(args[0], (ArrayRef, Num)):
            from srcad.frontend.calls import lower

            return lower(m, reduction, args, {}, name)
        items = sequence(m, args[0]) if values is None else Items(values)
        if isinstance(items, Indexed):
            return _extreme_of_list(m, args[0], reduction, name)
        if not items.values and default is not None:
            return default
        if key != NONE:
            return _extreme_by_key(m, items.values, key, name == "min")
        if all(isinstance(v, Static) for v in items.values):
            return Static(pick(v.value for v in items.values if isinstance(v, Static)))
        return functools.reduce(lambda a, b: number_result(m, op, a, b), items.values)

    return lowered


def _extreme_of_list(m: Machine, values: Value, reduction: Any, name: str) -> Value:
    from srcad.frontend.calls import lower

    made = to_list(m, values)
    cell: Any = m.heap[made.cell]
    from srcad.frontend.arrays import grown_array, new_array

    return lower(m, reduction, (new_array(m, grown_array(m, cell.var)),), {}, name)


def _extreme_by_key(m: Machine, values: tuple[Value, ...], key: Value, smallest: bool) -> Value:
    from srcad.frontend.calls import call

    best, best_key = values[0], call(m, key, (values[0],))
    for value in values[1:]:
        its_key = call(m, key, (value,))
        better = compare(m, ast.Lt() if smallest else ast.Gt(), its_key, best_key)
        known = truth(m, better)
        if isinstance(known, Var):
            pair = branch(m, known, lambda v=value, k=its_key: Tup((v, k)), lambda b=best, k=best_key: Tup((b, k)))
            assert isinstance(pair, Tup)
            best, best_key = pair.items
        elif known:
            best, best_key = value, its_key
    return best


def _sum(m: Machine, values: Value, start: Value = Static(0)) -> Value:  # noqa: B008
    return accumulate(m, values, start)


# ---- sizes and ranges


def _len(m: Machine, x: Value) -> Value:
    if isinstance(x, Static):
        return Static(len(x.value))
    if isinstance(x, Tup):
        return Static(len(x.items))
    if isinstance(x, Ref):
        return _container_length(m, x)
    if isinstance(x, (Range, Iter)):
        items = sequence(m, x)
        return Static(len(items.values)) if isinstance(items, Items) else arithmetic.number(m, length(m, items))
    atom = to_atom(m, x)
    if isinstance(atom.type, Array) and atom.type.rank:
        from srcad.frontend.arrays import from_atom

        return from_atom(m, m.emit("dim", atom, axis=0))
    return Num(m.emit("list_len", atom))


def _container_length(m: Machine, x: Ref) -> Value:
    cell = m.heap[x.cell]
    if isinstance(cell, (ListCell, DictCell)):
        return Static(len(cell.items))
    if isinstance(cell, GrownCell):
        return Num(m.emit("list_len", cell.var))
    return objects.call_special(m, x, "__len__", ())


def _range(m: Machine, *args: Value) -> Value:
    for arg in args:
        if isinstance(arg, (ArrayRef, Num, Obj)) and np.dtype(dtype_of(to_atom(m, arg).type) or "int64").kind == "f":
            m.refuse("a float is an argument of range, which raises TypeError")
    if len(args) == 1:
        return Range(Static(0), args[0], Static(1))
    return Range(args[0], args[1], args[2] if len(args) > 2 else Static(1))


def _slice(m: Machine, *args: Value) -> Value:
    if len(args) == 1:
        return Slice(NONE, args[0], NONE)
    return Slice(args[0], args[1], args[2] if len(args) > 2 else NONE)


def _iterator(kind: str) -> Callable[..., Value]:
    def make(m: Machine, *parts: Value, **named: Value) -> Value:
        return Iter(kind, (*parts, *named.values()))

    return make


# ---- containers


def _list(m: Machine, values: Value | None = None) -> Value:
    return Ref(m.allocate(ListCell(()))) if values is None else to_list(m, values)


def _tuple(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    items = sequence(m, values)
    if isinstance(items, Items):
        return Tup(items.values)
    try:
        return Tup(known_items(m, values, "the length of a tuple"))
    except NeedsStatic:
        return to_list(m, values)


def _dict(m: Machine, values: Value | None = None, **named: Value) -> Value:
    items: dict[Any, Value] = {}
    if isinstance(values, Ref) and isinstance(m.heap[values.cell], DictCell):
        items.update(dict_items(m, values))
    elif values is not None:
        from srcad.frontend.containers import key_of

        for pair in known_items(m, values, "the pairs of a dict"):
            key, value = known_items(m, pair, "a pair")
            items[key_of(m, key)] = value
    items.update(named)
    return Ref(m.allocate(DictCell(tuple(items.items()))))


def _set(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    items = known_items(m, values, "the items of a set")
    if all(isinstance(v, Static) for v in items):
        return Static({v.value for v in items if isinstance(v, Static)})
    m.refuse("sets of values that are known at run time only aren't supported", do="use a list.")


def _sorted(m: Machine, values: Value, key: Value = NONE, reverse: Value = FALSE) -> Value:
    return ordered(m, values, key, reverse)


def ordered(m: Machine, values: Value, key: Value, reverse: Value) -> Value:
    """sorted(...): of known values now, of numbers by np.sort."""
    from srcad.frontend.calls import call, lower

    items = sequence(m, values)
    if isinstance(items, Items):
        keys = [v if key == NONE else call(m, key, (v,)) for v in items.values]
        if all(isinstance(k, Static) for k in keys):
            plain = [k.value for k in keys if isinstance(k, Static)]
            order = sorted(range(len(keys)), key=plain.__getitem__, reverse=bool(reverse != FALSE))
            return Ref(m.allocate(ListCell(tuple(items.values[k] for k in order))))
    if key != NONE:
        m.refuse("sorting by a key that is known at run time only isn't supported yet", do="use np.argsort.")
    array = values if isinstance(values, ArrayRef) else _as_array(m, values)
    done = lower(m, LOWERINGS[np.sort], (array,), {}, np.sort)
    if reverse != FALSE:
        done = get_at(m, done, Slice(NONE, NONE, Static(-1)))
    return to_list(m, done)


def _as_array(m: Machine, values: Value) -> Value:
    from srcad.frontend.arrays import new_array

    return new_array(m, to_number(m, to_list(m, values)))


def _any(m: Machine, values: Value) -> Value:
    return _fold_bools(m, values, either, FALSE, np.any)


def _all(m: Machine, values: Value) -> Value:
    return _fold_bools(m, values, both, Static(True), np.all)


def _fold_bools(m: Machine, values: Value, combine: Any, empty: Value, reduction: Any) -> Value:
    items = sequence(m, values)
    if isinstance(items, Items):
        result: Value = empty
        for value in items.values:
            result = combine(m, result, lambda v=value: as_bool(m, v))
        return result
    from srcad.frontend.calls import lower

    array = values if isinstance(values, ArrayRef) else _as_array(m, values)
    return lower(m, LOWERINGS[reduction], (array,), {}, reduction)


# ---- kinds and attributes


def python_types(m: Machine, value: Value) -> tuple[type, ...] | None:
    """The Python types that a value may be of; None if it isn't known."""
    if isinstance(value, Static):
        return (type(value.value),)
    if isinstance(value, Tup):
        return (value.cls or tuple,)
    if isinstance(value, ArrayRef):
        return (np.ndarray,)
    if isinstance(value, Ref):
        return (_container_type(m.heap[value.cell]),)
    if isinstance(value, Num) and isinstance(value.var.type, Scalar):
        t = value.var.type
        kinds = {"float64": float, "int64": int, "bool": bool, "complex128": complex}
        return (kinds[t.dtype] if t.python else np.dtype(t.dtype).type,)
    if isinstance(value, (Func, Bound, Method)):
        return (type(lambda: None),)
    if isinstance(value, Range):
        return (range,)
    return None


def _container_type(cell: Any) -> type:
    if isinstance(cell, DictCell):
        return cell.cls or dict
    return cell.cls if isinstance(cell, InstanceCell) else list


def _isinstance(m: Machine, value: Value, kinds: Value) -> Value:
    wanted = kinds.value if isinstance(kinds, Static) else tuple(
        k.value for k in known_items(m, kinds, "classes") if isinstance(k, Static)
    )
    known = python_types(m, value)
    if known is not None:
        return Static(issubclass(known[0], wanted))
    if isinstance(value, Choice):
        chosen = value
        return branch(
            m,
            value.condition,
            lambda: _isinstance(m, chosen.then, kinds),
            lambda: _isinstance(m, chosen.otherwise, kinds),
        )
    return Num(m.emit("is_instance", to_atom(m, value), to_atom(m, Static(wanted))))


def _type(m: Machine, value: Value) -> Value:
    known = python_types(m, value)
    if known is None:
        m.refuse("the type of a value that is known at run time only is asked for", do="use isinstance.")
    return Static(known[0])


def _callable(m: Machine, value: Value) -> Value:
    if isinstance(value, Static):
        return Static(callable(value.value))
    return Static(isinstance(value, (Func, Bound, Method)))


def _name(m: Machine, name: Value) -> str:
    if not isinstance(name, Static):
        m.refuse("the name of an attribute isn't known before the run")
    return str(name.value)


def _getattr(m: Machine, owner: Value, name: Value, default: Value | None = None) -> Value:
    if default is not None and _hasattr(m, owner, name) == FALSE:
        return default
    return objects.get_attribute(m, owner, _name(m, name))


def _setattr(m: Machine, owner: Value, name: Value, value: Value) -> Value:
    objects.set_attribute(m, owner, _name(m, name), value)
    return NONE


def _hasattr(m: Machine, owner: Value, name: Value) -> Value:
    word = _name(m, name)
    if isinstance(owner, Ref):
        cell = m.heap[owner.cell]
        if isinstance(cell, InstanceCell):
            return Static(word in dict(cell.fields) or hasattr(cell.cls, word) or hasattr(cell.origin, word))
    known = python_types(m, owner)
    if isinstance(owner, Static):
        return Static(hasattr(owner.value, word))
    if known is None or isinstance(owner, Num) and isinstance(owner.var.type, Unknown):
        m.refuse("whether an object has an attribute isn't known before the run")
    return Static(hasattr(known[0], word))


def _copy(m: Machine, value: Value) -> Value:
    from srcad.frontend.calls import lower

    if isinstance(value, ArrayRef):
        return lower(m, LOWERINGS[np.copy], (value,), {}, np.copy)
    return Ref(m.allocate(m.heap[value.cell])) if isinstance(value, Ref) else value


def _deepcopy(m: Machine, value: Value) -> Value:
    if isinstance(value, ArrayRef):
        return _copy(m, value)
    if isinstance(value, Tup):
        return Tup(tuple(_deepcopy(m, item) for item in value.items), value.cls)
    if isinstance(value, Ref):
        return Ref(m.allocate(_deep_cell(m, m.heap[value.cell])))
    return value


def _deep_cell(m: Machine, cell: Any) -> Any:
    if isinstance(cell, ListCell):
        return ListCell(tuple(_deepcopy(m, item) for item in cell.items))
    if isinstance(cell, DictCell):
        return DictCell(tuple((k, _deepcopy(m, item)) for k, item in cell.items), cell.cls)
    if isinstance(cell, GrownCell):
        return GrownCell(cell.var)
    return InstanceCell(cell.cls, tuple((k, _deepcopy(m, item)) for k, item in cell.fields), cell.origin, cell.path)


# ---- functools, operator, itertools


def _reduce(m: Machine, function: Value, values: Value, *initial: Value) -> Value:
    from srcad.frontend.calls import call

    items = known_items(m, values, "the items of a reduction")
    parts = (*initial, *items)
    return functools.reduce(lambda a, b: call(m, function, (a, b)), parts)


def _partial(m: Machine, function: Value, *args: Value, **named: Value) -> Value:
    return Bound(function, args, tuple(named.items()))


def _combinations(function: Any) -> Callable[..., Value]:
    def made(m: Machine, *parts: Value, **named: Value) -> Value:
        columns = [
            p.value if isinstance(p, Static) and isinstance(p.value, int) else known_items(m, p, "items")
            for p in parts
        ]
        plain = {k: v.value for k, v in named.items() if isinstance(v, Static)}
        rows = list(itertools.islice(function(*columns, **plain), 100_000))
        return Tup(tuple(Tup(row) if isinstance(row, tuple) else row for row in rows))

    return made


def _running(m: Machine, values: Value, function: Value | None = None, initial: Value = NONE) -> Value:
    from srcad.frontend.calls import call

    items = known_items(m, values, "items")
    totals = list(items[:1]) if initial == NONE else [initial]
    for item in items[1:] if initial == NONE else items:
        total = binary(m, ast.Add(), totals[-1], item) if function is None else call(m, function, (totals[-1], item))
        totals.append(total)
    return Tup(tuple(totals))


def _filter(m: Machine, function: Value, values: Value) -> Value:
    from srcad.frontend.calls import call

    kept = []
    for item in known_items(m, values, "the items that are filtered"):
        known = truth(m, item if function == NONE else call(m, function, (item,)))
        if isinstance(known, Var):
            m.refuse("filter by a condition that is known at run time only", do="use a comprehension or a mask.")
        if known:
            kept.append(item)
    return Tup(tuple(kept))


def _next(m: Machine, iterator: Value, default: Value | None = None) -> Value:
    items = known_items(m, iterator, "the items of an iterator")
    if not items and default is not None:
        return default
    m.refuse("next() isn't supported yet", do="index the sequence, or loop over it.")


def _operator(op: ast.operator) -> Callable[..., Value]:
    return lambda m, a, b: binary(m, op, a, b)


def _comparison(op: ast.cmpop) -> Callable[..., Value]:
    return lambda m, a, b: compare(m, op, a, b)


def _itemgetter(m: Machine, *keys: Value) -> Value:
    return Bound(Static(operator.getitem), (), tuple((f"key{k}", key) for k, key in enumerate(keys)))


def _getitem(m: Machine, owner: Value, key: Value | None = None, **keys: Value) -> Value:
    every = tuple(keys.values()) if key is None else (key,)
    items = tuple(get_at(m, owner, k) for k in every)
    return items[0] if len(items) == 1 else Tup(items)


def _text(m: Machine, value: Value = Static("")) -> Value:  # noqa: B008
    if isinstance(value, Static):
        return Static(str(value.value))
    return Obj(m.emit("format", to_atom(m, value), pieces=((0, "", ""),)))


def _shape(m: Machine, x: Value) -> Value:
    return objects.get_attribute(m, x, "shape") if isinstance(x, (ArrayRef, Num)) else Tup(_dims(m, x))


def _dims(m: Machine, x: Value) -> tuple[Value, ...]:
    if isinstance(x, (Tup, Ref)):
        array = _as_array(m, x)
        shape = objects.get_attribute(m, array, "shape")
        assert isinstance(shape, Tup)
        return shape.items
    return ()


def _deque(m: Machine, values: Value = Tup(()), maxlen: Value = NONE) -> Value:  # noqa: B008
    if maxlen != NONE:
        m.refuse("a deque with a maximal length isn't supported yet", do="drop the oldest item yourself.")
    return to_list(m, values)


def _prod(m: Machine, values: Value, start: Value = Static(1)) -> Value:  # noqa: B008
    return accumulate(m, values, start, ast.Mult())


def _replace(m: Machine, owner: Value, **named: Value) -> Value:
    """dataclasses.replace."""
    if not isinstance(owner, Ref) or not isinstance(m.heap[owner.cell], InstanceCell):
        m.refuse("dataclasses.replace of something that is no dataclass")
    from srcad.frontend.calls import call

    cls = python_types(m, owner)
    names = [f.name for f in dataclasses.fields(cls[0]) if f.init] if cls else []
    fields = {name: named.get(name) or objects.get_attribute(m, owner, name) for name in names}
    return call(m, Static(cls[0] if cls else None), (), fields)


def _asdict(m: Machine, owner: Value) -> Value:
    cls = python_types(m, owner)
    names = [f.name for f in dataclasses.fields(cls[0])] if cls else []
    return Ref(m.allocate(DictCell(tuple((name, objects.get_attribute(m, owner, name)) for name in names))))


BUILTINS: dict[Any, Callable[..., Value]] = {
    abs: _abs,
    pow: _pow,
    divmod: _divmod,
    round: _round,
    float: _float,
    int: _int,
    bool: _bool,
    max: _extreme("max", "maximum"),
    min: _extreme("min", "minimum"),
    sum: _sum,
    len: _len,
    range: _range,
    slice: _slice,
    zip: _iterator("zip"),
    enumerate: _iterator("enumerate"),
    reversed: _iterator("reversed"),
    map: _iterator("map"),
    filter: _filter,
    next: _next,
    iter: lambda m, values: values,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    set: _set,
    frozenset: _set,
    sorted: _sorted,
    any: _any,
    all: _all,
    isinstance: _isinstance,
    type: _type,
    callable: _callable,
    getattr: _getattr,
    setattr: _setattr,
    hasattr: _hasattr,
    str: _text,
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
    collections.deque: _deque,
    collections.OrderedDict: _dict,
    math.prod: _prod,
    math.fsum: _sum,
    dataclasses.replace: _replace,
    dataclasses.asdict: _asdict,
    functools.reduce: _reduce,
    functools.partial: _partial,
    itertools.product: _combinations(itertools.product),
    itertools.combinations: _combinations(itertools.combinations),
    itertools.permutations: _combinations(itertools.permutations),
    itertools.chain: _combinations(itertools.chain),
    itertools.pairwise: _combinations(itertools.pairwise),
    itertools.accumulate: _running,
    operator.itemgetter: _itemgetter,
    operator.getitem: _getitem,
    operator.add: _operator(ast.Add()),
    operator.sub: _operator(ast.Sub()),
    operator.mul: _operator(ast.Mult()),
    operator.truediv: _operator(ast.Div()),
    operator.pow: _operator(ast.Pow()),
    operator.matmul: _operator(ast.MatMult()),
    operator.neg: lambda m, x: unary(m, ast.USub(), x),
    operator.lt: _comparison(ast.Lt()),
    operator.gt: _comparison(ast.Gt()),
}

__all__ = ["BUILTINS", "PYTHON_BINARY", "describe", "fold", "load", "special_form"]

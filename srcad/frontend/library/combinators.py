"""functools, operator and itertools: functions of functions and of sequences."""

from __future__ import annotations

import ast
import bisect
import functools
import heapq
import itertools
import math
import operator
import re
import statistics
import sys
import warnings
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from srcad.definitions import averages, bisection, heaps, iterators, operators, orders
from srcad.definitions.closeness import is_close
from srcad.definitions.numpy import functions
from srcad.errors import SrcadError
from srcad.frontend.containers.comparisons import compare
from srcad.frontend.containers.containers import repeat
from srcad.frontend.containers.exhaustion import once
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.keys import key_of
from srcad.frontend.containers.operators import binary, unary
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.control.collecting import to_list
from srcad.frontend.core.cells import ListCell
from srcad.frontend.core.machine import Machine, constant
from srcad.frontend.core.values import NONE, ArrayRef, Bound, Iter, Num, Range, Ref, Slice, Static, Tup, Value
from srcad.frontend.library.lowered import lower
from srcad.frontend.memory.arrays import to_number
from srcad.frontend.memory.branches import python_bool
from srcad.frontend.memory.cursors import content_of, cursor
from srcad.frontend.memory.layouts import count_on_layout
from srcad.frontend.memory.objects import get_attribute
from srcad.ops.catalogue import NeedsStatic, static

MOST_ROWS = 100_000


def _reduce(m: Machine, function: Value, values: Value, *initial: Value) -> Value:
    with m.attempt(NeedsStatic, when=lambda _: not m.known.sized) as tried:
        items = known_items(m, values, "the items of a reduction")
    if tried.error is not None:
        program = iterators.reduced_from if initial else iterators.reduced
        return m.call(Static(program), (function, to_list(m, values), *initial))
    parts = (*initial, *items)
    if not parts:
        m.raises(TypeError("reduce() of empty iterable with no initial value"))
    return functools.reduce(lambda a, b: m.call(function, (a, b)), parts)


def _partial(_m: Machine, function: Value, *args: Value, **named: Value) -> Value:
    return Bound(function, args, tuple(named.items()))


def _combinations(function: Any) -> Callable[..., Value]:
    def made(m: Machine, *parts: Value, **named: Value) -> Value:
        columns = [_number_or_items(m, part) for part in parts]
        options = {name: _number_or_items(m, option) for name, option in named.items()}
        rows = list(itertools.islice(function(*columns, **options), MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            m.refuse(f"itertools.{function.__name__} gives more than {MOST_ROWS} items, which would be read one by one")
        return Tup(tuple(Tup(row) if isinstance(row, tuple) else row for row in rows))

    return made


def _number_or_items(m: Machine, part: Value) -> object:
    """An integer or None as it is, which must be known by now; the items of anything else."""
    match part:
        case Num():
            return constant(part.var)
        case Static() if part.value is None or isinstance(part.value, int):
            return part.value
    return known_items(m, part, "items")


def _spent(function: Callable[..., Value]) -> Callable[..., Value]:
    """What it gives can be run through once."""
    return lambda m, *args, **keywords: once(m, "once", function(m, *args, **keywords))


def _lazily(kind: str) -> Callable[..., Value]:
    """An iterator that runs when it is run through, and once."""
    return lambda m, *parts: once(m, kind, *parts)


def _running(m: Machine, iterable: Value, func: Value = NONE, *, initial: Value = NONE) -> Value:
    return once(m, "accumulate", iterable, func, initial)


def _islice(m: Machine, values: Value, *bounds: Value) -> Value:
    start, stop, step = (NONE, *bounds, NONE) if len(bounds) == 1 else (*bounds, NONE)[:3]
    if isinstance(values, (Tup, ArrayRef, Range)):
        return once(m, "once", get_at(m, values, Slice(start, stop, step)))
    return once(m, "islice", values, start, stop, step)


def _tee(m: Machine, values: Value, n: Value = Static(2)) -> Value:  # noqa: B008
    items, kept = to_list(m, values), content_of(m, values)
    return Tup(tuple(cursor(m, items, kept) for _ in range(static(to_number(m, n), "a number"))))


def _batched(m: Machine, values: Value, n: Value) -> Value:
    items, size = known_items(m, values, "the items of batches"), static(to_number(m, n), "the size of batches")
    return Tup(tuple(Tup(items[k : k + size]) for k in range(0, len(items), size)))


def _grouped(m: Machine, iterable: Value, key: Value = NONE) -> Value:
    """itertools.groupby, by keys that are known now, or that the run finds."""
    with m.attempt(SrcadError, NeedsStatic):
        return once(m, "once", _groups(m, iterable, key))
    return m.call(Static(iterators.grouped), (iterable, key))


def _groups(m: Machine, values: Value, key: Value) -> Value:
    """The groups of known items by keys that are known."""
    items = known_items(m, values, "the items of groups")
    keys = [key_of(m, item if key == NONE else m.call(key, (item,))) for item in items]
    pairs = itertools.groupby(range(len(items)), keys.__getitem__)
    return Tup(tuple(Tup((Static(k), Tup(tuple(items[i] for i in group)))) for k, group in pairs))


def _longest(m: Machine, *parts: Value, fillvalue: Value = NONE) -> Value:
    return once(m, "zip_longest", fillvalue, *parts)


def _repeated(m: Machine, item: Value, times: Value | None = None) -> Value:
    if times is None:
        return Iter("repeat", (item,))
    return repeat(m, Tup((item,)), times) if isinstance(times, Static) else _repeated_list(m, item, times)


def _repeated_list(m: Machine, item: Value, times: Value) -> Value:
    return repeat(m, Ref(m.allocate(ListCell((item,)))), times)


# ---- functions of functions


def identity(function: object) -> object:
    """What functools.wraps(...) and lru_cache(...) are to a derivative."""
    return function


def _decorator(_m: Machine, *_: Value, **__: Value) -> Value:
    return Static(identity)


def _cache(_m: Machine, function: Value = NONE, **_: Value) -> Value:
    """@lru_cache with and without arguments: a pure function gives the same without its cache."""
    return Static(identity) if isinstance(function, Static) and not callable(function.value) else function


def _attrgetter(_m: Machine, name: Value) -> Value:
    return Bound(Static(attribute_of), (), (("name", name),))


def attribute_of(owner: object, name: str) -> object:
    """What operator.attrgetter(name) does."""
    return operator.attrgetter(name)(owner)


def _attribute_of(m: Machine, owner: Value, name: Value) -> Value:
    assert isinstance(name, Static)
    return functools.reduce(lambda o, part: get_attribute(m, o, part), str(name.value).split("."), owner)


def method_of(owner: object, *args: Any, **named: object) -> object:
    """What operator.methodcaller(name, ...) does; the name comes first."""
    name, *rest = args
    return getattr(owner, name)(*rest, **named)


def _methodcaller(_m: Machine, name: Value, *args: Value, **named: Value) -> Value:
    keywords = (("", name), *((str(k), a) for k, a in enumerate(args)), *named.items())
    return Bound(Static(method_of), (), keywords)


def _method_of(m: Machine, owner: Value, **given: Value) -> Value:
    name = given.pop("")
    assert isinstance(name, Static)
    args = tuple(v for k, v in given.items() if k.isdigit())
    return m.call(get_attribute(m, owner, name.value), args, {k: v for k, v in given.items() if not k.isdigit()})


def _vectorize(m: Machine, pyfunc: Value, **options: Value) -> Value:
    """np.vectorize(function, ...): with the axes that its signature gives it, and what is excluded."""
    if set(options) - {"otypes", "doc", "excluded", "signature", "cache"}:
        m.refuse("np.vectorize with these options isn't supported yet", do="write a loop.")
    given = options.get("excluded", NONE)
    places = () if given == NONE else known_items(m, given, "what is excluded")
    if not all(isinstance(place, Static) and isinstance(place.value, int) for place in places):
        m.refuse("np.vectorize that excludes an argument by its name isn't supported yet", do="exclude its position.")
    cores = _cores(m, options.get("signature", NONE))
    return Bound(Static(functions.vectorised), (pyfunc, cores, Tup(places)))


def _cores(m: Machine, signature: Value) -> Value:
    """Of a signature "(n),(n,k)->()", how many axes each argument has."""
    if not isinstance(signature, Static):
        m.refuse("a signature that only the run knows")
    if signature.value is None:
        return NONE
    inputs = str(signature.value).replace(" ", "").split("->")[0]
    parts = re.findall(r"\(([^)]*)\)", inputs)
    return Tup(tuple(Static(len([name for name in part.split(",") if name])) for part in parts))


def _from_python(_m: Machine, func: Value, *_counts: Value, **_options: Value) -> Value:
    """np.frompyfunc: what it makes holds objects, which are numbers all the same."""
    return Bound(Static(functions.vectorised), (func, NONE, Tup(())))


def _distance(m: Machine, p: Value, q: Value) -> Value:
    """math.dist."""
    known = all(isinstance(one, Tup) or isinstance(m.content(one), ListCell) for one in (p, q))
    return lower(m, math.dist, (p, q), {}) if known else m.call(Static(averages.distance), (p, q))


def _as_defined(program: Callable[..., Any]) -> Callable[..., Value]:
    """A function of functions, by the program that defines it: what it doesn't take itself it hands on."""
    return lambda m, *args, **named: m.call(Static(program), args, named)


def _nditer(m: Machine, op: Value, *others: Value, **options: Value) -> Value:
    """np.nditer goes in the order of memory: that of C if one array of several is whole, and all are made so."""
    operands = known_items(m, op, "the arrays of nditer") if isinstance(op, Tup) or m.content(op) is not None else (op,)
    arrays = [one for one in operands if isinstance(one, ArrayRef)]
    plain = all(step.op == "get_item" for one in arrays for step in one.path) and any(not one.path for one in arrays)
    if not plain or not all(count_on_layout(m, one.cell) for one in arrays):
        m.refuse("np.nditer of an array whose order in memory isn't known", do="write a loop over indices.")
    return m.call(Static(functions.nditer), (op, *others), dict(options))


def _operator(op: ast.operator) -> Callable[..., Value]:
    return lambda m, a, b: binary(m, op, a, b)


def _comparison(op: ast.cmpop) -> Callable[..., Value]:
    return lambda m, a, b: compare(m, op, a, b)


def _itemgetter(_m: Machine, *keys: Value) -> Value:
    return Bound(Static(operator.getitem), (), tuple((f"key{k}", key) for k, key in enumerate(keys)))


def _getitem(m: Machine, owner: Value, key: Value | None = None, **keys: Value) -> Value:
    every = tuple(keys.values()) if key is None else (key,)
    items = tuple(get_at(m, owner, k) for k in every)
    return items[0] if len(items) == 1 else Tup(items)


AVERAGES = (
    *("mean", "fmean", "geometric_mean", "harmonic_mean", "variance", "stdev", "pvariance", "pstdev"),
    *("median", "median_low", "median_high", "covariance", "linear_regression"),
)
BISECTIONS = ("bisect_left", "bisect_right", "insort_left", "insort_right")
HEAPS = ("heappush", "heappop", "heapreplace", "heappushpop", "heapify", "nlargest", "nsmallest")
CHANGING = ("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul", "setitem", "delitem")

COMBINATORS: dict[Hashable, Callable[..., Value]] = {
    filter: _lazily("filter"),
    itertools.filterfalse: _lazily("filterfalse"),
    itertools.groupby: _grouped,
    itertools.tee: _tee,
    identity: lambda m, function: function,
    attribute_of: _attribute_of,
    method_of: _method_of,
    np.vectorize: _vectorize,
    np.frompyfunc: _from_python,
    np.nditer: _nditer,
    itertools.compress: _as_defined(iterators.compress),
    **{getattr(operator, name): _as_defined(getattr(operators, name)) for name in CHANGING},
    **{getattr(heapq, name): _as_defined(getattr(heaps, name)) for name in HEAPS},
    **{getattr(statistics, name): _as_defined(getattr(averages, name)) for name in AVERAGES},
    **{getattr(bisect, name): _as_defined(getattr(bisection, name)) for name in BISECTIONS},
    **{f: _as_defined(averages.normal_inv_cdf) for f in (getattr(statistics, "_normal_dist_inv_cdf", None),) if f},
    math.dist: _distance,
    math.isclose: _as_defined(is_close),
    operator.truth: lambda m, x: python_bool(m, x),
    operator.is_not: _comparison(ast.IsNot()),
    operator.concat: _operator(ast.Add()),
    operator.lshift: _operator(ast.LShift()),
    operator.rshift: _operator(ast.RShift()),
    np.apply_along_axis: _as_defined(functions.apply_along_axis),
    np.piecewise: _as_defined(functions.piecewise),
    np.fromfunction: _as_defined(functions.fromfunction),
    functools.wraps: _decorator,
    **{getattr(warnings, name): _decorator for name in ("deprecated",) if hasattr(warnings, name)},  # since 3.13
    functools.lru_cache: _cache,
    functools.cache: _cache,
    itertools.islice: _islice,
    itertools.zip_longest: _longest,
    itertools.takewhile: _lazily("takewhile"),
    itertools.dropwhile: _lazily("dropwhile"),
    itertools.chain.from_iterable: _lazily("chain all"),
    itertools.repeat: _repeated,
    itertools.count: lambda m, start=Static(0), step=Static(1): once(m, "count", start, step),  # noqa: B008
    itertools.cycle: _lazily("cycle"),
    operator.attrgetter: _attrgetter,
    operator.methodcaller: _methodcaller,
    functools.reduce: _reduce,
    functools.cmp_to_key: lambda m, mycmp: Bound(Static(orders.ComparedBy), (), (("compare", mycmp),)),
    functools.partial: _partial,
    itertools.product: _spent(_combinations(itertools.product)),
    itertools.combinations: _spent(_combinations(itertools.combinations)),
    itertools.permutations: _spent(_combinations(itertools.permutations)),
    itertools.combinations_with_replacement: _spent(_combinations(itertools.combinations_with_replacement)),
    itertools.chain: _lazily("chain"),
    itertools.pairwise: _lazily("pairwise"),
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
    operator.pos: lambda m, x: unary(m, ast.UAdd(), x),
    operator.not_: lambda m, x: unary(m, ast.Not(), x),
    operator.contains: lambda m, owner, item: compare(m, ast.In(), item, owner),
    operator.floordiv: _operator(ast.FloorDiv()),
    operator.mod: _operator(ast.Mod()),
    operator.and_: _operator(ast.BitAnd()),
    operator.or_: _operator(ast.BitOr()),
    operator.xor: _operator(ast.BitXor()),
    operator.eq: _comparison(ast.Eq()),
    operator.ne: _comparison(ast.NotEq()),
    operator.lt: _comparison(ast.Lt()),
    operator.le: _comparison(ast.LtE()),
    operator.gt: _comparison(ast.Gt()),
    operator.ge: _comparison(ast.GtE()),
    operator.is_: _comparison(ast.Is()),
}
if sys.version_info >= (3, 12):
    COMBINATORS[itertools.batched] = _spent(_batched)

"""functools, operator and itertools: functions of functions and of sequences."""

from __future__ import annotations

import ast
import functools
import itertools
import operator
from collections.abc import Callable
from typing import Any

from srcad.frontend.branches import truth
from srcad.frontend.expressions import (
    binary,
    compare,
    unary,
)
from srcad.frontend.iteration import known_items
from srcad.frontend.machine import Machine
from srcad.frontend.subscripts import get_at
from srcad.frontend.values import (
    NONE,
    Bound,
    Static,
    Tup,
    Value,
)
from srcad.trace.nodes import Var


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


COMBINATORS: dict[Any, Callable[..., Value]] = {
    filter: _filter,
    next: _next,
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

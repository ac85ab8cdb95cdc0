"""Comprehensions and generator expressions: loops that collect.

[f(v) for v in x if v > 0]     ->     items = []; for v in x: if v > 0: items.append(f(v))
sum(f(v) for v in x)           ->     total = 0; for v in x: total = total + f(v)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from srcad.frontend.containers.containers import append, set_container_item
from srcad.frontend.containers.exhaustion import once, spend
from srcad.frontend.containers.iterated import watching
from srcad.frontend.containers.iteration import Indexed, Items, sequence
from srcad.frontend.control.loops import for_loop, written_out
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, DictCell, FrameCell, GrownCell, Iter, ListCell, Ref, Static, Value
from srcad.frontend.memory.boxes import gathered
from srcad.frontend.memory.branches import branch, truth
from srcad.frontend.syntax.expressions import binary, evaluate
from srcad.trace.nodes import Var

Collect = Callable[[], None]
MOST_WRITTEN_OUT = 4


def comprehension(m: Machine, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) -> Value:
    """A list, a dict, a list that stands for a set; of a generator what makes its list, when it is run through."""
    if isinstance(node, ast.GeneratorExp):
        return _generator(m, node)
    made = Ref(m.allocate(DictCell(()) if isinstance(node, ast.DictComp) else ListCell(())))
    with scope(m, node):
        clauses(m, node.generators, lambda: _collect(m, made, node))
    if isinstance(node, ast.SetComp):
        from srcad.frontend.library.builtins import BUILTINS

        return BUILTINS[set](m, made)
    return made


def _generator(m: Machine, node: ast.GeneratorExp) -> Value:
    """The names in it are looked up as it runs, but for what its first `for` runs over: (lambda it: [...])(first)."""
    from srcad.frontend.procedures.functions import make_function

    first, *rest = node.generators
    given = evaluate(m, first.iter)
    if any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node)):
        whole = ast.ListComp(node.elt, node.generators)  # it gives names to the function that it stands in
        return once(m, "once", comprehension(m, ast.copy_location(whole, node)))
    name = ast.copy_location(ast.Name(_GIVEN, ast.Load()), first.iter)
    clause = ast.comprehension(first.target, name, first.ifs, first.is_async)
    whole = ast.copy_location(ast.ListComp(node.elt, [clause, *rest]), node)
    parameters = ast.arguments([], [ast.arg(_GIVEN)], None, [], [], None, [])
    function = make_function(m, ast.copy_location(ast.Lambda(parameters, whole), node))
    return once(m, "generator", function, given)


_GIVEN = "$given"


def _collect(m: Machine, made: Ref, node: Any) -> None:
    if isinstance(node, ast.DictComp):
        set_container_item(m, made, evaluate(m, node.key), evaluate(m, node.value))
    else:
        append(m, made, evaluate(m, node.elt))


@contextmanager
def scope(m: Machine, node: Any) -> Iterator[None]:
    """The frame of a comprehension, which has names of its own."""
    targets = [n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)]
    walrus = [n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr) and isinstance(n.target, ast.Name)]
    code = replace(m.code, local_names=frozenset(targets), nonlocals=frozenset(walrus))
    m.frames.append(m.allocate(FrameCell(code, {}, m.frames[-1])))
    try:
        yield
    finally:
        m.frames.pop()


def clauses(m: Machine, generators: list[ast.comprehension], collect: Collect) -> None:
    """The for and if parts, from the outermost in."""
    if not generators:
        collect()
        return
    first, rest = generators[0], generators[1:]
    values = evaluate(m, first.iter)
    items = few(m, sequence(m, values))
    if isinstance(items, Indexed) and isinstance(first.target, ast.Name):
        items = replace(items, name=first.target.id) if is_range(first.iter) else items

    def turn(item: Value) -> None:
        from srcad.frontend.syntax.assign import assign

        m.bind("$continue", FALSE)
        assign(m, first.target, item)
        conditions(m, first.ifs, lambda: clauses(m, rest, collect))

    for_loop(m, items, watching(m, values, turn))


def few(m: Machine, items: Items | Indexed) -> Items | Indexed:
    """A short constant range is written out: what it makes has a known length, and stays a list of known items."""
    known = None if m.written_out else written_out(items, MOST_WRITTEN_OUT)
    if known is None or isinstance(items, Items):
        return items
    return Items(tuple(items.get(Static(k)) for k in known))


def is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def conditions(m: Machine, tests: list[ast.expr], go_on: Collect) -> None:
    if not tests:
        go_on()
        return
    known = truth(m, evaluate(m, tests[0]))
    if known is True:
        conditions(m, tests[1:], go_on)
    elif isinstance(known, Var):
        branch(m, known, lambda: _then(m, tests[1:], go_on), lambda: NONE)


def _then(m: Machine, tests: list[ast.expr], go_on: Collect) -> Value:
    conditions(m, tests, go_on)
    return NONE


# ---- sums and lists


def accumulate(
    m: Machine,
    values: Any,
    start: Value = Static(0),  # noqa: B008
    op: ast.operator = ast.Add(),  # noqa: B008
) -> Value:
    """sum(...): of a comprehension or of any sequence, added up as it comes."""
    node = values if isinstance(values, ast.expr) else None
    holder = node if node is not None else _EMPTY
    with scope(m, holder):
        m.bind("$total", start)

        def add(value: Value) -> None:
            frame = owner
            total = m.heap[frame]
            assert isinstance(total, FrameCell)
            m.bind("$total", binary(m, op, total.names["$total"], value), frame)

        owner = m.frames[-1]
        if node is not None:
            comprehension_node: Any = node
            clauses(m, comprehension_node.generators, lambda: add(evaluate(m, comprehension_node.elt)))
        else:
            for_loop(m, sequence(m, values), add)
        result = m.frame.names["$total"]
    return result


_EMPTY = ast.ListComp(ast.Constant(None), [])


def to_list(m: Machine, values: Value) -> Ref:
    """list(values): a new list."""
    items = sequence(m, values)
    made = Ref(m.allocate(ListCell(())))
    if not isinstance(items, Indexed):
        m.heap[made.cell] = ListCell(items.values)
        return made
    if isinstance(values, Ref) and isinstance(m.heap[values.cell], GrownCell):
        grown = m.heap[values.cell]
        assert isinstance(grown, GrownCell)
        m.heap[made.cell] = replace(gathered(m, grown.var, values), poison=grown.poison)
        return made
    with scope(m, _EMPTY):
        for_loop(m, items, lambda item: _append(m, made, item))
    return made


def taken(m: Machine, value: Value) -> Value:
    """An argument of a builtin, which runs through it at once, and may look at it more than once."""
    if not isinstance(value, Iter) or value.state is None:
        return value
    if value.kind in ("generator", "once"):
        return to_list(m, value)
    spend(m, value)
    return replace(value, state=None)


def _append(m: Machine, made: Ref, item: Value) -> None:
    append(m, made, item)

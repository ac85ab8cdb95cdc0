"""srcad.vjp and srcad.linearize in the program: the value, and a linear map that is called later, or not at all.

    value, pullback = srcad.vjp(f, x)        v1 = f(x), read apart
    (x_bar,) = pullback(2.0)           ->    x_bar: the adjoint of f at x, for the seed 2.0

The map stands for the function and the values of its inputs at that place. Each call of it puts the derivative there;
what this needs of the function's own values is the same equations once more, which simplification makes one.
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.errors import SrcadError
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.reading import LinearMapValue, Maps
from srcad.frontend.core.values import NONE, Tup, Value
from srcad.frontend.derivatives.derivatives import like, moves, pair, read_apart, requested, split_options
from srcad.frontend.procedures.placing import placed, tree_value
from srcad.trace.nodes import Atom, Fixed, Leaf, Node, Trace, Tree, Var
from srcad.trace.types import is_differentiable


def make_map(m: Machine, name: str, meaning: Maps, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """srcad.vjp(f, *primals): the value and the map."""
    options, keywords = split_options(m, keywords)
    if keywords or not args:
        m.refuse(f"srcad.{name} takes a function and its arguments, by position")
    request = requested(m, meaning.request, options)
    function, *primals = args
    part = read_apart(m, function, tuple(primals), {}, range(len(primals)))
    assert part.reading is not None
    trace = part.reading.trace
    values: dict[Var, Atom] = dict(part.moving)
    operands = tuple(values.get(entry.var, entry.var) for entry in trace.inputs)
    results = placed(m, trace, values)
    return Tup(
        (tree_value(m, trace.output, results), LinearMapValue(name, request, part.reading, (*operands, *results)))
    )


def call_map(m: Machine, f: LinearMapValue, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """A call of the map: with an adjoint of the value, or with tangents of the arguments."""
    due = 1 if _is_pullback(f) else len(f.reading.wrt_trees)
    if keywords or len(args) != due:
        m.refuse(f"what srcad.{f.name} returned takes {due} arguments, and gets {len(args) + len(keywords)}")
    try:
        derive = m.derive()
        trace = derive.transposed(f.reading) if _is_pullback(f) else derive.derived(f.reading, f.request)
    except SrcadError as error:
        raise m.located(error) from None
    return _pulled(m, f, trace, args[0]) if _is_pullback(f) else _pushed(m, f, trace, args)


def _is_pullback(f: LinearMapValue) -> bool:
    return bool(f.request.kind == "transpose")


def _pulled(m: Machine, f: LinearMapValue, trace: Trace, bar: Value) -> Value:
    """The adjoints of the arguments, for an adjoint of the value."""
    actual = f.operands[len(f.reading.trace.inputs) :]
    seeded = [k for k, result in enumerate(f.reading.trace.body.results) if is_differentiable(result.type)]
    found: dict[int, Value] = {}
    _pair(m, f.reading.trace.output, bar, found)
    seeds = [like(m, actual[k], found.get(k, NONE), "the adjoint") for k in seeded]
    results = _placed(m, f, trace, seeds)
    assert isinstance(trace.output, Node)
    bars = [results[leaf.index] for leaf in trace.output.children if isinstance(leaf, Leaf)]
    return Tup(tuple(tree_value(m, tree, bars) for tree in f.reading.wrt_trees))


def _pushed(m: Machine, f: LinearMapValue, trace: Trace, dots: Sequence[Value]) -> Value:
    """The tangent of the value, for tangents of the arguments."""
    found: dict[int, Value] = {}
    for tree, dot in zip(f.reading.wrt_trees, dots, strict=True):
        _pair(m, tree, dot, found)
    moving = [f.operands[k] for k in f.reading.wrt]
    seeds = [like(m, actual, found.get(k, NONE), "the tangent") for k, actual in enumerate(moving)]
    results = _placed(m, f, trace, seeds)
    assert isinstance(trace.output, Node)
    return tree_value(m, trace.output.children[1], results)


def _placed(m: Machine, f: LinearMapValue, trace: Trace, seeds: Sequence[Atom]) -> tuple[Atom, ...]:
    """The results of a derivative, whose further inputs are the seeds."""
    given = (*f.operands[: len(f.reading.trace.inputs)], *seeds)
    return placed(m, trace, {entry.var: atom for entry, atom in zip(trace.inputs, given, strict=True)})


def _pair(m: Machine, tree: Tree, value: Value, found: dict[int, Value]) -> None:
    """The parts of an adjoint or a tangent by the leaves that they are for."""
    if isinstance(tree, Fixed) and moves(m, value):
        m.refuse(f"{value.describe()} is given for what has no derivative", do="give None.")
    pair(m, tree, value, found)


__all__ = ["call_map", "make_map"]

"""Putting a trace in the place of a call: its equations, with the arguments for its inputs, and what it returns.

y = g(x)          ->          v1 = 2 * x        the equations of the trace of g
                              y  = v1           its output, as an abstract value
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.frontend.core.cells import DictCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Num, Ref, Static, Tup, Value
from srcad.frontend.memory.arrays import from_atom
from srcad.frontend.procedures.procedures import add_traces
from srcad.trace.nodes import Atom, Equation, Fixed, Leaf, Node, Trace, Tree, Var
from srcad.trace.rewrite import instance
from srcad.trace.types import Scalar, is_differentiable
from srcad.trace.walk import free_variables


def place(m: Machine, trace: Trace, values: dict[Var, Atom]) -> Value:
    """The equations of a trace, emitted here with these values for its inputs, and what it returns."""
    return tree_value(m, trace.output, placed(m, trace, values))


def placed(m: Machine, trace: Trace, values: dict[Var, Atom]) -> tuple[Atom, ...]:
    """What a trace returns, as variables: its equations are emitted here with these values for its inputs."""
    trace = add_traces(m, trace)
    equations, results = instance(trace.body, values)
    append_all(m, equations)
    return results


def append_all(m: Machine, equations: Sequence[Equation]) -> None:
    """The equations, emitted here as they stand; what moves in them is active."""
    for equation in equations:
        start = len(m.builder.equations)
        m.builder.equations.append(equation)
        m.note(start)
        inner = (var for region in equation.regions for var in free_variables(region))
        if any(m.is_active(var) for var in inner):
            m.variables.active.update(var for var in equation.results if is_differentiable(var.type))


def tree_value(m: Machine, tree: Tree, results: Sequence[Atom]) -> Value:
    """The abstract value of a structure of variables."""
    match tree:
        case Leaf():
            atom = results[tree.index]
            return (
                Num(atom)
                if isinstance(atom, Var) and isinstance(atom.type, Scalar)
                else from_atom(m, atom, layout=None)
            )
        case Fixed():
            return Static(tree.value)
    return container(m, tree, tuple(tree_value(m, child, results) for child in tree.children))


def container(m: Machine, tree: Node, parts: tuple[Value, ...]) -> Value:
    """A container of the kind of a node, with these parts."""
    if tree.kind in ("tuple", "namedtuple"):
        return Tup(parts, tree.cls if tree.kind == "namedtuple" else None)
    if tree.kind == "list":
        return Ref(m.allocate(ListCell(parts)))
    named = tuple(zip(tree.keys, parts, strict=True))
    if tree.kind == "dict":
        return Ref(m.allocate(DictCell(named, tree.cls)))
    assert tree.cls is not None
    return Ref(m.allocate(InstanceCell(tree.cls, named)))


__all__ = ["append_all", "container", "place", "placed", "tree_value"]

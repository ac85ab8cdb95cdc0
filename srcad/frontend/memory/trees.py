"""The structure of arguments and results: abstract values as trees whose leaves are variables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from srcad.errors import NotYetSupported
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    ArrayRef,
    Choice,
    DictCell,
    GrownCell,
    InstanceCell,
    ListCell,
    Num,
    Obj,
    Partial,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.memory.arrays import load
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Fixed, Leaf, Node, Path, Tree, Var
from srcad.trace.types import is_differentiable


def leaves_of(m: Machine, value: Value) -> list[Var]:
    """The variables of an argument."""
    if isinstance(value, (Num, Obj)):
        return [value.var] if isinstance(value.var, Var) else []
    if isinstance(value, ArrayRef):
        atom = load(m, value)
        return [atom] if isinstance(atom, Var) else []
    if isinstance(value, Tup):
        return [v for item in value.items for v in leaves_of(m, item)]
    if isinstance(value, Ref):
        return _cell_leaves(m, m.heap[value.cell])
    return []


def _cell_leaves(m: Machine, cell: Any) -> list[Var]:
    if isinstance(cell, ListCell):
        return [v for item in cell.items for v in leaves_of(m, item)]
    if isinstance(cell, DictCell):
        return [v for _, item in cell.items for v in leaves_of(m, item)]
    if isinstance(cell, InstanceCell):
        return [v for _, item in cell.fields for v in leaves_of(m, item)]
    return [cell.var] if isinstance(cell, GrownCell) and isinstance(cell.var, Var) else []


def argument_tree(m: Machine, value: Any, path: Path, wrt: list[int], position: dict[Var, int]) -> Tree:
    """The structure of a differentiated argument, whose leaves are places in `wrt`."""
    known = m.inputs.get(path)
    if known is not None:
        if not is_differentiable(known.var.type):
            return Fixed(None)
        wrt.append(position[known.var])
        return Leaf(len(wrt) - 1)
    return container_tree(value, path, lambda v, p: argument_tree(m, v, p, wrt, position))


def container_tree(value: Any, path: Path, build: Callable[[Any, Path], Tree]) -> Tree:
    if isinstance(value, dict):
        children = tuple(build(v, path.item(k)) for k, v in value.items())
        return Node("dict", children, tuple(value), type(value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        named = zip(value._fields, value, strict=True)
        return Node("namedtuple", tuple(build(v, path.attr(k)) for k, v in named), value._fields, type(value))
    if isinstance(value, (tuple, list)):
        kind = "list" if isinstance(value, list) else "tuple"
        return Node(kind, tuple(build(v, path.item(k)) for k, v in enumerate(value)), (), type(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = made_of(type(value))
        return Node("dataclass", tuple(build(getattr(value, k), path.attr(k)) for k in names), names, type(value))
    return Fixed(None)


def made_of(cls: Any) -> tuple[str, ...]:
    """The fields from which a dataclass can be made again."""
    others = [f.name for f in dataclasses.fields(cls) if not f.init]
    if others:
        raise NotYetSupported(
            f"{cls.__name__} has the field {others[0]!r}, which its __init__ doesn't take",
            why="a gradient is made of the class of its argument, from all of its fields.",
            do="make it an ordinary field, or compute it where it is used.",
        )
    return tuple(f.name for f in dataclasses.fields(cls))


def result_tree(m: Machine, value: Value, atoms: list[Atom]) -> Tree:
    """The structure of a result; its numbers and arrays are appended to `atoms`."""
    if isinstance(value, (Num, Obj, ArrayRef)):
        atoms.append(load(m, value) if isinstance(value, ArrayRef) else value.var)
        return Leaf(len(atoms) - 1)
    if isinstance(value, Static):
        return _static_tree(value, atoms)
    if isinstance(value, Tup):
        kind = "tuple" if value.cls is None else "namedtuple"
        keys: tuple[str, ...] = () if value.cls is None else value.cls._fields  # type: ignore[attr-defined]
        return Node(kind, tuple(result_tree(m, item, atoms) for item in value.items), keys, value.cls)
    if isinstance(value, Ref):
        return _cell_tree(m, m.heap[value.cell], atoms)
    if isinstance(value, Partial):
        return result_tree(m, value.value, atoms)
    if isinstance(value, Choice):
        m.refuse("the structure of the result depends on a condition of the run", do="return one structure always.")
    m.refuse("a function or an iterator is returned", do="return numbers, arrays and containers of these.")


def _static_tree(value: Static, atoms: list[Atom]) -> Tree:
    if isinstance(value.value, (float, complex)) or type(value.value) is int:
        atoms.append(const(value.value))
        return Leaf(len(atoms) - 1)
    return Fixed(value.value)


def _cell_tree(m: Machine, cell: Any, atoms: list[Atom]) -> Tree:
    if isinstance(cell, ListCell):
        return Node("list", tuple(result_tree(m, item, atoms) for item in cell.items))
    if isinstance(cell, DictCell):
        keys = tuple(key for key, _ in cell.items)
        return Node("dict", tuple(result_tree(m, item, atoms) for _, item in cell.items), keys, cell.cls)
    if isinstance(cell, GrownCell):
        atoms.append(cell.var)
        return Leaf(len(atoms) - 1)
    if isinstance(cell, InstanceCell) and dataclasses.is_dataclass(cell.cls):
        names = made_of(cell.cls)
        fields = dict(cell.fields)
        return Node("dataclass", tuple(result_tree(m, fields[k], atoms) for k in names), names, cell.cls)
    m.refuse("an instance of a class is returned", do="return its numbers and arrays.")

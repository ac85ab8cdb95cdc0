"""Values taken apart: what of a value is known now (its form), and the numbers, arrays and lists in it (its leaves)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    ArrayCell,
    ArrayRef,
    Bound,
    DictCell,
    Func,
    GrownCell,
    InstanceCell,
    ListCell,
    Num,
    Obj,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.core.walk import same
from srcad.frontend.memory.arrays import load, to_atom
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import Array, ListOf, Scalar, Type, Unknown, join

NUMBERS = (int, float, complex)


class NoForm(Exception):  # noqa: N818 - an answer, not an error
    """A value that can't be taken apart."""


@dataclass(frozen=True)
class Form:
    """kind: "number", "array", "list", "object" (a leaf), "fixed" (a known value), or a container with its parts."""

    kind: str
    value: Any = None
    parts: tuple[Form, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """A number, array or list in a value; `cells`: the memory that it may be."""

    atom: Atom
    name: str
    cells: frozenset[int] = frozenset()

    @property
    def type(self) -> Type:
        return self.atom.type


def taken_apart(m: Machine, value: Value, name: str, leaves: list[Leaf]) -> Form:
    """The form of a value; its leaves are appended."""
    if isinstance(value, Num):
        return _leaf("number", Leaf(value.var, name), leaves)
    if isinstance(value, Obj):
        return _leaf("object", Leaf(value.var, name), leaves)
    if isinstance(value, ArrayRef):
        cell = m.heap[value.cell]
        others = cell.aliases if isinstance(cell, (ArrayCell, GrownCell)) else frozenset()
        return _leaf("array", Leaf(load(m, value), name, others | {value.cell}), leaves)
    if isinstance(value, Static):
        if type(value.value) in NUMBERS:
            return _leaf("number", Leaf(const(value.value), name), leaves)
        return Form("fixed", value)
    if isinstance(value, Tup):
        return Form("tuple", value.cls, _parts(m, enumerate(value.items), name, leaves))
    if isinstance(value, Ref):
        return _container(m, value, name, leaves)
    if isinstance(value, (Func, Bound)):
        return Form("fixed", value)
    raise NoForm


def _leaf(kind: str, leaf: Leaf, leaves: list[Leaf]) -> Form:
    leaves.append(leaf)
    return Form(kind)


def _parts(m: Machine, items: Any, name: str, leaves: list[Leaf]) -> tuple[Form, ...]:
    return tuple(taken_apart(m, item, f"{name}_{key}", leaves) for key, item in items)


def _container(m: Machine, ref: Ref, name: str, leaves: list[Leaf]) -> Form:
    cell = m.heap[ref.cell]
    if isinstance(cell, GrownCell):
        return _leaf("list", Leaf(to_atom(m, ref), name, cell.aliases | cell.lists | {ref.cell}), leaves)
    if isinstance(cell, ListCell):
        return Form("items", None, _parts(m, enumerate(cell.items), name, leaves))
    if isinstance(cell, DictCell) and not cell.unsure:
        keys = tuple(key for key, _ in cell.items)
        return Form("dict", (keys, cell.cls), _parts(m, cell.items, name, leaves))
    if isinstance(cell, InstanceCell) and cell.origin is None and not cell.unsure:
        fields = tuple(key for key, _ in cell.fields)
        return Form("instance", (fields, cell.cls), _parts(m, cell.fields, name, leaves))
    if isinstance(cell, InstanceCell) and cell.origin is not None:
        return Form("fixed", ref)
    raise NoForm


def alike(a: Form, b: Form) -> bool:
    """Whether two values of these forms differ in their leaves alone."""
    if a.kind != b.kind or len(a.parts) != len(b.parts):
        return False
    if a.kind == "fixed":
        return same(a.value, b.value)
    return bool(a.value == b.value) and all(map(alike, a.parts, b.parts))


def joined(a: Type, b: Type) -> Type | None:
    """The type of a leaf that has either type; None for values of different kinds."""
    if type(a) is not type(b) or isinstance(a, Unknown):
        return a if a == b else None
    if isinstance(a, Array) and isinstance(b, Array) and a.rank != b.rank:
        return None
    t = join(a, b)
    return t if isinstance(t, type(a)) else None


def plain(t: Type) -> Type:
    """A type without what an int counts."""
    return Scalar(t.dtype, t.python) if isinstance(t, Scalar) else t


def put_together(m: Machine, form: Form, values: Iterator[Value]) -> Value:
    """The value of a form with these for its leaves."""
    if form.kind in ("number", "array", "list", "object"):
        return next(values)
    if form.kind == "fixed":
        fixed: Value = form.value
        return fixed
    items = [put_together(m, part, values) for part in form.parts]
    if form.kind == "tuple":
        return Tup(tuple(items), form.value)
    if form.kind == "items":
        return Ref(m.allocate(ListCell(tuple(items))))
    keys, cls = form.value
    pairs = tuple(zip(keys, items, strict=True))
    return Ref(m.allocate(DictCell(pairs, cls) if form.kind == "dict" else InstanceCell(cls, pairs)))


def leaf_value(m: Machine, var: Var, cells: frozenset[int] = frozenset()) -> Value:
    """The value of a variable that stands for a leaf, and may be the memory of these cells."""
    if isinstance(var.type, Array):
        return ArrayRef(m.allocate(ArrayCell(var, cells, contiguous=None)))
    if isinstance(var.type, ListOf):
        return _list_value(m, var, cells)
    return Num(var) if isinstance(var.type, (Scalar, Unknown)) else Obj(var)


def _list_value(m: Machine, var: Var, cells: frozenset[int]) -> Value:
    """A list that may be one of others: a change of one makes the others unsure."""
    new = m.allocate(GrownCell(var, None, cells, cells))
    for other in cells:
        cell = m.heap.get(other)
        if isinstance(cell, GrownCell):
            m.heap[other] = replace(cell, lists=cell.lists | {new})
    return Ref(new)


def memory(leaves: Sequence[Leaf]) -> frozenset[int]:
    return frozenset().union(*(leaf.cells for leaf in leaves))


__all__ = ["Form", "Leaf", "NoForm", "alike", "joined", "leaf_value", "memory", "plain", "put_together", "taken_apart"]

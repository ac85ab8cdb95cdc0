"""Values taken apart: what of a value is known now (its form), and the numbers, arrays and lists in it (its leaves)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from srcad.frontend.core.cells import ArrayCell, Cell, DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import common
from srcad.frontend.core.values import NONE, ArrayRef, Bound, Func, Num, Obj, Ref, Static, Tup, Value
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
    """kind: "number", "array", "list", "object" (a leaf), "fixed" (a known value), or "tuple" and "cell", with parts.

    `shell` is the known value, or the tuple or cell in whose places the parts are put.
    """

    kind: str
    shell: Value | Cell = NONE
    parts: tuple[Form, ...] = ()


@dataclass(frozen=True)
class FormLeaf:
    """A number, array or list in a value; `cells`: the memory that it may be."""

    atom: Atom
    name: str
    cells: frozenset[int] = frozenset()

    @property
    def type(self) -> Type:
        return self.atom.type


def taken_apart(m: Machine, value: Value, name: str, leaves: list[FormLeaf]) -> Form:
    """The form of a value; its leaves are appended."""
    match value:
        case Num():
            return _leaf("number", FormLeaf(value.var, name), leaves)
        case Obj():
            return _leaf("object", FormLeaf(value.var, name), leaves)
        case ArrayRef():
            others = common(m.heap, m.heap[value.cell])
            return _leaf("array", FormLeaf(load(m, value), name, others | {value.cell}), leaves)
        case Static() if type(value.value) in NUMBERS:
            return _leaf("number", FormLeaf(const(value.value), name), leaves)
        case Static() | Func() | Bound():
            return Form("fixed", value)
        case Tup():
            return Form("tuple", value, _parts(m, value, name, leaves))
        case Ref():
            return _container(m, value, name, leaves)
    raise NoForm


def _leaf(kind: str, leaf: FormLeaf, leaves: list[FormLeaf]) -> Form:
    leaves.append(leaf)
    return Form(kind)


def _parts(m: Machine, shell: Value | Cell, name: str, leaves: list[FormLeaf]) -> tuple[Form, ...]:
    rows = zip(shell.keys(), shell.children(), strict=True)
    return tuple(taken_apart(m, item, f"{name}_{key}", leaves) for key, item in rows)


def _container(m: Machine, ref: Ref, name: str, leaves: list[FormLeaf]) -> Form:
    match m.heap[ref.cell]:
        case GrownCell(form=None) as cell:
            return _leaf("list", FormLeaf(to_atom(m, ref), name, cell.aliases | cell.lists | {ref.cell}), leaves)
        case InstanceCell(origin=origin) if origin is not None:
            return Form("fixed", ref)
        case (DictCell() | InstanceCell()) as cell if cell.unsure or cell.home is not None:
            raise NoForm
        case (ListCell() | DictCell() | InstanceCell()) as cell:
            return Form("cell", cell.copied(), _parts(m, cell, name, leaves))
    raise NoForm


def alike(a: Form, b: Form) -> bool:
    """Whether two values of these forms differ in their leaves alone."""
    if a.kind != b.kind or type(a.shell) is not type(b.shell) or len(a.parts) != len(b.parts):
        return False
    if isinstance(a.shell, Value) and isinstance(b.shell, Value) and a.kind == "fixed":
        return same(a.shell, b.shell)
    return a.shell.rest() == b.shell.rest() and all(map(alike, a.parts, b.parts))


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
    return t.without_length if isinstance(t, Scalar) else t


def put_together(m: Machine, form: Form, values: Iterator[Value]) -> Value:
    """The value of a form with these for its leaves."""
    if form.kind in ("number", "array", "list", "object"):
        return next(values)
    items = [put_together(m, part, values) for part in form.parts]
    shell = form.shell if form.kind == "fixed" else form.shell.rebuild(items)
    return shell if isinstance(shell, Value) else Ref(m.allocate(shell))


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


def memory(leaves: Sequence[FormLeaf]) -> frozenset[int]:
    return frozenset().union(*(leaf.cells for leaf in leaves))


__all__ = [
    "Form",
    "FormLeaf",
    "NoForm",
    "alike",
    "joined",
    "leaf_value",
    "memory",
    "plain",
    "put_together",
    "taken_apart",
]

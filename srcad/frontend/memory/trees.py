"""The structure of arguments and results: abstract values as trees whose leaves are variables."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from srcad.frontend.core.cells import Cell, DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.inside import Inside
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import span_of
from srcad.frontend.core.suspended import GeneratorCell
from srcad.frontend.core.values import ArrayRef, Choice, Num, Obj, Partial, Ref, Static, Tup, Value
from srcad.frontend.core.walk import inside
from srcad.frontend.memory.arrays import either_atom, load, maybe_number, refuse_objects
from srcad.frontend.memory.objects import get_attribute
from srcad.trace.builder import const
from srcad.trace.fields import fields_of, fields_of_class
from srcad.trace.nodes import Atom, Const, Fixed, Leaf, Node, Path, Tree, Var
from srcad.trace.types import is_differentiable


@dataclass(frozen=True)
class Whole:
    """A value taken apart. kind: tuple, namedtuple, list, dict, dataclass, or instance, of another class of the user's.

    `keys`: the keys of a dict, the fields of what has fields.
    """

    kind: str
    parts: tuple[Value, ...]
    keys: tuple[Hashable, ...] = ()
    cls: type | None = None

    def node(self, children: Sequence[Tree]) -> Node:
        """The node of a tree for it."""
        return Node(self.kind, tuple(children), self.keys, self.cls)


def whole(m: Machine, value: Value) -> Whole | None:
    """A tuple, an instance, or a list or dict whose items are known one by one; None for anything else."""
    match value:
        case Tup():
            named = hasattr(value.cls, "_fields")
            return Whole("namedtuple" if named else "tuple", value.items, value.fields, value.cls if named else None)
        case Ref():
            return _whole_cell(m, value, m.heap[value.cell])
    return None


def _whole_cell(m: Machine, ref: Ref, cell: Cell) -> Whole | None:
    match cell:
        case ListCell(items=items):
            return Whole("list", items)
        case DictCell(items=pairs):
            return Whole("dict", tuple(item for _, item in pairs), tuple(key for key, _ in pairs), cell.cls)
        case InstanceCell() if (names := _names(m, ref, cell)) is not None:
            return Whole("dataclass", tuple(get_attribute(m, ref, name) for name in names), names, cell.cls)
        case InstanceCell(fields=fields):
            return Whole("instance", tuple(item for _, item in fields), tuple(name for name, _ in fields), cell.cls)
    return None


def _names(m: Machine, ref: Ref, cell: InstanceCell) -> tuple[str, ...] | None:
    """The attributes of which an instance is made, some of which may not have been read yet."""
    names = fields_of_class(cell.cls)
    if names != ():
        return names
    for name in fields_of(cell.origin) or ():
        get_attribute(m, ref, name)
    return tuple(name for name, _ in m.cell(ref.cell, InstanceCell).fields)


def leaves_of(m: Machine, value: Value) -> list[Var]:
    """The variables of an argument."""
    found: list[Atom] = []
    for one in inside(m.heap, value):
        match one:
            case Num() | Obj():
                found.append(one.var)
            case ArrayRef():
                found.append(load(m, one))
            case Ref():
                found += m.heap[one.cell].atoms()
    return [atom for atom in found if isinstance(atom, Var)]


def argument_tree(m: Machine, value: object, path: Path, wrt: list[int], position: dict[Var, int]) -> Tree:
    """The structure of a differentiated argument, whose leaves are places in `wrt`."""
    known = m.outside.inputs.get(path)
    if known is not None:
        if not is_differentiable(known.var.type):
            return Fixed(None)
        wrt.append(position[known.var])
        return Leaf(len(wrt) - 1)
    return container_tree(value, path, lambda v, p: argument_tree(m, v, p, wrt, position))


def container_tree(value: object, path: Path, build: Callable[[object, Path], Tree]) -> Tree:
    match value:
        case dict():
            children = tuple(build(v, path.item(k)) for k, v in value.items())
            return Node("dict", children, tuple(value), type(value))
        case tuple() if hasattr(value, "_fields"):
            named = zip(value._fields, value, strict=True)
            return Node("namedtuple", tuple(build(v, path.attr(k)) for k, v in named), value._fields, type(value))
        case tuple() | list():
            kind = "list" if isinstance(value, list) else "tuple"
            return Node(kind, tuple(build(v, path.item(k)) for k, v in enumerate(value)), (), type(value))
    names = fields_of(value)
    if names is not None:
        return Node("dataclass", tuple(build(getattr(value, k), path.attr(k)) for k in names), names, type(value))
    return Fixed(None)


def result_tree(m: Machine, value: Value, atoms: list[Atom]) -> Tree:
    """The structure of a result; its numbers and arrays are appended to `atoms`."""
    match value:
        case Obj() if m.is_active(value.var) and not made_of_text(m, value.var):
            m.refuse(
                "an object that srcad doesn't know is returned, and it depends on the differentiated arguments",
                why="numbers that move may be in it, and no derivative passes through it.",
                do="return the numbers and arrays of which it was made.",
                never=True,
            )
        case Num() | Obj():
            return _leaf(value.var, atoms)
        case ArrayRef():
            return _leaf(load(m, value), atoms)
        case Static(value=known) if isinstance(known, (float, complex)) or type(known) is int:
            return _leaf(const(known), atoms)
        case Static():
            return Fixed(value.value)
        case Partial():
            return result_tree(m, value.value, atoms)
        case Choice() if maybe_number(value):
            return _leaf(either_atom(m, value), atoms)
        case Choice():
            m.refuse("the structure of the result depends on a condition of the run", do="return one structure always.")
        case Ref() if isinstance(cell := m.heap[value.cell], GrownCell):
            refuse_objects(m, cell)
            return _leaf(cell.var, atoms)
        case Ref() if isinstance(cell := m.heap[value.cell], GeneratorCell):
            m.builder.span = span_of(cell.code, cell.code.node)
            m.refuse(
                "a generator is returned",
                why="its body runs piece by piece, between the lines of whoever iterates over it.",
                do="return a list of its values.",
            )
    found = whole(m, value)
    if found is None:
        m.refuse("a function or an iterator is returned", do="return numbers, arrays and containers of these.")
    if id(found.cls) in m.part(Inside).classes:
        m.refuse(
            "an instance of a class that is defined in the function is returned",
            why="each call makes a class of its own.",
            do="return its numbers and arrays, or define the class at the level of the module.",
        )
    if found.kind == "instance":
        m.refuse("an instance of a class is returned", do="return its numbers and arrays.")
    return found.node([result_tree(m, part, atoms) for part in found.parts])


def made_of_text(m: Machine, var: Atom) -> bool:
    """Whether an object is text, in which no number moves: formatted, and what methods of text make of that."""
    made = m.variables.definitions.get(var) if isinstance(var, Var) else None
    if made is None:
        return isinstance(var, Const) and isinstance(var.value, str)
    if made.op in ("call", "attribute", "subscript"):
        return made_of_text(m, made.operands[0])
    return made.op == "format"


def _leaf(atom: Atom, atoms: list[Atom]) -> Leaf:
    atoms.append(atom)
    return Leaf(len(atoms) - 1)

"""Two states of the program that are to be joined, and the numbers of places that only the run tells apart."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from srcad.frontend.core.attempts import Restorable, Restore, kept_attributes
from srcad.frontend.core.cells import ArrayCell, Cell, GrownCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.suspended import IteratorCell, Progress
from srcad.frontend.core.values import ArrayRef, Choice, Num, Obj, Ref, Static, Value
from srcad.frontend.memory.arrays import either_atom, load, maybe_number, to_atom
from srcad.frontend.memory.cursors import opened
from srcad.frontend.memory.layouts import Layout, joined
from srcad.frontend.memory.words import coded
from srcad.trace.builder import const
from srcad.trace.nodes import UNDEF, Atom, Equation, Var
from srcad.trace.types import BOOL, ListOf, Type


class NoNumber(Exception):  # noqa: N818 - an answer, not an error
    """An array that wasn't there before the loop, or isn't the same in each turn."""


@dataclass(eq=False)
class PlaceNumbers(Restorable):
    """The numbers by which arrays and views are told apart at run time."""

    known: dict[Hashable, int] = field(default_factory=dict)

    def of(self, ref: ArrayRef) -> int:
        return self.known.setdefault(ref.rest(), len(self.known))


@dataclass(eq=False)
class Side:
    """One of the two states: its heap, and the equations at whose end its values can still be computed."""

    heap: dict[int, Cell]
    equations: list[Equation]

    def kept(self) -> Restore:
        """How to put back the state that it is now, where an attempt fails that emits on it."""
        return kept_attributes(self)

    def lost(self, ref: ArrayRef) -> bool:
        """Whether the content of an array can't be read any more."""
        return any(getattr(self.heap[k], "poison", None) for k in sharers(self.heap, ref.cell) if k in self.heap)

    def poisoned(self, value: Value) -> ArrayCell | None:
        """What stands for an array whose content can't be read any more; None for one that can be."""
        cell = self.heap.get(value.cell) if isinstance(value, ArrayRef) else None
        poison = cell.poison if isinstance(cell, (ArrayCell, GrownCell)) else None
        return None if poison is None else ArrayCell(const(0.0), poison=poison)


def content(m: Machine, side: Side, value: Value) -> Atom | None:
    """The variable of a number or array; None for anything else."""
    match value:
        case ArrayRef():
            with m.on_side(side.heap, side.equations):
                return load(m, value)
        case Num():
            return value.var
        case Choice() if maybe_number(value):
            with m.on_side(side.heap, side.equations):
                return either_atom(m, value)
        case Static(value=None | int() | float() | complex()):
            return const(value.value)
    return None


def object_on(m: Machine, side: Side, value: Value) -> Atom:
    """A value as an object that the run alone knows."""
    with m.on_side(side.heap, side.equations):
        return to_atom(m, value)


def more_than_object(m: Machine, value: Value) -> bool:
    """Whether more is known of a value than could be of an object that the run alone knows."""
    return isinstance(value, (Ref, Choice)) or (not isinstance(value, Obj) and holds_active(m, value))


def layout_of(side: Side, value: ArrayRef) -> Layout:
    """How an array lies in memory, as far as its cell tells."""
    cell = side.heap[value.cell]
    return cell.contiguous if isinstance(cell, ArrayCell) and not value.path else None


def joined_cell(var: Atom, values: Sequence[tuple[Side, Value]]) -> ArrayCell:
    """The cell of an array that two sides join to, laid out as those of them are that are arrays."""
    layouts = [layout_of(side, value) for side, value in values if isinstance(value, ArrayRef)]
    return ArrayCell(var, contiguous=reduce(joined, layouts) if layouts else frozenset())


def without_items(m: Machine, side: Side, t: Type) -> Atom:
    """What stands on a side that has no value; for a list one of no items, as derivatives look into it."""
    if not isinstance(t, ListOf):
        return UNDEF
    with m.on_side(side.heap, side.equations):
        return m.emit("list_new", element=t.element)


def coded_on(m: Machine, side: Side, value: Value) -> Atom:
    """The number of the word that a value is."""
    with m.on_side(side.heap, side.equations):
        return coded(m, value)


def opened_as(m: Machine, side: Side, cell: IteratorCell, other: IteratorCell) -> IteratorCell:
    """An iterator, opened where the same one is on the other side."""
    if cell.left is not None or other.left is None or cell.progress is not Progress.FRESH:
        return cell
    with m.on_side(side.heap, side.equations):
        return replace(cell, left=opened(m, cell))


def settled_by(m: Machine, condition: Var | None, value: Value, holds: bool) -> Value:
    """What is known of a bool where the condition of the branch holds, or doesn't: that, or its opposite."""
    if condition is None or not isinstance(value, Num) or value.var.type != BOOL:
        return value
    negated = m.variables.definitions.get(condition)
    if value.var is condition:
        return Static(holds)
    if negated is not None and negated.op == "not_" and negated.operands[0] is value.var:
        return Static(not holds)
    return value


def holds_active(m: Machine, value: Value) -> bool:
    """Whether any part of a value depends on the differentiated arguments."""
    return any(map(m.is_active, value.atoms())) or any(holds_active(m, child) for child in value.children())

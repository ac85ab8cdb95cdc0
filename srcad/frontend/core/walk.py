"""Walks over values: into what they hold, through the heap where they refer to it, and making others of them.

What each class holds it says itself (`srcad.frontend.core.values`); nothing here knows one class from another, but that
containers are references to cells.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from srcad.frontend.core.cells import Cell
from srcad.frontend.core.parts import Parts
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.values import Ref, Static, Value
from srcad.trace.nodes import Atom

K = TypeVar("K", bound=Hashable)
P = TypeVar("P", bound=Parts)


def known_values(values: Sequence[Value]) -> list[object] | None:
    """The Python values of these, if all of them are known now."""
    known = [value.value for value in values if isinstance(value, Static)]
    return known if len(known) == len(values) else None


def children(heap: Mapping[int, Cell], value: Value) -> tuple[Value, ...]:
    """What a value holds: itself, or in the cell that it refers to."""
    place = value.refers_to()
    cell = None if place is None else heap[place]
    through = cell is not None and (isinstance(value, Ref) or isinstance(cell, SelectedCell))
    return tuple(cell.children() if through and cell is not None else value.children())


def inside(heap: Mapping[int, Cell], *values: Value) -> Iterator[Value]:
    """The values and all that is in them, outermost and first ones first; what is in a container once."""
    met: set[int] = set()
    todo = list(reversed(values))
    while todo:
        value = todo.pop()
        yield value
        if isinstance(value, Ref):
            if value.cell in met:
                continue
            met.add(value.cell)
        todo.extend(reversed(children(heap, value)))


def atoms_inside(heap: Mapping[int, Cell], *values: Value) -> Iterator[Atom]:
    """The atoms that values hold, and those in the cells that they refer to: the steps of a view, and its array."""
    for value in inside(heap, *values):
        yield from value.atoms()
        cell = value.refers_to()
        if cell is not None:
            yield from heap[cell].atoms()


def same(a: Value, b: Value) -> bool:
    """Whether two values are interchangeable, as far as is known now."""
    if a is b:
        return True
    if type(a) is not type(b) or a.rest() != b.rest():
        return False
    return all(same(x, y) for x, y in zip(a.children(), b.children(), strict=True))


def same_entries(a: Mapping[K, Value], b: Mapping[K, Value]) -> bool:
    """Whether the same names stand for the same values."""
    return a.keys() == b.keys() and all(same(value, b[name]) for name, value in a.items())


def with_atoms(whole: P, new: Callable[[Atom], Atom]) -> P:
    """A value or cell with other atoms, in all that it holds; the very same one where none changes."""
    before = whole.children()
    after = [with_atoms(child, new) for child in before]
    if any(x is not y for x, y in zip(before, after, strict=True)):
        whole = whole.rebuild(after)
    old = whole.atoms()
    atoms = [new(atom) for atom in old]
    return whole.with_atoms(atoms) if any(x is not y for x, y in zip(old, atoms, strict=True)) else whole


def with_values(whole: P, new: Callable[[Value], Value]) -> P:
    """A value or cell with other values in the places of those that it holds, at any depth."""
    before = whole.children()
    after = [with_values(new(child), new) for child in before]
    return whole.rebuild(after) if any(x is not y for x, y in zip(before, after, strict=True)) else whole


__all__ = ["atoms_inside", "children", "inside", "known_values", "same", "same_entries", "with_atoms", "with_values"]

"""Putting other variables into a heap: after a loop, its results stand where its carried variables stood."""

from __future__ import annotations

from collections.abc import Mapping

from srcad.frontend.core.cells import Cell
from srcad.frontend.core.values import Partial, Value
from srcad.frontend.core.walk import with_atoms, with_values
from srcad.trace.nodes import Atom, Const, Var


def substitute(heap: dict[int, Cell], mapping: Mapping[Var, Atom]) -> dict[int, Cell]:
    """The heap with `mapping` applied to everything in it; what it leaves alone is the very same cell."""

    def new(atom: Atom) -> Atom:
        return mapping.get(atom, atom) if isinstance(atom, Var) else atom

    if not mapping:
        return dict(heap)
    made = {cell_id: with_atoms(cell, new) for cell_id, cell in heap.items()}
    if any(isinstance(atom, Const) for atom in mapping.values()):
        return {cell_id: with_values(cell, _surely_set) for cell_id, cell in made.items()}
    return made


def _surely_set(value: Value) -> Value:
    """A value without its flag, where that is known to be up."""
    return value.value if isinstance(value, Partial) and value.defined.number is True else value

"""Putting other variables into a heap: after a loop, its results stand where its carried variables stood."""

from __future__ import annotations

from collections.abc import Mapping

from srcad.frontend.core.values import Cell
from srcad.frontend.core.walk import with_atoms
from srcad.trace.nodes import Atom, Var


def substitute(heap: dict[int, Cell], mapping: Mapping[Var, Atom]) -> dict[int, Cell]:
    """The heap with `mapping` applied to everything in it; what it leaves alone is the very same cell."""

    def new(atom: Atom) -> Atom:
        return mapping.get(atom, atom) if isinstance(atom, Var) else atom

    return {cell_id: with_atoms(cell, new) for cell_id, cell in heap.items()} if mapping else dict(heap)

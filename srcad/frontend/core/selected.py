"""The cell of what may be one of several arrays."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from srcad.frontend.core.cells import Cell
from srcad.frontend.core.parts import Children
from srcad.frontend.core.values import ArrayRef
from srcad.trace.nodes import Atom, Var


@dataclass(frozen=True)
class SelectedCell(Cell):
    """One of several arrays or views, `refs`: it has no memory of its own.

    `selector` is a bool, and the first of two is meant where it holds; or an int, and the one is meant that has this
    number in `numbers`. `var`: the content, where none of them has been written to since it was last looked at.
    """

    selector: Var
    refs: tuple[ArrayRef, ...]
    numbers: tuple[int, ...] = ()
    var: Atom | None = None

    def children(self) -> Children:
        return self.refs

    def rebuild(self, children: Children) -> Self:
        return replace(self, refs=tuple(children))  # type: ignore[arg-type]

    def atoms(self) -> Sequence[Atom]:
        return (self.selector,) if self.var is None else (self.selector, self.var)

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        selector, *content = atoms
        assert isinstance(selector, Var)
        return replace(self, selector=selector, var=content[0] if content else None)

    def rest(self) -> Hashable:
        return self.selector, self.numbers


def ways_of(heap: Mapping[int, Cell], cell_id: int, known: dict[int, int] | None = None) -> int:
    """How many branches it takes to read an array that is one of several, each of which may be one of several."""
    known = {} if known is None else known
    if cell_id not in known:
        known[cell_id] = 1  # as long as it isn't known
        cell = heap.get(cell_id)
        if isinstance(cell, SelectedCell):
            known[cell_id] = sum(ways_of(heap, ref.cell, known) for ref in cell.refs)
    return known[cell_id]

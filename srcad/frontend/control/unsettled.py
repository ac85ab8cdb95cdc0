"""Loops at whose heads something is left open: which array or container a name stands for, or of what kind it is.

    t = x
    for i in range(n):
        t[0] += y[i]       # x in the first turn, and what the turn before has made in the others
        t = t * 2.0

Where that has led to a refusal, the first turns of these loops, and of no others, are read apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import ArrayCell, Cell, DictCell, GrownCell, InstanceCell, Lost
from srcad.frontend.core.known import LoopPlace
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.parts import Parts
from srcad.frontend.core.sharing import sharers, twins_of
from srcad.frontend.core.values import Mixed, Obj

Heap = Mapping[int, Cell]


@dataclass(eq=False)
class UnsettledLoops(Restorable):
    """The places of the loops that have been met."""

    places: set[LoopPlace] = field(default_factory=set)


def loop_place(m: Machine) -> LoopPlace:
    """What tells the loop that is read now from those at other lines, and from those of other calls."""
    return m.builder.span, m.stack.calls


def is_apart(m: Machine) -> bool:
    """Whether the first turn of the loop that is read now is to be read apart from the others."""
    return loop_place(m) in m.known.apart


def note_unsettled(m: Machine, base: Heap, joined: dict[int, Cell], made: Iterable[int]) -> None:
    """Note the loop whose state before it, `base`, and whose turn's end have been joined, if that left something open.

    `made`: the cells that the joining has made for the names that stand for one thing before and for another after.
    """
    if m.known.selecting and (_may_share(joined, set(made)) or _is_open(base, joined)):
        m.part(UnsettledLoops).places.add(loop_place(m))


def _may_share(heap: dict[int, Cell], made: set[int]) -> bool:
    """Whether a write to one of these cells may change what others see, or the other way round."""
    sharing: dict[bool, Callable[[dict[int, Cell], int], frozenset[int]]] = {True: sharers, False: twins_of}
    cells = ((k, heap.get(k)) for k in made)
    return any(len(sharing[isinstance(cell, (ArrayCell, GrownCell))](heap, k)) > 1 for k, cell in cells)


def _is_open(base: Heap, heap: Heap) -> bool:
    """Whether no value can be said to be what a name stands for, or whether it stands for one."""
    return any(_is_open_cell(base.get(k), cell) for k, cell in heap.items() if cell is not base.get(k))


def _is_open_cell(before: Cell | None, cell: Cell) -> bool:
    if isinstance(cell, Lost) or (isinstance(cell, (DictCell, InstanceCell)) and cell.unsure):
        return True
    return _open_parts(cell) > (0 if before is None else _open_parts(before))


def _open_parts(whole: Parts) -> int:
    """How many values in a cell are of kinds that change, or objects that the run alone knows."""
    return sum(isinstance(part, (Mixed, Obj)) + _open_parts(part) for part in whole.children())


__all__ = ["UnsettledLoops", "is_apart", "loop_place", "note_unsettled"]

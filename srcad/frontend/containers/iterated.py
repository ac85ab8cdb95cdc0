"""Containers that are iterated: what changes them under the loop's feet is noticed.

    for v in values:          # goes on with what is appended
        values.append(v)

A loop over known items is written out, and one over a run-time list counts the items that it had at the start.
A known list is then gone through item by item (`srcad/frontend/control/live.py`), all else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from srcad.frontend.core.cells import Cell, DictCell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Iter, Ref, Value
from srcad.frontend.core.walk import same
from srcad.trace.nodes import Atom, Var
from srcad.trace.slots import LOOPS, slots

Turn = Callable[[Value], None]


class ChangedInLoop(Exception):  # noqa: N818 - an answer, not an error
    """A loop over a known list changes what it meets later in it."""


@dataclass(frozen=True)
class WatchedContainer:
    """A container that a loop runs over. `backwards`: from its end."""

    cell: int
    backwards: bool = False


def watching(m: Machine, values: Value, turn: Turn) -> Turn:
    """The turn of a loop over `values`, followed by a look at the containers."""
    watched = list(_containers(m, values))
    if not watched:
        return turn
    taken = 0

    def whole(item: Value) -> None:
        nonlocal taken
        before = [m.heap[w.cell] for w in watched]
        turn(item)
        for w, cell in zip(watched, before, strict=True):
            if w.cell in m.heap and _unsure(m, w, taken, cell, m.heap[w.cell]):
                if isinstance(values, Ref) and isinstance(cell, ListCell):
                    raise ChangedInLoop
                refuse_change(m)
        taken += 1

    return whole


def refuse_change(m: Machine) -> NoReturn:
    m.refuse(
        "a list or dict is changed while it is iterated",
        why="which items the loop still meets depends on the change.",
        do="iterate over a copy, as in `for v in list(values)`, or over indices.",
        unsettled=True,
    )


def _containers(m: Machine, value: Value, backwards: bool = False) -> Iterator[WatchedContainer]:
    if isinstance(value, Ref) and isinstance(m.heap[value.cell], (ListCell, GrownCell, DictCell)):
        yield WatchedContainer(value.cell, backwards)
    if isinstance(value, Iter):
        for part in value.parts:
            yield from _containers(m, part, backwards != (value.kind == "reversed"))


def _unsure(m: Machine, w: WatchedContainer, taken: int, old: Cell, new: Cell) -> bool:
    """Whether what a turn did to a container may be met by a later turn."""
    match old, new:
        case ListCell(), ListCell():
            later = slice(None, len(old.items) - 1 - taken) if w.backwards else slice(taken + 1, None)
            ahead = zip(old.items[later], new.items[later], strict=False)
            return len(old.items) != len(new.items) or not all(same(a, b) for a, b in ahead)
        case DictCell(), DictCell():
            ahead_too = list(zip(old.items, new.items, strict=False))[taken + 1 :]
            same_keys = [k for k, _ in old.items] == [k for k, _ in new.items]
            return not same_keys or not all(same(a, b) for (_, a), (_, b) in ahead_too)
        case ListCell(), GrownCell():
            return not _is_unchanged(m, new.var)
        case GrownCell(), GrownCell():
            return not _as_long(m, old.var, new.var)
    return False


def _is_unchanged(m: Machine, var: Atom) -> bool:
    """Whether a run-time list is what it was made of: loops and branches that only read it carry it all the same."""
    made = m.variables.definitions.get(var) if isinstance(var, Var) else None
    return made is None or _comes_from(m, _is_made, var, ())


def _as_long(m: Machine, old: Atom, new: Atom) -> bool:
    """Whether a run-time list has come from another one by replacing items alone."""
    return _comes_from(m, lambda _, atom: atom is old, new, ("list_set", "list_add"))


def _is_made(m: Machine, atom: Atom) -> bool:
    made = m.variables.definitions.get(atom) if isinstance(atom, Var) else None
    return made is not None and made.op == "list_new"


def _comes_from(m: Machine, start: Callable[[Machine, Atom], bool], new: Atom, steps: tuple[str, ...]) -> bool:
    """Whether a list has come from where it started by these operations alone, along all ways."""
    if start(m, new):
        return True
    made = m.variables.definitions.get(new) if isinstance(new, Var) else None
    if made is None:
        return False
    if made.op in steps:
        return _comes_from(m, start, made.operands[0], steps)
    position = made.results.index(new)
    if made.op == "if":
        return all(_comes_from(m, start, region.results[position], steps) for region in made.regions)
    for slot in slots(made) if made.op in LOOPS else ():
        if slot.result is new and slot.initial is not None:
            turn = slot.parameters[-1]
            inside = all(_comes_from(m, lambda _, atom: atom is turn, end, steps) for end in slot.yields)  # noqa: B023
            return inside and _comes_from(m, start, slot.initial, steps)
    return False

"""Lists that are one of two, by a condition of the run, because no variable can hold the items of both.

if c:                            p.append is read in the branch, p[-1] once for each of the two lists:
    p.append((x, 0))        ->   if c {v1 = ...x...} else {v1 = ...}
s = f(p[-1])
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import Cell, EitherCell, ListCell, Lost
from srcad.frontend.core.machine import Branch, Machine
from srcad.frontend.core.parts import Parts
from srcad.frontend.core.values import Value
from srcad.trace.nodes import Var

Key = tuple[Hashable, ...]
Each = Callable[[Key, Parts, Parts], list[Value]]
MOST_LISTS = 8  # that one may be: each statement that looks into it is read once for each of them


@dataclass(eq=False)
class OpenLists(Restorable):
    """Whether there has been a list that is one of two."""

    met: bool = False


def either_of(m: Machine, condition: Var, then: ListCell | EitherCell, otherwise: ListCell | EitherCell) -> Cell:
    """One of two lists; what nobody can look into if these are too many."""
    m.part(OpenLists).met = True
    made = EitherCell(condition, then, otherwise, m.builder.span)
    return made if made.ways <= MOST_LISTS else Lost(m.builder.span, kinds=True)


def item_by_item(key: Key, a: Cell, b: Cell, each: Each) -> ListCell | EitherCell | None:
    """Two states of a list with one number of items, joined by `each`; so are those that one condition tells apart."""
    if not _alike(a, b):
        return None
    match a, b:
        case ListCell(), ListCell():
            return a.rebuild(each(key, a, b))
        case EitherCell(), EitherCell():
            then = item_by_item((*key, "then"), a.then, b.then, each)
            otherwise = item_by_item((*key, "else"), a.otherwise, b.otherwise, each)
            assert then is not None and otherwise is not None
            return replace(a, then=then, otherwise=otherwise)
    return None


def settle_known(m: Machine) -> None:
    """Of the lists that are one of two, those are settled of which the branches around tell which one they are."""
    if not m.part(OpenLists).met:
        return
    for place, cell in list(m.heap.items()):
        while isinstance(cell, EitherCell) and (holds := m.known_truth(cell.condition)) is not None:
            cell = m.heap[place] = cell.then if holds else cell.otherwise


def put_together(m: Machine, one: Branch, two: Branch) -> None:
    """What has been settled on the two sides of a branch: where nothing has changed, a list is what it was before.

    Where items have changed, the other list is as it was, on either side. Lists that have more or fewer items now stay
    as they are: of these nothing is left on the other side.
    """
    open_lists = m.heap.items() if m.part(OpenLists).met else ()
    for place, cell in open_lists:
        then, otherwise = one.heap.get(place), two.heap.get(place)
        if not isinstance(cell, EitherCell):
            continue
        if then is cell.then and otherwise is cell.otherwise:
            one.heap[place] = two.heap[place] = cell
        elif _alike(then, cell.then) and _alike(otherwise, cell.otherwise):
            assert isinstance(then, (ListCell, EitherCell)) and isinstance(otherwise, (ListCell, EitherCell))
            one.heap[place], two.heap[place] = replace(cell, then=then), replace(cell, otherwise=otherwise)


def _alike(a: Cell | None, b: Cell) -> bool:
    """Whether what one list may be is joined item by item with what the other one may be."""
    match a, b:
        case ListCell(), ListCell():
            return len(a.items) == len(b.items)
        case EitherCell(), EitherCell() if a.condition is b.condition:
            return _alike(a.then, b.then) and _alike(a.otherwise, b.otherwise)
    return False


__all__ = ["OpenLists", "either_of", "item_by_item", "put_together", "settle_known"]

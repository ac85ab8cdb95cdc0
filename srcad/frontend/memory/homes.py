"""Objects in run-time lists where two states are joined: whether they have one place, which the run knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from srcad.frontend.core.cells import Cell, GrownCell, Housed, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.parts import ElementForm, Parts
from srcad.frontend.core.sharing import Heap
from srcad.frontend.core.values import ArrayRef, Choice, Ref, Value, ViewStep
from srcad.frontend.memory.arrays import MANY_KINDS
from srcad.frontend.memory.boxes import boxed
from srcad.frontend.memory.elements import detached, form_in
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import ListOf, Type

P = TypeVar("P", bound=Parts)
MOST_CHOICES = 60  # values in one name, by conditions of the run
Join = Callable[[int, Atom, Atom], Atom]
CellOfState = tuple[Heap, list[Equation], int]  # a cell of a state, at whose end equations can be added


def one_home(
    m: Machine, a: tuple[CellOfState, P], b: tuple[CellOfState, P], join: Join
) -> tuple[ArrayRef | None, P, P]:
    """The place in a list that an object has in two states; else the object as it is in both, by itself.

    `join` gives the variable that two atoms join to, by their number.
    """
    homes = [cell.at_home if isinstance(cell, Housed) else None for _, cell in (a, b)]
    if homes[0] is not None and homes[1] is not None:
        found = joined_home(homes[0], homes[1], join)
        if found is not None:
            return found, a[1], b[1]
    return None, _by_itself(m, *a), _by_itself(m, *b)


def _by_itself(m: Machine, place: CellOfState, cell: P) -> P:
    heap, equations, cell_id = place
    with m.on_side(heap, equations):
        apart = detached(m, Ref(cell_id))
    return apart if isinstance(apart, type(cell)) else cell


def joined_home(a: ArrayRef, b: ArrayRef, join: Join) -> ArrayRef | None:
    """One place for two in the same list, by numbers that the run knows; None for places in two lists."""
    pairs = list(zip(a.path, b.path, strict=False))
    alike = a.cell == b.cell and len(a.path) == len(b.path) and all(map(_one_kind, a.path, b.path))
    if not alike:
        return None
    steps, count = [], 0
    for one, other in pairs:
        operands = []
        for x, y in zip(one.operands, other.operands, strict=True):
            operands.append(join(count, x, y))
            count += 1
        steps.append(ViewStep(one.op, tuple(operands), _versions(one, other)))
    return ArrayRef(a.cell, tuple(steps))


def _one_kind(one: ViewStep, other: ViewStep) -> bool:
    if one.op != other.op or len(one.operands) != len(other.operands):
        return False
    return dict(one.params)["places"] is dict(other.params)["places"] if one.op == "element" else one == other


def _versions(one: ViewStep, other: ViewStep) -> tuple[tuple[str, object], ...]:
    """What a place counts on. Where the list has changed in between, what stood there then isn't known any more."""
    a, b = dict(one.params), dict(other.params)
    if one.op != "element" or a["content"] is b["content"]:
        return one.params
    return (("places", a["places"]), ("content", object()))


def elements_of(m: Machine, *sides: tuple[Heap, list[Equation], Cell]) -> tuple[Type | None, ElementForm | None]:
    """What the elements of two lists are, as far as run-time lists tell; else by those of the first with any."""
    for *_, cell in sides:
        if isinstance(cell, GrownCell) and isinstance(cell.var.type, ListOf):
            return cell.var.type.element, cell.form
    for heap, equations, cell in sides:
        if isinstance(cell, ListCell) and cell.items:
            with m.on_side(heap, list(equations)), m.rehearsal():
                made = boxed(m, cell.items)
            return (made.var.type.element if isinstance(made.var.type, ListOf) else None), made.form
    return None, None


def both_grown(
    m: Machine, *sides: tuple[Heap, list[Equation], Cell]
) -> tuple[GrownCell, GrownCell, ElementForm | None]:
    """Two lists as lists of the run, and the form of the elements of both. Refused, if these aren't of one kind."""
    element = elements_of(m, *sides)
    one, two = (_grown(m, *side, element) for side in sides)
    return one, two, joined_form(m, one, two)


def _grown(
    m: Machine, heap: Heap, equations: list[Equation], cell: Cell, element: tuple[Type | None, ElementForm | None]
) -> GrownCell:
    if isinstance(cell, GrownCell):
        return cell
    assert isinstance(cell, ListCell)
    with m.on_side(heap, equations):
        return boxed(m, cell.items, *element)


def joined_form(m: Machine, a: GrownCell, b: GrownCell) -> ElementForm | None:
    """The form of the elements of two lists."""
    if a.form != b.form:
        m.refuse(MANY_KINDS, unsettled=True)
    return a.form


def chosen_among(*values: Value) -> int:
    """Of how many values one is chosen by conditions of the run, counted no further than it takes to be too many."""
    count, todo = 0, list(values)
    while todo and count <= MOST_CHOICES:
        value = todo.pop()
        count += 1
        if isinstance(value, Choice):
            todo += value.children()
    return count


def cell_of(heap: Heap, ref: ArrayRef, var: Atom) -> GrownCell | None:
    """The cell of a list that was looked up in another one, and is seen from outside of a branch; None for an array."""
    whole = heap[ref.cell]
    if not isinstance(var.type, ListOf) or not isinstance(whole, GrownCell):
        return None
    form = form_in(whole, ref)
    return GrownCell(var, form=None if form is None else form.parts[0], repeated=whole.repeated)

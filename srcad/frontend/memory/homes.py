"""Objects in run-time lists where two states are joined: whether they have one place, which the run knows."""

from __future__ import annotations

from collections.abc import Callable

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayRef, ElementForm, GrownCell, ViewStep
from srcad.frontend.memory.arrays import MANY_KINDS
from srcad.trace.nodes import Atom
from srcad.trace.types import ListOf, Type

Join = Callable[[int, Atom, Atom], Atom]


def joined_home(a: ArrayRef, b: ArrayRef, join: Join) -> ArrayRef | None:
    """One place for two in the same list, by numbers that the run knows; None for places in two lists.

    `join` gives the variable that two atoms join to, by their number.
    """
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


def elements_of(cell: GrownCell) -> tuple[Type | None, ElementForm | None]:
    """What the elements of a run-time list are."""
    made = cell.var.type
    return (made.element if isinstance(made, ListOf) else None), cell.form


def joined_form(m: Machine, a: GrownCell, b: GrownCell) -> ElementForm | None:
    """The form of the elements of two lists."""
    if a.form != b.form:
        m.refuse(MANY_KINDS, unsettled=True)
    return a.form

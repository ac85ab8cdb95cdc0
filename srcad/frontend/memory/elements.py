"""Elements of run-time lists: numbers, views of arrays and lists, and objects, which are looked up in the list.

    points.append(Point(x, v))      v1 = tuple_new(x, v);  points1 = list_append(points0, v1)
    p = points[i]
    p.x += p.v               ->     v2 = list_get(points1, i);  v3 = tuple_get(v2, 0) + tuple_get(v2, 1)
                                    points2 = list_set(points1, tuple_new(v3, tuple_get(v2, 1)), i)

In the list an object is the tuple of its attributes. What the program gets when it takes one out knows its place there,
its *home*: so a change of it is one of the list, and all who look at the same place see it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from srcad.frontend.core.cells import DictCell, GrownCell, InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.parts import ElementForm
from srcad.frontend.core.values import ArrayRef, Ref, Tup, Value, ViewStep
from srcad.frontend.memory.arrays import MANY_KINDS, from_atom, load, view
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import Array, ListOf, Opaque, Unknown


def element_view(m: Machine, ref: ArrayRef, index: Atom) -> Value:
    """The element of a run-time list: arrays and lists stay tied to the list, so that a change of them reaches it."""
    whole = load(m, ref)
    if not isinstance(whole.type, ListOf):
        m.refuse(MANY_KINDS, unsettled=True)
    cell = m.cell(ref.cell, GrownCell)
    if isinstance(whole.type.element, Opaque) and isinstance(whole, Var) and m.is_active(whole):
        raise NeedsStatic(whole, "what stands in a list of dicts or objects")
    seen = view(m, whole, ViewStep("element", (index,), ()))
    versions = (("places", cell.inside if ref.path else cell.places), ("content", cell.content))
    place = ArrayRef(ref.cell, (*ref.path, ViewStep("element", (index, seen), versions)))
    form = form_at(m, place)
    if form is not None:
        return taken_out(m, place, form)
    if isinstance(whole.type.element, (Array, ListOf, Unknown)):  # which may be an array
        return place
    return from_atom(m, seen, owner=ref.cell)


def form_at(m: Machine, ref: ArrayRef) -> ElementForm | None:
    """The form of what is looked at; None where its type tells everything."""
    return form_in(m.cell(ref.cell, GrownCell), ref)


def form_in(cell: GrownCell, ref: ArrayRef) -> ElementForm | None:
    """The form of what is looked at in a list."""
    form: ElementForm | None = ElementForm("list", parts=(cell.form,))
    for step in ref.path:
        if form is None or step.op not in ("element", "tuple_get"):
            return None
        form = form.parts[0 if step.op == "element" else _numbered(form, dict(step.params)["index"])]
    return form


def _numbered(form: ElementForm, slot: int) -> int:
    return next(k for k, part in enumerate(form.parts) if _in_list(part) and form.slot(k) == slot)


def _in_list(part: ElementForm | None) -> bool:
    return part is None or part.kind != "fixed"


def taken_out(m: Machine, place: ArrayRef, form: ElementForm) -> Value:
    """The element, or part of one, at a place: an object that is looked up there, a list, a tuple."""
    if form.kind == "list":
        return place
    parts = [_part(place, form, k) for k in range(len(form.parts))]
    if form.kind == "tuple":
        return Tup(tuple(looked_up(m, part) for part in parts), form.cls)
    items = tuple(zip(form.names, parts, strict=True))
    if form.kind == "dict":
        made = m.allocate(DictCell(items, form.cls, home=place))
    else:
        assert form.cls is not None
        fields = tuple((str(name), part) for name, part in items)
        made = m.allocate(InstanceCell(form.cls, fields, changed=True, home=place))
    whole = m.cell(place.cell, GrownCell)
    m.heap[place.cell] = replace(whole, lists=whole.lists | {made})  # what it is joined with may be an element as well
    return Ref(made)


def part_step(form: ElementForm, k: int) -> ViewStep:
    """The step from an element to one of its parts."""
    return ViewStep("tuple_get", (), (("index", form.slot(k)),))


def _part(place: ArrayRef, form: ElementForm, k: int) -> Value:
    part = form.parts[k]
    if part is not None and part.value is not None:
        return part.value
    return ArrayRef(place.cell, (*place.path, part_step(form, k)))


def looked_up(m: Machine, value: Value) -> Value:
    """What stands at a part of an element now; any other value as it is."""
    if not isinstance(value, ArrayRef) or not value.path or value.path[-1].op != "tuple_get":
        return value
    form = form_at(m, value)
    if form is not None:
        return taken_out(m, value, form)
    atom = load(m, value)
    return value if isinstance(atom.type, (Array, ListOf, Unknown)) else from_atom(m, atom, owner=value.cell)


def detached(m: Machine, ref: Ref) -> InstanceCell | DictCell | None:
    """The cell of an object in a list with what it holds now, as a copy of it has it; None for any other object."""
    cell = m.heap[ref.cell]
    if not isinstance(cell, (InstanceCell, DictCell)) or cell.home is None:
        return None
    if isinstance(cell, InstanceCell):
        fields = tuple((name, looked_up(m, value)) for name, value in cell.fields)
        return InstanceCell(cell.cls, fields, changed=True)
    items: tuple[tuple[Hashable, Value], ...] = tuple((key, looked_up(m, value)) for key, value in cell.items)
    return DictCell(items, cell.cls)


__all__ = ["detached", "element_view", "form_at", "form_in", "looked_up", "part_step", "taken_out"]

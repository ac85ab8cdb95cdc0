"""Lists as run-time objects: made of known items or of other lists, and what they share with them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from srcad.frontend.core.cells import DictCell, GrownCell, Housed, InstanceCell, ListCell
from srcad.frontend.core.externals import external
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.parts import ElementForm
from srcad.frontend.core.sharing import holding, sharers
from srcad.frontend.core.values import ArrayRef, Func, Ref, Static, Tup, Value
from srcad.frontend.core.walk import inside, same
from srcad.frontend.memory.arrays import MANY_KINDS, content, list_of, load, store, to_atom
from srcad.frontend.memory.elements import form_at, looked_up, part_step
from srcad.frontend.memory.presence import check_order
from srcad.trace.fields import fields_of
from srcad.trace.nodes import Atom
from srcad.trace.types import ListOf, Type, Undefined, join

Encoded = tuple[Atom, ElementForm | None]


def boxed(
    m: Machine, items: tuple[Value, ...], element: Type | None = None, form: ElementForm | None = None
) -> GrownCell:
    """A cell with a run-time list of the items, and what it shares with them; of none, what its items will be."""
    if any(_holds_itself(m, item, ()) for item in items):
        m.refuse(
            "a list that holds itself is one whose items are known at run time only",
            why="the type of such a list has no end.",
            do="keep the list and what refers to it apart.",
            unsettled=True,
        )
    grow_all(m, items)
    encoded = [encode(m, item) for item in items]
    form = encoded[0][1] if encoded else form
    if any(other != form for _, other in encoded):
        m.refuse(MANY_KINDS, unsettled=True)
    made = GrownCell(list_of(m, [atom for atom, _ in encoded], element), form=form)
    for item in items:
        made = with_element(m, made, None, item)
    return made


def _holds_itself(m: Machine, value: Value, above: tuple[int, ...]) -> bool:
    """Whether a known list is an item of itself, at any depth."""
    match value:
        case Ref(cell=place) if isinstance(cell := m.heap[place], ListCell):
            return place in above or any(_holds_itself(m, item, (*above, place)) for item in cell.items)
        case Tup():
            return any(_holds_itself(m, item, above) for item in value.items)
    return False


# ---- elements


def encode(m: Machine, value: Value) -> Encoded:
    """What stands in a run-time list for a value, and what of the value that doesn't tell."""
    match value:
        case Tup():
            atoms, forms = _encode_all(m, value.items)
            plain = value.cls is None and not any(forms)
            named = ElementForm("tuple", value.fields, forms, value.cls)
            return m.emit("tuple_new", *atoms), None if plain else named
        case ArrayRef() if (form := _form_of_view(m, value)) is not None:
            return load(m, value), form
        case Ref():
            return _encode_container(m, value)
    return to_atom(m, value), None


def _form_of_view(m: Machine, ref: ArrayRef) -> ElementForm | None:
    return form_at(m, ref) if ref.path and isinstance(m.heap[ref.cell], GrownCell) else None


def _encode_all(m: Machine, items: Iterable[Value]) -> tuple[list[Atom], tuple[ElementForm | None, ...]]:
    encoded = [encode(m, item) for item in items]
    return [atom for atom, _ in encoded], tuple(form for _, form in encoded)


def _encode_container(m: Machine, ref: Ref) -> Encoded:
    cell = m.heap[ref.cell]
    if isinstance(cell, Housed) and cell.at_home is not None:
        return load(m, cell.at_home), form_at(m, cell.at_home)
    match cell:
        case GrownCell():
            return content(m, cell), None if cell.form is None else ElementForm("list", parts=(cell.form,))
        case ListCell():
            made = boxed(m, cell.items)
            return made.var, None if made.form is None else ElementForm("list", parts=(made.form,))
        case DictCell() if not cell.unsure and cell.factory is None and cell.attributes_of is None and m.depends(ref):
            check_order(m, cell)
            return _encode_object(m, "dict", cell.items, cell.cls)
        case InstanceCell():
            cell = completed(m, ref)
            if cell.unsure:
                m.refuse("which attributes an object has depends on the run, and it is an element of a list")
            return _encode_object(m, "instance", cell.fields, cell.cls)
    return to_atom(m, ref), None


def completed(m: Machine, ref: Ref) -> InstanceCell:
    """The cell of an instance, with all attributes that it was given before the call."""
    cell = m.cell(ref.cell, InstanceCell)
    if cell.origin is None or cell.path is None:
        return cell
    fields = dict(cell.fields)
    for name in fields_of(cell.origin) or tuple(getattr(cell.origin, "__dict__", ())):
        if name not in fields:
            fields[name] = external(m, getattr(cell.origin, name), cell.path.attr(name), cell.free)
    complete = replace(m.cell(ref.cell, InstanceCell), fields=tuple(fields.items()))
    m.heap[ref.cell] = complete
    return complete


def _encode_object(
    m: Machine, kind: str, items: Iterable[tuple[Hashable, Value]], cls: type | None
) -> tuple[Atom, ElementForm]:
    """The tuple of an object, in the order of the names of what it has."""
    rows = sorted(items, key=lambda row: str(row[0])) if kind == "instance" else list(items)
    atoms: list[Atom] = []
    forms: list[ElementForm | None] = []
    for _, value in rows:
        part = looked_up(m, value)
        if _is_fixed(part):
            forms.append(ElementForm("fixed", value=part))
            continue
        atom, form = encode(m, part)
        atoms.append(atom)
        forms.append(form)
    return m.emit("tuple_new", *atoms), ElementForm(kind, tuple(name for name, _ in rows), tuple(forms), cls)


def _is_fixed(value: Value) -> bool:
    """What no variable of the run holds: None, a function, a class."""
    return (isinstance(value, Func) and not value.children()) or (
        isinstance(value, Static) and not isinstance(value.value, (int, float, complex, str))
    )


def element_of(m: Machine, cell: GrownCell, value: Value) -> Atom:
    """What stands in a run-time list for a value that is put there."""
    grow_all(m, (value,))
    atom, form = encode(m, value)
    if form != cell.form:
        m.refuse(MANY_KINDS, unsettled=True)
    return atom


def set_part(m: Machine, cell: InstanceCell | DictCell, name: Hashable, value: Value) -> None:
    """Set an attribute or item of an object that is looked up in a list."""
    home = cell.home
    form = form_at(m, home) if home is not None else None
    assert home is not None
    assert form is not None
    if name not in form.names:
        m.refuse(f"{name!r} is set in one object of a list, and the others have none", do="set it where they are made.")
    k = form.names.index(name)
    part = form.parts[k]
    if part is not None and part.value is not None and same(part.value, value):
        return
    place = ArrayRef(home.cell, (*home.path, part_step(form, k)))
    if _stands_there(m, place, value):  # p.array += 1 has changed it already
        return
    grow_all(m, (value,))
    atom, its_form = encode(m, value)
    if its_form != part or _is_fixed(value) or join(load(m, place).type, atom.type) is None:
        m.refuse(MANY_KINDS, unsettled=True)
    store(m, place, atom)
    whole = m.cell(home.cell, GrownCell)
    m.heap[home.cell] = with_element(m, whole, home.cell, value)


def _stands_there(m: Machine, place: ArrayRef, value: Value) -> bool:
    """Whether a value is what is looked up at a place."""
    cell = m.content(value)
    ref = cell.at_home if isinstance(cell, Housed) else value
    if not isinstance(ref, ArrayRef) or ref.cell != place.cell or len(ref.path) != len(place.path):
        return False
    return all(one.key() == other.key() for one, other in zip(ref.path, place.path, strict=True))


# ---- what lists share


def with_element(m: Machine, cell: GrownCell, owner: int | None, value: Value) -> GrownCell:
    """A run-time list that holds this value as well."""
    made = holding(m.heap, cell, owner, *held(m, (value,)))
    return replace(made, repeated=True) if _shares_within(m, value) else made


def _shares_within(m: Machine, value: Value) -> bool:
    """Whether two parts of a value may be one array or container."""
    met: set[int] = set()
    for one in inside(m.heap, value):
        if isinstance(one, (ArrayRef, Ref)):
            cells = sharers(m.heap, one.cell) if isinstance(one, ArrayRef) else {one.cell}
            if met & cells:
                return True
            met |= cells
    return False


def gathered(m: Machine, var: Atom, *parts: Ref) -> GrownCell:
    """A run-time list of the elements of other lists."""
    made = GrownCell(var, form=form_of(m, *parts))
    for part in parts:
        cell = m.heap[part.cell]
        if isinstance(cell, GrownCell):
            made = holding(m.heap, made, None, *elements_held(m, part))
            made = replace(made, repeated=made.repeated or cell.repeated)
        for item in cell.children():
            made = with_element(m, made, None, item)
    return made


def form_of(m: Machine, *parts: Ref) -> ElementForm | None:
    """The form of the elements of these lists."""
    forms = []
    for part in parts:
        cell = m.heap[part.cell]
        if isinstance(cell, ListCell) and cell.items:
            forms.append(boxed(m, cell.items).form)
        elif isinstance(cell, GrownCell) and not _has_no_items(cell):
            forms.append(cell.form)
    if any(form != forms[0] for form in forms):
        m.refuse(MANY_KINDS, unsettled=True)
    return forms[0] if forms else None


def _has_no_items(cell: GrownCell) -> bool:
    """A list that was made of none, and has no type of its own yet."""
    return isinstance(cell.var.type, ListOf) and isinstance(cell.var.type.element, Undefined)


def as_distinct_as(m: Machine, made: Value, source: Value) -> None:
    """A run-time list that holds elements of another one, each of them once: none is there twice that wasn't before."""
    cell, other = m.content(made), m.content(source)
    if isinstance(made, Ref) and isinstance(cell, GrownCell) and isinstance(other, GrownCell):
        m.heap[made.cell] = replace(cell, repeated=other.repeated)


def grow_all(m: Machine, items: tuple[Value, ...]) -> None:
    """Make the lists among items run-time lists: a change through the list that holds them can then be told to them."""
    for item in items:
        match item:
            case Ref() if isinstance(cell := m.heap[item.cell], ListCell):
                m.heap[item.cell] = boxed(m, cell.items)
            case Tup():
                grow_all(m, item.items)


def held(m: Machine, items: Iterable[Value]) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of the arrays and of the containers among items, and in them."""
    arrays: set[int] = set()
    lists: set[int] = set()
    for item in inside(m.heap, *items):
        match item:
            case ArrayRef():
                arrays.add(item.cell)
            case Ref():
                lists.add(item.cell)
                shared = shared_by(m, item)
                arrays |= shared[0]
                lists |= shared[1]
    return frozenset(arrays), frozenset(lists)


def elements_held(m: Machine, ref: Ref) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of the arrays and containers that a container holds; of a run-time list also itself."""
    arrays, lists = held(m, m.heap[ref.cell].children())
    own = shared_by(m, ref)
    return arrays | own[0], lists | own[1]


def shared_by(m: Machine, ref: Ref) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of what a run-time list holds, which the run alone can look into, and of the list itself."""
    cell = m.heap[ref.cell]
    return (frozenset((ref.cell,)), cell.lists) if isinstance(cell, GrownCell) else (frozenset(), frozenset())

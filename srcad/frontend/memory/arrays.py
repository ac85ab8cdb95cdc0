"""Arrays: reading and writing them through views, and turning abstract values into variables and back.

row = b[1]            v1 = get_item(b0, 1)
row[2] = s      ->    v2 = set_item(v1, s, 2)
                      b1 = set_item(b0, v2, 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from srcad.errors import Span, SrcadError
from srcad.frontend.core.cells import ArrayCell, Cell, DictCell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.values import (
    NONE,
    ArrayRef,
    Bound,
    Choice,
    Func,
    Method,
    Mixed,
    Num,
    Obj,
    Partial,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Undef,
    Value,
    ViewStep,
)
from srcad.frontend.memory.inherited import plain_container
from srcad.frontend.memory.layouts import Layout, check_writeable, contiguity, lies
from srcad.frontend.memory.puts import put, reinterpreted
from srcad.frontend.memory.raised import object_of_exception
from srcad.frontend.memory.selection import each, selected, selected_content
from srcad.frontend.memory.strides import StepCopies, Strided, Unsettled, is_contiguous, kept_order, seen
from srcad.ops.catalogue import operation
from srcad.ops.einsum import view_letters
from srcad.ops.structural import as_array
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.types import (
    OPAQUE,
    UNDEFINED,
    Array,
    ListOf,
    Scalar,
    TupleOf,
    Type,
    Unknown,
    dtype_of,
    join,
    rank_of,
)
from srcad.trace.verifier import fits

Template = tuple[tuple[Any, ...], ...]  # an entry for each component: its kind, and the places of its operands
Index = tuple[tuple[Atom, ...], Template]
FLAT = ViewStep("flat", (), ())  # x.flat
RAVEL = ViewStep("ravel", (), ())  # what a function makes of it
RESHAPING = ("reshape", "reshape_like", "ravel", "flat")
MANY_KINDS = "a list whose elements differ in kind is indexed or iterated by a number known at run time only"


# ---- reading


def load(m: Machine, ref: ArrayRef) -> Atom:
    """The present content of an array or view."""
    cell = m.heap[ref.cell]
    if isinstance(cell, SelectedCell):
        current = selected_content(m, ref.cell, lambda one: load(m, one))
    else:
        assert isinstance(cell, (ArrayCell, GrownCell))
        if cell.poison is not None:
            refuse_poisoned(m, cell.poison)
        if moved(cell, ref):
            return snapshot(m, cell, ref)
        current = cell.var
    for step in ref.path:
        current = view(m, current, step, again=True)
    return current


def moved(cell: Cell, ref: ArrayRef) -> bool:
    """Whether the list in which a reference looks, or one in it, has other objects in its places by now."""
    if not isinstance(cell, GrownCell):
        return False
    seen = [dict(step.params)["places"] for step in ref.path if step.op == "element"]
    return any(places is not (cell.inside if k else cell.places) for k, places in enumerate(seen))


def snapshot(m: Machine, cell: Cell, ref: ArrayRef) -> Atom:
    """The object that stood at a place of a list; it is as it was, unless objects in the list have changed."""
    assert isinstance(cell, GrownCell)
    last = max(k for k, step in enumerate(ref.path) if step.op == "element")
    if cell.content is not dict(ref.path[0].params)["content"]:
        refuse_moved(m)
    current = ref.path[last].operands[1]
    for step in ref.path[last + 1 :]:
        current = view(m, current, step)
    return current


def refuse_moved(m: Machine) -> None:
    m.refuse(
        "an element of a list is used after both the list and its elements have changed",
        why="which object the name stands for can't be followed through the run.",
        do="read the element from the list again, or copy it.",
        unsettled=True,
    )


def refuse_poisoned(m: Machine, write: Span | None) -> None:
    m.builder.span = write
    m.refuse(
        "this write may change one of several arrays, and which one isn't known before the run",
        why="names that may or may not share memory are read after the write, so its effect on them isn't settled.",
        do="make a copy where the names part (y = x.copy()), or write in each branch.",
        unsettled=True,
    )


def view(m: Machine, base: Atom, step: ViewStep, again: bool = False) -> Atom:
    """What a step looks at. `again`: it is one of a view that there is, so that the place has been found before."""
    key = (base, step.key())
    for known in reversed(m.views):
        if key in known:
            found: Atom = known[key]
            return found
    result = _looked_at(m, base, step)
    note_found(m, step, result, again)
    m.views[-1][key] = result
    return result


def note_found(m: Machine, step: ViewStep, result: Atom, again: bool = True) -> None:
    """Note that an index is one of the array, as it was one before."""
    if again and step.op == "get_item" and isinstance(result, Var):
        m.variables.found.add(result)


def _looked_at(m: Machine, base: Atom, step: ViewStep) -> Atom:
    params = dict(step.params)
    match step.op:
        case "element":
            found: Atom = m.emit("list_get", base, step.operands[0])
        case "flat":
            found = m.emit("ravel", base)
        case "as_complex" | "as_floats":
            found = reinterpreted(m, base, step.op)
        case "split":
            k = params.pop("part")
            found = m.emit_many("split", base, *step.operands, **params)[k]
        case _:
            found = m.emit(step.op, base, *step.operands, **params)
    return found


# ---- writing


def store(m: Machine, ref: ArrayRef, new: Atom, anyway: bool = False) -> None:
    """Make `new` the whole content of an array or view, in the array that it is a view of.

    `anyway`: also through a diagonal, which is read-only.
    """
    cell = m.heap[ref.cell]
    if isinstance(cell, SelectedCell):
        each(m, cell, ref.path, lambda one: _stored(m, one, new))
        return
    assert isinstance(cell, (ArrayCell, GrownCell))
    check_writeable(m, cell)
    if moved(cell, ref):
        refuse_moved(m)
    bases = [cell.var]
    for step in ref.path:
        bases.append(view(m, bases[-1], step, again=True))
    for base, step in zip(reversed(bases[:-1]), reversed(ref.path), strict=True):
        new = put(m, base, new, step, anyway)
        note_found(m, step, new)
    m.write(ref.cell, new)


def _stored(m: Machine, ref: ArrayRef, new: Atom) -> Value:
    store(m, ref, new)
    return NONE


def contiguous_as(m: Machine, ref: ArrayRef) -> frozenset[str] | None:
    """The orders in which an array or view is contiguous; None where that isn't known."""
    try:
        place = placed(m, ref)
        return frozenset(order for order in "CF" if is_contiguous(m, place, order))
    except Unsettled:
        return None


def placed(m: Machine, ref: ArrayRef) -> Strided:
    """How a view lies in memory. Raises `StepCopies` if a step copies, `Unsettled` if that isn't known."""
    cell = m.heap[ref.cell]
    place = lies(m, cell)
    current = m.cell(ref.cell, ArrayCell).var
    for step in ref.path:
        before, current = current, view(m, current, step)
        place = seen(m, place, step, before.type, current.type)
    return place


def layout_of_ufunc(m: Machine, values: Sequence[Value]) -> Layout:
    """How the result of a ufunc lies in memory: its axes follow each other as those of the operands do."""
    refs = [value for value in values if isinstance(value, ArrayRef)]
    plain = contiguity(m, refs)
    in_c = isinstance(plain, frozenset) and all(m.outside.layouts.get(path) == "C" for path in plain)
    if in_c or not m.known.selecting or not all(map(_lies_alone, values)):
        return plain
    try:
        return kept_order(m, [placed(m, ref) for ref in refs])
    except (Unsettled, StepCopies):
        return None


def _lies_alone(value: Value) -> bool:
    """Whether it is an array, or a number, which has no order in memory; a list is made an array of its own."""
    number = isinstance(value, Num) and isinstance(value.var.type, Scalar)
    return number or isinstance(value, (ArrayRef, Static))


def looks(m: Machine, ref: ArrayRef) -> bool | None:
    """Whether what a path leads to is a view, and no copy; None where that isn't known."""
    choice = selected(m, ref)
    if choice is not None:
        answers = {looks(m, ArrayRef(one.cell, one.path + ref.path)) for one in choice.refs}
        return answers.pop() if len(answers) == 1 else None
    try:
        placed(m, ref)
    except StepCopies:
        return False
    except Unsettled:
        return None
    return True


def dim_of(m: Machine, atom: Atom, axis: int) -> Atom:
    """The length of a dimension: a constant, if the type says so."""
    t = atom.type
    if isinstance(t, Array) and t.dims[axis].number is not None:
        return const(t.dims[axis].offset)
    return m.emit("dim", atom, axis=axis)


# ---- views as results


def new_array(
    m: Machine, var: Atom, contiguous: Layout = frozenset(), aliases: frozenset[int] = frozenset()
) -> ArrayRef:
    return ArrayRef(m.allocate(ArrayCell(var, aliases, contiguous=contiguous)))


def result_value(m: Machine, result: object, sources: dict[Var, ArrayRef], layout: Layout = frozenset()) -> Value:
    """The abstract value of what a lowering returned.

    `sources` are the arrays that went in: a result that is a view of one stays tied to it.
    """
    match result:
        case Var() | Const():
            return from_atom(m, result, sources, layout)
        case tuple():
            items = tuple(result_value(m, item, sources, layout) for item in result)
            return Tup(items, type(result) if hasattr(result, "_fields") else None)
        case list():
            return Ref(m.allocate(ListCell(tuple(result_value(m, item, sources, layout) for item in result))))
    return Static(result)


def from_atom(
    m: Machine,
    atom: Atom,
    sources: dict[Var, ArrayRef] | None = None,
    layout: Layout = None,
    owner: int | None = None,
) -> Value:
    """The abstract value of a variable; `owner`: the run-time list that it is, or was, an element of."""
    if isinstance(atom, Const):
        return Static(atom.value)
    t = atom.type
    match t:
        case Scalar():
            counts = t.python and t.length is not None and t.length.number is not None
            return Static(t.length.offset) if counts and t.length is not None else Num(atom)
        case Array() | Unknown():
            return tied(m, atom, sources or {}) or _new_from(m, atom, t, layout, owner)
        case ListOf():
            return Ref(m.allocate(_inner_list(m, atom, owner)))
        case TupleOf():
            return Tup(
                tuple(from_atom(m, m.emit("tuple_get", atom, index=k), owner=owner) for k in range(len(t.items)))
            )
    return Obj(atom)


def _new_from(m: Machine, atom: Var, t: Type, layout: Layout, owner: int | None) -> Value:
    if isinstance(t, Unknown):
        return Num(atom)
    if owner is not None:
        return new_array(m, atom, contiguous=None, aliases=sharers(m.heap, owner))
    flat = isinstance(t, Array) and len(t.dims) < 2
    return new_array(m, atom, contiguous=frozenset() if flat else layout)


def _inner_list(m: Machine, atom: Var, owner: int | None) -> GrownCell:
    """A list that was an element of a run-time list."""
    if owner is None:
        return GrownCell(atom)
    cell = m.cell(owner, GrownCell)
    return GrownCell(atom, None, sharers(m.heap, owner), cell.lists, repeated=cell.repeated)


def tied(m: Machine, var: Var, sources: dict[Var, ArrayRef]) -> ArrayRef | None:
    """The view of one of `sources` that a variable is; None if it has memory of its own."""
    steps: list[ViewStep] = []
    current: Atom = var
    while isinstance(current, Var):
        if current in sources:
            return _view_of(m, sources[current], tuple(reversed(steps)), var)
        equation = m.variables.definitions.get(current)
        if equation is None or not _looks(equation) or _gathers(equation):
            return None
        params = dict(equation.params)
        if len(equation.results) > 1:
            params["part"] = equation.results.index(current)
        steps.append(ViewStep(equation.op, equation.operands[1:], tuple(sorted(params.items()))))
        m.views[-1].setdefault((equation.operands[0], steps[-1].key()), current)
        current = equation.operands[0]
    return None


def _looks(equation: Equation) -> bool:
    """Whether the result is a view of the first operand, whatever the memory is like."""
    if equation.op == "einsum":
        rank = rank_of(equation.operands[0].type)
        return rank is not None and view_letters(equation.params["subscripts"], rank) is not None
    return operation(equation).view


def _gathers(equation: Equation) -> bool:
    """A subscript by an array, which copies."""
    return equation.op == "get_item" and any(entry[0] in ("array", "object") for entry in equation.params["index"])


def unsettled(m: Machine, source: ArrayRef, var: Var) -> ArrayRef:
    """What may be a view of `source` or not."""
    return new_array(m, var, aliases=sharers(m.heap, source.cell), contiguous=None)


def _view_of(m: Machine, source: ArrayRef, steps: tuple[ViewStep, ...], var: Var) -> ArrayRef | None:
    """Reshaping gives a view of memory whose axes follow each other, and else a copy; where neither is sure, the
    result may share memory."""
    path = source.path + steps
    found = True if not any(step.op in RESHAPING for step in path) else looks(m, ArrayRef(source.cell, path))
    if found is None:
        return unsettled(m, source, var)
    return ArrayRef(source.cell, tuple(RAVEL if step == FLAT else step for step in path)) if found else None


# ---- values as atoms


def to_number(m: Machine, value: Value, what: str = "used as a number") -> Atom:
    """The variable or constant of a number or array; nested sequences become arrays."""
    match value:
        case Num() | Obj():
            return value.var
        case Choice() if maybe_number(value):
            return either_atom(m, value)
        case ArrayRef():
            return load(m, value)
        case Static(value=int() | float() | complex() as known):
            return const(known)
        case Static(value=known):
            return Const(known, const(known).type)
        case Tup() | Ref():
            return to_array(m, value)
        case Range():
            return m.emit("arange", *(to_atom(m, bound) for bound in value.children()), dtype=None)
    check_defined(m, value)
    m.refuse(f"{value.describe()} can't be {what}")


def maybe_number(value: Value) -> bool:
    """Whether a value is a number, an array or None, whichever of two it is."""
    match value:
        case Choice():
            return maybe_number(value.then) and maybe_number(value.otherwise)
        case Static():
            return value.value is None or isinstance(value.value, (int, float, complex))
    return isinstance(value, (Num, ArrayRef))


def _is_text(value: Value) -> bool:
    """Whether a value is a text, whichever of two it is."""
    if isinstance(value, Choice):
        return _is_text(value.then) and _is_text(value.otherwise)
    return isinstance(value, Obj) or (isinstance(value, Static) and isinstance(value.value, str))


def either_atom(m: Machine, value: Choice) -> Atom:
    """A variable for what is a number, an array or None, whichever it is: little is known of it."""
    sides = [to_number(m, side) for side in (value.then, value.otherwise)]
    known = [side.type for side in sides if not (isinstance(side, Const) and side.value is None)]
    joined = known[0] if len(known) == 1 else join(*known) if known else None
    same = len(known) == 2 and known[0] == known[1]
    t = known[0] if same else Unknown(dtype_of(joined) if joined is not None else None)
    found = Var(t)
    regions = tuple(Region((), (), (side,)) for side in sides)
    m.builder.append(Equation("if", (value.condition,), (found,), regions=regions, span=m.builder.span))
    m.note(len(m.builder.equations) - 1)
    if any(map(m.is_active, sides)):
        m.variables.active.add(found)
    return found


def check_defined(m: Machine, value: Value) -> None:
    match value:
        case Undef() | Partial():
            m.refuse("a value is used that some way to this line leaves undefined")
        case Mixed():
            refuse_mixed(m, value)


def refuse_mixed(m: Machine, value: Mixed) -> NoReturn:
    before, after = value.kinds
    after = "another one" if after == before else after
    m.refuse(
        f"{value.name} changes its kind from one turn of a loop to the next: {before}, then {after}",
        why="no variable of the generated code can stand for both.",
        do="give it one kind (a number, an array, a tuple of these) before the loop.",
        first_turn=True,
        unsettled=True,
    )


def to_array(m: Machine, value: Value) -> Atom:
    start = len(m.builder.equations)
    try:
        array: Atom = as_array(m.builder, to_python(m, value))
    except SrcadError as error:
        raise m.located(error) from None
    m.note(start)
    return array


def to_python(m: Machine, value: Value) -> object:
    """What a lowering gets: variables, plain Python values, and lists and tuples of these."""
    match value:
        case Static():
            return value.value
        case Num() | Obj():
            return value.var
        case ArrayRef():
            return load(m, value)
        case Tup():
            return tuple(to_python(m, item) for item in value.items)
        case Slice():
            return slice(*(to_python(m, part) for part in value.children()))
        case Ref():
            return _cell_to_python(m, value)
        case Range():
            return _range_to_python(m, value)
    check_defined(m, value)
    m.refuse(f"{value.describe()} can't be passed here")


def _cell_to_python(m: Machine, ref: Ref) -> object:
    match m.heap[ref.cell]:
        case ListCell(items=items):
            return [to_python(m, item) for item in items]
        case GrownCell() as cell:
            refuse_objects(m, cell)
            return grown_array(m, content(m, cell))
        case DictCell(items=pairs):
            return {key: to_python(m, item) for key, item in pairs}
    found = plain_container(m, ref, "__iter__", "__getitem__", "__len__")
    if found != ref:
        return to_python(m, found)
    m.refuse("an instance of a class can't be passed here")


def content(m: Machine, cell: GrownCell) -> Atom:
    """A run-time list as it is now."""
    if cell.poison is not None:
        refuse_poisoned(m, cell.poison)
    return cell.var


def _range_to_python(m: Machine, value: Range) -> object:
    parts = [to_python(m, part) for part in value.children()]
    known = [part for part in parts if isinstance(part, int)]
    if len(known) == len(parts):
        return range(*known)
    return m.emit("arange", *parts, dtype=None)


def grown_array(m: Machine, var: Atom) -> Atom:
    return m.emit("list_to_array", var)


def to_atom(m: Machine, value: Value) -> Atom:
    """One run-time object for any value: lists and tuples are made as Python objects."""
    match value:
        case Tup():
            return m.emit("tuple_new", *(to_atom(m, item) for item in value.items))
        case Ref():
            return _container_atom(m, m.heap[value.cell])
        case Slice() | Range():
            made = Const(slice if isinstance(value, Slice) else range, OPAQUE)
            return m.emit("call", made, *(to_atom(m, part) for part in value.children()), keywords=())
        case Choice() if _is_text(value):
            return either_atom(m, value)
        case Func() | Bound() | Method():
            _refuse_element(m, "a function")
    return to_number(m, value, "made a run-time object")


def _refuse_element(m: Machine, what: str) -> NoReturn:
    m.refuse(
        f"{what} is an element of a list whose items are known at run time only",
        why="what an item does has to be known where it is used.",
        do="make the list outside of the loop or the condition, or give the loop a number of turns that is known.",
        unsettled=True,
    )


def _container_atom(m: Machine, cell: Cell) -> Atom:
    match cell:
        case GrownCell():
            refuse_objects(m, cell)
            return content(m, cell)
        case ListCell():
            return box(m, cell.items)
        case DictCell(items=pairs):
            return m.emit("dict_new", *(to_atom(m, item) for _, item in pairs), keys=tuple(key for key, _ in pairs))
    made = object_of_exception(m, cell, _called)
    if made is not None:
        return to_atom(m, made)
    _refuse_element(m, "an instance of a class")


def _called(m: Machine, cls: object, given: Arguments) -> Value:
    """An object of a class, by a call of the run."""
    values = (*given.args, *given.keywords.values())
    atoms = [to_atom(m, value) for value in values]
    return Obj(m.emit("call", Const(cls, OPAQUE), *atoms, keywords=tuple(given.keywords)))


def refuse_objects(m: Machine, cell: GrownCell) -> None:
    """Refuse to hand on a run-time list whose elements are instances or dicts: in the list they are tuples."""
    if cell.form is not None:
        m.refuse(
            "a list of objects that has grown in a loop is handed on as a whole",
            why="in the derivative its elements are tuples of their attributes.",
            do="make a list of the numbers or arrays that are wanted of them.",
        )


def box(m: Machine, items: tuple[Value, ...], element: Type | None = None) -> Atom:
    """A run-time list of the items, which must be of one type."""
    return list_of(m, [to_atom(m, item) for item in items], element)


def list_of(m: Machine, atoms: list[Atom], element: Type | None = None) -> Atom:
    """A run-time list of variables and constants, which must be of one type."""
    for atom in atoms:
        element = atom.type if element is None else join(element, atom.type)
        if element is None:
            m.refuse(MANY_KINDS, unsettled=True)
    slot = element or UNDEFINED
    return m.emit("list_new", *(a if fits(a, slot) else m.emit("known_as", a, to=slot) for a in atoms), element=slot)


def is_run_time_tuple(m: Machine, value: Value) -> bool:
    """Whether it is a tuple whose length is known at run time only."""
    cell = m.content(value)
    return isinstance(cell, GrownCell) and cell.is_tuple


def is_list(m: Machine, ref: ArrayRef) -> bool:
    """Whether what is looked at is a list in a list, rather than an array."""
    last = ref.path[-1] if ref.path else None
    return last is not None and last.op in ("element", "tuple_get") and isinstance(load(m, ref).type, ListOf)

"""Functions that call themselves, as often as the run will have it.

Such a function is read as a procedure: a trace of its own, in which a call of itself is one equation, `recurse`. What
its parameters and results are is found by reading its body until that stands still: first with calls of itself that
lead nowhere, so that the ways without them tell what comes back. Numbers that are known now and differ from call to
call become parameters; what else is known now belongs to the procedure, and a call with other such arguments goes to
another.

What goes in and comes out is passed by value. A body that changes what others see isn't read as a procedure, but in
place, to a certain depth.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from srcad.errors import SrcadError
from srcad.frontend.core.cells import ArrayCell, Cell, DictCell, FrameCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Branch, Diverges, Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import Num, Partial, Ref, Static, Tup, Value
from srcad.frontend.core.walk import same_entries
from srcad.frontend.memory.forms import (
    Form,
    FormLeaf,
    NoForm,
    alike,
    joined,
    leaf_value,
    memory,
    plain,
    put_together,
    taken_apart,
)
from srcad.frontend.procedures.bodies import in_frame
from srcad.frontend.procedures.procedures import NoProcedure, Place, Procedure, Procedures, close, group_of, is_quiet
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Const, Equation, Input, Region, Var
from srcad.trace.types import Array, Type

MOST_ROUNDS = 10
MOST_OPEN = 8  # procedures that wait for each other


class Recurses(Exception):  # noqa: N818 - a request to read once more, with this function as a procedure
    """A function calls itself under conditions of the run."""

    def __init__(self, key: Hashable) -> None:
        super().__init__(key)
        self.key = key


def call_procedure(m: Machine, code: FunctionSource, key: Hashable, names: Keywords, parent: int | None) -> Value:
    """A call of a function that is read as a procedure."""
    leaves: list[FormLeaf] = []
    names = {name: names[name] for name in ordered(code, names)}
    try:
        form = tuple(taken_apart(m, value, name, leaves) for name, value in names.items())
    except (NoForm, SrcadError) as error:
        raise NoProcedure(key) from error
    state = m.part(Procedures)
    for known in state.building:
        if known.key is key and known.parent == parent and fits(known, tuple(names), form, leaves):
            known.reused = True
            widen(m, known, leaves)
            return emitted(m, known, leaves)
    if len(state.building) >= MOST_OPEN:
        raise NoProcedure(key)
    places = [Place(plain(leaf.type), leaf.name, _known(leaf.atom), m.is_active(leaf.atom)) for leaf in leaves]
    made = Procedure(state.label(code.name), key, code, parent, tuple(names), form, places)
    build(m, made)
    return emitted(m, made, leaves)


def ordered(code: FunctionSource, names: Keywords) -> list[str]:
    """The names of the parameters, in the order of the signature."""
    a = code.node.args
    places = [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else []), *a.kwonlyargs]
    signature = [p.arg for p in places]
    return sorted(names, key=lambda name: signature.index(name) if name in signature else len(signature))


def _known(atom: Atom) -> Const | None:
    return atom if isinstance(atom, Const) else None


# ---- arguments


def fits(known: Procedure, names: tuple[str, ...], form: tuple[Form, ...], leaves: list[FormLeaf]) -> bool:
    """Whether a call may go to a procedure, perhaps after that has been made wider."""
    if known.names != names or len(leaves) != len(known.places) or not all(map(alike, known.form, form)):
        return False
    return all(joined(place.type, plain(leaf.type)) for place, leaf in zip(known.places, leaves, strict=True))


def widen(m: Machine, known: Procedure, leaves: list[FormLeaf]) -> None:
    """Let the parameters hold these arguments too."""
    for place, leaf in zip(known.places, leaves, strict=True):
        same = place.known is not None and isinstance(leaf.atom, Const) and _equal(place.known, leaf.atom)
        t = joined(place.type, plain(leaf.type))
        assert t is not None
        new = (t, place.known if same else None, place.active or m.is_active(leaf.atom))
        known.changed |= new != (place.type, place.known, place.active)
        place.type, place.known, place.active = new


def _equal(a: Const, b: Const) -> bool:
    return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)


def arguments(m: Machine, made: Procedure) -> Keywords:
    """The values of the parameters, in cells of their own."""
    made.parameters = tuple(Var(made.places[k].type, made.places[k].name) for k in made.passed)
    variables = iter(made.parameters)
    values: list[Value] = []
    for place in made.places:
        if place.known is not None:
            values.append(Static(place.known.value))
            continue
        var = next(variables)
        if place.active:
            m.variables.active.add(var)
        values.append(leaf_value(m, var))
    ready = iter(values)
    return {name: put_together(m, form, ready) for name, form in zip(made.names, made.form, strict=True)}


# ---- the body


def build(m: Machine, made: Procedure) -> None:
    """Read the body until what is known of arguments and results holds for every call in it."""
    building = m.part(Procedures).building
    building.append(made)
    try:
        for _ in range(MOST_ROUNDS):
            made.changed = made.reused = False
            read_round(m, made)
            if not made.changed:
                break
        else:
            raise NoProcedure(made.key)
    except NeedsStatic as needed:
        if any(m.variables.sources(needed.var) & set(known.parameters) for known in building):
            raise NoProcedure(made.key) from needed
        raise
    except (NoForm, SrcadError) as error:
        raise NoProcedure(made.key) from error
    finally:
        building.pop()


def read_round(m: Machine, made: Procedure) -> None:
    """Read the body once."""
    names = arguments(m, made)
    before = dict(m.heap)
    leaves: list[FormLeaf] = []

    def run() -> Form:
        value = in_frame(m, made.code, made.key, names, made.parent)
        refuse_shared(m, value, before)
        return taken_apart(m, value, "", leaves)

    with m.stack.afresh():
        branch = m.apart(run)
    if writes(m, before, branch) or not is_quiet(branch.equations):
        raise NoForm
    if branch.raises and not made.changed:
        raise NoForm
    if not branch.raises:
        settle_result(m, made, branch.value, leaves, frozenset(before))
        made.body = Region((), tuple(branch.equations), tuple(leaf.atom for leaf in leaves))


def writes(m: Machine, before: dict[int, Cell], branch: Branch) -> bool:
    """Whether a body has changed what was there before it."""
    return any(branch.heap.get(k) is not cell and not unchanged(m, cell, branch.heap[k]) for k, cell in before.items())


def unchanged(m: Machine, old: Cell, new: Cell) -> bool:
    """Whether a cell is as it was, but for what has been learnt of it."""
    match old, new:
        case ArrayCell(), ArrayCell():
            return old.var is new.var and old.poison is new.poison
        case GrownCell(), GrownCell():
            return replace(new, lists=old.lists) == old
        case InstanceCell(), InstanceCell():
            return same_entries(old.entries(), _without_news(m, old, new))
        case (FrameCell(), FrameCell()) | (ListCell(), ListCell()) | (DictCell(), DictCell()):
            return same_entries(old.entries(), new.entries())
    return False


def _without_news(m: Machine, old: InstanceCell, new: InstanceCell) -> dict[str, Value]:
    """The attributes, without those of an object of the world outside that have been looked up meanwhile."""
    known = old.entries()
    met = [made for _, made in m.outside.met.values()]
    inputs = {} if old.path is None else {name: m.outside.inputs.get(old.path.attr(name)) for name, _ in new.fields}
    return {k: v for k, v in new.fields if k in known or not (_is_input(v, inputs.get(k)) or any(v is o for o in met))}


def _is_input(value: Value, found: Input | None) -> bool:
    return isinstance(value, Num) and found is not None and value.var is found.var


def refuse_shared(m: Machine, value: Value, before: dict[int, Cell]) -> None:
    """A container that was there before isn't a result: it would come out as another one."""
    match value:
        case Partial():
            raise NoForm
        case Ref() if value.cell in before and not isinstance(m.heap[value.cell], GrownCell):
            raise NoForm
        case Tup():
            for item in value.items:
                refuse_shared(m, item, before)


# ---- results


def settle_result(m: Machine, made: Procedure, form: Form, leaves: list[FormLeaf], outside: frozenset[int]) -> None:
    """Let what is known of the result hold for this one too."""
    new = [
        Place(visible(m, made, leaf.type), made.code.name, None, m.is_active(leaf.atom), bool(leaf.cells & outside))
        for leaf in leaves
    ]
    if made.result is None:
        made.result, made.returned, made.changed = form, new, True
        return
    if not alike(made.result, form) or len(new) != len(made.returned):
        raise NoForm
    for old, place in zip(made.returned, new, strict=True):
        t = joined(old.type, place.type)
        if t is None:
            raise NoForm
        wide = (t, old.active or place.active, old.outside or place.outside)
        made.changed |= wide != (old.type, old.active, old.outside)
        old.type, old.active, old.outside = wide


def visible(_m: Machine, made: Procedure, t: Type) -> Type:
    """A type with those lengths alone that are the same in each call."""
    t = plain(t)
    if not isinstance(t, Array):
        return t
    known = {dim for place in made.places if isinstance(place.type, Array) for dim in place.type.dims}
    return Array(t.dtype, tuple(dim if dim.number is not None or dim in known else UNKNOWN_DIM for dim in t.dims))


def emitted(m: Machine, known: Procedure, leaves: list[FormLeaf]) -> Value:
    """The equation of a call, and the value that it gives."""
    if known.result is None:
        raise Diverges
    state = m.part(Procedures)
    state.called[known.label] = known
    operands = tuple(leaves[k].atom for k in known.passed)
    types = tuple(place.type for place in known.returned)
    params = {"procedure": known.label, "types": types}
    results = tuple(Var(t) for t in types)
    equation = Equation("recurse", operands, results, params)
    start = len(m.builder.equations)
    if not state.building:
        if not any(one.reused for one in group_of(m, known.label).values()):
            raise NoProcedure(known.key)
        equation = close(m, equation)
    m.builder.append(equation)
    m.note(start)
    m.variables.active.update(r for r, place in zip(results, known.returned, strict=True) if place.active)
    cells = memory(leaves)
    values = [
        leaf_value(m, var, cells if place.outside else frozenset())
        for var, place in zip(results, known.returned, strict=True)
    ]
    return put_together(m, known.result, iter(values))


__all__ = ["NoProcedure", "Procedure", "Recurses", "call_procedure"]

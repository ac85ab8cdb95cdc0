"""Branches: what depends on a condition of the run is read on both sides, and the two states are joined."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from types import MappingProxyType

from srcad.frontend.core.cells import DictCell, GrownCell, ListCell
from srcad.frontend.core.counting import told_beforehand
from srcad.frontend.core.machine import Branch, Diverges, Machine
from srcad.frontend.core.values import NONE, ArrayRef, Choice, Num, Obj, Ref, Static, Tup, Value, Word
from srcad.frontend.memory.arrays import load, to_atom
from srcad.frontend.memory.either import put_together, settle_known
from srcad.frontend.memory.merge import Key, Merger
from srcad.frontend.memory.objects import call_if_special
from srcad.frontend.memory.presence import key_count
from srcad.frontend.memory.sides import Side
from srcad.frontend.memory.words import decoded
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.types import Array, Scalar, Type
from srcad.trace.verifier import fits

Alternative = Callable[[], Value]


def branch(
    m: Machine,
    condition: Var,
    then: Alternative,
    otherwise: Alternative,
    partial: bool = True,
    alone: Alternative | None = None,
) -> Value:
    """Run both sides apart, join their states, and give the joined value.

    `partial`: what one side alone gives a value is noted as such. `alone`: read in the place of `otherwise` if all that
    the other side does is to raise.
    """
    one, two = m.under(condition, _with_known(m, then), True), m.under(condition, _with_known(m, otherwise), False)
    if one.raises or two.raises:
        return one_way(m, condition, one, two, then, alone or otherwise)
    return join_branches(m, condition, one, two, partial)


def _with_known(m: Machine, side: Alternative) -> Alternative:
    """One side of a branch, in which lists are known that the condition tells apart."""

    def settled_first() -> Value:
        settle_known(m)
        return side()

    return settled_first


def join_branches(m: Machine, condition: Var, one: Branch, two: Branch, partial: bool = True) -> Value:
    put_together(m, one, two)
    yields: dict[tuple[Hashable, object], tuple[Var, Atom, Atom]] = {}

    def variable(key: Key, a: Atom, b: Atom, t: Type) -> Var:
        pair = (a if isinstance(a, Var) else id(a), b if isinstance(b, Var) else id(b))
        if pair not in yields:
            yields[pair] = (Var(m.lengths.named(t), name_of(m, key, a, b)), a, b)
        return yields[pair][0]

    sides = Side(one.heap, one.equations), Side(two.heap, two.equations)
    merger = Merger(m, *sides, variable, condition, partial)
    m.heap = merger.heaps()
    value = merger.value(("value",), one.value, two.value)
    merger.settle()
    _emit_if(m, condition, one, two, list(yields.values()))
    return value


def one_way(m: Machine, condition: Var, one: Branch, two: Branch, then: Alternative, otherwise: Alternative) -> Value:
    """A side that raises is an `if` without results; the other side is read where the branch stands."""
    empty = Region((), (), ())
    sides = [Region((), tuple(side.equations), ()) if side.raises else empty for side in (one, two)]
    m.builder.append(Equation("if", (condition,), (), regions=(sides[0], sides[1])))
    if one.raises and two.raises:
        raise Diverges
    for changes in reversed((two if one.raises else one).changes):  # it is read once more
        del m.changed[changes]
    m.stack.facts.append((condition, two.raises))  # to the end of the region
    return otherwise() if one.raises else then()


def _emit_if(m: Machine, condition: Var, one: Branch, two: Branch, rows: list[tuple[Var, Atom, Atom]]) -> None:
    if not rows and not one.equations and not two.equations:
        return
    start = len(m.builder.equations)
    slots = [v for v, _, _ in rows]
    yields = (
        entering(m, one.equations, [a for _, a, _ in rows], slots),
        entering(m, two.equations, [b for _, _, b in rows], slots),
    )
    regions = (Region((), tuple(one.equations), yields[0]), Region((), tuple(two.equations), yields[1]))
    m.builder.append(Equation("if", (condition,), tuple(v for v, _, _ in rows), regions=regions))
    m.note(start)
    m.variables.active.update(v for v, a, b in rows if m.is_active(a) or m.is_active(b))


def entering(m: Machine, equations: list[Equation], atoms: Sequence[Atom], slots: Sequence[Var]) -> tuple[Atom, ...]:
    """What a branch yields, or a loop begins or goes on with, as it enters its slots; the equations end with what it
    takes to do so."""
    return tuple(_entering(m, equations, *pair) for pair in zip(atoms, slots, strict=True))


def _entering(m: Machine, equations: list[Equation], atom: Atom, slot: Var) -> Atom:
    if fits(atom, slot.type):
        return atom
    inside = Var(slot.type, slot.name)
    equations.append(Equation("known_as", (atom,), (inside,), MappingProxyType({"to": slot.type}), span=m.builder.span))
    if m.is_active(atom):
        m.variables.active.add(inside)
    return inside


def name_of(m: Machine, key: Key, *atoms: Atom) -> str | None:
    """The user's name for a joined variable: the name that holds it, or that one of its sides has."""
    for part in reversed(key):
        if isinstance(part, str) and part.isidentifier() and part not in ("array", "list", "value"):
            return part
    known = [a.name or m.variables.names.get(a) for a in atoms if isinstance(a, Var)]
    return next((name for name in known if name), None)


# ---- conditions


def truth(m: Machine, value: Value) -> bool | Var:
    """The truth of a value: known now, be it from the branches around, or a variable."""
    known = _truth(m, value)
    told = m.known_truth(known) if isinstance(known, Var) else None
    if told is not None:
        return told
    if m.known.asked and isinstance(known, Var) and told_beforehand(m, known):
        raise NeedsStatic(known, "a condition")
    return known


def _truth(m: Machine, value: Value) -> bool | Var:
    match value:
        case Static():
            return bool(value.value)
        case Tup():
            return bool(value.items)
        case Ref():
            return _container_truth(m, value)
        case Choice():
            chosen = branch(m, value.condition, lambda: as_bool(m, value.then), lambda: as_bool(m, value.otherwise))
            return truth(m, chosen)
        case Num() | Obj() | ArrayRef():
            return _number_truth(m, value)
    return True


def as_bool(m: Machine, value: Value) -> Value:
    known = truth(m, value)
    return Num(known) if isinstance(known, Var) else Static(known)


def python_bool(m: Machine, value: Value) -> Value:
    """bool(value): one of Python's, which adds up as ints do, whereas a sum of NumPy's bools is a bool."""
    found = as_bool(m, value)
    if isinstance(found, Num) and not found.var.type.is_python:
        return Num(m.emit("truth", found.var))
    return found


def _container_truth(m: Machine, value: Ref) -> bool | Var:
    cell = m.heap[value.cell]
    match cell:
        case DictCell():
            count = key_count(m, cell)
            return bool(count.value) if isinstance(count, Static) else m.emit("greater", to_atom(m, count), 0)
        case ListCell():
            return bool(cell.items)
        case GrownCell():
            return m.emit("greater", m.emit("list_len", cell.var), 0)
    for name in ("__bool__", "__len__"):
        answer = call_if_special(m, value, name)
        if answer is not None:
            return truth(m, answer)
    return True


def _number_truth(m: Machine, value: Value) -> bool | Var:
    atom = load(m, value) if isinstance(value, ArrayRef) else to_atom(m, value)
    if isinstance(atom, Const):
        return bool(atom.value)
    if isinstance(atom.type, Scalar) and atom.type.dtype == "bool":
        return atom
    if isinstance(atom.type, Scalar):
        return m.emit("not_equal", atom, 0)
    if isinstance(atom.type, Array) and atom.type.rank == 0:
        return m.emit("not_equal", atom, 0)
    return m.emit("truth", atom)


def negate(m: Machine, condition: Var) -> Var:
    return m.emit("not_", condition)


def both(m: Machine, first: Value, second: Alternative) -> Value:
    """`first and second`, on bools."""
    known = truth(m, first)
    if isinstance(known, bool):
        return second() if known else Static(False)
    return branch(m, known, second, lambda: Static(False))


def either(m: Machine, first: Value, second: Alternative) -> Value:
    known = truth(m, first)
    if isinstance(known, bool):
        return Static(True) if known else second()
    return branch(m, known, lambda: Static(True), second)


def settled(m: Machine, value: Value) -> Value:
    """Of one of two values the one that it is here, where the branches around tell; of a word one of two."""
    if isinstance(value, Word):
        value = decoded(m, value)
    while isinstance(value, Choice):
        holds = m.known_truth(value.condition)
        if holds is None:
            break
        value = value.then if holds else value.otherwise
    return value


def operand(m: Machine, value: Value, what: str) -> Value:
    """An operand that may be one of two: where it is None, Python raises TypeError."""
    value = settled(m, value)
    if not isinstance(value, Choice) or NONE not in (value.then, value.otherwise):
        return value
    error = TypeError(f"unsupported operand type(s) for {what}: 'NoneType'")
    branch(
        m,
        value.condition,
        lambda: m.raises(error) if value.then == NONE else NONE,
        lambda: m.raises(error) if value.otherwise == NONE else NONE,
    )
    return operand(m, value.otherwise if value.then == NONE else value.then, what)


def distribute(m: Machine, value: Value, use: Callable[[Value], Value]) -> Value:
    """Use a value that may be one of two."""
    value = settled(m, value)
    if isinstance(value, Choice):
        return branch(
            m,
            value.condition,
            lambda: distribute(m, value.then, use),
            lambda: distribute(m, value.otherwise, use),
        )
    return use(value)

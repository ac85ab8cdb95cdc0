"""Loops: the body is read until the state at its head stands still, then once more for good.

    x = 1.0                        v3 = for i in range(0, n, 1) with x = 1.0:
    for i in range(n):      ->         v1 = a / x; v2 = x + v1; yield v2
        x = x + a / x

What a turn changes is carried: a variable at the head, joined from the value before the loop and that at the end of
the body. A loop whose body needs its counter now (as the key of a dict, say) is unrolled instead.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import NoReturn

from srcad.errors import SrcadError
from srcad.frontend.containers.exhaustion import run_through
from srcad.frontend.containers.iteration import Indexed, Items, Streamed
from srcad.frontend.control.remembered import FoundHead, OpenBodies, turned
from srcad.frontend.control.turns import (
    FLAGS,
    MOST_BRANCHES,
    MOST_TURNS,
    MOST_WRITTEN_OUT,
    RAISED,
    TooManyTurns,
    Turn,
    left,
    turn_by_turn,
    unroll_while,
    unrolled,
    while_by_turns,
    written_out,
)
from srcad.frontend.control.unsettled import UnsettledLoops, is_apart, loop_place, note_unsettled
from srcad.frontend.core import sharing
from srcad.frontend.core.cells import Cell, FrameCell
from srcad.frontend.core.counting import told_beforehand
from srcad.frontend.core.machine import Branch, Machine
from srcad.frontend.core.values import FALSE, TRUE, Num, Static, Value
from srcad.frontend.memory.branches import as_bool, branch, entering, name_of, negate, truth
from srcad.frontend.memory.merge import Key, Merger
from srcad.frontend.memory.number_kinds import leaves_as
from srcad.frontend.memory.sides import Side
from srcad.frontend.memory.substitute import substitute
from srcad.ops.catalogue import NeedsStatic, operation
from srcad.trace import rewrite
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.types import INT, Type, join

RAN: Key = ("ran",)  # the flag of what each turn sets: whether there has been one
MOST_ROUNDS = 12


@dataclass(eq=False)
class CarriedVariable:
    """A carried variable, what it is before the loop, and what the body yields for it."""

    var: Var
    entry: Atom
    end: Atom


@dataclass(eq=False)
class Head:
    """The state at the head of the body: its heap, its carried variables, and what must not change any more."""

    heap: dict[int, Cell]
    slots: dict[Key, CarriedVariable]
    signature: object
    label: str


# ---- for


def for_loop(m: Machine, sequence: Items | Indexed | Streamed, turn: Turn) -> None:
    """Run `turn` for every item. It binds the target and reads the body, and sets the flags."""
    outer = {flag: m.look(flag) for flag in FLAGS}
    m.bind("$break", FALSE)
    ask_for_turns(m, sequence)
    known = written_out(sequence, MOST_WRITTEN_OUT if m.known.written_out or m.known.sized else 0)
    if isinstance(sequence, Streamed):
        sequence.run(turn)
    elif isinstance(sequence, Items):
        unrolled(m, list(sequence.values), turn)
    elif known is not None:
        unrolled(m, [Static(k) for k in known], lambda k: turn(sequence.get(k)))
    else:
        _counted(m, sequence, turn)
    if sequence.source is not None and left(m) == FALSE:
        run_through(m, sequence.source)
    _restore(m, outer)


def ask_for_turns(m: Machine, sequence: Items | Indexed | Streamed) -> None:
    """Have the number of turns known beforehand, where loops are to be read turn by turn."""
    if m.known.sized and isinstance(sequence, Indexed):
        for bound in (sequence.start, sequence.stop, sequence.step):
            if isinstance(bound, Var):
                raise NeedsStatic(bound, "the number of turns of a loop")


def _restore(m: Machine, outer: dict[str, Value | None]) -> None:
    broke = m.look("$break") or FALSE
    for flag, value in outer.items():
        m.bind(flag, value or FALSE)
    m.bind("$broke", broke)


def _counted(m: Machine, sequence: Indexed, turn: Turn) -> None:
    apart = first_and_rest(sequence)
    if apart is not None and is_apart(m):
        _first_turn_apart(m, sequence, *apart, turn)
        return
    with m.attempt(SrcadError, when=lambda refused: refused.first_turn and apart is not None) as tried:
        _settled(m, sequence, turn)
    if tried.error is None or apart is None:
        return
    with m.attempt(SrcadError, when=lambda refused: refused.each_turn) as again:
        _first_turn_apart(m, sequence, *apart, turn)
    if again.error is not None:
        _by_turns(m, again.error, sequence, turn)


def _by_turns(m: Machine, error: SrcadError, sequence: Indexed, turn: Turn) -> None:
    """A loop that is short, and was refused as a loop."""
    for bound in (sequence.start, sequence.stop):
        if isinstance(bound, Var) and told_beforehand(m, bound):
            raise NeedsStatic(bound, "the number of turns of a loop")
    known = written_out(sequence, MOST_WRITTEN_OUT)
    if known is None:
        raise error
    unrolled(m, [Static(k) for k in known], lambda k: turn(sequence.get(k)))


def first_and_rest(sequence: Indexed) -> tuple[Callable[[Machine], tuple[Atom, Indexed]], str] | None:
    """How to take the first index of a sequence from it, and the comparison of start and stop if there is one."""
    step = sequence.step.value if isinstance(sequence.step, Const) else 0
    if sequence.backwards and step == 1:

        def last(m: Machine) -> tuple[Atom, Indexed]:
            index = m.emit("subtract", sequence.stop, 1)
            return index, replace(sequence, stop=index)

        return last, "less"

    def first(m: Machine) -> tuple[Atom, Indexed]:
        return sequence.start, replace(sequence, start=m.emit("add", sequence.start, sequence.step))

    return (first, "less" if step > 0 else "greater") if step and not sequence.backwards else None


def _first_turn_apart(
    m: Machine, sequence: Indexed, take: Callable[[Machine], tuple[Atom, Indexed]], comparison: str, turn: Turn
) -> None:
    """if start < stop: the first turn, then the loop over the rest."""

    def whole() -> Value:
        index, rest = take(m)
        m.bind("$continue", FALSE)
        turn(sequence.get(Static(index.value) if isinstance(index, Const) else Num(index)))
        known = truth(m, left(m))
        if isinstance(known, Var):
            branch(m, negate(m, known), lambda: _rest(m, rest, turn), lambda: FALSE)
        elif not known:
            _rest(m, rest, turn)
        return FALSE

    start, stop = sequence.start, sequence.stop
    if isinstance(start, Const) and isinstance(stop, Const):
        if start.value < stop.value if comparison == "less" else start.value > stop.value:
            whole()
        return
    branch(m, m.emit(comparison, start, stop), whole, lambda: FALSE)


def _rest(m: Machine, sequence: Indexed, turn: Turn) -> Value:
    _settled(m, sequence, turn)
    return FALSE


def _settled(m: Machine, sequence: Indexed, turn: Turn) -> None:
    own: set[Var] = set()
    with m.stack.loop(), m.attempt(NeedsStatic, when=lambda needed: m.variables.sources(needed.var) & own) as tried:
        _fixed_point(m, sequence, turn, own)
    if tried.error:
        _unroll_for(m, tried.error, sequence, turn)


def _unroll_for(m: Machine, needed: NeedsStatic, sequence: Indexed, turn: Turn) -> None:
    bounds = []
    for bound in (sequence.start, sequence.stop, sequence.step):
        if isinstance(bound, Var):
            raise NeedsStatic(bound, needed.what)
        bounds.append(bound.value)
    numbers = list(range(*bounds))
    if len(numbers) > MOST_TURNS:
        m.refuse("a loop that must be unrolled has too many turns")
    ordered = reversed(numbers) if sequence.backwards else numbers
    unrolled(m, [Static(k) for k in ordered], lambda k: turn(sequence.get(k)))


def _fixed_point(m: Machine, sequence: Indexed, turn: Turn, own: set[Var]) -> None:
    def one_round(head: Head) -> tuple[Branch, Callable[[Head], None]]:
        index = Var(INT, sequence.name)
        own.update((index, *(slot.var for slot in head.slots.values())))
        m.heap = with_flags(m, head.heap)
        done = m.apart(partial(_one_turn, m, sequence, turn, index))
        return done, lambda after: _emit_for(m, sequence, index, after, done)

    settle(m, own, one_round)


Round = Callable[[Head], tuple[Branch, Callable[[Head], None]] | None]


def settle(m: Machine, own: set[Var], one_round: Round) -> None:
    """Read a loop in rounds until its head stands still.

    A round gives the state at the end of a turn, and what emits the loop; None if it turns out that there is none.
    """
    place = m.part(OpenBodies).stack[-1].arrive(m)
    last = None if m.known.selecting else m.part(OpenBodies).stack[-1].last.get(place)
    if not _settled_from(m, own, one_round, place, last):
        _settled_from(m, own, one_round, place, None)


def _settled_from(m: Machine, own: set[Var], one_round: Round, place: Hashable, last: FoundHead | None) -> bool:
    """Begin with what the last reading has found. False if more would be carried then than changes in a turn."""
    base = m.heap
    head = Head(base, {}, None, last.label if last else m.lengths.label())
    if last is not None:
        head = next_head(m, base, head, Branch(turned(m, last, base), [], FALSE), frozenset(own))
    with m.part(OpenBodies).inside(last) as body:
        for _ in range(MOST_ROUNDS):
            made = one_round(head)
            m.heap = base
            if made is None:
                return True
            done, emit = made
            after = next_head(m, base, head, done, frozenset(own))
            if after.signature == head.signature:
                break
            head = after
            body.again()
        else:
            _refuse_kinds(m)
    idle = sum(slot.end is slot.var for slot in after.slots.values())
    if last is not None and idle > last.idle:
        return False
    found = FoundHead(base, done.heap, tuple(m.stack.frames), head.label, idle, body.now)
    m.part(OpenBodies).stack[-1].now[place] = found
    emit(after)
    return True


def _refuse_kinds(m: Machine) -> NoReturn:
    m.part(UnsettledLoops).places.add(loop_place(m))
    m.refuse(
        "the kinds of the values that this loop carries don't settle",
        do="give them one kind before the loop.",
        unsettled=True,
    )


def _one_turn(m: Machine, sequence: Indexed, turn: Turn, index: Var) -> Value:
    turn(sequence.get(Num(index)))
    return as_bool(m, left(m))


def with_flags(m: Machine, heap: dict[int, Cell]) -> dict[int, Cell]:
    """The heap at the start of a turn, where nothing has been left yet."""
    flags = dict.fromkeys((*FLAGS, "$return"), FALSE)
    changed: dict[int, Cell] = {}
    for place in m.stack.left_together():
        frame = heap[place]
        assert isinstance(frame, FrameCell)
        raised = {RAISED: Static(0)} if RAISED in frame.names else {}
        changed[place] = FrameCell(frame.code, {**frame.names, **flags, **raised}, frame.parent)
    return {**heap, **changed}


def next_head(m: Machine, base: dict[int, Cell], head: Head, done: Branch, inside: frozenset[Var]) -> Head:
    """Join the state before the loop with that at the end of a turn."""
    slots: dict[Key, CarriedVariable] = {}
    turned: set[Key] = set()  # what is set in every turn

    def variable(key: Key, a: Atom, b: Atom, t: Type) -> Var:
        if key[-1] == "defined" and a.number is False and b.number is True:
            turned.add(key)
            key = RAN
            if RAN in slots:
                return slots[RAN].var
        old = head.slots.get(key)
        if old is not None:
            t = join(old.var.type, t) or t
        t = m.lengths.carried(t, a.type, f"{head.label}.{key}")
        var = old.var if old is not None and old.var.type == t else Var(t, name_of(m, key, a, b))
        slots[key] = CarriedVariable(var, a, b)
        if m.is_active(a) or m.is_active(b):
            m.variables.active.add(var)
        return var

    sides = Side(base, m.builder.equations), Side(done.heap, done.equations)
    merger = Merger(m, *sides, variable, partial=True, inside=inside)
    m.heap = base
    heap = m.heap = merger.heaps()
    merger.settle()
    note_unsettled(m, base, heap, merger.groups.values())
    m.heap = base
    types = {key: (slot.var.type, m.is_active(slot.var)) for key, slot in slots.items()}
    groups = partition(merger.groups)
    shared = sharing.signature(base, heap, {cell: groups[key] for key, cell in merger.groups.items()})
    signature = (types, groups, turned, shared)
    return Head(heap, slots, signature, head.label)


def partition(groups: dict[Key, int]) -> dict[Key, Key]:
    """For each name of an array, the first name of the same array."""
    first: dict[int, Key] = {}
    return {key: first.setdefault(cell, key) for key, cell in groups.items()}


def _emit_for(m: Machine, sequence: Indexed, index: Var, head: Head, done: Branch) -> None:
    slots = list(head.slots.values())
    stop = done.value
    breaks = not (isinstance(stop, Static) and stop.value is False)
    flag: tuple[Atom, ...] = ()
    if breaks:
        flag = (stop.var,) if isinstance(stop, Num) else (const(True),)
    entries, ends = _entering(m, slots, done)
    region = Region((index, *(s.var for s in slots)), tuple(done.equations), (*flag, *ends))
    results = [Var(s.var.type, s.var.name) for s in slots]
    extra = [Var(INT)] if breaks else []
    params: dict[str, object] = {"breaks": True} if breaks else {}
    if sequence.backwards:
        params["backwards"] = True
    operands = (sequence.start, sequence.stop, sequence.step, *entries)
    _emit_loop(m, "for", operands, (region,), slots, results, extra, params)
    m.heap = exit_heap(head, slots, results, _has_turns(m, sequence) if RAN in head.slots else None)


def _has_turns(m: Machine, sequence: Indexed) -> Atom | None:
    """Whether there is anything to run through; None where the direction isn't known."""
    start, stop, step = sequence.start, sequence.stop, sequence.step
    if not isinstance(step, Const):
        return None
    if isinstance(start, Const) and isinstance(stop, Const):
        return const(len(range(start.value, stop.value, step.value)) > 0)
    return m.emit("less" if step.value > 0 else "greater", start, stop)


def _entering(m: Machine, slots: list[CarriedVariable], done: Branch) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    """What a loop begins with, and what it goes on with after a turn."""
    variables, start = [s.var for s in slots], len(m.builder.equations)
    entries = entering(m, m.builder.equations, [s.entry for s in slots], variables)
    m.note(start)
    return entries, entering(m, done.equations, [s.end for s in slots], variables)


def _emit_loop(
    m: Machine,
    op: str,
    operands: tuple[Atom, ...],
    regions: tuple[Region, ...],
    slots: list[CarriedVariable],
    results: list[Var],
    extra: list[Var],
    params: dict[str, object],
) -> None:
    start = len(m.builder.equations)
    m.builder.append(Equation(op, operands, (*results, *extra), MappingProxyType(params), regions))
    m.note(start)
    m.variables.active.difference_update(results)
    m.variables.active.difference_update(extra)
    m.variables.active.update(r for s, r in zip(slots, results, strict=True) if m.is_active(s.var))
    for slot, result in zip(slots, results, strict=True):
        leaves_as(m, slot.var, result)


def exit_heap(head: Head, slots: list[CarriedVariable], results: list[Var], ran: Atom | None = None) -> dict[int, Cell]:
    """The state behind a loop. `ran`: whether there has been a turn, where that need not be carried."""
    mapping: dict[Var, Atom] = {s.var: r for s, r in zip(slots, results, strict=True)}
    if ran is not None and RAN in head.slots:
        mapping[head.slots[RAN].var] = ran
    return substitute(head.heap, mapping)


# ---- while


def while_loop(m: Machine, test: Callable[[], Value], body: Callable[[], None]) -> None:
    """`while test: body`."""
    outer = {flag: m.look(flag) for flag in FLAGS}
    m.bind("$break", FALSE)
    own: set[Var] = set()

    def recoverable(error: Exception) -> bool:
        if isinstance(error, NeedsStatic):
            return bool(m.variables.sources(error.var) & own)
        return isinstance(error, SrcadError) and error.first_turn

    if m.known.sized:
        with m.attempt(TooManyTurns) as written:
            turn_by_turn(m, test, body, MOST_BRANCHES)
        if written.error is None:
            _restore(m, outer)
            return
    with m.attempt(NeedsStatic, SrcadError, when=recoverable) as tried:
        if is_apart(m):
            _first_while(m, test, body)
        else:
            with m.stack.loop():
                _while(m, test, body, own)
    if isinstance(tried.error, SrcadError):
        with m.attempt(SrcadError, when=lambda refused: refused.each_turn) as again:
            _first_while(m, test, body)
        if again.error is not None:
            while_by_turns(m, again.error, test, body)
    elif tried.error:
        unroll_while(m, test, body)
    _restore(m, outer)


def _first_while(m: Machine, test: Callable[[], Value], body: Callable[[], None]) -> None:
    """if test: body; while test: body."""

    def whole() -> Value:
        m.bind("$continue", FALSE)
        body()
        with m.stack.loop():
            _while(m, test, body, set())
        return FALSE

    known = truth(m, test())
    if isinstance(known, Var):
        branch(m, known, whole, lambda: FALSE)
    elif known:
        whole()


def _while(m: Machine, test: Callable[[], Value], body: Callable[[], None], own: set[Var]) -> None:
    if not pure(m, test):
        test, body = _test_in_body(m, test, body)

    def one_round(head: Head) -> tuple[Branch, Callable[[Head], None]] | None:
        own.update(slot.var for slot in head.slots.values())
        m.heap = dict(head.heap)
        asked = m.apart(lambda: as_bool(m, _go_on(m, test)))
        if asked.value == FALSE and not head.slots:
            return None
        m.heap = with_flags(m, head.heap)
        done = m.apart(lambda: _run(m, body))
        return done, lambda after: _emit_while(m, asked, after, done)

    settle(m, own, one_round)


def _run(_m: Machine, body: Callable[[], None]) -> Value:
    body()
    return FALSE


def _go_on(m: Machine, test: Callable[[], Value]) -> Value:
    """Not left, and the test holds."""
    known = truth(m, left(m))
    if known is True:
        return FALSE
    if known is False:
        return test()
    return branch(m, negate(m, known), lambda: as_bool(m, test()), lambda: FALSE)


def pure(m: Machine, test: Callable[[], Value]) -> bool:
    """Whether reading the test changes nothing."""
    with m.rehearsal():
        asked = m.apart(test)
        unchanged = all(asked.heap.get(k) is cell for k, cell in m.heap.items())
    return unchanged and not any(_has_effect(e) for e in asked.equations)


def _has_effect(equation: Equation) -> bool:
    return operation(equation).effect or any(_has_effect(e) for region in equation.regions for e in region.equations)


def _test_in_body(
    m: Machine, test: Callable[[], Value], body: Callable[[], None]
) -> tuple[Callable[[], Value], Callable[[], None]]:
    """`while test: body` as `while True: if not test: break; body`."""

    def whole() -> None:
        known = truth(m, test())
        if isinstance(known, Var):
            branch(m, known, lambda: _run(m, body), lambda: _break(m))
        elif known:
            body()
        else:
            _break(m)

    return (lambda: Static(True)), whole


def _break(m: Machine) -> Value:
    m.bind("$break", Static(True))
    return FALSE


def _emit_while(m: Machine, asked: Branch, head: Head, done: Branch) -> None:
    slots = list(head.slots.values())
    inside = tuple(s.var for s in slots)
    outside = tuple(Var(v.type, v.name) for v in inside)
    value = asked.value
    go = value.var if isinstance(value, Num) else const(bool(value.value))
    asking = Region(inside, tuple(asked.equations), (go,))
    entries, ends = _entering(m, slots, done)
    body = Region(inside, tuple(done.equations), ends)
    body = rewrite.substitute(body, dict(zip(inside, outside, strict=True)))
    for old, new in zip(inside, outside, strict=True):
        if m.is_active(old):
            m.variables.active.add(new)
    results = [Var(s.var.type, s.var.name) for s in slots]
    turns = Var(INT)
    _emit_loop(m, "while", entries, (asking, body), slots, results, [turns], {})
    ran: Atom | None = None
    if RAN in head.slots:
        ran = const(True) if value == TRUE else m.emit("greater", turns, 0)
    m.heap = exit_heap(head, slots, results, ran)

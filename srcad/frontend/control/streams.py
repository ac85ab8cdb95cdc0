"""Generators, and other iterators whose items come one by one: their code is read where somebody waits for an item.

def halves(x):                          total = 0.0
    while x > 0.01:                     while x > 0.01:
        yield x                  ->         total = total + x
        x = x / 2                           x = x / 2
total = sum(halves(x))

The loop over a generator is no loop of its own: the body of the generator is read in its place, and at each `yield` the
body of the loop, in its own frame. So both run by turns, as in Python, and what one of them writes the other one sees.
Where the loop is left, so is the body of the generator: by a flag, as by a `return`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NoReturn

from srcad.frontend.containers.iteration import Indexed, Items, Turn, length, nth, sequence
from srcad.frontend.control.dropped import note_ended, refuse_held
from srcad.frontend.control.loops import for_loop
from srcad.frontend.control.tries import OpenTry, errors_of, guard_of, lowered_flags, opened, with_guard_of
from srcad.frontend.control.turns import RAISED, left
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import FunctionSource, is_yielding, own_nodes
from srcad.frontend.core.stack import Position
from srcad.frontend.core.suspended import Delegation, GeneratorCell, Loop, Paused, Progress, Sent, Unread, Work, hidden
from srcad.frontend.core.values import FALSE, NONE, TRUE, Partial, Ref, Static, Value
from srcad.frontend.memory.branches import as_bool, branch, either, negate, truth
from srcad.frontend.memory.cursors import knows_its_place
from srcad.trace.builder import const
from srcad.trace.nodes import Var

Give = Callable[[Value], Value]
CLOSED = "$closed"  # whether a loop has closed the generator that it is over


@dataclass(eq=False)
class Yielding(Restorable):
    """Who takes what a frame yields."""

    takers: dict[int, Give] = field(default_factory=dict)


def suspended(m: Machine, code: FunctionSource, names: dict[str, Value], parent: int | None) -> Ref:
    """A call of a generator function: nothing of its body runs yet."""
    return Ref(m.allocate(GeneratorCell(code, m.allocate(FrameCell(code, names, parent)))))


def is_generator(m: Machine, value: Value) -> bool:
    """Whether a value is a generator: a call of a function with `yield`."""
    return isinstance(m.content(value), GeneratorCell)


# ---- generators


def run_generator(m: Machine, ref: Ref, turn: Turn) -> None:
    """Run through a generator."""
    cell = m.cell(ref.cell, GeneratorCell)
    match cell.progress:
        case Progress.FINISHED:
            return
        case Progress.RUNNING:
            refuse_running(m, cell)
        case Progress.UNSURE:
            refuse_unsure(m)
    m.heap[ref.cell] = replace(cell, progress=Progress.RUNNING)
    value = run_body(m, cell, turn)
    through = left(m) == FALSE
    if not through:
        refuse_held(m, ref)
    progress = Progress.FINISHED if through else Progress.UNSURE
    m.heap[ref.cell] = replace(cell, progress=progress, value=value if through else NONE)
    if through:
        note_ended(m, ref.cell)


def run_around(m: Machine, ref: Value, turn: Turn) -> None:
    """Read the body of a generator with `turn` in the place of its `yield`, however that is left."""
    assert isinstance(ref, Ref)
    run_body(m, m.cell(ref.cell, GeneratorCell), turn, through=True)


def run_body(m: Machine, cell: GeneratorCell, turn: Turn, through: bool = False) -> Value:
    """Read the body of a generator, and `turn` at each `yield`; the value is what it returns.

    `through`: it runs to its end even if `turn` leaves the block.
    """
    assert not isinstance(cell.code.node, ast.Lambda)
    key, span, progress = cell.code.code or cell.code.node, m.builder.span, cell.progress
    guard = guard_of(m)

    def run() -> Value:
        m.bind("$return", m.look("$done") or FALSE)
        m.bind(CLOSED, FALSE)
        _unless_left(m, lambda: _run_rest(m, progress.work if isinstance(progress, Paused) else _all(cell.code)))
        value = m.look("$value")
        return value.value if isinstance(value, Partial) else value or NONE

    with handing_on(m, cell.frame, turn, through), m.stack.call(cell.frame, key, span):
        value = run() if guard is None else with_guard_of(m, guard, run)
    m.builder.span = span
    return value


def _all(code: FunctionSource) -> Work:
    assert not isinstance(code.node, ast.Lambda)
    return (Unread(tuple(code.node.body)),)


def _run_rest(m: Machine, work: Work) -> None:
    """Read what is still to be read of a generator that has waited at a `yield`."""
    while work:
        *outer, piece = work
        work = tuple(outer)
        match piece:
            case Sent(targets):
                for target in targets:
                    m.assign(target, NONE)
            case Unread(statements):
                _unless_left(m, partial(m.execute, statements))
            case Delegation(node):
                _unless_left(m, partial(_delegate_rest, m, node))
            case Loop(node, turn):
                m.bind("$continue", FALSE)
                _unless_left(m, partial(_loop_rest, m, node, turn))
                m.bind("$break", FALSE)
            case _:
                m.refuse(
                    "a loop goes on with a generator that waits in the midst of a `try`",
                    do="take all of its items one at a time, or loop over it from its start.",
                )


def _unless_left(m: Machine, run: Callable[[], None]) -> None:
    gone = truth(m, either(m, left(m), lambda: m.look("$continue") or FALSE))
    if isinstance(gone, Var):
        branch(m, negate(m, gone), lambda: _read(run), lambda: NONE)
    elif not gone:
        run()


def _read(run: Callable[[], None]) -> Value:
    run()
    return NONE


def _delegate_rest(m: Machine, node: ast.stmt) -> None:
    value = hand_over_all(m, _kept(m, node))
    for target in getattr(node, "targets", ()):
        m.assign(target, value)


def _kept(m: Machine, node: ast.stmt) -> Value:
    source = m.look(hidden(node))
    assert source is not None
    return source


def _loop_rest(m: Machine, node: ast.For | ast.While, turn: int) -> None:
    """The turns of a loop that are left: of a `while`, all that a new one has."""
    if isinstance(node, ast.While):
        m.execute([node])
        return
    if node.orelse:
        m.refuse("a generator goes on in the midst of a loop with `else`", do="loop over it from its start.", node=node)
    source = _kept(m, node)

    def one(item: Value) -> None:
        m.bind("$continue", FALSE)
        m.assign(node.target, item)
        m.execute(node.body)

    if knows_its_place(m, source):
        m.run_over(source, one)
    else:
        for_loop(m, _from_turn(m, sequence(m, source), turn), one)


def _from_turn(m: Machine, items: Items | Indexed, turn: int) -> Items | Indexed:
    if isinstance(items, Items):
        return Items(items.values[turn:])
    return Indexed(const(turn), length(m, items), const(1), partial(nth, m, items))


def refuse_running(m: Machine, cell: GeneratorCell) -> NoReturn:
    """Somebody asks for an item of a generator that is being read: its own body, or a loop over it."""
    if not waits_in_loop(m, cell):
        m.raises(ValueError("generator already executing"))
    m.refuse(
        "items of a generator are taken within a loop over it",
        do="take all of them by next(), in a `while` loop, or collect them in a list.",
    )


def waits_in_loop(m: Machine, cell: GeneratorCell) -> bool:
    """Whether a generator waits for the end of a turn of a loop over it."""
    return cell.frame in m.part(Yielding).takers and cell.frame not in m.stack.frames


def close_in_loop(m: Machine, cell: GeneratorCell) -> None:
    """A loop over a generator is told, in one of its turns, that there will be no further one."""
    if any(isinstance(n, (ast.Try, ast.With)) and is_yielding(n) for n in own_nodes(cell.code.node)):
        m.refuse("a generator with a `try` or a `with` is closed within a loop over it", do="leave the loop instead.")
    m.bind(CLOSED, TRUE, cell.frame)


def refuse_unsure(m: Machine) -> None:
    m.refuse(
        "a generator is used again of which it isn't known how far it has come",
        why="a loop over it was left, or items were taken from it under a condition of the run.",
        do="collect its values in a list, and loop over that.",
        each_turn=True,
    )


@contextmanager
def handing_on(m: Machine, frame: int, turn: Turn, through: bool = False) -> Iterator[None]:
    """What `frame` yields is handed to a turn of the present loop; where that is left, so is the body of the frame.

    `through`: the body of the frame isn't left then.
    """
    position, takers = m.stack.position(), m.part(Yielding).takers

    def give(value: Value) -> Value:
        span, guard = m.builder.span, guard_of(m)
        if through and guard is not None and _waits_alone(m, guard, position):
            _raised_at_yield(m, guard, position, partial(turn, value))
            m.builder.span = span
            return NONE
        with m.stack.resumed(position):
            turn(value)
            gone = as_bool(m, left(m))
            raised = as_bool(m, m.look(RAISED) or FALSE)
        m.builder.span = span
        closed = m.cell(frame, FrameCell).names.get(CLOSED, FALSE)
        gone = either(m, closed, lambda: gone) if closed != FALSE else gone
        gone = raised if through else gone  # what is raised is raised at the `yield`
        if gone != FALSE:
            m.bind("$return", gone, frame)
        return NONE

    takers[frame] = give
    try:
        if through:
            yield
            return
        with m.stack.consumed(frame, m.stack.frames[-1]):
            yield
    finally:
        takers.pop(frame, None)


def _waits_alone(m: Machine, guard: OpenTry, position: Position) -> bool:
    """Whether a `yield` stands in a `try` of its own generator, for whose clauses who takes the item doesn't wait."""
    with m.stack.resumed(position):
        outer = guard_of(m)
    return len(guard.clauses) > (len(outer.clauses) if outer is not None else 0)


def _raised_at_yield(m: Machine, guard: OpenTry, position: Position, turn: Callable[[], None]) -> None:
    """What `turn` raises where an item is taken, the generator raises at its `yield`."""
    with m.stack.resumed(position):
        m.bind(RAISED, Static(0))
        with opened(m, guard.clauses):
            turn()
        raised, errors = m.look(RAISED) or Static(0), errors_of(m)
        known = truth(m, as_bool(m, raised))
        if isinstance(known, Var):
            branch(m, known, lambda: lowered_flags(m), lambda: NONE)
        elif known:
            lowered_flags(m)
        m.bind(RAISED, Static(0))
    for name, value in {RAISED: raised, **errors}.items():
        m.bind(name, value)
    if guard.called:
        m.bind("$return", as_bool(m, raised))


def hand_over(m: Machine, value: Value) -> Value:
    """`yield value`, in a frame that runs; what comes back is what is sent to it."""
    take = m.part(Yielding).takers.get(m.stack.frames[-1])
    if take is None:
        m.refuse("a generator function is differentiated", do="collect the values in a list and return that.")
    return take(value)


def hand_over_all(m: Machine, values: Value) -> Value:
    """`yield from values`."""
    m.run_over(values, lambda value: _handed_over(m, value))
    cell = m.content(values)
    return cell.value if isinstance(cell, GeneratorCell) else NONE


def _handed_over(m: Machine, value: Value) -> None:
    hand_over(m, value)

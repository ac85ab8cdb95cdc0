"""The `try`s that are being read: what waits for exceptions in a frame, and in those that are called from it.

try:                     In the body of g each statement that may raise is tried as well. So the handler finds what
    y = g(x)             g has done up to the exception, as Python leaves it; a flag of the frame of g, and behind it
except ValueError:       one of the frame of its caller, says that it has been raised.
    y = 0.0
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from srcad.frontend.control.turns import RAISED
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, TRUE, Static, Tup, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import as_bool, branch, either, truth
from srcad.ops.exceptions import Errors, may_raise
from srcad.trace.nodes import Atom, Equation, Var

ERROR = "$error"  # with the number of a clause: the exception that has been raised and is for that clause
FLAGS = ("$return", "$break", "$continue")
ReadsOn = Callable[[], None]


@dataclass(frozen=True)
class OpenTry:
    """The clauses that wait for exceptions in a frame, innermost first.

    last    the statement behind which the handlers can be read in the branch of the exception, by `finish`
    depth   how many conditions it stands under: in a branch of the body another one may have raised already
    called  whether the clauses are those of a caller, so that an exception ends the function
    """

    frame: int
    clauses: tuple[Errors, ...]
    last: ast.stmt | None
    finish: ReadsOn
    depth: int
    called: bool = False

    @property
    def caught(self) -> Errors:
        return tuple(cls for clause in self.clauses for cls in clause)


@dataclass
class EnteredCall:
    """A call whose body stands in the `try` of the frame that calls it."""

    frame: int
    start: int  # how many equations stand before it
    loops: int
    end: int = -1  # how many stood there when the body was through


@dataclass(eq=False)
class OpenTries(Restorable):
    """The `try`s that are being read, and the calls that are entered from them.

    finalizers   how many have been read that change something, which they do behind an exception as well
    shortened    whether one that may raise has been read behind what raises nothing alone
    """

    stack: list[OpenTry] = field(default_factory=list)
    steps: list[EnteredCall] = field(default_factory=list)
    finalizers: int = 0
    shortened: bool = False


def guard_of(m: Machine) -> OpenTry | None:
    """What waits for exceptions in the present frame."""
    return _guard_of_frame(m, m.stack.frames[-1])


def _guard_of_frame(m: Machine, frame: int) -> OpenTry | None:
    return next((one for one in reversed(m.part(OpenTries).stack) if one.frame == frame), None)


@contextmanager
def opened(
    m: Machine, clauses: Sequence[Errors], last: ast.stmt | None = None, finish: ReadsOn = lambda: None
) -> Iterator[None]:
    """What is read is the body of a `try` with these clauses, and those of the `try`s around it in their places."""
    outer, stack = guard_of(m), m.part(OpenTries).stack
    called = outer is not None and outer.called
    stack.append(OpenTry(m.stack.frames[-1], tuple(clauses), last, finish, len(m.stack.conditions), called))
    try:
        yield
    finally:
        stack.pop()


@contextmanager
def behind(m: Machine, guard: OpenTry) -> Iterator[None]:
    """What is read stands behind the `try`."""
    stack = m.part(OpenTries).stack
    before = list(stack)
    place = stack.index(guard)
    stack[:] = [one for k, one in enumerate(stack) if k < place or one.frame != guard.frame]
    try:
        yield
    finally:
        stack[:] = before


def classes_of(m: Machine, handler: ast.ExceptHandler) -> Errors:
    """The exceptions that a handler waits for."""
    if handler.type is None:
        return (BaseException,)
    value = m.evaluate(handler.type)
    found = [v.value for v in (value.items if isinstance(value, Tup) else (value,)) if isinstance(v, Static)]
    flat = [cls for one in found for cls in (one if isinstance(one, tuple) else (one,))]
    if not flat or not all(isinstance(cls, type) and issubclass(cls, BaseException) for cls in flat):
        m.refuse("which exceptions a handler is for isn't known", do="name classes of exceptions.", node=handler)
    return tuple(flat)


# ---- calls


def entered(m: Machine, run: ReadsOn, refuse: ReadsOn) -> None:
    """Read a call in a `try`, whose body is read in that `try`; nothing else in it may raise."""
    guard, steps = guard_of(m), m.part(OpenTries).steps
    assert guard is not None
    step = EnteredCall(guard.frame, len(m.builder.equations), m.stack.loops)
    steps.append(step)
    try:
        run()
    finally:
        steps.pop()
    if step.end < 0 or _any_raises(m.builder.equations[step.end :], guard):
        refuse()


def _any_raises(equations: Sequence[Equation], guard: OpenTry) -> bool:
    return any(may_raise(e, guard.caught) for e in equations)


def in_try_of_caller(m: Machine, caller: int, run: Callable[[], Value]) -> Value | None:
    """The body of a call that is entered from a `try`; None if this isn't such a call."""
    steps = m.part(OpenTries).steps
    step = steps[-1] if steps and steps[-1].frame == caller else None
    guard = _guard_of_frame(m, caller)
    if step is None or guard is None:
        return None
    plain = step.end < 0 and step.loops == m.stack.loops
    if not plain or _any_raises(m.builder.equations[step.start :], guard):
        m.refuse(
            "a statement in a `try` may change something and raise an exception afterwards",
            why="the handler would find what has been done up to the exception, which isn't followed.",
            do="compute first what may raise, and change what is kept in a statement of its own.",
        )
    value = with_guard_of(m, guard, run)
    step.end = len(m.builder.equations)
    return value


def with_guard_of(m: Machine, guard: OpenTry, run: Callable[[], Value]) -> Value:
    """Read a body in a frame of its own whose exceptions are those of a `try` of another frame."""
    stack = m.part(OpenTries).stack
    m.bind(RAISED, Static(0))
    own = OpenTry(m.stack.frames[-1], guard.clauses, None, lambda: None, len(m.stack.conditions), True)
    stack.append(own)
    try:
        value = run()
    finally:
        stack.remove(own)
    _hand_up(m, guard.frame)
    return value


def _hand_up(m: Machine, frame: int) -> None:
    """What a body has raised its caller has raised."""
    raised, errors = m.look(RAISED) or Static(0), errors_of(m)
    if raised == Static(0):
        return
    with m.stack.frame(frame):
        before, others = m.look(RAISED) or Static(0), errors_of(m)
    if as_bool(m, before) != FALSE:  # of the caller, or of the generator that it loops over: at most one has raised
        here = truth(m, as_bool(m, raised))
        raised = _chosen(m, here, raised, before)
        errors = {
            name: _chosen(m, here, errors[name], others[name]) if name in errors and name in others else value
            for name, value in {**others, **errors}.items()
        }
    for name, value in {RAISED: raised, **errors}.items():
        m.bind(name, value, frame)
    guard = _guard_of_frame(m, frame)
    if guard is not None and guard.called:
        with m.stack.frame(frame):
            gone = m.look("$return") or FALSE
        m.bind("$return", gone if gone == TRUE else either(m, as_bool(m, raised), lambda: gone), frame)


def _chosen(m: Machine, here: bool | Var, mine: Value, other: Value) -> Value:
    if isinstance(here, bool):
        return mine if here else other
    return branch(m, here, lambda: mine, lambda: other)


# ---- the exception


@dataclass(eq=False)
class Handling(Restorable):
    """The exceptions whose handlers are being read: a bare `raise` raises the last one again.

    raised   of the objects that have been raised: what is known of each
    """

    errors: list[Value] = field(default_factory=list)
    raised: dict[Atom, Value] = field(default_factory=dict)


@contextmanager
def handling(m: Machine, error: Value) -> Iterator[None]:
    """What is read runs while an exception is handled."""
    errors = m.part(Handling).errors
    errors.append(error)
    try:
        yield
    finally:
        errors.pop()


def lowered_flags(m: Machine) -> Value:
    """Where an exception is waited for, and has been raised, nothing else has left the block."""
    for name in FLAGS:
        m.bind(name, FALSE)
    m.bind(RAISED, Static(0))
    return NONE


def errors_of(m: Machine) -> dict[str, Value]:
    """The exceptions that may have been raised in the present frame, by the name of their clause."""
    return {name: value for name, value in m.frame.names.items() if name.startswith(ERROR)}


def keep_error(m: Machine, which: Value, error: Value, count: int) -> None:
    """Note what has been raised, for the clause of this number, which the run may tell: of `count` clauses."""
    numbers = (which.value,) if isinstance(which, Static) else range(1, count + 1)
    for number in numbers:
        m.bind(f"{ERROR} {number}", error)


def error_for(m: Machine, number: int) -> Value:
    """What has been raised for a clause."""
    return m.look(f"{ERROR} {number}") or NONE


def error_of(m: Machine, raised: Value) -> Value:
    """What has been raised, whichever clause it is for."""
    if isinstance(raised, Static):
        return error_for(m, raised.value)
    *others, last = [int(name.removeprefix(ERROR)) for name in errors_of(m)] or [0]
    return _error_among(m, raised, others, last)


def _error_among(m: Machine, raised: Value, numbers: Sequence[int], last: int) -> Value:
    if not numbers:
        return error_for(m, last)
    first, *rest = numbers
    mine = m.emit("equal", to_atom(m, raised), first)
    return branch(m, mine, lambda: error_for(m, first), lambda: _error_among(m, raised, rest, last))


def renumber_errors(m: Machine, own: int) -> None:
    """What is for a clause further out is told by its number there."""
    errors = errors_of(m)
    kept = {name: value for name, value in m.frame.names.items() if name not in errors}
    numbers = {int(name.removeprefix(ERROR)): value for name, value in errors.items()}
    further = {f"{ERROR} {number - own}": value for number, value in numbers.items() if number > own}
    m.heap[m.stack.frames[-1]] = FrameCell(m.code, {**kept, **further}, m.frame.parent)


__all__ = [
    "FLAGS",
    "Handling",
    "OpenTries",
    "OpenTry",
    "ReadsOn",
    "behind",
    "classes_of",
    "entered",
    "error_for",
    "error_of",
    "errors_of",
    "guard_of",
    "handling",
    "in_try_of_caller",
    "keep_error",
    "lowered_flags",
    "opened",
    "renumber_errors",
    "with_guard_of",
]

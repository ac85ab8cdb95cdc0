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

from srcad.frontend.control.loops import RAISED
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, TRUE, Static, Value
from srcad.frontend.memory.branches import as_bool, branch, either, truth
from srcad.ops.exceptions import Errors, may_raise
from srcad.trace.nodes import Equation, Var

ERROR = "$error"  # the exception that has been raised
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
    raised, error = m.look(RAISED) or Static(0), m.look(ERROR) or NONE
    if raised == Static(0):
        return
    with m.stack.frame(frame):
        before, first = m.look(RAISED) or Static(0), m.look(ERROR) or NONE
    if as_bool(m, before) == FALSE:
        both = (raised, error)
    else:  # of the caller, or of the generator that it loops over: at most one of them has raised
        here = truth(m, as_bool(m, raised))
        both = (raised, error) if here is True else _chosen(m, here, (raised, error), (before, first))
    m.bind(RAISED, both[0], frame)
    m.bind(ERROR, both[1], frame)
    guard = _guard_of_frame(m, frame)
    if guard is not None and guard.called:
        with m.stack.frame(frame):
            gone = m.look("$return") or FALSE
        m.bind("$return", gone if gone == TRUE else either(m, as_bool(m, raised), lambda: gone), frame)


def _chosen(m: Machine, here: bool | Var, mine: tuple[Value, Value], other: tuple[Value, Value]) -> tuple[Value, Value]:
    if isinstance(here, bool):
        return mine if here else other
    number = branch(m, here, lambda: mine[0], lambda: other[0])
    error = branch(m, here, lambda: mine[1], lambda: other[1])
    return number, error


__all__ = [
    "ERROR",
    "OpenTries",
    "OpenTry",
    "ReadsOn",
    "behind",
    "entered",
    "guard_of",
    "in_try_of_caller",
    "opened",
    "with_guard_of",
]

"""Loops whose turns are read one by one, and by what a block is left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from srcad.errors import SrcadError
from srcad.frontend.containers.iteration import Indexed, Items, Streamed
from srcad.frontend.core.counting import told_beforehand
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, Value
from srcad.frontend.memory.branches import as_bool, branch, either, negate, truth
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Const, Var

FLAGS = ("$break", "$continue")
RAISED = "$raised"  # the number of the clause of a `try` that an exception belongs to, 0 for none
MOST_TURNS = 20000
MOST_WRITTEN_OUT = 64
MOST_BRANCHES = 12  # turns of a loop, each in a branch of the one before

Turn = Callable[[Value], None]


class TooManyTurns(Exception):  # noqa: N818 - an answer, not an error
    """A loop isn't known to end after a few turns."""


def written_out(sequence: Items | Indexed | Streamed, most: int) -> list[int] | None:
    """The indices of a sequence that is short enough to be read turn by turn; None for others."""
    if not isinstance(sequence, Indexed):
        return None
    bounds = [b.value for b in (sequence.start, sequence.stop, sequence.step) if isinstance(b, Const)]
    if len(bounds) < 3 or len(range(*bounds)) > most:
        return None
    return list(range(*bounds))[:: -1 if sequence.backwards else 1]


def unrolled(m: Machine, values: list[Value], turn: Turn) -> None:
    for k, value in enumerate(values):
        m.bind("$continue", FALSE)
        turn(value)
        known = truth(m, left(m))
        if known is True:
            return
        if isinstance(known, Var):
            if k + 1 < len(values):
                branch(m, negate(m, known), partial(_nothing, m, values[k + 1 :], turn), lambda: FALSE)
            return


def _nothing(m: Machine, rest: list[Value], turn: Turn) -> Value:
    unrolled(m, rest, turn)
    return FALSE


def left(m: Machine) -> Value:
    """Whether the loop is to be left after this turn."""
    return either(m, m.look("$break") or FALSE, lambda: ended(m))


def ended(m: Machine) -> Value:
    """Whether the call is to be left: by a `return`, or by an exception that a `try` around waits for."""
    raised = as_bool(m, m.look(RAISED) or FALSE)
    return either(m, m.look("$return") or FALSE, lambda: raised) if raised != FALSE else m.look("$return") or FALSE


def while_by_turns(m: Machine, error: SrcadError, test: Callable[[], Value], body: Callable[[], None]) -> None:
    """A loop that ends after a few turns, and was refused as a loop."""
    with m.attempt(TooManyTurns) as written:
        turn_by_turn(m, test, body, MOST_BRANCHES)
    if written.error is not None:
        raise error


def turn_by_turn(m: Machine, test: Callable[[], Value], body: Callable[[], None], most: int) -> None:
    """if test: body; if test: body; ... for a loop that ends after a few turns, or earlier by what the run says."""

    def turn() -> bool:
        """Whether it goes on by what is known now."""
        m.bind("$continue", FALSE)
        body()
        gone = truth(m, left(m))
        if isinstance(gone, Var):
            branch(m, negate(m, gone), others, lambda: FALSE)
        return gone is False

    def one_and_others() -> Value:
        return others() if turn() else FALSE

    def others() -> Value:
        if not most:
            raise TooManyTurns
        turn_by_turn(m, test, body, most - 1)
        return FALSE

    for _ in range(MOST_WRITTEN_OUT):
        known = truth(m, test())
        if isinstance(known, Var):
            if told_beforehand(m, known):
                raise NeedsStatic(known, "whether a loop goes on")
            branch(m, known, one_and_others, lambda: FALSE)
            return
        if not known or not turn():
            return
    raise TooManyTurns


def unroll_while(m: Machine, test: Callable[[], Value], body: Callable[[], None]) -> None:
    for _ in range(MOST_TURNS):
        known = truth(m, test())
        if isinstance(known, Var):
            m.refuse("a loop that must be unrolled ends by a condition that is known at run time only")
        if not known:
            return
        m.bind("$continue", FALSE)
        body()
        gone = truth(m, left(m))
        if isinstance(gone, Var):
            m.refuse("a loop that must be unrolled is left by a condition that is known at run time only")
        if gone:
            return
    m.refuse("a loop that must be unrolled has too many turns")

"""What srcad says when it can't go on: where, why, and what to do instead.

Three kinds are told apart by class: `NotYetSupported` (a later version may), `NotDifferentiable` (the mathematics
or the meaning of the program says no), and `InternalError` (a bug in srcad). `ArgumentError` is about the call.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """A place in the user's source: `column` and `end_column` count characters of `text`, the line itself.

    `syntax`: what stands there, by the name of its class in `ast`. Decisions are made by that, and never by the text.
    """

    path: str
    line: int
    text: str = ""
    column: int = 0
    end_column: int = 0
    function: str = ""
    end_line: int = 0
    syntax: str = ""

    def show(self) -> str:
        """`path:line`, the user's line and a row of carets under the place."""
        stripped = self.text.lstrip()
        if not stripped:
            return f"{self.path}:{self.line}"
        shift = len(self.text) - len(stripped)
        start = max(self.column - shift, 0)
        last = len(stripped.rstrip())
        end = self.end_column - shift if self.end_column > self.column else last
        carets = max(min(end, last) - start, 1)
        return f"{self.path}:{self.line}\n    {stripped.rstrip()}\n    {' ' * start}{'^' * carets}"


@dataclass
class SrcadError(Exception):
    """The base of all errors of srcad.

    `what` happened, `where` (path:line and the underlined code), `why`, and what to `do` instead.
    """

    what: str
    span: Span | None = None
    why: str = ""
    do: str = ""
    calls: tuple[Span, ...] = field(default=())

    title = "srcad can't differentiate this"
    final = False  # whether a function may not run as it stands instead
    unsettled = False  # whether a reading that tells arrays apart at run time may settle it
    first_turn = False  # whether reading the first turn of a loop apart from the others may settle it
    each_turn = False  # whether reading each turn of a loop by itself may

    def __post_init__(self) -> None:
        super().__init__(self.what)

    def __str__(self) -> str:
        lines = [self.what]
        if self.span is not None:
            lines.append("  at " + self.span.show().replace("\n", "\n  "))
        lines += [f"  called from {call.path}:{call.line}: {call.text.strip()}" for call in self.calls]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.do:
            lines.append(f"  what to do: {self.do}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.what, self.span, self.why, self.do, self.calls)


class NotYetSupported(SrcadError):
    """The program has a derivative, and srcad doesn't know yet how to get it."""


class NotDifferentiable(SrcadError):
    """The program has no derivative at this place, or its meaning isn't settled."""


class ArgumentError(SrcadError):
    """The call is at fault: a wrong argnums, an integer to be differentiated, a result that isn't a scalar."""


class NonFiniteError(SrcadError, FloatingPointError):
    """A derivative has nan or infinities in it, and `srcad.config(check_nan=True)` asks that it has none."""


class InternalError(SrcadError):
    """A bug in srcad: please report it with the trace that the message shows."""

"""Where a reading is in the program: the calls and the conditions that it stands in."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from srcad.errors import Span
from srcad.frontend.core.attempts import Restorable
from srcad.trace.nodes import Var


@dataclass(frozen=True)
class Position:
    """The calls that a reading stands in."""

    frames: tuple[int, ...]
    spans: tuple[Span, ...]
    functions: tuple[tuple[Hashable, int], ...]


@dataclass(eq=False)
class Stack(Restorable):
    """The calls that are being read, innermost last, and the conditions of the run that they are under.

    frames       the cells of their frames, and of the scopes of comprehensions
    spans        where they are; none for the first one, which the user makes
    functions    what tells their functions, and how many conditions there were when they began
    conditions   the conditions of the branches that are being read
    facts        those of which it is known whether they hold, and that
    returns      the places of all `return`s that have been read so far
    loops        how many loops of the run are being read
    consumers    by the frame of a running generator, the frame of who gets what it yields
    """

    frames: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    functions: list[tuple[Hashable, int]] = field(default_factory=list)
    conditions: list[Var] = field(default_factory=list)
    facts: list[tuple[Var, bool]] = field(default_factory=list)
    returns: list[Span | None] = field(default_factory=list)
    consumers: dict[int, int] = field(default_factory=dict)
    loops: int = 0

    @property
    def calls(self) -> tuple[Span, ...]:
        """Where the calls are, innermost first."""
        return tuple(reversed(self.spans))

    @contextmanager
    def frame(self, cell: int) -> Iterator[None]:
        """Names are those of a frame."""
        self.frames.append(cell)
        try:
            yield
        finally:
            self.frames.pop()

    @contextmanager
    def call(self, cell: int, function: Hashable, span: Span | None) -> Iterator[None]:
        """A call: of a function, in a frame, at a place."""
        self.functions.append((function, len(self.conditions)))
        if span is not None:
            self.spans.append(span)
        try:
            with self.frame(cell):
                yield
        finally:
            self.functions.pop()
            if span is not None:
                self.spans.pop()

    @contextmanager
    def condition(self, condition: Var, holds: bool | None = None) -> Iterator[None]:
        """What is read runs under a condition; `holds`: on which side of it, if that is said."""
        before = list(self.facts)
        self.conditions.append(condition)
        if holds is not None:
            self.facts.append((condition, holds))
        try:
            yield
        finally:
            self.conditions.pop()
            self.facts[:] = before

    @contextmanager
    def loop(self) -> Iterator[None]:
        """What is read is a loop of the run."""
        self.loops += 1
        try:
            yield
        finally:
            self.loops -= 1

    @contextmanager
    def kept(self) -> Iterator[None]:
        """The calls are those of now again, however what is read is left."""
        before = list(self.frames), list(self.spans), list(self.functions), list(self.facts)
        try:
            yield
        finally:
            self.frames, self.spans, self.functions, self.facts = before

    def position(self) -> Position:
        """Where reading is now, to go on there later."""
        return Position(tuple(self.frames), tuple(self.spans), tuple(self.functions))

    @contextmanager
    def resumed(self, position: Position) -> Iterator[None]:
        """What is read stands there, while the call that it is read in waits."""
        with self.kept():
            self.frames, self.spans = list(position.frames), list(position.spans)
            self.functions = list(position.functions)
            yield

    @contextmanager
    def consumed(self, frame: int, consumer: int) -> Iterator[None]:
        """What a frame yields goes to another frame, which may leave its loop then."""
        self.consumers[frame] = consumer
        try:
            yield
        finally:
            self.consumers.pop(frame, None)

    def left_together(self) -> list[int]:
        """The frames whose loops are left with one in the present frame: it, and those that it yields to."""
        frames = [self.frames[-1]]
        while frames[-1] in self.consumers:
            frames.append(self.consumers[frames[-1]])
        return frames

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """What is read stands under no condition, and in no call that could be a recursion."""
        before = self.conditions, self.functions, self.facts
        self.conditions, self.functions, self.facts = [], [], []
        try:
            yield
        finally:
            self.conditions, self.functions, self.facts = before


__all__ = ["Position", "Stack"]

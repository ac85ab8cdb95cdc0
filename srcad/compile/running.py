"""Who runs the passes: plainly, or watched. `SRCAD_VERIFY=1` lets the verifier watch."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import final

from srcad.compile.passes import PASSES, Pass
from srcad.errors import InternalError
from srcad.ops.catalogue import result_types
from srcad.trace.nodes import Trace
from srcad.trace.passes import PLAIN, Change, P, Runner
from srcad.trace.verifier import verify


@dataclass(frozen=True)
class Run:
    """One run of a pass, as those see it who watch.

    before   None: the trace was made of something that is no trace
    partial  the trace is a procedure, and what it calls isn't in it
    """

    step: Pass
    before: Trace | None
    after: Trace
    seconds: float = 0.0
    partial: bool = False


Watcher = Callable[[Run], None]


@final
class Watched(Runner):
    """Runs passes, and shows each run to some watchers."""

    def __init__(self, watchers: Sequence[Watcher], partial: bool = False) -> None:
        self.watchers = tuple(watchers)
        self.partial = partial

    def __call__(self, change: Change[P], trace: Trace, *args: P.args, **kwargs: P.kwargs) -> Trace:
        start = perf_counter()
        made = change(trace, *args, **kwargs)
        self.saw(Run(pass_of(change), trace, made, perf_counter() - start, self.partial))
        return made

    def made(self, by: Callable[..., object], trace: Trace, of: Trace | None = None) -> Trace:
        self.saw(Run(pass_of(by), of, trace, partial=self.partial))
        return trace

    def saw(self, run: Run) -> None:
        for watcher in self.watchers:
            watcher(run)

    @property
    def within(self) -> Watched:
        return self if self.partial else Watched(self.watchers, partial=True)


@cache
def configured() -> Runner:
    """The runner that the environment asks for."""
    return Watched((verified,)) if os.environ.get("SRCAD_VERIFY") == "1" else PLAIN


def verified(run: Run) -> None:
    """Raise `InternalError` where a pass has made a malformed trace."""
    if run.after is run.before or run.partial or run.step.reads != "in scope":
        return
    try:
        verify(run.after, result_types)
    except InternalError as error:
        error.add_note(f"behind the pass {run.step.name!r} ({run.step.line}), in {run.after.name}")
        raise


def pass_of(by: Callable[..., object]) -> Pass:
    """The pass that a function does: what a runner runs stands in the list."""
    return _BY_FUNCTION[by]


_BY_FUNCTION = {one.by: one for one in PASSES}

"""Who runs the passes: plainly; or with the verifier between them (`SRCAD_VERIFY=1`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, cached_property
from typing import final

from srcad.compile.passes import PASSES, Pass
from srcad.errors import InternalError
from srcad.ops.catalogue import result_types
from srcad.trace.nodes import Trace
from srcad.trace.passes import PLAIN, Change, P, Runner
from srcad.trace.verifier import verify


@cache
def configured() -> Runner:
    """The runner that the environment asks for."""
    return Verifying() if os.environ.get("SRCAD_VERIFY") == "1" else PLAIN


@final
class Verifying(Runner):
    """Runs passes, and verifies each trace that one of them has made.

    `partial`: traces are parts, which call procedures that aren't in them: they are verified when put together.
    """

    def __init__(self, partial: bool = False) -> None:
        self.partial = partial

    def __call__(self, change: Change[P], trace: Trace, *args: P.args, **kwargs: P.kwargs) -> Trace:
        made = change(trace, *args, **kwargs)
        return made if made is trace else self.made(change, made)

    def made(self, by: Callable[..., object], trace: Trace) -> Trace:
        step = pass_of(by)
        if not self.partial and step.reads == "in scope":
            try:
                verify(trace, result_types)
            except InternalError as error:
                error.add_note(f"behind the pass {step.name!r} ({step.line}), in {trace.name}")
                raise
        return trace

    @cached_property
    def within(self) -> Verifying:
        return Verifying(partial=True)


def pass_of(by: Callable[..., object]) -> Pass:
    """The pass that is done by a function: what a runner runs has a place in the list."""
    return _BY_FUNCTION[by]


_BY_FUNCTION = {one.by: one for one in PASSES}

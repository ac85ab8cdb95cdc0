"""From a call to its program: the arguments that a request names are looked up in the call."""

from __future__ import annotations

from collections.abc import Callable

from srcad.calls.arguments import Binder
from srcad.compile.compiler import compile_call
from srcad.compile.program import Program
from srcad.compile.requests import Call, Request
from srcad.compile.running import configured
from srcad.trace.passes import Runner


def program_of(function: Callable[..., object], call: Call, request: Request, run: Runner | None = None) -> Program:
    """The program for a call's types. `run`: who runs the passes, if not the one that the environment asks for."""
    argnums = Binder(function).resolve_all(request.argnums, call)
    return compile_call(function, call, request, argnums, run or configured())

"""From a call to its program: the arguments that a request names are looked up in the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcad.calls.arguments import Binder
from srcad.compile.compiler import compile_call
from srcad.compile.pipeline import Program
from srcad.compile.requests import Call, Request


def program_of(function: Callable[..., Any], call: Call, request: Request) -> Program:
    """The program for a call's types."""
    return compile_call(function, call, request, Binder(function).resolve_all(request.argnums, call))

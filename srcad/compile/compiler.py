"""The compiler: from a function and the arguments of a call to a program, by the stage of what is requested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from srcad.compile import orders
from srcad.compile.pipeline import FIRST, Program, both_sweeps, bugs_reported, identifier
from srcad.compile.requests import Argnum, Call, Request
from srcad.compile.results import differentiated, made_scalar, returning
from srcad.compile.running import configured
from srcad.frontend import Reading, read
from srcad.frontend.core.reading import Sweeps
from srcad.trace.nodes import Leaf, Node, Trace
from srcad.trace.procedures import distinct
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint

STAGES: dict[str, Callable[[Trace, Reading, Request], Program]] = {**FIRST, **orders.HIGHER}


def compile_call(function: Callable[..., Any], call: Call, request: Request, argnums: tuple[Argnum, ...]) -> Program:
    """The program for a call's types; `argnums`: what the request's stand for in this call."""
    with bugs_reported("reading the function"):
        reading = read(function, call.args, call.kwargs, argnums, Derivatives())
        reading = replace(reading, trace=replace(reading.trace, name=identifier(function, reading.trace.name)))
    run = configured()
    with bugs_reported("simplifying", reading.trace):
        primal = simplify(run.made(read, reading.trace), run=run)
    with bugs_reported("differentiating", primal):
        program = STAGES[request.kind](primal, reading, request)
        return replace(program, traces=distinct(program.traces))


class Derivatives:
    """The derivatives that programs call: what the frontend is given as its `Derivation`."""

    def derived(self, reading: Reading, request: Request) -> Trace:
        """The trace of the derivative that a request asks for."""
        primal = simplify(reading.trace, run=configured())
        with bugs_reported("differentiating", primal):
            if request.kind == "pullback":
                return both_sweeps(primal, reading, request)
            if request.kind == "gradient":
                primal = made_scalar(primal, differentiated(primal, request.has_aux))
            return STAGES[request.kind](primal, reading, request).traces[0]

    def transposed(self, reading: Reading) -> Trace:
        """The adjoints alone of what a reading differentiates, in one tuple: each differentiable result has a seed."""
        primal = simplify(reading.trace, run=configured())
        trace = adjoint(primal, reading.wrt, value=False, seeds="inputs", run=configured())
        return simplify(returning(trace, Node("tuple", tuple(map(Leaf, range(len(reading.wrt)))))))

    def closed(self, reading: Reading) -> Trace:
        """The function that a reading has read, as it is handed to a solver."""
        return simplify(reading.trace, run=configured())

    def sweeps(self, reading: Reading, request: Request) -> Sweeps:
        """The function with tangents, and its pullback."""
        return orders.sweeps(reading, request)

"""The compiler: from a function and the arguments of a call to a program, by the stage of what is requested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from srcad.compile import orders
from srcad.compile.naming import identifier
from srcad.compile.program import Program, bugs_reported
from srcad.compile.requests import Argnum, Call, Request
from srcad.compile.results import differentiated, unchecked
from srcad.compile.running import configured
from srcad.compile.stages import CALLED, stage_of
from srcad.compile.steps import Job
from srcad.frontend import Reading, read
from srcad.frontend.core.reading import Sweeps
from srcad.trace.nodes import Trace
from srcad.trace.passes import Runner
from srcad.trace.procedures import distinct
from srcad.trace.solution import Solution
from srcad.transform.roots import roots
from srcad.transform.simplify.simplify import simplify
from srcad.transform.solutions.known import SOLUTIONS
from srcad.transform.sweeps.split import split


def compile_call(
    function: Callable[..., object], call: Call, request: Request, argnums: tuple[Argnum, ...], run: Runner
) -> Program:
    """The program for a call's types; `argnums`: what the request's stand for in this call."""
    with bugs_reported("reading the function"):
        reading = read(function, call.args, call.kwargs, argnums, Derivatives(run))
        reading = replace(reading, trace=replace(reading.trace, name=identifier(function, reading.trace.name)))
    job = _job(reading, request, run)
    with bugs_reported("differentiating", job.primal):
        return _program(job)


def _job(reading: Reading, request: Request, run: Runner) -> Job:
    """What is to be done, once the trace that was read is simplified."""
    with bugs_reported("simplifying", reading.trace):
        return Job(reading, request, run(roots, simplify(run.made(read, reading.trace), run=run)), run)


def _program(job: Job) -> Program:
    stage, request, run = stage_of(job), job.request, job.run
    checked = request.kind == "gradient" and unchecked(
        job.primal, differentiated(job.primal, request.has_aux, request.holomorphic)
    )
    job, trace = stage.derived(job)
    halves = tuple(run.made(split, half, trace) for half in split(trace)) if stage.halves else (trace,)
    traces = tuple(run.made(distinct, made, of) for made, of in zip(distinct(halves), halves, strict=True))
    return Program(request, job.reading, job.primal, traces, checked, stage.way, run)


@dataclass(frozen=True)
class Derivatives:
    """The derivatives that programs call: what the frontend is given as its `Derivation`."""

    run: Runner = field(default_factory=configured)

    def derived(self, reading: Reading, request: Request) -> Trace:
        """The trace of the derivative that a request asks for."""
        job = _job(reading, request, self.run)
        with bugs_reported("differentiating", job.primal):
            return stage_of(job, CALLED).derived(job)[1]

    def transposed(self, reading: Reading) -> Trace:
        """The adjoints alone of what a reading differentiates, in one tuple: each differentiable result has a seed."""
        return self.derived(reading, Request("transpose", None, single=False))

    def closed(self, reading: Reading) -> Trace:
        """The function that a reading has read, as it is handed to a solver."""
        return self.derived(reading, Request("closed", None, single=False))

    def sweeps(self, reading: Reading, request: Request) -> Sweeps:
        """The function with tangents, and its pullback."""
        job = _job(reading, request, self.run)
        with bugs_reported("differentiating", job.primal):
            return orders.sweeps(job)

    def solution(self, operation: str) -> Solution:
        """How derivatives pass what a solver has found."""
        return SOLUTIONS[operation]

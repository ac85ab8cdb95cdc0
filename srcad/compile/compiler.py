"""The compiler: from a function and the arguments of a call to a program, by the stage of what is requested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from srcad.analysis.demands import Promises
from srcad.compile import orders
from srcad.compile.naming import identifier
from srcad.compile.program import Program, bugs_reported, has_effects
from srcad.compile.requests import Argnum, Call, Request
from srcad.compile.results import differentiated, unchecked
from srcad.compile.running import configured
from srcad.compile.stages import CALLED, stage_of
from srcad.compile.steps import Job
from srcad.frontend import Reading, read
from srcad.frontend.core.guards import told_sizes
from srcad.frontend.core.reading import Sweeps
from srcad.trace.nodes import Trace
from srcad.trace.passes import Runner
from srcad.trace.procedures import distinct
from srcad.trace.solution import Solution
from srcad.transform.curvature import curvature
from srcad.transform.roots import roots
from srcad.transform.simplify.checks import checked, without_checks, without_covered
from srcad.transform.simplify.simplify import simplify
from srcad.transform.solutions.known import SOLUTIONS
from srcad.transform.sweeps.split import split


def compile_call(
    function: Callable[..., object], call: Call, request: Request, argnums: tuple[Argnum, ...], run: Runner
) -> Program:
    """The program for a call's types; `argnums`: what the request's stand for in this call."""
    with bugs_reported("reading the function"):
        reading = read(function, call.args, call.kwargs, argnums, Derivatives(run, request.kind != "primal"))
        reading = replace(reading, trace=replace(reading.trace, name=identifier(function, reading.trace.name)))
    promises = Promises(told_sizes(reading.guards, reading.sizes), dict.fromkeys(reading.promises))
    job = _checked_job(reading, request, run, promises, whole=True)
    with bugs_reported("differentiating", job.primal):
        return replace(_program(job), promises=tuple(promises.made))


def _job(reading: Reading, request: Request, run: Runner) -> Job:
    """What is to be done, once the trace that was read is simplified."""
    with bugs_reported("simplifying", reading.trace):
        return Job(reading, request, run(roots, simplify(run.made(read, reading.trace), run=run)), run)


# derivatives of second order; Taylor coefficients have the order that is asked for
SECOND = ("hvp", "hvps", "vhp", "hessian", "laplacian")


def _checked_job(
    reading: Reading, request: Request, run: Runner, promises: Promises, whole: bool = False, again: bool = False
) -> Job:
    """What is to be done, where what the program raises isn't dead code; what guards have to promise for that.

    `again`: what comes out may be differentiated once more.
    """
    with bugs_reported("simplifying", reading.trace):
        trace = run(checked, run.made(read, reading.trace), promises, whole)
        trace = run(roots, simplify(trace, run=run, last=request.kind == "primal"))
        if again or request.kind in SECOND or request.order > 1:
            trace = run(curvature, trace)
        return Job(reading, request, trace, run, last=not again)


def _program(job: Job) -> Program:
    stage, request, run = stage_of(job), job.request, job.run
    at_run_time = request.kind == "gradient" and unchecked(
        job.primal, differentiated(job.primal, request.has_aux, request.holomorphic)
    )
    job, trace = stage.derived(job)
    halves = tuple(run.made(split, half, trace) for half in split(trace)) if stage.halves else (trace,)
    again = request.kind == "primal" or not has_effects(job.primal)
    halves = tuple(run(without_covered, half, again) for half in halves)
    traces = tuple(run.made(distinct, made, of) for made, of in zip(distinct(halves), halves, strict=True))
    return Program(request, job.reading, without_checks(job.primal), traces, at_run_time, stage.way, run)


# what is asked for beside the value, the reading of which has the checks; and functions that are called as they are
UNCHECKED = ("transpose", "closed")


@dataclass(frozen=True)
class Derivatives:
    """The derivatives that programs call: what the frontend is given as its `Derivation`.

    again   whether the program that calls them is differentiated itself
    """

    run: Runner = field(default_factory=configured)
    again: bool = True

    def derived(self, reading: Reading, request: Request) -> Trace:
        """The trace of the derivative that a request asks for."""
        if request.kind in UNCHECKED:
            job = _job(reading, request, self.run)
        else:
            job = _checked_job(reading, request, self.run, Promises(), again=self.again)
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
        job = _checked_job(reading, request, self.run, Promises(), again=self.again)
        with bugs_reported("differentiating", job.primal):
            return orders.sweeps(job)

    def solution(self, operation: str) -> Solution:
        """How derivatives pass what a solver has found."""
        return SOLUTIONS[operation]

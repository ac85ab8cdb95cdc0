"""From the primal to each derivative: which steps, in which order. What a pass does is said in `passes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from srcad.compile.orders import (
    coefficients,
    divergence,
    elementwise,
    gauss_newton,
    laplacian,
    pulled_along,
)
from srcad.compile.steps import (
    Job,
    Step,
    both_sweeps,
    columns,
    gradient,
    if_holomorphic,
    in_lanes,
    in_lanes_with_value,
    merged,
    moving,
    moving_in_reals,
    named,
    pushed,
    pushed_with_value,
    real_arguments,
    rows,
    scalar,
    simplified,
    transposed,
)
from srcad.trace.nodes import Trace
from srcad.transform.matrices.jacobian import COLUMNS, ROWS, way_of


@dataclass(frozen=True)
class Stage:
    """The steps from the simplified primal to a derivative.

    first   what is asked of the primal, before it is differentiated
    way     of a Jacobian, how it goes
    halves  the trace has two sweeps, each of which becomes a function of its own
    """

    steps: tuple[Step, ...]
    first: tuple[Step, ...] = ()
    way: str = ""
    halves: bool = False

    def derived(self, job: Job) -> tuple[Job, Trace]:
        """The job, with the primal as it was differentiated, and the derivative."""
        for step in self.first:
            job = replace(job, primal=step(job.primal, job))
        trace, end = job.primal, len(self.steps) - 1
        for k, step in enumerate(self.steps):
            trace = step(trace, job if k == end else replace(job, last=False))
        return job, trace


DONE = (named, merged)
GRADIENT = (gradient, *DONE)

STAGES: Mapping[str, Stage] = {
    "primal": Stage(()),
    "gradient": Stage(GRADIENT, first=(if_holomorphic,)),
    "pullback": Stage((both_sweeps, simplified), halves=True),
    "tangent": Stage((pushed_with_value, simplified)),
    "tangents": Stage((pushed_with_value, in_lanes_with_value, simplified)),
    "hvp": Stage((*GRADIENT, pushed, *DONE), first=(scalar,)),
    "hvps": Stage((*GRADIENT, pushed, in_lanes, *DONE), first=(scalar,)),
    "vhp": Stage((pushed, simplified, pulled_along, *DONE), first=(scalar,)),
    "jacfwd": Stage((columns, *DONE), first=(real_arguments, moving), way=COLUMNS),
    "jacrev": Stage((rows, *DONE), first=(real_arguments, moving_in_reals), way=ROWS),
    "hessian": Stage((*GRADIENT, columns, *DONE), first=(real_arguments, scalar), way=COLUMNS),
    "gauss_newton": Stage((gauss_newton, *DONE), first=(real_arguments, moving_in_reals)),
    "taylor": Stage((coefficients, *DONE)),
    "laplacian": Stage((laplacian, *DONE), first=(real_arguments,)),
    "divergence": Stage((divergence, *DONE), first=(real_arguments,)),
    "deriv": Stage((elementwise, *DONE), first=(real_arguments,)),
}
# Derivatives that a program calls, where they aren't what a user gets: nobody looks at the value from outside.
CALLED: Mapping[str, Stage] = {
    **STAGES,
    "gradient": Stage(GRADIENT, first=(if_holomorphic, scalar)),
    "transpose": Stage((transposed, simplified)),
    "closed": Stage(()),
}
JACOBIANS = {COLUMNS: STAGES["jacfwd"], ROWS: STAGES["jacrev"]}


def stage_of(job: Job, table: Mapping[str, Stage] = STAGES) -> Stage:
    """The stage of what is requested; of a Jacobian that which takes fewer units for the lengths of this reading."""
    if job.request.kind == "jacobian":
        return JACOBIANS[way_of(job.primal, job.reading.wrt, job.reading.sizes)]
    return table[job.request.kind]

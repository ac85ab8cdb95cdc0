"""The steps to first derivatives, Jacobians, and tangents of gradients; `stages` says in which order they are taken.

A step makes a trace of a trace, and knows the job: what was read, what is requested, and who runs the passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from srcad.compile.naming import derivative_name
from srcad.compile.requests import Request
from srcad.compile.results import (
    check_arguments,
    check_moving,
    differentiated,
    made_scalar,
    returning,
    shifted,
    unchecked,
    with_value,
)
from srcad.frontend import Reading
from srcad.trace.builder import const
from srcad.trace.nodes import Leaf, Node, Trace, Tree
from srcad.trace.passes import Runner
from srcad.transform.matrices.jacobian import by_columns, by_rows
from srcad.transform.matrices.several import several_tangents
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.tangent import tangent


@dataclass(frozen=True)
class Job:
    """What all steps to a derivative know.

    primal   the simplified trace of the function, which is differentiated
    last     what comes out of the step isn't differentiated any more
    """

    reading: Reading
    request: Request
    primal: Trace
    run: Runner
    last: bool = True


Step = Callable[[Trace, Job], Trace]


# ---- what is asked of the primal


def scalar(trace: Trace, job: Job) -> Trace:
    """The function, which says itself that its result is a number, as what reads its derivative can't."""
    return job.run(made_scalar, trace, differentiated(trace, job.request.has_aux, job.request.holomorphic))


def moving(trace: Trace, _job: Job) -> Trace:
    """The function, whose result must have a derivative."""
    check_moving(trace)
    return trace


def moving_in_reals(trace: Trace, job: Job) -> Trace:
    """The function, whose result must have a derivative and be real, if it isn't to be holomorphic."""
    check_moving(trace, real=not job.request.holomorphic)
    return trace


def real_arguments(trace: Trace, job: Job) -> Trace:
    """The function, whose derivative is one number for each of its arguments: of a real one, or a holomorphic one."""
    check_arguments(trace, job.reading.wrt, job.request.holomorphic)
    return trace


def if_holomorphic(trace: Trace, job: Job) -> Trace:
    """The function, whose arguments are complex if it is said to be holomorphic."""
    return real_arguments(trace, job) if job.request.holomorphic else trace


# ---- derivatives


def gradient(trace: Trace, job: Job) -> Trace:
    """The forward sweep, then the reverse sweep, seeded with 1."""
    request, result = job.request, differentiated(trace, job.request.has_aux, job.request.holomorphic)
    checked, count = unchecked(trace, result), len(trace.body.results)
    keeps_value = request.value or request.has_aux or checked
    one = tuple(const(1.0) if result and k == result.index else None for k in range(count))
    made = adjoint(trace, job.reading.wrt, value=keeps_value, seeds=one, run=job.run)
    bars = gradient_tree(job, count if keeps_value else 0)
    return returning(made, with_value(trace.output, bars, request.has_aux, request.value or checked))


def both_sweeps(trace: Trace, job: Job) -> Trace:
    """The forward sweep and, seeded with inputs, the reverse sweep."""
    made = adjoint(trace, job.reading.wrt, value=True, seeds="inputs", run=job.run)
    return returning(made, Node("tuple", (trace.output, gradient_tree(job, len(trace.body.results)))))


def transposed(trace: Trace, job: Job) -> Trace:
    """The adjoints alone of what is differentiated, in one tuple: each differentiable result has a seed."""
    made = adjoint(trace, job.reading.wrt, value=False, seeds="inputs", run=job.run)
    return returning(made, Node("tuple", tuple(map(Leaf, range(len(job.reading.wrt))))))


def pushed(trace: Trace, job: Job) -> Trace:
    """How the results move."""
    return tangent(trace, job.reading.wrt, value=False, run=job.run)


def pushed_with_value(trace: Trace, job: Job) -> Trace:
    """The results, and how they move."""
    return tangent(trace, job.reading.wrt, value=True, run=job.run)


def in_lanes(trace: Trace, job: Job) -> Trace:
    """How the results move by several tangents at once."""
    return job.run(several_tangents, trace, 0)


def in_lanes_with_value(trace: Trace, job: Job) -> Trace:
    """The results, and how they move by several tangents at once."""
    return job.run(several_tangents, trace, len(job.primal.body.results))


def columns(trace: Trace, job: Job) -> Trace:
    """The Jacobian by all unit tangents at once."""
    return by_columns(trace, job.reading.wrt, gradient_tree(job), job.run)


def rows(trace: Trace, job: Job) -> Trace:
    """The Jacobian by the forward sweep, and then the reverse sweep of all unit adjoints at once."""
    return by_rows(trace, job.reading.wrt, gradient_tree(job), job.run)


# ---- what comes out


def named(trace: Trace, job: Job) -> Trace:
    """The trace under the name of the derivative."""
    return replace(trace, name=derivative_name(job.primal.name, job.request))


def simplified(trace: Trace, job: Job) -> Trace:
    """The trace made simpler, so that it can be split still."""
    return simplify(trace, run=job.run, last=job.last)


def merged(trace: Trace, job: Job) -> Trace:
    """The trace made simpler, where branches of both sweeps may become one."""
    return simplify(trace, across=True, run=job.run, last=job.last)


def gradient_tree(job: Job, offset: int = 0) -> Tree:
    """How the adjoints of the arguments come back; the first of them is the result number `offset`."""
    trees = tuple(shifted(tree, offset) for tree in job.reading.wrt_trees)
    return trees[0] if job.request.single else Node("tuple", trees)

"""Expression swell: what happens to the formula of a function that is applied again and again.

The expression of f(f(...f(x))) and its derivative double, or worse, with each application, while the operations that
srcad's derivative of the loop does grow by the same number each time. The logistic map is the example of A. G. Baydin,
B. A. Pearlmutter, A. A. Radul, J. M. Siskind: Automatic Differentiation in Machine Learning: a Survey, table 1.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from srcad.calls.structures import is_float
from srcad.compare.exact import Beyond
from srcad.compare.inputs import Problem
from srcad.compare.operations import operations
from srcad.compare.symbolic import symbolic


@dataclass(frozen=True)
class Iterate:
    """Operations of the n-th iterate's expression, of its derivative's, and of srcad's derivative of the loop.

    None: an expression that is too long to be written out.
    """

    n: int
    value: int | None
    derivative: int | None
    program: int


@dataclass(frozen=True)
class Swell:
    """`what` is iterated; `mode` says how srcad differentiates the loop."""

    what: str
    mode: str = ""
    iterates: tuple[Iterate, ...] = ()
    why_not: str = ""


def swell(problem: Problem, times: int) -> Swell:
    place = problem.active[0]
    if not _is_like(problem.value, problem.args[place]):
        return Swell("", why_not="its result isn't like its first input, so it can't be applied again")
    name = problem.labels[0].partition("[")[0]
    what = f"{problem.name} applied again and again to its own {name}"
    found: list[Iterate] = []
    try:
        for n in range(1, times + 1):
            gone = bool(found) and found[-1].value is None
            found.append(_iterate(problem, place, n, gone))
    except Beyond as beyond:
        return Swell(what, why_not=str(beyond))
    except (ArithmeticError, ValueError) as error:
        return Swell(what, why_not=f"it doesn't take its own result: {type(error).__name__}: {error}")
    mode = "reverse" if problem.is_number else "forward"
    return Swell(what, mode, tuple(found))


def _is_like(value: object, argument: object) -> bool:
    if is_float(value) and np.ndim(value) == 0:
        return is_float(argument) and np.ndim(argument) == 0
    return isinstance(value, np.ndarray) and is_float(argument) and value.shape == np.shape(argument)


def _iterate(problem: Problem, place: int, n: int, gone: bool) -> Iterate:
    composed = Problem(iterated(problem.function, problem.args, place, n), (copy.deepcopy(problem.args[place]),), (0,))
    kind = "gradient" if composed.is_number else "tangent"
    program = composed.program(kind)
    values = list(composed.inputs(program, composed.args))
    if kind == "tangent":
        values.append(np.ones_like(composed.args[0]))
    executed = operations(program.traces[0], values)
    if gone:
        return Iterate(n, None, None, executed)
    try:
        found = symbolic(composed)
    except Beyond:
        if n == 1:
            raise
        return Iterate(n, None, None, executed)
    return Iterate(n, found.size_of_value, found.size, executed)


def iterated(
    function: Callable[..., object], args: tuple[object, ...], place: int, times: int
) -> Callable[[object], object]:
    """x -> f(f(...f(x))); the other arguments rest."""
    before, after = args[:place], args[place + 1 :]

    def again(x: object) -> object:
        for _ in range(times):
            x = function(*before, x, *after)
        return x

    return again

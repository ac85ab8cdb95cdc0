"""Four ways to one derivative, side by side."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from srcad.calls.arguments import name_of
from srcad.calls.structures import leaves
from srcad.compare.approaches import Approach, approaches
from srcad.compare.findings import Findings, Result
from srcad.compare.growth import Growth, growth, measured
from srcad.compare.inputs import Problem
from srcad.compare.plot import draw
from srcad.compare.reference import Reference, reference, scale_of
from srcad.compare.report import report
from srcad.compare.scaling import SIZES
from srcad.compare.steps import steps
from srcad.compare.swell import Swell, swell
from srcad.errors import ArgumentError, SrcadError
from srcad.testing.directions import moving_positions

TIMES = 6
BUDGET = 0.3


@dataclass(frozen=True)
class Comparison(Findings):
    """All that was found out; `str()` of it is the report, `plot(path)` draws growth and accuracy."""

    def __str__(self) -> str:
        return report(self)

    def __repr__(self) -> str:
        return f"<comparison of the derivatives of {self.name}>"

    def plot(self, path: str | Path) -> None:
        """Draw to a file, whose ending says in which format; needs matplotlib."""
        draw(self, Path(path))


def compare(
    function: Callable[..., object],
    args: Sequence[object],
    argnums: int | Sequence[int] | None = None,
    *,
    sizes: Sequence[int] = SIZES,
    times: int = TIMES,
    budget: float = BUDGET,
    seed: int = 0,
) -> Comparison:
    """Differentiate a function numerically, symbolically, in forward mode and in reverse mode, and compare.

    Compared are the values, their accuracy against a reference of more digits, the time (best of several, side by
    side), how that grows with the number of inputs (`sizes` of the first array argument; of a function of floats, the
    number of points), the error of differences with their step, and the size of SymPy's expressions as the function is
    applied `times` times to its own result. `budget`: seconds for each measurement.

    What SymPy can't do is said in the report. What srcad refuses is raised, as `NotYetSupported` and its kin.

    >>> from srcad.compare import compare
    >>> found = compare(lambda x: 4.0 * x * (1.0 - x), (0.3,), sizes=(2, 4), budget=0.0)
    >>> [result.approach.name for result in found.results]
    ['numerical', 'symbolic', 'forward', 'reverse']
    >>> [iterate.derivative for iterate in found.swell.iterates[:3]]
    [4, 21, 67]
    """
    active = moving_positions(args, argnums)
    if any(np.iscomplexobj(np.asarray(leaf)) for k in active for leaf in leaves(args[k])):
        raise ArgumentError("a comparison is of functions of real numbers", do="take real and imaginary parts apart")
    problem = Problem(function, tuple(copy.deepcopy(list(args))), active)
    check(problem, sizes, times)
    due = reference(problem)
    found = approaches(problem)
    ways = {one.name: one.way for one in found if one.way is not None}
    seconds = measured({**ways, "": lambda: problem.value_again()}, budget)
    results = tuple(_result(one, due, seconds) for one in found)
    return Comparison(
        problem.name,
        tuple(problem.labels),
        problem.point,
        problem.height,
        seconds[""],
        due,
        results,
        steps(problem, due, seed),
        growth(problem, sizes, budget) if sizes else Growth("", why_not="no sizes were asked for"),
        swell(problem, times) if times else Swell("", why_not="no iterates were asked for"),
    )


def check(problem: Problem, sizes: Sequence[int], times: int) -> None:
    """That there is something to compare."""
    if any(size < 1 for size in sizes):
        raise ArgumentError(f"sizes are numbers of inputs, and got {min(sizes)}", do="pass positive numbers")
    if times < 0:
        raise ArgumentError(f"times says how often the function is applied, and got {times}")
    try:
        values = problem.along(problem.point)
    except SrcadError:
        raise
    except Exception as error:
        what = f"{problem.name} raises {type(error).__name__} at these arguments: {error}"
        raise ArgumentError(what, do="compare at arguments of its domain") from error
    if not values.size:
        what = f"{name_of(problem.function)} returns no float, so there is no derivative to compare"
        raise ArgumentError(what, do="return floats, or arrays or containers of floats")
    if not np.array_equal(values, problem.along(problem.point), equal_nan=True):
        what = f"{problem.name} returns something else each time that it is called"
        raise ArgumentError(what, do="draw random numbers from a generator with a seed, made inside of the function")
    if not np.all(np.isfinite(values)):
        what = f"{problem.name} isn't finite at these arguments"
        raise ArgumentError(what, do="compare at arguments where its result is finite")


def _result(approach: Approach, due: Reference, seconds: dict[str, float]) -> Result:
    if approach.way is None:
        return Result(approach)
    matrix = approach.way()
    error = float(np.max(np.abs(matrix - due.matrix), initial=0.0)) / scale_of(due.matrix)
    return Result(approach, matrix, error, seconds[approach.name])

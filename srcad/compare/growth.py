"""How the cost of a derivative grows with the number of inputs W.

By columns (differences, tangents) the function is run for each input: W times what already grows with W. One adjoint
costs a few times the function, however many inputs there are (Griewank, Walther: Evaluating Derivatives, section 4.4).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from srcad.compare.approaches import forward, numerical, reverse
from srcad.compare.exact import Beyond
from srcad.compare.inputs import Problem
from srcad.compare.operations import operations
from srcad.compare.scaling import Scaling, scaling
from srcad.compare.symbolic import symbolic
from srcad.compile.program import Program
from srcad.errors import NotYetSupported, SrcadError
from srcad.show.values import fetch

WAYS = ("numerical", "forward", "reverse")
MOST_SYMBOLS = 32  # inputs of an expression
MOST_OPERATIONS = 400  # of the function's own expression


@dataclass(frozen=True)
class Size:
    """One number of inputs: seconds and counted operations of each way; how long the derivative's expression is."""

    width: int
    seconds: Mapping[str, float]
    operations: Mapping[str, int]
    expression: int | None = None


@dataclass(frozen=True)
class Growth:
    """All sizes. `exponents` are slopes of cost against W in logarithms, of operations and of seconds."""

    what: str
    sizes: tuple[Size, ...] = ()
    why_not: str = ""

    def exponent(self, way: str, of: str) -> float:
        """The p of a cost that grows like W**p; of the larger half of the sizes, where constants matter less."""
        points = [(size.width, getattr(size, of).get(way, 0)) for size in self.sizes]
        points = [(w, cost) for w, cost in points if cost > 0]
        half = points[-max((len(points) + 1) // 2, 2) :]
        if len({w for w, _ in half}) < 2:
            return float("nan")
        widths, costs = np.log(np.array(half, dtype=float)).T
        return float(np.polyfit(widths, costs, 1)[0])


def growth(problem: Problem, sizes: Sequence[int], budget: float) -> Growth:
    try:
        found = scaling(problem)
    except Beyond as beyond:
        return Growth("", why_not=str(beyond))
    try:
        return Growth(found.what, tuple(_size(found, n, budget) for n in sorted(set(sizes))))
    except (ValueError, TypeError, ArithmeticError, IndexError, SrcadError, np.linalg.LinAlgError) as error:
        first = str(error).partition("\n")[0]
        why = f"{problem.name} doesn't take another size: {type(error).__name__}: {first}"
        return Growth(found.what, why_not=why)


def _size(found: Scaling, n: int, budget: float) -> Size:
    problem = found.of_size(n)
    all_ways = (numerical(problem), forward(problem), reverse(problem))
    seconds = measured({one.name: one.way for one in all_ways if one.way is not None}, budget)
    return Size(problem.width, seconds, counted(problem), _expression(problem))


def _expression(problem: Problem) -> int | None:
    if problem.width > MOST_SYMBOLS:
        return None
    try:
        return symbolic(problem, MOST_OPERATIONS).size
    except Beyond:
        return None


def counted(problem: Problem) -> dict[str, int]:
    """Operations of each way: of columns, what one of them takes, as often as there are inputs."""
    value = problem.program("primal")
    primals = problem.inputs(value, problem.args)
    found = {"numerical": 2 * problem.width * operations(value.traces[0], primals)}
    with suppress(NotYetSupported):  # the comparison itself says why there is no forward mode
        tangent, unit = problem.program("tangent"), problem.tangents(np.eye(1, problem.width)[0])
        found["forward"] = problem.width * _of_tangent(problem, tangent, unit)
    if problem.is_number:
        gradient = problem.program("gradient")
        found["reverse"] = operations(gradient.traces[0], primals)
    return found


def _of_tangent(problem: Problem, tangent: Program, unit: tuple[object, ...]) -> int:
    """The tangents follow the inputs, in the order of the differentiated ones."""
    trace, primal = tangent.traces[0], tangent.primal
    values = dict(zip((entry.path for entry in primal.inputs), problem.inputs(tangent, problem.args), strict=True))
    dots = {p.name: dot for p, dot in zip(primal.parameters, unit, strict=False)}
    moving = iter([entry for k, entry in enumerate(primal.inputs) if k in tangent.reading.wrt])
    given = []
    for entry in trace.inputs:
        if entry.path in values:
            given.append(values[entry.path])
        else:
            source = next(moving)
            given.append(fetch(source.path, dots[source.path.root]))
    return operations(trace, given)


def measured(ways: Mapping[str, Callable[[], object]], budget: float) -> dict[str, float]:
    """The best time of each way in seconds, side by side: each in every round, so that all meet the same machine.

    There are as many rounds as fit in `budget` seconds, and two at least: the first one compiles.
    """
    best = dict.fromkeys(ways, float("inf"))
    began, rounds = time.perf_counter(), 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        while rounds < 2 or (time.perf_counter() - began < budget and rounds < 50):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                best[name] = min(best[name], time.perf_counter() - start)
            rounds += 1
    return best

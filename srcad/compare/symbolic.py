"""A function's expression, and its derivative's, by SymPy: the function's trace is run on symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, SupportsInt

import numpy as np
from numpy.typing import NDArray

from srcad.compare.exact import Arithmetic, Beyond, ExactPart, Library, NumberAtPoint, has_numbers, run_exactly
from srcad.compare.inputs import Problem
from srcad.trace.nodes import Trace

MOST = 5_000  # operations of an expression
MOST_ENTRIES = 400  # of a matrix of derivatives
NO_SYMPY = "SymPy isn't installed: pip install sympy"


class Algebra(Library, Protocol):
    """What is used of SymPy, which has no types."""

    def Symbol(self, name: str, *, real: bool) -> ExactPart: ...  # noqa: N802

    def Float(self, value: float, /) -> ExactPart: ...  # noqa: N802

    def Rational(self, numerator: int, denominator: int, /) -> ExactPart: ...  # noqa: N802

    def diff(self, expression: ExactPart, by: ExactPart, /) -> ExactPart: ...

    def count_ops(self, expression: ExactPart, /) -> SupportsInt: ...

    def lambdify(
        self, parameters: Sequence[object], expression: object, /, *, modules: Sequence[str]
    ) -> Callable[..., Sequence[Sequence[float]]]: ...


@dataclass(frozen=True)
class Symbolic:
    """Expressions of the outputs and of their derivatives by all inputs, and how many operations these have."""

    symbols: tuple[ExactPart, ...]
    outputs: tuple[ExactPart, ...]
    rows: tuple[tuple[ExactPart, ...], ...]
    point: tuple[float, ...]
    size_of_value: int
    size: int

    def evaluator(self) -> Callable[[], NDArray[np.float64]]:
        """The derivative as numbers."""
        sympy = load()
        function = sympy.lambdify([self.symbols], self.rows, modules=["scipy", "numpy"])

        def way() -> NDArray[np.float64]:
            with np.errstate(all="ignore"):
                return np.array(function(self.point), dtype=float)

        return way


def symbolic(problem: Problem, most: int = MOST) -> Symbolic:
    """The function's derivative as SymPy finds it; `Beyond` where it can't, or where that leads too far.

    `most`: how many operations the function's own expression may have.
    """
    if problem.width * problem.height > MOST_ENTRIES:
        raise Beyond(f"{problem.height} by {problem.width} derivatives are too many for symbols")
    sympy = load()
    symbols = tuple(sympy.Symbol(name, real=True) for name in problem.labels)
    numbers = given(symbols, problem.point.tolist(), most)
    program = problem.program("primal")
    outputs = tuple(expressions(program.primal, problem.inputs(program, problem.at(numbers))))
    rows = tuple(tuple(sympy.diff(y, x) for x in symbols) for y in outputs)
    sizes = [count(y) for y in outputs], [count(d) for row in rows for d in row]
    return Symbolic(symbols, outputs, rows, tuple(problem.point.tolist()), sum(sizes[0]), sum(sizes[1]))


def load() -> Algebra:
    try:
        import sympy
    except ImportError:
        raise Beyond(NO_SYMPY) from None
    algebra: Algebra = sympy
    return algebra


def given(symbols: tuple[ExactPart, ...], point: Iterable[float], most: int) -> list[NumberAtPoint]:
    """Symbols at a point."""
    arithmetic = Arithmetic(load(), constant, most)
    return [NumberAtPoint(symbol, float(at), arithmetic) for symbol, at in zip(symbols, point, strict=True)]


def constant(value: float) -> ExactPart:
    """A float as the short fraction that it is, or as it stands."""
    sympy = load()
    if not np.isfinite(value):
        return sympy.Float(value)
    exactly = Fraction(value)
    return sympy.Rational(exactly.numerator, exactly.denominator) if exactly.denominator <= 64 else sympy.Float(value)


def expressions(trace: Trace, inputs: tuple[object, ...]) -> list[ExactPart]:
    """The expression of each number that a trace gives."""
    found: list[ExactPart] = []
    for value in run_exactly(trace, inputs):
        for part in parts_of(value):
            if isinstance(part, NumberAtPoint):
                found.append(part.part)
            elif isinstance(part, (float, np.floating)):
                found.append(constant(float(part)))
    return found


def parts_of(value: object) -> list[object]:
    if isinstance(value, np.ndarray):
        return [part if has_numbers(part) or value.dtype.kind != "f" else float(part) for part in value.ravel()]
    return [part for item in value for part in parts_of(item)] if isinstance(value, (list, tuple)) else [value]


def count(expression: ExactPart) -> int:
    """How many operations an expression has, written out."""
    return int(load().count_ops(expression))

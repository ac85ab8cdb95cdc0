"""Where a derivative ceases to be finite: its trace is run once more, in the reference interpreter, and watched.

    y = np.sqrt(x)        at x = 0 the adjoint of this line becomes inf: it is divided by y, which is 0

What is named is the first equation that makes something that isn't finite of what is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.calls.structures import children, reached
from srcad.compile.program import Program
from srcad.compile.results import called
from srcad.errors import NonFiniteError
from srcad.lowering.careful import guarded
from srcad.ops.meaning import Meanings
from srcad.runtime import HELPERS
from srcad.show.values import short
from srcad.trace.evaluate import Interpreter, Meaning, Values
from srcad.trace.nodes import Atom, Const, Equation, Trace, Var
from srcad.trace.printer import show
from srcad.trace.walk import walk

Roots = Mapping[str, Callable[[], object]]
WORDS = {"adjoint": "its adjoint", "tangent": "its tangent"}


def is_finite(result: object) -> bool:
    """Whether all numbers in nested containers are finite."""
    if isinstance(result, (float, complex, np.inexact)):
        return bool(np.isfinite(result))
    if isinstance(result, np.ndarray):
        return result.dtype.kind not in "fc" or bool(np.all(np.isfinite(result)))
    return all(map(is_finite, children(result) or ()))


def refuse(what: str, program: Program, trace: Trace, given: Mapping[str, object], roots: Roots) -> None:
    """Raise the error for a result that isn't finite. `given`: what the parameters of the trace are bound to."""
    whole = f"{what} of {called(program.primal)} isn't finite"
    if program.has_effects:
        why = "where isn't told, as the program prints, draws or changes something, and doesn't run again"
        raise NonFiniteError(whole, why=why, do="leave that out to be told the line")
    found = first_nonfinite(trace, given, roots)
    if found is None:
        raise NonFiniteError(whole, trace.span, do="look at the arguments: one of them isn't finite")
    raise NonFiniteError(
        f"{whole}: {found.told} here",
        found.equation.span,
        why=found.why(trace),
        do="keep away from this point, or say what holds there: np.where with safe operands, or srcad.custom_rule",
    )


@dataclass(frozen=True)
class Found:
    """The first equation with a result that isn't finite, though its operands are."""

    equation: Equation
    operands: Values
    result: Any

    @property
    def told(self) -> str:
        subject = WORDS.get(self.equation.role, "a value")
        value = np.asarray(self.result)
        bad = np.argwhere(~np.isfinite(value))
        place = f" at [{', '.join(map(str, bad[0]))}]" if value.ndim else ""
        return f"{subject} becomes {short(value[tuple(bad[0])] if value.ndim else value[()])}{place}"

    def why(self, trace: Trace) -> str:
        """The operation with the operands at that place, and the user's variables behind them."""
        makers = {result: equation for equation in walk(trace.body) for result in equation.results}
        pairs = zip(self.equation.operands, self.operands, strict=True)
        texts = [self.text(a, v, makers) for a, v in pairs if _numeric(v)]
        return f"it is `{self.equation.op.removeprefix('guarded_')}` of {' and '.join(texts)}"

    def text(self, operand: Atom, value: object, makers: Mapping[Var, Equation]) -> str:
        """An operand, and what it is there."""
        return show(value) if isinstance(operand, Const) else f"{_text(operand, makers)} = {short(self.at(value))}"

    def at(self, value: Any) -> object:
        """An operand where the result isn't finite, if they have one shape."""
        result = np.asarray(self.result)
        if np.shape(value) != result.shape or not result.ndim:
            return value
        return np.asarray(value)[tuple(np.argwhere(~np.isfinite(result))[0])]


def _numeric(value: object) -> bool:
    return isinstance(value, (float, complex, int, np.generic, np.ndarray))


def _text(atom: Atom, makers: Mapping[Var, Equation]) -> str:
    """A variable by its name, or by the line that computes it."""
    made = makers.get(atom) if isinstance(atom, Var) else None
    if atom.name or made is None:
        return atom.name or "a value"
    names = [a.name or (show(a.value) if isinstance(a, Const) else "...") for a in made.operands]
    return f"{made.op.removeprefix('guarded_')}({', '.join(names)})"


def first_nonfinite(trace: Trace, given: Mapping[str, object], roots: Roots) -> Found | None:
    """The first equation, in the order of a run, that makes of finite values one that isn't."""
    trace = guarded(trace)
    values = [reached(roots[e.path.root]() if e.free else given[e.path.root], e.path.steps) for e in trace.inputs]
    watching = _Watching(Meanings({**HELPERS, **_modules(), **trace.bindings}), trace.procedures)
    watching.bind([entry.var for entry in trace.inputs], values)
    with np.errstate(all="ignore"):
        watching.region(trace.body)
    return watching.found[0] if watching.found else None


def _modules() -> dict[str, object]:
    """SciPy, where the program calls it."""
    try:
        import scipy.special
    except ImportError:
        return {}
    return {"scipy": scipy}


class _Watching(Interpreter):
    """Notes equations that make something that isn't finite."""

    def __init__(self, meaning: Meaning, procedures: Mapping[str, Trace], found: list[Found] | None = None) -> None:
        super().__init__(meaning, procedures)
        self.found: list[Found] = [] if found is None else found

    def operation(self, equation: Equation) -> Values:
        values = super().operation(equation)
        if not self.found and not all(map(is_finite, values)):
            operands = self.read(equation.operands)
            pairs = zip(equation.operands, operands, strict=True)
            if all(isinstance(a, Const) or is_finite(value) for a, value in pairs):
                self.found.append(Found(equation, operands, next(v for v in values if not is_finite(v))))
        return values

    def apart(self) -> Interpreter:
        return _Watching(self.meaning, self.procedures, self.found)

"""Equations as formulas: v3 = v1 * v2 in a trace; v̄3 v2 in a sum over children, as on paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.printer import INFIX, constant, show

OVERLINE = "\u0304"  # a macron on the letter before it

# op -> how tightly it binds; names and calls bind tightest
_STRENGTH = {
    "add": 1,
    "subtract": 1,
    "multiply": 3,
    "divide": 3,
    "matmul": 3,
    "floor_divide": 3,
    "remainder": 3,
    "negative": 2,
    "power": 4,
}
_COMPARISON, _TIGHT = 0, 5


class Formulas:
    """Prints atoms: `names` are those of the table's rows; what has no row is printed as the formula it stands for."""

    def __init__(self, names: Mapping[Var, str], equations: Iterable[Equation] = ()) -> None:
        self.names = names
        self.definitions = {result: equation for equation in equations for result in equation.results}

    def right_side(self, equation: Equation) -> str:
        return self.operation(equation)[0]

    def atom(self, atom: Atom, least: int = 0) -> str:
        """An atom, in parentheses if it binds less tightly than `least`."""
        text, strength = self.parts(atom)
        return f"({text})" if strength < least else text

    def parts(self, atom: Atom) -> tuple[str, int]:
        if isinstance(atom, Const):
            text = _number(atom.value) if isinstance(atom.value, float) else constant(atom)
            return text, 2 if text.startswith("-") else _TIGHT
        if atom in self.names:
            return self.names[atom], _TIGHT
        if atom in self.definitions:
            return self.operation(self.definitions[atom])
        return atom.name or "?", _TIGHT

    def operation(self, equation: Equation) -> tuple[str, int]:
        """The formula of an equation, and how tightly it binds."""
        op, operands = equation.op, equation.operands
        if op == "get_item":
            return self.subscripted(equation), _TIGHT
        if op == "negative":
            return f"-{self.atom(operands[0], 3)}", 2
        if op in INFIX and len(operands) == 2:
            strength = _STRENGTH.get(op, _COMPARISON)
            left = self.atom(operands[0], strength + (op == "power"))
            right = self.atom(operands[1], strength + (op not in ("add", "multiply", "power")))
            return (f"{left}**{right}" if op == "power" else f"{left} {INFIX[op]} {right}"), strength
        return self.called(equation), _TIGHT

    def called(self, equation: Equation) -> str:
        if equation.op in ("sum_to", "sum_to_shape"):
            return f"sum({self.atom(equation.operands[0])})"
        if equation.op == "transpose" and not equation.params.get("axes"):
            return f"{self.atom(equation.operands[0], _TIGHT)}.T"
        texts = [self.atom(a) for a in equation.operands]
        texts += [f"{key}={show(value)}" for key, value in equation.params.items() if value not in (None, False, ())]
        return f"{equation.op.rstrip('_')}({', '.join(texts)})"

    def subscripted(self, equation: Equation) -> str:
        base, *index = equation.operands
        texts = [self.component(entry, index) for entry in equation.params.get("index", ())]
        return f"{self.atom(base, _TIGHT)}[{', '.join(texts)}]"

    def component(self, entry: tuple[Any, ...], index: list[Atom]) -> str:
        kind, *places = entry
        texts = ["" if place is None else self.atom(index[place]) for place in places]
        match kind:
            case "slice":
                return ":".join(texts if texts[2] else texts[:2])
            case "newaxis":
                return "None"
            case "ellipsis":
                return "..."
        return texts[0]


class Terms(Formulas):
    """The terms of a children-sum: products stand side by side, the adjoint first."""

    def __init__(self, names: Mapping[Var, str], equations: Iterable[Equation], child: Equation | None = None) -> None:
        super().__init__(names, equations)
        self.child = child

    def parts(self, atom: Atom) -> tuple[str, int]:
        """As ever; but the child's own value is spelled out where that is short: v̄5 exp(v3), not v̄5 v5."""
        child = self.child
        if child is not None and atom in child.results and child.op not in INFIX and len(child.operands) == 1:
            return Formulas(self.names).operation(child)
        return super().parts(atom)

    def operation(self, equation: Equation) -> tuple[str, int]:
        if equation.op == "positive":
            return self.parts(equation.operands[0])
        if equation.op != "multiply":
            return super().operation(equation)
        left, right = equation.operands
        if isinstance(right, Const) and not isinstance(left, Const):
            left, right = right, left
        if self.is_minus(right) and not self.is_minus(left):
            return f"-{self.factor(left)} {self.factor(self.definitions[right].operands[0])}", 2  # type: ignore[index]
        return f"{self.factor(left)} {self.factor(right)}", 3

    def is_minus(self, atom: Atom) -> bool:
        made = self.definitions.get(atom) if isinstance(atom, Var) and atom not in self.names else None
        return made is not None and made.op == "negative"

    def factor(self, atom: Atom) -> str:
        return self.atom(atom, 3)


def overlined(name: str) -> str:
    """v3 -> v̄3."""
    return name[0] + OVERLINE + name[1:]


def _number(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)

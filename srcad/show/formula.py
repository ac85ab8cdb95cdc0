"""Equations as formulas: v3 = v1 * v2 in a trace; v̄3 v2 in a sum over children, as on paper."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.printer import INFIX, constant, show
from srcad.trace.types import rank_of

OVERLINE = "\u0304"  # a macron on the letter before it
DOT = "\u0307"  # a dot on it

# How tightly a formula binds.
WITH, COMPARISON, SUM, MINUS, QUOTIENT, PRODUCT, POWER, TIGHT = range(8)

# op -> (how tightly it binds, how tightly its left and its right operand must)
_INFIX_STRENGTHS = {
    "add": (SUM, SUM, SUM),
    "subtract": (SUM, SUM, MINUS),
    "multiply": (PRODUCT, PRODUCT, PRODUCT),
    "matmul": (PRODUCT, PRODUCT, POWER),
    "divide": (QUOTIENT, QUOTIENT, POWER),
    "floor_divide": (QUOTIENT, QUOTIENT, POWER),
    "remainder": (QUOTIENT, QUOTIENT, POWER),
    "power": (POWER, TIGHT, POWER),
}

# Operations that are about shapes and types alone: the number is that of operand 0.
_SILENT = frozenset({"with_dims", "known_as", "materialise", "cast", "positive"})

# Operations that are spelled otherwise than as calls.
_SPELLED = {
    "custom": "",
    "sum_to": "sum({0})",
    "sum_to_shape": "sum({0})",
    "dim": "{0}.shape[{axis}]",
    "truth": "bool({0})",
    "list_get": "{0}[{1}]",
    "list_len": "len({0})",
    "list_append": "{0} and then {1}",
}

RankedText = tuple[str, int]


class Formulas:
    """Prints atoms: `names` are those of the table's rows; what has no row is printed as the formula it stands for."""

    def __init__(self, names: Mapping[Var, str], equations: Iterable[Equation] = ()) -> None:
        self.names = names
        self.definitions = {result: equation for equation in equations for result in equation.results}

    def right_side(self, equation: Equation) -> str:
        return self.operation(equation)[0]

    def atom(self, atom: Atom, least: int = WITH) -> str:
        """An atom, in parentheses if it binds less tightly than `least`."""
        text, strength = self.parts(atom)
        return f"({text})" if strength < least else text

    def parts(self, atom: Atom) -> RankedText:
        if isinstance(atom, Const):
            text = _number(atom.value) if isinstance(atom.value, float) else constant(atom)
            return text, MINUS if text.startswith("-") else TIGHT
        if atom in self.names:
            return self.names[atom], TIGHT
        if atom in self.definitions:
            return self.operation(self.definitions[atom])
        return atom.name or "?", TIGHT

    def operation(self, equation: Equation) -> RankedText:
        """The formula of an equation, and how tightly it binds."""
        op, operands = equation.op, equation.operands
        if op in _SILENT:
            return self.parts(operands[0])
        if op == "negative":
            return f"-{self.atom(operands[0], QUOTIENT)}", MINUS
        if op in INFIX and len(operands) == 2:
            return self.infix(equation)
        if op == "get_item":
            return f"{self.atom(operands[0], TIGHT)}[{self.subscript(equation, operands[1:])}]", TIGHT
        if op in ("set_item", "add_item"):
            return self.changed(equation), WITH
        return self.called(equation), TIGHT

    def infix(self, equation: Equation) -> RankedText:
        strength, *least = _INFIX_STRENGTHS.get(equation.op, (COMPARISON, SUM, SUM))
        left, right = map(self.atom, equation.operands, least)
        return (f"{left}**{right}" if equation.op == "power" else f"{left} {INFIX[equation.op]} {right}"), strength

    def called(self, equation: Equation) -> str:
        if equation.op in _SPELLED:
            return self.spelled(equation)
        if equation.op == "transpose" and not equation.params.get("axes"):
            return f"{self.atom(equation.operands[0], TIGHT)}.T"
        texts = [self.atom(a) for a in equation.operands]
        texts += [f"{key}={show(value)}" for key, value in equation.params.items() if value not in (None, False, ())]
        return f"{equation.op.rstrip('_')}({', '.join(texts)})"

    def spelled(self, equation: Equation) -> str:
        """Operations with a text of their own."""
        called = _SPELLED[equation.op].endswith(")") or equation.op == "custom"
        first, *rest = (self.atom(a, WITH if called else TIGHT) for a in equation.operands)
        if equation.op == "custom":
            first, rest = _name_of(equation.operands[0]) or first, rest[: equation.params["shown"]]
            return f"{first}({', '.join(rest)})"
        text = _SPELLED[equation.op]
        return text.format(first, *rest, **equation.params)

    def changed(self, equation: Equation) -> str:
        """An array with other elements: v2 with [1:-1] += v6."""
        base, value, *index = equation.operands
        made = self.definitions.get(base) if isinstance(base, Var) and base not in self.names else None
        before = "zeros" if made is not None and made.op == "zeros_like" else self.atom(base, TIGHT)
        sign = "+=" if equation.op == "add_item" and before != "zeros" else "="
        return f"{before} with [{self.subscript(equation, index)}] {sign} {self.atom(value)}"

    def subscript(self, equation: Equation, index: Sequence[Atom]) -> str:
        return ", ".join(self.component(entry, index) for entry in equation.params.get("index", ()))

    def component(self, entry: tuple[str, *tuple[int | None, ...]], index: Sequence[Atom]) -> str:
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


class TermFormulas(Formulas):
    """The terms of a sum over children or parents: products stand side by side, numbers first, then bar or dot."""

    def __init__(self, names: Mapping[Var, str], equations: Iterable[Equation], child: Equation | None = None) -> None:
        super().__init__(names, equations)
        self.child = child

    def parts(self, atom: Atom) -> RankedText:
        """The text of a factor; the child's own value is spelled out where that is short: v̄5 exp(v3), not v̄5 v5.

        Of a parents-sum, the child is the variable itself.
        """
        child = self.child
        if child is not None and atom in child.results and _is_function(child):
            return Formulas(self.names).operation(child)
        return super().parts(atom)

    def infix(self, equation: Equation) -> RankedText:
        if equation.op != "multiply":
            return super().infix(equation)
        left, right = equation.operands
        if not right.is_variable and left.is_variable:
            left, right = right, left
        texts, minus = [], False
        for factor in (left, right):
            text = self.atom(factor, PRODUCT)
            inner = self.parts(factor)
            if inner[1] == MINUS and inner[0].startswith("-"):
                text, minus = inner[0][1:], not minus
            texts.append(text)
        return ("-" if minus else "") + " ".join(texts), MINUS if minus else PRODUCT


def _is_function(equation: Equation) -> bool:
    """A function of one value, element by element: exp(v3)."""
    if equation.op in INFIX or len(equation.operands) != 1 or any(equation.params.values()) or equation.regions:
        return False
    return rank_of(equation.operands[0].type) == rank_of(equation.result.type)


def overlined(name: str) -> str:
    """v3 -> v̄3."""
    return _marked(name, OVERLINE)


def dotted(name: str) -> str:
    """v3 -> v̇3."""
    return _marked(name, DOT)


def _marked(name: str, mark: str) -> str:
    """With a mark on the first letter, as one character where there is one: so people type it, and fonts draw it."""
    return unicodedata.normalize("NFC", name[0] + mark) + name[1:]


def added(texts: Sequence[str]) -> str:
    """Terms as a sum: those with a minus are subtracted."""
    return texts[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in texts[1:])


def _name_of(callee: Atom) -> str:
    return str(getattr(callee.value, "__name__", "")) if isinstance(callee, Const) else ""


def _number(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)

"""Equations that check whether an operation fails, and compute nothing.

check(x, y; multiply)      raises what x * y raises
"""

from __future__ import annotations

from types import MappingProxyType

from srcad.trace.nodes import Atom, Equation, Var


def check_of(equation: Equation) -> Equation:
    """The check of an equation."""
    types = tuple(result.type for result in equation.results)
    params = MappingProxyType({"of": equation.op, "params": equation.params, "types": types})
    return Equation("check", equation.operands, (), params, (), equation.span, equation.role)


def check_of_shapes(equation: Equation, operands: tuple[Atom, ...]) -> Equation:
    """The check of an elementwise equation, on arrays that have the shapes of its operands."""
    made = check_of(equation)
    params = MappingProxyType({**made.params, "shapes": True})
    return Equation("check", operands, (), params, (), equation.span, equation.role)


def checked_equation(check: Equation) -> Equation:
    """The equation that a check stands for, with results of its own."""
    given = check.params
    results = tuple(map(Var, given["types"]))
    return Equation(given["of"], check.operands, results, given["params"], (), check.span, check.role)

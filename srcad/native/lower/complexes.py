"""Formulas of complex numbers, as NumPy has them; Python's own divide and are raised to powers in another way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.raising import as_math, divides, is_python, may_raise
from srcad.native.lower.state import BOOL, DOUBLE, Lowerer, converted
from srcad.native.lower.values import NotLowered
from srcad.trace.nodes import Const, Equation
from srcad.trace.types import Array

ComplexFormula = Callable[[tuple[CExpr, ...], CType], CExpr]
# From 3.14 on Python has C's rules for real numbers beside complex ones, and for infinities.
HAS_RULES_OF_C = sys.version_info >= (3, 14)


def is_complex(operands: tuple[CExpr, ...], result: CType) -> bool:
    """Whether complex numbers take part."""
    return result.is_complex or any(one.type.is_complex for one in operands)


def complex_formula(m: Lowerer, eq: Equation, operands: tuple[CExpr, ...], result: CType) -> CExpr:
    """One element of the result."""
    if eq.op in ("power", "float_power"):
        return _power(m, eq, operands, result)
    make = COMPLEX_FORMULAS.get(eq.op)
    if make is None:
        raise NotLowered(f"{eq.op} of complex numbers", eq.span)
    if is_python(eq) and result.is_complex:
        return _pythons(m, eq, make, operands, result)
    if eq.op == "divide" and eq.result in m.either:
        divides(m, eq, m.let(converted(operands[1], result)), result)
    made = make(operands, result)
    if may_raise(m, eq) and eq.op == "absolute":
        made = m.let(made)
        as_math(m, made, operands)
    return made


def _pythons(m: Lowerer, eq: Equation, make: ComplexFormula, operands: tuple[CExpr, ...], result: CType) -> CExpr:
    if HAS_RULES_OF_C and eq.op in RULES_OF_C:
        raise NotLowered("arithmetic of Python's complex numbers with the rules of C", eq.span)
    if eq.op == "divide":
        both = tuple(m.let(converted(a, result)) for a in operands)
        divides(m, eq, both[1], result)
        return Apply("python_divide", both, result)
    made = make(operands, result)
    if eq.op in OF_CMATH:
        made = m.let(made)
        as_math(m, made, operands)
    return made


def _power(m: Lowerer, eq: Equation, operands: tuple[CExpr, ...], result: CType) -> CExpr:
    both = tuple(m.let(converted(a, result)) for a in operands)
    if is_python(eq):
        made = m.let(Apply("python_power", both, result))
        zero, nothing = ir.Literal(0, result), ir.Literal(0.0, result.part)
        turns = Apply("not_equal", (_part("imag")(both[1:], result.part), nothing), BOOL)
        below = Apply("less", (_part("real")(both[1:], result.part), nothing), BOOL)
        of_zero = Apply("equal", (both[0], zero), BOOL)
        m.fail(Apply("and", (of_zero, Apply("or", (turns, below), BOOL)), BOOL), "zero")
        as_math(m, made, both)
        return made
    if eq.result in m.either:
        m.fail(Apply("equal", (both[0], ir.Literal(0, result)), BOOL), "zero")
    if isinstance(eq.result.type, Array) and isinstance(eq.operands[1], Const):
        name = OF_EXPONENTS.get(eq.operands[1].number or 0)
        if name is not None:
            return COMPLEX_FORMULAS[name](both[:1], result)
    return Apply("power", both, result)


def to_complex(m: Lowerer, eq: Equation) -> None:
    """complex(x), complex(re, im), either of which may be complex itself: re + im * 1j."""
    numbers = [m.scalar(a) for a in eq.operands]
    if len(numbers) == 1 and numbers[0].type.is_complex:
        m.is_number(eq.result, converted(numbers[0], CType.COMPLEX))
        return
    first, second = (*numbers, ir.Literal(0.0, DOUBLE))[:2]
    re, im = _side(first, "real"), _side(second, "real")
    re = Apply("subtract", (re, _side(second, "imag")), DOUBLE) if second.type.is_complex else re
    im = Apply("add", (im, _side(first, "imag")), DOUBLE) if first.type.is_complex else im
    m.is_number(eq.result, Apply("complex", (re, im), CType.COMPLEX))


def _side(number: CExpr, which: str) -> CExpr:
    """A part of a number, as a double."""
    return converted(Apply(which, (number,), number.type.part) if number.type.is_complex else number, DOUBLE)


# ---- the formulas


def _plain(op: str) -> ComplexFormula:
    return lambda operands, result: Apply(op, tuple(converted(a, result) for a in operands), result)


def _asked(op: str) -> ComplexFormula:
    return lambda operands, result: Apply(op, operands, BOOL)


def _logical(op: str) -> ComplexFormula:
    return lambda operands, result: Apply(op, tuple(converted(a, BOOL) for a in operands), BOOL)


def _part(op: str) -> ComplexFormula:
    return lambda operands, result: converted(Apply(op, operands, operands[0].type.part), result)


def _squared(operands: tuple[CExpr, ...], result: CType) -> CExpr:
    return Apply("multiply", (converted(operands[0], result),) * 2, result)


OF_CMATH = frozenset(
    ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
) | frozenset(f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh"))
OF_EXPONENTS: Mapping[complex, str] = MappingProxyType({0.5: "sqrt", -1: "reciprocal", 2: "square"})
RULES_OF_C = frozenset(("add", "subtract", "multiply", "divide", "accumulate", "square"))
COMPLEX_FORMULAS: Mapping[str, ComplexFormula] = MappingProxyType(
    {
        "accumulate": _plain("add"),
        **{op: _plain(op) for op in ("add", "subtract", "multiply", "divide", "negative", "conjugate", "reciprocal")},
        **{op: _plain(op) for op in (*OF_CMATH, "maximum", "minimum")},
        **{op: _asked(op) for op in ("isnan", "isinf", "isfinite")},
        **{op: _logical(op) for op in ("logical_and", "logical_or", "logical_xor", "logical_not")},
        "not_": _logical("logical_not"),
        "truth": _logical("truth"),
        "positive": lambda operands, result: converted(operands[0], result),
        "absolute": _part("modulus"),
        "real": _part("real"),
        "imag": _part("imag"),
        "square": _squared,
    }
)

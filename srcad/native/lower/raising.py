"""What arithmetic of Python's numbers raises, where NumPy's arrays have nan and infinities."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.state import BOOL, DOUBLE, Lowerer, converted
from srcad.ops.exceptions import by_operator
from srcad.trace.nodes import Equation


def is_python(eq: Equation) -> bool:
    """Whether the equation is arithmetic of Python's numbers, which raises, or the run tells whether it is."""
    return eq.result.type.is_scalar and by_operator(eq)


def may_raise(m: Lowerer, eq: Equation) -> bool:
    """Whether the equation is arithmetic of Python's numbers, or of what may be those."""
    return is_python(eq) or eq.result in m.either


def as_math(m: Lowerer, made: CExpr, operands: tuple[CExpr, ...]) -> None:
    """`math` and `cmath` raise where a nan comes of none, and an infinity of what is finite."""
    domain = Apply("is_nan", (made,), BOOL)
    overflow = Apply("is_inf", (made,), BOOL)
    for one in operands:
        wide = one if one.type.is_complex else converted(one, DOUBLE)
        domain = Apply("and", (domain, Apply("not", (Apply("is_nan", (wide,), BOOL),), BOOL)), BOOL)
        overflow = Apply("and", (overflow, Apply("is_finite", (wide,), BOOL)), BOOL)
    m.fail(Apply("or", (domain, overflow), BOOL), "math")


def divides(m: Lowerer, eq: Equation, by: CExpr, result: CType) -> None:
    """A quotient: by zero Python raises, and of ints NumPy has an answer of its own."""
    zero = ir.Literal(0, result)
    if may_raise(m, eq) and not (isinstance(by, ir.Literal) and by.value):
        m.fail(Apply("equal", (by, zero), BOOL), "zero")
    elif not result.has_nan:
        m.fail(Apply("equal", (by, zero), BOOL), "arithmetic")

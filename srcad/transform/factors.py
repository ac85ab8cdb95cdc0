"""Constant factors in derivative code: collected where they are cheapest, and written as the machine takes them best.

    y_dot = 0.5 * (2 * a_dot * a + 2 * b_dot * b) / y     ->     y_dot = (a_dot * a + b_dot * b) / y
    f_dot = np.sum(2 * x_dot * x)                         ->     f_dot = 2.0 * np.sum(x_dot * x)

Nothing but signs and powers of two changes places, so nothing is rounded in another way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.types import Scalar, dtype_of
from srcad.transform.folding import Folded, Folder, derived, fits, folds, is_derivative, number
from srcad.transform.similar import same_type

REDUCTIONS = ("sum", "mean")
PRODUCTS = ("matmul", "dot", "inner")
FLOATS = ("float16", "float32", "float64")
LARGEST_EXACT = 2**53
_OTHER = {"add": "subtract", "subtract": "add"}

# ---- how numbers are written


@folds("add", "subtract", "multiply", "divide")
def float_constant(folder: Folder, equation: Equation) -> Folded:
    """2 * x: 2.0 * x, for which Python and NumPy need not convert the number first."""
    if not is_derivative(equation):
        return None
    a, b = equation.operands
    for place, (whole, other) in enumerate(((a, b), (b, a))):
        value = number(whole)
        if type(value) is int and abs(value) < LARGEST_EXACT and dtype_of(other.type) in FLOATS:
            operands = (_float(value), other) if place == 0 else (other, _float(value))
            if fits(equation.op, operands, equation.result.type):
                return derived(equation, equation.op, operands)
    return None


@folds("power")
def square_of_number(folder: Folder, equation: Equation) -> Folded:
    """x ** 2: x * x, for numbers; arrays are squared as fast."""
    x, exponent = equation.operands
    if not is_derivative(equation) or number(exponent) != 2 or not isinstance(x, Var):
        return None
    is_number = isinstance(x.type, Scalar) and dtype_of(x.type) in FLOATS
    return (
        derived(equation, "multiply", (x, x)) if is_number and fits("multiply", (x, x), equation.result.type) else None
    )


def _float(value: float) -> Const:
    return const(float(value))


# ---- where they stand


@folds(*REDUCTIONS)
def factor_of_sum(folder: Folder, equation: Equation) -> Folded:
    """sum(c * x): c * sum(x)."""
    return _outwards(folder, equation, equation.operands) if is_derivative(equation) else None


@folds(*PRODUCTS)
def factor_of_product(folder: Folder, equation: Equation) -> Folded:
    """(c * x) @ y: c * (x @ y), where that is a number."""
    if not is_derivative(equation) or not isinstance(equation.result.type, Scalar):
        return None
    return _outwards(folder, equation, equation.operands)


def _outwards(folder: Folder, equation: Equation, operands: tuple[Atom, ...]) -> Folded:
    for place, operand in enumerate(operands):
        found = factored(folder, operand)
        if found is not None:
            factor, rest = found
            inner = (*operands[:place], rest(), *operands[place + 1 :])
            return times(folder, equation, factor, folder.emit(equation, equation.op, *inner, **equation.params))
    return None


@folds("multiply")
def factor_of_factor(folder: Folder, equation: Equation) -> Folded:
    """c * (d * x * y): (c * d) * (x * y)."""
    c, x = equation.operands
    factor = number(c)
    if not is_derivative(equation) or not isinstance(factor, float) or not 1e-100 < abs(factor) < 1e100:
        return None
    found = factored(folder, x)
    if found is None or (factor * found[0] != 1.0 and folder.maker(x, "negative")):
        return None
    return times(folder, equation, factor * found[0], found[1]())


@folds("add", "subtract")
def common_factor(folder: Folder, equation: Equation) -> Folded:
    """c * a + c * b: c * (a + b)."""
    if not is_derivative(equation):
        return None
    whole = equation.result.type
    first, second = (factored(folder, operand, whole) for operand in equation.operands)
    if first is None or second is None or abs(first[0]) != abs(second[0]) or abs(first[0]) == 1.0:
        return None
    op = equation.op if first[0] == second[0] else _OTHER[equation.op]
    return times(folder, equation, first[0], folder.emit(equation, op, first[1](), second[1]()))


def times(folder: Folder, equation: Equation, factor: float, x: Atom) -> Folded:
    """factor * x, for the result of an equation."""
    if factor == 1.0:
        return x
    if factor == -1.0:
        return derived(equation, "negative", (x,))
    return derived(equation, "multiply", (_float(factor), x))


Factored = tuple[float, Callable[[], Atom]]


def factored(folder: Folder, atom: Atom, size: Any = None) -> Factored | None:
    """A sign or a power of two that a value is a multiple of, and how to make the rest.

    With `size`: one that multiplies something of this type.
    """
    made = folder.made.get(atom)
    if made is None or not is_derivative(made) or made.op not in _PARTS or folder.uses.count[made.result] > 1:
        return None
    if dtype_of(made.result.type) not in FLOATS or (size is not None and not same_type(made.result.type, size)):
        return None
    if made.op == "negative":
        return -1.0, lambda: made.operands[0]
    if made.op == "multiply" and is_power_of_two(made.operands[0]):
        c, x = made.operands
        return (float(number(c)), lambda: x) if same_type(x.type, made.result.type) else None
    for place in _PARTS[made.op]:
        found = factored(folder, made.operands[place], size)
        if found is not None:
            return found[0], _remade(folder, made, place, found[1])
    return None


_PARTS = {"negative": (0,), "multiply": (0, 1), "divide": (0,)}


def _remade(folder: Folder, made: Equation, place: int, part: Callable[[], Atom]) -> Callable[[], Atom]:
    """The equation with another operand."""
    before, after = made.operands[:place], made.operands[place + 1 :]
    return lambda: folder.emit(made, made.op, *before, part(), *after, **made.params)


def is_power_of_two(atom: Atom) -> bool:
    value = number(atom)
    return type(value) in (int, float) and 1e-100 < abs(value) < 1e100 and abs(math.frexp(value)[0]) == 0.5


# ---- sums of what is the same but for its sign


@folds("add", "accumulate")
def twice(folder: Folder, equation: Equation) -> Folded:
    """a + a: 2.0 * a."""
    a, b = equation.operands
    if not is_derivative(equation) or a is not b or dtype_of(a.type) not in FLOATS:
        return None
    return derived(equation, "multiply", (_float(2.0), a)) if same_type(a.type, equation.result.type) else None


@folds("subtract")
def negative_minus_the_same(folder: Folder, equation: Equation) -> Folded:
    """-a - a: -2.0 * a."""
    a, b = equation.operands
    inner = folder.maker(a, "negative", once=True)
    if inner is None or inner.operands[0] is not b or not is_derivative(equation) or dtype_of(b.type) not in FLOATS:
        return None
    return derived(equation, "multiply", (_float(-2.0), b)) if same_type(b.type, equation.result.type) else None


# ---- signs


@folds("add", "subtract")
def add_opposite(folder: Folder, equation: Equation) -> Folded:
    """a + b * c for c = -x, which is there for others: a - b * x; b * c + a: a - b * x."""
    if not is_derivative(equation):
        return None
    (a, b), other = equation.operands, _OTHER[equation.op]
    if (positive := opposite(folder, b)) is not None:
        return derived(equation, other, (a, positive()))
    if equation.op == "add" and (positive := opposite(folder, a)) is not None:
        return derived(equation, "subtract", (b, positive()))
    return None


@folds("accumulate", "add_item")
def accumulate_opposite(folder: Folder, equation: Equation) -> Folded:
    """a += b * c for c = -x: a += -(b * x), which is written a -= b * x."""
    total, b, *index = equation.operands
    positive = opposite(folder, b) if is_derivative(equation) and not folder.maker(b, "negative") else None
    if positive is None:
        return None
    negative = folder.emit(equation, "negative", positive())
    return derived(equation, equation.op, (total, negative, *index), params=equation.params)


def opposite(folder: Folder, atom: Atom) -> Callable[[], Atom] | None:
    """How to make -x instead of x, for no more than x takes."""
    made = folder.made.get(atom)
    if made is None or dtype_of(made.result.type if len(made.results) == 1 else atom.type) not in FLOATS:
        return None
    if made.op == "negative":
        return lambda: made.operands[0]
    if not is_derivative(made) or made.op not in _TERMS or folder.uses.count[made.result] > 1:
        return None
    parts = [opposite(folder, operand) for operand in made.operands]
    for place in _TERMS[made.op]:
        part = parts[place]
        if part is not None:
            return _remade(folder, made, place, part)
    return _difference(folder, made, parts)


def _difference(folder: Folder, made: Equation, parts: list[Callable[[], Atom] | None]) -> Callable[[], Atom] | None:
    """-(-x - b): x + b; -(-x + b): x - b."""
    if made.op not in _OTHER:
        return None
    (first, second), (a, b) = parts, made.operands
    if made.op == "add" and first is None and second is not None:
        return lambda: folder.emit(made, "subtract", second(), a)
    if first is not None:
        return lambda: folder.emit(made, _OTHER[made.op], first(), b)
    return None


_TERMS = {"multiply": (0, 1), "divide": (0, 1), "with_dims": (0,), "add": (), "subtract": ()}

__all__ = ["factored", "is_power_of_two"]

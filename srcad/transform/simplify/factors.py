"""Constant factors in derivative code: collected where they are cheapest, and written as the machine takes them best.

    y_dot = 0.5 * (2 * a_dot * a + 2 * b_dot * b) / y     ->     y_dot = (a_dot * a + b_dot * b) / y
    f_dot = np.sum(2 * x_dot * x)                         ->     f_dot = 2.0 * np.sum(x_dot * x)

Nothing but signs and powers of two changes places, so nothing is rounded in another way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from srcad.ops.catalogue import OPS, Kind
from srcad.ops.subscripts import may_repeat
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation
from srcad.trace.types import Type, dtype_of, rank_of
from srcad.transform.simplify.folder import Folded, Folder, Rules, derived, fits, is_derivative, number
from srcad.transform.simplify.similar import same_type

folds = Rules()

FLOATS = ("float16", "float32", "float64")
LARGEST_EXACT = 2**53
_OTHER = {"add": "subtract", "subtract": "add"}

# ---- how numbers are written


@folds("add", "subtract", "multiply", "divide")
def float_constant(_folder: Folder, equation: Equation) -> Folded:
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
def square_of_number(_folder: Folder, equation: Equation) -> Folded:
    """x ** 2: x * x, for numbers; arrays are squared as fast."""
    x, exponent = equation.operands
    if not is_derivative(equation) or number(exponent) != 2 or not x.is_variable:
        return None
    is_number = x.type.is_scalar and dtype_of(x.type) in FLOATS
    return (
        derived(equation, "multiply", (x, x)) if is_number and fits("multiply", (x, x), equation.result.type) else None
    )


def _float(value: float) -> Const:
    return const(float(value))


# ---- where they stand


@folds(*(name for name, declared in OPS.items() if declared.kind is Kind.REDUCTION and declared.linear))
def factor_of_sum(folder: Folder, equation: Equation) -> Folded:
    """sum(c * x): c * sum(x)."""
    return _outwards(folder, equation, equation.operands[:1]) if is_derivative(equation) else None


@folds(*(name for name, declared in OPS.items() if declared.kind is Kind.CONTRACTION and declared.bilinear))
def factor_of_product(folder: Folder, equation: Equation) -> Folded:
    """(c * x) @ y: c * (x @ y), where that has fewer dimensions than x."""
    rank = rank_of(equation.result.type)
    large = [a for a in equation.operands if rank is not None and (rank_of(a.type) or 0) > rank]
    return _outwards(folder, equation, large) if is_derivative(equation) else None


def _outwards(folder: Folder, equation: Equation, chosen: Sequence[Atom]) -> Folded:
    """The equation without the factor of one of the chosen operands, times that factor."""
    for place, operand in enumerate(equation.operands):
        found = factored(folder, operand) if operand in chosen else None
        if found is not None:
            before, after = equation.operands[:place], equation.operands[place + 1 :]
            x = folder.emit(equation, equation.op, *before, found.times(1.0), *after, **equation.params)
            return times(folder, equation, found.factor, x)
    return None


@folds("multiply")
def factor_of_factor(folder: Folder, equation: Equation) -> Folded:
    """c * (d * x * y): (c * d) * x * y."""
    c, x = equation.operands
    factor = number(c)
    if not is_derivative(equation) or not isinstance(factor, float) or not 1e-100 < abs(factor) < 1e100:
        return None
    found = factored(folder, x) if same_type(x.type, equation.result.type) else None
    return None if found is None else found.times(factor * found.factor)


@folds("add", "subtract")
def common_factor(folder: Folder, equation: Equation) -> Folded:
    """c * a + c * b: c * (a + b)."""
    if not is_derivative(equation):
        return None
    whole = equation.result.type
    first, second = (factored(folder, operand, whole) for operand in equation.operands)
    if first is None or second is None or abs(first.factor) != abs(second.factor) or abs(first.factor) == 1.0:
        return None
    op = equation.op if first.factor == second.factor else _OTHER[equation.op]
    return times(folder, equation, first.factor, folder.emit(equation, op, first.times(1.0), second.times(1.0)))


def times(_folder: Folder, equation: Equation, factor: float, x: Atom) -> Folded:
    """factor * x, for the result of an equation."""
    if factor == 1.0:
        return x
    if factor == -1.0:
        return derived(equation, "negative", (x,))
    return derived(equation, "multiply", (_float(factor), x))


@dataclass(frozen=True)
class Factored:
    """A sign or a power of two that a value is a multiple of, and how to make the value with another factor."""

    factor: float
    times: Callable[[float], Atom]


def factored(folder: Folder, atom: Atom, size: Type | None = None) -> Factored | None:
    """The factor of a value that is read only here; with `size`: one that multiplies something of this type."""
    made = folder.made.get(atom)
    if made is None or not is_derivative(made) or made.op not in _PARTS or folder.uses.count[made.result] > 1:
        return None
    if dtype_of(made.result.type) not in FLOATS or (size is not None and not same_type(made.result.type, size)):
        return None
    if made.op == "negative":
        return Factored(-1.0, _rescaled(folder, made, made.operands[0]))
    if made.op == "multiply" and is_power_of_two(made.operands[0]):
        c, x = made.operands
        same = same_type(x.type, made.result.type)
        return Factored(float(number(c)), _rescaled(folder, made, x)) if same else None
    for place in _PARTS[made.op]:
        found = factored(folder, made.operands[place], size)
        if found is not None:
            return Factored(found.factor, _remade(folder, made, place, found.times))
    return None


_PARTS = {"negative": (0,), "multiply": (0, 1), "divide": (0,)}


def _rescaled(folder: Folder, made: Equation, x: Atom) -> Callable[[float], Atom]:
    def make(factor: float) -> Atom:
        if abs(factor) == 1.0:
            return x if factor > 0 else folder.emit(made, "negative", x)
        return folder.emit(made, "multiply", _float(factor), x)

    return make


def _remade(folder: Folder, made: Equation, place: int, part: Callable[..., Atom]) -> Callable[..., Atom]:
    """The equation with another operand."""
    before, after = made.operands[:place], made.operands[place + 1 :]
    return lambda *args: folder.emit(made, made.op, *before, part(*args), *after, **made.params)


def is_power_of_two(atom: Atom) -> bool:
    """Of those that come with derivatives: none that makes a number overflow."""
    value = number(atom)
    return type(value) in (int, float) and 2**-10 <= abs(value) <= 2**10 and abs(math.frexp(value)[0]) == 0.5


# ---- sums of what is the same but for its sign


@folds("add", "accumulate")
def twice(_folder: Folder, equation: Equation) -> Folded:
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
    if equation.op == "add_item" and may_repeat(tuple(a.type for a in index), equation.params["index"]):
        return None  # np.add.at can't subtract
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
    for place in _TERMS[made.op] if made.op != "where" else _only_choice(made):
        part = parts[place]
        if part is not None:
            return _remade(folder, made, place, part)
    return _difference(folder, made, parts)


def _only_choice(made: Equation) -> tuple[int, ...]:
    """Which operand of a `where` stands beside a zero."""
    _, a, b = made.operands
    return (1,) if number(b) == 0 else (2,) if number(a) == 0 else ()


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


_TERMS = {"multiply": (0, 1), "divide": (0, 1), "with_dims": (0,), "where": (), "add": (), "subtract": ()}

__all__ = ["factored", "is_power_of_two"]

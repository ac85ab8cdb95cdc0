"""Algebraic identities that hold exactly: for the user's own code those that any rounding and any nan respect."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.types import Array, ListOf, Scalar, Type, Unknown, dtype_of, is_inexact
from srcad.transform.simplify.folder import Folded, Folder, Rules, derived, fits, is_derivative, number
from srcad.transform.simplify.similar import same_kind, same_type

folds = Rules()

# ---- neutral elements


@folds("multiply", "add", "logical_and", "logical_or")
def neutral_on_either_side(_folder: Folder, equation: Equation) -> Folded:
    """x * 1, 1 * x, x + 0, 0 + x."""
    a, b = equation.operands
    return neutral(equation, a, b) or neutral(equation, b, a)


@folds("divide", "power", "subtract")
def neutral_on_the_right(_folder: Folder, equation: Equation) -> Folded:
    """x / 1, x ** 1, x - 0."""
    return neutral(equation, *equation.operands)


def neutral(equation: Equation, x: Atom, other: Atom) -> Atom | None:
    """x, if the other operand is a number that changes neither its value nor its type."""
    if not isinstance(other, Const) or not is_neutral(equation, other.value):
        return None
    return x if unchanged(x, other, equation.result.type) else None


def is_neutral(equation: Equation, value: Any) -> bool:
    """A float zero added by the user may be there to turn -0.0 into 0.0; an int zero is where sums begin."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    if equation.op in ("multiply", "divide", "power"):
        return bool(value == 1)
    if equation.op not in ("add", "subtract") or value != 0:
        return False
    harmless = math.copysign(1.0, value) < 0 if equation.op == "add" else math.copysign(1.0, value) > 0
    return harmless or isinstance(value, int) or is_derivative(equation)


def unchanged(x: Atom, scalar: Const, result: Type) -> bool:
    """Whether an elementwise operation of x with a scalar constant has the type of x."""
    if isinstance(x.type, Unknown):
        return isinstance(scalar.type, Scalar) and x.type.dtype is not None and x.type == result
    return scalar.type.is_scalar and same_kind(x.type, result)


# ---- signs


@folds("negative")
def negative_of_negative(folder: Folder, equation: Equation) -> Folded:
    inner = folder.maker(equation.operands[0], "negative")
    return inner.operands[0] if inner and same_kind(inner.operands[0].type, equation.result.type) else None


@folds("multiply")
def times_minus_one(_folder: Folder, equation: Equation) -> Folded:
    """-1.0 * x: -x."""
    if not is_derivative(equation):
        return None
    for x, other in (equation.operands, equation.operands[::-1]):
        if number(other) == -1 and isinstance(other, Const) and unchanged(x, other, equation.result.type):
            return derived(equation, "negative", (x,))
    return None


@folds("subtract")
def zero_minus(_folder: Folder, equation: Equation) -> Folded:
    """0.0 - x: -x."""
    zero, x = equation.operands
    if is_derivative(equation) and number(zero) == 0 and isinstance(zero, Const):
        return derived(equation, "negative", (x,)) if unchanged(x, zero, equation.result.type) else None
    return None


@folds("multiply", "divide")
def sign_outwards(folder: Folder, equation: Equation) -> Folded:
    """(-a) * b: -(a * b), so that what adds it up can subtract it."""
    if not is_derivative(equation):
        return None
    a, b = equation.operands
    for place, operand in enumerate((a, b)):
        inner = folder.maker(operand, "negative", once=True)
        if inner is None or not is_derivative(inner) or not is_inexact(dtype_of(inner.operands[0].type)):
            continue
        x = inner.operands[0]
        other = (b, a)[place]
        if (constant := number(other)) is not None and not other.is_variable:
            flipped: Atom = Const(-constant, other.type)
            return derived(equation, equation.op, (x, flipped) if place == 0 else (flipped, x))
        product = folder.emit(equation, equation.op, *((x, b) if place == 0 else (a, x)))
        return derived(equation, "negative", (product,))
    return None


@folds("negative")
def negative_of_product(folder: Folder, equation: Equation) -> Folded:
    """-(c * x) with a constant: (-c) * x."""
    product = folder.maker(equation.operands[0], "multiply", once=True)
    if product is None or not is_derivative(equation) or not is_derivative(product):
        return None
    c, x = product.operands
    if isinstance(c, Const) and isinstance(c.value, float):
        return derived(equation, "multiply", (Const(-c.value, c.type), x))
    return None


@folds("add", "subtract")
def add_negative(folder: Folder, equation: Equation) -> Folded:
    """a + (-b): a - b; (-a) + b: b - a; a - (-b): a + b."""
    if not is_derivative(equation):
        return None
    a, b = equation.operands
    opposite = "subtract" if equation.op == "add" else "add"
    if (inner := folder.maker(b, "negative", once=True)) is not None:
        return derived(equation, opposite, (a, inner.operands[0]))
    if equation.op == "add" and (inner := folder.maker(a, "negative", once=True)) is not None:
        return derived(equation, opposite, (b, inner.operands[0]))
    return None


# ---- constant factors


@folds("multiply")
def constant_first(_folder: Folder, equation: Equation) -> Folded:
    """x * 2.0: 2.0 * x, as one writes it."""
    x, c = equation.operands
    if is_derivative(equation) and number(c) is not None and number(x) is None:
        return derived(equation, "multiply", (c, x))
    return None


@folds("multiply")
def constant_factors(folder: Folder, equation: Equation) -> Folded:
    """c * (d * x): (c * d) * x, where one of them is a power of two, so that nothing is rounded in another way."""
    c, product = equation.operands
    inner = folder.maker(product, "multiply")
    if inner is None or not isinstance(c, Const) or not is_derivative(equation):
        return None
    d, x = inner.operands
    if not isinstance(d, Const) or not isinstance(x, Var) or not exact_product(c.value, d.value):
        return None
    factor = const(c.value * d.value)
    return derived(equation, "multiply", (factor, x)) if fits("multiply", (factor, x), equation.result.type) else None


def exact_product(c: Any, d: Any) -> bool:
    """Whether c * d is exact, and c * (d * x) the same as (c * d) * x but for overflow."""
    if {type(c), type(d)} not in ({float}, {float, int}) or not 1e-100 < abs(c * d) < 1e100:
        return False
    return any(math.frexp(v)[0] in (0.5, -0.5) for v in (c, d))


# ---- sums


@folds("accumulate")
def accumulate_onto_zero(folder: Folder, equation: Equation) -> Folded:
    """The first contribution is the value."""
    total, contribution = equation.operands
    if not is_zero(folder, total) or not same_type(contribution.type, equation.result.type):
        return None
    return contribution


@folds("accumulate")
def positive_first(folder: Folder, equation: Equation) -> Folded:
    """(-a) + b: b + (-a), which is written b - a; 1.0 + a: a + 1.0."""
    a, b = equation.operands
    late = number(a) is not None or (is_negative(folder, a) and not is_negative(folder, b))
    if late and number(b) is None and same_type(b.type, equation.result.type):
        return derived(equation, "accumulate", (b, a))
    return None


def is_negative(folder: Folder, atom: Atom) -> bool:
    """Whether the value is written with a minus sign in front."""
    if folder.maker(atom, "negative"):
        return True
    product = folder.maker(atom, "multiply") or folder.maker(atom, "divide")
    sign = number(product.operands[0]) if product else None
    return isinstance(sign, (int, float)) and sign < 0


def is_zero(folder: Folder, atom: Atom) -> bool:
    return number(atom) == 0 or any(folder.maker(atom, op) for op in ("zeros", "zeros_like"))


# ---- what leaves its operand as it is


@folds("positive", "cast", "reshape", "broadcast_to", "expand_dims", "squeeze", "sum_to", "sum_to_shape", "materialise")
def no_change(_folder: Folder, equation: Equation) -> Folded:
    """Shapes that are so already; a bool has no other positive."""
    x = equation.operands[0]
    return x if same_type(x.type, equation.result.type) else None


@folds("materialise", "sum_to_shape")
def no_stretching(_folder: Folder, equation: Equation) -> Folded:
    """What broadcasts to a shape has it, if none of its lengths is 1; what sums to a shape without 1s has it already.

    That holds whatever the lengths are called: those of operands that met in an elementwise operation are equal.
    """
    g, like = equation.operands
    small, large = (g, like) if equation.op == "materialise" else (like, g)
    if (
        not isinstance(small.type, Array)
        or not isinstance(large.type, Array)
        or not same_kind(g.type, equation.result.type)
    ):
        return None
    pairs = zip(small.type.dims, large.type.dims, strict=False)
    fits_already = small.type.rank == large.type.rank and all(a.not_one or a.same(b) for a, b in pairs)
    return g if fits_already else None


@folds("cast")
def no_cast(_folder: Folder, equation: Equation) -> Folded:
    x = equation.operands[0]
    return x if same_kind(x.type, equation.result.type) else None


@folds("get_item")
def whole(_folder: Folder, equation: Equation) -> Folded:
    """x[:], x[...]"""
    x = equation.operands[0]
    entries = equation.params["index"]
    everything = all(entry[0] == "ellipsis" or entry == ("slice", None, None, None) for entry in entries)
    return x if everything and x.type.is_array and same_kind(x.type, equation.result.type) else None


@folds("transpose")
def transpose(folder: Folder, equation: Equation) -> Folded:
    x = equation.operands[0]
    axes = permutation(equation)
    if axes is None:
        return None
    if axes == tuple(range(len(axes))):
        return x
    inner = folder.maker(x, "transpose")
    first = permutation(inner) if inner else None
    if inner is None or first is None:
        return None
    composed = tuple(first[k] for k in axes)
    source = inner.operands[0]
    if composed == tuple(range(len(axes))):
        return source
    return derived(equation, "transpose", (source,), params={"axes": composed})


def permutation(equation: Equation) -> tuple[int, ...] | None:
    """The axes of a transposition; None where the rank isn't known."""
    t = equation.operands[0].type
    if not isinstance(t, Array):
        return None
    axes = equation.params.get("axes")
    return tuple(range(t.rank))[::-1] if axes is None else tuple(a % t.rank for a in axes)


# ---- lists and tuples


@folds("tuple_get")
def item_of_tuple(folder: Folder, equation: Equation) -> Folded:
    made = folder.maker(equation.operands[0], "tuple_new")
    return made.operands[equation.params["index"]] if made else None


@folds("list_get")
def item_of_list(folder: Folder, equation: Equation) -> Folded:
    made, place = folder.maker(equation.operands[0], "list_new"), number(equation.operands[1])
    if made is None or type(place) is not int or not -len(made.operands) <= place < len(made.operands):
        return None
    item = made.operands[place]
    return item if folder.is_same(item, equation.result) else None


@folds("list_len")
def length_of_list(folder: Folder, equation: Equation) -> Folded:
    made = folder.maker(equation.operands[0], "list_new")
    return Const(len(made.operands), equation.result.type) if made else None


@folds("list_zeros")
def zeros_of_nothing(folder: Folder, equation: Equation) -> Folded:
    """Of an empty list: another empty list."""
    made, t = folder.maker(equation.operands[0], "list_new"), equation.result.type
    if made is None or made.operands:
        return None
    element = {"element": t.element} if isinstance(t, ListOf) and "element" in made.params else {}
    return derived(equation, "list_new", (), params={**made.params, **element})


@folds("list_pop")
def pop_what_was_appended(folder: Folder, equation: Equation) -> Folded:
    appended = folder.maker(equation.operands[0], "list_append")
    if appended is None or len(equation.operands) > 1:
        return None
    rest, value = appended.operands
    return (value, rest) if folder.is_same(value, equation.results[0]) else None


@folds("not_")
def not_of_not(folder: Folder, equation: Equation) -> Folded:
    """A double `not` of a bool."""
    inner = folder.maker(equation.operands[0], "not_")
    if inner is None:
        return None
    x = inner.operands[0]
    return x if x.type == equation.result.type else None

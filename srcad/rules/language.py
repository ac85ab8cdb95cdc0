"""The language in which rules are written: expressions that build equations.

An `Expr` is an atom together with the builder into which its operators emit equations, so `1 - y**2` reads as
mathematics and is a piece of trace.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from srcad.trace.builder import Builder
from srcad.trace.builder import atom as to_atom
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import ListOf, Record, Scalar, TupleOf, Type, dims_of, dtype_of, is_complex, rank_of

Operand: TypeAlias = "Expr | Atom | complex | None"
Given: TypeAlias = "Operand | Sequence[Operand]"  # what a rule gives: contributions or tangents; None: zero


@dataclass(frozen=True, eq=False)
class Expr:
    """An atom in the making of a rule."""

    b: Builder
    atom: Atom

    @property
    def type(self) -> Type:
        return self.atom.type

    @property
    def rank(self) -> int | None:
        return rank_of(self.atom.type)

    @property
    def dtype(self) -> str | None:
        return dtype_of(self.atom.type)

    @property
    def is_complex(self) -> bool:
        return is_complex(self.atom.type)

    @property
    def is_none(self) -> bool:
        return self.atom.is_none

    @property
    def constant(self) -> Any:
        """The value of a constant; None for a variable."""
        return self.atom.value if isinstance(self.atom, Const) else None

    def __add__(self, other: Operand) -> Expr:
        return apply("add", self, other)

    def __radd__(self, other: Operand) -> Expr:
        return apply("add", other, self)

    def __sub__(self, other: Operand) -> Expr:
        return apply("subtract", self, other)

    def __rsub__(self, other: Operand) -> Expr:
        return apply("subtract", other, self)

    def __mul__(self, other: Operand) -> Expr:
        return apply("multiply", self, other)

    def __rmul__(self, other: Operand) -> Expr:
        return apply("multiply", other, self)

    def __truediv__(self, other: Operand) -> Expr:
        return apply("divide", self, other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return apply("divide", other, self)

    def __floordiv__(self, other: Operand) -> Expr:
        return apply("floor_divide", self, other)

    def __pow__(self, other: Operand) -> Expr:
        return apply("power", self, other)

    def __rpow__(self, other: Operand) -> Expr:
        return apply("power", other, self)

    def __matmul__(self, other: Operand) -> Expr:
        return apply("matmul", self, other)

    def __neg__(self) -> Expr:
        return apply("negative", self)

    def __lt__(self, other: Operand) -> Expr:
        return apply("less", self, other)

    def __le__(self, other: Operand) -> Expr:
        return apply("less_equal", self, other)

    def __gt__(self, other: Operand) -> Expr:
        return apply("greater", self, other)

    def __ge__(self, other: Operand) -> Expr:
        return apply("greater_equal", self, other)


def apply(op: str, *operands: object, **params: object) -> Expr:
    """Emit an operation that has one result. One of the operands at least is an `Expr`."""
    b = _builder_of(operands)
    return Expr(b, b.emit(op, *map(unwrap, operands), **params))


def apply_many(op: str, *operands: object, **params: object) -> tuple[Expr, ...]:
    """Emit an operation that has several results. One of the operands at least is an `Expr`."""
    b = _builder_of(operands)
    return tuple(Expr(b, v) for v in b.emit_many(op, *map(unwrap, operands), **params))


def unwrap(value: object) -> object:
    """What an equation can take as an operand."""
    return value.atom if isinstance(value, Expr) else value


def _builder_of(operands: tuple[object, ...]) -> Builder:
    return next(operand.b for operand in operands if isinstance(operand, Expr))


def _named(op: str) -> Callable[..., Expr]:
    """A function that emits one operation with one result."""

    def function(*operands: object, **params: object) -> Expr:
        return apply(op, *operands, **params)

    function.__name__ = op
    function.__doc__ = f"Emit `{op}`."
    return function


# elementwise, by NumPy's names
exp, expm1, exp2 = _named("exp"), _named("expm1"), _named("exp2")
log, log1p, sqrt, square = _named("log"), _named("log1p"), _named("sqrt"), _named("square")
sin, cos, tan = _named("sin"), _named("cos"), _named("tan")
sinh, cosh, tanh = _named("sinh"), _named("cosh"), _named("tanh")
absolute, sign, floor, conjugate = _named("absolute"), _named("sign"), _named("floor"), _named("conjugate")
real, imag = _named("real"), _named("imag")
maximum, minimum, copysign = _named("maximum"), _named("minimum"), _named("copysign")
equal, not_equal = _named("equal"), _named("not_equal")
greater_equal = _named("greater_equal")
logical_and, logical_or, logical_not = _named("logical_and"), _named("logical_or"), _named("logical_not")


def where(condition: object, x: Operand, y: Operand) -> Expr:
    """A choice; a number beside complex numbers is complex, as one that is chosen keeps its type."""
    both = [z.is_complex for z in (x, y) if isinstance(z, Expr)]
    if any(both):
        x, y = (complex(z) if isinstance(z, float) else z for z in (x, y))
    return apply("where", condition, x, y)


# structure
copy, zeros_like, materialise = _named("copy"), _named("zeros_like"), _named("materialise")
get_item, set_item, add_item = _named("get_item"), _named("set_item"), _named("add_item")
cast, size, shape = _named("cast"), _named("size"), _named("shape")
sum_to_shape = _named("sum_to_shape")

# shaping and products
reshape, broadcast_to, matmul = _named("reshape"), _named("broadcast_to"), _named("matmul")
take_along_axis = _named("take_along_axis")


def total(x: Expr, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Expr:
    """The sum over axes."""
    return apply("sum", x, axis=axis, keepdims=keepdims)


def transpose(x: Expr, axes: tuple[int, ...] | None = None) -> Expr:
    return apply("transpose", x, axes=axes)


def dim(x: Expr, axis: int) -> Expr:
    """The length of an axis: a constant where the type tells it."""
    dims = dims_of(x.type)
    if dims is not None and dims[axis].number is not None:
        return Expr(x.b, to_atom(dims[axis].offset))
    return apply("dim", x, axis=axis)


def count(x: Expr, axis: int | tuple[int, ...] | None) -> Expr:
    """How many elements a reduction over these axes takes together."""
    if axis is None:
        return apply("size", x)
    axes = (axis,) if isinstance(axis, int) else axis
    if not axes:
        return Expr(x.b, to_atom(1))
    product = dim(x, axes[0])
    for other in axes[1:]:
        product = product * dim(x, other)
    return product


def expanded(g: Expr, axis: int | tuple[int, ...] | None, x: Expr) -> Expr:
    """Put axes of length one where a reduction of `x` over `axis` took them away.

    `g` may lack leading dimensions. After a reduction over all axes the scalar itself broadcasts as well as anything.
    """
    if axis is None or g.rank == 0:
        return g
    axes = (axis,) if isinstance(axis, int) else axis
    if x.rank is None or g.rank is None:
        return apply("expand_dims", g, axis=axes)
    kept = [k for k in range(x.rank) if k not in axes]
    first = kept[len(kept) - g.rank]
    index = [_NEW if k in axes else _WHOLE for k in range(first, x.rank)]
    return get_item(g, index=tuple(index)) if _NEW in index else g


_NEW, _WHOLE = ("newaxis",), ("slice", None, None, None)


def flipped(x: Expr, axis: int) -> Expr:
    """`x[::-1]` along an axis."""
    return get_item(x, -1, index=(*(_WHOLE,) * axis, ("slice", None, None, 0)))


def nonzero(x: Expr) -> Expr:
    """`x` with 1 in the place of 0: a divisor for what is 0 there."""
    return where(apply("equal", x, 0.0), 1.0, x)


def or_infinity(x: Expr) -> Expr:
    """`x` with infinity in the place of 0: a divisor that leaves 0 there, whatever is divided, in all orders."""
    return where(apply("equal", x, 0.0), math.inf, x)


def zeros(x: Expr) -> Expr:
    """The zero of the space of `x`."""
    if isinstance(x.type, Scalar) and x.type.python:
        return Expr(x.b, to_atom(0.0))
    return apply("list_zeros" if isinstance(x.type, (ListOf, TupleOf, Record)) else "zeros_like", x)


def unbroadcast(g: Expr, like: Expr) -> Expr:
    """Sum `g` over the dimensions that broadcasting stretched to make it from the shape of `like`.

    For operations that broadcast an operand of their own (stores); elementwise ones leave it to the sweep.
    """
    have, want = dims_of(g.type), dims_of(like.type)
    if have is None or want is None:
        return apply("sum_to_shape", g, like)
    lead = len(have) - len(want)
    if lead < 0:  # what is stored may have more axes than its place has, of length 1
        return unbroadcast(get_item(g, index=(_NEW,) * -lead), like)
    pairs = list(enumerate(zip(have[lead:], want, strict=True), lead))
    if any(not (w.same(h) or w.is_one or w.not_one) for _, (h, w) in pairs):
        return apply("sum_to_shape", g, like)
    keep = tuple(k for k, (h, w) in pairs if w.is_one and not h.is_one)
    axes = (*range(lead), *keep)
    if len(axes) == len(have) and not keep:
        return total(g) if axes else g
    return apply("sum_to", g, axes=axes, keep=keep) if axes else g

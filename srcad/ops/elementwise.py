"""Elementwise operations: NumPy's ufuncs and their kin, by NumPy's names; operators and `math` lower to the same.

The tables say for each how it is spelled: with operators, with NumPy, with `math` for floats. How a call becomes an
equation is the same for all of them.
"""

from __future__ import annotations

import builtins
import math
from dataclasses import replace
from functools import wraps
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import as_dtype, emit, integer, is_given, known_rank, with_new_axes
from srcad.ops.declare import Area, Argument, CallError, Facts, Infer, Kind, ToOne, static
from srcad.ops.indexing import nonzero
from srcad.ops.structural import as_array, without_length
from srcad.ops.typing import (
    arithmetic,
    elementwise_typing,
    fixed_dtype,
    floating,
    is_python,
    of_squares,
    operand_kind,
    result_dtype,
    shaped,
    ufunc,
)
from srcad.trace.builder import Builder, atom, const
from srcad.trace.nodes import Atom, Const, Params, Var
from srcad.trace.types import (
    Opaque,
    Scalar,
    Type,
    dtype_of,
    is_complex,
    promote,
)

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- the tables: name -> spelling; spelling for float scalars

ARITHMETIC = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "floor_divide": "{0} // {1}",
    "remainder": "{0} % {1}",
    "power": "{0} ** {1}",
    "negative": "-{0}",
    "positive": "+{0}",
    "absolute": "abs({0})",
    "bitwise_and": "{0} & {1}",
    "bitwise_or": "{0} | {1}",
    "bitwise_xor": "{0} ^ {1}",
    "left_shift": "{0} << {1}",
    "right_shift": "{0} >> {1}",
    "invert": "~{0}",
}
COMPARISONS = {
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
}
# with a function of `math` of the same meaning on floats
UFUNCS = {
    "exp": "math.exp",
    "exp2": "math.exp2",
    "expm1": "math.expm1",
    "log": "math.log",
    "log2": "math.log2",
    "log10": "math.log10",
    "log1p": "math.log1p",
    "sqrt": "math.sqrt",
    "cbrt": "math.cbrt",
    "sin": "math.sin",
    "cos": "math.cos",
    "tan": "math.tan",
    "arcsin": "math.asin",
    "arccos": "math.acos",
    "arctan": "math.atan",
    "sinh": "math.sinh",
    "cosh": "math.cosh",
    "tanh": "math.tanh",
    "arcsinh": "math.asinh",
    "arccosh": "math.acosh",
    "arctanh": "math.atanh",
    "arctan2": "math.atan2",
    "hypot": "math.hypot",
    "copysign": "math.copysign",
    "fmod": "math.fmod",
    "degrees": "math.degrees",
    "radians": "math.radians",
    "isnan": "math.isnan",
    "isinf": "math.isinf",
    "isfinite": "math.isfinite",
    "nextafter": "math.nextafter",
}
PLAIN_UFUNCS = (
    "float_power",
    "square",
    "reciprocal",
    "logaddexp",
    "logaddexp2",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "heaviside",
    "floor",
    "ceil",
    "trunc",
    "rint",
    "signbit",
    "spacing",
    "ldexp",
    "logical_and",
    "logical_or",
    "logical_xor",
    "gcd",
    "lcm",
)
SCALARS = {
    "absolute": "abs({0})",
    "square": "{0} * {0}",
    "reciprocal": "1.0 / {0}",
    "sign": "1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else 0.0",
    "logical_not": "not {0}",
    "where": "{1} if {0} else {2}",
    "clip": "min(max({0}, {1}), {2})",
}
INTEGERS = {"minimum": "min({0}, {1})", "maximum": "max({0}, {1})"}  # spelled for Python's integers
SYNONYMS = {"deg2rad": "radians", "rad2deg": "degrees", "fabs": "absolute"}

DEAR = frozenset({"power", "float_power", "logaddexp", "logaddexp2", "hypot", "arctan2"}) | frozenset(UFUNCS) - {
    "isnan",
    "isinf",
    "isfinite",
    "copysign",
    "degrees",
    "radians",
    "sqrt",
}


COMMUTATIVE = frozenset({"add", "multiply", "equal", "not_equal", "logical_and", "logical_or", "logical_xor"})
COMMUTATIVE |= {"bitwise_and", "bitwise_or", "bitwise_xor"}
LINEAR = frozenset({"add", "subtract", "negative", "positive"})
MAY_RAISE = frozenset({"power", "left_shift", "right_shift"})  # ints to negative powers
TOTAL = frozenset({"add", "subtract", "multiply", "negative", "positive", "absolute"})
GROWS = frozenset({"power", "left_shift"})


def _where_type(condition: Type, a: Type, b: Type, *, python: bool | None = None) -> Type:
    chosen = shaped((condition, a, b), promote(a, b), python)
    if python is None and isinstance(chosen, Scalar):
        python = is_python(a) and is_python(b)
        return Scalar(chosen.dtype, python, either=not python and (a.may_be_python or b.may_be_python))
    return chosen


def _clip_type(x: Type, low: Type, high: Type, *, python: bool | None = None) -> Type:
    """NumPy makes an array of the operand, not of the bounds: its dtype counts even where it is a Python number."""
    types = tuple(t for t in (x, low, high) if not isinstance(t, Opaque))
    strong = Scalar(x.dtype) if isinstance(x, Scalar) and not all(map(is_python, types)) else x
    return shaped(types, promote(strong, *types[1:]), python)


def _cosine_type(types: tuple[Type, ...], python: bool | None) -> Type:
    return shaped(types, result_dtype("divide", (types[0], types[2])), python)


_larger_type = arithmetic("maximum")


def _either_type(x: Type, y: Type, *, python: bool | None = None) -> Type | tuple[Type, ...]:
    """One of the two as it is."""
    larger = _larger_type(x, y, python=python)
    if python is None and isinstance(larger, Scalar) and not larger.python:
        return replace(larger, either=x.may_be_python or y.may_be_python)
    return larger


def _sinc_type(x: Type, *, python: bool | None = None) -> Type:
    dtype = dtype_of(x)
    return shaped((x,), "float64" if dtype and np.dtype(dtype).kind in "iub" else dtype, python)


def _round_type(x: Type, *, decimals: int, python: bool | None = None) -> Type:
    return _same_type(x, python=python)


def _number_type(
    x: Type,
    *,
    nan: float = 0.0,
    posinf: float | None = None,
    neginf: float | None = None,
    python: bool | None = None,
) -> Type:
    return _same_type(x, python=python)


def _close_type(
    a: Type,
    b: Type,
    *,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
    python: bool | None = None,
) -> Type:
    return shaped((a, b), "bool", python)


def _same_type(x: Type, *, python: bool | None = None) -> Type:
    plain = without_length(x)
    return Scalar(plain.dtype, python) if isinstance(plain, Scalar) and python is not None else plain


def _register() -> None:
    for name, text in ARITHMETIC.items():
        op(name, Kind.ELEMENTWISE, _rooted(name, arithmetic(name)), text, **_facts(name))
    for name, text in COMPARISONS.items():
        op(name, Kind.ELEMENTWISE, fixed_dtype("bool", 2), text, **_facts(name))
    for name, text in UFUNCS.items():
        infer = _rooted(name, ufunc(name))
        op(name, Kind.ELEMENTWISE, infer, _called(f"np.{name}", name), **_facts(name, _called(text, name)))
    for name in PLAIN_UFUNCS:
        op(name, Kind.ELEMENTWISE, _rooted(name, ufunc(name)), _called(f"np.{name}", name), **_facts(name))


def _rooted(name: str, infer: Infer) -> Infer:
    return of_squares(infer) if name in ("sqrt", "power", "float_power") else infer


def _called(function: str, name: str) -> str:
    """The call of a function that takes as many operands as the ufunc."""
    return f"{function}({', '.join(f'{{{k}}}' for k in range(getattr(np, name).nin))})"


def _facts(name: str, scalar: str | None = None) -> Facts:
    return Facts(
        scalar=SCALARS.get(name, scalar),
        cost="dear" if name in DEAR else "cheap",
        commutative=name in COMMUTATIVE,
        linear=name in LINEAR,
        bilinear=name == "multiply",
        may_raise=name in MAY_RAISE,
        grows=name in GROWS,
        integer=INTEGERS.get(name),
        total=name in TOTAL,
    )


_register()
op("sign", Kind.ELEMENTWISE, ufunc("sign"), "np.sign({0})", scalar=SCALARS["sign"])
op("logical_not", Kind.ELEMENTWISE, fixed_dtype("bool", 1), "np.logical_not({0})", scalar=SCALARS["logical_not"])
op("where", Kind.ELEMENTWISE, _where_type, "np.where({0}, {1}, {2})", scalar=SCALARS["where"], linear=True)
op("clip", Kind.ELEMENTWISE, _clip_type, "np.clip({0}, {1}, {2})", scalar=SCALARS["clip"])
op("sinc", Kind.ELEMENTWISE, _sinc_type, "np.sinc({0})", cost="dear")
op("conjugate", Kind.ELEMENTWISE, _same_type, "np.conjugate({0})", linear=True)
op("round", Kind.ELEMENTWISE, _round_type, lambda t, p: f"np.round({t[0]}, {p['decimals']})")
op("nan_to_num", Kind.ELEMENTWISE, _number_type, lambda t, p: f"np.nan_to_num({t[0]}{_options(p)})")
op("isclose", Kind.ELEMENTWISE, _close_type, lambda t, p: f"np.isclose({t[0]}, {t[1]}{_options(p)})")
op("fraction", Kind.ELEMENTWISE, _same_type, "np.modf({0})[0]", scalar="math.modf({0})[0]")
op("exponent", Kind.ELEMENTWISE, fixed_dtype("int32", 1), "np.frexp({0})[1]")
# Python's own: of two numbers the one that compares greater, without regard to NaN
op("python_max", Kind.ELEMENTWISE, _either_type, "max({0}, {1})")
op("python_min", Kind.ELEMENTWISE, _either_type, "min({0}, {1})")
# exp(x - logaddexp(x, y)) and x / hypot(x, y), whose derivatives would lose their digits if they were made of these
op("share", Kind.ELEMENTWISE, floating(2), "share({0}, {1})", cost="dear")
op("share2", Kind.ELEMENTWISE, floating(2), "share2({0}, {1})", cost="dear")
op("cosine", Kind.ELEMENTWISE, elementwise_typing(3, _cosine_type), "{0} / {2}")


def _options(params: Params) -> str:
    return "".join(f", {name}={value!r}" for name, value in params.items() if name != "python")


# ---- lowerings


def elementwise(name: str, masked: float = 0.5) -> ToOne:
    """The lowering of a ufunc to the elementwise operation of that name.

    `masked`: a number at which it is smooth, which stands for the operands where `where=` leaves them out.
    """

    def lowering(
        b: Builder,
        *args: Argument,
        out: Atom | None = None,
        where: Argument = True,
        dtype: Argument = None,
        casting: Argument = "same_kind",
    ) -> Atom:
        operands = in_dtype(b, getattr(np, name, None), [as_array(b, a) for a in args], dtype, casting)
        mask = mask_of(where)
        if mask is None:
            return by_numpy(b, name, *operands)
        operands = [_masked(b, a, mask, masked) for a in operands]
        return emit(b, "where", mask, by_numpy(b, name, *operands), _content(out, name))

    lowering.__name__ = name
    return lowering


def _content(out: Atom | None, name: str) -> Atom:
    """What stays in the places that `where=` leaves out."""
    if out is not None:
        return out
    raise NotYetSupported(
        f"np.{name} with where= and without out=",
        why="NumPy leaves whatever the memory held in the other places",
        do=f"say what is there by out=, or use np.where(condition, np.{name}(...), other)",
    )


def mask_of(where: Argument) -> Atom | None:
    """What is given as where=; None for all."""
    plain = where.value if isinstance(where, Const) else where
    return None if plain is True else atom(where)


def _masked(b: Builder, x: Atom, mask: Atom, filler: float) -> Atom:
    kind = np.dtype(dtype_of(x.type) or "float64").kind
    return x if kind == "b" else emit(b, "where", mask, x, 1 if kind in "iu" else filler)


def in_dtype(
    b: Builder, ufunc: np.ufunc | None, operands: list[Atom], dtype: Argument, casting: Argument
) -> list[Atom]:
    """The operands as a ufunc casts them that is to compute in a dtype."""
    wanted, rule = static(dtype, "dtype"), static(casting, "casting")
    if wanted is None and rule in ("same_kind", "unsafe"):
        return operands
    kinds = tuple(operand_kind(a.type) for a in operands)
    if ufunc is None or any(kind is None for kind in kinds):
        raise NotYetSupported("dtype= of an operation on what has no known dtype", do="cast the operands")
    asked: dict[str, Any] = {"casting": rule}
    if wanted is not None:
        asked["signature"] = (*(None,) * ufunc.nin, *(np.dtype(wanted),) * ufunc.nout)
    try:
        loop = ufunc.resolve_dtypes((*kinds, *(None,) * ufunc.nout), **asked)
    except TypeError as error:
        raise CallError(str(error)) from None
    return [as_dtype(b, a, d) for a, d in zip(operands, loop, strict=False)]


def by_numpy(b: Builder, name: str, *operands: Atom, **params: object) -> Atom:
    """Emit an operation called by NumPy's name: what it makes of Python numbers is a NumPy number."""
    if all(is_python(a.type) for a in operands):
        params["python"] = False
    return emit(b, name, *operands, **params)


def strong(b: Builder, *operands: Atom) -> list[Atom]:
    """The operands of a function that makes arrays of them first: of a Python float, one of float64."""
    if all(dtype_of(a.type) not in ("float32", "float16", "complex64") for a in operands):
        return list(operands)
    return [emit(b, "array", a, structure=0, dtype=None) if is_python(a.type) else a for a in operands]


OWN = frozenset(("maximum", "minimum"))  # these have lowerings of their own

for _name in (*ARITHMETIC, *COMPARISONS, *UFUNCS, *PLAIN_UFUNCS, "logical_not", "conjugate"):
    if _name not in OWN:
        lowers(getattr(np, _name))(elementwise(_name, masked=2.0 if _name == "arccosh" else 0.5))
for _synonym, _name in SYNONYMS.items():
    lowers(getattr(np, _synonym))(elementwise(_name))


def _extremum(name: str) -> ToOne:
    """The lowering of maximum and minimum: of a number and a constant Python's own does the same, and much faster.

    With the constant in the second place, as Python gives the first one back where they don't compare.
    """
    plain = elementwise(name)

    @wraps(plain)
    def lowering(b: Builder, *args: Argument, **options: Argument) -> Atom:
        x, y = (as_array(b, a) for a in args)
        number, bound = (y, x) if isinstance(x, Const) else (x, y)
        if not options and _is_float(number) and isinstance(bound, Const) and _is_real_constant(bound):
            return by_numpy(b, f"python_{name[:3]}", number, const(float(bound.value)))
        return plain(b, x, y, **options)

    return lowering


def _outer(name: str) -> ToOne:
    """The lowering of `ufunc.outer`: each element of the one with each of the other."""
    plain = elementwise(name)

    @wraps(plain)
    def lowering(b: Builder, *args: Argument, **options: Argument) -> Atom:
        one, other = strong(b, *(as_array(b, a) for a in args))
        rank, more = known_rank(one, f"np.{name}.outer"), known_rank(other, f"np.{name}.outer")
        spread = with_new_axes(b, one, tuple(range(rank, rank + more))) if rank else one
        return plain(b, spread, other, **options)

    return lowering


def _is_float(a: Atom) -> bool:
    return isinstance(a, Var) and isinstance(a.type, Scalar) and a.type.dtype == "float64"


def _is_real_constant(a: Atom) -> bool:
    return isinstance(a, Const) and isinstance(a.value, (int, float)) and not math.isnan(a.value)


for _name in (*ARITHMETIC, *COMPARISONS, *UFUNCS, *PLAIN_UFUNCS):
    if getattr(np, _name).nin == 2:
        lowers(getattr(np, _name).outer)(_outer(_name))
lowers(np.maximum)(_extremum("maximum"))
lowers(np.minimum)(_extremum("minimum"))


@lowers(np.where)
def where(b: Builder, condition: Argument, *choices: Argument) -> Atom | tuple[Atom, ...]:
    if not choices:
        return nonzero(b, condition)
    a, c = (as_array(b, choice) for choice in choices)
    python: dict[str, object] = {"python": False} if is_python(a.type) and is_python(c.type) else {}
    return emit(b, "where", as_array(b, condition), a, c, **python)


@lowers(np.clip, method="clip")
def clip(
    b: Builder,
    a: Argument,
    a_min: Argument = None,
    a_max: Argument = None,
    *,
    min: Argument = None,
    max: Argument = None,
    out: Atom | None = None,
    where: Argument = True,
    dtype: Argument = None,
) -> Atom:
    low, high = (first if is_given(first) else second for first, second in ((a_min, min), (a_max, max)))
    operands = [
        as_array(b, a),
        as_array(b, low if is_given(low) else None),
        as_array(b, high if is_given(high) else None),
    ]
    operands = [o if isinstance(o.type, Opaque) else as_dtype(b, o, dtype) for o in operands]
    numbers = all(is_python(o.type) or isinstance(o.type, Opaque) for o in operands)
    python: dict[str, object] = {"python": False} if numbers else {}
    clipped = emit(b, "clip", *operands, **python)
    mask = mask_of(where)
    return clipped if mask is None else emit(b, "where", mask, clipped, _content(out, "clip"))


@lowers(np.round, np.around, method="round")
def round_(b: Builder, a: Argument, decimals: Argument = 0) -> Atom:
    return by_numpy(b, "round", as_array(b, a), decimals=integer(decimals, "decimals"))


def of_one(name: str) -> ToOne:
    """The lowering of a function of one argument that is no ufunc."""

    def lowering(b: Builder, x: Argument) -> Atom:
        return by_numpy(b, name, as_array(b, x))

    return lowering


lowers(np.fix)(of_one("trunc"))
lowers(np.sinc)(of_one("sinc"))


@lowers(np.sign)
def sign(
    b: Builder,
    x: Argument,
    /,
    *,
    out: Atom | None = None,
    where: Argument = True,
    dtype: Argument = None,
    casting: Argument = "same_kind",
) -> Atom:
    """Of a complex number: its direction, which turns with it."""
    operand = as_array(b, x)
    if not is_complex(operand.type):
        return elementwise("sign")(b, operand, out=out, where=where, dtype=dtype, casting=casting)
    if mask_of(where) is not None or static(dtype, "dtype") is not None:
        raise NotYetSupported("np.sign of complex numbers with where= or dtype=", do="use np.where, and astype")
    size = emit(b, "absolute", operand)
    return emit(b, "divide", operand, emit(b, "where", emit(b, "equal", size, 0.0), 1.0, size))


@lowers(np.nan_to_num)
def nan_to_num(b: Builder, x: Argument, nan: Argument = 0.0, posinf: Argument = None, neginf: Argument = None) -> Atom:
    options = {"nan": static(nan, "nan"), "posinf": static(posinf, "posinf"), "neginf": static(neginf, "neginf")}
    defaults = {"nan": 0.0, "posinf": None, "neginf": None}
    given = {name: value for name, value in options.items() if value != defaults[name]}
    return by_numpy(b, "nan_to_num", as_array(b, x), **given)


@lowers(np.isclose)
def isclose(
    build: Builder,
    /,
    a: Argument,
    b: Argument,
    rtol: Argument = 1e-05,
    atol: Argument = 1e-08,
    equal_nan: Argument = False,
) -> Atom:
    options = {"rtol": static(rtol, "rtol"), "atol": static(atol, "atol"), "equal_nan": static(equal_nan, "equal_nan")}
    return emit(build, "isclose", as_array(build, a), as_array(build, b), **options)


Contents = tuple[Atom | None, ...] | None


@lowers(np.modf)
def modf(
    b: Builder,
    x: Argument,
    /,
    *,
    out: Contents = None,
    where: Argument = True,
    dtype: Argument = None,
    casting: Argument = "same_kind",
) -> tuple[Atom, ...]:
    (operand,) = _where_smooth(b, in_dtype(b, np.modf, [as_array(b, x)], dtype, casting), where)
    parts = by_numpy(b, "fraction", operand), by_numpy(b, "trunc", operand)
    return _in_places(b, "modf", parts, where, out)


@lowers(np.frexp)
def frexp(b: Builder, x: Argument, /, *, out: Contents = None, where: Argument = True) -> tuple[Atom, ...]:
    (operand,) = _where_smooth(b, [as_array(b, x)], where)
    exponent = by_numpy(b, "exponent", operand)
    mantissa = by_numpy(b, "ldexp", operand, emit(b, "negative", exponent))
    return _in_places(b, "frexp", (mantissa, exponent), where, out)


def _where_smooth(b: Builder, operands: list[Atom], where: Argument) -> list[Atom]:
    """The operands, with a number at which nothing is singular in the places that a mask leaves out."""
    mask = mask_of(where)
    return operands if mask is None else [_masked(b, a, mask, 0.5) for a in operands]


def _in_places(b: Builder, name: str, results: tuple[Atom, ...], where: Argument, out: Contents) -> tuple[Atom, ...]:
    """Several results, each in the places of a mask; in the others, what is there."""
    mask = mask_of(where)
    if mask is None:
        return results
    held = out if out is not None else (None,) * len(results)
    return tuple(emit(b, "where", mask, y, _content(c, name)) for y, c in zip(results, held, strict=True))


@lowers(np.divmod, builtins.divmod)
def divmod_(
    b: Builder,
    x: Argument,
    y: Argument,
    /,
    *,
    out: Contents = None,
    where: Argument = True,
    dtype: Argument = None,
    casting: Argument = "same_kind",
) -> tuple[Atom, ...]:
    one, other = _where_smooth(b, in_dtype(b, np.divmod, [as_array(b, x), as_array(b, y)], dtype, casting), where)
    return _in_places(b, "divmod", (emit(b, "floor_divide", one, other), emit(b, "remainder", one, other)), where, out)

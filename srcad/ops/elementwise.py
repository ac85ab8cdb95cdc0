"""Elementwise operations: NumPy's ufuncs and their kin, by NumPy's names; operators and `math` lower to the same.

The tables say for each how it is spelled: with operators, with NumPy, with `math` for floats. How a call becomes an
equation is the same for all of them.
"""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import LOWERINGS, Facts, Kind, lowers, op, static
from srcad.ops.structural import as_array, without_length
from srcad.ops.typing import arithmetic, fixed_dtype, is_python, shaped, ufunc
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import (
    Opaque,
    Scalar,
    Type,
    dtype_of,
    is_complex,
    promote,
    rank_of,
)

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
SYNONYMS = {"deg2rad": "radians", "rad2deg": "degrees", "fabs": "absolute", "conj": "conjugate"}

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
        return Scalar(chosen.dtype, is_python(a) and is_python(b))
    return chosen


def _clip_type(x: Type, low: Type, high: Type, *, python: bool | None = None) -> Type:
    """NumPy makes an array of the operand, not of the bounds: its dtype counts even where it is a Python number."""
    types = tuple(t for t in (x, low, high) if not isinstance(t, Opaque))
    strong = Scalar(x.dtype) if isinstance(x, Scalar) and not all(map(is_python, types)) else x
    return shaped(types, promote(strong, *types[1:]), python)


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
        op(name, Kind.ELEMENTWISE, arithmetic(name), text, **_facts(name))
    for name, text in COMPARISONS.items():
        op(name, Kind.ELEMENTWISE, fixed_dtype("bool", 2), text, **_facts(name))
    for name, text in UFUNCS.items():
        op(name, Kind.ELEMENTWISE, ufunc(name), _called(f"np.{name}", name), **_facts(name, _called(text, name)))
    for name in PLAIN_UFUNCS:
        op(name, Kind.ELEMENTWISE, ufunc(name), _called(f"np.{name}", name), **_facts(name))


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
# Python's own: of two numbers the one that compares greater, without regard to NaN
op("python_max", Kind.ELEMENTWISE, arithmetic("maximum"), "max({0}, {1})")
op("python_min", Kind.ELEMENTWISE, arithmetic("minimum"), "min({0}, {1})")


def _options(params: Any) -> str:
    return "".join(f", {name}={value!r}" for name, value in params.items() if name != "python")


# ---- lowerings


def elementwise(name: str) -> Any:
    """The lowering of a NumPy function to the elementwise operation of that name."""

    def lowering(b: Builder, *args: Any, out: Any = None, where: Any = True, dtype: Any = None, **options: Any) -> Any:
        refuse_out(out, where, name)
        operands = [as_array(b, a) for a in args]
        return as_dtype(b, by_numpy(b, name, *operands), dtype)

    lowering.__name__ = name
    return lowering


def refuse_out(out: Any, where: Any, name: str) -> None:
    """`out=` is a store, which the frontend makes of it; what is left of it here isn't supported."""
    if out is not None or (where is not True and not (isinstance(where, Const) and where.value is True)):
        raise NotYetSupported(
            f"np.{name} with {'out=' if out is not None else 'where='}",
            do=f"use np.where(condition, np.{name}(...), other)",
        )


def by_numpy(b: Builder, name: str, *operands: Atom, **params: Any) -> Any:
    """Emit an operation called by NumPy's name: what it makes of Python numbers is a NumPy number."""
    if all(is_python(a.type) for a in operands):
        params["python"] = False
    result: Atom = b.emit(name, *operands, **params)
    return result


def strong(b: Builder, *operands: Atom) -> list[Atom]:
    """The operands of a function that makes arrays of them first: of a Python float, one of float64."""
    if all(dtype_of(a.type) not in ("float32", "float16", "complex64") for a in operands):
        return list(operands)
    return [b.emit("array", a, structure=0, dtype=None) if is_python(a.type) else a for a in operands]


def as_dtype(b: Builder, x: Atom, dtype: Any) -> Any:
    """`x` with the dtype asked for, if one is."""
    wanted = static(dtype, "dtype")
    if wanted is None or np.dtype(wanted).name == dtype_of(x.type):
        return x
    result: Atom = b.emit("cast", x, dtype=np.dtype(wanted).name)
    return result


def math_function(name: str) -> Any:
    """The lowering of a function of `math`: its result is a Python float."""

    def lowering(b: Builder, *args: Any) -> Any:
        operands = [as_array(b, a) for a in args]
        python: dict[str, Any] = {} if all(is_python(a.type) for a in operands) else {"python": True}
        if not all(map(_is_number, operands)):
            operands = [a if _is_number(a) else b.emit("to_float", a) for a in operands]
        result: Atom = b.emit(name, *operands, **python)
        return result

    return lowering


def _is_number(a: Atom) -> bool:
    """Whether `math` takes it as it is for a float of its own precision, or for an int."""
    return rank_of(a.type) == 0 and dtype_of(a.type) not in ("float32", "float16")


def _register_lowerings() -> None:
    names = [*ARITHMETIC, *COMPARISONS, *UFUNCS, *PLAIN_UFUNCS, "logical_not", "sinc", "conjugate"]
    for name in names:
        LOWERINGS[getattr(np, name)] = elementwise(name)
    for synonym, name in SYNONYMS.items():
        LOWERINGS[getattr(np, synonym)] = elementwise(name)
    for name, text in UFUNCS.items():
        LOWERINGS[getattr(math, text.removeprefix("math."))] = math_function(name)


def _outer(name: str) -> Any:
    """The lowering of `ufunc.outer`."""

    def lowering(b: Builder, x: Any, y: Any, /, **options: Any) -> Any:
        x, y = strong(b, as_array(b, x), as_array(b, y))
        rank = rank_of(y.type)
        if rank is None:
            raise NotYetSupported(f"np.{name}.outer of a value whose rank isn't known")
        if rank and rank_of(x.type):
            x = b.emit("get_item", x, index=(("ellipsis",), *(("newaxis",),) * rank))
        return by_numpy(b, name, x, y)

    return lowering


_register_lowerings()
for _name in [*ARITHMETIC, *COMPARISONS, *UFUNCS, *PLAIN_UFUNCS]:
    if getattr(np, _name).nin == 2:
        LOWERINGS[getattr(np, _name).outer] = _outer(_name)

for _function, _name in {
    operator.add: "add",
    operator.sub: "subtract",
    operator.mul: "multiply",
    operator.truediv: "divide",
    operator.floordiv: "floor_divide",
    operator.mod: "remainder",
    operator.pow: "power",
    operator.neg: "negative",
    operator.pos: "positive",
    operator.abs: "absolute",
    builtins.abs: "absolute",
    operator.lt: "less",
    operator.le: "less_equal",
    operator.gt: "greater",
    operator.ge: "greater_equal",
    operator.eq: "equal",
    operator.ne: "not_equal",
}.items():

    def _operator(b: Builder, *args: Any, _name: str = _name) -> Any:
        result: Atom = b.emit(_name, *(as_array(b, a) for a in args))
        return result

    LOWERINGS[_function] = _operator

LOWERINGS[math.fabs] = math_function("absolute")
LOWERINGS[math.pow] = math_function("power")


@lowers(math.log)
def math_log(b: Builder, x: Any, base: Any = None) -> Any:
    result = math_function("log")(b, x)
    return result if base is None else b.emit("divide", result, math_function("log")(b, base))


@lowers(math.hypot)
def math_hypot(b: Builder, *coordinates: Any) -> Any:
    if len(coordinates) == 2:
        return math_function("hypot")(b, *coordinates)
    total = b.emit("absolute", coordinates[0]) if coordinates else b.emit("to_float", 0.0)
    for other in coordinates[1:]:
        total = b.emit("hypot", total, other)
    return total


@lowers(math.dist)
def math_dist(b: Builder, p: Any, q: Any) -> Any:
    if not (isinstance(p, (tuple, list)) and isinstance(q, (tuple, list))):
        raise NotYetSupported("math.dist of points whose number of coordinates isn't known", do="use np.linalg.norm")
    return math_hypot(b, *(b.emit("subtract", x, y) for x, y in zip(p, q, strict=True)))


@lowers(math.ldexp)
def math_ldexp(b: Builder, x: Any, i: Any) -> Any:
    return b.emit("multiply", x, b.emit("power", 2.0, i))


def _to_int(name: str) -> Any:
    """math.floor and its kin make ints."""

    def lowering(b: Builder, x: Any) -> Any:
        return b.emit("to_int", b.emit(name, x))

    return lowering


for _function, _name in {math.floor: "floor", math.ceil: "ceil", math.trunc: "trunc"}.items():
    LOWERINGS[_function] = _to_int(_name)


def _extremum(name: str) -> Any:
    """The lowering of maximum and minimum: of a number and a constant Python's own does the same, and much faster.

    With the constant in the second place, as Python gives the first one back where they don't compare.
    """

    def lowering(b: Builder, x: Any, y: Any, *args: Any, **options: Any) -> Any:
        x, y = as_array(b, x), as_array(b, y)
        number, bound = (y, x) if isinstance(x, Const) else (x, y)
        if not args and not options and _is_float(number) and _is_real_constant(bound):
            python: dict[str, Any] = {"python": False} if is_python(number.type) else {}
            return b.emit(f"python_{name[:3]}", number, float(bound.value), **python)
        return elementwise(name)(b, x, y, *args, **options)

    return lowering


def _is_float(a: Atom) -> bool:
    return isinstance(a, Var) and isinstance(a.type, Scalar) and a.type.dtype == "float64"


def _is_real_constant(a: Atom) -> bool:
    return isinstance(a, Const) and isinstance(a.value, (int, float)) and not math.isnan(a.value)


lowers(np.maximum)(_extremum("maximum"))
lowers(np.minimum)(_extremum("minimum"))


@lowers(np.where)
def where(b: Builder, condition: Any, *choices: Any, x: Any = None, y: Any = None) -> Any:
    choices = choices or (() if x is None else (x, y))
    if not choices:
        return LOWERINGS[np.nonzero](b, condition)
    a, c = (as_array(b, choice) for choice in choices)
    python: dict[str, Any] = {"python": False} if is_python(a.type) and is_python(c.type) else {}
    return b.emit("where", as_array(b, condition), a, c, **python)


@lowers(np.clip, method="clip")
def clip(b: Builder, a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **options: Any) -> Any:
    refuse_out(out, True, "clip")
    low, high = options.get("min", a_min), options.get("max", a_max)
    operands = (as_array(b, a), as_array(b, low), as_array(b, high))
    numbers = all(is_python(o.type) or isinstance(o.type, Opaque) for o in operands)
    python: dict[str, Any] = {"python": False} if numbers else {}
    return b.emit("clip", *operands, **python)


@lowers(np.round, np.around, method="round")
def round_(b: Builder, a: Any, decimals: Any = 0, out: Any = None) -> Any:
    refuse_out(out, True, "round")
    return by_numpy(b, "round", as_array(b, a), decimals=static(decimals, "decimals"))


@lowers(builtins.round)
def python_round(b: Builder, number: Any, ndigits: Any = None) -> Any:
    x, digits = as_array(b, number), static(ndigits, "ndigits")
    if digits is None and rank_of(x.type) == 0:
        return b.emit("round_to_int", x)
    return b.emit("round", x, decimals=digits or 0)


@lowers(np.fix)
def fix(b: Builder, x: Any, out: Any = None) -> Any:
    return elementwise("trunc")(b, x, out=out)


@lowers(np.sign)
def sign(b: Builder, x: Any, **options: Any) -> Any:
    """Of a complex number: its direction, which turns with it."""
    x = as_array(b, x)
    if not is_complex(x.type):
        return elementwise("sign")(b, x, **options)
    size = b.emit("absolute", x)
    return b.emit("divide", x, b.emit("where", b.emit("equal", size, 0.0), 1.0, size))


@lowers(np.nan_to_num)
def nan_to_num(b: Builder, x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    options = {"nan": static(nan, "nan"), "posinf": static(posinf, "posinf"), "neginf": static(neginf, "neginf")}
    defaults = {"nan": 0.0, "posinf": None, "neginf": None}
    given = {name: value for name, value in options.items() if value != defaults[name]}
    return by_numpy(b, "nan_to_num", as_array(b, x), **given)


@lowers(np.isclose)
def isclose(b: Builder, a: Any, c: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    options = {"rtol": static(rtol, "rtol"), "atol": static(atol, "atol"), "equal_nan": static(equal_nan, "equal_nan")}
    return b.emit("isclose", as_array(b, a), as_array(b, c), **options)


@lowers(np.modf)
def modf(b: Builder, x: Any) -> tuple[Any, Any]:
    x = as_array(b, x)
    whole = by_numpy(b, "trunc", x)
    return b.emit("subtract", x, whole), whole


@lowers(math.modf)
def math_modf(b: Builder, x: Any) -> tuple[Any, Any]:
    whole = math_function("trunc")(b, x)
    return b.emit("subtract", x, whole), whole


@lowers(np.divmod, builtins.divmod)
def divmod_(b: Builder, x: Any, y: Any) -> tuple[Any, Any]:
    x, y = as_array(b, x), as_array(b, y)
    return b.emit("floor_divide", x, y), b.emit("remainder", x, y)


@lowers(builtins.pow)
def python_pow(b: Builder, base: Any, exp: Any, mod: Any = None) -> Any:
    powered = b.emit("power", base, exp)
    return powered if mod is None else b.emit("remainder", powered, mod)

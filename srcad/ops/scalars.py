"""What Python says of numbers: its operators and builtins, and `math`, to elementwise operations."""

from __future__ import annotations

import builtins
import cmath
import math
import operator

from srcad.errors import NotYetSupported
from srcad.ops.arguments import emit, is_given
from srcad.ops.conversions import to_float
from srcad.ops.declare import Area, Argument, ToOne, static
from srcad.ops.elementwise import UFUNCS
from srcad.ops.structural import as_array
from srcad.ops.typing import is_python
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import Scalar, dtype_of, is_complex, rank_of

AREA = Area()
lowers = AREA.lowers


def math_function(name: str) -> ToOne:
    """The lowering of a function of `math`: its result is a Python float."""

    def lowering(b: Builder, *args: Argument) -> Atom:
        operands = [as_array(b, a) for a in args]
        if name in _BY_OPERATORS or not all(map(_is_number, operands)):
            operands = [a if is_python(a.type) else emit(b, "to_float", a) for a in operands]
        python: dict[str, object] = {} if all(is_python(a.type) for a in operands) else {"python": True}
        return emit(b, name, *operands, **python)

    return lowering


_BY_OPERATORS = frozenset(("power", "absolute"))  # of a number of NumPy's these give one


def _is_number(a: Atom) -> bool:
    """Whether `math` takes it as it is for a float of its own precision, or for an int."""
    return isinstance(a.type, Scalar) and dtype_of(a.type) not in ("float32", "float16")


OWN_OF_MATH = frozenset(("log", "hypot"))
for _name, _text in UFUNCS.items():
    if _name not in OWN_OF_MATH:
        lowers(getattr(math, _text.removeprefix("math.")))(math_function(_name))
OPERATORS = {
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
}


def _operator(name: str) -> ToOne:
    """The lowering of an operator of Python."""

    def lowering(b: Builder, *args: Argument) -> Atom:
        return emit(b, name, *(as_array(b, a) for a in args))

    return lowering


for _function, _name in OPERATORS.items():
    lowers(_function)(_operator(_name))
lowers(math.fabs)(math_function("absolute"))
lowers(math.pow)(math_function("power"))


@lowers(math.log)
def math_log(b: Builder, x: Argument, base: Argument = None, /) -> Atom:
    logarithm = math_function("log")
    result = logarithm(b, x)
    return emit(b, "divide", result, logarithm(b, base)) if is_given(base) else result


@lowers(math.hypot)
def math_hypot(b: Builder, *coordinates: Argument) -> Atom:
    if len(coordinates) == 2:
        return math_function("hypot")(b, *coordinates)
    total = emit(b, "absolute", coordinates[0]) if coordinates else emit(b, "to_float", 0.0)
    for other in coordinates[1:]:
        total = emit(b, "hypot", total, other)
    return total


@lowers(math.dist)
def math_dist(b: Builder, p: Argument, q: Argument) -> Atom:
    if not (isinstance(p, (tuple, list)) and isinstance(q, (tuple, list))):
        raise NotYetSupported("math.dist of points whose number of coordinates isn't known", do="use np.linalg.norm")
    return math_hypot(b, *(emit(b, "subtract", x, y) for x, y in zip(p, q, strict=True)))


@lowers(math.frexp)
def math_frexp(b: Builder, x: Argument, /) -> tuple[Atom, Atom]:
    number = to_float(b, x)
    exponent = emit(b, "to_int", emit(b, "exponent", number))
    return emit(b, "math_ldexp", number, emit(b, "negative", exponent)), exponent


# ---- complex numbers of Python

_OF_CMATH = {
    **{name: name for name in ("exp", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}


def _as_complex(b: Builder, x: Argument) -> Atom:
    number = as_array(b, x)
    return number if is_python(number.type) and is_complex(number.type) else emit(b, "to_complex", number)


def _of_cmath(name: str) -> ToOne:
    """The lowering of a function of `cmath`, whose result is complex whatever its operand is."""

    def lowering(b: Builder, z: Argument, /) -> Atom:
        return emit(b, name, _as_complex(b, z))

    return lowering


for _own, _name in _OF_CMATH.items():
    lowers(getattr(cmath, _own))(_of_cmath(_name))


@lowers(cmath.log)
def cmath_log(b: Builder, z: Argument, base: Argument = None, /) -> Atom:
    result = emit(b, "log", _as_complex(b, z))
    return emit(b, "divide", result, emit(b, "log", _as_complex(b, base))) if is_given(base) else result


@lowers(cmath.phase)
def cmath_phase(b: Builder, z: Argument, /) -> Atom:
    number = _as_complex(b, z)
    return emit(b, "arctan2", emit(b, "imag", number), emit(b, "real", number))


@lowers(cmath.polar)
def cmath_polar(b: Builder, z: Argument, /) -> tuple[Atom, Atom]:
    return emit(b, "absolute", _as_complex(b, z)), cmath_phase(b, z)


@lowers(cmath.rect)
def cmath_rect(b: Builder, r: Argument, phi: Argument, /) -> Atom:
    radius, angle = to_float(b, r), to_float(b, phi)
    parts = (emit(b, "multiply", radius, emit(b, name, angle)) for name in ("cos", "sin"))
    return emit(b, "to_complex", *parts)


for _name in ("isnan", "isinf", "isfinite"):
    lowers(getattr(cmath, _name))(math_function(_name))


def _to_int(name: str) -> ToOne:
    """math.floor and its kin make ints."""

    def lowering(b: Builder, x: Argument) -> Atom:
        return emit(b, "to_int", emit(b, name, x))

    return lowering


for _function, _name in {math.floor: "floor", math.ceil: "ceil", math.trunc: "trunc"}.items():
    lowers(_function)(_to_int(_name))


@lowers(builtins.round)
def python_round(b: Builder, number: Argument, ndigits: Argument = None) -> Atom:
    x, digits = as_array(b, number), static(ndigits, "ndigits")
    if digits is None and rank_of(x.type) == 0:
        return emit(b, "round_to_int", x)
    return emit(b, "round", x, decimals=digits or 0)


@lowers(math.modf)
def math_modf(b: Builder, x: Argument) -> tuple[Atom, Atom]:
    number = to_float(b, x)
    return emit(b, "fraction", number), emit(b, "trunc", number)


@lowers(builtins.pow)
def python_pow(b: Builder, base: Argument, exp: Argument, mod: Argument = None) -> Atom:
    powered = emit(b, "power", as_array(b, base), as_array(b, exp))
    return powered if mod is None else emit(b, "remainder", powered, as_array(b, mod))

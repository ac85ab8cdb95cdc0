"""Special functions: those of scipy.special, found by name where the program imports it, and those of `math`."""

from __future__ import annotations

import importlib
import math
import sys
from functools import lru_cache

import numpy as np

from srcad.ops.arguments import emit, emit_many, flag
from srcad.ops.declare import Area, Argument, Index, Infer, Kind, ToOne
from srcad.ops.elementwise import by_numpy, elementwise, of_one
from srcad.ops.reductions import reduced_type
from srcad.ops.scalars import math_function
from srcad.ops.structural import Axis, as_array, axis_text, normal_axis
from srcad.ops.typing import elementwise_typing, floating, floating_dtype, is_python, shaped
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import FLOAT, Type, dtype_of, is_complex, promote, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

UNARY = (
    *("expit", "logit", "log_expit", "erf", "erfc", "erfinv", "ndtr", "log_ndtr", "ndtri", "entr"),
    *("gammaln", "gamma", "digamma", "i0", "i1", "i0e", "i1e", "j0", "j1", "y0", "y1", "k0", "k1"),
    *("erfcx", "dawsn", "cosm1", "gammasgn"),
)
BINARY = ("xlogy", "xlog1py", "rel_entr", "kl_div", "beta", "betaln", "polygamma", "gammainc", "gammaincc", "jv", "iv")
SYNONYMS = {"psi": "digamma", "expm1": "expm1", "log1p": "log1p", "cbrt": "cbrt", "exp2": "exp2"}
SYNONYMS |= {"jn": "jv"}
COMPLEX = ("hankel1", "hankel2", "hankel1e", "hankel2e", "wofz")  # what makes complex numbers of real ones
# of Python floats; these need no SciPy
MATH = {"math_erf": "math.erf({0})", "math_erfc": "math.erfc({0})", "math_gamma": "math.gamma({0})"}
MATH |= {"math_lgamma": "math.lgamma({0})", "math_digamma": "digamma({0})", "math_trigamma": "trigamma({0})"}


def _reduced(x: Type, b: Type | None = None, *, axis: Axis = None, keepdims: bool = False) -> Type:
    types = (x,) if b is None else (x, b)
    together = shaped(types, promote(*types))
    return reduced_type(together, floating_dtype((together,)), axis, keepdims)


def _signed(x: Type, b: Type | None = None, *, axis: Axis = None, keepdims: bool = False) -> tuple[Type, ...]:
    return (_reduced(x, b, axis=axis, keepdims=keepdims),) * 2


def _signed_text(texts: tuple[str, ...], params: Params) -> str:
    return f"{_text('logsumexp', texts, params)[:-1]}, return_sign=True)"


def _text(function: str, texts: tuple[str, ...], params: Params) -> str:
    options = [] if params.get("axis") is None else [f"axis={axis_text(params['axis'])}"]
    options += [f"b={text}" for text in texts[1:]]
    options += ["keepdims=True"] if params.get("keepdims") else []
    return f"scipy.special.{function}({', '.join([texts[0], *options])})"


def _fma(x: Type, y: Type, z: Type, *, python: bool | None = None) -> Type:
    return FLOAT


def _scaled(x: Type, i: Index, *, python: bool | None = None) -> Type:
    return FLOAT


def _of_two(x: Type, y: Type, *, python: bool | None = None) -> Type:
    return FLOAT


def _same_shape(x: Type, *, axis: Axis = None) -> Type:
    return shaped((x,), floating_dtype((x,)), False)


def by_scipy(name: str, count: int) -> Infer:
    """The typing of a function of SciPy: what its loops make of float32 and of Python's numbers differs."""

    def dtype(types: tuple[Type, ...]) -> str | None:
        plain = _in_doubles(types) if len(types) > 2 or name in COMPLEX else floating_dtype(types)
        plain = "complex128" if name in COMPLEX and plain else plain
        kinds = tuple((dtype, is_python(t)) for t in types if (dtype := dtype_of(t)) is not None)
        real = name not in COMPLEX and all(dtype in ("float64", "int64") for dtype, _ in kinds)
        if len(kinds) < len(types) or real:
            return plain
        return scipy_dtype(name, kinds) or plain

    return elementwise_typing(count, lambda types, python: shaped(types, dtype(types), python))


def _in_doubles(types: tuple[Type, ...]) -> str | None:
    known = [dtype_of(t) for t in types]
    return None if None in known else "complex128" if any(map(is_complex, types)) else "float64"


def _float(x: Type, *, python: bool | None = None) -> Type:
    return FLOAT


@lru_cache(maxsize=4096)
def scipy_dtype(name: str, kinds: tuple[tuple[str, bool], ...]) -> str | None:
    """The dtype of the result for operands (dtype, whether it is a Python number); None where SciPy doesn't tell."""
    try:
        ufunc = getattr(importlib.import_module("scipy.special"), name)
    except ImportError:
        return None
    if not isinstance(ufunc, np.ufunc):
        return "float64"
    weakly = {"float64": float, "int64": int, "complex128": complex}
    operands = tuple(weakly.get(d, np.dtype(d)) if weak else np.dtype(d) for d, weak in kinds)
    try:
        return str(ufunc.resolve_dtypes((*operands, None))[-1])
    except TypeError:
        return None


for _name in (*UNARY, *BINARY):
    _count = 2 if _name in BINARY else 1
    _operands = "({0}, {1})" if _count == 2 else "({0})"
    op(_name, Kind.ELEMENTWISE, by_scipy(_name, _count), f"scipy.special.{_name}{_operands}", cost="dear")
    if _name != "polygamma":  # that has a lowering of its own
        lowers(f"scipy.special.{_name}")(elementwise(_name))
for _name, _same in SYNONYMS.items():
    lowers(f"scipy.special.{_name}")(elementwise(_same))
for _name, _spelling in MATH.items():
    op(_name, Kind.ELEMENTWISE, _float, _spelling, cost="dear")
for _name in ("erf", "erfc", "gamma", "lgamma"):
    lowers(getattr(math, _name))(math_function(f"math_{_name}"))

op("math_ldexp", Kind.ELEMENTWISE, _scaled, "math.ldexp({0}, {1})")
op("math_remainder", Kind.ELEMENTWISE, _of_two, "math.remainder({0}, {1})")
op("math_ulp", Kind.ELEMENTWISE, _float, "math.ulp({0})")
for _name in ("ldexp", "remainder", "ulp"):
    lowers(getattr(math, _name))(math_function(f"math_{_name}"))
if sys.version_info >= (3, 13):
    op("math_fma", Kind.ELEMENTWISE, _fma, "math.fma({0}, {1}, {2})")
    lowers(math.fma)(math_function("math_fma"))

op("np_i0", Kind.ELEMENTWISE, floating(1), "np.i0({0})", cost="dear")
op("logsumexp", Kind.REDUCTION, _reduced, lambda texts, params: _text("logsumexp", texts, params), cost="dear")
op("logsumexp_signed", Kind.ALGORITHM, _signed, _signed_text, cost="dear")
op("softmax", Kind.SCAN, _same_shape, lambda texts, params: _text("softmax", texts, params), cost="dear")
op("log_softmax", Kind.SCAN, _same_shape, lambda texts, params: _text("log_softmax", texts, params), cost="dear")


@lowers("scipy.special.logsumexp")
def logsumexp(
    builder: Builder,
    /,
    a: Argument,
    axis: Argument = None,
    b: Argument = None,
    keepdims: Argument = False,
    return_sign: Argument = False,
) -> Atom | tuple[Atom, ...]:
    operands = [as_array(builder, x) for x in ((a,) if b is None else (a, b))]
    params = {"axis": normal_axis(axis, rank_of(operands[0].type)), "keepdims": flag(keepdims, "keepdims")}
    if flag(return_sign, "return_sign"):
        return emit_many(builder, "logsumexp_signed", *operands, **params)
    return emit(builder, "logsumexp", *operands, **params)


def _normalised(name: str) -> ToOne:
    """The lowering of softmax and its logarithm."""

    def lowering(b: Builder, x: Argument, axis: Argument = None) -> Atom:
        operand = as_array(b, x)
        return emit(b, name, operand, axis=normal_axis(axis, rank_of(operand.type)))

    return lowering


lowers("scipy.special.softmax")(_normalised("softmax"))
lowers("scipy.special.log_softmax")(_normalised("log_softmax"))


lowers(np.i0)(of_one("np_i0"))
lowers("scipy.special.sinc")(of_one("sinc"))
lowers("scipy.special.round")(elementwise("rint"))


@lowers("scipy.special.polygamma")
def polygamma(b: Builder, n: Argument, x: Argument) -> Atom:
    return by_numpy(b, "polygamma", as_array(b, n), as_array(b, x))

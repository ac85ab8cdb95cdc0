"""The calls, by function. `operands.py` says what the names stand for."""

from __future__ import annotations

import math
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from tests.rules.register.flat import FLAT
from tests.rules.register.numpy_programs import OF_NUMPY
from tests.rules.register.programs import Case
from tests.rules.register.scipy_linalg import OF_SCIPY_LINALG
from tests.rules.register.scipy_signal import OF_SCIPY_SIGNAL
from tests.rules.register.scipy_special import OF_SCIPY_SPECIAL
from tests.rules.register.series import SERIES_CALLS

# ---- elementwise: the domain of the operands

UNARY: dict[str, str] = {
    **dict.fromkeys(("exp", "exp2", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "arctan", "arcsinh"), ""),
    **dict.fromkeys(("negative", "positive", "absolute", "fabs", "square", "sinc", "degrees", "radians"), ""),
    **dict.fromkeys(("deg2rad", "rad2deg", "cbrt", "i0", "real", "conjugate", "nan_to_num"), ""),
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "reciprocal"), "p"),
    **dict.fromkeys(("arcsin", "arccos", "arctanh", "tan"), "c"),
    "arccosh": "g",
}
BINARY: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("add", "subtract", "multiply", "maximum", "minimum", "fmax", "fmin"), ("", "")),
    **dict.fromkeys(("logaddexp", "logaddexp2", "hypot", "copysign", "arctan2"), ("", "")),
    **dict.fromkeys(("divide", "remainder", "fmod"), ("", "p")),
    **dict.fromkeys(("power", "float_power"), ("p", "")),
}
OF_MATH: dict[str, str] = {
    **dict.fromkeys(("exp", "exp2", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh"), ""),
    **dict.fromkeys(("cbrt", "fabs", "degrees", "radians", "erf", "erfc"), ""),
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "gamma", "lgamma"), "p"),
    **dict.fromkeys(("asin", "acos", "atanh", "tan"), "c"),
    "acosh": "g",
}
OF_SCIPY: dict[str, str] = {
    **dict.fromkeys(("expit", "log_expit", "erf", "erfc", "ndtr", "log_ndtr", "i0", "i1", "i0e", "i1e"), ""),
    **dict.fromkeys(("erfcx", "dawsn", "cosm1", "gammasgn"), ""),
    **dict.fromkeys(("j0", "j1", "expm1", "cbrt", "exp2", "sinc"), ""),
    **dict.fromkeys(("entr", "gammaln", "gamma", "digamma", "psi", "loggamma", "y0", "y1", "k0", "k1", "log1p"), "p"),
    **dict.fromkeys(("logit", "ndtri", "erfinv"), "u"),
}
SCIPY_BINARY: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("xlogy", "xlog1py"), ("", "p")),
    **dict.fromkeys(("rel_entr", "kl_div", "beta", "betaln"), ("p", "p")),
}


def unary(name: str, d: str) -> tuple[str, ...]:
    """A function of one array: of numbers, of arrays of every rank, of single elements, of none."""
    made = [f"{name}({letter}{d})" for letter in "szoxTE"]
    return f"({', '.join(made)})", f"{name}(x{d}[1:]) * {name}(x{d}[0])"


def binary(name: str, a: str, c: str) -> tuple[str, ...]:
    """A function of two: every way of stretching one to the other."""
    pairs = [(f"s{a}", f"t{c}"), (f"x{a}", f"y{c}"), (f"s{a}", f"y{c}"), (f"x{a}", f"t{c}"), (f"z{a}", f"y{c}")]
    pairs += [(f"R{a}", f"C{c}"), (f"T{a}", f"B{c}"), (f"o{a}", f"y{c}"), (f"E{a}", f"o{c}")]
    made = [f"{name}({one}, {other})" for one, other in pairs]
    return f"({', '.join(made)})", f"{name}(x{a}, x{a})" if a == c else f"{name}(x{a}, 0.5)"


ELEMENTWISE: dict[str, tuple[str, ...]] = {
    **{f"np.{name}": unary(f"np.{name}", d) for name, d in UNARY.items()},
    **{f"np.{name}": binary(f"np.{name}", *d) for name, d in BINARY.items()},
    **{f"math.{name}": (f"math.{name}(s{d})", f"math.{name}(x{d}[1]) * s") for name, d in OF_MATH.items()},
    **{f"scipy.special.{name}": unary(f"scipy.special.{name}", d) for name, d in OF_SCIPY.items()},
    **{f"scipy.special.{name}": binary(f"scipy.special.{name}", *d) for name, d in SCIPY_BINARY.items()},
}

OF_CMATH = ("exp", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "phase")
OF_CMATH += ("asin", "acos", "atan", "asinh", "acosh", "atanh")

MORE_ELEMENTWISE: dict[str, tuple[str, ...]] = {
    **{f"cmath.{name}": (f"(cmath.{name}(s + 0.3j) * (1 - 2j * t)).real",) for name in OF_CMATH},
    "cmath.polar": ("cmath.polar(s + 1j * t)",),
    "cmath.log": ("cmath.log(s + 1j, t + 2j).imag", "cmath.log(s + 1j, 2.0).real"),
    "cmath.rect": ("cmath.rect(s, t).real * x, cmath.rect(s, t).imag",),
    "math.log": ("math.log(sp, 3.0)", "math.log(sp, tg)", "math.log(2.0, tg)"),
    "math.fma": ("math.fma(s, t, x[0])", "math.fma(s, t, -s * t) + math.fma(2.0, s, 1.0) * s"),
    "math.hypot": ("math.hypot(s, t)", "math.hypot(s, t, x[0])", "math.hypot(s)"),
    "math.atan2": ("math.atan2(s, t)",),
    "math.copysign": ("math.copysign(s, t)",),
    "math.fmod": ("math.fmod(s, tp)",),
    "math.pow": ("math.pow(sp, t)", "math.pow(s, 3)", "math.pow(2.0, t)"),
    "math.dist": ("math.dist((s, t), (x[0], x[1]))",),
    "math.ldexp": ("math.ldexp(s, 3)", "math.ldexp(s * t, -2)"),
    "math.frexp": ("math.frexp(s)", "math.frexp(t * s)[0]"),
    "math.remainder": ("math.remainder(s, tp)", "math.remainder(5.0, tp)", "math.remainder(7.3 * s, 2.0)"),
    "math.modf": ("math.modf(s)", "math.modf(t)[0]"),
    "math.nextafter": ("math.nextafter(s, 10.0)",),
    "np.nextafter": ("np.nextafter(x, 10.0)",),
    "np.ldexp": ("np.ldexp(x, i)", "np.ldexp(A, 2)", "np.ldexp(s, i)"),
    "np.modf": ("np.modf(x)", "np.modf(A)[0]"),
    "np.divmod": ("np.divmod(x, yp)", "np.divmod(A, tp)"),
    "builtins.divmod": ("divmod(s, tp)", "divmod(x, 0.7)[1]"),
    "builtins.pow": ("pow(sp, t)", "pow(s, 2)", "pow(xp, y)"),
    "builtins.abs": ("abs(s)", "abs(x)", "abs(x + 1j * y)"),
    "builtins.float": ("float(s)", "float(x[1])", "float(z)", "float(o[0])"),
    "builtins.complex": ("complex(s, t)", "complex(s) * complex(0.0, t)"),
    "builtins.round": ("round(s) * t",),
    "np.where": (
        "np.where(m, x, y)",
        "np.where(A > 0.3, A, 0.0)",
        "np.where(A > B, s, q)",
        "np.where(C > 0, R, T)",
        "np.where(m, s, t)",
        "np.where(s > 0, x, y)",
        "np.where(m, x, i)",
        "np.where(m, x + 1j * y, 2.0)",
        "A[np.where(A > 0)]",
    ),
    "np.clip": (
        "np.clip(A, -0.5, 1.1)",
        "np.clip(x, None, 0.6)",
        "np.clip(x, s, None)",
        "np.clip(A, R, C)",
        "np.clip(s, -0.5, t)",
        "np.clip(a=x, a_min=-s, a_max=tp)",
        "np.clip(x, min=-0.4)",
    ),
    ".clip": ("A.clip(-0.5, 1.1)", "x.clip(min=t)", "A.clip(-0.5, max=q)"),
    "np.nan_to_num": ("np.nan_to_num(x / np.array([1.0, 0.0, 2.0]), posinf=0.0, neginf=-1.0)",),
    "np.real": ("np.real(np.exp(x + 1j * y))", "np.real(A)"),
    "np.imag": ("np.imag(np.exp(x + 1j * y))", "np.imag(A) + A"),
    "@real": ("(x * 1j * x).real", "A.real"),
    "@imag": ("(x * 1j * x).imag", "A.imag + x[0]"),
    "np.angle": ("np.angle(x + 1j * y)", "np.angle(s + 1j * t, deg=True)"),
    ".conjugate": ("(np.exp(x + 1j * y)).conjugate()", "A.conjugate()"),
    ".conj": ("(np.exp(x + 1j * y)).conj() * s",),
    "np.heaviside": ("np.heaviside(x, yp) * x", "np.heaviside(np.array([0.0, 1.0, 0.0]), x)"),
    "np.power": (
        "(np.power(x, 2), np.power(x, 3), np.power(x, 0), np.power(x, 1), np.power(x, -1), np.power(x, -2))",
        "(np.power(xp, 0.5), np.power(xp, -0.5), np.power(xp, 1.5), np.power(xp, 2.5), np.power(xp, s))",
    ),
    "np.add": ("np.add(x, y, out=np.empty(3))", "np.add(x, i)"),
    "np.multiply": ("np.multiply(x, y, out=np.zeros(3)) * s", "np.multiply(A, i[0])", "np.multiply(m, x)"),
    "np.subtract": ("np.subtract(x, x)", "np.subtract(A, A.T.T) + A"),
    "np.divide": ("np.divide(1.0, x) / s",),
    "np.exp": ("np.exp(x, out=np.zeros(3))",),
    "np.maximum": (
        "np.maximum(x, 0.0), np.maximum(s, 0.3) * t, np.minimum(s, 0.2)",
        "np.maximum(A, -s, out=np.zeros((3, 4)))",
        "np.maximum(i, x)",
    ),
    "scipy.special.polygamma": ("scipy.special.polygamma(2, xp)", "scipy.special.polygamma(0, Ap)"),
    "scipy.special.jv": ("scipy.special.jv(2, xp)", "scipy.special.jv(0.5, Ap)", "scipy.special.jv(0, x)"),
    "scipy.special.jn": ("scipy.special.jn(1, x)",),
    "scipy.special.iv": ("scipy.special.iv(2, xp)", "scipy.special.iv(1, Ap)"),
    "scipy.special.gammainc": (
        "scipy.special.gammainc(1.5, xp)",
        "scipy.special.gammainc(i + 1, xp)",
        "scipy.special.gammainc(yp, xp)",
    ),
    "scipy.special.gammaincc": (
        "scipy.special.gammaincc(1.5, xp)",
        "scipy.special.gammaincc(2.5, Ap)",
        "scipy.special.gammaincc(sp, Ap)",
    ),
    "scipy.special.logsumexp": (
        "scipy.special.logsumexp(A)",
        "scipy.special.logsumexp(T, axis=(0, 2))",
        "scipy.special.logsumexp(A, axis=-1, keepdims=True)",
        "scipy.special.logsumexp(A, axis=1, b=qp)",
        "scipy.special.logsumexp(A, axis=1, b=q, keepdims=True, return_sign=True)",
        "scipy.special.logsumexp(x, b=-yp, return_sign=True)",
        "scipy.special.logsumexp(x, b=yp)",
        "scipy.special.logsumexp(np.stack([x, y]), axis=0)",
        "scipy.special.logsumexp(o)",
    ),
    "scipy.special.softmax": (
        "scipy.special.softmax(A)",
        "scipy.special.softmax(T, axis=1)",
        "scipy.special.softmax(o)",
    ),
    "scipy.special.log_softmax": ("scipy.special.log_softmax(x)", "scipy.special.log_softmax(A, axis=-1)"),
    "operator": (
        "(x**i, 2.0**x, 2**s, (-1.5) ** i * x, np.array([0.0, 1.0, 2.0]) ** xp, np.e**x)",
        "(s**2, s**3, s**-1, sp**0.5, sp**s, 2.0**s, s**k, x**k)",
        "(operator.add(x, y), operator.sub(x, s), operator.mul(x, y), operator.truediv(x, yp))",
        "(operator.mod(x, yp), operator.pow(xp, y), operator.neg(x), operator.pos(s), operator.abs(x))",
        "(x + y - s, x * y / tp, x % yp, xp**y, -x, +x, abs(A), x // 0.7 * x)",
    ),
    "np.i0": ("np.i0(x) * np.i0(s)",),
    "complex": (
        "np.exp(x + 1j * y)",
        "(np.sin(x + 1j * y), np.cos(x * 1j), np.tanh(s + 1j * t), np.sqrt(xp + 1j * y))",
        "(np.log(xp + 1j * y), (xp + 1j * y) ** 2, (xp + 1j) ** 1.5, (x + 1j * y) / (y - 2j * x))",
        "(np.abs(x + 1j * y), np.conj(x - 1j * y) * (x + 2j), (x + 1j * y) @ (y - 1j * x))",
        "(np.sum(A + 1j * B, axis=0), np.prod(x + 1j * y), np.mean(A + 1j * B), np.cumsum(x + 1j * y))",
        "(np.outer(x + 1j, y), np.dot(A + 1j * B, q), np.vdot(x + 1j * y, y + 2j * x), np.square(x + 1j * y))",
        "(np.reciprocal(x + 1j * y), np.sinh(x + 1j * y), np.cosh(x + 1j * y), np.exp(1j * s))",
        "np.linalg.solve(M + 0.3j * N, x + 1j * y)",
        "np.linalg.inv(M + 0.3j * N)",
        "np.linalg.det(M + 0.3j * N)",
        "np.einsum('ij,j->i', A + 1j * B, q * 2j)",
        "np.tan(xc + 1j * yc), np.arctan(xc + 1j * yc), np.arcsinh(xc + 1j * yc), np.log1p(xc + 1j * yc)",
        "np.expm1(xc + 1j * yc), np.arcsin(xc + 1j * yc), np.arctanh(xc + 1j * yc), np.exp2(xc + 1j * yc)",
        "np.log2(xp + 1j * y), np.log10(xp + 1j * y), np.arccos(xc + 1j * yc), np.arccosh(xg + 1j * y)",
        "np.cumprod(x + 1j * y)",
        "np.var(x + 1j * y), np.std(x + 1j * y), np.linalg.norm(x + 1j * y), np.linalg.norm(A + 1j * B)",
        "np.convolve(x + 1j * y, y - 1j * x), np.correlate(x + 1j * y, y - 1j * x)",
        "np.trapezoid(x + 1j * y), np.diff(x + 1j * y), np.interp(s, np.array([-3.0, 0.1, 3.0]), x + 1j * y)",
        "np.inner(x + 1j * y, y), np.kron(x + 1j * y, y), np.cross(x + 1j * y, y)",
        "np.tensordot(A + 1j * B, B, 2)",
        "np.where(m, x + 1j * y, x), np.concatenate([x, 1j * y]), np.stack([x, 1j * y])",
        "np.polyval(x + 1j * y, s)",
        "np.sinc(x + 1j * y), np.sign(x + 1j * y), np.power(xp + 1j * y, yp), np.float_power(xp + 1j * y, 2)",
        "np.power(2.0 + 1j, x), np.power(xp + 1j * y, y - 1j * xp)",
        "np.linalg.norm(x + 1j * y, 3), np.linalg.norm(x + 1j * y, 1)",
        "np.linalg.norm(A + 1j * B, axis=1, ord=2.5)",
        "np.linalg.det(np.outer(x + 1j, y) + np.outer(y, x + 2j)), np.linalg.norm(x + 1j * y, np.inf)",
        "np.max(np.abs(x + 1j * y)), np.angle(x + 1j * y)",
        "np.linalg.matrix_power(M + 1j * N, 2), np.trace(M + 1j * N), np.mean(x + 1j * y, keepdims=True)",
    ),
}

# ---- reductions

AXES = (
    "",
    ", axis=0",
    ", axis=-1",
    ", axis=1, keepdims=True",
    ", axis=(0, 2)",
    ", axis=(-1, 1), keepdims=True",
    ", keepdims=True",
)


def reduction(name: str, *more: str) -> tuple[str, ...]:
    """Along every kind of axis; of vectors, numbers, single elements."""
    along = [f"({', '.join(f'{name}(T{axes})' for axes in AXES)})"]
    return (*along, f"({name}(x), {name}(o), {name}(C, axis=1), {name}(R, axis=0), {name}(z))", *more)


REDUCTIONS: dict[str, tuple[str, ...]] = {
    "np.sum": reduction(
        "np.sum",
        "(np.sum(e), np.sum(E, axis=0), np.sum(E, axis=1), np.sum(s))",
        "(np.sum(A, axis=0, initial=s), np.sum(A, where=A > 0))",
        "np.sum([s, t, x[0]]), np.sum(A, axis=())",
        "np.sum(A, axis=0, dtype=np.float32), np.sum(A, 1, keepdims=True)",
        "np.sum(A, axis=0, out=np.zeros(4))",
    ),
    "np.prod": reduction(
        "np.prod",
        "(np.prod(e) * s, np.prod(E, axis=0), np.prod(E, axis=1))",
        "(np.prod(A, axis=0, initial=s), np.prod(A, where=A > 0), np.prod(x * np.array([1.0, 0.0, 2.0])))",
    ),
    "np.mean": reduction("np.mean", "(np.mean(E, axis=1), np.mean(A, where=A > 0), np.mean([s, t]))"),
    "np.var": reduction("np.var", "(np.var(A, ddof=1), np.var(A, axis=0, ddof=1.5))"),
    "np.std": (
        f"({', '.join(f'np.std(T{axes})' for axes in AXES)})",
        "(np.std(x), np.std(A, axis=1), np.std(A, axis=1, ddof=1), np.std(A, axis=0, keepdims=True, ddof=2))",
    ),
    "np.max": reduction(
        "np.max", "(np.max(A, initial=s), np.max(A, axis=0, initial=0.3), np.max(A, where=A < 1, initial=-9.0))"
    ),
    "np.min": reduction("np.min", "(np.min(A, initial=s), np.min(A, axis=0, initial=0.3))"),
    "np.amax": ("np.amax(A, axis=1)",),
    "np.amin": ("np.amin(A, axis=1)",),
    "np.ptp": reduction("np.ptp"),
    "np.cumsum": (
        "np.cumsum(T), np.cumsum(T, axis=0), np.cumsum(T, axis=-1), np.cumsum(x), np.cumsum(o)",
        "np.cumsum(E, axis=1)",
    ),
    "np.cumprod": (
        "(np.cumprod(A), np.cumprod(A, axis=0), np.cumprod(A, axis=-1), np.cumprod(o), np.cumprod(e))",
        "np.cumprod(l * np.array([1.0, 0.0, 1.0, 0.0, 1.0]))",
        "np.cumprod(T, axis=1)",
    ),
    "np.nansum": (
        "(np.nansum(A), np.nansum(A, axis=0), np.nansum(np.where(A > 0, A, np.nan), axis=1, keepdims=True))",
    ),
    "np.nanprod": ("(np.nanprod(A), np.nanprod(np.where(A > 0, A, np.nan), axis=1))",),
    "np.nanmean": ("(np.nanmean(A, axis=0), np.nanmean(np.where(A > 0, A, np.nan), axis=1, keepdims=True))",),
    "np.nanmax": ("(np.nanmax(A, axis=0), np.nanmax(np.where(A < 0, A, np.nan), axis=1))",),
    "np.nanmin": ("(np.nanmin(A, axis=0), np.nanmin(np.where(A > 0, A, np.nan), axis=1))",),
    "np.nanvar": ("(np.nanvar(A, axis=0), np.nanvar(np.where(A > -1, A, np.nan), axis=1, ddof=1))",),
    "np.nanstd": ("(np.nanstd(A, axis=0), np.nanstd(np.where(A > -1, A, np.nan), axis=1, ddof=1))",),
    "np.nancumsum": ("(np.nancumsum(A), np.nancumsum(np.where(A > 0, A, np.nan), axis=1))",),
    "np.nancumprod": ("(np.nancumprod(x), np.nancumprod(np.where(A > 0, A, np.nan), axis=1))",),
    ".sum": ("(A.sum(), A.sum(axis=0), T.sum(axis=(0, 1), keepdims=True), x.sum(0))",),
    ".prod": ("(A.prod(), A.prod(axis=0), A.prod(1, keepdims=True))",),
    ".mean": ("(A.mean(), A.mean(axis=0), A.mean(1, keepdims=True))",),
    ".var": ("(A.var(), A.var(axis=0, ddof=1))",),
    ".std": ("(A.std(), A.std(axis=0, ddof=1))",),
    ".max": ("(A.max(), A.max(axis=0), A.max(-1, keepdims=True))",),
    ".min": ("(A.min(), A.min(axis=0), A.min(-1, keepdims=True))",),
    ".cumsum": ("(A.cumsum(), A.cumsum(axis=0))",),
    ".cumprod": ("(x.cumprod(), A.cumprod(axis=0))",),
    "np.add.reduce": ("(np.add.reduce(A), np.add.reduce(A, axis=1), np.add.reduce(A, axis=None))",),
    "np.multiply.reduce": ("(np.multiply.reduce(A), np.multiply.reduce(A, axis=1))",),
    "np.maximum.reduce": ("(np.maximum.reduce(A), np.maximum.reduce([x, y]))",),
    "np.minimum.reduce": ("(np.minimum.reduce(A, axis=1), np.minimum.reduce([x, y]))",),
    "np.add.accumulate": ("np.add.accumulate(A), np.add.accumulate(A, axis=1)",),
    "np.multiply.accumulate": ("np.multiply.accumulate(A), np.multiply.accumulate(A, axis=1)",),
    "np.average": (
        "np.average(A)",
        "np.average(A, axis=1, returned=True)",
        "np.average(q, weights=qp, returned=True)",
        "np.average(A, axis=0, weights=xp)",
        "np.average(A, axis=1, weights=qp, keepdims=True)",
        "np.average(A, axis=-1, weights=Ap)",
        "np.average(T, axis=(0, 1))",
    ),
    "np.cov": (
        "np.cov(A), np.cov(A, rowvar=False)",
        "np.cov(x, y), np.cov(x, y, ddof=0), np.cov(A, bias=True), np.cov(x)",
        "np.cov(A, q), np.cov(A, B)",
    ),
    "np.corrcoef": ("np.corrcoef(A)", "np.corrcoef(x, y)", "np.corrcoef(A, rowvar=False)"),
    "np.median": (
        "(np.median(A), np.median(A, axis=0), np.median(A, axis=1), np.median(T, axis=-1, keepdims=True))",
        "np.median(l), np.median(o), np.median(q)",
    ),
    "np.quantile": (
        "np.quantile(A, 0.3), np.quantile(A, 0.3, axis=0), np.quantile(l, [0.2, 0.9])",
        "np.quantile(A, 0.5, axis=1, keepdims=True)",
        "np.quantile(T, np.array([0.3, 0.6]), axis=1), np.quantile(l, 0.0), np.quantile(l, 1.0)",
    ),
    "np.percentile": ("np.percentile(A, 30), np.percentile(A, [20.0, 70.0], axis=1)",),
    "np.bincount": ("np.bincount(I, weights=l)", "np.bincount(I, l, minlength=9)"),
    "np.histogram": ("np.histogram(np.array([0.1, 0.4, 0.5, 0.8, 2.0]), np.array([0.0, 0.5, 2.0]), weights=l)[0]",),
    "np.linalg.norm": (
        "np.linalg.norm(x), np.linalg.norm(x, 1), np.linalg.norm(x, 2), np.linalg.norm(x, 3)",
        "np.linalg.norm(x, np.inf)",
        "np.linalg.norm(x, -np.inf), np.linalg.norm(x, 2.5), np.linalg.norm(x, 0.5), np.linalg.norm(x, -1)",
        "np.linalg.norm(s)",
        "np.linalg.norm(A), np.linalg.norm(A, axis=1), np.linalg.norm(A, axis=0, keepdims=True)",
        "np.linalg.norm(A, 1, axis=1)",
        "np.linalg.norm(A, 'fro'), np.linalg.norm(A, 1), np.linalg.norm(A, -1), np.linalg.norm(A, np.inf)",
        "np.linalg.norm(A, -np.inf)",
        "(np.linalg.norm(A, 2), np.linalg.norm(A, -2), np.linalg.norm(A, 'nuc'))",
        "np.linalg.norm(T), np.linalg.norm(T, axis=(0, 2))",
        "np.linalg.norm(T, 'nuc', axis=(1, 2), keepdims=True)",
        "np.linalg.norm(A, 3, axis=-1), np.linalg.norm(T, axis=1), np.linalg.norm(A, axis=(0, 1))",
        "np.linalg.norm(A, keepdims=True)",
    ),
    "np.linalg.vector_norm": (
        "np.linalg.vector_norm(A), np.linalg.vector_norm(A, axis=1, ord=3)",
        "np.linalg.vector_norm(T, axis=(0, 1), keepdims=True)",
    ),
    "np.linalg.matrix_norm": (
        "np.linalg.matrix_norm(A), np.linalg.matrix_norm(T, ord=1)",
        "np.linalg.matrix_norm(A, ord='nuc', keepdims=True)",
    ),
    "np.linalg.cond": ("np.linalg.cond(M)", "np.linalg.cond(K, 1), np.linalg.cond(M, -2), np.linalg.cond(M, 'fro')"),
}

# ---- linear algebra

LINEAR: dict[str, tuple[str, ...]] = {
    "np.matmul": (
        "(x @ y, A @ q, x @ A, A @ D, R @ q, C @ R, E @ x, np.matmul(A, D), o @ o)",
        "(T @ q, x @ T, T @ D, A.T @ U, T @ U.swapaxes(1, 2), (T[:1] @ U.swapaxes(1, 2)))",
    ),
    "np.linalg.matmul": ("np.linalg.matmul(A, D)",),
    "np.dot": (
        "np.dot(x, y), np.dot(A, q), np.dot(x, A), np.dot(A, D), np.dot(T, q)",
        "np.dot(T, U.transpose(0, 2, 1))",
        "(np.dot(s, x), np.dot(x, t), np.dot(s, t))",
    ),
    ".dot": ("(x.dot(y), A.dot(q), A.dot(D), T.dot(q))",),
    "np.inner": ("(np.inner(x, y), np.inner(A, B), np.inner(T, A), np.inner(x, s), np.inner(A, q))",),
    "np.vdot": ("np.vdot(x, y), np.vdot(A, B)",),
    "np.vecdot": ("np.vecdot(A, B), np.vecdot(A, q)",),
    "np.linalg.vecdot": ("np.linalg.vecdot(A, B, axis=0)",),
    "np.outer": ("np.outer(x, q), np.outer(A, y), np.outer(x, s)",),
    "np.linalg.outer": ("np.linalg.outer(x, q)",),
    "np.tensordot": (
        "np.tensordot(T, U, axes=([1, 2], [1, 2])), np.tensordot(T, A), np.tensordot(A, D, 1)",
        "np.tensordot(x, y, 0)",
        "np.tensordot(T, U, axes=(0, 0)), np.tensordot(T, q, axes=([2], [0]))",
    ),
    "np.linalg.tensordot": ("np.linalg.tensordot(A, B, axes=2)",),
    "np.einsum": (
        "np.einsum('ij,jk->ik', A, D), np.einsum('ij,ij', A, B), np.einsum('ii', M), np.einsum('ii->i', M)",
        "np.einsum('i,j', x, q)",
        "np.einsum('i,ij,j', x, A, q), np.einsum('...i,i', T, q), np.einsum('ij->ji', A)",
        "np.einsum('aij,bij->ab', T, U)",
        "np.einsum('ij,ij->i', R, A), np.einsum('ij->', A), np.einsum('ij,k->k', A, q)",
        "np.einsum('iji->j', K.transpose(1, 0, 2))",
        "(np.einsum('i,i->i', x, x), np.einsum('ij,kj,k', A, A, x))",
    ),
    "np.kron": ("np.kron(A, D), np.kron(x, y), np.kron(x, A), np.kron(s, x)",),
    "np.cross": (
        "np.cross(x, y), np.cross(M, N), np.cross(M, y), np.cross(A.T, x), np.cross(A, B, axis=0)",
        "np.cross(T, U, axisa=1, axisb=1, axisc=0)",
    ),
    "np.linalg.cross": ("np.linalg.cross(M, N)",),
    "np.linalg.solve": (
        "np.linalg.solve(M, x), np.linalg.solve(M, A), np.linalg.solve(K, N), np.linalg.solve(K, A)",
        "np.linalg.solve(M, np.eye(3)), np.linalg.solve(np.eye(3) * 2, x)",
    ),
    "np.linalg.inv": ("np.linalg.inv(M), np.linalg.inv(K)",),
    "np.linalg.det": ("np.linalg.det(M), np.linalg.det(K)", "np.linalg.det(np.outer(x, y) + np.outer(y, w))"),
    "np.linalg.slogdet": ("np.linalg.slogdet(M), np.linalg.slogdet(-K)[1]",),
    "np.linalg.cholesky": (
        "np.linalg.cholesky(M @ M.T), np.linalg.cholesky(K @ K.swapaxes(1, 2))",
        "np.linalg.cholesky(M @ M.T, upper=True)",
    ),
    "np.linalg.eigh": (
        "w, v = np.linalg.eigh(M + M.T)\nreturn w, v * v",
        "w, v = np.linalg.eigh(K + K.swapaxes(1, 2))\nreturn w * 2, v * v",
        "np.linalg.eigh(M + M.T, UPLO='U')[0]",
    ),
    "np.linalg.eig": (
        "w, v = np.linalg.eig(M)\nreturn w.real, w.imag, v.real, v.imag",
        "w, v = np.linalg.eig(K)\nreturn (w**2).real, (v * w[:, None]).imag",
    ),
    "np.linalg.eigvals": ("np.linalg.eigvals(M).real, np.linalg.eigvals(K).imag, np.sum(np.linalg.eigvals(M)).real",),
    "np.linalg.eigvalsh": ("np.linalg.eigvalsh(M + M.T), np.linalg.eigvalsh(K + K.swapaxes(1, 2))",),
    "np.linalg.svd": (
        "u, d, v = np.linalg.svd(A, full_matrices=False)\nreturn u * u, d, v * v",
        "u, d, v = np.linalg.svd(T, full_matrices=False)\nreturn (u * d[:, None]) @ v, d",
        "u, d, v = np.linalg.svd(A.T, full_matrices=False)\nreturn u * u, d, v * v",
        "np.linalg.svd(A, compute_uv=False)",
        "np.linalg.svd(A)[1], np.linalg.svd(A.T)[1], np.linalg.svd(T)[1]",
    ),
    "np.linalg.svdvals": ("np.linalg.svdvals(A)",),
    "np.linalg.qr": (
        "np.linalg.qr(M), np.linalg.qr(A.T)",
        "np.linalg.qr(M, mode='r')",
        "np.linalg.qr(A), np.linalg.qr(T)",
    ),
    "np.linalg.pinv": ("np.linalg.pinv(M), np.linalg.pinv(A), np.linalg.pinv(T), np.linalg.pinv(A.T)",),
    "np.linalg.lstsq": (
        "np.linalg.lstsq(A.T, q, rcond=None)[0], np.linalg.lstsq(A, x, rcond=None)[0]",
        "np.linalg.lstsq(A.T, q)[:2]",
    ),
    "np.linalg.matrix_power": (
        "np.linalg.matrix_power(M, 3), np.linalg.matrix_power(M, -2), np.linalg.matrix_power(M, 1)",
        "np.linalg.matrix_power(K, 2)",
        "np.linalg.matrix_power(M, 0) @ x",
    ),
    "np.linalg.multi_dot": ("np.linalg.multi_dot([A, D, D.T, q]), np.linalg.multi_dot([x, A, D])",),
}

# ---- shapes

SHAPING: dict[str, tuple[str, ...]] = {
    "np.reshape": (
        "np.reshape(A, (2, 6)), np.reshape(A, -1), np.reshape(s, (1, 1)), np.reshape(A, (4, 3), order='F')",
        "np.reshape(E, (3, 0))",
    ),
    ".reshape": ("A.reshape(2, 6), A.reshape((4, -1)), x.reshape(3, 1), A.reshape(4, 3, order='F')",),
    "np.ravel": ("np.ravel(A), np.ravel(A, order='F'), np.ravel(s)",),
    ".ravel": ("A.ravel(), T.ravel(), A.T.ravel()",),
    ".flatten": ("A.flatten(), A.flatten('F'), A.flatten('K'), A.T.flatten('A')",),
    "np.transpose": ("np.transpose(A), np.transpose(T), np.transpose(T, (1, 0, 2)), np.transpose(T, (-1, 0, 1))",),
    ".transpose": ("A.transpose(), T.transpose(2, 0, 1), T.transpose((2, 0, 1))",),
    "@T": ("A.T, T.T, x.T",),
    "@mT": ("A.mT, T.mT",),
    "np.matrix_transpose": ("np.matrix_transpose(T)",),
    "np.linalg.matrix_transpose": ("np.linalg.matrix_transpose(T)",),
    "np.swapaxes": ("np.swapaxes(T, 0, -1)",),
    ".swapaxes": ("T.swapaxes(0, 1)",),
    "np.moveaxis": ("np.moveaxis(T, 0, -1), np.moveaxis(T, [0, 1], [2, 0])",),
    "np.rollaxis": ("np.rollaxis(T, 2), np.rollaxis(T, 0, 2)",),
    "np.expand_dims": ("np.expand_dims(x, 0), np.expand_dims(A, (0, 3)), np.expand_dims(s, 0)",),
    "np.squeeze": ("np.squeeze(R), np.squeeze(C, axis=1), np.squeeze(C, axis=-1), np.squeeze(o)",),
    ".squeeze": ("R.squeeze(), R.squeeze(axis=0)",),
    "np.broadcast_to": (
        "np.broadcast_to(x, (2, 3)), np.broadcast_to(s, (2,)), np.broadcast_to(C, (3, 4))",
        "np.broadcast_to(o, (0,))",
    ),
    "np.broadcast_arrays": ("np.broadcast_arrays(R, C), np.broadcast_arrays(x, s)",),
    "np.atleast_1d": ("np.atleast_1d(s), np.atleast_1d(x), np.atleast_1d(x, t)",),
    "np.atleast_2d": ("np.atleast_2d(s), np.atleast_2d(x), np.atleast_2d(A)",),
    "np.atleast_3d": ("np.atleast_3d(s), np.atleast_3d(x), np.atleast_3d(A)",),
    "np.flip": ("np.flip(A), np.flip(A, 0), np.flip(T, (0, -1)), np.flip(x)",),
    "np.flipud": ("np.flipud(A)",),
    "np.fliplr": ("np.fliplr(A)",),
    "np.rot90": ("np.rot90(A), np.rot90(A, 2), np.rot90(A, -1), np.rot90(T, 1, (0, 2))",),
    "np.roll": ("np.roll(A, 1), np.roll(A, -2, axis=1), np.roll(A, (1, 2), (0, 1)), np.roll(x, 1)",),
    "np.diag": ("np.diag(x), np.diag(M), np.diag(A, 1), np.diag(x, -1)",),
    "np.diagflat": ("np.diagflat(x), np.diagflat(A, 1)",),
    "np.diagonal": ("np.diagonal(M), np.diagonal(A, 1), np.diagonal(T, 0, 1, 2)",),
    ".diagonal": ("M.diagonal(), T.diagonal(0, 1, 2), A.diagonal(-1)",),
    "np.linalg.diagonal": ("np.linalg.diagonal(K, offset=1)",),
    "np.trace": ("np.trace(M), np.trace(A, 1), np.trace(T, 0, 1, 2)",),
    ".trace": ("M.trace(), A.trace(-1)",),
    "np.linalg.trace": ("np.linalg.trace(K)",),
    "np.triu": ("np.triu(A), np.triu(A, 1), np.triu(T), np.triu(x, -1)",),
    "np.tril": ("np.tril(A), np.tril(A, -1), np.tril(T), np.tril(x, 1)",),
    "np.concatenate": (
        "np.concatenate([x, y]), np.concatenate((A, B), axis=1), np.concatenate([A, B], axis=None)",
        "np.concatenate([x, e])",
        "np.concatenate([A, R, A], axis=-2), np.concatenate([x, i]), np.concatenate([x, x])",
    ),
    "np.append": ("np.append(x, s), np.append(A, B), np.append(A, R, axis=0)",),
    "np.insert": ("np.insert(x, 1, s), np.insert(A, 1, x, axis=1), np.insert(A, 0, q, axis=0)", "np.insert(A, 3, 0.5)"),
    "np.stack": ("np.stack([x, y]), np.stack([x, y, w], axis=-1), np.stack([s, t])",),
    "np.hstack": ("np.hstack([x, y]), np.hstack([A, B]), np.hstack([s, x])",),
    "np.vstack": (
        "np.vstack([x, y]), np.vstack([A, R]), np.vstack(x), np.hstack(x), np.dstack(x), np.column_stack(x)",
    ),
    "np.dstack": ("np.dstack([x, y]), np.dstack([A, B])",),
    "np.column_stack": ("np.column_stack([x, y]), np.column_stack([x, A])",),
    "np.block": ("np.block([x, y]), np.block([[M, C], [y, s]])",),
    "np.split": ("np.split(A, 2, axis=1), np.split(x, [1]), np.split(x, [1, 1])",),
    "np.array_split": ("np.array_split(x, 2), np.array_split(A, 3, axis=1)",),
    "np.hsplit": ("np.hsplit(A, 2)",),
    "np.vsplit": ("np.vsplit(A, 3)",),
    "np.dsplit": ("np.dsplit(T, 2)",),
    "np.tile": ("np.tile(x, 2), np.tile(A, (2, 1)), np.tile(x, (2, 2)), np.tile(s, 3), np.tile(A, 2)",),
    "np.repeat": (
        "np.repeat(x, 2), np.repeat(A, 2, axis=0), np.repeat(A, [1, 0, 2], axis=0), np.repeat(A, 3)",
        "np.repeat(s, 2)",
    ),
    ".repeat": ("x.repeat(2), A.repeat(2, axis=1), x.repeat(i)",),
    "np.pad": (
        "np.pad(x, 1), np.pad(A, ((1, 0), (2, 1))), np.pad(x, (2, 0), mode='edge')",
        "np.pad(l, 2, mode='reflect'), np.pad(l, 2, mode='wrap'), np.pad(l, 2, mode='symmetric')",
        "np.pad(x, 1, constant_values=s), np.pad(z, 1), np.pad(z, 1, constant_values=s)",
        "np.pad(A, 1, mode='edge'), np.pad(A, 1, mode='wrap')",
    ),
    "np.meshgrid": ("np.meshgrid(x, q), np.meshgrid(x, q, indexing='ij'), np.meshgrid(x, q, sparse=True)",),
    "np.full": ("np.full(3, s), np.full((2, 3), x), np.full((), t)",),
    "np.full_like": ("np.full_like(A, s), np.full_like(A, q)",),
    "np.zeros_like": ("np.zeros_like(A) + A",),
    "np.ones_like": ("np.ones_like(A) * q",),
    "np.array": (
        "np.array([s, t]), np.array([[s, t], [x[0], 1.0]]), np.array([x, y]), np.array(A, ndmin=3)",
        "np.array(s), np.array((x, [s, t, 0.5]))",
        "np.array(x, dtype=complex) * 1j, np.array([s, 1j * t])",
    ),
    "np.asarray": ("np.asarray(x), np.asarray([s, t]), np.asarray(s), np.asarray(A, dtype=np.float64)",),
    "np.asanyarray": ("np.asanyarray(x) * s",),
    "np.asarray_chkfinite": ("np.asarray_chkfinite(x) * s",),
    "np.ascontiguousarray": ("np.ascontiguousarray(A.T)",),
    "np.asfortranarray": ("np.asfortranarray(A)",),
    "np.copy": ("np.copy(A), np.copy(s)",),
    ".copy": ("A.copy(), x.copy() * x",),
    "np.arange": ("np.arange(s) * t, np.arange(s, 3.0), np.arange(sp, 5.0, 0.9 * tp)",),
    "np.linspace": (
        "np.linspace(s, t, 5), np.linspace(s, t, 4, endpoint=False), np.linspace(x, y, 3)",
        "np.linspace(s, t, 4, retstep=True), np.linspace(s, t, 1), np.linspace(0, 1, 3) * s",
    ),
    "np.logspace": (
        "np.logspace(s, t, 4), np.logspace(s, t, 3, base=2.0)",
        "np.logspace(s, t, 3, base=xp), np.logspace(s, t, 1, base=xp), np.logspace(x, y, 4, base=xp, axis=-1)",
    ),
    "np.geomspace": ("np.geomspace(sp, tp, 4)",),
    "np.vander": ("np.vander(x), np.vander(x, 4, increasing=True), np.vander(x, 2)",),
    ".astype": (
        "x.astype(np.float32).astype(float) * x",
        "A.astype(complex) * 1j, x.astype(float)",
        "x.astype(np.float64, copy=False)",
    ),
    "np.float64": ("np.float64(s), np.float64(x[0])",),
    "np.float16": ("np.float64(np.float16(s)) * t",),
    "np.float32": ("np.float64(np.float32(s)) * s",),
    "np.complex128": ("np.complex128(s) * 1j",),
    "np.complex64": ("(np.complex64(s) * 1j).imag * s",),
    ".item": ("z.item(), x.item(1), A.item(1, 2), o.item()",),
    ".tolist": ("x.tolist()[1] * s, A.tolist()[0][1], sum(x.tolist())",),
    "builtins.len": ("len(x) * s",),
    "np.shape": ("x * np.shape(A)[1]",),
    "@shape": ("x * A.shape[0]",),
    "np.size": ("x * np.size(A), np.size(A, 1) * x",),
    "@size": ("A / A.size",),
    "np.ndim": ("A * np.ndim(A)",),
    "@ndim": ("A * A.ndim",),
    "@dtype": ("np.ones(3, x.dtype) * x",),
}

# ---- indices, order, sequences

PICKING: dict[str, tuple[str, ...]] = {
    "subscripts": (
        "x[0], x[-1], x[1:], x[::-1], x[::2], A[0], A[:, 1], A[1:, ::2], A[..., 0], A[None], A[1, 2]",
        "T[:, 1, ::-1]",
        "x[i], A[i], A[i, j[:, 0][0]], A[:, j], A[i, [0, 1, 0]], T[:, i, 1:], T[i[:2] % 2, :, [0, 1]]",
        "A[A > 0], x[m], A[m], A[m, 1:]",
        "x[x > 0], A[:, np.array([True, False, True, False])], A[np.ix_([0, 2], [1, 3])], x[k], A[k, k]",
        "z[()]",
    ),
    "stores": (
        "v = x.copy()\nv[0] = s\nv[1:] += y[1:]\nv[i] *= 1.5\nreturn v",
        "B = A.copy()\nB[1] = q\nB[:, 0] = x * s\nB[B > 1.0] = t\nB[0, ::2] -= B[1, ::2]\nreturn B * B",
        "v = np.zeros(3)\nnp.add.at(v, i, x)\nv[[0, 1]] = y[:2]\nreturn v * v",
        "v = np.zeros((3, 4))\nv[i, [0, 1, 0]] = x\nv[m] += q\nv[:, None, 2][0] = s\nreturn v",
        "v = np.zeros(3)\nv[i] = x\nreturn v * v",
        "v = x.copy()\nfor n in range(3):\n    v[n] = v[n - 1] * v[n] + s\nreturn v",
    ),
    "lists": (
        "v = []\nfor n in range(3):\n    v.append(x[n] * s)\nv[1] = v[1] * t\nreturn v[0] * v[1], np.array(v)",
        "v = [s, t]\nfor n in range(k):\n    v.append(v[-1] * v[-2])\nv.pop()\nreturn v[-1], len(v) * s",
        "v = [x, y]\nfor n in range(k):\n    v.append(v[-1] * v[n])\nreturn np.concatenate(v), np.stack(v[1:])",
        "v = []\nfor n in x:\n    v.append(n * n)\nv.reverse()\nv.extend([s, t])\nreturn np.array(v[1:] + [s]) * v[0]",
        "v = [n * s for n in x]\nv[:2] = [t, t * t]\nreturn sum(v), max(v), min(v), np.array(sorted(v))",
        "v = [(n, n * s) for n in x]\ntotal = 0.0\nfor a, c in v:\n    total += a * c\nreturn total",
        "v = [x * n for n in range(1, 4)]\nv.insert(1, y)\ndel v[0]\nreturn np.vstack(v)",
        "v = list(x)\nwhile len(v) > 1:\n    v.append(v.pop() * v.pop(0) + s)\nreturn v[0]",
    ),
    "flow": (
        "v = s\nwhile v * v < 50:\n    v = v * 1.5 + t * t\nreturn v",
        "if s > 5.0:\n    return x * t\nreturn x * s",
        "v = x\nfor n in range(3):\n    if v[n] > 0.2:\n        v = v * s\n    else:\n        v = np.sin(v)\nreturn v",
        "v = 0.0\nfor n, c in enumerate(x):\n    if n == 1:\n        continue\n    v = v * t + c\nreturn v",
        "max(s, t), min(s, t), max(x), min(x), sum(x), max(s, t, 0.1), abs(min(s, 0.5))",
        "max(t, s) * s, min(t, s) * t, max(x[0], s), max(s, x[0]), min(x[0], s), min(s, x[0])",
        "math.fsum([s, t, s * t]), math.fsum(x), math.fsum(v * t for v in x)",
    ),
    "np.take": (
        "np.take(A, i), np.take(A, i, axis=0), np.take(A, j, axis=-1), np.take(x, 1)",
        "np.take(A, i * 3, axis=0, mode='wrap'), np.take(A, [], axis=1)",
    ),
    ".take": ("x.take(i), A.take(i, axis=1)",),
    "np.take_along_axis": (
        "np.take_along_axis(A, np.argsort(A, axis=1), axis=1)",
        "np.take_along_axis(A, np.argmax(A, axis=0, keepdims=True), axis=0)",
        "np.take_along_axis(A, np.array([3, 3, 0]), axis=None)",
    ),
    "np.compress": ("np.compress(m, A, axis=0), np.compress([True, False, True], x)",),
    ".compress": ("x.compress(m)",),
    "np.extract": ("np.extract(A > 0, A)",),
    "np.choose": ("np.choose(i, [x, y, w])",),
    "np.select": ("np.select([A > 1, A < 0], [A, B], s), np.select([x > 0], [y])",),
    "np.delete": ("np.delete(x, 1), np.delete(A, [0, 2], axis=1), np.delete(A, 3)",),
    "np.ix_": ("A[np.ix_(i, [1, 3])]",),
    "np.diag_indices": ("M[np.diag_indices(3)]",),
    "np.diag_indices_from": ("M[np.diag_indices_from(M)]",),
    "np.tril_indices": ("M[np.tril_indices(3)], A[np.tril_indices(3, -1, 4)]",),
    "np.triu_indices": ("M[np.triu_indices(3, 1)]",),
    "np.tril_indices_from": ("M[np.tril_indices_from(M)]",),
    "np.triu_indices_from": ("M[np.triu_indices_from(M, 1)]",),
    "np.nonzero": ("A[np.nonzero(A > 0)]",),
    ".nonzero": ("A[(A > 0).nonzero()]",),
    "np.flatnonzero": ("x[np.flatnonzero(x > 0)]",),
    "np.sort": (
        "np.sort(x), np.sort(A), np.sort(A, axis=0), np.sort(A, axis=None), np.sort(T, axis=1), np.sort(o)",
        "np.sort(e)",
    ),
    "np.partition": ("np.partition(l, 2), np.partition(A, 1, axis=0)",),
    "np.unique": ("np.unique(x), np.unique(A)",),
    "builtins.sorted": ("np.array(sorted(x)), sorted([s, t, 0.3])[1]",),
    "np.diff": (
        "np.diff(x), np.diff(A), np.diff(A, axis=0), np.diff(l, 2), np.diff(x, prepend=s)",
        "np.diff(A, append=C), np.diff(x, 0)",
    ),
    "np.ediff1d": ("np.ediff1d(x), np.ediff1d(x, s, y)",),
    "np.gradient": (
        "np.gradient(l), np.gradient(A, axis=1), np.gradient(A), np.gradient(l, 0.5)",
        "np.gradient(l, edge_order=2), np.gradient(x, s)",
        "np.gradient(l, np.cumsum(lp)), np.gradient(A, 0.5, axis=0)",
    ),
    "np.trapezoid": (
        "np.trapezoid(l), np.trapezoid(l, np.cumsum(lp)), np.trapezoid(A, dx=0.3), np.trapezoid(A, axis=0)",
        "np.trapezoid(A, q), np.trapezoid(l, dx=s)",
    ),
    "np.interp": (
        "np.interp(xu, np.array([0.0, 0.31, 1.0]), y)",
        "np.interp(x, np.cumsum(yp) - 2.0, w), np.interp(s, np.cumsum(yp) - 3.0, w, left=0.3)",
        "np.interp(s, np.cumsum(yp) + 9.0, w, left=t) * x[0]",
    ),
    "np.convolve": (
        "np.convolve(l, x), np.convolve(l, x, 'same'), np.convolve(x, l, 'valid'), np.convolve(o, x)",
        "np.convolve(s, x)",
    ),
    "np.correlate": ("np.correlate(l, x), np.correlate(l, x, 'same'), np.correlate(x, l, 'full')",),
    "np.polyval": ("np.polyval(x, s), np.polyval(x, A), np.polyval([1.0, s, 2.0], t), np.polyval(x, y)",),
    "np.polyder": ("np.polyder(l), np.polyder(l, 2)",),
    "np.unwrap": ("np.unwrap(np.array([0.1, 3.0, -3.0]) + xu)", "np.unwrap(A * 3, axis=0)"),
    "np.fft.fft": (
        "np.fft.fft(x), np.fft.fft(A, axis=0), np.fft.fft(l, 3), np.fft.fft(x, norm='ortho')",
        "np.fft.fft(x + 1j * y)",
    ),
    "np.fft.ifft": ("np.fft.ifft(x), np.fft.ifft(A, 5), np.fft.ifft(x + 1j * y, norm='forward')",),
    "np.fft.rfft": ("np.fft.rfft(x), np.fft.rfft(q), np.fft.rfft(A, axis=0), np.fft.rfft(l, 4)",),
    "np.fft.irfft": ("np.fft.irfft(x + 1j * y), np.fft.irfft(A, 5), np.fft.irfft(x, axis=0)",),
    "np.fft.fft2": ("np.fft.fft2(A), np.fft.fft2(T)",),
    "np.fft.ifft2": ("np.fft.ifft2(A)",),
    "np.fft.fftn": ("np.fft.fftn(T), np.fft.fftn(T, axes=(0, 2))",),
    "np.fft.ifftn": ("np.fft.ifftn(A)",),
    "np.fft.rfft2": ("np.fft.rfft2(A)",),
    "np.fft.rfftn": ("np.fft.rfftn(T)",),
    "np.fft.irfft2": ("np.fft.irfft2(A + 1j * B)",),
    "np.fft.irfftn": ("np.fft.irfftn(A + 1j * B, (3, 6))",),
    "np.fft.fftshift": ("np.fft.fftshift(A), np.fft.fftshift(l), np.fft.fftshift(A, axes=0)",),
    "np.fft.ifftshift": ("np.fft.ifftshift(A), np.fft.ifftshift(l)",),
    "np.add.outer": ("np.add.outer(x, q), np.add.outer(s, x), np.add.outer(A, y)",),
    "np.subtract.outer": ("np.subtract.outer(x, q)",),
    "np.multiply.outer": ("np.multiply.outer(x, q), np.multiply.outer(A, y)",),
    "np.divide.outer": ("np.divide.outer(x, qp)",),
    "np.remainder.outer": ("np.remainder.outer(x, qp)",),
    "np.power.outer": ("np.power.outer(xp, q), np.power.outer(x, np.arange(3))",),
    "np.arctan2.outer": ("np.arctan2.outer(x, q)",),
    "np.hypot.outer": ("np.hypot.outer(x, q)",),
    "np.copysign.outer": ("np.copysign.outer(x, q)",),
    "np.fmod.outer": ("np.fmod.outer(x, qp)",),
    "np.float_power.outer": ("np.float_power.outer(xp, q)",),
    "np.logaddexp.outer": ("np.logaddexp.outer(x, q)",),
    "np.logaddexp2.outer": ("np.logaddexp2.outer(x, q)",),
    "np.maximum.outer": ("np.maximum.outer(x, q)",),
    "np.minimum.outer": ("np.minimum.outer(x, q)",),
    "np.fmax.outer": ("np.fmax.outer(x, q)",),
    "np.fmin.outer": ("np.fmin.outer(x, q)",),
    "np.nextafter.outer": ("np.nextafter.outer(x, q)",),
    "np.heaviside.outer": ("np.heaviside.outer(np.array([0.0, 1.0]), x)",),
    "np.ldexp.outer": ("np.ldexp.outer(x, i)",),
}

# ---- together


ROOTS = {"np": np, "math": math, **({} if find_spec("scipy") is None else {"scipy": import_module("scipy")})}


def gathered(*tables: dict[str, tuple[str, ...]]) -> list[Case]:
    entries = [entry for table in tables for entry in table.items() if _is_there(entry[0])]
    return [Case(key, text) for key, texts in entries for text in texts]


def _is_there(key: str) -> bool:
    """Whether Python, NumPy and SciPy have a function, as installed: some came late, some have gone."""
    root, *names = key.split(".")
    found: object = ROOTS.get(root)
    for name in names if found is not None else ():
        found = getattr(found, name, None)
    return found is not None or root not in ROOTS


TABLES = (*OF_NUMPY, SERIES_CALLS, OF_SCIPY_LINALG, OF_SCIPY_SPECIAL, OF_SCIPY_SIGNAL)
CASES = gathered(ELEMENTWISE, MORE_ELEMENTWISE, REDUCTIONS, LINEAR, SHAPING, PICKING, *TABLES)
FLAT_CASES = gathered(FLAT)

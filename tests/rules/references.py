"""Functions as mpmath has them, beside calls of the program, and where the derivatives of both are compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath

Reference = Callable[[Any], Any]

POINTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1.5, 3.0, 1e-300, -1e-300, 1e-8, -1e-8, 30.0, -30.0, 700.0, -700.0)
POINTS = (*POINTS, 1e5, -1e5, 1e154, -1e200, 1e300, 1 / math.e, math.pi / 2)
# where second derivatives may be too large, or too small, on the way
EXTREME = 1e150
SHORT = (0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1e-8, 30.0, 1e5)  # for what takes mpmath long
WITH = (0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.0)  # the other operand


def _sign(x: Any) -> Any:
    return mpmath.sign(x)


def _whole(x: Any) -> Any:
    return mpmath.floor(x) if x >= 0 else mpmath.ceil(x)


def _power(x: Any, c: float) -> Any:
    return x**c if x >= 0 or c == int(c) else mpmath.nan


def _softplus(x: Any) -> Any:
    return max(x, 0) + mpmath.log1p(mpmath.exp(-abs(x)))


def _distribution(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


OF_FLOATS: dict[str, Reference] = {
    **{f"np.{n}(x)": getattr(mpmath, n) for n in "exp expm1 log log10 log1p sqrt sin cos tan sinh cosh tanh".split()},
    **{f"np.arc{n}(x)": getattr(mpmath, f"a{n}") for n in "sin cos tan sinh cosh tanh".split()},
    "np.exp2(x)": lambda x: mpmath.mpf(2) ** x,
    "np.log2(x)": lambda x: mpmath.log(x) / mpmath.log(2),
    "np.cbrt(x)": lambda x: _sign(x) * mpmath.cbrt(abs(x)),
    "np.sinc(x)": mpmath.sincpi,
    "np.i0(x)": lambda x: mpmath.besseli(0, x),
    "np.reciprocal(x)": lambda x: 1 / x,
    "np.square(x)": lambda x: x * x,
    "np.absolute(x)": abs,
    "np.sign(x)": _sign,
    "np.floor(x)": mpmath.floor,
    "np.ceil(x)": mpmath.ceil,
    "np.trunc(x)": _whole,
    "np.rint(x)": mpmath.nint,
    "np.modf(x)[0]": lambda x: x - _whole(x),
    "np.deg2rad(x)": mpmath.radians,
    "np.rad2deg(x)": mpmath.degrees,
    "np.clip(x, -1.0, 1.0)": lambda x: min(max(x, -1), 1),
    "np.where(x > 0, np.sqrt(x), 0.0)": lambda x: mpmath.sqrt(x) if x > 0 else mpmath.mpf(0),
    "np.logaddexp(x, 0.0)": _softplus,
    "np.linalg.norm(np.array([x, 0.0]), 1)": abs,
    "np.linalg.norm(np.array([x, 1.0]), np.inf)": lambda x: max(abs(x), 1),
    "np.max(np.array([x, 1.0, 0.0]))": lambda x: max(x, 1),
    "np.ptp(np.array([x, 1.0, 0.0]))": lambda x: max(x, 1) - min(x, 0),
    "np.median(np.array([x, 1.0, 0.0]))": lambda x: min(max(x, 0), 1),
    "np.var(np.array([x, 1.0]))": lambda x: (x - 1) ** 2 / 4,
    "math.gamma(x)": mpmath.gamma,
    "math.lgamma(x)": lambda x: mpmath.re(mpmath.loggamma(x)),
    "math.erf(x)": mpmath.erf,
    "math.erfc(x)": mpmath.erfc,
}
for _c in WITH:
    OF_FLOATS |= {
        f"np.power(x, {_c})": lambda x, c=_c: _power(x, c),
        f"x**{_c}": lambda x, c=_c: _power(x, c),
        f"np.arctan2(x, {_c})": lambda x, c=_c: mpmath.atan2(x, c),
        f"np.arctan2({_c}, x)": lambda x, c=_c: mpmath.atan2(c, x),
        f"np.hypot(x, {_c})": lambda x, c=_c: mpmath.hypot(x, c),
        f"np.maximum(x, {_c})": lambda x, c=_c: max(x, c),
        f"np.fmin({_c}, x)": lambda x, c=_c: min(x, c),
        f"max(x, {_c})": lambda x, c=_c: max(x, c),
        f"{_c} / x": lambda x, c=_c: c / x,
        f"np.copysign(x, {_c})": lambda x, c=_c: abs(x) * math.copysign(1, c),
    }
    if _c > 0:
        OF_FLOATS[f"np.power({_c}, x)"] = lambda x, c=_c: mpmath.mpf(c) ** x

OF_SCIPY: dict[str, Reference] = {
    "erf(x)": mpmath.erf,
    "erfc(x)": mpmath.erfc,
    "erfcx(x)": lambda x: mpmath.exp(x * x) * mpmath.erfc(x),
    "dawsn(x)": lambda x: mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x),
    "ndtr(x)": _distribution,
    "log_ndtr(x)": lambda x: mpmath.log(_distribution(x)),
    "expit(x)": lambda x: 1 / (1 + mpmath.exp(-x)),
    "log_expit(x)": lambda x: -_softplus(-x),
    "logit(x)": lambda x: mpmath.log(x / (1 - x)),
    "gamma(x)": mpmath.gamma,
    "rgamma(x)": mpmath.rgamma,
    "gammaln(x)": lambda x: mpmath.re(mpmath.loggamma(x)),
    "digamma(x)": lambda x: mpmath.psi(0, x),
    "exprel(x)": lambda x: mpmath.expm1(x) / x if x else mpmath.mpf(1),
    "cosm1(x)": lambda x: mpmath.cos(x) - 1,
    "exp1(x)": mpmath.e1,
    "expi(x)": mpmath.ei,
    "spence(x)": lambda x: mpmath.re(mpmath.polylog(2, 1 - x)),
    "ellipk(x)": mpmath.ellipk,
    "ellipe(x)": mpmath.ellipe,
    "ellipkinc(0.5, x)": lambda x: mpmath.ellipf(0.5, x),
    "elliprf(x, 1.0, 2.0)": lambda x: mpmath.elliprf(x, 1, 2),
    "elliprc(x, 1.0)": lambda x: mpmath.elliprc(x, 1),
    "agm(x, 2.0)": lambda x: mpmath.agm(x, 2),
    "xlogy(x, 2.0)": lambda x: x * mpmath.log(2),
    "xlogy(2.0, x)": lambda x: 2 * mpmath.log(x),
    "xlog1py(x, 0.5)": lambda x: x * mpmath.log1p(0.5),
    "entr(x)": lambda x: -x * mpmath.log(x) if x else mpmath.mpf(0),
    "boxcox(2.0, x)": lambda x: mpmath.expm1(x * mpmath.log(2)) / x if x else mpmath.log(2),
    "huber(2.0, x)": lambda x: x * x / 2 if abs(x) <= 2 else 2 * (abs(x) - 1),
    "pseudo_huber(2.0, x)": lambda x: 4 * (mpmath.sqrt(1 + x * x / 4) - 1),
    "gammainc(2.0, x)": lambda x: mpmath.gammainc(2, 0, x, regularized=True),
    "betainc(2.0, 0.5, x)": lambda x: mpmath.betainc(2, 0.5, 0, x, regularized=True),
    "hyp2f1(0.5, 2.0, 1.5, x)": lambda x: mpmath.hyp2f1(0.5, 2, 1.5, x),
    "airy(x)[0]": mpmath.airyai,
    "sici(x)[0]": mpmath.si,
    **{f"j{k}(x)": lambda x, k=k: mpmath.besselj(k, x) for k in (0, 1)},
    **{f"i{k}(x)": lambda x, k=k: mpmath.besseli(k, x) for k in (0, 1)},
    **{f"y{k}(x)": lambda x, k=k: mpmath.bessely(k, x) for k in (0, 1)},
    **{f"struve({v}, x)": lambda x, v=v: mpmath.struveh(v, x) for v in (0, 1, 2)},
    **{f"modstruve({v}, x)": lambda x, v=v: mpmath.struvel(v, x) for v in (0, 1, 2)},
    **{f"eval_legendre({n}, x)": lambda x, n=n: mpmath.legendre(n, x) for n in (0, 1, 3)},
    **{f"eval_chebyt({n}, x)": lambda x, n=n: mpmath.chebyt(n, x) for n in (0, 1, 3)},
}

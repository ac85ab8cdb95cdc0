"""More of scipy.special: tables of names, from which come operations, their types and how calls become equations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from srcad.errors import NotYetSupported
from srcad.ops.arguments import as_dtype, emit, emit_many, flag, integer, is_given
from srcad.ops.declare import Area, Argument, Infer, Kind, ToOne
from srcad.ops.elementwise import by_numpy, elementwise, strong
from srcad.ops.special import by_scipy
from srcad.ops.structural import as_array
from srcad.ops.typing import floating_dtype, shaped
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Type, dtype_of, is_complex

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- ufuncs: how many operands -> names

UFUNCS: Mapping[int, tuple[str, ...]] = {
    1: (
        *("erfcinv", "exprel", "rgamma", "loggamma", "spence", "expi", "exp1", "ellipk", "ellipe", "ellipkm1"),
        *("k0e", "k1e", "ber", "bei", "ker", "kei", "berp", "beip", "kerp", "keip", "wofz", "wrightomega"),
        *("cosdg", "sindg", "tandg", "cotdg", "exp10", "ndtri_exp"),
    ),
    2: (
        *("expn", "ellipkinc", "ellipeinc", "elliprc", "binom", "boxcox", "boxcox1p", "inv_boxcox", "inv_boxcox1p"),
        *("huber", "pseudo_huber", "ive", "kv", "kve", "kn", "yn", "yv", "yve", "jve", "hankel1", "hankel2"),
        *("hankel1e", "hankel2e", "struve", "modstruve", "owens_t", "stdtr", "stdtrit", "chdtr", "chdtrc", "chdtri"),
        *("gammaincinv", "gammainccinv", "pdtr", "pdtrc", "pdtri", "powm1", "agm", "poch", "hyp0f1"),
        *("eval_legendre", "eval_chebyt", "eval_chebyu", "eval_chebyc", "eval_chebys", "eval_hermite"),
        *("eval_hermitenorm", "eval_laguerre", "eval_sh_legendre", "eval_sh_chebyt", "eval_sh_chebyu"),
    ),
    3: (
        *("betainc", "betaincc", "betaincinv", "betainccinv", "hyp1f1", "hyperu", "elliprf", "elliprd", "lpmv"),
        *("fdtr", "fdtrc", "fdtri", "gdtr", "gdtrc", "bdtr", "bdtrc", "bdtri", "nbdtr", "nbdtrc"),
        *("eval_gegenbauer", "eval_genlaguerre", "radian", "voigt_profile", "wright_bessel"),
    ),
    4: ("hyp2f1", "eval_jacobi", "eval_sh_jacobi"),
}
# ufuncs with several results: how many operands and results
PAIRS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("fresnel", "sici", "shichi", "itj0y0", "iti0k0"), (1, 2)),
    "airy": (1, 4),
    "ellipj": (2, 4),
}
# functions that are no ufuncs: of an order, and of a number
SPHERICAL = ("spherical_jn", "spherical_yn", "spherical_in", "spherical_kn")
# derivatives of Bessel functions by name: the function, and the sign of every other term
DERIVATIVES = {"jvp": "jv", "yvp": "yv", "ivp": "iv", "kvp": "kv", "h1vp": "hankel1", "h2vp": "hankel2"}
SIGNS = {"ivp": (1, 1), "kvp": (-1, 1)}  # of the whole, and of the terms with odd numbers; else (1, -1)


def _doubles(count: int, dtype: str | None = None) -> Infer:
    """The typing of a function that computes in doubles, or makes complex numbers of all."""

    def result(types: tuple[Type, ...], python: bool | None) -> Type:
        kind = dtype or ("complex128" if any(map(is_complex, types)) else "float64")
        return shaped(types, kind, False if python is None else python)

    def unary(x: Type, *, python: bool | None = None) -> Type:
        return result((x,), python)

    def binary(x: Type, y: Type, *, python: bool | None = None) -> Type:
        return result((x, y), python)

    def of_four(x: Type, y: Type, z: Type, w: Type, *, python: bool | None = None) -> Type:
        return result((x, y, z, w), python)

    typings: dict[int, Infer] = {1: unary, 2: binary, 4: of_four}
    return typings[count]


def _several(name: str, count: int, results: int) -> Infer:
    def infer(types: tuple[Type, ...]) -> tuple[Type, ...]:
        narrow = all(dtype_of(t) in ("float32", "complex64") and t.is_array for t in types)
        dtype = floating_dtype(types) if narrow else "complex128" if any(map(is_complex, types)) else "float64"
        return (shaped(types, dtype, False),) * results

    def unary(x: Type) -> tuple[Type, ...]:
        return infer((x,))

    def binary(x: Type, y: Type) -> tuple[Type, ...]:
        return infer((x, y))

    return unary if count == 1 else binary


def _text(name: str, count: int) -> str:
    return f"scipy.special.{name}({', '.join(f'{{{k}}}' for k in range(count))})"


def _to_many(name: str) -> Callable[..., tuple[Atom, ...]]:
    def lowering(b: Builder, *args: Argument) -> tuple[Atom, ...]:
        return emit_many(b, name, *(as_array(b, a) for a in args))

    return lowering


for _count, _names in UFUNCS.items():
    for _name in _names:
        op(_name, Kind.ELEMENTWISE, by_scipy(_name, _count), _text(_name, _count), cost="dear")
        lowers(f"scipy.special.{_name}")(elementwise(_name))
for _name, (_count, _results) in PAIRS.items():
    op(_name, Kind.ALGORITHM, _several(_name, _count, _results), _text(_name, _count), cost="dear")
    lowers(f"scipy.special.{_name}")(_to_many(_name))
for _name in SPHERICAL:
    op(_name, Kind.ELEMENTWISE, _doubles(2), _text(_name, 2), cost="dear")
op("zeta", Kind.ELEMENTWISE, by_scipy("zeta", 2), _text("zeta", 2), cost="dear")
op("lambertw", Kind.ELEMENTWISE, _doubles(2, "complex128"), _text("lambertw", 2), cost="dear")
op("sph_harm_y", Kind.ELEMENTWISE, _doubles(4, "complex128"), _text("sph_harm_y", 4), cost="dear")


def _multigammaln(a: Type, *, d: int, python: bool | None = None) -> Type:
    return shaped((a,), "float64", False)


def _multigammaln_text(texts: tuple[str, ...], params: Params) -> str:
    return f"scipy.special.multigammaln({texts[0]}, {params['d']})"


op("multigammaln", Kind.ELEMENTWISE, _multigammaln, _multigammaln_text, cost="dear")

# ---- calls of functions that are no ufuncs


@lowers("scipy.special.lambertw")
def lambertw(b: Builder, z: Argument, k: Argument = 0) -> Atom:
    return by_numpy(b, "lambertw", as_array(b, z), as_array(b, k))


@lowers("scipy.special.zeta")
def zeta(b: Builder, x: Argument, q: Argument = None) -> Atom:
    return by_numpy(b, "zeta", as_array(b, x), as_array(b, q if is_given(q) else 1))


@lowers("scipy.special.multigammaln")
def multigammaln(b: Builder, a: Argument, d: Argument) -> Atom:
    return emit(b, "multigammaln", as_array(b, a), d=integer(d, "d"))


@lowers("scipy.special.sph_harm_y")
def sph_harm_y(b: Builder, n: Argument, m: Argument, theta: Argument, phi: Argument, /) -> Atom:
    return by_numpy(b, "sph_harm_y", *(as_array(b, a) for a in (n, m, theta, phi)))


def _spherical(name: str) -> ToOne:
    def lowering(b: Builder, n: Argument, z: Argument, derivative: Argument = False) -> Atom:
        order, x = as_array(b, n), as_array(b, z)
        if not flag(derivative, "derivative"):
            return by_numpy(b, name, order, x)
        return spherical_slope(b, name, order, x)

    return lowering


def spherical_slope(b: Builder, name: str, n: Atom, x: Atom) -> Atom:
    """The derivative of a spherical Bessel function, by its neighbours: (n f_(n-1) - (n + 1) f_(n+1)) / (2 n + 1)."""
    next_one = emit(b, "add", n, 1)
    below = emit(b, "maximum", emit(b, "subtract", n, 1), 0)  # of order 0 there is none, and it counts 0 times
    less = emit(b, "multiply", n, by_numpy(b, name, below, x))
    more = emit(b, "multiply", next_one, by_numpy(b, name, next_one, x))
    both = emit(b, "add" if name in ("spherical_in", "spherical_kn") else "subtract", less, more)
    slope = emit(b, "divide", both, emit(b, "add", emit(b, "multiply", n, 2), 1))
    return emit(b, "negative", slope) if name == "spherical_kn" else slope


for _name in SPHERICAL:
    lowers(f"scipy.special.{_name}")(_spherical(_name))


def _derivative(name: str) -> ToOne:
    """The n-th derivative of a Bessel function, by those with other orders."""
    function, (sign, odd) = DERIVATIVES[name], SIGNS.get(name, (1, -1))

    def lowering(b: Builder, v: Argument, z: Argument, n: Argument = 1) -> Atom:
        order, x, times = as_array(b, v), as_array(b, z), integer(n, "n")
        order, x = strong(b, order, x) if times else (order, x)
        terms = [
            (math.comb(times, k) * odd**k, emit(b, "add", order, 2 * k - times) if 2 * k != times else order)
            for k in range(times + 1)
        ]
        whole: Atom | None = None
        for factor, shifted in terms:
            term = by_numpy(b, function, shifted, x)
            term = emit(b, "multiply", float(factor), term) if factor != 1 else term
            whole = term if whole is None else emit(b, "add", whole, term)
        assert whole is not None
        return emit(b, "multiply", sign**times * 0.5**times, whole) if times else whole

    return lowering


for _name in DERIVATIVES:
    lowers(f"scipy.special.{_name}")(_derivative(_name))


@lowers("scipy.special.softplus")
def softplus(b: Builder, x: Argument) -> Atom:
    return by_numpy(b, "logaddexp", as_array(b, 0), as_array(b, x))


def _not_exact(exact: Argument, function: str) -> None:
    if flag(exact, "exact"):
        raise NotYetSupported(f"scipy.special.{function} with exact=True of what moves", do="use exact=False")


@lowers("scipy.special.factorial")
def factorial(b: Builder, n: Argument, exact: Argument = False) -> Atom:
    _not_exact(exact, "factorial")
    x = as_array(b, n)
    value = _where_it_is(b, [emit(b, "less", x, 0)], by_numpy(b, "gamma", emit(b, "add", x, 1)))
    return as_dtype(b, value, "float64") if x.type.is_array else value


@lowers("scipy.special.comb")
def comb(b: Builder, N: Argument, k: Argument, *, exact: Argument = False, repetition: Argument = False) -> Atom:
    _not_exact(exact, "comb")
    n, m = strong(b, as_array(b, N), as_array(b, k))
    if not flag(repetition, "repetition"):
        return _chosen(b, n, m)
    value = _chosen(b, emit(b, "subtract", emit(b, "add", n, m), 1), m)
    nothing = emit(b, "logical_and", emit(b, "equal", n, 0), emit(b, "equal", m, 0))
    return emit(b, "where", nothing, 1.0, value)


def _chosen(b: Builder, n: Atom, m: Atom) -> Atom:
    return _where_it_is(b, _no_choice(b, n, m), by_numpy(b, "binom", n, m))


@lowers("scipy.special.perm")
def perm(b: Builder, N: Argument, k: Argument, exact: Argument = False) -> Atom:
    _not_exact(exact, "perm")
    n, m = strong(b, as_array(b, N), as_array(b, k))
    first = emit(b, "add", emit(b, "subtract", n, m), 1)
    return _where_it_is(b, _no_choice(b, n, m), by_numpy(b, "poch", first, m))


def _no_choice(b: Builder, n: Atom, m: Atom) -> list[Atom]:
    return [emit(b, "greater", m, n), emit(b, "less", n, 0), emit(b, "less", m, 0)]


def _where_it_is(b: Builder, conditions: list[Atom], value: Atom) -> Atom:
    """0 where one of the conditions holds."""
    some = conditions[0]
    for condition in conditions[1:]:
        some = emit(b, "logical_or", some, condition)
    return emit(b, "where", some, 0.0, value)

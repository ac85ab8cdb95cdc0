"""Slopes and second slopes of scipy.special against mpmath: at usual points, at 0, at integers, at ends of domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

mp = pytest.importorskip("mpmath")
special = pytest.importorskip("scipy.special")

Entry = tuple[Callable[[Any], Any], Callable[[Any], Any], list[float]]

AROUND = [-3.3, -1.0, -0.4, 0.0, 0.3, 1.0, 2.7, 9.0]
POSITIVE = [1e-3, 0.2, 0.5, 1.0, 1.5, 3.0, 20.0]
UNTIL_1 = [-100.0, -1.0, -1e-5, 0.0, 1e-7, 0.3, 0.9, 0.99]
POLYNOMIAL = [-1.0, -0.3, 0.0, 0.7, 1.0]
B, C = mp.mpf(2.5), mp.mpf(0.8)


def power_by(base: Any) -> Callable[[Any], Any]:
    """(base ** c - 1) / c, as a function of c."""
    return lambda c: mp.log(base) if c == 0 else (base**c - 1) / c


def bessel(v: float) -> dict[str, Entry]:
    from_0 = [0.0, 0.2, 3.0, 15.0] if v in (0, 1) else [0.2, 3.0, 15.0]
    near = [0.2, 3.0, 9.0]
    far = [0.2, 3.0, 800.0]
    return {
        f"jv, {v}": (lambda x: special.jv(v, x), lambda x: mp.besselj(v, x), from_0),
        f"yv, {v}": (lambda x: special.yv(v, x), lambda x: mp.bessely(v, x), near),
        f"iv, {v}": (lambda x: special.iv(v, x), lambda x: mp.besseli(v, x), from_0),
        f"kv, {v}": (lambda x: special.kv(v, x), lambda x: mp.besselk(v, x), near),
        f"ive, {v}": (lambda x: special.ive(v, x), lambda x: mp.besseli(v, x) * mp.exp(-x), far),
        f"kve, {v}": (lambda x: special.kve(v, x), lambda x: mp.besselk(v, x) * mp.exp(x), far),
        f"struve, {v}": (lambda x: special.struve(v, x), lambda x: mp.struveh(v, x), near),
        f"modstruve, {v}": (lambda x: special.modstruve(v, x), lambda x: mp.struvel(v, x), near),
    }


def polynomials(n: int) -> dict[str, Entry]:
    return {
        f"eval_legendre, {n}": (lambda x: special.eval_legendre(n, x), lambda x: mp.legendre(n, x), POLYNOMIAL),
        f"eval_chebyt, {n}": (lambda x: special.eval_chebyt(n, x), lambda x: mp.chebyt(n, x), POLYNOMIAL),
        f"eval_chebyu, {n}": (lambda x: special.eval_chebyu(n, x), lambda x: mp.chebyu(n, x), POLYNOMIAL),
        f"eval_hermite, {n}": (lambda x: special.eval_hermite(n, x), lambda x: mp.hermite(n, x), POLYNOMIAL),
        f"eval_laguerre, {n}": (lambda x: special.eval_laguerre(n, x), lambda x: mp.laguerre(n, 0, x), [0.0, 0.7, 4.0]),
        f"eval_jacobi, {n}": (
            lambda x: special.eval_jacobi(n, 0.5, 1.5, x),
            lambda x: mp.jacobi(n, 0.5, 1.5, x),
            [-1.0, 0.0, 0.7, 1.0],
        ),
        f"eval_gegenbauer, {n}": (
            lambda x: special.eval_gegenbauer(n, 1.5, x),
            lambda x: mp.gegenbauer(n, 1.5, x),
            [-1.0, 0.2, 1.0],
        ),
        f"expn, {n}": (lambda x: special.expn(n, x), lambda x: mp.expint(n, x), [0.1, 1.0, 9.0]),
        f"spherical_jn, {n}": (
            lambda x: special.spherical_jn(n, x),
            lambda x: mp.sqrt(mp.pi / 2 / x) * mp.besselj(n + 0.5, x),
            [0.3, 4.0],
        ),
    }


ENTRIES: dict[str, Entry] = {
    **{name: entry for v in (0, 1, 2.5) for name, entry in bessel(v).items()},
    **{name: entry for n in (0, 1, 2, 5) for name, entry in polynomials(n).items()},
    **{
        name: (
            lambda x, name=name: getattr(special, name)(x),
            lambda x, name=name: getattr(mp, name)(0, x),
            [0.3, 2.0, 6.0],
        )
        for name in ("ber", "bei", "ker", "kei")
    },
    "rgamma": (lambda x: special.rgamma(x), mp.rgamma, [-4.0, -3.3, -1.0, -0.4, 0.0, 0.5, 1.0, 2.7, 30.0]),
    "exprel": (lambda x: special.exprel(x), lambda x: mp.expm1(x) / x if x else mp.mpf(1), [-30.0, -1e-6, 0.0, 5.0]),
    "spence": (lambda x: special.spence(x), lambda x: mp.polylog(2, 1 - x), [0.05, 0.5, 0.999, 1.0, 1.9, 50.0]),
    "expi": (lambda x: special.expi(x), mp.ei, [-5.0, -0.3, 0.2, 10.0]),
    "exp1": (lambda x: special.exp1(x), mp.e1, POSITIVE),
    "ellipk": (lambda x: special.ellipk(x), mp.ellipk, UNTIL_1),
    "ellipe": (lambda x: special.ellipe(x), mp.ellipe, UNTIL_1),
    "ellipkm1": (lambda x: special.ellipkm1(x), lambda p: mp.ellipk(1 - p), [1e-6, 0.1, 0.5, 0.9, 1.0, 1.5]),
    "ellipkinc": (lambda p: special.ellipkinc(p, 0.4), lambda p: mp.ellipf(p, 0.4), [-5.0, 0.0, 1.5, 6.0]),
    "ellipkinc, m": (lambda m: special.ellipkinc(4.0, m), lambda m: mp.ellipf(4, m), [-2.0, 0.3, 0.9]),
    "ellipeinc, m": (lambda m: special.ellipeinc(4.0, m), lambda m: mp.ellipe(4, m), [-2.0, 0.3, 0.9]),
    "elliprd": (lambda x: special.elliprd(x, 2.0, 3.0), lambda x: mp.elliprd(x, 2, 3), [0.3, 1.0, 7.0]),
    "elliprd, z": (lambda x: special.elliprd(0.0, 2.0, x), lambda x: mp.elliprd(0, 2, x), [0.3, 1.0, 7.0]),
    "erfi": (lambda x: special.erfi(x), lambda x: mp.erfi(x), [-1.5, 0.0, 0.3, 3.0]),
    "elliprg": (lambda x: special.elliprg(x, 2.0, 3.0), lambda x: mp.elliprg(x, 2, 3), [0.3, 1.0, 7.0]),
    "elliprg, z": (lambda x: special.elliprg(0.0, 2.0, x), lambda x: mp.elliprg(0, 2, x), [0.3, 2.5, 7.0]),
    "elliprj": (lambda x: special.elliprj(x, 2.0, 3.0, 1.5), lambda x: mp.elliprj(x, 2, 3, 1.5), [0.3, 1.0, 7.0]),
    "elliprj, p": (lambda p: special.elliprj(0.0, 2.0, 3.0, p), lambda p: mp.elliprj(0, 2, 3, p), [0.3, 1.0, 7.0]),
    "elliprc": (lambda x: special.elliprc(1.5, x), lambda x: mp.elliprc(1.5, x), [0.3, 1.4, 7.0]),
    "ellipj, sn": (lambda m: special.ellipj(1.3, m)[0], lambda m: mp.ellipfun("sn", 1.3, m=m), [0.1, 0.5, 0.9]),
    "ellipj, dn": (lambda m: special.ellipj(1.3, m)[2], lambda m: mp.ellipfun("dn", 1.3, m=m), [0.1, 0.5, 0.9]),
    "agm": (lambda x: special.agm(x, 2.0), lambda x: mp.agm(x, 2), [0.3, 5.0]),
    "erfcinv": (lambda x: special.erfcinv(x), lambda x: mp.erfinv(1 - x), [0.1, 0.5, 1.0, 1.5, 1.9]),
    "erfcx": (lambda x: special.erfcx(x), lambda x: mp.exp(x * x) * mp.erfc(x), [-2.0, 0.0, 3.0, 10.0]),
    "log_ndtr": (lambda x: special.log_ndtr(x), lambda x: mp.log(mp.ncdf(x)), [-30.0, -5.0, 0.0, 5.0]),
    "boxcox": (lambda x: special.boxcox(x, 0.3), lambda x: (x ** mp.mpf(0.3) - 1) / mp.mpf(0.3), POSITIVE),
    "boxcox, lmbda": (lambda c: special.boxcox(2.5, c), power_by(B), [-2.0, -1e-7, 0.0, 1e-7, 3.0]),
    "boxcox1p, lmbda": (lambda c: special.boxcox1p(1.5, c), power_by(B), [-2.0, 0.0, 0.5]),
    "inv_boxcox, lmbda": (
        lambda c: special.inv_boxcox(0.8, c),
        lambda c: mp.exp(C) if c == 0 else (1 + c * C) ** (1 / c),
        [-1.0, -1e-7, 0.0, 1e-7, 3.0],
    ),
    "i0e": (lambda x: special.i0e(x), lambda x: mp.besseli(0, x) * mp.exp(-abs(x)), [-3.0, 0.5, 750.0]),
    "i1e": (lambda x: special.i1e(x), lambda x: mp.besseli(1, x) * mp.exp(-abs(x)), [-3.0, 0.5, 750.0]),
    "k0e": (lambda x: special.k0e(x), lambda x: mp.besselk(0, x) * mp.exp(x), [0.5, 5.0, 750.0]),
    "k1e": (lambda x: special.k1e(x), lambda x: mp.besselk(1, x) * mp.exp(x), [0.5, 5.0, 750.0]),
    "airy": (lambda x: special.airy(x)[0], mp.airyai, [-5.0, 0.0, 1.0, 4.0]),
    "airy, the last": (lambda x: special.airy(x)[3], lambda x: mp.airybi(x, derivative=1), [-5.0, 0.0, 4.0]),
    "fresnel": (lambda x: special.fresnel(x)[1], mp.fresnelc, [-2.0, 0.0, 0.3, 3.0]),
    "sici": (lambda x: special.sici(x)[0], mp.si, [0.0, 0.1, 3.0]),
    "sici, the last": (lambda x: special.sici(x)[1], mp.ci, [0.1, 3.0]),
    "shichi": (lambda x: special.shichi(x)[0], mp.shi, [0.0, 0.1, 3.0]),
    "hyp0f1": (lambda x: special.hyp0f1(1.5, x), lambda x: mp.hyp0f1(1.5, x), AROUND),
    "hyp1f1": (lambda x: special.hyp1f1(0.5, 1.5, x), lambda x: mp.hyp1f1(0.5, 1.5, x), AROUND),
    "hyp2f1": (lambda x: special.hyp2f1(0.5, 1.5, 2.5, x), lambda x: mp.hyp2f1(0.5, 1.5, 2.5, x), [-9.0, 0.0, 0.9]),
    "hyperu": (lambda x: special.hyperu(0.5, 1.5, x), lambda x: mp.hyperu(0.5, 1.5, x), [0.3, 2.0, 9.0]),
    "gammainc": (lambda x: special.gammainc(2.5, x), lambda x: mp.gammainc(2.5, 0, x, regularized=True), [0.3, 5.0]),
    "gammainc, 1": (lambda x: special.gammainc(1.0, x), lambda x: 1 - mp.exp(-x), [0.0, 0.3, 5.0]),
    "betainc": (lambda x: special.betainc(2.5, 0.7, x), lambda x: mp.betainc(2.5, 0.7, 0, x, regularized=True), [0.3]),
    "betainc, 1": (lambda x: special.betainc(1.0, 2.0, x), lambda x: 1 - (1 - x) ** 2, [0.0, 0.3, 0.9]),
    "binom": (lambda x: special.binom(x, 2.0), lambda x: mp.binomial(x, 2), [2.0, 3.5, 9.0]),
    "poch": (lambda x: special.poch(x, 2.0), lambda x: mp.rf(x, 2), [0.5, 2.0, 9.0]),
    "zeta, q": (lambda x: special.zeta(3.0, x), lambda x: mp.zeta(3, x), POSITIVE[1:]),
    "lambertw": (lambda x: special.lambertw(x).real, lambda x: mp.lambertw(x).real, [-0.3, 0.0, 0.5, 10.0]),
    "wrightomega": (lambda x: special.wrightomega(x), lambda x: mp.lambertw(mp.exp(x)).real, [-3.0, 0.0, 5.0]),
    "multigammaln": (
        lambda x: special.multigammaln(x, 3),
        lambda x: sum(mp.loggamma(x - mp.mpf(k) / 2) for k in range(3)),
        [1.5, 4.0],
    ),
    "factorial": (lambda x: special.factorial(x), lambda x: mp.gamma(x + 1), [0.5, 3.0]),
    "comb": (lambda x: special.comb(x, 2.0), lambda x: mp.binomial(x, 2), [3.5, 9.0]),
    "perm": (lambda x: special.perm(x, 2.0), lambda x: 2 * mp.binomial(x, 2), [3.5, 9.0]),
    "entr": (lambda x: special.entr(x), lambda x: -x * mp.log(x), POSITIVE),
    "powm1": (lambda x: special.powm1(x, 2.5), lambda x: x**B - 1, POSITIVE),
}


def slopes_of(g: Callable[[Any], Any], x: float) -> tuple[float, float]:
    """The first two derivatives, by differences with many digits; at an end of the domain, of one side."""
    with mp.workdps(50):
        h = mp.mpf(10) ** -10

        def at(k: int) -> Any:
            return mp.mpf(g(mp.mpf(x) + k * h))

        try:
            near, far, here = (at(-1), at(1)), (at(-2), at(2)), at(0)
        except (TypeError, ValueError):
            a, b, c, d, e = map(at, range(5))
            return float((-25 * a + 48 * b - 36 * c + 16 * d - 3 * e) / (12 * h)), float(
                (2 * a - 5 * b + 4 * c - d) / h**2
            )
        first = (8 * (near[1] - near[0]) - (far[1] - far[0])) / (12 * h)
        return float(first), float((16 * sum(near) - sum(far) - 30 * here) / (12 * h * h))


@pytest.mark.parametrize("name", ENTRIES)
def test_slopes(name: str) -> None:
    f, g, points = ENTRIES[name]
    slope = srcad.grad(f)
    second = srcad.grad(slope)
    with np.errstate(all="ignore"):
        for x in points:
            first, bend = slopes_of(g, x)
            np.testing.assert_allclose(slope(x), first, rtol=1e-9, atol=1e-12, err_msg=f"the slope at {x}")
            np.testing.assert_allclose(second(x), bend, rtol=1e-6, atol=1e-9, err_msg=f"the second slope at {x}")


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "jv": (lambda v: special.jv(v, 1.3), "jv with respect to its order"),
    "kve": (lambda v: special.kve(v, 1.3), "kve with respect to its order"),
    "hyp2f1": (lambda c: special.hyp2f1(0.3, 0.4, c, 0.3), "hyp2f1 with respect to c"),
    "zeta": (lambda s: special.zeta(s, 2.0), "zeta with respect to x"),
    "polygamma": (lambda n: special.polygamma(n, 0.3), "polygamma with respect to its order"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_parameters_without_a_formula_are_refused_by_name(name: str) -> None:
    f, what = REFUSED[name]
    with pytest.raises(srcad.SrcadError, match=what):
        srcad.grad(f)(1.7)
    with pytest.raises(srcad.SrcadError, match=what):
        srcad.jvp(f, (1.7,), (1.0,))

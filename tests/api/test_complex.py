"""Complex arguments: one convention in all modes, the adjoint z_bar with a change of Re(z_bar dz)."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import srcad
from srcad.compare import compare
from srcad.errors import ArgumentError
from srcad.testing import check_derivatives
from tests.rules.checking import directional

POINTS = (0.6 + 0.8j, -0.6 + 0.8j, -1.6 - 0.3j, 0.3 - 1.2j)
Z = np.array(POINTS)


def parts(w: Any) -> Any:
    return 1.3 * np.real(w) + 0.7 * np.imag(w)


def check(function: Callable[[Any], Any], z: Any, rtol: float = 1e-6) -> None:
    """The gradient du/dx - i du/dy, the tangent, and the derivative of the gradient along a direction."""
    u = z if isinstance(z, np.ndarray) else np.asarray(z)
    kind = complex if u.ndim == 0 else lambda w: w
    along = [np.zeros(u.shape, complex) for _ in range(u.size)]
    for k, one in enumerate(along):
        one.flat[k] = 1.0
    wanted = np.array(
        [
            directional(lambda t, d=d: function(kind(z + t * d)), 1e-3)
            - 1j * directional(lambda t, d=d: function(kind(z + 1j * t * d)), 1e-3)
            for d in along
        ]
    ).reshape(u.shape)
    value, gradient = srcad.value_and_grad(function)(z)
    assert value == pytest.approx(function(z), rel=1e-14)
    np.testing.assert_allclose(gradient, wanted, rtol=rtol, atol=1e-8)
    assert isinstance(gradient, complex if u.ndim == 0 else np.ndarray)
    direction = u * (0.3 - 0.4j) + 0.1j
    moved = srcad.jvp(function, (z,), (kind(direction),))[1]
    assert not np.iscomplexobj(moved)
    np.testing.assert_allclose(moved, np.sum(np.real(wanted * direction)), rtol=rtol, atol=1e-8)
    bent = srcad.hvp(function)(z, kind(direction))
    differences = directional(lambda t: srcad.grad(function)(kind(z + t * direction)), 1e-3)
    np.testing.assert_allclose(bent, differences, rtol=1e-5, atol=1e-6)
    assert np.iscomplexobj(bent)


# ---- one function after the other

UFUNCS = ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
UFUNCS += ("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "square", "reciprocal", "conjugate", "sign")
UFUNCS += ("negative", "positive", "absolute", "real", "imag", "angle", "sinc")


@pytest.mark.parametrize("name", UFUNCS)
def test_ufuncs(name: str) -> None:
    """On both sides of the branch cuts."""
    ufunc = getattr(np, name)
    check(lambda z: np.sum(parts(ufunc(z)) * np.arange(1.0, 5.0)), Z)
    check(lambda z: parts(ufunc(z)), POINTS[2])
    check(lambda z: parts(ufunc(z)), np.complex128(POINTS[1]))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "power", "float_power"])
def test_ufuncs_of_two(name: str) -> None:
    ufunc = getattr(np, name)
    for z in (Z, POINTS[0]):
        check(lambda z: np.sum(parts(ufunc(z, z * z + 0.3j))), z)
        check(lambda z: np.sum(parts(ufunc(2.5, z))), z)
        check(lambda z: np.sum(parts(ufunc(z, 2.5))), z)


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
def test_order_is_by_real_parts_first(name: str) -> None:
    ufunc = getattr(np, name)
    check(lambda z: np.sum(parts(ufunc(z, 0.1 - z))), Z)
    check(lambda z: parts(ufunc(z, 0.1 - z)), POINTS[0])


OF_CMATH = ("exp", "log", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
OF_CMATH += ("asin", "acos", "atan", "asinh", "acosh", "atanh")


@pytest.mark.parametrize("name", OF_CMATH)
def test_cmath(name: str) -> None:
    function = getattr(cmath, name)
    for z in POINTS[1:3]:
        check(lambda z: (function(z) * (1.3 - 0.7j)).real, z)
    real, slope = srcad.value_and_grad(lambda x: (function(x) * (1.3 - 0.7j)).real)(0.3)
    assert real == pytest.approx((function(0.3) * (1.3 - 0.7j)).real)
    assert slope == pytest.approx(directional(lambda t: (function(0.3 + t) * (1.3 - 0.7j)).real), rel=1e-6)


def polar(z: Any) -> Any:
    r, phi = cmath.polar(z)
    return cmath.rect(r * r, phi + 1.0).real + cmath.phase(z) + cmath.log(z, 2.0).imag


def powers(z: Any) -> Any:
    return parts(z**2.5 + z**-1 + 2.0**z + z**z + z**0 + z**3)


def made_of_parts(z: Any) -> Any:
    return parts(complex(z.real**2, z.imag) * z) + z.conjugate().imag * abs(z) ** 3


def iterated(z: Any) -> Any:
    w = 0
    for _ in range(4):
        w = w * w + z
    return abs(w) if w.real > 0 else abs(w) ** 2


@pytest.mark.parametrize("function", [polar, powers, made_of_parts, iterated, abs, lambda z: z.real, lambda z: -z.imag])
def test_python_numbers(function: Any) -> None:
    check(function, 0.4 + 0.3j)
    check(function, np.complex128(0.4 + 0.3j))


OF_SCIPY = ("erf", "erfc", "erfcx", "dawsn", "gamma", "loggamma", "expm1", "log1p", "ndtr", "log_ndtr")


@pytest.mark.parametrize("name", OF_SCIPY)
def test_special_functions(name: str) -> None:
    """A Python number keeps its imaginary part."""
    ufunc = getattr(special, name)
    if name in ("gamma", "loggamma"):
        slope = srcad.grad(lambda z: parts(ufunc(z)))(POINTS[0])
        w = directional(lambda t: ufunc(POINTS[0] + t))
        assert slope == pytest.approx(w * (1.3 - 0.7j), rel=1e-6)
        return
    check(lambda z: parts(ufunc(z)), POINTS[0])
    check(lambda z: np.sum(parts(ufunc(z))), Z)


def test_special_functions_of_two() -> None:
    check(lambda z: parts(special.jv(1.7, z)) + parts(special.iv(0.3, z)), POINTS[0])
    check(lambda z: parts(special.xlogy(z, z * z + 1j)) + parts(special.xlog1py(z, z)), POINTS[0])


def test_a_real_number_times_i_in_a_special_function() -> None:
    def f(x: Any) -> Any:
        return np.imag(special.erf(x + 0.3j * x) * 2.0)

    for x in (0.7, np.float64(0.7)):
        assert srcad.grad(f)(x) == pytest.approx(directional(lambda t, x=x: f(x + t)), rel=1e-7)
        assert srcad.hvp(f)(x, 1.0) == pytest.approx(directional(lambda t, x=x: srcad.grad(f)(x + t)), rel=1e-7)


# ---- arrays


def spectrum(z: Any) -> Any:
    weights = np.arange(4.0)
    return np.sum(np.abs(np.fft.fft(z)) ** 2 * weights) + np.sum(np.abs(np.fft.ifft2(np.outer(z, z))))


def hermitian(z: Any) -> Any:
    a = np.outer(z, z.conj()) + np.diag(np.arange(1.0, 5.0))
    return np.linalg.eigvalsh(a)[2] + np.linalg.slogdet(a + 1j * np.eye(4))[1] + np.linalg.norm(np.linalg.solve(a, z))


def buffer(z: Any) -> Any:
    w = np.zeros(4, dtype=complex)
    for k in range(4):
        w[k] = z[k] ** 2 * (k + 1j)
    w.real[1:] += z.imag[1:]
    return np.abs(w.sum()) + np.sum(np.where(z.real > 0, np.abs(z), z.imag))


def reductions(z: Any) -> Any:
    total = np.max(np.abs(z)) + np.prod(z).real + np.cumsum(z)[1].imag + np.std(z) + np.var(2 * z) + np.mean(z).real
    return total + np.real(np.vdot(z, z) * np.sum(z**3)) + np.einsum("i,i->", z, z.conj()).real + np.real(z[::-1] @ z)


@pytest.mark.parametrize("function", [spectrum, hermitian, buffer, reductions])
def test_arrays(function: Any) -> None:
    check(function, Z)


def test_containers_and_real_arguments() -> None:
    """A real argument has a real gradient."""

    def f(p: Any, x: Any, k: Any) -> Any:
        return np.sum(np.abs(p["w"] * x) ** 2) + p["b"].real * k + abs(p["b"])

    p, x = {"w": Z, "b": 3 + 4j, "n": 3}, np.arange(1.0, 5.0)
    p_bar, x_bar = srcad.grad(f, argnums=(0, 1))(p, x, 2)
    np.testing.assert_allclose(p_bar["w"], 2 * np.conj(Z) * x**2)
    assert p_bar["b"] == pytest.approx(2.6 - 0.8j)
    assert p_bar["n"] is None
    np.testing.assert_allclose(x_bar, 2 * np.abs(Z) ** 2 * x)
    assert x_bar.dtype == np.float64
    _, pullback = srcad.vjp(f, p, x, 2.0)
    np.testing.assert_allclose(pullback(1.0)[0]["w"], p_bar["w"])


def test_single_precision() -> None:
    z = Z.astype(np.complex64)
    gradient = srcad.grad(lambda z: np.sum(np.abs(z) ** 2 * np.float32(3)))(z)
    assert gradient.dtype == np.complex64
    np.testing.assert_allclose(gradient, 6 * np.conj(z), rtol=1e-5)


def test_products_of_vectors_with_jacobians() -> None:
    """An adjoint is neither conjugated on its way in nor out; the tangent of a holomorphic function is f'(z) dz."""
    _, pullback = srcad.vjp(lambda z, x: z**2 * x, Z, np.ones(4))
    bar = np.array([1.0, 1j, 2.0, 1 - 1j])
    z_bar, x_bar = pullback(bar)
    np.testing.assert_allclose(z_bar, bar * 2 * Z)
    np.testing.assert_allclose(x_bar, np.real(bar * Z**2))
    np.testing.assert_allclose(srcad.jvp(np.exp, (Z,), (bar,))[1], np.exp(Z) * bar)
    np.testing.assert_allclose(srcad.jvp(np.conj, (Z,), (bar,))[1], np.conj(bar))
    np.testing.assert_allclose(srcad.linearize(np.abs, Z)[1](Z), np.abs(Z))


def test_second_order_both_ways() -> None:
    def f(z: Any) -> Any:
        return np.sum(np.abs(np.exp(z)) ** 2 * np.abs(z)) + np.sum(z**3).imag

    v = Z * 0.2 + 0.3j
    forward_over_reverse = srcad.hvp(f)(Z, v)
    np.testing.assert_allclose(srcad.vhp(f)(Z, v), forward_over_reverse)
    reverse_over_reverse = srcad.grad(lambda z: np.sum(np.real(srcad.grad(f)(z) * v)))(Z)
    np.testing.assert_allclose(reverse_over_reverse, forward_over_reverse)
    check_derivatives(f, (Z,))


# ---- holomorphic functions


def test_holomorphic() -> None:
    z = 1 + 2j
    assert srcad.grad(lambda z: z**3, holomorphic=True)(z) == pytest.approx(3 * z**2)
    slope = srcad.grad(lambda z: np.sum(np.exp(z)), holomorphic=True)(Z)
    np.testing.assert_allclose(slope, np.exp(Z))

    def f(z: Any) -> Any:
        return np.exp(z) * z[0]

    wanted = np.diag(f(Z)) + np.outer(np.exp(Z), np.eye(4)[0])
    for jacobian in (srcad.jacfwd, srcad.jacrev, srcad.jacobian):
        np.testing.assert_allclose(jacobian(f, holomorphic=True)(Z), wanted, atol=1e-15)
    np.testing.assert_allclose(srcad.hessian(lambda z: np.sum(z**3), holomorphic=True)(Z), np.diag(6 * Z))
    slope = srcad.jacfwd(lambda z: z * 2, holomorphic=True)(z)
    assert isinstance(slope, complex) and slope == 2.0


def test_what_is_refused() -> None:
    cases: list[tuple[Callable[[], Any], str]] = [
        (lambda: srcad.jacfwd(np.exp)(Z), "holomorphic=True"),
        (lambda: srcad.jacrev(np.exp)(Z), "holomorphic=True"),
        (lambda: srcad.hessian(lambda z: np.sum(np.abs(z)))(Z), "holomorphic=True"),
        (lambda: srcad.laplacian(lambda z: np.sum(np.abs(z)))(Z), "is complex"),
        (lambda: srcad.deriv(np.exp)(Z), "is complex"),
        (lambda: srcad.sparse.jacobian(lambda z: z * 2)(Z), "real arguments"),
        (lambda: compare(lambda z: abs(z) ** 2, (1j,)), "functions of real numbers"),
        (lambda: srcad.grad(lambda z: z)(1j), "returns a complex number"),
        (lambda: srcad.grad(lambda z: z, holomorphic=True)(1.0), "returns a real number"),
        (lambda: srcad.grad(lambda z: abs(z), holomorphic=True)(1j), "returns a real number"),
        (lambda: srcad.jvp(lambda x: x * 2, (1.0,), (1j,)), "what it belongs to is real"),
        (lambda: srcad.vjp(lambda x: x * 2, 1.0)[1](1j), "what it belongs to is real"),
        (lambda: srcad.jvp(np.sin, (np.ones(2),), (np.ones(2) * 1j,)), "what it belongs to is real"),
    ]
    for case, message in cases:
        with pytest.raises(ArgumentError, match=message):
            case()


def test_no_turn_of_the_loop() -> None:
    def repeated(z: Any, n: int) -> Any:
        w = 1j
        for _ in range(n):
            w = w * z
        return abs(w)

    slope = srcad.grad(repeated)(1 + 1j, 0)
    assert isinstance(slope, complex) and slope == 0


def test_slopes_that_are_infinite() -> None:
    """Python raises where it divides a complex number by zero; a derivative doesn't."""

    def sinc(z: Any) -> Any:
        return np.where(z == 0, 1, np.sin(z) / z).real

    with np.errstate(all="ignore"):
        assert srcad.grad(sinc)(0j) == 0
        assert srcad.hvp(sinc)(0j, 1 + 1j) == 0


def test_powers_at_zero() -> None:
    v = 1 + 0.5j
    cases: list[tuple[Callable[[Any], Any], complex, complex]] = [
        (lambda z: (z**2).real, 0, 2 * v),
        (lambda z: (z * z).imag, 0, -2j * v),
        (lambda z: (z**3).real, 0, 0),
        (lambda z: (z**1).real, 1, 0),
        (lambda z: np.square(z).real, 0, 2 * v),
        (lambda z: (z**2.5).real, 0, 0),
        (abs, 0, 0),
        (lambda z: abs(z) ** 2, 0, 2 * v.conjugate()),
        (lambda z: (z * z.conjugate()).real, 0, 2 * v.conjugate()),
        (lambda z: abs(z) ** 3, 0, 0),
        (lambda z: np.sinc(z).real, 0, -(np.pi**2) / 3 * v),
        (lambda z: np.hypot(z.real, z.imag), 0, 0),
        (lambda z: np.linalg.norm(np.array([z, 2 * z])) ** 2, 0, 10 * v.conjugate()),
        (lambda z: np.prod(np.array([z, z, 3 + 0 * z])).real, 0, 6 * v),
        (lambda z: np.std(np.array([z, 0 * z])), 0, 0),
    ]
    for function, slope, bent in cases:
        for zero in (0j, np.complex128(0)):
            np.testing.assert_allclose(srcad.grad(function)(zero), slope, atol=1e-15)
            np.testing.assert_allclose(srcad.hvp(function)(zero, v), bent, atol=1e-15)
            twice = srcad.grad(lambda z, f=function: (srcad.grad(f)(z) * v).real)
            np.testing.assert_allclose(twice(zero), bent, atol=1e-15)


def test_the_squared_modulus() -> None:
    """Its gradient is written as one would write it."""
    source = srcad.grad(lambda z: np.sum(np.abs(z) ** 2)).source(Z)
    assert "z_bar = 2.0 * np.conjugate(z)" in source


def test_parts_of_long_complex_numbers() -> None:
    z = np.array([0.7 + 0.2j, -1.3j]).astype(np.clongdouble)
    np.testing.assert_allclose(srcad.grad(lambda z: np.sum((z**2).real))(z), 2 * z)

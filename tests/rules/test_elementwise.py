"""Every elementwise operation with a derivative, at points on its domain, with arrays, scalars and broadcasting."""

from __future__ import annotations

import numpy as np
import pytest

import srcad
from srcad.ops.catalogue import OPS
from srcad.rules.catalogue import RULES
from tests.rules.checking import Fixed, check, derivative_at

POSITIVE = np.array([0.3, 0.8, 1.7])
ANY = np.array([-1.3, 0.4, 0.9])
UNIT = np.array([-0.6, 0.2, 0.7])
ABOVE = np.array([1.2, 2.5, 4.0])

DOMAINS = dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "reciprocal"), POSITIVE)
DOMAINS |= dict.fromkeys(("arcsin", "arccos", "arctanh"), UNIT) | {"arccosh": ABOVE}
BINARY_DOMAINS = {
    "power": (POSITIVE, ANY),
    "float_power": (POSITIVE, ANY),
    "remainder": (np.array([7.3, -7.3, 3.3]), np.array([2.0, 2.1, -1.3])),
    "fmod": (np.array([7.3, -7.3, 3.3]), np.array([2.0, 2.1, -1.3])),
    "heaviside": (ANY, ANY),
}
OWN = {"where", "clip", "real", "imag", "conjugate", "ldexp"}


def names(count: int) -> list[str]:
    """The elementwise operations of so many operands that have derivatives."""
    found = []
    for name, operation in OPS.items():
        rule = RULES.get(name)
        ours = hasattr(np, name) or name.startswith("python_")
        if ours and operation.elementwise and rule and not rule.flat and name not in OWN and arity(name) == count:
            found.append(name)
    return found


def arity(name: str) -> int:
    function = getattr(np, name, None)
    return function.nin if isinstance(function, np.ufunc) else 2 if name.startswith("python_") else 1


@pytest.mark.parametrize("name", names(1))
def test_unary(name: str) -> None:
    x = DOMAINS.get(name, ANY)
    params = {"decimals": 1} if name == "round" else {}
    for value in (x, x[1], float(x[1]), np.tile(x, (2, 1))):
        check(lambda b, x: b.emit(name, x, **params), value)


@pytest.mark.parametrize("name", names(2))
def test_binary(name: str) -> None:
    x, y = BINARY_DOMAINS.get(name, (ANY, POSITIVE[::-1].copy()))
    pairs = [(x, y), (x[0], y[0]), (x, y[0]), (float(x[0]), y), (x[:, None] * 1.1, y), (float(x[0]), float(y[0]))]
    for a, c in [(x, y[:1])] + (pairs if not name.startswith("python") else [(float(x[0]), float(y[0]))]):
        if not (name.startswith("python") and np.ndim(a)):
            check(lambda b, x, y: b.emit(name, x, y), a, c)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, -2, 0.5, 1.5, -0.5, 2.0])
def test_powers_with_a_constant_exponent(exponent: float) -> None:
    check(lambda b, x, p: b.emit("power", x, p), POSITIVE, Fixed(exponent))


def test_powers_of_a_constant() -> None:
    check(lambda b, x, p: b.emit("power", x, p), Fixed(2.0), ANY)


def test_powers_with_an_array_of_ints() -> None:
    check(lambda b, x, p: b.emit("power", x, p), ANY, np.array([2, 0, 3]))


def test_where() -> None:
    condition = np.array([True, False, True])
    check(lambda b, c, x, y: b.emit("where", c, x, y), condition, ANY, POSITIVE)
    check(lambda b, c, x, y: b.emit("where", c, x, y), condition, 2.0, POSITIVE[:, None])


def test_clip() -> None:
    check(lambda b, x, lo, hi: b.emit("clip", x, lo, hi), ANY, -1.0, 0.6)
    check(lambda b, x, lo, hi: b.emit("clip", x, lo, hi), ANY, Fixed(None), 0.6)
    check(lambda b, x, lo, hi: b.emit("clip", x, lo, hi), ANY, np.array([-1.0, 0.5, 0.6]), Fixed(None))


def test_complex_numbers() -> None:
    def modulus(b, x, y):  # type: ignore[no-untyped-def]
        z = b.emit("add", x, b.emit("multiply", 1j, y))
        w = b.emit("exp", b.emit("multiply", z, b.emit("conjugate", b.emit("sin", z))))
        parts = b.emit("add", b.emit("real", w), b.emit("imag", w))
        return b.emit("add", parts, b.emit("absolute", z))

    check(modulus, ANY, POSITIVE)
    check(modulus, 0.3, -0.7)


KINKS = [
    ("absolute", ([0.0, -2.0],), ([0.0, -1.0],)),
    ("maximum", ([1.0, 2.0, 5.0], [1.0, 3.0, 4.0]), ([0.5, 0.0, 1.0], [0.5, 1.0, 0.0])),
    ("minimum", ([1.0, 2.0, 5.0], [1.0, 3.0, 4.0]), ([0.5, 1.0, 0.0], [0.5, 0.0, 1.0])),
    ("hypot", ([0.0, 3.0], [0.0, 4.0]), ([0.0, 0.6], [0.0, 0.8])),
    ("sinc", ([0.0, 0.5],), ([0.0, -4 / np.pi],)),
    ("arctan2", ([0.0, 3.0], [2.0, 0.0]), ([0.5, 0.0], [0.0, -1 / 3])),
    ("sqrt", ([0.0, 4.0],), ([np.inf, 0.25],)),
    ("power", ([0.0, 0.0, 0.0], [0.0, 1.0, 2.0]), ([0.0, 1.0, 0.0], [0.0, 0.0, 0.0])),
    ("clip", ([0.0, 0.5, 1.0, 2.0, -1.0], 0.0, 1.0), ([1.0, 1.0, 1.0, 0.0, 0.0], 1.0, 1.0)),
]


@pytest.mark.parametrize(("name", "args", "expected"), KINKS)
def test_kinks(name: str, args: tuple[object, ...], expected: tuple[object, ...]) -> None:
    operands = [np.array(a) if isinstance(a, list) else a for a in args]
    found = derivative_at(lambda b, *x: b.emit(name, *x), *operands)
    for got, want in zip(found, expected, strict=True):
        np.testing.assert_allclose(got, want)


def test_zero_to_the_zero() -> None:
    (found,) = derivative_at(lambda b, x: b.emit("power", x, 0), np.array([0.0, 2.0]))
    np.testing.assert_allclose(found, 0.0)


def test_sinc_near_zero() -> None:
    """All derivatives at 0 are those of the series 1 - (pi x)**2 / 6 + (pi x)**4 / 120; near it no digits cancel."""
    first = srcad.grad(lambda x: np.sinc(x))
    second, third = srcad.grad(first), srcad.grad(srcad.grad(first))
    assert first(0.0) == 0.0 and third(0.0) == 0.0
    assert second(0.0) == pytest.approx(-(np.pi**2) / 3, rel=1e-15)
    assert srcad.grad(third)(0.0) == pytest.approx(np.pi**4 / 5, rel=1e-14)
    assert first(1e-6) == pytest.approx(-(np.pi**2) / 3 * 1e-6, rel=1e-11)
    below, above = (second(x) for x in (0.1 - 1e-12, 0.1 + 1e-12))
    assert below == pytest.approx(above, rel=1e-10)

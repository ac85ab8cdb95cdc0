"""Complex numbers in C: each operation over special values, products, lists, arguments and results, against NumPy."""

from __future__ import annotations

import cmath
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import srcad
from srcad.native.lower.complexes import COMPLEX_FORMULAS
from tests.modules import module_at
from tests.native import IS_NUMBA

PARTS = (0.0, -0.0, 1.0, -1.5, 3.0, 1e-300, 1e200, np.inf, -np.inf, np.nan)
VALUES = np.array([complex(re, im) for re in PARTS for im in PARTS])
FINITE = VALUES[np.isfinite(VALUES) & (np.abs(VALUES) < 1e100)]
# squares that overflow are nan or infinite as the processor has products and sums in one or in two steps
SMALL = VALUES[(np.abs(VALUES.real) != 1e200) & (np.abs(VALUES.imag) != 1e200)]
ORDERINGS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
OTHERS = frozenset(("accumulate", "not_", "truth"))  # none of NumPy's
NAMES = sorted((*(COMPLEX_FORMULAS.keys() - OTHERS), *ORDERINGS, "power", "float_power"))
ARITY = {name: getattr(getattr(np, name), "nin", 1) for name in NAMES}
pytestmark = [
    pytest.mark.own_maker,
    pytest.mark.skipif(IS_NUMBA, reason="for Numba, complex numbers stay in Python"),
]
DTYPES = ("complex128", "complex64")
# formulas of NumPy's own, which are inexact where they cancel, and whose C differs from NumPy's vector code there
ULPS = {"power": 200, "float_power": 200, "expm1": 64, "log1p": 64}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    lines = ["import numpy as np", ""]
    for name in NAMES:
        operands = ", ".join("ab"[: ARITY[name]])
        lines += [f"def {name}({operands}):", f"    return np.{name}({operands})", ""]
    path: Path = tmp_path_factory.mktemp("native") / "complex_programs.py"
    path.write_text("\n".join(lines))
    return module_at(path)


def operands(name: str, dtype: str, values: Any = VALUES) -> tuple[np.ndarray, ...]:
    with np.errstate(all="ignore"):
        given = values.astype(dtype)
    if ARITY[name] == 1:
        return (given,)
    left, right = np.meshgrid(given[:: 1 + len(given) // 40], given)
    return left.ravel(), right.ravel()


def close(found: np.ndarray, due: np.ndarray, ulps: float) -> None:
    """Equal, or within some units in the last place of the modulus; both parts nan and infinite in the same places."""
    assert (found.dtype, found.shape) == (due.dtype, due.shape)
    if due.dtype.kind == "b":
        np.testing.assert_array_equal(found, due)
        return
    with np.errstate(all="ignore"):
        size = np.where(np.isfinite(due), np.abs(due), 1.0)
        tolerance = ulps * np.spacing(size.astype(due.real.dtype))
        for mine, theirs in ((found.real, due.real), (found.imag, due.imag)):
            same = (mine == theirs) | (np.isnan(mine) & np.isnan(theirs)) | (np.abs(mine - theirs) <= tolerance)
            assert np.all(same), (found[~same], due[~same])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_arrays(name: str, dtype: str, programs: Any) -> None:
    given = operands(name, dtype, SMALL if name in ("square", "multiply") else VALUES)
    native = srcad.jit(getattr(programs, name))
    with np.errstate(all="ignore"):
        due, found = getattr(np, name)(*given), native(*given)
    assert "Python:" not in native.kernels(*given).replace("Python: too little for a call of C", "")
    close(found, due, ULPS.get(name, 8))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("maximum", "minimum")])
def test_numbers(name: str, programs: Any) -> None:
    jitted = srcad.jit(getattr(programs, name))
    for given in zip(*(one[:: 1 + len(one) // 50] for one in operands(name, "complex128", SMALL)), strict=True):
        with np.errstate(all="ignore"):
            due, found = getattr(np, name)(*given), jitted(*given)
        assert type(found) is type(due)
        close(np.asarray(found), np.asarray(due), ULPS.get(name, 8))


def arithmetic(a: complex, b: complex) -> Any:
    return a + b, a - b, a * b, a / b, -a, a == b, a != b, abs(a), a.real, a.imag, a.conjugate(), complex(a.imag, 2.0)


def with_reals(a: complex, b: complex) -> Any:
    x = b.real
    return x * a, a / (x + 3.0), a - x, x - a, 2 * a, a + 1, 1j * a, complex(a), complex(x), bool(a)


def powers(a: complex, b: complex) -> Any:
    return a**2, a**3, a**0, a**-2, a**0.5, a**b, 2.0**a, a**17


def of_cmath(a: complex, b: complex) -> Any:
    return cmath.exp(a), cmath.log(a), cmath.sqrt(a), cmath.sin(b), cmath.atan(b), cmath.tanh(a), cmath.phase(a)


def polar(a: complex, b: complex) -> Any:
    r, phi = cmath.polar(a)
    return cmath.rect(r, phi + b.real), cmath.isnan(a), cmath.isfinite(b)


@pytest.mark.parametrize("function", [arithmetic, with_reals, powers, of_cmath, polar], ids=lambda f: f.__name__)
def test_numbers_of_python(function: Any) -> None:
    """Equal, of Python's type, and with the exceptions that Python has."""
    native = srcad.jit(function)
    numbers = [0j, 1 + 0j, 0.5 - 2j, -3 + 1e-3j, -1.5 - 0.25j, complex(0.0, 700.0), complex(1e200, 1e200)]
    for a in numbers:
        for b in numbers:
            try:
                due = function(a, b)
            except (ArithmeticError, ValueError) as error:
                with pytest.raises(type(error)):
                    native(a, b)
                continue
            found = native(a, b)
            assert list(map(type, found)) == list(map(type, due))
            np.testing.assert_allclose(found, due, rtol=1e-14)
    assert "Python:" not in native.kernels(1j, 2j)


def mandelbrot(c: Any, n: int) -> Any:
    """How far points get, each by its own loop."""
    total = 0.0
    for k in range(len(c)):
        z = 0j
        for _ in range(n):
            z = z * z + c[k]
            if abs(z) > 2.0:
                break
        total = total + abs(z)
    return total


def oscillator(x: float, n: int) -> Any:
    state, path = complex(x, 0.0), []
    for k in range(n):
        state = state * np.exp(0.1j * k) + x / (1 + state)
        path.append(state)
    return np.sum(np.abs(np.array(path)) ** 2)


def spectrum(x: Any) -> Any:
    """A Fourier transform by hand, of which rows are kept in a list."""
    n, rows = len(x), []
    for k in range(n):
        rows.append(x * np.exp(-2j * np.pi * k * np.arange(n) / n))
    return np.sum(np.abs(np.sum(np.array(rows), axis=1)) ** 3)


def overwritten(z: Any) -> Any:
    w = z.copy()
    for k in range(1, len(w)):
        w[k] += w[k - 1] * z[k].conjugate()
        w[0] = w[0] + 1j * w[k].real
    return np.sum(w * np.conj(w)).real


def newton(z: complex) -> float:
    while abs(z**3 - 1) > 1e-10:
        z = z - (z**3 - 1) / (3 * z**2)
    return z.real


Z = np.array([0.2 - 0.1j, -0.4 + 0.3j, 1.5 + 0.5j])
PROGRAMS: Any = {
    mandelbrot: (Z, 6),
    oscillator: (0.7, 9),
    spectrum: (np.linspace(0.1, 1.0, 5),),
    overwritten: (Z,),
    newton: (0.3 + 0.9j,),
}


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_derivatives(function: Any) -> None:
    args = PROGRAMS[function]
    native = srcad.value_and_grad(function, backend="native")
    for found, due in zip(native(*args), srcad.value_and_grad(function)(*args), strict=True):
        assert type(found) is type(due) and np.asarray(found).dtype == np.asarray(due).dtype
        np.testing.assert_allclose(found, due, rtol=1e-13, atol=1e-14)
    assert "Python:" not in native.kernels(*args)
    tangent = srcad.jvp(function, args, (args[0], *(None for _ in args[1:])), backend="native")
    np.testing.assert_allclose(tangent, srcad.jvp(function, args, (args[0], *(None for _ in args[1:]))), rtol=1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_comes_in_and_goes_out(dtype: str) -> None:
    def f(z: Any, table: Any, numbers: Any) -> Any:
        total = z
        for row in range(len(table)):
            total = total + table[row, 0] * z
        for one in numbers:
            total = total * one
        return total, table[::-1] * 2, [total, z], numbers

    z, table = np.dtype(dtype).type(1 - 2j), (np.arange(12.0).reshape(3, 4) * (1 + 1j)).astype(dtype)
    for given in (table, np.asfortranarray(table), table.T.copy().T[:, ::2]):
        found, due = (make(f)(z, given, [1j, 2.0 + 1j]) for make in (srcad.jit, lambda f: f))
        for one, other in zip(found, due, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)
            assert np.asarray(one).dtype == np.asarray(other).dtype


MATRICES = np.random.default_rng(3)
SYSTEMS: dict[str, Any] = {
    "solve": lambda a, b: np.linalg.solve(a, b),
    "of scipy": lambda a, b: scipy.linalg.solve(a, b),
    "inv": lambda a, b: np.linalg.inv(a) @ b,
    "det": lambda a, b: np.linalg.det(a) * b,
    "slogdet": lambda a, b: sum(np.linalg.slogdet(a)) * b,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_of_complex_numbers(name: str, dtype: str) -> None:
    program = SYSTEMS[name]
    native = srcad.jit(program)
    for n in (1, 3, 10):
        parts = MATRICES.normal(size=(4, n, n))
        a = (parts[0] + 1j * parts[1] + 3.0 * np.eye(n)).astype(dtype)
        for b in (parts[2], (1j * parts[2] - parts[3])[:, 0].astype(dtype)):
            for matrix in (a, a.T.copy().T):
                found, due = native(matrix, b), program(matrix, b)
                assert (found.dtype, found.shape) == (due.dtype, due.shape)
                np.testing.assert_allclose(found, due, rtol=1e-12 if dtype == "complex128" else 1e-3)
    assert "Python:" not in native.kernels(a, b)


@pytest.mark.parametrize("name", SYSTEMS)
def test_gradients_of_systems_of_complex_numbers(name: str) -> None:
    program = SYSTEMS[name]

    def loss(x: Any, y: Any) -> Any:
        return np.sum(np.abs(program(x + 1j * y, 1j * y)) ** 2)

    x, y = MATRICES.normal(size=(2, 3, 3)) + 2.0 * np.eye(3)
    native = srcad.grad(loss, argnums=(0, 1), backend="native")
    np.testing.assert_allclose(native(x, y), srcad.grad(loss, argnums=(0, 1))(x, y), rtol=1e-10)
    assert "Python:" not in native.kernels(x, y)


def test_singular_systems_of_complex_numbers() -> None:
    singular = 1j * np.ones((2, 2))
    for name in ("solve", "inv"):
        with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
            srcad.jit(SYSTEMS[name])(singular, np.ones(2))
    found, due = (f(singular, np.ones(2)) for f in (srcad.jit(SYSTEMS["det"]), SYSTEMS["det"]))
    np.testing.assert_allclose(found, due, atol=1e-15)

"""What is made into kernels, and how that is seen."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import srcad
from srcad.errors import ArgumentError


def logistic(x: float, r: float, n: int) -> float:
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def mixed(x: Any) -> Any:
    s = 0.0
    for k in range(len(x)):
        s = s + x[k] ** 2
    y = scipy.linalg.expm(np.outer(x, x) / 10)
    t = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            t += y[i, j] * s
    return t


def test_a_whole_function_is_one_kernel() -> None:
    native = srcad.grad(logistic, backend="native")
    assert native(0.3, 3.1, 50) == srcad.grad(logistic)(0.3, 3.1, 50)
    lines = native.source(0.3, 3.1, 50).strip().split("\n")
    assert lines[1:] == ["    x_bar = logistic_grad_kernel(x, r, n)", "    return x_bar"]


def test_what_is_not_lowered_stays_in_python() -> None:
    x = np.arange(3.0)
    native = srcad.grad(mixed, backend="native")
    np.testing.assert_allclose(native(x), srcad.grad(mixed)(x), rtol=1e-12)
    assert "scipy.linalg.expm" in native.source(x)
    shown = native.kernels(x).split("\n")
    assert any("scipy.linalg.expm" in line and line.endswith("Python: expm") for line in shown)
    assert any("t += y[i, j] * s" in line and "C: mixed_grad_kernel_2" in line for line in shown)


def test_the_c_has_the_lines_of_the_user() -> None:
    text = srcad.grad(logistic, backend="native").source(0.3, 3.1, 5, language="c")
    assert "/* x = r * x * (1 - x) */" in text
    assert "/* adjoint of: x = r * x * (1 - x) */" in text
    with pytest.raises(ArgumentError, match="no source in 'rust'"):
        srcad.grad(logistic).source(0.3, 3.1, 5, language="rust")


def test_numpy_has_no_kernels() -> None:
    assert "the back end is numpy" in srcad.grad(logistic).kernels(0.3, 3.1, 5)


@pytest.mark.parametrize(
    "derived",
    [srcad.jacobian, srcad.hessian, srcad.hvp, srcad.value_and_grad, srcad.taylor, srcad.deriv],
    ids=lambda derived: derived.__name__,
)
def test_every_derivative(derived: Any) -> None:
    def f(x: float) -> float:
        y = x
        for _ in range(3):
            y = y * np.sin(x) + x
        return y

    args = (0.7, 1.0) if derived in (srcad.hvp, srcad.taylor) else (0.7,)
    np.testing.assert_allclose(derived(f, backend="native")(*args), derived(f)(*args), rtol=1e-12)


def test_tangents_and_pullbacks() -> None:
    args, dots = (0.3, 3.1), (1.0, 0.5)

    def f(x: float, r: float) -> float:
        return logistic(x, r, 20)

    np.testing.assert_allclose(srcad.jvp(f, args, dots, backend="native"), srcad.jvp(f, args, dots), rtol=1e-12)
    value, pullback = srcad.vjp(f, *args, backend="native")
    assert (value, pullback(1.0)) == (srcad.vjp(f, *args)[0], srcad.vjp(f, *args)[1](1.0))
    assert pickle.loads(pickle.dumps(pullback))(1.0) == pullback(1.0)


def test_a_derivative_that_has_been_called_is_differentiated_again() -> None:
    native = srcad.deriv(logistic, backend="native")
    native(0.3, 3.1, 5)
    due = srcad.deriv(srcad.deriv(logistic))(0.3, 3.1, 5)
    np.testing.assert_allclose(srcad.deriv(native)(0.3, 3.1, 5), due, rtol=1e-12)


def test_what_is_set_for_all() -> None:
    with srcad.config(backend="native"):
        native = srcad.grad(logistic)
    assert "kernel" in native.source(0.3, 3.1, 5)
    assert "kernel" not in srcad.grad(logistic).source(0.3, 3.1, 5)
    with pytest.raises(ArgumentError, match="no back end 'fortran'"):
        srcad.config(backend="fortran")


def test_jit() -> None:
    @srcad.jit
    def rounds(x: Any, n: int) -> Any:
        y = np.zeros(n)
        for k in range(n):
            y[k] = x[k] // 2 + k % 3
        return y, "text", x.sum()

    y, text, total = rounds(np.arange(5.0), 4)
    np.testing.assert_array_equal(y, [0.0, 1.0, 3.0, 1.0])
    assert (text, total) == ("text", 10.0)


def test_arguments_are_not_modified() -> None:
    @srcad.jit
    def stores(x: Any) -> Any:
        x[0] = 7.0
        return x

    x = np.zeros(3)
    np.testing.assert_array_equal(stores(x), [7.0, 0.0, 0.0])
    np.testing.assert_array_equal(x, 0.0)


@pytest.mark.parametrize("lay", [lambda x: x, lambda x: x.T.copy().T, lambda x: np.repeat(x, 2, axis=1)[:, ::2]])
def test_arguments_of_any_order(lay: Any) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.exp(x[1:] * x[:-1]) * x[:-1])

    x = lay(np.random.default_rng(0).normal(size=(4, 5)))
    np.testing.assert_allclose(srcad.grad(f, backend="native")(x), srcad.grad(f)(x), rtol=1e-13)


def test_names_that_mean_something_in_c() -> None:
    def f(call: Any, new: float, double: float) -> Any:
        value = np.sum(call * new)
        for out in range(3):
            value = value * double + out
        return value

    args = (np.arange(3.0), 0.5, 1.5)
    native = srcad.grad(f, argnums=(0, 1, 2), backend="native")
    for mine, due in zip(native(*args), srcad.grad(f, argnums=(0, 1, 2))(*args), strict=True):
        np.testing.assert_allclose(mine, due, rtol=1e-13)


def test_threads_share_a_kernel() -> None:
    native = srcad.grad(logistic, backend="native")
    due = native(0.3, 3.1, 1000)
    found: list[float] = []
    workers = [
        threading.Thread(target=lambda: found.extend(native(0.3, 3.1, 1000) for _ in range(50))) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [due] * 200


def caught_rows(x: Any, n: int) -> Any:
    A = np.outer(x, x)
    try:
        A[n - 1][0] = 2.0
        A[n][0] = 3.0 * x[1]
        A[0, 0] = 1.0
    except IndexError:
        A[2, 2] = 7.0 * x[0]
    return np.sum(A**2)


def given_on_one_way(x: Any, n: int) -> Any:
    A = np.outer(x, x)
    large = n > 2
    if large:
        row = scipy.linalg.expm(A)[0]
    else:
        A = scipy.linalg.expm(A)
    s = 0.0
    for k in range(n):
        if large:
            s = s + row[k] * x[k]
        else:
            s = s + np.sum(A[k] ** 2)
    return s


@pytest.mark.parametrize("f", [caught_rows, given_on_one_way], ids=lambda f: f.__name__)
@pytest.mark.parametrize("n", [2, 3, 4])
def test_nothing_is_learned_of_arrays_that_are_not_there(f: Any, n: int) -> None:
    """A kernel is handed None for an array that some ways don't make, and takes lengths from others."""
    x = np.array([0.7, -1.3, 0.4, 0.2][: max(n, 3)])
    due, mine = srcad.value_and_grad(f)(x, n), srcad.value_and_grad(f, backend="native")(x, n)
    np.testing.assert_allclose(mine[0], due[0], rtol=1e-13)
    np.testing.assert_allclose(mine[1], due[1], rtol=1e-13)

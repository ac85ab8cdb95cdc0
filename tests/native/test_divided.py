"""Loops on several threads: which they are, and that they compute the same."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError
from tests.native import IS_NUMBA

pytestmark = [
    pytest.mark.own_maker,
    pytest.mark.skipif(IS_NUMBA, reason="code of Numba's runs on one thread"),
]
N = 40_000  # enough for threads
X = np.random.default_rng(0).normal(size=N)
A = np.random.default_rng(1).normal(size=(300, 200))


def chain(x: Any) -> Any:
    return np.exp(-x * x) * np.sin(x) / (1 + x**2)


def total(x: Any) -> Any:
    return np.sum(chain(x)) + np.prod(1 + 1e-6 * x)


def rows(a: Any, x: Any) -> Any:
    return a @ x, np.sum(a * a, axis=1)


def copied(a: Any) -> Any:
    b = np.empty_like(a)
    b[:, ::2] = 2 * a[:, 1::2]
    b[:, 1::2] = a[:, ::2]
    return b


def repeated(x: Any, steps: int) -> Any:
    for _ in range(steps):
        x = x + 0.1 * np.tanh(x)
    return x


def integers(x: Any) -> Any:
    return np.sum((x > 0) * 3), np.any(x > 5), np.all(x < 5), np.max(x), np.argmax(x)


PROGRAMS: dict[Any, tuple[Any, ...]] = {
    chain: (X,),
    total: (X,),
    rows: (A, A[0]),
    copied: (A,),
    repeated: (X, 5),
    integers: (X,),
}


def on_threads(function: Any) -> Any:
    with srcad.config(threads=2):
        return srcad.jit(function)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_values(function: Any) -> None:
    args = PROGRAMS[function]
    for found, due in zip(parts(on_threads(function)(*args)), parts(function(*args)), strict=True):
        np.testing.assert_allclose(found, due, rtol=1e-12, atol=1e-13)


def parts(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def test_what_is_divided_has_the_same_bits() -> None:
    """But for sums, which are added up in another order."""
    assert np.array_equal(on_threads(chain)(X), srcad.jit(chain)(X))
    for mine, due in zip(on_threads(rows)(A, A[0]), srcad.jit(rows)(A, A[0]), strict=True):
        assert np.array_equal(mine, due)


def test_gradients() -> None:
    one, two = srcad.grad(total, backend="native"), srcad.grad(total, backend="native:2")
    np.testing.assert_allclose(two(X), one(X), rtol=1e-12, atol=1e-15)
    assert "num_threads(2)" in two.source(X, language="c")
    assert "num_threads" not in one.source(X, language="c")


def test_small_arrays_are_left_to_one_thread() -> None:
    source = on_threads(chain).source(X, language="c")
    assert "#pragma omp parallel for simd if(parallel: n >= 32768) num_threads(2)" in source


def shifted(x: Any) -> Any:
    """Each element depends on the one before."""
    x = x.copy()
    for k in range(1, len(x)):
        x[k] = x[k] + 0.5 * x[k - 1]
    return x


def overlapping(x: Any, places: Any) -> Any:
    """Turns may write to one place."""
    y = np.zeros(10)
    np.add.at(y, places, x)
    return y


def running(x: Any) -> Any:
    return np.cumsum(x)


@pytest.mark.parametrize(
    ("function", "args"),
    [(shifted, (X,)), (overlapping, (X, np.arange(N) % 10)), (running, (X,))],
    ids=["shifted", "overlapping", "running"],
)
def test_turns_that_depend_on_each_other_are_not_divided(function: Any, args: tuple[Any, ...]) -> None:
    np.testing.assert_array_equal(on_threads(function)(*args), srcad.jit(function)(*args))


def test_columns_that_are_summed_are_not_divided() -> None:
    def columns(a: Any) -> Any:
        return np.sum(a * a, axis=0)

    found = on_threads(columns)
    np.testing.assert_array_equal(found(A), srcad.jit(columns)(A))


def test_threads_of_python_share_a_kernel_on_threads() -> None:
    native = on_threads(total)
    due = native(X)
    found: list[float] = []
    workers = [threading.Thread(target=lambda: found.extend(native(X) for _ in range(20))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    np.testing.assert_allclose(found, [due] * 60, rtol=1e-12)


def test_numbers_of_threads_that_there_are_not() -> None:
    for wrong in (0, -1, 1.5, True, 2000):
        with pytest.raises(ArgumentError, match="threads is a number from 1 to 1024"):
            srcad.config(threads=wrong)
    for name in ("native:", "native:0", "native:x", "numpy:2"):
        with pytest.raises(ArgumentError, match=f"no back end '{name}'"):
            srcad.grad(total, backend=name)


def test_the_environment_says_how_many() -> None:
    text = "import srcad; print(srcad.config())"
    done = subprocess.run([sys.executable, "-c", text], env={"SRCAD_THREADS": "3"}, capture_output=True, text=True)
    assert "threads=3" in done.stdout

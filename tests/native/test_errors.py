"""Native code raises what the program raises."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad


def index(x: Any) -> Any:
    s = 0.0
    for k in range(5):
        s = s + x[k]
    return s


def division(x: Any) -> Any:
    s = 1.0
    for y in [x, x]:
        s = s / y
    return s


def logarithm(x: Any) -> Any:
    s = 0.0
    for k in range(3):
        s = s + math.log(x[k])
    return s


def overflow(x: Any) -> Any:
    s = 0.0
    for k in range(3):
        s = s + math.exp(1000.0 * (x[k] + 1.0))
    return s


def own(x: Any) -> Any:
    s = 0.0
    for k in range(3):
        if x[k] < 0.5:
            raise RuntimeError(f"{k} is too small")
        s = s + x[k]
    return s


def asserted(x: Any) -> Any:
    for k in range(3):
        assert x[k] > 0.5, "positive"
    return x[0] * x[1]


def shapes(x: Any) -> Any:
    s = 0.0
    for k in range(3):
        s = s + np.sum(x[k:] * np.ones(k + 2))
    return s


def popped(x: Any) -> Any:
    found = []
    for k in range(3):
        if x[k] > 10:
            found.append(x[k])
    return found.pop() * 2.0


PROGRAMS = (index, division, logarithm, overflow, own, asserted, shapes, popped)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
@pytest.mark.parametrize("derive", [srcad.grad, srcad.value_and_grad])
def test_the_error_of_the_program(function: Callable[..., Any], derive: Any) -> None:
    x = 0.0 if function is division else np.zeros(3)
    with pytest.raises(Exception) as due:
        function(x)
    with pytest.raises(type(due.value)) as caught:
        derive(function, backend="native")(x)
    assert str(caught.value) == str(due.value)


def test_infinite_slopes() -> None:
    """Of the derivative's own arithmetic, which raises nothing."""

    def f(x: float) -> float:
        return math.sqrt(x)

    assert srcad.grad(f, backend="native")(0.0) == math.inf


def test_arrays_give_inf() -> None:
    def f(x: Any) -> Any:
        return np.sum(1.0 / x)

    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(srcad.grad(f, backend="native")(np.array([0.0, 1.0])), [-math.inf, -1.0])


def test_ints_beyond_the_machine() -> None:
    def f(x: float, n: int) -> float:
        k = 1
        for _ in range(n):
            k = k * 7
        return x * float(k)

    assert srcad.grad(f, backend="native")(1.0, 60) == float(7**60)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no alarms here")
def test_a_long_loop_is_interrupted() -> None:
    text = """
        import os, signal, threading, time
        import srcad

        @srcad.jit
        def spin(n, x):
            for k in range(n):
                x = x + 1e-9 * x
            return x

        signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background is started without one
        spin(-10**12, 1.0)  # which compiles what runs below, so that the loop is interrupted and no compiler
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.perf_counter()
        try:
            spin(10**12, 1.0)
        except KeyboardInterrupt:
            print(time.perf_counter() - start)
    """
    path = os.path.join(os.environ["SRCAD_CACHE"], f"spin_{os.getpid()}.py")
    with open(path, "w") as file:
        file.write(textwrap.dedent(text))
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, timeout=60)
    assert 0.4 < float(done.stdout) < 10.0


def masked(x: Any, y: Any) -> Any:
    y[y < 0.7] = 0.5 * x[y < 0.7]
    return np.sum(x * x) + np.sum(y)


@pytest.mark.parametrize("lengths", [(1, 0), (3, 0), (3, 3), (3, 2), (0, 1)])
def test_a_mask_without_elements_fits_any_array(lengths: tuple[int, int]) -> None:
    x, y = (0.5 * np.ones(n) for n in lengths)
    gradient = srcad.grad(masked, backend="native")
    try:
        masked(x, y.copy())
    except IndexError:
        with pytest.raises(IndexError):
            gradient(x, y)
        return
    np.testing.assert_allclose(gradient(x, y), 2 * x + (0.5 if len(y) else 0.0))


def chosen(x: Any, how: int) -> Any:
    return 1.0 / (x[0] if how else 0.0)


def carried(x: Any, how: int) -> Any:
    s = 0.0
    for k in range(how):
        s = x[k]
    return 2.0 + 1.0 / (-s * 3.0)


def listed(x: Any, how: int) -> Any:
    values = [0.0]
    for k in range(how):
        values.append(x[k])
    return 1.0 / values[-1]


def raised(x: Any, how: int) -> Any:
    return (x[0] if how else 0.0) ** -1


def turned(x: Any, how: int) -> Any:
    return abs(1.0 / (x[0] * 1j if how else 0j))


@pytest.mark.parametrize("function", [chosen, carried, listed, raised, turned], ids=lambda one: one.__name__)
def test_numbers_of_which_the_run_tells_whose_they_are(function: Any) -> None:
    native, x = srcad.value_and_grad(function, backend="native"), np.array([2.0, 0.5])
    assert native(x, 1)[0] == pytest.approx(function(x, 1))
    with pytest.raises(ZeroDivisionError):
        native(x, 0)
    with np.errstate(all="ignore"):
        found, due = native(np.zeros(2), 1)[0], function(np.zeros(2), 1)
    np.testing.assert_equal(found, due)

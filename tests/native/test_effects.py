"""Programs that must not run twice: what is pure in them runs as C, and what fails there is done again in Python."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import srcad

X = np.linspace(0.1, 1.0, 5)


def noisy(x: Any, n: int) -> Any:
    s = 0.0
    for k in range(n):
        s = s + x[k] * np.sin(s + 1)
    print("so far", round(float(s), 6))
    for k in range(n):
        s = s * np.cos(s + x[k])
    return s


def test_what_is_printed_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    native = srcad.grad(noisy, backend="native")
    due = srcad.grad(noisy)(X, 5)
    shown = capsys.readouterr().out
    np.testing.assert_allclose(native(X, 5), due, rtol=1e-12)
    assert capsys.readouterr().out == shown
    kernels = native.kernels(X, 5)
    assert "for k in range(n):                                            C: noisy_grad_kernel" in kernels
    assert kernels.count("Python:") == 1


def test_errors_are_the_programs_own(capsys: pytest.CaptureFixture[str]) -> None:
    native = srcad.grad(noisy, backend="native")
    with pytest.raises(IndexError, match="index 5 is out of bounds for axis 0 with size 5"):
        native(X, 7)
    assert capsys.readouterr().out == ""
    np.testing.assert_allclose(native(X, 4), srcad.grad(noisy)(X, 4), rtol=1e-12)


def test_pickling(capsys: pytest.CaptureFixture[str]) -> None:
    """What fails is done again in Python by what has been pickled, too."""
    _, pullback = srcad.vjp(noisy, X, 5, backend="native")
    again = pickle.loads(pickle.dumps(pullback))
    np.testing.assert_array_equal(again(1.0)[0], pullback(1.0)[0])
    native = srcad.grad(quotients, backend="native")
    native(0.5, 2)
    with pytest.raises(ZeroDivisionError):
        pickle.loads(pickle.dumps(native))(0.5, 5)
    assert capsys.readouterr().out.split() == ["so", "far", "2.120973", "done"]


def quotients(x: float, n: int) -> float:
    total = 0.0
    for k in range(n):
        total = total + x / (k - 3.0)
    print("done")
    return total


def test_what_python_raises(capsys: pytest.CaptureFixture[str]) -> None:
    native = srcad.value_and_grad(quotients, backend="native")
    np.testing.assert_allclose(native(0.5, 3), srcad.value_and_grad(quotients)(0.5, 3), rtol=1e-13)
    capsys.readouterr()
    with pytest.raises(ZeroDivisionError):
        native(0.5, 5)
    assert capsys.readouterr().out == ""


def powers(x: float, n: int) -> float:
    """Ints beyond 64 bits, which only Python has."""
    count = 1
    for k in range(1, n):
        count = count * k
    print(count)
    return x * (count % 1000003)


def test_what_only_python_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    native = srcad.grad(powers, backend="native")
    for n in (10, 30, 11):
        assert native(0.5, n) == srcad.grad(powers)(0.5, n)
    first, second, *_ = capsys.readouterr().out.split()
    assert first == second


class Counter:
    def __init__(self) -> None:
        self.total = 0.0
        self.calls = 0

    def add(self, x: Any) -> Any:
        total = 1.0
        for k in range(len(x)):
            total = total + np.sin(x[k]) * total + x[k]
        self.total = total
        self.calls += 1
        return total


def test_attributes_that_are_set() -> None:
    native, plain = Counter(), Counter()
    for x in (X, X[:3] * 2):
        found = srcad.grad(native.add, backend="native")(x)
        np.testing.assert_allclose(found, srcad.grad(plain.add)(x), rtol=1e-12)
        assert (native.calls, type(native.total)) == (plain.calls, type(plain.total))
        np.testing.assert_allclose(native.total, plain.total, rtol=1e-12)


def caught(x: Any, places: list[int]) -> Any:
    total = 0.0
    for k in places:
        try:
            for j in range(3):
                total = total + x[k + j] ** 2
        except IndexError:
            total = total * 0.5
    return total


def test_exceptions_that_are_caught() -> None:
    for places in ([0, 1, 2], [0, 4, 1], [7, 0]):
        native = srcad.value_and_grad(caught, backend="native")
        for found, due in zip(native(X, places), srcad.value_and_grad(caught)(X, places), strict=True):
            np.testing.assert_allclose(found, due, rtol=1e-12)
        assert native(X, places)[0] == caught(X, places)


def quiet(x: Any) -> Any:
    total = 0.0
    with np.errstate(divide="ignore"):
        for k in range(len(x)):
            total = total + np.log(np.abs(x[k]))
    return total


def strict(x: Any) -> Any:
    total = 0.0
    with np.errstate(divide="raise"):
        for k in range(len(x)):
            total = total + np.log(np.abs(x[k]))
    return total


def test_contexts() -> None:
    native = srcad.value_and_grad(quiet, backend="native")
    for found, due in zip(native(X), srcad.value_and_grad(quiet)(X), strict=True):
        np.testing.assert_allclose(found, due, rtol=1e-12)
    assert "for k in range(len(x)):                                       C:" in native.kernels(X)
    with pytest.raises(FloatingPointError):
        srcad.value_and_grad(strict, backend="native")(X * 0)


def drawn(x: float, rng: np.random.Generator) -> Any:
    total = x
    for noise in rng.normal(size=4):
        total = total * np.cos(total) + noise * x
    return total


def test_random_numbers_are_drawn_once() -> None:
    rngs = [np.random.default_rng(3) for _ in range(2)]
    found, due = (
        srcad.grad(drawn, backend=backend)(0.3, rng) for backend, rng in zip(("native", "numpy"), rngs, strict=True)
    )
    np.testing.assert_allclose(found, due, rtol=1e-12)
    assert rngs[0].normal() == rngs[1].normal()

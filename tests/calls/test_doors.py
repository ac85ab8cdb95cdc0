"""Guards in C let through what those of Python let through, and nothing else."""

from __future__ import annotations

import functools
import gc
import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NonFiniteError
from tests.modules import module_at

FACTOR = 2.0


def native(f: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """The gradient, called once; its calls go through a door."""
    gradient = srcad.grad(f, backend="native", **options)
    gradient(*args)
    assert has_door(gradient)
    return gradient


def has_door(derived: Any) -> bool:
    return bool(derived._last.has_door) and derived._enter is derived._last.enter


def count(derived: Any) -> int:
    return int(derived._specialiser.count)


def quadratic(x: Any) -> Any:
    total = 0.0
    for k in range(len(x)):
        total += x[k] ** 2
    return total


def cubic(x: Any) -> Any:
    return FACTOR * x * x * x


def test_numbers_of_another_type_go_another_way() -> None:
    slope = native(cubic, 3.0)
    for value in (np.float64(3.0), np.float32(3.0)):
        assert type(slope(value)) is type(srcad.grad(cubic)(value))
        assert slope(value) == srcad.grad(cubic)(value)
    for value in (3, True):
        with pytest.raises(srcad.errors.ArgumentError):
            slope(value)
    assert slope(2.0) == 24.0


def test_a_global_that_changes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    slope = native(cubic, 3.0)
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert slope(3.0) == 135.0
    monkeypatch.setitem(globals(), "FACTOR", 2)
    assert slope(3.0) == 54.0
    monkeypatch.delitem(globals(), "FACTOR")
    with pytest.raises(NameError):
        slope(3.0)


def helper(x: Any) -> Any:
    return 2.0 * x


def with_helper(x: Any) -> Any:
    return helper(x) * x


def test_a_function_that_changes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    slope = native(with_helper, 1.0)
    monkeypatch.setitem(globals(), "helper", lambda x: x * x)
    assert slope(2.0) == 12.0
    monkeypatch.setitem(globals(), "np", math)
    assert slope(2.0) == 12.0


def test_a_cell_that_changes_is_noticed() -> None:
    factor: Any = 2.0

    def f(x: Any) -> Any:
        return factor * x * x

    slope = native(f, 3.0)
    factor = 4.0
    assert slope(3.0) == 24.0
    factor = np.ones(2)
    with pytest.raises(srcad.errors.SrcadError):
        slope(3.0)


def test_code_that_is_exchanged_is_noticed(tmp_path: Any) -> None:
    path = tmp_path / "reloaded.py"
    path.write_text("def g(x, c=2.0):\n    return c * x * x\n\n\ndef f(x):\n    return g(x) * x\n")
    module: Any = module_at(path, "door_reloaded", known=True)
    slope = native(module.f, 2.0)
    module.g.__defaults__ = (3.0,)
    assert slope(2.0) == 36.0
    path.write_text("def g(x, c=2.0):\n    return c * x\n\n\ndef f(x):\n    return 5.0 * g(x) * x\n")
    newer: Any = module_at(path, "door_reloaded_again", known=True)
    module.g.__code__ = newer.g.__code__
    assert slope(2.0) == 12.0
    module.f.__code__ = newer.f.__code__
    assert slope(2.0) == 60.0


@pytest.mark.parametrize(
    "x",
    [
        np.arange(4, dtype=np.float32),
        np.arange(4.0).astype(">f8"),
        np.arange(8.0)[::2],
        np.arange(4.0)[::-1],
        np.ones(0),
        np.ones(1),
        [1.0, 2.0],
        np.ma.masked_array([1.0, 2.0]),
    ],
)
def test_arrays_of_all_kinds_give_what_they_give_without_a_door(x: Any) -> None:
    gradient = native(quadratic, np.arange(3.0))
    try:
        due = srcad.grad(quadratic)(x)
    except srcad.errors.SrcadError as error:
        with pytest.raises(type(error)):
            gradient(x)
        return
    got = gradient(x)
    assert type(got) is type(due)
    np.testing.assert_array_equal(got, due)


def test_lengths_that_must_be_equal_are_compared() -> None:
    def f(x: Any, y: Any) -> Any:
        return np.sum(x[1:] * y)

    gradient = native(f, np.ones(4), np.arange(3.0))
    np.testing.assert_array_equal(gradient(np.ones(5), np.arange(4.0)), [0.0, 0.0, 1.0, 2.0, 3.0])
    np.testing.assert_array_equal(gradient(np.ones(5), np.ones(1)), [0.0, 1.0, 1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="broadcast"):
        gradient(np.ones(4), np.ones(4))


def test_promises_are_kept() -> None:
    def f(x: Any) -> Any:
        return x[5] * x[0]

    gradient = native(f, np.arange(8.0))
    np.testing.assert_array_equal(gradient(np.arange(6.0)), [5.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    with pytest.raises(IndexError):
        gradient(np.arange(3.0))


def test_containers_are_looked_into() -> None:
    def f(p: Any) -> Any:
        return np.sum(p["w"] * p["w"]) * p["b"][0]

    p = {"w": np.arange(3.0), "b": [2.0, "unused"]}
    gradient = native(f, p)
    bars = gradient({"w": np.ones(2), "b": [3.0, "unused"]})
    np.testing.assert_array_equal(bars["w"], [6.0, 6.0])
    assert bars["b"][0] == 2.0
    again = gradient({"b": [3.0, "unused"], "w": np.ones(2)})
    assert list(again) == ["b", "w"]
    wider = gradient({"w": np.ones(2), "b": [3.0, "unused"], "c": 1.0})
    assert list(wider) == ["w", "b", "c"]
    with pytest.raises(KeyError):
        gradient({"w": np.ones(2)})


def test_results_are_put_together_as_arguments_are() -> None:
    def f(p: Any, s: Any) -> Any:
        return p[0] * p[1][0] + s * p[1][1]

    gradient = srcad.value_and_grad(f, (0, 1), backend="native")
    for p in ((2.0, [3.0, 4.0]), (5.0, [6.0, 7.0])):
        assert gradient(p, 2.0) == srcad.value_and_grad(f, (0, 1))(p, 2.0)
    assert has_door(gradient)


def test_values_that_the_code_depends_on_are_compared() -> None:
    def f(x: Any, kind: Any, times: Any) -> Any:
        y = x * x
        for _ in range(times):
            y = y * x
        return y if kind == "plain" else 2.0 * y

    gradient = native(f, 2.0, "plain", 1)
    assert gradient(2.0, "plain", 1) == 12.0
    assert gradient(2.0, "double", 1) == 24.0
    assert gradient(2.0, "plain", 2) == 32.0
    assert gradient(2.0, "plain", True) == 12.0
    assert gradient(2.0, kind="plain", times=2**70 - 2**70 + 2) == 32.0


def test_bound_methods_have_their_own_instance() -> None:
    class Spring:
        def __init__(self, k: float) -> None:
            self.k = k

        def energy(self, x: Any) -> Any:
            return 0.5 * self.k * x * x

    one, other = Spring(2.0), Spring(3.0)
    slopes = [srcad.grad(spring.energy, backend="native") for spring in (one, other)]
    for _ in range(2):
        assert [slope(1.5) for slope in slopes] == [3.0, 4.5]
    one.k = 10.0
    assert slopes[0](1.5) == 15.0
    one.k = 10
    assert slopes[0](1.5) == 15.0


def test_partials_and_keyword_arguments() -> None:
    def f(x: Any, c: Any = 2.0) -> Any:
        return c * x * x

    slope = srcad.grad(functools.partial(f, c=3.0), backend="native")
    assert [slope(2.0), slope(3.0), slope(2.0, c=1.0)] == [12.0, 18.0, 4.0]
    gradient = native(f, 2.0)
    assert gradient(2.0, c=5.0) == 20.0
    assert gradient(2.0, 6.0) == 24.0
    with pytest.raises(TypeError):
        gradient()
    with pytest.raises(TypeError):
        gradient(1.0, 2.0, 3.0)


def test_errors_are_those_of_the_program() -> None:
    def f(x: Any) -> Any:
        return 1.0 / x

    slope = native(f, 2.0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as caught:
            slope(0.0)
        assert "in the derivative of f" in "".join(caught.value.__notes__)
    assert slope(2.0) == -0.25


def test_an_int_beyond_64_bits_is_pythons() -> None:
    def f(x: Any, n: Any) -> Any:
        return x * x * n

    slope = native(f, 2.0, 3)
    assert slope(2.0, 2**70) == 4.0 * 2.0**70
    assert slope(2.0, -(2**63)) == -4.0 * 2.0**63


def test_results_are_looked_at_once_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sqrt(x))

    gradient = native(f, np.ones(2))
    assert gradient(np.zeros(2))[0] == np.inf
    with srcad.config(check_nan=True), pytest.raises(NonFiniteError):
        gradient(np.zeros(2))
    assert gradient(np.zeros(2))[0] == np.inf


def test_a_door_keeps_nothing_alive() -> None:
    def f(x: Any) -> Any:
        return x * x * FACTOR

    slope = native(f, 1.0)
    gone = weakref.ref(f)
    del f, slope
    gc.collect()
    assert gone() is None


def test_arguments_are_never_results() -> None:
    def f(x: Any, y: Any) -> Any:
        return np.sum(x * y)

    gradient = srcad.grad(f, (0, 1), backend="native")
    x, y = np.ones(3), np.arange(3.0)
    for _ in range(2):
        bars = gradient(x, y)
        assert not np.shares_memory(bars[0], y)
        assert not np.shares_memory(bars[1], x)

"""Arrays that a loop is the first to set, written and looked at behind it; also where it didn't run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference


def weigh(v: Any) -> Any:
    return np.sum(v * np.sin(np.arange(1.0, np.size(v) + 1.0)).reshape(np.shape(v)))


def set_under_a_condition(x, n):
    for v in x:
        if v > 2.0:
            y = np.zeros(3)
            y[1] = v * x[0]
    y[0] = x[0] ** 2
    return weigh(y * x)


def viewed_behind(x, n):
    for v in x:
        if v > 2.0:
            y = np.zeros(3)
    z = y[1:]
    z[0] = x[0] ** 2
    return weigh(y * x)


def set_in_each_turn(x, n):
    for i in range(n):
        y = x * (i + 1.0)
    y[0] = x[0] ** 2
    return weigh(y * x)


def view_set_with_its_array(x, n):
    k = 0
    while k < n:
        y = x * x[k]
        z = y[1:]
        k += 1
    z[0] = x[0] ** 2
    y[1:] *= 2.0
    return weigh(y * x) + weigh(z**3)


def view_from_the_counter(x, n):
    for i in range(n):
        y = x * (i + 1.0)
        z = y[i:]
    z *= x[0]
    return weigh(y * x) + 2.0 * np.sum(z**2)


def two_names(x, n):
    for i in range(n):
        y = x * (i + 1.0)
        z = y
    z[1] = x[0] ** 2
    y[2] *= x[1]
    return weigh(y) + weigh(z**2)


def row_of_the_last_turn(x, n):
    for i in range(n):
        B = np.outer(x, x) * (i + 0.5)
        row = B[i % 3]
        column = B[:, 1]
    row += 1.0
    column[:] = column * row
    return weigh(B**2) + weigh(row) + weigh(column)


def written_in_the_next_turn(x, n):
    total = 0.0
    for i in range(n):
        if i > 0:
            z[0] = x[1] * i  # noqa: F821
            total += weigh(y**2)  # noqa: F821
        y = x * (i + 1.0)
        z = y[::2]
    z[1] += x[0]
    return total + weigh(y)


def set_in_an_inner_loop(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i):
            y = x * j
        if i > 1:
            y[1] = x[0] * s
            s += weigh(y * x) + 0.1
    return s


def left_early(x, n):
    for i in range(n):
        y = x * i
        v = y[:2]
        if np.sum(y) > 3.0:
            break
    v[1] = x[2] ** 2
    return weigh(y * x)


PROGRAMS: tuple[Callable[..., Any], ...] = (
    set_under_a_condition,
    viewed_behind,
    set_in_each_turn,
    view_set_with_its_array,
    view_from_the_counter,
    two_names,
    row_of_the_last_turn,
    written_in_the_next_turn,
    set_in_an_inner_loop,
    left_early,
)
POINTS = (np.array([0.7, 2.4, 1.1]), np.array([2.2, -0.3, 2.6]), np.array([0.7, 0.3, 1.1]))


@pytest.mark.parametrize("f", PROGRAMS)
def test_written_behind_the_loop(f: Callable[..., Any]) -> None:
    direction = np.array([0.3, 0.8, -0.5])
    derived, bent = srcad.value_and_grad(f), srcad.hvp(f)
    ways = {"right": 0, "raised": 0}
    for point in POINTS:
        for n in (0, 1, 2, 3):
            try:
                due = f(point.copy(), n)
            except UnboundLocalError as error:
                for call in (derived, srcad.grad(f)):
                    with pytest.raises(UnboundLocalError, match=str(error)):
                        call(point.copy(), n)
                with pytest.raises(UnboundLocalError, match=str(error)):
                    srcad.jvp(f, (point.copy(), n), (direction, None))
                ways["raised"] += 1
                continue
            value, bar = derived(point.copy(), n)
            assert value == pytest.approx(due, rel=1e-12)

            def along(t: float, point: Any = point, n: int = n) -> np.ndarray:
                return np.array([float(f(point + t * direction, n))])

            slope = reference.ridders(along, 1e-3).value[0]
            assert bar @ direction == pytest.approx(slope, rel=1e-7, abs=1e-8)
            assert srcad.jvp(f, (point.copy(), n), (direction, None))[1] == pytest.approx(slope, rel=1e-7, abs=1e-8)

            def slopes(t: float, point: Any = point, n: int = n) -> np.ndarray:
                return np.asarray(derived(point + t * direction, n)[1])

            due = reference.ridders(slopes, 1e-3).value
            np.testing.assert_allclose(bent(point.copy(), n, direction), due, rtol=1e-6, atol=1e-6)
            ways["right"] += 1
    assert ways["right"] and (ways["raised"] or f in (set_in_an_inner_loop,))


def zipped_in_a_try(x, y):
    s = 0.0
    try:
        for a, b in zip(x[::2][None], y):
            s = s + np.sum(a.ravel()[::-1]) * b
            x[0] = y[5]
        s = s * y[1]
    except IndexError:
        s = s + y[0]
    return s


def test_an_iterator_that_one_way_alone_has() -> None:
    x, derived = np.array([1.0, 2.0, 3.0]), srcad.grad(zipped_in_a_try, (0, 1))
    for y, due in (
        (np.array([4.0, 5.0, 6.0]), ([4.0, 0.0, 4.0], [5.0, 0.0, 0.0])),
        (np.arange(1.0, 8.0), ([2.0, 0.0, 2.0], [8.0, 4.0, *[0.0] * 5])),
    ):
        for got, wanted in zip(derived(x, y), due, strict=True):
            np.testing.assert_allclose(got, wanted)

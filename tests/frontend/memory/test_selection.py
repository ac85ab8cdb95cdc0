"""Which of several arrays a write hits: told at run time, in branches, in loops, and for lists and objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference


def weigh(v: Any) -> Any:
    return np.sum(v * np.sin(np.arange(1.0, np.size(v) + 1.0)).reshape(np.shape(v)))


def argument_by_condition(x, y, n):
    t = x if x[0] > 0 else y
    t[1] = x[2] ** 2
    return weigh(x**2) + weigh(y**3) + weigh(t)


def copy_by_condition(x, y, n):
    a, b = x.copy(), 2.0 * y
    t = a if x[0] > 0 else b
    t *= 3.0
    a[0] = 5.0 * y[1]
    return weigh(a**2) + weigh(b**3) + weigh(t * t)


def swapped_in_loop(x, y, n):
    a, b = x.copy(), y.copy()
    for i in range(n):
        if a[0] > b[i % 3]:
            a, b = b, a
        a[i % 3] += 0.3 * b[0] + 0.5
        b *= 0.9
    return weigh(a**2) + weigh(b**3) + weigh(x)


def swapped_while_others_look(x, y, n):
    a, b = x.copy(), y.copy()
    p_, q = a, b
    for i in range(n):
        if a[0] > b[1]:
            a, b = b, a
        a[1:] += 0.3 * b[0] + 0.5
    p_[0] = 7.0 * x[1]
    return weigh(a**2) + weigh(b**3) + weigh(p_ * q)


def overlapping_views(x, y, n):
    a = x.copy()
    v = a[1:] if x[0] > 0 else a[:-1]
    v[0] = y[0] ** 2
    a[1] *= 2.0
    return weigh(a * a) + weigh(v)


def made_in_branches(x, y, n):
    if x[0] > 0:
        a = x.copy()
        b = a
    else:
        a = y * 2.0
        b = y
    a[0] = 3.0 * y[1]
    b[1] *= x[2]
    return weigh(a * a) + weigh(b * b * b) + weigh(y)


def elements_of_list(x, y, n):
    L = [x.copy(), y.copy()]
    t = L[0] if y[0] > 0 else L[1]
    t[:2] = y[1:] ** 2
    L[1][0] *= x[1]
    return weigh(L[0]) + weigh(L[1] ** 2) + weigh(t)


def lists_by_condition(x, y, n):
    pl, ql = [x[0], x[1]], [y[0]]
    t = pl if x[1] > 0 else ql
    t.append(x[0] * y[1])
    t[0] = x[2]
    return sum(v * v for v in pl) + 3.0 * sum(ql)


def row_or_column(x, y, n):
    A = np.outer(x, y)
    r = A[0] if x[0] > 0 else A[:, 1]
    for i in range(3):
        r[i] += y[i] * A[1, 1]
    A[0] *= 2.0
    return weigh(A * A) + weigh(r)


def rebound_after_first_turn(x, y, n):
    t = x
    for i in range(n):
        t[0] += 1.0 * y[i % 3]
        t = t * 2.0
    return weigh(x * x) + weigh(t)


def buffers_by_condition(x, y, n):
    old, new = x.copy(), y.copy()
    for i in range(n):
        for j in range(1, 3):
            new[j] = old[j - 1] * 0.5 + y[j]
        if new[1] > 0.3:
            old, new = new, old
        else:
            new[0] = old[1]
    return weigh(old) + weigh(new**2)


def three_change_places(x, y, n):
    a, b, c = x.copy(), y.copy(), x * y
    for i in range(n):
        a, b, c = (b, c, a) if a[0] > 0.1 else (c, a, b)
        a[0] -= 0.4 * b[1]
        c[1:] *= 1.1
    return weigh(a) + weigh(b**2) + weigh(c**3)


def swapped_in_while(x, y, n):
    a, b = x.copy(), y.copy()
    k = 0
    while k < n:
        if a[0] > b[0]:
            a, b = b, a
        a += 0.5 * b**2 + 0.1
        k += 1
    return weigh(a) + weigh(b**2)


class Box:
    def __init__(self, v):
        self.v = v


def objects_by_condition(x, y, n):
    p_, q = Box(x.copy()), Box(y.copy())
    t = p_ if x[0] > 0 else q
    t.v[0] = 3.0 * x[1]
    t.v = t.v * y
    return weigh(p_.v**2) + weigh(q.v**3)


def several_conditions(x, y, n):
    a = x.copy()
    if x[0] > 0:
        t = a
    elif x[1] > 0:
        t = y
    else:
        t = x
    t[1] = y[2] ** 2
    u = t if y[0] > 0 else a
    u *= 1.5
    return weigh(a) + weigh(x * x) + weigh(y**3) + weigh(t) + weigh(u * u)


def parts_of_split(x, y, n):
    a, b = np.split(np.concatenate([x, y]), 2)
    t = a if x[0] > 0 else b
    t += 1.0 * y
    return weigh(a * a) + weigh(b * b * b)


def best_so_far(x, y, n):
    best = x
    for i in range(n):
        cand = y if y[i % 3] > best[0] else best
        best = cand
        best[i % 3] += 0.7
    return weigh(best) + weigh(x * x) + weigh(y * y * y)


def from_a_function(x, y, n):
    def pick(c):
        return x if c > 0 else y

    pick(x[0])[0] = y[1] ** 2
    pick(y[0])[1:] += 2.0 * x[0]
    return weigh(x * x) + weigh(y * y * y)


def lists_of_lists(x, y, n):
    rows = [[] for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rows[i].append(x[j % 3] * y[i % 3])
    s = 0.0
    for i in range(n):
        for v in rows[i]:
            s = s + v * v * (i + 1)
    return s


def filled_by_index(x, y, n):
    out = [None] * n
    for i in range(n):
        out[i] = x * y[i % 3]
    s = 0.0
    for i in range(n):
        s = s + weigh(out[i] ** 2) * (i + 1)
    return s


def rows_filled_by_index(x, y, n):
    rows = [[0.0] * 3 for _ in range(n)]
    for i in range(n):
        for j in range(3):
            rows[i][j] = x[j] * y[i % 3] + (rows[i - 1][j] if i > 0 else 0.0)
    return weigh(np.array(rows) ** 2)


def swapped_in_inner_loop(x, y, n):
    a, b = x.copy(), y.copy()
    for i in range(n):
        for k in range(2):
            if a[k] > b[k]:
                a, b = b, a
            a[k] += 0.4
        b[2] = a[0] * y[0]
    return weigh(a * a) + weigh(b * b * b)


PROGRAMS: tuple[Callable[..., Any], ...] = (
    argument_by_condition,
    copy_by_condition,
    swapped_in_loop,
    swapped_while_others_look,
    overlapping_views,
    made_in_branches,
    elements_of_list,
    lists_by_condition,
    row_or_column,
    rebound_after_first_turn,
    buffers_by_condition,
    three_change_places,
    swapped_in_while,
    objects_by_condition,
    several_conditions,
    parts_of_split,
    best_so_far,
    from_a_function,
    lists_of_lists,
    filled_by_index,
    rows_filled_by_index,
    swapped_in_inner_loop,
)
POINTS = [
    (np.array([0.7, -1.3, 0.4]), np.array([0.2, 0.9, -0.6])),
    (np.array([-0.5, 0.8, 1.1]), np.array([-0.3, -0.7, 1.4])),
    (np.array([-0.2, -0.9, 0.6]), np.array([1.2, 0.1, 0.5])),
]
DIRECTION = np.array([0.3, 0.8, -0.5]), np.array([1.0, -0.4, 0.2])


def fresh(point: tuple[np.ndarray, np.ndarray], t: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    return point[0] + t * DIRECTION[0], point[1] + t * DIRECTION[1]


@pytest.mark.parametrize("f", PROGRAMS)
def test_the_array_that_is_meant_is_written(f: Callable[..., Any]) -> None:
    derived, tangent, bent = srcad.value_and_grad(f, (0, 1)), srcad.jvp, srcad.hvp(f, (0, 1))
    for point in POINTS:
        given = fresh(point)
        value, gradient = derived(*given, 4)
        np.testing.assert_allclose(value, f(*fresh(point), 4), rtol=1e-12)
        assert all(map(np.array_equal, given, point)), "an argument has been changed"
        due = reference.ridders(lambda t, p=point: np.array([float(f(*fresh(p, t), 4))]), 1e-3)
        found = reference.inner(gradient, DIRECTION)
        assert found == pytest.approx(due.value[0], rel=1e-7, abs=1e-8)
        assert tangent(f, (*fresh(point), 4), (*DIRECTION, None))[1] == pytest.approx(found, rel=1e-10)
        slope = reference.ridders(lambda t, p=point: reference.flat(derived(*fresh(p, t), 4)[1]), 1e-3)
        made = reference.flat(bent(*fresh(point), 4, (*DIRECTION,)))
        np.testing.assert_allclose(made, slope.value, rtol=1e-6, atol=1e-6)


def which_array(x):
    a, b = x.copy(), 2.0 * x
    target = a if x[0] > 0 else b
    target[1] = x[2] ** 2
    return np.sum(a**2) + np.sum(b**3)


def test_a_store_stands_in_a_branch_for_each_array() -> None:
    lines = srcad.grad(which_array).source(POINTS[0][0]).splitlines()
    at = next(k for k, line in enumerate(lines) if "a[1] = " in line)
    assert [line.strip()[:4] for line in lines[at - 1 : at + 3]] == ["if v", "a[1]", "else", "b[1]"]


def test_long_loops_carry_a_number() -> None:
    x, y = POINTS[0]
    source = srcad.grad(swapped_in_loop, (0, 1)).source(x, y, 4)
    assert "for i in range(n)" in source

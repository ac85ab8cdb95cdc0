"""Loops that leave open which array a name stands for: their first turns are read apart, and those of no others."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad.frontend.read import read
from srcad.trace.walk import walk
from tests.frontend import Programs, tangents

program = Programs()
x3, y3 = np.array([0.7, -1.3, 0.4]), np.array([0.2, 0.9, -0.6])
TURNS = (x3, y3, 0), (x3, y3, 1), (x3, y3, 2)


@program(x3, y3, 3, also=TURNS)
def outermost(x, y, n):
    t = x
    s = 0.0
    for i in range(n):
        t[0] += y[i % 3]
        for j in range(n):
            for k in range(2):
                s = s * 0.5 + np.sin(t[k] * y[j % 3])
        t = t * 0.5
    return s + np.sum(t * x)


@program(x3, y3, 3, also=TURNS)
def innermost(x, y, n):
    s = 0.0
    for i in range(n):
        s = s * 0.5 + np.sin(s + y[i % 3])
        for j in range(n):
            s = s * 0.9 + x[2]
        t = x
        for k in range(n):
            t[0] += 0.1 * y[k % 3]
            t = t * 0.5
        s = s + t[0]
    return s + np.sum(x)


@program(x3, y3, 3, also=TURNS)
def a_while(x, y, n):
    t, k, s = x, 0, 0.0
    while k < n:
        t[0] += y[k % 3]
        j = 0
        while j < n:
            s = s * 0.5 + np.sin(t[j % 3])
            j += 1
        t = t * 0.5
        k += 1
    return s + np.sum(t * x)


@program(x3, y3, 3, also=TURNS)
def one_behind_the_other(x, y, n):
    """The second is met when the first no longer stands in the way."""
    s, t = 0.0, x
    for i in range(n):
        t[0] += y[i % 3]
        t = t * 0.5
    u = y
    for i in range(n):
        u[1] += s + x[i % 3]
        u = u * 0.5
        for j in range(n):
            s = s * 0.5 + np.sin(u[1])
    return s + np.sum(t * x) + np.sum(u * y)


test_gradients, _ = program.tests()
test_tangents = tangents(program)


@pytest.mark.parametrize(
    ("f", "sines"), [(outermost, 2), (innermost, 1), (a_while, 2), (one_behind_the_other, 2)], ids=lambda v: str(v)[:9]
)
def test_no_other_loop_is_read_twice(f: Callable[..., Any], sines: int) -> None:
    """Each loop of which the first turn stands apart doubles what is in it, and one that is around it nothing more."""
    trace = read(f, (x3, y3, 3), {}, (0, 1)).trace
    assert sum(equation.op == "sin" for equation in walk(trace.body)) == sines

"""Statements in a `try` that write through views: a place that has been found before doesn't raise once more."""

from __future__ import annotations

import numpy as np
import pytest

import srcad
from tests.frontend import Programs, second_orders, tangents

program = Programs()
x3, y3 = np.array([0.7, 1.3, 0.4]), np.array([0.5, 0.8, 1.1])
ALSO = tuple((x, n) for x, n in ((x3, 3), (y3, 2), (x3, 1)))


@program(x3, 2, also=ALSO)
def rows_of_a_loop(x, n):
    A = np.outer(x, x)
    s = 0.0
    for i in range(len(A)):
        a = A[i]
        try:
            a[1:] = np.sqrt(a[1:])
            s = s + x[n + i - 2]
        except IndexError:
            s = s * 0.5 + a[0]
            a[0] = 2.0 * x[i]
    return np.sum(A**2) + s


@program(x3, 2, also=ALSO)
def an_output(x, n):
    A = np.outer(x, x)
    s = 0.0
    for a in A:
        try:
            g = np.add(np.tanh(a[1:]), a[1:], out=a[1:].ravel())
            s = s + next(q for q in g if q > n * 0.4)
        except StopIteration:
            s = s + x[1]
        finally:
            a[1] = np.tanh(g[-1])
    return np.sum(A**2) + s


@program(x3, 2, also=ALSO)
def a_place_that_is_not_there(x, n):
    """What is looked for in the statement itself may not be found, and nothing is written then."""
    A = np.outer(x, x)
    try:
        A[0][n - 1 :][0] = 2.0
        A[1:][n - 1][0] = 3.0 * x[1]
        A[0, 0] = 1.0
    except IndexError:
        A[2, 2] = 7.0 * x[0]
    return np.sum(A**2)


@program(x3, 2, also=ALSO)
def a_later_place_of_the_statement(x, n):
    A = np.outer(x, x)
    row = A[n - 1]
    try:
        row[0], A[2:][n - 2][1] = 3.0 * x[1], 5.0 * x[0]
    except IndexError:
        row[1] += x[2]
    return np.sum(A**3)


test_gradients, _ = program.tests()
test_tangents = tangents(program)
test_second_orders = second_orders(program)


@pytest.mark.parametrize("case", program.right[1:3], ids=str)
def test_compiled(case) -> None:
    plain, native = srcad.value_and_grad(case.function), srcad.value_and_grad(case.function, backend="native")
    for args in case.points:
        np.testing.assert_allclose(native(*args)[1], plain(*args)[1], rtol=1e-12)

"""Lists that are one of two, as a branch has left other numbers of items of several kinds."""

import numpy as np
import pytest

import srcad
from tests.frontend import Programs, second_orders, tangents

program = Programs()
POINTS = [np.array(p) for p in ((0.7, -1.3, 0.4), (-0.5, 0.8, 1.1), (0.2, 0.9, -0.6), (-0.3, -0.2, -0.4))]
first, *others = POINTS
ALSO = tuple((x, 3) for x in others)


@program(first, 3, also=ALSO)
def run_over(x, n):
    p = [[0.5, 1.5], (x[0], x[1:])]
    if x[0] > 0:
        p.append(x * 2.0)
    s = 0.0
    for q in p:
        s = s + np.sum(q[0])
    return s + np.sum(p[-1][1]) * len(p)


@program(first, 3, also=ALSO)
def an_exception_is_in_between(x, n):
    c = [x, 2.0]
    try:
        if x[1] > 0:
            raise ValueError
        c.insert(0, [x[0], x[1] * 2.0])
    except ValueError:
        pass
    c[1] = 3.0 * x[2]
    return np.sum(c[0][0]) + np.sum(c[1]) ** 2 + np.sum(c[-1])


@program(first, 3, also=(*ALSO, (first, 0)))
def set_in_a_loop(x, n):
    c = [x, 2.0]
    if x[1] > 0:
        c.append((x[0], x))
    s = 0.0
    for i in range(n):
        s = s + np.sum(c[-1][1] if len(c) > 2 else c[-1]) * x[i]
        c[0] = x * s
    return s + np.sum(c[0])


@program(first, 3, also=ALSO)
def left_on_one_way(x, n):
    c = [x, 2.0]
    if x[1] > 0:
        c.append((x[0], x))
    for i in range(n):
        if i + 1 == len(c) and i > 1:
            return np.sum(c[2][1] ** 2) + i
    c.append(x[2])
    return c[-1] * c[1] * x[0]


@program(first, 3, also=ALSO)
def of_more_than_two(x, n):
    c = [x, 2.0]
    if x[1] > 0:
        c.append((x[0], x))
    if x[2] > 0:
        if x[0] > 0:
            c.insert(1, {"a": x})
        d = c
    else:
        d = [x[0]]
    s = 0.0
    for v in d:
        if isinstance(v, dict):
            s = s + np.sum(v["a"] ** 3)
        elif isinstance(v, tuple):
            s = s * v[0]
        else:
            s = s + np.sum(v**2)
    return s * len(c)


@program(first, 3, also=ALSO)
def known_by_the_same_condition(x, n):
    c = [x, 2.0]
    large = x[1] > 0
    if large:
        c.append((x[0], x))
    held = {"c": c}
    if large:
        held["c"][2][1][0] = 3.0 * x[2]
    else:
        del c[1]
    return np.sum(c[0] ** 2) * (c[2][0] if large else len(held["c"]))


@program(first, 3, also=ALSO)
def changed_by_a_function(x, n):
    def put(items, v):
        if v > 0:
            items.extend([v, (v,)])
        return len(items)

    c = [(x,), "text"]
    s = put(c, x[0]) * x[1]
    t = put(c, x[2])
    total = s + t
    for k, v in enumerate(c):
        if isinstance(v, tuple):
            total = total + k * np.sum(v[0] ** 2)
    return total


def looked_into(c):
    return [np.sum(v) for v in c if not isinstance(v, str)]


@program(first, 3, also=ALSO)
def in_a_function(x, n):
    c = ["text", x]
    if x[0] > 0:
        c += [x[0] * x[1]]
    return sum(looked_into(c)) * max(looked_into(c[1:]))


@program(first, 3, also=ALSO)
def appended_until_a_loop_is_left(x, n):
    c = [x, 2.0]
    for v in x:
        if v > 0.5:
            break
        c.append((v, x))
    s = 0.0
    for k, one in enumerate(c):
        s = s + k * (np.sum(one[1]) * one[0] if isinstance(one, tuple) else np.sum(one))
    return s * len(c)


@program(first, 3, also=ALSO)
def with_a_list_that_has_another_name(x, n):
    c, inner = [x, x * 2.0, np.outer(x, x)], [x[0], 0.9]
    if x[0] > 0:
        c.append(inner)
    inner[0] = inner[0] * x[1]
    return np.sum(c[-1][0]) + np.sum(c[0]) * inner[0]


test_gradients, _ = program.tests()
test_tangents = tangents(program)
test_second_orders = second_orders(program)


COMPILED = [case for case in program.right if case.function in (set_in_a_loop, changed_by_a_function)]


@pytest.mark.parametrize("case", COMPILED, ids=str)
def test_compiled(case) -> None:
    """The native back end gives what NumPy does."""
    plain, native = srcad.value_and_grad(case.function), srcad.value_and_grad(case.function, backend="native")
    for args in case.points:
        np.testing.assert_allclose(native(*args)[1], plain(*args)[1], rtol=1e-12, atol=1e-14)


def test_a_statement_that_looks_alone_changes_nothing() -> None:
    """What one statement is read for twice stands in one branch, and the list is handed on as it was."""

    def looked_at_twice(x):
        c = [x, 2.0]
        if x[0] > 0:
            c.append((x[0], x))
        a = np.sum(c[0])
        b = np.sum(c[-1][1] if len(c) > 2 else c[-1])
        return a * b

    lines = srcad.grad(looked_at_twice).source(first).splitlines()
    assert not any("None" in line for line in lines)

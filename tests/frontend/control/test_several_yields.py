"""Generators with several `yield`s, of which a loop takes one item in each turn: the loop is read turn by turn."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4])

programs = Programs()


def stages(x):
    yield x[0]
    yield x[1] ** 2
    yield x[2]


@programs(X)
def until_it_stops(x):
    left, total = stages(x), 0.0
    while True:
        try:
            v = next(left)
        except StopIteration:
            break
        total += np.sin(v)
    return total


@programs(X)
def until_nothing_is_left(x):
    def around(n):
        yield x[0]
        for k in range(n):
            yield x[k] ** 2
            yield x[k] * 2
        yield x[3]

    left, total = around(3), 0.0
    while (v := next(left, None)) is not None:
        total += v**2
    return total


@programs(X)
def so_many_times(x):
    left, total = stages(x), 0.0
    for k in range(3):
        total += next(left) * (k + 1)
    return total**2


@programs(X, 3)
def as_often_as_asked(x, n):
    left, total = stages(x), 0.0
    for _ in range(n):
        total = total * x[3] + next(left)
    return total


@programs(X)
def beside_a_list(x):
    left, total = stages(x), 0.0
    for v in [x[0], x[3]]:
        total += v * next(left)
    return total


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

"""Generators and iterators that are put into containers are not run through there."""

from collections import deque

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 1.4])

programs = Programs()


def worker(value, turns):
    for k in range(turns):
        value = value * 0.9 + k
        yield value


@programs(X)
def by_turns(x):
    queue, total = deque([worker(x[0], 2), worker(x[1], 3)]), 0.0
    while queue:
        one = queue.popleft()
        try:
            total += next(one) ** 2
        except StopIteration:
            continue
        queue.append(one)
    return total


@programs(X)
def appended(x):
    kept = []
    kept.append(v * v for v in x)
    kept.insert(0, zip(x, x[1:]))
    first = next(kept[1])
    a, b = next(kept[0])
    return first * sum(kept[1]) + a * b**2 + sum(kept[1])


@programs(X)
def by_a_key(x):
    kept = {}
    left = kept.setdefault("squares", (v * v for v in x))
    first = next(left)
    return first * sum(kept["squares"]) + sum(left)


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

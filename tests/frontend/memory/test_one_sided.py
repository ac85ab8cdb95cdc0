"""Closures, generators and iterators that one side of a branch makes, or a turn of a loop, and what they need."""

import copy
import functools
import math

import numpy as np

import srcad
from tests.frontend import Programs, tangents

program = Programs()
up = np.array([0.7, -1.3, 0.4])
down = np.array([-0.7, 1.3, 0.4])


def line(a):
    b = a * 2.0

    def at(t):
        return t * t * a + b

    return at


def counter(start):
    n = start

    def more(by):
        nonlocal n
        n = n + by * n
        return n

    return more


def squares(x):
    for v in x:
        yield v * v


@program(up, also=((down,),))
def closure_of_one_side(x):
    if x[0] > 0:
        g = line(x[0])
    total = np.sum(x * x)
    if x[0] > 0:
        total = total * g(x[1])
    return total


@program(up, also=((down,),))
def closure_of_either_side(x):
    g = line(x[0]) if x[0] > 0 else line(x[1] * x[2])
    return g(x[2]) * g(x[1])


@program(up, also=((down,),))
def closure_with_state(x):
    if x[0] > 0:
        g = counter(x[0])
        g(x[1])
    else:
        g = counter(x[1])
    g(x[2])
    return g(x[0]) * g(0.5)


@program(up, also=((down,),))
def closures_that_are_one(x):
    if x[0] > 0:
        g = counter(x[0])
        h = g
    else:
        g, h = counter(x[1]), counter(x[2])
    g(x[1])
    return h(x[0]) + g(0.25)


@program(up, also=((down,),))
def closure_of_a_loop(x):
    for v in x:
        if v > 0:
            g = line(v * x[1])
    return g(x[0])


@program(up, also=((down,),))
def closure_of_every_turn(x):
    total = 0.0
    for v in x:
        g = line(v)
        total = total + g(x[1])
    return total * g(x[0])


@program(up, also=((down,),))
def closure_in_closures_and_containers(x):
    if x[0] > 0:
        made = {"f": functools.partial(line(x[0]), x[1]), "pairs": zip(x, x[1:])}
    total = 0.0
    if x[0] > 0:
        total = made["f"]()
        for a, b in made["pairs"]:
            total = total + a * b * b
    return total + x[2] ** 2


@program(up, also=((down,),))
def closure_that_calls_itself(x):
    if x[0] > 0:

        def power(t, k):
            return t if k == 0 else t * power(t, k - 1)

    return power(x[1], 3) if x[0] > 0 else x[2] ** 2


@program(up, also=((down,),))
def generator_of_one_side(x):
    if x[0] > 0:
        values = squares(x)
    total = x[1] * x[2]
    if x[0] > 0:
        for v in values:
            total = total * v
    return total


@program(up, also=((down,),))
def generator_of_either_side(x):
    values = squares(x) if x[0] > 0 else squares(np.sin(x))
    total = 1.0
    for v in values:
        total = total * v
    return total


@program(up, also=((down,),))
def iterators_of_either_side(x):
    pairs = zip(x, x[1:]) if x[0] > 0 else zip(x[1:], x)
    rows = enumerate(x) if x[1] > 0 else enumerate(x[1:], 1)
    ahead = reversed(x) if x[2] > 0 else filter(lambda t: t > 0.2, x)
    total = 0.0
    for a, b in pairs:
        total = total + a * a * b
    for k, v in rows:
        total = total + k * v * v
    for v in ahead:
        total = 0.5 * total + v * v
    return total


@program(up, also=((down,),))
def iterator_or_list(x):
    pairs = zip(x, x[1:]) if x[0] > 0 else [(x[0], x[2])]
    total = 0.0
    for a, b in pairs:
        total = total + a * a * b
    return total


@program(up, also=((down,),))
def iterator_of_a_loop(x):
    total = 0.0
    for v in x:
        if v > 0.5:
            sines = map(math.sin, x)
    for s in sines:
        total = total + s * s
    return total


@program(up, also=((down,),))
def iterator_in_a_try(x):
    total = 0.0
    try:
        if x[0] > 50.0:
            return 1.0
        for k, (a, b) in enumerate(zip(x[::-1], x)):
            total = total + k * a * b
    except ValueError:
        pass
    return total


class Parts:
    def __init__(self, arrays, weight):
        self.arrays, self.weight, self.me = arrays, weight, self


def test_a_deep_copy_of_an_object_has_all_of_it_copied() -> None:
    parts = Parts([np.ones(2)], 2.0)

    def f(x):
        mine = copy.deepcopy(parts)
        mine.me.arrays.append(x)
        mine.arrays[0][:] = x[:2]
        mine.weight = x[0]
        return mine.me.weight * np.sum(mine.arrays[0]) + np.sum(mine.me.arrays[1] ** 2) * parts.weight

    for _ in range(2):
        np.testing.assert_allclose(srcad.grad(f)(up), 4.0 * up + np.array([up[0] * 2 + up[1], up[0], 0.0]))
        assert len(parts.arrays) == 1 and parts.weight == 2.0
        np.testing.assert_array_equal(parts.arrays[0], np.ones(2))


test_gradients, _ = program.tests()
test_tangents = tangents(program)

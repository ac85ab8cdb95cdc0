"""Attributes of functions that the program defines: each function that a `def` makes has its own."""

import functools

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 1.4])

programs = Programs()
right, raises = programs, programs.raises


@right(X)
def read_outside(x):
    def weigh(v):
        return v * weigh.factor

    weigh.factor = x[0]
    return weigh(x[1]) + weigh.factor**2


def counted(function):
    @functools.wraps(function)
    def inner(*args, **named):
        inner.calls += 1
        return function(*args, **named) * inner.calls

    inner.calls = 0
    return inner


@right(X)
def counted_each_by_itself(x):
    square, triple = counted(lambda v: v * v), counted(lambda v: 3 * v)
    first = square(x[0]) + square(x[1])
    return first * triple(x[2]) + square(x[0] * x[1]) + triple(x[0]) ** 2 + square.calls


@right(X)
def kept_results(x):
    def step(v):
        step.seen.append(v)
        return v * step.rate

    step.seen, step.rate = [], x[2]
    return step(step(x[0])) + sum(step.seen) ** 2


@right(X)
def of_a_lambda_in_a_loop(x):
    scaled = lambda v: v * scaled.by  # noqa: E731
    scaled.by = x[0]
    if x[1] < 0:
        scaled.by = scaled.by * 2
    for v in x:
        scaled.by = scaled.by + v
    return scaled(x[2])


@raises(X)
def not_set_on_this_way(x):
    def weigh(v):
        return v * weigh.factor  # <- it has no such attribute

    if x[0] < 0:
        weigh.factor = x[1]
    return weigh(x[2])


def marked(function):
    function.calls = 0

    @functools.wraps(function)
    def inner(*args, **named):
        function.calls += 1
        return function(*args, **named) * function.calls

    return inner


@right(X)
def set_by_a_decorator(x):
    @marked
    def power(v, p=2):
        return v**p

    first = power(x[0])
    return first * power(x[1], p=3) + power(x[2])


@right(X)
def set_elsewhere_in_a_loop(x):
    def tag(function, v):
        function.weight = v
        return function

    functions = []
    for v in (x[0], x[1] ** 2):

        def weigh(w):
            return w * w

        functions.append(tag(weigh, v))
    return sum(f.weight * f(x[2] + k) for k, f in enumerate(functions))


test_gradient, _ = programs.tests()
test_error = programs.errors()
test_tangent = tangents(programs)
test_second = second_orders(programs)

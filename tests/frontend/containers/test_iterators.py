"""Iterators of which items are taken by several: what one has taken the next one doesn't see."""

import enum
from itertools import islice

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, 1.3, 0.4, 1.1])
Y = np.array([1.2, 0.3, 0.9, 1.6])

programs = Programs()
right = programs


@right(X, also=((Y,),))
def batches(x):
    left, total = iter(x), 0.0
    while True:
        batch = list(islice(left, 2))
        if not batch:
            break
        total += batch[0] * batch[1] ** 2
    return total


@right(X, also=((Y,),))
def slices_one_after_the_other(x):
    left, known = iter(x), iter([x[0], x[1] * 2, x[2]])
    first = sum(islice(left, 2))
    one, two = islice(known, 2)
    rest = list(known)
    return first**2 + sum(left) * one * two + rest[0]


@right(X, also=((Y,),))
def until_nothing_is_left(x):
    pairs, total = zip(x, x[1:], strict=False), 0.0
    numbered = enumerate(x)
    while True:
        try:
            a, b = next(pairs)
        except StopIteration:
            break
        total += a * b * b
    while True:
        try:
            k, v = next(numbered)
        except StopIteration:
            break
        total += k * v * v
    return total


@right(X, also=((Y,),))
def looked_at_and_not_taken_from(x):
    squares = (v * v for v in x)
    known = hasattr(squares, "__next__") and not callable(squares) and not isinstance(squares, list)
    return sum(squares) if known else x[0]


class Rule(enum.Enum):
    SINE = "sine"
    SQUARE = "square"

    def __call__(self, v):
        return np.sin(v) if self is Rule.SINE else v * v


@right(X, also=((Y,),))
def members_that_are_called(x):
    return sum(np.sum(rule(x)) * k for k, rule in enumerate(Rule, 1))


@right(X, also=((Y,),))
def left_by_a_question(x):
    left = iter(x)
    found = any(v > 1 for v in left)
    return sum(left) ** 2 + found * x[0]


@right(X, also=((Y,),))
def filter_that_keeps_account(x):
    seen = []

    def large(v):
        seen.append(v)
        return v > 1

    first = next(filter(large, x))
    return sum(seen) ** 2 + first


@right(X, also=((Y,),))
def left_in_a_loop(x):
    left, total = iter(x), 0.0
    for k in range(2):
        for v in left:
            if v > 1:
                break
            total += v * (k + 1)
    return total


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

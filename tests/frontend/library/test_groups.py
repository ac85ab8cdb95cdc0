"""heapq's largest and smallest, orders that a function of two values tells, and groups by keys of the run."""

import functools
import heapq
import itertools

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4, 1.1, -0.5])
Y = np.array([-0.3, 1.7, 0.9, -1.4, 0.6, 2.2, 0.1])
LABELS = np.array([0, 0, 1, 1, 1, 0])

programs = Programs()


@programs(X, 3, also=((Y, 2), (Y, 0)))
def largest(x, n):
    return sum(v**3 * (k + 1) for k, v in enumerate(heapq.nlargest(n, x)))


@programs(X, also=((Y,),))
def smallest_by_a_key(x):
    return sum(v**3 * (k + 1) for k, v in enumerate(heapq.nsmallest(2, list(x), key=lambda v: v * v)))


@programs(np.array([[0.7, -1.2], [2.3, 0.4], [1.1, -0.5], [-0.2, 0.8]]))
def largest_pairs(x):
    return sum(a * b**2 * (k + 1) for k, (a, b) in enumerate(heapq.nlargest(3, [(r[0], r[1]) for r in x])))


@programs(X, also=((Y,),))
def compared_by_squares(x):
    def compare(a, b):
        return -1 if a * a < b * b else (1 if a * a > b * b else 0)

    return sum((k + 1) * v for k, v in enumerate(sorted(x, key=functools.cmp_to_key(compare))))


@programs(X, also=((Y,),))
def compared_by_differences(x):
    values = list(x)
    values.sort(key=functools.cmp_to_key(lambda a, b: b - a))
    return sum((k + 1) * v**2 for k, v in enumerate(values))


@programs(X, also=((Y,),))
def runs_of_one_sign(x):
    total = 0.0
    for positive, group in itertools.groupby(x, key=lambda v: v > 0):
        s = sum(group)
        total += s**2 if positive else s**3
    return total


@programs(X, LABELS, also=((Y, np.array([2, 2, 2, 0, 1, 1, 0])),))
def by_labels(x, labels):
    total = 0.0
    for label, group in itertools.groupby(zip(labels, x), key=lambda row: row[0]):
        total += sum(v for _, v in group) ** 2 * (label + 1)
    return total


@programs(X, LABELS)
def of_an_order(x, labels):
    order = sorted(range(len(x)), key=lambda i: labels[i])
    products = [np.prod([x[i] for i in group]) for _, group in itertools.groupby(order, key=lambda i: labels[i])]
    return sum(v**2 for v in products)


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

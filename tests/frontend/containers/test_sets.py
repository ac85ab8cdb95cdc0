"""Sets, which a program changes as it runs, on some of its ways and in loops."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.3, 0.4, 1.1])
Y = np.array([-0.3, 1.1, 0.9, -1.6])

programs = Programs()
right, refused = programs, programs.refused


@right(X, also=((Y,),))
def what_has_been_seen(x):
    waiting, seen, total = [0], {0}, 0.0
    edges = {0: [1, 2], 1: [3], 2: [3], 3: []}
    while waiting:
        node = waiting.pop(0)
        total = 0.5 * total + x[node] ** 2
        for other in edges[node]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return total


@right(X, also=((Y,),))
def algebra(x):
    a, b = {0, 1, 2}, {i for i in range(4) if i % 2}
    total = sum(x[i] ** 2 for i in a & b) + sum(x[i] ** 3 for i in a - b) + sum(x[i] for i in a ^ b) * x[0]
    a.discard(1)
    a |= {3}
    a.add(2)
    c = frozenset([1, 2])
    total += sum(x[i] ** 2 for i in c | a) + sum(x[i] for i in a.intersection(c)) * (2 if c.issubset(a) else 1)
    return total + sum(x[i] for i in sorted(a)) ** 2 + len(a) + (x[0] ** 2 if a <= {0, 2, 3} else 0.0)


@right(X, also=((Y,),))
def elements_of_the_run(x):
    seen, total = set(), 0.0
    for v in x:
        k = int(np.floor(v * 3))
        if k in seen:
            continue
        seen.add(k)
        total += v * v * k
    for k in sorted(seen):
        total = 0.5 * total + k * x[0]
    return total + len(seen)


@right(X, also=((Y,),))
def changed_on_one_side(x):
    chosen = set()
    if x[0] > 0:
        chosen.add(1)
    else:
        chosen.add(2)
    return (x[1] ** 2 if 1 in chosen else x[2] ** 3) + len(chosen) * x[0]


@right(X, also=((Y,),))
def taken_out_on_some_ways(x):
    active, total = set(range(4)), 0.0
    for i in range(4):
        if x[i] < 0:
            active.remove(i)
    for i in active:
        total = 0.5 * total + x[i] ** 2
    return total


@right(X, also=((Y,),))
def sieve(x):
    composite, total = set(), 0.0
    for i in range(2, 12):
        if i in composite:
            continue
        total += x[i % 4] ** 2
        composite.update(range(i * i, 12, i))
    return total


@right(X, also=((Y,),))
def until_it_is_empty(x):
    work, total = {0, 1, 2, 3}, 0.0
    while work:
        k = min(work)
        work.remove(k)
        total = 0.5 * total + x[k] ** 2
    return total


@right(X, also=((Y,),))
def what_it_is(x):
    a = {1, 2}
    same = a
    same.add(3)
    other = a.copy()
    other.clear()
    known = isinstance(a, set) and type(a) is set and not isinstance(a, dict) and len(a) == 3 and not other
    return np.sum(x[list({3, 1, 2})] * np.arange(3)) ** 2 if known else x[0]


@refused(X)
def order_of_the_run(x):
    seen, total = set(), 0.0
    for v in x:
        seen.add(int(np.floor(v * 30)))  # <- refused
    for k in seen:  # <- refused
        total = 0.5 * total + k * x[0]
    return total


@refused(X)
def values_that_depend_on_x(x):
    return sum({x[0], x[1]})  # <- refused


test_gradient, test_refusal = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

"""Items of zip, map, filter, enumerate and reversed that are taken one at a time."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4])
Y = np.array([0.3, 1.1, 2.4, -1.6])

programs = Programs()
right, raises = programs, programs.raises


@right(X, also=((Y,),))
def next_map(x):
    it = map(lambda v: v * v, x)
    a = next(it)
    b = next(it)
    return a * b + sum(it)


@right(X, also=((Y,),))
def next_map_list(x):
    it = map(lambda u, v: u * v, [x[0], x[1], x[2]], [x[3], 2.0, x[1]])
    a = next(it)
    b = next(it)
    c = next(it)
    return a * b * c + next(it, x[0] ** 2)


@right(X, also=((Y,),))
def next_zip(x):
    it = zip(x, x[1:])
    a, b = next(it)
    return a * b + sum(u * v for u, v in it)


@right(X, also=((Y,),))
def next_filter(x):
    it = filter(lambda v: v > 0, x)
    return next(it) ** 2 + sum(it)


@right(X, also=((Y,),))
def next_enumerate(x):
    it = enumerate(x)
    i, v = next(it)
    j, w = next(it)
    return v * (i + 1) + w**2 * j


@right(X, also=((Y,),))
def next_reversed(x):
    it = reversed([x[0], x[1] ** 2, x[2]])
    a = next(it)
    return a**2 * next(it) + sum(it)


@raises(X)
def next_stop(x):
    it = zip([x[0]], [x[1]])
    a, b = next(it)
    c, _ = next(it)  # <- nothing is left
    return a * b * c


@right(X, also=((Y,),))
def header(x):
    rows = iter(zip(x[:2], x[2:]))
    first = next(rows)
    t = first[0] * first[1]
    for a, b in rows:
        t += a * b**2
    for a, b in rows:
        t += 100
    return t


@right(X)
def changed(x):
    y = x.copy()
    it = zip(y, y)
    a, b = next(it)
    y[1] = 5.0
    c, d = next(it)
    return a * b + c * d


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
test_error = programs.errors()

"""The shape of an array that is set in place: all of its names see it, and none of its views."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([2.0, 1.5, 0.7, 1.2])
programs = Programs()


@programs(X)
def shape_alias(x):
    a = x * 2
    b = a
    a.shape = (2, 2)
    return b[0, 1] * b[1, 0] + np.sum(b @ a)


@programs(X)
def shape_alias_fn(x):
    def f(m):
        m.shape = (2, 2)

    a = x * 2
    f(a)
    return np.sum(a @ a)


@programs(X)
def shape_attr(x):
    class C:
        pass

    c = C()
    c.a = x * 3
    b = c.a
    c.a.shape = 2, -1
    b[0] = x[0]
    return np.sum(c.a @ c.a)


@programs(X)
def shape_list(x):
    l = [x * 2, x**2]
    b = l[0]
    l[0].shape = (2, 2)
    return np.sum(b @ b)


@programs(X)
def shape_loop(x):
    a = x * 2
    b = a
    for k in range(3):
        a.shape = (2, 2)
        a[0, 1] = a[1, 0] * x[0]
        a.shape = (4,)
    return np.sum(b * b)


@programs(X)
def shape_views(x):
    a = x * 2
    b = a
    v = a[1:3]
    w = a[::-1]
    a.shape = (2, 2)
    v[0] = x[3] ** 2
    a[1, 0] *= 3.0
    b.shape = (1, 4)
    w[0] = x[0] * x[1]
    return np.sum(b * b) + np.sum(v * w[:2]) + a[0, 3]


@programs(X)
def shape_branch(x):
    a = x * 2
    b = a
    if x[0] > 1.0:
        a.shape = (2, 2)
        a[0, 0] = x[1]
        a.shape = (4,)
    return np.sum(b**3)


@programs(X)
def shape_class(x):
    class Grid:
        def __init__(self, u):
            self.u = u
            self.old = u

        def square(self):
            self.u.shape = (2, 2)

    g = Grid(x * 1.5)
    g.square()
    return np.sum(g.old @ g.u)


@programs.refused(X)
def shape_of_view(x):
    a = x * 2
    v = a[:4]
    w = v
    v.shape = (2, 2)  # <- view
    return np.sum(w)


test_gradient, test_refusal = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

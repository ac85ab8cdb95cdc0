"""Q and R of matrices of which it is known that they have more columns than rows."""

import numpy as np
import scipy.linalg

from tests.frontend import Programs, second_orders, tangents

X = np.array([2.0, 1.5, 0.7, 1.2])
programs = Programs()


def wide(x):
    return np.outer(x[:2], x) + np.eye(4)[:2] * 3


@programs(X)
def factor_of_wide(x):
    (r,) = scipy.linalg.qr(wide(x), mode="r")
    return np.sum(r**2 * np.arange(8.0).reshape(2, 4))


@programs(X)
def factors_of_wide(x):
    q, r = scipy.linalg.qr(wide(x), check_finite=False)
    return np.sum(q**3) + np.sum(r**3)


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

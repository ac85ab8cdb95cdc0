"""What a handler of the program must be ready for: what may raise, wherever a length isn't known to be enough."""

import numpy as np

from tests.frontend import Programs, tangents

program = Programs()
x5, x3, x2 = np.array([0.7, -1.3, 0.4, 0.2, 2.0]), np.array([0.7, -1.3, 0.4]), np.array([0.7, -1.3])


@program(x5, also=((x3,), (x2,)))
def first_of_what_is_inside(x):
    inner = x[1:-1]
    try:
        first = inner[0]
    except IndexError:
        first = x[0]
    return first * first + x[-1] * first


@program(x5, also=((x3,), (x2,), (-x2,)))
def last_of_what_is_left(x):
    positive = x[x > 0]
    try:
        last = positive[-1]
    except IndexError:
        last = 2.0 * x[1]
    return last * last


@program(x5, also=((x3,), (x2,)))
def element_of_nobody(x):
    try:
        x[1:-1][0]
        total = x[0] * 2.0
    except (IndexError, KeyError):
        total = x[1] * 3.0
    return total * x[0]


@program(x5, also=((x3,), (x2,)))
def part_that_fits(x):
    y = x.copy()
    part = y[...][::-1]
    try:
        part -= y[4]
    except IndexError:
        y *= 2.0
    else:
        y *= 3.0
    return np.sum(y * y)


@program(x5, also=((x3,), (x2,)))
def part_of_another_length(x):
    y = x.copy()
    try:
        y[1:] = x[:3]
    except ValueError:
        y *= 2.0
    return np.sum(y * y)


@program(x5, also=((x3,), (x2,)))
def row_that_is_a_view(x):
    y = x.copy()
    try:
        row = y[1:-1].ravel()
        row *= y[3]
    except IndexError:
        y *= 2.0
    return np.sum(y * y)


@program(x5, also=((x3,), (x2,)))
def result_in_a_view(x):
    y = x.copy()
    try:
        z = np.multiply(y, 2.0, out=y[...].ravel())
    finally:
        y *= 3.0
    return np.sum(y * z)


test_gradients, _ = program.tests()
test_tangents = tangents(program)

"""Floats that are looked at as complex numbers, and the other way round: reads and writes."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([2.0, 1.5, 0.7, 1.2])
programs = Programs()


@programs(X)
def view_complex(x):
    z = x.view(complex)
    return np.sum(np.abs(z) ** 2 * np.array([1.0, 2.0])) + z[0].real * z[1].imag


@programs(X)
def view_float(x):
    z = x[:2] + 1j * x[2:]
    y = z.view(float)
    return np.sum(y * np.array([1.0, 2.0, 3.0, 4.0]))


@programs(X)
def view_float_write(x):
    z = x[:2] + 1j * x[2:]
    y = z.view(np.float64)
    y[0] = x[3] ** 2
    y *= x[1]
    return (z[0] * z[1]).real + z[1].imag


@programs(X)
def view_complex_write(x):
    a = x.copy()
    z = a.view(np.complex128)
    z[0] *= 1j * x[3]
    z[1] = x[0]
    return np.sum(a * np.array([1.0, 2.0, 3.0, 4.0]))


@programs(X)
def view_2d(x):
    a = np.outer(x, x)
    z = a.view(complex)
    return np.sum((z * z).imag) + z.shape[1] * x[0]


@programs(X)
def view_shape_col(x):
    a = x.reshape(2, 2)
    z = a.view(complex)[:, 0]
    return (z[0] * z[1]).imag


@programs(X)
def view_str(x):
    return np.sum(x.view("complex128").imag ** 3)


@programs.refused(X)
def view_of_bits(x):
    return np.sum(x.view(np.int64) * x)  # <- bits


@programs.refused(X)
def view_of_columns(x):
    a = np.outer(x, x)
    return np.sum(np.abs(a[:, :2].view(complex)))  # <- columns


test_gradient, test_refusal = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

"""Assignments of all kinds, operators, comparisons, conditional expressions."""

import math

import numpy as np
import pytest

import srcad
from tests.frontend import Programs

program = Programs()
x3 = np.array([0.7, -1.3, 0.4])
m23 = np.array([[0.3, -0.8, 1.1], [0.9, 0.2, -0.6]])


@program(0.7, 1.3)
def tuples(x, y):
    a, b = x * y, x + y
    a, b = b, a * b
    (c, d), [e, f] = (a, b), [x, a]
    return a * b + c * d * e - f


@program(x3)
def starred(x):
    first, *rest = x
    *init, last = (x[0], x[1], x[2])
    a, *middle, b = [x[0], x[1] * x[2], x[2], x[0] ** 2]
    return first * sum(rest) + sum(init) * last + a * middle[0] + middle[1] * b


@program(x3)
def starred_list_length(x):
    head, *tail = [v * v for v in x]
    return head * tail[0] + len(tail) * tail[1]


@program(m23)
def unpack_rows(m):
    r0, r1 = m
    (a, b, c), other = m
    return r0 @ r1 + a * b * c + other[0]


@program(0.7)
def chained(x):
    a = b = x * x
    c = [a]
    d = e = c
    d.append(b * x)
    return a * b + sum(e)


@program(x3)
def chained_arrays_are_one(x):
    a = b = np.zeros(3)
    a[:] = x**2
    b[1] = x[0]
    return np.sum(a * x)


@program(0.7, 1.9)
def augmented_numbers(x, y):
    a = x
    a += y
    a -= 0.5 * x
    a *= y
    a /= 1.0 + x * x
    a **= 2
    b = 7.3 * x
    b %= 2.0
    c = y * 10
    c //= 3
    return a + b + c * x


@program(x3)
def augmented_items(x):
    y = x.copy()
    y[0] += x[1]
    y[1:] *= y[:-1]
    y[[0, 0, 2]] -= 2.0
    parts = [x[0], x[1]]
    parts[0] *= x[2]
    table = {"a": x[0]}
    table["a"] **= 2
    table["b"] = parts
    table["b"][1] += 1.0
    table["b"] += [x[2]]
    return np.sum(y * x) + sum(table["b"]) + table["a"]


@program(np.array([[1.0, 0.3], [-0.4, 2.0]]))
def augmented_matmul(a):
    b = a.copy()
    b @= a
    b = b @ a
    return np.sum(b * a)


@program(0.7)
def annotated(x: float) -> float:
    y: float = x * x
    z: float
    z = y + x
    return y * z


@program(0.7, 1.3)
def walrus(x, y):
    if (z := x * y) > 0.5:
        z = z * z
    w = (t := z + x) * t + [u := y, u * x][1]
    return w * u


@program([0.3, 1.2, -0.4])
def walrus_in_comprehension(values):
    kept = [s for v in values if (s := v * v) > 0.1]
    return sum(kept) * s


@program(0.7, 1.3)
def arithmetic(x, y):
    return +x - -y * x / y + x**y + x**-2 + y**0.5 + 2**x + x // 0.3 + x % 0.3 + (-x) ** 2


@program(1.7, 5)
def whole_numbers(x, n):
    k = (n // 2 + n % 3) ** 2 - (n << 1) + (n >> 1) + (n & 3) + (n | 8) + (n ^ 2) + ~n + abs(-n)
    q, r = divmod(n, 3)
    return x ** (k % 4) * k + x * q - x**r + n / 2 * x


@program(0.7, 1.3)
def divmod_of_floats(x, y):
    q, r = divmod(5 * x, y)
    return q * x + r * y + pow(x, 2) + pow(y, x)


@program(0.7, also=((1.7,), (-0.3,)))
def comparisons(x):
    total = 0.0
    if 0 < x < 1:
        total += x * x
    if not x > 1 and x != 5 or x == 7:
        total += math.sin(x)
    if x >= 1.5 or (x <= 0 and x is not None):
        total += x**3
    if -1 <= x <= 0 or x > 3 > 2:
        total -= x
    return total + x


@program(x3)
def comparisons_of_arrays(x):
    y = (x > 0) * x + (x <= 0) * x**2 + ~(x > 0.5) * np.sin(x) + ((x > 0) & (x < 0.5)) * 2 * x
    z = np.where((x != 0) | (x == 1), x, 0) + (x > 0).astype(float) * x
    return np.sum(y * z)


@program(0.7, also=((1.3,), (2.3,)))
def conditional_expressions(x):
    a = x if x > 1 else x * x if x > 0.5 else -x
    f = math.sin if x > 1 else math.cos
    n = 2 if x < 2 else 3
    g = (lambda t: t * t) if x > 2 else (lambda t: t + 1)
    s = [a, f(x)][n - 2]
    return a * f(x) + x**n + g(a) + s


@program(0.7, also=((-0.7,),))
def booleans_as_numbers(x):
    k = (x > 0) + (x > 0.5) + True
    return x * k + (x < 0) * x**2 + sum([x > 0, x > -1]) * x


@program(0.7, None, also=((0.7, 2.0),))
def short_circuit(x, scale):
    factor = scale or 1.5
    other = scale and scale * 2
    if scale is not None and scale > 1:
        x = x * scale
    return x * factor + (other or 3.0) * x * x


@program(1.5)
def or_of_numbers(x):
    y = x or 2.0
    z = x and x * x
    return y * 3 + z + x


@program(0.7, 3, also=((0.7, 0),))
def zero_then_array(x, n):
    s = 0
    for i in range(n):
        s = s + x * np.arange(3.0) ** i
    return np.sum(s * x) + x


@program(0.7, 3, also=((0.7, 0),))
def int_then_float(x, n):
    k = 1
    total = 0
    for i in range(n):
        k = k * x
        total += k
        k /= 2
    return total * x + k


@program(x3, 0.5, also=((x3, 9.0),))
def none_until_set(x, threshold):
    best = None
    for v in x:
        if v > threshold and (best is None or v < best):
            best = v * v
    if best is None:
        return np.sum(x)
    return best * np.sum(x)


@program(x3)
def none_then_array(x):
    prev = None
    total = 0.0
    for k in range(3):
        cur = x * (k + 1)
        if prev is not None:
            total += cur @ prev
        prev = cur
    return total


@program(0.7)
def deletion(x):
    a, b, c = x, x * x, [x, 2 * x, x**3]
    del a
    a = b
    del b, c[0], c[0:1]
    d = {"u": x, "v": a}
    del d["u"]
    y = c[0] + d["v"] + len(d)
    del d
    return y * a


@program(0.7)
def nothing_and_docstrings(x):
    """A docstring."""
    pass
    ...
    "a string"
    x
    y: float
    if x > 0:
        pass
    else:
        ...
    return x * x


@program(m23)
def indexing(m):
    i, j = 0, -1
    s = slice(1, None)
    rows = np.array([0, 1, 0])
    idx = (slice(None), 1)
    a = m[i, j] + m[i][1] + m[-1, s].sum() + m[..., 0].sum() + m[idx].prod()
    b = m[:, None, ::2].sum() * m[rows, [0, 1, 2]].sum() + m[::-1, ::-1][0, 0] + m[m > 0].sum()
    c = m[np.ix_([1, 0], [2, 0])][0, 1] + m[1:2].item(0) + m.T[s][0, 0] + m.flat[2]
    return a * b + c * m[np.s_[0, 1:]].sum()


@program(np.arange(24.0).reshape(2, 3, 4) / 7.3)
def stores(a):
    b = np.zeros_like(a)
    b[...] = a
    b[0] = a[1] * 2
    b[:, 1] += 1.0
    b[1, ..., -1] = 3.0 * a[0, :, 0]
    b[b > 2] = 0.5
    b[0, [0, 2], [1, 3]] = [a[0, 0, 1], 2 * a[1, 1, 1]]
    b[0, 0], b[1, 1] = b[1, 1].copy(), b[0, 0].copy()
    b[1][2][3] = a[0, 0, 3] ** 2
    return np.sum(b * a)


# ---- refusals


@program.raises(1.3)
def undefined_in_branch(x):
    if x > 2.0:
        y = x * x
    return y * x  # <- raises


@program(2.3)
def defined_in_branch(x):
    if x > 2.0:
        y = x * x
    return y * x


@program.raises(1.3)
def deleted(x):
    y = x * x
    del y
    return y * x  # noqa: F821 # <- raises


@program.raises(1.3)
def never_assigned(x):
    if False:
        z = 1.0
    return z * x  # <- raises


@program.raises(1.3)
def unknown_name(x):
    return x * unknown_constant  # noqa: F821 # <- raises


@program.raises(x3)
def wrong_count(x):
    a, b = [x[0], x[1], x[2]]  # <- raises
    return a * b


@program.raises(1.3)
def number_unpacked(x):
    a, b = x  # <- raises
    return a * b


@program.raises(1.3)
def number_indexed(x):
    return x[0] * 2  # <- raises


@program.refused(1.3)
def number_called(x):
    return x(2.0)  # <- refused


@program.raises(1.3)
def number_plus_text(x):
    return x + "a"  # <- raises


@program.raises(1.3)
def number_plus_none(x):
    return x + None  # <- raises


@program.raises(1.3)
def number_plus_list(x):
    return x + [1.0]  # <- raises


@program.raises(1.3)
def float_shift(x):
    return x << 2  # <- raises


@program.raises(1.3)
def number_iterated(x):
    for v in x:  # <- raises
        return v
    return x


@program.raises(1.3)
def tuple_item_set(x):
    t = (x, 2.0)
    t[0] = 3.0  # <- raises
    return t[0]


@program.raises(1.3)
def list_index_out_of_range(x):
    t = [x, 2.0]
    return t[5]  # <- raises


@program.raises(1.3)
def missing_key(x):
    t = {"a": x}
    return t["b"]  # <- raises


@program.raises(1.3)
def attribute_of_number(x):
    return x.value * 2.0  # <- raises


@program.raises(x3)
def attribute_of_array(x):
    return x.values.sum()  # <- raises


@program.refused(x3)
def float_index(x):
    return x[x[0]] * 2.0  # <- refused


@program.raises(x3)
def bitwise_on_floats(x):
    return np.sum(x & 3)  # <- raises


@program.raises(x3)
def unknown_numpy_name(x):
    return np.no_such_function(x)  # <- raises


@program.raises(x3, 1.3)
def list_minus_list(x, y):
    return [x] - [y]  # <- raises


test_gradients, test_refusals = program.tests()
test_errors = program.errors()


def added(x, y):
    x += y
    return np.sum(x * x)


def multiplied_by_a_part(x, y):
    x *= y[1:]
    return np.sum(y)


def added_in_a_list(x, y):
    rows = [x * 1.0, y]
    rows[0] += np.stack([y[1:], y[1:]]).sum(axis=0)
    return np.sum(y)


@pytest.mark.parametrize("f", [added, multiplied_by_a_part, added_in_a_list])
def test_what_is_changed_in_place_is_never_stretched(f):
    derived = srcad.value_and_grad(f, 1)
    for n in range(4):
        for m in range(4):
            x, y = np.linspace(0.3, 1.0, n), np.linspace(0.5, 2.0, m)
            try:
                due = f(x.copy(), y)
            except ValueError:
                with pytest.raises(ValueError, match="broadcast"):
                    derived(x, y)
            else:
                np.testing.assert_allclose(derived(x, y)[0], due, rtol=1e-12)

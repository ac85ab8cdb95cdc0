"""Programs that raise for their arguments, in ways that their derivatives could miss.

In each the value that fails is dead to the derivative: nobody reads it, it enters linearly, or its shape alone is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Failing:
    """A function, arguments for which it raises, and arguments for which it doesn't (None: it always does)."""

    function: Callable[..., object]
    bad: tuple[object, ...]
    good: tuple[object, ...] | None = None


V2, V3, V4 = np.array([1.0, 2.0]), np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, 1.5, 2.0])
A23, A33, A34 = np.arange(6.0).reshape(2, 3), np.eye(3) + 1.0, np.ones((3, 4))
SINGULAR = np.ones((3, 3))
EMPTY = np.zeros(0)
I3 = np.array([0, 2, 1])


def by_product(x, y):
    return np.sum(x * y)


def by_sum(x, y):
    return np.sum(x + y)


def by_difference_in_rows(x, a):
    return np.sum(a - x)


def by_where(x, y):
    return np.sum(np.where(y > 0, x, 0.0))


def by_maximum(x, y):
    return np.sum(np.maximum(x, y))


def dead_product(x, y):
    _ = x * y
    return np.sum(x)


def dead_power(x, y):
    _ = x**y
    return np.sum(x)


def dead_arctan2(x, y):
    np.arctan2(x, y)
    return np.sum(x)


def dead_comparison(x, y):
    _ = x < y
    return np.sum(x)


def shape_alone(x, y):
    z = x * y
    return np.sum(x) * z.shape[0]


def size_alone(x, y):
    return np.sum(x) / np.size(x + y)


def in_a_branch(x, y, flag):
    if flag:
        _ = x * y
    return np.sum(x)


def in_a_loop(x, y, n):
    total = 0.0
    for k in range(n):
        total += np.sum(x * y) * k
    return total


def index_beyond(x):
    return x[5] + x[0]


def index_before(x):
    return x[-4] * 2.0


def index_given(x, k):
    return 3.0 * x[k]


def index_dead(x, k):
    _ = x[k]
    return np.sum(x)


def index_in_rows(a, i, j):
    return a[i, j] + np.sum(a)


def index_array(x, places):
    return np.sum(x[places])


def index_array_dead(x, places):
    _ = x[places]
    return np.sum(x)


def index_mask(x, mask):
    return np.sum(x[mask])


def index_in_a_loop(x, n):
    total = 0.0
    for k in range(n):
        total += x[k]
    return total


def index_behind(x):
    total = 0.0
    for k in range(len(x)):
        total += x[k + 1] - x[k]
    return total


def taken(x, k):
    return np.sum(np.take(x, k))


def along_axis(x, places):
    return np.sum(np.take_along_axis(x, places, axis=0))


def chosen(x, y, which):
    return np.sum(np.choose(which, [x, y]))


def stored_value(x, y):
    z = np.zeros(3)
    z[:2] = y
    return np.sum(x)


def stored_index(x, k):
    z = np.zeros(3)
    z[k] = 1.0
    return np.sum(x)


def greatest(x, y):
    np.max(y)
    return np.sum(x)


def least(x, y):
    return np.sum(x) + np.min(y)


def place_of_greatest(x, y):
    _ = np.argmax(y)
    return np.sum(x)


def greatest_of_cut(x, n):
    return np.max(x[n:])


def quotient(x, y):
    return x / y


def dead_quotient(x, y):
    _ = 1.0 / y
    return x


def whole_quotient(x, n):
    return x * (10 // n)


def dead_whole_quotient(x, n):
    _ = 10 // n
    return x


def remainder(x, y):
    return x % y


def negative_power(x):
    return x**-2


def dead_power_of_number(x, y):
    _ = y**-1.0
    return x


def logarithm(x):
    return math.log(x)


def dead_root(x):
    math.sqrt(x)
    return 2.0 * x


def logarithm_of_two(x):
    return math.log2(x)


def logarithm_beside_one(x):
    return math.log1p(x)


def inverse_tangent(x):
    return math.atanh(x)


def dead_exponential(x):
    math.exp(x)
    return x


def dead_sine(x):
    math.acos(x)
    return x


def negative_zeros(x, n):
    np.zeros(n)
    return np.sum(x)


def negative_ones(x, n):
    return np.sum(x) * np.ones((2, n)).ndim


def negative_full(x, n):
    np.full(n, x[0])
    return np.sum(x)


def reshaped(x, n):
    return np.sum(x.reshape(n, 2))


def reshaped_by_rest(x):
    return np.sum(x.reshape(-1, 2))


def dead_reshape(x, n):
    np.reshape(x, (n, n))
    return np.sum(x)


def spread(x, n):
    return np.sum(np.broadcast_to(x, (2, n)))


def squeezed(x):
    return np.sum(np.squeeze(x, axis=0))


def halves(x):
    one, other = np.split(x, 2)
    return np.sum(one) + np.sum(other)


def joined(x, a):
    return np.sum(np.concatenate([x, a]))


def joined_rows(a, b):
    return np.sum(np.concatenate([a, b], axis=0))


def stacked(x, y):
    return np.sum(np.stack([x, y]))


def made_of_vectors(x, y):
    return np.sum(np.array([x, y]))


def matrix_product(a, x):
    return np.sum(a @ x)


def dead_matrix_product(x, a):
    a @ x
    return np.sum(x)


def scalar_product(x, y):
    return np.dot(x, y)


def inner_product(x, y):
    return np.inner(x, y)


def by_einsum(x, y):
    return np.einsum("i,i->", x, y)


def by_tensordot(a, b):
    return np.sum(np.tensordot(a, b, axes=1))


def solved(x, a):
    return np.sum(np.linalg.solve(a, x))


def dead_inverse(x, a):
    np.linalg.inv(a)
    return np.sum(x)


def dead_cholesky(x, a):
    np.linalg.cholesky(a)
    return np.sum(x)


def dead_determinant(x, a):
    np.linalg.det(a)
    return np.sum(x)


def asserted(x):
    assert np.sum(x) < 0.0, "x is too large"
    return np.sum(x)


def raised(x):
    if x[0] > 0.5:
        raise KeyError("x")
    return np.sum(x)


def missing_key(x):
    table = {"a": 1.0}
    _ = table["b"]
    return np.sum(x)


def unpacked(x):
    a, b = x
    return a + b


def unpacked_list(x, items):
    a, b = items
    return np.sum(x) + a + b


def list_index(x, items, k):
    return np.sum(x) * items[k]


def popped(x, items):
    own = list(items)
    own.pop()
    return np.sum(x)


def whole_part(x):
    int(x)
    return x


def number_of_array(x):
    float(x)
    return np.sum(x)


def shape_mismatch_then_index(x, y):
    """The first error is that of the product."""
    _ = x * y
    return x[7]


def index_then_shape_mismatch(x, y):
    """The first error is that of the index."""
    own = 2.0 * x[7]
    return np.sum(x * y) + own


def singular_behind_index(x, a):
    own = x[9]
    return own + np.sum(np.linalg.inv(a))


def attribute(x):
    return np.sum(x) + x.nothing


def searched(x, table):
    return np.sum(x) * table[np.searchsorted(table, 9.0)]


def shifted(x, n):
    _ = 1 << n
    return x


def repeated(x, n):
    return np.sum(np.repeat(x, n))


def counted(x, places):
    np.bincount(places)
    return np.sum(x)


PROGRAMS: dict[str, Failing] = {
    "product": Failing(by_product, (V3, V2), (V3, V3)),
    "sum": Failing(by_sum, (V3, V2), (V3, V3)),
    "difference in rows": Failing(by_difference_in_rows, (V2, A23), (V3, A23)),
    "where": Failing(by_where, (V3, V2), (V3, V3)),
    "maximum": Failing(by_maximum, (V3, V2), (V3, 2.0 * V3)),
    "dead product": Failing(dead_product, (V3, V2), (V3, V3)),
    "dead power": Failing(dead_power, (V3, V2), (V3, V3)),
    "dead arctan2": Failing(dead_arctan2, (V3, V2), (V3, V3)),
    "dead comparison": Failing(dead_comparison, (V3, V2), (V3, V3)),
    "shape alone": Failing(shape_alone, (V3, V2), (V3, V3)),
    "size alone": Failing(size_alone, (V3, V2), (V3, V3)),
    "in a branch": Failing(in_a_branch, (V3, V2, True), (V3, V2, False)),
    "in a loop": Failing(in_a_loop, (V3, V2, 2), (V3, V2, 0)),
    "index beyond": Failing(index_beyond, (V3,), (np.arange(6.0),)),
    "index before": Failing(index_before, (V3,), (V4,)),
    "index given": Failing(index_given, (V3, 3), (V3, 2)),
    "index dead": Failing(index_dead, (V3, 3), (V3, -3)),
    "index in rows": Failing(index_in_rows, (A23, 0, 3), (A23, 1, 2)),
    "index array": Failing(index_array, (V3, np.array([0, 3])), (V3, I3)),
    "index array, dead": Failing(index_array_dead, (V3, np.array([0, 3])), (V3, I3)),
    "mask": Failing(index_mask, (V3, np.array([True, False])), (V3, V3 > 1.0)),
    "index in a loop": Failing(index_in_a_loop, (V3, 4), (V3, 3)),
    "index behind": Failing(index_behind, (V3,)),
    "take": Failing(taken, (V3, 5), (V3, 1)),
    "take along an axis": Failing(along_axis, (V3, np.array([3])), (V3, I3)),
    "choose": Failing(chosen, (V3, 2.0 * V3, np.array([0, 2, 1])), (V3, 2.0 * V3, np.array([0, 1, 1]))),
    "stored value": Failing(stored_value, (V3, V3), (V3, V2)),
    "stored index": Failing(stored_index, (V3, 3), (V3, 2)),
    "max of nothing": Failing(greatest, (V3, EMPTY), (V3, V2)),
    "min of nothing": Failing(least, (V3, EMPTY), (V3, V2)),
    "argmax of nothing": Failing(place_of_greatest, (V3, EMPTY), (V3, V2)),
    "max of an empty cut": Failing(greatest_of_cut, (V3, 3), (V3, 1)),
    "quotient": Failing(quotient, (1.0, 0.0), (1.0, 2.0)),
    "dead quotient": Failing(dead_quotient, (1.0, 0.0), (1.0, 2.0)),
    "whole quotient": Failing(whole_quotient, (1.0, 0), (1.0, 3)),
    "dead whole quotient": Failing(dead_whole_quotient, (1.0, 0), (1.0, 3)),
    "remainder": Failing(remainder, (1.0, 0.0), (1.0, 0.3)),
    "negative power": Failing(negative_power, (0.0,), (2.0,)),
    "dead power of a number": Failing(dead_power_of_number, (1.0, 0.0), (1.0, 2.0)),
    "math.log": Failing(logarithm, (-1.0,), (2.0,)),
    "math.log of 0": Failing(logarithm, (0.0,), (2.0,)),
    "math.sqrt": Failing(dead_root, (-1.0,), (2.0,)),
    "math.log2": Failing(logarithm_of_two, (-1.0,), (2.0,)),
    "math.log1p": Failing(logarithm_beside_one, (-2.0,), (2.0,)),
    "math.atanh": Failing(inverse_tangent, (2.0,), (0.5,)),
    "math.exp": Failing(dead_exponential, (1000.0,), (1.0,)),
    "math.acos": Failing(dead_sine, (2.0,), (0.5,)),
    "negative zeros": Failing(negative_zeros, (V3, -1), (V3, 2)),
    "negative ones": Failing(negative_ones, (V3, -1), (V3, 2)),
    "negative full": Failing(negative_full, (V3, -1), (V3, 2)),
    "reshape": Failing(reshaped, (V4, 3), (V4, 2)),
    "reshape by the rest": Failing(reshaped_by_rest, (V3,), (V4,)),
    "dead reshape": Failing(dead_reshape, (V4, 3), (V4, 2)),
    "broadcast_to": Failing(spread, (V3, 2), (V3, 3)),
    "squeeze": Failing(squeezed, (V3,), (V3[:1],)),
    "split": Failing(halves, (V3,), (V4,)),
    "concatenate, ranks": Failing(joined, (V3, A23), (V3, V2)),
    "concatenate, lengths": Failing(joined_rows, (A23, A34), (A23, A33)),
    "stack": Failing(stacked, (V3, V2), (V3, V3)),
    "array of vectors": Failing(made_of_vectors, (V3, V2), (V3, V3)),
    "matrix product": Failing(matrix_product, (A23, V2), (A23, V3)),
    "dead matrix product": Failing(dead_matrix_product, (V2, A23), (V3, A23)),
    "dot": Failing(scalar_product, (V3, V2), (V3, V3)),
    "inner": Failing(inner_product, (V3, V2), (V3, V3)),
    "einsum": Failing(by_einsum, (V3, V2), (V3, V3)),
    "tensordot": Failing(by_tensordot, (A23, A23), (A23, A33)),
    "solve": Failing(solved, (V3, SINGULAR), (V3, A33)),
    "solve of a matrix that isn't square": Failing(solved, (V2, A23), (V3, A33)),
    "inv": Failing(dead_inverse, (V3, SINGULAR), (V3, A33)),
    "cholesky": Failing(dead_cholesky, (V3, -A33), (V3, A33)),
    "det": Failing(dead_determinant, (V3, A23), (V3, A33)),
    "assert": Failing(asserted, (V3,), (-V3,)),
    "raise": Failing(raised, (V3,), (0.1 * V3,)),
    "missing key": Failing(missing_key, (V3,)),
    "unpacking": Failing(unpacked, (V3,), (V2,)),
    "unpacking a list": Failing(unpacked_list, (V3, [1.0, 2.0, 3.0]), (V3, [1.0, 2.0])),
    "index of a list": Failing(list_index, (V3, [1.0, 2.0], 2), (V3, [1.0, 2.0], 1)),
    "pop from nothing": Failing(popped, (V3, []), (V3, [1.0])),
    "int of nan": Failing(whole_part, (math.nan,), (1.5,)),
    "int of inf": Failing(whole_part, (math.inf,), (1.5,)),
    "float of an array": Failing(number_of_array, (V3,), (V3[:1].reshape(()),)),
    "shapes before an index": Failing(shape_mismatch_then_index, (V3, V2), (np.arange(8.0), np.arange(8.0))),
    "an index before shapes": Failing(index_then_shape_mismatch, (V3, V2), (np.arange(8.0), np.arange(8.0))),
    "an index before a matrix": Failing(singular_behind_index, (V3, SINGULAR), (np.arange(10.0), A33)),
    "attribute": Failing(attribute, (V3,)),
    "searched": Failing(searched, (V3, np.array([1.0, 2.0])), (V3, np.array([1.0, 20.0]))),
    "shift": Failing(shifted, (1.0, -1), (1.0, 2)),
    "repeat": Failing(repeated, (V3, -1), (V3, 2)),
    "bincount": Failing(counted, (V3, np.array([-1])), (V3, np.array([1]))),
}

"""Values of one kind or another, and functions that are handed to NumPy to be called for each element."""

import math

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def mask_or_none(x, mask=None):
    if len(x) > 1:
        mask = np.triu(np.full((len(x), len(x)), -2.0), k=1)
    a = np.outer(x, x)
    if mask is not None:
        a = a + mask
    return np.sum(np.exp(0.1 * a) @ x)


program(mask_or_none, normal(3))


def weights_or_none(x):
    weights = None
    if x[0] > 0:
        weights = 2 * x
    y = np.outer(x, x)
    if weights is not None:
        return np.sum(y @ weights)
    return np.sum(y)


program(weights_or_none, np.array([0.3, 0.7]), also=((np.array([-0.3, 0.7]),),))


def best_of(x):
    best, place = None, None
    for k, v in enumerate(x):
        if best is None or v < best:
            best, place = v, k
    return best**2 + x[place]


program(best_of, normal(5))


def pair_or_none(x):
    def split(v):
        if v > 0.5:
            return v, v * v
        return None

    total = 0.0
    for v in x:
        parts = split(v)
        if parts is None:
            total += v
            continue
        a, b = parts
        total += a * b
    return total


program(pair_or_none, np.array([0.3, 0.7, 1.2]))


def pair_or_error(a):
    def newton(z):
        for k in range(50):
            new = 0.5 * (z + a / z)
            if abs(new - z) < 1e-14:
                return new, k
            z = new
        raise RuntimeError("no convergence")

    root, _ = newton(a)
    return root**3


program(pair_or_error, 2.0)


def equal_arrays(x):
    y = 2 * x if x[0] > 0 else np.zeros(3)
    if np.array_equal(y, np.zeros(3)) or np.array_equal(x, np.zeros((2, 2))):
        return x[1]
    return np.sum(y**2)


program(equal_arrays, np.array([0.4, 0.2, 0.1]), also=((np.array([-0.4, 0.2, 0.1]),),))


def one_of_two_keys(x):
    name = "a" if x[0] > 0 else "b"
    table = {"a": 2 * x, "b": x**2}
    table[name] = table[name] * 3 + table.get(name, 0.0)
    return np.sum(table["a"]) + np.sum(table["b"] ** 2)


program(one_of_two_keys, np.array([0.4, 0.2]), also=((np.array([-0.4, 0.2]),),))


def list_or_array(x):
    values = [x[0], x[1]] if x[0] > 0 else x
    total = 0.0
    for v in values:
        if v > 5:
            break
        total += v * v
    return total


program(list_or_array, np.array([0.4, 0.2, 0.3]), also=((np.array([-0.4, 0.2, 0.3]),),))


def counted_keys(x):
    groups = {}
    for i, v in enumerate(x):
        key = "even" if i % 2 == 0 else "odd"
        groups[key] = groups.get(key, 0.0) + v * v
    return groups["even"] * groups["odd"]


program(counted_keys, normal(4), also=((normal(5),),))


def number_or_array(x):
    y = x if x[0] > 0 else 1.0
    scale = 0 if x[1] > 0 else 1.5
    return np.sum(y * x) + scale * x[0]


program(number_or_array, np.array([0.4, 0.2]), also=((np.array([-0.4, -0.2]),),))


def options_or_none(x):
    options = None if x[0] > 0 else {"scale": 2.0}
    return np.sum(x) * (options or {}).get("scale", 1.0)


program(options_or_none, np.array([0.4, 0.2]), also=((np.array([-0.4, -0.2]),),))


def one_of_two_dicts(x):
    table = {"a": x[0]} if x[0] > 2 else {"b": x[1]}
    values = [] if x[0] > 2 else [x[0], x[1]]
    values.append(x[1] ** 2)
    return sum(table.values()) + table.get("a", 5.0) + sum(values) * len(values)


program(one_of_two_dicts, np.array([1.2, 2.2]), also=((np.array([2.4, 4.4]),),))


def number_text_or_none(x):
    scale = np.sum(x) if x[0] > 2 else None
    label = np.sum(x) if x[0] > 2 else "none"
    total = x[1] * len(label) if isinstance(label, str) else label**2
    try:
        return total + scale * 2
    except TypeError:
        return total + (scale or x[1]) * 3


program(number_text_or_none, np.array([1.2, 2.2]), also=((np.array([2.4, 4.4]),),))


# ---- functions that NumPy calls


@np.vectorize
def cut_power(a, k=2.0):
    return a**k if a > 0 else 0.5 * a


def vectorised(x):
    two = np.vectorize(lambda a, b: a * b if a > 0.5 else b)(x, x[::-1])
    norms = np.vectorize(lambda row: row @ row, signature="(n)->()")(np.outer(x, x))
    squares, shifted = np.vectorize(lambda v: (v * v, v + 1))(x)
    partly = np.vectorize(lambda a, p: a * p[0], excluded=[1])(x, [2.0, 1.0])
    sines = np.vectorize(math.sin, otypes=[float])(x)
    products = np.frompyfunc(lambda a, b: a * b, 2, 1)(x, x[0]).astype(float)
    table = np.vectorize(lambda a, b: a * b**2)(x[:, None], x[None, :])
    return (
        np.sum(two * norms)
        + np.sum(squares * shifted)
        + partly @ sines
        + np.sum(products)
        + np.sum(table @ cut_power(x))
        + cut_power(x[0], 3.0)
    )


program(vectorised, np.array([0.4, 0.8, 1.3]), also=((normal(4),),))


def along_an_axis(x):
    square = np.outer(x, x)
    rows = np.apply_along_axis(lambda row: row * row[0], 1, square)
    sums = np.apply_along_axis(lambda column: np.sum(column**2), 0, square)
    grown = np.apply_along_axis(lambda row, k: np.outer(row, row) * k, 1, square, 2.0)
    cut = np.apply_along_axis(np.sort, 0, square)[0]
    return np.sum(rows * square) + sums @ x + np.sum(grown[:, 0]) + cut @ x


program(along_an_axis, normal(3))


def by_pieces(x):
    y = np.piecewise(x, [x < 0.5, x >= 0.5], [lambda v: v**2, lambda v: -v])
    z = np.piecewise(x, [x < 0.5], [lambda v: v**3, 7.0]) + np.piecewise(x, x > 0.7, [lambda v, k: v**k, 0.0], 3)
    grid = np.fromfunction(lambda i, j: x[0] * i + j * x[1], (2, 3))
    return y @ z + np.sum(grid**2)


program(by_pieces, uniform(4))


def iterated_by_numpy(x):
    square, total = np.outer(x, x), 0.0
    for v in np.nditer(square):
        total = total * 0.5 + v * v
    it = np.nditer(square, flags=["multi_index"])
    while not it.finished:
        i, j = it.multi_index
        total += square[it.multi_index] * (i + 2 * j) * it[0]
        it.iternext()
    y = x.copy()
    with np.nditer(y, op_flags=["readwrite"]) as places:
        for place in places:
            place[...] = 2 * place * place
    for a, b in np.nditer([x, x[::-1]]):
        total += a * b * a
    return total + y @ x


program(iterated_by_numpy, normal(3))


def with_further_arguments(x):
    square = np.outer(x, x)
    scaled = np.apply_along_axis(lambda row, k: row * k, arr=square, axis=-1, k=2.0)
    pieces = np.piecewise(square, [square > 0.1], [lambda v, *, k: k * v**2], k=3.0)
    line = np.fromfunction(lambda i, k: x[0] * i * k, (2,), dtype=int, k=x[1])
    return np.sum(scaled * pieces) + np.sum(line)


program(with_further_arguments, normal(3))

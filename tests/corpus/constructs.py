"""Constructs of the language, alone and in odd company."""

import dataclasses
import math
import typing
from collections import defaultdict, namedtuple
from dataclasses import dataclass
from functools import partial, wraps

import numpy as np

from tests.corpus import Corpus, normal

corpus = Corpus(__name__)
program = corpus.program

X3 = normal(3)
X5 = normal(5)


def every_assignment(x, y):
    a = b = x
    c, d = y, a * 2
    (e, f), g = (c, d), [a, b]
    first, *middle, last = a, b, c, d
    h: float = e * f
    k: float
    k = g[0] + g[1]
    k += h
    k *= 2
    k -= last
    k /= 3.0
    k **= 2
    if (m := k * first) > 0:
        k = m
    a, b = b + 1, a
    return a * b * k + sum(middle)


program(every_assignment, 0.8, 1.3, argnums=(0, 1))


def targets_of_all_kinds(x):
    box = {"v": [0.0, 0.0]}
    box["v"][0], box["w"] = x[0], x[1] * x[2]
    array = np.zeros((2, 3))
    array[0], array[1, 1] = x, box["w"]
    array[1, 0], *rest = x
    for array[1, 2] in (0.5, x[0]):
        array[0, 0] += array[1, 2]
    return np.sum(array**2) + box["v"][0] * rest[-1]


program(targets_of_all_kinds, X3)


def operators(x, y):
    total = x + y - x * y / (1 + y**2)
    total += +x - -y
    total += x // 1.0 * 0.3 + x % 0.7 + divmod(y, 0.4)[1]
    total *= (x > y) + 2 * (x <= y) + (not x > 5)
    total += abs(x - y) + pow(x, 2) + pow(y, 1.5) + round(3.7) + max(x, y, 0.1) - min([x, y])
    return total


program(operators, 0.83, 1.27, argnums=(0, 1), step=1e-4)


def boolean_values(x, y):
    """`and` and `or` give one of their operands."""
    a = x and y
    b = None or x
    c = (x > 2.0 and y) or x * y
    d = 0.0 or y
    e = not (x > 0 and y > 0) or 2.0
    return a + b * c + d * e


program(boolean_values, 0.83, 1.27, argnums=(0, 1), also=((2.5, 1.27),))


def comparisons(x, low, high):
    inside = [v for v in x if low < v <= high != 0]
    outside = [v for v in x if not low < v <= high]
    equal = sum(1 for v in x if v == v)
    return sum(v * v for v in inside) - sum(outside) + equal * low


program(comparisons, X5, -0.5, 0.8, argnums=(0, 1), step=1e-4)


def nested_conditionals(x, y):
    sign = 1 if x > 0 else -1 if x < -1 else 0.5
    return (x if y > x else y) * sign + (math.log(y) if y > 0 else 0.0)


program(nested_conditionals, 0.7, 1.3, argnums=(0, 1), also=((-2.0, 0.4), (-0.5, -1.0)))


def for_over_everything(x, table):
    total = 0.0
    for i in range(len(x) - 1, -1, -2):
        total += i * x[i]
    for i, (a, b) in enumerate(zip(x, x[1:]), start=1):
        total += a * b / i
    for name in table:
        total *= table[name]
    for name, value in sorted(table.items()):
        total += value * len(name)
    for letter in "abc":
        total += ord(letter) * 1e-3 * x[0]
    for a, b, c in [(1, 2, 3), (4, 5, 6)]:
        total += a * x[0] + b * x[1] * c
    for v in reversed(x):
        total = 0.5 * total + v
    for row in np.outer(x, x):
        for v in row:
            total += v**3
    for v in (x[0], x[1]), (x[1], x[2]):
        total -= v[0] * v[1]
    return total


program(for_over_everything, X3, {"rate": 0.7, "k": 1.2}, argnums=(0, 1))


def loop_variable_after_loop(x, n):
    total = 0.0
    for i in range(n):
        value = x[i] * i
        total += value
    return total * i + value


program(loop_variable_after_loop, X5, 4)


def loop_variable_reassigned(x):
    total = 0.0
    for i in range(3):
        total += x[i]
        i = i + 1
        total *= i
    for v in x:
        v = v * v
        total += v
    return total


program(loop_variable_reassigned, X3)


def break_in_nested_loops(x, limit):
    total = 0.0
    for i in range(len(x)):
        part = 1.0
        for j in range(i, len(x)):
            part *= 1 + x[j] ** 2
            if part > limit:
                part -= limit
                break
            if j == 3:
                continue
            part += 0.1 * x[i]
        else:
            part *= 2.0
        if i == 2:
            continue
        total += part
        if total > 20 * limit:
            break
    return total


program(break_in_nested_loops, X5, 3.0, argnums=(0, 1), also=((X5, 1.2), (X5, 100.0)), step=1e-4)


def return_in_nested_loops(x, limit):
    for i in range(len(x)):
        total = x[i]
        while total < limit:
            total = total * 1.5 + 0.3
            if total > 0.9 * limit:
                return total * x[i] + i
        if i == 2:
            return total - limit
    return limit


program(return_in_nested_loops, X5, 2.0, argnums=(0, 1), also=((X5, -3.0),), step=1e-4)


def while_with_everything(x, n):
    k, total = 0, x
    while k < n and (total < 50 or k < 2):
        k += 1
        if k % 3 == 0:
            continue
        total = total * x + k
        if total > 1e3:
            break
    else:
        total += x
    return total


program(while_with_everything, 1.3, 7, also=((1.3, 0), (3.5, 9)), step=1e-3)


def late_binding(x):
    """Lambdas in a loop see the last value; a default keeps this one."""
    late = [lambda v: v * k for k in range(3)]
    early = [lambda v, k=k: v * k for k in range(3)]
    return sum(f(x) for f in late) + sum(f(x * x) for f in early)


program(late_binding, 0.8)


def closures_share_cells(x):
    count = x

    def read():
        return count * count

    before = read()
    count = count + 1.0
    return before * read()


program(closures_share_cells, 0.8)


def recursion_inside(x, n):
    def power(k):
        return 1.0 if k == 0 else x * power(k - 1)

    def even(k, v):
        return v if k == 0 else odd(k - 1, v * x)

    def odd(k, v):
        return -v if k == 0 else even(k - 1, v + x)

    return power(n) + even(n, 1.0)


program(recursion_inside, 0.8, 4)


def twice(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) * 2.0

    return wrapper


@twice
def decorated_helper(v, scale=1.0):
    return v * v * scale


def calls_decorated(x):
    return decorated_helper(x) + decorated_helper(x, scale=x)


program(calls_decorated, 0.8)


def signature_of_all_kinds(a, /, b, *rest, c=2.0, **more):
    total = a * b + c
    for r in rest:
        total = total * r
    for name in more:
        total += more[name] * len(name)
    return total


def calls_of_all_kinds(x, y):
    args = [y, x]
    more = {"c": x, "zeta": y}
    one = signature_of_all_kinds(x, y)
    two = signature_of_all_kinds(x, b=y, c=3.0)
    three = signature_of_all_kinds(x, *args, y, **more)
    four = partial(signature_of_all_kinds, x, c=y)(y, x)
    return one + two * three - four


program(calls_of_all_kinds, 0.8, 1.3, argnums=(0, 1))


class Counter:
    """State in an object, methods that call each other, class attributes, containers of objects."""

    scale = 2.0

    def __init__(self, start):
        self.total = start
        self.history = []

    def add(self, v):
        self.total += v * self.scale
        self.history.append(self.total)
        return self

    def __len__(self):
        return len(self.history)

    def __getitem__(self, k):
        return self.history[k]

    def __call__(self, v):
        return self.add(v).total


def stateful_objects(x, y):
    counters = {"a": Counter(x), "b": Counter(0.0)}
    for k in range(3):
        counters["a"].add(y * k).add(x)
        counters["b"](counters["a"][-1])
    counters["a"].scale = y
    last = counters["a"](x)
    return last * counters["b"][0] + len(counters["a"]) + counters["b"].scale


program(stateful_objects, 0.8, 1.3, argnums=(0, 1))


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def evaluate(self, x):
        total = self.value * x
        for child in (self.left, self.right):
            if child is not None:
                total += child.evaluate(total)
        return total


def tree_of_objects(x, y):
    tree = Tree(x, Tree(y, right=Tree(x * y)), Tree(2.0))
    tree.left.value += 1.0
    return tree.evaluate(0.5) + tree.left.right.value


program(tree_of_objects, 0.8, 1.3, argnums=(0, 1))


class Point(typing.NamedTuple):
    x: float
    y: float = 0.5

    def scaled(self, k):
        return Point(self.x * k, self.y * k)

    @property
    def norm(self):
        return math.hypot(self.x, self.y)


@dataclass
class Segment:
    start: Point
    end: Point
    width: float = 1.0

    def __post_init__(self):
        self.area = self.width * self.length()

    def length(self):
        return Point(self.end.x - self.start.x, self.end.y - self.start.y).norm


def records(start, end, width):
    segment = Segment(start, end.scaled(2.0), width)
    segment.width *= 2.0
    x, y = segment.start
    return segment.area * segment.width + x * y + segment.length()


program(records, Point(0.3, 0.4), Point(1.1), 0.7, argnums=(0, 1, 2))


Pair = namedtuple("Pair", "left right")


def nested_structures(state):
    (a, [b, c]), d = state["pair"], state["list"]
    total = a * np.sum(b) + c
    for entry in d:
        total += entry.left * np.sum(entry.right["w"])
    return total


program(
    nested_structures,
    {"pair": (0.5, [X3, 1.5]), "list": [Pair(1.0, {"w": X5}), Pair(np.float64(2.0), {"w": X3})]},
)


@dataclass(frozen=True)
class Model:
    weights: list
    bias: np.ndarray
    name: str = "model"
    depth: int = 2

    def predict(self, x):
        for w in self.weights[: self.depth]:
            x = np.tanh(w @ x + self.bias)
        return x


def model_as_argument(model, x):
    bigger = dataclasses.replace(model, bias=model.bias * 2.0)
    return np.sum(model.predict(x) * bigger.predict(x))


program(model_as_argument, Model([normal(3, 3), normal(3, 3, seed=1)], X3), normal(3, seed=5), argnums=(0, 1))


class Layer:
    def __init__(self, weights):
        self.weights = weights

    def loss(self, x, scale=1.0):
        return np.sum(np.tanh(self.weights @ x) ** 2) * scale


program(Layer(normal(3, 3)).loss, X3, 2.0, argnums=(0, 1), name="bound_method")
program(partial(calls_of_all_kinds, y=0.9), 0.8, name="partial_with_keyword")
program(lambda x, k=3: np.sum(x**k), X3, name="lambda_function")
program(np.linalg.norm, X3, name="numpy_function")


def strings_and_formats(x, unit):
    label = f"{unit}-{len(x):03d}"
    names = [part.strip().upper() for part in "a, b , c".split(",")]
    values = dict(zip(names, x))
    message = "%s has %d parts" % (label, len(values))
    factor = 2.0 if message.startswith("kg") else 3.0
    return sum(values[name] ** 2 for name in names if name != "B") * factor + len(message) * x[1]


program(strings_and_formats, X3, "kg", also=((X3, "lb"),))


def default_dict_and_counters(x, edges):
    incoming = defaultdict(list)
    for a, b in edges:
        incoming[b].append(x[a])
    return sum(sum(values) ** 2 for values in incoming.values())


program(default_dict_and_counters, X3, ((0, 1), (1, 2), (0, 2)))


def comprehensions(x):
    squares = [v * v for v in x]
    table = {i: v for i, v in enumerate(squares) if i % 2 == 0}
    pairs = [(a, b) for a in squares for b in table.values()]
    matrix = np.array([[a * b for b in squares] for a in x])
    total = sum(a * b for a, b in pairs) + max(table.values()) + min(v for v in squares)
    return total + np.sum(matrix) + sum(k for k in {1, 2, 2}) * x[0]


program(comprehensions, X3, step=1e-4)


def unpacked_results(x):
    def statistics(v):
        return np.mean(v), np.std(v), {"extremes": (np.min(v), np.max(v))}

    mean, std, others = statistics(x)
    low, high = others["extremes"]
    _, *tail = statistics(x * x)
    return (high - low) / std + mean * tail[0]


program(unpacked_results, X5, step=1e-4)


def array_methods(x):
    m = x.reshape(2, 3)
    total = m.sum(axis=0).max() + m.mean() * m.T.dot(m).trace() + m.ravel().cumsum()[-1]
    total += m.swapaxes(0, 1).flatten().std() + x.clip(-0.5, 0.5).sum() + (x.size + x.ndim + m.shape[1]) * x[0]
    total += m.copy().T.squeeze().prod(axis=1).min() + x.repeat(2).take([1, 5]).sum() + x.conj().real.sum()
    total += float(x[2]) * x.item(1) + sum(x.tolist()) + m.diagonal().var() + x.astype(float).argmax()
    return total + np.array([1.0, 2.0]) @ m @ x[:3].T + (x**2).sum(where=x > 0, initial=1.0)


program(array_methods, normal(6), step=1e-4)


def inactive_work(x, n):
    """Anything may happen to what isn't differentiated."""
    grid = np.linspace(0.0, 1.0, n)
    words = {w: len(w) for w in "some words here".split()}
    order = sorted(words, key=words.get, reverse=True)
    rng = np.random.default_rng(3)
    noise = rng.normal(size=n)
    mask = np.isin(np.arange(n), [1, 2])
    weights = np.polynomial.polynomial.polyval(grid, [1.0, 2.0]) + 0.1 * noise
    weights[mask] = words[order[0]]
    try:
        weights = weights / int("not a number")
    except ValueError:
        weights = weights * 2.0
    return np.sum(weights * np.sin(x * grid))


program(inactive_work, 0.8, 5)


def type_of_a_variable_changes(x, rows):
    s = 0
    for row in rows:
        s = s + row * x
    best = None
    for v in s:
        best = v if best is None else best + v * v
    scale = 1
    scale = scale * x if x > 0 else scale
    return np.sum(s) * best * scale


program(type_of_a_variable_changes, 0.8, normal(2, 3), argnums=(0, 1))


def float_conversions(x):
    a = float(x[0])
    b = np.float64(x[1]) * np.asarray(x[2])
    c = np.array([a, b, 1]) * 2
    d = complex(1.0, 2.0).imag * a
    return c.sum() * d + math.fsum([1.0, 2.0]) * b + int(3.7) * a


program(float_conversions, X3)


def integer_arithmetic(x, n):
    k = n // 2 + n % 3 - (n << 1) + (n & 5) ** 2
    total = 0
    while k % 7 != 3:
        k += 1
        total += k * x
    return total + x ** (k % 4) + math.comb(5, 2) * x + math.gcd(k, 6)


program(integer_arithmetic, 1.2, 9)


def raises_on_bad_input(x, mode="ok"):
    if mode not in ("ok", "fine"):
        raise ValueError(f"mode {mode!r}")
    assert np.all(np.isfinite(x)), x
    try:
        return np.sum(x**2)
    finally:
        mode = None


program(raises_on_bad_input, X3)


def nothing_depends(x, y):
    """The gradient with respect to x is zero, and has its structure."""
    z = x["w"] * 0 + 1
    return y * np.sum(z) if len(x["w"]) == 3 else 0.0


program(nothing_depends, {"w": X3, "b": 1.0}, 0.7, argnums=(0, 1), also=(({"w": X3, "b": 2.0}, 1.7),))


def constant_result(x):
    return 3.0 if x > 0 else 4.0


program(constant_result, 0.7, also=((-1.0,),))


def global_names_shadowed(x):
    sum = lambda v: v * 2.0
    abs = x
    len = sum(abs)
    np_sin = np.sin
    return len * np_sin(x) * abs


program(global_names_shadowed, 0.7)


def imports_inside(x):
    import math as m

    from numpy import exp as e
    from numpy.linalg import norm

    return m.sin(x[0]) + norm(e(x))


program(imports_inside, X3)


def matrix_free_operator(x, n):
    """Functions passed to functions that pass them on."""

    def laplacian(v):
        out = -2.0 * v
        out[1:] += v[:-1]
        out[:-1] += v[1:]
        return out

    def conjugate_gradient(apply, b, steps):
        u, r = np.zeros_like(b), b.copy()
        p, rs = r.copy(), r @ r
        for _ in range(steps):
            ap = apply(p)
            alpha = rs / (p @ ap)
            u += alpha * p
            r -= alpha * ap
            rs, old = r @ r, rs
            p = r + rs / old * p
        return u

    return conjugate_gradient(lambda v: v - 0.3 * laplacian(v), x, n) @ x


program(matrix_free_operator, X5, 3)


def print_and_warn(x):
    print("x is", x.shape, end="\n")
    total = np.sum(x * x)
    print(f"total {total:.3f}")
    return total


program(print_and_warn, X3)

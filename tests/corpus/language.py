"""Styles of Python that numerical codes use: objects, containers, closures, resources, odd control flow."""

import contextlib
import itertools
import logging
import math
import operator
import types
import warnings
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from functools import lru_cache, partial, reduce

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program
logger = logging.getLogger(__name__)

GRAVITY = 9.81
CONFIG = types.SimpleNamespace(scale=1.7, mode="smooth", offsets=[0.1, 0.2])


def closure_factory(a, b, xs):
    """Functions that make functions, one with state in a default argument."""

    def scaled_by(k):
        def inner(x, power=2):
            return k * x**power

        return inner

    f, g = scaled_by(a), scaled_by(b)
    compose = lambda *fs: reduce(lambda p, q: lambda x: q(p(x)), fs)
    h = compose(f, math.sin, g)
    return sum(h(x) for x in xs) + f(b, power=3)


program(closure_factory, 0.8, 1.2, [0.3, -0.7], argnums=(0, 1, 2))


def nonlocal_accumulator(x, y):
    """A counter in a closure, changed by the function that holds it."""
    total = 0.0

    def add(v):
        nonlocal total
        total += v * v
        return total

    add(x)
    partial_sum = add(2 * y)
    add(x * y)
    return total * x + partial_sum


program(nonlocal_accumulator, 0.8, -0.3, argnums=(0, 1))


class Vector:
    """Operators by special methods."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    @property
    def length(self):
        return math.sqrt(self.dot(self))

    @staticmethod
    def unit(angle):
        return Vector(math.cos(angle), math.sin(angle))

    @classmethod
    def diagonal(cls, s):
        return cls(s, s)


def operator_overloading(x, y, angle):
    v = Vector(x, y)
    w = v * 2.0 + -Vector.unit(angle) + 0.5 * Vector.diagonal(x)
    return w.dot(v) / w.length


program(operator_overloading, 0.8, -0.3, 0.4, argnums=(0, 1, 2))


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        raise NotImplementedError

    def weight(self, density):
        return density * self.area()


class Square(Shape):
    def area(self):
        return self.size**2


class Disc(Shape):
    def __init__(self, size, inner=0.0):
        super().__init__(size)
        self.inner = inner

    def area(self):
        return math.pi * (self.size**2 - self.inner**2)


def inheritance(a, b, density):
    shapes = [Square(a), Disc(b), Disc(b, inner=0.2 * a)]
    return sum(s.weight(density) for s in shapes) / max(shapes[0].area(), 1e-3)


program(inheritance, 0.8, 1.1, 2.5, argnums=(0, 1, 2))


@dataclass
class Options:
    rate: float = 0.1
    scales: list = field(default_factory=lambda: [1.0, 2.0])
    name: str = "options"

    def effective(self, k):
        return self.rate * self.scales[k % len(self.scales)]


def dataclass_methods(options, x):
    for k in range(3):
        x = x - options.effective(k) * np.sin(x)
    return np.sum(x) if options.name == "options" else 0.0


program(dataclass_methods, Options(0.3, [0.5, 1.5]), normal(3), argnums=(0, 1))


def mode_by_string(x, mode="none", **options):
    modes = {"linear": lambda v: v, "square": lambda v: v**2, "log": np.log1p}
    if mode in modes:
        y = modes[mode](x)
    elif mode.startswith("power:"):
        y = x ** float(mode.split(":")[1])
    else:
        raise KeyError(f"mode {mode}")
    return np.sum(y * options.get("weight", 1.0)) + options.pop("bias", 0.0)


program(partial(mode_by_string, mode="log", weight=2.0), uniform(3), name="mode_log")
program(partial(mode_by_string, mode="power:1.5", bias=0.1), uniform(3), name="mode_power")


def none_until_set(x, threshold):
    best = None
    best_index = None
    for i, v in enumerate(x):
        score = v * v - threshold * i
        if best is None or score > best:
            best, best_index = score, i
    return best * (best_index + 1) if best is not None else 0.0


program(none_until_set, normal(5), 0.2, argnums=(0, 1), step=1e-4)


def accumulator_changes_type(w, rows):
    """0, then a float, then an array."""
    s = 0
    for wi, row in zip(w, rows):
        s += wi * row
    t = 1
    for wi in w:
        t *= 1.0 + wi
    return np.sum(s * s) * t


program(accumulator_changes_type, normal(3), normal(3, 2), argnums=(0, 1))


def try_finally_cleanup(x, scale):
    """Resources released, values returned through finally."""
    log = []
    try:
        log.append("open")
        y = np.tanh(scale * x)
        return np.sum(y**2) + len(log)
    finally:
        log.append("closed")


program(try_finally_cleanup, normal(3), 0.7, argnums=(0, 1))


def inactive_try_except(x, settings):
    """The handler concerns a setting, not the values."""
    try:
        rate = settings["rate"]
    except KeyError:
        rate = 0.5
    try:
        n = int(settings.get("steps", "three"))
    except ValueError:
        n = 3
    for _ in range(n):
        x = x + rate * np.cos(x)
    return np.sum(x)


program(inactive_try_except, normal(2), {"steps": "2"}, also=((normal(2), {"rate": 0.3}),))


def errstate_and_where(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0, np.log(x), 0.0)
        z = np.where(x != 0, np.sin(x) / x, 1.0)
    return np.sum(y + z)


program(errstate_and_where, np.array([0.5, -1.2, 2.0, -0.3]))


def warnings_and_suppress(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = np.sqrt(x)
    with contextlib.suppress(ZeroDivisionError):
        y = y * 2.0
    return np.sum(y**3)


program(warnings_and_suppress, uniform(3, low=0.5))


def itertools_pairs(x):
    total = 0.0
    for a, b in itertools.combinations(range(len(x)), 2):
        total += x[a] * x[b] ** 2
    for i, j in itertools.product(range(2), repeat=2):
        total -= x[i] * x[j] / (1 + i + j)
    return total


program(itertools_pairs, normal(4))


def operator_module(x, y):
    ops = [operator.add, operator.mul, operator.sub]
    acc = x
    for op in ops:
        acc = op(acc, y)
        acc = np.tanh(acc)
    return acc


program(operator_module, 0.4, 0.9, argnums=(0, 1))


def settings_object(x):
    y = CONFIG.scale * x + CONFIG.offsets[1]
    if CONFIG.mode == "smooth":
        y = np.log(np.cosh(y))
    return np.sum(y) * GRAVITY


program(settings_object, normal(3))


def ordered_parameters(params):
    flat = np.concatenate([np.ravel(v) for v in params.values()])
    total = 0.0
    for (name, value), k in zip(params.items(), itertools.count(1)):
        if name.endswith("bias"):
            continue
        total += k * np.sum(value**2)
    return total + flat[4] * flat[-1]


program(ordered_parameters, {"w": normal(2, 2), "bias": normal(2), "v": normal(3)})


Camera = namedtuple("Camera", ["focal", "centre", "distortion"], defaults=[0.01])


def named_tuple_replace(camera, points):
    wide = camera._replace(focal=camera.focal * 0.5)
    total = 0.0
    for view in (camera, wide):
        f, (cx, cy), k = view
        for x, y, z in points:
            u, v = x / z, y / z
            r2 = u * u + v * v
            d = 1 + k * r2
            total += (f * d * u + cx) ** 2 + (f * d * v + cy) ** 2
    return total


program(named_tuple_replace, Camera(1.2, (0.3, 0.4)), normal(3, 3) + np.array([0.0, 0.0, 4.0]), argnums=(0, 1))


def helper_fills_argument(a, b):
    """C style: outputs are arguments."""

    def saxpy(alpha, x, y, out):
        for i in range(len(x)):
            out[i] = alpha * x[i] + y[i]

    def normalise(v):
        s = 0.0
        for value in v:
            s += value * value
        v /= math.sqrt(s)

    work = np.zeros((2, len(a)))
    saxpy(2.0, a, b, work[0])
    saxpy(-0.5, work[0], a * b, work[1])
    normalise(work[0])
    normalise(work[1])
    return work[0] @ work[1] + work[1, 0]


program(helper_fills_argument, normal(3), normal(3, seed=1), argnums=(0, 1))


def views_across_functions(a):
    """A block of a matrix is changed by a function that doesn't know it's a block."""

    def scale_rows(block, factors):
        for row, f in zip(block, factors):
            row *= f

    m = np.outer(a, a)
    inner = m[1:, 1:]
    scale_rows(inner, a[1:])
    diagonal = np.einsum("ii->i", m)
    scale_rows(m[:2].T, np.cos(a))
    return m.sum() + diagonal[0] + inner[-1, -1]


program(views_across_functions, normal(3))


def buffers_rotate(x, steps):
    """Three buffers in a list whose roles move round."""
    buffers = [x.copy(), 0.5 * x, np.zeros_like(x)]
    for n in range(steps):
        old, now, new = (buffers[(n + k) % 3] for k in range(3))
        new[:] = 2 * now - old - 0.1 * np.sin(now)
        new[0] = now[-1]
    return np.sum(buffers[steps % 3] * buffers[(steps + 1) % 3])


program(buffers_rotate, normal(4), 5)


def history_with_pop(x, n):
    """A list as a window: append at the end, pop at the start; negative indices."""
    window = [x, x * x]
    total = 0.0
    for k in range(n):
        window.append(window[-1] * 0.5 + np.sin(window[-2]))
        dropped = window.pop(0)
        total += dropped * window[0]
    return total + sum(window)


program(history_with_pop, 0.7, 5)


def dict_of_accumulators(x, labels):
    sums, counts = {}, {}
    for v, label in zip(x, labels):
        sums[label] = sums.get(label, 0.0) + v
        counts[label] = counts.get(label, 0) + 1
    means = {label: sums[label] / counts[label] for label in sums}
    return sum((v - means[label]) ** 2 for v, label in zip(x, labels))


program(dict_of_accumulators, normal(5), ["a", "b", "a", "c", "b"])


def memo_recursion(x, n):
    """Fibonacci-like polynomials by recursion with a dict for a memory."""
    memo = {0: 1.0, 1: x}

    def term(k):
        if k not in memo:
            memo[k] = x * term(k - 1) + 0.5 * term(k - 2)
        return memo[k]

    return term(n)


program(memo_recursion, 0.8, 6)


@lru_cache(maxsize=None)
def binomial(n, k):
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


def bernstein(coefficients, t):
    n = len(coefficients) - 1
    return sum(binomial(n, k) * c * t**k * (1 - t) ** (n - k) for k, c in enumerate(coefficients))


program(bernstein, normal(4), 0.3, argnums=(0, 1))


def nested_breaks(a, limit):
    """Search loops with a flag, for-else, continue."""
    found = False
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] < 0:
                continue
            total += a[i, j] ** 2
            if total > limit:
                found = True
                break
        else:
            total *= 0.9
        if found:
            break
    return total if found else -total


program(nested_breaks, normal(3, 3), 1.5, also=((normal(3, 3), 100.0),), step=1e-4)


def early_returns(x, y):
    if x > y:
        if x > 2 * y:
            return x * y
        z = x - y
    else:
        z = y - x
        for k in range(3):
            z = z * x
            if z < 0.1:
                return z + y
    while True:
        z = 0.5 * z + 0.1 * x
        if z < 0.6:
            return z * y


program(early_returns, 0.9, 0.4, argnums=(0, 1), also=((0.9, 0.7), (0.3, 0.4), (0.9, 2.4)), step=1e-4)


def walrus_and_chains(values, low, high):
    total = 0.0
    for v in values:
        if low < (w := v * v) <= high:
            total += w
        elif (r := abs(v)) > high and r != 0:
            total -= r
    a = b = total
    a += 1.0
    return a * b


program(walrus_and_chains, np.array([0.5, 1.2, -0.8, 2.5]), 0.3, 2.0, step=1e-4)


def star_arguments(*arrays, scale=1.0, **named):
    first, *rest = arrays
    total = np.sum(first) * scale
    for array in rest:
        total = total + np.sum(array**2)
    for key in sorted(named):
        total = total * named[key]
    return total


def calls_with_stars(x, y, k):
    parts = (x, y, x * y)
    options = {"a": k, "b": 2.0}
    return star_arguments(*parts, scale=k, **options) + star_arguments(x)


program(calls_with_stars, normal(2), normal(2, seed=1), 0.7, argnums=(0, 1, 2))


def matmul_chain_reduce(matrices, v):
    return np.linalg.norm(reduce(lambda acc, m: np.tanh(m @ acc), matrices, v))


program(matmul_chain_reduce, [normal(3, 3, seed=k) for k in range(3)], normal(3), argnums=(0, 1))


def list_comprehension_matrix(x):
    n = len(x)
    k = np.array([[math.exp(-((x[i] - x[j]) ** 2)) for j in range(n)] for i in range(n)])
    upper = [k[i, j] for i in range(n) for j in range(i + 1, n) if (i + j) % 2]
    flags = any(v > 0.9 for v in upper), all(v < 2 for v in upper)
    return sum(upper) * (2.0 if flags[1] else 1.0) + max(v for v in upper)


program(list_comprehension_matrix, normal(4), step=1e-3)


def logging_and_asserts(x):
    assert x.ndim == 1, f"expected a vector, got {x.ndim} dimensions"
    total = 0.0
    for i, v in enumerate(x):
        total += math.exp(v) if v > 0 else v
        logger.debug("step %d: %s", i, total)
    if not np.isfinite(total):
        raise FloatingPointError(total)
    return total


program(logging_and_asserts, normal(4))


def generator_helpers(x):
    return sum(v * w for v, w in zip(x, x[1:])) + math.prod(1 + v**2 for v in x) + max(abs(v) for v in x)


program(generator_helpers, normal(4), step=1e-4)


def sum_with_start_and_sorted(rows):
    total = sum((row for row in rows), start=np.zeros(rows.shape[1]))
    ranked = sorted(total.tolist(), reverse=True)
    return ranked[0] - 0.5 * ranked[-1]


program(sum_with_start_and_sorted, normal(3, 4), step=1e-4)


def integer_powers(x, n):
    """Exponentiation by squaring, ints that steer."""
    result, base = 1, x
    while n > 0:
        if n & 1:
            result = result * base
        base = base * base
        n >>= 1
    return result


program(integer_powers, 1.1, 13, also=((1.1, 0), (0.9, 6)), complex_step=False)


def ellipsis_and_newaxis(x, w):
    y = x[..., None] * w[None, :, np.newaxis].reshape(1, 1, -1)
    y[..., 0, :] += x[..., :1]
    z = np.moveaxis(y, -1, 0)
    z[1] *= 2.0
    return np.sum(np.tensordot(z, w, axes=([0], [0])) ** 2) + y[0, 0, 1]


program(ellipsis_and_newaxis, normal(2, 3), normal(3), argnums=(0, 1))


def mask_then_compress(x, y):
    keep = (x > -0.5) & ~(y > 1.0)
    a, b = x[keep], y[keep]
    a[a < 0] *= -1.0
    order = np.argsort(b)
    return np.sum(np.cumsum(a[order]) * b) + np.count_nonzero(keep) * a[0]


program(mask_then_compress, normal(6), normal(6, seed=1), argnums=(0, 1), step=1e-4)


def float32_network(w, x):
    h = np.maximum(x @ w, 0)
    return np.sum(h * h)


program(float32_network, normal(3, 2).astype(np.float32), normal(4, 3), step=1e-2, rtol=1e-5, name="float32_network")


def ordered_dict_state(x, steps):
    state = OrderedDict(position=x, speed=0.0 * x)
    trace = []
    for _ in range(steps):
        state["speed"] = 0.9 * state["speed"] - 0.2 * state["position"]
        state["position"] = state["position"] + state["speed"]
        trace.append(dict(state))
    return sum(float(k) * t["position"] * t["speed"] for k, t in enumerate(trace))


program(ordered_dict_state, 0.8, 4)


def while_else_and_stack(x):
    """Depth-first evaluation with an explicit stack of tuples."""
    stack = [(0, x)]
    total = 0.0
    while stack:
        depth, value = stack.pop()
        if depth == 3:
            total += value
            continue
        stack.append((depth + 1, value * 0.5))
        if depth < 2:
            stack.append((depth + 1, np.sin(value)))
    else:
        total *= 2.0
    return total


program(while_else_and_stack, 0.9)


def global_function_table(x, names):
    table = {"sin": math.sin, "exp": math.exp, "sqrt": math.sqrt}
    for name in names:
        x = table[name](x) if name in table else getattr(math, name)(x)
    return x


program(global_function_table, 0.7, ("sin", "exp", "cosh"))

"""Functions that call themselves as often as the values of the run will have it."""

import math

import numpy as np

from tests import reference
from tests.corpus import Corpus

corpus = Corpus(__name__)


def program(*args, also=()):
    """The derivative with respect to every argument with a float, at `args` and at the further points of `also`."""
    active = tuple(k for k, arg in enumerate(args) if any(reference.moves(leaf) for _, leaf in reference.leaves(arg)))

    def register(function):
        corpus.program(function, *args, argnums=active, also=also)
        return function

    return register


x3 = np.array([0.7, -1.3, 0.4])


def normal_cdf(x):
    if x < 0:
        return 1.0 - normal_cdf(-x)
    k = 1.0 / (1.0 + 0.2316419 * x)
    return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + k * 1.781477937))


@program(1.0, 1.2, also=((1.2, 1.0), (3.0, 1.0)))
def called_twice(spot, strike):
    d = math.log(spot / strike)
    return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)


def simpson(f, a, b, tol):
    c = (a + b) / 2
    coarse = (b - a) / 6 * (f(a) + 4 * f(c) + f(b))
    left = (c - a) / 6 * (f(a) + 4 * f((a + c) / 2) + f(c))
    right = (b - c) / 6 * (f(c) + 4 * f((c + b) / 2) + f(b))
    if abs(left + right - coarse) < 15 * tol:
        return left + right
    return simpson(f, a, c, tol / 2) + simpson(f, c, b, tol / 2)


@program(0.8, 1.7, also=((2.0, 9.0),))
def adaptive_quadrature(rate, end):
    return simpson(lambda t: math.exp(-rate * t) * math.cos(3 * t), 0.1, end, 1e-6)


@program(0.8, 1.2)
def quadrature_in_quadrature(a, b):
    def inner(x):
        return simpson(lambda y: math.exp(a * x * y), 0.0, x, 1e-4)

    return simpson(inner, 0.1, b, 1e-4)


@program(np.array([0.3, 2.0, -1.2, 5.1]), 0.7)
def in_a_loop(v, scale):
    total = 0.0
    for i in range(len(v)):
        total += normal_cdf(v[i] * scale) * v[i]
    return total


@program(0.7, 40.0, also=((0.7, 1.0),))
def in_a_while(x, limit):
    while x < limit:
        x = x * 2 + normal_cdf(x - 1.0) if x > 0.8 else x + normal_cdf(x)
    return x * limit


def quicksorted(values):
    if len(values) <= 1:
        return values
    pivot, rest = values[0], values[1:]
    low = [v for v in rest if v < pivot]
    high = [v for v in rest if v >= pivot]
    return quicksorted(low) + [pivot] + quicksorted(high)


@program([0.3, 2.0, -1.2, 5.1, 0.4], also=(([4.0, 3.0, 1.0],),))
def sorted_by_hand(values):
    ordered = quicksorted(values)
    return sum((k + 1) * v * v for k, v in enumerate(ordered))


def collapsed(v):
    if np.sum(v * v) < 1.0:
        return v
    return collapsed(v * 0.5) + 0.1 * v


@program(x3 * 9.0, 0.8, also=((np.array([0.1, 0.2, 0.3, 0.4]), 0.8),))
def arrays_as_values(v, scale):
    w = collapsed(v * scale)
    w[0] = w[0] * scale
    return np.sum(w * w) * scale + np.sum(v)


def halves(v):
    if len(v) < 2 or v[0] > 1.0:
        return np.sum(v * v * v)
    m = len(v) // 2
    return halves(v[:m]) * 1.5 + halves(v[m:])


@program(np.linspace(-2.1, 3.0, 11), also=((np.linspace(2.1, -3.0, 6),),))
def slices(v):
    return halves(v)


def newton(a, x, steps=0):
    """The root, and the number of steps that it took."""
    if abs(x * x - a) < 1e-10:
        return x, steps
    return newton(a, 0.5 * (x + a / x), steps + 1)


@program(2.0, 0.6, 1.3)
def several_results(a, b, start):
    root, steps = newton(a, start)
    return root * b + min(steps, 1) * start


def down(x, k):
    return x * k if x < 1.0 else up(x / 2, k) + 1.0


def up(x, k):
    return x - k if x < 0.8 else down(x * 0.7, k) * x


@program(9.3, 0.4)
def mutual(x, k):
    return down(x, k) * up(x, k)


class Tree:
    def __init__(self, rate):
        self.rate = rate

    def value(self, x, weight):
        if x > 3.0:
            return weight * math.sin(x)
        return self.value(x * self.rate, weight * 0.5) + self.value(x + 1.0, weight * 0.5)


tree = Tree(1.7)


@program(0.9, 0.3)
def methods(x, w):
    return tree.value(x, w)


@program(0.9, 0.3)
def methods_of_own_instance(x, w):
    return Tree(1.5 + w).value(x, w)


def checked(x):
    if x > 1e6:
        raise ValueError("too large")
    assert x > 0, "negative"
    return x if x < 1.0 else math.sqrt(checked(x - 1.0))


@program(4.3)
def raising(x):
    return checked(x) * x


def one_sided(x, ys):
    if x > ys[0]:
        total = x * x
        for y in ys:
            total = total + math.sin(y) * x
        return total
    return one_sided(x + abs(ys[1]), ys) * ys[2]


@program(0.2, np.array([1.7, 0.6, 0.9]))
def loops_inside(x, ys):
    return one_sided(x, ys)


def nested(x, k):
    def inner(t):
        return t * k if t < 1.0 else inner(t / 2) + k

    return inner(x) if x < 4.0 else nested(x - 1.5, k * 1.1)


@program(9.3, 0.4)
def recursion_within_recursion(x, k):
    return nested(x, k)


def filled(v, x):
    v[0] = v[0] + x
    if x < 1.0:
        return x
    return filled(v, x / 2) * v[0]


@program(x3, 3.3)
def arguments_that_are_written_to(v, x):
    v = v.copy()
    return filled(v, x) + v[0]


@program(np.float32([3.0, 5.0, 0.2]), 1.3)
def narrow_floats(v, x):
    return np.sum(collapsed(v)) * x


@program(9.0, 0.7)
def a_parameter_that_is_returned(x, y):
    def shrunk(t, other):
        return (t, other) if t < 1.0 else shrunk(t / 2, other)

    a, b = shrunk(x, y)
    return a * b

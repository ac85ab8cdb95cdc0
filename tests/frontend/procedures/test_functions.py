"""Functions of the program: arguments, closures, functions as values, decorators, recursion."""

import functools
import math
import operator
from functools import lru_cache, partial, reduce

import numpy as np

from tests.frontend import Programs

program = Programs()
x3 = np.array([0.7, -1.3, 0.4])


def every_kind(a, b=2.0, /, c=3.0, *rest, d, e=5.0, **named):
    return a * b + c * d - e + sum(rest) + sum(named.values())


@program(0.7, 1.3)
def arguments(x, y):
    options = {"d": x, "zeta": y * x}
    positional = (y, x)
    p = every_kind(x, d=y) + every_kind(x, y, d=1.0, e=x) + every_kind(x, y, 1.0, x, y, d=x, k=y)
    return p + every_kind(*positional, **options) + every_kind(*[x, y], x, *positional, **options, w=x)


def keyword_only(x, *, scale, shift=0.0):
    return x * scale + shift


@program(0.7, 1.3)
def keyword_only_arguments(x, y):
    return keyword_only(x, scale=y) * keyword_only(shift=x, scale=2.0, x=y)


def mutable_default(x, weights=(1.0, 2.0), table={"a": 3.0}):
    return x * weights[0] + weights[1] ** x + table["a"] * x


@program(0.7)
def defaults(x):
    factor = 2.0

    def scaled(t, k=factor, *, m=x):
        return t * k * m

    factor = 5.0
    return mutable_default(x) + scaled(x) + scaled(x, 3.0, m=2.0)


def passes_on(*args, **kwargs):
    return every_kind(*args, **kwargs)


@program(0.7, 1.3)
def passed_on(x, y):
    return passes_on(x, y, d=x, f=y) + passes_on(x, d=y)


@program(0.7, 1.3)
def closures(x, y):
    total = 0.0
    count = 0

    def add(v):
        nonlocal total, count
        total += v * x
        count += 1
        return total

    def make(k):
        def inner(v):
            return add(v) * k

        return inner

    double, triple = make(2), make(3.0 * y)
    a = double(y) + triple(x)
    fs = [lambda t, k=k: t**k for k in range(3)]
    late = [lambda t: t * k for k in range(3)]
    table = {"sq": lambda t: t * t, "sin": math.sin}
    return a * total * count + sum(f(x) for f in fs) + late[0](x) + table["sq"](y) * table["sin"](x)


@program(0.7)
def functions_as_results(x):
    def power(n):
        return lambda t: t**n

    def compose(*fs):
        def composed(t):
            for f in fs:
                t = f(t)
            return t

        return composed

    def curry(a):
        return lambda b: lambda c: a * b + c

    return compose(power(2), math.sin, power(3))(x) + curry(x)(2.0)(x * x) + (lambda *a: sum(a))(x, x, 1.0)


def twice(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return 2 * f(*args, **kwargs)

    return wrapper


def power_of(n):
    def decorate(f):
        def wrapper(x):
            return f(x) ** n

        return wrapper

    return decorate


@twice
def decorated_square(x):
    return x * x


@twice
@power_of(3)
def decorated_more(x):
    return x + 1


@program(0.7)
def decorators(x):
    @twice
    def local(t):
        return math.sin(t)

    @power_of(2)
    def other(t):
        return t * x

    return decorated_square(x) + decorated_more(x) * local(x) + other(x)


@program(0.7)
@twice
def decorated_itself(x):
    return x * x


@lru_cache(maxsize=None)
def binomial(n, k):
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


@functools.cache
def cached_of_active(x):
    return x * x


@program(0.7, 4)
def cached(x, n):
    return sum(binomial(n, k) * x**k for k in range(n + 1)) + cached_of_active(x) * cached_of_active(x)


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


def power_by_squaring(x, n):
    if n == 0:
        return 1.0
    half = power_by_squaring(x, n // 2)
    return half * half * (x if n % 2 else 1)


@program(0.7, 6, also=((0.7, 0), (1.2, 3)))
def recursion_on_int(x, n):
    return power_by_squaring(x, n) + sum(x**k / factorial(k) for k in range(n))


def tree_sum(tree):
    if isinstance(tree, dict):
        return sum(tree_sum(v) for v in tree.values())
    if isinstance(tree, (list, tuple)):
        return sum(map(tree_sum, tree))
    return np.sum(tree**2)


@program({"a": [0.7, x3], "b": (1.3, {"c": x3 * 2})})
def recursion_on_structure(tree):
    return tree_sum(tree)


def newton(x, a, left):
    return x if left == 0 else newton(0.5 * (x + a / x), a, left - 1)


def halved(x):
    return x * x if x < 1 else halved(x / 2) * 1.5


@program(2.7, 0.8)
def recursion_on_data(a, b):
    return newton(1.0, a, 5) + halved(a) + halved(b)


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


@program(0.7, 5)
def mutual_recursion(x, n):
    def fib(k):
        return x if k < 2 else fib(k - 1) * fib(k - 2) + 1

    return fib(n) + (x if is_even(n) else x * x)


def horner(coefficients, x):
    return 0.0 if len(coefficients) == 0 else coefficients[0] + x * horner(coefficients[1:], x)


@program(x3, 0.8)
def recursion_on_array(c, x):
    return horner(c, x) + horner([c[0], x], c[1])


@program(0.7, 1.3, x3)
def partials_and_operators(x, y, v):
    f = partial(math.pow, x)
    g = partial(every_kind, y, d=x)
    h = partial(partial(operator.mul, 2.0), y)
    a = f(2) + g() + g(x, e=1.0) + h()
    b = operator.add(x, y) * operator.sub(x, y) / operator.truediv(x, y) ** operator.neg(x) + operator.pow(x, 2)
    c = operator.itemgetter(1)(v) * operator.itemgetter(0, 2)(v)[1] + operator.matmul(v, v) + operator.abs(-x)
    d = reduce(operator.mul, v) + reduce(operator.add, [x, y], 1.0) + operator.mod(5 * x, y) + operator.floordiv(7, 2)
    e = operator.attrgetter("T")(v)[0] + operator.methodcaller("sum")(v) + operator.contains([1], 1) * x
    return a + b + c + d + e + operator.getitem(v, 0) + (operator.lt(x, y) and x)


@program(0.7, 1.3)
def math_functions(x, y):
    a = math.sin(x) + math.cos(x) * math.tan(x) + math.exp(-x) + math.log(y) + math.log(y, 3) + math.log2(y)
    b = math.log10(y) + math.log1p(x) + math.expm1(x) + math.sqrt(x) + math.pow(x, y) + math.hypot(x, y)
    c = math.atan2(x, y) + math.asin(x) * math.acos(x) + math.atan(x) + math.sinh(x) * math.cosh(x) + math.tanh(x)
    d = math.asinh(x) + math.acosh(y) + math.atanh(x) + math.erf(x) * math.erfc(y) + math.gamma(y) + math.lgamma(y)
    e = math.fabs(-x) + math.fmod(5 * x, y) + math.copysign(x, -1.0) + math.radians(x) * math.degrees(y)
    f = math.floor(x) + math.ceil(y) * x + math.trunc(y) * x + math.pi * x + math.e + math.tau + math.cbrt(x)
    g = math.fsum([x, y]) + math.prod([x, y, 2]) + math.dist([x, y], [0.0, 1.0]) + math.exp2(x) + math.hypot(x, y, 1.0)
    h = math.comb(4, 2) * x + math.factorial(3) * y + math.gcd(4, 6) * x + math.isclose(x, y) + math.isfinite(x) * x
    return a + b + c + d + e + f + g + h + (x if math.isnan(x) or math.isinf(x) else y * y) + math.ldexp(x, 2)


@program(2.7, -1.3)
def builtins_on_numbers(x, y):
    a = abs(y) + max(x, y) + min(x, y, 0.5) + sum([x, y]) + sum((x, y), x) + pow(x, 2) + pow(x, y) + pow(2, x)
    b = float(x) * float(3) + int(3.7) * x + round(x) * y + round(x, 1) * y + divmod(x, 1)[1] + bool(x) * y
    c = len([x, y]) * x + (abs(-2) + int("3") + float("1.5")) * y + complex(x, y).real + x.real + (x).conjugate()
    return a + b + c + float(np.float64(x)) + float(True)


@program(x3)
def int_of_inactive(x):
    n = int(np.floor(2.7)) + int(len(x) / 2) + int(np.sum(np.ones(3)))
    k = int(round(3 * 0.6))
    return np.sum(x[:n] ** k) + x[int(1.9)] * round(2.5)


@program(0.7)
def vectorised(x):
    @np.vectorize
    def f(t):
        return t * t if t > 0.5 else -t

    return np.sum(f(np.array([x, 2 * x, 0.1 * x])))


def fills(out, x, k):
    out[:] = x * k
    out += 1.0


def swaps(a, i, j):
    a[i], a[j] = a[j], a[i]


def appends(items, v):
    items.append(v * v)


@program(x3)
def helpers_that_change_arguments(x):
    out = np.empty(3)
    fills(out, x, 2.0)
    swaps(out, 0, 2)
    items = []
    appends(items, x[0])
    appends(items, out[1])
    return out @ x + sum(items)


SCALE = 1.7
WEIGHTS = np.array([0.3, 0.2, 0.9])
TABLE = {"a": 2.0, "b": [1.0, 2.0]}
NAMES = ("a", "b")


@program(x3)
def globals_read(x):
    import math as m
    from math import exp

    t = TABLE["a"] * x[0]
    return t + SCALE * np.sum(x * WEIGHTS) ** 2 + TABLE["b"][1] * x[1] + len(NAMES) * m.sin(x[2]) * exp(x[0])


@program(0.7, "sin", also=((0.7, "cos"), (0.7, "other")))
def matched(x, mode):
    match mode:
        case "sin":
            return math.sin(x)
        case "cos" | "kos":
            return math.cos(x) * x
        case _:
            return x * x


@program((0.7, 1.3), {"kind": "scale", "by": 2.0}, also=(((0.7, 1.3), {"kind": "shift", "by": 1.0}),))
def matched_structures(pair, command):
    match command:
        case {"kind": "scale", "by": k}:
            factor = k
        case {"kind": kind, **rest} if kind == "shift":
            factor = rest["by"] + 3.0
    match pair:
        case (a, b):
            total = a * b
        case [a, *others]:
            total = a
    match len(pair):
        case 1 | 2 as n if n > 1:
            total *= n
        case int():
            total = 0.0
    return total * factor


@program(x3)
def lambdas_with_everything(x):
    f = lambda a, b=2.0, *c, d=3.0, **e: a * b + sum(c) * d + sum(e.values())
    return f(x[0]) + f(x[0], x[1], x[2], d=x[0], g=x[1]) + (lambda: x[0] ** 2)()


@program(0.7)
def generator_in_arguments(x):
    return max(*(x * k for k in range(3)), 0.5) + sum(*[[x, x * x]]) + every_kind(*(x + k for k in range(2)), d=x)


# ---- refusals


@program.raises(1.3)
def missing_argument(x):
    return every_kind(x)  # <- raises


@program.raises(1.3)
def too_many_arguments(x):
    return keyword_only(x, 2.0, 3.0, scale=1.0)  # <- raises


@program.raises(1.3)
def unknown_keyword(x):
    return keyword_only(x, scale=1.0, other=x)  # <- raises


@program.raises(1.3)
def same_argument_twice(x):
    return keyword_only(x, x=x, scale=1.0)  # <- raises


def count_to(x):
    yield x
    yield x * x


@program(1.3)
def generator_helper(x):
    return sum(count_to(x))


@program(1.3)
def generator_inside(x):
    def values():
        yield x * x

    return sum(values())


@program.refused(1.3)
def generator_from(x):  # <- refused
    yield from [x, x]


async def later(x):  # <- refused
    return x


@program.refused(1.3, helpers=(later,))
async def awaited(x):  # <- refused
    return await later(x)


@program.refused(1.3)
def async_inside(x):
    async def g():  # <- refused
        return x

    return g()  # <- refused


@program.refused(1.3)
def executes(x):
    exec("y = x")  # <- refused
    return x * x


@program.refused(1.3)
def evaluates(x):
    return eval("x * 2", {"x": x})  # <- refused


@program.refused(1.3)
def local_names(x):
    return locals()["x"] * x  # <- refused


@program.refused(1.3)
def global_names(x):
    globals()["hidden"] = x * x  # <- refused
    return x * hidden  # noqa: F821 # <- refused


counter = 0.0


@program.refused(1.3)
def global_in_helper(x):
    def store(v):
        global counter  # <- refused
        counter = v  # <- refused

    store(x * x)
    return counter * x


def endless(x):
    return endless(x) + 1  # <- refused


@program.refused(1.3, helpers=(endless,))
def endless_recursion(x):
    return endless(x)  # <- refused


@program.refused(1.3)
def function_returned(x):
    return lambda t: t * x  # <- refused


@program(x3)
def applied_along_axis(x):
    return np.sum(np.apply_along_axis(lambda r: r @ r, 0, np.stack([x, x * 2])))


@program(x3)
def applied_elementwise(x):
    return np.frompyfunc(abs, 1, 1)(x).sum()


@program(1.3, also=((0.2,),))
def defaults_that_one_side_has_computed(x):
    if x > 0.5:
        y = x * x

        def g(t, k=y * 3.0):
            return t * k
    else:

        def g(t, k=x + 1.0):
            return t + k * k

    return g(x) * x


@program(1.3, 4)
def arguments_of_a_partial_are_carried(x, n):
    def times(a, b):
        return a * b

    f = functools.partial(times, x)
    for _ in range(n):
        f = functools.partial(times, f(x))
    return f(x) * x


@program(1.3, also=((0.2,),))
def a_partial_that_differs_by_an_argument(x):
    def scaled(a, b):
        return a * b

    f = functools.partial(scaled, x * x) if x > 0.5 else functools.partial(scaled, np.sin(x))
    return f(x) * f(2.0)


def beside_a_cell(power):
    def outer(a):
        inner = lambda b: b**power * a  # noqa: E731 - a lambda in a function that has a closure
        return inner(a) + inner(2.0)

    return outer


squares, cubes = beside_a_cell(2), beside_a_cell(3)


@program(0.7, also=((1.3,),))
def one_definition_with_two_closures(x):
    t = x
    for _ in range(2):
        t = squares(t) + cubes(x)
    return t


test_gradients, test_refusals = program.tests()
test_errors = program.errors()

"""Loops of all kinds, early ends, comprehensions, generator expressions, iterators."""

import itertools
import math
from collections import deque
from functools import reduce

import numpy as np

from tests.frontend import Programs

program = Programs()
x3 = np.array([0.7, -1.3, 0.4])
x5 = np.array([0.7, 1.3, 0.4, -0.2, 2.1])
m23 = np.array([[0.3, -0.8, 1.1], [0.9, 0.2, -0.6]])


@program(x5, also=((x5[:2],), (x5 - 3,)))
def for_else_break(x):
    total = 0.0
    for v in x:
        if v > 1.0:
            break
        total += v * v
    else:
        total = total * 2 + np.sum(x)
    return total + x[0]


@program(0.7, 6, also=((1.7, 2), (0.2, 0)))
def while_else_continue(x, n):
    i = 0
    total = x
    while i < n:
        i += 1
        if i % 2:
            continue
        total += x**i
        if total > 3:
            break
    else:
        total *= x
    return total * i + x


@program(m23, also=((m23 - 1,), (m23 + 1,)))
def nested_break_continue_else(m):
    total = 0.0
    for i, row in enumerate(m):
        for j, v in enumerate(row):
            if v < -0.5:
                break
            if v < 0.25:
                continue
            total += v**2 * (i + 1)
        else:
            total += row[0]
            continue
        total *= 1.5
        if total > 4:
            break
    else:
        total -= m[0, 0]
    return total + m[0, 1]


@program(x5, also=((x5 * 0.1,), (x5 * 3,)))
def returns_in_nested_loops(x):
    for i in range(len(x)):
        for j in range(i):
            if x[i] * x[j] > 0.6:
                return x[i] * x[j] ** 2
        if x[i] > 5:
            return x[i]
    return np.sum(x * x)


@program(0.7, also=((1.4,), (2.7,)))
def returns_in_try_and_with(x):
    try:
        with np.errstate(all="ignore"):
            if x > 2:
                return x**3
            for k in range(3):
                if x * k > 2.5:
                    return x * k
    finally:
        k = 0
    return x * x


@program(1.7)
def while_true(x):
    y, n = x, 0
    while True:
        new = 0.5 * (y + x / y)
        n += 1
        if abs(new - y) < 1e-12:
            break
        y = new
    return y * n


@program(x5)
def counted_backwards(x):
    total = 0.0
    for i in range(len(x) - 1, -1, -1):
        total = total * 0.5 + x[i]
    for i in range(0, len(x), 2):
        total += x[i] ** 2
    for i in reversed(range(1, 4)):
        total *= x[i] + 2
    for v in reversed(x):
        total += v * total
    return total + i * total


@program(x5)
def loop_variable_after(x):
    for i in range(3):
        y = x[i] * x[i]
    for v in x:
        pass
    return y * i + v * v


@program(x3, [0.2, -0.3], (1.1, 0.4))
def iterators(x, parts, pair):
    total = 0.0
    for i, (a, b) in enumerate(zip(parts, pair), start=1):
        total += a * b * i
    for i, v in enumerate(x, 2):
        total += v**i
    for a, b, c in zip(x, x[1:], reversed(x)):
        total += a * b * c
    for a, b in zip(x, parts):
        total += a * b
    for (i, a), b in zip(enumerate(x), range(10, 13)):
        total += a * b * i
    for a, b in itertools.pairwise(x):
        total += (a - b) ** 2
    for a, b in itertools.product(parts, pair):
        total += a * b
    for a, b in itertools.combinations(pair, 2):
        total += a / b
    for v in itertools.chain(parts, pair, x):
        total += v**2
    for t in itertools.accumulate(pair):
        total += t**2
    for k, v in zip(itertools.count(1), pair):
        total += v * k
    for v, w in itertools.zip_longest(parts, x, fillvalue=1.0):
        total += v * w
    for v in itertools.islice(x, 1, 3):
        total += v**3
    for v, w in zip(pair, itertools.cycle([2.0, 3.0])):
        total += v * w
    for v in map(lambda p, q: p * q, parts, pair):
        total += v
    for v in itertools.repeat(x[0], 2):
        total += v**2
    for v in itertools.starmap(lambda p, q: p * q, zip(parts, pair)):
        total += v * v
    for v in itertools.takewhile(lambda k: k < 2, range(5)):
        total += v * x[1]
    return total


@program({"a": 0.7, "b": x3, "c": {"d": 1.1}})
def dicts(p):
    total = 0.0
    for key in p:
        if key == "a":
            total += p[key] ** 2
    for key, value in p.items():
        if isinstance(value, dict):
            total += sum(value.values()) ** 2
        elif key != "a":
            total += np.sum(value**2)
    for value in p["c"].values():
        total += value
    for key in sorted(p.keys()):
        total += 1.0
    for k, (key, value) in enumerate(p.items()):
        if k < 1:
            total += value * k + value
    squares = {k: v * v for k, v in p["c"].items()}
    squares.update(e=p["a"])
    squares |= {"f": p["a"] * 2}
    merged = {**squares, "g": 1.0}
    return total + sum(merged.values()) + len(merged) + ("e" in merged) * p["a"]


@program(x5)
def sums_of_generators(x):
    a = sum(v * v for v in x)
    b = sum(v for v in x if v > 0)
    c = sum((v * w for v in x for w in x[:2]), 1.0)
    d = sum([x[i] * x[j] for i in range(3) for j in range(i) if i != j])
    e = sum(sum(v * w for w in x) for v in x if v > 0.5)
    f = math.fsum(v for v in x) + math.prod(v for v in x)
    g = np.sum([v**2 for v in x]) + np.mean([v for v in x])
    return a + b + c + d + e + f * g


@program(x5)
def extremes_of_generators(x):
    a = max(v * v for v in x) + min(v for v in x)
    b = max([x[0], x[1]]) + min(x[0], x[1], 3.0) + max(0.0, x[2])
    c = max((v for v in x), key=lambda v: abs(v - 1)) + min(x, key=lambda v: v * v)
    d = max((v for v in []), default=2.0) * max(x) + min(x.tolist())
    e = sorted(v * v for v in x)
    f = sorted(x, reverse=True)
    return a + b + c + d + e[0] * e[1] + e[-1] * f[0] + f[1]


@program(x5)
def any_all(x):
    total = x[0]
    if any(v > 2 for v in x) and all(v > -1 for v in x):
        total += x[1] ** 2
    if any(v > 5 for v in x) or not all(x > 0):
        total += x[2] ** 2
    if all(isinstance(v, float) for v in x) and any([]) is False:
        total += x[3] ** 2
    return total


@program(x5)
def collections_of_generators(x):
    a = list(v * v for v in x)
    b = tuple(v + 1 for v in x)
    c = dict((k, v) for k, v in enumerate([x[0], x[1]]))
    d = dict(zip(["p", "q"], [x[2], x[3]]))
    e = np.array([[v * w for w in x] for v in x])
    f = np.fromiter((v * 2 for v in x), float)
    g = deque(v for v in x)
    h = [*a, *b]
    return a[1] * b[2] + c[1] * d["p"] + np.sum(e) * f[2] + g[0] + sum(h)


@program(m23)
def nested_comprehensions(m):
    t = [[row[j] for row in m] for j in range(3)]
    flat = [v for row in t for v in row if v > 0 if v < 1]
    u = [[r * c for c in range(k)] for k, r in enumerate(m[0])]
    pairs = [(a, b) for a, b in zip(*m)]
    cols = list(zip(*m.tolist()))
    lens = {k: [v * k for v in row] for k, row in enumerate(m)}
    return sum(map(sum, t)) + sum(flat) + u[2][1] + sum(a * b for a, b in pairs) + cols[0][1] + lens[1][0] ** 2


@program(m23)
def zip_of_star(m):
    rows = [list(r) for r in m]
    total = 0.0
    for a, b in zip(*rows):
        total += a * b
    xs, ys = zip(*[(v, v * v) for v in m[0]])
    return total + sum(xs) * sum(ys)


@program(x5)
def growing_lists(x):
    out = []
    for v in x:
        out.append(v * v)
        if len(out) > 3:
            out.pop(0) if False else out.pop()
    out.extend([x[0], x[1]])
    out += [x[2]]
    out.insert(0, x[3])
    out.reverse()
    out = out + [1.0] * 2
    out[1] = out[0] * out[-3]
    return sum(out) + out[2] ** 2 + np.sum(np.array(out) ** 2)


@program(x5)
def list_as_stack_and_queue(x):
    stack = [x[0]]
    queue = deque([x[1]])
    total = 0.0
    for v in x:
        stack.append(stack[-1] * v)
        queue.append(v)
        total += queue.popleft() * stack[0]
    while stack:
        total += stack.pop()
    return total


@program(x5)
def bounded_deque(x):
    window = deque(maxlen=3)
    total = 0.0
    for v in x:
        window.append(v)
        total += sum(window) ** 2
    return total


@program(x5, 2)
def bounded_deque_given(x, n):
    window = deque([0.0] * n, maxlen=n)
    total = 0.0
    for v in x:
        total += v * window[0] + window[-1]
        window.append(v)
    return total * len(window)


@program(x3)
def indices(x):
    a = np.outer(x, x)
    total = 0.0
    for (i, j), v in np.ndenumerate(a):
        total += v * (i + 2 * j)
    for i, j in np.ndindex(a.shape):
        total += a[i, j] * i
    for i in np.ndindex(3):
        total += x[i] ** 2
    for i in np.argsort([0.3, 0.1, 0.2]):
        total += x[i] * i
    for i in np.arange(3):
        total += x[i] ** 3
    for t in np.linspace(0, 1, 4):
        total += t * x[0]
    for k in [2, 0]:
        total *= 1 + x[k]
    for i in np.nonzero(x > 0)[0]:
        total += x[i]
    return total


@program(x3)
def reductions(x):
    a = reduce(lambda p, q: p * q + 1, x)
    b = reduce(lambda p, v: p * 0.5 + v, x, 1.0)
    c = reduce(lambda p, q: p @ q, [np.outer(x, x), np.outer(x, x)])
    return a + b + np.sum(c)


@program(x3)
def mapping(x):
    a = list(map(math.sin, x))
    b = sum(map(lambda v: v * v, x))
    c = list(filter(lambda v: v > 0, [1.0, -1.0]))
    d = [f(x[0]) for f in (math.sin, math.exp, lambda v: v**2)]
    return sum(a) + b + len(c) + sum(d)


@program(x3)
def sorting_by_key(x):
    pairs = [(2, x[0]), (0, x[1]), (1, x[2])]
    pairs.sort()
    names = sorted({"b": x[0], "a": x[1]}.items(), key=lambda kv: kv[0])
    byk = sorted(pairs, key=lambda p: -p[0], reverse=True)
    return pairs[0][1] * 2 + names[0][1] * 3 + byk[0][1] * 5


@program(x3)
def sorting_by_value(x):
    pairs = sorted([(x[0], 1.0), (x[1], 2.0), (x[2], 3.0)], key=lambda p: p[0])
    order = sorted(range(3), key=lambda i: x[i])
    return pairs[0][0] * pairs[0][1] + pairs[1][0] * 2 + x[order[2]] ** 2


@program(x5)
def unpacked_loops(x):
    total = 0.0
    for a, *rest in [(x[0], x[1], x[2]), (x[3], x[4])]:
        total += a * sum(rest)
    for (a, b), c in [((x[0], x[1]), x[2])]:
        total += a * b * c
    for _ in range(2):
        total *= x[0]
    return total


@program(x3)
def loops_over_strings(x):
    total = 0.0
    for c, v in zip("abc", x):
        if c in "ac":
            total += v * ord(c)
    for word in "sin cos".split():
        total += getattr(np, word)(x[0])
    return total


@program(x5, 3)
def while_with_state(x, n):
    lo, hi = 0, len(x) - 1
    total = 0.0
    while lo < hi and n > 0:
        total += x[lo] * x[hi]
        lo, hi, n = lo + 1, hi - 1, n - 1
    return total * lo


@program(x3)
def iterator_by_hand(x):
    it = iter([x[0], x[1], x[2]])
    a = next(it)
    b = next(it)
    total = a * b
    for v in it:
        total += v * v
    return total


@program(x3)
def next_of_generator(x):
    first = next(v for v in x if v < 0)
    k = next((i for i, v in enumerate(x) if v < 0), -1)
    return first * x[0] + k * x[2]


@program(x3)
def lists_of_lists(x):
    rows = [[0.0] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(i + 1):
            rows[i][j] = x[i] * x[j]
    rows[0], rows[2] = rows[2], rows[0]
    return sum(sum(r) for r in rows) + rows[0][1] ** 2


@program(x3)
def list_methods(x):
    a = [x[0], x[1]]
    b = a.copy()
    b.extend(v for v in x)
    c = a * 2 + b[1:3] + b[::-1]
    k = ["u", "v"].index("v")
    n = [1, 2, 1].count(1)
    del c[0]
    c.remove(c[0]) if False else c.clear() if False else None
    return sum(c) * k + n * a[-1] + b[-1] * len(c)


# ---- refusals


@program(x3)
def changed_list_while_iterated(x):
    values = [x[0], x[1]]
    for v in values:
        if len(values) < 4:
            values.append(v * v)
    return sum(values)


@program.refused(x3)
def set_comprehension(x):
    return sum({v * v for v in x})  # <- refused


@program(x3, 3)
def list_changed_by_an_inner_loop(x, n):
    values, total = [x[0], x[1], x[2]], 0.0
    for v in values:
        for k in range(n):
            values[k] = values[k] * 2.0
        total = total + v
    return total


@program(x3)
def value_as_key(x):
    return sum({v: v * x[1] for v in x}.values()) * x[0]


@program.refused(x3)
def frozen_set(x):
    return sum(frozenset([x[0], x[1]]))  # <- refused


@program(x3)
def set_from_list(x):
    return len(set(x)) * x[0]


test_gradients, test_refusals = program.tests()
test_errors = program.errors()

"""Dicts whose keys only the run knows, or the order of whose keys it knows alone."""

from collections import Counter, defaultdict

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4])
Y = np.array([0.3, 1.1, 2.4, -1.6])

programs = Programs()
right, raises = programs, programs.raises


@right(X, also=((Y,),))
def asked_and_set(x):
    found = {}
    for i in range(len(x)):
        key = int(np.floor(x[i]))
        if key in found:
            found[key] = found[key] + x[i] ** 2
        else:
            found[key] = x[i]
    return sum(v * v for v in found.values())


@right(X, also=((Y,),))
def get_with_a_default(x):
    found = {}
    for v in x:
        key = int(v)
        found[key] = found.get(key, 0.0) + v**3
    total = 1.0
    for key, v in found.items():
        total += (key + 1.5) * v * v
    return total


@right(X, also=((Y,),))
def grouped(x):
    groups = defaultdict(list)
    for i, v in enumerate(x):
        groups[int(v)].append((v, i))
    total = 0.0
    for key, rows in groups.items():
        for v, i in rows:
            total += key * v**2 + i * v**3
    return total


@right(X, also=((Y,),))
def grouped_by_setdefault(x):
    groups = {}
    for v in x:
        groups.setdefault(int(v), []).append(v)
    return sum(sum(group) ** 2 for group in groups.values())


@right(X, also=((Y,),))
def added_up(x):
    sums = defaultdict(float)
    for v in x:
        sums[int(v)] += v * v
    return sum(np.sin(v) for v in sums.values())


@right(X, also=((Y,),))
def counted(x):
    counts = Counter(int(v) for v in x)
    return sum(counts[int(v)] * v * v for v in x) + counts[7] * x[0] + len(counts)


@right(X, also=((Y,),))
def keys_of_two_numbers(x):
    found = {}
    for i, v in enumerate(x):
        key = (int(v), i % 2)
        found[key] = found.get(key, 0.0) + v**2
    total = 0.0
    for (a, b), v in found.items():
        total += (a + 2 * b + 1) * v * v
    return total


@right(X, also=((Y,),))
def deleted_and_popped(x):
    found = {}
    for v in x:
        found[int(v)] = v**2
    first = found.pop(int(x[2]))
    del found[int(x[1])]
    return sum(found.values()) * first * (len(found) + 1) + found.pop(9, x[0] ** 2)


@raises(X)
def missing(x):
    found = {}
    for v in x:
        found[int(v)] = v**2
    return found[7]  # <- key


@right(X, also=((Y,),))
def sorted_keys(x):
    found = {int(v): v**2 for v in x}
    total = 0.0
    for key in sorted(found):
        total = total * 2 + found[key]
    return total


@right(X, also=((Y,),))
def remembered(x):
    memo = {}

    def value(k):
        if k in memo:
            return memo[k]
        memo[k] = x[0] ** 2 * k
        return memo[k]

    total = 0.0
    for v in x:
        total += value(int(v)) * v
    return total


@right(X, also=((Y,),))
def order_of_the_run(x):
    found = {}
    if x[0] > 0.5:
        found["b"] = x[1]
        found["a"] = x[2] * x[1]
    else:
        found["a"] = x[1]
        found["b"] = x[2]
    total = 0.0
    for v in found.values():
        total = total * 2 + v**2
    return total


@right(X, also=((Y,),))
def order_of_the_first_time(x):
    counts = Counter()
    total = 0.0
    for v in x:
        counts["up" if v > 0 else "down"] += 1
        total += counts["up"] * v * v
    for n in counts.values():
        total = total * 2 + n * x[0]
    return total


@right(X, also=((Y,),))
def made_where_it_is_missing(x):
    groups = {}
    for v in x:
        key = "up" if v > 0 else "down"
        if key not in groups:
            groups[key] = []
        groups[key].append(v * v)
    return sum(sum(v) ** 2 for v in groups.values())


@right(X, also=((Y,),))
def arrays_added_to(x):
    groups = {}
    for v in x:
        key = "up" if v > 0 else "down"
        if key in groups:
            groups[key] += v * x
        else:
            groups[key] = v * x**2
    return sum(np.sum(np.sin(v)) for v in groups.values())


@right(X, also=((Y,),))
def lists_by_a_number(x):
    groups = [[] for _ in range(3)]
    for v in x:
        groups[int(abs(v)) % 3].append(v * v)
    return sum(sum(group) ** 2 for group in groups)


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
test_error = programs.errors()

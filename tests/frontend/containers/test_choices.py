"""What the run chooses: items of lists of several kinds, keys that may be missing, tuples by their order."""

from collections import Counter, defaultdict

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4])
Y = np.array([-0.7, 1.2, -2.3, 0.4])

programs = Programs()
right, raises = programs, programs.raises


@right(X)
def item_by_place_of_largest(x):
    parts = [x[0], x[1:3], np.outer(x, x)]
    return np.sum(parts[int(np.argmax(x))]) ** 2


@right(X, also=((Y,),))
def items_by_counter_of_the_run(x):
    parts = [x[0], x[1:3], np.outer(x, x)]
    total = 0.0
    for k in range(int(abs(x[2]))):
        total += np.sum(parts[-k]) ** 2
    return total


@right(X, also=((Y,),))
def functions_by_number(x):
    steps = [np.sin, np.exp, lambda v: v**2]
    return steps[int(x[0] > 0) - 1](x[0] * x[1])


@right(X, also=((Y,),))
def tuple_or_number(x):
    parts = [(x[0], x[1]), x[2] * x[3]]
    found = parts[int(x[0] < 0)]
    if isinstance(found, tuple):
        return found[0] ** 2 * found[1]
    return found * x[0]


@right(X)
def written_through_the_choice(x):
    parts = [x.copy(), np.outer(x, x)]
    parts[int(x[0] < 0)][0] = x[1] ** 2
    return np.sum(np.sin(parts[0])) + np.sum(parts[1])


@raises(X)
def item_that_is_not_there(x):
    parts = [x[0], x[1:3]]
    return np.sum(parts[int(x[2])]) ** 2  # <- index


@right(X, also=((Y,),))
def keys_of_some_ways(x):
    found = {"z": x[3]}
    if x[0] > 0:
        found["a"] = x[1]
    if x[1] > 0:
        found["b"] = x[2] * x[1]
    total = 0.0
    for key, value in found.items():
        total = total * 2 + value**2 + len(key)
    return total * len(found)


@right(X, also=((Y,),))
def left_at_a_key(x):
    found = {"z": x[3]}
    if x[0] > 0:
        found["a"] = x[1]
    found["b"] = x[2] * x[1]
    total = 0.0
    for key in found:
        if found[key] < 0:
            break
        total = total * 2 + found[key] ** 2
    return total + sum(found.values()) + sum(list(found.values())) ** 2


@right(X, also=((Y,),))
def popped_with_a_default(x):
    found = {"z": x[3]}
    if x[0] > 0:
        found["a"] = x[1]
    first = found.pop("a", x[2]) ** 2
    return first * found.pop("a", x[2]) * len(found) * found["z"]


@right(X)
def deleted_where_it_is(x):
    found = {"z": x[3]}
    if x[0] > 0:
        found["a"] = x[1]
    del found["a"]
    return len(found) * found["z"] ** 2


@raises(Y)
def deleted_where_it_is_not(x):
    found = {"z": x[3]}
    if x[0] > 0:
        found["a"] = x[1]
    del found["a"]  # <- here
    return len(found) * found["z"] ** 2


@right(X, also=((Y,),))
def missing_key_caught(x):
    found = {}
    if x[0] > 0:
        found["a"] = x[1]
    try:
        part = found["a"] * 2
    except KeyError:
        part = x[2] ** 2
    return part * x[3]


@right(X)
def made_in_the_first_turn(x):
    cache = {}
    total = 0.0
    for i in range(len(x)):
        if "w" not in cache:
            cache["w"] = x * x
        total += cache["w"][i] * x[i]
    return total


class Cache:
    pass


@right(X, also=((Y,),))
def attribute_of_some_ways(x):
    cache = Cache()
    total = 0.0
    for v in x:
        if v > 0 and not hasattr(cache, "first"):
            cache.first = v
        total += v**2 * cache.first if hasattr(cache, "first") else v**3
    return total


@right(X, also=((Y,),))
def counted_by_sign(x):
    counts = Counter()
    total = 0.0
    for v in x:
        counts["up" if v > 0 else "down"] += 1
        total += counts["up"] * v * v
    return total * counts["down"]


@right(X, also=((Y,),))
def grouped_by_sign(x):
    groups = defaultdict(list)
    for v in x:
        groups["up" if v > 0 else "down"].append(v * v)
    return sum(groups["up"]) * sum(groups["down"]) + len(groups["up"])


@right(X, also=((Y,),))
def grouped_by_setdefault(x):
    groups = {}
    for v in x:
        groups.setdefault("up" if v > 0 else "down", []).append(v * v)
    return sum(groups["up"]) ** 2 * sum(groups.get("down", []))


@right(X, also=((Y,),))
def tuples_in_order(x):
    if (1, x[0]) < (1, x[3]):
        return x[1] ** 2
    return x[0] ** 2 if [x[0], 1] >= [x[1]] else x[2] ** 2


@right(X, also=((Y,),))
def largest_tuple(x):
    value, place = max([(v * v, k) for k, v in enumerate(x)])
    return value * (place + 1)


@right(X)
def arrays_of_one_element(x):
    first, *rest = sorted([x[:1], x[1:2] * 2, x[2:3]])
    return first[0] ** 2 * min(x[:1], x[3:])[0] + rest[0][0] * rest[1][0]


@right(X)
def rounded_length(x):
    return np.sum(np.ones(round(2.0 * len(x) / 3)) * x[0]) ** 2


@raises(X)
def item_of_a_tuple(x):
    pair = (x[0], x[1])
    pair[0] = 3.0  # <- here
    return pair[0]


@raises(X)
def item_of_a_tuple_added_to(x):
    pair = (x[0], x[1])
    pair[0] += 3.0  # <- here
    return pair[0]


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
test_error = programs.errors()

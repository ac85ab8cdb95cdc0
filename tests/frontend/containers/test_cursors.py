"""Items that are taken one at a time, of every kind of iterator: each of them is read when its turn comes."""

import itertools

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4, 1.1])
Y = np.array([0.3, 1.1, 2.4, -1.6, 0.8, 0.5])

programs = Programs()
right, raises, refused = programs, programs.raises, programs.refused


# ---- what changes under an iterator


@right(X, also=((Y,),))
def set_meanwhile(x):
    values = [x[0], x[1], x[2]]
    left = iter(values)
    first = next(left)
    values[1] = first * first
    return first + next(left) * 2 + next(left)


@right(X, also=((Y,),))
def appended_meanwhile(x):
    values = [v * v for v in x]
    left = iter(values)
    first = next(left)
    values.append(first * x[1])
    values[1] = 3 * first
    return sum(v**2 for v in left)


@right(X)
def appended_behind_the_end(x):
    values = [x[0], x[1]]
    left = iter(values)
    total = sum(left)
    values.append(x[2])
    return total**2 + sum(left) + next(left, x[3])


@right(X, also=((Y,),))
def array_changed_meanwhile(x):
    y = x.copy()
    left = iter(y)
    first = next(left)
    y[1] = 5 * x[0]
    return first * next(left)


@right(X)
def mapped_meanwhile(x):
    values = [x[0], x[1], x[2]]
    left = map(np.sin, values)
    first = next(left)
    values[1] = first * first
    return first + next(left) * 2 + next(left)


@right(X)
def grown_by_the_loop(x):
    values = [x[0], x[1]]
    total = 0.0
    left = iter(values)
    for v in left:
        total += v**2
        if len(values) < 4:
            values.append(v * x[2])
    return total


@refused(X)
def reversed_meanwhile(x):
    values = [x[0], x[1], x[2]]
    left = reversed(values)
    first = next(left)
    values[1] = first * first
    return sum(left)  # <- the items of this iterator were read before


# ---- loops that go on where another one was left


@right(X, also=((Y,),))
def pairs_of_neighbours(x):
    left = iter(x)
    return sum(a * b**2 for a, b in zip(left, left))


@right(X, also=((Y,),))
def skipping(x):
    left, total = iter(x), 0.0
    for v in left:
        if v < 0:
            total += next(left, 1.0) ** 3
        else:
            total += v
    return total


@right(X, np.array([1, 0, 2]))
def blocks(x, sizes):
    left, total = iter(x), 0.0
    for size in sizes:
        total += sum(itertools.islice(left, size)) ** 2
    return total * next(left)


@right(X, also=((Y,),))
def sections(x):
    left, heads, total = iter(x), 0.0, 0.0
    for v in left:
        if v > 1:
            break
        heads += v
    for v in left:
        total += heads * v**2
    return total


@refused(X)
def counted_on(x):
    count = itertools.count(1)
    first = sum(k * v for k, v in zip(count, x))
    return first + sum(k * v**2 for k, v in zip(count, x))  # <- where the count stands isn't known


# ---- the kinds


@right(X, also=((Y,),))
def of_a_slice(x):
    left = itertools.islice(x, 1, None, 2)
    one, two = next(left), next(left)
    return one * two + sum(left)


@right(X, also=((Y,),))
def of_a_slice_of_a_generator(x):
    left = itertools.islice((v * v for v in x), 1, 4)
    return next(left) * next(left) ** 2 + next(left) + next(left, x[0])


@right(X, 7, also=((Y, 3),))
def of_a_cycle(x, n):
    left, total = itertools.cycle(np.sin(x)), 0.0
    for k in range(n):
        total += next(left) * (k + 1)
    return total**2


@right(X, also=((Y,),))
def of_a_cycle_of_items(x):
    left = itertools.cycle([x[0], np.exp(x[1]), 2.0])
    return sum(next(left) * v for v in x)


@right(X, also=((Y,),))
def of_a_count(x):
    count, total = itertools.count(1), 0.0
    for v in x:
        total += v ** next(count)
    return total


@right(X)
def of_a_moving_count(x):
    count = itertools.count(x[0], x[1])
    return sum(next(count) ** 2 for _ in range(4)) * x[2]


@right(X, also=((Y,),))
def of_a_chain(x):
    left = itertools.chain(x[:2], [x[0] * x[1]], x[2:])
    one, two, three, four = next(left), next(left), next(left), next(left)
    return one * two + three * four + sum(left)


@right(X, also=((Y,),))
def of_enumerate_in_a_loop(x):
    left, total = enumerate(x, 1), 0.0
    while True:
        k, v = next(left, (0, 0.0))
        if k == 0:
            break
        total += k * v**2
    return total


@right(X, also=((Y,),))
def of_pairs(x):
    left = itertools.pairwise(x)
    a, b = next(left)
    c, d = next(left)
    return a * b + c * d**2 + sum(u * v for u, v in left)


@right(X, also=((Y,),))
def of_running_sums(x):
    left = itertools.accumulate(x, lambda a, b: a * 0.5 + b)
    next(left)
    second = next(left)
    return second**2 * next(left) + sum(left)


@right(X)
def of_running_sums_with_a_start(x):
    left = itertools.accumulate(x, initial=x[0] ** 2)
    return next(left) * next(left) + sum(left)


@right(X)
def of_takewhile(x):
    left = itertools.takewhile(lambda v: v > 0, x)
    return next(left) ** 2 + next(left, x[2]) + next(left, x[3])


@right(X, also=((Y,),))
def of_dropwhile(x):
    left = itertools.dropwhile(lambda v: v > 0, x)
    first = next(left)
    return first**2 * next(left) + sum(left)


@right(X, also=((Y,),))
def of_starmap(x):
    left = itertools.starmap(lambda a, b: a * b, zip(x, x[1:]))
    return next(left) ** 2 + sum(left)


@right(X)
def of_zip_longest(x):
    left = itertools.zip_longest(x, x[:2], fillvalue=2.0)
    a, b = next(left)
    return a * b + sum(u * v for u, v in left)


@right(X)
def of_combinations(x):
    left = itertools.combinations(x, 2)
    a, b = next(left)
    return a * b**2 + sum(u * v for u, v in left)


@right(X)
def of_repeat(x):
    left = itertools.repeat(x[0])
    return next(left) * next(left) * x[1]


@right(X)
def of_a_function_that_is_asked(x):
    values = [x[0], x[1], x[2]]
    return sum(v * v for v in iter(lambda: values.pop() if values else None, None))


@right(X, also=((Y,),))
def inside_a_generator(x):
    def weighted():
        for k in itertools.count(1):
            yield k * x[k]

    left = weighted()
    return next(left) * next(left) ** 2


class Upwards:
    def __init__(self, start):
        self.value = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.value > 5:
            raise StopIteration
        self.value = self.value * 1.5
        return self.value


@right(np.array([1.1, 2.0]))
def of_a_class(x):
    left, total = Upwards(x[0]), 0.0
    while (v := next(left, None)) is not None:
        total += v**2
    return total * x[1]


@raises(X)
def of_a_list(x):
    values = [x[0], x[1]]
    return next(values)  # <- a list is no iterator


test_gradient, test_refusal = programs.tests()
test_error = programs.errors()
test_tangent = tangents(programs)
test_second = second_orders(programs)

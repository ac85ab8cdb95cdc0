"""Generators and iterators: who runs when, what is left, and who sees what another one has written."""

import itertools
import math
import operator

import numpy as np

from tests.corpus import Corpus, normal

corpus = Corpus(__name__)
program = corpus.program


def halves(x):
    while x > 0.01:
        yield x
        x = x / 2


def fibonacci(a):
    p, q = a, 1.0
    while True:
        yield p
        p, q = q, p + q


def sum_of_a_generator(x):
    return sum(v**2 for v in halves(x * x))


program(sum_of_a_generator, 1.3, also=((0.05,),))


def neighbours(a):
    for i in range(len(a) - 1):
        yield a[i], a[i + 1]
    yield from zip(a[:1], a[1:2])


def pairs_from_a_generator(a):
    total = 0.0
    for left, right in neighbours(a):
        total += left * right**2
    return total


program(pairs_from_a_generator, normal(4), also=((normal(6),),))


def endless_and_left(a):
    total = 0.0
    for k, v in enumerate(fibonacci(a)):
        if k >= 6:
            break
        total += v * v
    for v in fibonacci(a):
        total += v * v
        if total > 500:
            break
    return total


program(endless_and_left, 1.3)


def running(buffer, x):
    for i in range(len(x)):
        buffer[0] = x[i] * 2
        yield buffer[0]
        buffer[0] = buffer[0] + 10 * x[i]


def taking_turns(x):
    """The generator and the loop over it write to one array, by turns."""
    buffer, total = np.zeros(2), 0.0
    for v in running(buffer, x):
        total += v * buffer[0]
        buffer[0] = buffer[0] * x[0]
    return total + buffer[0]


program(taking_turns, normal(4))


def late_reading(x):
    """A generator expression reads an element when its turn comes."""
    y, total = x.copy(), 0.0
    for v in (2 * w for w in y):
        y[1] = 5.0 * x[0]
        total = total + v
    for a, b in itertools.pairwise(y):
        total += a * b
        y[2] = total
    for a in itertools.islice(y, 3):
        total += a
        y[2] = x[1] ** 2
    for a in itertools.chain(y, y[:2]):
        total += a * a
        y *= 1.5
    return total


program(late_reading, normal(4))


def written_to_meanwhile(x):
    y, total = x.copy(), 0.0
    for a, b in zip(y, y[1:]):
        total += a * b
        y[1] = total
    for v in reversed(y):
        total += v
        y[0] = total * 2
    for v in itertools.accumulate(y):
        total += v
        y[2] = total
    for a, b in itertools.zip_longest(y, y[:2], fillvalue=1.0):
        total += a * b
        y[2] = x[0]
    taken = itertools.takewhile(lambda v: abs(v) < 1e6, y)
    paired = zip(y, itertools.count())
    y[0] = x[2] ** 2
    return total + sum(taken) + sum(a * (i + 1) for a, i in paired)


program(written_to_meanwhile, normal(3))


def with_a_result(x):
    def running_sum():
        total = 0.0
        for v in x:
            total += v
            yield total
        return total * 2

    def outer():
        result = yield from running_sum()
        yield result**2

    return sum(v * v for v in outer())


program(with_a_result, normal(3))


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def tree_in_order(x):
    tree = Tree(x[0], Tree(x[1], None, Tree(x[3])), Tree(x[2]))
    return sum(k * v**2 for k, v in enumerate(tree))


program(tree_in_order, normal(4))


def left_by_return(x):
    def first_below(limit):
        for v in halves(x):
            if v < limit:
                return v
        return 0.0

    return first_below(0.3) ** 2 + first_below(-1.0)


program(left_by_return, 1.3)


def sieve(x):
    """Under conditions of the run, in nested loops; unpacked."""

    def products():
        for a in x:
            for b in x:
                if a < b:
                    continue
                yield a * b

    first, second, *rest = products()
    return first * second + sum(rest)


program(sieve, np.array([0.7, 1.3, -0.4]), also=((np.array([0.7, 0.3, 1.4, -0.3]),),))


def one_at_a_time(x):
    endless, ending, total = fibonacci(x), halves(x), 0.0
    for _ in range(5):
        total += next(endless) ** 2
    while True:
        v = next(ending, None)
        if v is None:
            break
        total += v * next(endless)
    return total


program(one_at_a_time, 1.3)


def begun_and_gone_on_with(x):
    values = halves(x)
    first, second = next(values), next(values)
    it = iter([x, x**2, x**3])
    return first * second + sum(values) + next(it) * sum(it) + next(values, 7.0)


program(begun_and_gone_on_with, 1.3)


def average_by_send(x):
    def average():
        total, count, mean = 0.0, 0, None
        while True:
            v = yield mean
            total += v
            count += 1
            mean = total / count

    means = average()
    next(means)
    result = 0.0
    for v in x:
        result = result * 0.5 + means.send(v * v)
    return result


program(average_by_send, normal(4))


def two_generators_side_by_side(x):
    both = sum(a * b for a, b in zip(halves(x), fibonacci(x)))
    beside_known = math.prod(a + i * b for i, (a, b) in enumerate(zip(halves(x), [1.0, 2.0, 3.0])))
    return both * beside_known + sum(a * b for a, b in zip([x, 2.0], halves(x)))


program(two_generators_side_by_side, 1.3)


def through_itertools(x):
    taken = sum(itertools.takewhile(lambda v: v > 0.1, halves(x)))
    dropped = sum(itertools.dropwhile(lambda v: v > 0.1, halves(x)))
    cut = sum(k * v for k, v in enumerate(itertools.islice(fibonacci(x), 1, 8, 3)))
    mapped = sum(map(lambda a, b: a * b, halves(x), fibonacci(x))) + sum(filter(lambda a: a > 0.3, halves(x)))
    running_products = list(itertools.accumulate([x, 2 * x, x**2], lambda a, b: a * b))
    chained = sum(itertools.chain.from_iterable([halves(x), [x]]))
    return taken + dropped * cut + mapped + sum(running_products) + chained


program(through_itertools, 1.3)


def accumulated(x):
    growing = sum(k * v for k, v in enumerate(itertools.accumulate(x, lambda a, b: a * b + 1)))
    first, second = itertools.tee(x)
    next(second)
    grouped = 0.0
    for key, group in itertools.groupby(range(len(x)), key=lambda i: i // 2):
        grouped += (key + 1) * sum(x[i] ** 2 for i in group)
    return growing + sum(itertools.accumulate(x, initial=x[0])) + sum(a * b for a, b in zip(first, second)) + grouped


program(accumulated, normal(4), also=((normal(5),),))


def found_or_not(x):
    found = next((v * v for v in x if v > 0.5), 0.0)
    missing = next((v for v in x if v > 50.0), None)
    return found + (x[1] if missing is None else missing) + next(v for v in x if v < 0.5) ** 2


program(found_or_not, np.array([0.3, 0.9, 0.6]))


def nothing_left(x):
    pairs = zip(x, x[::-1])
    once = sum(a * b for a, b in pairs)
    return once + sum(a + b for a, b in pairs)


program(nothing_left, normal(3))


class Countdown:
    def __init__(self, x, n):
        self.x, self.n = x, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        self.x = self.x * 1.1
        return self.x


def steps_of_a_class(x):
    total = 0.0
    for v in Countdown(x, 3):
        total += v * v
    return total + sum(v * k for k, v in enumerate(Countdown(x, 4)))


program(steps_of_a_class, 1.3)


def counted_and_chosen(x):
    chosen = sum(a * a for a in itertools.compress(x, [1, 0, 1]))
    return chosen + np.array(range(3)) @ x + np.sum(x[list(range(2))]) + operator.iadd(x[0], 2.0) * x[1]


program(counted_and_chosen, normal(3))


def cleaned_up(x):
    def values():
        try:
            yield from x
        finally:
            count[0] += 1.0

    count, total = np.zeros(1), 0.0
    for v in values():
        total += v * v * (1 + count[0])
    return total * count[0]


program(cleaned_up, normal(3))


def rows_of_rows(x):
    rows = ((a * b for b in x) for a in x)
    total = 0.0
    for row in rows:
        total += max(row)
    return total + sum(v for row in np.outer(x, x) for v in row if v > 0)


program(rows_of_rows, np.array([0.3, 0.9, -0.6]))

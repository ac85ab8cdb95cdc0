"""Classes that are made from list, dict and their like, and the containers of `collections` in all that they do."""

import copy
import statistics
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.3, 0.4, 1.1])
Y = np.array([-0.3, 1.1, 0.9, -1.6])

programs = Programs()
right = programs


# ---- made from list


class Doubling(list):
    def append(self, value):
        super().append(2 * value)

    def total(self):
        return sum(v * v for v in self)

    @property
    def last(self):
        return self[-1]


class Cyclic(list):
    def __getitem__(self, k):
        return super().__getitem__(k % len(self))


class Vector(list):
    def __add__(self, other):
        return Vector(a + b for a, b in zip(self, other, strict=True))

    def __mul__(self, k):
        return Vector(a * k for a in self)

    __rmul__ = __mul__

    def dot(self, other):
        return sum(a * b for a, b in zip(self, other, strict=True))


@right(X, also=((Y,),))
def methods_of_a_list(x):
    values = Doubling()
    for v in x:
        values.append(np.sin(v))
    values.extend([x[0]])
    values += [x[1] ** 2]
    known = isinstance(values, list) and len(values) == 6 and values == list(values)
    return values.total() + values.last**3 + np.sum(np.array(values) ** 3) + (values.pop() if known else 0.0)


@right(X, also=((Y,),))
def items_of_a_list(x):
    ring = Cyclic(x)
    return ring[5] ** 2 + ring[-1] * ring[4] + sum(ring[i] * ring[i + 1] for i in range(6))


@right(X, also=((Y,),))
def operators_of_a_list(x):
    a, b = Vector(x[:2]), Vector(x[2:])
    return (a + 2 * b).dot(a * 3)


class History(deque):
    def mean(self):
        return sum(self) / len(self)


@right(X, also=((Y,),))
def made_from_a_deque(x):
    recent, total = History(maxlen=3), 0.0
    for v in x:
        recent.append(v * v)
        total += recent.mean() * recent.maxlen
    return total


# ---- made from dict


class Squaring(dict):
    def __getitem__(self, key):
        return 2 * super().__getitem__(key)

    def __setitem__(self, key, value):
        super().__setitem__(key, value * value)


class Record(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value


class ShortRecord(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__


class Made(dict):
    def __missing__(self, key):
        self[key] = made = 0.5 * key
        return made


class Grid(dict):
    def __init__(self, n):
        super().__init__()
        self.n = n

    def around(self, i):
        return [self[j] for j in (i - 1, i + 1) if j in self]


class Sums(defaultdict):
    def total(self):
        return sum(self.values())


class First(OrderedDict):
    def first(self):
        return next(iter(self.values()))


@right(X, also=((Y,),))
def items_of_a_dict(x):
    d = Squaring(a=x[0])
    d["b"] = x[1]
    d["c"] = x[2] * x[3]
    return d["a"] ** 2 + d["b"] * d["c"] + sum(d.values()) + sum({**d, "z": x[0]}.values())


@right(X, also=((Y,),))
def attributes_of_a_dict(x):
    total = 0.0
    for kind in (Record, ShortRecord):
        p = kind(a=x[0], b=x[1])
        p.c = x[2] ** 2
        total += p.a * p.b + p.c + p["c"] * x[3]
    return total


@right(X, also=((Y,),))
def copies_of_a_dict(x):
    record, user = Record(a=x[0]), UserDict(a=x[1])
    record.update(user, b=x[2])
    plain, twin = dict(record), copy.copy(record)
    plain["a"] = x[3] ** 2
    twin.a = x[0] ** 3
    return record.a * plain["a"] * twin.a + sum(dict(user).values()) + len(record)


@right(X, also=((Y,),))
def missing_keys(x):
    d = Made()
    d[1] = x[0]
    return d[1] * d[3] ** 2 + d[3] * x[1] ** 2 + len(d)


@right(X, also=((Y,),))
def attributes_beside_the_keys(x):
    grid = Grid(4)
    for i in range(grid.n):
        grid[i] = x[i] ** 2
    return sum(sum(grid.around(i)) * x[i] for i in grid)


@right(X, also=((Y,),))
def made_from_dicts_of_collections(x):
    sums, first = Sums(float), First()
    for i, v in enumerate(x):
        sums[i % 2] += v**2
        first[i] = v * sums[0]
    return sums.total() * sums[0] + first.first() * first[2]


# ---- in Python


class Stack(UserList):
    def push(self, value):
        self.data.append(value)


class Doubled(UserDict):
    def __setitem__(self, key, value):
        self.data[key] = value * 2


class Squares(Sequence):
    def __init__(self, values):
        self.held = list(values)

    def __len__(self):
        return len(self.held)

    def __getitem__(self, k):
        return self.held[k] ** 2


class Table(MutableMapping):
    def __init__(self):
        self.held = {}

    def __getitem__(self, key):
        return self.held[key]

    def __setitem__(self, key, value):
        self.held[key] = value * value

    def __delitem__(self, key):
        del self.held[key]

    def __iter__(self):
        return iter(self.held)

    def __len__(self):
        return len(self.held)


@right(X, also=((Y,),))
def lists_and_dicts_of_users(x):
    stack, doubled = Stack(), Doubled()
    for v in x:
        stack.push(v * v)
    doubled["a"] = x[0]
    doubled.update(b=x[1] ** 2)
    plain = UserDict({"a": x[0], "b": x[1] ** 2})
    total = sum(stack) * stack[0] + stack.pop() + sum(plain.values()) + plain.get("z", 1.0) * x[3] ** 2
    return total + doubled["a"] * doubled["b"] + sum(doubled.values()) + ("a" in doubled)


@right(X, also=((Y,),))
def abstract_containers(x):
    squares, table = Squares(x), Table()
    table["a"] = x[0]
    table.update(b=x[1], c=x[2])
    del table["c"]
    total = sum(squares) + squares[-1] + sum(reversed(squares)) * x[0] + squares.index(x[1] ** 2)
    total += table["a"] * table.get("b") + table.get("z", x[3] ** 2) + sum(table.values())
    return total + table.pop("a") + table.setdefault("q", x[3])


@right(X, also=((Y,),))
def chained(x):
    base = {"a": x[0], "b": x[1]}
    chain = ChainMap({"a": x[2] ** 2}, base)
    chain["n"] = x[3] ** 2
    child = chain.new_child({"b": x[0] ** 3})
    return (
        chain["a"] * chain["b"] + chain["n"] + child["b"] * child["a"] + sum(child.values()) + chain.parents["a"] ** 2
    )


class Pair(tuple):
    def __new__(cls, *values):
        return super().__new__(cls, values)

    def __add__(self, other):
        return Pair(*(a + b for a, b in zip(self, other, strict=True)))

    def square(self):
        return sum(a * a for a in self)


Named = namedtuple("Named", "x y")


class Point(Named):
    __slots__ = ()

    def __add__(self, other):
        return self._replace(x=self.x + other.x, y=self.y + other.y)


@right(X, also=((Y,),))
def made_from_tuples(x):
    whole = (Pair(x[0], x[1]) + Pair(x[2], x[3])).square()
    moved = Point(x[0], x[1]) + Point._make(x[2:])
    return whole + moved.x * moved.y


# ---- of collections


@right(X, also=((Y,),))
def ordered_dict(x):
    d, total = OrderedDict(), 0.0
    for i, v in enumerate(x):
        d[i] = v * v
    d.move_to_end(1)
    key, value = d.popitem(last=False)
    d.move_to_end(3, last=False)
    for w, (k, v) in enumerate(d.items()):
        total += w * v * k
    return total + value * (3 + key)


@right(X, also=((Y,),))
def counters(x):
    c = Counter([1, 1, 2, 3, 1])
    total = sum(n * x[k] ** 2 for k, n in c.items())
    ((key, n),) = c.most_common(1)
    c.update([2, 2])
    c.update({3: 4})
    c.subtract([1])
    total += n * x[key] ** 3 + c[2] * x[2] ** 2 + c[3] * x[3] + c[77] + c.total() * x[0]
    weights = Counter({0: 1.0 + x[0] ** 2, 5: x[1] ** 2}) + Counter({0: x[2] ** 2, 7: 2.0})
    return total + weights[0] * weights[5] + weights[7] * x[0] + sum(x[k] for k in c.elements())


@right(X, also=((Y,),))
def deques(x):
    d, total = deque(x), 0.0
    d.rotate(1)
    d.appendleft(x[0] ** 2)
    a, b = d.popleft(), d.pop()
    d.extend([x[2] ** 2, x[3] ** 2])
    d.extendleft([1.0, x[0]])
    d.rotate(-2)
    d.insert(1, x[3] ** 3)
    for i, v in enumerate(d):
        total = 0.7 * total + v * (i + 1)
    d.reverse()
    short = deque(d, maxlen=2)
    return total * a + b + d[0] * d[-1] + len(d) + short[0] * short.maxlen


@dataclass(frozen=True)
class Cell:
    i: int
    j: int


@right(X, also=((Y,),))
def keys_by_what_is_in_them(x):
    d = {Cell(i, j): x[2 * i + j] ** 2 for i in range(2) for j in range(2)}
    d[Cell(0, 0)] += x[1]
    return sum(d[Cell(i, i)] for i in range(2)) + sum(v * k.j for k, v in d.items()) + len(d) + (Cell(1, 0) in d)


@right(X, also=((Y,),))
def joined_dicts(x):
    d, e = {}, {}
    for v in x:
        d[int(v > 0)] = v * v
        e[int(v > 0.5) + 1] = v**3
    both = {**d, 7: x[0]} | e
    d.update(e, z=x[1] ** 2)
    return sum(d.values()) + d[1] + sum(v * v for v in both.values())


@right(X, also=((Y,),))
def of_statistics(x):
    normal = statistics.NormalDist(x[0], 1.0 + x[1] ** 2)
    return normal.pdf(0.3) + normal.mean * normal.stdev


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)

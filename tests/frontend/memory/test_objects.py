"""Classes, dataclasses, named tuples, enumerations, containers of the standard library."""

import collections
import copy
import dataclasses
import enum
import functools
import math
import sys
import types
from collections import Counter, OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np

from tests.frontend import Programs

program = Programs()
x3 = np.array([0.7, -1.3, 0.4])


class Shape:
    count = 2
    names = ("a", "b")

    def __init__(self, size, **options):
        self.size = size
        self.options = options
        self._cache = None
        self.history = []

    def area(self):
        return self.size**2 * self.count

    def grow(self, by):
        self.size *= by
        self.history.append(self.size)
        return self

    @property
    def double(self):
        return 2 * self.size

    @double.setter
    def double(self, value):
        self.size = value / 2

    @staticmethod
    def unit(k):
        return k * k

    @classmethod
    def make(cls, size):
        return cls(size, made=True)

    @functools.cached_property
    def expensive(self):
        return self.size**3

    def lazily(self):
        if self._cache is None:
            self._cache = self.size + 1
        return self._cache

    def __call__(self, t):
        return self.size * t


class Box(Shape):
    count = 3

    def __init__(self, size, depth=2.0):
        super().__init__(size, depth=depth)
        self.depth = depth

    def area(self):
        return super().area() * self.depth + self.unit(self.depth)

    @classmethod
    def make(cls, size):
        return super().make(size) if False else cls(size, 1.5)

    def __getattr__(self, name):
        raise AttributeError(name)


class Mixin:
    def scaled(self, k):
        return self.area() * k


class Crate(Mixin, Box):
    def area(self):
        return Box.area(self) + 1


@program(0.7, 1.3)
def methods(x, y):
    s = Shape(x, unit=y)
    b = Box(y, depth=x)
    c = Crate(x * y)
    s.grow(y).grow(2.0)
    s.double = x + y
    m = b.area
    t = s.area() + m() + b.double + c.scaled(x) + Shape.unit(x) + b.unit(y) + Shape.area(b)
    t += s.expensive + s.expensive * s.lazily() * s.lazily() + s(x) + Box.make(x).area() + len(s.history)
    t += s.options["unit"] + isinstance(c, Shape) * x + (type(s) is Shape) * x + hasattr(s, "size") * y
    return t + getattr(s, "size") * getattr(s, "nothing", y) + s.history[0] + Shape.count * len(Shape.names)


@program(0.7)
def attributes_set_outside(x):
    s = Shape(x)
    s.extra = x * x
    s.size += 1.0
    setattr(s, "other", s.extra * 2)
    s.history += [x]
    s.options["k"] = s.other
    del s.extra
    vars_ = s.options
    return s.size * s.other + vars_["k"] + s.history[-1]


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        if isinstance(k, Vector):
            return self.x * k.x + self.y * k.y
        return Vector(self.x * k, self.y * k)

    def __rmul__(self, k):
        return self * k

    def __truediv__(self, k):
        return Vector(self.x / k, self.y / k)

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5

    def __pow__(self, n):
        return Vector(self.x**n, self.y**n)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __getitem__(self, k):
        return (self.x, self.y)[k]

    def __setitem__(self, k, value):
        if k == 0:
            self.x = value
        else:
            self.y = value

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((self.x, self.y))

    def __contains__(self, v):
        return v == 1

    def __bool__(self):
        return True

    def __float__(self):
        return float(self.x)

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


@program(0.7, 1.3)
def operators(x, y):
    a, b = Vector(x, y), Vector(y, 2.0)
    c = 2 * (a + b) * 3.0 - -a / 2
    c += b
    c[0] = c[0] * 2
    t = a * b + abs(c) + (a**2).x + a @ b + len(a) * x + c[1]
    if a == b or not a:
        t += 1.0
    if a < b:
        t *= x
    return t + sum([a, b]).x * float(a)


@program(0.7, 1.3)
def iterated_instance(x, y):
    a = Vector(x, y)
    p, q = a
    return p * q + sum(v * v for v in a) + (1 in a) * x


@dataclass
class Options:
    rate: float
    power: int = 2
    scales: list = field(default_factory=lambda: [1.0, 2.0])
    extra: dict = field(default_factory=dict)
    total: float = field(init=False, default=0.0)
    kind: ClassVar[str] = "plain"

    def __post_init__(self):
        self.total = self.rate * self.scales[1]
        self.extra["k"] = self.total

    def apply(self, x):
        return self.rate * x**self.power + self.total


@dataclass(frozen=True)
class Frozen:
    w: object
    b: float = 0.5
    activation: str = "tanh"

    def __call__(self, x):
        return getattr(np, self.activation)(self.w @ x + self.b)

    def with_bias(self, b):
        return dataclasses.replace(self, b=b)


@dataclass(kw_only=True, slots=True)
class KeywordOnly:
    a: float
    b: float = 2.0


@dataclass
class Derived(Options):
    more: float = 1.0

    def __post_init__(self):
        super().__post_init__()
        self.more *= self.rate


@dataclass
class Plain:
    rate: float
    scales: list = field(default_factory=lambda: [1.0, 2.0])
    kind: ClassVar[str] = "plain"

    def apply(self, x):
        return self.rate * x**2


@program(Plain(0.7), 1.3)
def dataclasses_given(options, x):
    return options.apply(x) * options.scales[0] + (options.kind == "plain") * x


OPTIONS = Options(0.7)


@program(1.3)
def dataclasses_from_outside(x):
    return OPTIONS.apply(x) * OPTIONS.scales[0] + OPTIONS.extra["k"] * x + (OPTIONS.kind == "plain") * x


@program(0.7, 1.3)
def dataclasses_made(x, y):
    o = Options(x, power=3)
    d = Derived(y, more=x)
    k = KeywordOnly(a=x)
    o.rate *= 2
    return o.apply(y) + d.more * d.total + k.a * k.b + len(o.scales) * sum(dataclasses.astuple(k))


@program(Frozen(x3, 0.3), x3 * 2)
def frozen_given(layer, x):
    changed = layer.with_bias(layer.b * 2)
    return layer(x) * changed(x) + sum(v for v in dataclasses.asdict(KeywordOnly(a=x[0])).values())


class Point(NamedTuple):
    x: float
    y: float = 2.0

    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5

    @property
    def angle(self):
        return np.arctan2(self.y, self.x)

    @classmethod
    def polar(cls, r, phi):
        return cls(r * np.cos(phi), r * np.sin(phi))

    def __mul__(self, k):
        return Point(self.x * k, self.y * k)


Pair = namedtuple("Pair", ["a", "b"])


@program(Point(0.7, 1.3), 0.4)
def named_tuples(p, k):
    q = p._replace(x=k)
    r = Point(k)
    s = Point.polar(k, p.y)
    a, b = q
    t = p.norm() * q.norm() + p.angle + r.y * s.x + p[0] * q[-1] + sum(p) + a * b + len(p)
    t += Pair(k, b=p.x).b + Pair(*p).a + Pair._make([k, k]).a + (p * k).x + p._asdict()["x"]
    return t + sum(getattr(p, f) for f in p._fields) + isinstance(p, tuple) * k + Point(y=k, x=k).x


class Mode(enum.Enum):
    LINEAR = 1
    SQUARE = "square"

    def apply(self, x):
        return x if self is Mode.LINEAR else x * x


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 3


class Flag(enum.Flag):
    A = enum.auto()
    B = enum.auto()


@program(0.7, Mode.SQUARE, also=((0.7, Mode.LINEAR),))
def enumerations(x, mode):
    t = mode.apply(x) + (x if mode == Mode.SQUARE else 2 * x) + x**Level.HIGH * Level.LOW
    if mode.name == "LINEAR" or mode.value == "square":
        t *= x
    table = {Mode.LINEAR: x, Mode.SQUARE: x**3}
    for m in Mode:
        t += m.apply(x)
    t += Flag.A in (Flag.A | Flag.B)
    return t + table[mode] + (mode in (Mode.LINEAR,)) * x + Mode["LINEAR"].apply(x)


CONFIG = types.SimpleNamespace(rate=0.7, inner=types.SimpleNamespace(k=2, name="tanh"), values=[1.0, 2.0])


class Settings:
    rate = 0.3
    steps = 3

    class Inner:
        k = 2.0


@program(0.7, CONFIG)
def namespaces(x, given):
    ns = types.SimpleNamespace(a=x, b=2.0)
    ns.a *= ns.b
    ns.c = ns.a + CONFIG.rate * given.inner.k
    for _ in range(Settings.steps):
        ns.c += Settings.rate * x * Settings.Inner.k
    return ns.c * ns.a + getattr(np, CONFIG.inner.name)(x) + sum(given.values) * x


class Model:
    def __init__(self, w, b):
        self.w, self.b = w, b
        self.calls = 0

    def predict(self, x):
        return np.tanh(self.w @ x + self.b)

    def loss(self, x, y):
        return (self.predict(x) - y) ** 2


class Network:
    def __init__(self, sizes):
        self.layers = [Model(np.full(n, 0.1 * n), 0.2) for n in sizes]

    def __call__(self, x):
        total = 0.0
        for layer in self.layers:
            total = total + layer.predict(x)
        return total


MODEL = Model(np.array([0.2, 0.4, -0.3]), 0.1)
NETWORK = Network([3, 3])


@program(x3, 0.3)
def objects_from_outside(x, y):
    return MODEL.loss(x, y) * NETWORK(x) + NETWORK.layers[1].predict(x) + MODEL.b * y


@program(x3)
def model_made_inside(x):
    layers = [Model(x * k, x[0]) for k in range(1, 3)]
    total = 0.0
    for layer in layers:
        total += layer.loss(x, 1.0)
        layer.calls += 1
    return total * layers[0].calls


class Particle:
    def __init__(self, x, v):
        self.x, self.v = x, v

    def step(self, dt):
        self.v -= dt * self.x
        self.x += dt * self.v


@program(0.7, 0.3, 10)
def objects_in_loops(x, v, n):
    p = Particle(x, v)
    ps = [Particle(x, k * v) for k in range(2)]
    for _ in range(n):
        p.step(0.1)
        for q in ps:
            q.step(0.05)
    return p.x * p.v + sum(q.x * q.x for q in ps)


@program(0.7, 1.3, also=((-0.7, 1.3),))
def objects_in_branches(x, y):
    if x > 0:
        p = Particle(x, y)
    else:
        p = Particle(y, x * x)
    if y > 1:
        p.step(0.1)
    return p.x * p.v


@program(x3)
def standard_containers(x):
    d = defaultdict(float)
    for k, v in zip("aba", x):
        d[k] += v * v
    e = defaultdict(list)
    for k, v in zip("aba", x):
        e[k].append(v)
    o = OrderedDict([("u", x[0]), ("w", x[1])])
    o.move_to_end("u")
    c = Counter("abca")
    f = d.get("z", x[2]) + d.get("a") + (d.get("zz") or x[0])
    d.setdefault("n", x[1])
    s = {"a", "b"} & {"b"}
    g = defaultdict(lambda: x[0])
    t = sum(d.values()) * sum(e["a"]) + e["b"][0] + c["a"] * x[0] + list(o.values())[0] * 2
    return t + f + d.pop("n") + len(s) * x[1] + g["k"] + len(d) + sum(o.values()) + c["zzz"]


@program(x3)
def kinds(x):
    t = 0.0
    for v in (x, x[0], 2, 2.0, [x[0]], (x[0],), {"a": x[0]}, None, "s", True, np.float64(1.5)):
        if isinstance(v, np.ndarray):
            t += np.sum(v)
        elif isinstance(v, bool):
            t += 1.0
        elif isinstance(v, (float, np.floating)):
            t += v * v
        elif type(v) is int or isinstance(v, (int, np.integer)):
            t += v
        elif type(v) == list:  # noqa: E721
            t += v[0] * 2
        elif isinstance(v, (tuple, collections.abc.Sequence)) and not isinstance(v, str):
            t += v[0] * 3
        elif isinstance(v, dict):
            t += v["a"] * 4
        elif v is None or hasattr(v, "upper"):
            t += x[1]
    if np.isscalar(x[0]) and np.ndim(x) == 1 and callable(kinds) and x.dtype == np.float64 and x.ndim:
        t *= 2
    if np.iterable(x) and x.shape == (3,) and type(x).__name__ == "ndarray" and np.issubdtype(x.dtype, np.floating):
        t *= x[0]
    return t


# ---- refusals


@program.raises(1.3)
def frozen_assigned(x):
    f = Frozen(x)
    f.b = x  # <- raises
    return f.b * x


@program.raises(1.3)
def missing_attribute(x):
    return Shape(x).nothing * x  # <- raises


@program.refused(1.3)
def missing_operator(x):
    return Shape(x) + 1.0  # <- refused


@program.raises(1.3)
def not_callable(x):
    return Particle(x, x)(2.0)  # <- raises


@program.raises(1.3)
def missing_constructor_argument(x):
    return Particle(x).x  # <- raises


@program.raises(1.3)
def missing_field(x):
    return KeywordOnly(b=x).b  # <- raises


@program.raises(1.3)
def too_many_fields(x):
    return Point(x, x, x).x  # <- raises


@program.raises(1.3)
def unknown_field(x):
    return Options(x, nothing=2.0).rate  # <- raises


@program.refused(1.3)
def outer_object(x):
    MODEL.b = x * x  # <- refused
    return MODEL.b * x


@program.refused(1.3)
def class_attribute_set(x):
    Settings.rate = x * x  # <- refused
    return Settings.rate * x


@program.refused(1.3)
def module_attribute_set(x):
    np.my_attribute = x * x  # <- refused
    return x


@program.refused(1.3)
def outer_dict(x):
    CONFIG.__dict__["rate"] = x  # <- refused
    return CONFIG.rate * x


TABLE = {"a": 1.0}
LIST = [1.0, 2.0]


@program.refused(1.3)
def outer_dict_item(x):
    TABLE["a"] = x * x
    return TABLE["a"] * x  # <- refused


@program.refused(1.3)
def outer_dict_update(x):
    TABLE.update(a=x)
    return TABLE["a"] * x  # <- refused


@program.refused(1.3)
def outer_list_item(x):
    LIST[0] = x
    return LIST[0] * x  # <- refused


@program.refused(1.3)
def outer_list_method(x):
    LIST.append(x)
    return LIST[-1] * x  # <- refused


@program(1.3)
def class_inside(x):
    class Local:
        value = x

    return Local.value * x


@program.refused(1.3)
def instance_returned(x):
    return Particle(x, x)  # <- refused


@program(1.3)
def copy_of_a_deque_has_its_length(x):
    d = collections.deque([x, x * x], maxlen=2)
    e = copy.deepcopy(d)
    e.append(x**3)
    return sum(e) + sum(d) * x


def times(v, by):
    return v * by


@program(1.3, 4)
def what_makes_missing_items_holds_what_is_carried(x, n):
    d = defaultdict(functools.partial(times, x, 2.0))
    t = x
    for _ in range(n):
        t = t * x
        d = defaultdict(functools.partial(times, t, 3.0))
    return d["a"] * x


@program(1.3, 4)
def another_function_makes_missing_items_after_a_loop(x, n):
    d = defaultdict(lambda: 1.0)
    for i in range(n):
        d = defaultdict(lambda: 2.0 * i)
    return d["a"] * x


class Medium:
    def __init__(self):
        self.w = np.array([1.0, 2.0])
        self.losses = [0.3, 0.4]


class Walk:
    """Its attributes are read when they are asked for: some of them in a loop or a branch for the first time."""

    def __init__(self):
        self.medium = Medium()
        self.rate, self.steps, self.kind = 0.7, 2, "plain"
        self.w = np.array([0.5, 0.25])
        self.options = {"by": 2.0}

    def step(self, x):
        return x * self.rate + self.medium.w[1]


walk, space = Walk(), types.SimpleNamespace(rate=0.4, w=np.array([1.0, 3.0]))


@program(1.3)
def attributes_first_read_in_a_loop(x):
    for _ in range(walk.steps):
        x = walk.step(x) * space.rate + np.sum(space.w * x)
        if walk.kind == "plain":
            x = x * walk.options["by"] - walk.medium.losses[1]
    return x * walk.rate


@program(1.3)
def attributes_first_read_in_a_while_loop(x):
    n = 0.0
    while n < 2.0:
        n = n + walk.rate
        for v in walk.w:
            x = x * v + walk.medium.w[0]
    return x


@program(0.4, also=((1.3,),))
def an_attribute_first_read_in_a_branch(x):
    y = walk.rate * x if x > 1.0 else x
    return y * walk.rate * x


class Kept:
    __unit = 0.5

    def __init__(self, t):
        self.__t = t

    def kept(self):
        return self.__t * self.__unit

    def scaled(self, by):
        self.__t *= by
        return (lambda: self.__t)()


class _KeptTwice(Kept):
    def __init__(self, t):
        super().__init__(t * t)
        self.__t = 5.0 * t

    def twice(self):
        return self.__t


outside = _KeptTwice(0.3)


@program(1.3)
def private_names_of_two_classes(x):
    c = _KeptTwice(x)
    return c.kept() + c.scaled(x) * c.twice() + outside.kept() * x**2 + outside.twice() * x


@program(1.3)
def smallest_of_floats(x):
    return x**2 * math.log(sys.float_info.min) + 0.0 * x * sys.float_info[0]


@program(1.3)
def by_version(x):
    major, *_ = sys.version_info
    known = (3, 11) <= sys.version_info < (4,) and sys.version_info.minor > 3
    return x**major if known else x


test_gradients, test_refusals = program.tests()
test_errors = program.errors()

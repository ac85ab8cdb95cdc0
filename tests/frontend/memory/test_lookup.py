"""Attributes as Python looks them up, and classes of all kinds: each by programs that use it."""

import abc
import collections
import copy
import enum
import functools
import math
import operator
import typing
from dataclasses import InitVar, dataclass, field, replace
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import pytest

import srcad
from tests.frontend import Programs, tangents

program = Programs()
x3 = np.array([0.7, 1.3, 0.4])


class Base:
    scale = 1.5
    table = {"a": 2.0}

    def __init__(self, w):
        self.w = w

    @staticmethod
    def pen(x):
        return 3.0 * x

    @classmethod
    def off(cls, x):
        return x * cls.scale

    @property
    def sq(self):
        return self.w**2

    @functools.cached_property
    def cub(self):
        return self.w**3

    @functools.lru_cache
    def cached(self, k):
        return k * 2.0

    def method(self, x, *, p=2):
        return x**p * self.w

    sqm = functools.partialmethod(method, p=3)

    def __call__(self, x):
        return self.w * x

    def __getitem__(self, k):
        return self.w * k


class Child(Base):
    scale = 2.5

    def __init__(self, w, b):
        super().__init__(w)
        self.b = b

    @staticmethod
    def pen(x):
        return Base.pen(x) + x

    @classmethod
    def off(cls, x):
        return super().off(x) + 1.0 * x

    @property
    def sq(self):
        return super().sq + self.b

    @functools.cached_property
    def cub(self):
        return super().cub * 2

    def method(self, x, *, p=2):
        return super().method(x, p=p) + super().sqm(x) + super().cached(2.0) * x

    def __call__(self, x):
        return super().__call__(x) * super().scale * super().table["a"] + super(Child, self).pen(x)

    def __getitem__(self, k):
        return super().__getitem__(k) + self.b


@program(x3)
def uses_child(x):
    c = Child(x[0], x[1])
    return (
        c(x[2])
        + c.sq
        + c.cub * c.cub
        + c.method(x[0])
        + c.off(x[1])
        + c.pen(x[2])
        + Child.off(x[0])
        + Child.pen(x[1])
        + c[2]
        + c[x[0]]
    )


outer = Child(1.7, 0.4)


@program(x3)
def uses_outer(x):
    return outer(x[0]) + outer.sq * x[1] + outer.cub * x[2] + outer.method(x[0]) + outer[x[1]]


class A:
    def __init__(self, **kw):
        self.a = kw.pop("a")
        super().__init__(**kw)

    def f(self, x):
        return x * self.a


class B:
    def __init__(self, **kw):
        self.b = kw.pop("b")
        super().__init__(**kw)

    def f(self, x):
        return x + self.b


class C(A, B):
    def __init__(self, **kw):
        super().__init__(**kw)

    def f(self, x):
        return A.f(self, x) * B.f(self, x)


class L1:
    def go(self, x):
        return x


class L2(L1):
    def go(self, x):
        return super().go(x) * 2.0


class L3(L1):
    def go(self, x):
        return super().go(x) + x**2


class L4(L2, L3):
    def go(self, x):
        return super().go(x) ** 2


@program(x3)
def cooperative(x):
    return C(a=x[0], b=x[1]).f(x[2]) + L4().go(x[0])


class Desc:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, cls=None):
        return getattr(obj, self.name) * 2

    def __set__(self, obj, v):
        setattr(obj, self.name, v**2)


class NonData:
    def __get__(self, obj, cls=None):
        return obj.k * 3


class WithDesc:
    v = Desc()
    n = NonData()

    def __init__(self, k):
        self.k = k
        self.v = k


@program(x3)
def descriptors(x):
    a = WithDesc(x[0])
    r = a.v + a.n
    a.n = x[1]
    return r * a.n


class Ga:
    def __init__(self, d):
        self.d = d

    def __getattr__(self, name):
        return self.d[name]


class Gaa:
    def __init__(self, x):
        self.x = x

    def __getattribute__(self, name):
        v = super().__getattribute__(name)
        return v * 2 if name == "x" else v


class Sa:
    def __setattr__(self, name, v):
        super().__setattr__(name, v * 2)


class Sb:
    def __setattr__(self, name, v):
        object.__setattr__(self, name, v * 3)


class Sd:
    def __setattr__(self, name, v):
        self.__dict__[name] = v * 3


@program(x3)
def uses_getattr(x):
    return Ga({"u": x[0], "v": x[1]}).u * Ga({"v": x[1]}).v


@program(x3)
def uses_getattribute(x):
    return Gaa(x[0]).x * x[1]


@program(x3)
def uses_setattr(x):
    s = Sa()
    s.q = x[0]
    t = Sb()
    t.q = x[1]
    return s.q * t.q


@program(x3)
def uses_setdict(x):
    s = Sd()
    s.q = x[0]
    return s.q


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a, b=2.0):
        self.a, self.b = a, b


@program(x3)
def uses_slots(x):
    s = Slots(x[0])
    s.b = s.b * x[1]
    return s.a * s.b


oslots = Slots(3.0, 4.0)


@program(x3)
def uses_oslots(x):
    return oslots.a * x[0] + oslots.b * x[1]


class Shadow:
    rate = 2.0

    def use(self, x):
        return self.rate * x


@program(x3)
def uses_shadow(x):
    s = Shadow()
    r = s.use(x[0])
    s.rate = x[1]
    return r + s.use(x[2])


class Meta(type):
    def __call__(cls, *a, **k):
        o = super().__call__(*a, **k)
        o.tag = 2.0 * o.v
        return o

    @property
    def doubled(cls):
        return cls.unit * 2


class WithMeta(metaclass=Meta):
    unit = 3.0

    def __init__(self, v):
        self.v = v


@program(x3)
def uses_meta(x):
    return WithMeta(x[0]).tag * WithMeta.doubled


class New:
    def __new__(cls, v):
        o = super().__new__(cls)
        o.extra = v * 2
        return o

    def __init__(self, v):
        self.v = v


@program(x3)
def uses_new(x):
    n = New(x[0])
    return n.extra * n.v


class NewOnly:
    def __new__(cls, v):
        o = object.__new__(cls)
        o.v = v**2
        return o


@program(x3)
def uses_newonly(x):
    return NewOnly(x[0]).v


class Pt(NamedTuple):
    a: float
    b: float = 2.0

    def norm(self):
        return math.sqrt(self.a**2 + self.b**2)

    @property
    def s(self):
        return self.a + self.b

    @classmethod
    def make(cls, t):
        return cls(t, t * 2)

    @staticmethod
    def st(t):
        return t * 5

    def __add__(self, o):
        return Pt(self.a + o.a, self.b + o.b)


@program(x3)
def named_tuple_with_methods(x):
    p = Pt(x[0], x[1]) + Pt.make(x[2])
    return p.norm() * p.s + Pt.st(x[0]) + p._replace(a=x[1]).a + Pt(x[0]).b * x[0]


class Pt2(collections.namedtuple("Pt2", "a b")):
    __slots__ = ()

    def __new__(cls, a, b):
        return super().__new__(cls, a * 2, b)


@program(x3)
def uses_ntnew(x):
    p = Pt2(x[0], x[1])
    return p.a * p.b


@dataclass
class D1:
    a: float
    b: float = 2.0
    c: list = field(default_factory=list)

    def __post_init__(self):
        self.a = self.a * 2


@dataclass
class D2(D1):
    d: float = 1.0
    k: InitVar[float] = 3.0
    e: float = field(init=False)

    def __post_init__(self, k):
        super().__post_init__()
        self.e = self.a * k


@dataclass(frozen=True)
class D3:
    a: float

    def __post_init__(self):
        object.__setattr__(self, "a", self.a**2)


@dataclass(slots=True, kw_only=True)
class D4:
    a: float
    b: float = 1.0


class D5(D1):
    pass


@program(x3)
def dataclasses_of_all_kinds(x):
    d = D2(x[0], x[1], k=x[2])
    d.c.append(x[1])
    return d.e + d.c[0] + d.b * d.d + D3(x[0]).a + D4(a=x[1], b=x[2]).a + D5(x[1]).a + replace(D4(a=x[0]), b=x[2]).b


od = D2(1.0, 2.0, k=2.0)


@program(x3)
def dataclass_from_outside(x):
    return od.e * x[0] + od.a * x[1]


@program(x3)
def uses_dceq(x):
    return x[0] if D4(a=x[0]) == D4(a=x[0]) else x[1]


class Vec:
    __array_ufunc__ = None

    def __init__(self, *c):
        self.c = c

    def __add__(self, o):
        return Vec(*(a + b for a, b in zip(self.c, o.c))) if isinstance(o, Vec) else NotImplemented

    def __radd__(self, o):
        return self if o == 0 else Vec(*(o + a for a in self.c))

    def __mul__(self, s):
        return Vec(*(a * s for a in self.c))

    __rmul__ = __mul__

    def __sub__(self, o):
        return self + (-o)

    def __neg__(self):
        return self * -1.0

    def __truediv__(self, s):
        return self * (1 / s)

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.c, o.c))

    def __pow__(self, p):
        return Vec(*(a**p for a in self.c))

    def __abs__(self):
        return math.sqrt(self @ self)

    def __len__(self):
        return len(self.c)

    def __getitem__(self, i):
        return self.c[i]

    def __iter__(self):
        return iter(self.c)

    def __contains__(self, v):
        return v in self.c

    def __bool__(self):
        return True

    def __eq__(self, o):
        return all(a == b for a, b in zip(self.c, o.c))

    def __iadd__(self, o):
        self.c = tuple(a + b for a, b in zip(self.c, o.c))
        return self

    def __call__(self, t):
        return self * t

    def __float__(self):
        return abs(self)

    def __and__(self, o):
        return self @ o

    def __repr__(self):
        return f"Vec{self.c}"


@program(x3)
def vectors(x):
    a, b = Vec(x[0], x[1]), Vec(x[1], x[2])
    c = a + b * 2.0 - 3.0 * a
    c += a
    t = sum([a, b, c])
    return (a @ b) + abs(c) + t[0] * len(t) + float(a(2.0)) + sum(v for v in b**2) + (a & c) + (1.0 + a)[0]


class Dual:
    def __init__(self, v, d=0.0):
        self.v, self.d = v, d

    def __add__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.v + o.v, self.d + o.d)

    __radd__ = __add__

    def __mul__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.v * o.v, self.v * o.d + self.d * o.v)

    __rmul__ = __mul__

    def sin(self):
        return Dual(math.sin(self.v), math.cos(self.v) * self.d)


@program(x3)
def uses_dual(x):
    y = Dual(x[0], 1.0)
    z = (y * y + 3 * y).sin()
    return z.d * x[1]


@functools.total_ordering
class Ord:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v

    def __lt__(self, o):
        return self.v < o.v


@program(x3)
def uses_ord(x):
    a, b = Ord(x[0]), Ord(x[1])
    return x[0] * 2 if a >= b else x[1] * 3


@program(x3)
def uses_ordmax(x):
    return max(Ord(x[0]), Ord(x[1])).v


class Color(enum.Enum):
    RED = 1.5
    BLUE = 2.5

    @property
    def twice(self):
        return self.value * 2

    def apply(self, x):
        return x * self.value


class Fl(enum.Flag):
    A = enum.auto()
    B = enum.auto()


class IE(enum.IntEnum):
    ONE = 1
    TWO = 2


@program(x3)
def uses_enum(x):
    t = 0.0
    for c in Color:
        t += c.value * x[0] * c.twice
    t += Color.RED.apply(x[1]) + Color(1.5).value * x[2] + Color["BLUE"].value + len(Color) * x[0]
    f = Fl.A | Fl.B
    if Fl.A in f and f & Fl.B:
        t += x[1] ** 2
    return t + x[IE.ONE] * IE.TWO + (x[2] if Color.RED is Color.RED else 0) + (x[0] if Color.RED.name == "RED" else 0)


@functools.singledispatch
def area(s):
    raise NotImplementedError


class Sq:
    def __init__(self, a):
        self.a = a


class Ci:
    def __init__(self, r):
        self.r = r


@area.register
def _(s: Sq):
    return s.a**2


@area.register(Ci)
def _(s):
    return math.pi * s.r**2


@area.register
def _(s: float):
    return s * 10


@program(x3)
def uses_dispatch(x):
    return area(Sq(x[0])) + area(Ci(x[1])) + area(x[2])


class Disp:
    @functools.singledispatchmethod
    def f(self, v):
        return v * 1.0

    @f.register
    def _(self, v: int):
        return v * 2.0

    @f.register
    def _(self, v: list):
        return sum(v)


@program(x3)
def uses_dispmethod(x):
    d = Disp()
    return d.f(x[0]) + d.f(3) * x[1] + d.f([x[0], x[2]])


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
    def twice(self):
        return 2 * self.area()


class Sq2(Shape):
    def __init__(self, a):
        self.a = a

    def area(self):
        return self.a**2


class HasArea(Protocol):
    def area(self) -> float: ...


T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, v: T):
        self.v = v

    def get(self) -> T:
        return self.v


class Impl(HasArea):
    def __init__(self, a):
        self.a = a

    def area(self):
        return self.a


@program(x3)
def uses_abc(x):
    s = Sq2(x[0])
    assert isinstance(s, Shape)
    return s.twice() + Box(x[1]).get() + typing.cast(float, x[2]) + Impl(x[0]).area() + Box[float](x[1]).v


@program(x3)
def uses_mangle(x):
    class_ = Mang(x[0])
    return class_.go(x[1])


class Mang:
    def __init__(self, v):
        self.__v = v

    def __calc(self, x):
        return x * self.__v

    def go(self, x):
        return self.__calc(x) + getattr(self, "_Mang__v")


class Prop:
    def __init__(self, v):
        self._v = v

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, n):
        self._v = n * 2

    @v.deleter
    def v(self):
        self._v = 0.0


@program(x3)
def uses_prop(x):
    p = Prop(x[0])
    p.v = x[1]
    p.v += x[2]
    return p.v


@program(x3)
def uses_attrs(x):
    p = Prop(x[0])
    setattr(p, "z", x[1])
    r = getattr(p, "z") * getattr(p, "nope", 2.0)
    if hasattr(p, "z"):
        r += x[2]
    del p.z
    if not hasattr(p, "z"):
        r *= 2
    r += sum(vars(p).values())
    p.__dict__.update(q=x[0])
    r += p.q
    p.__dict__["w"] = x[1]
    r += p.w
    return r * (3.0 if type(p).__name__ == "Prop" else 1.0) * (1.0 if callable(uses_prop) else 5.0)


def f_attr(x):
    return x * f_attr.scale


f_attr.scale = 2.0


@program(x3)
def uses_fattr(x):
    return f_attr(x[0]) * x[1]


def deco(k):
    def outer(fn):
        @functools.wraps(fn)
        def inner(*a, **kw):
            return k * fn(*a, **kw)

        return inner

    return outer


@deco(3.0)
def tripled(x, p=2):
    return x**p


@program(x3)
def uses_deco(x):
    return tripled(x[0]) + tripled(x[1], p=3)


def dflt(v, acc=[]):
    return v * len(acc) + v


@program(x3)
def uses_default(x):
    return dflt(x[0])


def po(a, /, b, *, c=2.0):
    return a * b + c


@program(x3)
def uses_kinds(x):
    args, kw = (x[0],), {"b": x[1]}
    return po(*args, **kw, c=x[2])


def fwd(*a, **k):
    return po(*a, **k)


@program(x3)
def uses_fwd(x):
    return fwd(x[0], b=x[1]) + fwd(x[0], x[1], c=x[2])


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@program(x3)
def uses_fib(x):
    return fib(7) * x[0]


class Node:
    def __init__(self, v, kids=()):
        self.v, self.kids = v, list(kids)

    def total(self):
        return self.v + sum(k.total() * 0.5 for k in self.kids)


@program(x3)
def uses_tree(x):
    return Node(x[0], [Node(x[1]), Node(x[2], [Node(x[0] ** 2)])]).total()


@program(x3)
def uses_objdict(x):
    d = {"a": Node(x[0]), "b": Node(x[1])}
    d["a"].v *= x[2]
    l = list(d.values())
    return l[0].v * l[1].v


@program(x3)
def uses_copyobj(x):
    a = Node(x[0])
    b = copy.copy(a)
    b.v = x[1]
    c = copy.deepcopy(a)
    c.v += x[2]
    return a.v * b.v * c.v


og = Node(2.0)


@program(x3)
def uses_copyoutdeep(x):
    b = copy.deepcopy(og)
    b.v = x[1] * b.v
    return b.v * og.v


class Setter:
    def __init__(self):
        self.d = {}

    def __setitem__(self, k, v):
        self.d[k] = v

    def __getitem__(self, k):
        return self.d[k]

    def __contains__(self, k):
        return k in self.d

    def __delitem__(self, k):
        del self.d[k]

    def __len__(self):
        return len(self.d)


@program(x3)
def uses_setitem(x):
    s = Setter()
    s["a"] = x[0]
    s["b"] = x[1]
    s["a"] *= x[2]
    del s["b"]
    return s["a"] * len(s) if "a" in s and "b" not in s else x[0]


class Quat:
    def __init__(self, w, x, y, z):
        self.w, self.x, self.y, self.z = w, x, y, z

    def __mul__(self, o):
        return Quat(
            self.w * o.w - self.x * o.x - self.y * o.y - self.z * o.z,
            self.w * o.x + self.x * o.w + self.y * o.z - self.z * o.y,
            self.w * o.y - self.x * o.z + self.y * o.w + self.z * o.x,
            self.w * o.z + self.x * o.y - self.y * o.x + self.z * o.w,
        )

    @property
    def conj(self):
        return Quat(self.w, -self.x, -self.y, -self.z)

    @classmethod
    def rot(cls, a):
        return cls(np.cos(a / 2), np.sin(a / 2), 0.0, 0.0)


@program(x3)
def uses_quat(x):
    q = Quat.rot(x[0]) * Quat(0.0, x[1], x[2], 1.0) * Quat.rot(x[0]).conj
    return q.y + q.z * 2


@program(x3)
def uses_isin(x):
    return x[0] if isinstance(x, np.ndarray) and isinstance(x[0], float) else x[1]


class HookBase:
    registry = []

    def __init_subclass__(cls, factor=1.0, **k):
        super().__init_subclass__(**k)
        cls.factor = factor
        HookBase.registry.append(cls)


class H1(HookBase, factor=2.0):
    def go(self, x):
        return x * self.factor


class H2(HookBase, factor=3.0):
    def go(self, x):
        return x * self.factor


@program(x3)
def uses_registry(x):
    return sum(c().go(x[0]) for c in HookBase.registry)


@program(x3)
def uses_opitem(x):
    return operator.attrgetter("v")(Node(x[0])) * operator.itemgetter(1)(x) + operator.methodcaller("total")(Node(x[1]))


class Sub(Base):
    def __init__(self, w):
        Base.__init__(self, w * 2)


@program(x3)
def uses_baseinit(x):
    return Sub(x[0]).w


class Err(Exception):
    def __init__(self, v):
        super().__init__(f"bad {v}")
        self.v = v


@program(x3)
def uses_err(x):
    if x[0] < -5:
        raise Err(x[0])
    return x[0]


test_gradients, test_refusals = program.tests()
test_tangents = tangents(program)


class Replaced:
    def method(self, x):
        return 2.0 * x

    @staticmethod
    def static(x):
        return 2.0 * x

    @classmethod
    def of_class(cls, x):
        return 2.0 * x

    @property
    def factor(self):
        return 2.0


@pytest.mark.parametrize("name", ["method", "static", "of_class", "factor"])
@pytest.mark.parametrize("outside", [True, False])
def test_a_method_that_was_replaced(name, outside, monkeypatch):
    there = Replaced()

    def use(x):
        one = there if outside else Replaced()
        return one.factor * x if name == "factor" else getattr(one, name)(x)

    new = {
        "method": lambda self, x: 5.0 * x,
        "static": staticmethod(lambda x: 5.0 * x),
        "of_class": classmethod(lambda cls, x: 5.0 * x),
        "factor": property(lambda self: 5.0),
    }
    derived = srcad.grad(use)
    assert derived(1.0) == 2.0
    monkeypatch.setattr(Replaced, name, new[name])
    assert derived(1.0) == 5.0

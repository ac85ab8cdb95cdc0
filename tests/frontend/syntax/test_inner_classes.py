"""Classes that are defined in a differentiated function."""

import abc
import enum
import functools
import math
from dataclasses import InitVar, dataclass, field, replace
from typing import NamedTuple

import numpy as np

from tests.frontend import Programs, tangents

program = Programs()
x3 = np.array([0.7, 1.3, 0.4])


class Outer:
    k = 2.0

    def __init__(self, v):
        self.v = v

    def go(self, t):
        return self.v * t * self.k


@program(x3)
def inside_accept(x):
    x = x[0]

    @dataclass
    class State:
        position: float
        speed: float = 1.0
        path: list = field(default_factory=list)

        def moved(self, dt):
            return replace(self, position=self.position + dt * self.speed, speed=self.speed * 0.9)

    s = State(x)
    for _ in range(3):
        s = s.moved(s.position * 0.1)
        s.path.append(s.position)
    return s.position**2 + sum(s.path)


@program(x3)
def inside_plain(x):
    class P:
        unit = x[1]
        twice = 2.0

        def __init__(self, a):
            self.a = a * self.twice

        def __add__(self, o):
            return P(self.a + o.a)

        @property
        def sq(self):
            return self.a**2 * self.unit

        @sq.setter
        def sq(self, v):
            self.a = v

        @staticmethod
        def st(t):
            return t * x[2]

        @classmethod
        def make(cls, t):
            return cls(t * t)

        @functools.cached_property
        def cp(self):
            return self.a * 3

        def __inner(self):
            return self.a + x[0]

        def outer(self):
            return self.__inner()

    p = P(x[0]) + P.make(x[1])
    p.sq = p.a * 2
    return p.sq + P.st(x[0]) + p.cp + p.outer() + P.unit * P.twice


@program(x3)
def inside_inherit(x):
    class Q(Outer):
        k = 3.0

        def __init__(self, v):
            super().__init__(v * 2)

        def go(self, t):
            return super().go(t) + x[1]

    class R(Q):
        def go(self, t):
            return super().go(t) ** 2

    return R(x[0]).go(x[2])


@program(x3)
def inside_nt(x):
    class N(NamedTuple):
        a: float
        b: float = 2.0

        def prod(self):
            return self.a * self.b

    return N(x[0]).prod() + N(x[0], x[1]).prod()


@program(x3)
def inside_enum(x):
    class C(enum.Enum):
        A = 1
        B = 2

        def sc(self, v):
            return v * self.value

    return C.B.sc(x[0]) + (x[1] if C(1) is C.A else 0.0)


@program(x3)
def inside_closure(x):
    k = x[1]

    class C:
        def get(self):
            return k * x[0]

    k = x[2]
    return C().get()


@program(x3)
def inside_frozen(x):
    @dataclass(frozen=True)
    class D:
        a: float
        b: InitVar[float] = 2.0

        def __post_init__(self, b):
            object.__setattr__(self, "a", self.a * b)

    return D(x[0]).a * D(x[1], x[2]).a


@program(x3)
def inside_deffromx(x):
    @dataclass
    class D:
        a: float
        b: float = x[1]

        def tot(self, scale=x[2]):
            return self.a * self.b * scale

    return D(x[0]).tot()


@program(x3)
def inside_abc(x):
    class S(abc.ABC):
        @abc.abstractmethod
        def area(self): ...
        def twice(self):
            return 2 * self.area()

    class T(S):
        def __init__(self, r):
            self.r = r

        def area(self):
            return math.pi * self.r**2

    return T(x[0]).twice()


@program(x3)
def inside_helper(x):
    def mk(v):
        class H:
            def __init__(self):
                self.v = v

            def get(self):
                return self.v * x[0]

        return H()

    return mk(x[1]).get() + mk(x[2]).get()


@program(x3)
def inside_loop(x):
    class Acc:
        def __init__(self):
            self.t = 0.0

        def add(self, v):
            self.t = self.t + v * v

    a = Acc()
    for v in x:
        a.add(v)
    return a.t


@program(x3)
def inside_branch(x):
    class Acc:
        def __init__(self, t):
            self.t = t

    a = Acc(x[0]) if x[0] > 0 else Acc(x[1])
    if x[1] > 5:
        a.t = 3.0
    return a.t * 2


@program(x3)
def inside_slots(x):
    class S:
        __slots__ = ("a",)

        def __init__(self, a):
            self.a = a

    return S(x[0]).a * 2


@program(x3)
def inside_callable(x):
    class F:
        def __call__(self, t):
            return t * x[0]

    return sum(map(F(), x))


@program(x3)
def inside_static_nested(x):
    class A:
        class B:
            c = 2.0

        def g(self):
            return self.B.c * x[0]

    return A().g()


@program(x3)
def inside_retinst(x):
    @dataclass
    class D:
        a: float

    return D(x[0]).a


@program(x3)
def inside_deco(x):
    def dec(f):
        def w(self, t):
            return f(self, t) * 2

        return w

    class A:
        @dec
        def g(self, t):
            return t * x[0]

    return A().g(x[1])


class Registering:
    known = []

    def __init_subclass__(cls):
        Registering.known.append(cls)


class Counting(type):
    pass


class Descriptor:
    def __get__(self, owner, cls=None):
        return 2.0


@program.refused(x3)
def returned(x):
    @dataclass
    class Pair:
        a: float

    return Pair(x[0])  # <- here


@program.refused(x3)
def with_a_hook(x):
    class Kept(Registering):  # <- here
        pass

    return x[0]


@program.refused(x3)
def with_a_metaclass(x):
    class Kept(metaclass=Counting):  # <- here
        pass

    return x[0]


@program.refused(x3)
def with_a_descriptor(x):
    class Kept:  # <- here
        a = Descriptor()

    return Kept().a * x[0]


def marked_by(cls):
    cls.mark = 1.0
    return cls


@program.refused(x3)
def with_an_unknown_decorator(x):
    @marked_by  # <- here
    class Kept:
        pass

    return Kept.mark * x[0]


test_gradients, test_refusals = program.tests()
test_tangents = tangents(program)


def test_reading_leaves_nothing_behind():
    assert Registering.known == []

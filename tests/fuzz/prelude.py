"""What grown programs find defined: classes, containers, generators, functions that write to what they are given."""

from __future__ import annotations

TEXT = '''\
import contextlib
import functools
import itertools
import math
import operator
from collections import namedtuple
from dataclasses import dataclass, field, replace

import numpy as np


def weigh(v):
    return np.sum(np.sin(v) * np.linspace(1.0, 2.0, np.size(v)).reshape(np.shape(v)))


Pair = namedtuple("Pair", "first second")


@dataclass
class Layer:
    w: np.ndarray
    b: float
    parts: list = field(default_factory=list)

    def __call__(self, v):
        return np.tanh(self.w * v) + self.b

    @property
    def size(self):
        return np.sum(self.w * self.w)

    @size.setter
    def size(self, value):
        self.w = self.w * value

    def push(self, v):
        self.parts.append(v)
        return len(self.parts)


class Shape:
    factor = 0.5

    def __init__(self, side):
        self.side = side
        self.__hidden = 2.0 * side

    def area(self):
        return self.factor * self.side + self.__hidden

    @staticmethod
    def penalty(v):
        return 0.1 * v * v

    @classmethod
    def of(cls, v):
        return cls(cls.factor * v)

    def __add__(self, other):
        return type(self)(self.side + (other.side if isinstance(other, Shape) else other))

    __radd__ = __add__

    def __mul__(self, c):
        return type(self)(self.side * c)

    def __iadd__(self, other):
        self.side = self.side + other
        return self

    def __getitem__(self, k):
        return self.side[k] if isinstance(self.side, np.ndarray) else self.side


class Wide(Shape):
    factor = 0.25

    def __init__(self, side):
        super().__init__(side)
        self.__hidden = 0.3

    def area(self):
        return super().area() * 0.5 + self.__hidden + super().penalty(self.side)


class Store:
    """A dict and a list beside it."""

    def __init__(self, **items):
        self.items = items
        self.log = []

    def __getitem__(self, key):
        return self.items[key]

    def __setitem__(self, key, value):
        self.log.append(value)
        self.items[key] = value

    def __iter__(self):
        return iter(self.items.values())

    def __len__(self):
        return len(self.items)

    def __contains__(self, key):
        return key in self.items


def scale(v, c=0.9):
    v *= c
    return v


def shift(v):
    v[1:] = v[:-1]


def view(v):
    return v[::-1]


def pick(c, a, b):
    return a if c else b


def total(v, depth=2):
    if depth == 0 or np.size(v) == 0:
        return 0.0
    return np.sum(v) * 0.3 + total(v[::2] * 0.5, depth - 1)


def steps(v, count):
    for k in range(count):
        v = 0.8 * v + 0.1 * k
        yield v


def items_of(v):
    for i in range(len(v)):
        yield i, v[i]
    return


def newton(a, n=3):
    r = 1.0 + 0.1 * a
    for _ in range(n):
        r = r - (r * r - 1.0 - a * a) / (2.0 * r)
    return r


def guarded(v, c):
    if v > c:
        raise ValueError("too large")
    return v * c


def unless_large(v, c):
    try:
        return guarded(v, c)
    except ValueError:
        return 0.5 * c
    finally:
        c = 0.0


@contextlib.contextmanager
def scaled(v, c):
    v *= c
    try:
        yield v
    finally:
        v += 0.1


def add_to(store, v):
    store.append(v)
    return store


def compose(*functions):
    def composed(v):
        for g in functions:
            v = g(v)
        return v

    return composed


@functools.wraps(np.sin)
def wave(v, *rest, slope=1.0, **more):
    return np.sin(slope * v) + sum(rest) + more.get("shift", 0.0)

'''

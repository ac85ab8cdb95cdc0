"""Exceptions in the midst of what a statement of a `try` calls."""

# ruff: noqa: B012, B904, E701, E702, E722, PLW0150, SIM105, SIM107, TRY

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.frontend.syntax.raising import POINTS, check, programs


def fill(x, v):
    x[0] = v
    x[1] = math.log(v)
    x[2] = 5.0


class Account:
    def __init__(self, v):
        self.v = v
        self.log = []

    def take(self, a):
        self.log.append(a)
        self.v = self.v - a
        if self.v < 0:
            raise ValueError("overdrawn")
        return self.v

    @property
    def bal(self):
        self.log.append(1.0)
        return math.sqrt(self.v)

    def __add__(self, o):
        self.v += o
        return math.log(self.v)


def callee_changes(x: np.ndarray, s: float) -> float:
    y = x.copy()
    try:
        fill(y, s)
    except ValueError:
        y[2] = s * 2
    return np.sum(np.sin(y))


def comprehension_whose_function_changes(x: np.ndarray, s: float) -> float:
    out = []

    def push(v):
        out.append(v * s)
        return math.sqrt(v)

    try:
        r = [push(v) for v in (1.0, s, 2.0)]
    except ValueError:
        r = [s]
    return sum(out) * sum(r)


def generator_raises(x: np.ndarray, s: float) -> float:
    def g():
        for v in x:
            yield math.sqrt(v * s)

    total = 0.0
    try:
        for v in g():
            total += v
    except ValueError:
        total += 100 * s
    return total


def closure_changes_an_object(x: np.ndarray, s: float) -> float:
    class Box:
        pass

    b = Box()
    b.v = s

    def step():
        b.v = b.v * s
        if b.v > 0.4:
            raise ArithmeticError
        b.v += 1

    try:
        step()
    except ArithmeticError:
        b.v *= 3
    return b.v


def loop_of_a_function(x: np.ndarray, s: float) -> float:
    y = np.zeros(3)

    def run():
        for i in range(3):
            y[i] = x[i] * s
            if x[i] * s > 0.5:
                raise RuntimeError
        return s

    t = 0.0
    try:
        t = run()
    except RuntimeError:
        t = 3 * s
    return np.sum(y) * t


def three_calls_in_a_product(x: np.ndarray, s: float) -> float:
    log = []

    def run(v):
        log.append(v)
        if v < 0:
            raise ValueError
        return v * v

    try:
        t = run(s) + run(x[0] * s) * run(x[1] * s)
    except ValueError:
        t = sum(log)
    return t * s


def raised_again(x: np.ndarray, s: float) -> float:
    y = x.copy()
    try:
        try:
            fill(y, s)
        except:
            y[1] = 4 * s
            raise
    except ValueError as e:
        y[2] += s
    return np.sum(np.cos(y))


def suppressed(x: np.ndarray, s: float) -> float:
    y = x.copy()
    with contextlib.suppress(ValueError):
        fill(y, s)
        y[0] *= 2
    return np.sum(y * s)


def index_that_changes_the_array(x: np.ndarray, s: float) -> float:
    y = x.copy()

    def idx():
        y[1] = s * s
        return 7

    try:
        y[idx()] += 1.0
    except IndexError:
        y[0] = s
    return np.sum(y * y)


def methods(x: np.ndarray, s: float) -> float:
    a = Account(s)
    try:
        a.take(x[0] * 0.5)
        a.take(x[1])
        a.take(x[2] * x[2])
    except ValueError:
        a.v += 2 * s
    return a.v * s + sum(a.log)


def properties(x: np.ndarray, s: float) -> float:
    a = Account(s)
    try:
        r = a.bal * 2 + a.bal
    except ValueError:
        r = a.v
    return r * s + sum(a.log) * s


def operators(x: np.ndarray, s: float) -> float:
    a = Account(s)
    try:
        r = (a + -1.0) * (a + 0.5)
    except ValueError:
        r = s
    return r * a.v


def recursion(x: np.ndarray, s: float) -> float:
    log = []

    def rec(n):
        log.append(s * n)
        if n == 0:
            return math.sqrt(s - 0.5)
        try:
            return rec(n - 1) * s
        except ValueError:
            if n < 2:
                raise
            return s

    try:
        return rec(3) + sum(log)
    except ValueError:
        return sum(log)


def generator_that_notes(x: np.ndarray, s: float) -> float:
    log = []

    def g():
        for v in x:
            log.append(v)
            yield math.sqrt(v * s)
            log.append(s)

    t = 0.0
    try:
        for v in g():
            t += v
    except ValueError:
        t += 5 * s
    return t * sum(log)


def generator_of_a_generator(x: np.ndarray, s: float) -> float:
    def g():
        for v in x:
            yield math.sqrt(v)

    def h():
        yield s
        yield from g()
        yield 2 * s

    t = 0.0
    try:
        for v in h():
            t += v
    except ValueError:
        t *= 3
    return t * s


def comprehension_with_condition(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v * s)
        if v < 0:
            raise ValueError
        return v

    try:
        r = [f(v) * w for v in x if f(v) > 0.3 for w in (1.0, s)]
    except ValueError:
        r = [s]
    return sum(r) * sum(log)


def and_or(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v)
        return math.sqrt(v)

    try:
        if f(x[0] + 0.3) > 0.2 and f(s) > 0.5 or f(x[1]) > 0.1:
            t = s
        else:
            t = 2 * s
    except ValueError:
        t = 3 * s
    return t * sum(log)


def while_with_else(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v)
        return math.sqrt(v)

    v = s
    try:
        while f(v) > 0.3:
            v = v - 0.35
        else:
            v = v + 1
    except ValueError:
        v = v * 2
    return v * sum(log)


def conditional_expression(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v)
        return math.sqrt(v)

    try:
        t = f(x[0] + 1) if s > 0 else f(s) + f(1.0)
    except ValueError:
        t = s
    return t * sum(log)


def chain_of_comparisons(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v)
        return math.sqrt(v)

    try:
        t = 1.0 if 0.1 < f(x[0] + 1) < f(s) else 2.0
    except ValueError:
        t = 5.0
    return t * sum(log)


@pytest.mark.parametrize("args", POINTS, ids=range(len(POINTS)))
@pytest.mark.parametrize("f", programs(globals()), ids=lambda f: f.__name__)
def test_right(f: Callable[..., float], args: tuple[Any, ...]) -> None:
    check(f, args)

"""Finalizers on all ways out: they see what has been done, may leave themselves, and replace exceptions."""

# ruff: noqa: B012, B904, E701, E702, E722, PLW0150, SIM105, SIM107, TRY

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.frontend.syntax.raising import POINTS, check, programs


class Guarded:
    def __init__(self, s):
        self.s = s
        self.n = 0.0

    def __enter__(self):
        self.n += self.s
        return self.n

    def __exit__(self, t, e, tb):
        self.n *= 2
        return t is ZeroDivisionError or (t is not None and issubclass(t, ValueError))


def finalizer_breaks_by_condition(x: np.ndarray, s: float) -> float:
    total = 0.0
    for i in range(3):
        try:
            total += x[i] * s
        finally:
            if s > 0.5:
                break
    return total * s


def finalizer_returns_by_condition(x: np.ndarray, s: float) -> float:
    try:
        y = math.log(s)
    finally:
        if s < 0:
            return s * s * 3
    return y * s


def finalizer_returns(x: np.ndarray, s: float) -> float:
    try:
        y = math.log(s) * 2
        return y
    finally:
        return s * s


def finalizer_continues(x: np.ndarray, s: float) -> float:
    total = 0.0
    for i in range(3):
        try:
            total += math.sqrt(x[i] * s)
        finally:
            total += s
            continue
    return total


def finalizer_of_a_function(x: np.ndarray, s: float) -> float:
    y = x.copy()

    def inner():
        try:
            y[0] = math.log(s)
        finally:
            y[1] = s * 4

    try:
        inner()
    except ValueError:
        y[2] = y[1] * 2
    return np.sum(np.sin(y))


def finalizer_raises(x: np.ndarray, s: float) -> float:
    y = x.copy()
    try:
        try:
            y[0] = math.log(s)
        finally:
            y[1] = s
            if s < 0:
                raise KeyError("k")
    except KeyError as e:
        y[2] = s * s
    except ValueError:
        y[2] = 7.0
    return np.sum(y * y)


def context_of_a_finalizer(x: np.ndarray, s: float) -> float:
    try:
        try:
            y = math.log(s)
        finally:
            if s < 0:
                raise KeyError("k")
    except KeyError as e:
        y = 1.0 if isinstance(e.__context__, ValueError) else 2.0
    return y * s


def loop_over_a_generator_raises(x: np.ndarray, s: float) -> float:
    def g():
        n = 0.0
        try:
            for v in x:
                n = n + v
                yield n * s
        finally:
            pass

    total = 0.0
    try:
        for v in g():
            total += v * s
            if total < 0:
                raise ValueError("neg")
    except ValueError:
        total += 100 * s
    return total


def nested_in_a_loop(x: np.ndarray, s: float) -> float:
    r = []
    for i in range(3):
        try:
            try:
                r.append(math.sqrt(x[i]))
                continue
            finally:
                r.append(s * i)
        except ValueError:
            r.append(-s)
        else:
            r.append(99.0)
        finally:
            r.append(0.5 * s)
    return sum(v * (k + 1) for k, v in enumerate(r))


def manager_of_the_program(x: np.ndarray, s: float) -> float:
    class M:
        def __init__(self):
            self.v = 0.0

        def __enter__(self):
            return self

        def __exit__(self, *a):
            self.v += s
            return False

    m = M()
    try:
        with m:
            m.v = s * math.log(s)
    except ValueError:
        m.v *= 2
    return m.v * s


def manager_that_suppresses(x: np.ndarray, s: float) -> float:
    class M:
        def __init__(self):
            self.v = 0.0

        def __enter__(self):
            return self

        def __exit__(self, t, e, tb):
            self.v += s
            return t is not None and issubclass(t, ValueError)

    m = M()
    with m:
        m.v = s * math.log(s)
    return m.v * s


def returns_and_a_finalizer(x: np.ndarray, s: float) -> float:
    def f():
        try:
            return math.log(s)
        except ValueError:
            return s * s
        finally:
            x[0] = s

    x = x.copy()
    return f() * x[0]


def loop_with_all_clauses(x: np.ndarray, s: float) -> float:
    t = 0.0
    for v in x:
        try:
            t += math.sqrt(v)
            if t > 1.5:
                break
        except ValueError:
            t += s
            continue
        finally:
            t += 0.1 * s
    else:
        t += 10 * s
    return t


def finalizer_returns_in_a_loop(x: np.ndarray, s: float) -> float:
    for v in x:
        try:
            q = math.sqrt(v) * s
        finally:
            if v > 0.3:
                return v * s
    return q


def finalizer_swallows(x: np.ndarray, s: float) -> float:
    t = 0.0
    for v in x:
        try:
            t += math.sqrt(v) * s
            t += math.log(s)
        finally:
            t += s
            if v < 0.5:
                continue
            break
    return t


def manager_that_chooses(x: np.ndarray, s: float) -> float:
    g = Guarded(s)
    with g as n:
        g.n += math.log(s) + n
    return g.n * s


def manager_in_a_loop(x: np.ndarray, s: float) -> float:
    g = Guarded(s)
    t = 0.0
    for v in x:
        with g:
            t += math.sqrt(v)
            t += s
            if t > 2:
                break
    return g.n * t


def function_with_a_try(x: np.ndarray, s: float) -> float:
    log = []

    def inner(v):
        try:
            log.append(v)
            return math.sqrt(v)
        except ValueError:
            log.append(2 * v)
            raise KeyError("x")
        finally:
            log.append(3.0 * s)

    t = 0.0
    for v in x:
        try:
            t += inner(v)
        except KeyError:
            t += 10 * s
    return t * sum(log)


def generator_as_manager(x: np.ndarray, s: float) -> float:
    log = []

    @contextlib.contextmanager
    def cm():
        log.append(s)
        yield 2.0
        log.append(100.0 * s)

    t = 0.0
    try:
        with cm() as c:
            t += c * math.log(s)
    except ValueError:
        t += s
    return t * sum(log)


def generator_as_manager_with_finalizer(x: np.ndarray, s: float) -> float:
    log = []

    @contextlib.contextmanager
    def cm():
        log.append(s)
        try:
            yield 2.0
        finally:
            log.append(100.0 * s)

    t = 0.0
    try:
        with cm() as c:
            t += c * math.log(s)
    except ValueError:
        t += s
    return t * sum(log)


def generator_with_finalizer(x: np.ndarray, s: float) -> float:
    log = []

    def g():
        try:
            for v in x:
                yield v * s
        finally:
            log.append(s)

    t = 0.0
    try:
        for v in g():
            t += math.sqrt(v)
    except ValueError:
        t *= 2
    return t + sum(log)


def finalizer_of_each_way(x: np.ndarray, s: float) -> float:
    log = []

    def f(k):
        try:
            log.append(s)
            if k:
                raise ValueError
            return len(log) * s
        except ValueError:
            log.append(2 * s)
            return len(log) * s
        finally:
            log.append(3 * s)

    return (f(0) + f(1)) * sum(log) + f(s > 0)


def return_replaced(x: np.ndarray, s: float) -> float:
    def f():
        for v in x:
            try:
                if v > 1:
                    return v
                math.sqrt(v)
            except ValueError:
                return s
            finally:
                if v * s > 0.5:
                    return s * s * v
        return 7.0 * s

    return f() * s


def printing_finalizer(x: np.ndarray, s: float) -> float:
    t = 0.0
    try:
        t += math.log(s)
    finally:
        t += s
        print(end="")
    return t


def exception_replaced(x: np.ndarray, s: float) -> float:
    try:
        y = math.log(s)
    finally:
        y = [s][int(s < 0)]
    return y


def exception_replaced_in_a_printing_program(x: np.ndarray, s: float) -> float:
    print(end="")
    try:
        y = math.log(s)
    finally:
        y = [s][int(s < 0)]
    return y


def else_raises(x: np.ndarray, s: float) -> float:
    log = [s]
    try:
        try:
            log.append(2 * s)
        except ValueError:
            log.append(100.0)
        else:
            log.append(math.log(s))
        finally:
            log.append(4 * s)
    except ValueError:
        log.append(5 * s)
    return sum(v * (k + 1) for k, v in enumerate(log))


@pytest.mark.parametrize("args", POINTS, ids=range(len(POINTS)))
@pytest.mark.parametrize("f", programs(globals()), ids=lambda f: f.__name__)
def test_right(f: Callable[..., float], args: tuple[Any, ...]) -> None:
    check(f, args)

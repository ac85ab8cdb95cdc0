"""Programs that handle exceptions as people write them."""

# ruff: noqa: B012, B904, B905, E701, E702, E722, E731, F841, PLW0150, SIM105, SIM107, TRY

from __future__ import annotations

import contextlib
import functools
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.frontend.syntax.raising import POINTS, check, programs


def jitter_until_it_works(x: np.ndarray, s: float) -> float:
    A = np.outer(x, x) + 0.01 * s * np.eye(3)
    j = 1e-3
    for _ in range(8):
        try:
            L = np.linalg.cholesky(A + j * np.eye(3) * (1 + x[0] ** 2))
            break
        except np.linalg.LinAlgError:
            j *= 10
    else:
        raise ValueError("no")
    return np.sum(np.log(np.diag(L)))


def tried_again(x: np.ndarray, s: float) -> float:
    v, n = s, 0
    while True:
        try:
            t = math.log(v)
            break
        except ValueError:
            v += 0.4
            n += 1
    return t * v * (n + 1)


class Cache:
    def __init__(self):
        self.d = {}
        self.miss = 0

    def get(self, k, s):
        try:
            return self.d[k]
        except KeyError:
            self.miss += 1
            v = s * (k + 1)
            self.d[k] = v
            return v


def cache(x: np.ndarray, s: float) -> float:
    c = Cache()
    return (c.get(1, s) + c.get(1, 5 * s) * c.get(2, s)) * c.miss


def errstate(x: np.ndarray, s: float) -> float:
    try:
        with np.errstate(all="raise"):
            y = np.log(x * s)
    except FloatingPointError:
        y = x * s
    return np.sum(y)


def in_place_under_errstate(x: np.ndarray, s: float) -> float:
    y = x.copy()
    with np.errstate(invalid="raise"):
        try:
            y[1] = 5.0 * s
            y *= np.sqrt(x * s)
        except FloatingPointError:
            y += s
    return np.sum(y)


def clock(x: np.ndarray, s: float) -> float:
    t0 = time.perf_counter()
    try:
        y = np.sum(x * s)
    finally:
        t1 = time.perf_counter() - t0
    return y


def state_put_back(x: np.ndarray, s: float) -> float:
    class Solver:
        def __init__(self):
            self.busy = False
            self.n = 0

        def step(self, v):
            self.busy = True
            try:
                self.n += 1
                return math.sqrt(v) * self.n
            finally:
                self.busy = False

    sv = Solver()
    t = 0.0
    for v in x:
        try:
            t += sv.step(v * s)
        except ValueError:
            t += s
            if sv.busy:
                t += 1000
    return t * sv.n


def rank_by_exception(x: np.ndarray, s: float) -> float:
    try:
        n = x.shape[1]
    except IndexError:
        n = 1
    return np.sum(x) * n * s


def texts(x: np.ndarray, s: float) -> float:
    t = 0.0
    for v in ("1.5", "abc", "2"):
        try:
            t += float(v) * s
        except ValueError:
            t += 10 * s
    return t


def class_of_its_own(x: np.ndarray, s: float) -> float:
    class Bad(ValueError):
        pass

    def check(v):
        if v < 0:
            raise Bad("neg")
        return v * v

    out = []
    for v in x:
        try:
            out.append(check(v * s))
        except Bad:
            out.append(0.1 * s)
    return sum(out)


def stack(x: np.ndarray, s: float) -> float:
    st = []
    try:
        for v in x:
            st.append(v * s)
            if len(st) > 2:
                raise OverflowError
        t = 1.0
    except OverflowError:
        t = st.pop() * 2
    return t + sum(st)


def while_with_a_finalizer(x: np.ndarray, s: float) -> float:
    i, t = 0, 0.0
    while i < 3:
        try:
            if x[i] * s > 0.6:
                break
            t += math.sqrt(abs(x[i]))
            if x[i] < 0:
                i += 1
                continue
        finally:
            t += 0.5 * s
            i += 1
        t += 3 * s
    return t * s


def finalizer_that_may_raise(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        try:
            try:
                return math.sqrt(v)
            finally:
                log.append(v)
                log.append(math.log(abs(v) + s))
        except ValueError:
            return s
        finally:
            log.append(2 * s)

    t = 0.0
    for v in x:
        t += f(v)
    return t + sum(log)


def returns_from_all_clauses(x: np.ndarray, s: float) -> float:
    for i, v in enumerate(x):
        try:
            r = math.sqrt(v * s)
        except ValueError:
            return s * (i + 1)
        else:
            if r > 0.8:
                return r * s
    return 7.0 * s


def two_lists(x: np.ndarray, s: float) -> float:
    a, b = [], []
    try:
        for v in x:
            a.append(v * s)
            b.append(math.sqrt(v * s))
            a.append(b[-1])
    except ValueError:
        b.append(len(a) * s)
    return sum(a) * sum(b)


def pairs(x: np.ndarray, s: float) -> float:
    t = 0.0
    try:
        for i, (u, v) in enumerate(zip(x, x[1:])):
            t += math.sqrt(u) * v * i + u
    except ValueError as e:
        t *= 2 * s
    return t


def two_functions_deep(x: np.ndarray, s: float) -> float:
    y = x.copy()

    def g(k):
        y[k] = s * k
        return math.sqrt(x[k])

    def h(k):
        y[0] += g(k)
        return y[0]

    try:
        t = h(0) + h(1) + h(2)
    except ValueError:
        t = y[1] + y[2]
    return t * np.sum(y)


def lambda_that_notes(x: np.ndarray, s: float) -> float:
    log = []
    f = lambda v: (log.append(v * s), math.sqrt(v))[1]
    try:
        t = f(x[0]) + f(x[1]) + f(x[2])
    except ValueError:
        t = s
    return t * sum(log)


def keywords(x: np.ndarray, s: float) -> float:
    log = []

    def f(v, *, w=1.0, **kw):
        log.append(v * w)
        if v < 0:
            raise LookupError
        return sum(kw.values()) * w

    try:
        t = f(x[0], w=s, q=2.0) * f(v=x[1], r=s)
    except KeyError:
        t = 1.0
    except LookupError:
        t = 2 * s
    return t * sum(log)


def decorated(x: np.ndarray, s: float) -> float:
    log = []

    def deco(f):
        @functools.wraps(f)
        def w(*a):
            log.append(s)
            try:
                return f(*a)
            finally:
                log.append(2 * s)

        return w

    @deco
    def g(v):
        log.append(v)
        return math.sqrt(v)

    t = 0.0
    for v in x:
        try:
            t += g(v)
        except ValueError:
            t -= s
    return t * sum(log)


def asserted(x: np.ndarray, s: float) -> float:
    y = x.copy()
    try:
        y[0] = s
        assert y[1] > 0, "no"
        y[1] = s
    except AssertionError:
        y[2] = s
    return np.sum(y * y)


def index_too_large(x: np.ndarray, s: float) -> float:
    y = x.copy()
    t = 0.0
    for k in range(5):
        try:
            y[k] *= s
            t += y[k + 1]
        except IndexError:
            t += k * s
    return t + np.sum(y)


def subject_of_match(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v)
        return math.sqrt(v)

    try:
        match f(s):
            case v if v > 0.9:
                t = s
            case _:
                t = 2 * s
    except ValueError:
        t = 3 * s
    return t * sum(log)


def swapped_places(x: np.ndarray, s: float) -> float:
    y = x.copy()
    d = {"a": s}
    try:
        y[0], y[1] = y[1], y[0]
        d["b"], y[7] = s * 2, 1.0
    except IndexError:
        y[2] = d["b"]
    return np.sum(y * np.arange(3.0)) * s


def else_in_a_loop(x: np.ndarray, s: float) -> float:
    t = 0.0
    for v in x:
        try:
            try:
                u = math.sqrt(v)
            except ValueError:
                u = -1.0
            else:
                if u > 1:
                    raise RuntimeError
            t += u
        except RuntimeError:
            t += 5 * s
        finally:
            t += s
    return t


def handler_raises(x: np.ndarray, s: float) -> float:
    t = 1.0
    try:
        try:
            t = math.log(s)
        except ValueError:
            t = 4 * s
            t = math.sqrt(s)
        finally:
            t += 2 * s
    except ValueError:
        t *= 3
    return t


def generator_left(x: np.ndarray, s: float) -> float:
    log = []

    def g():
        try:
            yield s
            yield 2 * s
        finally:
            log.append(s)

    t = 0.0
    for v in g():
        t += v
        if t > 1:
            break
    return t


def missing_keys(x: np.ndarray, s: float) -> float:
    vals = {"a": s, "b": x[0]}
    t = 0.0
    for k in ("a", "z", "b", "y"):
        try:
            t += vals[k] * 2
        except KeyError:
            vals[k] = t
            t += 1.0
    return t * sum(vals.values())


def zeros(x: np.ndarray, s: float) -> float:
    t = 0.0
    for d in (0, 1, 2):
        try:
            t += s / d
        except ZeroDivisionError:
            t += s * s
    return t


def zero_of_the_run(x: np.ndarray, s: float) -> float:
    n = int(s > 0)
    try:
        return s / n
    except ZeroDivisionError:
        return s * s


def rows_of_all_lengths(x: np.ndarray, s: float) -> float:
    t = 0.0
    for row in ((s,), (s, 2 * s), (1.0, s, s)):
        try:
            a, b = row
            t += a * b
        except ValueError:
            t += len(row) * s
    return t


def match_with_guards(x: np.ndarray, s: float) -> float:
    log = []

    def f(v):
        log.append(v)
        return math.sqrt(v) > 0.7

    t = 1.0
    try:
        match (s, x[0]):
            case (a, b) if f(a):
                t = s * b
            case (a, b) if f(b):
                t = 2 * s
            case _:
                t = 3 * s
    except ValueError:
        t = 4 * s
    return t * sum(log)


def managers_that_raise(x: np.ndarray, s: float) -> float:
    log = []

    @contextlib.contextmanager
    def cm(v):
        log.append(v)
        yield math.sqrt(v)

    def mk(v):
        log.append(2 * v)
        if v < 0:
            raise ValueError
        return contextlib.nullcontext(v)

    t = 0.0
    try:
        with mk(x[0]) as a, mk(s) as b:
            t = a * b
        with contextlib.suppress(KeyError), mk(x[1]) as c:
            t += c
            {}["q"]
        with cm(x[2]) as d:
            t += d
    except ValueError:
        t += s
    return t * sum(log)


def element_as_target(x: np.ndarray, s: float) -> float:
    y = np.zeros(2)
    t = 0.0
    try:
        for k, y[0] in enumerate(x):
            t += math.sqrt(y[0]) * s
    except ValueError:
        t += y[0] * 3
    return t


@pytest.mark.parametrize("args", POINTS, ids=range(len(POINTS)))
@pytest.mark.parametrize("f", programs(globals()), ids=lambda f: f.__name__)
def test_right(f: Callable[..., float], args: tuple[Any, ...]) -> None:
    check(f, args)

"""Exceptions in the midst of a statement: the handler finds what Python leaves to it."""

# ruff: noqa: B012, B904, E701, E702, E722, PLW0150, SIM105, SIM107, TRY

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests.frontend.syntax.raising import POINTS, check, programs


def pair_whose_second_place_is_missing(x: np.ndarray, s: float) -> float:
    a = 1.0
    b = [s]
    try:
        a, b[5] = s * 3, 2.0
    except IndexError:
        pass
    return a * s


def two_names(x: np.ndarray, s: float) -> float:
    a = 1.0
    try:
        a = b = math.log(s)
    except ValueError:
        b = s * s
    return a * b


def pair_of_elements(x: np.ndarray, s: float) -> float:
    y = x.copy()
    try:
        y[0], y[1] = s * 3, math.sqrt(s)
    except ValueError:
        y[2] = s
    return np.sum(y * y)


def three_places(x: np.ndarray, s: float) -> float:
    y = x.copy()
    d = {}
    try:
        y[0], d["k"], y[1] = s * 3, s, [1.0][int(s < 0)]
        y[2] = d["nokey"] if s > 0 else 1.0
    except (KeyError, IndexError):
        y[1] += s
    return np.sum(y * y)


def elements_of_a_list(x: np.ndarray, s: float) -> float:
    y = [s, s * 2]
    try:
        y[0] += math.log(s)
        y.append(y.pop() * math.sqrt(s))
    except ValueError:
        y.append(s * s)
    return sum(v * v for v in y)


def context_of_a_handler(x: np.ndarray, s: float) -> float:
    try:
        try:
            y = math.log(s)
        except ValueError:
            raise KeyError("k")
    except KeyError as e:
        y = 1.0 if isinstance(e.__context__, ValueError) else 2.0
    return y * s


def iterator_runs_out(x: np.ndarray, s: float) -> float:
    it = iter([s, s * 2])
    total = 0.0
    try:
        while True:
            total += next(it) * s
    except StopIteration:
        pass
    return total


def nested_else(x: np.ndarray, s: float) -> float:
    y = 0.0
    try:
        t = math.log(s)
    except ValueError:
        y = s
    else:
        y = t * 2
        try:
            y += math.log(-s)
        except ValueError:
            y += 3 * s
    return y


def dict_before_the_missing_key(x: np.ndarray, s: float) -> float:
    d = {"a": s}
    try:
        d["b"] = s * 2
        d["c"] = d["zz"]
    except KeyError:
        d["c"] = d["b"] * 2
    return sum(d.values())


def walrus(x: np.ndarray, s: float) -> float:
    q = 1.0
    try:
        z = (q := s * 2) + math.log(s)
    except ValueError:
        z = q
    return z * s


def printing_loop(x: np.ndarray, s: float) -> float:
    total = 0.0
    try:
        for v in x:
            print(end="")
            total += math.sqrt(v * s)
    except ValueError:
        total += s
    return total


def cause(x: np.ndarray, s: float) -> float:
    try:
        try:
            t = math.log(s)
        except ValueError as e:
            raise RuntimeError("x") from e
    except RuntimeError as e:
        t = 2.0 if isinstance(e.__cause__, ValueError) else 1.0
    return t * s


def name_that_was_not_set(x: np.ndarray, s: float) -> float:
    try:
        q = math.log(s)
    except ValueError:
        pass
    try:
        return q * s
    except UnboundLocalError:
        return s * 5


def two_deleted(x: np.ndarray, s: float) -> float:
    r = [s, s * s, 1.0]
    try:
        del r[0], r[7]
    except IndexError:
        r.append(3 * s)
    return sum(v * (k + 1) for k, v in enumerate(r))


def generator_expression(x: np.ndarray, s: float) -> float:
    try:
        t = sum(math.sqrt(v) for v in x)
    except ValueError:
        t = s
    return t * s


def mapped(x: np.ndarray, s: float) -> float:
    try:
        t = sum(map(math.sqrt, x))
    except ValueError:
        t = s
    return t * s


def starred_targets(x: np.ndarray, s: float) -> float:
    d = [0.0, 0.0]
    try:
        d[0], *rest, d[5] = s, 2 * s, 3 * s, 4 * s
    except IndexError:
        rest = rest + [d[0]]
    return sum(rest) * s


def array_in_place(x: np.ndarray, s: float) -> float:
    y = x.copy()
    z = y[:2]
    try:
        y *= s
        y[np.array([0, 7])] += 1.0
    except IndexError:
        z += s
    return np.sum(y * y)


def shapes_that_do_not_fit(x: np.ndarray, s: float) -> float:
    y = x.copy()
    try:
        y += np.ones(3) * s
        y += np.ones(2)
    except ValueError:
        y *= s
    return np.sum(y)


def several_clauses(x: np.ndarray, s: float) -> float:
    t = 0.0
    for k in range(4):
        try:
            if k == 0:
                t += math.log(s)
            elif k == 1:
                t += x[k + 5]
            elif k == 2:
                t += 1 / 0
            else:
                t += {}["a"]
        except (ValueError, KeyError) as e:
            t += s * (k + 1)
        except ArithmeticError:
            t += s * s
        except Exception as e:
            t += 2 * s if isinstance(e, IndexError) else 9.0
    return t


def iterator_of_an_array(x: np.ndarray, s: float) -> float:
    it = iter(x)
    t = 0.0
    try:
        while True:
            t = t * s + next(it)
    except StopIteration:
        t += s
    return t


def popped_until_empty(x: np.ndarray, s: float) -> float:
    st = [s, 2 * s]
    t = 0.0
    try:
        while True:
            t += st.pop() * s
    except IndexError:
        pass
    return t


def deleted_keys(x: np.ndarray, s: float) -> float:
    d = {"a": s, "b": 2 * s}
    try:
        del d["a"], d["zz"]
    except KeyError:
        d["c"] = 3 * s
    return sum(d.values())


@pytest.mark.parametrize("args", POINTS, ids=range(len(POINTS)))
@pytest.mark.parametrize("f", programs(globals()), ids=lambda f: f.__name__)
def test_right(f: Callable[..., float], args: tuple[Any, ...]) -> None:
    check(f, args)


def lengths_that_may_not_fit(x, a, b):
    try:
        y = a + b + x[0]
    except ValueError:
        y = x * 2
    return np.sum(y)


def compared_lengths(x, a, b):
    try:
        fits = np.sum(a < b) >= 0
    except ValueError:
        fits = False
    return np.sum(x) if fits else np.sum(x**2)


@pytest.mark.parametrize("f", [lengths_that_may_not_fit, compared_lengths])
@pytest.mark.parametrize("shapes", [(3, 3), (3, 4), (1, 4), (4, 1)])
def test_lengths_that_do_not_fit_are_caught(f: Callable[..., Any], shapes: tuple[int, int]) -> None:
    x, a, b = np.array([0.5, -1.0]), np.arange(shapes[0], dtype=float), np.ones(shapes[1])
    value, gradient = srcad.value_and_grad(f)(x, a, b)
    assert value == f(x, a, b)
    np.testing.assert_allclose(gradient, along_axes(lambda x: f(x, a, b), x), rtol=1e-6)
    np.testing.assert_allclose(srcad.jvp(lambda x: f(x, a, b), (x,), (x,))[1], gradient @ x)


def along_axes(f: Callable[[Any], Any], x: np.ndarray) -> list[float]:
    h = 1e-6
    return [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))]


def doubled_if_large(x, s):
    try:
        if s > 0.9:
            x = x * 2
    except ValueError:
        x = x * 3
    return np.sum(x)


def doubled_in_turns(x, s):
    for _ in range(2):
        with contextlib.suppress(ValueError):
            if s > 0.9:
                break
            x = x * 2
        x = x * 5
    return np.sum(x)


@pytest.mark.parametrize("f", [doubled_if_large, doubled_in_turns])
@pytest.mark.parametrize("s", [np.ones(1), np.ones(2), np.zeros(1)], ids=["one", "two", "small"])
def test_arrays_without_a_truth_are_caught(f: Callable[..., Any], s: np.ndarray) -> None:
    x = np.array([0.5, -1.0])
    np.testing.assert_allclose(srcad.grad(f)(x, s), along_axes(lambda x: f(x, s), x), rtol=1e-6)


def unpacked_number(x):
    row = [[0.5] * 2 for _ in range(2)][0][1]
    try:
        first, factor, last = row
    except TypeError:
        factor = 2
    return x * factor


def unpacked_and_read(x):
    row = [[0.5] * 2 for _ in range(2)][0][1]
    try:
        first, last = row
    except TypeError:
        pass
    return x * last


def test_what_a_handler_leaves_unbound() -> None:
    assert srcad.grad(unpacked_number)(3.0) == 2.0
    with pytest.raises(UnboundLocalError) as due:
        unpacked_and_read(3.0)
    with pytest.raises(UnboundLocalError) as got:
        srcad.grad(unpacked_and_read)(3.0)
    assert str(got.value) == str(due.value)


def index_of_a_later_turn(x, n):
    items, k = [x, 2.0 * x], 0
    try:
        while items[k] < n:
            k, x = k + 1, x * 1.5
    except IndexError:
        x = x * 3.0
    return x + k


def name_that_the_test_has_set(x, n):
    t = 0
    try:
        while t < 3 and (t := t + 1) and x < n:
            x = x * 1.5
            if x > 2.0:
                del t
    except UnboundLocalError:
        x = x * 3.0
    else:
        x = x * 0.5
    return x


def key_that_the_body_takes(x, n):
    d, t = {"a": x}, 0
    try:
        while t < 3 and d["a"] < n:
            t += 1
            x = x * 2.0
            d.pop("a")
    except KeyError:
        x = x * 5.0
    return x


def called_test(x, n):
    def goes_on(v):
        return math.log(3.0 - v) < n

    try:
        while goes_on(x):
            x = x + 0.5 * x
    except ValueError:
        x = x * 5.0
    return x


@pytest.mark.parametrize("n", [-2.0, 2.5, 100.0])
@pytest.mark.parametrize("f", [index_of_a_later_turn, name_that_the_test_has_set, key_that_the_body_takes, called_test])
def test_a_loop_whose_test_raises_in_a_later_turn(f: Callable[..., float], n: float) -> None:
    value, slope = srcad.value_and_grad(f)(1.2, n)
    assert value == f(1.2, n)
    np.testing.assert_allclose(slope, (f(1.2 + 1e-6, n) - f(1.2 - 1e-6, n)) / 2e-6, rtol=1e-6)

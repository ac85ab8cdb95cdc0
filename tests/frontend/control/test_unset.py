"""Names that a loop may leave without a value: where they are read, the run raises what Python does."""

# ruff: noqa: F821

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad
from tests import reference


def set_under_a_condition(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v
    return y


def read_before_it_is_set(x: np.ndarray) -> float:
    total = 0.0
    for v in x:
        if v > 1:
            y = v
        total += y * v
    return total


def no_turn(x: np.ndarray) -> float:
    for v in x[x > 2]:
        y = v * v
    return y


def own_variable(x: np.ndarray) -> float:
    for i in range(len(x) - 2):
        pass
    return (i + 1) * np.sum(x * x)


def backwards(x: np.ndarray) -> float:
    for i in range(len(x) - 3, -1, -1):
        y = x[i] * x[i]
    return y


def while_there_are(x: np.ndarray) -> float:
    i = 0
    while i < len(x) and x[i] > 2:
        y = x[i] * x[i]
        i += 1
    return y


def left_in_the_first_turn(x: np.ndarray) -> float:
    i = 0
    while True:
        if i == len(x) or x[i] > 2:
            break
        y = x[i] * x[i]
        i += 1
    return y


def found(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v
            break
    return y


def found_or_else(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v
            break
    else:
        y = np.sum(x) * 3.0
    return y


def passed_over(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            continue
        y = v * v
    return y


def returned_early(x: np.ndarray) -> float:
    for v in x:
        if v > 4:
            return v * 3.0
        if v > 2:
            y = v * v
    return y


def in_an_inner_loop(x: np.ndarray) -> float:
    for _ in range(2):
        for v in x:
            if v > 2:
                y = v * v
    return y


def inner_loop_without_turns(x: np.ndarray) -> float:
    total = 0.0
    for i in range(len(x)):
        for v in x[: i + len(x) - 3]:
            y = v * v
        total += y
    return total


def deleted(x: np.ndarray) -> float:
    y = np.sum(x)
    for v in x:
        if v > 4:
            del y
            break
    return y * y


def deleted_after(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v
    del y
    return np.sum(x * x)


def lists(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = [v, v * v]
    return y[1] * y[0]


def arrays(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = x * v
    return np.sum(y)


def several(x: np.ndarray) -> float:
    for k, (v, w) in enumerate(zip(x, x[::-1], strict=True)):
        if v > 2:
            a, b = v * k, w
    return a * b


def in_a_closure(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v

    def twice() -> float:
        return y * 2.0

    return twice()


def in_a_call(x: np.ndarray) -> float:
    def last(n: int) -> float:
        for v in x[:n]:
            if v > 2:
                y = v * v
        return y

    return last(2) + last(3)


def of_a_generator(x: np.ndarray) -> float:
    def large():
        for v in x:
            if v > 2:
                yield v * v

    for y in large():
        pass
    return y


def changed_in_place(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v
    y += 1.0
    return y * np.sum(x)


def keys(x: np.ndarray) -> float:
    found = {}
    for v in x:
        if v > 2:
            found["y"] = v * v
    return found["y"]


def attributes(x: np.ndarray) -> float:
    class Kept:
        pass

    kept = Kept()
    for v in x:
        if v > 2:
            kept.y = v * v
    return kept.y * np.sum(x)


def list_that_grows(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            kept = [v]
        elif v > 1:
            kept.append(v * v)
    return sum(kept)


def deleted_in_each_turn(x: np.ndarray) -> float:
    y, total = 2.0, 0.0
    for v in x:
        total += y * v
        del y
        w = v
        if v > 1:
            y = v * v
    return total * w


def known_number(x: np.ndarray) -> float:
    for v in x:
        a = v * v
        if v > 2:
            k = 1
    return x[k] * a


def function(x: np.ndarray) -> float:
    for v in x:
        if v > 2:

            def f(t: float) -> float:
                return t * t * x[0]

    return f(x[1])


def set_by_a_method(x: np.ndarray) -> float:
    class Kept:
        def see(self, v: float) -> None:
            if v > 2:
                self.y = v * v

    kept = Kept()
    for v in x:
        kept.see(v)
    return kept.y


def handled(x: np.ndarray) -> float:
    for v in x:
        if v > 2:
            y = v * v
    try:
        return y * 2.0
    except UnboundLocalError:
        return np.sum(x * x)


PROGRAMS = [
    set_under_a_condition,
    read_before_it_is_set,
    no_turn,
    own_variable,
    backwards,
    while_there_are,
    left_in_the_first_turn,
    found,
    found_or_else,
    passed_over,
    returned_early,
    in_an_inner_loop,
    inner_loop_without_turns,
    deleted,
    deleted_after,
    lists,
    arrays,
    several,
    in_a_closure,
    in_a_call,
    of_a_generator,
    changed_in_place,
    keys,
    attributes,
    list_that_grows,
    deleted_in_each_turn,
    known_number,
    function,
    set_by_a_method,
    handled,
]
POINTS = (
    [],
    [0.1, 0.3],
    [0.1, 0.2, 0.3],
    [3.0, 0.2, 0.3],
    [0.1, 0.2, 3.0],
    [0.1, 6.0, 3.0],
    [3.0, 4.5, 5.0],
    [1.5, 0.3, 7.0],
)


@pytest.mark.parametrize("f", PROGRAMS)
def test_raises_where_python_does(f: Callable[[np.ndarray], float]) -> None:
    gradient, seen = srcad.grad(f), set()
    for point in POINTS:
        x = np.array(point)
        due = _outcome(lambda x=x: float(f(x)))
        if isinstance(due, Exception):
            seen.add("raised")
            for derivative in (gradient, lambda x: srcad.jvp(f, (x,), (np.ones_like(x),))):
                with pytest.raises(type(due)) as caught:
                    derivative(x)
                assert str(caught.value) == str(due)
        else:
            seen.add("right")
            found = gradient(x)
            assert found.shape == x.shape
            for direction in np.eye(len(x)):
                along = reference.along(f, (x,), (direction,)).value[0]
                assert found @ direction == pytest.approx(along, abs=1e-7)
                assert srcad.jvp(f, (x,), (direction,))[1] == pytest.approx(along, abs=1e-7)
    assert "right" in seen
    assert "raised" in seen or f in (found_or_else, handled, inner_loop_without_turns)


def _outcome(run: Callable[[], float]) -> float | Exception:
    try:
        return run()
    except (NameError, LookupError, AttributeError) as error:
        return error


def surely_set(x: np.ndarray) -> float:
    for k in range(3):
        y = x[k] * x[k]
    kept = {}
    for v in (1.0, 2.0):
        scale, offset = v, v * 2.0
    y += scale * offset
    for k in range(2):
        kept["y"] = y * x[k]
    while True:
        z = kept["y"] * y
        if z > 0:
            return z
        y += 1.0


def test_what_is_surely_set_has_no_flag() -> None:
    source = srcad.grad(surely_set).source(np.array([0.3, 0.7, 1.1]))
    assert "UnboundLocalError" not in source
    assert "KeyError" not in source


def used_from_the_second_turn_on(x, n):
    y = x
    for i in range(n):
        if i > 0:
            y = y * previous
        previous = x * (i + 1)
    return y


def used_before_it_is_set(x, n):
    y = x
    for i in range(n):
        y = y * previous
        previous = x * (i + 1)
    return y


def caught_in_the_first_turn(x, n):
    y = x
    for i in range(n):
        try:
            y = y * previous
        except UnboundLocalError:
            y = y * 3.0
        previous = x * (i + 1)
    return y


def used_where_a_turn_was_cut_short(x, n):
    y, k = x, 0
    while k < n:
        k += 1
        if x > k:
            continue
        if k % 2 == 0:
            y = y * w
        w = x * k
    return y


def used_in_an_inner_loop(x, n):
    y = x
    for i in range(n):
        for _ in range(i):
            y = y * z
        z = x + i
    return y


def never_set(x, n):
    y = x
    for _ in range(n):
        if x > 1.0:
            y = missing
        elif n < 0:
            missing = x
    return y * n


def endless_but_for_the_name(x, n):
    while True:
        y = missing
        missing = x
    return y


@pytest.mark.parametrize(
    "f",
    [
        *(used_from_the_second_turn_on, used_before_it_is_set, caught_in_the_first_turn),
        *(used_where_a_turn_was_cut_short, used_in_an_inner_loop, never_set, endless_but_for_the_name),
    ],
)
def test_names_that_turns_of_a_loop_set(f):
    derived = srcad.value_and_grad(f)
    for x in (0.7, 1.5, 3.5):
        for n in (0, 1, 2, 3):
            try:
                due = f(x, n)
            except UnboundLocalError as error:
                with pytest.raises(UnboundLocalError) as raised:
                    derived(x, n)
                assert str(raised.value) == str(error)
            else:
                value, slope = derived(x, n)
                assert value == due
                np.testing.assert_allclose(slope, (f(x + 1e-6, n) - f(x - 1e-6, n)) / 2e-6, rtol=1e-6)

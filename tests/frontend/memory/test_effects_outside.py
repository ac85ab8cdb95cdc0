"""What a program leaves outside of itself, its derivative leaves there as well: once, and in plain numbers."""

from __future__ import annotations

import copy
import linecache
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import SrcadError
from tests.frontend import MARKER

X = np.array([0.7, 1.3, 0.4])
history: list[Any] = []
table: dict[str, Any] = {}
recent: deque[float] = deque(maxlen=2)
counter = 0
last: Any = None


class Model:
    seen = 0

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.scale = 1.0
        self.losses: dict[str, list[Any]] = {"train": []}

    def loss(self, x: Any) -> Any:
        value = np.sum(x**2) * self.scale
        self.last = float(value)
        self.log.append(value)
        self.losses["train"].append(float(value))
        return value * x[0]


model = Model()


def counted(x: Any) -> Any:
    global counter
    counter += 1
    return x[0] ** 3


def kept_last(x: Any) -> Any:
    global last
    y = x * x
    last = y
    return np.sum(y * x)


def on_one_side(x: Any) -> Any:
    global counter
    if x[0] > 0:
        counter = counter + 2
    return x[0] ** 3 * counter


def appended(x: Any) -> Any:
    y = x**2
    history.append(float(np.sum(y)))
    return np.sum(y * x)


def appended_in_a_loop(x: Any) -> Any:
    total = 0.0
    for v in x:
        total = total + v * v
        history.append(total)
        recent.append(float(v))
    return total * len(x)


def appended_on_one_side(x: Any) -> Any:
    if x[1] > 1.0:
        history.append(x[1] * 2.0)
    else:
        history.append("small")
    return x[0] * x[1]


def put_in_a_dict(x: Any) -> Any:
    table["x0"] = x[0] * 2.0
    table.update(y=1.0)
    return x[0] * x[1]


def counted_in_a_dict(x: Any) -> Any:
    table["calls"] = 1
    history.extend([1.0, x[2]])
    return x[0] * x[1] if len(history) > 1 else x[0]


def first_replaced(x: Any) -> Any:
    history.clear()
    history.insert(0, x[0])
    return x[0] * x[1]


def of_a_model(x: Any) -> Any:
    return model.loss(x) + model.scale * x[1]


def of_a_class(x: Any) -> Any:
    Model.seen = 3
    return x[0] * x[1]


def of_a_closure() -> Callable[[Any], Any]:
    calls = 0

    def f(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return x[0] * x[0] * calls

    return f


def reset() -> None:
    global counter, last, model
    history[:] = [1.5, 2.5]
    table.clear()
    recent.clear()
    counter, last = 5, None
    model = Model()
    Model.seen = 0


def left() -> Any:
    state = (history, table, list(recent), counter, last, vars(model), Model.seen)
    return copy.deepcopy(state)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (float, np.ndarray)) and isinstance(b, (float, np.ndarray)):
        return np.allclose(a, b)
    return type(a) is type(b) and bool(a == b)


PROGRAMS = (
    *(counted, kept_last, on_one_side, appended, appended_in_a_loop, appended_on_one_side, put_in_a_dict),
    *(counted_in_a_dict, first_replaced, of_a_model, of_a_class),
)
WAYS: dict[str, Callable[[Any], Any]] = {
    "grad": lambda f: srcad.grad(f)(X),
    "value_and_grad": lambda f: srcad.value_and_grad(f)(X)[1],
    "vjp": lambda f: srcad.vjp(f, X)[1](1.0)[0],
    "jvp": lambda f: np.array([srcad.jvp(f, (X,), (e,))[1] for e in np.eye(3)[:1]]),
    "hvp": lambda f: srcad.hvp(f)(X, np.ones(3)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_what_is_left(program: Callable[[Any], Any], way: str) -> None:
    for _ in range(2):  # compiled, and served again
        reset()
        program(X)
        due = left()
        reset()
        WAYS[way](program)
        assert same(left(), due)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_gradient(program: Callable[[Any], Any]) -> None:
    def value(x: Any) -> float:
        reset()
        return float(program(x))

    due = [(value(X + 1e-6 * e) - value(X - 1e-6 * e)) / 2e-6 for e in np.eye(3)]
    reset()
    np.testing.assert_allclose(srcad.grad(program)(X), due, rtol=1e-6, atol=1e-7)


def test_a_variable_of_an_enclosing_function() -> None:
    f, g = of_a_closure(), of_a_closure()
    derived = srcad.grad(f)
    assert [derived(X)[0], derived(X)[0], f(X)] == [1.4, 2.8, pytest.approx(3 * 0.49)]
    assert srcad.grad(g)(X)[0] == 1.4, "each function has a variable of its own"


def read_from_a_global(x: Any) -> Any:
    global last
    last = x * x  # <- here
    return np.sum(last * x)


def read_from_an_attribute(x: Any) -> Any:
    model.last = x[0] * x[1]  # <- here
    return model.last * x[1]


def read_in_the_next_turn(x: Any) -> Any:
    total = 0.0
    model.last = 1.0
    for v in x:
        total = total + v * model.last
        model.last = v  # <- here
    return total


def read_again(x: Any) -> Any:
    history.append(x[0] * 2.0)
    return x[1] * history[-1]  # <- here


def read_from_a_dict(x: Any) -> Any:
    table["a"] = x[0] * 2.0
    return x[1] * table["a"]  # <- here


def summed_up(x: Any) -> Any:
    history.append(x[0])
    return np.sum(np.array(history))  # <- here


def written_later(x: Any) -> Any:
    y = np.zeros(3)
    history.append(y)
    y[0] = x[0]  # <- here
    return np.sum(y)


READ = (
    *(read_from_a_global, read_from_an_attribute, read_in_the_next_turn, read_again, read_from_a_dict, summed_up),
    written_later,
)


@pytest.mark.parametrize("program", READ)
def test_what_goes_out_does_not_come_back(program: Callable[[Any], Any]) -> None:
    reset()
    with pytest.raises(SrcadError) as caught:
        srcad.grad(program)(X)
    assert MARKER in str(caught.value)


def test_effects_of_a_function_without_a_module_are_refused() -> None:
    names: dict[str, Any] = {"__name__": "nowhere"}
    text = "def f(x):\n    global n\n    n = x\n    return x * x\n"
    linecache.cache["<nowhere>"] = (len(text), None, text.splitlines(keepends=True), "<nowhere>")
    exec(compile(text, "<nowhere>", "exec"), names)
    with pytest.raises(SrcadError, match="isn't imported"):
        srcad.grad(names["f"])(2.0)

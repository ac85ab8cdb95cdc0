"""Where a reading is: what is entered is left again, however that happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict

import pytest

from srcad.errors import Span
from srcad.frontend.core.stack import Stack
from srcad.trace.nodes import Var
from srcad.trace.types import BOOL

HERE, THERE = (Span("f.py", line, "y = g(x)", 0, 8, "f", line) for line in (1, 2))
CONDITION = Var(BOOL)


def deep() -> Stack:
    return Stack([1], [HERE], [("f", 0)], [CONDITION], [HERE])


def change(stack: Stack) -> None:
    stack.frames.append(7)
    stack.spans.append(THERE)
    stack.functions.append(("g", 1))


ENTERED: dict[str, Callable[[Stack], AbstractContextManager[None]]] = {
    "frame": lambda stack: stack.frame(2),
    "call": lambda stack: stack.call(2, "g", THERE),
    "first call": lambda stack: stack.call(2, "g", None),
    "condition": lambda stack: stack.condition(Var(BOOL)),
    "kept": lambda stack: stack.kept(),
    "afresh": lambda stack: stack.afresh(),
}


@pytest.mark.parametrize("name", ENTERED)
def test_all_is_as_before_afterwards(name: str) -> None:
    stack = deep()
    with ENTERED[name](stack):
        if name == "kept":
            change(stack)
        assert asdict(stack) != asdict(deep())
    assert asdict(stack) == asdict(deep())


@pytest.mark.parametrize("name", ENTERED)
def test_all_is_as_before_after_an_error(name: str) -> None:
    stack = deep()
    with pytest.raises(KeyError), ENTERED[name](stack):
        if name in ("kept", "afresh"):
            stack.functions.append(("g", 1))
        raise KeyError(name)
    assert asdict(stack) == asdict(deep())


def test_a_call_knows_the_conditions_around_it() -> None:
    stack = Stack()
    with stack.call(1, "f", None), stack.condition(CONDITION), stack.call(2, "g", HERE), stack.call(3, "h", THERE):
        assert stack.functions == [("f", 0), ("g", 1), ("h", 1)]
        assert stack.frames == [1, 2, 3]
        assert stack.calls == (THERE, HERE)

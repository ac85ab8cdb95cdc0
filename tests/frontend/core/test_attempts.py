"""A failed attempt leaves nothing behind: each field of the machine is what it was."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import numpy as np
import pytest
from scipy import optimize

import srcad
from srcad.compile.compiler import Derivatives
from srcad.errors import SrcadError
from srcad.frontend.core.attempts import Attempt, Restorable, RestorableDict, RestorableSet
from srcad.frontend.core.known import Known
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Num
from srcad.frontend.derivatives.custom import RulesRead
from srcad.frontend.memory.forms import Form
from srcad.frontend.procedures.functions import Copies
from srcad.frontend.procedures.procedures import Place, Procedure, Procedures
from srcad.frontend.read import _Reader
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.builder import Builder
from srcad.trace.nodes import Var
from srcad.trace.types import FLOAT

JOURNALS = ("replaced", "changes")  # how a field is put back is no state


def picture(value: Any) -> Any:
    """A state as plain data that can be compared: objects that don't change stand for themselves."""
    match value:
        case Restorable() | Builder():
            return id(value), {name: picture(field) for name, field in vars(value).items() if name != "blamed"}
        case list():
            return id(value), [picture(item) for item in value]
        case dict():
            return id(value), [(key, picture(item)) for key, item in value.items()]
        case set():
            return id(value), frozenset(value)
    return id(value), value


def assert_same(m: Machine, before: Any) -> None:
    """Field by field, so that a failure names the field."""
    now = picture(m)[1]
    assert now.keys() == before[1].keys()
    for name, field in now.items():
        assert field == before[1][name], name


def function(x, n, table):
    total = x[0] * 2.0
    for i in range(n):
        total = total + np.sin(x[i]) * table["w"]
    return total


def midway() -> Machine:
    """A machine in the middle of things, with something in each field that holds others."""
    args = (np.array([1.0, 2.0]), 2, {"w": 3.0})
    reader = _Reader(function, args, {}, (0,), Known(), (), Derivatives())
    reader.read()
    m = reader.m
    label = Procedure("f#1", "key", m.code, None, ("x",), (Form("number"),), [Place(FLOAT, "x")])
    m.part(Procedures).building.append(label)
    m.part(Procedures).called["f#1"] = label
    m.part(Copies).counts["key"] += 1
    m.views[-1]["v"] = Var(FLOAT)
    for items in (m.stack.returns, m.stack.conditions, m.stack.spans, m.part(RulesRead).functions, m.stack.functions):
        items.append(None)  # type: ignore[attr-defined]
    return m


def disturbances(value: Any) -> Iterator[Callable[[], None]]:
    """Ways to change a state in place, one for each thing in it that can be changed."""
    match value:
        case Restorable() | Builder():
            for name, field in list(vars(value).items()):
                yield lambda name=name: setattr(value, name, object())  # type: ignore[misc]
                yield from disturbances(field)
            yield lambda: setattr(value, "added", 1)
        case RestorableDict():
            yield lambda: value.update({"new": 1})
            yield lambda: value.setdefault("new too", 1) and None
            for key in list(value):
                yield lambda key=key: value.__setitem__(key, 2)  # type: ignore[misc]
        case RestorableSet():
            yield lambda: value.update({"new"})
            yield lambda: value.difference_update(list(value))
        case list():
            yield lambda: value.append(0)
            yield lambda: value.__delitem__(slice(None)) if not is_equations(value) else None
            for item in value:
                yield from disturbances(item)
        case dict():
            yield lambda: value.update({"new": 1})
            yield lambda: value.clear()
            for item in value.values():
                yield from disturbances(item)
        case set():
            yield lambda: value.add("new")
            yield lambda: value.clear()
        case _:
            assert is_constant(value), f"{type(value).__name__} is state that no attempt puts back: make it Restorable"


def is_equations(items: list[Any]) -> bool:
    return any(type(item).__name__ == "Equation" for item in items)


def is_constant(value: Any) -> bool:
    """Whether an object of the machine doesn't change, or isn't the machine's."""
    ours = type(value).__module__.startswith("srcad.")
    frozen = dataclasses.is_dataclass(value) and type(value).__dataclass_params__.frozen  # type: ignore[attr-defined]
    return not ours or frozen or not getattr(value, "__dict__", {"slots": ...})


@pytest.mark.parametrize("reverse", [False, True])
def test_whatever_is_changed_is_put_back(reverse: bool) -> None:
    m = midway()
    before, changes = picture(m), list(disturbances(m))
    with m.attempt(ValueError) as tried:
        for change in reversed(changes) if reverse else changes:
            change()
        raise ValueError
    assert isinstance(tried.error, ValueError)
    assert_same(m, before)


def test_each_change_alone_is_put_back() -> None:
    m = midway()
    before = picture(m)
    for change in list(disturbances(m)):
        with m.attempt(ValueError):
            change()
            raise ValueError
        assert_same(m, before)


def test_what_succeeds_stays_and_what_is_rehearsed_does_not() -> None:
    m = midway()
    with m.attempt(ValueError) as tried:
        var = m.emit("add", 1.0, 2.0)
    assert tried.error is None and m.builder.equations[-1].result is var and var in m.variables.definitions
    before = picture(m)
    with m.rehearsal():
        m.bind("x", Num(m.emit("add", 1.0, 2.0)))
        assert picture(m) != before
    assert picture(m) == before


def test_an_error_that_is_not_meant_passes_with_the_state_that_tells_of_it() -> None:
    m = midway()
    with pytest.raises(ValueError), m.attempt(ValueError, when=lambda error: "other" in str(error)) as tried:
        var = m.emit("add", 1.0, 2.0)
        raise ValueError("this one")
    assert tried.error is None and var in m.variables.definitions
    with pytest.raises(KeyError), m.attempt(ValueError):
        raise KeyError


def test_an_attempt_in_an_attempt() -> None:
    m = midway()
    outer = picture(m)
    with m.attempt(ValueError):
        kept = m.emit("add", 1.0, 2.0)
        inner = picture(m)
        with m.attempt(ValueError):
            m.emit("multiply", kept, 2.0)
            raise ValueError
        assert picture(m) == inner
        with m.attempt(ValueError):
            m.emit("multiply", kept, 2.0)
        raise ValueError
    assert picture(m) == outer


def test_entries_that_only_grow_are_not_taken_out() -> None:
    names: RestorableDict[str, int] = RestorableDict()
    names["a"] = 1
    members: RestorableSet[str] = RestorableSet()
    for refused in (lambda: names.pop("a"), names.clear, lambda: members.remove("a"), members.clear):
        with pytest.raises(TypeError):
            refused()
    assert Counter(names) == {"a": 1}


# ---- programs by which attempts fail


class Own(type):
    """A metaclass of the user's: classes of it aren't followed."""


def unreadable(c):
    v = c[0]

    class Local(metaclass=Own):
        pass

    return v * 2.0


def runs_as_it_stands(x, c):
    k = unreadable(c)
    return x * c[0] * float(k)


TABLE = np.array([1.0, 2.0])


def unreadable_with_a_global(n):
    t = TABLE[1] * n

    class Local(metaclass=Own):
        pass

    return t


def runs_as_it_stands_and_shares_a_global(x):
    return x * x * float(unreadable_with_a_global(2)) * TABLE[1]


def needs_its_counter(x):
    parts = {}
    for i in range(3):
        parts[i] = x * i
    return parts[2] * x


def has_a_first_turn(x, n):
    found = None
    for _ in range(n):
        found = (x, x * x) if found is None else (found[0] * x, found[1])
    return found[0]


def has_a_first_turn_of_a_while(x, n):
    seen, i = None, 0
    while i < n:
        if seen is None:
            seen = x * x, x
        i += 1
    return seen[0]


def ends_by_a_known_number(x):
    parts, i = {}, 0
    while i < 3:
        parts[i] = x * i
        i += 1
    return parts[2] * x


def items_differ_in_kind(x, k):
    return (x, (x, x))[k] * 2.0 if k == 0 else x


def caught(x, text):
    try:

        class Local(metaclass=Own):
            pass

        n = int(text)
    except ValueError:
        n = 1
    return x * n


def length_of_the_run(x, n):
    return len(tuple(i * 2 for i in range(n))) * x


@srcad.custom_rule
def ruled(x):
    return x * x


@ruled.tangent
def ruled_tangent(x_dot, y, x):
    class Local(metaclass=Own):
        pass

    return 2.0 * x * x_dot


@ruled.adjoint
def ruled_adjoint(y_bar, y, x):
    return 2.0 * x * y_bar


def has_a_rule_that_cannot_be_read(x):
    return ruled(x) * x


def unreadable_square(t):
    class Local(metaclass=Own):
        pass

    return t * t - 2.0


def solves_as_it_stands(x):
    return x * float(optimize.brentq(unreadable_square, 1.0, 2.0))


PROGRAMS = [
    (runs_as_it_stands, (1.5, np.array([2.0, 3.0])), 8.0),
    (runs_as_it_stands_and_shares_a_global, (1.5,), 24.0),
    (needs_its_counter, (1.5,), 6.0),
    (has_a_first_turn, (1.5, 3), 3 * 1.5**2),
    (has_a_first_turn_of_a_while, (1.5, 3), 3.0),
    (ends_by_a_known_number, (1.5,), 6.0),
    (items_differ_in_kind, (1.5, 0), 2.0),
    (caught, (1.5, "3"), 3.0),
    (length_of_the_run, (1.5, 3), 3.0),
    (solves_as_it_stands, (1.5,), 2.0**0.5),
    (has_a_rule_that_cannot_be_read, (1.5,), 3 * 1.5**2),
]


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """The errors of attempts that failed; after each of them the state must be what it was before."""
    found: list[Exception] = []
    enter, leave = Attempt.__enter__, Attempt.__exit__

    def entering(self: Any) -> Any:
        self.before = picture(self.state)
        return enter(self)

    def leaving(
        self: Any, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        ended = leave(self, kind, error, trace)
        if ended:
            assert_same(self.state, self.before)
            found.append(self.error)
        return ended

    monkeypatch.setattr(Attempt, "__enter__", entering)
    monkeypatch.setattr(Attempt, "__exit__", leaving)
    return found


@pytest.mark.parametrize(("program", "args", "due"), PROGRAMS, ids=lambda part: getattr(part, "__name__", ""))
def test_programs_that_are_read_in_a_second_way(
    program: Any, args: tuple[Any, ...], due: float, failures: list[Exception]
) -> None:
    assert srcad.grad(program)(*args) == pytest.approx(due)
    assert all(isinstance(error, (SrcadError, NeedsStatic)) for error in failures)
    assert failures

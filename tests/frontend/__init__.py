"""Small programs, one for each construct of Python: the derivative is right, or the refusal is, or the error."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotDifferentiable, NotYetSupported, SrcadError
from tests import reference

MARKER = "# <- "
RTOL = 1e-7

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    function: Function
    points: tuple[tuple[Any, ...], ...]
    kinds: tuple[type[SrcadError], ...] = ()
    helpers: tuple[Function, ...] = ()

    def __str__(self) -> str:
        return self.function.__name__

    @property
    def active(self) -> tuple[int, ...]:
        """The arguments that hold a float."""
        return tuple(k for k, arg in enumerate(self.points[0]) if any(map(reference.moves, leaves(arg))))


@dataclass
class Programs:
    """The programs of one test module."""

    right: list[Case] = field(default_factory=list)
    wrong: list[Case] = field(default_factory=list)
    failing: list[Case] = field(default_factory=list)

    def __call__(self, *args: Any, also: tuple[tuple[Any, ...], ...] = ()) -> Callable[[Function], Function]:
        """The derivative at `args` is right, and serves the further points of `also`."""
        return self.add(self.right, (args, *also))

    def refused(
        self,
        *args: Any,
        kinds: tuple[type[SrcadError], ...] = (NotYetSupported, NotDifferentiable),
        helpers: tuple[Function, ...] = (),
    ) -> Callable[[Function], Function]:
        """Refused, at a line that is marked."""
        return self.add(self.wrong, (args,), kinds, helpers)

    def raises(self, *args: Any, helpers: tuple[Function, ...] = ()) -> Callable[[Function], Function]:
        """The program itself raises; its derivative does so too, with a note that names a line that is marked."""
        return self.add(self.failing, (args,), (), helpers)

    @staticmethod
    def add(cases: list[Case], *parts: Any) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            cases.append(Case(function, *parts))
            return function

        return register

    def tests(self) -> tuple[Function, Function]:
        """(test of the gradients, test of the refusals) for the module to define."""
        return each_of(self.right, check_gradient), each_of(self.wrong, check_refusal)

    def errors(self) -> Function:
        """The test of the program's own errors for the module to define."""
        return each_of(self.failing, check_error)


def each_of(cases: list[Case], check: Callable[[Case], None]) -> Function:
    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("case", cases, ids=str)
    def test(case: Case) -> None:
        check(case)

    return test


def tangents(programs: Programs) -> Function:
    """The test of the derivatives in forward mode, for a module of programs to define."""
    return each_of(programs.right, check_tangent)


def check_tangent(case: Case) -> None:
    for args in case.points:
        for label, direction in reference.directions(args, case.active, seed=7).items():
            due = float(reference.along(case.function, args, direction).value[0])
            _, got = srcad.jvp(case.function, copy.deepcopy(args), direction)
            assert abs(got - due) <= RTOL * max(1.0, abs(due)), f"{label}: {got}, not {due}"


def second_orders(programs: Programs) -> Function:
    """The test of second derivatives, forward over reverse and reverse over reverse, for a module to define."""
    return each_of(programs.right, check_second)


def check_second(case: Case) -> None:
    """The second derivative along a line, against differences of differences of the program."""
    (args, *_), active = case.points, case.active
    direction = reference.directions(args, active, seed=7)["all, first"]
    due = float(reference.ridders(lambda t: first_derivative(case.function, args, direction, t), 1e-2).value[0])
    slope = line(case.function, args, active, direction)
    _, product = srcad.jvp(slope, (0.0,), (1.0,))
    assert abs(product - due) <= 1e-5 * max(1.0, abs(due)), f"forward over reverse: {product}, not {due}"
    back = srcad.grad(slope)(0.0)
    assert abs(back - due) <= 1e-5 * max(1.0, abs(due)), f"reverse over reverse: {back}, not {due}"


def first_derivative(f: Function, args: tuple[Any, ...], direction: tuple[Any, ...], t: float) -> Any:
    return reference.along(f, reference.shifted(args, direction, t), direction, step=1e-2).value


def line(f: Function, args: tuple[Any, ...], active: tuple[int, ...], direction: tuple[Any, ...]) -> Function:
    """The slope of f along a direction, as a function of the way that has been gone."""
    (place,) = active
    gradient, start, step = srcad.grad(f, argnums=place), args[place], direction[place]
    before, after = args[:place], args[place + 1 :]
    return lambda t: np.sum(gradient(*before, start + t * step, *after) * step)


def leaves(tree: Any) -> list[Any]:
    return [leaf for _, leaf in reference.leaves(tree)]


def check_gradient(case: Case) -> None:
    derived = srcad.value_and_grad(case.function, argnums=case.active)
    for args in case.points:
        given = copy.deepcopy(args)
        value, gradient = derived(*given)
        assert reference.identical(given, args), "the arguments were modified"
        np.testing.assert_allclose(value, case.function(*copy.deepcopy(args)), rtol=1e-10, atol=1e-12)
        for k, part in zip(case.active, gradient, strict=True):
            assert not (reason := reference.mismatch(part, args[k], f"gradient[{k}]")), reason
        for label, direction in reference.directions(args, case.active, seed=7).items():
            due = reference.along(case.function, args, direction)
            want = float(due.value[0])
            got = reference.inner(gradient, tuple(direction[k] for k in case.active))
            assert abs(got - want) <= RTOL * max(1.0, abs(want)), f"{label}: {got}, not {want}"


def check_refusal(case: Case) -> None:
    with pytest.raises(SrcadError) as caught:
        srcad.grad(case.function, argnums=case.active)(*copy.deepcopy(case.points[0]))
    error, text = caught.value, str(caught.value)
    assert isinstance(error, case.kinds), f"{type(error).__name__}: {text}"
    path = re.escape(str(inspect.getsourcefile(case.function)))
    named = {int(number) for number in re.findall(rf"{path}:(\d+)", text)}
    assert named & marked(case), f"marked: {marked(case)}\n{text}"
    assert error.do, f"no advice:\n{text}"
    assert "^" in text, f"nothing underlined:\n{text}"


def check_error(case: Case) -> None:
    with pytest.raises(Exception) as due:  # noqa: B017 - whatever it is
        case.function(*copy.deepcopy(case.points[0]))
    with pytest.raises(due.type) as caught:
        srcad.value_and_grad(case.function, argnums=case.active)(*copy.deepcopy(case.points[0]))
    notes = "\n".join(getattr(caught.value, "__notes__", ()))
    path = re.escape(str(inspect.getsourcefile(case.function)))
    named = {int(number) for number in re.findall(rf"{path}:(\d+)", notes)}
    assert named & marked(case), f"marked: {marked(case)}\n{notes}"


def marked(case: Case) -> set[int]:
    """The numbers of the marked lines."""
    found = set()
    for function in (case.function, *case.helpers):
        source, first = inspect.getsourcelines(function)
        found |= {first + k for k, line in enumerate(source) if MARKER in line}
    return found

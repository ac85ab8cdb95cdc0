"""What conditions of the branches around tell of others."""

import numpy as np

from srcad.frontend.core.truths import implied, known_truth
from srcad.frontend.read import read
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.types import BOOL
from srcad.trace.walk import walk

a, b = Var(BOOL), Var(BOOL)


def opposite(operand: Var) -> tuple[Var, Equation]:
    made = Var(BOOL)
    return made, Equation("not_", (operand,), (made,))


def chosen(condition: Var, then: Atom, otherwise: Atom) -> tuple[Var, Equation]:
    made = Var(BOOL)
    regions = Region((), (), (then,)), Region((), (), (otherwise,))
    return made, Equation("if", (condition,), (made,), regions=regions)


def test_neither_holds_where_one_of_both_does_not() -> None:
    either, either_made = chosen(a, const(True), b)
    neither, neither_made = opposite(either)
    definitions = {either: either_made, neither: neither_made}
    assert dict(implied(definitions, neither, True)) == {neither: True, either: False, a: False, b: False}
    assert dict(implied(definitions, neither, False)) == {neither: False, either: True}
    assert known_truth(definitions, [(neither, True)], a) is False
    assert known_truth(definitions, [(neither, False)], a) is None


def test_both_hold_where_one_and_the_other_do() -> None:
    both, made = chosen(a, b, const(False))
    assert dict(implied({both: made}, both, True)) == {both: True, a: True, b: True}
    assert dict(implied({both: made}, both, False)) == {both: False}


def test_a_flag_is_its_condition() -> None:
    flag, made = chosen(a, const(False), const(True))
    other, other_made = opposite(a)
    definitions = {flag: made, other: other_made}
    assert known_truth(definitions, [(flag, True)], a) is False
    assert known_truth(definitions, [(flag, True)], other) is True
    assert known_truth(definitions, [(flag, False)], a) is True
    assert known_truth(definitions, [], a) is None


def asked_twice(x):
    large = x[0] > 1.0
    s = x[1]
    if large:
        s = s * x[0]
        s = s + np.sin(x[1]) if large else s + np.cos(x[1])
    return s


def test_a_condition_is_not_asked_where_it_holds() -> None:
    trace = read(asked_twice, (np.array([2.0, 0.5]),), {}, (0,)).trace
    ops = {equation.op for equation in walk(trace.body)}
    assert "sin" in ops and "cos" not in ops

"""Malformed traces are named as such, with the equation that is at fault."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from srcad.errors import InternalError
from srcad.ops.catalogue import result_types
from srcad.trace.dims import fixed, named
from srcad.trace.nodes import NO_PARAMS, Const, Equation, Input, Leaf, Path, Region, Trace, Var
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, UNDEFINED, Array, ListOf, Scalar, TupleOf, Type, Unknown
from srcad.trace.verifier import consistent, fits, verify

X, I, Y, Z = Var(FLOAT, "x"), Var(INT, "i"), Var(FLOAT, "y"), Var(FLOAT, "z")
ONE = Const(1.0, FLOAT)
ZERO = Const(0, INT)
TRUE = Const(True, BOOL)
VECTOR, VECTORS = np.zeros(2), Array("float64", (fixed(2),))
NEGATIVE = Equation("negative", (X,), (Y,))


def traced(*equations: Equation, result: Var = X) -> Trace:
    return Trace("f", (), (Input(X, Path("x")),), Region((), equations, (result,)), Leaf(0))


def for_loop(parameters: tuple[Var, ...], yields: tuple[Var | Const, ...], results: tuple[Var, ...]) -> Equation:
    return Equation("for", (ZERO, ZERO, ZERO, X), results, NO_PARAMS, (Region(parameters, (), yields),))


MALFORMED: dict[str, Callable[[], Trace]] = {
    "before its definition": lambda: traced(Equation("negative", (Y,), (Z,)), NEGATIVE),
    "defined twice": lambda: traced(NEGATIVE, NEGATIVE),
    "out of its region": lambda: traced(
        Equation("if", (TRUE,), (Z,), NO_PARAMS, (Region((), (NEGATIVE,), (Y,)), Region((), (), (X,)))), result=Y
    ),
    "yielded values for": lambda: traced(
        Equation("if", (TRUE,), (Z,), NO_PARAMS, (Region((), (), (X,)), Region((), (), ())))
    ),
    "initial values for": lambda: traced(for_loop((I,), (), ())),
    "does not fit into": lambda: traced(for_loop((I, Var(INT)), (I,), (Var(INT),))),
    r"float64\[2\] does not fit into float": lambda: traced(
        Equation("if", (TRUE,), (Z,), NO_PARAMS, (Region((), (), (X,)), Region((), (), (Const(VECTOR, VECTORS),))))
    ),
    "where typing says": lambda: traced(Equation("negative", (X,), (Var(Array("float64", (fixed(2),))),))),
    "region parameters": lambda: traced(
        Equation("if", (TRUE,), (), NO_PARAMS, (Region((Y,), (), ()), Region((), (), ())))
    ),
    "without start": lambda: traced(Equation("for", (), (), NO_PARAMS, (Region((I,), (), ()),))),
    "the role": lambda: traced(Equation("negative", (X,), (Y,), role="nobody")),
    "elements: int does not fit into float": lambda: traced(
        Equation("list_new", (X, ZERO), (Var(ListOf(FLOAT)),), {"element": FLOAT})
    ),
    "a scope of kind": lambda: traced(Equation("scope", (), (), NO_PARAMS, (Region((), (), ()),))),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed(what: str) -> None:
    with pytest.raises(InternalError, match=what):
        verify(MALFORMED[what](), result_types)


def test_the_equation_is_shown() -> None:
    with pytest.raises(InternalError, match=r"y: float = negative\(x\)"):
        verify(traced(NEGATIVE, NEGATIVE))


def test_well_formed() -> None:
    verify(traced(NEGATIVE, for_loop((I, Z), (Z,), (Var(FLOAT),)), result=Y), result_types)


def test_results_of_the_output_tree() -> None:
    trace = Trace("f", (), (), Region((), (), ()), Leaf(0))
    with pytest.raises(InternalError, match="more results"):
        verify(trace)


SLOTS = {  # (slot, what enters, whether it may)
    "an int is no float": (FLOAT, INT, False),
    "nor a float an int": (INT, FLOAT, False),
    "nor a bool either": (FLOAT, BOOL, False),
    "an int of NumPy overflows": (INT, Scalar("int64"), False),
    "an int of Python beside NumPy's": (Scalar("int64"), INT, True),
    "a float of NumPy is one of Python": (FLOAT, Scalar("float64"), True),
    "a float of another width": (Scalar("float64"), Scalar("float32"), False),
    "an array is no number": (FLOAT, VECTORS, False),
    "a number is no array": (VECTORS, FLOAT, False),
    "an array without axes is none": (Scalar("float64"), Array("float64", ()), False),
    "other lengths": (VECTORS, Array("float64", (fixed(3),)), False),
    "lengths that are known later": (VECTORS, Array("float64", (named("n"),)), True),
    "one more": (Array("float64", (named("n"),)), Array("float64", (named("n") + 1,)), False),
    "ints among floats": (ListOf(FLOAT), ListOf(INT), False),
    "floats among floats": (ListOf(Scalar("float64")), ListOf(FLOAT), True),
    "tuples by item": (TupleOf((FLOAT, INT)), TupleOf((FLOAT, FLOAT)), False),
    "any number": (Unknown(), INT, True),
    "any number of a dtype": (Unknown("float64"), INT, False),
    "what the run tells": (FLOAT, Unknown("float64"), False),
    "any object": (OPAQUE, FLOAT, True),
    "an object is no number": (FLOAT, OPAQUE, False),
    "nothing yet": (FLOAT, UNDEFINED, True),
}


@pytest.mark.parametrize("slot, entering, fine", SLOTS.values(), ids=SLOTS)
def test_what_a_slot_promises(slot: Type, entering: Type, fine: bool) -> None:
    assert slot.holds(entering) is fine


def test_a_slot_for_what_only_the_run_knows_may_hold_none() -> None:
    none = Const(None, OPAQUE)
    assert fits(none, Unknown("float64")) and not fits(none, FLOAT) and not fits(Var(OPAQUE), Unknown("float64"))


def test_types_that_contradict_each_other() -> None:
    assert not consistent(Scalar("float32"), Scalar("float64"))
    assert not consistent(Array("float64", (fixed(2),)), Array("float64", (fixed(3),)))
    assert consistent(Unknown(), VECTORS) and consistent(OPAQUE, FLOAT) and not consistent(FLOAT, ListOf(FLOAT))

"""The frontend as it is put together: every call and every expression has somebody who reads it, or is refused."""

from __future__ import annotations

import ast
import functools
from types import FunctionType

import numpy as np
import pytest

import srcad
from srcad.errors import InternalError, NotYetSupported
from srcad.frontend import read
from srcad.frontend.assembly import CALLABLES, PORTS, READERS
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.reading import meaning_of
from srcad.frontend.core.source import make_code
from srcad.frontend.core.values import Iter, Num, Range, Slice, Static, Tup, Undef, Value
from srcad.frontend.derivatives import calls as derivatives
from srcad.frontend.library import calls
from srcad.frontend.syntax.expressions import EXPRESSIONS
from srcad.frontend.syntax.matching import Matches
from srcad.trace.nodes import Var
from srcad.trace.types import FLOAT

PARTS_OF_OTHERS = {ast.Call, ast.Starred, ast.FormattedValue}  # read with what they stand in, or by a rule of their own
NO_ARGUMENTS = Arguments((), {})


def machine() -> Machine:
    m = Machine(PORTS)
    code = make_code(ast.parse("def f(): pass").body[0], "f.py", ("def f(): pass",), 1, {})
    m.stack.frames.append(m.allocate(FrameCell(code, {})))
    return m


def test_every_expression_of_the_grammar_is_read() -> None:
    grammar = {cls for cls in ast.expr.__subclasses__() if cls.__module__ == "ast"}
    unread = grammar - set(EXPRESSIONS) - PARTS_OF_OTHERS
    assert {cls.__name__ for cls in unread} <= {"TemplateStr", "Interpolation"}  # of Python 3.14: refused by name
    assert Matches in EXPRESSIONS


@pytest.mark.parametrize(
    "value", [Num(Var(FLOAT)), Tup(()), Range(*map(Static, (0, 1, 1))), Slice(*map(Static, (0, 1, 1))), Iter("zip", ())]
)
def test_a_call_of_what_is_no_function_is_refused(value: Value) -> None:
    with pytest.raises(NotYetSupported, match="is called"):
        machine().call(value, ())


def test_what_can_be_called_is_read_by_its_class() -> None:
    assert CALLABLES[Value] is calls.refuse_call
    assert all(issubclass(cls, Value) for cls in CALLABLES)
    assert Undef not in CALLABLES


def test_the_last_reader_takes_every_object() -> None:
    assert READERS[-1] is calls.unknown
    assert READERS[-1](machine(), np.linalg.LinAlgError, NO_ARGUMENTS) is not None


@pytest.mark.parametrize("f", [[1], {}, np.zeros(2)], ids=["list", "dict", "array"])
def test_objects_without_a_hash_are_in_no_table(f: object) -> None:
    read = calls.in_table({len: lambda m, x: x})
    assert read(machine(), f, NO_ARGUMENTS) is None


def test_functions_with_rules_come_before_the_catalogue() -> None:
    order = [READERS.index(reader) for reader in (derivatives.with_rules, derivatives.own, calls.catalogued)]
    assert order == sorted(order)


# what is public, and no program that is differentiated has a use for
NO_DERIVATIVES = {"jit", "register_container", "trace"}


def test_the_public_functions_say_what_they_mean_in_a_program() -> None:
    functions = {name: getattr(srcad, name) for name in srcad.__all__ if isinstance(getattr(srcad, name), FunctionType)}
    assert {name for name, function in functions.items() if meaning_of(function) is None} == NO_DERIVATIVES


def test_a_wrapper_of_a_function_of_srcad_means_nothing() -> None:
    @functools.wraps(srcad.grad)
    def wrapper(f):
        return srcad.grad(f)

    assert meaning_of(srcad.grad) is not None
    assert meaning_of(wrapper) is None
    assert meaning_of(7) is None


def test_a_program_with_derivatives_needs_what_makes_them() -> None:
    def slope(x):
        return srcad.grad(lambda z: z * z)(x)

    with pytest.raises(InternalError, match="without what makes derivatives"):
        read(slope, (2.0,), {}, (0,))


def test_state_of_a_file_is_made_once_and_apart_from_that_of_others() -> None:
    class Mine(Restorable):
        pass

    class Yours(Restorable):
        pass

    m = machine()
    assert m.part(Mine) is m.part(Mine)
    assert isinstance(m.part(Yours), Yours)
    assert machine().part(Mine) is not m.part(Mine)

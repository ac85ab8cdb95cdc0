"""assert and raise: they stay in the generated code."""

from __future__ import annotations

import ast
from typing import Any, NoReturn, cast

from srcad.frontend.control.tries import Handling, guard_of
from srcad.frontend.core.machine import Diverges, Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.sited import sited
from srcad.frontend.core.values import FALSE, Obj, Static, Value
from srcad.frontend.library.opaque import as_it_stands
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import distribute, truth
from srcad.frontend.memory.raised import keep_state, object_of_exception
from srcad.frontend.syntax.expressions import test
from srcad.trace.nodes import Atom, Equation, Region, Var


def emit_assert(m: Machine, statement: ast.Assert) -> None:
    """The user's own check stays a check."""
    known = truth(m, test(m, statement.test))
    if known is True:
        return
    region: tuple[Region, ...] = ()
    message = statement.msg
    if message is not None:
        said = m.apart(lambda: to_atom(m, m.evaluate(message)))
        region = (Region((), tuple(said.equations), (said.value,)),)
    condition = known if isinstance(known, Var) else to_atom(m, FALSE)
    m.builder.append(Equation("assert_", (condition,), (), regions=region))
    if known is False:
        raise Diverges


def asserted(statement: ast.Assert) -> ast.If:
    """assert test, message     ->     if not test: raise AssertionError(message)"""
    assert statement.msg is not None
    error = ast.Call(ast.Constant(cast("Any", AssertionError)), [statement.msg], [])
    return sited(ast.If(ast.UnaryOp(ast.Not(), statement.test), [ast.Raise(error)], []), statement)


def raise_again(m: Machine) -> None:
    """A bare `raise`."""
    errors = m.part(Handling).errors
    if not errors:
        m.raises(RuntimeError("No active exception to reraise"))
    raise_value(m, errors[-1])


def emit_raise(m: Machine, statement: ast.Raise) -> None:
    """The user's own exception."""
    if statement.exc is None:
        raise_again(m)
        return
    error, *cause = [m.evaluate(part) for part in (statement.exc, statement.cause) if part is not None]
    if guard_of(m) is not None:
        error = _instance(m, error)
    if cause:
        keep_state(m, error, "__cause__", _instance(m, cause[0]))
    raise_value(m, error, *cause)


def _instance(m: Machine, error: Value) -> Value:
    """What is raised where the program says `raise Class`."""
    return m.call(error, ()) if isinstance(error, Static) and isinstance(error.value, type) else error


def raise_value(m: Machine, error: Value, *cause: Value) -> None:
    """raise error (from cause)"""
    atoms = [_object(m, one) for one in (error, *cause)]
    m.part(Handling).raised[atoms[0]] = error
    m.effect("raise_", *atoms)


def throw(m: Machine, error: Value) -> NoReturn:
    """Raise an exception, as `raise error` does."""
    raise_value(m, error)
    raise Diverges


def _object(m: Machine, error: Value) -> Atom:
    found = distribute(m, error, lambda one: object_of_exception(m, m.content(one), _called) or one)
    return to_atom(m, found)


def _called(m: Machine, cls: type, given: Arguments) -> Value:
    return as_it_stands(m, Static(cls), cls.__name__, given)


def known_error(m: Machine, atom: Atom) -> Value:
    """What is known of an object that has been raised."""
    return m.part(Handling).raised.get(atom) or Obj(atom)

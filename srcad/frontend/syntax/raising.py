"""assert and raise: they stay in the generated code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.machine import Diverges, Machine
from srcad.frontend.core.values import FALSE, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import truth
from srcad.frontend.syntax.expressions import test
from srcad.trace.nodes import Equation, Region, Var


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


@dataclass(eq=False)
class Handling(Restorable):
    """The exceptions whose handlers are being read: a bare `raise` raises the last one again."""

    errors: list[Value] = field(default_factory=list)


@contextmanager
def handling(m: Machine, error: Value) -> Iterator[None]:
    """What is read runs while an exception is handled."""
    errors = m.part(Handling).errors
    errors.append(error)
    try:
        yield
    finally:
        errors.pop()


def raise_again(m: Machine) -> None:
    """A bare `raise`."""
    errors = m.part(Handling).errors
    if not errors:
        m.raises(RuntimeError("No active exception to reraise"))
    m.effect("raise_", to_atom(m, errors[-1]))


def emit_raise(m: Machine, statement: ast.Raise) -> None:
    """The user's own exception."""
    if statement.exc is None:
        raise_again(m)
        return
    parts = [m.evaluate(part) for part in (statement.exc, statement.cause) if part is not None]
    m.effect("raise_", *(to_atom(m, part) for part in parts))

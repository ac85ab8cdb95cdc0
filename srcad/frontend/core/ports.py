"""What a file of the frontend knows of those above it: the handlers that read a program, given to the machine.

To read `f(x[i])` is to read an expression, which reads a call, which may read a body, which reads expressions. So the
machine carries the handlers that close this circle, and each file imports what stands below it alone: it says
`m.evaluate(node)`, and knows no file that reads expressions. They are filled once, in `srcad.frontend.assembly`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from srcad.frontend.core.values import Value
from srcad.trace.nodes import Var

if TYPE_CHECKING:
    from srcad.frontend.core.machine import Machine

Keywords = dict[str, Value]


class Evaluate(Protocol):
    def __call__(self, m: Machine, node: ast.expr, unused: bool = False) -> Value:
        """The value of an expression. `unused`: it is a statement."""


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call. `unused`: the call is a statement, and nobody looks at what it returns."""

    args: tuple[Value, ...]
    keywords: Keywords
    unused: bool = False


# Who reads a call of a value of one class.
CallOf = Callable[["Machine", Any, Arguments], Value]
# Who reads a call of a Python object; None for an object of another kind.
ReadCall = Callable[["Machine", Any, Arguments], Value | None]


@dataclass(frozen=True)
class Ports:
    """The handlers.

    evaluate   the value of an expression
    execute    reads a block of statements
    assign     binds a target: a name, an item, an attribute, a pattern of these
    run_over   reads a loop over a value, with a turn for each item
    callables  who reads a call, by the class of the value that is called; `Value`: those of all other classes
    readers    who reads a call of a Python object that is known now: the first one that does
    take       takes one item of an iterator, and reads what follows: with the item, or without one
    branch     reads both sides of a condition of the run, and joins them
    throw      raises an exception
    """

    evaluate: Evaluate
    execute: Callable[[Machine, Sequence[ast.stmt]], None]
    assign: Callable[[Machine, ast.expr, Value], None]
    run_over: Callable[[Machine, Value, Callable[[Value], None]], None]
    callables: Mapping[type[Value], CallOf]
    readers: tuple[ReadCall, ...]
    take: Callable[[Machine, Value, Callable[[Value], Value], Callable[[], Value]], Value]
    branch: Callable[[Machine, Var, Callable[[], Value], Callable[[], Value]], Value]
    throw: Callable[[Machine, Value], NoReturn]

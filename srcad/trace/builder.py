"""Building a region, equation after equation: the only way in which traces are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import MappingProxyType

import numpy as np

from srcad.errors import InternalError, Span, SrcadError
from srcad.trace.dims import fixed
from srcad.trace.nodes import NO_PARAMS, Atom, Const, Equation, Params, Region, Var
from srcad.trace.types import Array, Scalar, Type, type_of
from srcad.trace.widths import width_of

Typing = Callable[[str, tuple[Type, ...], Params], tuple[Type, ...]]


def const(value: object) -> Const:
    """A constant. An int counts itself, so that lengths made of constants are known; an array has the dims it has."""
    if type(value) is int:
        return Const(value, Scalar("int64", True, fixed(value), width_of(value)))
    if isinstance(value, np.ndarray) and value.dtype.kind in "fcbiu":
        return Const(value, Array(str(value.dtype), tuple(map(fixed, value.shape))))
    return Const(value, type_of(value))


def atom(value: object) -> Atom:
    """A variable or constant as it is; a plain Python value as a constant."""
    return value if isinstance(value, (Var, Const)) else const(value)


class Builder:
    """Collects equations. `typing` gives the types of an operation's results (`srcad.ops.result_types`).

    `definitions`: the equation that defines each variable that was emitted. `log`: where it is a list, all equations in
    the order in which they were appended, those of regions before what holds them.
    """

    def __init__(
        self,
        typing: Typing,
        span: Span | None = None,
        role: str = "",
        definitions: dict[Var, Equation] | None = None,
    ) -> None:
        self.typing = typing
        self.span = span
        self.role = role
        self.equations: list[Equation] = []
        self.log: list[Equation] | None = None
        self.definitions: dict[Var, Equation] = {} if definitions is None else definitions

    def emit(self, op: str, *operands: object, **params: object) -> Var:
        """Append `op(*operands)`, an operation with one result, and return its result.

        Operands are variables, constants, or plain Python values.
        """
        results = self.emit_many(op, *operands, **params)
        if len(results) != 1:
            raise InternalError(f"`{op}` has {len(results)} results: emit_many returns them", self.span)
        return results[0]

    def emit_many(self, op: str, *operands: object, **params: object) -> tuple[Var, ...]:
        """Append `op(*operands)`, an operation with several results, or none, and return these."""
        atoms = tuple(atom(operand) for operand in operands)
        results = tuple(Var(t) for t in self.typing(op, tuple(a.type for a in atoms), params))
        self.append(Equation(op, atoms, results, MappingProxyType(params) if params else NO_PARAMS))
        return results

    def append(self, equation: Equation) -> None:
        """Append an equation; where it says no span or role, ours."""
        placed = Equation(
            equation.op,
            equation.operands,
            equation.results,
            equation.params,
            equation.regions,
            equation.span or self.span,
            equation.role or self.role,
        )
        self.equations.append(placed)
        if self.log is not None:
            self.log.append(placed)
        self.definitions.update(dict.fromkeys(placed.results, placed))

    def extend(self, equations: Iterable[Equation]) -> None:
        for equation in equations:
            self.append(equation)

    def structured(
        self,
        op: str,
        operands: tuple[Atom, ...],
        regions: tuple[Region, ...],
        types: tuple[Type, ...],
        **params: object,
    ) -> tuple[Var, ...]:
        """Append an operation with regions, whose result types the caller knows."""
        results = tuple(Var(t) for t in types)
        self.append(Equation(op, operands, results, MappingProxyType(params) if params else NO_PARAMS, regions))
        return results

    def region(self, parameters: tuple[Var, ...], results: tuple[Atom, ...]) -> Region:
        """What has been built, as a region."""
        return Region(parameters, tuple(self.equations), results)

    @contextmanager
    def nested(self, begun: Iterable[Equation] = ()) -> Iterator[list[Equation]]:
        """Collect what is emitted meanwhile apart, for a region. `begun`: what is in it already."""
        outer, self.equations = self.equations, [*begun]
        try:
            yield self.equations
        finally:
            self.equations = outer

    @contextmanager
    def at(self, span: Span | None) -> Iterator[None]:
        """Give what is emitted meanwhile this span."""
        before, self.span = self.span, span or self.span
        try:
            yield
        finally:
            self.span = before

    @contextmanager
    def blaming(self, span: Span | None) -> Iterator[None]:
        """Give what is emitted meanwhile this span, and to what is refused, if it has none."""
        with self.at(span):
            try:
                yield
            except SrcadError as error:
                error.span = error.span or self.span
                raise

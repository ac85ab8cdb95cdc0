"""Traces by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcad.errors import Span
from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import named
from srcad.trace.nodes import Input, Leaf, Node, Parameter, Path, Region, Trace, Tree, Var
from srcad.trace.types import BOOL, FLOAT, INT, Array, ListOf, Type
from tests.traces import NamingBuilder


def vector(symbol: str = "n", dtype: str = "float64") -> Array:
    return Array(dtype, (named(symbol, not_one=True),))


def matrix(rows: str = "m", columns: str = "n") -> Array:
    return Array("float64", (named(rows, not_one=True), named(columns, not_one=True)))


class Maker:
    """Builds a trace; `line` sets the user's line for what follows."""

    def __init__(self, **inputs: Type) -> None:
        self.builder = NamingBuilder(result_types)
        self.inputs = {name: Var(t, name) for name, t in inputs.items()}
        self.number = 0

    def __getattr__(self, name: str) -> Var:
        return self.inputs[name]

    def line(self, text: str, role: str = "", number: int = 0) -> None:
        self.number = number or self.number + 1
        self.builder.span = Span("user.py", self.number, text)
        self.builder.role = role

    def emit(self, op: str, *operands: Any, name: str | None = None, **params: Any) -> Var:
        return self.builder.emit(op, *operands, name=name, **params)

    def emit_many(self, op: str, *operands: Any, name: str | None = None, **params: Any) -> tuple[Var, ...]:
        return self.builder.emit_many(op, *operands, name=name, **params)

    def pop(self, items: Var, name: str) -> tuple[Var, ...]:
        """list_pop, its value under a name."""
        assert isinstance(items.type, ListOf)
        results = (Var(items.type.element, name), Var(items.type))
        return self.equation("list_pop", (items,), (), results, {})

    def loop(
        self,
        bounds: Sequence[Any],
        carried: dict[str, tuple[Any, Type]],
        body: Callable[..., Sequence[Any]],
        index: str = "i",
        **params: Any,
    ) -> tuple[Var, ...]:
        """A `for`; `carried`: name -> (initial value, type)."""
        i = Var(INT, index)
        state = tuple(Var(t, name) for name, (_, t) in carried.items())
        region = self.region((i, *state), lambda: body(i, *state))
        operands = tuple(atom(a) for a in (*bounds, *(initial for initial, _ in carried.values())))
        types = [v.type for v in state]
        results = tuple(Var(t, name) for name, (_, t) in carried.items())
        if params.get("breaks"):
            results += (Var(INT, "trips"),)
        assert len(types) <= len(results)
        return self.equation("for", operands, (region,), results, params)

    def branch(
        self,
        condition: Any,
        then: Callable[[], Sequence[Any]],
        otherwise: Callable[[], Sequence[Any]],
        results: dict[str, Type],
    ) -> tuple[Var, ...]:
        regions = (self.region((), then), self.region((), otherwise))
        found = tuple(Var(t, None if name.startswith("_") else name) for name, t in results.items())
        return self.equation("if", (atom(condition),), regions, found, {})

    def while_loop(
        self, carried: dict[str, tuple[Any, Type]], condition: Callable[..., Any], body: Callable[..., Sequence[Any]]
    ) -> tuple[Var, ...]:
        def state() -> tuple[Var, ...]:
            return tuple(Var(t, name) for name, (_, t) in carried.items())

        first, second = state(), state()
        regions = (
            self.region(first, lambda: [condition(*first)]),
            self.region(second, lambda: body(*second)),
        )
        operands = tuple(atom(initial) for initial, _ in carried.values())
        return self.equation("while", operands, regions, (*state(), Var(INT, "trips")), {})

    def equation(self, op: str, operands: Any, regions: Any, results: tuple[Var, ...], params: Any) -> tuple[Var, ...]:
        from types import MappingProxyType

        from srcad.trace.nodes import Equation

        self.builder.append(Equation(op, operands, results, MappingProxyType(dict(params)), regions))
        return results

    def region(self, parameters: tuple[Var, ...], body: Callable[[], Sequence[Any]]) -> Region:
        span, role = self.builder.span, self.builder.role
        with self.builder.nested():
            results = tuple(atom(a) for a in body())
            region = self.builder.region(parameters, results)
        self.builder.span, self.builder.role = span, role
        return region

    def trace(self, *results: Any, output: Tree | None = None, name: str = "f") -> Trace:
        atoms = tuple(atom(a) for a in results)
        if output is None:
            leaves = tuple(Leaf(k) for k in range(len(atoms)))
            output = leaves[0] if len(leaves) == 1 else Node("tuple", leaves)
        inputs = tuple(Input(var, Path(name)) for name, var in self.inputs.items())
        parameters = tuple(Parameter(name) for name in self.inputs)
        return Trace(name, parameters, inputs, self.builder.region((), atoms), output)


__all__ = ["BOOL", "FLOAT", "INT", "Builder", "ListOf", "Maker", "matrix", "vector"]

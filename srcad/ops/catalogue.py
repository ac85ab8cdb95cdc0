"""The catalogue of operations: what an equation's `op` means, and how NumPy calls become equations.

It is put together here of what the areas declare, and changed by nobody. An area stands below it, so no lowering can
ask the catalogue: it calls other lowerings by their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from srcad.errors import InternalError, Span
from srcad.ops import (
    control,
    conversions,
    creation,
    custom,
    elementwise,
    incomplete,
    indexing,
    joining,
    linalg,
    norms,
    products,
    python,
    reductions,
    scalars,
    scipy_matrices,
    scipy_signal,
    scipy_special,
    scipy_systems,
    sequences,
    shaping,
    solvers,
    sorting,
    sparse,
    special,
    statistics,
    structural,
    ufuncs,
)
from srcad.ops.declare import (
    REQUIRED,
    Area,
    Argument,
    CallError,
    Facts,
    Kind,
    Lowering,
    NeedsStatic,
    Op,
    Operand,
    TableItem,
    enter,
    static,
)
from srcad.trace.builder import Builder
from srcad.trace.nodes import Equation, Params
from srcad.trace.types import Type

AREAS: tuple[Area, ...] = (
    control.AREA,
    conversions.AREA,
    creation.AREA,
    custom.AREA,
    elementwise.AREA,
    incomplete.AREA,
    indexing.AREA,
    joining.AREA,
    linalg.AREA,
    norms.AREA,
    products.AREA,
    python.AREA,
    reductions.AREA,
    scalars.AREA,
    scipy_matrices.AREA,
    scipy_signal.AREA,
    scipy_special.AREA,
    scipy_systems.AREA,
    sequences.AREA,
    shaping.AREA,
    solvers.AREA,
    sorting.AREA,
    sparse.AREA,
    special.AREA,
    statistics.AREA,
    structural.AREA,
    ufuncs.AREA,
)


def union(tables: Iterable[Mapping[Any, TableItem]]) -> Mapping[Any, TableItem]:
    """Several tables as one, in which no name stands twice."""
    whole: dict[Any, TableItem] = {}
    for table in tables:
        for name, entry in table.items():
            enter(whole, name, entry)
    return MappingProxyType(whole)


OPS: Mapping[str, Op] = union(area.operations for area in AREAS)
LOWERINGS: Mapping[Any, Lowering] = union(area.functions for area in AREAS)
BY_NAME: Mapping[str, Lowering] = union(area.by_name for area in AREAS)
METHODS: Mapping[str, Lowering] = union(area.methods for area in AREAS)
ATTRIBUTES: Mapping[str, Lowering] = union(area.attributes for area in AREAS)


def operation(equation: Equation) -> Op:
    """What an equation does."""
    return OPS[equation.op]


def result_types(name: str, operands: tuple[Type, ...], params: Params) -> tuple[Type, ...]:
    """The types of an operation's results: the `typing` of every builder.

    What the declaration doesn't know, a number of operands or a param, is a bug of srcad: `InternalError`. That is
    found by Python itself, as the typing of an operation has the signature that declares it.
    """
    declared = OPS.get(name)
    if declared is None:
        raise InternalError(f"`{name}` is no operation of the catalogue")
    try:
        inferred = declared.infer(*operands, **params)
    except TypeError:
        fault = declared.fault(len(operands), params)
        if fault:
            raise InternalError(f"`{name}` is declared otherwise than with {fault}") from None
        raise
    return inferred if isinstance(inferred, tuple) else (inferred,)


def builder(span: Span | None = None) -> Builder:
    return Builder(result_types, span)


__all__ = [
    "ATTRIBUTES",
    "BY_NAME",
    "LOWERINGS",
    "METHODS",
    "OPS",
    "REQUIRED",
    "Area",
    "Argument",
    "CallError",
    "Facts",
    "Kind",
    "Lowering",
    "NeedsStatic",
    "Op",
    "Operand",
    "builder",
    "operation",
    "result_types",
    "static",
    "union",
]

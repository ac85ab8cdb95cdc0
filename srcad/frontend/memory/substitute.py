"""Putting other variables into a heap: after a loop, its results stand where its carried variables stood."""

from __future__ import annotations

from dataclasses import replace

from srcad.frontend.core.reading import Derivative, LinearMap
from srcad.frontend.core.values import (
    ArrayCell,
    ArrayRef,
    Bound,
    Cell,
    Choice,
    DictCell,
    FrameCell,
    Func,
    GrownCell,
    InstanceCell,
    Iter,
    ListCell,
    Method,
    Num,
    Obj,
    Partial,
    Range,
    Slice,
    Tup,
    Value,
)
from srcad.trace.nodes import Atom, Var

Mapping = dict[Var, Atom]


def substitute(heap: dict[int, Cell], mapping: Mapping) -> dict[int, Cell]:
    """The heap with `mapping` applied to everything in it."""
    return {cell_id: _cell(cell, mapping) for cell_id, cell in heap.items()} if mapping else dict(heap)


def _atom(atom: Atom, mapping: Mapping) -> Atom:
    return mapping.get(atom, atom) if isinstance(atom, Var) else atom


def _var(var: Var, mapping: Mapping) -> Var:
    new = mapping.get(var, var)
    return new if isinstance(new, Var) else var


def _cell(cell: Cell, mapping: Mapping) -> Cell:
    if isinstance(cell, (ArrayCell, GrownCell)):
        return replace(cell, var=_atom(cell.var, mapping))
    if isinstance(cell, ListCell):
        return replace(cell, items=tuple(_value(item, mapping) for item in cell.items))
    if isinstance(cell, DictCell):
        return replace(cell, items=tuple((key, _value(item, mapping)) for key, item in cell.items))
    if isinstance(cell, InstanceCell):
        return replace(cell, fields=tuple((key, _value(item, mapping)) for key, item in cell.fields))
    if isinstance(cell, FrameCell):
        return FrameCell(cell.code, {k: _value(v, mapping) for k, v in cell.names.items()}, cell.parent)
    return cell


def _value(value: Value, mapping: Mapping) -> Value:
    if isinstance(value, Num):
        return Num(_var(value.var, mapping))
    if isinstance(value, Obj):
        return Obj(_atom(value.var, mapping))
    if isinstance(value, ArrayRef):
        return _array(value, mapping)
    if isinstance(value, Tup):
        return Tup(tuple(_value(item, mapping) for item in value.items), value.cls)
    if isinstance(value, (Range, Slice)):
        made: Value = type(value)(*(_value(p, mapping) for p in (value.start, value.stop, value.step)))
        return made
    if isinstance(value, Iter):
        return replace(value, parts=tuple(_value(part, mapping) for part in value.parts))
    if isinstance(value, Partial):
        return Partial(_value(value.value, mapping), value.span)
    return _callable(value, mapping)


def _array(value: ArrayRef, mapping: Mapping) -> ArrayRef:
    if not value.path:
        return value
    path = (replace(step, operands=tuple(_atom(a, mapping) for a in step.operands)) for step in value.path)
    return ArrayRef(value.cell, tuple(path))


def _callable(value: Value, mapping: Mapping) -> Value:
    if isinstance(value, Choice):
        parts = (_value(value.then, mapping), _value(value.otherwise, mapping))
        return Choice(_var(value.condition, mapping), *parts)
    if isinstance(value, Bound):
        first = tuple(_value(v, mapping) for v in value.first)
        return Bound(_value(value.function, mapping), first, tuple((k, _value(v, mapping)) for k, v in value.keywords))
    if isinstance(value, Derivative):
        loss = None if value.loss is None else _value(value.loss, mapping)
        return replace(value, function=_value(value.function, mapping), loss=loss)
    if isinstance(value, LinearMap):
        return replace(value, operands=tuple(_atom(a, mapping) for a in value.operands))
    if isinstance(value, Method):
        return Method(value.name, _value(value.owner, mapping))
    if isinstance(value, Func):
        defaults = tuple(_value(v, mapping) for v in value.defaults)
        keywords = tuple((k, _value(v, mapping)) for k, v in value.keyword_defaults)
        return Func(value.code, value.frame, defaults, keywords)
    return value

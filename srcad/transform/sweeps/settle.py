"""Settling what is undefined: the sweeps read some variables that the user's program leaves alone.

A name that only some branch sets, or that a loop sets before it reads it, may have no value yet where it is recorded,
or carried into a reversed loop. That value is never used; but to read it would fail. There it gets the value None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var, variables
from srcad.trace.rewrite import rewritten, with_body
from srcad.trace.slots import STRUCTURED, Slot, layout, slots
from srcad.trace.walk import walk


def settle(trace: Trace) -> Trace:
    """The trace, where what may be undefined is None wherever recording reads it."""
    return with_body(trace, settled(trace.body))


def settled(region: Region, recorded: Iterable[Var] = ()) -> Region:
    """Both sweeps, where what may be undefined is None wherever recording reads it.

    `recorded`: results of the region that stand for nothing but recording.
    """
    around = [slot for equation in walk(region) if equation.op in STRUCTURED for slot in slots(equation)]
    if not any(_is_undefined(a) for slot in around for a in slot.sources):
        return region
    read = _read(region, around, recorded)
    return rewritten(region, partial(_filled, read=read)) if read else region


def _read(region: Region, around: list[Slot], recorded: Iterable[Var]) -> set[Var]:
    """The slots' variables that are read though they may be undefined, and those that these come from."""
    sources = {target: slot.sources for slot in around for target in slot.targets}
    found: set[Var] = set()
    pending = [*_reads(region), *recorded]
    while pending:
        var = pending.pop()
        if var not in found:
            found.add(var)
            pending += variables(sources.get(var, ()))
    return found


def _reads(region: Region) -> Iterator[Var]:
    for equation in walk(region):
        if equation.op == "list_append" and equation.role == "record":
            yield from variables(equation.operands[1:])
        elif equation.op == "record_new":
            yield from variables(equation.operands)
        elif equation.role in ("adjoint", "tangent"):
            yield from variables(_adjoint_reads(equation))


def _adjoint_reads(equation: Equation) -> tuple[Atom, ...]:
    if equation.op == "for":
        return equation.operands[3:]
    place = operation(equation).shape_of
    return () if place is None else equation.operands[place : place + 1]


def _is_undefined(a: Atom) -> bool:
    return a.type.is_undefined


def _filled(equation: Equation, read: set[Var]) -> Equation:
    if equation.op not in STRUCTURED:
        return equation
    place, values = layout(equation), [_none(slot, read) for slot in slots(equation)]
    operands = equation.operands
    if place.operands is not None:
        operands = _with(operands, place.operands, values)
    regions = tuple(
        inner if first is None else replace(inner, results=_with(inner.results, first, values))
        for inner, (_, first) in zip(equation.regions, place.regions, strict=True)
    )
    return replace(equation, operands=operands, regions=regions)


def _none(slot: Slot, read: set[Var]) -> Const | None:
    """What stands for undefined in a slot; None: it may remain so."""
    return Const(None, slot.result.type) if not read.isdisjoint(slot.targets) else None


def _with(atoms: tuple[Atom, ...], first: int, values: Iterable[Const | None]) -> tuple[Atom, ...]:
    """The atoms, from `first` on with values for those that are undefined."""
    filled = [
        value if value is not None and _is_undefined(a) else a for a, value in zip(atoms[first:], values, strict=False)
    ]
    return (*atoms[:first], *filled, *atoms[first + len(filled) :])

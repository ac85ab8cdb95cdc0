"""Procedures without what nobody reads: parameters, results, and items of what they record.

A parameter that a procedure only hands on to itself is read by nobody either, nor is a result that it only takes from
itself. So what is read is found by growing it from nothing, over all procedures together. An item of a record that
nobody reads goes; one that is read of its derivatives alone, or of itself alone, leaves None in the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from srcad.analysis.crossing import record_of
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Equation, Region, Trace
from srcad.trace.procedures import listed, reached, renamed
from srcad.trace.rewrite import rewritten
from srcad.trace.types import Record, Recording
from srcad.transform.simplify.dead_code import LiveCode, eliminate, found_live

T = TypeVar("T")


def pruned(trace: Trace) -> Trace:
    """The trace, in which the procedures have what is read alone."""
    if not trace.procedures:
        return trace
    trace = reached(trace)
    read = _read(trace)
    narrowing = _Narrowing(read)
    procedures = {name: _narrower(one, read, narrowing) for name, one in trace.procedures.items()}
    made = replace(eliminate(replace(trace, body=narrowing.region(trace.body))), procedures=procedures)
    return reached(renamed(made, {}, {old: Recording(old.label) for old in narrowing.changed}))


# ---- what is read


@dataclass
class _Read:
    """The numbers of what is read: of parameters and results of procedures, and of items of records."""

    parameters: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    results: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    items: defaultdict[Record, set[int]] = field(default_factory=lambda: defaultdict(set))
    kept: defaultdict[Recording, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def size(self) -> int:
        tables: Sequence[Iterable[set[int]]] = (self.parameters.values(), self.results.values(), self.items.values())
        return sum(len(numbers) for table in tables for numbers in table)

    def operands(self, equation: Equation) -> tuple[Atom, ...]:
        """What an equation reads."""
        if equation.op == "recurse":
            return _chosen(equation.operands, self.parameters[equation.params["procedure"]])
        if equation.op == "record_new":
            return _chosen(equation.operands, self.items[record_of(equation)])
        return equation.operands

    def learn(self, live: LiveCode) -> None:
        """What is read by equations that are kept."""
        for equation in live.kept:
            wanted = {k for k, result in enumerate(equation.results) if result in live.live}
            if equation.op == "recurse":
                self.results[equation.params["procedure"]] |= wanted
            if equation.op == "record_items":
                self.items[record_of(equation)] |= wanted
                self.kept[record_of(equation).of] |= wanted


def _read(trace: Trace) -> _Read:
    read = _Read()
    size = -1
    while size != read.size:
        size = read.size
        read.learn(found_live(trace.body, trace.body.results, read.operands))
        for name, one in trace.procedures.items():
            live = found_live(one.body, _chosen(one.body.results, read.results[name]), read.operands)
            read.parameters[name] |= {k for k, entry in enumerate(one.inputs) if entry.var in live.live}
            read.learn(live)
    return read


def _chosen(things: Sequence[T], numbers: Iterable[int]) -> tuple[T, ...]:
    return tuple(things[k] for k in sorted(numbers))


# ---- without the rest


class _Narrowing:
    """Calls without the operands and results that are gone, records without the items.

    `changed`: what is another kind of record now. Elsewhere there may be procedures that still have the old one.
    """

    def __init__(self, read: _Read) -> None:
        self.read = read
        self.changed: set[Recording] = set()

    def region(self, region: Region) -> Region:
        return rewritten(region, self.change)

    def change(self, equation: Equation) -> Equation | None:
        if equation.op == "recurse":
            return self.call(equation)
        if equation.op == "record_new":
            return self.record(equation)
        return self.items(equation) if equation.op == "record_items" else equation

    def call(self, equation: Equation) -> Equation:
        name = equation.params["procedure"]
        results = _chosen(equation.results, self.read.results[name])
        types = _chosen(equation.params["types"], self.read.results[name])
        params = MappingProxyType({**equation.params, "types": types})
        return replace(equation, operands=self.read.operands(equation), results=results, params=params)

    def record(self, equation: Equation) -> Equation:
        record = record_of(equation)
        read, kept = self.read.items[record], self.read.kept[record.of]
        if len(read) < len(equation.operands):
            self.changed.add(record.of)
        items = [a if k in read else const(None) for k, a in enumerate(equation.operands)]
        return replace(equation, operands=_chosen(items, kept))

    def items(self, equation: Equation) -> Equation | None:
        kept = self.read.kept[record_of(equation).of]
        if len(kept) < len(equation.results):
            self.changed.add(record_of(equation).of)
        types = MappingProxyType({"types": _chosen(equation.params["types"], kept)})
        return replace(equation, results=_chosen(equation.results, kept), params=types) if kept else None


def _narrower(one: Trace, read: _Read, narrowing: _Narrowing) -> Trace:
    region = narrowing.region(one.body)
    results = _chosen(region.results, read.results[one.name])
    made = replace(
        one,
        parameters=_chosen(one.parameters, read.parameters[one.name]),
        inputs=_chosen(one.inputs, read.parameters[one.name]),
        body=Region((), region.equations, results),
        output=listed(len(results)),
    )
    return eliminate(made)

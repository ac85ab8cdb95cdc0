"""The procedures of a trace: which of them are called, and other names for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from srcad.trace.nodes import Equation, Leaf, Node, Region, Trace, Tree, walk


def calls(region: Region) -> Iterator[Equation]:
    """The calls of procedures, at all depths."""
    return (equation for equation in walk(region) if equation.op == "recurse")


def listed(count: int) -> Tree:
    """What a procedure with so many results returns."""
    return Leaf(0) if count == 1 else Node("tuple", tuple(map(Leaf, range(count))))


def reached(trace: Trace) -> Trace:
    """The trace with those procedures alone that it calls, in the order in which it comes to them."""
    found: dict[str, Trace] = {}
    pending = [trace]
    while pending:
        for equation in calls(pending.pop(0).body):
            name = equation.params["procedure"]
            if name not in found:
                found[name] = trace.procedures[name]
                pending.append(found[name])
    return trace if list(found) == list(trace.procedures) else replace(trace, procedures=found)


def with_procedures(trace: Trace, change: Callable[[Trace], Trace]) -> Trace:
    """The trace with its procedures changed; itself where none is."""
    changed = {name: change(procedure) for name, procedure in trace.procedures.items()}
    same = all(changed[name] is procedure for name, procedure in trace.procedures.items())
    return trace if same else replace(trace, procedures=changed)


def renamed(trace: Trace, names: Mapping[str, str]) -> Trace:
    """The trace with other names for some of its procedures."""
    if not names:
        return trace
    procedures = {names.get(name, name): _calling(one, names) for name, one in trace.procedures.items()}
    procedures = {name: replace(one, name=name) for name, one in procedures.items()}
    return replace(_calling(trace, names), procedures=procedures)


def _calling(trace: Trace, names: Mapping[str, str]) -> Trace:
    return replace(trace, body=_region(trace.body, names))


def _region(region: Region, names: Mapping[str, str]) -> Region:
    return replace(region, equations=tuple(_equation(equation, names) for equation in region.equations))


def _equation(equation: Equation, names: Mapping[str, str]) -> Equation:
    if equation.op == "recurse" and equation.params["procedure"] in names:
        called = {"procedure": names[equation.params["procedure"]]}
        return replace(equation, params=MappingProxyType({**equation.params, **called}))
    if not equation.regions:
        return equation
    return replace(equation, regions=tuple(_region(inner, names) for inner in equation.regions))

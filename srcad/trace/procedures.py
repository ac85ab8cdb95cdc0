"""The procedures of a trace: which of them are called, and other names for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from srcad.trace.nodes import Atom, Const, Equation, Leaf, Node, Region, Trace, Tree, Var
from srcad.trace.rewrite import Rewriter
from srcad.trace.types import ListOf, Record, Recording, TupleOf, Type
from srcad.trace.walk import walk

NOTHING: Mapping[Recording, Recording] = MappingProxyType({})


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


def distinct(traces: tuple[Trace, ...]) -> tuple[Trace, ...]:
    """Functions of one source: no procedure is called as one of them is, or as one of their arguments."""
    taken = {trace.name for trace in traces}
    for trace in traces:
        taken.update(p.name for p in trace.parameters)
        taken.update(entry.path.root for entry in trace.inputs)
    every = {name: None for trace in traces for name in trace.procedures}
    names = {name: unused(name, {*taken, *every}) for name in every if name in taken}
    return tuple(renamed(trace, names) for trace in traces)


def unused(name: str, taken: Collection[str]) -> str:
    """The name, with a number if need be."""
    candidate, k = name, 1
    while candidate in taken:
        k += 1
        candidate = f"{name}{k}"
    return candidate


def renamed(trace: Trace, names: Mapping[str, str], records: Mapping[Recording, Recording] = NOTHING) -> Trace:
    """The trace with other names for some of its procedures, and other records in the places of some."""
    if not names and not records:
        return trace
    change = _Renaming(names, records)
    procedures = {
        names.get(name, name): change.trace(one, names.get(name, name)) for name, one in trace.procedures.items()
    }
    return replace(change.trace(trace, trace.name), procedures=procedures)


class _Renaming(Rewriter):
    """What stands for variables are those that have another type now."""

    def __init__(self, names: Mapping[str, str], records: Mapping[Recording, Recording]) -> None:
        super().__init__()
        self.names = names
        self.records = records

    def trace(self, trace: Trace, name: str) -> Trace:
        inputs = tuple(replace(entry, var=self.bound((entry.var,))[0]) for entry in trace.inputs)
        return replace(trace, name=name, inputs=inputs, body=self.region(trace.body))

    def rewrite(self, equation: Equation) -> None:
        params = {name: self.param(name, value) for name, value in equation.params.items()}
        self.out.append(replace(self.with_inner(equation), params=MappingProxyType(params)))

    def param(self, name: str, value: Any) -> Any:
        return self.names.get(value, value) if name == "procedure" else self.retyped(value)

    def atoms(self, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
        return tuple(self.nothing(a) if isinstance(a, Const) else a for a in super().atoms(atoms))

    def bound(self, variables: tuple[Var, ...]) -> tuple[Var, ...]:
        """Inputs may be parameters of the body too."""
        for var in variables:
            t = self.retyped(var.type)
            if t != var.type and var not in self.replaced:
                self.replace(var, Var(t, var.name))
        return tuple(new for new in self.atoms(variables) if isinstance(new, Var))

    def nothing(self, a: Const) -> Const:
        """None may stand in the place of a record."""
        t = self.retyped(a.type)
        return a if t == a.type else Const(a.value, t)

    def retyped(self, t: Any) -> Any:
        """A type, a tuple of types, or anything else, with the other records."""
        match t:
            case tuple():
                return tuple(map(self.retyped, t)) if any(isinstance(item, Type) for item in t) else t
            case Record(of, order):
                return Record(self.records.get(of, of), order)
            case ListOf(element):
                return ListOf(self.retyped(element))
            case TupleOf(items):
                return TupleOf(self.retyped(items))
        return t

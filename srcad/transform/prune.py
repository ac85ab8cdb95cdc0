"""Procedures without what nobody reads: parameters, and items of what a forward procedure records.

A parameter that a procedure only hands on to itself is read by nobody either. So what is read is found by growing it
from nothing, over all procedures together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from srcad.trace.nodes import Atom, Equation, Leaf, Node, Path, Recorded, Region, Trace, Var, variables, walk
from srcad.trace.procedures import reached
from srcad.transform.dead_code import eliminate
from srcad.transform.rewrite import Rewriter, with_parts

Read = dict[str, set[int]]  # of each procedure, the numbers of the parameters that are read


def pruned(trace: Trace) -> Trace:
    """The trace, in which the procedures have what is read alone."""
    size = -1
    while size != _size(trace):
        size = _size(trace)
        trace = _without_parameters(reached(trace))
        trace = replace(trace, procedures=_without_items(trace.procedures))
    return trace


def _size(trace: Trace) -> int:
    return sum(len(one.inputs) + len(one.parameters) for one in trace.procedures.values())


# ---- parameters


def _without_parameters(trace: Trace) -> Trace:
    read = _read(trace.procedures)
    narrower = {name: _narrower(one, read) for name, one in trace.procedures.items()}
    return replace(trace, body=_Narrowing(read).region(trace.body), procedures=narrower)


def _read(procedures: Mapping[str, Trace]) -> Read:
    read: Read = {name: set() for name in procedures}
    size = -1
    while size != sum(map(len, read.values())):
        size = sum(map(len, read.values()))
        for name, one in procedures.items():
            used = set(_used(one.body, read))
            roots = {entry.path.root for entry in one.inputs if entry.var in used or isinstance(entry, Recorded)}
            read[name] = {k for k, p in enumerate(one.parameters) if p.name in roots}
    return read


def _used(region: Region, read: Read) -> Iterator[Var]:
    """What is read, apart from what is handed on to parameters that nobody reads."""
    yield from variables(region.results)
    for equation in walk(region):
        yield from variables(_operands(equation, read))
        for inner in equation.regions:
            yield from variables(inner.results)


def _operands(equation: Equation, read: Read) -> tuple[Atom, ...]:
    if equation.op != "recurse":
        return equation.operands
    return tuple(a for k, a in enumerate(equation.operands) if k in read[equation.params["procedure"]])


class _Narrowing(Rewriter):
    """Calls without the operands for parameters that are gone."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self.read = read

    def rewrite(self, equation: Equation) -> None:
        operands = _operands(equation, self.read)
        if len(operands) != len(equation.operands):
            equation = with_parts(equation, operands, equation.regions)
        self.out.append(self.with_inner(equation))


def _narrower(one: Trace, read: Read) -> Trace:
    kept = tuple(p for k, p in enumerate(one.parameters) if k in read[one.name])
    if kept == one.parameters:
        return replace(one, body=_Narrowing(read).region(one.body))
    names = {p.name for p in kept}
    inputs = tuple(entry for entry in one.inputs if entry.path.root in names)
    body = replace(_Narrowing(read).region(one.body), parameters=())
    return eliminate(replace(one, parameters=kept, inputs=inputs, body=body))


# ---- what is recorded


def _without_items(procedures: Mapping[str, Trace]) -> dict[str, Trace]:
    made = dict(procedures)
    for name, one in procedures.items():
        recorded = [entry for entry in one.inputs if isinstance(entry, Recorded)]
        used = set(_used(one.body, _all(procedures)))
        kept = [k for k, entry in enumerate(recorded) if entry.var in used]
        ahead = f"{name.removesuffix('_pullback')}_forward"
        if len(kept) < len(recorded) and ahead in procedures:
            made[name] = _with_items(one, recorded, kept)
            made[ahead] = _recording(made[ahead], kept)
    return made


def _all(procedures: Mapping[str, Trace]) -> Read:
    return {name: set(range(len(one.parameters))) for name, one in procedures.items()}


def _with_items(one: Trace, recorded: list[Recorded], kept: list[int]) -> Trace:
    items = {recorded[k]: place for place, k in enumerate(kept)}
    inputs = tuple(
        Recorded(entry.var, Path(entry.path.root).item(items[entry])) if isinstance(entry, Recorded) else entry
        for entry in one.inputs
        if not isinstance(entry, Recorded) or entry in items
    )
    return replace(one, inputs=inputs, body=replace(one.body, parameters=()))


def _recording(one: Trace, kept: list[int]) -> Trace:
    """The forward procedure, whose last result has these items alone."""
    assert isinstance(one.output, Node)
    *values, last = one.output.children
    assert isinstance(last, Node)
    leaves = [leaf for leaf in last.children if isinstance(leaf, Leaf)]
    items = [one.body.results[leaves[k].index] for k in kept]
    first = len(values)
    children = (*values, Node("tuple", tuple(Leaf(first + k) for k in range(len(items)))))
    body = replace(one.body, results=(*one.body.results[:first], *items))
    return eliminate(replace(one, body=body, output=Node("tuple", children)))

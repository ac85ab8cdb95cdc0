"""Procedures that have been read, made traces of their own: what they read of their surroundings becomes parameters."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.memory.forms import Form
from srcad.ops.catalogue import operation
from srcad.trace.nodes import Const, Equation, Input, Parameter, Path, Region, Trace, Var
from srcad.trace.procedures import calls, listed, renamed, unused
from srcad.trace.rewrite import rewritten, substitute
from srcad.trace.similar import paired_procedures, same_procedures
from srcad.trace.types import Recording, Type
from srcad.trace.walk import free_variables, walk


class NoProcedure(Exception):  # noqa: N818 - a request to read once more, with this function read in place
    """A function can't be read as a procedure."""

    def __init__(self, key: Hashable) -> None:
        super().__init__(key)
        self.key = key


SUFFIXES = ("_value", "_forward", "_pullback", "_tangent")


def is_quiet(equations: Iterable[Equation]) -> bool:
    """Whether equations have no other effect than to raise."""
    return all(map(_is_quiet, walk(Region((), tuple(equations), ()))))


def _is_quiet(equation: Equation) -> bool:
    facts = operation(equation)
    if not facts.effect or facts.raises:
        return True
    callee = equation.operands[0] if equation.op == "call" else None
    made = callee.value if isinstance(callee, Const) else None
    return isinstance(made, type) and issubclass(made, BaseException)


def check_closed(m: Machine, region: Region) -> None:
    """A part of the program that is differentiated apart doesn't call procedures that are still being read."""
    state = m.part(Procedures)
    if any(equation.params["procedure"] not in state.traces for equation in calls(region)):
        raise NoProcedure(state.building[-1].key)


def add_traces(m: Machine, trace: Trace) -> Trace:
    """Take over the procedures of a derivative; those that are known already stand for the same ones of the trace."""
    names: dict[str, str] = {}
    records: dict[Recording, Recording] = {}
    traces = m.part(Procedures).traces
    for name, one in trace.procedures.items():
        if name in names or traces.get(name) is one:
            continue
        pairs = (paired_procedures(name, trace.procedures, other, traces) for other in traces)
        known = next((pair for pair in pairs if pair is not None), None)
        if known is not None:
            names.update(known[0])
            records.update(known[1])
        else:
            names[name] = unused(name, {*traces, *m.outside.roots, *m.outside.reserved, *names.values()})
    trace = renamed(trace, names, records)
    traces.update({name: one for name, one in trace.procedures.items() if name not in traces})
    return trace


def close(m: Machine, equation: Equation) -> Equation:
    """The call of a procedure from without; it and those that it calls become traces."""
    traces = m.part(Procedures).traces
    first = equation.params["procedure"]
    group = group_of(m, first)
    captured, raising = _captured(group), _raising(group)
    raw = {label: _trace(one, {name: name for name in group}, captured, raising) for label, one in group.items()}
    known = next((name for name in traces if same_procedures(first, raw, name, traces)), None)
    if known is not None:
        return _call(equation, {first: known}, captured, raising)
    same = {label: next(other for other in raw if same_procedures(label, raw, other, raw)) for label in raw}
    names = _names(m, {label: group[label] for label in group if same[label] == label})
    names = {label: names[same[label]] for label in group}
    traces.update({names[label]: _trace(group[label], names, captured, raising) for label in group})
    return _call(equation, names, captured, raising)


def group_of(m: Machine, label: str) -> dict[str, Procedure]:
    """The procedures that are reached from one."""
    group: dict[str, Procedure] = {}
    pending = [label]
    while pending:
        name = pending.pop(0)
        if name not in group:
            group[name] = m.part(Procedures).called[name]
            pending += [equation.params["procedure"] for equation in calls(group[name].body)]
    return group


def _captured(group: Mapping[str, Procedure]) -> dict[str, tuple[Var, ...]]:
    """The variables of its surroundings that each procedure reads, itself or by those that it calls."""
    inner = {label: _defined(one) for label, one in group.items()}
    found = {
        label: {v: None for v in free_variables(one.body) if v not in inner[label]} for label, one in group.items()
    }
    size = -1
    while size != sum(map(len, found.values())):
        size = sum(map(len, found.values()))
        for label, one in group.items():
            for equation in calls(one.body):
                called = found[equation.params["procedure"]]
                found[label].update({v: None for v in called if v not in inner[label]})
    return {label: tuple(variables) for label, variables in found.items()}


def _defined(one: Procedure) -> set[Var]:
    defined = set(one.parameters)
    for equation in walk(one.body):
        defined.update(equation.results)
        defined.update(p for region in equation.regions for p in region.parameters)
    return defined


def _raising(group: Mapping[str, Procedure]) -> set[str]:
    """The procedures that may raise by themselves or by those that they call."""
    found = {label for label, one in group.items() if any(operation(e).raises for e in walk(one.body))}
    size = -1
    while size != len(found):
        size = len(found)
        found |= {label for label, one in group.items() if any(e.params["procedure"] in found for e in calls(one.body))}
    return found


def _names(m: Machine, group: Mapping[str, Procedure]) -> dict[str, str]:
    """A name for each procedure, such that those of its derivatives are free too."""
    taken = {*m.outside.roots, *m.outside.reserved, *(name for one in group.values() for name in one.code.globals)}
    values = set(m.part(Procedures).traces)
    names: dict[str, str] = {}
    for label, one in group.items():
        stem = one.code.name if one.code.name.isidentifier() else "recursion"
        name, k = stem, 1
        while any(f"{name}{suffix}" in taken for suffix in SUFFIXES) or f"{name}_value" in values:
            k += 1
            name = f"{stem}{k}"
        names[label] = f"{name}_value"
        values.add(names[label])
    return names


# ---- traces


def _trace(
    one: Procedure, names: Mapping[str, str], captured: Mapping[str, tuple[Var, ...]], raising: set[str]
) -> Trace:
    outer = captured[one.label]
    taken: set[str] = set()
    given = [*one.parameters, *outer]
    named = [Var(v.type, fresh_name(v.name or "v", taken)) for v in given]
    new = dict(zip(given, named, strict=True))
    body = rewritten(one.body, partial(_call, names=names, captured=captured, raising=raising))
    return Trace(
        names[one.label],
        tuple(Parameter(v.name or "") for v in named),
        tuple(Input(v, Path(v.name or "")) for v in named),
        replace(substitute(body, new), parameters=tuple(named)),
        listed(len(body.results)),
    )


def fresh_name(name: str, taken: set[str]) -> str:
    """The name, with a number if need be; it is taken from now on."""
    candidate, k = name, 1
    while candidate in taken:
        k += 1
        candidate = f"{name}_{k}"
    taken.add(candidate)
    return candidate


def _call(
    equation: Equation, names: Mapping[str, str], captured: Mapping[str, tuple[Var, ...]], raising: set[str]
) -> Equation:
    """A call that hands over what the procedure reads of its surroundings as well; any other equation as it is."""
    if equation.op != "recurse":
        return equation
    label = equation.params["procedure"]
    operands = (*equation.operands, *captured[label])
    more: dict[str, object] = {"procedure": names[label], **({"raises": True} if label in raising else {})}
    return replace(equation, operands=operands, params=MappingProxyType({**equation.params, **more}))


NOTHING = Region((), (), ())


@dataclass
class Place(Restorable):
    """A leaf of the arguments or of the result, as the calls that were met so far have it.

    `known`: the number that it is in all of them. `outside`: whether it may be memory that comes from outside.
    """

    type: Type
    name: str
    known: Const | None = None
    active: bool = False
    outside: bool = False


@dataclass(eq=False)
class Procedure(Restorable):
    """A function that is being read, or has been.

    `changed`: what was assumed of its arguments or results turned out to be too narrow. `reused`: it calls itself.
    """

    label: str
    key: Hashable
    code: FunctionSource
    parent: int | None
    names: tuple[str, ...]
    form: tuple[Form, ...]
    places: list[Place]
    parameters: tuple[Var, ...] = ()
    result: Form | None = None
    returned: list[Place] = field(default_factory=list)
    body: Region = NOTHING
    changed: bool = False
    reused: bool = False

    @property
    def passed(self) -> list[int]:
        """The places that are parameters."""
        return [k for k, place in enumerate(self.places) if place.known is None]


@dataclass(eq=False)
class Procedures(Restorable):
    """The procedures of a reading.

    building   those that are being read, each inside of the one before
    called     those that have been called, by label; `labels`: how many labels there are
    traces     those that the trace has, by name: they are closed, and call such procedures alone
    """

    building: list[Procedure] = field(default_factory=list)
    called: dict[str, Procedure] = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)
    labels: int = 0

    def label(self, name: str) -> str:
        """A label that no other procedure has."""
        self.labels += 1
        return f"{name}#{self.labels - 1}"

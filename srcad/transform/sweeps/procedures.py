"""Adjoints of functions that call themselves: a forward procedure and a pullback for each.

    y = f(x)    ->    y, recorded = f_forward(x)    and, in the reverse sweep,    x_bar = f_pullback(x, recorded, y_bar)

The forward procedure is the forward sweep of the body; `recorded` is what the reverse sweep of the body reads of it, so
it holds what the calls inside have recorded, as deep as the run goes. To those who call, it is one value, which is
recorded like any other. Which parameters and results have adjoints is settled for all calls of a procedure together.

All of that is in procedures like any others, and `recorded` is a value like any other: it is made by `record_new` and
taken apart by `record_items`, the one of which is the adjoint of the other. So it is differentiated again by the same
rules. What is in a record that a procedure takes or returns need not be recorded once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from srcad.analysis.activity import Activity
from srcad.analysis.crossing import Signature
from srcad.trace.nodes import Atom, Equation, Input, Parameter, Path, Region, Trace, Var
from srcad.trace.procedures import listed
from srcad.trace.rewrite import rewritten, with_body
from srcad.trace.types import Record, Recording
from srcad.trace.walk import free_variables
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.rename import fresh
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.settle import settled
from srcad.transform.sweeps.sweep import Sweep
from srcad.transform.sweeps.unbroadcast import Bar

RECORDED = "recorded"


@dataclass(frozen=True)
class ProcedurePair:
    """The adjoint of a procedure: the names of its two functions, what the one records for the other, what is active.

    `returned`: the results that are records, which the pullback gets as well.
    """

    forward: str
    pullback: str
    record: Record
    signature: Signature
    returned: tuple[int, ...]


Pairs = Mapping[str, ProcedurePair]  # by the name of the procedure


def pairs(trace: Trace, known: Mapping[str, Signature]) -> dict[str, ProcedurePair]:
    """An adjoint for each procedure that is differentiated."""
    taken = names_in_use(trace)
    made = {}
    for name, signature in known.items():
        forward, pullback = (fresh(f"{stem_of(name)}_{suffix}", taken) for suffix in ("forward", "pullback"))
        returned = (k for k, a in enumerate(trace.procedures[name].body.results) if a.type.is_record)
        made[name] = ProcedurePair(forward, pullback, Record(Recording(forward)), signature, tuple(returned))
    return made


def names_in_use(trace: Trace) -> set[str]:
    """The names that a new procedure can't have."""
    return {*trace.procedures, *(entry.path.root for entry in trace.inputs), *(p.name for p in trace.parameters)}


def stem_of(name: str) -> str:
    return name.removesuffix("_value")


# ---- the calls of a body that is differentiated


def recording(trace: Trace, active: Activity, known: Pairs) -> Trace:
    """The trace in which active calls go to forward procedures."""

    def change(equation: Equation) -> Equation:
        if not is_active_call(equation, active):
            return equation
        return _forward_call(equation, known[equation.params["procedure"]])

    return with_body(trace, rewritten(trace.body, change)) if known else trace


def is_active_call(equation: Equation, active: Activity) -> bool:
    """Whether a derivative passes a call."""
    if equation.op != "recurse" or not any(map(active.active, equation.results)):
        return False
    return any(map(active.active, equation.operands))


def _forward_call(equation: Equation, pair: ProcedurePair) -> Equation:
    types = (*equation.params["types"], pair.record)
    params = MappingProxyType({**equation.params, "procedure": pair.forward, "types": types})
    return replace(equation, results=(*equation.results, Var(pair.record, RECORDED)), params=params)


def reverse_call(pairs: Pairs, sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """Call the pullback; `pairs` are by the name of the forward procedure here."""
    pair = pairs.get(equation.params["procedure"])
    if pair is None:
        return
    seeds = [sweep.whole(bars[k], equation.results[k]) for k in pair.signature.results]
    types = tuple(bar_type(equation.operands[k].type) for k in pair.signature.parameters)
    returned = (equation.results[k] for k in pair.returned)
    operands = (*equation.operands, *returned, equation.results[-1], *seeds)
    given = tuple(map(Var, types))
    params = MappingProxyType({"procedure": pair.pullback, "types": types})
    sweep.b.append(Equation("recurse", operands, given, params))
    for k, g in zip(pair.signature.parameters, given, strict=True):
        sweep.add(equation.operands[k], g, whole=not g.type.is_unknown)


# ---- the procedures


def derived(procedures: Iterable[tuple[ProcedurePair, Trace, Trace, Sequence[Var]]]) -> dict[str, Trace]:
    """The forward procedure and the pullback of each; given are the primal, both sweeps as one trace, and the seeds."""
    made = {}
    for pair, primal, joint, seeds in procedures:
        for trace in _functions(pair, primal, joint, seeds):
            made[trace.name] = trace
    return made


def seeds_of(procedure: Trace, signature: Signature) -> list[Atom | None]:
    """A variable for the adjoint of each active result."""
    taken = {p.name for p in procedure.parameters} | {RECORDED}
    bars: list[Atom | None] = []
    for k, result in enumerate(procedure.body.results):
        name = fresh(f"{getattr(result, 'name', None) or 'out'}_bar", taken)
        bars.append(Var(bar_type(result.type), name) if k in signature.results else None)
    return bars


def _functions(pair: ProcedurePair, primal: Trace, joint: Trace, seeds: Sequence[Var]) -> tuple[Trace, Trace]:
    count = len(primal.body.results)
    results, bars = joint.body.results[:count], joint.body.results[count:]
    ahead = tuple(e for e in joint.body.equations if e.role != "adjoint")
    back = tuple(e for e in joint.body.equations if e.role == "adjoint")
    known = {entry.var for entry in primal.inputs}
    returned = _new(known, [results[k] for k in pair.returned])
    reverse = Region((), (*_opened(ahead, known), *back), bars)
    recorded = tuple(v for v in free_variables(reverse) if v not in known and v not in seeds)
    record = Var(pair.record, RECORDED)
    params = MappingProxyType({"record": pair.record})
    forward = Region((), (*ahead, Equation("record_new", recorded, (record,), params)), (*results, record))
    pullback = replace(reverse, equations=(*_taking(record, recorded), *reverse.equations))
    inputs = (*primal.inputs, *_inputs(primal, (*returned, record, *seeds)))
    return (
        _procedure(primal, pair.forward, primal.inputs, settled(forward)),
        _procedure(primal, pair.pullback, inputs, pullback),
    )


def _opened(ahead: Iterable[Equation], known: set[Var]) -> Iterator[Equation]:
    """What the pullback finds in the records that it gets; `known` learns it."""
    for equation in ahead:
        if equation.op == "record_items" and equation.operands[0] in known:
            yield from _taking(equation.operands[0], _new(known, equation.results))
        if equation.op == "record_new" and equation.result in known:
            yield from _taking(equation.result, _new(known, equation.operands))


def _new(known: set[Var], atoms: Iterable[Atom]) -> tuple[Var, ...]:
    """The variables that aren't known yet, which they are from now on; others in the places of the rest."""
    found = []
    for a in atoms:
        found.append(a if isinstance(a, Var) and a not in known else Var(a.type))
        known.add(found[-1])
    return tuple(found)


def _taking(record: Atom, items: tuple[Var, ...]) -> Iterator[Equation]:
    """The items of a record, in the reverse sweep."""
    if items:
        types = MappingProxyType({"types": tuple(v.type for v in items)})
        yield Equation("record_items", (record,), items, types, role="adjoint")


def _inputs(primal: Trace, variables: Sequence[Var]) -> tuple[Input, ...]:
    """Further inputs, which have their variables' names."""
    taken = {p.name for p in primal.parameters}
    return tuple(Input(v, Path(fresh(v.name or RECORDED, taken))) for v in variables)


def _procedure(primal: Trace, name: str, inputs: tuple[Input, ...], body: Region) -> Trace:
    parameters = tuple(Parameter(entry.path.root) for entry in inputs)
    output = listed(len(body.results))
    return eliminate(replace(primal, name=name, inputs=inputs, parameters=parameters, body=body, output=output))

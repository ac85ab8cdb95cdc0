"""Adjoints of functions that call themselves: a forward procedure and a pullback for each.

    y = f(x)    ->    y, recorded = f_forward(x)    and, in the reverse sweep,    x_bar = f_pullback(x, recorded, y_bar)

The forward procedure is the forward sweep of the body; `recorded` is what the reverse sweep of the body reads of it, so
it holds what the calls inside have recorded, as deep as the run goes. To those who call, it is one value, which is
recorded like any other. Which parameters and results have adjoints is settled for all calls of a procedure together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from srcad.analysis.activity import Activity, activity
from srcad.errors import NotYetSupported, Span
from srcad.trace.nodes import (
    Atom,
    Equation,
    Input,
    Leaf,
    Node,
    Parameter,
    Path,
    Recorded,
    Region,
    Trace,
    Var,
    free_variables,
)
from srcad.trace.procedures import calls
from srcad.trace.types import OPAQUE, Unknown
from srcad.transform.branches import bar_type
from srcad.transform.dead_code import eliminate
from srcad.transform.rename import fresh
from srcad.transform.rewrite import Rewriter
from srcad.transform.settle import settled
from srcad.transform.unbroadcast import Bar

if TYPE_CHECKING:
    from srcad.transform.sweep import Sweep

RECORDED = "recorded"
Flat = Callable[[str], bool]


@dataclass(frozen=True)
class Signature:
    """The parameters and the results of a procedure, by their numbers, that are active where it is called."""

    wrt: tuple[int, ...] = ()
    seeded: tuple[int, ...] = ()

    def joined(self, wrt: Iterable[int], seeded: Iterable[int]) -> Signature:
        return Signature(tuple(sorted({*self.wrt, *wrt})), tuple(sorted({*self.seeded, *seeded})))


Signatures = dict[str, Signature]


# ---- activity


def signatures(trace: Trace, active: Activity, flat: Flat) -> Signatures:
    """What is active in the procedures, between what is so around their calls."""
    found: Signatures = {}
    pending = list(_called(trace.body, active, found))
    while pending:
        name = pending.pop()
        pending += _called(trace.procedures[name].body, _activity(trace.procedures[name], found[name], flat), found)
    return found


def _called(region: Region, active: Activity, found: Signatures) -> Iterator[str]:
    """The procedures of which these calls say something new."""
    for equation in calls(region):
        name, known = equation.params["procedure"], found.get(equation.params["procedure"], Signature())
        joined = known.joined(_active(equation.operands, active), _active(equation.results, active))
        if not (joined.wrt and joined.seeded) or joined == known:
            continue
        if equation.params.get("derived"):
            raise twice(equation.span)
        found[name] = joined
        yield name


def twice(span: Span | None) -> NotYetSupported:
    return NotYetSupported(
        "the derivative of the derivative of a function that calls itself",
        span,
        why="its forward and reverse sweeps are functions of their own, which are not differentiated again yet",
        do="write the recursion as a loop",
    )


def _active(atoms: Sequence[Atom], active: Activity) -> list[int]:
    return [k for k, a in enumerate(atoms) if active.active(a)]


def _activity(procedure: Trace, signature: Signature, flat: Flat) -> Activity:
    inputs = (procedure.inputs[k].var for k in signature.wrt)
    return activity(procedure.body, inputs, (procedure.body.results[k] for k in signature.seeded), flat)


# ---- the calls of a body that is differentiated


def recording(trace: Trace, active: Activity, known: Signatures) -> Trace:
    """The trace in which active calls go to forward procedures."""
    return replace(trace, body=_Recording(active, known).region(trace.body)) if known else trace


class _Recording(Rewriter):
    def __init__(self, active: Activity, known: Signatures) -> None:
        super().__init__()
        self.active = active
        self.known = known

    def rewrite(self, equation: Equation) -> None:
        if equation.op == "recurse" and any(map(self.active.active, equation.results)):
            equation = _forward_call(equation, self.known[equation.params["procedure"]])
        self.out.append(self.with_inner(equation))


def _forward_call(equation: Equation, signature: Signature) -> Equation:
    stem = stem_of(equation.params["procedure"])
    more = {
        "procedure": f"{stem}_forward",
        "pullback": f"{stem}_pullback",
        "signature": signature,
        "derived": True,
        "types": (*equation.params["types"], OPAQUE),
    }
    params = MappingProxyType({**equation.params, **more})
    return replace(equation, results=(*equation.results, Var(OPAQUE, RECORDED)), params=params)


def stem_of(name: str) -> str:
    return name.removesuffix("_value")


def reverse_call(sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """Call the pullback."""
    signature: Signature = equation.params["signature"]
    seeds = [sweep.whole(bars[k], equation.results[k]) for k in signature.seeded]
    types = tuple(bar_type(equation.operands[k].type) for k in signature.wrt)
    operands = (*equation.operands, equation.results[-1], *seeds)
    params = MappingProxyType({"procedure": equation.params["pullback"], "types": types, "derived": True})
    given = tuple(map(Var, types))
    sweep.b.append(Equation("recurse", operands, given, params))
    for k, g in zip(signature.wrt, given, strict=True):
        sweep.add(equation.operands[k], g, whole=not isinstance(g.type, Unknown))


# ---- the procedures


def derived(procedures: Iterable[tuple[Trace, Trace, Sequence[Var]]]) -> dict[str, Trace]:
    """The forward procedure and the pullback of each; given are the primal, both sweeps as one trace, and the seeds."""
    made = {}
    for primal, joint, seeds in procedures:
        for trace in _pair(primal, joint, seeds):
            made[trace.name] = trace
    return made


def seeds_of(procedure: Trace, signature: Signature) -> list[Atom | None]:
    """A variable for the adjoint of each active result."""
    taken = {p.name for p in procedure.parameters} | {RECORDED}
    bars: list[Atom | None] = []
    for k, result in enumerate(procedure.body.results):
        name = fresh(f"{getattr(result, 'name', None) or 'out'}_bar", taken)
        bars.append(Var(bar_type(result.type), name) if k in signature.seeded else None)
    return bars


def _pair(primal: Trace, joint: Trace, seeds: Sequence[Var]) -> tuple[Trace, Trace]:
    count = len(primal.body.results)
    results, bars = joint.body.results[:count], joint.body.results[count:]
    ahead = tuple(e for e in joint.body.equations if e.role != "adjoint")
    reverse = Region((), tuple(e for e in joint.body.equations if e.role == "adjoint"), bars)
    given = {*(entry.var for entry in primal.inputs), *seeds}
    recorded = tuple(v for v in free_variables(reverse) if v not in given)
    return _forward(primal, ahead, results, recorded), _pullback(primal, reverse, recorded, seeds)


def _forward(
    primal: Trace, equations: tuple[Equation, ...], results: tuple[Atom, ...], recorded: tuple[Var, ...]
) -> Trace:
    last = Node("tuple", tuple(Leaf(len(results) + k) for k in range(len(recorded))))
    made = replace(
        primal,
        name=f"{stem_of(primal.name)}_forward",
        body=settled(Region((), equations, (*results, *recorded)), recorded),
        output=Node("tuple", (*(Leaf(k) for k in range(len(results))), last)),
    )
    return eliminate(made)


def _pullback(primal: Trace, reverse: Region, recorded: tuple[Var, ...], seeds: Sequence[Var]) -> Trace:
    root = fresh(RECORDED, {p.name for p in primal.parameters})
    further = [Recorded(v, Path(root).item(k)) for k, v in enumerate(recorded)]
    names = [root, *(seed.name or "" for seed in seeds)]
    made = replace(
        primal,
        name=f"{stem_of(primal.name)}_pullback",
        inputs=(*primal.inputs, *further, *(Input(seed, Path(seed.name or "")) for seed in seeds)),
        parameters=(*primal.parameters, *map(Parameter, names)),
        body=reverse,
        output=listed(len(reverse.results)),
    )
    return eliminate(made)


def listed(count: int) -> Leaf | Node:
    """What a procedure with so many results returns."""
    return Leaf(0) if count == 1 else Node("tuple", tuple(map(Leaf, range(count))))

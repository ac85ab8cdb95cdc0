"""Tangents of functions that call themselves: a procedure for each, with tangents beside its arguments and results.

    y = f(x)    ->    y, y_dot = f_tangent(x, x_dot)

Which parameters have tangents, and which results, is settled for all calls of a procedure together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from srcad.analysis.crossing import Signature
from srcad.trace.nodes import Atom, Equation, Input, Parameter, Path, Trace, Var
from srcad.trace.procedures import listed
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.rename import fresh, rename
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.procedures import names_in_use, stem_of
from srcad.transform.sweeps.push import Push
from srcad.transform.sweeps.settle import settled


@dataclass(frozen=True)
class Moving:
    """The tangent of a procedure: its name, what is active, and the parameters of the procedure."""

    name: str
    signature: Signature
    parameters: tuple[Var, ...]


Movings = Mapping[str, Moving]  # by the name of the procedure


def movings(trace: Trace, known: Mapping[str, Signature]) -> dict[str, Moving]:
    """A tangent for each procedure that is differentiated."""
    taken = names_in_use(trace)
    return {
        name: Moving(
            fresh(f"{stem_of(name)}_tangent", taken),
            signature,
            tuple(entry.var for entry in trace.procedures[name].inputs),
        )
        for name, signature in known.items()
    }


def push_call(known: Movings, push: Push, equation: Equation) -> None:
    """Call the tangent of the procedure instead of itself, if anything moves."""
    moving = known.get(equation.params["procedure"])
    if moving is None or not (any(map(push.bar, equation.operands)) and any(map(push.active, equation.results))):
        push.b.append(equation)
        return
    with push.deriving(equation.role):
        given = [push.whole(equation.operands[k], moving.parameters[k]) for k in moving.signature.parameters]
    dots = {k: Var(bar_type(equation.results[k].type)) for k in moving.signature.results}
    types = (*equation.params["types"], *(dot.type for dot in dots.values()))
    params = MappingProxyType({**equation.params, "procedure": moving.name, "types": types})
    operands, results = (*equation.operands, *given), (*equation.results, *dots.values())
    push.b.append(replace(equation, operands=operands, results=results, params=params))
    for k, dot in dots.items():
        if push.active(equation.results[k]):
            push.put(equation.results[k], dot)


def directions(procedure: Trace, signature: Signature) -> dict[Var, Input]:
    """The tangents of the active parameters."""
    taken = {p.name for p in procedure.parameters}
    found = {}
    for k in signature.parameters:
        entry = procedure.inputs[k]
        name = fresh(f"{entry.path.root}_dot", taken)
        found[entry.var] = Input(Var(bar_type(entry.var.type), name), Path(name))
    return found


def pushed(push: Push, procedure: Trace, moving: Moving, dots: Mapping[Var, Input]) -> Trace:
    """The tangent of a procedure; `push` has its state, and goes through its body."""
    body = procedure.body
    push.equations(body.equations)
    with push.deriving():
        moved = [push.whole_result(body.results[k]) for k in moving.signature.results]
    inputs = (*procedure.inputs, *dots.values())
    results: tuple[Atom, ...] = (*body.results, *moved)
    region = replace(body, parameters=(), equations=tuple(push.b.equations), results=results)
    made = replace(
        procedure,
        name=moving.name,
        inputs=inputs,
        parameters=tuple(Parameter(entry.path.root) for entry in inputs),
        body=rename(settled(region), push.names),
        output=listed(len(results)),
    )
    return eliminate(made)

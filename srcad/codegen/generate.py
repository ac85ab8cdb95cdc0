"""Code generation: a trace to the source of one function, and of those that call themselves in it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcad.codegen.control import Control, Item, Simple
from srcad.codegen.expressions import Expressions
from srcad.codegen.folding import fold
from srcad.codegen.layout import SourceLayout, text_of
from srcad.codegen.naming import assign_names
from srcad.codegen.shared import Shared, functions_of, taken_names
from srcad.codegen.signature import local_names, output, parameters
from srcad.codegen.spelling import Style
from srcad.codegen.statements import Statements
from srcad.codegen.unset import passed_on
from srcad.errors import Span
from srcad.lowering.bufferise import Bufferised, bufferise
from srcad.lowering.careful import guarded
from srcad.lowering.liveness import Liveness, liveness
from srcad.lowering.ordering import sink_updates
from srcad.lowering.prepare import prepare
from srcad.trace.nodes import Region, Trace, Var
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.procedures import reached
from srcad.trace.types import dtype_of, is_inexact, is_numeric
from srcad.trace.walk import walk


@dataclass(frozen=True)
class Generated:
    """The source of one function, and what it needs.

    lines     generated line number -> the user's line that it comes from
    bindings  names of the user's objects (functions, classes, constants) that the source refers to
    helpers   names of the runtime helpers that it calls
    imports   what has to be imported: "numpy as np", "math"
    """

    name: str
    source: str
    lines: Mapping[int, Span] = field(default_factory=dict)
    bindings: Mapping[str, Any] = field(default_factory=dict)
    helpers: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


def generate(
    trace: Trace,
    name: str,
    *,
    careful: bool = False,
    roots: frozenset[str] = frozenset(),
    run: Runner = PLAIN,
) -> Generated:
    """The source of a trace as a function called `name`, with its procedures as functions behind it.

    `careful` spells every operation with NumPy, which gives inf and nan where `math` and Python raise. `roots`: the
    names of globals that are the user's, although this trace may not read them.
    """
    trace = reached(trace)
    traces = {name: trace, **trace.procedures}
    inner = functions_of(traces.values(), {*traces, *taken_names(traces.values())})
    traces.update({own: one for one, own in inner.items()})
    ready = {own: _ready(one, careful, run.within) for own, one in traces.items()}
    style = Style(careful, not all(map(all_float64, ready.values())))
    roots = roots.union(entry.path.root for entry in trace.inputs if entry.free)
    shared = Shared(frozenset(traces), roots, solved=inner)
    return joined([_generate(own, one, traces[own], style, shared, run.within) for own, one in ready.items()])


def _ready(trace: Trace, careful: bool, run: Runner) -> Trace:
    """The trace in the form that is printed."""
    return run(sink_updates, run(prepare, run(guarded, trace) if careful else trace))


def _generate(
    name: str,
    ready: Trace,
    trace: Trace,
    style: Style,
    shared: Shared,
    run: Runner,
    reserved: frozenset[str] = frozenset(),
) -> Generated:
    """One function. `reserved`: names of helpers and modules, which the user's variables have, and can't keep here."""
    bufferised = bufferise(ready)
    run.made(bufferise, bufferised.trace, ready)
    folding = fold(bufferised.trace, bufferised.in_place, style)
    live = liveness(bufferised.trace, folding.inline)
    names = assign_names(bufferised.trace, live, bufferised.in_place, local_names(trace), shared.functions | reserved)
    names.taken.update(shared.names)
    x = Expressions(bufferised.trace, names, folding, style, shared)
    made = _print(bufferised, name, x, live)
    needed = {*made.helpers, *(text.partition(".")[0] for text in made.imports)}
    hidden = frozenset((names.used() | made.bindings.keys()) & needed) - reserved
    if hidden:
        for one in hidden & shared.bindings.keys():
            del shared.bindings[one]
        return _generate(name, ready, trace, style, shared, run, reserved | hidden)
    return made


def joined(parts: Sequence[Generated]) -> Generated:
    """Several functions as one source; the first is the one that is meant."""
    if len(parts) == 1:
        return parts[0]
    lines: dict[int, Span] = {}
    first = 0
    for part in parts:
        lines.update({first + number: span for number, span in part.lines.items()})
        first += part.source.count("\n") + 2
    return Generated(
        parts[0].name,
        "\n\n".join(part.source for part in parts),
        lines,
        {name: value for part in parts for name, value in part.bindings.items()},
        tuple(sorted({helper for part in parts for helper in part.helpers})),
        tuple(sorted({module for part in parts for module in part.imports}, reverse=True)),
    )


def _print(bufferised: Bufferised, name: str, x: Expressions, live: Liveness) -> Generated:
    trace = bufferised.trace
    control = Control(Statements(x, bufferised.in_place, passed_on(trace, x.names)), live)
    signature = parameters(trace.parameters, x)
    items = [*unpacking(trace, x, live), *control.region(trace.body), Simple(returning(trace, x))]
    layout = SourceLayout()
    layout.put(_head(name, signature), 0)
    if trace.doc:
        _document(layout, trace.doc)
    layout.block(items, 1)
    bindings = {**x.constants.bindings, **x.globals.aliases}
    return Generated(
        name,
        "\n".join(layout.lines) + "\n",
        layout.spans,
        bindings,
        tuple(sorted(x.globals.helpers)),
        tuple(sorted(x.globals.imports, reverse=True)),
    )


def _head(name: str, signature: ast.arguments) -> str:
    definition = ast.FunctionDef(name, signature, [ast.Pass()], [], None, None)
    return text_of(definition).removesuffix("pass").rstrip()


def _document(layout: SourceLayout, doc: str) -> None:
    text = doc.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = f'"""{text}'.splitlines()
    lines[-1:] = [lines[-1] + '"""'] if len(lines) == 1 else [lines[-1], '"""']
    layout.lines += [f"    {line}".rstrip() for line in lines]


def unpacking(trace: Trace, x: Expressions, live: Liveness) -> list[Item]:
    """Parts of arguments into local variables."""
    used = live.reads(trace.body.results)
    for eq in live.statements(trace.body):
        used |= live.reads_of_equation(eq)
    parts = [entry for entry in trace.inputs if entry.path.steps and entry.var in used]
    return [Simple(ast.Assign([_target(entry.var, x)], x.path(entry.path))) for entry in parts]


def _target(var: Var, x: Expressions) -> ast.expr:
    return ast.Name(x.names.of(var), ast.Store())


def returning(trace: Trace, x: Expressions) -> ast.stmt:
    return ast.Return(output(trace.output, x.atoms(trace.body.results), x))


def all_float64(trace: Trace) -> bool:
    """Whether float64 is the only floating dtype, so that a Python float may stand for a NumPy one."""
    variables = [entry.var for entry in trace.inputs]
    regions: list[Region] = [trace.body]
    for eq in walk(trace.body):
        variables += eq.results
        regions += eq.regions
    types = [var.type for var in variables] + [p.type for region in regions for p in region.parameters]
    dtypes = {dtype_of(t) for t in types if is_numeric(t)}
    return all(dtype is not None and (dtype == "float64" or not is_inexact(dtype)) for dtype in dtypes)

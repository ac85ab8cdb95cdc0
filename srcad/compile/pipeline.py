"""From a primal trace to the program of a request, pass after pass: gradients, pullbacks, tangents, Jacobians."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from srcad.codegen import Generated, generate
from srcad.compile.requests import Request
from srcad.compile.results import check_moving, differentiated, made_scalar, returning, shifted, unchecked, with_value
from srcad.compile.running import configured
from srcad.errors import InternalError, SrcadError
from srcad.frontend import Reading
from srcad.frontend.core.reading import derivation
from srcad.ops.catalogue import operation
from srcad.trace.builder import const
from srcad.trace.nodes import Const, Node, Trace, Tree
from srcad.trace.printer import print_trace
from srcad.trace.walk import walk
from srcad.transform.matrices.jacobian import COLUMNS, ROWS, by_columns, by_rows, way_of
from srcad.transform.matrices.several import several_tangents
from srcad.transform.simplify.simplify import simplify
from srcad.transform.solutions import flows, implicit, integrals  # noqa: F401 - fill in rules
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.opened import inlined
from srcad.transform.sweeps.split import split
from srcad.transform.sweeps.tangent import tangent


@dataclass(frozen=True)
class Program:
    """What was generated, and from what.

    checked   only a run shows whether the result is a scalar
    way       of a Jacobian, how it goes: "columns" or "rows"
    """

    request: Request
    reading: Reading
    primal: Trace
    traces: tuple[Trace, ...]
    checked: bool = False
    way: str = ""

    @cached_property
    def generated(self) -> tuple[Generated, ...]:
        return self.printed(careful=self.has_effects)

    @cached_property
    def careful(self) -> tuple[Generated, ...]:
        """The variant with NumPy's arithmetic where Python's raises: in an adjoint 1 / 0.0 is inf."""
        return self.generated if self.has_effects else self.printed(careful=True)

    def printed(self, careful: bool) -> tuple[Generated, ...]:
        return tuple(
            generate(trace, trace.name, careful=careful, run=configured()) for trace in map(_with_inlined, self.traces)
        )

    def alone(self) -> Program:
        """The same without calls of the user's functions with rules, wherever their source is known."""
        return replace(self, traces=tuple(_with_inlined(trace, always=True) for trace in self.traces))

    @property
    def source(self) -> str:
        return "\n\n".join(one.source for one in self.generated)

    @cached_property
    def has_effects(self) -> bool:
        """Whether a second run would be noticed: something is printed, drawn at random, changed."""
        return any(operation(e).effect and not operation(e).raises for e in walk(self.primal.body))


def _with_inlined(trace: Trace, always: bool = False) -> Trace:
    opened = inlined(trace, always)
    return trace if opened is trace else simplify(opened, run=configured())


@contextmanager
def bugs_reported(doing: str, trace: Trace | None = None) -> Iterator[None]:
    """Turn an exception that isn't a refusal into one that says whose fault it is."""
    try:
        yield
    except SrcadError:
        raise
    except Exception as error:
        what = f"a bug in srcad: {type(error).__name__} while {doing}: {error}"
        shown = f"the trace:\n{print_trace(trace, types=True)}" if trace else ""
        span = trace.span if trace else None
        do = "please report it, with this message and the function that it is about"
        raise InternalError(what, span, shown, do) from error


def _primal(primal: Trace, reading: Reading, request: Request) -> Program:
    return Program(request, reading, primal, (primal,))


def _gradient(primal: Trace, reading: Reading, request: Request) -> Program:
    """One function: the forward sweep, then the reverse sweep, seeded with 1."""
    result = differentiated(primal, request.has_aux)
    checked = unchecked(primal, result)
    keeps_value = request.value or request.has_aux or checked
    one: list[Const | None] = [const(1.0) if result and k == result.index else None for k in _results(primal)]
    trace = adjoint(primal, reading.wrt, value=keeps_value, seeds=tuple(one), run=configured())
    gradient = gradient_tree(reading, request, len(primal.body.results) if keeps_value else 0)
    output = with_value(primal.output, gradient, request.has_aux, request.value or checked)
    return named_program(returning(trace, output), primal, reading, request, checked)


def _pullback(primal: Trace, reading: Reading, request: Request) -> Program:
    """Two functions: the forward sweep, which returns what the reverse sweep needs, and the reverse sweep."""
    return Program(request, reading, primal, split(both_sweeps(primal, reading, request)))


def both_sweeps(primal: Trace, reading: Reading, request: Request) -> Trace:
    """The forward sweep and, seeded with inputs, the reverse sweep."""
    trace = adjoint(primal, reading.wrt, value=True, seeds="inputs", run=configured())
    gradient = gradient_tree(reading, request, len(primal.body.results))
    return simplify(returning(trace, Node("tuple", (primal.output, gradient))), run=configured())


def _tangent(primal: Trace, reading: Reading, request: Request) -> Program:
    """One function: each equation with its tangent, or its tangents, beside it."""
    trace = tangent(primal, reading.wrt, value=True, run=configured())
    if request.kind == "tangents":
        trace = configured()(several_tangents, trace, len(primal.body.results))
    return Program(request, reading, primal, (simplify(trace, run=configured()),))


def _hvp(primal: Trace, reading: Reading, request: Request) -> Program:
    """Forward over reverse: the tangent of the gradient."""
    primal = made_scalar(primal, differentiated(primal, request.has_aux))
    (trace,) = _gradient(primal, reading, request).traces
    trace = tangent(trace, reading.wrt, value=False, run=configured())
    if request.kind == "hvps":
        trace = configured()(several_tangents, trace, 0)
    return named_program(trace, primal, reading, request)


def _jacfwd(primal: Trace, reading: Reading, request: Request) -> Program:
    """One function: all unit tangents at once."""
    check_moving(primal)
    trace = configured()(by_columns, primal, reading.wrt, gradient_tree(reading, request, 0))
    return named_program(trace, primal, reading, request, way=COLUMNS)


def _jacrev(primal: Trace, reading: Reading, request: Request) -> Program:
    """One function: the forward sweep, then the reverse sweep of all unit adjoints at once."""
    check_moving(primal, real=True)
    trace = configured()(by_rows, primal, reading.wrt, gradient_tree(reading, request, 0))
    return named_program(trace, primal, reading, request, way=ROWS)


def _jacobian(primal: Trace, reading: Reading, request: Request) -> Program:
    """Whichever of the two takes fewer units for the lengths of this reading."""
    way = way_of(primal, reading.wrt, reading.sizes)
    return (_jacrev if way == ROWS else _jacfwd)(primal, reading, request)


def _hessian(primal: Trace, reading: Reading, request: Request) -> Program:
    """The Jacobian of the gradient, by columns: forward over reverse, all unit tangents at once."""
    primal = made_scalar(primal, differentiated(primal, request.has_aux))
    (trace,) = _gradient(primal, reading, request).traces
    trace = configured()(by_columns, trace, reading.wrt, gradient_tree(reading, request, 0))
    return named_program(trace, primal, reading, request, way=COLUMNS)


FIRST: dict[str, Callable[[Trace, Reading, Request], Program]] = {
    "primal": _primal,
    "gradient": _gradient,
    "pullback": _pullback,
    "tangent": _tangent,
    "hvp": _hvp,
    "tangents": _tangent,
    "hvps": _hvp,
    "jacfwd": _jacfwd,
    "jacrev": _jacrev,
    "jacobian": _jacobian,
    "hessian": _hessian,
}


def named_program(
    trace: Trace, primal: Trace, reading: Reading, request: Request, checked: bool = False, way: str = ""
) -> Program:
    """The program of one trace, under the name of the derivative."""
    named = replace(trace, name=derivative_name(primal.name, request))
    return Program(request, reading, primal, (simplify(named, across=True, run=configured()),), checked, way)


def _results(primal: Trace) -> range:
    return range(len(primal.body.results))


def gradient_tree(reading: Reading, request: Request, offset: int) -> Tree:
    """How the adjoints of the arguments come back; the first of them is the result number `offset`."""
    trees = tuple(shifted(tree, offset) for tree in reading.wrt_trees)
    return trees[0] if request.single else Node("tuple", trees)


def derivative_name(name: str, request: Request) -> str:
    """The name of the generated function."""
    if request.kind != "gradient":
        return f"{name.rstrip('_')}_{_SUFFIXES.get(request.kind, request.kind)}"
    return f"{name.rstrip('_')}_value_and_grad" if request.value else f"{name.rstrip('_')}_grad"


_SUFFIXES = {
    "pullback": "vjp",
    "tangent": "jvp",
    "tangents": "jvps",
    "primal": "trace",
    "jacfwd": "jacobian",
    "jacrev": "jacobian",
    "jacobian": "jacobian",
}


def identifier(function: Callable[..., Any], name: str) -> str:
    """A name that a `def` can have: lambdas have none, and instances that are called have that of their class."""
    derived = derivation(function)
    if derived is not None:
        return derivative_name(identifier(derived[0], name), derived[1])
    if name == "__call__":
        name = type(getattr(function, "__self__", function)).__name__.lower()
    return name if name.isidentifier() else name.strip("<>").replace(" ", "_") + "_"

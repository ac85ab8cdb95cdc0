"""What the compiler makes of a function: a program, from which source is generated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from srcad.backends import kind_of, threads_of
from srcad.codegen import Generated, generate
from srcad.compile.requests import Request
from srcad.errors import InternalError, SrcadError
from srcad.frontend import Reading
from srcad.native.kernel import Kernel
from srcad.native.outline import Outlining, kernels_of, outlined
from srcad.native.report import shown_parts
from srcad.ops.catalogue import operation
from srcad.ops.exceptions import tries
from srcad.trace.dims import Promise
from srcad.trace.nodes import Const, Equation, Trace
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.printer import print_trace
from srcad.trace.procedures import with_procedures
from srcad.trace.walk import walk
from srcad.transform.roots import values
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.simplify import simplify
from srcad.transform.simplify.tried import share_tried
from srcad.transform.sweeps.opened import inlined


@dataclass(frozen=True)
class Program:
    """What was generated, and from what.

    checked   only a run shows whether the result is a scalar
    way       of a Jacobian, how it goes: "columns" or "rows"
    run       who runs the passes that are left
    promises  what guards must promise of lengths beside the types
    """

    request: Request
    reading: Reading
    primal: Trace
    traces: tuple[Trace, ...]
    checked: bool = False
    way: str = ""
    run: Runner = field(default=PLAIN, compare=False)
    promises: tuple[Promise, ...] = ()

    @cached_property
    def generated(self) -> tuple[Generated, ...]:
        return self.printed(careful=self.has_effects)

    @cached_property
    def careful(self) -> tuple[Generated, ...]:
        """The variant with NumPy's arithmetic where Python's raises: in an adjoint 1 / 0.0 is inf."""
        return self.generated if self.has_effects else self.printed(careful=True)

    def printed(self, careful: bool) -> tuple[Generated, ...]:
        traces = self.final if careful and not self.has_effects else self._outlined
        roots = frozenset(entry.path.root for trace in traces for entry in trace.inputs if entry.free)
        return tuple(generate(trace, trace.name, careful=careful, roots=roots, run=self.run) for trace in traces)

    @cached_property
    def final(self) -> tuple[Trace, ...]:
        """The traces of which no more derivatives are made."""
        return tuple(self._for_good(self._with_inlined(trace)) for trace in self.traces)

    @cached_property
    def _outlined(self) -> tuple[Trace, ...]:
        """The same, with kernels where the back end is native."""
        if kind_of(self.request.backend) != "native":
            return self.final
        how = Outlining(self.promises, threads_of(self.request.backend), self.has_effects)
        return tuple(self.run(outlined, trace, how) for trace in self.final)

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """What runs as C."""
        return tuple(kernel for trace in self._outlined for kernel in kernels_of(trace))

    @property
    def compiled(self) -> Trace | None:
        """The one trace that is printed, with kernels; None where there are several, or no kernels."""
        return self._outlined[0] if len(self.traces) == 1 and self.kernels else None

    @property
    def shown_kernels(self) -> str:
        """What runs as C, line by line, and why the rest doesn't."""
        if kind_of(self.request.backend) != "native":
            return "nothing runs as C: the back end is numpy"
        return "\n\n".join(map(shown_parts, self._outlined))

    def alone(self) -> Program:
        """This program without calls of the user's functions with rules, wherever their source is known."""
        traces = tuple(self._with_inlined(trace, always=True) for trace in self.traces)
        return replace(self, traces=traces, request=replace(self.request, backend="numpy"))

    def _with_inlined(self, trace: Trace, always: bool = False) -> Trace:
        opened = self.run(inlined, trace, always)
        return trace if opened is trace else simplify(opened, run=self.run)

    def _for_good(self, trace: Trace) -> Trace:
        """The trace as it is printed, of which no more derivatives are made."""
        plain = self.run(share_tried, self.run(values, trace))
        if plain is trace:
            return trace
        return self.run(eliminate, with_procedures(plain, lambda procedure: self.run.within(eliminate, procedure)))

    @property
    def source(self) -> str:
        return "\n\n".join(one.source for one in self.generated)

    @cached_property
    def has_effects(self) -> bool:
        """Whether a second run would be noticed."""
        return has_effects(self.primal)

    @cached_property
    def acts(self) -> bool:
        """Whether more than its exceptions would be noticed of a second run."""
        return any(_acts(e) and not _is_error(e) for e in walk(self.primal.body))


def has_effects(primal: Trace) -> bool:
    """Whether a second run of a program would be noticed: something is printed, drawn at random, changed.

    A program that handles exceptions itself must get its own, and none of faster arithmetic.
    """
    return any(tries(e) or (_acts(e) and not _is_error(e)) for e in walk(primal.body))


def _acts(equation: Equation) -> bool:
    return operation(equation).effect and not operation(equation).raises


def _is_error(equation: Equation) -> bool:
    """Whether an exception is made, to be raised."""
    callee = equation.operands[0] if equation.op == "call" else None
    made = callee.value if isinstance(callee, Const) else None
    return isinstance(made, type) and issubclass(made, BaseException)


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

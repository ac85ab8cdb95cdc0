"""What runs as C: a whole function, or the parts of it that can, each of which becomes one equation.

    s = 0.0                                     s = kernel(x)
    for k in range(len(x)):                     print(s)
        s = s + x[k] ** 2
    print(s)

So generated Python calls kernels as it calls anything else, and what can't be lowered stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from srcad.analysis.absent import absent
from srcad.native.compilers import compiler
from srcad.native.equated import equated
from srcad.native.kernel import Kernel
from srcad.native.lower.kernel import Lowered, lowered
from srcad.native.lower.table import has_lowering
from srcad.native.lower.values import NotLowered
from srcad.native.numba import text_of
from srcad.native.passes.divided import divided
from srcad.ops.catalogue import operation
from srcad.ops.declare import Kind
from srcad.trace.builder import const
from srcad.trace.dims import Promise
from srcad.trace.nodes import Atom, Const, Equation, Input, Parameter, Path, Region, Trace, Var, variables
from srcad.trace.procedures import listed, reached, with_procedures
from srcad.trace.rewrite import with_body, with_equations, with_regions
from srcad.trace.types import Scalar
from srcad.trace.walk import free_variables, reads, walk, within


@dataclass(frozen=True)
class Outlining:
    """How kernels are made.

    promises  what guards promise of lengths
    threads   on how many of them loops over arrays run
    once      that the program can't be run again to tell what is wrong. A kernel that fails is done again by what it
              was made of, which raises what the program raises
    """

    promises: Sequence[Promise] = ()
    threads: int = 1
    once: bool = False


PLAINLY = Outlining()


def outlined(trace: Trace, how: Outlining = PLAINLY) -> Trace:
    """The trace with kernels in the place of what can be lowered; in the procedures that it still calls, too."""
    compiler()
    trace = equated(trace, how.promises)
    left = reached(with_body(trace, _Outline(trace, trace.procedures, how).region(trace.body, whole=True)))
    inside = replace(how, promises=())
    return with_procedures(left, lambda one: with_body(one, _Outline(one, trace.procedures, inside).region(one.body)))


def kernels_of(trace: Trace) -> tuple[Kernel, ...]:
    """The kernels that a trace calls, by itself or in its procedures."""
    regions = (trace.body, *(procedure.body for procedure in trace.procedures.values()))
    return tuple(kernel for one in regions for eq in walk(one) if (kernel := kernel_of(eq)) is not None)


def kernel_of(eq: Equation) -> Kernel | None:
    value = getattr(eq.operands[0], "value", None) if eq.op == "kernel" else None
    return value if isinstance(value, Kernel) else None


LAST = 1 << 30  # behind all that has been numbered

NamedProcedures = Mapping[str, Trace]


class _Outline:
    """Makes kernels of parts of one function."""

    def __init__(self, trace: Trace, procedures: NamedProcedures, how: Outlining) -> None:
        self.threads = how.threads
        self.name = trace.name
        self.once = how.once
        self.strict: set[Var] = set()  # contexts in which NumPy raises what it warns of otherwise
        self.procedures = procedures
        self.promises = how.promises
        inputs = {entry.var: k for k, entry in enumerate(trace.inputs)}
        self.order = {**inputs, **dict.fromkeys(absent(trace.body), LAST)}
        self.count = 0

    def region(self, region: Region, whole: bool = False) -> Region:
        """A region, in which runs of equations that can be lowered are kernels."""
        if whole and (made := self._kernel(region.equations, set(variables(region.results)))) is not None:
            return Region(region.parameters, (made,), region.results)
        equations: list[Equation] = []
        for run, lowers in _runs(region.equations, self.procedures):
            self.strict.update(eq.results[0] for eq in run if _is_strict(eq))
            equations += self._replaced(run, _read_behind(region, run)) if lowers else map(self._inside, run)
        return with_equations(region, tuple(equations))

    def _inside(self, eq: Equation) -> Equation:
        """An equation that stays, with kernels in its regions."""
        if eq.op == "while":  # its condition is printed where it stands
            return with_regions(eq, (eq.regions[0], self.region(eq.regions[1])))
        if eq.op == "scope" and not self.strict.isdisjoint(eq.operands):
            return eq
        return with_regions(eq, tuple(map(self.region, eq.regions))) if eq.op in ("if", "for", "scope") else eq

    def _replaced(self, run: Sequence[Equation], read: set[Var]) -> list[Equation]:
        made = self._kernel(run, read) if _pays(run) else None
        if made is not None:
            return [made]
        if len(run) == 1:
            return [self._inside(run[0])]
        if not any(map(_is_dear, run)):
            return list(run)
        # together they have a value that can't be passed on: each loop by itself
        return [one for eq in run for one in (self._alone(eq, run, read) if _is_dear(eq) else [eq])]

    def _alone(self, eq: Equation, run: Sequence[Equation], read: set[Var]) -> list[Equation]:
        later = run[list(run).index(eq) + 1 :]
        return self._replaced([eq], read | {var for other in later for var in reads(other)})

    def _kernel(self, run: Sequence[Equation], read: set[Var]) -> Equation | None:
        """The equation that calls a kernel; None if there can't be one."""
        if not run or any(not has_lowering(one.op) for eq in run for one in within(eq)):
            return None
        results = tuple(var for eq in run for var in eq.results if var in read)
        if not results:
            return None
        name = f"{self.name}_kernel_{self.count + 1}" if self.count else f"{self.name}_kernel"
        closed = _closed(name, run, results, self.order, self.procedures)
        try:
            lowers = _printable(closed, name, self.promises)
            kernel = Kernel(self._divided(lowers), closed if self.once else None)
        except NotLowered:
            return None
        self.count += 1
        operands: tuple[Atom, ...] = (const(kernel), *(entry.var for entry in closed.inputs))
        params = {"types": tuple(var.type for var in results)}
        return Equation("kernel", operands, results, params, (), run[0].span, run[0].role)

    def _divided(self, kernel: Lowered) -> Lowered:
        """The kernel with its loops on several threads, which Numba's doesn't have."""
        if self.threads == 1 or compiler().is_numba:
            return kernel
        return replace(kernel, function=divided(kernel.function, self.threads))


def _printable(trace: Trace, name: str, promises: Sequence[Promise] = ()) -> Lowered:
    """The kernel of a closed trace, which what compiles it can have."""
    kernel = lowered(trace, name, promises)
    if compiler().is_numba:
        text_of(kernel.function)
    return kernel


def _closed(
    name: str, run: Sequence[Equation], results: tuple[Var, ...], order: Mapping[Var, int], procedures: NamedProcedures
) -> Trace:
    """A run of equations as a trace of its own; what comes in stands in `order`, and behind it as it is read.

    A kernel knows lengths from the first array that has them, so what may be none is `LAST`.
    """
    region = Region((), tuple(run), results)
    read = sorted(free_variables(region), key=lambda var: order.get(var, len(order)))
    inputs = tuple(Input(var, Path(f"in{k}")) for k, var in enumerate(read))
    parameters = tuple(Parameter(entry.path.root) for entry in inputs)
    return reached(Trace(name, parameters, inputs, region, listed(len(results)), procedures=procedures))


def _runs(equations: Sequence[Equation], procedures: NamedProcedures) -> Iterator[tuple[list[Equation], bool]]:
    """Neighbours that can be lowered, or can't."""
    run: list[Equation] = []
    state = False
    for eq in equations:
        lowers = all(has_lowering(one.op) for one in within(eq)) and not why_not(eq, procedures)
        if run and lowers is not state:
            yield run, state
            run = []
        run.append(eq)
        state = lowers
    if run:
        yield run, state


def why_not(eq: Equation, procedures: NamedProcedures) -> str:
    """Why an equation can't be lowered by itself; "": it can."""
    try:
        _printable(_closed("tried", [eq], eq.results, {}, procedures), "tried")
    except NotLowered as failed:
        return failed.what
    return ""


def _pays(run: Sequence[Equation]) -> bool:
    """Whether a call of a kernel costs less than the equations do in NumPy."""
    if any(eq.op in ("for", "while", "recurse") for one in run for eq in within(one)):
        return True
    heavy = [eq for eq in run if not _is_light(eq)]
    return len(heavy) > 1


def _is_strict(eq: Equation) -> bool:
    """Whether it makes a context in which NumPy raises what native code is silent about."""
    callee, *given = eq.operands if eq.op == "call" else (None,)
    if not isinstance(callee, Const) or callee.value is not np.errstate:
        return False
    return not all(isinstance(a, Const) and a.value in ("ignore", "warn", "print") for a in given)


def _is_dear(eq: Equation) -> bool:
    return bool(eq.regions) or eq.op == "recurse"


def _is_light(eq: Equation) -> bool:
    return operation(eq).kind in (Kind.VIEW, Kind.QUERY) or all(isinstance(var.type, Scalar) for var in eq.results)


def _read_behind(region: Region, run: Sequence[Equation]) -> set[Var]:
    """What is read of a run by what comes behind it."""
    last = region.equations.index(run[-1])
    return {*variables(region.results), *(var for eq in region.equations[last + 1 :] for var in reads(eq))}

"""What runs as C: a whole function, or the parts of it that can, each of which becomes one equation.

    s = 0.0                                     s = kernel(x)
    for k in range(len(x)):                     print(s)
        s = s + x[k] ** 2
    print(s)

So generated Python calls kernels as it calls anything else, and what can't be lowered stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

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
from srcad.trace.nodes import Atom, Equation, Input, Leaf, Node, Path, Region, Trace, Var, variables
from srcad.trace.procedures import reached, with_procedures
from srcad.trace.rewrite import with_body, with_equations, with_regions
from srcad.trace.types import Scalar
from srcad.trace.walk import free_variables, reads, walk, within


def outlined(trace: Trace, promises: Sequence[Promise] = (), threads: int = 1) -> Trace:
    """The trace with kernels in the place of what can be lowered; in the procedures that it still calls, too.

    `promises`: what guards promise of lengths. `threads`: on how many of them loops over arrays run.
    """
    compiler()
    trace = equated(trace, promises)
    outline = _Outline(trace, trace.procedures, promises, threads)
    left = reached(with_body(trace, outline.region(trace.body, whole=True)))
    return with_procedures(
        left, lambda one: with_body(one, _Outline(one, trace.procedures, (), threads).region(one.body))
    )


def kernels_of(trace: Trace) -> tuple[Kernel, ...]:
    """The kernels that a trace calls, by itself or in its procedures."""
    regions = (trace.body, *(procedure.body for procedure in trace.procedures.values()))
    return tuple(kernel for one in regions for eq in walk(one) if (kernel := kernel_of(eq)) is not None)


def kernel_of(eq: Equation) -> Kernel | None:
    value = getattr(eq.operands[0], "value", None) if eq.op == "kernel" else None
    return value if isinstance(value, Kernel) else None


NamedProcedures = Mapping[str, Trace]


class _Outline:
    """Makes kernels of parts of one function."""

    def __init__(
        self, trace: Trace, procedures: NamedProcedures, promises: Sequence[Promise] = (), threads: int = 1
    ) -> None:
        self.threads = threads
        self.name = trace.name
        self.procedures = procedures
        self.promises = promises
        self.order = {entry.var: k for k, entry in enumerate(trace.inputs)}
        self.count = 0

    def region(self, region: Region, whole: bool = False) -> Region:
        """A region, in which runs of equations that can be lowered are kernels."""
        if whole and (made := self._kernel(region.equations, set(variables(region.results)))) is not None:
            return Region(region.parameters, (made,), region.results)
        equations: list[Equation] = []
        for run, lowers in _runs(region.equations, self.procedures):
            equations += self._replaced(run, _read_behind(region, run)) if lowers else map(self._inside, run)
        return with_equations(region, tuple(equations))

    def _inside(self, eq: Equation) -> Equation:
        """An equation that stays, with kernels in its regions."""
        if eq.op == "while":  # its condition is printed where it stands
            return with_regions(eq, (eq.regions[0], self.region(eq.regions[1])))
        return with_regions(eq, tuple(map(self.region, eq.regions))) if eq.op in ("if", "for") else eq

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
            kernel = Kernel(self._divided(_printable(closed, name, self.promises)))
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
    """A run of equations as a trace of its own; what comes in stands in `order`, and behind it as it is read."""
    region = Region((), tuple(run), results)
    read = sorted(free_variables(region), key=lambda var: order.get(var, len(order)))
    inputs = tuple(Input(var, Path(f"in{k}")) for k, var in enumerate(read))
    output = Node("tuple", tuple(Leaf(k) for k in range(len(results))))
    return reached(Trace(name, (), inputs, region, output, procedures=procedures))


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


def _is_dear(eq: Equation) -> bool:
    return bool(eq.regions) or eq.op == "recurse"


def _is_light(eq: Equation) -> bool:
    return operation(eq).kind in (Kind.VIEW, Kind.QUERY) or all(isinstance(var.type, Scalar) for var in eq.results)


def _read_behind(region: Region, run: Sequence[Equation]) -> set[Var]:
    """What is read of a run by what comes behind it."""
    last = region.equations.index(run[-1])
    return {*variables(region.results), *(var for eq in region.equations[last + 1 :] for var in reads(eq))}

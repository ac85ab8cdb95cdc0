"""What the program raises, its derivative raises: checks in the places of operations that may fail.

`checked` puts a check before each equation of the program that isn't proven not to fail, as the equation itself may be
dead code to the derivative:

    v1 = log(x)           check(x; log)
    v2 = add(v1, y)  ->   v1 = log(x)
                          v2 = add(v1, y)

`without_covered` takes out again, of the derivative that is to be printed, the checks of what is computed anyway, or
would fail in another place of it. What is raised there, and when, need not be what the program raises first: after an
exception the program is run itself to tell. Of a program that must not run twice, only what is computed anyway goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from itertools import chain
from types import MappingProxyType

from srcad.analysis.demands import Demands, Promises
from srcad.analysis.pretended import pretended
from srcad.analysis.ranges import Ranges
from srcad.ops.catalogue import operation
from srcad.ops.checks import check_of, check_of_shapes, checked_equation
from srcad.ops.exceptions import by_operator
from srcad.trace.builder import const
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.procedures import calls, with_procedures
from srcad.trace.rewrite import Change, rewritten, with_body, with_equations, with_regions
from srcad.trace.types import OPAQUE, dims_of, dtype_of, is_complex
from srcad.trace.walk import walk
from srcad.transform.simplify.dead_code import LiveCode, all_operands, eliminate, has_effect
from srcad.transform.simplify.similar import atom_key, value_key

OWN = ("",)  # roles of the equations of the program


def checked(trace: Trace, promises: Promises, whole: bool = True) -> Trace:
    """The trace with checks before what may fail; `promises` learns what its guards must promise.

    Procedures are left for later where it isn't the `whole` program, as one that is read again must be found to be so.
    """
    if not whole:
        return with_body(trace, _Checking(promises, trace).region(trace.body, ()))
    trace = with_procedures(trace, lambda one: with_body(one, _Checking(promises, one).region(one.body, ())))
    raising = _raising(trace)
    made = with_body(trace, _Checking(promises, trace).region(trace.body, ()))
    if not raising:
        return made
    mark = _marking(raising)
    return with_procedures(
        with_body(made, rewritten(made.body, mark)), lambda one: with_body(one, rewritten(one.body, mark))
    )


def without_checks(trace: Trace) -> Trace:
    """The trace as its user knows it."""
    if not any(e.op == "check" for one in (trace, *trace.procedures.values()) for e in walk(one.body)):
        return trace
    return eliminate(with_procedures(_plain(trace), _plain))


def _plain(trace: Trace) -> Trace:
    return with_body(trace, rewritten(trace.body, lambda equation: None if equation.op == "check" else equation))


def _raising(trace: Trace) -> set[str]:
    """The procedures that may raise by themselves or by those that they call."""
    found = {name for name, one in trace.procedures.items() if any(e.op == "check" for e in walk(one.body))}
    size = -1
    while size != len(found):
        size = len(found)
        callers = trace.procedures.items()
        found |= {name for name, one in callers if any(e.params["procedure"] in found for e in calls(one.body))}
    return found


def _marking(raising: set[str]) -> Callable[[Equation], Change]:
    """Says of calls of these procedures that they may raise."""

    def mark(equation: Equation) -> Change:
        if equation.op == "recurse" and equation.params["procedure"] in raising:
            return replace(equation, params=MappingProxyType({**equation.params, "raises": True}))
        return equation

    return mark


class _Checking:
    """Puts checks into the regions of a trace."""

    def __init__(self, promises: Promises, trace: Trace) -> None:
        self.demands = Demands(promises, Ranges())
        self.pretended = pretended(trace.body)
        self.shapes: dict[tuple[Dim, ...], Var] = {}  # what has these lengths
        for entry in trace.inputs:
            self.see(entry.var)

    def see(self, var: Var) -> None:
        dims = dims_of(var.type)
        if dims and all(map(_lasts, dims)) and var not in self.pretended:
            self.shapes.setdefault(dims, var)

    def region(self, region: Region, around: tuple[Equation, ...]) -> Region:
        outer, self.shapes = self.shapes, dict(self.shapes)
        try:
            made: list[Equation] = []
            for equation in region.equations:
                made += self.equation(equation, around)
            return with_equations(region, made)
        finally:
            self.shapes = outer

    def equation(self, equation: Equation, around: tuple[Equation, ...]) -> Iterator[Equation]:
        if equation.op == "for":
            self.demands.ranges.enter(equation)
        if equation.regions:
            equation = with_regions(equation, [self.region(r, (*around, equation)) for r in equation.regions])
        elif equation.op == "check":
            if self.holds(checked_equation(equation)):
                return
        elif equation.role in OWN and not has_effect(equation) and not self.holds(equation):
            yield self.check(equation)
        self.demands.ranges.learn(equation)
        if not equation.regions:  # what branches and loops yield may be undefined
            for result in equation.results:
                self.see(result)
        yield equation

    def holds(self, equation: Equation) -> bool:
        """Whether an equation is proven not to fail."""
        return self.demands.met(equation) and not self.pretended.may_fail(equation)

    def check(self, equation: Equation) -> Equation:
        """Operands of which only the shape matters may be others of that shape, which are there in any case."""
        if self.pretended.may_fail(equation):
            return check_of(equation)
        if _shapes_tell(equation):
            shaped = (self.like(a) for a in equation.operands if a.type.rank != 0)
            return check_of_shapes(equation, tuple(dict.fromkeys(shaped)))
        if equation.op == "get_item":
            first, *others = equation.operands
            equation = replace(equation, operands=(self.like(first), *others))
        if equation.op in ("list_pop", "list_set"):
            items, place = equation.operands[0], const(-1) if equation.op == "list_pop" else equation.operands[-1]
            equation = replace(equation, op="list_get", operands=(items, place), results=(Var(OPAQUE),))
        return check_of(equation)

    def like(self, operand: Atom) -> Atom:
        dims = dims_of(operand.type)
        return self.shapes.get(dims, operand) if dims else operand


# ---- taking out what isn't needed


def without_covered(trace: Trace, again: bool) -> Trace:
    """The trace without the checks of what is computed, or would fail, anyway.

    `again`: after an exception, the program can be run to tell what it raises.
    """
    return _without_covered(with_procedures(trace, lambda one: _without_covered(one, again)), again)


def _without_covered(trace: Trace, again: bool) -> Trace:
    if not any(equation.op == "check" for equation in walk(trace.body)):
        return trace
    dropping = _Dropping(trace, again)
    dropping.region(trace.body, ())
    return eliminate(with_body(trace, rewritten(trace.body, dropping.kept_or_gone)))


class _Dropping:
    """Finds the checks that are covered by what is live without them, or for the sake of checks that stay."""

    def __init__(self, trace: Trace, again: bool) -> None:
        self.again = again
        self.live = LiveCode(all_operands, lambda equation: equation.op != "check" and has_effect(equation))
        self.live.scan(trace.body)
        self.live.mark(trace.body.results)
        self.live.run()
        self.stay: set[Equation] = set()
        self.tables: dict[Region, dict[Hashable, list[Equation]]] = {}

    def kept_or_gone(self, equation: Equation) -> Change:
        return equation if equation.op != "check" or equation in self.stay else None

    def region(self, region: Region, around: tuple[Region, ...]) -> None:
        """`around`: the regions that have run, or will run, where this one runs."""
        inside = (*around, region)
        seen: set[Hashable] = set()
        for equation in region.equations:
            if equation.op == "check":
                key = self.wanted(equation)
                if key not in seen and not self.covered(equation, inside):
                    self.keep(equation, inside)
                seen.add(key)
            for inner in equation.regions:
                self.region(inner, inside)

    def keep(self, check: Equation, around: tuple[Region, ...]) -> None:
        self.stay.add(check)
        for region in around[:-1]:
            inner = around[around.index(region) + 1]
            self.live.keep(next(e for e in region.equations if any(r is inner for r in e.regions)))
        self.live.keep(check)
        self.live.run()

    def covered(self, check: Equation, around: tuple[Region, ...]) -> bool:
        wanted, key = checked_equation(check), self.wanted(check)
        for table in map(self.table, around):
            if any(other in self.live.kept for other in table.get(key, ())):
                return True
            others = chain.from_iterable(table.get(op, ()) for op in _RIVALS.get(wanted.op, ()) if self.again)
            if any(other in self.live.kept and _fails_with(other, wanted) for other in others):
                return True
        return False

    def table(self, region: Region) -> dict[Hashable, list[Equation]]:
        """The equations of a region that do what they check, by what they fail with, and by their operation."""
        if region not in self.tables:
            table = self.tables[region] = defaultdict(list)
            for equation in region.equations:
                if equation.op != "check":
                    for key in self.keys(equation):
                        table[key].append(equation)
                    table[equation.op].append(equation)
        return self.tables[region]

    def wanted(self, check: Equation) -> Hashable:
        """The key of which a check asks."""
        equation = checked_equation(check)
        return _key_of_shapes(equation) if check.params.get("shapes") else self.key(equation)

    def keys(self, equation: Equation) -> Iterator[Hashable]:
        """Equations of which one key is equal fail together."""
        yield self.key(equation)
        if _shapes_tell(equation):
            yield _key_of_shapes(equation)

    def key(self, equation: Equation) -> Hashable:
        operands = [atom_key(a) for a in equation.operands]
        if equation.op == "get_item":
            operands[0] = _shape_key(equation.operands[0])
        if any(is_complex(a.type) for a in equation.operands):  # `cmath` raises, and NumPy in a slope doesn't
            operands.append(equation.role in OWN)
        return equation.op, tuple(operands), tuple((k, value_key(v)) for k, v in sorted(equation.params.items()))


def _shapes_tell(equation: Equation) -> bool:
    """Whether the shapes of the operands tell if an equation fails."""
    arrays = operation(equation).elementwise and any(a.type.rank != 0 for a in equation.operands)
    return arrays and not by_operator(equation)


def _key_of_shapes(equation: Equation) -> Hashable:
    return "elementwise", frozenset(_shape_key(a) for a in equation.operands if a.type.rank != 0)


def _shape_key(a: Atom) -> Hashable:
    """What has the same shape has the same key."""
    dims = dims_of(a.type)
    return dims if dims is not None and all(map(_lasts, dims)) else atom_key(a)


def _lasts(dim: Dim) -> bool:
    """Whether a length is one wherever it stands: of what a loop carries, each turn may have another."""
    return dim.known and not dim.passing


# functions of `math` that fail where another one does
_TWINS = {
    "sin": ("cos", "tan"),
    "cos": ("sin", "tan"),
    "tan": ("cos", "sin"),
    "sinh": ("cosh",),
    "cosh": ("sinh",),
    "expm1": ("exp",),
}


_DIVISIONS = ("divide", "floor_divide", "remainder")
_RIVALS = {  # what may fail where these do
    **_TWINS,
    **dict.fromkeys(_DIVISIONS, _DIVISIONS),
    "power": ("power",),
    "get_item": ("add_item", "set_item"),
    **dict.fromkeys(("solve", "inv"), ("solve", "inv")),
}


def _fails_with(other: Equation, wanted: Equation) -> bool:
    """Whether an equation surely fails where another one does, in its own way."""
    if other.op in _TWINS.get(wanted.op, ()):
        real = dtype_of(other.result.type) == "float64" and other.result.type.is_scalar  # `math` raises, np.cos doesn't
        return other.operands[0] is wanted.operands[0] and real
    match wanted.op:
        case "divide" | "floor_divide" | "remainder":
            return other.op in _DIVISIONS and _python_pair(other, wanted, 1)
        case "power":
            return other.op == "power" and _python_pair(other, wanted, 0) and _steeper(other, wanted)
        case "get_item":
            return other.op in ("add_item", "set_item") and _same_place(other, wanted)
        case "solve" | "inv":
            return other.op in ("solve", "inv") and other.operands[0] is wanted.operands[0]
    return False


def _python_pair(other: Equation, wanted: Equation, place: int) -> bool:
    """Whether both are of Python numbers, and have one operand in common."""
    return (
        other.result.type.is_python
        and dtype_of(other.result.type) == "float64"
        and other.operands[place] is wanted.operands[place]
    )


def _steeper(other: Equation, wanted: Equation) -> bool:
    """Whether a whole power is too large, or infinite, wherever another one is."""
    p, q = other.operands[1].number, wanted.operands[1].number
    if not (isinstance(p, (int, float)) and isinstance(q, (int, float)) and p == int(p) and q == int(q)):
        return False
    return p >= q > 0 or p <= q < 0


def _same_place(other: Equation, wanted: Equation) -> bool:
    """Whether what is written to is what was read, of another array of that shape."""
    dims, own = dims_of(other.operands[0].type), dims_of(wanted.operands[0].type)
    known = dims is not None and all(map(_lasts, dims)) and dims == own
    places = [atom_key(a) for a in other.operands[2:]]
    return (
        known
        and other.params["index"] == wanted.params["index"]
        and places == [atom_key(a) for a in wanted.operands[1:]]
    )

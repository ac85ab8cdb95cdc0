"""What must hold of every trace, whichever transform made it; where it doesn't, that transform has a bug.

Types are checked for contradictions, not for equality: a transform may know a type better or less well than inference
does, but an array is not a scalar and a float32 is not a float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from srcad.errors import InternalError
from srcad.trace.builder import Typing
from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var, leaves, variables
from srcad.trace.printer import print_equation
from srcad.trace.types import ListOf, Opaque, TupleOf, Type, Undefined, Unknown, agree

ROLES = ("", "tangent", "adjoint", "record", "inner")
_ELEMENTS = {
    "list_new": slice(0, None),
    "list_append": slice(1, 2),
    "list_set": slice(1, 2),
}  # operands that become such


def verify(trace: Trace, typing: Typing | None = None) -> None:
    """Raise `InternalError`, with the equation, unless the trace is well formed; with `typing`, types are checked."""
    for procedure in trace.procedures.values():
        _verify_one(procedure, trace.procedures, typing)
    _verify_one(trace, trace.procedures, typing)


def _verify_one(trace: Trace, procedures: Mapping[str, Trace], typing: Typing | None) -> None:
    verifier = _Verifier(typing, procedures)
    inputs = tuple(entry.var for entry in trace.inputs)
    if trace.body.parameters not in ((), inputs):
        raise InternalError("the body of a trace has parameters other than its inputs")
    verifier.define(inputs)
    verifier.contents(trace.body, set(inputs))
    indices = sorted(leaves(trace.output))
    if indices and indices[-1] >= len(trace.body.results):
        raise InternalError("the output tree of a trace refers to more results than there are")


class _Verifier:
    def __init__(self, typing: Typing | None, procedures: Mapping[str, Trace]) -> None:
        self.typing = typing
        self.procedures = procedures
        self.defined: set[Var] = set()  # anywhere: a variable has one definition in the whole trace
        self.equation: Equation | None = None
        self.structures: dict[str, Callable[[Equation], None]] = {
            "if": self.branch,
            "for": self.for_loop,
            "while": self.while_loop,
            "scope": self.scope,
            "recurse": self.recursion,
        }

    def fail(self, what: str) -> InternalError:
        equation = self.equation
        text = f"\n{print_equation(equation)}" if equation else ""
        return InternalError(f"malformed trace: {what}{text}", equation.span if equation else None)

    def demand(self, condition: bool, what: str) -> None:
        if not condition:
            raise self.fail(what)

    # ---- definitions and uses

    def define(self, targets: Sequence[Var]) -> None:
        for var in targets:
            self.demand(var not in self.defined, f"{var.name or 'a variable'} is defined twice")
            self.defined.add(var)

    def use(self, atoms: tuple[Atom, ...], visible: set[Var]) -> None:
        for var in variables(atoms):
            where = "out of its region" if var in self.defined else "before its definition"
            self.demand(var in visible, f"{var.name or 'a variable'} ({var.type}) is used {where}")

    def contents(self, region: Region, visible: set[Var]) -> None:
        """A region whose parameters are defined already; `visible` is extended by what it defines."""
        for equation in region.equations:
            self.equation = equation
            self.use(equation.operands, visible)
            for inner in equation.regions:
                self.define(inner.parameters)
                self.contents(inner, visible | set(inner.parameters))
                self.equation = equation
            self.demand(equation.role in ROLES, f"the role {equation.role!r}")
            self.structures.get(equation.op, self.operation)(equation)
            self.define(equation.results)
            visible.update(equation.results)
        self.use(region.results, visible)

    # ---- shapes of equations

    def count(self, things: Sequence[object], expected: int, what: str) -> None:
        self.demand(len(things) == expected, f"{len(things)} {what} where {expected} are due")

    def flows(self, sources: Sequence[Atom], targets: Sequence[Var], what: str) -> None:
        """Each source must fit into its target."""
        self.demand(len(sources) == len(targets), f"{len(sources)} {what} for {len(targets)} places")
        for source, target in zip(sources, targets, strict=True):
            fine = self.typing is None or fits(source, target.type)
            self.demand(fine, f"{what}: {source.type} does not fit into {target.type}")

    def operation(self, equation: Equation) -> None:
        if self.typing is None:
            return
        types = self.typing(equation.op, tuple(a.type for a in equation.operands), equation.params)
        self.count(equation.results, len(types), "results")
        for inferred, result in zip(types, equation.results, strict=True):
            fine = consistent(inferred, result.type)
            self.demand(fine, f"a result of type {result.type} where typing says {inferred}")
        self.elements(equation)

    def elements(self, equation: Equation) -> None:
        """What is put into a list must fit among its elements."""
        put_in = _ELEMENTS.get(equation.op)
        if put_in is None or not isinstance(equation.results[0].type, ListOf):
            return
        element = equation.results[0].type.element
        for item in equation.operands[put_in]:
            self.demand(fits(item, element), f"elements: {item.type} does not fit into {element}")

    def branch(self, equation: Equation) -> None:
        self.count(equation.operands, 1, "operands")
        self.count(equation.regions, 2, "regions")
        for region in equation.regions:
            self.count(region.parameters, 0, "region parameters")
            self.flows(region.results, equation.results, "yielded values")

    def for_loop(self, equation: Equation) -> None:
        self.count(equation.regions, 1, "regions")
        self.demand(len(equation.operands) >= 3, "a for loop without start, stop and step")
        (body,) = equation.regions
        self.demand(bool(body.parameters), "a for loop without a parameter for its index")
        extra = 1 if equation.params.get("breaks") else 0
        self.loop(equation, body, equation.operands[3:], body.parameters[1:], extra, extra)

    def while_loop(self, equation: Equation) -> None:
        self.count(equation.regions, 2, "regions")
        condition, body = equation.regions
        self.count(condition.results, 1, "conditions")
        self.flows(equation.operands, condition.parameters, "initial values")
        self.loop(equation, body, equation.operands, body.parameters, 0, 1)

    def loop(
        self, equation: Equation, body: Region, initial: Sequence[Atom], carried: Sequence[Var], flags: int, counts: int
    ) -> None:
        """`flags` yields come before the carried, `counts` results after them."""
        self.flows(initial, carried, "initial values")
        self.flows(body.results[flags:], carried, "yielded values")
        self.flows(carried, equation.results[: len(equation.results) - counts], "carried values")

    def scope(self, equation: Equation) -> None:
        kind = equation.params.get("kind")
        self.demand(kind in ("with", "finally", "try"), f"a scope of kind {kind!r}")
        self.count(equation.regions, 2 if kind == "finally" else 1, "regions")
        self.flows(equation.regions[0].results, equation.results, "yielded values")
        if kind == "finally":
            self.count(equation.regions[1].results, 0, "values of the finalizer")

    def recursion(self, equation: Equation) -> None:
        procedure = self.procedures.get(equation.params["procedure"])
        if procedure is None:
            raise self.fail("a call of a procedure that isn't there")
        roots = [entry.path.root for entry in procedure.inputs]
        self.demand(roots == [p.name for p in procedure.parameters], "a procedure whose inputs aren't its parameters")
        self.flows(equation.operands, [entry.var for entry in procedure.inputs], "arguments")
        self.flows(procedure.body.results, equation.results, "results")
        self.operation(equation)


# ---- types


def consistent(a: Type, b: Type) -> bool:
    """Whether two types may describe the same value."""
    match a, b:
        case (Opaque() | Undefined(), _) | (_, Opaque() | Undefined()):
            return True
        case ListOf(), ListOf():
            return consistent(a.element, b.element)
        case TupleOf(), TupleOf():
            return len(a.items) == len(b.items) and all(map(consistent, a.items, b.items))
        case _ if a.numeric and b.numeric:
            same_dtype = None in (a.dtype, b.dtype) or a.dtype == b.dtype
            return same_dtype and (a.dims is None or b.dims is None or agree(a.dims, b.dims))
    return a == b


def fits(source: Atom, target: Type) -> bool:
    """Whether a value may enter a slot."""
    nothing = isinstance(source, Const) and source.value is None
    return target.holds(source.type) or (nothing and isinstance(target, Unknown))

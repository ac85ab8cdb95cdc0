"""Functions with rules of their own: their calls are operations, and their rules are read beside them.

    y = f(x)        ->      y = custom(f, x)        with the sources of f.tangent and f.adjoint

The function and its rules are called by generated code as they stand. The sources are there for derivatives of
derivatives, and where one rule is derived from the other, as its transpose.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcad.errors import NotDifferentiable, NotYetSupported, SrcadError
from srcad.frontend.arrays import describe, from_atom, is_list, new_array, to_atom
from srcad.frontend.derivatives import read_apart, tree_value
from srcad.frontend.machine import Diverges, Machine
from srcad.frontend.reading import DERIVE
from srcad.frontend.values import ArrayRef, Num, Obj, Static, Tup, Value
from srcad.trace.builder import const
from srcad.trace.custom import Custom, Source
from srcad.trace.instance import instance
from srcad.trace.nodes import Atom, Const, Fixed, Leaf, Node, Region, Trace, Tree, Var, free_variables, walk
from srcad.trace.types import OPAQUE, Array, Scalar, Type, dtype_of, is_differentiable, rank_of

DEEPEST = 3  # rules that call their function, whose rules call it, ...
SIZES_ONLY = {("zeros_like", 0), ("sum_to_shape", 1), ("materialise", 1), ("dim", 0), ("shape", 0), ("size", 0)}


def has_rules(f: Any) -> bool:
    """Whether an object is a function with rules of its own."""
    return getattr(type(f), "__srcad_rules__", False) is True


def call_custom(m: Machine, f: Any, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """A call of a function with rules of its own."""
    site = _Site.of(m, f, bound(m, f, args, keywords))
    rules = site.rules()
    around = tuple(dict.fromkeys(v for s in rules.values() if s.region for v in free_variables(s.region)))
    rules = {way: _closed(source, around) for way, source in rules.items()}
    types = tuple(site.types)
    callee = Const(site.callee("primal"), OPAQUE)
    custom = Custom(f.__name__, rules)
    made = m.emit("custom", callee, *site.atoms, *around, returns=types, shown=len(site.atoms), custom=custom)
    return tree_value(m, site.output, made if isinstance(made, tuple) else (made,))


def bound(m: Machine, f: Any, args: tuple[Value, ...], keywords: dict[str, Value]) -> tuple[Value, ...]:
    """The arguments by position."""
    try:
        call = inspect.signature(f.function).bind(*args, **keywords)
    except TypeError as error:
        m.refuse(f"{f.__name__}() is called with other arguments than it takes: {error}")
    call.apply_defaults()
    if call.kwargs:
        m.refuse(f"{f.__name__} has rules of its own, and arguments by keyword alone", do="let them be positional.")
    return tuple(a if isinstance(a, Value) else Static(a) for a in call.args)


def _argument(m: Machine, f: Any, value: Value) -> Atom:
    """What the function gets."""
    if isinstance(value, ArrayRef) and is_list(m, value):
        value = Tup(())
    if isinstance(value, Static) and isinstance(value.value, float):
        return const(value.value)
    if isinstance(value, Static):
        return Const(value.value, OPAQUE)
    if isinstance(value, (Num, Obj, ArrayRef)):
        return to_atom(m, value)
    m.refuse(
        f"{f.__name__} has rules of its own, and gets {describe(value)}",
        why="the arguments of such a function are numbers, arrays, and what has no derivative.",
        do="pass what is in it as arguments of their own.",
    )


@dataclass
class _Site:
    """A call: its arguments, as values and as atoms; the structure and the types of its results."""

    m: Machine
    f: Any
    values: tuple[Value, ...]
    atoms: tuple[Atom, ...]
    output: Tree = field(default_factory=lambda: Fixed(None))
    types: Sequence[Type] = ()

    @classmethod
    def of(cls, m: Machine, f: Any, values: tuple[Value, ...]) -> _Site:
        site = cls(m, f, values, tuple(_argument(m, f, value) for value in values))
        site.output, site.types = site.result()
        return site

    @property
    def kinds(self) -> tuple[Type | None, ...]:
        """The types of the arguments that may move."""
        return tuple(a.type if is_differentiable(a.type) else None for a in self.atoms)

    @property
    def many(self) -> bool:
        return isinstance(self.output, Node)

    # ---- what comes back

    def result(self) -> tuple[Tree, list[Type]]:
        """The structure of what the function returns: as declared, else by reading it."""
        declared = self.f.__srcad_returns__()
        if declared is not None:
            types = [self.m.lengths.named(t) for t in declared[1]]
            return (Node("tuple", tuple(map(Leaf, range(len(types))))) if declared[0] else Leaf(0)), types
        try:
            reading = read_apart(self.m, Static(self.f.function), self.values, {}, ()).reading
        except SrcadError as error:
            raise self.unreadable(error) from None
        assert reading is not None
        types = [_plain(a.type) for a in reading.trace.body.results]
        tree = reading.trace.output
        flat: Tree | None = tree if isinstance(tree, Leaf) else None
        if isinstance(tree, Node) and tree.kind == "tuple" and all(isinstance(c, Leaf) for c in tree.children):
            flat = tree
        if flat is None or not types or not all(isinstance(t, (Scalar, Array)) for t in types):
            self.m.refuse(
                f"{self.f.__name__} has rules of its own, and returns something else than numbers and arrays",
                do="let it return one, or a tuple of them; or declare: custom_rule(returns='float64[n]').",
            )
        return flat, types

    def unreadable(self, error: SrcadError) -> SrcadError:
        span, calls = self.m.place_of(error)
        return NotYetSupported(
            f"what {self.f.__name__} returns isn't known: its source can't be read",
            self.m.builder.span or span,
            why=error.what,
            do="declare it, as in @srcad.custom_rule(returns='float') or (returns='float64[n]')",
            calls=calls,
        )

    # ---- its rules

    def rules(self) -> dict[str, Source]:
        """The sources of both rules, as regions in which variables from around are free."""
        m, f = self.m, self.f
        if m.rules_read.count(f) >= DEEPEST:
            deep = NotYetSupported(f"the derivative of order {DEEPEST + 1} of {f.__name__}, by its rules")
            given = (way for way in ("tangent", "adjoint") if f.__srcad_rule__(way) is not None)
            return {way: Source(self.callee(way), None, deep) for way in given}
        m.rules_read.append(f)
        try:
            found = {way: self.given(way) for way in ("tangent", "adjoint") if f.__srcad_rule__(way) is not None}
            for way, other in (("tangent", "adjoint"), ("adjoint", "tangent")):
                if way not in found and other in found:
                    found[way] = self.transposed(way, other)
        finally:
            m.rules_read.pop()
        if not found:
            m.refuse(f"{f.__name__} has no rule yet", do=f"define {f.__name__}.tangent or {f.__name__}.adjoint first.")
        return found

    def callee(self, way: str) -> Callable[..., Any]:
        made: Callable[..., Any] = self.f.__srcad_callee__(way, self.kinds, tuple(self.types), self.many)
        return made

    def given(self, way: str) -> Source:
        """A rule of the user's."""
        return self.attempted(way, self.callee(way), lambda: _Rule(self, way).region())

    def transposed(self, way: str, other: str) -> Source:
        """A rule as the transpose of the other one."""
        return self.attempted(way, None, lambda: _Rule(self, other).transpose())

    def attempted(self, way: str, callee: Any, read: Callable[[], Region]) -> Source:
        try:
            return Source(callee, read())
        except Diverges:
            problem: SrcadError = NotYetSupported(f"the {way} of {self.f.__name__} always raises an error")
        except SrcadError as error:
            problem = error
        if callee is None:
            problem = self.underivable(way, problem)
        return Source(callee, None, problem)

    def underivable(self, way: str, error: SrcadError) -> SrcadError:
        other = "adjoint" if way == "tangent" else "tangent"
        return type(error)(
            f"{self.f.__name__} has no rule for its {way}, and none can be derived from that for its {other}",
            self.m.builder.span,
            why=error.what,
            do=f"give both rules: @{self.f.__name__}.{way}",
        )


class _Rule:
    """One rule: placeholders for what it gets, and what becomes of its source."""

    def __init__(self, site: _Site, way: str) -> None:
        self.site, self.way, m = site, way, site.m
        moving = site.types if way == "adjoint" else site.kinds
        self.given = [Var(_plain(t)) if t is not None and is_differentiable(t) else None for t in moving]
        self.results = [Var(t) for t in site.types]
        many = site.many
        given = tuple(Static(None) if v is None else value_of(m, v) for v in self.given)
        results = tuple(value_of(m, v) for v in self.results)
        first = Tup(given) if many or way == "tangent" else given[0]
        self.args = (first, Tup(results) if many else results[0], *site.values)

    @property
    def targets(self) -> list[Atom | None]:
        """What the derivatives that it gives belong to; None: nothing."""
        of: Sequence[Atom] = self.results if self.way == "tangent" else self.site.atoms
        return [a if is_differentiable(a.type) else None for a in of]

    @property
    def parameters(self) -> tuple[Var, ...]:
        atoms = (*(v for v in self.given if v is not None), *self.results, *self.site.atoms)
        return tuple(a if isinstance(a, Var) else Var(a.type) for a in atoms)

    def read(self, chosen: Sequence[int]) -> Any:
        f = self.site.f.__srcad_rule__(self.way)
        return read_apart(self.site.m, Static(f), self.args, {}, chosen)

    def region(self) -> Region:
        """The rule itself: derivatives for all targets, in their order."""
        part = self.read(range(len(self.args)))
        assert part.reading is not None
        trace = part.reading.trace
        equations, results = instance(trace.body, dict(part.moving))
        leaves = self.slots(trace.output)
        made = []
        with self.site.m.builder.nested() as fitted:
            for leaf, target in zip(leaves, self.targets, strict=True):
                if target is not None:
                    made.append(self.fit(None if leaf is None else results[leaf], target))
        return Region(self.parameters, (*equations, *fitted), tuple(made))

    def slots(self, tree: Tree) -> list[int | None]:
        """Which result of the trace belongs to each target."""
        targets, name = self.targets, f"the {self.way} of {self.site.f.__name__}"
        alone = len(targets) == 1 and not (isinstance(tree, Node) and self.way == "adjoint")
        if self.way == "tangent" and self.site.many:
            alone = False
        children: tuple[Tree, ...] = (tree,) if alone or not isinstance(tree, Node) else tree.children
        if len(children) != len(targets) or not all(isinstance(c, Leaf) or c == Fixed(None) for c in children):
            what = "one for each argument" if self.way == "adjoint" else "one for each result"
            self.site.m.refuse(f"{name} returns something else than {len(targets)} derivatives", do=f"return {what}.")
        for child, target in zip(children, targets, strict=True):
            if target is None and isinstance(child, Leaf):
                self.site.m.refuse(f"{name} returns a derivative for what has none", do="return None in its place.")
        return [child.index if isinstance(child, Leaf) else None for child in children]

    def fit(self, a: Atom | None, target: Atom) -> Atom:
        """A derivative in the shape and the dtype of its target."""
        m = self.site.m
        if a is None:
            zero: Atom = const(0.0) if isinstance(target.type, Scalar) else m.emit("zeros_like", target)
            return zero
        if rank_of(a.type) != rank_of(target.type) or rank_of(a.type) is None:
            m.refuse(f"the {self.way} of {self.site.f.__name__} gives {a.type} for {target.type}")
        if isinstance(target.type, Array) and dtype_of(a.type) != target.type.dtype:
            a = m.emit("cast", a, dtype=target.type.dtype)
        return a

    # ---- the other rule

    def transpose(self) -> Region:
        """The transpose of the rule, which is linear in its first argument: the other rule."""
        part = self.read((0,))
        reading = part.reading
        assert reading is not None
        trace = DERIVE["transpose"](reading, None)
        own = {var: None for var, _ in part.moving}
        leaves = self.slots(reading.trace.output)
        seeds = self.seeds(trace, reading.trace, leaves)
        like = self.stand_ins(dict(part.moving))
        _refuse_nonlinear(self, trace, own)
        equations, results = instance(trace.body, {**seeds[0], **like})
        return Region(self.flipped(seeds[1]), tuple(equations), results)

    def stand_ins(self, moving: dict[Var, Atom]) -> dict[Var, Atom]:
        """What has the shape of each variable that is transposed away."""
        of: Sequence[Atom] = self.site.atoms if self.way == "tangent" else self.results
        shapes = {v: a for v, a in zip(self.given, of, strict=True) if v is not None}
        return {own: shapes[actual] for own, actual in moving.items()}  # type: ignore[index]

    def seeds(self, trace: Trace, primal: Trace, leaves: list[int | None]) -> tuple[dict[Var, Atom], list[Var]]:
        """A variable for the derivative of each target, and which seed of the trace it is."""
        entries = [entry.var for entry in trace.inputs[len(primal.inputs) :]]
        seeded = [k for k, a in enumerate(primal.body.results) if is_differentiable(a.type)]
        by_result = dict(zip(seeded, entries, strict=True))
        values: dict[Var, Atom] = {}
        parameters = []
        for leaf, target in zip(leaves, self.targets, strict=True):
            if target is None:
                continue
            parameters.append(Var(_plain(target.type)))
            if leaf is not None and leaf in by_result:
                result = primal.body.results[leaf]
                if rank_of(result.type) != rank_of(target.type) or by_result[leaf] in values:
                    name = f"the {self.way} of {self.site.f.__name__}"
                    self.site.m.refuse(f"{name} gives {result.type} for {target.type}")
                values[by_result[leaf]] = parameters[-1]
        return values, parameters

    def flipped(self, given: Sequence[Var]) -> tuple[Var, ...]:
        atoms = (*given, *self.results, *self.site.atoms)
        return tuple(a if isinstance(a, Var) else Var(a.type) for a in atoms)


def _refuse_nonlinear(rule: _Rule, trace: Trace, own: dict[Var, None]) -> None:
    for equation in walk(trace.body):
        for k, operand in enumerate(equation.operands):
            if operand in own and (equation.op, k) not in SIZES_ONLY:
                first = "tangents" if rule.way == "tangent" else "adjoint"
                raise NotDifferentiable(
                    f"the {rule.way} of {rule.site.f.__name__} isn't linear in its first argument, the {first}",
                    equation.span,
                )


def value_of(m: Machine, var: Var) -> Value:
    return Num(var) if isinstance(var.type, Scalar) else new_array(m, var)


def _plain(t: Type) -> Type:
    return Scalar(t.dtype, t.python) if isinstance(t, Scalar) else t


def _closed(source: Source, around: tuple[Var, ...]) -> Source:
    """With what is read from around as further parameters."""
    if source.region is None:
        return source
    region = source.region
    own = tuple(Var(v.type, v.name) for v in around)
    equations, results = instance(region, dict(zip(around, own, strict=True)))
    return Source(source.callee, Region((*region.parameters, *own), tuple(equations), results))


# ---- what stops derivatives


def stopped(m: Machine, x: Value) -> Value:
    """srcad.stop_gradient(x)."""
    if isinstance(x, Tup):
        return Tup(tuple(stopped(m, item) for item in x.items), x.cls)
    if isinstance(x, Static):
        return x
    if not isinstance(x, (Num, ArrayRef)) or (isinstance(x, ArrayRef) and is_list(m, x)):
        m.refuse(f"srcad.stop_gradient gets {describe(x)}", do="give it numbers, arrays, and tuples of these.")
    result = m.emit("stop_gradient", to_atom(m, x))
    m.active.discard(result)
    return from_atom(m, result)


__all__ = ["call_custom", "has_rules", "stopped"]

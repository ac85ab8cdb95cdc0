"""Functions with rules of their own: their calls are operations, and their rules are read beside them.

    y = f(x)        ->      y = custom(f, x)        with the sources of f.tangent and f.adjoint

The function and its rules are called by generated code as they stand. The sources are there for derivatives of
derivatives, and where one rule is derived from the other, as its transpose.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn, Protocol, TypeGuard

from srcad.errors import NotDifferentiable, NotYetSupported, SrcadError
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.machine import Diverges, Machine
from srcad.frontend.core.values import ArrayRef, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.derivatives.derivatives import Part, read_apart
from srcad.frontend.memory.arrays import from_atom, is_list, new_array, to_atom
from srcad.frontend.memory.trees import whole
from srcad.frontend.procedures.placing import container, tree_value
from srcad.ops.catalogue import operation
from srcad.trace.builder import const
from srcad.trace.custom import Custom, Source
from srcad.trace.nodes import Atom, Const, Fixed, Leaf, Node, Region, Trace, Tree, Var
from srcad.trace.rewrite import instance
from srcad.trace.types import OPAQUE, Array, Scalar, Type, dtype_of, is_differentiable, rank_of
from srcad.trace.walk import free_variables, walk

DEEPEST = 3  # rules that call their function, whose rules call it, ...


@dataclass(eq=False)
class RulesRead(Restorable):
    """The functions whose rules are being read, each by a rule of the one before."""

    functions: list[object] = field(default_factory=list)


class RuledFunction(Protocol):
    """A function with rules of its own, as `srcad.custom_rule` makes it."""

    __name__: str
    __srcad_inline__: bool
    function: Callable[..., object]

    def __srcad_returns__(self) -> tuple[bool, Sequence[Type]] | None:
        """Whether several results are declared, and their types; None where nothing is declared."""

    def __srcad_rule__(self, way: str) -> Callable[..., object] | None:
        """The user's rule for the tangent or the adjoint."""

    def __srcad_callee__(
        self,
        way: str,
        kinds: tuple[Type | None, ...],
        types: tuple[Type, ...],
        many: bool,
        shape: tuple[tuple[Tree, ...], tuple[str, ...]],
    ) -> Callable[..., object]:
        """What generated code calls for a rule, or for the function itself: "primal"."""


def has_rules(f: object) -> TypeGuard[RuledFunction]:
    """Whether an object is a function with rules of its own."""
    return getattr(type(f), "__srcad_rules__", False) is True


def call_custom(m: Machine, f: RuledFunction, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """A call of a function with rules of its own."""
    site = _Site.of(m, f, *bound(m, f, args, keywords))
    rules = site.rules()
    regions = [*(s.region for s in rules.values()), site.primal]
    around = tuple(dict.fromkeys(v for region in regions if region for v in free_variables(region)))
    rules = {way: replace(source, region=_closed(source.region, around)) for way, source in rules.items()}
    types = tuple(site.types)
    callee = Const(site.callee("primal"), OPAQUE)
    custom = Custom(f.__name__, rules, primal=_closed(site.primal, around), inline=f.__srcad_inline__)
    if custom.inline and custom.primal is None:
        m.refuse(f"{f.__name__} is to stand in generated code, and its source can't be read", do="leave inline out.")
    made = m.emit_many("custom", callee, *site.atoms, *around, returns=types, shown=len(site.atoms), custom=custom)
    return tree_value(m, site.output, made)


def bound(
    m: Machine, f: RuledFunction, args: tuple[Value, ...], keywords: dict[str, Value]
) -> tuple[tuple[Value, ...], dict[str, Value]]:
    """The arguments by position, and those that have none by name."""
    try:
        call = inspect.signature(f.function).bind(*args, **keywords)
    except TypeError as error:
        m.refuse(f"{f.__name__}() is called with other arguments than it takes: {error}")
    call.apply_defaults()
    positional = tuple(a if isinstance(a, Value) else Static(a) for a in call.args)
    return positional, {k: a if isinstance(a, Value) else Static(a) for k, a in call.kwargs.items()}


def _argument(m: Machine, f: RuledFunction, value: Value, atoms: list[Atom]) -> Tree:
    """The structure of an argument; what is in it is appended to the atoms."""
    found = whole(m, value)
    if found is None or found.kind == "instance":
        atoms.append(_single(m, f, value))
        return Leaf(len(atoms) - 1)
    return found.node([_argument(m, f, part, atoms) for part in found.parts])


def _single(m: Machine, f: RuledFunction, value: Value) -> Atom:
    """A number, an array, or what has no derivative, as the function gets it."""
    grown = (isinstance(value, ArrayRef) and is_list(m, value)) or isinstance(value, Ref)
    match value:
        case Static() if isinstance(value.value, float):
            return const(value.value)
        case Static():
            return Const(value.value, OPAQUE)
        case Num() | Obj() | ArrayRef() if not grown:
            return to_atom(m, value)
    m.refuse(
        f"{f.__name__} has rules of its own, and gets {value.describe()}",
        why="the arguments of such a function are numbers, arrays, what has no derivative, and containers of these.",
        do="pass what is in it as arguments of their own.",
    )


@dataclass
class _Site:
    """A call: its arguments, as values and as atoms; the structure and the types of its results."""

    m: Machine
    f: RuledFunction
    values: tuple[Value, ...]
    keywords: dict[str, Value]
    atoms: tuple[Atom, ...]
    trees: tuple[Tree, ...]
    output: Tree = field(default_factory=lambda: Fixed(None))
    types: Sequence[Type] = ()
    primal: Region | None = None

    @classmethod
    def of(cls, m: Machine, f: RuledFunction, values: tuple[Value, ...], keywords: dict[str, Value]) -> _Site:
        atoms: list[Atom] = []
        trees = tuple(_argument(m, f, value, atoms) for value in (*values, *keywords.values()))
        site = cls(m, f, values, keywords, tuple(atoms), trees)
        site.output, site.types = site.result()
        return site

    @property
    def parameters(self) -> tuple[Var, ...]:
        """What stands for the arguments in regions."""
        return tuple(a if isinstance(a, Var) else Var(a.type) for a in self.atoms)

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
            reading = read_apart(self.m, Static(self.f.function), self.values, self.keywords, ()).reading
        except SrcadError as error:
            raise self.unreadable(error) from None
        assert reading is not None
        body = reading.trace.body
        self.primal = Region(self.parameters, body.equations, body.results)
        types = [_plain(a.type) for a in body.results]
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
        being_read = m.part(RulesRead).functions
        if being_read.count(f) >= DEEPEST:
            deep = NotYetSupported(f"the derivative of order {DEEPEST + 1} of {f.__name__}, by its rules")
            given = (way for way in ("tangent", "adjoint") if f.__srcad_rule__(way) is not None)
            return {way: Source(self.callee(way), None, deep) for way in given}
        being_read.append(f)
        try:
            found = {way: self.given(way) for way in ("tangent", "adjoint") if f.__srcad_rule__(way) is not None}
            for way, other in (("tangent", "adjoint"), ("adjoint", "tangent")):
                if way not in found and other in found:
                    found[way] = self.transposed(way, other)
        finally:
            being_read.pop()
        if not found:
            m.refuse(f"{f.__name__} has no rule yet", do=f"define {f.__name__}.tangent or {f.__name__}.adjoint first.")
        return found

    def callee(self, way: str) -> Callable[..., object]:
        shape = (self.trees, tuple(self.keywords))
        return self.f.__srcad_callee__(way, self.kinds, tuple(self.types), self.many, shape)

    def given(self, way: str) -> Source:
        """A rule of the user's."""
        return self.attempted(way, self.callee(way), lambda: _Rule(self, way).region())

    def transposed(self, way: str, other: str) -> Source:
        """A rule as the transpose of the other one."""
        return self.attempted(way, None, lambda: _Rule(self, other).transpose())

    def attempted(self, way: str, callee: Callable[..., object] | None, read: Callable[[], Region]) -> Source:
        with self.m.attempt(Diverges, SrcadError) as tried:
            return Source(callee, read())
        problem: SrcadError = NotYetSupported(f"the {way} of {self.f.__name__} always raises an error")
        if isinstance(tried.error, SrcadError):
            problem = tried.error
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
        first = Tup(given) if many else given[0] if way == "adjoint" else None
        if way == "tangent":
            first = Tup(tuple(_filled(m, tree, given) for tree in site.trees))
        assert first is not None
        self.args = (first, Tup(results) if many else results[0], *site.values)

    @property
    def targets(self) -> list[Atom | None]:
        """What the derivatives that it gives belong to; None: nothing."""
        of: Sequence[Atom] = self.results if self.way == "tangent" else self.site.atoms
        return [a if is_differentiable(a.type) else None for a in of]

    @property
    def parameters(self) -> tuple[Var, ...]:
        return (*(v for v in self.given if v is not None), *self.results, *self.site.parameters)

    def read(self, chosen: Sequence[int | str]) -> Part:
        f = self.site.f.__srcad_rule__(self.way)
        return read_apart(self.site.m, Static(f), self.args, self.site.keywords, chosen)

    def region(self) -> Region:
        """The rule itself: derivatives for all targets, in their order."""
        every: list[int | str] = [*range(len(self.args)), *self.site.keywords]
        part = self.read(every)
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
        due = self.site.trees if self.way == "adjoint" else tuple(map(Leaf, range(len(self.results))))
        alone = len(due) == 1 and not (self.way == "tangent" and self.site.many)
        if alone and isinstance(due[0], Leaf) and self.way == "adjoint" and isinstance(tree, Node):
            alone = False
        children: tuple[Tree, ...] = (tree,) if alone or not isinstance(tree, Node) else tree.children
        if len(children) != len(due):
            self.refuse_structure()
        found = [leaf for child, one in zip(children, due, strict=True) for leaf in self.matched(child, one)]
        for leaf, target in zip(found, self.targets, strict=True):
            if target is None and leaf is not None:
                name = f"the {self.way} of {self.site.f.__name__}"
                self.site.m.refuse(f"{name} returns a derivative for what has none", do="return None in its place.")
        return found

    def matched(self, given: Tree, due: Tree) -> list[int | None]:
        """The leaves of a structure, where those of another one are."""
        if given == Fixed(None):
            return [None] * _count(due)
        if isinstance(due, Leaf):
            if not isinstance(given, Leaf):
                self.refuse_structure()
            return [given.index]
        assert isinstance(due, Node)
        keyed = due.kind == "dict"
        if not isinstance(given, Node) or len(given.children) != len(due.children) or (given.kind == "dict") != keyed:
            self.refuse_structure()
        named = dict(zip(given.keys, given.children, strict=True)) if keyed else {}
        if keyed and set(named) != set(due.keys):
            self.refuse_structure()
        children = [named[key] for key in due.keys] if keyed else list(given.children)
        return [leaf for child, one in zip(children, due.children, strict=True) for leaf in self.matched(child, one)]

    def refuse_structure(self) -> NoReturn:
        if self.way == "adjoint":
            count, do = len(self.site.trees), "return one for each argument, with the structure of the argument."
        else:
            count, do = len(self.results), "return one for each result."
        name = f"the {self.way} of {self.site.f.__name__}"
        self.site.m.refuse(f"{name} returns something else than {count} derivatives", do=do)

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
        trace = self.site.m.derive().transposed(reading)
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
        return (*given, *self.results, *self.site.parameters)


def _refuse_nonlinear(rule: _Rule, trace: Trace, own: dict[Var, None]) -> None:
    for equation in walk(trace.body):
        for k, operand in enumerate(equation.operands):
            if operand in own and not operation(equation).blind_to(k):
                first = "tangents" if rule.way == "tangent" else "adjoint"
                raise NotDifferentiable(
                    f"the {rule.way} of {rule.site.f.__name__} isn't linear in its first argument, the {first}",
                    equation.span,
                )


def value_of(m: Machine, var: Var) -> Value:
    return Num(var) if isinstance(var.type, Scalar) else new_array(m, var)


def _plain(t: Type) -> Type:
    return t.without_length if isinstance(t, Scalar) else t


def _closed(region: Region | None, around: tuple[Var, ...]) -> Region | None:
    """With what is read from around as further parameters."""
    if region is None:
        return None
    own = tuple(Var(v.type, v.name) for v in around)
    equations, results = instance(region, dict(zip(around, own, strict=True)))
    return Region((*region.parameters, *own), tuple(equations), results)


def _filled(m: Machine, tree: Tree, leaves: Sequence[Value]) -> Value:
    """A structure with these values."""
    if isinstance(tree, Leaf):
        return leaves[tree.index]
    assert isinstance(tree, Node)
    return container(m, tree, tuple(_filled(m, child, leaves) for child in tree.children))


def _count(tree: Tree) -> int:
    return sum(map(_count, tree.children)) if isinstance(tree, Node) else 1


def refuse_making(m: Machine, *_args: Value, **_options: Value) -> NoReturn:
    """srcad.custom_rule in a function that is differentiated."""
    m.refuse(
        "srcad.custom_rule is called in a function that is differentiated",
        why="what the function and its rules read around them might depend on the differentiated arguments, "
        "of which no rule could say anything.",
        do="define the function and its rules outside, and give them all that they need as arguments.",
        never=True,
    )


# ---- what stops derivatives


def stopped(m: Machine, x: Value) -> Value:
    """srcad.stop_gradient(x)."""
    found = whole(m, x)
    if found is not None and found.kind != "instance":
        return container(m, found.node(()), tuple(stopped(m, part) for part in found.parts))
    if isinstance(x, Static):
        return x
    if not isinstance(x, (Num, ArrayRef)) or (isinstance(x, ArrayRef) and is_list(m, x)):
        do = "give it numbers, arrays, and tuples, lists and dicts of these."
        m.refuse(f"srcad.stop_gradient gets {x.describe()}", do=do)
    result = m.emit("stop_gradient", to_atom(m, x))
    m.variables.active.discard(result)
    return from_atom(m, result)


__all__ = ["call_custom", "has_rules", "refuse_making", "stopped"]

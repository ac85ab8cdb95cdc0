"""Derivatives in the program: calls of srcad.grad(f) and its like, whether made outside of the program or in it.

    g = srcad.grad(f)                 v1 = x * x        the trace of f, read apart, with its adjoint,
    y = g(x)                 ->       x_bar = 2 * x     in the place of the call

The function is read with variables of its own for what is differentiated, as the derivative is with respect to them
alone; when the derivative stands in its place, the arguments of the call stand for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from srcad.errors import Span, SrcadError
from srcad.frontend.core.cells import ArrayCell, Cell, GrownCell, InstanceCell
from srcad.frontend.core.machine import Diverges, Machine
from srcad.frontend.core.naming import with_names
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.reading import Applies, Derivative, Reading
from srcad.frontend.core.signatures import signature_of
from srcad.frontend.core.source import code_of, span_of
from srcad.frontend.core.values import NONE, ArrayRef, Bound, Func, Num, Ref, Static, Tup, Value
from srcad.frontend.core.walk import same
from srcad.frontend.memory.arrays import is_list, load, new_array, to_atom, to_number
from srcad.frontend.memory.trees import result_tree, whole
from srcad.frontend.procedures.placing import append_all, container, place, placed, tree_value
from srcad.frontend.procedures.procedures import Procedures, check_closed
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Equation, Fixed, Input, Leaf, Node, Parameter, Path, Region, Trace, Tree, Var
from srcad.trace.rewrite import instance
from srcad.trace.types import FLOAT, Array, ListOf, Scalar, Type, dims_of, dtype_of, is_differentiable, rank_of
from srcad.trace.walk import free_variables, walk

Argnum = int | str


# ---- making derivatives


def make(m: Machine, maker: Callable[..., Any], args: tuple[Value, ...], keywords: Keywords) -> Value:
    """srcad.grad(f, ...), by srcad.grad itself; without f, a decorator."""
    if not args:
        return Bound(Static(maker), (), tuple(keywords.items()))
    function, *others = args
    options = {name: _option(m, value) for name, value in keywords.items()}
    try:
        made = maker(_stand_in(m, function), *(static(m, value) for value in others), **options)
    except SrcadError as error:
        raise m.located(error) from None
    loss = keywords.get("loss", NONE)
    return Derivative(function, made.__srcad__[1], type(made).__srcad_way__, None if loss == NONE else loss)


def _option(m: Machine, value: Value) -> object:
    """An option as the maker sees it: of a function, something that can be called."""
    if isinstance(value, (Func, Bound, Derivative)) or (isinstance(value, Static) and callable(value.value)):
        return _stand_in(m, value)
    return static(m, value)


def static(m: Machine, value: Value) -> object:
    """The value of an option, which must be known now."""
    match value:
        case Static():
            return value.value
        case Tup():
            return tuple(static(m, item) for item in value.items)
    m.refuse("an option of a derivative depends on the run", do="make it a constant.")


def _stand_in(m: Machine, function: Value) -> Callable[..., Any]:
    if isinstance(function, Static) and not callable(function.value):
        m.refuse(f"{function.describe()} is differentiated, and isn't a function")

    def f(*args: object, **kwargs: object) -> object:
        """Never called: the function is read."""

    return f


# ---- calling them


def call_derivative(m: Machine, d: Derivative, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A call of a derivative."""
    if d.way == "matrix":
        return _gauss_newton_matrix(m, d, args, keywords)
    direction: Value = NONE
    if d.way != "call":
        if not args:
            m.refuse("the direction is missing, which raises an error")
        *primals, direction = args
        args = tuple(primals)
    chosen = _positions(m, d, args, keywords)
    part = read_apart(m, d.function, args, keywords, chosen)
    if d.way == "call":
        return part.derived(d.request, ())
    directions = (direction,) if d.request.single else items(m, direction)
    if d.way == "product":
        return _gauss_newton(m, part, d, directions)
    return part.derived(d.request, directions)


def _gauss_newton_matrix(m: Machine, d: Derivative, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """The matrix of the product, which is linear in the direction: any direction will do to take its derivative at."""
    chosen = _positions(m, d, args, keywords)
    given = tuple(keywords[k] if isinstance(k, str) else args[k] for k in chosen)
    product = dataclasses.replace(d, way="product")
    part = read_apart(m, product, (*args, given[0] if d.request.single else Tup(given)), keywords, (len(args),))
    return part.derived(dataclasses.replace(d.request, kind="jacfwd", argnums=(len(args),), single=True), ())


def _gauss_newton(m: Machine, part: Part, d: Derivative, directions: Sequence[Value]) -> Value:
    """J^T H J v: the tangent of the results, times the Hessian of the loss, pulled back.

    The function runs once: with tangents, and with what its reverse sweep needs.
    """
    assert part.reading is not None
    try:
        sweeps = m.derive().sweeps(part.reading, d.request)
    except SrcadError as error:
        raise m.located(error) from None
    assert isinstance(sweeps.forward.output, Node)
    results = part.emitted(sweeps.forward, directions)
    value, bars = (tree_value(m, tree, results) for tree in sweeps.forward.output.children)
    if d.loss is not None:
        outer = read_apart(m, d.loss, (value,), {}, (0,))
        bars = outer.derived(dataclasses.replace(d.request, kind="hvp", argnums=(0,), single=True), (bars,))
    found: dict[int, Value] = {}
    pair(m, sweeps.forward.output.children[0], bars, found)
    seeds = [like(m, results[k], found.get(k, NONE), "an adjoint") for k in sweeps.seeded]
    given = [*results[len(results) - len(sweeps.pullback.inputs) + len(seeds) :], *seeds]
    return place(m, sweeps.pullback, {entry.var: a for entry, a in zip(sweeps.pullback.inputs, given, strict=True)})


def apply(m: Machine, f: FunctionType, meaning: Applies, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """srcad.jvp(f, primals, tangents)."""
    names = [name for name, p in signature_of(f).parameters.items() if p.kind is not p.KEYWORD_ONLY]
    options, keywords = split_options(m, keywords)
    given = dict(zip(names, args, strict=False)) | keywords
    if sorted(given) != sorted(names):
        m.refuse(f"srcad.{f.__name__} takes {', '.join(names)}")
    primals, tangents = (items(m, given[name]) for name in names[1:])
    if len(primals) != len(tangents):
        m.refuse(f"there are {len(primals)} primals and {len(tangents)} tangents, which raises an error")
    moving = tuple(k for k, tangent in enumerate(tangents) if moves(m, tangent))
    part = read_apart(m, given[names[0]], primals, {}, moving)
    return part.derived(requested(m, meaning.request, options, moving), tuple(tangents[k] for k in moving))


def split_options(m: Machine, keywords: Keywords) -> tuple[dict[str, object], Keywords]:
    """The options of how code is generated, which must be known, and the other keywords."""
    options = {name: static(m, value) for name, value in keywords.items() if name == "backend"}
    return options, {name: value for name, value in keywords.items() if name not in options}


def requested(m: Machine, request: Callable[..., Any], options: dict[str, Any], *given: Any) -> Any:
    """The request with these options; a refusal of one of them says where it stands."""
    try:
        return request(*given, **options)
    except SrcadError as error:
        raise m.located(error) from None


def items(m: Machine, value: Value) -> tuple[Value, ...]:
    found = whole(m, value)
    if found is None or found.kind not in ("tuple", "namedtuple", "list"):
        m.refuse(f"{value.describe()} stands where a tuple is due", do="write a tuple, such as (x,).")
    return found.parts


def moves(m: Machine, tangent: Value) -> bool:
    """Whether there is more than None in a tangent."""
    found = whole(m, tangent)
    return tangent != NONE and (found is None or any(moves(m, part) for part in found.parts))


def _positions(m: Machine, d: Derivative, args: Sequence[Value], keywords: Keywords) -> tuple[Argnum, ...]:
    """The differentiated arguments: positions, or names of keywords."""
    if d.request.argnums is None:
        return tuple(range(len(args)))
    names = _parameter_names(d.function)
    chosen: list[Argnum] = []
    for argnum in d.request.argnums:
        if isinstance(argnum, str):
            chosen.append(argnum if argnum in keywords or argnum not in names else names.index(argnum))
        else:
            place = argnum + len(args) if argnum < 0 else argnum
            chosen.append(names[place] if place >= len(args) and place < len(names) else place)
    for place in chosen:
        if place not in keywords and not (isinstance(place, int) and 0 <= place < len(args)):
            m.refuse(f"the differentiated argument {place!r} isn't given in this call")
    return tuple(chosen)


def _parameter_names(function: Value) -> list[str]:
    """The names of the parameters that may be given by position."""
    match function:
        case Func():
            a = function.code.node.args
            return [p.arg for p in (*a.posonlyargs, *a.args)]
        case Bound():
            return _parameter_names(function.function)[len(function.first) :]
        case Derivative():
            return _parameter_names(function.function)
    try:
        return list(signature_of(function.value).parameters) if isinstance(function, Static) else []
    except (TypeError, ValueError):
        return []


# ---- reading the function apart


@dataclass(eq=False)
class Part:
    """A function that has been read apart: its trace, and what its inputs are in the program around it."""

    m: Machine
    trees: tuple[Tree, ...] = ()
    moving: list[tuple[Var, Atom]] = field(default_factory=list)  # variables of its own, and what they stand for
    reading: Reading | None = None

    def derived(self, request: Any, tangents: Sequence[Value]) -> Value:
        """What a derivative of the function returns; for some, given tangents of what is differentiated."""
        assert self.reading is not None
        try:
            trace = self.m.derive().derived(self.reading, request)
        except SrcadError as error:
            raise self.m.located(error) from None
        return tree_value(self.m, trace.output, self.emitted(trace, tangents))

    def emitted(self, trace: Trace, tangents: Sequence[Value]) -> tuple[Atom, ...]:
        """The results of a derivative in the place of the call; its further inputs are tangents."""
        assert self.reading is not None
        values: dict[Var, Atom] = dict(self.moving)
        further = trace.inputs[len(self.reading.trace.inputs) :]
        if further:
            dots = self.tangents(tangents)
            values.update((entry.var, dots[k]) for k, entry in enumerate(further))
        return placed(self.m, trace, values)

    # ---- arguments

    def own(self, value: Value, moving: bool) -> tuple[Value, Tree]:
        """An argument as the function gets it: a change of it stays inside; and its structure, if it is moving."""
        m = self.m
        match value:
            case Num(var=actual) if moving and is_differentiable(actual.type):
                return Num(self.variable(actual)), self.leaf
            case Static(value=float() as number) if moving:
                return Num(self.variable(const(number))), self.leaf
            case ArrayRef():
                return self.own_array(value, moving)
            case Ref() if isinstance(cell := m.heap[value.cell], GrownCell):
                leaf = moving and is_differentiable(cell.var.type)
                content = self.variable(cell.var) if leaf else cell.var
                return Ref(m.allocate(GrownCell(content))), self.leaf if leaf else Fixed(None)
        found = whole(m, value)
        if found is None or found.kind == "instance" or (found.kind == "dataclass" and not moving):
            return value, Fixed(None)
        inner, trees = self.each(found.parts, moving)
        return container(m, found.node(trees), inner), found.node(trees)

    def each(self, values: Iterable[Value], moving: bool) -> tuple[tuple[Value, ...], tuple[Tree, ...]]:
        pairs = [self.own(value, moving) for value in values]
        return tuple(value for value, _ in pairs), tuple(tree for _, tree in pairs)

    @property
    def leaf(self) -> Leaf:
        """The variable that was made last, in a tree."""
        return Leaf(len(self.moving) - 1)

    def variable(self, actual: Atom) -> Var:
        """A variable that stands for a differentiated value."""
        m = self.m
        name = m.variables.names.get(actual, actual.name) if isinstance(actual, Var) else None
        own = Var(actual.type if isinstance(actual, Var) else FLOAT, name)
        self.moving.append((own, actual))
        m.variables.active.add(own)
        if isinstance(actual, Var):
            m.variables.definitions[own] = Equation("copy", (actual,), (own,))
        return own

    def own_array(self, value: ArrayRef, moving: bool) -> tuple[Value, Tree]:
        m, content, cell = self.m, load(self.m, value), self.m.heap[value.cell]
        leaf = moving and is_differentiable(content.type)
        inner = self.variable(content) if leaf else content
        tree = self.leaf if leaf else Fixed(None)
        if is_list(m, value):
            return Ref(m.allocate(GrownCell(inner))), tree
        contiguous = cell.contiguous if isinstance(cell, ArrayCell) and not value.path else None
        return new_array(m, inner, contiguous=contiguous), tree

    # ---- tangents

    def tangents(self, given: Sequence[Value]) -> list[Atom]:
        """The tangents of the variables, in their order; zero where None stands."""
        found: dict[int, Value] = {}
        for tree, value in zip(self.trees, given, strict=True):
            pair(self.m, tree, value, found)
        return [self.tangent(k, found.get(k, NONE)) for k in range(len(self.moving))]

    def tangent(self, k: int, value: Value) -> Atom:
        return like(self.m, self.moving[k][1], value, "a tangent")


def pair(m: Machine, tree: Tree, value: Value, found: dict[int, Value]) -> None:
    """The parts of a value by the leaves of a tree; None stands for Nones below it."""
    match tree:
        case Leaf():
            found[tree.index] = value
        case Node() if value != NONE:
            parts = _keyed_parts(m, tree, value) if tree.kind in ("dict", "dataclass") else _known_parts(m, value)
            if parts is None or len(parts) != len(tree.children):
                m.refuse(f"{value.describe()} is the tangent of a {tree.kind} of {len(tree.children)} parts")
            for child, part in zip(tree.children, parts, strict=True):
                pair(m, child, part, found)


def _keyed_parts(m: Machine, tree: Node, value: Value) -> Sequence[Value] | None:
    """The parts of a dict or dataclass in the order of those of a tree; None if it hasn't the same keys or fields."""
    found = whole(m, value)
    if found is None or (found.kind == "dict") != (tree.kind == "dict") or set(found.keys) != set(tree.keys):
        return None
    named = dict(zip(found.keys, found.parts, strict=True))
    return [named[key] for key in tree.keys]


def _known_parts(m: Machine, value: Value) -> Sequence[Value] | None:
    """The parts of a tangent; of a list from outside, the function is read again with a known length."""
    if isinstance(value, Ref) and isinstance(cell := m.heap[value.cell], GrownCell):
        raise NeedsStatic(m.emit("list_len", cell.var), "the length of a list of tangents")
    found = whole(m, value)
    return found.parts if found is not None and found.kind in ("tuple", "namedtuple", "list") else None


def like(m: Machine, actual: Atom, value: Value, what: str) -> Atom:
    """A tangent or adjoint of a value; zero where None stands."""
    if isinstance(actual.type, ListOf):
        return _list_like(m, actual, value, what)
    if value == NONE:
        zero: Atom = const(0.0) if isinstance(actual.type, Scalar) else m.emit("zeros_like", actual)
        return zero
    dot = to_number(m, value, what)
    if rank_of(dot.type) != rank_of(actual.type) or _differ(dot.type, actual.type):
        m.refuse(f"{what} of a value of type {actual.type} is of type {dot.type}", do="give it the same shape.")
    wanted = dtype_of(actual.type)
    if dtype_of(dot.type) != wanted and isinstance(actual.type, Array):
        return m.emit("cast", dot, dtype=wanted)
    return dot


def _list_like(m: Machine, actual: Atom, value: Value, what: str) -> Atom:
    """A derivative that a user gives of a list whose length is known at run time only."""
    if value == NONE:
        return m.emit("list_zeros", actual)
    dot = to_atom(m, value)
    if not isinstance(dot.type, ListOf):
        m.refuse(f"{what} of a list is of type {dot.type}", do="give a list of the same length.")
    return dot


def _differ(a: Type, b: Type) -> bool:
    """Whether shapes of one rank surely differ: what is one long would be stretched, and nobody would see it."""
    pairs = zip(dims_of(a) or (), dims_of(b) or (), strict=False)
    return any((x.is_one and y.not_one) or (x.not_one and y.is_one) for x, y in pairs)


def read_apart(
    m: Machine,
    function: Value,
    args: tuple[Value, ...],
    keywords: Keywords,
    chosen: Sequence[Argnum],
    finish: Callable[[Value], Value] | None = None,
) -> Part:
    """Read a function on its own, for arguments of which the chosen ones are differentiated.

    `finish` makes of what the function returns what is read.
    """
    before, returns = dict(m.heap), len(m.stack.returns)
    part = Part(m)
    plain = [part.own(value, k in chosen) for k, value in enumerate(args)]
    named = {k: part.own(value, k in chosen) for k, value in keywords.items()}
    part.trees = tuple(named[k][1] if isinstance(k, str) else plain[k][1] for k in chosen)

    def run() -> tuple[Tree, tuple[Atom, ...]]:
        inner = {k: value for k, (value, _) in named.items()}
        value = m.call(function, tuple(value for value, _ in plain), inner)
        value = value if finish is None else finish(value)
        atoms: list[Atom] = []
        return result_tree(m, value, atoms), tuple(atoms)

    branch = m.apart(run)
    span = m.stack.returns[-1] if len(m.stack.returns) > returns else _span(function) or m.builder.span
    del m.stack.returns[returns:]
    values = dict(part.moving)
    if branch.raises:
        append_all(m, instance(Region((), tuple(branch.equations), ()), values)[0])
        raise Diverges
    _refuse_changes(m, before, branch.heap)
    output, atoms = branch.value
    region = Region((), tuple(branch.equations), atoms)
    around = [var for var in free_variables(region) if var not in values]
    part.reading = _reading(m, region, output, [*values, *around], part, _name(function), span)
    return part


def _innermost(function: Value) -> Value:
    while isinstance(function, (Bound, Derivative)):
        function = function.function
    return function


def _name(function: Value) -> str:
    """What to call a function that is differentiated."""
    inner = _innermost(function)
    if isinstance(inner, Func):
        name = inner.code.name
    else:
        name = str(getattr(inner.value, "__name__", "f")) if isinstance(inner, Static) else "f"
    return "lambda_" if name in ("<lambda>", "lambda") else name


def _span(function: Value) -> Span | None:
    """Where a lambda is, which has no `return`."""
    inner = _innermost(function)
    if isinstance(inner, Static) and isinstance(inner.value, FunctionType) and inner.value.__name__ == "<lambda>":
        code = code_of(inner.value)
        return span_of(code, code.node)
    return span_of(inner.code, inner.code.node) if isinstance(inner, Func) else None


def _refuse_changes(m: Machine, before: dict[int, Cell], after: dict[int, Cell]) -> None:
    """A derivative may be evaluated more than once, or its function not at all: it must not change what is around."""
    if any(after.get(k, cell) is not cell and _has_changed(cell, after[k]) for k, cell in before.items()):
        m.refuse(
            "a function that is differentiated inside of another one changes something outside of it",
            do="return the value instead.",
        )


def _has_changed(cell: Cell, new: Cell) -> bool:
    """Whether the content differs; what has been looked up in an object of the world outside is no change."""
    if cell.atoms():
        return tuple(new.atoms()) != tuple(cell.atoms())
    old, now = cell.entries(), new.entries()
    if len(old) != len(now) and not isinstance(cell, InstanceCell):
        return True
    return any(name not in now or not same(value, now[name]) for name, value in old.items())


def _reading(
    m: Machine, region: Region, output: Tree, inputs: list[Var], part: Part, name: str, span: Span | None
) -> Reading:
    """The function as a reading of its own."""
    entries = tuple(Input(var, Path(f"v{k}")) for k, var in enumerate(inputs))
    parameters = tuple(Parameter(entry.path.root) for entry in entries)
    region = Region(tuple(inputs), region.equations, region.results)
    check_closed(m, region)
    trace = Trace(name, parameters, entries, region, output, span, procedures=dict(m.part(Procedures).traces))
    defined = {v for e in walk(region) for v in (*e.results, *(p for r in e.regions for p in r.parameters))}
    names = {var: name for var, name in m.variables.names.items() if var in defined}
    wrt = tuple(range(len(part.moving)))
    return Reading(with_names(trace, names), wrt, part.trees, (), {}, dict(m.lengths.sizes))


__all__ = [
    "apply",
    "call_derivative",
    "like",
    "make",
    "moves",
    "pair",
    "read_apart",
]

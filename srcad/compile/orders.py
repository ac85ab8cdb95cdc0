"""The steps to higher and mixed derivatives: vhp, Gauss-Newton products, Taylor coefficients, Laplacians, deriv.

They stand beside those of `steps`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import factorial

from srcad.analysis.diagonal import Along, MixedAxes, Picked, State, dependence
from srcad.compile.results import (
    called,
    relabelled,
    result_span,
    returning,
    shifted,
)
from srcad.compile.steps import Job, both_sweeps, gradient_tree
from srcad.errors import ArgumentError, NotDifferentiable, NotYetSupported, SrcadError
from srcad.frontend.core.reading import Sweeps
from srcad.ops.catalogue import builder, operation
from srcad.trace.builder import Builder, const
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Equation, Leaf, Node, Region, Trace, Tree, Var, leaves, with_leaves
from srcad.trace.passes import Runner
from srcad.trace.rewrite import instance
from srcad.trace.slots import LOOPS
from srcad.trace.types import Type, dims_of, is_differentiable, is_numeric, rank_of
from srcad.trace.walk import walk
from srcad.transform.matrices.jacobian import ROWS, by_columns, by_rows, way_of
from srcad.transform.matrices.series import series
from srcad.transform.matrices.units import along_units, element, one_like, zero_like
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint, is_flat
from srcad.transform.sweeps.opened import opened
from srcad.transform.sweeps.split import split
from srcad.transform.sweeps.tangent import directions_in, moved, tangent

# ---- the vector times the Hessian


def pulled_along(trace: Trace, job: Job) -> Trace:
    """Reverse over forward: the gradient of the derivative along the direction."""
    ones = tuple(const(1.0) for _ in trace.body.results)
    made = adjoint(trace, job.reading.wrt, value=False, seeds=ones, run=job.run)
    return replace(made, output=gradient_tree(job))


# ---- what a Gauss-Newton product is made of


def sweeps(job: Job) -> Sweeps:
    """The forward sweep with its tangents, which records what the pullback needs, and the pullback, which has none."""
    both = simplify(both_sweeps(job.primal, job), run=job.run)
    along = tangent(both, job.reading.wrt, value=True, run=job.run)
    (value, bars), (dots, _) = map(_children, _children(along.output))
    returned = returning(along, Node("tuple", (Node("tuple", (value, dots)), bars)))
    forward, pullback = split(simplify(returned, run=job.run))
    count = len(list(leaves(value)))
    seeded = tuple(k for k, a in enumerate(forward.body.results[:count]) if is_differentiable(a.type))
    return Sweeps(replace(forward, output=_children(forward.output)[0]), pullback, seeded)


def _children(tree: Tree) -> tuple[Tree, ...]:
    assert isinstance(tree, Node)
    return tree.children


def gauss_newton(primal: Trace, job: Job) -> Trace:
    """J^T J, from the blocks of the Jacobian, made in one pass by columns or by rows, whichever are fewer."""
    reading, structure = job.reading, gradient_tree(job)
    way = way_of(primal, reading.wrt, reading.sizes)
    made = (by_rows if way == ROWS else by_columns)(primal, reading.wrt, structure, job.run)
    b, blocks, inputs = _continued(made), made.body.results, list(dict.fromkeys(reading.wrt))
    values = [primal.body.results[k] for k in _moving(primal)]
    shapes = [primal.inputs[k].var for k in inputs]
    sums: list[Atom] = []
    for i, one in enumerate(shapes):
        for j, other in enumerate(shapes):
            total: Atom | None = None
            for k, value in enumerate(values):
                factors = blocks[k * len(inputs) + i], blocks[k * len(inputs) + j]
                part = _contracted(b, *factors, [rank_of(x.type) or 0 for x in (value, one, other)])
                total = part if total is None else b.emit("add", total, part)
            sums.append(_zero_block(b, one, other) if total is None else total)
    inner = {k: inputs.index(number) for k, number in enumerate(reading.wrt)}
    rows = [relabelled(structure, {k: Leaf(i * len(inputs) + n) for k, n in inner.items()}) for i in range(len(inputs))]
    output = with_leaves(structure, lambda k: rows[inner[k]])
    body = replace(made.body, equations=tuple(b.equations), results=tuple(sums))
    return replace(made, body=body, output=output)


def _contracted(b: Builder, one: Atom, other: Atom, ranks: Sequence[int]) -> Atom:
    """The sum over the elements of a result (whose rank comes first) of the products of two blocks of its Jacobian."""
    rank, left, right = ranks
    if rank == left == right == 1:
        return b.emit("matmul", b.emit("transpose", one, axes=None), other)
    if not left and not right:
        product: Atom = b.emit("multiply", one, other)
        return b.emit("sum", product, axis=None, keepdims=False) if rank else product
    if not rank and not (left and right):
        return b.emit("multiply", one, other)
    axes = tuple(range(rank))
    return b.emit("tensordot", one, other, axes=(axes, axes))


def _zero_block(b: Builder, one: Var, other: Var) -> Atom:
    zeros = (zero_like(b, one), zero_like(b, other))
    return _contracted(b, *zeros, [0, rank_of(one.type) or 0, rank_of(other.type) or 0])


# ---- Taylor coefficients


def coefficients(primal: Trace, job: Job) -> Trace:
    """The derivatives along a direction, over the factorials of their orders."""
    trace = series(primal, job.reading.wrt, job.request.order, job.run)
    b, first = _continued(trace), len(primal.body.results)
    results = list(trace.body.results)
    width = (len(results) - first) // max(job.request.order, 1)
    for place in range(first, len(results)):
        order = 1 + (place - first) // width
        if not is_numeric(results[place].type):
            do = "return an array: np.array(items)."
            raise NotYetSupported("the Taylor coefficients of a list that grows in the run", primal.span, do=do)
        if order > 1:
            results[place] = b.emit("multiply", 1.0 / factorial(order), results[place])
    body = Region((), tuple(b.equations), tuple(results))
    return replace(trace, body=body)


def _continued(trace: Trace) -> Builder:
    """A builder that goes on where a trace ends."""
    b = builder()
    b.equations = list(trace.body.equations)
    b.role = "tangent"
    return b


# ---- sums over all directions


def laplacian(primal: Trace, job: Job) -> Trace:
    """The second derivatives along the unit vectors of the differentiated arguments, summed up."""
    _refuse_effects(primal)
    b, moving = _continued(primal), _moving(primal)
    sums: Sequence[Atom] = [zero_like(b, primal.body.results[k]) for k in moving]
    for wrt in job.reading.wrt:
        twice = simplify(series(primal, (wrt,), 2, job.run), run=job.run)
        second = list(leaves(twice.output.children[2])) if isinstance(twice.output, Node) else []
        body, direction = _apart(twice, second)
        sums = along_units(b, body, primal.inputs[wrt].var, direction, sums, lambda b, dots, i: dots)
    output = moved(primal.output, {k: place for place, k in enumerate(moving)})
    return _summed(b, sums, output, primal)


def divergence(primal: Trace, job: Job) -> Trace:
    """The derivative of each element of the result along that of the argument in the same place, summed up."""
    _refuse_effects(primal)
    wrt = job.reading.wrt
    b, moving, procedures = _continued(primal), _moving(primal), dict(primal.procedures)
    sums: Sequence[Atom] = [const(0.0)]
    for place, result in _matched(primal, gradient_tree(job), primal.output, "the argument"):
        x, value = primal.inputs[wrt[place]].var, primal.body.results[result]
        _check_shape(b, primal, x, value)
        if result in moving:
            once = simplify(tangent(primal, (wrt[place],), value=False, run=job.run), run=job.run)
            procedures.update(once.procedures)
            body, direction = _apart(once, [moving.index(result)])
            sums = along_units(b, body, x, direction, sums, lambda b, dots, i: [element(b, dots[0], i)])
    return _summed(b, sums, Leaf(0), replace(primal, procedures=procedures))


def _summed(b: Builder, sums: Sequence[Atom], output: Tree, primal: Trace) -> Trace:
    body = Region(primal.body.parameters, tuple(b.equations), tuple(sums))
    return replace(primal, body=body, output=output)


def _moving(primal: Trace) -> list[int]:
    """The results that have derivatives; those of a list whose length the run decides can't be summed up."""
    for result in primal.body.results:
        if is_differentiable(result.type) and not is_numeric(result.type):
            what = f"the sum of the derivatives of a list that {called(primal)} lets grow"
            raise NotYetSupported(what, primal.span, do="return an array: np.array(items).")
    return [k for k, result in enumerate(primal.body.results) if is_differentiable(result.type)]


def _apart(trace: Trace, results: Sequence[int]) -> tuple[Region, Var]:
    """Some results of a trace, with what they need in variables of its own, and its one direction."""
    (direction,) = (entry.var for entry in directions_in(trace))
    body = replace(trace.body, results=tuple(trace.body.results[k] for k in results))
    equations, atoms = instance(eliminate(replace(trace, body=body)).body, {})
    return Region((), tuple(equations), atoms), direction


def _refuse_effects(primal: Trace) -> None:
    """What is done once for each direction must not be noticed."""
    for equation in walk(primal.body):
        if operation(equation).effect and not operation(equation).raises:
            raise NotYetSupported(
                f"the sum of derivatives along all directions of {called(primal)}, which does something",
                equation.span,
                why="it would be done once for each direction: printed, drawn at random, changed.",
                do="leave it out of the function, or sum up the diagonal of srcad.hessian or srcad.jacobian.",
            )


def _matched(primal: Trace, given: Tree, value: Tree, what: str) -> Iterator[tuple[int, int]]:
    """(the differentiated leaf, the result) in the same place of argument and result."""
    match given, value:
        case Leaf(place), Leaf(index):
            yield place, index
        case Node(), Node() if _alike(given, value):
            for k, (one, other) in enumerate(zip(given.children, value.children, strict=True)):
                yield from _matched(primal, one, other, f"{what}[{given.keys[k] if given.keys else k!r}]")
        case (Leaf(), _) | (Node(), Leaf() | Node()):
            kinds = [tree.kind if isinstance(tree, Node) else "number or array" for tree in (given, value)]
            raise ArgumentError(
                f"the divergence of {called(primal)} isn't defined: {what} is a {kinds[0]}, its result a {kinds[1]}",
                result_span(primal, primal.output),
                do="return what has the structure and the shapes of the argument.",
            )


def _alike(given: Node, value: Node) -> bool:
    return given.kind == value.kind and given.keys == value.keys and len(given.children) == len(value.children)


def _check_shape(b: Builder, primal: Trace, x: Var, value: Atom) -> None:
    """A vector field has the shape of its argument."""
    what = f"the divergence of {called(primal)} isn't defined: its result doesn't have the shape of the argument"
    if _differ(value.type, x.type):
        span = result_span(primal, primal.output)
        raise ArgumentError(what, span, do="return an array of the shape of the argument.")
    _assert_shape(b, primal, x, value, what)


def _assert_shape(b: Builder, primal: Trace, x: Var, value: Atom, what: str) -> None:
    """Leave to the run what types don't tell."""
    pairs = zip(dims_of(x.type) or (), dims_of(value.type) or (), strict=True)
    for axis, (mine, other) in enumerate(pairs):
        if not mine.same(other):
            equal = b.emit("equal", b.emit("dim", x, axis=axis), b.emit("dim", value, axis=axis))
            message, span = Region((), (), (const(what),)), result_span(primal, primal.output)
            b.append(Equation("assert_", (equal,), (), regions=(message,), span=span))


# ---- elementwise functions


def elementwise(primal: Trace, job: Job) -> Trace:
    """For each differentiated argument the derivatives of the elements of the results."""
    b, trees, procedures = builder(), [], dict(primal.procedures)
    results: list[Atom] = []
    for place, tree in enumerate(job.reading.wrt_trees):
        if not isinstance(tree, Leaf):
            what = f"srcad.deriv differentiates numbers and arrays, and argument {place} is a {_kind(tree)}"
            raise ArgumentError(what, primal.span, do="use srcad.grad or srcad.jacobian.")
        body, output, more = _derivatives(primal, job.reading.wrt[tree.index], job.run)
        procedures.update(more)
        equations, atoms = instance(body, {})
        b.extend(equations)
        trees.append(shifted(output, len(results)))
        results += atoms
    output = trees[0] if job.request.single else Node("tuple", tuple(trees))
    return replace(primal, body=Region((), tuple(b.equations), tuple(results)), output=output, procedures=procedures)


def _kind(tree: Tree) -> str:
    return tree.kind if isinstance(tree, Node) else "constant"


def _derivatives(primal: Trace, wrt: int, run: Runner) -> tuple[Region, Tree, Mapping[str, Trace]]:
    """The derivatives, their structure, and the procedures that they call.

    Straight code is differentiated backwards, from the adjoint 1.0; loops forwards, so that nothing is taped.
    """
    x = primal.inputs[wrt].var
    if rank_of(x.type) is None:
        raise NotYetSupported("the elementwise derivative by a value whose rank isn't known", primal.span)
    if rank_of(x.type):
        primal = _checked_elementwise(primal, x)
    loops = any(equation.op in LOOPS for equation in walk(primal.body))
    if rank_of(x.type) and not loops and isinstance(primal.output, Leaf):
        trace = adjoint(primal, (wrt,), value=False, seeds=(const(1.0),), run=run)
        return trace.body, Leaf(0), trace.procedures
    trace = tangent(primal, (wrt,), value=False, run=run)
    (direction,) = (entry.var for entry in directions_in(trace))
    b = builder()
    equations, results = instance(trace.body, {direction: one_like(b, x)})
    return Region((), (*b.equations, *equations), results), trace.output, trace.procedures


def _checked_elementwise(primal: Trace, x: Var) -> Trace:
    """Refuse a function of which some result element depends on several elements of the array, or may.

    The function comes back with the checks of shapes that are left to the run.
    """
    state, b = dependence(opened(primal).body, x, is_flat), _continued(primal)
    plain = Along(tuple(range(rank_of(x.type) or 0)))
    for result in primal.body.results:
        found = state(result) if is_differentiable(result.type) else None
        if found is None:
            continue
        if found != plain or _differ(result.type, x.type):
            raise _not_elementwise(primal, x, result, found)
        _assert_shape(b, primal, x, result, f"{called(primal)} isn't elementwise: its result has another shape")
    return replace(primal, body=replace(primal.body, equations=tuple(b.equations)))


def _differ(a: Type, b: Type) -> bool:
    """Whether two shapes surely differ."""
    ours, theirs = dims_of(a), dims_of(b)
    if ours is None or theirs is None or len(ours) != len(theirs):
        return True
    return any(_differ_in_length(*pair) for pair in zip(ours, theirs, strict=True))


def _differ_in_length(a: Dim, b: Dim) -> bool:
    if a.number is not None and b.number is not None:
        return a != b
    return (a.is_one and b.not_one) or (a.not_one and b.is_one)


def _not_elementwise(primal: Trace, x: Var, result: Atom, found: State) -> SrcadError:
    name, label = called(primal), x.name or "its argument"
    do = "use srcad.jacobian, srcad.jvp, or srcad.grad of a sum; or write it with elementwise operations."
    if isinstance(found, (MixedAxes, Picked)):
        span = found.equation.span or result_span(primal, primal.output)
        if isinstance(found, MixedAxes) and found.known:
            what = f"{name} isn't elementwise: this makes a value of several elements of {label}"
            why = "then there isn't one derivative for each element, but a Jacobian."
            return NotDifferentiable(what, span, why, do)
        what = f"{name} may not be elementwise: srcad can't tell that here each element depends on one of {label}"
        return NotYetSupported(what, span, "srcad.deriv proves it from the operations, and never guesses.", do)
    what = f"{name} returns {result.type} for {label} of type {x.type}, and elementwise results have the same shape"
    return NotDifferentiable(what, result_span(primal, primal.output), "", do)

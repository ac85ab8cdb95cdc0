"""The Jacobian of a trace in one pass: all unit tangents at once (by columns), or all unit adjoints (by rows).

    y = np.sin(x)            x_dot = np.eye(x.size)
                    ->       y = np.sin(x)
                             y_dot = x_dot * np.cos(x)
                             return y_dot.T

Where there are several arguments, the unit tangents of all stand in one matrix, and each argument takes its columns of
it. So one pass gives all blocks of the Jacobian: for each result, and each argument, an array with the shape of the
result followed by that of the argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from srcad.ops.arguments import dim_atom, emit, length_dim, picked, shape_atoms, sliced
from srcad.ops.catalogue import builder
from srcad.rules.lanes import NotBatched
from srcad.trace.builder import Builder, const
from srcad.trace.dims import Dim, Symbol, product
from srcad.trace.nodes import NOTHING, Atom, Const, Leaf, Region, Trace, Tree, Var, with_leaves
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.rewrite import instance
from srcad.trace.types import Array, Scalar, dims_of, dtype_of, is_complex, is_differentiable, rank_of
from srcad.transform.matrices.batch import Batch, renamed
from srcad.transform.matrices.batch_procedures import BatchedProcedures
from srcad.transform.matrices.units import one_like
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.prune import pruned
from srcad.transform.sweeps.adjoint import Seeds, adjoint, seeds_in
from srcad.transform.sweeps.tangent import directions_in, tangent

WholeOf = Callable[[Atom], Atom]
Blocks = Callable[["Units", WholeOf], Iterator[Atom]]


COLUMNS, ROWS = "columns", "rows"


def way_of(trace: Trace, wrt: Sequence[int], sizes: Mapping[Symbol, int]) -> str:
    """Whether columns or rows are fewer, for lengths that symbols stand for; columns where that can't be told.

    A column is the cheaper of the two: it needs no reverse sweep, and nothing recorded. Adjoints of complex results
    know the real parts alone, so these go by columns.
    """
    results = [trace.body.results[k] for k in _moving(trace)]
    if any(is_complex(result.type) for result in results):
        return COLUMNS
    columns, rows = dimension(_inputs(trace, wrt), sizes), dimension(results, sizes)
    if columns is None:
        return ROWS if rows == 1 else COLUMNS
    return ROWS if rows is not None and rows < columns else COLUMNS


def dimension(spaces: Sequence[Atom], sizes: Mapping[Symbol, int]) -> int | None:
    """How many numbers there are in values of these types; None where that isn't known before the run."""
    total = 0
    for x in spaces:
        dims = dims_of(x.type)
        size = None if dims is None else product(dims).counted.evaluate(sizes)
        if size is None:
            return None
        total += size
    return total


def by_columns(trace: Trace, wrt: Sequence[int], structure: Tree, run: Runner = PLAIN) -> Trace:
    """The Jacobian with respect to the inputs `wrt`, by tangents.

    The output has the structure of the primal's; in the place of each result stands `structure`, that of the
    differentiated arguments, whose Leaf(k) is wrt[k], and in the place of what has no derivative None.
    """
    made = tangent(trace, wrt, value=True, run=run)
    return run(pruned, run(eliminate, run(along_columns, made, trace, wrt, structure)))


def along_columns(made: Trace, trace: Trace, wrt: Sequence[int], structure: Tree) -> Trace:
    """All unit tangents at once, in the tangent of a trace."""
    values, dots = _parted(trace, made)
    directions = [entry.var for entry in directions_in(made)]
    moving = _moving(trace)

    def blocks(units: Units, whole: WholeOf) -> Iterator[Atom]:
        for k, dot in zip(moving, dots, strict=True):
            yield from (units.columns(whole(dot), values[k], n) for n in range(len(directions)))

    made = _with_units(made, "tangent", directions, _inputs(trace, wrt), 0, blocks)
    return _jacobian(trace, wrt, structure, made)


def by_rows(trace: Trace, wrt: Sequence[int], structure: Tree, run: Runner = PLAIN) -> Trace:
    """The Jacobian as `by_columns` gives it, by adjoints. That of a number is its gradient."""
    distinct, moving = tuple(dict.fromkeys(wrt)), _moving(trace)
    seeds: Seeds = "inputs"
    if len(moving) == 1 and rank_of(trace.body.results[moving[0]].type) == 0:
        seeds = [const(1.0) if k in moving else None for k in range(len(trace.body.results))]
    made = adjoint(trace, distinct, value=True, seeds=seeds, run=run)
    return run(pruned, run(eliminate, run(along_rows, made, trace, wrt, structure)))


def along_rows(made: Trace, trace: Trace, wrt: Sequence[int], structure: Tree) -> Trace:
    """All unit adjoints at once, in the adjoint of a trace, if it isn't that of a number."""
    moving = _moving(trace)
    values, bars = _parted(trace, made)
    bars_in = [seed.var for seed in seeds_in(made)]
    inputs = _inputs(trace, wrt)
    if not bars_in:
        return _jacobian(trace, wrt, structure, replace(made, body=replace(made.body, results=bars)))

    def blocks(units: Units, whole: WholeOf) -> Iterator[Atom]:
        for n in range(len(moving)):
            yield from (units.rows(whole(bar), x, n) for bar, x in zip(bars, inputs, strict=True))

    last = next((k for k, e in enumerate(made.body.equations) if e.role == "adjoint"), len(made.body.equations))
    made = _with_units(made, "adjoint", bars_in, [values[k] for k in moving], last, blocks)
    return _jacobian(trace, wrt, structure, made)


def _inputs(trace: Trace, wrt: Sequence[int]) -> list[Var]:
    return [trace.inputs[k].var for k in dict.fromkeys(wrt)]


def _moving(trace: Trace) -> list[int]:
    """The results that have a derivative."""
    return [k for k, result in enumerate(trace.body.results) if is_differentiable(result.type)]


def _parted(trace: Trace, made: Trace) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    """The results of the primal, and what comes behind them."""
    count = len(trace.body.results)
    return made.body.results[:count], made.body.results[count:]


# ---- shapes


@dataclass(frozen=True, eq=False)
class Shapes:
    """The shapes of values; lengths that an input has as well are read from that."""

    b: Builder
    lengths: Mapping[Dim, tuple[Var, int]]

    @classmethod
    def of_inputs(cls, b: Builder, inputs: Sequence[Var]) -> Shapes:
        lengths: dict[Dim, tuple[Var, int]] = {}
        for var in inputs:
            for axis, dim in enumerate(dims_of(var.type) or ()):
                lengths.setdefault(dim, (var, axis))
        return cls(b, lengths)

    def of(self, x: Atom) -> tuple[Atom, ...]:
        dims = dims_of(x.type)
        places = [self.lengths.get(dim, (x, k)) if dim.known else (x, k) for k, dim in enumerate(dims or ())]
        return tuple(dim_atom(self.b, *place) for place in places) if dims is not None else shape_atoms(self.b, x)

    def size(self, x: Atom) -> Atom:
        """How many elements there are."""
        product: Atom = const(1)
        for length in self.of(x):
            product = length if _is(product, 1) else _folded(self.b, "multiply", product, length)
        return product


# ---- the unit vectors


@dataclass(frozen=True, eq=False)
class Units:
    """The unit vectors of the product of some spaces, along a leading axis.

    `bounds`: which of them belong to each space; None where there is one space. `vectors`: for each space, its part.
    """

    shapes: Shapes
    spaces: tuple[Atom, ...]
    count: Atom
    bounds: tuple[tuple[Atom, Atom], ...] | None
    vectors: tuple[Atom, ...]

    @property
    def alone(self) -> bool:
        """Whether a number is all there is: then nothing needs a leading axis."""
        return len(self.spaces) == 1 and rank_of(self.spaces[0].type) == 0

    def columns(self, dot: Atom, y: Atom, n: int) -> Atom:
        """The block of a result and the space n, from the tangents of the result."""
        if self.alone:
            return dot
        _check(y)
        part, rank = self.part(dot, n), len(self.shapes.of(y))
        if rank_of(self.spaces[n].type) == 0:
            return part
        if rank:
            part = emit(self.shapes.b, "transpose", part, axes=None if rank == 1 else (*range(1, rank + 1), 0))
        return self.shaped(part, y, self.spaces[n], self.spaces[n])

    def rows(self, bar: Atom, x: Atom, n: int) -> Atom:
        """The block of the space n and an argument, from the adjoints of the argument."""
        return bar if self.alone else self.shaped(self.part(bar, n), self.spaces[n], x, self.spaces[n])

    def part(self, lanes: Atom, n: int) -> Atom:
        """The lanes that belong to a space; those of a number are one, without a leading axis."""
        if self.bounds is None:
            return lanes
        return _cut(self.shapes, lanes, 0, self.spaces[n], self.bounds[n], n + 1 == len(self.spaces))

    def shaped(self, part: Atom, first: Atom, second: Atom, flat: Atom) -> Atom:
        """With the shape of the one plus that of the other; `flat` is the one that has a single axis now."""
        if len(self.shapes.of(flat)) < 2:
            return part
        return emit(self.shapes.b, "reshape", part, *self.shapes.of(first), *self.shapes.of(second))


def units_of(shapes: Shapes, spaces: Sequence[Atom], names: Sequence[str | None]) -> Units:
    """The unit vectors of these spaces: the rows of an identity matrix, cut and shaped."""
    spaces, b = tuple(spaces), shapes.b
    for x in spaces:
        _check(x)
    if len(spaces) == 1 and rank_of(spaces[0].type) == 0:
        return Units(shapes, spaces, const(1), None, (one_like(b, spaces[0]),))
    ends: list[Atom] = [const(0)]
    for x in spaces:
        ends.append(_sum(b, ends[-1], shapes.size(x)))
    bounds, count = tuple(pairwise(ends)), ends[-1]
    eye = emit(b, "eye", count)
    if len(spaces) == 1:
        eye = renamed(b, eye, names[0] if rank_of(spaces[0].type) == 1 else None)
        return Units(shapes, spaces, count, None, (_unit(shapes, eye, spaces[0], count, names[0]),))
    last = len(spaces) - 1
    vectors = []
    for k, (x, bound, name) in enumerate(zip(spaces, bounds, names, strict=True)):
        part = _cut(shapes, eye, 1, x, bound, k == last, name if len(shapes.of(x)) < 2 else None)
        vectors.append(_unit(shapes, part, x, count, name))
    return Units(shapes, spaces, count, bounds, tuple(vectors))


def _check(x: Atom) -> None:
    if not isinstance(x.type, (Array, Scalar)):
        raise NotBatched(f"a Jacobian in one pass that has a value of type {x.type}")


def _sum(b: Builder, one: Atom, other: Atom) -> Atom:
    return other if _is(one, 0) else _folded(b, "add", one, other)


def _folded(b: Builder, op: str, one: Atom, other: Atom) -> Atom:
    if isinstance(one, Const) and isinstance(other, Const):
        return const(one.value + other.value if op == "add" else one.value * other.value)
    return emit(b, op, one, other)


def _is(a: Atom, value: int) -> bool:
    return a.number == value


def _cut(
    shapes: Shapes, rows: Atom, axis: int, x: Atom, bound: tuple[Atom, Atom], last: bool, name: str | None = None
) -> Atom:
    """What belongs to a space, along an axis: an item for a number, else a slice."""
    (start, end), b = bound, shapes.b
    if rank_of(x.type) == 0:
        return renamed(b, picked(b, rows, axis, start), name)
    part = sliced(b, rows, axis, None if _is(start, 0) else start, None if last else end)
    part = renamed(b, part, name)
    dims = list(dims_of(part.type) or ())
    dims[axis] = length_dim(shapes.size(x).type)
    return emit(b, "with_dims", part, dims=tuple(dims))


def _unit(shapes: Shapes, rows: Atom, x: Atom, count: Atom, name: str | None) -> Atom:
    """Rows in the shape and the dtype of what they move."""
    b, shape, dtype = shapes.b, shapes.of(x), dtype_of(x.type)
    if len(shape) == 1:
        rows = emit(b, "with_dims", rows, dims=(length_dim(count.type), *(dims_of(x.type) or ())))
    elif len(shape) > 1:
        rows = emit(b, "reshape", rows, count, *shape)
    if dtype not in ("float64", None):
        rows = emit(b, "cast", rows, dtype=dtype)
    return renamed(b, rows, name)


# ---- the trace with unit vectors


def _with_units(
    trace: Trace, role: str, movers: Sequence[Var], spaces: Sequence[Atom], place: int, blocks: Blocks
) -> Trace:
    """The trace in which unit vectors, made at a place, stand for the inputs `movers`, and what `blocks` then makes."""
    b, body, table = builder(), trace.body, trace.procedures
    known = [entry.var for entry in trace.inputs if entry.var not in movers]
    ahead, behind = body.equations[:place], body.equations[place:]
    b.extend(ahead)
    b.role = role
    units = units_of(Shapes.of_inputs(b, known), spaces, [mover.name for mover in movers])
    given = dict(zip(movers, units.vectors, strict=True))
    rest = Region((), behind, body.results)
    if units.alone:
        equations, results = instance(rest, given)
        b.extend(equations)
        moved = dict(zip(body.results, results, strict=True))
        made = tuple(blocks(units, lambda a: moved[a]))
    else:
        procedures = BatchedProcedures(trace, rest, given)
        batch = Batch(b, rest, given, units.count, procedures)
        batch.equations(behind)
        made, table = tuple(blocks(units, batch.whole)), procedures.table(units.count)
    return replace(trace, body=Region((), tuple(b.equations), made), procedures=table)


# ---- what comes back


def _jacobian(trace: Trace, wrt: Sequence[int], structure: Tree, made: Trace) -> Trace:
    """The trace that returns blocks, in their places in the structures of results and arguments."""
    distinct = list(dict.fromkeys(wrt))
    inner = {k: distinct.index(number) for k, number in enumerate(wrt)}
    outer = {k: place * len(distinct) for place, k in enumerate(_moving(trace))}
    output = _nested(trace.output, structure, outer, inner)
    return replace(trace, name=f"{trace.name}_jac", body=made.body, output=output, procedures=made.procedures)


def _nested(tree: Tree, structure: Tree, outer: dict[int, int], inner: dict[int, int]) -> Tree:
    return with_leaves(tree, lambda k: _placed(structure, outer[k], inner) if k in outer else NOTHING, NOTHING)


def _placed(structure: Tree, first: int, inner: dict[int, int]) -> Tree:
    return with_leaves(structure, lambda k: Leaf(first + inner[k]))


__all__ = ["COLUMNS", "ROWS", "by_columns", "by_rows", "dimension", "way_of"]

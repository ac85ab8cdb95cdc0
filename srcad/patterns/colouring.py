"""Colourings: columns of a sparse matrix that can be evaluated together, as no row sees two of them.

The columns of one colour are evaluated as one, their sum, and each entry is read from the row that it stands in
(Curtis, Powell and Reid, "On the estimation of sparse Jacobian matrices", 1974). That is a colouring of the graph in
which two columns are joined that have a row in common (Coleman and More, "Estimation of sparse Jacobian matrices and
graph coloring problems", 1983). A symmetric matrix needs fewer colours: an entry may be read from its mirror image
instead, and what is asked of the colours is that of a star colouring (Gebremedhin, Manne and Pothen, "What color is
your Jacobian?", 2005).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from srcad.errors import ArgumentError
from srcad.patterns.matrices import SparseMatrix

Colours = NDArray[np.int64]

FEW = 3  # colours that another order need not try to undercut
SMALL = 50_000  # edges of a graph that is worth an order that takes long to find


@dataclass(frozen=True, eq=False)
class Plan:
    """How a sparse matrix is evaluated.

    pattern     where it may have entries, a Boolean `csr_array`
    by          "columns" (by tangents), "rows" (by adjoints), or "symmetric" (columns of a symmetric matrix)
    colours     the colour of each column (or row): those of one colour are evaluated together
    """

    pattern: SparseMatrix
    by: str
    colours: Colours

    @cached_property
    def count(self) -> int:
        """How many evaluations it takes."""
        return int(self.colours.max()) + 1 if self.colours.size else 0

    def seeds(self, first: int, last: int) -> NDArray[np.float64]:
        """A row of ones and zeros for each of some colours."""
        chosen = (self.colours == np.arange(first, last)[:, None]) & (self.pattern.nnz > 0)
        return np.asarray(chosen, float)

    def matrix(self, compressed: NDArray[np.inexact]) -> SparseMatrix:
        """The sparse matrix, from a row for each colour: the sums of the columns (or rows) of that colour."""
        from scipy import sparse

        pattern = self.pattern
        data = np.take(compressed, self.places)
        parts = (data, pattern.indices.copy(), pattern.indptr.copy())
        made: SparseMatrix = sparse.csr_array(parts, shape=pattern.shape)
        return made

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Where the compressed rows, put end to end, have each entry."""
        columns = self.pattern.indices.astype(np.int64)
        rows = np.repeat(np.arange(self.pattern.shape[0]), np.diff(self.pattern.indptr))
        if self.by == "rows":
            return np.asarray(self.colours[rows] * self.pattern.shape[1] + columns)
        direct = np.asarray(self.colours[columns] * self.pattern.shape[0] + rows)
        if self.by == "columns":
            return direct
        return np.where(self.alone(rows, columns), direct, self.colours[rows] * self.pattern.shape[0] + columns)

    def alone(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether an entry is the only one of its colour in its row; if not, its mirror image is in its own."""
        keys = rows * np.int64(self.count) + self.colours[columns]
        _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
        alone: NDArray[np.bool_] = counts[place] == 1
        return alone

    def __repr__(self) -> str:
        way = {"rows": "rows, by adjoints", "columns": "columns, by tangents"}.get(self.by, "a symmetric matrix")
        shape = " x ".join(map(str, self.pattern.shape))
        return f"<{shape}, {self.pattern.nnz} entries: {self.count} colours of {way}>"


def plan(pattern: SparseMatrix, by: str | None = None) -> Plan:
    """The plan with fewer colours of columns and rows; columns where there is no difference.

    `by`: "columns" or "rows" alone; "symmetric": columns, of a matrix that is.
    """
    if by == "symmetric":
        stars = Plan(pattern, by, star_colours(pattern))
        if stars.count <= fullest(pattern):
            return stars
        return min(stars, Plan(pattern, "columns", column_colours(pattern)), key=lambda found: found.count)
    turned = pattern.T.tocsr()
    sides = {"columns": pattern, "rows": turned}
    if by is not None:
        return Plan(pattern, by, column_colours(sides[by]))
    first, second = sorted(sides, key=lambda side: fullest(sides[side]))
    one = Plan(pattern, first, column_colours(sides[first]))
    if one.count <= fullest(sides[second]):
        return one
    other = Plan(pattern, second, column_colours(sides[second]))
    return min(one, other, key=lambda found: (found.count, found.by != "columns"))


def fullest(pattern: SparseMatrix) -> int:
    """The entries of the row that has most: so many colours do the columns need at least."""
    return int(np.diff(pattern.indptr).max(initial=0))


def column_colours(pattern: SparseMatrix) -> Colours:
    """A colour for each column, others for columns with a row in common."""
    bound = fullest(pattern)
    filled = np.flatnonzero(np.bincount(pattern.indices, minlength=pattern.shape[1]))
    colours = np.zeros(pattern.shape[1], np.int64)
    if bound <= 1 or bound == filled.size:
        colours[filled] = np.arange(filled.size) if bound > 1 else 0
        return colours
    graph = intersections(pattern)
    best = min(_tried(graph, bound), key=lambda found: max(found.values()))
    colours[list(best)] = list(best.values())
    return colours


class ColumnGraph(Protocol):
    """What is used of networkx' graphs, which have no types: one whose nodes are columns."""

    def add_nodes_from(self, nodes: Iterable[int], /) -> None: ...

    def add_edges_from(self, edges: Iterable[tuple[int, int]], /) -> None: ...

    def number_of_edges(self) -> int: ...

    def __iter__(self) -> Iterator[int]: ...


def intersections(pattern: SparseMatrix) -> ColumnGraph:
    """The graph whose nodes are the columns with entries, joined where they have a row in common."""
    networkx = _networkx()
    joined = (pattern.T @ pattern).tocoo()
    above = joined.row < joined.col
    graph: ColumnGraph = networkx.Graph()
    graph.add_nodes_from(np.unique(pattern.indices).tolist())
    graph.add_edges_from(zip(joined.row[above].tolist(), joined.col[above].tolist(), strict=True))
    return graph


def _tried(graph: ColumnGraph, bound: int) -> Iterator[dict[int, int]]:
    """Greedy colourings in several orders, until one needs no more colours than it must."""
    orders: list[str | Callable[[ColumnGraph, object], list[int]]] = [lambda graph, _: sorted(graph), "largest_first"]
    if graph.number_of_edges() < SMALL:
        orders.append("smallest_last")
    for order in orders:
        found: dict[int, int] = _networkx().greedy_color(graph, order)
        yield found
        if max(found.values()) + 1 == bound:
            return


def _networkx() -> ModuleType:
    try:
        import networkx
    except ImportError:
        what = "the colouring of a sparse matrix needs networkx, which isn't installed"
        raise ArgumentError(what, do="pip install networkx") from None
    module: ModuleType = networkx
    return module


# ---- symmetric matrices


def star_colours(pattern: SparseMatrix) -> Colours:
    """A star colouring of the graph of a symmetric matrix, greedy, in the better of two orders."""
    pattern = pattern.tocsr()
    neighbours = [
        [j for j in row.tolist() if j != i] for i, row in enumerate(np.split(pattern.indices, pattern.indptr[1:-1]))
    ]
    if pattern.shape[0] == 0:
        return np.zeros(0, np.int64)
    degrees = np.array([len(row) for row in neighbours])
    orders = (np.arange(len(neighbours)), np.argsort(-degrees, kind="stable"))
    best = Stars(neighbours).coloured(orders[0].tolist())
    if best.max() < FEW:
        return best
    return min(best, Stars(neighbours).coloured(orders[1].tolist()), key=lambda found: int(found.max()))


class Stars:
    """A star colouring in the making: neighbours have different colours, and no path of four nodes has only two.

    near     for each node, its coloured neighbours by their colour
    closed   for each node, the colours of those neighbours that have a further neighbour of its own colour: a node of
             such a colour beside it would end a path of four nodes with two colours
    """

    def __init__(self, neighbours: Sequence[Sequence[int]]) -> None:
        self.neighbours = neighbours
        self.colours = np.full(len(neighbours), -1, np.int64)
        self.near: list[dict[int, list[int]]] = [{} for _ in neighbours]
        self.closed: list[set[int]] = [set() for _ in neighbours]

    def coloured(self, order: Sequence[int]) -> Colours:
        for node in order:
            self.give(node, next(c for c in self.allowed(node)))
        return self.colours

    def allowed(self, node: int) -> Iterator[int]:
        near, taken = self.near[node], set(self.near[node])
        for nodes in near.values():
            for neighbour in nodes:
                taken |= self.closed[neighbour] if len(nodes) == 1 else self.near[neighbour].keys()
        return (c for c in count() if c not in taken)

    def give(self, node: int, colour: int) -> None:
        self.colours[node] = colour
        for nodes in self.near[node].values():
            if len(nodes) > 1:
                for neighbour in nodes:
                    self.closed[neighbour].add(colour)
        for neighbour in self.neighbours[node]:
            same = self.near[neighbour].setdefault(colour, [])
            same.append(node)
            if len(same) > 1 and self.colours[neighbour] >= 0:
                for other in same if len(same) == 2 else (node,):
                    self.closed[other].add(int(self.colours[neighbour]))


__all__ = ["Plan", "plan"]

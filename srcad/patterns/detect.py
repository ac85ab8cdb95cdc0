"""Which results depend on which inputs: a run of a trace at values, with the set of its inputs beside each number.

a = x[:-1]                  a: {0} {1}             the pattern, a row for each
b = np.sin(x[1:])     ->    b: {1} {2}       ->    element of y:
y = a * b                   y: {0,1} {1,2}         1 1 0
                                                   0 1 1
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, islice
from weakref import WeakSet

import numpy as np

from srcad.ops.catalogue import OPS, Kind
from srcad.ops.meaning import Meanings
from srcad.patterns import elementwise, linear, moving, reducing, sequences
from srcad.patterns.dependent import (
    Case,
    Dependent,
    Nested,
    dependent,
    depends,
    filled,
    flattened,
    ids_of,
    is_inexact,
    parts_of,
    shape_of,
    value_of,
)
from srcad.patterns.matrices import SparseMatrix
from srcad.patterns.sets import FIRST, FLAT, NONE, Ids, Sets
from srcad.runtime import HELPERS
from srcad.trace.evaluate import evaluate
from srcad.trace.fields import fields_of_class
from srcad.trace.nodes import Leaf, Node, Trace, Tree

Flat = Callable[[str], bool]

TABLE = {**elementwise.TABLE, **moving.TABLE, **reducing.TABLE, **linear.TABLE, **sequences.TABLE}

COMPACT_FROM = 4_000_000  # entries in the table of sets; beyond, those that nobody holds any more make room


def pattern(trace: Trace, values: Sequence[object], wrt: Sequence[int], flat: Flat) -> SparseMatrix:
    """The Jacobian's pattern at these values of the inputs: a Boolean sparse matrix.

    It has a row for each float among the results, and a column for each among the inputs `wrt`, one after the other.
    Branches, loops and indices are those of this run: elsewhere the pattern may be another. `flat` tells the
    operations whose derivative is zero.
    """
    sets, results = detect(trace, values, wrt, flat)
    ids = [np.zeros(0, np.int64), *_rows(trace.output, results)]
    found = sets.matrix(np.concatenate(ids))
    found.sort_indices()
    return found


def _rows(tree: Tree, results: Sequence[object]) -> Iterator[Ids]:
    """The sets of the floats in a result, in the order in which Python runs through it."""
    if isinstance(tree, Node):
        for child in _ordered(tree):
            yield from _rows(child, results)
    else:
        for value in parts_of(results[tree.index] if isinstance(tree, Leaf) else tree.value):
            if is_inexact(value_of(value)):
                yield np.ravel(filled(ids_of(value), shape_of(value_of(value))))


def _ordered(tree: Node) -> Sequence[Tree]:
    """The children, those of a dataclass in the order of its fields."""
    if tree.kind != "dataclass" or tree.cls is None:
        return tree.children
    by_name = dict(zip(tree.keys, tree.children, strict=True))
    return [by_name[name] for name in fields_of_class(tree.cls) or tree.keys if name in by_name]


def detect(trace: Trace, values: Sequence[object], wrt: Sequence[int], flat: Flat) -> tuple[Sets, tuple[object, ...]]:
    """The flat results of a trace, those that depend on the inputs `wrt` as `Dependent`."""
    numbers = count(FIRST)
    seeds = {k: _numbered(values[k], numbers) for k in wrt}
    sets = Sets(next(numbers) - FIRST)
    meanings = Dependencies(sets, Meanings(names(trace)), flat)
    given = [meanings.made(value, seeds[k]) if k in seeds else value for k, value in enumerate(values)]
    return sets, evaluate(trace, given, meanings)


def _numbered(value: object, numbers: Iterator[int]) -> Nested:
    """The set of itself for each float."""
    if isinstance(value, (list, tuple)):
        return [_numbered(part, numbers) for part in value]
    if not is_inexact(value):
        return NONE
    shape = shape_of(value)
    return np.fromiter(islice(numbers, math.prod(shape)), np.int64).reshape(shape)


def names(trace: Trace) -> dict[str, object]:
    """What spellings may refer to."""
    import scipy
    import scipy.special  # which makes it an attribute of scipy

    return {**HELPERS, "scipy": scipy, **trace.bindings}


class Dependencies(Mapping[str, Callable[..., object]]):
    """What the operations mean for values that may be `Dependent`."""

    def __init__(self, sets: Sets, plain: Mapping[str, Callable[..., object]], flat: Flat) -> None:
        self.sets = sets
        self.plain = plain
        self.flat = flat
        self.alive: WeakSet[Dependent] = WeakSet()
        self.limit = COMPACT_FROM

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)

    def __getitem__(self, name: str) -> Callable[..., object]:
        plain = self.plain[name]
        if OPS[name].kind is Kind.COLLECTION:
            return plain

        def function(*operands: object, **params: object) -> object:
            if not any(map(depends, operands)):
                return plain(*operands, **params)
            return self.operation(name, plain, operands, params)

        return function

    def operation(
        self, name: str, plain: Callable[..., object], operands: tuple[object, ...], params: Mapping[str, object]
    ) -> object:
        if self.sets.entries > self.limit:
            self.make_room()
        values = tuple(map(value_of, operands))
        result = plain(*values, **params)
        facts = OPS[name]
        if result is None or all(map(facts.blind_to, range(len(operands)))):
            return result
        case = Case(self.sets, values, tuple(map(ids_of, operands)), params, result, plain)
        return self.made(result, self.ids(name, case))

    def ids(self, name: str, case: Case) -> Nested:
        """The sets of the results of an operation: where nothing better is known, each depends on all operands."""
        if self.flat(name):
            return FLAT if any(np.any(ids) for ids in flattened(case.ids)) else NONE
        if name in TABLE:
            return TABLE[name](case)
        if OPS[name].elementwise:
            return elementwise.elementwise(case)
        return case.everything()

    def made(self, value: object, ids: Nested) -> object:
        """A result with its sets, which are kept as long as it is."""
        made = dependent(value, ids)
        if type(made) is Dependent:
            self.alive.add(made)
            return made
        self.alive.update(one for one in parts_of(made) if type(one) is Dependent)
        return made

    def make_room(self) -> None:
        """Forget the sets that no value has any more."""
        alive = list(self.alive)
        numbers = self.sets.compact(np.concatenate([np.ravel(one.ids) for one in alive]))
        for one in alive:
            one.ids = int(numbers[one.ids]) if isinstance(one.ids, int) else numbers[one.ids]
        self.limit = max(COMPACT_FROM, 2 * self.sets.entries)

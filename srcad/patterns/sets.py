"""Sets of inputs, in one table: the number of a row stands for the set, so that arrays of sets are arrays of integers.

Row 0 is the empty set. Row 1 is empty too, and marks what was computed from the inputs and has no derivative (a
comparison, a rounded number): it is no dependency, but no constant either. Row 2 + j is {j}. Rows are only ever added,
in compressed sparse rows; a union is a product of Boolean sparse matrices.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from srcad.errors import ArgumentError
from srcad.patterns.matrices import SparseMatrix

Ids = NDArray[np.int64]
Held = int | Ids  # the set of a number, the sets of an array

NONE, FLAT, FIRST = 0, 1, 2
MANY = 2**31 - 1  # SciPy's indices are 32 bits wide below this many entries


class Sets:
    """Sets of integers below `size`."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = FIRST + size
        self.starts = _grown(np.concatenate([[0, 0], np.arange(size + 1)]), 64)
        self.members = _grown(np.arange(size), 64)
        self.true = np.ones(self.members.size, bool)
        self.joined: dict[tuple[int, int], int] = {}

    @property
    def entries(self) -> int:
        return int(self.starts[self.count])

    def lengths(self, ids: Ids) -> NDArray[np.int32]:
        """How many members the sets have."""
        return self.starts[ids + 1] - self.starts[ids]

    def matrix(self, ids: Ids) -> SparseMatrix:
        """The sets as the rows of a Boolean sparse matrix."""
        return self.table()[ids]

    def table(self) -> SparseMatrix:
        from scipy import sparse

        n = self.entries
        rows = self.true[:n], self.members[:n], self.starts[: self.count + 1]
        made: SparseMatrix = sparse.csr_array(rows, shape=(self.count, self.size))
        return made

    # ---- unions

    def union(self, a: Held, b: Held) -> Held:
        """Elementwise, of numbers or arrays of sets that broadcast."""
        if isinstance(a, int) and isinstance(b, int):
            return self.join(a, b)
        if np.ndim(a) == np.ndim(b) == 0:
            return self.join(int(a), int(b))
        one, other = np.broadcast_arrays(a, b)
        small, large = np.minimum(one, other), np.maximum(one, other)
        unsettled = (small >= FIRST) & (small != large)
        if not unsettled.any():
            return np.asarray(large)
        pairs, places = np.unique(small[unsettled] * np.int64(self.count) + large[unsettled], return_inverse=True)
        found = self.unions(np.repeat(np.arange(pairs.size), 2), np.stack(np.divmod(pairs, self.count), 1).ravel())
        result = np.array(large)
        result[unsettled] = found[places]
        return result

    def join(self, a: int, b: int) -> int:
        """The union of two sets."""
        a, b = (a, b) if a <= b else (b, a)
        if a < FIRST or a == b:
            return b
        if (a, b) not in self.joined:
            self.joined[a, b] = self.new_join(a, b)
        return self.joined[a, b]

    def new_join(self, a: int, b: int) -> int:
        starts = self.starts
        one, other = self.members[starts[a] : starts[a + 1]], self.members[starts[b] : starts[b + 1]]
        both = np.concatenate([one, other])
        both.sort()
        both = both[np.concatenate([[True], both[1:] != both[:-1]])]
        if both.size in (one.size, other.size):
            return a if both.size == one.size else b
        return int(self.append(both, np.array([both.size]))[0])

    def groups(self, owners: NDArray[np.integer], ids: Ids, count: int) -> Ids:
        """The unions of groups of sets: `owners` has the number of its group beside each set."""
        owners, ids = np.ravel(owners), np.ravel(ids)
        result = np.zeros(count, np.int64)
        np.maximum.at(result, owners, ids)  # right where there is one set, or one beside empty ones
        keep = ids >= FIRST
        owners, ids = owners[keep], ids[keep]
        mixed = np.zeros(count, bool)
        mixed[owners[ids != result[owners]]] = True
        keep = mixed[owners]
        if keep.any():
            numbers = np.cumsum(mixed) - 1
            result[mixed] = self.unions(numbers[owners[keep]], ids[keep])
        return result

    def unions(self, owners: Ids, ids: Ids) -> Ids:
        """The unions of groups of several sets, none empty; one that is a set of its group is no new row."""
        from scipy import sparse

        count = int(owners.max()) + 1
        used, columns = self.numbered(ids)
        chosen: SparseMatrix = sparse.csr_array((np.ones(ids.size, bool), (owners, columns)), shape=(count, used.size))
        product = chosen @ self.matrix(used)
        sizes = np.diff(product.indptr)
        lengths = self.lengths(ids)
        same = lengths == sizes[owners]
        result = np.zeros(count, np.int64)
        result[owners[same]] = ids[same]
        new = result == NONE
        if new.any():
            fresh = product if new.all() else product[new]
            result[new] = self.append(fresh.indices, np.diff(fresh.indptr))
        return result

    def numbered(self, ids: Ids) -> tuple[Ids, Ids]:
        """The sets that occur, and for each of `ids` which of these it is."""
        if self.count > 8 * ids.size:
            return np.unique(ids, return_inverse=True)
        occurs = np.zeros(self.count, bool)
        occurs[ids] = True
        return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[ids]

    def reduce(self, ids: Ids, axes: Iterable[int], keepdims: bool = False) -> Ids:
        """The unions along axes."""
        axes = tuple(a % ids.ndim for a in axes)
        kept = tuple(k for k in range(ids.ndim) if k not in axes)
        shape = tuple(ids.shape[k] for k in kept)
        count, each = (int(np.prod([ids.shape[k] for k in some], dtype=int)) for some in (kept, axes))
        owners = np.repeat(np.arange(count), each)
        result = self.groups(owners, ids.transpose((*kept, *axes)), count).reshape(shape)
        return np.expand_dims(result, axes) if keepdims else result

    def all_of(self, ids: Held) -> int:
        """The union of all."""
        if isinstance(ids, int):
            return ids
        return int(self.groups(np.zeros(ids.size, np.int64), ids, 1)[0])

    # ---- rows

    def append(self, members: NDArray[np.integer], sizes: NDArray[np.integer]) -> Ids:
        """Further rows, of these sizes, whose members stand one after the other."""
        first, start = self.count, self.entries
        if start + members.size > MANY:
            raise ArgumentError(
                f"the pattern has more than {MANY} entries: it is not sparse",
                do="use srcad.jacobian, or give the pattern with sparsity=",
            )
        if start + members.size > self.members.size:
            self.members = _grown(self.members, start + members.size)
            self.true = np.ones(self.members.size, bool)
        if first + sizes.size + 1 > self.starts.size:
            self.starts = _grown(self.starts, first + sizes.size + 1)
        self.members[start : start + members.size] = members
        self.starts[first + 1 : first + 1 + sizes.size] = start + np.cumsum(sizes)
        self.count += sizes.size
        return np.arange(first, self.count)

    def compact(self, live: Ids) -> Ids:
        """Keep only rows that are live; for each old row its new number."""
        occurs = np.arange(self.count) < FIRST + self.size
        occurs[live] = True
        kept = np.flatnonzero(occurs)
        rows = self.matrix(kept[FIRST + self.size :])
        numbers = np.zeros(self.count, np.int64)
        numbers[kept] = np.arange(kept.size)
        self.count = FIRST + self.size
        self.joined.clear()
        self.append(rows.indices, np.diff(rows.indptr))
        return numbers


def _grown(values: NDArray[np.integer], size: int) -> NDArray[np.int32]:
    """A longer array that starts with these values."""
    longer = np.zeros(max(2 * values.size, size), np.int32)
    longer[: values.size] = values
    return longer

"""Products and linear algebra.

A product of arrays is an einsum. Each number of its result depends on those of both operands that are multiplied for
it, but for those that meet nothing but zeros that are constants: a matrix of the program's may be sparse, too. What
works on whole matrices (solving, inverting, factoring) depends on all of each matrix, and on no other of a stack.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters

import numpy as np

from srcad.ops.catalogue import OPS, Kind
from srcad.ops.einsum import Einsum, parse
from srcad.patterns.dependent import Case, Nested, filled, shape_of
from srcad.patterns.sets import NONE, Held, Ids

LARGEST = 50_000_000  # products that are looked at one by one; beyond, zeros among the constants are not used

# ---- products


def _contracted(case: Case, notation: Einsum) -> Held:
    """The sets of the result of an einsum of the operands."""
    total: Held = NONE
    for k in range(len(case.ids)):
        if np.any(case.own(k)):
            found = _beside_zeros(case, notation, k)
            total = case.sets.union(total, _summed(case, notation, k) if found is None else found)
    return total


def _summed(case: Case, notation: Einsum, k: int) -> Ids:
    """The sets of one operand that reach each place of the result, whatever they are multiplied by."""
    term, ids = notation.inputs[k], case.full(k)
    letters = "".join(dict.fromkeys(term))
    if letters != term:
        ids = np.einsum(f"{term}->{letters}", ids)
    left = [c for c in letters if c in notation.output]
    ids = case.sets.reduce(ids, [a for a, c in enumerate(letters) if c not in left])
    order = sorted(left, key=notation.output.index)
    ids = np.transpose(ids, [left.index(c) for c in order])
    return ids[tuple(slice(None) if c in left else np.newaxis for c in notation.output)]


def _beside_zeros(case: Case, notation: Einsum, k: int) -> Ids | None:
    """The sets of one operand that reach each place, zeros of the other left out.

    None where the other is no constant with zeros, or there is too much to do.
    """
    if len(case.values) != 2 or not _plain(notation):
        return None
    other, term = notation.inputs[1 - k], notation.inputs[k]
    constants = np.asarray(case.values[1 - k])
    zero = (constants == 0) & (filled(case.ids[1 - k], constants.shape) == NONE)
    lengths = _lengths(case, notation)
    free = [c for c in term if c not in other]
    sizes = [lengths[c] for c in free]
    count = (zero.size - np.count_nonzero(zero)) * int(np.prod(sizes, dtype=int))
    stretched = any(n != lengths[c] for c, n in zip(other + term, constants.shape + case.full(k).shape, strict=True))
    if not zero.any() or stretched or count > LARGEST:
        return None
    places: dict[str, Ids] = {c: found[:, None] for c, found in zip(other, np.nonzero(~zero), strict=True)}
    for c, found in zip(free, np.indices(sizes), strict=True):
        places[c] = found.reshape(1, -1)
    return _scattered(case, notation, places, case.full(k)[tuple(places[c] for c in term)])


def _scattered(case: Case, notation: Einsum, places: dict[str, Ids], ids: Ids) -> Ids:
    """The unions of the sets that go to the same place of the result."""
    shape = tuple(_lengths(case, notation)[c] for c in notation.output)
    entries = np.broadcast_shapes(ids.shape, *(found.shape for found in places.values()))
    owners = np.zeros(entries, np.int64)
    for c, n in zip(notation.output, shape, strict=True):
        owners = owners * n + places[c]
    count = int(np.prod(shape, dtype=int))
    return case.sets.groups(owners, np.broadcast_to(ids, entries), count).reshape(shape)


def _plain(notation: Einsum) -> bool:
    """No letter stands twice in an operand, and those of the result stand in one."""
    terms = (*notation.inputs, notation.output)
    return all(len(set(term)) == len(term) for term in terms) and set(notation.output) <= set("".join(terms[:-1]))


def _lengths(case: Case, notation: Einsum) -> dict[str, int]:
    """How long each letter is; operands with length 1 are stretched."""
    lengths: dict[str, int] = {}
    for term, value in zip(notation.inputs, case.values, strict=True):
        for c, n in zip(term, shape_of(value), strict=True):
            lengths[c] = n if lengths.get(c, 1) == 1 else lengths[c]
    return lengths


def _einsum(case: Case) -> Nested:
    return _contracted(case, parse(case.params["subscripts"], [len(shape_of(value)) for value in case.values]))


def _matmul(case: Case) -> Nested:
    """Vectors are rows on the left and columns on the right; stacks of matrices broadcast."""
    left, right = (len(shape_of(value)) for value in case.values)
    if 0 in (left, right):
        return case.sets.union(case.own(0), case.own(1))
    stack = ascii_letters[: max(left, right, 2) - 2]
    a = stack[len(stack) - (left - 2) :] + "XY" if left > 1 else "Y"
    b = stack[len(stack) - (right - 2) :] + "YZ" if right > 1 else "Y"
    stacked = stack if max(left, right) > 2 else ""
    return _contracted(case, Einsum((a, b), stacked + ("X" if left > 1 else "") + ("Z" if right > 1 else "")))


def _outer(case: Case) -> Nested:
    one, other = (np.ravel(case.full(k)) for k in (0, 1))
    return case.sets.union(one[:, None], other[None, :])


def _inner(case: Case) -> Nested:
    left, right = (len(shape_of(value)) for value in case.values)
    if 0 in (left, right):
        return case.sets.union(case.own(0), case.own(1))
    a, b = ascii_letters[: left - 1], ascii_letters[left - 1 : left + right - 2]
    return _contracted(case, Einsum((a + "Z", b + "Z"), a + b))


def _tensordot(case: Case) -> Nested:
    left, right = case.params["axes"]
    a = list(ascii_letters[: len(shape_of(case.values[0]))])
    b = list(ascii_letters[26 : 26 + len(shape_of(case.values[1]))])
    for k, j in zip(left, right, strict=True):
        b[j] = a[k]
    free = [c for c in a if c not in b] + [c for c in b if c not in a]
    return _contracted(case, Einsum(("".join(a), "".join(b)), "".join(free)))


def _kron(case: Case) -> Nested:
    """The axes of both operands in turn, put together in pairs."""
    shapes = [shape_of(value) for value in case.values]
    rank = max(map(len, shapes))
    ids = [np.reshape(case.full(k), (1,) * (rank - len(shape)) + shape) for k, shape in enumerate(shapes)]
    one = np.expand_dims(ids[0], tuple(range(1, 2 * rank, 2)))
    other = np.expand_dims(ids[1], tuple(range(0, 2 * rank, 2)))
    return np.reshape(case.sets.union(one, other), case.shape)


def _cross(case: Case) -> Nested:
    """Each component depends on the two others of both vectors."""
    if any(shape_of(value)[-1] != 3 for value in case.values):
        return case.everything()
    both = np.asarray(case.sets.union(case.full(0), case.full(1)))
    return case.sets.union(np.roll(both, 1, -1), np.roll(both, 2, -1))


# ---- whole matrices


def _per_matrix(case: Case) -> Nested:
    """All numbers of a matrix for each number that is made of it."""
    return _spread(case.sets.reduce(case.full(0), (-2, -1)), case.result)


def _spread(stack: Ids, result: object) -> Nested:
    """A set for each matrix of a stack, over what is made of these matrices."""
    if isinstance(result, (tuple, list)):
        return [_spread(stack, part) for part in result]
    return np.reshape(stack, stack.shape + (1,) * (len(shape_of(result)) - stack.ndim))


def _solve(case: Case) -> Nested:
    """A column of the solution depends on the matrix and on its own right-hand side."""
    matrices = case.sets.reduce(case.full(0), (-2, -1), True)
    if len(shape_of(case.values[1])) == 1:
        return case.sets.union(np.squeeze(matrices, -1), case.sets.reduce(case.full(1), (-1,), True))
    return case.sets.union(matrices, case.sets.reduce(case.full(1), (-2,), True))


_FACTORS = [name for name, declared in OPS.items() if declared.kind is Kind.FACTORISATION and declared.most == 1]

TABLE: dict[str, Callable[[Case], Nested]] = {
    "einsum": _einsum,
    **dict.fromkeys(("matmul", "dot"), _matmul),
    "outer": _outer,
    "inner": _inner,
    "tensordot": _tensordot,
    "kron": _kron,
    "cross": _cross,
    "solve": _solve,
    **dict.fromkeys(_FACTORS, _per_matrix),
}

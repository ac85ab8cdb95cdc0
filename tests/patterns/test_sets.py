"""The table of sets against Python's sets."""

from __future__ import annotations

import numpy as np

from srcad.patterns.sets import FIRST, FLAT, NONE, Sets

SIZE = 7


def content(sets: Sets, ids: object) -> list[set[int]]:
    matrix = sets.matrix(np.ravel(np.asarray(ids)))
    return [set(matrix.indices[a:b].tolist()) for a, b in zip(matrix.indptr, matrix.indptr[1:], strict=False)]


def random_ids(sets: Sets, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.integers(0, sets.count, size=shape)


def test_unions() -> None:
    rng, sets = np.random.default_rng(0), Sets(SIZE)
    for _ in range(30):
        a, b = random_ids(sets, rng, (3, 1)), random_ids(sets, rng, (4,))
        due = [x | y for x, y in zip(*(content(sets, np.broadcast_to(v, (3, 4))) for v in (a, b)), strict=True)]
        assert content(sets, sets.union(a, b)) == due
        one, other = int(a[0, 0]), int(b[0])
        assert content(sets, sets.join(one, other)) == [due[0]]


def test_groups() -> None:
    rng, sets = np.random.default_rng(1), Sets(SIZE)
    for _ in range(30):
        owners, ids = rng.integers(0, 5, size=12), random_ids(sets, rng, (12,))
        parts = content(sets, ids)
        due = [set().union(*(part for owner, part in zip(owners, parts, strict=True) if owner == k)) for k in range(6)]
        assert content(sets, sets.groups(owners, ids, 6)) == due


def test_reductions() -> None:
    rng, sets = np.random.default_rng(2), Sets(SIZE)
    ids = random_ids(sets, rng, (2, 3, 4))
    kept = sets.reduce(ids, (0, -1), keepdims=True)
    assert kept.shape == (1, 3, 1)
    assert sets.reduce(ids, (0, -1)).shape == (3,)
    for k in range(3):
        assert content(sets, kept[0, k, 0]) == [set().union(*content(sets, ids[:, k]))]
    assert sets.reduce(np.zeros((0, 2), np.int64), (0,)).tolist() == [NONE, NONE]
    assert content(sets, sets.all_of(ids)) == [set().union(*content(sets, ids))]


def test_what_is_flat_is_neither_a_constant_nor_a_dependency() -> None:
    sets = Sets(2)
    assert sets.join(NONE, FLAT) == FLAT
    assert sets.join(FLAT, FIRST) == FIRST
    assert sets.groups(np.zeros(2, int), np.array([NONE, FLAT]), 1).tolist() == [FLAT]


def test_a_union_that_is_there_is_no_new_row() -> None:
    sets = Sets(4)
    both = sets.join(FIRST, FIRST + 1)
    count = sets.count
    assert sets.join(both, FIRST) == both
    assert sets.union(np.array([both]), np.array([FIRST + 1])).tolist() == [both]
    assert sets.count == count


def test_making_room() -> None:
    rng, sets = np.random.default_rng(3), Sets(SIZE)
    for _ in range(20):
        sets.union(random_ids(sets, rng, (9,)), random_ids(sets, rng, (9,)))
    ids = random_ids(sets, rng, (6,))
    before, entries = content(sets, ids), sets.entries
    ids = sets.compact(ids)[ids]
    assert content(sets, ids) == before
    assert sets.entries < entries
    assert content(sets, sets.union(ids[:3], ids[3:])) == [a | b for a, b in zip(before[:3], before[3:], strict=True)]

"""Colourings: what they promise, that a matrix comes back from its compressed form, and how many colours there are."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import sparse

from srcad.patterns.colouring import Plan, column_colours, plan, star_colours


def random_pattern(seed: int, rows: int, columns: int, density: float) -> sparse.csr_array:
    rng = np.random.default_rng(seed)
    return sparse.csr_array(rng.random((rows, columns)) < density)


def symmetric(seed: int, n: int, density: float) -> sparse.csr_array:
    half = random_pattern(seed, n, n, density)
    return sparse.csr_array(half + half.T)


def restored(way: Plan, matrix: np.ndarray) -> np.ndarray:
    """The matrix by way of its compressed form."""
    map_of = matrix.T if way.by == "rows" else matrix
    return way.matrix(way.seeds(0, way.count) @ map_of.T).toarray()


@pytest.mark.parametrize("seed", range(20))
def test_jacobians_come_back(seed: int) -> None:
    pattern = random_pattern(seed, 12, 9, 0.05 + 0.02 * seed)
    matrix = pattern.toarray() * np.random.default_rng(seed).normal(size=pattern.shape)
    for by in ("columns", "rows", None):
        way = plan(pattern, by)
        np.testing.assert_array_equal(restored(way, matrix), matrix)
    counts = [plan(pattern, by).count for by in ("columns", "rows")]
    assert plan(pattern).count == min(counts)


@pytest.mark.parametrize("seed", range(20))
def test_columns_of_a_colour_have_no_row_in_common(seed: int) -> None:
    pattern = random_pattern(seed, 15, 20, 0.1)
    colours = column_colours(pattern)
    for row in pattern.toarray():
        seen = colours[row].tolist()
        assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("seed", range(20))
def test_hessians_come_back(seed: int) -> None:
    pattern = symmetric(seed, 10, 0.03 + 0.015 * seed)
    half = np.random.default_rng(seed).normal(size=pattern.shape)
    matrix = pattern.toarray() * (half + half.T)
    way = plan(pattern, "symmetric")
    np.testing.assert_array_equal(restored(way, matrix), matrix)
    assert way.count <= plan(pattern, "columns").count


@pytest.mark.parametrize("seed", range(10))
def test_paths_of_four_nodes_have_three_colours(seed: int) -> None:
    pattern = symmetric(seed, 8, 0.15)
    colours, joined = star_colours(pattern), pattern.toarray()
    for a, b, c, d in permutations(range(8), 4):
        if joined[a, b] and joined[b, c] and joined[c, d]:
            assert len({colours[k] for k in (a, b, c, d)}) >= 3


def banded(n: int, width: int) -> sparse.csr_array:
    offsets = range(-width, width + 1)
    return sparse.csr_array(sparse.diags_array([np.ones(n)] * len(offsets), offsets=offsets, shape=(n, n)))


@pytest.mark.parametrize("n", [10, 1000])
def test_counts(n: int) -> None:
    """As many as the fullest row has, where that can be; however many columns there are."""
    assert plan(banded(n, 1), "columns").count == 3
    assert plan(banded(n, 2), "columns").count == 5
    assert plan(banded(n, 1), "symmetric").count == 3
    assert plan(sparse.csr_array(sparse.eye_array(n)), "columns").count == 1
    assert plan(sparse.csr_array(np.ones((1, n)))).by == "rows"
    first_row = sparse.csr_array((np.ones(n), (np.zeros(n, int), np.arange(n))), shape=(n, n))
    arrow = sparse.csr_array(sparse.eye_array(n) + first_row)
    assert (plan(arrow).by, plan(arrow).count) == ("rows", 2)
    assert plan(sparse.csr_array(arrow + arrow.T), "symmetric").count == 2


def test_nothing_to_colour() -> None:
    for shape in ((0, 0), (3, 0), (0, 3), (3, 3)):
        way = plan(sparse.csr_array(shape, dtype=bool))
        assert restored(way, np.zeros(shape)).shape == shape
    assert plan(sparse.csr_array((0, 0), dtype=bool), "symmetric").count == 0
    assert plan(sparse.csr_array((3, 3), dtype=bool), "symmetric").colours.tolist() == [0, 0, 0]

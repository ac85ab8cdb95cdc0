"""The Jacobian of bundle adjustment: rows of 15 entries, thousands of columns, 15 colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

import srcad
from tests.modules import module_at

PATH = Path(__file__).parent.parent / "examples" / "bundle_adjustment.py"


def example() -> Any:
    return module_at(PATH)


EXAMPLE = example()


def due_pattern(data: Any) -> Any:
    """By the formulation: two rows for each observation, then one for each weight."""
    n, m, seen_by, seen, _ = data
    count = seen.size
    cameras = 11 * seen_by[:, None] + np.arange(11)
    points = 11 * n + 3 * seen[:, None] + np.arange(3)
    weights = 11 * n + 3 * m + np.arange(count)[:, None]
    columns = np.repeat(np.hstack([cameras, points, weights]), 2, axis=0)
    rows = np.repeat(np.arange(2 * count), 15)
    shape = (3 * count, 11 * n + 3 * m + count)
    last = (np.arange(2 * count, 3 * count), weights.ravel())
    places = [np.concatenate(pair) for pair in zip((rows, columns.ravel()), last, strict=True)]
    return sparse.csr_array((np.ones(places[0].size, bool), tuple(places)), shape=shape)


def test_thousands_of_columns() -> None:
    rng = np.random.default_rng(0)
    x, data = EXAMPLE.scene(20, 500, 6, rng)
    x = x + 0.01 * rng.normal(size=x.size)
    derived = srcad.sparse.jacobian(EXAMPLE.residuals)
    way = derived.plan(x, *data)
    assert way.pattern.shape == (9000, 4720)
    assert (way.pattern != due_pattern(data)).nnz == 0
    assert (way.by, way.count) == ("columns", 15)
    J = derived(x, *data)
    v = rng.normal(size=x.size)
    _, due = srcad.jvp(EXAMPLE.residuals, (x, *data), (v, *[None] * len(data)))
    np.testing.assert_allclose(J @ v, due, rtol=1e-9, atol=1e-9)
    given = srcad.sparse.jacobian(EXAMPLE.residuals, sparsity=due_pattern(data))
    assert (given(x, *data) != J).nnz == 0


def test_every_entry_of_a_small_scene() -> None:
    x, data = EXAMPLE.scene(3, 8, 2, np.random.default_rng(1))
    x = x + 0.01
    J = srcad.sparse.jacobian(EXAMPLE.residuals)(x, *data)
    np.testing.assert_allclose(J.toarray(), srcad.jacrev(EXAMPLE.residuals)(x, *data), rtol=1e-9, atol=1e-10)

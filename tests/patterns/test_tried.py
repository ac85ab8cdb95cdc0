"""Patterns of programs that handle exceptions: the way of the run is the one that Python takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import srcad
from srcad import sparse


def roots_or_products(x: Any) -> Any:
    out = []
    for v in x:
        try:
            out.append(math.sqrt(v - 2))
        except ValueError:
            out.append(v * x[2])
    return np.array(out)


def test_what_a_handler_depends_on_is_in_the_pattern() -> None:
    x = np.array([1.2, 2.2, 3.3])
    found = sparse.jacobian(roots_or_products)(x)
    due = np.array([[3.3, 0.0, 1.2], [0.0, 0.5 / math.sqrt(0.2), 0.0], [0.0, 0.0, 0.5 / math.sqrt(1.3)]])
    np.testing.assert_allclose(found.toarray(), due)
    np.testing.assert_allclose(srcad.jacobian(roots_or_products)(x), due)
    assert found.nnz == 4

"""Sums of products as contractions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder
from srcad.trace.dims import ONE, named
from srcad.trace.nodes import Var
from srcad.trace.types import FLOAT, Array
from srcad.trace.verifier import verify
from srcad.transform.simplify.simplify import simplify
from tests.traces import MATRIX, VECTOR, build, ops_of, run


def inner(b: Builder, x: Var, y: Var) -> Any:
    return b.emit("sum", b.emit("multiply", x, y), axis=None, keepdims=False)


def test_a_sum_of_products_of_vectors() -> None:
    before = build({"x": VECTOR, "y": VECTOR}, inner, "adjoint")
    after = simplify(before)
    verify(after, result_types)
    assert ops_of(after) == ["matmul"]
    x, y = np.array([1.0, -2.0, 0.25]), np.array([0.5, 3.0, 8.0])
    assert run(before, x, y) == run(after, x, y) == (-3.5,)


NARROW = Array("float32", VECTOR.dims)
KEPT = {
    "of the user's": (VECTOR, VECTOR, ""),
    "in which one is stretched": (VECTOR, Array("float64", (ONE,)), "adjoint"),
    "in which one may be stretched": (VECTOR, Array("float64", (named("k"),)), "adjoint"),
    "of numbers": (VECTOR, FLOAT, "adjoint"),
    "of matrices": (MATRIX, MATRIX, "adjoint"),
    "of floats that would lose digits": (NARROW, NARROW, "adjoint"),
}


@pytest.mark.parametrize("what", KEPT)
def test_other_sums(what: str) -> None:
    x, y, role = KEPT[what]
    assert ops_of(simplify(build({"x": x, "y": y}, inner, role))) == ["multiply", "sum"]


def test_a_product_that_is_read_again() -> None:
    def body(b: Builder, x: Var, y: Var) -> Any:
        product = b.emit("multiply", x, y)
        return product, b.emit("sum", product, axis=None, keepdims=False)

    assert ops_of(simplify(build({"x": VECTOR, "y": VECTOR}, body, "adjoint"))) == ["multiply", "sum"]

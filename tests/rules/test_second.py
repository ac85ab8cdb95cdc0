"""Rules build equations that have rules: the adjoints of calls, differentiated again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.rules.calls import Known, check_twice

rng = np.random.default_rng(8)
linalg = np.linalg


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


def apart(n: int) -> Any:
    """Numbers that are far enough from each other for differences."""
    return rng.permutation(n) * 0.5 + rng.uniform(0, 0.1, n) - 1


A, B, V, REGULAR = array(3, 4), array(4, 2), array(4), array(3, 3) * 0.3 + 2 * np.eye(3)
CALLS: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (np.matmul, (A, B), {}),
    (np.matmul, (A, V), {}),
    (np.matmul, (array(2, 3, 4), B), {}),
    (np.matmul, (array(2, 3, 4), array(2, 4, 2)), {}),
    (np.matmul, (V, array(2, 4, 2)), {}),
    (np.dot, (V, V + 1), {}),
    (np.outer, (V, array(3)), {}),
    (np.inner, (A, array(2, 4)), {}),
    (np.tensordot, (array(2, 3, 4), array(4, 3)), {"axes": ([2, 1], [0, 1])}),
    (np.einsum, ("ij,jk->ik", A, B), {}),
    (np.einsum, ("ii->i", REGULAR), {}),
    (np.einsum, ("i,ij,j", array(3), A, V), {}),
    (np.kron, (array(2, 2), array(2, 3)), {}),
    (np.cross, (array(2, 3), array(3)), {}),
    (linalg.solve, (REGULAR, array(3)), {}),
    (linalg.solve, (REGULAR, array(3, 2)), {}),
    (linalg.inv, (REGULAR,), {}),
    (linalg.det, (REGULAR,), {}),
    (linalg.slogdet, (REGULAR,), {}),
    (linalg.pinv, (array(4, 3),), {}),
    (linalg.qr, (array(4, 3),), {}),
    (linalg.svd, (array(3, 4),), {"compute_uv": False}),
    (linalg.norm, (V,), {}),
    (linalg.norm, (A,), {"axis": 1}),
    (linalg.norm, (V, Known(2.5)), {}),
    (np.reshape, (A, (2, 6)), {"order": "F"}),
    (np.transpose, (A,), {}),
    (np.concatenate, ([A, array(3, 1)],), {"axis": 1}),
    (np.stack, ([V, V + 1],), {"axis": 1}),
    (np.split, (A, 2), {"axis": 1}),
    (np.tile, (A, (2, 1)), {}),
    (np.repeat, (A, 2), {"axis": 0}),
    (np.repeat, (V, [1, 0, 2, 1]), {}),
    (np.pad, (A, 1), {}),
    (np.diag, (V,), {}),
    (np.diag, (A,), {"k": 1}),
    (np.trace, (REGULAR,), {}),
    (np.trace, (A,), {}),
    (np.broadcast_to, (V, (3, 4)), {}),
    (np.full, ((2, 3), 0.3), {}),
    (np.linspace, (0.3, 1.1, 5), {}),
    (np.arange, (0.3, 2.0, 0.45), {}),
    (np.sort, (apart(5),), {}),
    (np.sort, (apart(6).reshape(2, 3),), {"axis": 0}),
    (np.median, (apart(4),), {}),
    (np.quantile, (apart(6), Known(0.37)), {}),
    (np.diff, (A,), {}),
    (np.gradient, (A, 0.5), {"axis": 0}),
    (np.interp, (np.array([0.3, 1.7, 5.0]), np.array([0.0, 1.1, 2.0, 3.5]), V), {}),
    (np.convolve, (V, array(3)), {}),
    (np.convolve, (V, array(3)), {"mode": "same"}),
    (np.correlate, (V, array(3)), {}),
    (np.polyval, (array(3), V), {}),
    (np.trapezoid, (V, apart(4)), {}),
    (np.average, (V,), {"weights": rng.uniform(0.5, 2, 4)}),
    (np.cov, (A,), {}),
    (np.corrcoef, (A,), {}),
    (np.fft.irfft, (array(4),), {}),
]


@pytest.mark.parametrize(("function", "args", "options"), CALLS, ids=lambda x: getattr(x, "__name__", ""))
def test_adjoints_have_derivatives(function: Any, args: Any, options: Any) -> None:
    check_twice(function, *args, **options)

"""Whether a pattern covers a derivative: every number of the dense matrix that isn't zero must be in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad
from srcad.errors import InternalError, SrcadError
from srcad.sparse import Hessian, Jacobian

LARGEST = 400  # columns that are looked at


def dense(push: Callable[[Any], Any], size: int) -> np.ndarray:
    """The matrix of a linear map, column by column."""
    return push(np.eye(size)).T


def missed(pattern: Any, matrix: np.ndarray) -> list[tuple[int, int]]:
    """The entries outside of a pattern."""
    outside = (matrix != 0) & ~np.isnan(matrix) & ~pattern.toarray()
    return [(int(i), int(j)) for i, j in np.argwhere(outside)]


def jacobian_at(function: Any, argnums: Any, args: tuple[Any, ...]) -> str:
    """ "right", "refused", "too large"; AssertionError where an entry is missed or wrong."""
    derived: Jacobian = srcad.sparse.jacobian(function, tuple(argnums))
    try:
        at = derived._at(args, {})
        if at.inputs.size > LARGEST or at.inputs.size == 0:
            return "too large"
        rows = at.program.request.kind == "pullback"
        matrix = dense(at.rows, at.pattern.shape[0]).T if rows else dense(at.columns, at.inputs.size)
        pattern = at.pattern
    except InternalError:
        raise
    except SrcadError:
        return "refused"
    assert pattern.shape == matrix.shape, (pattern.shape, matrix.shape)
    assert not missed(pattern, matrix), missed(pattern, matrix)[:5]
    agree(assembled(derived(*args)), matrix, at.inputs.leaves)
    return "right"


def hessian_at(function: Any, argnums: Any, args: tuple[Any, ...]) -> str:
    """The same for second derivatives, of functions whose result is a number."""
    if np.ndim(function(*copy.deepcopy(args))):
        return "no number"
    derived: Hessian = srcad.sparse.hessian(function, tuple(argnums))
    try:
        at = derived._at(args, {})
        if at.inputs.size > LARGEST or at.inputs.size == 0:
            return "too large"
        matrix = dense(at.push, at.inputs.size)
        pattern = at.pattern
    except InternalError:
        raise
    except SrcadError:
        return "refused"
    assert not missed(pattern, matrix), missed(pattern, matrix)[:5]
    agree(np.concatenate([assembled(row) for row in derived(*args)]), matrix, at.inputs.leaves)
    return "right"


def assembled(blocks: Any) -> np.ndarray:
    return np.concatenate([block.toarray() for block in blocks], axis=1)


def agree(found: np.ndarray, due: np.ndarray, leaves: list[Any]) -> None:
    """The same numbers, but where a zero direction meets an infinite slope, which no sparse column does."""
    known = ~np.isnan(due)
    single = any(np.asarray(leaf).dtype == np.float32 for leaf in leaves)
    scale = 1.0 + np.max(np.abs(due[known & np.isfinite(due)]), initial=0.0)
    tolerance = 1e-5 if single else 1e-9
    np.testing.assert_allclose(found[known], due[known], rtol=tolerance, atol=tolerance * scale)

"""What takes a matrix for a symmetric one reads one triangle: where it isn't symmetric, the derivative is of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference

linalg = pytest.importorskip("scipy.linalg")

DRAWN = np.random.default_rng(0)
W, Y, CHANGE = DRAWN.normal(size=(3, 3)), DRAWN.normal(size=3), DRAWN.normal(size=(3, 3))
A = np.diag([9.0, 8.0, 7.0]) + DRAWN.normal(size=(3, 3))
B = np.diag([5.0, 6.0, 7.0]) + 0.3 * DRAWN.normal(size=(3, 3))

PROGRAMS: dict[str, Callable[[Any, bool], Any]] = {
    "cholesky": lambda a, low: np.sum(linalg.cholesky(a, lower=low) * W),
    "cho_factor": lambda a, low: np.sum(linalg.cho_factor(a, lower=low)[0] * W),
    "cho_solve": lambda a, low: linalg.cho_solve(linalg.cho_factor(a, lower=low), Y) @ W[0],
    **{
        f"{name}, {structure}": program
        for structure in ("sym", "pos", "her")
        for name, program in {
            "solve": lambda a, low, s=structure: linalg.solve(a, Y, assume_a=s, lower=low) @ W[0],
            "solve the transposed": lambda a, low, s=structure: (
                linalg.solve(a, Y, assume_a=s, lower=low, transposed=True) @ W[0]
            ),
            "inv": lambda a, low, s=structure: np.sum(linalg.inv(a, assume_a=s, lower=low) * W),
        }.items()
    },
    "eigvalsh": lambda a, low: linalg.eigvalsh(a, lower=low) @ W[0],
    "eigh": lambda a, low: np.sum(linalg.eigh(a, lower=low)[1] ** 2 * W),
    "eigh of two, the first": lambda a, low: linalg.eigh(a, B, lower=low)[0] @ W[0],
    "eigh of two, the second": lambda a, low: np.sum(linalg.eigh(B, a, lower=low)[1] ** 2 * W),
}


@pytest.mark.parametrize("lower", [False, True], ids=["upper", "lower"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_of_one_triangle(name: str, lower: bool) -> None:
    def f(a: Any) -> Any:
        return PROGRAMS[name](a, lower)

    symmetric = CHANGE + CHANGE.T
    for matrix, change in ((A, CHANGE), (A + A.T, symmetric)):
        due = reference.ridders(lambda t, a=matrix, d=change: f(a + t * d), 1e-2)
        assert due.error < 1e-7
        np.testing.assert_allclose(srcad.jvp(f, (matrix,), (change,))[1], due.value, rtol=1e-7)
        np.testing.assert_allclose(np.sum(srcad.grad(f)(matrix) * change), due.value, rtol=1e-7)
        second = reference.ridders(lambda t, a=matrix, d=change: np.sum(srcad.grad(f)(a + t * d) * d), 1e-2)
        np.testing.assert_allclose(np.sum(srcad.hvp(f)(matrix, change) * change), second.value, rtol=1e-6)

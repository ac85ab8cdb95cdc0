"""scipy.optimize.linprog: how a vertex moves; programs whose solution doesn't move smoothly raise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import srcad
from tests.definitions.checking import Program, check, check_second, weighted

A, B, C = np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([3.3, 4.8]), np.array([-0.4, -0.7])
D = np.array([0.4, 0.7, 1.1, 1.6])


def of_vertex(c: Any, a: Any, b: Any) -> Any:
    found = optimize.linprog(c, A_ub=a, b_ub=b)
    return found.fun**2 + weighted(found.x) + weighted(found.slack)


def of_equations(c: Any, b: Any, high: Any) -> Any:
    bounds = [(0, high), (0.1, None), (0, None), (0, 1)]
    found = optimize.linprog(c, A_eq=[[1.0, 1.0, 1.0, 1.0]], b_eq=[b], bounds=bounds)
    return found.fun * weighted(found.x) + found.con[0]


def of_bounds(ends: Any) -> Any:
    return weighted(optimize.linprog(-D, bounds=np.stack((ends - 3.0, ends), axis=1)).x ** 2)


def without_bounds(b: Any) -> Any:
    found = optimize.linprog([1.0, 1.0], A_ub=[[-1.0, -2.0], [-2.0, -1.0]], b_ub=-b, bounds=(None, None))
    return weighted(found.x**2)


PROGRAMS: dict[str, Program] = {
    "a vertex": (of_vertex, (C, A, B)),
    "equations": (of_equations, (D, 0.8, 0.63)),
    "bounds": (of_bounds, (D,)),
    "no bounds": (without_bounds, (B,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    check(*PROGRAMS[name])
    check_second(*PROGRAMS[name])


def test_solutions_that_do_not_move_smoothly_raise() -> None:
    def degenerate(b: Any) -> Any:
        return optimize.linprog([-1.0, -1.0], A_ub=[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], b_ub=b).x[0]

    def on_an_edge(b: Any) -> Any:
        return optimize.linprog([-1.0, -1.0], A_ub=[[1.0, 1.0]], b_ub=b).x[0]

    with pytest.raises(np.linalg.LinAlgError, match="degenerate"):
        srcad.grad(degenerate)(np.array([1.0, 1.0, 2.0]))
    with pytest.raises(np.linalg.LinAlgError, match="isn't unique"):
        srcad.grad(on_an_edge)(np.array([1.0]))


def test_programs_without_a_solution() -> None:
    """What linprog returns then holds None, as it does without derivatives."""

    def found(b: Any) -> Any:
        return optimize.linprog([1.0, 2.0], A_ub=[[1.0, 1.0]], b_ub=b)

    nowhere = np.array([-1.0])
    for read in (lambda r: r.x[0], lambda r: 2.0 * r.fun, lambda r: r.slack[0]):
        with pytest.raises(TypeError):
            read(found(nowhere))
        with pytest.raises(TypeError):
            srcad.grad(lambda b, read=read: read(found(b)))(nowhere)

    def guarded(b: Any) -> Any:
        r = found(b)
        return np.sum(b**2) if r.x is None else r.fun * b[0]

    def counted(b: Any) -> Any:
        r = found(b)
        return b[0] ** 3 if not r.success else r.x[0]

    np.testing.assert_allclose(srcad.grad(guarded)(nowhere), [-2.0])
    np.testing.assert_allclose(srcad.jacfwd(counted)(nowhere), [3.0])
    np.testing.assert_allclose(srcad.grad(guarded)(np.array([1.0])), [0.0])


def test_what_rests_runs_as_it_stands() -> None:
    found = srcad.grad(lambda x: x**2 * optimize.linprog([-1.0, -1.0], A_ub=[[1.0, 1.0]], b_ub=[2.0]).fun)(3.0)
    assert found == -12.0


def test_what_is_refused() -> None:
    with pytest.raises(srcad.SrcadError, match="linprog with integrality="):
        srcad.grad(lambda b: optimize.linprog(C, A_ub=A, b_ub=b, integrality=1).fun)(B)
    with pytest.raises(srcad.SrcadError, match="what linprog says of its constraints"):
        srcad.grad(lambda b: optimize.linprog(C, A_ub=A, b_ub=b).ineqlin.marginals[0])(B)

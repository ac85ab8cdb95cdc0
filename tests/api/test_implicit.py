"""srcad.implicit: solutions of equations by any solver, and their derivatives by the implicit function theorem."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, NotYetSupported
from srcad.implicit import fixed_point, root
from srcad.testing import check_derivatives

A = np.array([[3.0, 1.0], [0.5, 2.0]])
B = np.array([1.5, 2.5])
PARAMS = {"A": A, "s": 0.7, "b": B}


def newton(g: Callable[..., Any], x0: Any) -> Any:
    """A solver of the user's, by differences."""
    x = x0
    for _ in range(60):
        slopes = np.stack([(g(x + 1e-6 * e) - g(x - 1e-6 * e)) / 2e-6 for e in np.eye(len(x))], 1)
        x = x - np.linalg.solve(slopes, g(x))
    return x


def equations(x: Any, p: Any) -> Any:
    return p["A"] @ x + np.tanh(x) * p["s"] - p["b"]


def structured(p: Any) -> float:
    return np.sum(root(equations, np.zeros(2), p) ** 2)


def by_own_solver(p: Any) -> float:
    return np.sum(root(equations, np.zeros(2), p, solver=newton) ** 2)


def by_gmres(p: Any) -> float:
    return np.sum(root(equations, np.zeros(2), p, solver=newton, solve="gmres") ** 2)


def by_cg(a: Any, b: Any) -> float:
    s = a @ a.T
    return np.sum(root(lambda x: s @ x + 0.1 * x**3 - b, np.zeros(2), solve="cg") ** 3)


def settled(a: float) -> float:
    return fixed_point(lambda x: np.cos(a * x), 0.5)


def settled_vector(b: Any) -> float:
    return np.sum(fixed_point(lambda x: np.cos(b * x)[::-1] * 0.5, np.zeros(2)) ** 2)


def settled_by_products(b: Any) -> float:
    return np.sum(fixed_point(lambda x: np.cos(b * x)[::-1] * 0.5, np.zeros(2), solve="gmres") ** 2)


def square_root_of_a_matrix(a: Any) -> float:
    return np.sum(root(lambda x: x @ x - a, np.eye(2)) ** 3)


def square_root_by_products(a: Any) -> float:
    return np.sum(root(lambda x: x @ x - a, np.eye(2), solve="gmres") ** 3)


def in_loops_and_branches(a: float) -> float:
    s = 0.0
    for k in range(3):
        if a > 1:
            s = s + root(lambda x: x**3 + (k + 1) * x - a - s, 1.0)
        else:
            s = s + a
    return s


def of_a_gradient(a: Any, lam: float) -> float:
    """The inner minimum of a least-squares problem, as the root of its gradient."""

    def inner(w: Any) -> float:
        return np.sum((a @ w - B) ** 2) + lam * np.sum(w**4)

    return np.sum(root(srcad.grad(inner), np.zeros(2)) ** 2)


CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (structured, (PARAMS,)),
    (by_own_solver, (PARAMS,)),
    (by_gmres, (PARAMS,)),
    (by_cg, (A, B)),
    (settled, (1.1,)),
    (settled_vector, (B,)),
    (settled_by_products, (B,)),
    (square_root_of_a_matrix, (A,)),
    (square_root_by_products, (A,)),
    (in_loops_and_branches, (2.0,)),
    (of_a_gradient, (A, 0.2)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_both_modes_to_second_order(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        check_derivatives(f, args)
    np.testing.assert_allclose(srcad.value_and_grad(f)(*args)[0], f(*args), rtol=1e-10)


def test_in_closed_form() -> None:
    def cube_root(a: float) -> float:
        return root(lambda x, a: x**3 - a, 1.0, a)

    derivative: Any = cube_root
    due = 1.0
    for n in range(5):
        due = due * (1 / 3 - n + 1) if n else 1.0
        assert derivative(2.0) == pytest.approx(due * 2.0 ** (1 / 3 - n), rel=1e-9)
        derivative = srcad.grad(derivative)


def test_the_slope_of_an_inner_minimum() -> None:
    """Ridge regression: w = (X'X + lam I)^-1 X'y, so dw/dlam = -(X'X + lam I)^-1 w."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=20)

    def weights(lam: float) -> Any:
        return root(lambda w: x.T @ (x @ w - y) + lam * w, np.zeros(3))

    w = weights(0.7)
    due = -np.linalg.solve(x.T @ x + 0.7 * np.eye(3), w)
    np.testing.assert_allclose(srcad.jvp(weights, (0.7,), (1.0,))[1], due, rtol=1e-9)
    np.testing.assert_allclose(srcad.jacrev(weights)(0.7), due, rtol=1e-9)


def test_without_a_derivative() -> None:
    assert root(lambda x: x * x - 2.0, 1.0) == pytest.approx(2**0.5, rel=1e-12)
    x0 = np.array([1, 1])
    found = root(lambda x, a, b: x**2 - a * b, x0, 2.0, np.array([1.0, 8.0]))
    np.testing.assert_allclose(found, [2**0.5, 4.0], rtol=1e-12)
    np.testing.assert_array_equal(x0, [1, 1])
    assert fixed_point(lambda x: 0.5 * (x + 3.0 / x), 1.0) == pytest.approx(3**0.5, rel=1e-12)
    assert isinstance(root(lambda x: x - 2, 1), float)


def test_x0_moves_nothing() -> None:
    def f(x0: Any, a: float) -> float:
        return np.sum(root(lambda x: x**3 - a, x0))

    start = np.ones(2)
    np.testing.assert_array_equal(srcad.grad(f)(start, 2.0), np.zeros(2))
    np.testing.assert_array_equal(start, np.ones(2))


def test_what_raises() -> None:
    with pytest.raises(RuntimeError, match="no root was found near x0"):
        root(lambda x: x * x + 1.0, 1.0)
    with pytest.raises(RuntimeError, match="did not lead to a fixed point"):
        fixed_point(lambda x: 1 - x, 0.3)
    with pytest.raises(ZeroDivisionError, match="the slope of the equation at its solution is zero"):
        srcad.grad(lambda a: root(lambda x: x**2 * a, 0.0))(1.0)
    with pytest.raises(np.linalg.LinAlgError, match="the Jacobian of the equation at its solution is singular"):
        srcad.grad(lambda a: np.sum(root(lambda x: np.array([x[0] + x[1] - a, x[0] + x[1] - a]), np.zeros(2))))(1.0)
    with pytest.raises(np.linalg.LinAlgError, match="cg did not solve"):
        turned = np.array([[0.0, 1.0], [-1.0, 0.0]])
        srcad.grad(lambda b: np.sum(root(lambda x: turned @ x - b, np.zeros(2), solve="cg")))(np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="the solver returned an array of shape"):
        root(lambda x: x, np.zeros(2), solver=lambda g, x0: 1.0)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: root(lambda x: x, 1.0, solve="qr"), "solve='qr'"),
        (lambda: root(3.0, 1.0), "f is a function"),  # type: ignore[arg-type]
        (lambda: root(lambda x: x, 1j), "x0 is a number or an array of floats"),
        (lambda: root(lambda x: x, "a"), "x0 is a number or an array of floats"),
    ],
)
def test_wrong_arguments(call: Callable[[], Any], what: str) -> None:
    with pytest.raises(ArgumentError, match=what):
        call()


def test_refused() -> None:
    def inner_solver(a: float) -> float:
        def mine(g: Any, x0: Any) -> Any:
            return x0

        return root(lambda x: x - a, 1.0, solver=mine)

    def unknown(a: float) -> float:
        return root(lambda x: x - a, 1.0, solve="qr")

    def other_rank(a: float) -> float:
        return np.sum(root(lambda x: np.sum(x) - a, np.ones(2)))

    for f, what in ((inner_solver, "defined in the program"), (unknown, "is one of"), (other_rank, "returns")):
        with pytest.raises(NotYetSupported, match=what) as caught:
            srcad.grad(f)(1.0)
        assert caught.value.span is not None


def test_a_captured_expression_is_computed_once() -> None:
    def f(a: Any, b: Any) -> float:
        return np.sum(root(lambda x, s: s @ x - b, np.zeros(2), a @ a.T))

    lines = srcad.grad(f).source(A, B).splitlines()
    code = [line for line in lines if not line.strip().startswith("#")]
    assert not any("lambda" in line and "@" in line for line in code)


def test_derivatives_pickle() -> None:
    gradient = srcad.grad(settled)
    due = gradient(1.1)
    assert pickle.loads(pickle.dumps(gradient))(1.1) == due


PROGRAM = """
import numpy as np
import srcad
from scipy.optimize import brentq


def residual(x, a):
    return x**3 - a * x - 1.0


def f(a: float) -> float:
    return brentq(residual, 0.5, 5.0, args=(a,)) * srcad.implicit.fixed_point(lambda x: np.cos(a * x) / 2, 0.5)
"""


def test_emit(tmp_path: Path) -> None:
    """The module that is written needs SciPy, as the program does, and gives the same."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    command = [sys.executable, "-m", "srcad", "emit", f"{path}:f", "-o", str(tmp_path / "made.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent.parent, check=False)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "made.py").read_text()
    assert "import scipy.optimize" in text
    scope: dict[str, Any] = {}
    exec(PROGRAM, scope)
    made = subprocess.run(
        [sys.executable, "-c", "import made; print(made.f_grad(1.7))"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )
    assert made.returncode == 0, made.stderr
    f = scope["f"]
    assert float(made.stdout) == pytest.approx((f(1.7 + 1e-5) - f(1.7 - 1e-5)) / 2e-5, rel=1e-8)

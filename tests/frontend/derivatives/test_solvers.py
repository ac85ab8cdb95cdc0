"""SciPy's solvers in programs: values and derivatives, whatever the functions capture; what is refused."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import optimize
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import brentq, fsolve, minimize, minimize_scalar, newton, root, root_scalar

import srcad
from srcad.errors import NotYetSupported
from srcad.testing import check_derivatives

B = np.array([1.5, 2.5])


def agrees(f: Callable[..., Any], *args: Any, order: int = 2) -> None:
    """Both modes against differences, to second order, and the value against the program's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        check_derivatives(f, args, order=order)
    value, _ = srcad.value_and_grad(f)(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-12)


# ---- roots


def by_closure(a: float) -> float:
    return brentq(lambda x: x**3 - a * x - 1.0, 0.5, 5.0)


def by_args(a: float) -> float:
    return brentq(lambda x, p, q: x**3 - p * x - q, 0.5, 5.0, args=(a, a * a), xtol=1e-14)


def by_both(a: float, b: float) -> float:
    return brentq(lambda x, p: x**3 - p * x - b, 0.5, 5.0, (a,)) * a


def two_roots(a: float) -> float:
    return brentq(lambda x: math.cos(x) - a * x, 0.0, 2.0, xtol=1e-15) * optimize.bisect(
        lambda x: x * x - a, 0.0, 5.0, xtol=1e-15
    )


def newton_alone(a: float) -> float:
    return newton(lambda x: x * x * x - a, 1.0, tol=1e-14)


def newton_with_slope(a: float) -> float:
    return newton(lambda x: x * x * x - a, 1.0, fprime=lambda x: 3 * x * x, tol=1e-14)


def newton_of_arrays(b: Any) -> float:
    return np.sum(newton(lambda x: x * x * x - b, np.ones(2), fprime=lambda x: 3 * x * x, tol=1e-14))


def scalar_in_bracket(a: float) -> float:
    return root_scalar(lambda x, c: x * x * x - c, args=(a,), bracket=(0.1, 5.0), xtol=1e-14).root


def scalar_by_secant(a: float) -> float:
    found = root_scalar(lambda x: x * x * x - a, x0=1.0, method="secant", xtol=1e-14)
    return found.root if found.converged else a


def fixed_point(a: float) -> float:
    return optimize.fixed_point(lambda x: np.cos(a * x), 0.5, xtol=1e-14)


@pytest.mark.parametrize(
    "f",
    [
        by_closure,
        by_args,
        two_roots,
        newton_alone,
        newton_with_slope,
        scalar_in_bracket,
        scalar_by_secant,
        fixed_point,
    ],
)
def test_roots_of_functions_of_a_number(f: Callable[..., Any]) -> None:
    agrees(f, 1.7)


def test_captured_values_and_args_together() -> None:
    agrees(by_both, 1.7, 0.9)
    x = by_both(1.7, 0.9) / 1.7
    slope = 3 * x * x - 1.7
    a_bar, b_bar = srcad.grad(by_both, argnums=(0, 1))(1.7, 0.9)
    assert a_bar == pytest.approx(x + 1.7 * x / slope, rel=1e-9)
    assert b_bar == pytest.approx(1.7 / slope, rel=1e-9)


def test_an_item_for_each_item() -> None:
    agrees(newton_of_arrays, B)
    np.testing.assert_allclose(srcad.grad(newton_of_arrays)(B), B ** (-2 / 3) / 3, rtol=1e-9)


def system(a: float, b: Any) -> float:
    def equations(x: Any, b: Any) -> Any:
        return [x[0] ** 2 + x[1] * b[0] - a, x[1] ** 3 + x[0] - b[1]]

    found = root(equations, np.array([1.0, 1.0]), args=(b,), tol=1e-13)
    return np.sum(found.x**2)


def system_alone(a: float, b: Any) -> float:
    return np.sum(fsolve(lambda x: np.tanh(x) * a + x - b, np.zeros(2), xtol=1e-13) ** 3)


def with_jacobian(a: float, b: Any) -> float:
    found = root(lambda x: x**3 * a + x - b, np.zeros(2), jac=lambda x: np.diag(3 * x**2 * a + 1), tol=1e-13)
    return np.sum(found.x) if found.success else 0.0


def from_a_number(a: float, b: Any) -> float:
    return root(lambda x: x**3 - a, 1.0, tol=1e-13).x[0] + b[0]


@pytest.mark.parametrize("f", [system, system_alone, with_jacobian, from_a_number])
def test_roots_of_systems(f: Callable[..., Any]) -> None:
    agrees(f, 3.0, np.array([1.2, 2.0]))


def test_where_a_solver_starts_moves_nothing() -> None:
    def f(x0: Any, a: float, width: float) -> float:
        found = root(lambda x: x**3 - a, x0, tol=1e-13)
        return np.sum(found.x) * brentq(lambda x: x**3 - a, 0.0, width)

    x0_bar, a_bar, width_bar = srcad.grad(f, argnums=(0, 1, 2))(np.ones(2), 2.0, 5.0)
    np.testing.assert_array_equal(x0_bar, np.zeros(2))
    assert width_bar == 0.0
    assert a_bar == pytest.approx(2 * 2 / 3 * 2.0 ** (-1 / 3), rel=1e-9)


# ---- what functions capture


class Model:
    def __init__(self, c: float) -> None:
        self.c = c

    def residual(self, x: float, a: float) -> float:
        return x**3 - self.c * x - a


SHARED = Model(2.0)


def of_a_method(a: float) -> float:
    return brentq(Model(a).residual, 0.1, 9.0, args=(a * a,))


def of_an_outer_method(a: float) -> float:
    return brentq(SHARED.residual, 0.1, 9.0, args=(a,))


def of_a_list(a: float) -> float:
    values = []
    for i in range(3):
        values.append(a * i)
    return brentq(lambda x: x**3 - sum(values) * x - 1, 0.1, 9.0)


def of_a_pair(a: float) -> float:
    return brentq(lambda x, pair: x**3 - pair[0] * x - pair[1], 0.1, 9.0, args=([a, 2 * a],))


def of_an_array_that_changes(a: float) -> float:
    p = np.array([a, 2.0])
    x = brentq(lambda x: x**3 - p[0] * x - p[1], 0.1, 5.0)
    p[0] = 7.0
    return x * p[1] + brentq(lambda x: x**3 - p[0] * x - p[1] * a, 0.1, 9.0)


def in_a_loop(a: float) -> float:
    s = 0.0
    while s < 10:
        s += brentq(lambda x: x**3 - a * x - s, 0.1, 9.0)
    return s


def in_a_branch(a: float) -> float:
    s = a
    for k in range(4):
        if k % 2 == 0 and a > 1:
            s = s + brentq(lambda x: x**3 - s * x - (k + 1), 0.1, 9.0)
        else:
            s = math.sin(s)
    return s


def in_a_comprehension(a: float) -> float:
    return sum([brentq(lambda x: x**3 - a * k * x - 1, 0.1, 9.0) for k in range(1, 4)])


def in_each_other(a: float) -> float:
    def outer(x: float) -> float:
        y = brentq(lambda y: y**3 + x * y - a, -5.0, 5.0)
        return x - y * a

    return brentq(outer, 0.0, 5.0)


def of_a_derivative(a: float) -> float:
    return brentq(srcad.grad(lambda x: x**4 / 4 - a * x * x / 2 - x), 0.1, 5.0)


@pytest.mark.parametrize(
    "f",
    [
        of_a_method,
        of_an_outer_method,
        of_a_list,
        of_a_pair,
        of_an_array_that_changes,
        in_a_loop,
        in_a_branch,
        in_a_comprehension,
        in_each_other,
        of_a_derivative,
    ],
)
def test_what_functions_capture(f: Callable[..., Any]) -> None:
    agrees(f, 2.0)


def test_any_order() -> None:
    first = srcad.grad(by_closure)
    third = srcad.grad(srcad.grad(first))
    step = 1e-4
    due = (srcad.grad(first)(1.7 + step) - srcad.grad(first)(1.7 - step)) / (2 * step)
    assert third(1.7) == pytest.approx(due, rel=1e-6)
    assert srcad.jvp(first, (1.7,), (1.0,))[1] == pytest.approx(srcad.grad(first)(1.7), rel=1e-9)
    assert srcad.grad(lambda a: srcad.jvp(by_closure, (a,), (1.0,))[1])(1.7) == pytest.approx(
        srcad.grad(first)(1.7), rel=1e-9
    )


def test_jacobians() -> None:
    def solution(b: Any) -> Any:
        return root(lambda x: x**3 + np.sum(x) * b - 2.0, np.ones(3), tol=1e-13).x

    b = np.array([0.3, 0.6, 1.1])
    x = solution(b)
    due = -np.linalg.solve(np.diag(3 * x**2) + np.outer(b, np.ones(3)), np.sum(x) * np.eye(3))
    for derivative in (srcad.jacfwd, srcad.jacrev, srcad.jacobian):
        np.testing.assert_allclose(derivative(solution)(b), due, rtol=1e-8)


# ---- minima


def minimised(b: Any, lam: float) -> float:
    def loss(w: Any) -> float:
        return np.sum((w - b) ** 2) + lam * np.sum(w**4)

    found = minimize(loss, np.zeros(2), jac=srcad.grad(loss), method="BFGS", options={"gtol": 1e-11})
    return np.sum(found.x**2) + 2 * found.fun


def with_hessian(b: Any, lam: float) -> float:
    def loss(w: Any, b: Any) -> float:
        return np.sum((w - b) ** 2) + lam * np.sum(w**4)

    found = minimize(
        loss,
        np.zeros(2),
        args=(b,),
        jac=lambda w, b: 2 * (w - b) + 4 * lam * w**3,
        hess=lambda w, b: np.diag(2 + 12 * lam * w**2),
        method="trust-exact",
        options={"gtol": 1e-12},
    )
    return np.sum(found.x**3)


@pytest.mark.parametrize("f", [minimised, with_hessian])
@pytest.mark.filterwarnings("ignore:the solver did not converge")
def test_minima(f: Callable[..., Any]) -> None:
    agrees(f, B, 0.3)


def test_the_value_of_a_minimum_moves_as_the_function_does() -> None:
    """The envelope theorem."""

    def least(a: float) -> float:
        return minimize_scalar(lambda x: (x - a) ** 2 + a * x).fun

    assert srcad.grad(least)(1.3) == pytest.approx(1.5 * 1.3, rel=1e-7)  # of 3 a**2 / 4


@pytest.mark.parametrize(
    ("bounds", "due"), [((0.0, 5.0), 1.0), ((2.0, 5.0), 0.0), ((0.0, None), 0.5), ((None, 5.0), 1.0)]
)
def test_bounds_of_a_number(bounds: Any, due: float) -> None:
    def f(a: float) -> float:
        ends = (0.0 if bounds[0] is None else bounds[0], a / 2 if bounds[1] is None else bounds[1])
        found = minimize_scalar(lambda x: (x - a) ** 2, bounds=ends, method="bounded", options={"xatol": 1e-9})
        return found.x

    assert srcad.grad(f)(1.3) == pytest.approx(due, abs=1e-5)


def test_bounds_of_a_vector() -> None:
    def f(a: float) -> float:
        found = minimize(
            lambda w: (w[0] - 3 * a) ** 2 + (w[1] - 2 * a) ** 2 + w[0] * w[1],
            np.zeros(2),
            bounds=[(0.0, a * 0.5), (None, None)],
            options={"ftol": 1e-15, "gtol": 1e-10},
        )
        return 3 * found.x[0] + found.x[1] ** 2

    # x0 is at its bound a / 2, so x1 = 2 a - x0 / 2 = 7 a / 4
    assert srcad.grad(f)(1.3) == pytest.approx(1.5 + 2 * (7 / 4) ** 2 * 1.3, rel=1e-6)


# ---- integrals


def gaussian(a: float) -> float:
    return quad(lambda x: np.exp(-a * x * x), -np.inf, np.inf)[0]


def limits_move(a: float, b: float) -> float:
    return quad(lambda x, c: np.exp(-c * x * x) * a, a, b, args=(a * b,))[0]


def of_several(w: Any, a: float) -> float:
    value, _ = quad(lambda t: np.sum(w * np.sin(w * t)) * a, 0.0, a)
    return value**2


def repeated(a: float) -> float:
    return quad(lambda x: quad(lambda y: math.sin(a * x * y), 0.0, x)[0], 0.0, a)[0]


def test_integrals() -> None:
    agrees(gaussian, 1.3)
    assert srcad.grad(gaussian)(1.3) == pytest.approx(-0.5 * math.sqrt(math.pi) * 1.3**-1.5, rel=1e-8)
    agrees(limits_move, 0.7, 1.2)
    agrees(of_several, np.array([0.3, 0.8]), 1.2)
    agrees(repeated, 0.9)


# ---- initial value problems


def at_the_end(y0: Any, k: float) -> float:
    found = solve_ivp(lambda t, y: [-k * y[0] + y[1], -y[1] * k * t], (0.0, 1.0), y0, rtol=1e-10, atol=1e-12)
    return np.sum(found.y[:, -1] ** 2)


def at_several_times(y0: Any, k: float, t1: float) -> float:
    def slope(t: float, y: Any, k: float) -> Any:
        return -k * y + np.sin(t) * y[::-1]

    times = np.linspace(0.5, 1.0, 4) * t1
    found = solve_ivp(slope, (k * 0.1, t1), y0, t_eval=times, args=(k,), rtol=1e-10, atol=1e-12, method="DOP853")
    return np.sum(found.y**2 * found.t)


def limits_of_time(y0: Any, k: float, t1: float) -> float:
    found = solve_ivp(lambda t, y: -k * y * y * t, (k * 0.1, t1), y0, rtol=1e-10, atol=1e-12)
    return np.sum(found.y[:, -1]) * found.t[-1] + found.y[0, 0]


def backwards(y0: Any, k: float, t1: float) -> float:
    found = solve_ivp(lambda t, y: -k * y * t, (t1, 0.2), y0, t_eval=[0.9, 0.4], rtol=1e-10, atol=1e-12)
    return np.sum(found.y[0] * found.y[1])


def by_odeint(y0: Any, w: Any, t: Any) -> float:
    y = odeint(lambda y, t: w * y * np.cos(t), y0, t, rtol=1e-11, atol=1e-12)
    return np.sum(y**2)


def time_first(y0: Any, w: Any, t: Any) -> float:
    y = odeint(lambda t, y, w: w * y * np.cos(t), y0, t, args=(w,), tfirst=True, rtol=1e-11, atol=1e-12)
    return y[-1, 0] * y[1, 1]


def test_initial_value_problems() -> None:
    y0 = np.array([1.0, 0.5])
    agrees(at_the_end, y0, 0.7)
    agrees(at_several_times, y0, 0.7, 1.1)
    agrees(limits_of_time, y0, 0.7, 1.3, order=1)
    agrees(backwards, y0, 0.7, 1.3)


@pytest.mark.parametrize("f", [by_odeint, time_first])
def test_odeint(f: Callable[..., Any]) -> None:
    agrees(f, np.array([1.0, 0.5]), np.array([0.4, 0.6]), np.linspace(0.0, 1.0, 4))


def test_solutions_in_closed_form() -> None:
    def f(k: float, t1: float) -> float:
        return solve_ivp(lambda t, y: -k * y, (0.0, t1), [2.0], t_eval=[t1], rtol=1e-11, atol=1e-13).y[0, 0]

    due = (-1.4 * 2 * math.exp(-0.7 * 1.4), -0.7 * 2 * math.exp(-0.7 * 1.4))
    np.testing.assert_allclose(srcad.grad(f, argnums=(0, 1))(0.7, 1.4), due, rtol=1e-8)
    assert srcad.grad(srcad.grad(f))(0.7, 1.4) == pytest.approx(1.4**2 * 2 * math.exp(-0.7 * 1.4), rel=1e-7)


def test_what_fades_fast_isnt_solved_backwards() -> None:
    """Solved backwards over the whole time, y would grow by exp(50) from the errors of the solution."""

    def f(y0: Any) -> float:
        return solve_ivp(lambda t, y: -50 * y, (0.0, 1.0), y0, t_eval=[1.0], rtol=1e-9, atol=1e-30).y[0, 0]

    assert srcad.grad(f)(np.array([1.0]))[0] == pytest.approx(math.exp(-50), rel=1e-5)


@pytest.mark.parametrize("method", ["BDF", "Radau", "LSODA"])
def test_stiff_equations(method: str) -> None:
    def f(y0: Any, k: float, c: Any, t1: float) -> float:
        found = solve_ivp(
            lambda t, y: [-k * (y[0] - np.cos(t) * c[0]), -y[1] * y[0] * c[1]],
            (0.0, t1),
            y0,
            t_eval=[0.5 * t1, t1],
            method=method,
            rtol=1e-9,
            atol=1e-11,
        )
        return found.y[1, 0] + found.y[1, 1] ** 2

    args = (np.array([1.0, 0.5]), 1e4, np.array([0.9, 1.2]), 1.5)
    for argnum in range(4):
        dots = tuple(np.ones_like(a) if k == argnum else np.zeros_like(a) for k, a in enumerate(args))
        gradient = srcad.grad(f, argnums=argnum)(*args)
        assert np.sum(gradient) == pytest.approx(float(srcad.jvp(f, args, dots)[1]), rel=1e-4, abs=1e-9)
    step = 1e-3
    due = (f(args[0], 1e4, args[2] + step, 1.5) - f(args[0], 1e4, args[2] - step, 1.5)) / (2 * step)
    assert np.sum(srcad.grad(f, argnums=2)(*args)) == pytest.approx(due, rel=1e-4)


# ---- what callers see


def test_arguments_stay_as_they_are() -> None:
    def f(x0: Any, b: Any) -> float:
        x = root(lambda x: x**3 - b, x0, tol=1e-13).x
        x[0] = 3.0
        return np.sum(x * b)

    x0, b = np.ones(2), B.copy()
    due = np.array([3.0, 4 / 3 * 2.5 ** (1 / 3)])
    np.testing.assert_allclose(srcad.grad(f, argnums=1)(x0, b), due, rtol=1e-8)
    np.testing.assert_array_equal(x0, np.ones(2))
    np.testing.assert_array_equal(b, B)


def test_the_source() -> None:
    assert srcad.grad(by_closure).source(1.7).splitlines() == [
        "def by_closure_grad(a: float):",
        "    # return brentq(lambda x: x**3 - a * x - 1.0, 0.5, 5.0)",
        "    v1 = scipy.optimize.brentq(residual_value, 0.5, 5.0, args=(a,))",
        "    # adjoint of: return brentq(lambda x: x**3 - a * x - 1.0, 0.5, 5.0)",
        "    a_bar = 1.0 / regular(3.0 * (v1 * v1) - a) * v1",
        "    return a_bar",
        "",
        "",
        "def residual_value(x, a):",
        "    return x ** 3 - a * x - 1.0",
    ]


def test_names_that_hide_helpers() -> None:
    def parameter(regular: float) -> float:
        return brentq(lambda x: x**3 - regular * x - 1, 0.1, 5.0)

    def module(scipy: float) -> float:
        return brentq(lambda x: x**3 - scipy * x - 1, 0.1, 5.0)

    def variable(a: float) -> float:
        regular = brentq(lambda x: x**3 - a * x - 1, 0.1, 5.0)
        for _ in range(3):
            regular = regular * np.sin(regular) + brentq(lambda x: x**3 - regular * x - 1, 0.1, 5.0)
        return regular

    for f in (parameter, module, variable):
        agrees(f, 2.0)


def test_a_solver_that_fails_says_so() -> None:
    def f(a: float) -> float:
        return root(lambda x: x**2 + a, np.ones(1)).x[0]

    with pytest.warns(RuntimeWarning, match="the solver did not converge"):
        srcad.grad(f)(2.0)


def test_a_slope_of_zero_says_so() -> None:
    with pytest.raises(ZeroDivisionError, match="the slope of the equation at its solution is zero"):
        srcad.grad(lambda a: brentq(lambda x: x**3 * a, -1.0, 1.0))(1.0)


# ---- what is refused


def has_callback(a: float) -> float:
    return minimize(lambda x: (x[0] - a) ** 2, np.zeros(1), callback=print).x[0]


def has_full_output(a: float) -> float:
    return fsolve(lambda x: x - a, np.zeros(1), full_output=True)[0][0]


def value_with_slope(a: float) -> float:
    return minimize(lambda x: ((x[0] - a) ** 2, 2 * (x - a)), np.zeros(1), jac=True).x[0]


def has_weight(a: float) -> float:
    return quad(lambda x: x * a, 0.0, 1.0, weight="cos", wvar=2.0)[0]


def prints(a: float) -> float:
    def residual(x: float) -> float:
        print(x)
        return x - a

    return brentq(residual, 0.0, 5.0)


def changes(a: float) -> float:
    seen = []

    def residual(x: float) -> float:
        seen.append(x)
        return x - a

    return brentq(residual, 0.0, 5.0)


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (has_callback, "minimize with callback="),
        (has_full_output, "fsolve with full_output="),
        (value_with_slope, "minimize with jac=True"),
        (has_weight, "quad with weight="),
        (prints, "has an effect"),
        (changes, "changes something outside of it"),
    ],
)
def test_refused(f: Callable[..., Any], what: str) -> None:
    with pytest.raises(NotYetSupported, match=what) as caught:
        srcad.grad(f)(0.7)
    assert caught.value.span is not None
    assert caught.value.span.path == __file__

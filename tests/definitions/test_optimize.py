"""scipy.optimize: fits, and minima that are looked for everywhere. Differences are those of what the search finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize

import srcad
from srcad.errors import NotYetSupported, SrcadError
from tests.definitions.checking import differences, weighted

T = np.linspace(0, 2, 9)
Y = 1.3 * np.exp(-0.7 * T) + 0.2 + 0.05 * np.cos(9 * T)
TIGHT = {"ftol": 1e-14, "xtol": 1e-14, "gtol": 1e-14}


def model(t: Any, a: Any, b: Any, c: Any) -> Any:
    return a * np.exp(-b * t) + c


def fitted(t: Any, y: Any, s: Any) -> Any:
    popt, _pcov = optimize.curve_fit(model, t, y, p0=[1.0, 1.0, 0.0], sigma=s, **TIGHT)
    return weighted(popt)


def least(y: Any, k: Any) -> Any:
    found = optimize.least_squares(lambda p: p[0] * np.exp(-p[1] * T) - k * y, [1.0, 1.0], **TIGHT)
    return weighted(found.x) + found.cost + weighted(found.fun)


def valley(x: Any, a: Any) -> Any:
    return (x[0] - a) ** 2 + np.cos(a * x[1]) + 0.1 * x[1] ** 2


PROGRAMS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "curve_fit": (lambda y: weighted(optimize.curve_fit(model, T, y, **TIGHT)[0]), (Y,)),
    "curve_fit with errors": (fitted, (T, Y, np.linspace(0.1, 0.2, 9))),
    "curve_fit within bounds": (
        lambda y: weighted(optimize.curve_fit(model, T, y, p0=[1, 1, 0.1], bounds=(0, [5, 5, 0.15]), **TIGHT)[0]),
        (Y,),
    ),
    "leastsq": (
        lambda y: weighted(optimize.leastsq(lambda p, y: p[0] * np.exp(-p[1] * T) - y, [1.0, 1.0], (y,), **TIGHT)[0]),
        (Y,),
    ),
    "least_squares": (least, (Y, 1.1)),
    **{
        f"least_squares, {loss}": (
            lambda y, loss=loss: weighted(
                optimize.least_squares(
                    lambda p: p[0] * np.exp(-p[1] * T) - y, [1.0, 1.0], loss=loss, f_scale=0.1, **TIGHT
                ).x
            ),
            (Y,),
        )
        for loss in ("soft_l1", "huber", "cauchy", "arctan")
    },
    "least_squares within bounds": (
        lambda y: weighted(
            optimize.least_squares(
                lambda p: p[0] * np.exp(-p[1] * T) - y, [1.0, 0.4], bounds=([0, 0], [2.0, 0.5]), **TIGHT
            ).x
        ),
        (Y,),
    ),
    "differential_evolution": (
        lambda a: weighted(optimize.differential_evolution(valley, [(-2, 2), (1, 4)], (a,), seed=1, tol=1e-10).x),
        (0.7,),
    ),
    "basinhopping": (
        lambda a: weighted(optimize.basinhopping(lambda x: valley(x, a), [0.0, 2.0], 5, seed=1).x),
        (0.7,),
    ),
    "fmin_bfgs": (lambda a: weighted(optimize.fmin_bfgs(valley, [0.0, 2.0], args=(a,), disp=0)), (0.7,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_fits(name: str) -> None:
    f, args = PROGRAMS[name]
    every = tuple(range(len(args)))
    value, made = srcad.value_and_grad(f, argnums=every)(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-6)
    for k in every:
        np.testing.assert_allclose(made[k], differences(f, args, k, 1e-2), rtol=1e-3, atol=1e-4)


def test_an_assignment_rests_while_costs_move() -> None:
    costs = np.array([[4.0, 1.0, 3.0], [2.0, 0.5, 5.0], [3.0, 2.0, 2.0]])

    def program(c: Any) -> Any:
        rows, columns = optimize.linear_sum_assignment(c)
        return c[rows, columns].sum()

    rows, columns = optimize.linear_sum_assignment(costs)
    wanted = np.zeros((3, 3))
    wanted[rows, columns] = 1.0
    np.testing.assert_array_equal(srcad.grad(program)(costs), wanted)
    np.testing.assert_array_equal(srcad.grad(program)(costs[:2]), srcad.grad(lambda c: c[0, 1] + c[1, 0])(costs[:2]))


def test_nnls() -> None:
    a = np.abs(np.random.default_rng(0).normal(size=(4, 2)))

    def program(a: Any, b: Any) -> Any:
        x, left = optimize.nnls(a, b)
        return weighted(x) + left

    for b in (np.array([0.3, -1.2, 2.0, 0.7]), np.array([1.0, 0.2, 0.3, 0.9])):
        value, made = srcad.value_and_grad(program, argnums=(0, 1))(a, b)
        np.testing.assert_allclose(value, program(a, b), rtol=1e-12)
        for k in (0, 1):
            np.testing.assert_allclose(made[k], differences(program, (a, b), k), rtol=1e-6, atol=1e-8)


def test_the_covariance_of_a_fit_is_refused_where_it_is_used() -> None:
    def program(y: Any) -> Any:
        _popt, pcov = optimize.curve_fit(model, T, y)
        return np.sum(np.diag(pcov))

    with pytest.raises(NotYetSupported):
        srcad.grad(program)(Y)


def test_two_initial_value_problems_take_steps_of_their_own() -> None:
    """How many steps one solver takes says nothing of the other one's."""

    def program(a: Any) -> Any:
        first = integrate.solve_ivp(lambda t, y: -a * y, (0, 1), [1.0], rtol=1e-8)
        second = integrate.solve_ivp(lambda t, y: -a * y, (0, 3), [1.0], rtol=1e-10)
        return first.y[0, -1] + second.y[0, -1]

    slope = srcad.grad(program)(0.7)
    np.testing.assert_allclose(slope, -np.exp(-0.7) - 3 * np.exp(-2.1), rtol=1e-6)


RISKS = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, 1.5]])
RETURNS = np.array([-1.5, 0.2, 0.15])
SUM_OF_ONE = {"type": "eq", "fun": lambda w: np.sum(w) - 1}


def portfolio(returns: Any, aversion: Any) -> Any:
    def cost(w: Any) -> Any:
        return 0.5 * aversion * w @ RISKS @ w - returns @ w

    free = optimize.minimize(cost, np.ones(3) / 3, constraints=SUM_OF_ONE, tol=1e-12)
    bounded = optimize.minimize(cost, np.ones(3) / 3, bounds=[(0, 1)] * 3, constraints=[SUM_OF_ONE], tol=1e-12)
    box = optimize.minimize(cost, np.ones(3) / 3, bounds=optimize.Bounds(0, [1, 0.4, 1]), tol=1e-12)
    return weighted(free.x) + free.fun + weighted(bounded.x) + weighted(box.x)


def in_a_disc(a: Any, b: Any) -> Any:
    limits = [{"type": "ineq", "fun": lambda x: b - x @ x}, {"type": "ineq", "fun": lambda x: x[0] + 5}]
    found = optimize.minimize(lambda x: (x[0] - 2) ** 2 + (x[1] - a) ** 2, [0.5, 0.5], constraints=limits, tol=1e-12)
    return weighted(found.x) + found.fun


def by_objects(a: Any, b: Any) -> Any:
    disc = optimize.NonlinearConstraint(lambda x: x @ x, -np.inf, b)
    line = optimize.LinearConstraint([[1.0, 1.0]], b, b)
    start, options = [0.5, 0.5], {"method": "SLSQP", "tol": 1e-12}
    convex = optimize.minimize(lambda x, a: (x[0] - 2) ** 2 + (x[1] - a) ** 2, start, (a,), constraints=disc, **options)
    straight = optimize.minimize(lambda x: (x[0] - 2) ** 2 + (x[1] - a) ** 4, start, constraints=[line], **options)
    return weighted(convex.x) + weighted(straight.x)


def with_args(a: Any, b: Any) -> Any:
    limit = {"type": "eq", "fun": lambda x, q: x[0] * x[1] - q, "args": (b,)}
    found = optimize.minimize(lambda x: (x[0] - 2) ** 2 + (x[1] - a) ** 4, [0.5, 0.5], constraints=limit, tol=1e-12)
    return weighted(found.x)


@pytest.mark.parametrize(
    ("f", "args"),
    [(portfolio, (RETURNS, 2.0)), (in_a_disc, (1.0, 1.3)), (by_objects, (1.0, 1.3)), (with_args, (1.0, 1.3))],
)
def test_minima_under_constraints(f: Any, args: tuple[Any, ...]) -> None:
    """Differences are those of what the search finds, to its tolerance."""
    value, made = srcad.value_and_grad(f, argnums=(0, 1))(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-6)
    for k in (0, 1):
        np.testing.assert_allclose(made[k], differences(f, args, k, 1e-2), rtol=1e-3, atol=1e-4)


def test_second_derivatives_under_constraints() -> None:
    def program(b: Any) -> Any:
        limit = {"type": "ineq", "fun": lambda x: b - x @ x}
        found = optimize.minimize(lambda x: (x[0] - 3) ** 2 + (x[1] - 4) ** 2, [0.5, 0.5], constraints=limit, tol=1e-14)
        return found.x[0]

    # x = 3 / 5 * sqrt(b)
    np.testing.assert_allclose(srcad.grad(program)(4.0), 0.6 / 4, rtol=1e-6)
    np.testing.assert_allclose(srcad.grad(srcad.grad(program))(4.0), -0.6 / 32, rtol=1e-5)


@pytest.mark.parametrize(
    "program",
    [
        lambda a: np.sum(optimize.minimize(lambda x: (x[0] - a) ** 2 * a + x[0] ** 4, [1.0]).hess_inv),
        lambda a: np.sum(optimize.minimize(lambda x: (x[0] - a) ** 2, [1.0], bounds=[(0.9, 2.0)]).jac),
        lambda a: np.sum(optimize.root(lambda x: x**3 - a, [1.0]).fjac),
    ],
)
def test_what_moves_beside_a_solution_is_no_constant(program: Any) -> None:
    with pytest.raises(SrcadError):
        srcad.grad(program)(0.7)

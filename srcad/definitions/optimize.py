"""scipy.optimize: fits of curves, and what its solvers are asked for."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from srcad.definitions.linear_programs import linprog
from srcad.definitions.words import count_of_parameters, fixed, floats, known, refused, same

METHODS: dict[str, object] = {}
__all__ = ["Bounds", "LinearConstraint", "NonlinearConstraint", "curve_fit", "linprog", "rosen", "rosen_der"]


def rho(z, loss):
    """What a squared residual costs, in units of the scale."""
    if callable(loss):
        refused("least squares with a loss that is a function", "name one of SciPy's.")
    if loss == "linear":
        return z
    if loss == "soft_l1":
        return 2.0 * (np.sqrt(1.0 + z) - 1.0)
    if loss == "huber":
        far = z > 1.0
        return np.where(far, 2.0 * np.sqrt(np.where(far, z, 1.0)) - 1.0, z)
    if loss == "cauchy":
        return np.log1p(z)
    return np.arctan(z)


def sum_of_losses(fun, loss, scale):
    """Half the sum of the losses of a vector function."""

    def objective(x, *args):
        residual = np.atleast_1d(np.asarray(fun(x, *args)))
        if loss == "linear":
            return 0.5 * np.sum(residual**2)
        return 0.5 * scale**2 * np.sum(rho((residual / scale) ** 2, loss))

    return objective


def ends(bounds, x):
    """Lower and upper bounds as vectors like x."""
    if hasattr(bounds, "lb"):
        lower, upper = bounds.lb, bounds.ub
    else:
        lower, upper = bounds
    return np.broadcast_to(floats(lower), x.shape), np.broadcast_to(floats(upper), x.shape)


def of_system(a, b):
    """Half the sum of squares of a linear system."""
    return lambda x: 0.5 * np.sum((a @ x - b) ** 2)


def no_less_than_zero(a):
    """The bounds of what isn't negative, of so many numbers as a matrix has columns."""
    n = a.shape[1]
    return np.zeros(n), np.full(n, np.inf)


def distance(a, x, b):
    return np.linalg.norm(a @ x - b)


class Covariance:
    """The covariance that curve_fit estimates, which has no derivative yet."""


def curve_fit(
    f, xdata, ydata, p0=None, sigma=None, absolute_sigma=False, bounds=None, method=None, jac=None, **options
):
    if jac is not None:
        refused("curve_fit with jac=", "leave it out.")
    xdata, ydata = np.asarray(floats(xdata)), np.asarray(floats(ydata))
    count = count_of_parameters(f) - 1 if p0 is None else len(np.atleast_1d(floats(p0)))
    start = np.ones(count) if p0 is None else np.atleast_1d(floats(p0))
    if sigma is not None and np.ndim(sigma) > 1:
        refused("curve_fit with a covariance as sigma", "give the errors of the data.")

    def residual(p):
        values = f(xdata, *[p[k] for k in [*range(fixed(count))]])
        if sigma is None:
            return values - ydata
        return 1.0 / np.asarray(floats(sigma)) * (values - ydata)

    if bounds is None and (method is None or method == "lm"):
        return optimize.leastsq(residual, start, **options)[0], Covariance()
    if p0 is None and bounds is not None:
        refused("curve_fit with bounds and without p0", "give p0.")
    how = "trf" if method is None else method
    box = (-np.inf, np.inf) if bounds is None else bounds
    return optimize.least_squares(residual, start, bounds=box, method=how, **options).x, Covariance()


# ---- functions to try solvers on


def rosen(x):
    x = np.asarray(floats(x))
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2, axis=0)


def rosen_der(x):
    x = np.asarray(floats(x))
    over = 200.0 * (x[1:] - x[:-1] ** 2)
    return np.concatenate([-2.0 * over * x[:-1] - 2.0 * (1.0 - x[:-1]), np.zeros_like(x[:1])]) + np.concatenate(
        [np.zeros_like(x[:1]), over]
    )


# ---- constraints


class BoundingBox:
    """Bounds of all variables."""

    def __init__(self, lb, ub):
        self.lb, self.ub = lb, ub


def Bounds(lb=-np.inf, ub=np.inf, keep_feasible=False):
    return BoundingBox(lb, ub)


class NonlinearConstraint:
    """A function between bounds."""

    def __init__(self, fun, lb, ub, jac="2-point", hess=None, keep_feasible=False, finite_diff_rel_step=None):
        self.fun, self.lb, self.ub = fun, lb, ub


class LinearConstraint:
    """A linear function between bounds."""

    def __init__(self, A, lb=-np.inf, ub=np.inf, keep_feasible=False):
        self.A, self.lb, self.ub = np.atleast_2d(np.asarray(floats(A))), lb, ub
        self.fun = lambda x: self.A @ x


def is_end(bound, value):
    return known(bound) and bound == value


def between(c, equal, above):
    """A constraint with bounds as functions that are to be zero, and functions that aren't to be negative."""
    if same(c.lb, c.ub):
        equal.append(lambda x: c.fun(x) - c.lb)
        return
    if not is_end(c.lb, -np.inf):
        above.append(lambda x: c.fun(x) - c.lb)
    if not is_end(c.ub, np.inf):
        above.append(lambda x: c.ub - c.fun(x))


def called(function, args):
    args = args if isinstance(args, tuple) else (args,)
    return lambda x: function(x, *args)


def sides(constraints):
    """The functions of constraints that are to be zero, and those that aren't to be negative."""
    equal, above = [], []
    for c in constraints if isinstance(constraints, (list, tuple)) else [constraints]:
        if isinstance(c, (NonlinearConstraint, LinearConstraint)):
            between(c, equal, above)
        elif not isinstance(c, dict):
            refused("a constraint that is made outside", "make it in the function.")
        elif c["type"] == "eq":
            equal.append(called(c["fun"], c.get("args", ())))
        else:
            above.append(called(c["fun"], c.get("args", ())))
    return equal, above


def values(functions, x):
    return np.concatenate([flat(f(x)) for f in functions])


def flat(value):
    """A vector of floats, of a number or an array."""
    value = floats(value)
    return np.stack([value]) if np.ndim(value) == 0 else np.ravel(value)


def together(functions):
    return lambda x, *args: values(functions, x)


def with_constraints(fun, equal, above, lower, upper):
    """The objective and its constraints as one function: an inequality that isn't met with equality rests at zero."""

    def whole(x, *args):
        parts = [flat(fun(x, *args))]
        if len(equal) > 0:
            parts.append(values(equal, x))
        if len(above) > 0:
            parts.append(met(values(above, x)))
        if lower is not None:
            parts.append(met(x - lower))
            parts.append(met(upper - x))
        return np.concatenate(parts)

    return whole


def met(c):
    """An inequality where it holds with equality, and 0 elsewhere."""
    return np.where(c < 1e-6, c, 0.0)

"""scipy.optimize: fits of curves, and what its solvers are asked for."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from srcad.definitions.words import count_of_parameters, fixed, floats, refused

METHODS: dict[str, object] = {}
__all__ = ["curve_fit"]


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

"""Helpers of generated code about solvers: linear systems of Jacobians, roots, whether something was found at all."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def regular(slope: complex) -> complex:
    """The slope of an equation at its root, which must not be zero."""
    if slope == 0:
        raise ZeroDivisionError(
            "the slope of the equation at its solution is zero: the solution does not move smoothly with what the "
            "equation depends on, so it has no derivative there"
        )
    return slope


def solve_regular(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The solution of a linear system whose matrix is the Jacobian of an equation at its solution."""
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise np.linalg.LinAlgError(
            "the Jacobian of the equation at its solution is singular: the solution isn't unique nearby, or does not "
            "move smoothly with what the equation depends on, so it has no derivative there"
        ) from None


def solve_by_cg(product: Callable[[np.ndarray], np.ndarray], b: np.ndarray) -> np.ndarray:
    """The v with product(v) = b, for a symmetric positive definite matrix that is known by its products alone."""
    return solve_by_products("cg", product, b)


def solve_by_gmres(product: Callable[[np.ndarray], np.ndarray], b: np.ndarray) -> np.ndarray:
    """The v with product(v) = b, for a matrix that is known by its products alone."""
    return solve_by_products("gmres", product, b)


def solve_by_products(name: str, product: Callable[[np.ndarray], np.ndarray], b: np.ndarray) -> np.ndarray:
    """By one of SciPy's iterations; raises where it doesn't get there."""
    try:
        import scipy.sparse.linalg as sparse
    except ImportError as error:
        raise ImportError(
            f"solve={name!r} needs SciPy, which isn't installed: pip install scipy, or leave solve= out"
        ) from error
    shape = np.shape(b)
    flat = sparse.LinearOperator((b.size, b.size), lambda v: np.ravel(product(v.reshape(shape))), dtype=b.dtype)
    options = {"restart": min(b.size, 100)} if name == "gmres" else {}
    found, failed = getattr(sparse, name)(flat, np.ravel(b), rtol=1e-10, atol=0.0, **options)
    if failed:
        raise np.linalg.LinAlgError(
            f"{name} did not solve the linear system of the Jacobian of an equation at its solution: the Jacobian may "
            "be singular, or, for cg, not symmetric and positive definite; solve='dense' needs neither"
        )
    return np.reshape(found, shape)


def converged(result: dict[str, object]) -> dict[str, object]:
    """What a solver returned; warns where it says that it has failed, as derivatives take a solution for one.

    A minimiser that stops for want of precision where the gradient is as good as zero has found what there is to find.
    """
    if result.get("success", result.get("converged", True)):
        return result
    slope = np.max(np.abs(np.asarray(result.get("jac", np.inf))), initial=0.0)
    if (
        "nit" not in result
        or result.get("status") != 2
        or not slope <= 1e-5 * (1.0 + np.abs(np.asarray(result["fun"])))
    ):
        said = result.get("message", result.get("flag", "it gives no reason"))
        warnings.warn(
            f"the solver did not converge, so derivatives of its result are not to be trusted: {said}",
            RuntimeWarning,
            stacklevel=2,
        )
    return result


def minimise_under(
    f: Callable[..., float],
    x0: np.ndarray,
    equalities: Callable[..., np.ndarray] | None = None,
    inequalities: Callable[..., np.ndarray] | None = None,
    args: tuple[object, ...] = (),
    **options: object,
) -> object:
    """SciPy's minimize, under constraints: what is to be zero, and what is not to be negative."""
    from scipy import optimize

    kinds = (("eq", equalities), ("ineq", inequalities))
    constraints = [{"type": kind, "fun": c, "args": args} for kind, c in kinds if c is not None]
    return optimize.minimize(f, x0, args=args, constraints=constraints, **options)


def integrate_until(
    fun: Callable[..., object],
    t_span: tuple[float, float],
    y0: np.ndarray,
    terminal: tuple[bool, ...],
    direction: tuple[float, ...],
    args: tuple[object, ...] = (),
    **options: object,
) -> object:
    """SciPy's solve_ivp with the events event_0=, event_1=..., and what these say of themselves."""
    from scipy import integrate

    functions: list[Any] = [options.pop(f"event_{k}") for k in range(len(terminal))]
    events = [event_of(*each) for each in zip(functions, terminal, direction, strict=True)]
    return integrate.solve_ivp(fun, t_span, y0, events=events, args=args or None, **options)


def event_of(function: Callable[..., object], terminal: bool, direction: float) -> Callable[..., object]:
    """A function of time and state that ends the solution where it is zero, or doesn't."""

    def event(*args: object) -> object:
        return function(*args)

    event.__dict__.update(terminal=terminal, direction=direction)
    return event


def find_root(function: Callable[..., object], x0: np.ndarray | float) -> np.ndarray | float:
    """The x near x0 with function(x) = 0: a float for a float, else an array shaped like x0."""
    try:
        from scipy import optimize
    except ImportError as error:
        what = "srcad.implicit.root needs SciPy, which isn't installed"
        raise ImportError(f"{what}: pip install scipy, or give another solver by solver=") from error
    start, scalar = np.array(x0, dtype=float), np.ndim(x0) == 0
    shape = start.shape

    def flat(x: np.ndarray) -> np.ndarray:
        value = np.asarray(function(float(x[0]) if scalar else x.reshape(shape))).ravel()
        if value.dtype.kind == "c":
            raise TypeError("the roots of complex functions aren't found: take real and imaginary parts for variables")
        return value

    found = optimize.root(flat, start.ravel(), tol=1e-13)
    size = np.max(np.abs(flat(found.x)), initial=0.0)
    if not found.success and not size <= 1e-10 * (1.0 + np.max(np.abs(flat(start.ravel())), initial=0.0)):
        raise RuntimeError(f"no root was found near x0: {found.message}")
    return float(found.x[0]) if scalar else np.reshape(found.x, shape)


def find_fixed_point(function: Callable[..., object], x0: np.ndarray | float) -> np.ndarray | float:
    """The x with function(x) = x that iterating from x0 leads to: a float for a float, else an array like x0."""
    x = np.array(x0, dtype=float)
    scalar = x.ndim == 0
    for _ in range(10_000):
        new = np.asarray(function(float(x) if scalar else x), dtype=float).reshape(x.shape)
        if np.max(np.abs(new - x), initial=0.0) <= 1e-14 * (1.0 + np.max(np.abs(x), initial=0.0)):
            return float(new) if scalar else new
        x = new
    raise RuntimeError("iterating from x0 did not lead to a fixed point in 10000 turns; give another solver=")


def solved_by(
    solver: Callable[..., object], function: Callable[..., object], x0: np.ndarray | float
) -> np.ndarray | float:
    """What a solver finds for a function and a start, as a float or an array like x0."""
    found = np.array(solver(function, x0.copy() if isinstance(x0, np.ndarray) else x0), dtype=float)
    if found.shape != np.shape(x0):
        raise ValueError(f"the solver returned an array of shape {found.shape} for x0 of shape {np.shape(x0)}")
    return found if found.ndim else float(found)


def integrated(
    function: Callable[..., np.ndarray],
    y0: np.ndarray,
    t0: float,
    times: np.ndarray,
    args: tuple[object, ...] = (),
    **options: object,
) -> np.ndarray:
    """The solution of y' = function(t, y, *args) with y(t0) = y0 at these times, a row for each; before t0 or after."""
    from scipy.integrate import solve_ivp

    rows = np.empty((len(times), len(y0)))
    rows[:] = y0
    moved = times != t0
    ahead = np.unique(times[moved])
    if ahead.size:
        on = ahead if ahead[-1] > t0 else ahead[::-1]
        found = solve_ivp(function, (t0, on[-1]), y0, t_eval=on, args=args or None, **options)
        if not found.success:
            raise RuntimeError(f"the equation of a derivative was not solved: {found.message}")
        columns = found.y if ahead[-1] > t0 else found.y[:, ::-1]
        rows[moved] = columns.T[np.searchsorted(ahead, times[moved])]
    return rows


def mesh(
    function: Callable[..., np.ndarray],
    y0: np.ndarray,
    t0: float,
    times: np.ndarray,
    args: tuple[object, ...] = (),
    **options: object,
) -> tuple[np.ndarray, np.ndarray]:
    """t0, these times, and as many steps of the solver between them as y can be followed back from one to the next.

    In the direction of the solver, with the place of each of the times among them.
    """
    from scipy.integrate import solve_ivp

    last = times[np.argmax(np.abs(times - t0))] if len(times) else t0
    steps = solve_ivp(function, (t0, last), y0, args=args or None, **options).t if last != t0 else times
    ordered = np.unique(np.concatenate([[t0], steps, times]))
    ordered = ordered if last >= t0 else ordered[::-1]
    rows = integrated(function, y0, t0, ordered, args=args, **options)
    wanted = {k for k, t in enumerate(ordered) if t == t0 or t in times}
    pending = [(start, stop) for start, stop in zip(sorted(wanted)[:-1], sorted(wanted)[1:], strict=True)]
    while pending:
        start, stop = pending.pop()
        if stop - start > 1 and not leads_back(function, ordered, rows, start, stop, args, options):
            wanted.add((start + stop) // 2)
            pending += [(start, (start + stop) // 2), ((start + stop) // 2, stop)]
    kept = ordered[sorted(wanted)]
    places = np.searchsorted(kept, times) if last >= t0 else len(kept) - 1 - np.searchsorted(kept[::-1], times)
    return kept, places


def leads_back(
    function: Callable[..., np.ndarray],
    times: np.ndarray,
    rows: np.ndarray,
    start: int,
    stop: int,
    args: tuple[object, ...],
    options: dict[str, object],
) -> bool:
    """Whether solving backwards from one time comes to what the solution is at another, within the tolerances."""
    from scipy.integrate import solve_ivp

    try:
        with np.errstate(all="ignore"):
            found = solve_ivp(function, (times[stop], times[start]), rows[stop], args=args or None, **options)
    except (ValueError, OverflowError):  # implicit methods raise on infinite values, to which y may grow
        return False
    allowed = np.asarray(options.get("atol", 1e-6)) + options.get("rtol", 1e-3) * np.abs(rows[start])
    return bool(found.success and np.all(np.abs(found.y[:, -1] - rows[start]) <= 10 * allowed))


def quad_value(function: Callable[..., float], a: float, b: float, **options: object) -> float:
    """The integral of a function from a to b, without an estimate of its error."""
    from scipy.integrate import quad

    value: float = quad(function, a, b, **options)[0]
    return value


def quad_vec_value(function: Callable[..., np.ndarray], a: float, b: float, **options: object) -> np.ndarray:
    """The integral of a function that returns a vector, from a to b, without an estimate of its error."""
    from scipy.integrate import quad_vec

    value: np.ndarray = quad_vec(function, a, b, **options)[0]
    return value

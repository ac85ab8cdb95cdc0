"""scipy.optimize.linprog: at a vertex, as many constraints hold with equality as there are variables.

These make the system that the vertex solves, and by which it moves. Where there are more of them, or one of them could
be left out without a loss, the vertex isn't the solution of one system, or jumps: such programs raise.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize

from srcad.definitions.words import floats, held, moves, part, refused, run

CLOSE = 1e-9  # how far, relative to its size, a constraint that holds with equality may be from that


class LinearOptimum:
    """What linprog() returns."""

    def __init__(self, found, x, fun, slack, con):
        self.x, self.fun, self.slack, self.con = x, fun, slack, con
        self.success, self.status, self.message, self.nit = found.success, found.status, found.message, found.nit

    @property
    def ineqlin(self):
        refused(*MARGINALS)

    @property
    def eqlin(self):
        refused(*MARGINALS)

    @property
    def lower(self):
        refused(*MARGINALS)

    @property
    def upper(self):
        refused(*MARGINALS)


MARGINALS = ("what linprog says of its constraints", "differentiate fun with respect to their right sides.")


def box(bounds, n):
    """Lower and upper bounds as vectors."""
    if bounds is None:
        return np.zeros(n), np.full(n, np.inf)
    if not isinstance(bounds, (tuple, list)):
        pairs = np.asarray(floats(bounds))
        pairs = pairs[None, :] if np.ndim(pairs) == 1 else pairs
        return np.zeros(n) + pairs[:, 0], np.zeros(n) + pairs[:, 1]
    pairs = [bounds] if len(bounds) == 2 and is_end(bounds[0]) else bounds
    lower = np.stack([floats(-np.inf if low is None else low) for low, _ in pairs])
    upper = np.stack([floats(np.inf if high is None else high) for _, high in pairs])
    return np.zeros(n) + lower, np.zeros(n) + upper


def is_end(bound):
    """Whether it is one end of an interval, and no pair."""
    return bound is None or (not isinstance(bound, (tuple, list)) and np.ndim(bound) == 0)


def rows_of(a, n):
    return np.zeros((0, n)) if a is None else np.reshape(np.asarray(floats(a)), (-1, n))


def side_of(b):
    return np.zeros(0) if b is None else np.ravel(np.asarray(floats(b)))


def linprog(
    c, A_ub=None, b_ub=None, A_eq=None, b_eq=None, bounds=(0, None), method="highs", callback=None, options=None
):
    if callback is not None:
        refused("linprog with callback=", "leave it out.")
    if not moves(c, A_ub, b_ub, A_eq, b_eq, bounds):
        return run(optimize.linprog, c, A_ub, b_ub, A_eq, b_eq, bounds, method, options=options)
    c = np.ravel(np.asarray(floats(c)))
    n = len(c)
    above, limit, level, value = rows_of(A_ub, n), side_of(b_ub), rows_of(A_eq, n), side_of(b_eq)
    lower, upper = box(bounds, n)
    sides = np.stack([held(lower), held(upper)], axis=1)
    given = (held(c), held(above), held(limit), held(level), held(value), sides)
    found = run(optimize.linprog, *given, method=method, options=options)
    x, fun, slack, con = None, None, None, None
    if part("bool", 0, found, "success"):
        x = vertex(c, above, limit, level, value, lower, upper, part("float64", 1, found, "x"))
        fun, slack, con = np.dot(c, x), limit - above @ x, value - level @ x
    elif part("int64", 0, found, "status") == 1:
        raise ValueError("scipy.optimize.linprog came to no end, so there is nothing to differentiate")
    return LinearOptimum(found, x, fun, slack, con)


def vertex(c, above, limit, level, value, lower, upper, x):
    """The solution of the constraints that hold with equality."""
    size = 1.0 + np.abs(x)
    low = np.nonzero(np.abs(held(lower) - x) <= CLOSE * size)[0]
    high = np.nonzero((np.abs(held(upper) - x) <= CLOSE * size) & (held(lower) != held(upper)))[0]
    total = 1.0 + np.abs(held(above)) @ np.abs(x) + np.abs(held(limit))
    met = np.nonzero(np.abs(held(limit) - held(above) @ x) <= CLOSE * total)[0]
    eye = np.eye(len(x))
    rows = np.concatenate([level, above[met], -eye[low], eye[high]])
    if rows.shape[0] != len(x):
        raise np.linalg.LinAlgError(MANY if rows.shape[0] > len(x) else FEW)
    multipliers = np.linalg.solve(held(rows).T, held(c))
    if np.any(np.abs(multipliers[len(level) :]) <= CLOSE * (1.0 + np.max(np.abs(held(c))))):
        raise np.linalg.LinAlgError(FEW)
    return np.linalg.solve(rows, np.concatenate([value, limit[met], -lower[low], upper[high]]))


MANY = (
    "the solution of this linear program is degenerate: more constraints hold with equality than there are variables, "
    "so it does not move smoothly with them, and has no derivative there"
)
FEW = (
    "the solution of this linear program isn't unique, so it does not move smoothly with what it depends on, "
    "and has no derivative there"
)

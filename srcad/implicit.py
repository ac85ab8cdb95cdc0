"""Solutions of equations: differentiated by the equation that they solve, not through the steps of the solver.

>>> import numpy as np, srcad
>>> def square_root(a):
...     return srcad.implicit.root(lambda x, a: x * x - a, 1.0, a)
>>> square_root(4.0)
2.0
>>> srcad.grad(square_root)(4.0)
0.25
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVarTuple, overload

import numpy as np
import numpy.typing as npt

from srcad.errors import ArgumentError
from srcad.frontend.core.reading import Reads, means
from srcad.frontend.derivatives import implicit as reading
from srcad.runtime.solving import find_fixed_point, find_root, solved_by

Solver = Callable[..., object]
Theta = TypeVarTuple("Theta")
Floats = npt.NDArray[np.float64]


@overload
def root(
    f: Callable[[float, *Theta], object],
    x0: float,
    *theta: *Theta,
    solver: Solver | None = None,
    solve: str = "dense",
) -> float: ...


@overload
def root(
    f: Callable[[Floats, *Theta], object],
    x0: npt.NDArray[np.floating | np.integer],
    *theta: *Theta,
    solver: Solver | None = None,
    solve: str = "dense",
) -> Floats: ...


@means(Reads(reading.root))
def root(
    f: Callable[..., object], x0: object, *theta: object, solver: Solver | None = None, solve: str = "dense"
) -> object:
    """The x near x0 with f(x, *theta) = 0, whose derivative is that of the solution.

    x0: a number or an array of floats; f returns what is like it, and may read differentiated variables from around
        it, as well as get them by theta (numbers, arrays and containers of these). The derivative with respect to x0
        is zero.
    solver: a function of (g, x0), where g(x) is f(x, *theta), that returns the root; any will do, it is not
        differentiated. None: SciPy's `root`.
    solve: how the linear system of a derivative is solved: "dense" with the Jacobian of f as a matrix; "gmres", or
        "cg" for one that is symmetric and positive definite, by products with it alone (SciPy's iterations).

    Raises RuntimeError where no root is found, and numpy.linalg.LinAlgError (ZeroDivisionError of a number) from a
    derivative where the Jacobian is singular. Derivatives of any order, in both modes.

    >>> import numpy as np, srcad
    >>> def cube_roots(a):
    ...     return np.sum(srcad.implicit.root(lambda x: x**3 - a, np.ones(2)))
    >>> srcad.grad(cube_roots)(np.array([8.0, 27.0])).round(6)
    array([0.083333, 0.037037])
    """
    return _found(find_root, f, x0, theta, solver, solve)


@overload
def fixed_point(
    f: Callable[[float, *Theta], object],
    x0: float,
    *theta: *Theta,
    solver: Solver | None = None,
    solve: str = "dense",
) -> float: ...


@overload
def fixed_point(
    f: Callable[[Floats, *Theta], object],
    x0: npt.NDArray[np.floating | np.integer],
    *theta: *Theta,
    solver: Solver | None = None,
    solve: str = "dense",
) -> Floats: ...


@means(Reads(reading.fixed_point))
def fixed_point(
    f: Callable[..., object], x0: object, *theta: object, solver: Solver | None = None, solve: str = "dense"
) -> object:
    """The x near x0 with f(x, *theta) = x, whose derivative is that of the solution.

    As `root` of f(x, *theta) - x; without a solver, f is iterated from x0 until x stands still (RuntimeError where it
    doesn't).

    >>> import math, srcad
    >>> def settled(a):
    ...     return srcad.implicit.fixed_point(lambda x: math.cos(a * x), 0.5)
    >>> round(settled(1.0), 4), round(srcad.grad(settled)(1.0), 4)
    (0.7391, -0.2975)
    """
    return _found(find_fixed_point, f, x0, theta, solver, solve)


def _found(
    default: Solver, f: Callable[..., object], x0: object, theta: tuple[object, ...], solver: Solver | None, solve: str
) -> object:
    if solve not in reading.SOLVES:
        raise ArgumentError(f"solve={solve!r}", do=f"it is one of {', '.join(map(repr, reading.SOLVES))}")
    for name, function in (("f", f), ("solver", solver or default)):
        if not callable(function):
            raise ArgumentError(f"{name} is a function, and not {function!r}")
    given = np.array(x0)
    if given.dtype.kind not in "fiu":
        raise ArgumentError(f"x0 is a number or an array of floats, and not {x0!r}")
    start = given.astype(float) if given.ndim else float(given)
    if solver is None:
        return default(lambda x: f(x, *theta), start)
    return solved_by(solver, lambda x: f(x, *theta), start)


__all__ = ["fixed_point", "root"]

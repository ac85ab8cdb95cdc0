"""Sparse Jacobians and Hessians: as many evaluations as the pattern needs colours, not as there are columns.

    J = srcad.sparse.jacobian(residuals)(x)      a SciPy csr_array, with a row for each number of the result
    H = srcad.sparse.hessian(energy)(x)          the same for second derivatives
    S = srcad.sparse.pattern(residuals)(x)       where J may have entries: Booleans

The pattern is found anew in each call, by a run of the evaluation trace (`srcad.patterns`), or given. It is coloured
once: a call whose pattern is that of an earlier one takes its colours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, overload

from srcad.calls.arguments import Argnums
from srcad.patterns import Plan
from srcad.sparse.common import Function, P
from srcad.sparse.hessian import Hessian
from srcad.sparse.jacobian import Jacobian

if TYPE_CHECKING:  # SciPy need not be installed
    from scipy.sparse import csr_array

Many = tuple[int | str, ...] | list[int | str] | list[int] | list[str]
Sparsity = object  # a sparse matrix of SciPy, an array or a tuple of these: SciPy's have no common type


@overload
def jacobian(
    function: Callable[P, object],
    argnums: int | str = 0,
    *,
    sparsity: Sparsity = None,
    mode: str | None = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Jacobian[P, csr_array]: ...


@overload
def jacobian(
    function: Callable[P, object],
    argnums: Many,
    *,
    sparsity: Sparsity = None,
    mode: str | None = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Jacobian[P, tuple[csr_array, ...]]: ...


@overload
def jacobian(
    function: None = None,
    argnums: int | str = 0,
    *,
    sparsity: Sparsity = None,
    mode: str | None = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Callable[[Callable[P, object]], Jacobian[P, csr_array]]: ...


@overload
def jacobian(
    function: None = None,
    *,
    argnums: Many,
    sparsity: Sparsity = None,
    mode: str | None = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Callable[[Callable[P, object]], Jacobian[P, tuple[csr_array, ...]]]: ...


def jacobian(
    function: Function | None = None,
    argnums: Argnums = 0,
    *,
    sparsity: Sparsity = None,
    mode: str | None = None,
    check: bool | None = None,
    backend: str | None = None,
) -> object:
    """The Jacobian of a function as a SciPy `csr_array`, for the cost of a few tangents or adjoints.

    Its rows are the numbers of the result one after the other, its columns those of the argument, in C order;
    structures are run through in Python's order. With a tuple of `argnums` it is a tuple of matrices.

    `sparsity`: where there may be entries, if that is known: a SciPy sparse matrix or an array, as `pattern` gives it
    (for a tuple of `argnums` a tuple, or one matrix with all columns side by side). Else it is found in each call.
    `mode`: "forward" (columns, by tangents) or "reverse" (rows, by adjoints); None: what takes fewer evaluations.
    `check`: compare the result with the derivative in one random direction, which shows entries outside of the
    pattern; None: where `sparsity` is given.

    The function that comes out fits `jac=` of scipy.optimize.least_squares. Its `plan(*args)` says how a call would be
    evaluated, its `pattern(*args)` where it may have entries.

    Raises ArgumentError for a `sparsity` of another shape or that misses entries, and where SciPy or networkx are not
    installed.

    >>> import numpy as np, srcad
    >>> def f(x):
    ...     return x[1:] ** 2 - x[:-1]
    >>> J = srcad.sparse.jacobian(f)
    >>> J(np.array([1.0, 2.0, 3.0])).toarray()
    array([[-1.,  4.,  0.],
           [ 0., -1.,  6.]])
    >>> J.plan(np.ones(1000))
    <999 x 1000, 1998 entries: 2 colours of columns, by tangents>
    """
    make = functools.partial(
        Jacobian[..., object], argnums=argnums, sparsity=sparsity, mode=mode, check=check, backend=backend
    )
    return make if function is None else make(function)


@overload
def hessian(
    function: Callable[P, object],
    argnums: int | str = 0,
    *,
    sparsity: Sparsity = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Hessian[P, csr_array]: ...


@overload
def hessian(
    function: Callable[P, object],
    argnums: Many,
    *,
    sparsity: Sparsity = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Hessian[P, tuple[tuple[csr_array, ...], ...]]: ...


@overload
def hessian(
    function: None = None,
    argnums: int | str = 0,
    *,
    sparsity: Sparsity = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Callable[[Callable[P, object]], Hessian[P, csr_array]]: ...


@overload
def hessian(
    function: None = None,
    *,
    argnums: Many,
    sparsity: Sparsity = None,
    check: bool | None = None,
    backend: str | None = None,
) -> Callable[[Callable[P, object]], Hessian[P, tuple[tuple[csr_array, ...], ...]]]: ...


def hessian(
    function: Function | None = None,
    argnums: Argnums = 0,
    *,
    sparsity: Sparsity = None,
    check: bool | None = None,
    backend: str | None = None,
) -> object:
    """The Hessian of a function that returns a number, as a SciPy `csr_array`: a Hessian product for each colour.

    Rows and columns are the numbers of the argument one after the other, in C order. With a tuple of `argnums` it is a
    tuple of tuples of matrices. `sparsity` and `check` are as for `jacobian`; the pattern is taken as symmetric.

    >>> import numpy as np, srcad
    >>> def f(x):
    ...     return np.sum((x[1:] - x[:-1] ** 2) ** 2)
    >>> H = srcad.sparse.hessian(f)
    >>> H(np.ones(3)).toarray()
    array([[ 8., -4.,  0.],
           [-4., 10., -4.],
           [ 0., -4.,  2.]])
    >>> H.plan(np.ones(1000))
    <1000 x 1000, 2998 entries: 3 colours of a symmetric matrix>
    """
    make = functools.partial(Hessian[..., object], argnums=argnums, sparsity=sparsity, check=check, backend=backend)
    return make if function is None else make(function)


@overload
def pattern(function: Callable[P, object], argnums: int | str = 0) -> Callable[P, csr_array]: ...


@overload
def pattern(function: Callable[P, object], argnums: Many) -> Callable[P, tuple[csr_array, ...]]: ...


def pattern(function: Function, argnums: Argnums = 0) -> object:
    """Where the Jacobian may have entries, as a Boolean `csr_array`: a function of the arguments.

    It follows the branches, loops and indices of the run at these arguments. Every number that is not zero in the
    Jacobian there is in the pattern. For the pattern of a Hessian: `srcad.sparse.hessian(f).pattern`.

    >>> import numpy as np, srcad
    >>> S = srcad.sparse.pattern(lambda x: x[[2, 0]] * x[1])
    >>> S(np.ones(3)).toarray().astype(int)
    array([[0, 1, 1],
           [1, 1, 0]])
    """
    return Jacobian[..., object](function, argnums=argnums).pattern


__all__ = ["Hessian", "Jacobian", "Plan", "hessian", "jacobian", "pattern"]

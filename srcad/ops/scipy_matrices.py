"""scipy.linalg: functions of matrices, matrix equations, eigenvalues, matrices that are built of vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    as_dtype,
    dim_atom,
    dims_or_raise,
    emit,
    emit_many,
    flag,
    integer,
    is_given,
    known_rank,
    word,
)
from srcad.ops.declare import Area, Argument, CallError, Kind, ToOne, static
from srcad.ops.joining import joined_along
from srcad.ops.linalg import AREA as LINALG
from srcad.ops.linalg import EighResult, SVDResult, float_dtype, real_dtype
from srcad.ops.norms import norm
from srcad.ops.products import number_or_array
from srcad.ops.scipy_systems import matrix, real_matrix
from srcad.ops.shaping import ravel, swapaxes
from srcad.ops.spelling import call
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.dims import smaller
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Type, Unknown, dims_of, dtype_of, is_complex, promote

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# what keeps the dtype of a matrix, and what makes doubles of it
MATRIX_FUNCTIONS = ("cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm", "signm", "logm")
IN_DOUBLES = ("logm",)
# operations that are NumPy's but for what they are called: they have the rules of these
LIKE_NUMPY = {
    "scipy_eigh": "eigh",
    "scipy_eigvalsh": "eigvalsh",
    "scipy_svd": "svd",
    "scipy_svdvals": "singular_values",
    "scipy_pinv": "pinv",
    "scipy_lstsq": "lstsq",
}

# ---- types


def _same(a: Type) -> Type:
    return number_or_array(float_dtype(a), dims_of(a))


def _doubles(a: Type) -> Type:
    return number_or_array("complex128" if is_complex(a) else "float64", dims_of(a))


def _frechet(a: Type, e: Type) -> Type:
    return number_or_array("complex128" if is_complex(a) or is_complex(e) else "float64", dims_of(a))


def _power(a: Type, t: Type) -> Type:
    return _doubles(a)


def _sylvester(a: Type, b: Type, q: Type) -> Type:
    return number_or_array(_wide(promote(a, b, q)), dims_of(q))


def _wide(dtype: str | None) -> str | None:
    return dtype and ("complex128" if np.dtype(dtype).kind == "c" else "float64")


def _continuous(a: Type, q: Type) -> Type:
    return number_or_array(promote(a, q), dims_of(q))


def _discrete(a: Type, q: Type, *, method: str | None = None) -> Type:
    return number_or_array(_wide(promote(a, q)), dims_of(q))


def _riccati(a: Type, b: Type, q: Type, r: Type, *, balanced: bool = True) -> Type:
    return number_or_array("float64", dims_of(a))


def _polar(a: Type) -> tuple[Type, ...]:
    _, n = dims_or_raise(a, "polar")
    return _same(a), number_or_array(float_dtype(a), (n, n))


def _generalised(a: Type, b: Type, *, lower: bool = True) -> tuple[Type, ...]:
    (n, _), dtype = dims_or_raise(a, "eigh"), promote(a, b)
    return number_or_array(real_dtype(dtype), (n,)), number_or_array(dtype, (n, n))


def _tridiagonal(d: Type, e: Type) -> tuple[Type, ...]:
    dims, dtype = dims_or_raise(d, "eigh_tridiagonal"), promote(d, e)
    if len(dims) != 1 or e.rank != 1:
        raise NotYetSupported("eigenvalues of a tridiagonal matrix whose diagonals aren't vectors", do="ravel them")
    (n,) = dims
    return number_or_array(dtype, (n,)), number_or_array(dtype, (n, n))


def _lstsq(a: Type, b: Type, *, rcond: float | None = None) -> tuple[Type, ...]:
    """NumPy's, but that of one right side it has a number for the residual, or none."""
    types = LINALG.operations["lstsq"].infer(a, b)
    assert isinstance(types, tuple)
    x, left, *rest = types
    return x, Unknown(dtype_of(left)) if x.rank == 1 else left, *rest


def _svd_values(a: Type) -> Type:
    m, n = dims_or_raise(a, "svdvals")
    return number_or_array(real_dtype(float_dtype(a)), (smaller(m, n),))


# ---- spellings


def _lower_text(function: str) -> Callable[[tuple[str, ...], Params], str]:
    """Of a function that takes as a flag what NumPy takes as a letter."""

    def text(texts: tuple[str, ...], params: Params) -> str:
        rest = ["lower=False"] if params.get("UPLO") == "U" else []
        return f"scipy.linalg.{function}({', '.join([*texts, *rest])})"

    return text


# ---- operations

_FACTOR = Kind.FACTORISATION
op("expm", _FACTOR, _same, "scipy.linalg.expm({0})", cost="dear")
op("expm_frechet", _FACTOR, _frechet, "scipy.linalg.expm_frechet({0}, {1}, compute_expm=False)", cost="dear")
for _name in MATRIX_FUNCTIONS:
    _typing = _doubles if _name in IN_DOUBLES else _same
    _call = f"scipy.linalg.{_name}({{0}})"
    op(_name, _FACTOR, _typing, f"only_real({_call}, {{0}})" if _name == "logm" else _call, cost="dear")
op("sqrtm", _FACTOR, _same, "only_real(scipy.linalg.sqrtm({0}), {0})", cost="dear")
op(
    "fractional_matrix_power",
    _FACTOR,
    _power,
    "only_real(scipy.linalg.fractional_matrix_power({0}, {1}), {0})",
    cost="dear",
)
op("solve_sylvester", _FACTOR, _sylvester, "scipy.linalg.solve_sylvester({0}, {1}, {2})", cost="dear")
op("solve_continuous_lyapunov", _FACTOR, _continuous, "scipy.linalg.solve_continuous_lyapunov({0}, {1})", cost="dear")
op(
    "solve_discrete_lyapunov",
    _FACTOR,
    _discrete,
    call("scipy.linalg.solve_discrete_lyapunov", method=None),
    cost="dear",
)
for _name in ("solve_continuous_are", "solve_discrete_are"):
    op(_name, _FACTOR, _riccati, call(f"scipy.linalg.{_name}", balanced=True), cost="dear")
op("polar", _FACTOR, _polar, "scipy.linalg.polar({0})", cost="dear")
op("eigh_generalised", _FACTOR, _generalised, call("scipy.linalg.eigh", lower=True), cost="dear", one_triangle=True)
op("eigh_tridiagonal", _FACTOR, _tridiagonal, "scipy.linalg.eigh_tridiagonal({0}, {1})", cost="dear")
for _name in ("eigh", "eigvalsh"):
    _infer = LINALG.operations[_name].infer
    op(f"scipy_{_name}", _FACTOR, _infer, _lower_text(_name), cost="dear", one_triangle=True)
op(
    "scipy_svd",
    _FACTOR,
    LINALG.operations["svd"].infer,
    call("scipy.linalg.svd", full_matrices=True, hermitian=False),
    cost="dear",
)
op("scipy_svdvals", _FACTOR, _svd_values, "scipy.linalg.svdvals({0})", cost="dear")
op(
    "scipy_pinv",
    _FACTOR,
    LINALG.operations["pinv"].infer,
    call("scipy.linalg.pinv", rcond=None, rtol=None, hermitian=False),
    cost="dear",
)
op("scipy_lstsq", _FACTOR, _lstsq, call("scipy.linalg.lstsq", rcond=None), cost="dear")

# ---- functions of matrices


def _function(name: str) -> ToOne:
    def lowering(b: Builder, A: Argument) -> Atom:
        return emit(b, name, matrix(b, A, name))

    return lowering


for _name in ("expm", "sqrtm", *MATRIX_FUNCTIONS):
    lowers(f"scipy.linalg.{_name}")(_function(_name))


@lowers("scipy.linalg.expm_frechet")
def expm_frechet(b: Builder, A: Argument, E: Argument, compute_expm: Argument = True) -> Atom | tuple[Atom, ...]:
    a, e = matrix(b, A, "expm_frechet"), matrix(b, E, "expm_frechet")
    change = emit(b, "expm_frechet", a, e)
    if not flag(compute_expm, "compute_expm"):
        return change
    return emit(b, "expm", as_dtype(b, a, dtype_of(change.type))), change


@lowers("scipy.linalg.fractional_matrix_power")
def fractional_matrix_power(b: Builder, A: Argument, t: Argument) -> Atom:
    return emit(b, "fractional_matrix_power", matrix(b, A, "fractional_matrix_power"), as_array(b, t))


# ---- equations


@lowers("scipy.linalg.solve_sylvester")
def solve_sylvester(build: Builder, /, a: Argument, b: Argument, q: Argument) -> Atom:
    return emit(build, "solve_sylvester", *(matrix(build, x, "solve_sylvester") for x in (a, b, q)))


@lowers("scipy.linalg.solve_continuous_lyapunov")
def solve_continuous_lyapunov(b: Builder, a: Argument, q: Argument) -> Atom:
    name = "solve_continuous_lyapunov"
    return emit(b, name, real_matrix(b, a, name), real_matrix(b, q, name))


@lowers("scipy.linalg.solve_discrete_lyapunov")
def solve_discrete_lyapunov(b: Builder, a: Argument, q: Argument, method: Argument = None) -> Atom:
    name, how = "solve_discrete_lyapunov", word(method, "method")
    extra = {} if how is None else {"method": how}
    return emit(b, name, real_matrix(b, a, name), real_matrix(b, q, name), **extra)


def _are(name: str) -> ToOne:
    def lowering(
        build: Builder, /, a: Argument, b: Argument, q: Argument, r: Argument, balanced: Argument = True
    ) -> Atom:
        extra = {} if flag(balanced, "balanced") else {"balanced": False}
        return emit(build, name, *(real_matrix(build, x, name) for x in (a, b, q, r)), **extra)

    return lowering


for _name in ("solve_continuous_are", "solve_discrete_are"):
    lowers(f"scipy.linalg.{_name}")(_are(_name))


@lowers("scipy.linalg.polar")
def polar(b: Builder, a: Argument, side: Argument = "right") -> tuple[Atom, ...]:
    x, where = real_matrix(b, a, "polar"), word(side, "side")
    if where not in ("right", "left"):
        raise CallError("`side` must be either 'right' or 'left'")
    rows, columns = (integer(dim_atom(b, x, k), "the shape") for k in (0, 1))
    if (rows < columns) if where == "right" else (columns < rows):
        raise NotYetSupported(
            f"scipy.linalg.polar of a matrix of shape {(rows, columns)} with side={where!r}",
            why="the semidefinite factor is singular there, and has no derivative",
            do=f"use side={'left' if where == 'right' else 'right'!r}",
        )
    if where == "right":
        return emit_many(b, "polar", x)
    u, p = emit_many(b, "polar", swapaxes(b, x, 0, 1))
    return swapaxes(b, u, 0, 1), p


# ---- eigenvalues, singular values, least squares


def _side(lower: Argument) -> dict[str, object]:
    return {} if flag(lower, "lower") else {"UPLO": "U"}


@lowers("scipy.linalg.eigh")
def eigh(
    build: Builder,
    /,
    a: Argument,
    b: Argument = None,
    *,
    lower: Argument = True,
    eigvals_only: Argument = False,
    subset_by_index: Argument = None,
) -> Atom | EighResult:
    if flag(eigvals_only, "eigvals_only"):
        return eigvalsh(build, a, b, lower=lower, subset_by_index=subset_by_index)
    x = matrix(build, a, "eigh")
    if is_given(b):
        values, vectors = _generalised_pair(build, x, b, lower)
    else:
        values, vectors = emit_many(build, "scipy_eigh", x, **_side(lower))
    return EighResult(_subset(build, values, 0, subset_by_index), _subset(build, vectors, 1, subset_by_index))


def _generalised_pair(build: Builder, a: Atom, b: Argument, lower: Argument) -> tuple[Atom, ...]:
    extra = {} if flag(lower, "lower") else {"lower": False}
    operands = (real_matrix(build, x, "eigh with two matrices") for x in (a, b))
    return emit_many(build, "eigh_generalised", *operands, **extra)


def _subset(b: Builder, x: Atom, axis: int, places: Argument) -> Atom:
    """The eigenvalues with numbers from one to another, or their vectors."""
    if not is_given(places):
        return x
    first, last = static(places, "subset_by_index")
    bounds = (integer(first, "subset_by_index"), integer(last, "subset_by_index") + 1)
    index = (*(("slice", None, None, None),) * axis, ("slice", 0, 1, None))
    return emit(b, "get_item", x, *bounds, index=index)


@lowers("scipy.linalg.eigvalsh")
def eigvalsh(
    build: Builder, /, a: Argument, b: Argument = None, *, lower: Argument = True, subset_by_index: Argument = None
) -> Atom:
    x = matrix(build, a, "eigvalsh")
    if is_given(b):
        values = _generalised_pair(build, x, b, lower)[0]
    else:
        values = emit(build, "scipy_eigvalsh", x, **_side(lower))
    return _subset(build, values, 0, subset_by_index)


@lowers("scipy.linalg.eig")
def eig(build: Builder, /, a: Argument) -> tuple[Atom, ...]:
    return emit_many(build, "eig", matrix(build, a, "eig"))


@lowers("scipy.linalg.eigvals")
def eigvals(build: Builder, /, a: Argument) -> Atom:
    return emit(build, "eigvals", matrix(build, a, "eigvals"))


@lowers("scipy.linalg.eigh_tridiagonal")
def eigh_tridiagonal(
    b: Builder,
    d: Argument,
    e: Argument,
    eigvals_only: Argument = False,
    select: Argument = "a",
    select_range: Argument = None,
) -> Atom | tuple[Atom, ...]:
    if flag(eigvals_only, "eigvals_only"):
        return eigvalsh_tridiagonal(b, d, e, select, select_range)
    if _selected(select, select_range) is not None:
        raise NotYetSupported(
            f"scipy.linalg.eigh_tridiagonal with select={static(select, 'select')!r} and vectors",
            do="take all of them, and a part of these by a slice",
        )
    return emit_many(b, "eigh_tridiagonal", as_array(b, d), as_array(b, e))


@lowers("scipy.linalg.eigvalsh_tridiagonal")
def eigvalsh_tridiagonal(
    b: Builder, d: Argument, e: Argument, select: Argument = "a", select_range: Argument = None
) -> Atom:
    values = emit_many(b, "eigh_tridiagonal", as_array(b, d), as_array(b, e))[0]
    return _subset(b, values, 0, _selected(select, select_range))


def _selected(select: Argument, select_range: Argument) -> Argument:
    """The numbers of the first and the last eigenvalue; None: all."""
    how = static(select, "select")
    if how in ("a", "all", 0):
        return None
    if how in ("i", "index", 2):
        return select_range
    raise NotYetSupported(
        f"scipy.linalg.eigvalsh_tridiagonal with select={how!r}",
        why="how many eigenvalues there are depends on their values",
        do="take all of them, and those that you want by a mask",
    )


@lowers("scipy.linalg.svd")
def svd(b: Builder, a: Argument, full_matrices: Argument = True, compute_uv: Argument = True) -> Atom | SVDResult:
    x = matrix(b, a, "svd")
    if not flag(compute_uv, "compute_uv"):
        return emit(b, "scipy_svdvals", x)
    rows, columns = dims_or_raise(x.type, "svd")
    full = flag(full_matrices, "full_matrices") and not rows.same(columns)
    return SVDResult(*emit_many(b, "scipy_svd", x, full_matrices=full))


@lowers("scipy.linalg.svdvals")
def svdvals(b: Builder, a: Argument) -> Atom:
    return emit(b, "scipy_svdvals", matrix(b, a, "svdvals"))


@lowers("scipy.linalg.pinv")
def pinv(b: Builder, a: Argument, *, rtol: Argument = None) -> Atom:
    extra = {"rtol": static(rtol, "rtol")} if is_given(rtol) else {}
    return emit(b, "scipy_pinv", matrix(b, a, "pinv"), **extra)


@lowers("scipy.linalg.pinvh")
def pinvh(b: Builder, a: Argument, rtol: Argument = None, lower: Argument = True) -> Atom:
    """Of the symmetric matrix that a triangle makes: the pseudo-inverse of that."""
    x = real_matrix(b, a, "pinvh")
    below = flag(lower, "lower")
    half = emit(b, "tril", x) if below else emit(b, "triu", x)
    other = emit(b, "tril", x, k=-1) if below else emit(b, "triu", x, k=1)
    extra = {"rtol": static(rtol, "rtol")} if is_given(rtol) else {}
    return emit(b, "scipy_pinv", emit(b, "add", half, swapaxes(b, other, 0, 1)), **extra)


@lowers("scipy.linalg.lstsq")
def lstsq(build: Builder, /, a: Argument, b: Argument) -> tuple[Atom, ...]:
    x, y = matrix(build, a, "lstsq"), as_array(build, b)
    return (*emit_many(build, "scipy_lstsq", x, y)[:3], emit(build, "singular_values", x))


@lowers("scipy.linalg.norm")
def scipy_norm(
    b: Builder, a: Argument, ord: Argument = None, axis: Argument = None, keepdims: Argument = False
) -> Atom:
    return norm(b, a, ord, axis, keepdims)


# ---- matrices that are built


def _vector(b: Builder, x: Argument, function: str) -> Atom:
    vector = as_array(b, x)
    rank = known_rank(vector, function)
    if rank > 1:
        raise NotYetSupported(f"scipy.linalg.{function} of an array of {rank} dimensions", do="call it for each row")
    return vector if rank else ravel(b, vector)


def _counted(b: Builder, x: Atom) -> Atom:
    return emit(b, "arange", dim_atom(b, x, 0))


def _against(b: Builder, operation: str, rows: Atom, columns: Atom) -> Atom:
    """A sum or a difference of the numbers of rows and columns, for each element of a matrix."""
    up = emit(b, "get_item", rows, index=(("slice", None, None, None), ("newaxis",)))
    return emit(b, operation, up, columns)


def _picked(b: Builder, x: Atom, places: Atom) -> Atom:
    return emit(b, "get_item", x, places, index=(("array", 0),))


def _from(b: Builder, x: Atom, start: int | None, stop: int | None, step: int | None) -> Atom:
    bounds = [(None if bound is None else const(bound)) for bound in (start, stop, step)]
    given = [bound for bound in bounds if bound is not None]
    places = iter(range(len(given)))
    entry = ("slice", *(None if bound is None else next(places) for bound in bounds))
    return emit(b, "get_item", x, *given, index=(entry,))


@lowers("scipy.linalg.toeplitz")
def toeplitz(b: Builder, c: Argument, r: Argument = None) -> Atom:
    column = _vector(b, c, "toeplitz")
    row = _vector(b, r, "toeplitz") if is_given(r) else column
    if not is_given(r) and is_complex(column.type):
        row = emit(b, "conjugate", column)
    values = joined_along(b, [_from(b, row, None, 0, -1), column], 0)
    places = _against(b, "subtract", _counted(b, column), _counted(b, row))
    ahead = emit(b, "subtract", dim_atom(b, row, 0), 1)
    return _picked(b, values, emit(b, "add", places, ahead))


@lowers("scipy.linalg.circulant")
def circulant(b: Builder, c: Argument) -> Atom:
    column = _vector(b, c, "circulant")
    places = _against(b, "subtract", _counted(b, column), _counted(b, column))
    return _picked(b, column, places)  # those below 0 count from the end


@lowers("scipy.linalg.hankel")
def hankel(b: Builder, c: Argument, r: Argument = None) -> Atom:
    column = _vector(b, c, "hankel")
    row = _vector(b, r, "hankel") if is_given(r) else emit(b, "zeros_like", column)
    values = joined_along(b, [column, _from(b, row, 1, None, None)], 0)
    return _picked(b, values, _against(b, "add", _counted(b, column), _counted(b, row)))


@lowers("scipy.linalg.block_diag")
def block_diag(b: Builder, *arrs: Argument) -> Atom:
    blocks = [_as_matrix(b, x) for x in arrs] or [const(np.zeros((1, 0)))]
    rows, columns = ([dim_atom(b, x, k) for x in blocks] for k in (0, 1))
    dtype = promote(*(x.type for x in blocks))
    whole = emit(b, "zeros", _sum(b, rows), _sum(b, columns), dtype=dtype or "float64")
    down: Atom = const(0)
    across: Atom = const(0)
    for x, height, width in zip(blocks, rows, columns, strict=True):
        ends = emit(b, "add", down, height), emit(b, "add", across, width)
        index = (("slice", 0, 1, None), ("slice", 2, 3, None))
        whole = emit(b, "set_item", whole, x, down, ends[0], across, ends[1], index=index)
        down, across = ends
    return whole


def _as_matrix(b: Builder, x: Argument) -> Atom:
    block = as_array(b, x)
    rank = known_rank(block, "block_diag")
    if rank > 2:
        raise NotYetSupported("scipy.linalg.block_diag of stacks of matrices", do="call it for each of them")
    return block if rank == 2 else emit(b, "expand_dims", block, axis=tuple(range(2 - rank)))


def _sum(b: Builder, numbers: list[Atom]) -> Atom:
    whole = numbers[0]
    for number in numbers[1:]:
        whole = emit(b, "add", whole, number)
    return whole


@lowers("scipy.linalg.companion")
def companion(b: Builder, a: Argument) -> Atom:
    x = _vector(b, a, "companion")
    first = emit(
        b, "divide", emit(b, "negative", _from(b, x, 1, None, None)), emit(b, "get_item", x, 0, index=(("int", 0),))
    )
    n = dim_atom(b, first, 0)
    below = emit(b, "eye", n, k=-1, dtype=dtype_of(first.type) or "float64")
    return emit(b, "set_item", below, first, 0, index=(("int", 0),))


@lowers("scipy.linalg.khatri_rao")
def khatri_rao(build: Builder, /, a: Argument, b: Argument) -> Atom:
    left, right = matrix(build, a, "khatri_rao"), matrix(build, b, "khatri_rao")
    up = emit(build, "get_item", left, index=(("slice", None, None, None), ("newaxis",)))
    product = emit(build, "multiply", up, right)
    rows = emit(build, "multiply", dim_atom(build, left, 0), dim_atom(build, right, 0))
    return emit(build, "reshape", product, rows, dim_atom(build, left, 1))

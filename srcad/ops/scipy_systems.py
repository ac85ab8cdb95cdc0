"""scipy.linalg: factorisations, and linear systems of every structure."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import dim_atom, dims_or_raise, emit, emit_many, flag, integer, known_rank, only_given, word
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, static
from srcad.ops.linalg import float_dtype
from srcad.ops.products import number_or_array
from srcad.ops.spelling import call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.dims import Dim, fixed, smaller
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Array, Type, dims_of, dtype_of, is_complex, promote

AREA = Area()
op, lowers = AREA.op, AREA.lowers

CHECKED = {"check_finite": True}
SYSTEM = {"transposed": False, "lower": False, "assume_a": None, **CHECKED}
# what SciPy calls the structure of a matrix -> what it reads of it
STRUCTURES: dict[str | None, str] = {
    **dict.fromkeys((None, "gen", "general", "banded"), "all"),
    **dict.fromkeys(("sym", "symmetric", "pos", "positive definite", "her", "hermitian"), "symmetric"),
    **dict.fromkeys(("upper triangular",), "upper"),
    **dict.fromkeys(("lower triangular",), "lower"),
    "diagonal": "diagonal",
    "tridiagonal": "tridiagonal",
}

# ---- types


def _cho_factor(a: Type, *, lower: bool = False, check_finite: bool = True, cleared: bool = False) -> Type:
    return _same(a)


def _same(a: Type, *, lower: bool = False, check_finite: bool = True) -> Type:
    return number_or_array(float_dtype(a), dims_of(a))


def _inverse(a: Type, *, assume_a: str | None = None, lower: bool = False, check_finite: bool = True) -> Type:
    return number_or_array(float_dtype(a), dims_of(a))


def _determinant(a: Type, *, check_finite: bool = True) -> Type:
    dims = dims_or_raise(a, "scipy.linalg.det")[:-2]
    return number_or_array("complex128" if is_complex(a) else "float64", dims)


def solution(a: Type, b: Type) -> Type:
    """Of a system with the right sides `b`."""
    dtype = promote(a, b)
    return number_or_array(dtype if dtype is None else float_dtype(Array(dtype, ())), dims_of(b))


def _solve(
    a: Type,
    b: Type,
    *,
    transposed: bool = False,
    lower: bool = False,
    assume_a: str | None = None,
    check_finite: bool = True,
) -> Type:
    return solution(a, b)


def _triangular(
    a: Type,
    b: Type,
    *,
    trans: int = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    check_finite: bool = True,
) -> Type:
    return solution(a, b)


def _cho_solve(c: Type, b: Type, *, lower: bool = False, check_finite: bool = True) -> Type:
    return solution(c, b)


def _lu_factor(a: Type, *, check_finite: bool = True) -> tuple[Type, ...]:
    m, n = dims_or_raise(a, "lu_factor")
    return _same(a), Array("int32", (smaller(m, n),))


def _lu_solve(lu: Type, piv: Index, b: Type, *, trans: int = 0, check_finite: bool = True) -> Type:
    return solution(lu, b)


def _lu(a: Type, *, check_finite: bool = True) -> tuple[Type, ...]:
    m, n = dims_or_raise(a, "lu")
    dtype, k = float_dtype(a), smaller(m, n)
    return Array("int32", (m,)), number_or_array(dtype, (m, k)), number_or_array(dtype, (k, n))


def _order(piv: Index) -> Type:
    return Array("int64", dims_of(piv) or ())


def _qr(a: Type, *, mode: str = "full", pivoting: bool = False, check_finite: bool = True) -> tuple[Type, ...]:
    m, n = dims_or_raise(a, "qr")
    dtype, k = float_dtype(a), smaller(m, n) if mode == "economic" else m
    factors = number_or_array(dtype, (m, k)), number_or_array(dtype, (k, n))
    return (*factors, Array("int32", (n,))) if pivoting else factors


def _banded(ab: Type, b: Type, *, l_and_u: tuple[int, int], check_finite: bool = True) -> Type:
    return solution(ab, b)


def _positive_banded(ab: Type, b: Type, *, rows: int, lower: bool = False, check_finite: bool = True) -> Type:
    return solution(ab, b)


def _turned_band(ab: Type, *, l_and_u: tuple[int, int]) -> Type:
    return ab


def _outer_band(p: Type, q: Type, *, l_and_u: tuple[int, int]) -> Type:
    lower, upper = l_and_u
    (n, *_) = dims_or_raise(p, "a band")
    return number_or_array(promote(p, q), (fixed(lower + upper + 1), n))


def _band_times(ab: Type, x: Type, *, l_and_u: tuple[int, int]) -> Type:
    return number_or_array(promote(ab, x), dims_of(x))


def _toeplitz_solution(c: Type, r: Type, b: Type, *, check_finite: bool = True) -> Type:
    return solution(c, b)


# ---- spellings


def _pair_text(function: str) -> Callable[[tuple[str, ...], Params], str]:
    """Of a function that takes what it solves with as a pair, with the flag `lower`."""

    def text(texts: tuple[str, ...], params: Params) -> str:
        lower = params.get("lower", False)
        rest = options(params, CHECKED)
        return f"scipy.linalg.{function}({', '.join([f'({texts[0]}, {lower})', texts[1], *rest])})"

    return text


def _lu_text(texts: tuple[str, ...], params: Params) -> str:
    rest = options(params, {"trans": 0, **CHECKED})
    return f"scipy.linalg.lu_solve({', '.join([f'({texts[0]}, {texts[1]})', texts[2], *rest])})"


def _banded_text(texts: tuple[str, ...], params: Params) -> str:
    rest = options(params, CHECKED)
    return f"scipy.linalg.solve_banded({', '.join([repr(params['l_and_u']), *texts, *rest])})"


def _toeplitz_text(texts: tuple[str, ...], params: Params) -> str:
    rest = options(params, CHECKED)
    return f"scipy.linalg.solve_toeplitz({', '.join([f'({texts[0]}, {texts[1]})', texts[2], *rest])})"


def _lu_of(texts: tuple[str, ...], params: Params) -> str:
    return f"scipy.linalg.lu({', '.join([texts[0], 'p_indices=True', *options(params, CHECKED)])})"


def _of(function: str, **defaults: object) -> Callable[[tuple[str, ...], Params], str]:
    return call(f"scipy.linalg.{function}", **defaults, **CHECKED)


# ---- operations

_FACTOR = Kind.FACTORISATION
op("scipy_inv", _FACTOR, _inverse, _of("inv", assume_a=None, lower=False), cost="dear")
op("scipy_det", _FACTOR, _determinant, _of("det"), cost="dear")
op("scipy_solve", _FACTOR, _solve, call("scipy.linalg.solve", **SYSTEM), cost="dear")
op(
    "solve_triangular",
    _FACTOR,
    _triangular,
    _of("solve_triangular", trans=0, lower=False, unit_diagonal=False),
    cost="dear",
)
op("scipy_cholesky", _FACTOR, _same, _of("cholesky", lower=False), cost="dear", one_triangle=True)
op("cho_factor", _FACTOR, _cho_factor, lambda t, p: f"{_of('cho_factor', lower=False)(t, p)}[0]", cost="dear")
op("cho_solve", _FACTOR, _cho_solve, _pair_text("cho_solve"), cost="dear")
op("lu_factor", _FACTOR, _lu_factor, _of("lu_factor"), cost="dear")
op("lu_solve", _FACTOR, _lu_solve, _lu_text, cost="dear")
op("scipy_lu", _FACTOR, _lu, _lu_of, cost="dear")
# the order into which interchanges of rows put them
op("order_of_pivots", Kind.ALGORITHM, _order, "order_of_pivots({0})")
op("scipy_qr", _FACTOR, _qr, _of("qr", mode="full", pivoting=False), cost="dear")
op("solve_banded", _FACTOR, _banded, _banded_text, cost="dear")
op("solveh_banded", _FACTOR, _positive_banded, _of("solveh_banded", lower=False), cost="dear")
# matrices that are stored by their diagonals: the transpose; the band of an outer product; the product with vectors
op("turned_band", Kind.MOVEMENT, _turned_band, "turned_band({0}, {l_and_u})", linear=True)
op("band_of_outer", Kind.CONTRACTION, _outer_band, "band_of_outer({0}, {1}, {l_and_u})", bilinear=True)
op("band_times", Kind.CONTRACTION, _band_times, "band_times({0}, {1}, {l_and_u})", bilinear=True)
op("solve_toeplitz", _FACTOR, _toeplitz_solution, _toeplitz_text, cost="dear")

# ---- lowerings


def matrix(b: Builder, a: Argument, function: str) -> Atom:
    """An operand that is one matrix."""
    x = as_array(b, a)
    rank = known_rank(x, f"scipy.linalg.{function}")
    if rank < 2:
        raise NotYetSupported(
            f"scipy.linalg.{function} of an array of {rank} dimensions", do="give a matrix: np.atleast_2d(x)"
        )
    if rank > 2:
        raise NotYetSupported(f"scipy.linalg.{function} of a stack of matrices", do="call it for each matrix in a loop")
    return x


def right_side(b: Builder, x: Argument, function: str) -> Atom:
    """One vector, or a matrix whose columns are vectors."""
    side = as_array(b, x)
    if known_rank(side, f"scipy.linalg.{function}") not in (1, 2):
        raise NotYetSupported(
            f"scipy.linalg.{function} for a stack of right sides", do="call it for each of them in a loop"
        )
    return side


def real_matrix(b: Builder, a: Argument, function: str) -> Atom:
    return _real(matrix(b, a, function), function)


def _real(x: Atom, function: str) -> Atom:
    if is_complex(x.type):
        raise NotYetSupported(
            f"the derivative of scipy.linalg.{function} of complex matrices",
            do="write the matrix as a real one of twice the size: [[real, -imag], [imag, real]]",
        )
    return x


def checked(check_finite: Argument) -> dict[str, object]:
    return {} if flag(check_finite, "check_finite") else {"check_finite": False}


def _lower(lower: Argument, **more: object) -> dict[str, object]:
    return {**({"lower": True} if flag(lower, "lower") else {}), **more}


@lowers("scipy.linalg.inv")
def inv(
    b: Builder, a: Argument, check_finite: Argument = True, *, assume_a: Argument = None, lower: Argument = False
) -> Atom:
    structure, x = word(assume_a, "assume_a"), matrix(b, a, "inv")
    kept = STRUCTURES.get(structure)
    if kept not in ("all", "symmetric"):
        raise NotYetSupported(
            f"scipy.linalg.inv with assume_a={structure!r}",
            do="leave it out, or solve with scipy.linalg.solve_triangular",
        )
    if kept == "symmetric":
        _real(x, "inv")
    extra = {} if structure is None else {"assume_a": structure}
    return emit(b, "scipy_inv", x, **extra, **_lower(lower), **checked(check_finite))


@lowers("scipy.linalg.det")
def det(b: Builder, a: Argument, check_finite: Argument = True) -> Atom:
    return emit(b, "scipy_det", as_array(b, a), **checked(check_finite))


@lowers("scipy.linalg.solve")
def solve(
    build: Builder,
    /,
    a: Argument,
    b: Argument,
    lower: Argument = False,
    check_finite: Argument = True,
    assume_a: Argument = None,
    transposed: Argument = False,
) -> Atom:
    structure = word(assume_a, "assume_a")
    if structure not in STRUCTURES:
        raise CallError(f"{structure} is not a recognized matrix structure")
    matrix_a, side = matrix(build, a, "solve"), right_side(build, b, "solve")
    turned = flag(transposed, "transposed")
    if is_complex(matrix_a.type) and (turned or STRUCTURES[structure] == "symmetric"):
        raise NotYetSupported(
            "scipy.linalg.solve of a complex matrix with assume_a= or transposed=", do="solve with the matrix as it is"
        )
    extra: dict[str, object] = {"transposed": True} if turned else {}
    extra |= {} if structure is None else {"assume_a": structure}
    return emit(build, "scipy_solve", matrix_a, side, **extra, **_lower(lower), **checked(check_finite))


TRANSPOSITIONS = {0: 0, "N": 0, 1: 1, "T": 1, 2: 2, "C": 2}


def _transposition(trans: Argument, a: Atom, function: str) -> dict[str, object]:
    """Whether a system is that of the transpose."""
    known = static(trans, "trans")
    if known not in TRANSPOSITIONS:
        raise CallError(f"trans must be one of {list(TRANSPOSITIONS)}")
    way = TRANSPOSITIONS[known]
    if way == 2 and is_complex(a.type):
        raise NotYetSupported(f"scipy.linalg.{function} with trans='C' of a complex matrix", do="conjugate it yourself")
    return {"trans": 1} if way else {}


@lowers("scipy.linalg.solve_triangular")
def solve_triangular(
    build: Builder,
    /,
    a: Argument,
    b: Argument,
    trans: Argument = 0,
    lower: Argument = False,
    unit_diagonal: Argument = False,
    check_finite: Argument = True,
) -> Atom:
    factor, side = matrix(build, a, "solve_triangular"), right_side(build, b, "solve_triangular")
    extra = _lower(lower, **_transposition(trans, factor, "solve_triangular"))
    extra |= {"unit_diagonal": True} if flag(unit_diagonal, "unit_diagonal") else {}
    return emit(build, "solve_triangular", factor, side, **extra, **checked(check_finite))


@lowers("scipy.linalg.cholesky")
def cholesky(b: Builder, a: Argument, lower: Argument = False, check_finite: Argument = True) -> Atom:
    return emit(b, "scipy_cholesky", real_matrix(b, a, "cholesky"), **_lower(lower), **checked(check_finite))


@lowers("scipy.linalg.cho_factor")
def cho_factor(
    b: Builder, a: Argument, lower: Argument = False, check_finite: Argument = True
) -> tuple[Atom | bool, ...]:
    side = flag(lower, "lower")
    options = _lower(side, **checked(check_finite), **only_given(cleared=_is_cleared()))
    return emit(b, "cho_factor", real_matrix(b, a, "cho_factor"), **options), side


@cache
def _is_cleared() -> bool:
    """Whether the triangle beside the factor is 0, as it is since SciPy 1.18, or what stands there in the matrix."""
    factor, _ = importlib.import_module("scipy.linalg").cho_factor(np.array([[1.0, 0.0], [0.5, 1.0]]))
    return bool(factor[1, 0] == 0.0)


@lowers("scipy.linalg.cho_solve")
def cho_solve(build: Builder, /, c_and_lower: Argument, b: Argument, check_finite: Argument = True) -> Atom:
    factor, lower = _pair(c_and_lower, "cho_solve")
    c, side = real_matrix(build, factor, "cho_solve"), right_side(build, b, "cho_solve")
    return emit(build, "cho_solve", c, side, **_lower(lower), **checked(check_finite))


def _pair(given: Argument, function: str) -> tuple[Argument, Argument]:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise NotYetSupported(f"scipy.linalg.{function} of what isn't a pair that is known before the run")
    return given[0], given[1]


@lowers("scipy.linalg.lu_factor")
def lu_factor(b: Builder, a: Argument, check_finite: Argument = True) -> tuple[Atom, ...]:
    return emit_many(b, "lu_factor", square(b, a, "lu_factor"), **checked(check_finite))


def _surely_differ(one: Dim, other: Dim) -> bool:
    """Whether two lengths can't be equal: of those that aren't known, `not_one` are 2 at least."""
    if one.number is not None and other.number is not None:
        return one.number != other.number
    return any(bool(a.number in (0, 1) and b.not_one) for a, b in ((one, other), (other, one)))


def square(b: Builder, a: Argument, function: str) -> Atom:
    """A matrix that has as many rows as columns, as far as its type tells."""
    x = matrix(b, a, function)
    rows, columns = dims_or_raise(x.type, function)
    if _surely_differ(rows, columns):
        raise NotYetSupported(
            f"scipy.linalg.{function} of a matrix that isn't square", do="use scipy.linalg.qr with mode='economic'"
        )
    return x


@lowers("scipy.linalg.lu_solve")
def lu_solve(
    build: Builder, /, lu_and_piv: Argument, b: Argument, trans: Argument = 0, check_finite: Argument = True
) -> Atom:
    factors, pivots = _pair(lu_and_piv, "lu_solve")
    lu, side = matrix(build, factors, "lu_solve"), right_side(build, b, "lu_solve")
    extra = _transposition(trans, lu, "lu_solve")
    return emit(build, "lu_solve", lu, as_array(build, pivots), side, **extra, **checked(check_finite))


@lowers("scipy.linalg.lu")
def lu(
    b: Builder, a: Argument, permute_l: Argument = False, check_finite: Argument = True, p_indices: Argument = False
) -> tuple[Atom, ...]:
    order, lower, upper = emit_many(b, "scipy_lu", square(b, a, "lu"), **checked(check_finite))
    whole = (("array", 0),)
    if flag(permute_l, "permute_l"):
        return emit(b, "get_item", lower, order, index=whole), upper
    if flag(p_indices, "p_indices"):
        return order, lower, upper
    eye = emit(b, "eye", emit(b, "dim", order, axis=0), dtype=dtype_of(lower.type))
    return emit(b, "get_item", eye, order, index=whole), lower, upper


@lowers("scipy.linalg.qr")
def qr(
    b: Builder, a: Argument, mode: Argument = "full", pivoting: Argument = False, check_finite: Argument = True
) -> tuple[Atom, ...]:
    how = word(mode, "mode") or ""
    if how not in ("full", "r", "economic"):
        raise NotYetSupported(f"scipy.linalg.qr with mode={how!r}", do="use mode='economic'")
    x = real_matrix(b, a, "qr")
    rows, columns = dims_or_raise(x.type, "qr")
    pivots = flag(pivoting, "pivoting")
    more = rows.number - columns.number if rows.number is not None and columns.number is not None else 0
    if how == "full" and more > 0:
        raise NotYetSupported(
            "scipy.linalg.qr of a matrix that isn't square with mode='full'",
            why="the columns of Q that complete the basis aren't determined by the matrix",
            do="use mode='economic'",
        )
    if more < 0 and not pivots:
        return _wide_qr(b, x, checked(check_finite))[how == "r" :]
    short = how == "economic" or (how == "r" and not rows.same(columns))
    extra: dict[str, object] = {"mode": "economic"} if short else {}
    extra |= {"pivoting": True} if pivots else {}
    results = emit_many(b, "scipy_qr", x, **extra, **checked(check_finite))
    if how != "r":
        return results
    _, upper, *order = results
    return (_with_rows_of(b, upper, x) if short else upper, *order)


def _wide_qr(b: Builder, x: Atom, checks: dict[str, object]) -> tuple[Atom, Atom]:
    """Of more columns than rows: Q is that of the first columns, and R has the others in the basis of Q."""
    rows = emit(b, "dim", x, axis=0)
    first, rest = (
        emit(b, "get_item", x, rows, index=(("slice", None, None, None), ("slice", *bounds)))
        for bounds in ((None, 0, None), (0, None, None))
    )
    q, upper = emit_many(b, "scipy_qr", first, **checks)
    others = emit(b, "matmul", emit(b, "transpose", q, axes=(1, 0)), rest)
    return q, emit(b, "concatenate", upper, others, axis=1)


def _with_rows_of(b: Builder, upper: Atom, x: Atom) -> Atom:
    """With rows of zeros below, so that there are those of x."""
    missing = emit(b, "subtract", emit(b, "dim", x, axis=0), emit(b, "dim", upper, axis=0))
    below = emit(b, "zeros", missing, emit(b, "dim", x, axis=1), dtype=dtype_of(upper.type))
    return emit(b, "concatenate", upper, below, axis=0)


def _band(l_and_u: Argument) -> tuple[int, int]:
    lower, upper = static(l_and_u, "l_and_u")
    return integer(lower, "l_and_u"), integer(upper, "l_and_u")


@lowers("scipy.linalg.solve_banded")
def solve_banded(
    build: Builder, /, l_and_u: Argument, ab: Argument, b: Argument, check_finite: Argument = True
) -> Atom:
    band, side = matrix(build, ab, "solve_banded"), right_side(build, b, "solve_banded")
    return emit(build, "solve_banded", band, side, l_and_u=_band(l_and_u), **checked(check_finite))


@lowers("scipy.linalg.solveh_banded")
def solveh_banded(
    build: Builder, /, ab: Argument, b: Argument, lower: Argument = False, check_finite: Argument = True
) -> Atom:
    band, side = real_matrix(build, ab, "solveh_banded"), right_side(build, b, "solveh_banded")
    rows = integer(dim_atom(build, band, 0), "the number of diagonals")
    return emit(build, "solveh_banded", band, side, rows=rows, **_lower(lower), **checked(check_finite))


@lowers("scipy.linalg.solve_toeplitz")
def solve_toeplitz(build: Builder, /, c_or_cr: Argument, b: Argument, check_finite: Argument = True) -> Atom:
    pair = isinstance(c_or_cr, tuple)
    column, row = _pair(c_or_cr, "solve_toeplitz") if pair else (c_or_cr, c_or_cr)
    first, second = (_real(as_array(build, x), "solve_toeplitz") for x in (column, row))
    if any(known_rank(x, "solve_toeplitz") != 1 for x in (first, second)):
        raise NotYetSupported("scipy.linalg.solve_toeplitz of what isn't a vector", do="ravel it")
    side = _real(right_side(build, b, "solve_toeplitz"), "solve_toeplitz")
    return emit(build, "solve_toeplitz", first, second, side, **checked(check_finite))

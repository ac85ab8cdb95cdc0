"""Linear systems and factorisations of matrices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    dims_or_raise,
    emit,
    emit_many,
    flag,
    is_given,
    only_given,
    word,
)
from srcad.ops.declare import Area, Argument, CallError, Kind, static
from srcad.ops.products import number_or_array
from srcad.ops.shaping import array_type, swapaxes
from srcad.ops.spelling import call
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.dims import UNKNOWN_DIM, Dim, smaller
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    Array,
    Scalar,
    Type,
    Unknown,
    broadcast_dims,
    dims_of,
    dtype_of,
    promote,
)

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def float_dtype(t: Type) -> str | None:
    """The dtype of linear algebra: ints become floats."""
    dtype = dtype_of(t)
    return dtype if dtype is None or np.dtype(dtype).kind in "fc" else "float64"


def _solve(a: Type, b: Type) -> Type:
    dtype, left, right = promote(a, b), dims_of(a), dims_of(b)
    if left is None or right is None:
        return Unknown(dtype)
    if not right:
        raise CallError("solve: Input operand 1 does not have enough dimensions")
    if len(right) == 1:
        return number_or_array(dtype, (*left[:-2], right[-1]))
    return number_or_array(dtype, (*broadcast_dims(left[:-2], right[:-2]), *right[-2:]))


def _cholesky(a: Type, *, upper: bool = False) -> Type:
    return _square(a)


def matrix_dims(a: Type) -> tuple[Dim, ...] | None:
    """The lengths of a matrix, or of a stack of them; None if they aren't known."""
    if a.rank is not None and a.rank < 2:
        raise CallError(f"{a.rank}-dimensional array given. Array must be at least two-dimensional")
    return dims_of(a)


def _square(a: Type) -> Type:
    matrix_dims(a)
    return array_type(Scalar(float_dtype(a) or "float64"), dims_of(a))


def _scalars(a: Type) -> Type:
    dims = matrix_dims(a)
    return number_or_array(float_dtype(a), None if dims is None else dims[:-2])


def _slogdet(a: Type) -> tuple[Type, ...]:
    dims = matrix_dims(a)
    return _scalars(a), number_or_array(real_dtype(float_dtype(a)), None if dims is None else dims[:-2])


def _eigenvalues(a: Type, *, UPLO: str = "L") -> Type:
    dims = matrix_dims(a)
    return number_or_array(real_dtype(float_dtype(a)), None if dims is None else dims[:-1])


def real_dtype(dtype: str | None) -> str | None:
    return None if dtype is None else str(np.zeros(0, dtype).real.dtype)


def _eigh(a: Type, *, UPLO: str = "L") -> tuple[Type, ...]:
    return _eigenvalues(a), _square(a)


def _eig(a: Type) -> tuple[Type, ...]:
    return _general_eigenvalues(a), array_type(Scalar(_complex_dtype(a)), dims_of(a))


def _general_eigenvalues(a: Type) -> Type:
    dims = matrix_dims(a)
    return number_or_array(_complex_dtype(a), None if dims is None else dims[:-1])


def _complex_dtype(a: Type) -> str:
    return str(np.result_type(float_dtype(a) or "float64", "complex64"))


def _svd(a: Type, *, full_matrices: bool = True, hermitian: bool = False) -> tuple[Type, ...]:
    *batch, m, n = dims_or_raise(a, "svd")
    k, dtype = smaller(m, n), float_dtype(a)
    left, right = (m, n) if full_matrices else (k, k)
    return (
        number_or_array(dtype, (*batch, m, left)),
        number_or_array(real_dtype(dtype), (*batch, k)),
        number_or_array(dtype, (*batch, right, n)),
    )


def _singular_values(a: Type) -> Type:
    *batch, m, n = dims_or_raise(a, "svd")
    return number_or_array(real_dtype(float_dtype(a)), (*batch, smaller(m, n)))


def _qr(a: Type, *, mode: str = "reduced") -> tuple[Type, ...]:
    *batch, m, n = dims_or_raise(a, "qr")
    k, dtype = m if mode == "complete" else smaller(m, n), float_dtype(a)
    return number_or_array(dtype, (*batch, m, k)), number_or_array(dtype, (*batch, k, n))


def _pinv(a: Type, *, rcond: float | None = None, rtol: float | None = None, hermitian: bool = False) -> Type:
    *batch, m, n = dims_or_raise(a, "pinv")
    return number_or_array(float_dtype(a), (*batch, n, m))


def _lstsq(a: Type, b: Type, *, rcond: float | None = None) -> tuple[Type, ...]:
    m, n = dims_or_raise(a, "lstsq")
    dtype, columns = promote(a, b), dims_or_raise(b, "lstsq")[1:]
    plain = real_dtype(dtype)
    residuals = Array(plain or "float64", (UNKNOWN_DIM,))
    return number_or_array(dtype, (n, *columns)), residuals, Scalar("int32"), number_or_array(plain, (smaller(m, n),))


def _ranks(a: Type, *, tol: float | None = None, rtol: float | None = None, hermitian: bool = False) -> Type:
    dims = dims_of(a)
    return number_or_array("int64", None if dims is None else dims[:-2])


def _cofactor_change(a: Type, d: Type) -> Type:
    return _square(a)


def _only_regular(x: Type, a: Type, inverse: Type) -> Type:
    return x


def _only_square(g: Type, a: Type) -> Type:
    return g


def _triangle_of(g: Type, a: Type, *, upper: bool = False) -> Type:
    return g


op("solve", Kind.FACTORISATION, _solve, "np.linalg.solve({0}, {1})", cost="dear")
op("inv", Kind.FACTORISATION, _square, "np.linalg.inv({0})", cost="dear")
op("inverse_or_nan", Kind.FACTORISATION, _square, "inverse_or_nan({0})", cost="dear")
op("det", Kind.FACTORISATION, _scalars, "np.linalg.det({0})", cost="dear")
op("cofactor", Kind.FACTORISATION, _square, "cofactor({0})", cost="dear")
# how cofactors change; the first operand, if the second (its inverse is the third) is far from singular; else an error
op("cofactor_change", Kind.FACTORISATION, _cofactor_change, "cofactor_change({0}, {1})", cost="dear")
op("only_regular", Kind.VIEW, _only_regular, "only_regular({0}, {1}, {2})", cost="free", linear=True)
op("slogdet", Kind.FACTORISATION, _slogdet, "np.linalg.slogdet({0})", cost="dear")
op("cholesky", Kind.FACTORISATION, _cholesky, call("np.linalg.cholesky", upper=False), cost="dear", one_triangle=True)
op("eigh", Kind.FACTORISATION, _eigh, call("np.linalg.eigh", UPLO="L"), cost="dear", one_triangle=True)
op("eigvalsh", Kind.FACTORISATION, _eigenvalues, call("np.linalg.eigvalsh", UPLO="L"), cost="dear", one_triangle=True)
# of general matrices: complex even where all are real, as the type can't depend on that
op("eig", Kind.FACTORISATION, _eig, "complex_eig({0})", cost="dear")
op("eigvals", Kind.FACTORISATION, _general_eigenvalues, "complex_eigvals({0})", cost="dear")
op("svd", Kind.FACTORISATION, _svd, call("np.linalg.svd", full_matrices=True, hermitian=False), cost="dear")
op("singular_values", Kind.FACTORISATION, _singular_values, "np.linalg.svd({0}, compute_uv=False)", cost="dear")
# the first operand, if the second is made of square matrices; else an error
op("only_square", Kind.VIEW, _only_square, "only_square({0}, {1})", cost="free", linear=True)
op("reflected", Kind.CONTRACTION, _triangle_of, call("reflected", upper=False), linear=True)
op("folded", Kind.CONTRACTION, _triangle_of, call("folded", upper=False), linear=True)
op("only_wide", Kind.VIEW, _only_square, "only_wide({0}, {1})", cost="free", linear=True)
op("qr", Kind.FACTORISATION, _qr, call("np.linalg.qr", mode="reduced"), cost="dear")
op("pinv", Kind.FACTORISATION, _pinv, call("np.linalg.pinv", rcond=None, rtol=None, hermitian=False), cost="dear")
op("lstsq", Kind.FACTORISATION, _lstsq, call("np.linalg.lstsq", rcond=None), cost="dear")
op(
    "matrix_rank",
    Kind.FACTORISATION,
    _ranks,
    call("np.linalg.matrix_rank", tol=None, rtol=None, hermitian=False),
    cost="dear",
)


# ---- lowerings


class SlogdetResult(NamedTuple):
    sign: Atom
    logabsdet: Atom


class EighResult(NamedTuple):
    eigenvalues: Atom
    eigenvectors: Atom


class EigResult(NamedTuple):
    eigenvalues: Atom
    eigenvectors: Atom


class SVDResult(NamedTuple):
    U: Atom
    S: Atom
    Vh: Atom


class QRResult(NamedTuple):
    Q: Atom
    R: Atom


@lowers(np.linalg.solve)
def solve(build: Builder, /, a: Argument, b: Argument) -> Atom:
    return emit(build, "solve", as_array(build, a), as_array(build, b))


@lowers(np.linalg.inv)
def inv(b: Builder, a: Argument) -> Atom:
    return emit(b, "inv", as_array(b, a))


@lowers(np.linalg.det)
def det(b: Builder, a: Argument) -> Atom:
    return emit(b, "det", as_array(b, a))


@lowers(np.linalg.slogdet)
def slogdet(b: Builder, a: Argument) -> SlogdetResult:
    return SlogdetResult(*emit_many(b, "slogdet", as_array(b, a)))


@lowers(np.linalg.cholesky)
def cholesky(b: Builder, a: Argument, /, *, upper: Argument = False) -> Atom:
    """An upper factor reads the upper triangle: it is the transposed lower one of the transposed matrix."""
    if not flag(upper, "upper"):
        return emit(b, "cholesky", as_array(b, a))
    return swapaxes(b, emit(b, "cholesky", swapaxes(b, as_array(b, a), -1, -2)), -1, -2)


def _triangle_option(uplo: Argument) -> dict[str, object]:
    side = (word(uplo, "UPLO") or "").upper()
    if side not in ("L", "U"):
        raise CallError("UPLO argument must be 'L' or 'U'")
    return {} if side == "L" else {"UPLO": "U"}


@lowers(np.linalg.eigh)
def eigh(b: Builder, a: Argument, UPLO: Argument = "L") -> EighResult:
    return EighResult(*emit_many(b, "eigh", as_array(b, a), **_triangle_option(UPLO)))


@lowers(np.linalg.eigvalsh)
def eigvalsh(b: Builder, a: Argument, UPLO: Argument = "L") -> Atom:
    return emit(b, "eigvalsh", as_array(b, a), **_triangle_option(UPLO))


@lowers(np.linalg.eig)
def eig(b: Builder, a: Argument) -> EigResult:
    return EigResult(*emit_many(b, "eig", as_array(b, a)))


@lowers(np.linalg.eigvals)
def eigvals(b: Builder, a: Argument) -> Atom:
    return emit(b, "eigvals", as_array(b, a))


@lowers(np.linalg.svd)
def svd(b: Builder, a: Argument, full_matrices: Argument = True, compute_uv: Argument = True) -> Atom | SVDResult:
    x = as_array(b, a)
    if not flag(compute_uv, "compute_uv"):
        return emit(b, "singular_values", x)
    *_, rows, columns = dims_or_raise(x.type, "svd")
    full = flag(full_matrices, "full_matrices") and not rows.same(columns)
    return SVDResult(*emit_many(b, "svd", x, full_matrices=full))


@lowers(np.linalg.svdvals)
def svdvals(b: Builder, x: Argument, /) -> Atom:
    return emit(b, "singular_values", as_array(b, x))


@lowers(np.linalg.qr)
def qr(b: Builder, a: Argument, mode: Argument = "reduced") -> Atom | QRResult:
    how, x = word(mode, "mode"), as_array(b, a)
    if how == "raw":
        raise NotYetSupported("np.linalg.qr with mode='raw'", do="use mode='reduced'")
    if how not in ("reduced", "r", "complete"):
        raise CallError(f"Unrecognized mode '{how}'")
    *_, rows, columns = dims_or_raise(x.type, "qr")
    complete = how == "complete" and not rows.at_most(columns)
    q, r = emit_many(b, "qr", x, **only_given(mode="complete" if complete else None))
    return r if how == "r" else QRResult(q, r)


@lowers(np.linalg.pinv)
def pinv(
    b: Builder, a: Argument, rcond: Argument = None, hermitian: Argument = False, *, rtol: Argument = None
) -> Atom:
    extra = only_given(rcond=_tolerance(rcond), rtol=_tolerance(rtol), hermitian=flag(hermitian, "hermitian"))
    return emit(b, "pinv", as_array(b, a), **extra)


def _tolerance(value: Argument) -> object:
    """A number that must be known now; None where the default is meant."""
    return static(value, "the tolerance") if is_given(value) else None


@lowers(np.linalg.lstsq)
def lstsq(build: Builder, /, a: Argument, b: Argument, rcond: Argument = None) -> tuple[Atom, ...]:
    x, y = as_array(build, a), as_array(build, b)
    found = emit_many(build, "lstsq", x, y, **only_given(rcond=_tolerance(rcond)))
    return (*found[:3], emit(build, "singular_values", x))


@lowers(np.linalg.matrix_rank)
def matrix_rank(
    b: Builder, A: Argument, tol: Argument = None, hermitian: Argument = False, *, rtol: Argument = None
) -> Atom:
    extra = only_given(tol=_tolerance(tol), rtol=_tolerance(rtol), hermitian=flag(hermitian, "hermitian"))
    return emit(b, "matrix_rank", as_array(b, A), **extra)

"""Products of vectors and matrices, linear systems, factorisations, norms."""

from __future__ import annotations

import operator
from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    dims_or_raise,
    emit,
    known_rank,
    many_axes,
    one_axis,
    picked,
    shape_atoms,
    with_new_axes,
)
from srcad.ops.catalogue import Kind, lowers, op, static
from srcad.ops.einsum import letter_dims, parse
from srcad.ops.elementwise import strong
from srcad.ops.joining import items_of
from srcad.ops.shaping import array_type, moved, ravel, swapaxes
from srcad.ops.spelling import call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import (
    UNKNOWN_DIM,
    Array,
    Dim,
    Scalar,
    Type,
    Unknown,
    broadcast_dims,
    dims_of,
    dtype_of,
    is_complex,
    is_numeric,
    promote,
)

# ---- types


def number_or_array(dtype: str | None, dims: Sequence[Dim] | None) -> Type:
    """A NumPy scalar where no dimensions are left."""
    if dims is None or dtype is None:
        return Unknown(dtype)
    return Array(dtype, tuple(dims)) if dims else Scalar(dtype)


def _matmul(a: Type, b: Type) -> Type:
    dtype, left, right = promote(a, b), dims_of(a), dims_of(b)
    if left is None or right is None:
        return Unknown(dtype)
    if len(left) == 1:
        return number_or_array(dtype, (*right[:-2], *right[-1:]) if len(right) > 1 else ())
    if len(right) == 1:
        return number_or_array(dtype, left[:-1])
    return number_or_array(dtype, (*broadcast_dims(left[:-2], right[:-2]), left[-2], right[-1]))


def _outer(a: Type, b: Type) -> Type:
    left, right = dims_or_raise(a, "outer"), dims_or_raise(b, "outer")
    return number_or_array(promote(a, b), left + right)


def _inner(a: Type, b: Type) -> Type:
    return number_or_array(promote(a, b), dims_or_raise(a, "inner")[:-1] + dims_or_raise(b, "inner")[:-1])


def _tensordot(a: Type, b: Type, *, axes: tuple[tuple[int, ...], tuple[int, ...]], last: bool = False) -> Type:
    left, right = dims_or_raise(a, "tensordot"), dims_or_raise(b, "tensordot")
    free = [d for k, d in enumerate(left) if k not in axes[0]] + [d for k, d in enumerate(right) if k not in axes[1]]
    dtype = promote(a, b)
    return Unknown() if dtype is None else Array(dtype, tuple(free))


def _einsum(*xs: Type, subscripts: str, optimize: bool | str = False) -> Type:
    dims = [dims_or_raise(x, "einsum") for x in xs]
    notation = parse(subscripts, [len(d) for d in dims])
    lengths = letter_dims(notation, dims)
    return number_or_array(promote(*xs), [lengths[c] for c in notation.output])


def _kron(a: Type, b: Type) -> Type:
    left, right = dims_or_raise(a, "kron"), dims_or_raise(b, "kron")
    return number_or_array(promote(a, b), [times(x, y) for x, y in zip(left, right, strict=True)])


def times(a: Dim, b: Dim) -> Dim:
    from srcad.ops.joining import times as product

    return product(a, b)


def float_dtype(t: Type) -> str | None:
    """The dtype of linear algebra: ints become floats."""
    dtype = dtype_of(t)
    return dtype if dtype is None or np.dtype(dtype).kind in "fc" else "float64"


def _solve(a: Type, b: Type) -> Type:
    dtype, left, right = promote(a, b), dims_of(a), dims_of(b)
    if left is None or right is None:
        return Unknown(dtype)
    if len(right) == 1:
        return number_or_array(dtype, (*left[:-2], right[-1]))
    return number_or_array(dtype, (*broadcast_dims(left[:-2], right[:-2]), *right[-2:]))


def _cholesky(a: Type, *, upper: bool = False) -> Type:
    return _square(a)


def _square(a: Type) -> Type:
    return array_type(Scalar(float_dtype(a) or "float64"), dims_of(a))


def _scalars(a: Type) -> Type:
    dims = dims_of(a)
    return number_or_array(float_dtype(a), None if dims is None else dims[:-2])


def _slogdet(a: Type) -> tuple[Type, ...]:
    return _scalars(a), _scalars(a)


def _eigenvalues(a: Type, *, UPLO: str = "L") -> Type:
    dims = dims_of(a)
    return number_or_array(real_dtype(float_dtype(a)), None if dims is None else dims[:-1])


def real_dtype(dtype: str | None) -> str | None:
    return None if dtype is None else str(np.zeros(0, dtype).real.dtype)


def _eigh(a: Type, *, UPLO: str = "L") -> tuple[Type, ...]:
    return _eigenvalues(a), _square(a)


def smaller(a: Dim, b: Dim) -> Dim:
    """The lesser of two lengths."""
    if a.symbol is None and b.symbol is None:
        return a if a.offset <= b.offset else b
    return a if a.same(b) else UNKNOWN_DIM


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


def _qr(a: Type) -> tuple[Type, ...]:
    *batch, m, n = dims_or_raise(a, "qr")
    k, dtype = smaller(m, n), float_dtype(a)
    return number_or_array(dtype, (*batch, m, k)), number_or_array(dtype, (*batch, k, n))


def _pinv(a: Type, *, rcond: float | None = None, rtol: float | None = None, hermitian: bool = False) -> Type:
    *batch, m, n = dims_or_raise(a, "pinv")
    return number_or_array(float_dtype(a), (*batch, n, m))


def _lstsq(a: Type, b: Type, *, rcond: float | None = None) -> tuple[Type, ...]:
    m, n = dims_or_raise(a, "lstsq")
    dtype, columns = promote(a, b), dims_or_raise(b, "lstsq")[1:]
    residuals = Array(dtype or "float64", (UNKNOWN_DIM,))
    return number_or_array(dtype, (n, *columns)), residuals, Scalar("int32"), number_or_array(dtype, (smaller(m, n),))


def _cross(a: Type, b: Type) -> Type:
    left, right = dims_or_raise(a, "cross"), dims_or_raise(b, "cross")
    return number_or_array(promote(a, b), (*broadcast_dims(left[:-1], right[:-1]), Dim(None, 3)))


def _cofactor_change(a: Type, d: Type) -> Type:
    return _square(a)


def _only_regular(x: Type, a: Type, inverse: Type) -> Type:
    return x


def _only_square(g: Type, a: Type) -> Type:
    return g


def _rank(a: Type, *, tol: float | None = None) -> Type:
    return Scalar("int64")


# ---- spellings


def _tensordot_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    left, right = params["axes"]
    count = len(left)
    if right == tuple(range(count)) and params.get("last"):
        return f"np.tensordot({texts[0]}, {texts[1]}, {count})"
    return f"np.tensordot({texts[0]}, {texts[1]}, ({_axes_text(left)}, {_axes_text(right)}))"


def _axes_text(axes: tuple[int, ...]) -> str:
    return str(axes[0]) if len(axes) == 1 else str(list(axes))


def _einsum_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    extra = options(params, {"optimize": False})
    return f"np.einsum({', '.join([repr(params['subscripts']), *texts, *extra])})"


op("matmul", Kind.CONTRACTION, _matmul, "{0} @ {1}", cost="dear", bilinear=True, scalar_product=True)
op("dot", Kind.CONTRACTION, _matmul, "np.dot({0}, {1})", cost="dear", bilinear=True, scalar_product=True)
op("outer", Kind.CONTRACTION, _outer, "np.outer({0}, {1})", bilinear=True)
op("inner", Kind.CONTRACTION, _inner, "np.inner({0}, {1})", cost="dear", bilinear=True, scalar_product=True)
op("tensordot", Kind.CONTRACTION, _tensordot, _tensordot_text, cost="dear", bilinear=True)
op("einsum", Kind.CONTRACTION, _einsum, _einsum_text, cost="dear", read_only=True)
op("kron", Kind.CONTRACTION, _kron, "np.kron({0}, {1})", bilinear=True)
op("cross", Kind.CONTRACTION, _cross, "np.cross({0}, {1})", bilinear=True)
op("solve", Kind.FACTORISATION, _solve, "np.linalg.solve({0}, {1})", cost="dear")
op("inv", Kind.FACTORISATION, _square, "np.linalg.inv({0})", cost="dear")
op("det", Kind.FACTORISATION, _scalars, "np.linalg.det({0})", cost="dear")
op("cofactor", Kind.FACTORISATION, _square, "cofactor({0})", cost="dear")
# how cofactors change; the first operand, if the second (its inverse is the third) is far from singular; else an error
op("cofactor_change", Kind.FACTORISATION, _cofactor_change, "cofactor_change({0}, {1})", cost="dear")
op("only_regular", Kind.VIEW, _only_regular, "only_regular({0}, {1}, {2})", cost="free", linear=True)
op("slogdet", Kind.FACTORISATION, _slogdet, "np.linalg.slogdet({0})", cost="dear")
op("cholesky", Kind.FACTORISATION, _cholesky, call("np.linalg.cholesky", upper=False), cost="dear")
op("eigh", Kind.FACTORISATION, _eigh, call("np.linalg.eigh", UPLO="L"), cost="dear")
op("eigvalsh", Kind.FACTORISATION, _eigenvalues, call("np.linalg.eigvalsh", UPLO="L"), cost="dear")
op("svd", Kind.FACTORISATION, _svd, call("np.linalg.svd", full_matrices=True, hermitian=False), cost="dear")
op("singular_values", Kind.FACTORISATION, _singular_values, "np.linalg.svd({0}, compute_uv=False)", cost="dear")
# the first operand, if the second is made of square matrices; else an error
op("only_square", Kind.VIEW, _only_square, "only_square({0}, {1})", cost="free", linear=True)
op("qr", Kind.FACTORISATION, _qr, "np.linalg.qr({0})", cost="dear")
op("pinv", Kind.FACTORISATION, _pinv, call("np.linalg.pinv", rcond=None, rtol=None, hermitian=False), cost="dear")
op("lstsq", Kind.FACTORISATION, _lstsq, call("np.linalg.lstsq", rcond=None), cost="dear")
op("matrix_rank", Kind.FACTORISATION, _rank, call("np.linalg.matrix_rank", tol=None), cost="dear")


# ---- lowerings: products


def product(b: Builder, name: str, one: Atom, other: Atom) -> Atom:
    return emit(b, name, one, other)


@lowers(np.matmul, np.linalg.matmul)
def matmul(b: Builder, x1: Any, x2: Any, /, **_: Any) -> Atom:
    return product(b, "matmul", as_array(b, x1), as_array(b, x2))


@lowers(np.dot, method="dot")
def dot(build: Builder, /, a: Any, b: Any, out: Any = None) -> Atom:
    one, other = strong(build, as_array(build, a), as_array(build, b))
    if isinstance(one.type, Unknown) or isinstance(other.type, Unknown):
        return emit(build, "dot", one, other)
    ranks = known_rank(one, "dot"), known_rank(other, "dot")
    if 0 in ranks:
        return emit(build, "multiply", one, other)
    if max(ranks) <= 2:
        return emit(build, "dot", one, other)
    return _tensordot_of(build, one, other, (ranks[0] - 1,), (max(ranks[1] - 2, 0),))


@lowers(np.vdot)
def vdot(build: Builder, /, a: Any, b: Any) -> Atom:
    one, other = as_vector(build, as_array(build, a)), as_vector(build, as_array(build, b))
    return emit(build, "dot", _conjugate(build, one), other)


@lowers(np.linalg.vecdot, np.vecdot)
def vecdot(b: Builder, x1: Any, x2: Any, /, *, axis: Any = -1) -> Atom:
    one, other = as_array(b, x1), as_array(b, x2)
    products = emit(b, "multiply", _conjugate(b, one), other)
    return emit(b, "sum", products, axis=one_axis(axis, known_rank(products, "vecdot")), keepdims=False)


def _conjugate(b: Builder, x: Atom) -> Atom:
    return emit(b, "conjugate", x) if is_complex(x.type) else x


def as_vector(b: Builder, x: Atom) -> Atom:
    return x if known_rank(x, "a product of vectors") == 1 else ravel(b, x)


@lowers(np.outer)
def outer(build: Builder, /, a: Any, b: Any, out: Any = None) -> Atom:
    return emit(build, "outer", as_vector(build, as_array(build, a)), as_vector(build, as_array(build, b)))


@lowers(np.linalg.outer)
def matrix_outer(b: Builder, x1: Any, x2: Any, /) -> Atom:
    return outer(b, x1, x2)


@lowers(np.inner)
def inner(build: Builder, /, a: Any, b: Any) -> Atom:
    one, other = strong(build, as_array(build, a), as_array(build, b))
    ranks = known_rank(one, "inner"), known_rank(other, "inner")
    if 0 in ranks:
        return emit(build, "multiply", one, other)
    if max(ranks) <= 2:
        return emit(build, "inner", one, other)
    return _tensordot_of(build, one, other, (ranks[0] - 1,), (ranks[1] - 1,))


def _tensordot_of(b: Builder, one: Atom, other: Atom, left: tuple[int, ...], right: tuple[int, ...]) -> Atom:
    rank = known_rank(one, "tensordot")
    extra = {"last": True} if left == tuple(range(rank - len(left), rank)) else {}
    return emit(b, "tensordot", one, other, axes=(left, right), **extra)


@lowers(np.tensordot, np.linalg.tensordot)
def tensordot(build: Builder, /, a: Any, b: Any, axes: Any = 2) -> Atom:
    one, other = as_array(build, a), as_array(build, b)
    rank, other_rank = known_rank(one, "tensordot"), known_rank(other, "tensordot")
    axes = static(axes, "axes")
    if isinstance(axes, (tuple, list)):
        return _tensordot_of(build, one, other, many_axes(axes[0], rank), many_axes(axes[1], other_rank))
    count = operator.index(axes)
    return _tensordot_of(build, one, other, tuple(range(rank - count, rank)), tuple(range(count)))


@lowers(np.einsum)
def einsum(b: Builder, subscripts: Any, /, *operands: Any, out: Any = None, optimize: Any = False, **_: Any) -> Atom:
    if not isinstance(subscripts, Var) or not is_numeric(subscripts.type):
        subscripts = static(subscripts, "the subscripts of einsum")
    if not isinstance(subscripts, str):
        raise NotYetSupported("np.einsum with lists of axis numbers", do="write the subscripts as a string")
    if out is not None:
        raise NotYetSupported("np.einsum with out=", do="store the result: out[...] = np.einsum(...)")
    xs = [as_array(b, x) for x in operands]
    parse(subscripts, [known_rank(x, "einsum") for x in xs])
    optimize = static(optimize, "optimize")
    optimize = tuple(optimize) if isinstance(optimize, list) else optimize
    return emit(b, "einsum", *xs, subscripts=subscripts, **({"optimize": optimize} if optimize else {}))


@lowers(np.kron)
def kron(build: Builder, /, a: Any, b: Any) -> Atom:
    one, other = strong(build, as_array(build, a), as_array(build, b))
    ranks = known_rank(one, "kron"), known_rank(other, "kron")
    if 0 in ranks:
        return emit(build, "multiply", one, other)
    rank = max(ranks)
    one, other = (with_new_axes(build, x, tuple(range(rank - r))) for x, r in zip((one, other), ranks, strict=True))
    return emit(build, "kron", one, other)


@lowers(np.cross, np.linalg.cross)
def cross(
    build: Builder, /, a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> Atom:
    if axis is not None:
        axisa = axisb = axisc = axis
    one, other = as_array(build, a), as_array(build, b)
    one, other = _last_axis(build, one, axisa), _last_axis(build, other, axisb)
    for x in (one, other):
        if (dims_of(x.type) or ())[-1:] == (Dim(None, 2),):
            return _cross_in_plane(build, one, other)
    result = emit(build, "cross", one, other)
    rank = known_rank(result, "cross")
    return moved(build, result, rank - 1, one_axis(axisc, rank))


def _last_axis(b: Builder, x: Atom, axis: Any) -> Atom:
    rank = known_rank(x, "cross")
    return moved(b, x, one_axis(axis, rank), rank - 1)


def _cross_in_plane(b: Builder, one: Atom, other: Atom) -> Atom:
    for x in (one, other):
        if (dims_of(x.type) or ())[-1] != Dim(None, 2):
            raise NotYetSupported("np.cross of vectors with two and with three components", do="give all of them three")
    (a0, a1), (b0, b1) = ([picked(b, x, known_rank(x, "cross") - 1, k) for k in (0, 1)] for x in (one, other))
    return emit(b, "subtract", b.emit("multiply", a0, b1), b.emit("multiply", a1, b0))


def _ufunc_outer(name: str) -> Any:
    def lowering(b: Builder, A: Any, B: Any, /) -> Atom:
        one, other = strong(b, as_array(b, A), as_array(b, B))
        rank, more = known_rank(one, "outer"), known_rank(other, "outer")
        return emit(b, name, with_new_axes(b, one, tuple(range(rank, rank + more))) if rank else one, other)

    return lowering


OUTER_UFUNCS = (
    *("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "hypot", "arctan2", "logaddexp"),
    *("fmax", "fmin", "float_power", "remainder", "fmod", "floor_divide", "copysign", "less", "less_equal"),
    *("greater", "greater_equal", "equal", "not_equal"),
)
for _name in OUTER_UFUNCS:
    lowers(getattr(np, _name).outer)(_ufunc_outer(_name))


@lowers(np.linalg.matrix_power)
def matrix_power(b: Builder, a: Any, n: Any) -> Atom:
    """By repeated squaring, as NumPy does."""
    x, n = as_array(b, a), operator.index(static(n, "the power of a matrix"))
    if n == 0:
        return _identity_like(b, x)
    if n < 0:
        x, n = emit(b, "inv", x), -n
    result: Atom | None = None
    while n:
        if n % 2:
            result = x if result is None else emit(b, "matmul", result, x)
        n //= 2
        x = emit(b, "matmul", x, x) if n else x
    assert result is not None
    return result


def _identity_like(b: Builder, x: Atom) -> Atom:
    shape = shape_atoms(b, x)
    eye = emit(b, "eye", shape[-1], **({} if dtype_of(x.type) == "float64" else {"dtype": dtype_of(x.type)}))
    return eye if len(shape) == 2 else emit(b, "copy", emit(b, "broadcast_to", eye, *shape))


@lowers(np.linalg.multi_dot)
def multi_dot(b: Builder, arrays: Any, *, out: Any = None) -> Atom:
    """From the right where the last is a vector, else from the left."""
    items = items_of(b, arrays)
    if items is None:
        raise NotYetSupported("np.linalg.multi_dot of a list whose length isn't known before the run", do="use a loop")
    if known_rank(items[-1], "multi_dot") == 1:
        result = items[-1]
        for x in items[-2::-1]:
            result = emit(b, "matmul", x, result)
        return result
    result = items[0]
    for x in items[1:]:
        result = emit(b, "matmul", result, x)
    return result


# ---- lowerings: systems and factorisations


def _named(function: str, *fields: str) -> Any:
    """The class of a result with several fields, as NumPy calls it."""
    return namedtuple(function, fields)


SlogdetResult = _named("SlogdetResult", "sign", "logabsdet")
EighResult = _named("EighResult", "eigenvalues", "eigenvectors")
SVDResult = _named("SVDResult", "U", "S", "Vh")
QRResult = _named("QRResult", "Q", "R")


@lowers(np.linalg.solve)
def solve(build: Builder, /, a: Any, b: Any) -> Atom:
    return emit(build, "solve", as_array(build, a), as_array(build, b))


@lowers(np.linalg.inv)
def inv(b: Builder, a: Any) -> Atom:
    return emit(b, "inv", as_array(b, a))


@lowers(np.linalg.det)
def det(b: Builder, a: Any) -> Atom:
    return emit(b, "det", as_array(b, a))


@lowers(np.linalg.slogdet)
def slogdet(b: Builder, a: Any) -> Any:
    return SlogdetResult(*b.emit_many("slogdet", as_array(b, a)))


@lowers(np.linalg.cholesky)
def cholesky(b: Builder, a: Any, /, *, upper: Any = False) -> Atom:
    factor = emit(b, "cholesky", as_array(b, a))
    return swapaxes(b, factor, -1, -2) if static(upper, "upper") else factor


def _triangle_option(uplo: Any) -> dict[str, str]:
    return {} if static(uplo, "UPLO").upper() == "L" else {"UPLO": "U"}


@lowers(np.linalg.eigh)
def eigh(b: Builder, a: Any, UPLO: Any = "L") -> Any:
    return EighResult(*b.emit_many("eigh", as_array(b, a), **_triangle_option(UPLO)))


@lowers(np.linalg.eigvalsh)
def eigvalsh(b: Builder, a: Any, UPLO: Any = "L") -> Atom:
    return emit(b, "eigvalsh", as_array(b, a), **_triangle_option(UPLO))


@lowers(np.linalg.svd)
def svd(b: Builder, a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    x = as_array(b, a)
    if static(hermitian, "hermitian"):
        raise NotYetSupported("np.linalg.svd with hermitian=True", do="leave the option out")
    if not static(compute_uv, "compute_uv"):
        return emit(b, "singular_values", x)
    *_, rows, columns = dims_or_raise(x.type, "svd")
    full = bool(static(full_matrices, "full_matrices")) and not rows.same(columns)
    return SVDResult(*b.emit_many("svd", x, full_matrices=full))


@lowers(np.linalg.svdvals)
def svdvals(b: Builder, x: Any, /) -> Atom:
    return emit(b, "singular_values", as_array(b, x))


@lowers(np.linalg.qr)
def qr(b: Builder, a: Any, mode: Any = "reduced") -> Any:
    mode = static(mode, "mode")
    if mode not in ("reduced", "r"):
        raise NotYetSupported(f"np.linalg.qr with mode={mode!r}", do="use mode='reduced'")
    q, r = b.emit_many("qr", as_array(b, a))
    return r if mode == "r" else QRResult(q, r)


@lowers(np.linalg.pinv)
def pinv(b: Builder, a: Any, rcond: Any = None, hermitian: Any = False, *, rtol: Any = None) -> Atom:
    given = {"rcond": static(rcond, "rcond"), "rtol": static(rtol, "rtol")}
    extra: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    extra |= {"hermitian": True} if static(hermitian, "hermitian") else {}
    return emit(b, "pinv", as_array(b, a), **extra)


@lowers(np.linalg.lstsq)
def lstsq(build: Builder, /, a: Any, b: Any, rcond: Any = None) -> tuple[Atom, ...]:
    rcond = static(rcond, "rcond")
    extra = {} if rcond is None else {"rcond": rcond}
    results = build.emit_many("lstsq", as_array(build, a), as_array(build, b), **extra)
    return results


@lowers(np.linalg.matrix_rank)
def matrix_rank(b: Builder, A: Any, tol: Any = None, hermitian: Any = False, **_: Any) -> Atom:
    return emit(b, "matrix_rank", as_array(b, A))

"""Helpers of generated code about matrices and lists of arrays."""

from __future__ import annotations

import numpy as np


def cofactor(a: np.ndarray) -> np.ndarray:
    """The matrix of cofactors, the derivative of the determinant: right for singular matrices, too."""
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return cofactor_of_singular(a)
    size, other = (np.abs(x).sum(axis=-1).max(axis=-1, initial=0.0) for x in (a, inverse))
    condition = size * other
    if not np.all(condition < 1e8):
        return cofactor_of_singular(a)
    cofactors: np.ndarray = np.linalg.det(a)[..., None, None] * np.swapaxes(inverse, -1, -2)
    return cofactors


def cofactor_of_singular(a: np.ndarray) -> np.ndarray:
    """The cofactors of a singular matrix: by the singular values, each replaced by the product of all others."""
    u, s, vt = np.linalg.svd(a)
    others = np.prod(np.where(np.eye(s.shape[-1], dtype=bool), 1.0, s[..., None, :]), axis=-1)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    cofactors: np.ndarray = sign[..., None, None] * (np.conj(u) * others[..., None, :]) @ np.conj(vt)
    return cofactors.astype(u.dtype)


def cofactor_change(a: np.ndarray, d: np.ndarray) -> np.ndarray:
    """How the cofactors of `a` change when `a` changes by `d`: the second derivative of the determinant.

    For a diagonal matrix s with a change e, with p[i, j] the product of all s but s[i] and s[j], it is
    sum_j p[i, j] e[j, j] on the diagonal, and -p[i, j] e[j, i] beside it; the singular values make `a` diagonal.
    """
    u, s, vt = np.linalg.svd(a)
    e = np.swapaxes(np.conj(u), -1, -2) @ d @ np.swapaxes(np.conj(vt), -1, -2)
    largest = np.max(s, axis=-1, keepdims=True, initial=0.0)
    s = np.maximum(s.astype(np.float64), np.where(largest > 0, 1e-30 * largest, 1e-100))  # so that it can divide
    pairs = np.prod(s, axis=-1)[..., None, None] / (s[..., None, :] * s[..., :, None])
    pairs = np.where(np.eye(s.shape[-1], dtype=bool), 0.0, pairs)
    on_diagonal = pairs @ np.diagonal(e, axis1=-2, axis2=-1)[..., None]
    middle = np.where(np.eye(s.shape[-1], dtype=bool), on_diagonal, -pairs * np.swapaxes(e, -1, -2))
    sign = np.linalg.det(u) * np.linalg.det(vt)
    change: np.ndarray = sign[..., None, None] * np.conj(u) @ middle @ np.conj(vt)
    return change.astype(np.result_type(a, d))


def only_regular(x: np.ndarray, a: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """`x`, if `a` is far from singular matrices."""
    size, other = (np.abs(x).sum(axis=-1).max(axis=-1, initial=0.0) for x in (a, inverse))
    condition = size * other
    if not np.all(condition < 1e8):
        raise np.linalg.LinAlgError("the third derivative of the determinant of a matrix that is almost singular")
    return x


def inverse_or_nan(a: np.ndarray) -> np.ndarray:
    """The inverses, full of NaN for matrices that are singular."""
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        regular = np.linalg.slogdet(a)[0] != 0
        inverse = np.linalg.inv(np.where(regular[..., None, None], a, np.eye(a.shape[-1], dtype=a.dtype)))
        return np.where(regular[..., None, None], inverse, np.array(np.nan, a.dtype))


def complex_eig(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`np.linalg.eig`, complex even where all eigenvalues are real."""
    values, vectors = np.linalg.eig(a)
    dtype = np.result_type(values, np.complex64)
    return values.astype(dtype), vectors.astype(dtype)


def complex_eigvals(a: np.ndarray) -> np.ndarray:
    """`np.linalg.eigvals`, complex even where all are real."""
    values = np.linalg.eigvals(a)
    return values.astype(np.result_type(values, np.complex64))


def split_like(g: np.ndarray, parts: list[np.ndarray], axis: int | None = 0) -> list[np.ndarray]:
    """Cut `g` along an axis (None: of the flat array) into pieces with the shapes of `parts`."""
    if axis is None:
        ends = np.cumsum([np.size(part) for part in parts])
        return [piece.reshape(np.shape(part)) for piece, part in zip(np.split(g, ends[:-1]), parts, strict=True)]
    return np.split(g, np.cumsum([np.shape(part)[axis] for part in parts])[:-1], axis=axis)


def only_square(g: np.ndarray, a: np.ndarray) -> np.ndarray:
    """`g`, if `a` is made of square matrices."""
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(
            "the vectors that complete the bases of a matrix that isn't square have no derivative: "
            "use full_matrices=False, or mode='economic'"
        )
    return g


def only_real(y: np.ndarray, a: np.ndarray) -> np.ndarray:
    """`y`, a function of the matrix `a`: its real part where the matrix is real, and nothing but rounding is lost."""
    if not np.iscomplexobj(y) or np.iscomplexobj(a):
        return y
    if np.max(np.abs(y.imag), initial=0.0) > 1e-9 * np.max(np.abs(y), initial=0.0):
        raise ValueError("this function of a real matrix isn't real: give it the matrix as a complex one")
    return y.real


def only_wide(g: np.ndarray, a: np.ndarray) -> np.ndarray:
    """`g`, if the matrices in `a` have no more rows than columns."""
    if a.shape[-2] > a.shape[-1]:
        raise np.linalg.LinAlgError(
            "the columns of Q that complete the basis of a matrix with more rows than columns have no derivative: "
            "use np.linalg.qr with mode='reduced'"
        )
    return g


def reflected(dot: np.ndarray, a: np.ndarray, upper: bool = False) -> np.ndarray:
    """The change of the symmetric (Hermitian) matrix that is read of one triangle of `a`, where `a` changes by `dot`.

    Of a symmetric matrix both triangles count, each for a half.
    """
    beside = np.triu(dot, 1) if upper else np.tril(dot, -1)
    read = np.where(np.eye(a.shape[-1], dtype=bool), np.real(dot), beside + dagger(beside))
    made: np.ndarray = np.where(are_symmetric(a), 0.5 * (dot + dagger(dot)), read)
    return made


def folded(g: np.ndarray, a: np.ndarray, upper: bool = False) -> np.ndarray:
    """The transpose of `reflected`: the adjoint of `a`, from that of the symmetric matrix that is read of it."""
    half = 0.5 * (g + dagger(g))
    beside = np.triu(half, 1) if upper else np.tril(half, -1)
    made: np.ndarray = np.where(are_symmetric(a) | np.eye(a.shape[-1], dtype=bool), half, 2.0 * beside)
    return made


def are_symmetric(a: np.ndarray) -> np.ndarray:
    """Which of the matrices in `a` are symmetric (Hermitian) but for rounding."""
    gap = np.max(np.abs(a - dagger(a)), axis=(-1, -2), keepdims=True, initial=0.0)
    size = np.max(np.abs(a), axis=(-1, -2), keepdims=True, initial=0.0)
    found: np.ndarray = gap <= np.sqrt(np.finfo(a.dtype).eps) * size
    return found


def dagger(a: np.ndarray) -> np.ndarray:
    turned: np.ndarray = np.conj(np.swapaxes(a, -1, -2))
    return turned

"""What is lowered, as expressions of x and y, each with the shapes and dtypes at which it is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Shapes = tuple[tuple[int, ...], ...]

VECTORS: Sequence[Shapes] = (((7,), (7,)), ((1,), (1,)), ((0,), (0,)))
MATRICES: Sequence[Shapes] = (((3, 5), (3, 5)), ((1, 1), (1, 1)), ((0, 3), (0, 3)))
CUBES: Sequence[Shapes] = (((2, 3, 4), (2, 3, 4)), ((2, 1, 1), (2, 1, 1)))
FLOATS = ("float64", "float32")
INTS = ("int64", "int32")
NUMBERS = ("float64", "float32", "int64", "int32")

COMPLEX = ("complex128", "complex64")

# (expressions, shapes, dtypes)
TABLE: Sequence[tuple[Sequence[str], Sequence[Shapes], Sequence[str]]] = (
    (
        (
            *("np.var(x)", "np.var(x, axis=0)", "np.var(x, axis=1, keepdims=True)", "np.var(x, ddof=1)", "np.std(x)"),
            *("np.std(x, axis=-1)", "np.linalg.norm(x)", "np.linalg.norm(x, axis=1)", "np.trace(x)"),
            *("np.linalg.norm(x, axis=0, keepdims=True)", "np.linalg.norm(x, ord=3, axis=1)", "np.diff(x)"),
            *("np.diff(x, axis=0)", "x.flatten()", "np.tensordot(x, y)", "np.tensordot(x, y, axes=([0], [0]))"),
            *("np.inner(x, y)", "np.tensordot(x, y.T, axes=1)", "np.kron(x, y)", "np.kron(x, y[0])"),
        ),
        MATRICES,
        NUMBERS,
    ),
    (
        (
            *("np.linalg.norm(x)", "np.linalg.norm(x, 1)", "np.linalg.norm(x - y, 2.5)"),
            *("np.inner(x, y)", "np.diff(x, n=2)", "np.std(x, ddof=1)", "np.tensordot(x, y, axes=1)"),
        ),
        VECTORS,
        NUMBERS,
    ),
    (("np.cross(x, y)",), (((3,), (3,)),), NUMBERS),
    (("np.split(x, 3)", "np.split(x, 2, axis=1)[1]"), (((6, 4), (1,)), ((0, 2), (1,)), ((4, 5), (1,))), NUMBERS),
    (
        (
            *("scipy.special.logsumexp(x)", "scipy.special.logsumexp(x, axis=0)", "scipy.special.softmax(x, axis=1)"),
            *("scipy.special.log_softmax(x, axis=1)", "scipy.special.logsumexp(x, axis=1, keepdims=True)"),
        ),
        (((3, 5), (1,)), ((1, 1), (1,))),
        FLOATS,
    ),
    (
        (
            *("np.roll(x, 2, axis=0)", "np.roll(x, -4, axis=1)", "np.roll(x, (1, 2), axis=(0, 1))", "np.tile(x, 2)"),
            *("np.tile(x, (2, 1, 3))", "np.repeat(x, 2, axis=0)", "np.repeat(x, 3, axis=1)", "np.pad(x, 1)"),
            *("np.pad(x, ((0, 2), (1, 0)), constant_values=7)", "np.diagonal(x)", "np.diagonal(x, offset=1)"),
            *("np.diagonal(x, -1) * 2", "np.diag(x, 2) * 1", "np.nonzero(x > 0)", "np.argwhere(x > 0)", "np.median(x)"),
            *("np.median(x, axis=0)", "np.quantile(x, 0.3)", "np.percentile(x, 60.0, axis=1)", "np.round(x, 2)"),
            *("np.round(x)", "np.eye(len(x), x.shape[1], 1) * x", "np.eye(len(x), x.shape[1], -2) * x"),
            *("np.tri(len(x), x.shape[1], 1) * x", "x[np.triu_indices(len(x))[0]]", "np.isclose(x, y)", "np.sinc(x)"),
            *("np.nan_to_num(x)", "~(x > 0)", "np.take_along_axis(x, np.argsort(x, axis=1), axis=1)"),
            "np.array(np.tril_indices(len(x), 1, x.shape[1]))",
        ),
        MATRICES,
        FLOATS,
    ),
    (
        (
            *("np.roll(x, 2)", "np.roll(x, -9)", "np.tile(x, 2)", "np.repeat(x, 2)", "np.diag(x)", "np.diag(x, -1)"),
            *("np.repeat(x, np.arange(len(x)))", "np.pad(x, 2, mode='edge')", "np.pad(x, 3, mode='reflect')"),
            *("np.pad(x, 3, mode='symmetric')", "np.pad(x, (1, 4), mode='wrap')", "np.median(x)", "np.nonzero(x > 0)"),
            *("np.arange(0.5, 0.5 + len(x), 0.3) * 2", "np.linspace(0.1, 2.0, len(x)) * x", "np.quantile(x, 0.9)"),
            *(
                "np.linspace(1.0, 1.0, len(x) + 1)",
                "np.linspace(0.0, 2.0, len(x), endpoint=False)",
                "np.arange(4.5) * 3",
            ),
            *("np.diagonal(np.outer(x, y), 1) + 1", "np.arange(2.0, -1.5, -0.7) + x[0]"),
        ),
        VECTORS,
        FLOATS,
    ),
    (
        (
            *(
                "np.sort(x)",
                "np.sort(x, axis=0)",
                "np.argsort(x, axis=0)",
                "np.max(x, axis=1)",
            ),
            *("np.searchsorted(np.sort(x[0]), y)", "np.searchsorted(np.sort(x[0]), y, side='right')"),
        ),
        (((3, 41), (3, 41)), ((1, 1), (1, 1)), ((2, 1), (2, 1))),
        (*FLOATS, *INTS),
    ),
    (("np.linalg.norm(x, np.inf)", "np.linalg.norm(x, -np.inf)"), (((7,), (7,)), ((1,), (1,))), NUMBERS),
    (
        (
            *("np.linalg.solve(x @ x.T + np.eye(len(x)), y)", "np.linalg.inv(x @ x.T + 2 * np.eye(len(x)))"),
            *("np.linalg.det(x @ y.T + np.eye(len(x)))", "np.linalg.slogdet(x @ y.T + np.eye(len(x)))"),
            *("np.linalg.cholesky(x @ x.T + np.eye(len(x)))", "np.linalg.eigvalsh(x @ x.T)", "np.linalg.qr(x)"),
            *("np.linalg.eigh(x @ x.T + np.diag(np.arange(len(x))))", "np.linalg.svd(x, full_matrices=False)"),
            *(
                "np.linalg.svd(x)[1]",
                "np.linalg.svd(x, compute_uv=False)",
                "np.linalg.solve(x @ x.T + 9 * np.eye(len(x)), y[:, 0])",
            ),
            *(
                "scipy.linalg.solve(x @ x.T + 9 * np.eye(len(x)), y)",
                "scipy.linalg.inv(x @ x.T + 9 * np.eye(len(x)))",
                "scipy.linalg.det(x @ x.T + 9 * np.eye(len(x)))",
            ),
            *(
                "scipy.linalg.cholesky(x @ x.T + np.eye(len(x)), lower=True)",
                "np.linalg.inv(x @ x.T + 9 * np.eye(len(x))).T @ y",
            ),
            *("scipy.linalg.cholesky(x @ x.T + np.eye(len(x)))", "np.linalg.cholesky(-x @ x.T)", "np.linalg.inv(x)"),
            "scipy.linalg.solve_triangular(x @ x.T + 9 * np.eye(len(x)), y, lower=True)",
            "scipy.linalg.solve_triangular(x @ x.T + 9 * np.eye(len(x)), y[:, 0], trans=1)",
            "scipy.linalg.cho_solve((np.linalg.cholesky(x @ x.T + np.eye(len(x))), True), y)",
        ),
        (((3, 5), (3, 5)), ((12, 15), (12, 15)), ((1, 1), (1, 1))),
        ("float64",),
    ),
    (
        ("np.linalg.solve(x, y)", "np.linalg.inv(x)", "np.linalg.det(x)", "np.linalg.svd(x, full_matrices=False)"),
        (((2, 4, 4), (2, 4, 3)), ((0, 3, 3), (0, 3, 1))),
        ("float64",),
    ),
    (
        (
            *("scipy.special.gammaln(x)", "scipy.special.digamma(x)", "scipy.special.gamma(x)", "scipy.special.j0(x)"),
            *("scipy.special.i1e(x)", "scipy.special.expi(x)", "scipy.special.ndtri(x)", "scipy.special.log_ndtr(x)"),
            *("scipy.special.betaln(x**2, y**2)", "scipy.special.gammainc(x**2, y**2)", "scipy.special.erfinv(x / 9)"),
            *("scipy.special.kv(1.5, x**2)", "scipy.special.jv(2.0, x)", "scipy.special.hyp2f1(0.5, 1.2, 2.5, x / 9)"),
            *("scipy.special.betainc(x**2, y**2, 0.3)", "scipy.special.ellipk(x / 9)", "scipy.special.rgamma(x)"),
            *("scipy.special.logit(x / 9)", "scipy.special.entr(x)", "scipy.special.huber(1.0, x)"),
        ),
        MATRICES,
        FLOATS,
    ),
    (
        (
            *("x @ np.swapaxes(y, 1, 2)", "x @ y[0].T", "x[0] @ np.swapaxes(y, 1, 2)", "x[:1] @ np.swapaxes(y, 1, 2)"),
            *(
                "x @ y[0, 0]",
                "x[0, 0] @ np.swapaxes(y, 1, 2)",
                "np.matmul(x, np.swapaxes(y, -1, -2))",
                "np.max(x, initial=1)",
            ),
            *(
                "np.min(x, axis=1, initial=0)",
                "np.argmax(x, axis=0)",
                "np.argmin(x, axis=-1)",
                "np.argmax(x, axis=1)[0]",
            ),
            *(
                "np.argmin(x, axis=1, keepdims=True)",
                "np.einsum('ijk,ijk->ik', x, y[:1])",
                "np.roll(x, 3)",
                "np.roll(x, -9)",
            ),
            *("np.einsum('...jk,...jk,->...', x, y, 2.0)", "np.max(x, axis=(0, 2), initial=2)", "np.sum(x[0, 0, 0])"),
            *("np.clip(x, None, y)", "np.clip(x, 0, None)", "np.clip(x, -1, 1)"),
            *("np.argmax(x)", "np.argmin(x[1, 0])", "np.max(x, where=x > 0, initial=0)", "np.delete(x, 0, axis=1)"),
        ),
        (((2, 3, 4), (2, 3, 4)), ((2, 1, 1), (2, 1, 1)), ((2, 40, 30), (2, 40, 30))),
        NUMBERS,
    ),
    (
        (
            *("np.convolve(x, y)", "np.convolve(x, y, 'same')", "np.convolve(x, y, 'valid')", "np.correlate(x, y)"),
            *("np.correlate(x, y, 'full')", "np.correlate(x, y, 'same')", "np.choose(x > 0, [x, x])"),
            *("np.interp(y, np.arange(len(x)), x)", "np.interp(y, np.arange(len(x)), x, left=7.0, right=np.nan)"),
            *("np.interp(1.5, np.arange(len(x)), x)", "np.delete(x, 0)", "np.delete(x, [0, -1])"),
        ),
        (((7,), (3,)), ((3,), (7,)), ((4,), (6,)), ((1,), (1,)), ((5,), (5,)), ((0,), (2,))),
        NUMBERS,
    ),
    (
        (
            *(
                "x[[0, 1], 0]",
                "x[0, [1, 0]]",
                "x[0, :, [1, 0, 0]]",
                "x[:, [1, 0], [0, 2]]",
                "x[[0, 1], :, [2, 0]]",
                "x[x[:, 0, 0] > 0]",
            ),
            *(
                "x[:, y[0] > 0]",
                "x[y[:, :, 0] > 0]",
                "x[[0, 1], None, 1:]",
                "x[..., [0, 1]]",
                "x[[[0], [1]], [0, 1]]",
                "x[[0], [1, 2]]",
            ),
            *(
                "x[[1, 0]][:, y[0, 0] > 0]",
                "x[y[:, 0, 0] > 0, 1]",
                "x[1, y[0, 0] > 0]",
                "x[np.array([[0, 1]]), np.array([0, 1]), ::2]",
            ),
            *(
                "x[:, ::len(x)]",
                "x[:, ::-len(x)]",
                "x[0, ::len(x) - 4]",
                "x[[0, 1], -1, [-1, 0]]",
                "x[0, 3:0:1 - len(x)]",
            ),
        ),
        (((2, 3, 4), (2, 3, 4)), ((2, 3, 3), (2, 3, 3))),
        NUMBERS,
    ),
    (
        ("np.linalg.pinv(x)", "np.linalg.pinv(x, rcond=0.5)", "np.linalg.pinv(x[:, :1] * y[:1])"),
        (((3, 5), (3, 5)), ((12, 4), (12, 4))),
        ("float64",),
    ),
    (
        (
            *("scipy.special.logsumexp(x, b=y**2)", "scipy.special.logsumexp(x, axis=1, b=y > 0)"),
            *("scipy.special.logsumexp(x, axis=0, b=2.0, keepdims=True)",),
        ),
        (((3, 5), (3, 5)),),
        FLOATS,
    ),
    (
        (
            *("np.sum(x)", "np.sum(x, axis=0)", "np.mean(x, axis=1)", "np.prod(x, axis=1)", "np.cumsum(x, axis=0)"),
            *("np.cumprod(x, axis=1)", "np.any(x)", "np.all(x, axis=0)", "np.count_nonzero(x)", "x @ y.T", "x @ y[0]"),
            *("np.vdot(x, y)", "np.einsum('ij,kj->ik', x, y.conj())", "x.real * 2", "x.imag + y.real", "np.angle(x)"),
            *(
                "np.abs(x) ** 2",
                "np.where(x.real > 0, x, y)",
                "np.var(x)",
                "np.std(x, axis=0)",
                "np.diff(x)",
                "x.T * 1j",
            ),
            *(
                "np.linalg.norm(x)",
                "np.linalg.norm(x, axis=1)",
                "np.tensordot(x, y)",
                "np.kron(x[0], y[0])",
                "x[x.imag > 0]",
            ),
            *(
                "np.outer(x[0], y[:, 0])",
                "np.trace(x)",
                "np.tril(x)",
                "x[:, ::-1] + 1",
                "x[[0, -1]]",
                "x.astype('complex64')",
            ),
            *(
                "np.concatenate([x, y])",
                "np.stack([x, 1j * y], axis=1)",
                "np.pad(x, 1)",
                "np.roll(x, 1, axis=0)",
                "2 - x",
            ),
            *(
                "np.full(len(x), 1 + 2j) * 2",
                "np.zeros(3, complex) + 1",
                "np.ones_like(x) - x",
                "np.isclose(x, y)",
                "x == y",
            ),
            *(
                "np.array([x[0, 0], 1.0, 2j])",
                "x / 3",
                "x ** 2 + x ** 0.5 + x ** -1",
                "x * np.exp(1j * np.arange(5.0))",
            ),
            "np.eye(3, dtype=complex) @ x",
        ),
        (((3, 5), (3, 5)), ((40, 30), (40, 30))),
        COMPLEX,
    ),
    (("~x", "x ^ y", "np.invert(x & y)"), MATRICES, ("int64", "int32", "bool")),
    (
        (
            *("np.tensordot(x, y, axes=([0, 2], [0, 2]))", "np.var(x, axis=(0, 2))", "np.std(x, axis=1)"),
            *("np.linalg.norm(x, axis=(1, 2))", "np.diff(x, axis=1)"),
        ),
        CUBES,
        NUMBERS,
    ),
)

WHERE: Mapping[str, Sequence[tuple[Sequence[Shapes], Sequence[str]]]] = {
    text: [(shapes, dtypes) for texts, shapes, dtypes in TABLE if text in texts] for row in TABLE for text in row[0]
}
ALL: Sequence[str] = tuple(WHERE)


def shapes_of(text: str) -> Sequence[Shapes]:
    return [one for shapes, _ in WHERE[text] for one in shapes]


def dtypes_of(text: str) -> Sequence[str]:
    return WHERE[text][0][1]

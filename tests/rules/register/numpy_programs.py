"""Calls of functions that are defined by programs (`srcad/definitions/numpy/`), and of the methods of ufuncs."""

from __future__ import annotations

import numpy as np

OF_UFUNCS: dict[str, tuple[str, ...]] = {
    **{
        f"np.{name}.reduce": (
            f"np.{name}.reduce(x), np.{name}.reduce(A, axis=1), np.{name}.reduce(A, -1, keepdims=True)",
            f"np.{name}.reduce(A, initial=s, where=A > 0), np.{name}.reduce(x, initial=s)",
        )
        for name in ("subtract", "divide")
    },
    **{
        f"np.{name}.reduce": (
            f"np.{name}.reduce(x), np.{name}.reduce(A, axis=1), np.{name}.reduce(A, axis=None)",
            f"np.{name}.reduce(T, axis=(0, 2)), np.{name}.reduce(T, axis=(2, 1), keepdims=True)",
            f"np.{name}.reduce(A, initial=s, where=A > 0), np.{name}.reduce(A, 1, initial=s)",
        )
        for name in ("logaddexp", "logaddexp2", "hypot", "fmax", "fmin")
    },
    "np.copysign.reduce": ("np.copysign.reduce(x), np.copysign.reduce(A, axis=1)",),
    "np.fmod.reduce": ("np.fmod.reduce(x), np.fmod.reduce(A, axis=1)",),
    "np.remainder.reduce": ("np.remainder.reduce(xp), np.remainder.reduce(Ap, axis=1)",),
    **{
        f"np.{name}.accumulate": (f"np.{name}.accumulate(x), np.{name}.accumulate(A, 1), np.{name}.accumulate(o)",)
        for name in (
            *("subtract", "divide", "logaddexp", "logaddexp2", "hypot", "fmax", "fmin", "maximum", "minimum"),
            *("arctan2", "copysign", "fmod"),
        )
    },
    **{
        f"np.{name}.accumulate": (f"np.{name}.accumulate(xp), np.{name}.accumulate(Ap, -1)",)
        for name in ("power", "float_power", "remainder")
    },
}
POLYNOMIALS: dict[str, tuple[str, ...]] = {
    "np.polyadd": ("np.polyadd(x, l), np.polyadd(l, x), np.polyadd(x, s), np.polyadd([1, 2], [3])",),
    "np.polysub": ("np.polysub(x, l), np.polysub(l, x), np.polysub(x, y)",),
    "np.polymul": ("np.polymul(x, l), np.polymul(l, x), np.polymul([0.0, 1.0], x)",),
    "np.polydiv": ("np.polydiv(l, x), np.polydiv(x, l), np.polydiv(l, s), np.polydiv(l, [2.0, 1.0])",),
    "np.polyint": (
        "np.polyint(x), np.polyint(x, k=s), np.polyint(l, 2), np.polyint(x, 2, [s, t]), np.polyint(x, 3, s)",
    ),
    "np.polyfit": (
        "np.polyfit(np.arange(5.0), l, 2), np.polyfit(lp, l, 1), np.polyfit(np.arange(3.0), A, 1)",
        "np.polyfit(lp, l, 1, w=[1.0, 2.0, 1.0, 0.5, 1.0]), np.polyfit(lp, l, 1, w=lu)",
        "np.polyfit(np.arange(5.0), l, 1, cov=True), np.polyfit(lp, l, 1, cov='unscaled')",
        "np.polyfit(lp, l, 2, 1e-9), np.polyfit(np.arange(3.0), A, 1, w=xp), np.polyfit(lp, l, 1, full=True)[0]",
    ),
    "np.roots": ("np.sort_complex(np.roots([1.0, s, t, -3.0]))", "np.sort_complex(np.roots([0.0, sp, -tp, 0.0]))"),
    "np.poly": ("np.poly(x), np.poly(M), np.poly([s])",),
}
ARRAYS: dict[str, tuple[str, ...]] = {
    "np.real_if_close": ("np.real_if_close(A) * s",),
    "np.resize": ("np.resize(x, (2, 4)), np.resize(A, 5), np.resize(A, (2, 2)), np.resize(s, 3)",),
    "np.trim_zeros": (
        "np.trim_zeros(np.concatenate([np.zeros(2), x, np.zeros(1)])) * s",
        "np.trim_zeros(np.concatenate([np.zeros(2), x, np.zeros(1)]), 'f') * s, np.trim_zeros(x, 'b')",
    ),
    "np.cumulative_sum": (
        "np.cumulative_sum(x), np.cumulative_sum(A, axis=1), np.cumulative_sum(A, axis=0, include_initial=True)",
        "np.cumulative_sum(x, dtype=np.float64)",
    ),
    "np.cumulative_prod": (
        "np.cumulative_prod(x), np.cumulative_prod(A, axis=1), np.cumulative_prod(A, axis=0, include_initial=True)",
        "np.cumulative_prod(x, dtype=np.float64)",
    ),
    "np.lib.stride_tricks.sliding_window_view": (
        "np.lib.stride_tricks.sliding_window_view(l, 3), np.lib.stride_tricks.sliding_window_view(A, (2, 2))",
        "np.lib.stride_tricks.sliding_window_view(A, 2, axis=1), np.lib.stride_tricks.sliding_window_view(A, (2,), 0)",
    ),
    "np.linalg.tensorsolve": (
        "np.linalg.tensorsolve(M.reshape(3, 3, 1), x.reshape(3)), np.linalg.tensorsolve(M.reshape(3, 1, 3), C)",
        "np.linalg.tensorsolve(M, x, axes=(0,))",
    ),
    "np.linalg.tensorinv": ("np.linalg.tensorinv(M.reshape(3, 3, 1), ind=1), np.linalg.tensorinv(M, 1)",),
    "np.fft.hfft": ("np.fft.hfft(x + 1j * y), np.fft.hfft(A, 5), np.fft.hfft(A, axis=0, norm='ortho')",),
    "np.fft.ihfft": ("np.fft.ihfft(x), np.fft.ihfft(A, 3, 0, 'forward'), np.fft.ihfft(l, norm='ortho')",),
    "np.apply_over_axes": ("np.apply_over_axes(np.sum, T, (0, -1)), np.apply_over_axes(np.mean, A, [1])",),
    "np.sort_complex": ("np.sort_complex(x + 1j * y), np.sort_complex(x)",),
    "np.histogram2d": (
        "np.histogram2d([0.1, 0.5, 0.2], [0.3, 0.1, 0.9], 2, weights=x)[0]",
        "np.histogram2d([0.1, 0.5, 0.2], [0.3, 0.1, 0.9], (2, 3), ((0, 1), (0, 1)), True, xp)[0]",
    ),
    "np.histogramdd": (
        "np.histogramdd(([0.1, 0.5, 0.2], [0.3, 0.1, 0.9]), 2, weights=x)[0]",
        "np.histogramdd(([0.1, 0.5, 0.2], [0.3, 0.1, 0.9]), (2, 3), ((0, 1), (0, 1)), True, xp)[0]",
    ),
    "np.row_stack": ("np.row_stack([x, y]), np.row_stack((A, B))",),
    "np.astype": ("np.astype(x, np.float64) * s, np.astype(x, float, copy=False)",),
    ".choose": ("i.choose([x, y, w]), np.array([0, 3, -1]).choose([x, y], mode='wrap')",),
    "@itemsize": ("x * x.itemsize",),
    "@nbytes": ("A * A.nbytes, s * np.ones(3).nbytes",),
    "np.frexp": ("np.frexp(x)[0] * s, np.ldexp(np.frexp(A)[0], np.frexp(A)[1])", "np.frexp(s)[0], np.frexp(x)[1] * x"),
    "np.matvec": ("np.matvec(A, q), np.matvec(K, x)",),
    "np.vecmat": ("np.vecmat(x, A), np.vecmat(x, K), np.vecmat(x + 1j * y, M)",),
    "np.unstack": ("np.unstack(np.stack([x, y])), np.unstack(A), np.unstack(A, axis=1)",),
}
QUESTIONS: dict[str, tuple[str, ...]] = {
    "np.isposinf": ("np.where(np.isposinf(x), 0.0, x)",),
    "np.isneginf": ("np.where(np.isneginf(x), 0.0, x)",),
    "np.isreal": ("np.where(np.isreal(x), x, 0.0)",),
    "np.iscomplex": ("np.where(np.iscomplex(x), 0.0, x)",),
    "np.isrealobj": ("x * np.isrealobj(x)",),
    "np.iscomplexobj": ("x * (1 + np.iscomplexobj(x))",),
    "np.isin": ("np.where(np.isin(i, [0, 1]), x, y), np.where(np.isin(A, [9.0], invert=True), A, 0.0)",),
    "np.array_equiv": ("x * np.array_equiv(x, x)",),
    "np.unravel_index": (
        "A[np.unravel_index(np.argmax(A), A.shape)], A[np.unravel_index([1, 7], (3, 4))], x[np.unravel_index(1, 3)]",
    ),
}
SETS: dict[str, tuple[str, ...]] = {
    "np.unique_all": ("np.unique_all(x).values, np.unique_all(A)[0]",),
    "np.unique_counts": ("np.unique_counts(x).values * x",),
    "np.unique_inverse": ("np.unique_inverse(x).values[np.unique_inverse(x).inverse_indices] * x",),
    "np.unique_values": ("np.unique_values(A)",),
    "np.unique": (
        "np.unique(A, axis=0), np.unique(A, axis=1), np.unique(np.concatenate([A, A]), axis=0)",
        "np.unique(np.stack([x, y, x]), True, True, True, 0)[0]",
    ),
    "np.union1d": ("np.union1d(x, l), np.union1d(x, x)",),
    "np.intersect1d": (
        "np.intersect1d(l[:4], l[2:]), np.intersect1d(l[:4], l[2:], True)",
        "np.intersect1d(l[:4], l[2:], return_indices=True)[0]",
    ),
    "np.setdiff1d": ("np.setdiff1d(l, l[1:3]), np.setdiff1d(l, l[1:3], assume_unique=True)",),
    "np.setxor1d": ("np.setxor1d(l[:4], l[2:]), np.setxor1d(l[:4], l[2:], assume_unique=True)",),
}
METHODS = ("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen")
METHODS += ("weibull", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest")
QUANTILES: dict[str, tuple[str, ...]] = {
    "np.quantile": (
        *(
            f"np.quantile(l, 0.3, method='{how}'), np.quantile(T, [0.2, 0.65], (0, 2), method='{how}')"
            for how in METHODS
        ),
        "np.quantile(l, [[0.2, 0.3], [0.6, 0.9]]), np.quantile(A, [[0.2], [0.6]], axis=1)",
        "np.quantile(l, xu), np.quantile(A, su, axis=1, keepdims=True), np.quantile(A, su), np.quantile(T, xu, axis=1)",
        "np.quantile(A, 0.3, axis=1, method='hazen', keepdims=True), np.quantile(x, [[0.2], [0.4]], method='weibull')",
        "np.quantile(l, 0.3, weights=[1, 2, 3, 1, 2], method='inverted_cdf')",
        "np.quantile(A, [0.3, 0.8], axis=1, weights=[1, 2, 3, 1], method='inverted_cdf')",
    ),
    "np.percentile": (
        "np.percentile(l, 90 * xu), np.percentile(A, 90 * su, axis=1)",
        "np.percentile(A, 30, axis=1, method='hazen', keepdims=True), np.percentile(x, [[20], [40]], method='lower')",
        "np.percentile(A, [30, 80], 0, weights=[1, 2, 3], method='inverted_cdf')",
    ),
    "np.nanmedian": (
        "np.nanmedian(np.where(A > 1, np.nan, A)), np.nanmedian(np.where(A > 1, np.nan, A), axis=1)",
        "np.nanmedian(np.where(T > 1, np.nan, T), axis=(0, 2), keepdims=True)",
    ),
    "np.nanquantile": (
        "np.nanquantile(np.where(A > 1, np.nan, A), 0.3)",
        "np.nanquantile(np.where(A > 1, np.nan, A), [0.2, 0.5], axis=1)",
        "np.nanquantile(np.where(T > 1, np.nan, T), 0.3, axis=(0, 2), method='hazen', keepdims=True)",
        "np.nanquantile(np.where(A > 1.5, np.nan, A), 0.4, 1, method='inverted_cdf', weights=Ap)",
    ),
    "np.nanpercentile": (
        "np.nanpercentile(np.where(A > 1, np.nan, A), 30, axis=0, keepdims=True, method='weibull')",
        "np.nanpercentile(np.where(A > 1.5, np.nan, A), 40, 1, method='inverted_cdf', weights=Ap)",
    ),
}
PADDING: dict[str, tuple[str, ...]] = {
    "np.pad": (
        *(
            f"np.pad(x, 2, mode='{how}'), np.pad(A, ((1, 2), (0, 3)), '{how}'), np.pad(A, 2, '{how}', stat_length=2)"
            for how in ("maximum", "minimum", "mean", "median")
        ),
        "np.pad(A, 1, 'mean', stat_length=((1, 2), (3, 2))), np.pad(A, {1: (1, 2)}, 'mean')",
        "np.pad(x, 2, 'linear_ramp'), np.pad(A, (1, 3), 'linear_ramp', end_values=((s, t), (1.0, 2.0)))",
        "np.pad(x, (2, 1), 'reflect', reflect_type='odd'), np.pad(A, 2, 'symmetric', reflect_type='odd')",
        "np.pad(x, (7, 8), 'reflect', reflect_type='odd'), np.pad(x, (7, 8), 'symmetric', reflect_type='odd')",
        "np.pad(A, 1, constant_values=((s, t), (x[0], 2.0))), np.pad(x, 1, constant_values=(s, t))",
    ),
}
PLACES: dict[str, tuple[str, ...]] = {
    "np.insert": (
        "np.insert(x, [1, 2], [s, t]), np.insert(x, [2, 2], y[:2]), np.insert(l, [4, 1], [s, t]), np.insert(x, -1, s)",
        "np.insert(l, slice(1, 4), x), np.insert(x, m, [s, t]), np.insert(x, 1, y), np.insert(x, 3, y)",
        "np.insert(A, [1, 2], R, axis=0), np.insert(A, [1], C, axis=1), np.insert(A, 1, s, axis=0)",
    ),
    "np.delete": ("np.delete(l, slice(1, 4)), np.delete(l, np.s_[::2]), np.delete(x, m), np.delete(A, [-1], 0)",),
    "np.interp": (
        "np.interp(x, [0.1, 0.5, 0.8], y, period=1.0), np.interp(s, [0.1, 0.5, 0.8], y, period=1.3)",
        "np.interp(x, yp, w, period=3.1), np.interp(x, yp, w, left=s, right=2.0, period=3.1)",
    ),
    "np.gradient": (
        "np.gradient(l, np.cumsum(lp), edge_order=2), np.gradient(A, np.cumsum(xp), 0.5, edge_order=2)",
        "np.gradient(A, np.cumsum(qp), axis=1, edge_order=2)",
    ),
}
# what NumPy 2.5 has no more
GONE: dict[str, tuple[str, ...]] = {
    "np.cross": (
        "np.cross(A[:, :2], A[:, 2:]), np.cross(A[:, :2], A[:, 1:]), np.cross(A[:, 1:], A[:, :2], axisc=0)",
        "np.cross(M, x[:2], axisa=0), np.cross(D, D[0]), np.cross(D, x), np.cross(D, D[::-1])",
        "np.cross(D.T, x, axisa=0)",
    ),
}
OF_ANY_NUMPY = (OF_UFUNCS, POLYNOMIALS, ARRAYS, QUESTIONS, SETS, QUANTILES, PADDING, PLACES)
OF_NUMPY = OF_ANY_NUMPY if np.lib.NumpyVersion(np.__version__) >= "2.5.0" else (*OF_ANY_NUMPY, GONE)

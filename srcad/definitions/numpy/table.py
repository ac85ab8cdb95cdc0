"""Which function is defined by which program."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from srcad.definitions.numpy import arrays, classes, padding, places, polynomials, quantiles, questions, sets, ufuncs

NumpyProgram = Callable[..., Any]

PROGRAMS: Mapping[Hashable, NumpyProgram] = MappingProxyType(
    {
        np.polyadd: polynomials.polyadd,
        np.polysub: polynomials.polysub,
        np.polymul: polynomials.polymul,
        np.polydiv: polynomials.polydiv,
        np.polyint: polynomials.polyint,
        np.polyfit: polynomials.polyfit,
        np.poly: polynomials.poly,
        np.roots: polynomials.roots,
        np.unique_all: sets.unique_all,
        np.unique_counts: sets.unique_counts,
        np.unique_inverse: sets.unique_inverse,
        np.unique_values: sets.unique_values,
        np.union1d: sets.union1d,
        np.intersect1d: sets.intersect1d,
        np.setdiff1d: sets.setdiff1d,
        np.setxor1d: sets.setxor1d,
        np.real_if_close: arrays.real_if_close,
        np.resize: arrays.resize,
        np.trim_zeros: arrays.trim_zeros,
        np.lib.stride_tricks.sliding_window_view: arrays.sliding_window_view,
        np.lib.stride_tricks.as_strided: arrays.as_strided,  # which is refused
        np.linalg.tensorsolve: arrays.tensorsolve,
        np.linalg.tensorinv: arrays.tensorinv,
        np.fft.hfft: arrays.hfft,
        np.fft.ihfft: arrays.ihfft,
        np.apply_over_axes: arrays.apply_over_axes,
        np.sort_complex: arrays.sort_complex,
        np.histogram2d: arrays.histogram2d,
        np.histogramdd: arrays.histogramdd,
        np.astype: arrays.astype,
        np.nanmedian: quantiles.nanmedian,
        np.nanquantile: quantiles.nanquantile,
        np.nanpercentile: quantiles.nanpercentile,
        # these where the lowering can't do what is asked for
        np.unique: sets.unique,
        np.quantile: quantiles.quantile,
        np.percentile: quantiles.percentile,
        np.pad: padding.pad,
        np.insert: places.insert,
        np.delete: places.delete,
        np.interp: places.interp,
        np.gradient: places.gradient,
        np.cross: places.cross,
        np.isposinf: questions.isposinf,
        np.isneginf: questions.isneginf,
        np.isrealobj: questions.isrealobj,
        np.iscomplexobj: questions.iscomplexobj,
        np.isreal: questions.isreal,
        np.iscomplex: questions.iscomplex,
        np.isin: questions.isin,
        np.array_equiv: questions.array_equiv,
        np.unravel_index: questions.unravel_index,
        # not in every NumPy
        **{
            getattr(np, f.__name__): f
            for f in (
                *(arrays.matvec, arrays.vecmat, arrays.cumulative_sum, arrays.cumulative_prod),
                questions.row_stack,
            )
            if hasattr(np, f.__name__)
        },
    }
)
# classes, and those that stand for them, of which also what was made outside of the program is taken to be
CLASSES: Mapping[Hashable, type] = MappingProxyType(
    {
        np.polynomial.Polynomial: classes.Polynomial,
        np.polynomial.Chebyshev: classes.Chebyshev,
        np.polynomial.Legendre: classes.Legendre,
        np.polynomial.Hermite: classes.Hermite,
        np.polynomial.HermiteE: classes.HermiteE,
        np.polynomial.Laguerre: classes.Laguerre,
        np.poly1d: classes.Poly1d,
    }
)
# their results are views of the first argument, where those of the programs are copies
VIEWS: frozenset[Hashable] = frozenset({np.lib.stride_tricks.sliding_window_view})
OF_UFUNCS: Mapping[str, NumpyProgram] = MappingProxyType({"reduceat": ufuncs.reduceat, "at": ufuncs.at})

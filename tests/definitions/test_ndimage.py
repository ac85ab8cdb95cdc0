"""scipy.ndimage: filters and interpolation, their values for all borders, their derivatives, and second ones."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from srcad.definitions import ndimage as defined
from tests.definitions.checking import Program, check, check_second, weighted

MODES = ("reflect", "grid-mirror", "mirror", "nearest", "wrap", "grid-wrap", "constant", "grid-constant")
RNG = np.random.default_rng(0)
A, V = RNG.normal(size=(5, 4)), RNG.normal(size=9)
WEIGHTS, SMALL = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 2))
FAR, NEAR = RNG.uniform(-9, 15, size=(2, 30)), RNG.uniform(0, 4, size=(2, 3, 4))
EVEN = np.array([1.0, 2.0, 3.0, 4.0])
ODD = np.array([1.0, -2.0, 3.0])
LABELS = np.array([[0, 1, 1, 2]] * 5)
MATRIX = np.array([[0.9, 0.21], [-0.13, 1.1]])
FOOTPRINT = np.array([[1, 0, 1], [0, 1, 1]], bool)

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


def call(name: str, *args: Any, **options: Any) -> Call:
    return name, args, options


MORPHOLOGY = ("grey_dilation", "grey_erosion", "grey_opening", "grey_closing", "white_tophat", "black_tophat")
MORPHOLOGY += ("morphological_gradient",)
FILTERS = [
    call("gaussian_filter", A, 1.3),
    call("gaussian_filter", A, (1.3, 3.0), order=(1, 2)),
    call("gaussian_filter", A, 1.0, axes=(0,), radius=2),
    call("gaussian_filter", A, 0.7, truncate=2.0),
    call("gaussian_filter1d", V, 2.0, order=3),
    call("uniform_filter", A, 4, origin=1),
    call("uniform_filter1d", V, 3),
    call("sobel", A),
    call("prewitt", A, 0),
    call("laplace", A),
    call("gaussian_laplace", A, 1.0),
    call("gaussian_gradient_magnitude", A, 1.0),
    *(call("correlate1d", A, w, axis=0, origin=o) for w in (EVEN, ODD) for o in (0, 1, -1)),
    *(call("convolve1d", V, w, origin=o) for w in (EVEN, ODD) for o in (0, 1, -1)),
    *(call("correlate", A, WEIGHTS, origin=o) for o in (0, 1, (-1, 1))),
    *(call("convolve", A, WEIGHTS, origin=o) for o in (0, 1, (-1, 1))),
    call("maximum_filter", A, 3),
    call("minimum_filter", A, (2, 3), origin=(0, 1)),
    call("median_filter", A, (3, 2)),
    call("percentile_filter", A, 30, 3),
    call("rank_filter", A, 2, footprint=FOOTPRINT),
    call("rank_filter", V, -2, 3),
    call("maximum_filter1d", V, 4),
    *(call(name, A, size) for size in (2, (2, 3)) for name in MORPHOLOGY),
    call("minimum_filter1d", A, 2, axis=0),
]
INTERPOLATIONS = [
    call("map_coordinates", A, FAR),
    call("map_coordinates", A, NEAR),
    call("shift", A, (1.3, -0.4)),
    call("shift", V, 2),
    call("zoom", A, (1.7, 0.6)),
    call("zoom", V, 2.0, grid_mode=True),
    call("rotate", A, 33.0),
    call("rotate", A, 90),
    call("rotate", A, 33.0, (0, 1), False),
    call("affine_transform", A, MATRIX, (0.3, -0.2)),
    call("affine_transform", A, np.array([0.9, 1.2]), 0.3, output_shape=(4, 4)),
    call("affine_transform", A, np.concatenate((MATRIX, [[0.3], [-0.2]]), 1)),
]


def agrees(given: Call, **more: Any) -> None:
    name, args, options = given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        due = getattr(ndimage, name)(*args, **options, **more)
    got = getattr(defined, name)(*args, **options, **more)
    assert np.asarray(got).dtype == np.asarray(due).dtype
    np.testing.assert_allclose(got, due, rtol=1e-10, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("mode", MODES)
def test_filters_have_the_values_of_scipy(mode: str) -> None:
    for given in FILTERS:
        agrees(given, mode=mode, cval=0.7)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", range(6))
def test_interpolation_has_the_values_of_scipy(mode: str, order: int) -> None:
    for given in INTERPOLATIONS:
        agrees(given, mode=mode, cval=0.7, order=order)
    if order > 1:
        agrees(call("spline_filter", A), mode=mode, order=order)
        agrees(call("spline_filter1d", A, axis=0), mode=mode, order=order)


@pytest.mark.parametrize(
    "name",
    ["sum", "sum_labels", "mean", "variance", "standard_deviation", "maximum", "minimum", "median"],
)
def test_measurements_have_the_values_of_scipy(name: str) -> None:
    for given in (call(name, A), call(name, A, LABELS), call(name, A, LABELS, 2), call(name, A, LABELS, [1, 2])):
        agrees(given)


def test_float32_stays() -> None:
    for name, option in (("gaussian_filter", 1.0), ("zoom", 2), ("median_filter", 3), ("sobel", 0)):
        assert getattr(defined, name)(A.astype(np.float32), option).dtype == np.float32


def sampled(order: int, mode: str) -> Program:
    def program(x: Any, s: Any) -> Any:
        places = [np.arange(4.0) * 1.1 + s, np.arange(4.0) * 0.7 + 0.2 * s]
        return weighted(ndimage.map_coordinates(x, places, order=order, mode=mode, cval=0.2))

    return program, (A, 0.37)


PROGRAMS: dict[str, Program] = {
    **{
        f"gaussian_filter, {m}": (lambda x, m=m: weighted(ndimage.gaussian_filter(x, 1.2, mode=m, cval=0.3)), (A,))
        for m in MODES
    },
    **{f"map_coordinates, {k}, {m}": sampled(k, m) for k in (1, 3) for m in MODES},
    "the width of a Gaussian": (lambda x, s: weighted(ndimage.gaussian_filter(x, s)), (A, 1.1)),
    "convolve": (lambda x, w: weighted(ndimage.convolve(x, w, mode="wrap")), (A, SMALL)),
    "correlate1d": (lambda x, w: weighted(ndimage.correlate1d(x, w, axis=0, origin=1)), (A, ODD)),
    "uniform_filter": (lambda x: weighted(ndimage.uniform_filter(x, (2, 3))), (A,)),
    "edges": (lambda x: weighted(ndimage.sobel(x) + ndimage.prewitt(x, 0) + ndimage.laplace(x)), (A,)),
    "gaussian_laplace": (lambda x: weighted(ndimage.gaussian_laplace(x, 1.0)), (A,)),
    "gaussian_gradient_magnitude": (lambda x: weighted(ndimage.gaussian_gradient_magnitude(x, 1.0)), (A,)),
    "extremes": (lambda x: weighted(ndimage.maximum_filter(x, 3) + ndimage.minimum_filter(x, (1, 2))), (A,)),
    "ranks": (lambda x: weighted(ndimage.median_filter(x, 3) + ndimage.percentile_filter(x, 20, size=3)), (A,)),
    "rank_filter": (lambda x: weighted(ndimage.rank_filter(x, 1, footprint=FOOTPRINT)), (A,)),
    "maximum_filter1d": (lambda x: weighted(ndimage.maximum_filter1d(x, 2)), (A,)),
    "zoom": (lambda x: weighted(ndimage.zoom(x, 1.6)), (A,)),
    "a shift of order 4": (lambda x, s: weighted(ndimage.shift(x, s, order=4, mode="mirror")), (A, 0.37)),
    "places of order 5": sampled(5, "grid-wrap"),
    "spline_filter of order 5": (lambda x: weighted(ndimage.spline_filter(x, 5, mode="reflect")), (A,)),
    **{name: (lambda x, name=name: weighted(getattr(ndimage, name)(x, size=(2, 3))), (A,)) for name in MORPHOLOGY},
    "zoom of order 1": (lambda x: weighted(ndimage.zoom(x, (2, 0.5), order=1, mode="nearest")), (A,)),
    "shift": (lambda x, s: weighted(ndimage.shift(x, (s, 0.4), mode="mirror")), (A, 0.3)),
    "rotate": (lambda x: weighted(ndimage.rotate(x, 20.0, order=2, mode="reflect")), (A,)),
    "an angle": (lambda x, a: weighted(ndimage.rotate(x, a, reshape=False, order=1, mode="nearest")), (A, 20.3)),
    "affine_transform": (
        lambda x, m: weighted(ndimage.affine_transform(x, m, offset=0.1, mode="grid-wrap")),
        (A, MATRIX),
    ),
    "spline_filter": (
        lambda x: weighted(ndimage.spline_filter(x) + ndimage.spline_filter1d(x, 2, axis=0, mode="reflect")),
        (A,),
    ),
    "sums under labels": (lambda x: ndimage.sum(x**2, LABELS, 1) + ndimage.maximum(x, LABELS, 2), (A,)),
    "means under labels": (lambda x: weighted(ndimage.mean(x**2, LABELS, [1, 2])) + ndimage.variance(x), (A,)),
    "center_of_mass": (lambda x: weighted(np.array(ndimage.center_of_mass(x**2))), (A,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    f, args = PROGRAMS[name]
    check(f, args)
    check_second(f, args)

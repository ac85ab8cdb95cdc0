"""Samples in order: differences, interpolation, convolution, polynomials, Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import LOWERINGS, result_types
from srcad.trace.dims import fixed
from srcad.trace.types import Array, dims_of
from tests.rules.calls import Known, check_call
from tests.rules.checking import check, program

rng = np.random.default_rng(6)


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize("axis", [0, -1])
def test_diff(n: int, axis: int) -> None:
    check_call(np.diff, array(4, 5), n, axis)
    check_call(np.diff, array(4, 5), n, axis, prepend=0.5)
    check_call(np.diff, array(3, 3), n, axis, append=array(3, 3))


def test_diff_of_what_is_too_short() -> None:
    check_call(np.diff, array(1))
    check_call(np.diff, array(1), 2)
    check_call(np.diff, array(0))
    check_call(np.ediff1d, array(4), 0.5, array(2))


@pytest.mark.parametrize("edge_order", [1, 2])
def test_gradient(edge_order: Any) -> None:
    x = array(4, 5)
    check_call(np.gradient, x, edge_order=edge_order)
    check_call(np.gradient, x, 0.5, axis=1, edge_order=edge_order)
    check_call(np.gradient, x, 0.5, 2, edge_order=edge_order)
    check_call(np.gradient, array(4), Known(0.5), edge_order=edge_order)
    check_call(np.gradient, array(3), edge_order=edge_order)


def test_gradient_over_coordinates() -> None:
    check_call(np.gradient, array(5), np.cumsum(rng.uniform(0.5, 1.5, 5)))
    check_call(np.gradient, array(3, 4), np.cumsum(rng.uniform(0.5, 1.5, 3)), 0.4)


def test_trapezoid() -> None:
    x = np.sort(array(5))
    check_call(np.trapezoid, array(5), x)
    check_call(np.trapezoid, array(5), dx=0.1)
    check_call(np.trapezoid, array(5, 3), x, axis=0)
    check_call(np.trapezoid, array(3, 5), x)
    check_call(np.trapezoid, array(3, 5), array(3, 5))


@pytest.mark.parametrize("ends", [{}, {"left": -2.0}, {"right": 3.0}, {"left": -2.0, "right": 3.0}])
def test_interp(ends: Any) -> None:
    xp, fp = np.array([0.0, 1.1, 2.0, 3.5]), array(4)
    check_call(np.interp, np.array([0.3, 1.7, 2.2, -1.0, 9.0]), xp, fp, **ends)
    for x in (0.3, 9.0, -1.0):
        check_call(np.interp, x, xp, fp, **ends)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(6, 3), (6, 4), (3, 6), (4, 7), (5, 5), (1, 4), (4, 1)])
def test_convolution(mode: Any, n: int, m: int) -> None:
    check_call(np.convolve, array(n), array(m), mode=mode)
    check_call(np.correlate, array(n), array(m), mode=mode)


@pytest.mark.parametrize("mode", [{}, {"mode": "valid"}, {"mode": "same"}, {"mode": "full"}])
@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize(("n", "m"), [(6, 3), (3, 6), (5, 5)])
def test_lengths_of_convolutions(name: str, n: int, m: int, mode: Any) -> None:
    """The type tells the length; without a mode it is that of the function's own default."""
    t = result_types(name, (Array("float64", (fixed(n),)), Array("float64", (fixed(m),))), mode)[0]
    assert dims_of(t) == (fixed(len(getattr(np, name)(np.ones(n), np.ones(m), **mode))),)


def test_polyval() -> None:
    check_call(np.polyval, array(4), array(3))
    check_call(np.polyval, array(4), array(2, 3))
    check_call(np.polyval, array(4), 0.7)
    check_call(np.polyval, [1, 0, -2], array(3))
    check_call(np.polyval, array(1), array(3))


# ---- Fourier transforms: real parts and imaginary parts, as differences see real results


def spectrum(transform: Any, *args: Any, **options: Any) -> Any:
    def build(b: Any, x: Any) -> Any:
        y = LOWERINGS[transform](b, x, *args, **options)
        return b.emit("real", y), b.emit("imag", y)

    return build


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("n", [1, 5, 6])
def test_transforms_along_an_axis(n: int, norm: Any) -> None:
    for transform in (np.fft.fft, np.fft.ifft, np.fft.rfft):
        check(spectrum(transform, norm=norm), array(n))
        check(spectrum(transform, axis=0, norm=norm), array(n, 2))


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("n", [2, 5, 6])
def test_transform_to_real(n: int, norm: Any) -> None:
    def build(b: Any, x: Any, y: Any) -> Any:
        z = b.emit("add", x, b.emit("multiply", y, 1j))
        return LOWERINGS[np.fft.irfft](b, z, n, 0, norm)

    m = n // 2 + 1
    check(build, array(m), array(m))
    check(build, array(m + 2, 2), array(m + 2, 2))


def test_transform_to_real_of_unsaid_length() -> None:
    check(LOWERINGS[np.fft.irfft], array(4))


def test_transforms_of_many_axes() -> None:
    for transform in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn, np.fft.rfft2, np.fft.rfftn):
        check(spectrum(transform), array(3, 4))
    check_call(np.fft.irfft2, array(3, 4))
    check_call(np.fft.irfftn, array(3, 4), (3, 6))


@pytest.mark.parametrize("transform", [np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.fft2, np.fft.rfft2])
def test_values_of_transforms(transform: Any) -> None:
    x = array(3, 4)
    np.testing.assert_allclose(run_real(transform, x), transform(x).real)


def run_real(transform: Any, x: Any) -> Any:
    from tests.rules.checking import run

    b, inputs = program(spectrum(transform), [x])
    return run(b, inputs, b.results, [x])[0]


def test_shifts_of_spectra() -> None:
    for n in (4, 5):
        check_call(np.fft.fftshift, array(n, 3))
        check_call(np.fft.ifftshift, array(n, 3))
        check_call(np.fft.fftshift, array(n, 3), axes=0)


@pytest.mark.parametrize("n", [3, 5, 8])
def test_lengths_of_transforms(n: int) -> None:
    for transform in (np.fft.fft, np.fft.rfft):
        check(spectrum(transform, n), array(5))
        check(spectrum(transform, n, axis=0), array(5, 2))
    check_call(np.fft.irfft, array(5), n)


def test_a_length_known_at_run_time() -> None:
    check(lambda b, x: spectrum(np.fft.fft, b.emit("multiply", b.emit("dim", x, axis=0), 2))(b, x), array(5))


def test_frequencies_and_windows() -> None:
    for function in (np.fft.fftfreq, np.fft.rfftfreq):
        check_call(function, 5, 0.3)
        check(lambda b, x, f=function: b.emit("real", LOWERINGS[f](b, b.emit("dim", x, axis=0))), array(5))
    check(lambda b, x: b.emit("multiply", LOWERINGS[np.hanning](b, b.emit("dim", x, axis=0)), x), array(5))


def test_unwrap() -> None:
    check_call(np.unwrap, np.array([0.1, 3.0, -3.0, 2.9, 1.0, -5.0]))
    check_call(np.unwrap, 4 * array(3, 4), axis=0)


def test_polynomials() -> None:
    check_call(np.polyder, array(4))
    check_call(np.polyder, array(4), 2)

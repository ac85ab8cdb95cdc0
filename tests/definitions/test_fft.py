"""scipy.fft: transforms of Hermitian signals, shifts, frequencies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import fft

from tests.definitions.checking import Program, check, check_second, weighted

A, V = np.random.default_rng(0).normal(size=(5, 4)), np.random.default_rng(1).normal(size=7)

PROGRAMS: dict[str, Program] = {
    "hfft": (lambda x: weighted(fft.hfft(x)) + weighted(fft.hfft(x, 5, norm="ortho") ** 2), (V,)),
    "ihfft": (lambda x: weighted(np.abs(fft.ihfft(x))) + weighted(fft.ihfft(x, norm="forward").imag), (V,)),
    "hfft2": (lambda x: weighted(fft.hfft2(x)) + weighted(fft.hfftn(x, norm="ortho") ** 2), (A,)),
    "ihfft2": (lambda x: weighted(np.abs(fft.ihfft2(x))) + weighted(fft.ihfftn(x).imag), (A,)),
    "fftshift": (lambda x: weighted(fft.fftshift(x) * fft.ifftshift(x**2)) + weighted(fft.fftshift(x, 0)), (V,)),
    "fftfreq": (lambda x: weighted(np.abs(fft.fft(x)) * fft.fftfreq(len(x), 0.5)), (V,)),
    "rfftfreq": (lambda x: weighted(np.abs(fft.rfft(x)) * fft.rfftfreq(len(x))), (V,)),
    "next_fast_len": (lambda x: weighted(np.abs(fft.rfft(x, fft.next_fast_len(11)))), (V,)),
    "workers": (lambda x: weighted(np.abs(fft.fft(x, workers=2, overwrite_x=True)) ** 2), (V,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    f, args = PROGRAMS[name]
    check(f, args)
    check_second(f, args)

"""scipy.signal: values are those of SciPy, and derivatives, second ones included, those of the differences."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import signal

from srcad.definitions import signal as defined
from tests.definitions.checking import Program, check, check_second, weighted

RNG = np.random.default_rng(0)
V, A, IMAGE = RNG.normal(size=60), RNG.normal(size=(4, 40)), RNG.normal(size=(6, 7))
SHORT, ROWS = RNG.normal(size=24), RNG.normal(size=(3, 20))
B, DEN = signal.butter(2, 0.3)
SECTIONS = signal.butter(4, 0.3, output="sos")
KERNELS = (RNG.normal(size=(3, 3)), RNG.normal(size=(2, 4)))
TAPS = np.array([1.0, 2.0, 0.5])
APART = (np.random.default_rng(3).permutation(42).reshape(6, 7) - 20.3) / 10  # no two of them close

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


def call(name: str, *args: Any, **options: Any) -> Call:
    return name, args, options


SPECTRA: list[dict[str, Any]] = [
    {},
    {"nperseg": 16},
    {"nperseg": 15, "noverlap": 3},
    {"nperseg": 16, "nfft": 32, "detrend": "linear"},
    {"nperseg": 16, "detrend": False},
    {"window": "boxcar", "nperseg": 10, "detrend": False},
    {"fs": 4.0},
]
CALLS = [
    *(
        call(f"{name}2d", IMAGE, kernel, mode, boundary, value)
        for name, kernel, mode, boundary, value in itertools.product(
            ("convolve", "correlate"), KERNELS, ("full", "same", "valid"), ("fill", "wrap", "symm"), (0, 0.7)
        )
    ),
    *(call("filtfilt", B, DEN, V, padtype=kind) for kind in ("odd", "even", "constant", None)),
    *(call("sosfiltfilt", SECTIONS, A, padtype=kind, padlen=7 if kind else None) for kind in ("odd", "even", None)),
    call("filtfilt", B, DEN, A, axis=0, padlen=0),
    call("filtfilt", [1.0, 0.5], 1.0, V),
    call("filtfilt", B, DEN, A, method="gust"),
    call("filtfilt", B, DEN, A, axis=0, method="gust"),
    call("filtfilt", [0.2, 0.3], [1.5, -0.4, 0.1, 0.05], V, method="gust"),
    call("filtfilt", [0.5], [2.0], V, method="gust"),
    call("filtfilt", B, DEN, V, padlen=5),
    call("sosfiltfilt", SECTIONS, V),
    call("sosfiltfilt", signal.butter(3, 0.2, output="sos"), V),
    call("sosfilt", SECTIONS, A, axis=0),
    call("sosfilt", SECTIONS, V, zi=signal.sosfilt_zi(SECTIONS)),
    call("lfilter_zi", B, DEN),
    call("lfilter_zi", [2.0], DEN),
    call("lfilter_zi", B, [2.0, 0.5]),
    call("sosfilt_zi", SECTIONS),
    *(
        call("savgol_filter", V, n, 2, mode=m, cval=0.3)
        for m in ("interp", "mirror", "constant", "wrap")
        for n in (6, 7)
    ),
    *(call("savgol_filter", A, 5, 3, deriv=1, delta=0.5, mode=m) for m in ("interp", "nearest")),
    call("detrend", V),
    call("detrend", A, axis=0, type="constant"),
    call("detrend", A, bp=[10, 25]),
    call("detrend", V, bp=20),
    call("medfilt", V, 5),
    call("medfilt", IMAGE),
    call("medfilt2d", IMAGE, 3),
    call("wiener", IMAGE),
    call("wiener", V, 5, 0.3),
    call("hilbert", V),
    call("hilbert", A, axis=0),
    call("hilbert", V, 45),
    *(call("resample", x, n) for x in (V, V[:59]) for n in (30, 31, 59, 60, 80, 81)),
    call("resample", A, 10, axis=1),
    call("resample", V, 30, t=np.arange(60) * 0.5),
    call("upfirdn", TAPS, V, 3, 2),
    call("upfirdn", TAPS, A, 2, 3, axis=0),
    *(call("resample_poly", V, up, down) for up, down in ((2, 3), (3, 2), (4, 2), (1, 5), (5, 1), (7, 4), (2, 2))),
    call("resample_poly", A, 2, 3, axis=1, window=np.hanning(15)),
    call("decimate", V, 2),
    call("decimate", A, 3, zero_phase=False),
    call("decimate", V, 2, 4),
    call("deconvolve", V[:9], TAPS),
    call("freqz", B, DEN),
    call("freqz", B, DEN, 20, True),
    call("freqz", TAPS, 1, [0.1, 0.2], fs=2.0),
    *(call("welch", V, **options) for options in SPECTRA),
    *(call("csd", V, V[::-1] ** 2, **options) for options in SPECTRA),
    *(call("coherence", V, V[::-1] ** 2, **options) for options in SPECTRA),
    *(call("spectrogram", V, **options) for options in SPECTRA),
    *(call("stft", V, **options) for options in SPECTRA),
    *(call("stft", V, boundary=None, padded=False, scaling="psd", **options) for options in SPECTRA),
    call("welch", V, window=np.hanning(12)),
    call("welch", V, nperseg=16, return_onesided=False, scaling="spectrum"),
    call("welch", A.T, nperseg=10, axis=0),
    call("periodogram", A, axis=0),
    call("periodogram", V, nfft=40),
    call("periodogram", V, window="hann", nfft=80, detrend="linear", scaling="spectrum"),
]


@pytest.mark.parametrize("given", CALLS, ids=lambda given: given[0])
def test_values_are_those_of_scipy(given: Call) -> None:
    name, args, options = given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        due = getattr(signal, name)(*args, **options)
    got = getattr(defined, name)(*args, **options)
    for part, wanted in zip(*((x,) if not isinstance(x, tuple) else x for x in (got, due)), strict=True):
        assert np.asarray(part).dtype == np.asarray(wanted).dtype
        np.testing.assert_allclose(part, wanted, rtol=1e-9, atol=1e-11)


def parts(z: Any) -> Any:
    return weighted(z.real) + weighted(z.imag * 0.7)


def two_states(x: Any, z: Any) -> Any:
    y, state = signal.sosfilt(SECTIONS, x, zi=z)
    return weighted(y) + weighted(state)


def ways(x: Any) -> Any:
    even = signal.filtfilt(B, DEN, x, axis=1, padtype="even", padlen=4)
    return weighted(even) + weighted(signal.filtfilt(B, DEN, x, axis=0, padtype=None))


def spectra(x: Any) -> Any:
    found = weighted(signal.welch(x, nperseg=8)[1]) + weighted(signal.periodogram(x, window="hann")[1])
    return found + weighted(signal.spectrogram(x, nperseg=8)[2])


def cross(x: Any, y: Any) -> Any:
    found = parts(signal.csd(x, y, nperseg=8, detrend="linear")[1])
    return found + weighted(signal.coherence(x, y, nperseg=8)[1])


def divided(x: Any, d: Any) -> Any:
    quotient, rest = signal.deconvolve(x, d)
    return weighted(quotient) + weighted(rest)


PROGRAMS: dict[str, Program] = {
    "convolve2d": (lambda x, k: weighted(signal.convolve2d(x, k, "same", "symm")), (IMAGE, KERNELS[1])),
    "convolve2d, filled": (lambda x, k: weighted(signal.convolve2d(x, k, fillvalue=0.3)), (IMAGE, KERNELS[0])),
    "correlate2d": (lambda x, k: weighted(signal.correlate2d(x, k, "same", "wrap")), (IMAGE, KERNELS[1])),
    "filtfilt": (lambda b, a, x: weighted(signal.filtfilt(b, a, x)), (B, DEN, SHORT)),
    "windows": (
        lambda x: weighted(signal.windows.tukey(len(x), 0.3) * x) + signal.get_window(("kaiser", 4.0), len(x)) @ x,
        (SHORT,),
    ),
    "designs": (
        lambda x: weighted(signal.lfilter(*signal.iirpeak(0.3, 10.0), x)) + signal.savgol_coeffs(5, 2) @ x[:5],
        (SHORT,),
    ),
    "filtfilt, gust": (lambda b, a, x: weighted(signal.filtfilt(b, a, x, method="gust")), (B, DEN, SHORT)),
    "filtfilt, other ends": (ways, (ROWS,)),
    "sosfilt": (lambda x: weighted(signal.sosfilt(SECTIONS, x)), (SHORT,)),
    "sosfilt with states": (two_states, (SHORT, signal.sosfilt_zi(SECTIONS))),
    "sosfiltfilt": (lambda x: weighted(signal.sosfiltfilt(SECTIONS, x)), (V,)),
    "lfilter_zi": (lambda b, a: weighted(signal.lfilter_zi(b, a)), (B, DEN)),
    **{
        f"savgol_filter, {m}": (lambda x, m=m: weighted(signal.savgol_filter(x, 5, 3, deriv=1, mode=m)), (ROWS,))
        for m in ("interp", "mirror", "constant", "nearest", "wrap")
    },
    "detrend": (lambda x: weighted(signal.detrend(x) + signal.detrend(x, type="constant", axis=0)), (ROWS,)),
    "detrend by parts": (lambda x: weighted(signal.detrend(x, bp=[5, 11])), (ROWS,)),
    "medfilt": (lambda x: weighted(signal.medfilt(x) + signal.medfilt2d(x, (1, 3))), (APART,)),
    "wiener": (lambda x: weighted(signal.wiener(x)), (IMAGE,)),
    "hilbert": (lambda x: parts(signal.hilbert(x)) + weighted(np.abs(signal.hilbert(x, axis=0))), (ROWS,)),
    "resample": (lambda x: sum(weighted(signal.resample(x, n)) for n in (10, 11, 24, 30)), (SHORT,)),
    "upfirdn": (lambda h, x: weighted(signal.upfirdn(h, x, 3, 2)), (TAPS, ROWS)),
    "resample_poly": (lambda x: weighted(signal.resample_poly(x, 3, 2) ** 2), (SHORT,)),
    "decimate": (lambda x: weighted(signal.decimate(x, 2)), (V,)),
    "a filter that is designed on the way": (
        lambda x: weighted(signal.sosfilt(signal.butter(4, 0.3, output="sos"), x)),
        (SHORT,),
    ),
    "others that are": (
        lambda x: weighted(
            signal.lfilter(*signal.butter(2, 0.3), x)
            + signal.lfilter(signal.firwin(5, 0.4), 1.0, x)
            + signal.lfilter(*signal.cheby1(2, 0.5, 0.3), x)
            + signal.lfilter(*signal.cheby2(2, 20.0, 0.3), x)
            + signal.lfilter(*signal.ellip(2, 0.5, 20.0, 0.3), x)
            + signal.lfilter(*signal.iirnotch(0.3, 10.0), x)
        ),
        (SHORT,),
    ),
    "spectra": (spectra, (SHORT,)),
    "products of spectra": (cross, (SHORT, SHORT[::-1] ** 2)),
    "stft": (lambda x: parts(signal.stft(x, nperseg=8)[2]), (SHORT,)),
    "freqz": (lambda b, a: parts(signal.freqz(b, a, 8)[1]), (B, DEN)),
    "deconvolve": (divided, (SHORT[:7], np.array([1.0, 0.5, 0.2]))),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    f, args = PROGRAMS[name]
    check(f, args)
    check_second(f, args)

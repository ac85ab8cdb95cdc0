"""scipy.signal: spectra of signals by segments, and the response of filters."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcad.definitions.borders import Numbers, image
from srcad.definitions.words import fixed, refused


def vector(x: Any, n: Any) -> Numbers:
    return np.reshape(np.asarray(x, dtype=np.float64), (n,))


def segment_length(n: Any, window: Any, nperseg: Any) -> Any:
    """How long segments are: what is asked for, or the window; at most the signal."""
    if not isinstance(window, (str, tuple)):
        if nperseg is not None and nperseg != len(window):
            raise ValueError("value specified for nperseg is different from length of window")
        return len(window)
    return min(256 if nperseg is None else fixed(nperseg), n)


def weights_of(window: Any, size: Any) -> Numbers:
    return vector(signal.get_window(window, size) if isinstance(window, (str, tuple)) else window, size)


def without_trend(x: Numbers, kind: Any) -> Numbers:
    if kind is False or kind is None:
        return x
    if not isinstance(kind, str):
        refused("a spectrum of scipy.signal with a function as detrend", "take the trend out first.")
    mean = np.mean(x, axis=-1, keepdims=True)
    if kind == "constant":
        return x - mean
    n = x.shape[-1]
    t = np.arange(n) - 0.5 * (n - 1)
    return x - mean - np.sum(x * t, axis=-1, keepdims=True) / np.sum(t * t) * t


def transformed(x: Numbers, weights: Numbers, size: Any, step: Any, nfft: Any, detrend: Any, onesided: bool) -> Numbers:
    """The spectra of segments, along a new last axis; those of segments along the one before."""
    segments = np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)[..., ::step, :]
    weighted = without_trend(segments, detrend) * weights
    return np.fft.rfft(weighted, nfft) if onesided else np.fft.fft(weighted, nfft)


def frequencies(nfft: Any, fs: Any, onesided: bool) -> Numbers:
    return np.fft.rfftfreq(nfft, 1.0 / fs) if onesided else np.fft.fftfreq(nfft, 1.0 / fs)


def power(
    x: Any,
    y: Any,
    fs: Any,
    window: Any,
    nperseg: Any,
    noverlap: Any,
    nfft: Any,
    detrend: Any,
    onesided: bool,
    scaling: str,
    axis: int,
    share: int,
) -> Any:
    """Frequencies, times, and the products of two spectra, with those of segments along the last axis."""
    first = np.moveaxis(image(x), axis, -1)
    n = fixed(first.shape[-1])
    size = segment_length(n, window, nperseg)
    weights = weights_of(window, size)
    overlap = size // share if noverlap is None and share else (0 if noverlap is None else noverlap)
    length = size if nfft is None else nfft
    one = transformed(first, weights, size, size - overlap, length, detrend, onesided)
    other = one
    if y is not None:
        second = np.moveaxis(image(y), axis, -1)
        other = transformed(second, weights, size, size - overlap, length, detrend, onesided)
    scale = 1.0 / (fs * np.sum(weights**2)) if scaling == "density" else 1.0 / np.sum(weights) ** 2
    both = np.real(np.conj(one) * other) if y is None else np.conj(one) * other
    if onesided:
        k = np.arange(length // 2 + 1)
        both = both * np.where((k == 0) | (2 * k == length), 1.0, 2.0)
    times = np.arange(size / 2, n - size / 2 + 1, size - overlap) / fs
    return frequencies(length, fs, onesided), times, np.moveaxis(both * scale, -2, -1)


def averaged(products: Numbers, average: str, axis: int) -> Numbers:
    if average != "mean":
        refused("a spectrum of scipy.signal with average='median'", "use average='mean'.")
    return np.moveaxis(np.mean(products, axis=-1), -1, axis)


def welch(
    x: Any,
    fs: Any = 1.0,
    window: Any = "hann_periodic",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    average: str = "mean",
) -> Any:
    f, _, products = power(x, None, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, 2)
    return f, averaged(products, average, axis)


def csd(
    x: Any,
    y: Any,
    fs: Any = 1.0,
    window: Any = "hann_periodic",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    average: str = "mean",
) -> Any:
    f, _, products = power(x, y, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, 2)
    return f, averaged(products, average, axis)


def coherence(
    x: Any,
    y: Any,
    fs: Any = 1.0,
    window: Any = "hann_periodic",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    axis: int = -1,
) -> Any:
    f, one = welch(x, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, other = welch(y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, both = csd(x, y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    return f, np.abs(both) ** 2 / one / other


def periodogram(
    x: Any,
    fs: Any = 1.0,
    window: Any = "boxcar",
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
) -> Any:
    moved = np.moveaxis(image(x), axis, -1)
    n = fixed(moved.shape[-1])
    size = n if nfft is None else min(fixed(nfft), n)
    f, _, products = power(moved[..., :size], None, fs, window, size, 0, nfft, detrend, return_onesided, scaling, -1, 0)
    return f, np.moveaxis(products[..., 0], -1, axis)


def spectrogram(
    x: Any,
    fs: Any = 1.0,
    window: Any = ("tukey_periodic", 0.25),
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    mode: str = "psd",
) -> Any:
    if mode != "psd":
        refused(f"scipy.signal.spectrogram with mode={mode!r}", "use mode='psd', or scipy.signal.stft.")
    if axis != -1:
        refused("scipy.signal.spectrogram along another axis than the last", "move that axis to the end first.")
    return power(x, None, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, 8)


def stft(
    x: Any,
    fs: Any = 1.0,
    window: Any = "hann_periodic",
    nperseg: Any = 256,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = False,
    return_onesided: bool = True,
    boundary: Any = "zeros",
    padded: bool = True,
    axis: int = -1,
    scaling: str = "spectrum",
) -> Any:
    if boundary is not None and boundary != "zeros":
        refused("scipy.signal.stft with another boundary than zeros", "extend the signal first, with boundary=None.")
    if axis != -1:
        refused("scipy.signal.stft along another axis than the last", "move that axis to the end first.")
    source = image(x)
    size = segment_length(fixed(source.shape[-1]), window, nperseg)
    weights = weights_of(window, size)
    overlap = size // 2 if noverlap is None else fixed(noverlap)
    step, length = size - overlap, size if nfft is None else nfft
    if boundary is not None:
        source = widened(source, size // 2, size // 2)
    n = fixed(source.shape[-1])
    if padded:
        more = (-(n - size) % step) % size
        source, n = widened(source, 0, more), n + more
    spectrum = transformed(source, weights, size, step, length, detrend, return_onesided)
    scale = 1.0 / np.sum(weights) if scaling == "spectrum" else 1.0 / np.sqrt(fs * np.sum(weights**2))
    times = np.arange(size / 2, n - size / 2 + 1, step) / fs
    if boundary is not None:
        times = times - (size / 2) / fs
    return frequencies(length, fs, return_onesided), times, np.moveaxis(spectrum * scale, -2, -1)


def widened(x: Numbers, before: int, after: int) -> Numbers:
    """Zeros before and behind, along the last axis."""
    low, high = np.zeros((*x.shape[:-1], before)), np.zeros((*x.shape[:-1], after))
    return np.concatenate((low, x, high), axis=-1)


def freqz(
    b: Any, a: Any = 1, worN: Any = 512, whole: bool = False, fs: Any = 2 * np.pi, include_nyquist: bool = False
) -> Any:
    top, bottom = np.atleast_1d(np.asarray(b)), np.atleast_1d(np.asarray(a))
    if worN is None or np.ndim(worN) == 0:
        last = 2.0 * np.pi if whole else np.pi
        w = np.linspace(0.0, last, 512 if worN is None else worN, endpoint=include_nyquist and not whole)
    else:
        w = 2.0 * np.pi * np.asarray(worN) / fs
    turn = np.exp(-1j * w)
    return w * (fs / (2.0 * np.pi)), np.polyval(top[::-1], turn) / np.polyval(bottom[::-1], turn)

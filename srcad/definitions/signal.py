"""scipy.signal: filters that run both ways, smoothing, resampling, convolutions of images."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import linalg, signal

from srcad.definitions.borders import Numbers, as_kind, extended, image, per_axis
from srcad.definitions.ndimage import along
from srcad.definitions.spectra import coherence, csd, freqz, periodogram, spectrogram, stft, welch
from srcad.definitions.words import designed, fixed, held, refused, run

__all__ = [
    "argrelextrema",
    "argrelmax",
    "argrelmin",
    "butter",
    "cheby1",
    "cheby2",
    "coherence",
    "convolve2d",
    "correlate2d",
    "csd",
    "decimate",
    "deconvolve",
    "detrend",
    "ellip",
    "filtfilt",
    "find_peaks",
    "firwin",
    "freqz",
    "hilbert",
    "iirnotch",
    "lfilter_zi",
    "medfilt",
    "medfilt2d",
    "periodogram",
    "resample",
    "resample_poly",
    "savgol_filter",
    "sosfilt",
    "sosfilt_zi",
    "sosfiltfilt",
    "spectrogram",
    "stft",
    "upfirdn",
    "welch",
    "wiener",
]
METHODS: dict[str, object] = {}
WINDOWS = (
    *("get_window", "barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "chebwin", "cosine"),
    *("exponential", "flattop", "gaussian", "general_cosine", "general_gaussian", "general_hamming", "hamming", "hann"),
    *("kaiser", "kaiser_bessel_derived", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey"),
)
DESIGNS = (  # made of options alone
    *("savgol_coeffs", "firls", "firwin2", "remez", "unit_impulse", "max_len_seq", "kaiserord", "dpss"),
    *("buttord", "cheb1ord", "cheb2ord", "ellipord", "bessel", "iirfilter", "iirdesign", "iirpeak", "iircomb"),
    *WINDOWS,
)


def vector(x: Any, n: Any) -> Numbers:
    """What a function of SciPy makes of options alone: a vector of this length."""
    return np.reshape(np.asarray(x, dtype=np.float64), (n,))


# ---- convolutions of images


def beyond(x: Numbers, v: Numbers, mode: str, boundary: str, fillvalue: Any, even: int) -> Numbers:
    """A convolution with what stands beyond the borders of the first image; `even`: by how much a kernel of even
    length has its middle further on."""
    if mode == "valid":
        return signal.convolve(x, v, mode="valid")
    up, left = (v.shape[0] - 1 + even) // 2, (v.shape[1] - 1 + even) // 2
    if boundary == "fill" and isinstance(fillvalue, (int, float)) and fillvalue == 0:
        whole = signal.convolve(x, v)
        return whole if mode == "full" else whole[up : up + x.shape[0], left : left + x.shape[1]]
    how = {"fill": "constant", "pad": "constant", "wrap": "wrap", "circular": "wrap"}
    border = how.get(boundary, "reflect")
    grown = x
    for axis in range(2):
        grown = extended(grown, axis, v.shape[axis] - 1, v.shape[axis] - 1, border, fillvalue)
    full = signal.convolve(grown, v, mode="valid")
    if mode == "full":
        return full
    return full[up : up + x.shape[0], left : left + x.shape[1]]


def convolve2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Numbers:
    return beyond(np.asarray(in1), np.asarray(in2), mode, boundary, fillvalue, 0)


def correlate2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Numbers:
    turned = np.conj(np.asarray(in2))[::-1, ::-1]
    return beyond(np.asarray(in1), turned, mode, boundary, fillvalue, 1)


def deconvolve(signal: Any, divisor: Any) -> Any:
    top, bottom = np.atleast_1d(np.asarray(signal)), np.atleast_1d(np.asarray(divisor))
    n, m = len(top), len(bottom)
    impulse = np.concatenate((np.ones(1), np.zeros(n - m)))
    quotient = filtered(top, bottom, impulse)
    return quotient, top - np.convolve(bottom, quotient)


# ---- recursive filters


def filtered(b: Any, a: Any, x: Numbers) -> Numbers:
    return signal.lfilter(b, a, x)


def coefficients(x: Any) -> Numbers:
    return np.atleast_1d(np.asarray(x, dtype=np.float64))


def lfilter_zi(b: Any, a: Any) -> Numbers:
    top, bottom = coefficients(b), coefficients(a)
    top, bottom = top / bottom[0], bottom / bottom[0]
    n, m = fixed(len(top)), fixed(len(bottom))
    if n < m:
        top = np.concatenate((top, np.zeros(m - n)))
    if m < n:
        bottom = np.concatenate((bottom, np.zeros(n - m)))
    size = max(n, m) - 1
    return np.linalg.solve(np.eye(size) - linalg.companion(bottom).T, top[1:] - bottom[1:] * top[0])


def grown(x: Numbers, padtype: Any, edge: Any) -> Numbers:
    """A signal that goes on beyond its ends, along the last axis."""
    if padtype is None:
        return x
    low, high = x[..., edge:0:-1], x[..., -2 : -(edge + 2) : -1]
    first, last = x[..., :1], x[..., -1:]
    if padtype == "odd":
        return np.concatenate((2.0 * first - low, x, 2.0 * last - high), axis=-1)
    if padtype == "even":
        return np.concatenate((low, x, high), axis=-1)
    ones = np.ones(edge)
    return np.concatenate((first * ones, x, last * ones), axis=-1)


def without(y: Numbers, padtype: Any, edge: Any) -> Numbers:
    return y if padtype is None else y[..., edge : y.shape[-1] - edge]


def filtfilt(
    b: Any,
    a: Any,
    x: Any,
    axis: int = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: str = "pad",
) -> Numbers:
    top, bottom = coefficients(b), coefficients(a)
    if method == "gust":
        return np.moveaxis(gustafsson(top, bottom, np.moveaxis(image(x), axis, -1)), -1, axis)
    edge = 3 * max(len(top), len(bottom)) if padlen is None else padlen
    padtype = None if isinstance(edge, int) and edge == 0 else padtype
    source = np.moveaxis(image(x), axis, -1)
    longer = grown(source, padtype, edge)
    zi = lfilter_zi(top, bottom)
    ahead, _ = signal.lfilter(top, bottom, longer, zi=zi * longer[..., :1])
    turned = ahead[..., ::-1]
    back, _ = signal.lfilter(top, bottom, turned, zi=zi * turned[..., :1])
    return np.moveaxis(without(back[..., ::-1], padtype, edge), -1, axis)


def gustafsson(top: Numbers, bottom: Numbers, x: Numbers) -> Numbers:
    """With the states at both ends for which forwards and backwards is the same as backwards and forwards."""
    order = fixed(max(len(top), len(bottom))) - 1
    if order == 0:
        return (top[0] / bottom[0]) ** 2 * x
    n = x.shape[-1]
    answer, _ = signal.lfilter(top, bottom, np.zeros(n), zi=np.eye(order)[0])
    states = np.stack([np.concatenate([np.zeros(k), answer[: n - k]]) for k in [*range(order)]], axis=1)
    later = signal.lfilter(top, bottom, states[::-1], axis=0)
    ends = np.concatenate([later[::-1], states[::-1]], axis=1)
    apart = ends - np.concatenate([states, later], axis=1)
    back = signal.lfilter(top, bottom, signal.lfilter(top, bottom, x)[..., ::-1])[..., ::-1]
    ahead = signal.lfilter(top, bottom, signal.lfilter(top, bottom, x[..., ::-1])[..., ::-1])
    found = (ahead - back) @ np.linalg.pinv(apart).T
    return back + found @ ends.T


def sosfilt(sos: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    sections, y = np.asarray(sos, dtype=np.float64), image(x)
    count = fixed(sections.shape[0])
    if zi is None:
        for s in range(count):
            s = fixed(s)
            y = signal.lfilter(sections[s, :3], sections[s, 3:], y, axis=axis)
        return y
    states = []
    for s in range(count):
        s = fixed(s)
        y, state = signal.lfilter(sections[s, :3], sections[s, 3:], y, axis=axis, zi=np.asarray(zi)[s])
        states.append(state)
    return y, np.stack(states)


def sosfilt_zi(sos: Any) -> Numbers:
    sections = np.asarray(sos, dtype=np.float64)
    found = []
    scale = 1.0
    for s in range(fixed(sections.shape[0])):
        s = fixed(s)
        top, bottom = sections[s, :3], sections[s, 3:]
        found.append(scale * lfilter_zi(top, bottom))
        scale = scale * (np.sum(top) / np.sum(bottom))
    return np.stack(found)


def sosfiltfilt(sos: Any, x: Any, axis: int = -1, padtype: Any = "odd", padlen: Any = None) -> Numbers:
    sections = np.asarray(sos, dtype=np.float64)
    count = fixed(sections.shape[0])
    if padlen is None:
        rests = np.minimum(np.sum(sections[:, 2] == 0), np.sum(sections[:, 5] == 0))
        edge = 3 * (2 * count + 1 - int(rests))
    else:
        edge = padlen
    padtype = None if isinstance(edge, int) and edge == 0 else padtype
    source = np.moveaxis(image(x), axis, -1)
    longer = grown(source, padtype, edge)
    states = sosfilt_zi(sections)
    y = longer
    for _ in range(2):
        start = y[..., :1]
        for s in range(count):
            s = fixed(s)
            y, _state = signal.lfilter(sections[s, :3], sections[s, 3:], y, zi=states[s] * start)
        y = y[..., ::-1]
    return np.moveaxis(without(y, padtype, edge), -1, axis)


# ---- smoothing, trends


def savgol_filter(
    x: Any,
    window_length: Any,
    polyorder: Any,
    deriv: Any = 0,
    delta: Any = 1.0,
    axis: int = -1,
    mode: str = "interp",
    cval: Any = 0.0,
) -> Numbers:
    source = image(x)
    axis = axis % source.ndim
    n, size = source.shape[axis], fixed(window_length)
    weights = vector(signal.savgol_coeffs(size, polyorder, deriv=deriv, delta=delta), size)
    even = 1 - size % 2
    if mode != "interp":
        return along(source, weights[::-1], axis, mode, cval, -even)
    half = size // 2
    inner = np.moveaxis(along(source, weights[::-1], axis, "constant", 0.0, -even), axis, 0)
    moved = np.moveaxis(source, axis, 0)
    first = [at_place(size, polyorder, deriv, delta, k) for k in range(half)]
    last = [at_place(size, polyorder, deriv, delta, size - half + k) for k in range(half)]
    if half == 0:
        return np.moveaxis(inner, 0, axis)
    low = np.tensordot(np.stack(first), moved[:size], 1)
    high = np.tensordot(np.stack(last), moved[n - size :], 1)
    return np.moveaxis(as_kind(np.concatenate((low, inner[half : n - half], high)), source), 0, axis)


def at_place(size: int, polyorder: Any, deriv: Any, delta: Any, place: int) -> Numbers:
    """The weights that give the value of the fitted polynomial at a place of the window."""
    return vector(signal.savgol_coeffs(size, polyorder, deriv=deriv, delta=delta, pos=place, use="dot"), size)


def detrend(data: Any, axis: int = -1, type: str = "linear", bp: Any = 0) -> Numbers:
    x = image(data)
    if type in ("constant", "c"):
        return x - np.mean(x, axis=axis, keepdims=True)
    moved = np.moveaxis(x, axis, -1)
    n = moved.shape[-1]
    breaks = list(bp) if isinstance(bp, (tuple, list)) else [bp]
    starts = sorted({0, *[fixed(place) for place in breaks]})
    parts = []
    for k in range(len(starts)):
        k = fixed(k)
        stop = starts[k + 1] if k + 1 < len(starts) else n
        parts.append(without_line(moved[..., starts[k] : stop]))
    return np.moveaxis(parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1), -1, axis)


def without_line(x: Numbers) -> Numbers:
    """What is left of a signal without the line that fits best."""
    n = x.shape[-1]
    t = np.arange(n) - 0.5 * (n - 1)
    slope = np.sum(x * t, axis=-1, keepdims=True) / np.maximum(np.sum(t * t), 1e-300)
    return x - np.mean(x, axis=-1, keepdims=True) - slope * t


def medfilt(volume: Any, kernel_size: Any = None) -> Numbers:
    x = image(volume)
    sizes = per_axis(3 if kernel_size is None else kernel_size, x.ndim)
    longer = x
    for axis in range(x.ndim):
        axis = fixed(axis)
        longer = extended(longer, axis, sizes[axis] // 2, sizes[axis] // 2, "constant")
    places = np.lib.stride_tricks.sliding_window_view(longer, tuple(sizes))
    ordered = np.sort(np.reshape(places, (*x.shape, -1)), axis=-1)
    return ordered[..., ordered.shape[-1] // 2]


def medfilt2d(input: Any, kernel_size: Any = 3) -> Numbers:
    return medfilt(input, kernel_size)


def wiener(im: Any, mysize: Any = None, noise: Any = None) -> Numbers:
    x = image(im)
    sizes = per_axis(3 if mysize is None else mysize, x.ndim)
    window = np.ones(tuple(sizes))
    count = math.prod(sizes)
    local = signal.correlate(x, window, "same") / count
    spread = signal.correlate(x**2, window, "same") / count - local**2
    noisy = np.mean(spread) if noise is None else noise
    return np.where(spread < noisy, local, local + (x - local) * (1.0 - noisy / spread))


# ---- places, which move with nothing


def find_peaks(
    x: Any,
    height: Any = None,
    threshold: Any = None,
    distance: Any = None,
    prominence: Any = None,
    width: Any = None,
    wlen: Any = None,
    rel_height: Any = 0.5,
    plateau_size: Any = None,
) -> Any:
    """The places; the properties would move with the signal, and there is None in their place."""
    found = run(
        signal.find_peaks,
        held(x),
        height=held(height),
        threshold=held(threshold),
        distance=distance,
        prominence=held(prominence),
        width=held(width),
        wlen=wlen,
        rel_height=rel_height,
        plateau_size=plateau_size,
    )
    return places(found[0]), None


def places(found: Any) -> Numbers:
    return np.reshape(np.asarray(found, dtype=np.int64), (-1,))


def argrelmax(data: Any, axis: int = 0, order: Any = 1, mode: str = "clip") -> Any:
    x = np.asarray(data)
    if x.ndim != 1:
        refused("scipy.signal.argrelmax of other arrays than vectors", "call it for each row.")
    return (places(run(signal.argrelmax, held(x), axis, order, mode)[0]),)


def argrelmin(data: Any, axis: int = 0, order: Any = 1, mode: str = "clip") -> Any:
    x = np.asarray(data)
    if x.ndim != 1:
        refused("scipy.signal.argrelmin of other arrays than vectors", "call it for each row.")
    return (places(run(signal.argrelmin, held(x), axis, order, mode)[0]),)


def argrelextrema(data: Any, comparator: Any, axis: int = 0, order: Any = 1, mode: str = "clip") -> Any:
    x = np.asarray(data)
    if x.ndim != 1:
        refused("scipy.signal.argrelextrema of other arrays than vectors", "call it for each row.")
    return (places(run(signal.argrelextrema, held(x), comparator, axis, order, mode)[0]),)


# ---- resampling


def hilbert(x: Any, N: Any = None, axis: int = -1) -> Numbers:
    moved = np.moveaxis(np.asarray(x), axis, -1)
    n = moved.shape[-1] if N is None else N
    k = np.arange(n)
    once = (k == 0) | (2 * k == n)
    weights = np.where(once, 1.0, np.where(2 * k < n, 2.0, 0.0))
    return np.moveaxis(np.fft.ifft(np.fft.fft(moved, n) * weights), -1, axis)


def resample(x: Any, num: Any, t: Any = None, axis: int = 0, window: Any = None, domain: str = "time") -> Any:
    if window is not None or domain != "time":
        refused("scipy.signal.resample with window or in the domain of frequencies", "multiply the spectrum yourself.")
    moved = np.moveaxis(image(x), axis, -1)
    n = moved.shape[-1]
    least = np.minimum(n, num)
    spectrum = np.fft.rfft(moved)[..., : least // 2 + 1]
    at_end = np.where(num < n, 2.0, np.where(num > n, 0.5, 1.0))
    weights = np.where(2 * np.arange(least // 2 + 1) == least, at_end, 1.0)
    y = np.moveaxis(np.fft.irfft(spectrum * weights, num) * (num / n), -1, axis)
    if t is None:
        return y
    times = np.asarray(t)
    return y, np.arange(num) * (times[1] - times[0]) * n / num + times[0]


def upfirdn(h: Any, x: Any, up: int = 1, down: int = 1, axis: int = -1) -> Numbers:
    moved = np.moveaxis(image(x), axis, -1)
    n = moved.shape[-1]
    between = np.concatenate((moved[..., None], np.zeros((*moved.shape, up - 1))), axis=-1)
    stuffed = np.reshape(between, (*moved.shape[:-1], n * up))[..., : (n - 1) * up + 1]
    taps = np.asarray(h, dtype=np.float64)
    kernel = np.reshape(taps, (*(1 for _ in range(moved.ndim - 1)), len(taps)))
    return np.moveaxis(signal.convolve(stuffed, kernel)[..., ::down], -1, axis)


def resample_poly(
    x: Any,
    up: int,
    down: int,
    axis: int = 0,
    window: Any = ("kaiser", 5.0),
    padtype: str = "constant",
    cval: Any = None,
) -> Numbers:
    if padtype != "constant" or cval is not None:
        refused("scipy.signal.resample_poly with padtype or cval", "take the trend out first.")
    source, up, down = image(x), fixed(up), fixed(down)
    shared, rest = up, down
    while rest:  # Euclid's algorithm, of numbers that are known
        shared, rest = rest, shared % rest
    up, down = up // shared, down // shared
    if up == 1 and down == 1:
        return source * 1.0
    n = fixed(source.shape[axis])
    length = -(-n * up // down)
    if isinstance(window, (str, tuple)):
        half = 10 * max(up, down)
        taps = vector(signal.firwin(2 * half + 1, 1.0 / max(up, down), window=window), 2 * half + 1) * up
    else:
        taps = np.asarray(window) * up
        half = (fixed(len(taps)) - 1) // 2
    before = down - half % down
    removed = (half + before) // down
    after = max(0, (length + removed - 1) * down + 1 - (2 * half + 1 + before) - (n - 1) * up)
    whole = np.concatenate((np.zeros(before), taps, np.zeros(after)))
    moved = np.moveaxis(source, axis, -1)
    return np.moveaxis(upfirdn(whole, moved, up, down)[..., removed : removed + length], -1, axis)


def decimate(x: Any, q: int, n: Any = None, ftype: str = "iir", axis: int = -1, zero_phase: bool = True) -> Numbers:
    if ftype != "iir":
        refused("scipy.signal.decimate with another filter than 'iir'", "use scipy.signal.resample_poly.")
    factor, order = fixed(q), 8 if n is None else fixed(n)
    count = (order + 1) // 2
    sections = np.reshape(
        np.asarray(signal.cheby1(order, 0.05, 0.8 / factor, output="sos"), dtype=np.float64), (count, 6)
    )
    y = sosfiltfilt(sections, x, axis) if zero_phase else sosfilt(sections, x, axis)
    return np.moveaxis(np.moveaxis(y, axis, -1)[..., ::factor], -1, axis)


# ---- designs of filters: constants, where all is known


def butter(N: Any, Wn: Any, btype: str = "low", analog: bool = False, output: str = "ba", fs: Any = None) -> Any:
    return designed(signal.butter, N, Wn, btype, analog, output, fs)


def cheby1(
    N: Any, rp: Any, Wn: Any, btype: str = "low", analog: bool = False, output: str = "ba", fs: Any = None
) -> Any:
    return designed(signal.cheby1, N, rp, Wn, btype, analog, output, fs)


def cheby2(
    N: Any, rs: Any, Wn: Any, btype: str = "low", analog: bool = False, output: str = "ba", fs: Any = None
) -> Any:
    return designed(signal.cheby2, N, rs, Wn, btype, analog, output, fs)


def ellip(
    N: Any, rp: Any, rs: Any, Wn: Any, btype: str = "low", analog: bool = False, output: str = "ba", fs: Any = None
) -> Any:
    return designed(signal.ellip, N, rp, rs, Wn, btype, analog, output, fs)


def iirnotch(w0: Any, Q: Any, fs: Any = 2.0) -> Any:
    return designed(signal.iirnotch, w0, Q, fs)


def firwin(
    numtaps: Any,
    cutoff: Any,
    *,
    width: Any = None,
    window: Any = "hamming",
    pass_zero: Any = True,
    scale: bool = True,
    fs: Any = None,
) -> Any:
    return designed(signal.firwin, numtaps, cutoff, width=width, window=window, pass_zero=pass_zero, scale=scale, fs=fs)

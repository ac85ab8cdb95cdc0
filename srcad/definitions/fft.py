"""scipy.fft: what is other transforms put together, or only moves elements."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft

from srcad.definitions.words import designed

__all__ = [
    "fftfreq",
    "fftshift",
    "hfft",
    "hfft2",
    "hfftn",
    "ifftshift",
    "ihfft",
    "ihfft2",
    "ihfftn",
    "next_fast_len",
    "rfftfreq",
]
METHODS: dict[str, object] = {}
INVERSE: dict[Any, Any] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def hfft(x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return np.fft.irfft(np.conj(x), n, axis, INVERSE[norm])


def ihfft(x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return np.conj(np.fft.rfft(x, n, axis, INVERSE[norm]))


def hfftn(x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    return np.fft.irfftn(np.conj(x), s, axes, INVERSE[norm])


def ihfftn(x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    return np.conj(np.fft.rfftn(x, s, axes, INVERSE[norm]))


def hfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return hfftn(x, s, axes, norm)


def ihfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return ihfftn(x, s, axes, norm)


def fftshift(x: Any, axes: Any = None) -> Any:
    return np.fft.fftshift(x, axes)


def ifftshift(x: Any, axes: Any = None) -> Any:
    return np.fft.ifftshift(x, axes)


def fftfreq(n: Any, d: Any = 1.0) -> Any:
    return np.fft.fftfreq(n, d)


def rfftfreq(n: Any, d: Any = 1.0) -> Any:
    return np.fft.rfftfreq(n, d)


def next_fast_len(target: Any, real: bool = False) -> Any:
    return designed(fft.next_fast_len, target, real)

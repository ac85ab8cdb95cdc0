"""Calls of scipy.fft, and of convolutions and filters of scipy.signal."""

from __future__ import annotations

OF_SCIPY_SIGNAL: dict[str, tuple[str, ...]] = {
    "scipy.fft.fft": ("scipy.fft.fft(x), scipy.fft.fft(x, n=4, norm='forward', axis=-1)",),
    "scipy.fft.ifft": ("scipy.fft.ifft(A, 5, axis=0, norm='ortho'), scipy.fft.ifft(x, n=2)",),
    "scipy.fft.rfft": ("scipy.fft.rfft(x), scipy.fft.rfft(x, n=4, axis=0, norm='ortho')",),
    "scipy.fft.irfft": ("scipy.fft.irfft(x + 1j * y, 5), scipy.fft.irfft(A, axis=1, norm='ortho')",),
    "scipy.fft.fft2": ("scipy.fft.fft2(A), scipy.fft.fft2(A, s=(4, 5), axes=(1, 0), norm='ortho')",),
    "scipy.fft.ifft2": ("scipy.fft.ifft2(A), scipy.fft.ifft2(A, s=(4, 5), axes=(1, 0), norm='ortho')",),
    "scipy.fft.fftn": ("scipy.fft.fftn(T, axes=(0, 2)), scipy.fft.fftn(A, s=(4, 5), norm='ortho')",),
    "scipy.fft.rfft2": ("scipy.fft.rfft2(A), scipy.fft.rfft2(A, s=(4, 5), axes=(1, 0), norm='ortho')",),
    "scipy.fft.rfftn": ("scipy.fft.rfftn(T, norm='forward'), scipy.fft.rfftn(A, s=(4, 5), axes=(1, 0))",),
    "scipy.fft.irfft2": ("scipy.fft.irfft2(A + 1j * B), scipy.fft.irfft2(A, s=(4, 5), axes=(1, 0), norm='ortho')",),
    "scipy.fft.irfftn": ("scipy.fft.irfftn(A + 1j * B, (3, 6)), scipy.fft.irfftn(A, axes=(1, 0), norm='ortho')",),
    "scipy.fft.ifftn": ("scipy.fft.ifftn(A), scipy.fft.ifftn(A, s=(4, 5), axes=(1, 0), norm='ortho')",),
    "scipy.fft.dct": (
        "scipy.fft.dct(x), scipy.fft.dct(x, 1), scipy.fft.dct(x, 3), scipy.fft.dct(x, 4)",
        "scipy.fft.dct(A, axis=0, norm='ortho'), scipy.fft.dct(A, type=1, norm='ortho')",
        "scipy.fft.dct(A, type=3, norm='ortho', orthogonalize=False)",
        "scipy.fft.dct(A, 2, norm='forward', orthogonalize=True), scipy.fft.dct(x, n=5)",
        "scipy.fft.dct(x + 1j * y)",
    ),
    "scipy.fft.dst": (
        "scipy.fft.dst(x), scipy.fft.dst(x, 1), scipy.fft.dst(x, 3), scipy.fft.dst(x, 4)",
        "scipy.fft.dst(A, axis=0, norm='ortho'), scipy.fft.dst(A, type=1, norm='ortho')",
        "scipy.fft.dst(A, type=3, norm='ortho', orthogonalize=False)",
        "scipy.fft.dst(A, 2, norm='forward', orthogonalize=True), scipy.fft.dst(x, n=5)",
    ),
    "scipy.fft.idct": (
        "scipy.fft.idct(x), scipy.fft.idct(x, 1), scipy.fft.idct(x, 3, norm='forward')",
        "scipy.fft.idct(x, 4), scipy.fft.idct(A, axis=0, norm='ortho')",
        "scipy.fft.idct(A, 1, norm='ortho', orthogonalize=False), scipy.fft.idct(x, n=5)",
    ),
    "scipy.fft.idst": (
        "scipy.fft.idst(x), scipy.fft.idst(x, 1), scipy.fft.idst(x, 3, norm='forward')",
        "scipy.fft.idst(x, 4), scipy.fft.idst(A, axis=0, norm='ortho')",
        "scipy.fft.idst(A, 1, norm='ortho', orthogonalize=False), scipy.fft.idst(x, n=5)",
    ),
    "scipy.fft.dctn": (
        "scipy.fft.dctn(A)",
        "scipy.fft.dctn(A, 2, s=(4, 5), axes=(0, 1), norm='ortho', orthogonalize=False)",
    ),
    "scipy.fft.idctn": (
        "scipy.fft.idctn(A, norm='ortho')",
        "scipy.fft.idctn(A, 3, s=(4, 5), axes=(0, 1), norm='ortho', orthogonalize=False)",
    ),
    "scipy.fft.dstn": (
        "scipy.fft.dstn(A, type=3, axes=(0,))",
        "scipy.fft.dstn(A, 2, s=(4, 5), axes=(0, 1), norm='ortho', orthogonalize=False)",
    ),
    "scipy.fft.idstn": (
        "scipy.fft.idstn(A, s=(4, 5))",
        "scipy.fft.idstn(A, 2, axes=(0, 1), norm='ortho', orthogonalize=False)",
    ),
    "scipy.signal.convolve": (
        "scipy.signal.convolve(l, x), scipy.signal.convolve(l, x, 'same')",
        "scipy.signal.convolve(x, l, 'valid', method='direct'), scipy.signal.convolve(A, M)",
        "scipy.signal.convolve(A, M[:2, :2], mode='same'), scipy.signal.convolve(A, M[:2], mode='valid')",
        "scipy.signal.convolve(x + 1j * y, y - 2j * x), scipy.signal.convolve(x, l, 'same')",
    ),
    "scipy.signal.correlate": (
        "scipy.signal.correlate(l, x), scipy.signal.correlate(l, x, 'same')",
        "scipy.signal.correlate(x, l, 'valid', method='direct')",
        "scipy.signal.correlate(A, M, mode='full'), scipy.signal.correlate(x + 1j * y, y - 2j * x)",
        "scipy.signal.correlate(x, l, 'same')",
    ),
    "scipy.signal.fftconvolve": (
        "scipy.signal.fftconvolve(l, x), scipy.signal.fftconvolve(A, M[:2, :2], mode='same', axes=(0, 1))",
    ),
    "scipy.signal.oaconvolve": ("scipy.signal.oaconvolve(l, x, 'valid', axes=None)",),
    "scipy.signal.lfilter": (
        "scipy.signal.lfilter([0.3, 0.2], [1.0, -0.4], l), scipy.signal.lfilter(x, yp, l)",
        "scipy.signal.lfilter(x, yp, A, axis=0), scipy.signal.lfilter(x, [2.0], T, axis=1)",
        "scipy.signal.lfilter(np.ones(3), yp, T), scipy.signal.lfilter(x, yp, l, zi=w[:2])",
        "scipy.signal.lfilter(x, yp, A, axis=0, zi=B[:2])",
        "scipy.signal.lfilter(x, [2.0, 1.0], l, -1, w[:2])",
    ),
}

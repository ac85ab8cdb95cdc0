"""Signal processing and estimation."""

import math
from collections import deque

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def fir(h, x):
    """Direct form, the output filled sample by sample."""
    y = np.zeros(len(x))
    for n in range(len(x)):
        for k in range(len(h)):
            if n - k >= 0:
                y[n] += h[k] * x[n - k]
    return y


program(fir, normal(3), normal(6), argnums=(0, 1))


def iir_direct_form_2(b, a, x):
    """One delay line, shifted by hand, last tap first."""
    w = [0.0] * len(a)
    out = []
    for sample in x:
        for i in range(len(w) - 1, 0, -1):
            w[i] = w[i - 1]
        w[0] = sample
        for i in range(1, len(a)):
            w[0] -= a[i] * w[i]
        w[0] /= a[0]
        y = 0
        for i in range(len(b)):
            y += b[i] * w[i]
        out.append(y)
    return sum(v**2 for v in out)


program(iir_direct_form_2, [0.2, 0.4, 0.2], [1.0, -0.5, 0.25], normal(7), argnums=(0, 1, 2))


class Biquad:
    """Transposed direct form II with its state in the object."""

    def __init__(self, kind, frequency, q):
        w0 = 2 * math.pi * frequency
        alpha = math.sin(w0) / (2 * q)
        cosw = math.cos(w0)
        if kind == "lowpass":
            b = [(1 - cosw) / 2, 1 - cosw, (1 - cosw) / 2]
        elif kind == "highpass":
            b = [(1 + cosw) / 2, -(1 + cosw), (1 + cosw) / 2]
        else:
            raise ValueError(f"unknown filter {kind!r}")
        a0 = 1 + alpha
        self.b = [v / a0 for v in b]
        self.a = [-2 * cosw / a0, (1 - alpha) / a0]
        self.z1 = self.z2 = 0.0

    def __call__(self, x):
        y = self.b[0] * x + self.z1
        self.z1 = self.b[1] * x - self.a[0] * y + self.z2
        self.z2 = self.b[2] * x - self.a[1] * y
        return y


def equaliser(frequency, q, signal, kinds):
    filters = [Biquad(kind, frequency, q) for kind in kinds]
    energy = 0.0
    for x in signal:
        for stage in filters:
            x = stage(x)
        energy += x * x
    return energy


program(equaliser, 0.1, 0.8, normal(8), ("lowpass", "highpass"), argnums=(0, 1, 2))


def lms(x, d, mu, taps):
    """Adaptive filter, the newest samples in a window that moves."""
    w = np.zeros(taps)
    errors = []
    for n in range(taps - 1, len(x)):
        window = x[n - taps + 1 : n + 1][::-1]
        e = d[n] - w @ window
        w += mu * e * window
        errors.append(e)
    return np.mean(np.square(errors)) + w[0]


program(lms, normal(8), normal(8, seed=1), 0.1, 3, argnums=(0, 1, 2))


def moving_average_deque(x, size):
    window = deque(maxlen=size)
    total = 0.0
    for v in x:
        window.append(v)
        average = sum(window) / len(window)
        total += (v - average) ** 2
    return total


program(moving_average_deque, normal(6), 3)


def median_of_three(x):
    """Despiking by comparisons."""
    y = x.copy()
    for i in range(1, len(x) - 1):
        a, b, c = x[i - 1], x[i], x[i + 1]
        if a > b:
            a, b = b, a
        if b > c:
            b, c = c, b
        if a > b:
            a, b = b, a
        y[i] = b
    return y @ np.arange(len(y))


program(median_of_three, normal(7), step=1e-3)


def rts_smoother(ys, F, H, q, r):
    """Kalman filter forward with everything kept, Rauch-Tung-Striebel backward over the lists."""
    n = F.shape[0]
    m, P = np.zeros(n), np.eye(n)
    ms, Ps, mps, Pps = [], [], [], []
    for y in ys:
        mp, Pp = F @ m, F @ P @ F.T + q * np.eye(n)
        S = H @ Pp @ H.T + r
        K = np.linalg.solve(S.T, (Pp @ H.T).T).T
        m = mp + K @ (y - H @ mp)
        P = Pp - K @ S @ K.T
        ms.append(m)
        Ps.append(P)
        mps.append(mp)
        Pps.append(Pp)
    smoothed = [ms[-1]]
    for k in range(len(ys) - 2, -1, -1):
        G = Ps[k] @ F.T @ np.linalg.inv(Pps[k + 1])
        smoothed.append(ms[k] + G @ (smoothed[-1] - mps[k + 1]))
    smoothed = smoothed[::-1]
    return sum(np.sum(s**2) for s in smoothed)


program(
    rts_smoother,
    normal(4, 1),
    np.array([[1.0, 0.3], [-0.1, 0.9]]),
    np.array([[1.0, 0.2]]),
    0.2,
    np.array([[0.5]]),
    argnums=(0, 1, 2, 3, 4),
)


def sigma_points(m, P, lam):
    n = len(m)
    L = np.linalg.cholesky((n + lam) * P)
    points = [m]
    for i in range(n):
        points.append(m + L[:, i])
        points.append(m - L[:, i])
    return np.array(points)


def unscented_predict(m, P, lam, steps):
    """The unscented transform through a nonlinear map."""
    n = len(m)
    w = np.full(2 * n + 1, 1.0 / (2 * (n + lam)))
    w[0] = lam / (n + lam)
    P = 0.5 * (P + P.T)
    for _ in range(steps):
        X = sigma_points(m, P, lam)
        Y = np.stack([X[:, 0] + 0.1 * np.sin(X[:, 1]), 0.9 * X[:, 1] + 0.1 * X[:, 0] ** 2], axis=1)
        m = w @ Y
        D = Y - m
        P = (w[:, None] * D).T @ D + 0.05 * np.eye(n)
    return np.sum(m**2) + np.linalg.slogdet(P)[1]


program(unscented_predict, normal(2), definite(2), 0.7, 2, argnums=(0, 1, 2))


def alpha_beta_tracker(measurements, alpha, beta, dt=0.5):
    state = dict(x=0.0, v=0.0)
    residuals = []
    for z in measurements:
        predicted = state["x"] + dt * state["v"]
        r = z - predicted
        state["x"] = predicted + alpha * r
        state["v"] += beta / dt * r
        residuals.append(r)
    return sum([r**2 for r in residuals]) + state["v"]


program(alpha_beta_tracker, normal(6), 0.6, 0.2, argnums=(0, 1, 2))


def dft_power(x):
    """The slow Fourier transform with sines and cosines."""
    N = len(x)
    power = np.empty(N // 2 + 1)
    for k in range(N // 2 + 1):
        re = im = 0.0
        for n in range(N):
            phase = 2 * math.pi * k * n / N
            re += x[n] * math.cos(phase)
            im -= x[n] * math.sin(phase)
        power[k] = re**2 + im**2
    return np.log1p(power).sum()


program(dft_power, normal(6))


def fft_recursive(re, im):
    """Radix 2 on pairs of real arrays."""
    n = len(re)
    if n == 1:
        return re, im
    er, ei = fft_recursive(re[::2], im[::2])
    or_, oi = fft_recursive(re[1::2], im[1::2])
    k = np.arange(n // 2)
    c, s = np.cos(2 * np.pi * k / n), -np.sin(2 * np.pi * k / n)
    tr, ti = c * or_ - s * oi, c * oi + s * or_
    return np.concatenate([er + tr, er - tr]), np.concatenate([ei + ti, ei - ti])


def spectral_flatness(x):
    re, im = fft_recursive(x, np.zeros_like(x))
    p = re**2 + im**2 + 1e-3
    return np.exp(np.mean(np.log(p))) / np.mean(p)


program(spectral_flatness, normal(8))


def levinson_durbin(r, order):
    """Linear prediction, the coefficients updated in place from both ends."""
    a = np.zeros(order + 1)
    a[0] = 1.0
    e = r[0]
    for i in range(1, order + 1):
        acc = r[i]
        for j in range(1, i):
            acc += a[j] * r[i - j]
        k = -acc / e
        for j in range(1, i // 2 + 1):
            temp = a[j] + k * a[i - j]
            a[i - j] += k * a[j]
            a[j] = temp
        a[i] = k
        e *= 1 - k * k
    return np.append(a, e)


program(levinson_durbin, np.array([2.0, 1.1, 0.5, 0.2, -0.1]), 4)


def compressor(x, threshold, ratio, attack, release):
    """Gain computer with envelope follower, parameters in decibels."""
    env = 0.0
    y = np.empty_like(x)
    for n, v in enumerate(x):
        level = abs(v)
        coefficient = attack if level > env else release
        env = coefficient * env + (1 - coefficient) * level
        gain = 1.0
        if env > threshold:
            gain = (env / threshold) ** (1 / ratio - 1)
        y[n] = v * gain
    return np.sum(y**2)


program(compressor, normal(8, scale=2.0), 0.7, 3.0, 0.3, 0.8, argnums=(0, 1, 2, 3, 4), step=1e-3)


def wavelet_lifting(x, predict, update):
    """In place through two strided views of one buffer, forward transform of two levels."""
    data = x.copy()
    stride = 1
    while stride < 4:
        even = data[:: 2 * stride]
        odd = data[stride :: 2 * stride]
        odd -= predict * even
        even += update * odd
        stride *= 2
    return np.sum(np.abs(data) ** 1.5)


program(wavelet_lifting, normal(8), 0.9, 0.45, argnums=(0, 1, 2), step=1e-3)


def goertzel(x, frequency):
    coeff = 2 * np.cos(2 * np.pi * frequency)
    s1 = s2 = 0.0
    for v in x:
        s1, s2 = v + coeff * s1 - s2, s1
    return s1 * s1 + s2 * s2 - coeff * s1 * s2


program(goertzel, uniform(7), 0.17, argnums=(0, 1))

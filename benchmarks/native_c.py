"""Gradients compiled to C against gradients that are written in C by hand, and against the NumPy program itself.

    OMP_NUM_THREADS=1 python benchmarks/native_c.py [NAME...]

The C (`c/gradients.c`) is what an expert would write, compiled with the same flags; of a call through ctypes the time
that an empty call takes is taken off. For each program the median over interleaved rounds of

    of C        the native gradient over that in C
    of program  the native gradient over the program as it stands, in NumPy and Python, without any derivative

and microseconds of each.
"""

from __future__ import annotations

import ctypes
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import erf

import srcad
from srcad.native.build import library

Function = Callable[..., Any]


def logistic_map(x, r, n):
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def lotka_volterra(x, y, a, n, h):
    def slope(x, y):
        return a * x - x * y, x * y - y

    for _ in range(n):
        k1, l1 = slope(x, y)
        k2, l2 = slope(x + 0.5 * h * k1, y + 0.5 * h * l1)
        k3, l3 = slope(x + 0.5 * h * k2, y + 0.5 * h * l2)
        k4, l4 = slope(x + h * k3, y + h * l3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        y = y + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return x + y


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def chain(x):
    return np.sum(np.exp(-x * x) * np.sin(x) / (1 + x**2))


def black_scholes(s, k, t, r, v):
    def normal(z):
        return 0.5 * (1 + erf(z / np.sqrt(2)))

    d1 = (np.log(s / k) + (r + 0.5 * v**2) * t) / (v * np.sqrt(t))
    d2 = d1 - v * np.sqrt(t)
    return np.sum(s * normal(d1) - k * np.exp(-r * t) * normal(d2))


def jacobi(u, steps):
    u = u.copy()
    for _ in range(steps):
        v = u.copy()
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
        u = v
    return np.sum(u**2)


def reaction(u, steps, c, d):
    for _ in range(steps):
        v = u.copy()
        inner = u[1:-1, 1:-1]
        near = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
        v[1:-1, 1:-1] = inner + c * (near - 4.0 * inner) - d * inner**3
        u = v
    return np.sum(u**2)


def gauss_seidel(a, b, sweeps):
    n = len(b)
    x = np.zeros(n)
    for _ in range(sweeps):
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= a[i, j] * x[j]
            x[i] = s / a[i, i]
    return np.sum(x**2)


def bodies(x, y, m):
    total = 0.0
    for i in range(len(x)):
        for j in range(i):
            total += m[i] * m[j] / np.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 + 1e-3)
    return total


def cholesky(a):
    n = a.shape[0]
    low = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= low[i, k] * low[j, k]
            low[i, j] = np.sqrt(s) if i == j else s / low[j, j]
    return np.sum(low)


def lu(a):
    a = a.copy()
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[k, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            for k in range(i):
                a[i, j] -= a[i, k] * a[k, j]
    return np.sum(a)


def triangular_solve(low, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n):
        x[i] = (b[i] - low[i, :i] @ x[:i]) / low[i, i]
    return np.sum(x**2)


def durbin(r):
    n = len(r)
    y = np.zeros(n)
    alpha, beta = -r[0], 1.0
    y[0] = -r[0]
    for k in range(1, n):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return np.sum(y**2)


def seidel_2d(u, steps):
    u = u.copy()
    n = u.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                above = u[i - 1, j - 1] + u[i - 1, j] + u[i - 1, j + 1]
                row = u[i, j - 1] + u[i, j] + u[i, j + 1]
                u[i, j] = (above + row + u[i + 1, j - 1] + u[i + 1, j] + u[i + 1, j + 1]) / 9.0
    return np.sum(u**2)


def fdtd_2d(ex, ey, hz, fict):
    ex, ey, hz = ex.copy(), ey.copy(), hz.copy()
    for t in range(len(fict)):
        ey[0, :] = fict[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return np.sum(hz**2)


def adi(u, steps):
    n = u.shape[0]
    u = u.copy()
    v, p, q = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    dx, dt = 1.0 / n, 1.0 / steps
    mul1, mul2 = 2.0 * dt / (dx * dx), 1.0 * dt / (dx * dx)
    a, b, d, e = -mul1 / 2.0, 1.0 + mul1, -mul2 / 2.0, 1.0 + mul2
    c, f = a, d
    for _ in range(steps):
        v[0, 1:-1] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = v[0, 1:-1]
        for j in range(1, n - 1):
            p[1:-1, j] = -c / (a * p[1:-1, j - 1] + b)
            near = -d * u[j, :-2] + (1.0 + 2.0 * d) * u[j, 1:-1] - f * u[j, 2:]
            q[1:-1, j] = (near - a * q[1:-1, j - 1]) / (a * p[1:-1, j - 1] + b)
        v[-1, 1:-1] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, 1:-1] = p[1:-1, j] * v[j + 1, 1:-1] + q[1:-1, j]
        u[1:-1, 0] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = u[1:-1, 0]
        for j in range(1, n - 1):
            p[1:-1, j] = -f / (d * p[1:-1, j - 1] + e)
            near = -a * v[:-2, j] + (1.0 + 2.0 * a) * v[1:-1, j] - c * v[2:, j]
            q[1:-1, j] = (near - d * q[1:-1, j - 1]) / (d * p[1:-1, j - 1] + e)
        u[1:-1, -1] = 1.0
        for j in range(n - 2, 0, -1):
            u[1:-1, j] = p[1:-1, j] * u[1:-1, j + 1] + q[1:-1, j]
    return np.sum(u**2)


def floyd_warshall(path):
    path = path.copy()
    for k in range(path.shape[0]):
        path[:] = np.minimum(path, path[:, k, None] + path[None, k, :])
    return np.sum(path)


def hdiff(x, coeff):
    n = coeff.shape[0]
    lap = 4.0 * x[1:-1, 1:-1, :] - (x[2:, 1:-1, :] + x[:-2, 1:-1, :] + x[1:-1, 2:, :] + x[1:-1, :-2, :])
    rows = lap[1:, 1 : n + 1, :] - lap[:-1, 1 : n + 1, :]
    flx = np.where(rows * (x[2 : n + 3, 2 : n + 2, :] - x[1 : n + 2, 2 : n + 2, :]) > 0, 0.0, rows)
    columns = lap[1 : n + 1, 1:, :] - lap[1 : n + 1, :-1, :]
    fly = np.where(columns * (x[2 : n + 2, 2 : n + 3, :] - x[2 : n + 2, 1 : n + 2, :]) > 0, 0.0, columns)
    change = flx[1:, :, :] - flx[:-1, :, :] + fly[:, 1:, :] - fly[:, :-1, :]
    out = x[2 : n + 2, 2 : n + 2, :] - coeff * change
    return np.sum(out**2)


def vadv(w, u):
    depth = u.shape[2]
    bs, bet, dtr = 0.4, 0.6, 3.0 / 20.0
    c, d, x = np.zeros(u.shape), np.zeros(u.shape), np.zeros(u.shape)
    gcv = 0.25 * (w[1:, :, 1] + w[:-1, :, 1])
    right = dtr * u[:, :, 0] - gcv * bs * (u[:, :, 1] - u[:, :, 0])
    b = dtr - gcv * bet
    c[:, :, 0] = gcv * bet / b
    d[:, :, 0] = right / b
    for k in range(1, depth - 1):
        gav = -0.25 * (w[1:, :, k] + w[:-1, :, k])
        gcv = 0.25 * (w[1:, :, k + 1] + w[:-1, :, k + 1])
        right = dtr * u[:, :, k] - gav * bs * (u[:, :, k - 1] - u[:, :, k]) - gcv * bs * (u[:, :, k + 1] - u[:, :, k])
        a = gav * bet
        inverse = 1.0 / (dtr - a - gcv * bet - c[:, :, k - 1] * a)
        c[:, :, k] = gcv * bet * inverse
        d[:, :, k] = (right - d[:, :, k - 1] * a) * inverse
    gav = -0.25 * (w[1:, :, depth - 1] + w[:-1, :, depth - 1])
    a = gav * bet
    right = dtr * u[:, :, depth - 1] - gav * bs * (u[:, :, depth - 2] - u[:, :, depth - 1])
    x[:, :, depth - 1] = (right - d[:, :, depth - 2] * a) / (dtr - a - c[:, :, depth - 2] * a)
    for k in range(depth - 2, -1, -1):
        x[:, :, k] = d[:, :, k] - c[:, :, k] * x[:, :, k + 1]
    return np.sum(x**2)


def conv2d(x, weights):
    width, out = weights.shape[0], weights.shape[3]
    left = x.shape[1] - width + 1
    y = np.zeros((x.shape[0], left, left, out))
    for i in range(left):
        for j in range(left):
            window = x[:, i : i + width, j : j + width, :, np.newaxis]
            y[:, i, j, :] = np.sum(window * weights[np.newaxis, :, :, :, :], axis=(1, 2, 3))
    return np.sum(y**2)


# ---- how the C is called


def address(a: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(a.ctypes.data)


@dataclass(frozen=True)
class Case:
    """A program with its arguments, which of these are differentiated, and what the C takes.

    given    what the C is called with: arrays, floats and ints in the order of its parameters
    shapes   of the arrays that it fills, behind them
    """

    program: Function
    args: tuple[Any, ...]
    argnums: int | tuple[int, ...]
    given: tuple[Any, ...]
    shapes: tuple[tuple[int, ...], ...]


def cases() -> list[Case]:
    rng = np.random.default_rng(0)
    x1000, x5 = rng.normal(size=1000), rng.normal(size=100_000)
    s, k, t = rng.uniform(50, 150, size=(3, 100_000)) * np.array([[1.0], [1.0], [0.02]])
    square = rng.normal(size=(128, 128))
    a50 = rng.normal(size=(50, 50)) + 20 * np.eye(50)
    x100, y100, m100 = rng.normal(size=(3, 100))
    m100 = np.abs(m100)
    a60 = rng.normal(size=(60, 60))
    spd, dominant = a60 @ a60.T + 60 * np.eye(60), a60 + 60 * np.eye(60)
    low, b200 = np.tril(rng.normal(size=(200, 200))) + 20 * np.eye(200), rng.normal(size=200)
    r200 = 0.5 ** np.arange(1.0, 201.0)
    u60 = rng.normal(size=(60, 60))
    fields, fict = rng.normal(size=(3, 100, 120)), rng.normal(size=20)
    ways = rng.uniform(size=(60, 60))
    deep, coeff = rng.normal(size=(68, 68, 40)), rng.uniform(size=(64, 64, 40))
    wind, speed = 0.1 * rng.normal(size=(49, 48, 41)), rng.normal(size=(48, 48, 40))
    image, kernel = rng.normal(size=(4, 24, 24, 3)), rng.normal(size=(5, 5, 3, 16))
    return [
        Case(logistic_map, (0.3, 3.1, 1000), 0, (0.3, 3.1, 1000), ((),)),
        Case(lotka_volterra, (1.0, 0.5, 1.5, 1000, 0.01), 0, (1.0, 0.5, 1.5, 1000, 0.01), ((),)),
        Case(rosenbrock, (x1000,), 0, (x1000, 1000), ((1000,),)),
        Case(chain, (x5,), 0, (x5, 100_000), ((100_000,),)),
        Case(
            black_scholes,
            (s, k, t, 0.02, 0.3),
            (0, 1, 2, 3, 4),
            (s, k, t, 0.02, 0.3, 100_000),
            ((100_000,), (100_000,), (100_000,), (2,)),
        ),
        Case(jacobi, (square, 100), 0, (square, 128, 100), ((128, 128),)),
        Case(reaction, (square, 100, 0.1, 0.01), 0, (square, 128, 100, 0.1, 0.01), ((128, 128),)),
        Case(gauss_seidel, (a50, b200[:50], 10), (0, 1), (a50, b200[:50], 50, 10), ((50, 50), (50,))),
        Case(bodies, (x100, y100, m100), 0, (x100, y100, m100, 100), ((100,),)),
        Case(cholesky, (spd,), 0, (spd, 60), ((60, 60),)),
        Case(lu, (dominant,), 0, (dominant, 60), ((60, 60),)),
        Case(triangular_solve, (low, b200), (0, 1), (low, b200, 200), ((200, 200), (200,))),
        Case(durbin, (r200,), 0, (r200, 200), ((200,),)),
        Case(seidel_2d, (u60, 10), 0, (u60, 60, 10), ((60, 60),)),
        Case(fdtd_2d, (*fields, fict), (0, 1, 2), (*fields, fict, 100, 120, 20), ((100, 120),) * 3),
        Case(adi, (u60, 10), 0, (u60, 60, 10), ((60, 60),)),
        Case(floyd_warshall, (ways,), 0, (ways, 60), ((60, 60),)),
        Case(hdiff, (deep, coeff), (0, 1), (deep, coeff, 64, 40), ((68, 68, 40), (64, 64, 40))),
        Case(vadv, (wind, speed), (0, 1), (wind, speed, 48, 48, 40), ((49, 48, 41), (48, 48, 40))),
        Case(conv2d, (image, kernel), (0, 1), (image, kernel, 4, 24, 3, 16, 5), ((4, 24, 24, 3), (5, 5, 3, 16))),
    ]


def by_hand(code: ctypes.CDLL, case: Case) -> tuple[Function, list[np.ndarray]]:
    """A call of the C without arguments, and the arrays that it fills."""
    out = [np.empty(shape) for shape in case.shapes]
    given = [np.ascontiguousarray(a) if isinstance(a, np.ndarray) else a for a in case.given]
    function = code[case.program.__name__]
    function.restype = None
    kinds = {float: ctypes.c_double, int: ctypes.c_int64}
    args = [address(a) if isinstance(a, np.ndarray) else kinds[type(a)](a) for a in (*given, *out)]
    return lambda: (function(*args), given)[0], out


def check(case: Case, gradient: Function, out: list[np.ndarray]) -> None:
    found = gradient(*case.args)
    parts = found if isinstance(found, tuple) else (found,)
    wanted = np.concatenate([np.ravel(a) for a in out])
    got = np.concatenate([np.ravel(a) for a in parts])
    np.testing.assert_allclose(
        got, wanted, rtol=1e-8, atol=1e-8 * np.max(np.abs(wanted)), err_msg=case.program.__name__
    )


def interleaved(functions: Sequence[Function], rounds: int = 15) -> list[list[float]]:
    """Seconds of this thread a call of each, in turns: what else the machine does isn't counted."""
    counts = [repeats(one) for one in functions]
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, count, found in zip(functions, counts, times, strict=True):
            start = time.thread_time()
            for _ in range(count):
                function()
            found.append((time.thread_time() - start) / count)
    return times


def repeats(function: Function) -> int:
    """How many calls take about 10 ms."""
    function()
    start = time.perf_counter()
    function()
    return max(1, int(0.01 / (time.perf_counter() - start)))


def main(names: Sequence[str]) -> None:
    code = ctypes.CDLL(str(library((Path(__file__).parent / "c" / "gradients.c").read_text())))
    code.nothing.restype = None
    empty = min(interleaved([code.nothing])[0])
    print(f"{'':20}{'program us':>12}{'native us':>11}{'C us':>9}{'of C':>8}{'of program':>12}")
    ratios: list[float] = []
    for case in cases():
        if names and case.program.__name__ not in names:
            continue
        native = srcad.grad(case.program, case.argnums, backend="native")
        hand, out = by_hand(code, case)
        hand()
        check(case, native, out)
        slow, fast, own = interleaved(
            [lambda case=case: case.program(*case.args), lambda native=native, case=case: native(*case.args), hand]
        )
        ratios.append(statistics.median(a / (b - empty) for a, b in zip(fast, own, strict=True)))
        share = statistics.median(a / b for a, b in zip(fast, slow, strict=True))
        figures = f"{1e6 * min(slow):12.1f}{1e6 * min(fast):11.1f}{1e6 * (min(own) - empty):9.1f}"
        print(f"{case.program.__name__:20}{figures}{ratios[-1]:8.2f}{share:12.3f}", flush=True)
    print(f"{'geometric mean':52}{statistics.geometric_mean(ratios):8.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])

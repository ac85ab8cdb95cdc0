"""Tangents and Hessian products: what they cost, side by side in one run.

    python benchmarks/tangents.py [NAME ...]

For each program (or those whose title contains a NAME):

    jvp        the time of srcad.jvp over that of the program itself
    by hand    that of a tangent written by hand, as an expert writes it with NumPy, over that of the program
    hvp        the time of srcad.hvp over that of srcad.grad, both with respect to the same argument
    by hand    that of a Hessian product written by hand over that of a gradient written by hand, where there is one

Each figure is a ratio of best times (of the processor) of many interleaved runs, so that a machine with other work is
fair to both. The libraries that multiply matrices are held to one thread, and freed memory stays with the process:
else what the C library gives back to the system after one of the two runs costs the other one its page faults. At the
end stands what a call costs by itself, which is all that there is to small functions.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import gradients
import numpy as np

import srcad

Function = Callable[..., Any]

ROUNDS = 40

# ---- logistic regression, a network of two layers


def logistic_tangent(w, b, x, y, w_dot, b_dot):
    e = np.exp(-y * (x @ w + b))
    z_dot = x @ w_dot + b_dot
    value = np.mean(np.log1p(e)) + 0.01 * np.sum(w**2)
    return value, np.mean(e * -y * z_dot / (1.0 + e)) + 0.02 * np.sum(w * w_dot)


def logistic_gradient(w, b, x, y):
    e = np.exp(-y * (x @ w + b))
    return x.T @ (e / (1.0 + e) * -y / y.size) + 0.02 * w


def logistic_product(w, b, x, y, w_dot):
    e = np.exp(-y * (x @ w + b))
    p = 1.0 / (1.0 + e)
    return x.T @ (e * p * p * y * y / y.size * (x @ w_dot)) + 0.02 * w_dot


def network_tangent(w, b, u, c, x, y, w_dot, b_dot, u_dot, c_dot):
    h = np.tanh(x @ w + b)
    r = h @ u + c - y
    h_dot = (x @ w_dot + b_dot) * (1.0 - h * h)
    return 0.5 * np.sum(r**2), np.sum(r * (h_dot @ u + h @ u_dot + c_dot))


def network_gradient(w, b, u, c, x, y):
    h = np.tanh(x @ w + b)
    y_bar = h @ u + c - y
    return x.T @ ((y_bar @ u.T) * (1.0 - h * h))


def network_product(w, b, u, c, x, y, w_dot):
    h = np.tanh(x @ w + b)
    slope = 1.0 - h * h
    h_dot = (x @ w_dot) * slope
    h_bar = (h @ u + c - y) @ u.T
    return x.T @ ((h_dot @ u) @ u.T * slope - 2.0 * (h_bar * h * h_dot))


# ---- loops: of floats, of stencils, of elementwise functions


def newton_tangent(a, n, a_dot):
    x, x_dot = 1.0, 0.0
    for _ in range(n):
        q = a / x
        x_dot = 0.5 * (x_dot + (a_dot - q * x_dot) / x)
        x = 0.5 * (x + q)
    return x, x_dot


def newton_product(a, n, a_dot):
    x, x_dot = 1.0, 0.0
    tape = []
    for _ in range(n):
        tape.append((x, x_dot))
        q = a / x
        x_dot = 0.5 * (x_dot + (a_dot - q * x_dot) / x)
        x = 0.5 * (x + q)
    x_bar, x_bar_dot, a_bar_dot = 1.0, 0.0, 0.0
    for _ in range(n):
        x, x_dot = tape.pop()
        v, v_dot = 0.5 * x_bar, 0.5 * x_bar_dot
        s = v / x
        s_dot = (v_dot - s * x_dot) / x
        q = a / x
        a_bar_dot += s_dot
        x_bar, x_bar_dot = v - s * q, v_dot - s_dot * q - s * (a_dot - q * x_dot) / x
    return a_bar_dot


def heat_tangent(u, c, steps, u_dot, c_dot):
    u, u_dot = u.copy(), u_dot.copy()
    for _ in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_dot = u_dot[:-2] - 2 * u_dot[1:-1] + u_dot[2:]
        u[1:-1] += c * lap
        u_dot[1:-1] += c * lap_dot + c_dot * lap
    return np.sum(u**2), 2.0 * np.sum(u * u_dot)


def chain_tangent(x, x_dot):
    y, y_dot = x, x_dot
    for _ in range(10):
        s, e = np.sin(y), np.exp(-y * y)
        y_dot = (np.cos(y) * e - 2.0 * y * s * e + 1.0) * y_dot
        y = s * e + y
    return np.sum(y), np.sum(y_dot)


def recurrent(w, u, b, xs):
    h = np.zeros(b.size)
    loss = 0.0
    for t in range(len(xs)):
        h = np.tanh(w @ h + u @ xs[t] + b)
        loss += np.sum(h * h)
    return loss


def recurrent_tangent(w, u, b, xs, w_dot, u_dot, b_dot):
    h, h_dot = np.zeros(b.size), np.zeros(b.size)
    loss = loss_dot = 0.0
    for t in range(len(xs)):
        z_dot = w @ h_dot + w_dot @ h + u_dot @ xs[t] + b_dot
        h = np.tanh(w @ h + u @ xs[t] + b)
        h_dot = z_dot * (1.0 - h * h)
        loss += np.sum(h * h)
        loss_dot += 2.0 * np.sum(h * h_dot)
    return loss, loss_dot


def kepler(m, e):
    """The mean distance of a planet at ten times, by the eccentric anomaly at each."""
    total = 0.0
    for k in range(10):
        x = m * k
        step = 1.0
        while abs(step) > 1e-14:
            step = (x - e * math.sin(x) - m * k) / (1.0 - e * math.cos(x))
            x -= step
        total += 1.0 - e * math.cos(x)
    return 0.1 * total


def kepler_tangent(m, e, m_dot, e_dot):
    total = total_dot = 0.0
    for k in range(10):
        x, step = m * k, 1.0
        mk_dot = m_dot * k
        x_dot = mk_dot
        while abs(step) > 1e-14:
            s, c = math.sin(x), math.cos(x)
            slope = 1.0 - e * c
            step = (x - e * s - m * k) / slope
            slope_dot = e * s * x_dot - e_dot * c
            x_dot -= (slope * x_dot - e_dot * s - mk_dot - step * slope_dot) / slope
            x -= step
        c = math.cos(x)
        total += 1.0 - e * c
        total_dot += e * math.sin(x) * x_dot - e_dot * c
    return 0.1 * total, 0.1 * total_dot


def gauss_seidel(u, f, sweeps):
    u = u.copy()
    for _ in range(sweeps):
        for i in range(1, len(u) - 1):
            u[i] = 0.5 * (u[i - 1] + u[i + 1] + f[i])
    return np.sum(u * u)


def gauss_seidel_tangent(u, f, sweeps, u_dot, f_dot):
    u, u_dot = u.copy(), u_dot.copy()
    for _ in range(sweeps):
        for i in range(1, len(u) - 1):
            u[i] = 0.5 * (u[i - 1] + u[i + 1] + f[i])
            u_dot[i] = 0.5 * (u_dot[i - 1] + u_dot[i + 1] + f_dot[i])
    return np.sum(u * u), 2.0 * np.sum(u * u_dot)


# ---- linear algebra, branches, calls, lists


def solve(a, b):
    x = np.linalg.solve(a, b)
    return 0.5 * (x @ x)


def solve_tangent(a, b, a_dot, b_dot):
    x = np.linalg.solve(a, b)
    return 0.5 * (x @ x), x @ np.linalg.solve(a, b_dot - a_dot @ x)


def thrown(v, angle, drag):
    """How far something flies until it comes down."""
    x, y = 0.0, 0.0
    vx, vy = v * math.cos(angle), v * math.sin(angle)
    for _ in range(200):
        speed = math.sqrt(vx * vx + vy * vy)
        if speed > 15.0:  # noqa: SIM108 - as people write it
            k = drag * speed
        else:
            k = 0.5 * drag
        vx -= 0.02 * k * vx
        vy -= 0.02 * (9.81 + k * vy)
        x += 0.02 * vx
        y += 0.02 * vy
        if y < 0.0:
            break
    return x


def thrown_tangent(v, angle, drag, v_dot, angle_dot, drag_dot):
    x, y, x_dot = 0.0, 0.0, 0.0
    c, s = math.cos(angle), math.sin(angle)
    vx, vy = v * c, v * s
    vx_dot, vy_dot = v_dot * c - vy * angle_dot, v_dot * s + vx * angle_dot
    for _ in range(200):
        speed = math.sqrt(vx * vx + vy * vy)
        if speed > 15.0:
            k = drag * speed
            k_dot = drag_dot * speed + drag * (vx * vx_dot + vy * vy_dot) / speed
        else:
            k = 0.5 * drag
            k_dot = 0.5 * drag_dot
        vx_dot -= 0.02 * (k_dot * vx + k * vx_dot)
        vy_dot -= 0.02 * (k_dot * vy + k * vy_dot)
        vx -= 0.02 * k * vx
        vy -= 0.02 * (9.81 + k * vy)
        x += 0.02 * vx
        y += 0.02 * vy
        x_dot += 0.02 * vx_dot
        if y < 0.0:
            break
    return x, x_dot


def small(x1, x2):
    return x1 * x2 + math.exp(x1 * x2) - math.sin(x2)


def small_tangent(x1, x2, x1_dot, x2_dot):
    p = x1 * x2
    e = math.exp(p)
    return p + e - math.sin(x2), (1.0 + e) * (x1_dot * x2 + x1 * x2_dot) - math.cos(x2) * x2_dot


def orbit(x, v, k):
    """Positions are kept in a list, and looked at in the end."""
    path = [x]
    for _ in range(100):
        v = v - 0.01 * k * math.sin(x)
        x = x + 0.01 * v
        path.append(x)
    total = 0.0
    for p in path:
        total += p * p
    return total / len(path)


def orbit_tangent(x, v, k, x_dot, v_dot, k_dot):
    path, path_dot = [x], [x_dot]
    for _ in range(100):
        s = math.sin(x)
        v_dot = v_dot - 0.01 * (k_dot * s + k * math.cos(x) * x_dot)
        v = v - 0.01 * k * s
        x_dot = x_dot + 0.01 * v_dot
        x = x + 0.01 * v
        path.append(x)
        path_dot.append(x_dot)
    total = total_dot = 0.0
    for p, p_dot in zip(path, path_dot, strict=True):
        total += p * p
        total_dot += 2.0 * p * p_dot
    return total / len(path), total_dot / len(path)


def nothing(x):
    return x


# ---- measuring


@dataclass(frozen=True)
class Case:
    """A program, its tangent by hand (which takes the tangents of `moving` behind the arguments), and arguments.

    `by_hand`: the gradient with respect to the first argument, and the Hessian product, written by hand.
    """

    title: str
    program: Function
    tangent: Function
    args: tuple[Any, ...]
    moving: tuple[int, ...]
    by_hand: tuple[Function, Function] | None = None


def cases() -> list[Case]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2000, 50)), np.sign(rng.normal(size=2000))
    logistic_args = (rng.normal(size=50), 0.1, x, y)
    layers = (rng.normal(size=(50, 100)), rng.normal(size=100), rng.normal(size=(100, 10)), rng.normal(size=10))
    network_args = (*layers, x, rng.normal(size=(2000, 10)))
    recurrent_args = (
        0.1 * rng.normal(size=(64, 64)),
        0.1 * rng.normal(size=(64, 16)),
        rng.normal(size=64),
        rng.normal(size=(50, 16)),
    )
    first = (logistic_gradient, logistic_product), (network_gradient, network_product)
    loops = (gradients.newton_by_hand, newton_product)
    return [
        Case("logistic regression, 2000 x 50", gradients.logistic, logistic_tangent, logistic_args, (0, 1), first[0]),
        Case("network, 2000 x 50 x 100 x 10", gradients.network, network_tangent, network_args, (0, 1, 2, 3), first[1]),
        Case("Newton, 100 steps of floats", gradients.newton, newton_tangent, (3.0, 100), (0,), loops),
        Case(
            "heat equation, 100 steps of 1000", gradients.heat, heat_tangent, (rng.normal(size=1000), 0.2, 100), (0, 1)
        ),
        Case("elementwise chain, 10 of 10000", gradients.chain, chain_tangent, (rng.normal(size=10000),), (0,)),
        Case("recurrent network, 50 steps of 64", recurrent, recurrent_tangent, recurrent_args, (0, 1, 2)),
        Case("while: Kepler's equation, 10 times", kepler, kepler_tangent, (0.3, 0.6), (0, 1)),
        Case(
            "in place: Gauss-Seidel, 10 of 100",
            gauss_seidel,
            gauss_seidel_tangent,
            (rng.normal(size=100), rng.normal(size=100), 10),
            (0, 1),
        ),
        Case(
            "linear system of 200",
            solve,
            solve_tangent,
            (rng.normal(size=(200, 200)) + 20.0 * np.eye(200), rng.normal(size=200)),
            (0, 1),
        ),
        Case("branches: a throw, floats", thrown, thrown_tangent, (30.0, 0.9, 0.002), (0, 1, 2)),
        Case("small function of two floats", small, small_tangent, (0.7, 1.3), (0, 1)),
        Case("lists: an orbit, floats", orbit, orbit_tangent, (0.5, 0.1, 2.0), (0, 1, 2)),
    ]


def seconds(function: Function, args: tuple[Any, ...], repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        function(*args)
    return (time.process_time() - start) / repeats


def ratio(one: tuple[Function, tuple[Any, ...]], other: tuple[Function, tuple[Any, ...]]) -> float:
    repeats = max(1, int(0.002 / seconds(*other, 1)))
    times = [(seconds(*one, repeats), seconds(*other, repeats)) for _ in range(ROUNDS)]
    return min(time for time, _ in times) / min(time for _, time in times)


def directions(case: Case) -> tuple[Any, ...]:
    rng = np.random.default_rng(1)
    return tuple(
        rng.normal(size=np.shape(a)) if isinstance(a, np.ndarray) else 0.7 for a in (case.args[k] for k in case.moving)
    )


def tangents(case: Case) -> tuple[float, float]:
    """How much srcad.jvp costs, and the tangent by hand, in times of the program."""
    dots = directions(case)
    placed = tuple(dots[case.moving.index(k)] if k in case.moving else None for k in range(len(case.args)))
    jvp, by_hand, program = (srcad.jvp, (case.program, case.args, placed)), (case.tangent, (*case.args, *dots)), case
    for got, due in zip(jvp[0](*jvp[1]), by_hand[0](*by_hand[1]), strict=True):
        np.testing.assert_allclose(got, due, rtol=1e-8)
    return ratio(jvp, (program.program, case.args)), ratio(by_hand, (program.program, case.args))


def products(case: Case) -> tuple[float, float | None]:
    """How much srcad.hvp costs in times of srcad.grad, and the one by hand in times of the other."""
    direction = directions(case)[0]
    gradient, hvp = srcad.grad(case.program), srcad.hvp(case.program)
    gradient(*case.args)
    product = hvp(*case.args, direction)
    step = 1e-6
    moved = [gradient(case.args[0] + s * direction, *case.args[1:]) for s in (step, -step)]
    np.testing.assert_allclose(product, (moved[0] - moved[1]) / (2 * step), rtol=1e-3, atol=1e-3 * np.max(abs(product)))
    by_hand = None
    if case.by_hand is not None:
        np.testing.assert_allclose(case.by_hand[1](*case.args, direction), product, rtol=1e-8)
        by_hand = ratio((case.by_hand[1], (*case.args, direction)), (case.by_hand[0], case.args))
    return ratio((hvp, (*case.args, direction)), (gradient, case.args)), by_hand


def calls() -> dict[str, float]:
    """What calls cost by themselves, in microseconds: the best times for a function that does nothing."""
    gradient, hvp = srcad.grad(nothing), srcad.hvp(nothing)
    made = {
        "the function itself": (nothing, (1.0,)),
        "srcad.grad": (gradient, (1.0,)),
        "srcad.jvp": (srcad.jvp, (nothing, (1.0,), (1.0,))),
        "srcad.hvp": (hvp, (1.0, 1.0)),
    }
    return {name: 1e6 * min(seconds(*call, 2000) for _ in range(ROUNDS)) for name, call in made.items()}


def keep_freed_memory() -> None:
    """Tell glibc, where it is there, never to give memory back."""
    trim_threshold, mmap_threshold = -1, -3  # names of malloc.h
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    for option in (trim_threshold, mmap_threshold) if mallopt else ():
        mallopt(option, 1 << 30)


def main() -> None:
    keep_freed_memory()
    chosen = [case for case in cases() if not sys.argv[1:] or any(word in case.title for word in sys.argv[1:])]
    print(f"{'program':36}{'jvp':>9}{'by hand':>9}{'hvp':>9}{'by hand':>9}")
    for case in chosen:
        figures = (*tangents(case), *products(case))
        print(f"{case.title:36}", *(f"{'-' if f is None else f'{f:.2f}':>8}" for f in figures), flush=True)
    for name, time_taken in calls().items() if not sys.argv[1:] else ():
        print(f"a call of {name}, which does nothing: {time_taken:.2f} microseconds")


if __name__ == "__main__":
    main()

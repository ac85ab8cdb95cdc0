"""Loops that carry numbers: the logistic map, and the equations of Lotka and Volterra by Runge and Kutta."""

from __future__ import annotations

from benchmarks.native_c import logistic_map, lotka_volterra
from benchmarks.programs.row import InC, Row


def logistic_map_by_hand(x, r, n):
    tape = []
    for _ in range(n):
        tape.append(x)
        x = r * x * (1.0 - x)
    g = 1.0
    for x in reversed(tape):
        g *= r * (1.0 - 2.0 * x)
    return g


def logistic_map_for_jax():
    from jax import lax

    def logistic_map(x, r, n):
        return lax.fori_loop(0, n, lambda _, x: r * x * (1 - x), x)

    return logistic_map


def lotka_volterra_by_hand(x, y, a, n, h):
    half, sixth = 0.5 * h, h / 6.0
    tape = []
    for _ in range(n):
        k1, l1 = a * x - x * y, x * y - y
        x2, y2 = x + half * k1, y + half * l1
        k2, l2 = a * x2 - x2 * y2, x2 * y2 - y2
        x3, y3 = x + half * k2, y + half * l2
        k3, l3 = a * x3 - x3 * y3, x3 * y3 - y3
        x4, y4 = x + h * k3, y + h * l3
        tape.append((x, y, x2, y2, x3, y3, x4, y4))
        x += sixth * (k1 + 2.0 * (k2 + k3) + a * x4 - x4 * y4)
        y += sixth * (l1 + 2.0 * (l2 + l3) + x4 * y4 - y4)
    gx = gy = 1.0
    for x, y, x2, y2, x3, y3, x4, y4 in reversed(tape):
        # p and q are the adjoints of a stage's two slopes; c and d, e and f, u and v those of its point
        p, q = sixth * gx, sixth * gy
        c, d = p * a + (q - p) * y4, (q - p) * x4 - q
        p, q = 2.0 * sixth * gx + h * c, 2.0 * sixth * gy + h * d
        e, f = p * a + (q - p) * y3, (q - p) * x3 - q
        p, q = 2.0 * sixth * gx + half * e, 2.0 * sixth * gy + half * f
        u, v = p * a + (q - p) * y2, (q - p) * x2 - q
        p, q = sixth * gx + half * u, sixth * gy + half * v
        gx += c + e + u + p * a + (q - p) * y
        gy += d + f + v + (q - p) * x - q
    return gx


def lotka_volterra_for_jax():
    from jax import lax

    def lotka_volterra(x, y, a, n, h):
        def slope(x, y):
            return a * x - x * y, x * y - y

        def step(_, state):
            x, y = state
            k1, l1 = slope(x, y)
            k2, l2 = slope(x + 0.5 * h * k1, y + 0.5 * h * l1)
            k3, l3 = slope(x + 0.5 * h * k2, y + 0.5 * h * l2)
            k4, l4 = slope(x + h * k3, y + h * l3)
            return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), y + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)

        x, y = lax.fori_loop(0, n, step, (x, y))
        return x + y

    return lotka_volterra


MAP, WAVES = (0.3, 3.1, 1000), (1.0, 0.5, 1.5, 1000, 0.01)
ROWS = [
    Row(
        "logistic map, 1000 steps",
        logistic_map,
        MAP,
        0,
        logistic_map_by_hand,
        autograd=lambda: logistic_map,
        jax=logistic_map_for_jax,
        torch=lambda: logistic_map,
        c=InC(MAP, ((),)),
    ),
    Row(
        "Lotka-Volterra, 1000 steps",
        lotka_volterra,
        WAVES,
        0,
        lotka_volterra_by_hand,
        autograd=lambda: lotka_volterra,
        jax=lotka_volterra_for_jax,
        torch=lambda: lotka_volterra,
        c=InC(WAVES, ((),)),
    ),
]

"""Ordinary differential equations and step-by-step simulations."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def lorenz(state, t, sigma=10.0, rho=28.0, beta=8.0 / 3.0):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


def rk4(f, y0, ts, *args, **kwargs):
    """A solver that takes the right hand side as an argument and fills a trajectory."""
    ys = np.empty((len(ts), len(y0)))
    ys[0] = y0
    for i in range(len(ts) - 1):
        h = ts[i + 1] - ts[i]
        y, t = ys[i], ts[i]
        k1 = f(y, t, *args, **kwargs)
        k2 = f(y + h * k1 / 2, t + h / 2, *args, **kwargs)
        k3 = f(y + h * k2 / 2, t + h / 2, *args, **kwargs)
        k4 = f(y + h * k3, t + h, *args, **kwargs)
        ys[i + 1] = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return ys


def lorenz_end(y0, sigma, rho):
    ys = rk4(lorenz, y0, np.linspace(0.0, 0.2, 6), sigma, rho=rho)
    return np.sum(ys[-1] ** 2)


program(lorenz_end, np.array([1.0, 2.0, 20.0]), 10.0, 28.0, argnums=(0, 1, 2), step=1e-3)


def double_pendulum(theta1, theta2, m1, m2, steps, dt=0.05, g=9.81, l1=1.0, l2=1.0):
    """Equations as everyone copies them, RK4 on a list of four."""

    def deriv(s):
        t1, w1, t2, w2 = s
        delta = t2 - t1
        den1 = (m1 + m2) * l1 - m2 * l1 * math.cos(delta) ** 2
        a1 = (
            m2 * l1 * w1 * w1 * math.sin(delta) * math.cos(delta)
            + m2 * g * math.sin(t2) * math.cos(delta)
            + m2 * l2 * w2 * w2 * math.sin(delta)
            - (m1 + m2) * g * math.sin(t1)
        ) / den1
        den2 = (l2 / l1) * den1
        a2 = (
            -m2 * l2 * w2 * w2 * math.sin(delta) * math.cos(delta)
            + (m1 + m2) * g * math.sin(t1) * math.cos(delta)
            - (m1 + m2) * l1 * w1 * w1 * math.sin(delta)
            - (m1 + m2) * g * math.sin(t2)
        ) / den2
        return [w1, a1, w2, a2]

    s = [theta1, 0.0, theta2, 0.0]
    for _ in range(steps):
        k1 = deriv(s)
        k2 = deriv([a + dt / 2 * b for a, b in zip(s, k1)])
        k3 = deriv([a + dt / 2 * b for a, b in zip(s, k2)])
        k4 = deriv([a + dt * b for a, b in zip(s, k3)])
        s = [a + dt / 6 * (p + 2 * q + 2 * r + t) for a, p, q, r, t in zip(s, k1, k2, k3, k4)]
    x2 = l1 * math.sin(s[0]) + l2 * math.sin(s[2])
    y2 = -l1 * math.cos(s[0]) - l2 * math.cos(s[2])
    return x2**2 + 0.5 * y2


program(double_pendulum, 1.2, -0.4, 1.0, 0.7, 5, argnums=(0, 1, 2, 3))


def mass_spring(positions, velocities, springs, stiffness, damping, dt, steps):
    """Particles and springs; forces gathered by index into one buffer that is cleared each step."""
    x, v = positions.copy(), velocities.copy()
    forces = np.zeros_like(x)
    for step in range(steps):
        forces[:] = 0.0
        for (i, j), k in zip(springs, stiffness):
            d = x[j] - x[i]
            length = np.sqrt(d @ d)
            f = k * (length - 1.0) * d / length
            forces[i] += f
            forces[j] -= f
        forces -= damping * v
        forces[:, 1] -= 9.81
        v += dt * forces
        v[0] = 0.0  # pinned
        x += dt * v
        np.maximum(x[:, 1], -2.0, out=x[:, 1])
    return 0.5 * np.sum(v**2) + np.sum(x[-1])


program(
    mass_spring,
    np.array([[0.0, 0.0], [1.1, 0.1], [2.0, -0.2]]),
    normal(3, 2, scale=0.2),
    [(0, 1), (1, 2), (0, 2)],
    np.array([50.0, 40.0, 10.0]),
    0.3,
    0.02,
    5,
    argnums=(0, 1, 3, 4, 5),
)


class SIR(NamedTuple):
    s: float
    i: float
    r: float


def epidemic(initial, beta, gamma, cases):
    """SIR by Euler on named tuples, lockdown above a threshold, Poisson likelihood."""
    state = initial
    nll = 0.0
    for observed in cases:
        rate = beta if state.i < 0.15 else 0.5 * beta
        new = rate * state.s * state.i
        recovered = gamma * state.i
        state = SIR(state.s - new, state.i + new - recovered, state.r + recovered)
        mean = 100.0 * new
        nll += mean - observed * math.log(mean)
    return nll + state.r


program(epidemic, SIR(0.9, 0.1, 0.0), 0.8, 0.2, [7, 8, 9, 6, 4], argnums=(0, 1, 2), step=1e-3)


@dataclass
class Body:
    mass: float
    position: np.ndarray
    velocity: np.ndarray


def acceleration_on(body, bodies, softening=0.05):
    a = np.zeros(3)
    for other in bodies:
        if other is not body:
            d = other.position - body.position
            a += other.mass * d / (d @ d + softening) ** 1.5
    return a


def gravity(bodies, dt, steps):
    """N-body on dataclasses, leapfrog; the bodies are replaced, not changed."""
    for _ in range(steps):
        accelerations = [acceleration_on(b, bodies) for b in bodies]
        bodies = [replace(b, velocity=b.velocity + dt * a) for b, a in zip(bodies, accelerations)]
        bodies = [replace(b, position=b.position + dt * b.velocity) for b in bodies]
    energy = sum(0.5 * b.mass * np.sum(b.velocity**2) for b in bodies)
    for i, a in enumerate(bodies):
        for b in bodies[i + 1 :]:
            energy -= a.mass * b.mass / np.linalg.norm(a.position - b.position)
    return energy


program(
    gravity,
    [Body(1.0 + 0.3 * k, normal(3, seed=k), normal(3, seed=10 + k, scale=0.3)) for k in range(3)],
    0.05,
    3,
    argnums=(0, 1),
    step=1e-3,
)


def three_body_in_place(bodies, dt, steps):
    """The benchmarks game's way: dataclass fields changed in place."""
    for _ in range(steps):
        for i in range(len(bodies)):
            for j in range(i + 1, len(bodies)):
                d = bodies[i].position - bodies[j].position
                magnitude = dt / (np.sum(d * d) + 0.1) ** 1.5
                bodies[i].velocity -= d * bodies[j].mass * magnitude
                bodies[j].velocity += d * bodies[i].mass * magnitude
        for body in bodies:
            body.position += dt * body.velocity
    return sum(float(k + 1) * np.sum(b.position * b.velocity) for k, b in enumerate(bodies))


program(
    three_body_in_place,
    [Body(1.0 + 0.3 * k, normal(3, seed=k), normal(3, seed=10 + k, scale=0.3)) for k in range(3)],
    0.05,
    3,
    argnums=(0, 1),
    step=1e-3,
)


def van_der_pol_adaptive(y, mu, t_end, tol):
    """Heun with a step size that follows the error; the trip count depends on the values."""
    t, h = 0.0, 0.1
    accepted = 0
    while t < t_end:
        h_used = min(h, t_end - t)
        f1 = np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]])
        y1 = y + h_used * f1
        f2 = np.array([y1[1], mu * (1 - y1[0] ** 2) * y1[1] - y1[0]])
        y2 = y + 0.5 * h_used * (f1 + f2)
        error = np.max(np.abs(y2 - y1))
        if error < tol:
            t = t + h_used
            y = y2
            accepted += 1
            h = 0.12
        else:
            h = 0.5 * h_used
    return y[0] + y[1] ** 2


program(van_der_pol_adaptive, np.array([1.5, -0.2]), 1.1, 0.5, 0.02, argnums=(0, 1), step=1e-4, rtol=1e-6)


def bouncing_ball(height, restitution, dt, steps):
    """Events by sign, the state flips."""
    y, v = height, 0.0
    bounces = 0
    top = 0.0
    for _ in range(steps):
        v -= 9.81 * dt
        y += v * dt
        if y < 0.0:
            y = -restitution * y
            v = -restitution * v
            bounces += 1
        if bounces and y > top:
            top = y
    return y + 0.1 * v + top


program(bouncing_ball, 1.0, 0.8, 0.05, 22, argnums=(0, 1, 2), step=1e-4)


def hodgkin_huxley(v, current, conductances, dt, steps):
    """Gates with rates by helper functions with removable singularities guarded."""

    def vtrap(x, y):
        if abs(x / y) < 1e-6:
            return y * (1 - x / y / 2)
        return x / (np.exp(x / y) - 1)

    g_na, g_k, g_l = conductances
    m, h, n = 0.05, 0.6, 0.32
    for k in range(steps):
        am, bm = 0.1 * vtrap(-(v + 40), 10.0), 4 * np.exp(-(v + 65) / 18)
        ah, bh = 0.07 * np.exp(-(v + 65) / 20), 1 / (np.exp(-(v + 35) / 10) + 1)
        an, bn = 0.01 * vtrap(-(v + 55), 10.0), 0.125 * np.exp(-(v + 65) / 80)
        m += dt * (am * (1 - m) - bm * m)
        h += dt * (ah * (1 - h) - bh * h)
        n += dt * (an * (1 - n) - bn * n)
        i_na = g_na * m**3 * h * (v - 50)
        i_k = g_k * n**4 * (v + 77)
        i_l = g_l * (v + 54.4)
        v = v + dt * (current - i_na - i_k - i_l)
    return v


program(hodgkin_huxley, -60.0, 10.0, (120.0, 36.0, 0.3), 0.02, 8, argnums=(0, 1, 2), step=1e-3)


def predator_prey_stiff(y, rates, h, steps):
    """Backward Euler, Newton with an analytic Jacobian solved by Cramer's rule."""
    for _ in range(steps):
        z = y.copy()
        for it in range(5):
            g = np.array([rates[0] * z[0] - rates[1] * z[0] * z[1], rates[2] * z[0] * z[1] - rates[3] * z[1]])
            F = z - y - h * g
            a = 1 - h * (rates[0] - rates[1] * z[1])
            b = h * rates[1] * z[0]
            c = -h * rates[2] * z[1]
            d = 1 - h * (rates[2] * z[0] - rates[3])
            det = a * d - b * c
            z[0], z[1] = z[0] - (d * F[0] - b * F[1]) / det, z[1] - (a * F[1] - c * F[0]) / det
        y = z
    return y


program(predator_prey_stiff, np.array([1.5, 0.8]), np.array([1.1, 0.4, 0.3, 0.9]), 0.1, 3, argnums=(0, 1, 2))


def lotka_density(x, noise, dt):
    """Euler-Maruyama with given normals, the path kept in a list, penalties by max."""
    path = [x]
    for dw in noise:
        last = path[-1]
        drift = 0.5 * last * (1.0 - last)
        path.append(last + drift * dt + 0.2 * last * math.sqrt(dt) * dw)
    return max(path) - min(path) + path[-1]


program(lotka_density, 0.4, normal(8), 0.1, argnums=(0, 1, 2), step=1e-4)


def ising_mean_field(field, coupling, sweeps):
    """Self-consistent magnetisations, neighbours by modular indices."""
    n = field.shape[0]
    m = np.tanh(field)
    for _ in range(sweeps):
        for i in range(n):
            for j in range(n):
                around = m[(i + 1) % n, j] + m[i - 1, j] + m[i, (j + 1) % n] + m[i, j - 1]
                m[i, j] = np.tanh(coupling * around + field[i, j])
    return -np.sum(field * m) - coupling * np.sum(m * (np.roll(m, 1, 0) + np.roll(m, 1, 1)))


program(ising_mean_field, normal(3, 3), 0.2, 2, argnums=(0, 1))


def boids(x, v, weights, dt, steps):
    """Flocking: cohesion, alignment, separation by masks of distance."""
    cohesion, alignment, separation = weights
    for _ in range(steps):
        d = x[None, :, :] - x[:, None, :]
        r2 = (d**2).sum(-1)
        near = r2 < 4.0
        close = (r2 < 2.0) & ~np.eye(len(x), dtype=bool)
        count = near.sum(1, keepdims=True)
        centre = (near[:, :, None] * d).sum(1) / count
        mean_v = near @ v / count - v
        push = -np.where(close[:, :, None], d, 0.0).sum(1)
        v = v + dt * (cohesion * centre + alignment * mean_v + separation * push)
        speed = np.linalg.norm(v, axis=1)
        v = np.where((speed > 1.5)[:, None], 1.5 * v / speed[:, None], v)
        x = x + dt * v
    return np.sum(x * v)


program(boids, normal(5, 2), normal(5, 2, seed=1), (0.3, 0.2, 0.6), 0.1, 3, argnums=(0, 1, 2), step=1e-4)


def ray_march(origin, direction, radii, centres):
    """Sphere tracing: a while loop whose trips depend on the distance, smooth union of spheres."""

    def distance(p):
        total = 0.0
        for c, r in zip(centres, radii):
            total = total + np.exp(-8.0 * (np.linalg.norm(p - c) - r))
        return -np.log(total) / 8.0

    t = 0.0
    steps = 0
    while True:
        p = origin + t * direction
        d = distance(p)
        t = t + d
        steps += 1
        if d < 1e-9 or steps >= 60:
            break
    return t


program(
    ray_march,
    np.array([0.1, -0.2, -3.0]),
    np.array([0.05, 0.02, 1.0]),
    uniform(2, low=0.5, high=0.8),
    np.array([[0.0, 0.0, 0.0], [0.6, 0.3, 0.2]]),
    argnums=(0, 1, 2, 3),
    step=1e-3,
    rtol=1e-6,
)

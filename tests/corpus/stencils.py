"""Finite differences and finite volumes on grids."""

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def wave_1d(u0, speed, dt, steps):
    """Leapfrog on a string, fixed ends."""
    r = (speed * dt) ** 2
    u_prev = u0.copy()
    u = u0.copy()
    for n in range(steps):
        u_next = np.zeros_like(u)
        for i in range(1, len(u) - 1):
            u_next[i] = 2 * u[i] - u_prev[i] + r * (u[i + 1] - 2 * u[i] + u[i - 1])
        u_prev, u = u, u_next
    return np.sum(u * u)


program(wave_1d, normal(7), 0.8, 0.5, 4, argnums=(0, 1))


def fdtd_1d(eps, amplitude, n_steps):
    """Yee's scheme in one dimension with a soft source."""
    n = len(eps)
    ez = np.zeros(n)
    hy = np.zeros(n - 1)
    probe = []
    for t in range(n_steps):
        hy += 0.5 * (ez[1:] - ez[:-1])
        ez[1:-1] += 0.5 / eps[1:-1] * (hy[1:] - hy[:-1])
        ez[n // 3] += amplitude * np.exp(-((t - 4.0) ** 2) / 6.0)
        probe.append(ez[-3])
    return np.sum(np.array(probe) ** 2) + np.sum(ez**2)


program(fdtd_1d, uniform(9, low=1.0, high=3.0), 1.3, 8, argnums=(0, 1))


def fdtd_2d(ez, eps, steps):
    """TM mode, square cells, perfect conductor around."""
    ez = ez.copy()
    nx, ny = ez.shape
    hx = np.zeros((nx, ny - 1))
    hy = np.zeros((nx - 1, ny))
    c = 0.5
    for _ in range(steps):
        hx -= c * np.diff(ez, axis=1)
        hy += c * np.diff(ez, axis=0)
        curl = (hy[1:, 1:-1] - hy[:-1, 1:-1]) - (hx[1:-1, 1:] - hx[1:-1, :-1])
        ez[1:-1, 1:-1] += c / eps[1:-1, 1:-1] * curl
    return 0.5 * (np.sum(ez**2) + np.sum(hx**2) + np.sum(hy**2))


program(fdtd_2d, normal(5, 6), uniform(5, 6, low=1.0, high=2.0), 3, argnums=(0, 1))


def heat_2d_cells(T, alpha, T_wall, nsteps):
    """Cell by cell, walls on three sides, insulated at the right."""
    T = T.copy()
    nx, ny = T.shape
    for step in range(nsteps):
        Tn = T.copy()
        for i in range(nx):
            for j in range(ny):
                west = Tn[i - 1, j] if i > 0 else T_wall
                east = Tn[i + 1, j] if i < nx - 1 else Tn[i, j]
                south = Tn[i, j - 1] if j > 0 else T_wall
                north = Tn[i, j + 1] if j < ny - 1 else T_wall
                T[i, j] = Tn[i, j] + alpha * (west + east + south + north - 4.0 * Tn[i, j])
    return T.mean() + T.max()


program(heat_2d_cells, uniform(3, 4), 0.15, 0.3, 3, argnums=(0, 1, 2))


def advection_upwind_periodic(q, u, dt, steps):
    """First order upwind, periodic by np.roll, sign of the speed decides."""
    for _ in range(steps):
        flux = np.where(u > 0, u * q, u * np.roll(q, -1))
        q = q - dt * (flux - np.roll(flux, 1))
    return np.sum(q**2)


program(advection_upwind_periodic, normal(6), np.array([0.5, 0.6, -0.4, 0.3, -0.2, 0.8]), 0.2, 4, argnums=(0, 1, 2))


def minmod(a, b):
    if a * b <= 0:
        return 0.0
    if abs(a) < abs(b):
        return a
    return b


def muscl_burgers(u, dt_dx, n_steps):
    """Second order with minmod limiter, Rusanov flux."""
    u = u.copy()
    n = len(u)
    for _ in range(n_steps):
        slopes = np.zeros(n)
        for i in range(1, n - 1):
            slopes[i] = minmod(u[i] - u[i - 1], u[i + 1] - u[i])
        left = u + 0.5 * slopes
        right = u - 0.5 * slopes
        f = np.zeros(n + 1)
        for i in range(1, n):
            ul, ur = left[i - 1], right[i]
            smax = max(abs(ul), abs(ur))
            f[i] = 0.25 * (ul**2 + ur**2) - 0.5 * smax * (ur - ul)
        f[0], f[-1] = f[1], f[-2]
        u -= dt_dx * (f[1:] - f[:-1])
    return np.sum(u**2)


program(muscl_burgers, np.array([1.0, 1.3, 0.9, 0.3, -0.4, -0.6, -0.1]), 0.2, 3, argnums=(0, 1))


def shallow_water_lax(h, hu, g, lam, steps):
    """Lax-Friedrichs for the shallow water equations, reflecting walls in ghost cells."""
    n = h.size
    q = np.zeros((2, n + 2))
    q[0, 1:-1], q[1, 1:-1] = h, hu
    for _ in range(steps):
        q[0, 0], q[0, -1] = q[0, 1], q[0, -2]
        q[1, 0], q[1, -1] = -q[1, 1], -q[1, -2]
        f = np.stack([q[1], q[1] ** 2 / q[0] + 0.5 * g * q[0] ** 2])
        new = 0.5 * (q[:, 2:] + q[:, :-2]) - 0.5 * lam * (f[:, 2:] - f[:, :-2])
        q[:, 1:-1] = new
    energy = 0.5 * q[1, 1:-1] ** 2 / q[0, 1:-1] + 0.5 * g * q[0, 1:-1] ** 2
    return energy.sum()


program(shallow_water_lax, uniform(6, low=1.0, high=1.5), normal(6, scale=0.2), 9.81, 0.1, 4, argnums=(0, 1, 2, 3))


def poisson_sor(f, omega, sweeps):
    """Successive over-relaxation, red-black ordering by parity of the indices."""
    n, m = f.shape
    u = np.zeros((n + 2, m + 2))
    for sweep in range(sweeps):
        for colour in (0, 1):
            for i in range(1, n + 1):
                for j in range(1, m + 1):
                    if (i + j) % 2 == colour:
                        residual = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j] - f[i - 1, j - 1]
                        u[i, j] += omega * residual / 4
    return u.sum() ** 2 + np.abs(u).max()


program(poisson_sor, normal(3, 3), 1.4, 3, argnums=(0, 1))


def gray_scott(U, V, F, k, steps):
    """Reaction and diffusion on a torus."""

    def laplacian(Z):
        return np.roll(Z, 1, 0) + np.roll(Z, -1, 0) + np.roll(Z, 1, 1) + np.roll(Z, -1, 1) - 4 * Z

    for _ in range(steps):
        uvv = U * V * V
        U, V = (
            U + 0.16 * laplacian(U) - uvv + F * (1 - U),
            V + 0.08 * laplacian(V) + uvv - (F + k) * V,
        )
    return np.sum(V)


program(gray_scott, uniform(4, 4, low=0.5), uniform(4, 4, high=0.5, seed=1), 0.035, 0.06, 5, argnums=(0, 1, 2, 3))


def crank_nicolson(u, D, dt, nt):
    """The matrices are built once, one solve a step."""
    n = len(u)
    r = D * dt / 2
    A = np.zeros((n, n))
    B = np.zeros((n, n))
    for i in range(n):
        A[i, i] = 1 + 2 * r
        B[i, i] = 1 - 2 * r
        if i > 0:
            A[i, i - 1] = -r
            B[i, i - 1] = r
        if i < n - 1:
            A[i, i + 1] = -r
            B[i, i + 1] = r
    for _ in range(nt):
        u = np.linalg.solve(A, B @ u)
    return u @ u


program(crank_nicolson, normal(5), 0.7, 0.3, 4, argnums=(0, 1, 2))


def cavity_step(u, v, p, rho, nu, dt, nit):
    """One step of the lid-driven cavity (the "12 steps to Navier-Stokes"): pressure, then velocities, then walls."""
    dx = dy = 0.5
    b = np.zeros_like(p)
    b[1:-1, 1:-1] = rho * (
        1 / dt * ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx) + (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy))
        - ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx)) ** 2
        - 2 * ((u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy) * (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx))
        - ((v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy)) ** 2
    )
    pn = np.empty_like(p)
    for q in range(nit):
        pn = p.copy()
        p[1:-1, 1:-1] = ((pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2) / (
            2 * (dx**2 + dy**2)
        ) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0
    un = u.copy()
    vn = v.copy()
    u[1:-1, 1:-1] = (
        un[1:-1, 1:-1]
        - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
        - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
        - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
        + nu * dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
    )
    v[1:-1, 1:-1] = (
        vn[1:-1, 1:-1]
        - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1])
        + nu * dt / dy**2 * (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[0:-2, 1:-1])
    )
    u[0, :] = 0
    u[:, 0] = 0
    u[:, -1] = 0
    u[-1, :] = 1
    v[0, :] = v[-1, :] = 0
    v[:, 0] = v[:, -1] = 0
    return np.sum(u**2 + v**2) + np.sum(p * p)


program(
    cavity_step, normal(5, 5), normal(5, 5, seed=1), normal(5, 5, seed=2), 1.1, 0.1, 0.05, 3, argnums=(0, 1, 2, 3, 4, 5)
)


def multigrid_v_cycle(u, f, h):
    """Recursion over levels: smooth, restrict, correct, smooth; every level fills its own argument."""

    def smooth(u, f, h, sweeps):
        for _ in range(sweeps):
            for i in range(1, len(u) - 1):
                u[i] = 0.5 * (u[i - 1] + u[i + 1] + h * h * f[i])

    def cycle(u, f, h):
        smooth(u, f, h, 2)
        if len(u) <= 3:
            return
        r = np.zeros_like(u)
        r[1:-1] = f[1:-1] - (2 * u[1:-1] - u[:-2] - u[2:]) / (h * h)
        coarse = r[::2].copy()
        coarse[1:-1] = 0.25 * r[1:-3:2] + 0.5 * r[2:-2:2] + 0.25 * r[3:-1:2]
        e = np.zeros_like(coarse)
        cycle(e, coarse, 2 * h)
        u[::2] += e
        u[1::2] += 0.5 * (e[:-1] + e[1:])
        smooth(u, f, h, 2)

    v = u.copy()
    cycle(v, f, h)
    return np.sum(v**2)


program(multigrid_v_cycle, normal(9), normal(9, seed=1), 0.3, argnums=(0, 1, 2))

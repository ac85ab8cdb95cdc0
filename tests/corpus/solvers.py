"""Solvers of partial differential equations and of linear systems."""

import math

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


C = np.array([[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1], [1, 1], [-1, 1], [-1, -1], [1, -1]])


WEIGHTS = np.array([4 / 9] + [1 / 9] * 4 + [1 / 36] * 4)


OPPOSITE = [0, 3, 4, 1, 2, 7, 8, 5, 6]


def lb_equilibrium(rho, ux, uy):
    usq = 1.5 * (ux**2 + uy**2)
    feq = np.zeros((9,) + rho.shape)
    for i in range(9):
        cu = 3.0 * (C[i, 0] * ux + C[i, 1] * uy)
        feq[i] = rho * WEIGHTS[i] * (1.0 + cu + 0.5 * cu**2 - usq)
    return feq


def lattice_boltzmann(rho, ux, uy, omega, steps, obstacle):
    f = lb_equilibrium(rho, ux, uy)
    for _ in range(steps):
        rho = np.sum(f, axis=0)
        ux = (f[1] + f[5] + f[8] - f[3] - f[6] - f[7]) / rho
        uy = (f[2] + f[5] + f[6] - f[4] - f[7] - f[8]) / rho
        feq = lb_equilibrium(rho, ux, uy)
        fout = f - omega * (f - feq)
        for i in range(9):
            fout[i, obstacle] = f[OPPOSITE[i], obstacle]
        for i in range(9):
            f[i] = np.roll(np.roll(fout[i], C[i, 0], axis=0), C[i, 1], axis=1)
    return np.sum(ux**2 + uy**2) + rho[0, 0]


obstacle = np.zeros((4, 5), dtype=bool)


obstacle[1, 2] = True


program(
    lattice_boltzmann,
    1 + uniform(4, 5),
    0.1 * normal(4, 5),
    0.1 * normal(4, 5, seed=3),
    1.2,
    3,
    obstacle,
    argnums=(0, 1, 2, 3),
    step=1e-3,
)


def heat_3d(u, kappa, dt, steps):
    nx, ny, nz = u.shape
    u = u.copy()
    new = u.copy()
    for _ in range(steps):
        for i in range(1, nx - 1):
            for j in range(1, ny - 1):
                for k in range(1, nz - 1):
                    lap = (
                        u[i + 1, j, k]
                        + u[i - 1, j, k]
                        + u[i, j + 1, k]
                        + u[i, j - 1, k]
                        + u[i, j, k + 1]
                        + u[i, j, k - 1]
                        - 6.0 * u[i, j, k]
                    )
                    new[i, j, k] = u[i, j, k] + dt * kappa[i, j, k] * lap
        u, new = new, u
    return np.mean(u * u)


program(
    heat_3d,
    normal(4, 4, 3),
    uniform(4, 4, 3, seed=1),
    0.1,
    2,
    argnums=(0, 1, 2),
    also=((normal(3, 5, 4), uniform(3, 5, 4), 0.05, 3),),
)


def van_leer(r):
    return (r + abs(r)) / (1 + abs(r))


def tvd_advection_lists(u, a, lam, steps):
    u = list(u)
    n = len(u)
    for _ in range(steps):
        flux = [0.0] * (n + 1)
        for i in range(n + 1):
            um, uc, up = u[(i - 2) % n], u[(i - 1) % n], u[i % n]
            du = up - uc
            r = (uc - um) / du if abs(du) > 1e-12 else 0.0
            low = a * uc
            high = 0.5 * a * (uc + up) - 0.5 * a * a * lam * du
            flux[i] = low + van_leer(r) * (high - low)
        u = [u[i] - lam * (flux[i + 1] - flux[i]) for i in range(n)]
    return sum(x * x for x in u)


program(tvd_advection_lists, [0.1, 0.9, 0.5, 1.3, 0.2, 0.6], 0.8, 0.4, 2, argnums=(0, 1, 2), step=1e-3)


def poisson_cg(f, steps):
    def apply(p):
        out = 4 * p
        out[1:] -= p[:-1]
        out[:-1] -= p[1:]
        out[:, 1:] -= p[:, :-1]
        out[:, :-1] -= p[:, 1:]
        return out

    x = np.zeros_like(f)
    r = f - apply(x)
    p = r.copy()
    rs = np.vdot(r, r)
    for k in range(steps):
        ap = apply(p)
        alpha = rs / np.vdot(p, ap)
        x += alpha * p
        r -= alpha * ap
        new = np.vdot(r, r)
        if np.sqrt(new) < 1e-12:
            break
        p = r + new / rs * p
        rs = new
    return np.sum(x**3)


program(poisson_cg, normal(4, 3), 5, also=((normal(3, 3), 4),))


def restrict(r):
    return 0.25 * (r[::2, ::2] + r[1::2, ::2] + r[::2, 1::2] + r[1::2, 1::2])


def prolong(e):
    return np.repeat(np.repeat(e, 2, axis=0), 2, axis=1)


def residual(u, f):
    p = np.pad(u, 1)
    return f - (4 * u - p[2:, 1:-1] - p[:-2, 1:-1] - p[1:-1, 2:] - p[1:-1, :-2])


def multigrid_2d(u, f, omega, levels):
    for _ in range(2):
        u = u + omega / 4 * residual(u, f)
    if levels > 1:
        r = restrict(residual(u, f))
        e = multigrid_2d(np.zeros_like(r), 4 * r, omega, levels - 1)
        u = u + prolong(e)
    for _ in range(2):
        u = u + omega / 4 * residual(u, f)
    return u


def multigrid_energy(f, omega):
    u = np.zeros_like(f)
    norms = []
    for cycle in range(2):
        u = multigrid_2d(u, f, omega, 3)
        norms.append(np.linalg.norm(residual(u, f)))
    return norms[-1] + 0.1 * norms[0] + np.sum(u * f)


program(multigrid_energy, normal(8, 8), 0.8, argnums=(0, 1))


def red_black_gauss_seidel(f, omega, sweeps):
    n, m = f.shape
    u = np.zeros((n + 2, m + 2))
    for _ in range(sweeps):
        for colour in (0, 1):
            for i in range(1, n + 1):
                for j in range(1 + (i + colour) % 2, m + 1, 2):
                    gs = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i - 1, j - 1])
                    u[i, j] = (1 - omega) * u[i, j] + omega * gs
    return np.sum(u[1:-1, 1:-1] ** 2)


program(red_black_gauss_seidel, normal(3, 4), 1.3, 2, argnums=(0, 1))


def euler_roe_like(rho, mom, ene, dt_dx, steps, gamma=1.4):
    """Euler equations in one dimension, Rusanov flux."""
    q = np.array([rho, mom, ene])
    for _ in range(steps):
        r, m, e = q
        vel = m / r
        p = (gamma - 1) * (e - 0.5 * r * vel**2)
        c = np.sqrt(gamma * p / r)
        f = np.stack([m, m * vel + p, vel * (e + p)])
        speed = np.abs(vel) + c
        s = np.maximum(speed[1:], speed[:-1])
        flux = 0.5 * (f[:, 1:] + f[:, :-1]) - 0.5 * s * (q[:, 1:] - q[:, :-1])
        q = q.copy()
        q[:, 1:-1] -= dt_dx * (flux[:, 1:] - flux[:, :-1])
        q[:, 0] = q[:, 1]
        q[:, -1] = q[:, -2]
    return np.sum(q[2] ** 2) + np.sum(q[0])


program(
    euler_roe_like, 1 + uniform(6), 0.2 * normal(6), 3 + uniform(6, seed=2), 0.1, 3, argnums=(0, 1, 2, 3), step=1e-3
)


def adi_step(u, r):
    """Peaceman-Rachford alternating directions with a tridiagonal solver of its own."""

    def solve(d):
        n = len(d)
        c, x = np.empty(n), np.empty(n)
        c[0], x[0] = -r / (1 + 2 * r), d[0] / (1 + 2 * r)
        for i in range(1, n):
            m = 1 + 2 * r + r * c[i - 1]
            c[i] = -r / m
            x[i] = (d[i] + r * x[i - 1]) / m
        for i in range(n - 2, -1, -1):
            x[i] -= c[i] * x[i + 1]
        return x

    half = np.empty_like(u)
    for j in range(u.shape[1]):
        half[:, j] = solve(u[:, j])
    out = np.empty_like(u)
    for i, row in enumerate(half):
        out[i, :] = solve(row)
    return out


def adi(u, r, steps):
    for _ in range(steps):
        u = adi_step(u, r)
    return float(np.sum(u**2))


program(adi, normal(4, 3), 0.3, 2, argnums=(0, 1))


def eikonal_fast_sweep(slowness, sweeps):
    """Distance field by fast sweeping."""
    n, m = slowness.shape
    big = 1e3
    T = np.full((n + 2, m + 2), big)
    T[1, 1] = 0.0
    orders = [
        (range(1, n + 1), range(1, m + 1)),
        (range(n, 0, -1), range(1, m + 1)),
        (range(n, 0, -1), range(m, 0, -1)),
        (range(1, n + 1), range(m, 0, -1)),
    ]
    for s in range(sweeps):
        for rows, cols in orders:
            for i in rows:
                for j in cols:
                    a = min(T[i - 1, j], T[i + 1, j])
                    b = min(T[i, j - 1], T[i, j + 1])
                    f = slowness[i - 1, j - 1]
                    if abs(a - b) >= f:
                        t = min(a, b) + f
                    else:
                        t = 0.5 * (a + b + math.sqrt(2 * f * f - (a - b) ** 2))
                    if t < T[i, j]:
                        T[i, j] = t
    return T[n, m] + 0.3 * T[1, m]


program(eikonal_fast_sweep, 1 + 0.3 * uniform(3, 4), 1, step=1e-4)


def hessenberg(A):
    H = np.array(A, dtype=float)
    n = H.shape[0]
    for k in range(n - 2):
        x = H[k + 1 :, k].copy()
        alpha = -math.copysign(np.linalg.norm(x), x[0])
        v = x
        v[0] -= alpha
        v /= np.linalg.norm(v)
        H[k + 1 :, k:] -= 2.0 * np.outer(v, v @ H[k + 1 :, k:])
        H[:, k + 1 :] -= 2.0 * np.outer(H[:, k + 1 :] @ v, v)
    return np.sum(np.diag(H, -1) ** 2) + np.sum(H[0] ** 3)


program(hessenberg, normal(4, 4), also=((normal(3, 3),),), step=1e-3)


def block_lu(A, b, nb):
    A = A.copy()
    n = A.shape[0]
    for k in range(0, n, nb):
        e = min(k + nb, n)
        for j in range(k, e):
            A[j + 1 :, j] /= A[j, j]
            A[j + 1 :, j + 1 : e] -= np.outer(A[j + 1 :, j], A[j, j + 1 : e])
        if e < n:
            L = np.tril(A[k:e, k:e], -1) + np.eye(e - k)
            A[k:e, e:] = np.linalg.solve(L, A[k:e, e:])
            A[e:, e:] -= A[e:, k:e] @ A[k:e, e:]
    y = b.copy()
    for i in range(n):
        y[i] -= A[i, :i] @ y[:i]
    for i in reversed(range(n)):
        y[i] = (y[i] - A[i, i + 1 :] @ y[i + 1 :]) / A[i, i]
    return np.sum(y**2)


program(block_lu, definite(5), normal(5), 2, argnums=(0, 1))


def lu_partial_pivot(A, b):
    A, b = [list(row) for row in A], list(b)
    n = len(b)
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(A[i][k]))
        if p != k:
            A[k], A[p] = A[p], A[k]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            m = A[i][k] / A[k][k]
            for j in range(k, n):
                A[i][j] -= m * A[k][j]
            b[i] -= m * b[k]
    x = [0.0] * n
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= A[i][j] * x[j]
        x[i] = s / A[i][i]
    return sum(x)


program(
    lu_partial_pivot, [[0.1, 2.0, 1.0], [3.0, -1.0, 0.5], [1.0, 1.0, 4.0]], [1.0, 2.0, 3.0], argnums=(0, 1), step=1e-3
)


program(
    lu_partial_pivot,
    np.array([[0.1, 2.0, 1.0], [3.0, -1.0, 0.5], [1.0, 1.0, 4.0]]),
    np.array([1.0, 2.0, 3.0]),
    argnums=(0, 1),
    step=1e-3,
    name="lu_partial_pivot_array",
)


def gmres(A, b, m):
    n = len(b)
    x = np.zeros(n)
    r = b - A @ x
    beta = np.linalg.norm(r)
    V = [r / beta]
    H = np.zeros((m + 1, m))
    cs, sn = [], []
    g = np.zeros(m + 1)
    g[0] = beta
    for j in range(m):
        w = A @ V[j]
        for i in range(j + 1):
            H[i, j] = V[i] @ w
            w = w - H[i, j] * V[i]
        H[j + 1, j] = np.linalg.norm(w)
        V.append(w / H[j + 1, j])
        for i in range(j):
            t = cs[i] * H[i, j] + sn[i] * H[i + 1, j]
            H[i + 1, j] = -sn[i] * H[i, j] + cs[i] * H[i + 1, j]
            H[i, j] = t
        d = np.hypot(H[j, j], H[j + 1, j])
        cs.append(H[j, j] / d)
        sn.append(H[j + 1, j] / d)
        H[j, j] = d
        H[j + 1, j] = 0.0
        g[j + 1] = -sn[j] * g[j]
        g[j] = cs[j] * g[j]
    y = np.zeros(m)
    for i in range(m - 1, -1, -1):
        y[i] = (g[i] - H[i, i + 1 :] @ y[i + 1 :]) / H[i, i]
    for i in range(m):
        x += y[i] * V[i]
    return np.sum(x**2) + abs(g[m])


program(gmres, definite(5) + 0.2 * normal(5, 5), normal(5), 3, argnums=(0, 1), step=1e-3)


def banded_solve(bands, b, lower, upper):
    """Gaussian elimination in band storage, row i's entry j at bands[i, j - i + lower]."""
    n = len(b)
    ab, x = bands.copy(), b.copy()
    for k in range(n):
        for i in range(k + 1, min(n, k + lower + 1)):
            m = ab[i, k - i + lower] / ab[k, lower]
            ab[i, k - i + lower] = 0.0
            for j in range(k + 1, min(n, k + upper + 1)):
                ab[i, j - i + lower] -= m * ab[k, j - k + lower]
            x[i] -= m * x[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, min(n, i + upper + 1)):
            x[i] -= ab[i, j - i + lower] * x[j]
        x[i] /= ab[i, lower]
    return x


program(banded_solve, normal(5, 4) + np.array([0, 5, 0, 0]), normal(5), 1, 2, argnums=(0, 1), step=1e-3)


def qr_algorithm(A, iterations):
    n = len(A)
    T = A
    Qs = np.eye(n)
    for _ in range(iterations):
        mu = T[n - 1, n - 1]
        R = T - mu * np.eye(n)
        Q = np.eye(n)
        for i in range(n - 1):
            a, b = R[i, i], R[i + 1, i]
            r = math.sqrt(a * a + b * b)
            c, s = a / r, b / r
            G = np.eye(n)
            G[i, i] = G[i + 1, i + 1] = c
            G[i, i + 1], G[i + 1, i] = s, -s
            R = G @ R
            Q = Q @ G.T
        T = R @ Q + mu * np.eye(n)
        Qs = Qs @ Q
    return np.diag(T), Qs


program(qr_algorithm, np.diag([1.0, 2, 3]) + np.diag([0.3, 0.2], 1) + np.diag([0.3, 0.2], -1), 3, step=1e-3)


def sparse_csr(data, indices, indptr, x, iterations):
    n = len(indptr) - 1
    for _ in range(iterations):
        y = np.zeros(n)
        for row in range(n):
            for k in range(indptr[row], indptr[row + 1]):
                y[row] += data[k] * x[indices[k]]
        x = y / np.sqrt(np.sum(y**2))
    return x


program(sparse_csr, normal(7), np.array([0, 1, 2, 0, 1, 3, 2]), np.array([0, 2, 3, 6, 7]), normal(4), 2, argnums=(0, 3))


def matrix_exponential_pade(A):
    norm = np.abs(A).sum(axis=0).max()
    s = max(0, int(np.ceil(np.log2(norm))) + 1)
    X = A / 2**s
    c = 0.5
    E = np.eye(len(A)) + c * X
    D = np.eye(len(A)) - c * X
    P = X
    p = True
    for k in range(2, 7):
        c = c * (6 - k + 1) / (k * (12 - k + 1))
        P = A / 2**s @ P
        E = E + c * P
        D = D + c * P if p else D - c * P
        p = not p
    E = np.linalg.solve(D, E)
    for _ in range(s):
        E = E @ E
    return np.sum(E * E)


program(matrix_exponential_pade, normal(3, 3), step=1e-3)


def minres_like_chebyshev(A, b, lo, hi, iters):
    d, c = (hi + lo) / 2, (hi - lo) / 2
    x = np.zeros(b.shape)
    r = b.copy()
    for i in range(iters):
        z = r
        if i == 0:
            p = z
            alpha = 1 / d
        else:
            beta = 0.5 * (c * alpha) ** 2 if i == 1 else (c * alpha / 2) ** 2
            alpha = 1 / (d - beta / alpha)
            p = z + beta * p
        x = x + alpha * p
        r = b - A @ x
    return r @ r


program(minres_like_chebyshev, definite(4), normal(4), 0.9, 3.0, 4, argnums=(0, 1, 2, 3))


def lstsq_levenberg(theta, t, y, lam, iters):
    for _ in range(iters):
        a, k, c = theta
        e = np.exp(-k * t)
        r = a * e + c - y
        J = np.column_stack((e, -a * t * e, np.ones_like(t)))
        H = J.T @ J
        H[np.diag_indices(3)] *= 1 + lam
        step = np.linalg.solve(H, J.T @ r)
        trial = theta - step
        rt = trial[0] * np.exp(-trial[1] * t) + trial[2] - y
        if rt @ rt < r @ r:
            theta = trial
            lam /= 3
        else:
            lam *= 2
    return np.sum(theta**2) + r @ r


program(
    lstsq_levenberg,
    np.array([2.0, 0.7, 0.3]),
    np.linspace(0, 3, 6),
    np.array([2.1, 1.3, 1.0, 0.7, 0.6, 0.55]),
    0.1,
    3,
    argnums=(0, 2, 3),
    step=1e-3,
)

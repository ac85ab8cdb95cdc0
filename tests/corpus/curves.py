"""Splines, polynomials, quadrature and root finding."""

import math
from functools import partial, reduce

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def de_casteljau(points, t):
    """A Bezier curve by repeated interpolation, in place."""
    beta = np.array(points)
    n = len(beta)
    for j in range(1, n):
        for k in range(n - j):
            beta[k] = beta[k] * (1 - t) + beta[k + 1] * t
    return beta[0]


program(de_casteljau, normal(4, 2), 0.37, argnums=(0, 1))


def bezier_on_lists(coefs, t):
    beta = [c for c in coefs]
    n = len(beta)
    for j in range(1, n):
        for k in range(n - j):
            beta[k] = beta[k] * (1 - t) + beta[k + 1] * t
    return beta[0]


program(bezier_on_lists, [0.0, 1.2, -0.7, 2.0], 0.3, argnums=(0, 1))


def de_boor(x, knots, c, p=3):
    """B-spline by the algorithm on Wikipedia."""
    k = p
    while k < len(knots) - p - 2 and knots[k + 1] <= x:
        k += 1
    d = [c[j + k - p] for j in range(0, p + 1)]
    for r in range(1, p + 1):
        for j in range(p, r - 1, -1):
            alpha = (x - knots[j + k - p]) / (knots[j + 1 + k - r] - knots[j + k - p])
            d[j] = (1.0 - alpha) * d[j - 1] + alpha * d[j]
    return d[p]


program(
    de_boor, 1.3, np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0]), normal(6), argnums=(0, 2),
    also=((0.4, np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0]), normal(6)),),
)  # fmt: skip


def natural_cubic_spline(x, y, query):
    """Second derivatives by a tridiagonal sweep, then evaluation with searchsorted."""
    n = len(x)
    h = x[1:] - x[:-1]
    a = np.zeros(n)
    for i in range(1, n - 1):
        a[i] = 3 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    l, mu, z = np.ones(n), np.zeros(n), np.zeros(n)
    for i in range(1, n - 1):
        l[i] = 2 * (x[i + 1] - x[i - 1]) - h[i - 1] * mu[i - 1]
        mu[i] = h[i] / l[i]
        z[i] = (a[i] - h[i - 1] * z[i - 1]) / l[i]
    b, c, d = np.zeros(n - 1), np.zeros(n), np.zeros(n - 1)
    for j in range(n - 2, -1, -1):
        c[j] = z[j] - mu[j] * c[j + 1]
        b[j] = (y[j + 1] - y[j]) / h[j] - h[j] * (c[j + 1] + 2 * c[j]) / 3
        d[j] = (c[j + 1] - c[j]) / (3 * h[j])
    total = 0.0
    for q in query:
        i = np.searchsorted(x, q) - 1
        t = q - x[i]
        total += y[i] + b[i] * t + c[i] * t**2 + d[i] * t**3
    return total


program(
    natural_cubic_spline, np.array([0.0, 0.8, 1.5, 2.7, 3.1]), normal(5), np.array([0.3, 1.1, 2.9]),
    argnums=(0, 1, 2), step=1e-3,
)  # fmt: skip


def newton_divided_differences(xs, ys, x):
    """The table in one list, from the end; Horner."""
    coef = list(ys)
    n = len(xs)
    for j in range(1, n):
        for i in range(n - 1, j - 1, -1):
            coef[i] = (coef[i] - coef[i - 1]) / (xs[i] - xs[i - j])
    result = coef[-1]
    for i in range(n - 2, -1, -1):
        result = result * (x - xs[i]) + coef[i]
    return result


program(newton_divided_differences, [0.0, 0.5, 1.3, 2.0], [1.0, -0.2, 0.6, 0.9], 0.8, argnums=(0, 1, 2))


def lagrange(xs, ys, x):
    """Generator expressions in sum and a product by reduce."""

    def basis(j):
        factors = [(x - xm) / (xs[j] - xm) for m, xm in enumerate(xs) if m != j]
        return reduce(lambda p, q: p * q, factors, 1.0)

    return sum(y * basis(j) for j, y in enumerate(ys))


program(lagrange, [0.0, 0.5, 1.3, 2.0], [1.0, -0.2, 0.6, 0.9], 0.8, argnums=(0, 1, 2))


def clenshaw(c, x):
    b1 = b2 = 0.0
    for ck in reversed(c[1:]):
        b1, b2 = ck + 2 * x * b1 - b2, b1
    return c[0] + x * b1 - b2


program(clenshaw, normal(5), 0.4, argnums=(0, 1), complex_step=True)


def catmull_rom_length(points, samples):
    """Arc length by sampling; neighbours by clamped indices."""
    n = len(points)
    length = 0.0
    previous = None
    for i in range(n - 1):
        p0, p1, p2, p3 = (points[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2))
        for s in range(samples):
            t = s / samples
            p = 0.5 * (
                2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
            if previous is not None:
                length += np.sqrt(np.sum((p - previous) ** 2))
            previous = p
    return length


program(catmull_rom_length, normal(4, 2), 3)


def simpson_adaptive(f, a, b, eps, whole=None, depth=8):
    """Recursion that goes deeper where the error estimate is large."""
    c = 0.5 * (a + b)
    if whole is None:
        whole = (b - a) / 6 * (f(a) + 4 * f(c) + f(b))
    left = (c - a) / 6 * (f(a) + 4 * f(0.5 * (a + c)) + f(c))
    right = (b - c) / 6 * (f(c) + 4 * f(0.5 * (c + b)) + f(b))
    delta = left + right - whole
    if depth <= 0 or abs(delta) <= 15 * eps:
        return left + right + delta / 15
    return simpson_adaptive(f, a, c, eps / 2, left, depth - 1) + simpson_adaptive(f, c, b, eps / 2, right, depth - 1)


def damped_integral(rate, a, b):
    return simpson_adaptive(lambda t: math.exp(-rate * t) * math.cos(3 * t), a, b, 1e-4)


program(damped_integral, 0.8, 0.2, 1.9, argnums=(0, 1, 2), step=1e-3)


def romberg(scale, a, b, levels=5):
    """The triangular table in a two-dimensional array."""

    def f(x):
        return np.exp(-scale * x**2)

    R = np.zeros((levels, levels))
    h = b - a
    R[0, 0] = 0.5 * h * (f(a) + f(b))
    for i in range(1, levels):
        h = h / 2
        total = 0
        for k in range(1, 2**i, 2):
            total += f(a + k * h)
        R[i, 0] = 0.5 * R[i - 1, 0] + h * total
        for j in range(1, i + 1):
            R[i, j] = R[i, j - 1] + (R[i, j - 1] - R[i - 1, j - 1]) / (4**j - 1)
    return R[levels - 1, levels - 1]


program(romberg, 0.7, -0.3, 1.2, argnums=(0, 1, 2), complex_step=False)


def gauss_legendre_2d(c, upper):
    """Tensor quadrature with fixed nodes over a region whose bound depends on x."""
    nodes, weights = np.polynomial.legendre.leggauss(5)
    total = 0.0
    for xi, wi in zip(nodes, weights):
        x = 0.5 * (xi + 1)
        top = upper * (1 - x**2)
        for yj, wj in zip(nodes, weights):
            y = 0.5 * top * (yj + 1)
            total += 0.25 * top * wi * wj * np.sin(c * x * y)
    return total


program(gauss_legendre_2d, 1.3, 0.9, argnums=(0, 1))


def monte_carlo_volume(axes, samples):
    """A smoothed indicator."""
    inside = 1 / (1 + np.exp(20 * (np.sum((samples / axes) ** 2, axis=1) - 1)))
    return 8 * inside.mean()


program(monte_carlo_volume, np.array([0.8, 0.6, 0.9]), uniform(12, 3), step=1e-3)


def secant(f, x0, x1, tol=1e-12, maxiter=30):
    for i in range(maxiter):
        f0, f1 = f(x0), f(x1)
        if abs(f1 - f0) < tol:
            return x1
        x0, x1 = x1, x1 - f1 * (x1 - x0) / (f1 - f0)
        if abs(x1 - x0) < tol:
            return x1
    raise RuntimeError("no convergence")


def kepler(M, e):
    return secant(lambda E: E - e * math.sin(E) - M, M, M + e)


program(kepler, 0.8, 0.3, argnums=(0, 1))


def regula_falsi(a, b, p):
    """The Illinois variant: which end moves depends on signs."""

    def f(x):
        return x**3 - p * x - 1.0

    fa, fb = f(a), f(b)
    side = 0
    c = a
    for _ in range(40):
        c = (fa * b - fb * a) / (fa - fb)
        if abs(b - a) < 1e-13 * abs(b + a):
            break
        fc = f(c)
        if fc * fb > 0:
            b, fb = c, fc
            if side == -1:
                fa /= 2
            side = -1
        elif fa * fc > 0:
            a, fa = c, fc
            if side == +1:
                fb /= 2
            side = +1
        else:
            break
    return c - f(c) / (3 * c**2 - p)


program(regula_falsi, 1.0, 2.5, 1.2, argnums=2, step=1e-3)


def newton_system(p, x0, y0):
    """Two equations, the Jacobian a nested list given to solve."""
    v = np.array([x0, y0])
    iteration = 0
    while iteration < 20:
        x, y = v
        F = np.array([x**2 + y**2 - p[0], x * y - p[1]])
        J = np.array([[2 * x, 2 * y], [y, x]])
        dv = np.linalg.solve(J, -F)
        v = v + dv
        iteration += 1
        if np.linalg.norm(dv) < 1e-12:
            break
    return v[0] - 2 * v[1]


program(newton_system, np.array([4.0, 0.7]), 1.8, 0.3)


def durand_kerner_real(coefficients):
    """Real roots of a quartic by Aberth-like sweeps over a list."""
    roots = [-2.1, -0.6, 0.9, 2.2]
    for _ in range(12):
        for i in range(len(roots)):
            value = 1.0
            for c in coefficients:
                value = value * roots[i] + c
            denominator = 1.0
            for j in range(len(roots)):
                if j != i:
                    denominator *= roots[i] - roots[j]
            roots[i] = roots[i] - value / denominator
    return roots[0] + 2 * roots[1] - roots[3]


program(durand_kerner_real, [0.1, -5.2, -0.3, 3.9], step=1e-3)


def agm(a, b):
    while abs(a - b) > 1e-15 * abs(a):
        a, b = 0.5 * (a + b), math.sqrt(a * b)
    return math.pi / (2 * a)


program(agm, 1.0, 0.6, argnums=(0, 1))


def bessel_series(x, order):
    term = (0.5 * x) ** order / math.factorial(order)
    total, k = term, 0
    while abs(term) > 1e-17:
        k += 1
        term *= -(0.25 * x * x) / (k * (k + order))
        total += term
    return total


program(bessel_series, 1.7, 2)


def lambert_w(x):
    """Halley's iteration with an early return."""
    if x == 0.0:
        return 0.0
    w = math.log1p(x)
    for _ in range(20):
        e = math.exp(w)
        f = w * e - x
        new = w - f / (e * (w + 1) - (w + 2) * f / (2 * w + 2))
        if abs(new - w) < 1e-15:
            return new
        w = new
    return w


program(lambert_w, 1.9)


def poly_fit_residual(x, y, degree):
    """Normal equations of a Vandermonde matrix built column by column."""
    V = np.ones((len(x), degree + 1))
    for k in range(1, degree + 1):
        V[:, k] = V[:, k - 1] * x
    c = np.linalg.solve(V.T @ V, V.T @ y)
    r = V @ c - y
    return r @ r + c[-1]


program(poly_fit_residual, uniform(6, high=2.0), normal(6), 2, argnums=(0, 1), step=1e-3)


def golden_section(shape, lo, hi):
    """The minimum value (not its place): branches on values, a fixed number of steps."""
    phi = (math.sqrt(5) - 1) / 2

    def f(x, a, b):
        return a * (x - b) ** 2 + math.cosh(0.3 * x)

    g = partial(f, a=shape[0], b=shape[1])
    c, d = hi - phi * (hi - lo), lo + phi * (hi - lo)
    for _ in range(50):
        if g(c) < g(d):
            hi = d
        else:
            lo = c
        c, d = hi - phi * (hi - lo), lo + phi * (hi - lo)
    return g(0.5 * (lo + hi))


program(golden_section, (1.3, 0.7), -2.0, 3.0, rtol=1e-5)

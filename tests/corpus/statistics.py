"""Likelihoods, estimators and samplers with given noise."""

import math

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def multivariate_normal_logpdf(x, mean, covariance):
    """Cholesky, triangular solve by hand."""
    covariance = 0.5 * (covariance + covariance.T)
    L = np.linalg.cholesky(covariance)
    d = len(mean)
    z = np.empty(d)
    for i in range(d):
        z[i] = (x[i] - mean[i] - L[i, :i] @ z[:i]) / L[i, i]
    return -0.5 * (z @ z) - np.log(L.diagonal()).sum() - 0.5 * d * math.log(2 * math.pi)


program(multivariate_normal_logpdf, normal(3), normal(3, seed=1), definite(3), argnums=(0, 1, 2))


def poisson_regression(beta, X, y, exposure=None):
    eta = X @ beta
    if exposure is not None:
        eta += np.log(exposure)
    return np.sum(np.exp(eta) - y * eta)


program(
    poisson_regression, normal(3), normal(5, 3), np.array([0, 2, 1, 3, 0]), uniform(5, low=0.5, high=2.0),
    argnums=(0, 1, 3), also=((normal(3), normal(4, 3), np.array([0, 2, 1, 3]), uniform(4, low=0.5, high=2.0)),),
)  # fmt: skip


def huber_irls(x, y, delta, iterations):
    """Iteratively reweighted least squares with masks."""
    X = np.column_stack([np.ones_like(x), x])
    beta = np.linalg.solve(X.T @ X, X.T @ y)
    for _ in range(iterations):
        r = y - X @ beta
        w = np.ones_like(r)
        large = np.abs(r) > delta
        w[large] = delta / np.abs(r[large])
        XtW = X.T * w
        beta = np.linalg.solve(XtW @ X, XtW @ y)
    return beta


program(huber_irls, normal(7), normal(7, seed=1), 0.5, 3, argnums=(0, 1, 2), step=1e-4, rtol=1e-6)


def em_mixture(data, means, log_scale, rounds):
    """Expectation and maximisation for two clusters, unrolled, lists filled per component."""
    mu = [m for m in means]
    weight = [0.5, 0.5]
    for _ in range(rounds):
        density = []
        for k in range(2):
            density.append(weight[k] * np.exp(-0.5 * ((data - mu[k]) / np.exp(log_scale)) ** 2))
        total = density[0] + density[1]
        for k in range(2):
            responsibility = density[k] / total
            weight[k] = responsibility.mean()
            mu[k] = (responsibility * data).sum() / responsibility.sum()
    return mu[0] * weight[1] - mu[1]


program(em_mixture, normal(7), (-1.0, 0.8), -0.3, 3, argnums=(0, 1, 2))


def hamiltonian_trajectory(q, p, precision, eps, steps):
    """Leapfrog of Hamiltonian Monte Carlo, accepted or not by a given uniform."""

    def potential(q):
        return 0.5 * q @ precision @ q + 0.1 * np.sum(q**4)

    def grad(q):
        return 0.5 * (precision + precision.T) @ q + 0.4 * q**3

    q0, p0 = q, p
    p = p - 0.5 * eps * grad(q)
    for i in range(steps):
        q = q + eps * p
        if i != steps - 1:
            p = p - eps * grad(q)
    p = p - 0.5 * eps * grad(q)
    log_accept = potential(q0) + 0.5 * p0 @ p0 - potential(q) - 0.5 * p @ p
    if math.log(0.01) < log_accept:
        return np.sum(q) + np.exp(min(0.0, log_accept))
    return np.sum(q0)


program(hamiltonian_trajectory, normal(3), normal(3, seed=1), definite(3), 0.2, 4, argnums=(0, 1, 2, 3))


def autoregressive_loglik(phi, sigma, x):
    """AR(p): windows reversed by slicing, the first p given."""
    p = len(phi)
    ll = 0.0
    for t in range(p, len(x)):
        prediction = np.dot(phi, x[t - p : t][::-1])
        ll -= 0.5 * ((x[t] - prediction) / sigma) ** 2 + np.log(sigma)
    return ll


program(autoregressive_loglik, normal(2), 0.7, normal(8), argnums=(0, 1, 2))


def arma_likelihood(params, y):
    """Parameters unpacked with a star, innovations in a growing list."""
    mean, phi, *thetas = params
    errors = []
    for t, value in enumerate(y):
        ar = phi * (y[t - 1] - mean) if t > 0 else 0.0
        ma = sum(th * errors[t - 1 - k] for k, th in enumerate(thetas) if t - 1 - k >= 0)
        errors.append(value - mean - ar - ma)
    return sum(e**2 for e in errors)


program(arma_likelihood, [0.1, 0.5, 0.3, -0.2], normal(7), argnums=(0, 1))


def kaplan_cox(beta, covariates, times, events):
    """Cox's partial likelihood; risk sets by boolean masks."""
    risk = covariates @ beta
    ll = 0.0
    for i in range(len(times)):
        if events[i]:
            at_risk = times >= times[i]
            ll += risk[i] - np.log(np.sum(np.exp(risk[at_risk])))
    return -ll


program(
    kaplan_cox, normal(2), normal(6, 2), np.array([5.0, 3.0, 8.0, 1.0, 4.0, 7.0]), [1, 0, 1, 1, 1, 0], argnums=(0, 1)
)


def student_t_em(x, nu, rounds):
    mu, s2 = x.mean(), x.var()
    for _ in range(rounds):
        w = (nu + 1) / (nu + (x - mu) ** 2 / s2)
        mu = np.average(x, weights=w)
        s2 = np.mean(w * (x - mu) ** 2)
    return mu + math.log(s2)


program(student_t_em, normal(6), 4.0, 4, argnums=(0, 1))


def kernel_density_entropy(samples, bandwidth, grid):
    u = (grid[:, None] - samples) / bandwidth
    density = np.exp(-0.5 * u**2).mean(axis=1) / (bandwidth * math.sqrt(2 * math.pi))
    return -np.trapezoid(density * np.log(density + 1e-12), grid)


program(kernel_density_entropy, normal(6), 0.5, np.linspace(-3, 3, 9), argnums=(0, 1, 2), step=1e-3)


def distance_correlation(x, y):
    def centred(a):
        d = np.abs(a[:, None] - a[None, :])
        return d - d.mean(axis=0) - d.mean(axis=1)[:, None] + d.mean()

    A, B = centred(x), centred(y)
    return np.sqrt((A * B).sum() / np.sqrt((A * A).sum() * (B * B).sum()))


program(distance_correlation, normal(5), normal(5, seed=1), argnums=(0, 1), step=1e-4)


def welford(x):
    """One pass, ints that become floats."""
    count, mean, m2 = 0, 0, 0
    for value in x:
        count += 1
        delta = value - mean
        mean += delta / count
        m2 += delta * (value - mean)
    return m2 / (count - 1), mean


program(welford, normal(6))


def bootstrap_ratio(x, y, indices):
    """Resampling by rows of integers."""
    ratios = [np.mean(x[i]) / np.mean(np.exp(y[i])) for i in indices]
    return np.std(ratios) + np.median(ratios)


program(
    bootstrap_ratio, normal(5), normal(5, seed=1), np.array([[0, 1, 1, 4], [2, 2, 3, 0], [4, 3, 1, 0]]),
    argnums=(0, 1), step=1e-4,
)  # fmt: skip


def gaussian_copula(u, rho):
    """Rational approximation of the inverse normal distribution, three regions by branches."""

    def inverse_normal(p):
        if p < 0.5:
            return -inverse_normal(1 - p)
        t = math.sqrt(-2 * math.log(1 - p))
        return t - (2.515517 + 0.802853 * t + 0.010328 * t**2) / (1 + 1.432788 * t + 0.189269 * t**2 + 0.001308 * t**3)

    total = 0.0
    for a, b in u:
        x, y = inverse_normal(a), inverse_normal(b)
        q = (rho**2 * (x**2 + y**2) - 2 * rho * x * y) / (1 - rho**2)
        total += -0.5 * math.log(1 - rho**2) - 0.5 * q
    return total


program(gaussian_copula, uniform(4, 2, low=0.05, high=0.95), 0.4, argnums=(0, 1), step=1e-3)

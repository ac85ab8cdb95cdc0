"""Prices, yields and risk."""

import math
from dataclasses import dataclass

import numpy as np

from tests.corpus import Corpus, definite, normal

corpus = Corpus(__name__)
program = corpus.program


def binomial_tree(S, K, r, sigma, T, n, kind="call", american=False):
    """Cox-Ross-Rubinstein, the values overwritten level by level."""
    dt = T / n
    u = math.exp(sigma * math.sqrt(dt))
    d = 1 / u
    p = (math.exp(r * dt) - d) / (u - d)
    discount = math.exp(-r * dt)
    sign = 1 if kind == "call" else -1
    values = np.zeros(n + 1)
    for j in range(n + 1):
        values[j] = max(sign * (S * u**j * d ** (n - j) - K), 0)
    for step in range(n - 1, -1, -1):
        for j in range(step + 1):
            values[j] = discount * (p * values[j + 1] + (1 - p) * values[j])
            if american:
                values[j] = max(values[j], sign * (S * u**j * d ** (step - j) - K))
    return values[0]


program(binomial_tree, 100.0, 95.0, 0.05, 0.2, 1.0, 5, argnums=(0, 1, 2, 3, 4), step=1e-4, rtol=1e-6)
program(
    binomial_tree, 100.0, 107.0, 0.05, 0.2, 1.0, 5, "put", True,
    argnums=(0, 1, 2, 3, 4), step=1e-4, rtol=1e-6, name="american_put",
)  # fmt: skip


def heston_monte_carlo(s0, v0, kappa, theta, xi, rho, strike, z1, z2):
    """Full truncation Euler over given normals, all paths at once."""
    dt = 1.0 / z1.shape[0]
    s = np.full(z1.shape[1], s0)
    v = np.full(z1.shape[1], v0)
    for a, b in zip(z1, z2):
        w = rho * a + np.sqrt(1 - rho**2) * b
        vp = np.maximum(v, 0.0)
        s = s * np.exp(-0.5 * vp * dt + np.sqrt(vp * dt) * a)
        v = v + kappa * (theta - vp) * dt + xi * np.sqrt(vp * dt) * w
    payoff = np.maximum(s - strike, 0)
    return payoff.mean()


program(
    heston_monte_carlo, 100.0, 0.04, 1.5, 0.05, 0.3, -0.5, 98.0, normal(4, 6), normal(4, 6, seed=1),
    argnums=(0, 1, 2, 3, 4, 5, 6), step=1e-3, rtol=1e-6,
)  # fmt: skip


def asian_option(spot, vol, rate, strikes, shocks):
    """Path by path; running averages; a knock-out that ends a path early."""
    dt = 0.1
    payoffs = []
    for path in shocks:
        s, total, alive = spot, 0.0, True
        for z in path:
            s *= math.exp((rate - 0.5 * vol**2) * dt + vol * math.sqrt(dt) * z)
            if s > 1.25 * spot:
                alive = False
                break
            total += s
        if not alive:
            continue
        average = total / len(path)
        payoffs.append(sum(max(average - k, 0.0) for k in strikes))
    return math.exp(-rate) * sum(payoffs) / len(shocks)


program(asian_option, 100.0, 0.3, 0.03, [70.0, 80.0], normal(5, 4), argnums=(0, 1, 2, 3), step=1e-4, rtol=1e-6)


def bond_price(y, coupon, periods, face=100.0):
    price = 0
    for t in range(1, periods + 1):
        price += coupon / (1 + y) ** t
    return price + face / (1 + y) ** periods


def yield_to_maturity(price, coupon, periods):
    """Newton with a hand-written slope until converged."""
    y = 0.05
    for _ in range(50):
        value = bond_price(y, coupon, periods)
        slope = sum(-t * coupon / (1 + y) ** (t + 1) for t in range(1, periods + 1))
        slope -= periods * 100.0 / (1 + y) ** (periods + 1)
        step = (value - price) / slope
        y -= step
        if abs(step) < 1e-13:
            break
    return y


program(yield_to_maturity, 96.0, 4.5, 6, argnums=(0, 1), step=1e-3)


def norm_cdf(x):
    """Abramowitz and Stegun 26.2.17."""
    if x < 0:
        return 1.0 - norm_cdf(-x)
    k = 1.0 / (1.0 + 0.2316419 * x)
    poly = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + 1.330274429 * k))))
    return 1.0 - math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi) * poly


def implied_volatility(price, S, K, T, r):
    """Bisection to bracket, then Newton."""

    def call(sigma):
        d1 = (math.log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * math.sqrt(T))
        return S * norm_cdf(d1) - K * math.exp(-r * T) * norm_cdf(d1 - sigma * math.sqrt(T))

    lo, hi = 0.01, 2.0
    while hi - lo > 0.1:
        mid = 0.5 * (lo + hi)
        if call(mid) > price:
            hi = mid
        else:
            lo = mid
    sigma = 0.5 * (lo + hi)
    for _ in range(6):
        d1 = (math.log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * math.sqrt(T))
        vega = S * math.exp(-0.5 * d1**2) / math.sqrt(2 * math.pi) * math.sqrt(T)
        sigma = sigma - (call(sigma) - price) / vega
    return sigma


program(implied_volatility, 10.5, 100.0, 105.0, 1.0, 0.03, argnums=(0, 1, 2, 3, 4), step=1e-4, rtol=1e-6)


def portfolio_risk(weights, returns, aversion):
    """Mean-variance with constraint penalties and a historical shortfall by sorting."""
    w = np.exp(weights) / np.exp(weights).sum()
    profits = returns @ w
    ordered = np.sort(profits)
    shortfall = -ordered[: len(ordered) // 3].mean()
    return -profits.mean() + aversion * profits.var(ddof=1) + shortfall


program(portfolio_risk, normal(3), normal(9, 3, scale=0.1), 2.5, argnums=(0, 1, 2), step=1e-3)


@dataclass(frozen=True)
class Curve:
    """Zero rates at maturities, straight lines between, flat outside."""

    times: tuple
    rates: np.ndarray

    def rate(self, t):
        if t <= self.times[0]:
            return self.rates[0]
        for i in range(1, len(self.times)):
            if t <= self.times[i]:
                w = (t - self.times[i - 1]) / (self.times[i] - self.times[i - 1])
                return (1 - w) * self.rates[i - 1] + w * self.rates[i]
        return self.rates[-1]

    def discount(self, t):
        return np.exp(-self.rate(t) * t)


def swap_value(curve, fixed, payments):
    annuity = sum(curve.discount(t) for t in payments)
    floating = 1.0 - curve.discount(payments[-1])
    return floating - fixed * annuity


program(swap_value, Curve((0.5, 1.5, 3.0), np.array([0.02, 0.025, 0.03])), 0.028, [0.25, 1.0, 2.0, 3.5], argnums=(0, 1))


def garch_likelihood(params, returns):
    """The variance recursion with positivity by exp."""
    omega, alpha, beta = np.exp(params)
    variance = np.var(returns)
    total = 0.0
    for r in returns:
        total += np.log(variance) + r * r / variance
        variance = omega + alpha * r * r + beta * variance
    return 0.5 * total


program(garch_likelihood, np.array([-3.0, -2.0, -0.3]), normal(8, scale=0.5), argnums=(0, 1))


def explicit_finite_difference_option(strike, sigma, rate, spot, nodes, steps):
    """Black-Scholes PDE on a grid of prices, boundaries set by slices, interpolation at the end."""
    top = 200.0
    ds = top / nodes
    dt = 0.5 / steps
    s = np.linspace(0.0, top, nodes + 1)
    v = np.maximum(s - strike, 0.0)
    for n in range(steps):
        delta = (v[2:] - v[:-2]) / (2 * ds)
        gamma = (v[2:] - 2 * v[1:-1] + v[:-2]) / ds**2
        inner = s[1:-1]
        v[1:-1] += dt * (0.5 * sigma**2 * inner**2 * gamma + rate * inner * delta - rate * v[1:-1])
        v[0] = 0.0
        v[-1] = top - strike * math.exp(-rate * (n + 1) * dt)
    i = int(spot // ds)
    w = spot / ds - i
    return (1 - w) * v[i] + w * v[i + 1]


program(explicit_finite_difference_option, 97.0, 0.3, 0.04, 103.0, 10, 6, argnums=(0, 1, 2, 3), step=1e-4, rtol=1e-6)


def cholesky_basket(spots, vols, correlation, weights, normals):
    """Correlated paths; the correlation matrix is made symmetric first."""
    c = (correlation + correlation.T) / 2
    L = np.linalg.cholesky(c)
    z = normals @ L.T
    terminal = spots * np.exp(-0.5 * vols**2 + vols * z)
    basket = terminal.dot(weights)
    return np.where(basket > 100.0, basket - 100.0, 0.0).mean()


program(
    cholesky_basket, np.array([95.0, 105.0, 101.0]), np.array([0.2, 0.3, 0.25]), definite(3),
    np.array([0.3, 0.4, 0.3]), normal(7, 3), argnums=(0, 1, 2, 3), step=1e-4, rtol=1e-6,
)  # fmt: skip


def mortgage(principal, annual_rate, years, extra):
    """Payments until paid, the last one smaller; a while loop with a break and an int counter."""
    rate = annual_rate / 12
    n = years * 12
    payment = principal * rate / (1 - (1 + rate) ** -n) + extra
    balance, interest_paid, month = principal, 0, 0
    while balance > 0:
        interest = balance * rate
        if balance + interest <= payment:
            interest_paid += interest
            balance = 0.0
            break
        interest_paid += interest
        balance -= payment - interest
        month += 1
    return interest_paid


program(mortgage, 100.0, 0.06, 1, 2.0, argnums=(0, 1, 3), step=1e-4, rtol=1e-6)

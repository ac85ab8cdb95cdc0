"""The heat equation, stepped in place; its conductivity found again from a measured end state."""

import numpy as np

import srcad
from srcad.testing import check_gradient


def simulate(u, c, steps):
    """Explicit steps, in place on a copy; the ends keep their temperature."""
    u = u.copy()
    for _ in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        u[1:-1] = u[1:-1] + c * lap
    return u


def misfit(c, u, measured, steps):
    return np.sum((simulate(u, c, steps) - measured) ** 2)


def energy(u, c, steps):
    return np.sum(simulate(u, c, steps) ** 2)


def main():
    x = np.linspace(0, 1, 41)
    start = np.exp(-50 * (x - 0.4) ** 2)
    print(srcad.grad(energy, argnums=("u", "c")).source(start, 0.2, 30))
    error = check_gradient(energy, start, 0.2, 30, argnums=(0, 1))
    print(f"agrees with differences: relative error {error:.1e}")

    measured = simulate(start, 0.23, 60)
    slope = srcad.grad(misfit)
    c, step = 0.1, 0.02
    for _ in range(40):
        direction = -np.sign(slope(c, start, measured, 60))
        while misfit(c + step * direction, start, measured, 60) > misfit(c, start, measured, 60):
            step *= 0.5
        c += step * direction
    print(f"conductivity found again: {c:.6f}")
    assert abs(c - 0.23) < 1e-4


if __name__ == "__main__":
    main()

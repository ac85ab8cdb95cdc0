"""Newton's iteration for a square root, differentiated through its loop: d sqrt(a) / da = 1 / (2 sqrt(a))."""

import math

import srcad
from srcad.testing import check_gradient


def newton(a: float, n: int) -> float:
    x = 1.0
    for _ in range(n):
        x = 0.5 * (x + a / x)
    return x


def until_converged(a):
    """The same with as many steps as it takes."""
    x, before = a, 0.0
    while abs(x - before) > 1e-14 * x:
        before = x
        x = 0.5 * (x + a / x)
    return x


def main():
    a = 7.0
    gradient = srcad.grad(newton)
    print(gradient.source(a, 10))
    for derivative in (gradient(a, 10), srcad.grad(until_converged)(a)):
        assert math.isclose(derivative, 0.5 / math.sqrt(a), rel_tol=1e-12)
    print(f"equal to 1 / (2 sqrt(a)) at a = {a}")
    print(f"agrees with differences: relative error {check_gradient(newton, a, 10):.1e}")


if __name__ == "__main__":
    main()

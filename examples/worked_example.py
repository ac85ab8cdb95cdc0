"""The textbook's worked example: f(x1, x2) = x1 x2 + exp(x1 x2) - sin x2.

Shows the evaluation trace with its adjoints at a point, the generated source, and checks the gradient against
differences and against the formulas:

    v3_bar = exp(x1 x2) + 1,   x1_bar = v3_bar x2,   x2_bar = v3_bar x1 - cos x2
"""

import math

import numpy as np

import srcad
from srcad.testing import check_gradient


def f(x1: float, x2: float) -> float:
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)


def by_hand(x1, x2):
    v3_bar = math.exp(x1 * x2) + 1.0
    return v3_bar * x2, v3_bar * x1 - math.cos(x2)


def main():
    at = (2.0, 0.5)
    gradient = srcad.grad(f, argnums=(0, 1))
    print(srcad.trace(f, adjoint=True)(*at))
    print()
    print(gradient.source(*at))
    print("gradient:", *gradient(*at))
    assert np.allclose(gradient(*at), by_hand(*at), rtol=1e-14)
    print(f"agrees with differences: relative error {check_gradient(f, *at, argnums=(0, 1)):.1e}")


if __name__ == "__main__":
    main()

"""The textbook's example with two outputs, in both modes.

    f1 = x1 x2 + exp(x1 x2) - sin x2,      f2 = (x1 x2 - sin x2) exp(x1 x2)

One evaluation trace serves both outputs. A tangent pass with the seed (1, 0) or (0, 1) gives a column of the Jacobian,
an adjoint pass with the seed (1, 0) or (0, 1) gives a row. The table shows all four; the equations are also written out
by hand, line for line, and compared.
"""

import math

import numpy as np

import srcad
from srcad.testing import check_derivatives


def f(x1: float, x2: float) -> tuple[float, float]:
    f1 = x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    f2 = (x1 * x2 - np.sin(x2)) * np.exp(x1 * x2)
    return f1, f2


def tangents_by_hand(x1, x2, x1_dot, x2_dot):
    """The tangent equations: each v_dot is a sum over the parents of v."""
    v3 = x1 * x2
    v4 = math.sin(x2)
    v5 = math.exp(v3)
    v8 = v3 - v4
    v1_dot, v2_dot = x1_dot, x2_dot
    v3_dot = v1_dot * x2 + v2_dot * x1
    v4_dot = v2_dot * math.cos(x2)
    v5_dot = v3_dot * v5
    v6_dot = v3_dot + v5_dot
    v7_dot = v6_dot - v4_dot
    v8_dot = v3_dot - v4_dot
    v9_dot = v8_dot * v5 + v5_dot * v8
    return v7_dot, v9_dot


def adjoints_by_hand(x1, x2, f1_bar, f2_bar):
    """The adjoint equations: each v_bar is a sum over the children of v."""
    v3 = x1 * x2
    v4 = math.sin(x2)
    v5 = math.exp(v3)
    v8 = v3 - v4
    v9_bar, v7_bar = f2_bar, f1_bar
    v8_bar = v9_bar * v5
    v6_bar = v7_bar
    v5_bar = v6_bar + v9_bar * v8
    v4_bar = -v7_bar - v8_bar
    v3_bar = v5_bar * v5 + v6_bar + v8_bar
    v2_bar = v3_bar * x1 + v4_bar * math.cos(x2)
    v1_bar = v3_bar * x2
    return v1_bar, v2_bar


def jacobian_by_calculus(x1, x2):
    e, s, c = math.exp(x1 * x2), math.sin(x2), math.cos(x2)
    return np.array(
        [
            [x2 + x2 * e, x1 + x1 * e - c],
            [x2 * e * (1 + x1 * x2 - s), e * (x1 - c + x1 * (x1 * x2 - s))],
        ]
    )


def columns(at):
    """The Jacobian by forward mode: a pass for each input."""
    return np.column_stack([srcad.jvp(f, at, seed)[1] for seed in ((1.0, 0.0), (0.0, 1.0))])


def rows(at):
    """The Jacobian by reverse mode: a pass for each output."""
    _, pullback = srcad.vjp(f, *at)
    return np.vstack([pullback(seed) for seed in ((1.0, 0.0), (0.0, 1.0))])


def main():
    at = (2.0, 0.5)
    print(srcad.trace(f, tangent=True, adjoint=True)(*at))
    print("\nThe tangent as source:\n")
    _, linear = srcad.linearize(f, *at)
    print(linear.source)
    print("The adjoint as source, of the reverse sweep:\n")
    _, pullback = srcad.vjp(f, *at)
    print(pullback.source)

    due = jacobian_by_calculus(*at)
    by_hand = np.column_stack([tangents_by_hand(*at, 1.0, 0.0), tangents_by_hand(*at, 0.0, 1.0)])
    assert np.allclose(columns(at), by_hand, rtol=1e-14)
    assert np.allclose(by_hand, due, rtol=1e-13)
    by_hand = np.vstack([adjoints_by_hand(*at, 1.0, 0.0), adjoints_by_hand(*at, 0.0, 1.0)])
    assert np.allclose(rows(at), by_hand, rtol=1e-14)
    assert np.allclose(by_hand, due, rtol=1e-13)
    for made in (srcad.jacfwd, srcad.jacrev):
        assert np.allclose(made(f, argnums=(0, 1))(*at), due, rtol=1e-13)
    print(f"The Jacobian, by columns and by rows:\n{columns(at)}")
    report = check_derivatives(f, at)
    print(f"agrees with differences: {report.ok}")


if __name__ == "__main__":
    main()

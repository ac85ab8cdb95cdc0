"""The examples of the design document come out as they stand there."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pytest

from srcad.backends.numpy import compile_source
from srcad.codegen import generate
from srcad.ops.meaning import Meanings
from srcad.trace.evaluate import evaluate
from tests.codegen.design import EXAMPLES

SOURCES = {
    "f_grad": """
        def f_grad(x1, x2):
            # adjoint of: return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
            v1 = math.exp(x1 * x2) + 1.0
            x1_bar = v1 * x2
            x2_bar = v1 * x1 - math.cos(x2)
            return x1_bar, x2_bar
        """,
    "loss_grad": """
        def loss_grad(w, b, X, y):
            z = X @ w + b
            # return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w ** 2)
            e = np.exp(-y * z)
            # adjoint of: return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w ** 2)
            e_bar = 1.0 / e.size / (1.0 + e)
            z_bar = e_bar * e * -y
            w_bar = 0.02 * w
            # adjoint of: z = X @ w + b
            w_bar += X.T @ z_bar
            b_bar = np.sum(z_bar)
            return w_bar, b_bar
        """,
    "newton_grad": """
        def newton_grad(a, n):
            x_tape = []
            x = 1.0
            for i in range(n):
                x_tape.append(x)
                x = 0.5 * (x + a / x)
            x_bar = 1.0
            a_bar = 0.0
            # adjoint of: for i in range(n):
            for i in reversed(range(n)):
                # adjoint of: x = 0.5 * (x + a / x)
                x = x_tape.pop()
                v1 = 0.5 * x_bar
                a_bar += v1 / x
                x_bar = v1 - v1 * a / (x * x)
            return a_bar
        """,
    "smooth_grad": """
        def smooth_grad(u, c, steps):
            u = u.copy()
            lap_tape = []
            for t in range(steps):
                lap = u[:-2] - 2 * u[1:-1] + u[2:]
                lap_tape.append(lap)
                # u[1:-1] = u[1:-1] + c * lap
                u[1:-1] += c * lap
            # adjoint of: return np.sum(u ** 2)
            u_bar = 2.0 * u
            c_bar = 0.0
            # adjoint of: for t in range(steps):
            for t in reversed(range(steps)):
                # adjoint of: u[1:-1] = u[1:-1] + c * lap
                lap = lap_tape.pop()
                v1 = u_bar[1:-1]
                c_bar += np.sum(v1 * lap)
                lap_bar = c * v1
                # adjoint of: lap = u[:-2] - 2 * u[1:-1] + u[2:]
                u_bar[:-2] += lap_bar
                u_bar[1:-1] -= 2 * lap_bar
                u_bar[2:] += lap_bar
            return u_bar, c_bar
        """,
}
ARGUMENTS = {
    "f_grad": (0.3, 0.7),
    "loss_grad": (np.array([0.1, 0.2]), 0.3, np.arange(6.0).reshape(3, 2), np.array([1.0, -1.0, 1.0])),
    "newton_grad": (2.0, 4),
    "smooth_grad": (np.sin(np.arange(6.0)), 0.1, 3),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_source(name: str) -> None:
    assert generate(EXAMPLES[name](), name).source == dedent(SOURCES[name]).lstrip()


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("name", EXAMPLES)
def test_values(name: str, careful: bool) -> None:
    trace = EXAMPLES[name]()
    got = compile_source(generate(trace, name, careful=careful))(*ARGUMENTS[name])
    expected = evaluate(trace, ARGUMENTS[name], Meanings())
    for a, b in zip(got if isinstance(got, tuple) else (got,), expected, strict=True):
        np.testing.assert_allclose(a, b)


def test_careful_spells_numpy() -> None:
    """What the program itself calls in `math` stays, as the error that it raises is the user's."""
    source = generate(EXAMPLES["f_grad"](), "f_grad", careful=True).source
    assert "math.exp" in source
    assert "math.cos" not in source


def test_lines_lead_to_the_users() -> None:
    generated = generate(EXAMPLES["smooth_grad"](), "smooth_grad")
    shown = {generated.source.splitlines()[n - 1].strip(): span.line for n, span in generated.lines.items()}
    assert shown["u[1:-1] += c * lap"] == 4
    assert shown["u_bar[:-2] += lap_bar"] == 3

"""With -O Python leaves assertions out, with -OO docstrings as well: derivatives are those of what runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = '''
import numpy as np

import srcad


def checked(x):
    """It is read once more than it is computed."""
    assert np.all(x > 0), "positive"
    return np.sum(np.log(x))


def counted(x):
    y = x

    def tripled():
        nonlocal y
        y = y * 3.0
        return True

    assert tripled()
    return np.sum(y * x)


def by_mode(x):
    if __debug__:
        return np.sum(x * x)
    return np.sum(x)


def by_docstring(x):
    return np.sum(x**2) * (2.0 if checked.__doc__ else 1.0)


def inner(x):
    class Square:
        """A class."""

        def f(self, y):
            """A method."""
            assert y.ndim == 1
            return y**2

    return np.sum(Square().f(x))


x = np.array([1.5, 2.0, 0.3])
h = 1e-6
for f in (checked, counted, by_mode, by_docstring, inner):
    due = np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(3)])
    np.testing.assert_allclose(srcad.grad(f)(x), due, rtol=1e-6, atol=1e-8, err_msg=f.__name__)
    np.testing.assert_allclose(srcad.jvp(f, (x,), (np.ones(3),))[1], np.sum(due), rtol=1e-6, err_msg=f.__name__)
try:
    print(srcad.grad(checked)(-x))
except AssertionError as error:
    print(error)
'''


@pytest.mark.parametrize(
    ("option", "failing"), [("", "positive"), ("-O", "-0.66666667"), ("-OO", "-0.66666667")], ids=["plain", "O", "OO"]
)
def test_what_runs_is_differentiated(option: str, failing: str, tmp_path: Path) -> None:
    path = tmp_path / "optimised.py"
    path.write_text(PROGRAM)
    command = [sys.executable, *([option] if option else []), "-W", "ignore", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert failing in done.stdout

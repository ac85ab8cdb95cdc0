"""Names of the user's that look like ours, in every position: the derivative is right, and its module runs alone."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import srcad
from tests.modules import module_at

NAMES = (
    *("y_bar", "x_dot", "v1", "value", "tape", "recorded", "seed", "out", "trips", "lanes", "direction", "srcad"),
    *("np", "math", "scipy", "sum_to_shape", "sum", "list", "len", "range", "reversed", "float", "int", "zip", "print"),
    *("self", "cls", "_", "__", "_x", "class_", "lambda_", "match", "Σ", "naïve"),
)

PROGRAMS = {
    "argument": "def f({n}, w):\n    return numpy.sum(numpy.sin({n}) * w)\n",
    "beside_its_bar": (
        "def f({n}, {n}_bar):\n"
        "    {n}_dot = {n} * {n}_bar\n"
        "    {n}_bar = numpy.sin({n}_dot) * {n}_bar\n"
        "    return numpy.sum({n}_bar * {n} * {n}_dot)\n"
    ),
    "local": "def f(a, w):\n    {n} = numpy.sin(a) * w\n    b = {n} * {n}\n    return numpy.sum(b * numpy.cos({n}))\n",
    "carried": (
        "def f(a, w):\n    {n} = 0.5\n    for q in a:\n        {n} = {n} * q + q * q * w[0]\n    return {n} * {n}\n"
    ),
    "element": (
        "def f(a, w):\n    t = 0.0\n    for {n} in a:\n        t = t + {n} * {n} * t + {n}\n    return t * w[0]\n"
    ),
    "global_number": "{n} = 1.7\ndef f(a, w):\n    return numpy.sum(a * a * {n} * w)\n",
    "global_list": (
        "{n} = [1.0, 2.0, 3.0]\n"
        "def f(a, w):\n"
        "    t = 0.0\n"
        "    for i in indices(size(a)):\n"
        "        t = t + {n}[i] * a[i] ** 2 * w[i] * t + a[i]\n"
        "    return t\n"
    ),
    "global_function": (
        "def {n}(t):\n"
        "    return t * t\n"
        "def f(a, w):\n"
        "    t = 0.0\n"
        "    for i in indices(size(a)):\n"
        "        t = t + {n}(a[i]) * w[i] * t + root({n}(a[i]))\n"
        "    return t + numpy.sum(a * w)\n"
    ),
    "itself": "def {n}(a, w):\n    return numpy.sum(a * a * w)\nf = {n}\n",
    "inner_function": "def f(a, w):\n    def {n}(t):\n        return t * t\n    return numpy.sum({n}(a) * w)\n",
    "attribute": (
        "class Holder:\n"
        "    def __init__(self, a):\n"
        "        self.{n} = a\n"
        "def f(a, w):\n"
        "    held = Holder(a * w)\n"
        "    held.{n} = held.{n} * 2.0\n"
        "    return numpy.sum(held.{n} ** 2)\n"
    ),
    "method": (
        "class Holder:\n"
        "    def __init__(self, a):\n"
        "        self.a = a\n"
        "    def {n}(self, w):\n"
        "        return numpy.sum(self.a * self.a * w)\n"
        "def f(a, w):\n"
        "    return Holder(a).{n}(w)\n"
    ),
    "key": "def f(a, w):\n    d = {{'{n}': a * w, 'other': a}}\n    return numpy.sum(d['{n}'] * d['other'])\n",
    "closure": (
        "def made({n}):\n    def f(a, w):\n        return numpy.sum(a * a * w) * {n}\n    return f\nf = made(1.3)\n"
    ),
    "variadic": "def f(a, *{n}):\n    return numpy.sum(a * a * {n}[0])\n",
}
HEAD = "import numpy\nfrom math import sqrt as root\n\nindices, size = range, len\n\n"
POINT = (np.array([0.4, 0.8, 1.1]), np.array([0.9, 1.2, 0.3]))


def loaded(path: Path, text: str) -> ModuleType:
    path.write_text(text, encoding="utf-8")
    return module_at(path)


def slope(function: Any, k: int) -> float:
    """The derivative along the k-th unit vector of the first argument, by differences."""
    a, w = POINT
    step = 1e-5 * np.eye(3)[k]
    return float(function(a + step, w) - function(a - step, w)) / 2e-5


@pytest.mark.parametrize("position", PROGRAMS)
def test_name_at_a_position(position: str, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        module = loaded(tmp_path / f"{position}_{number}.py", HEAD + PROGRAMS[position].format(n=name))
        due = np.array([slope(module.f, k) for k in range(3)])
        close = {"rtol": 1e-6, "atol": 1e-8, "err_msg": f"{name} as {position}"}
        np.testing.assert_allclose(srcad.grad(module.f)(*POINT), due, **close)
        v = np.array([1.0, 0.5, -0.3])
        np.testing.assert_allclose(srcad.jvp(module.f, POINT, (v, None))[1], due @ v, **close)
        np.testing.assert_allclose(srcad.vjp(module.f, *POINT)[1](1.0)[0], due, **close)


@pytest.mark.parametrize("position", ["argument", "beside_its_bar", "local", "carried", "global_number", "itself"])
def test_module_with_the_name_runs_alone(position: str, tmp_path: Path) -> None:
    for number, name in enumerate(itertools.islice(NAMES, 0, None, 3)):
        module = loaded(tmp_path / f"whole_{number}.py", HEAD + PROGRAMS[position].format(n=name))
        derived = srcad.grad(module.f)
        text = derived.emitted(POINT, {})
        emitted = loaded(tmp_path / f"emitted_{number}.py", text)
        made = next(getattr(emitted, one) for one in vars(emitted) if one.endswith("_grad"))
        np.testing.assert_allclose(made(*POINT), derived(*POINT), err_msg=f"{name} as {position}")

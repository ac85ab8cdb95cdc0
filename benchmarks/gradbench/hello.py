"""The square of a number, and its derivative."""

from __future__ import annotations

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled


def square(x):
    return x * x


def number(given):
    return (float(given),)


FUNCTIONS = {
    "square": Evaluation(number, compiled(square), float),
    "double": Evaluation(number, srcad.grad(square), float),
}

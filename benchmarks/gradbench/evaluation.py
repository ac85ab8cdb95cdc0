"""What the evals of GradBench have in common: a function is prepared, run as often as is asked, and its result told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import srcad

BACKEND = os.environ.get("SRCAD_BACKEND", "numpy")
Json = dict[str, Any]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of an eval without derivatives, as the chosen back end runs it."""
    return srcad.jit(function) if BACKEND == "native" else function


def listed(a: np.ndarray) -> list[Any]:
    return np.asarray(a).tolist()


@dataclass(frozen=True)
class Evaluation:
    """A function of an eval.

    arguments  from what the message gives to the arguments of `run`
    run        what is timed. Its first run compiles, and is timed with the others
    output     from the result of `run` to what the message is answered with
    """

    arguments: Callable[[Any], tuple[Any, ...]]
    run: Callable[..., Any]
    output: Callable[[Any], Any]

    def __call__(self, given: Any) -> tuple[Any, list[int]]:
        """The output, and the nanoseconds of each run: at least as many, and as long, as `given` asks for."""
        arguments = self.arguments(given)
        asked = given if isinstance(given, dict) else {}
        runs, seconds = asked.get("min_runs", 1), asked.get("min_seconds", 0.0)
        taken: list[int] = []
        while len(taken) < max(1, runs) or sum(taken) < 1e9 * seconds:
            start = time.perf_counter_ns()
            result = self.run(*arguments)
            taken.append(time.perf_counter_ns() - start)
        return self.output(result), taken

"""Programs from numerical codes as people publish them, to be differentiated unmodified.

Each module is an area. A program is an ordinary function; `corpus.program` declares at which arguments it is
differentiated, with respect to which of them, and at which further points the same derivative must serve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Program:
    area: str
    name: str
    function: Callable[..., Any]
    points: tuple[tuple[Any, ...], ...]
    argnums: int | tuple[int, ...]
    complex_step: bool
    step: float
    rtol: float
    not_yet: str = ""

    @property
    def active(self) -> tuple[int, ...]:
        return (self.argnums,) if isinstance(self.argnums, int) else self.argnums

    def __str__(self) -> str:
        return f"{self.area}/{self.name}"


class Corpus:
    """The programs of one area."""

    def __init__(self, module: str) -> None:
        self.area = module.rpartition(".")[2]
        self.programs: dict[str, Program] = {}

    def program(
        self,
        function: Callable[..., Any],
        *args: Any,
        argnums: int | tuple[int, ...] = 0,
        also: tuple[tuple[Any, ...], ...] = (),
        name: str = "",
        complex_step: bool = False,
        step: float = 1e-2,
        rtol: float = 1e-7,
        not_yet: str = "",
    ) -> None:
        """`function(*args)` is to be differentiated; `also`: further argument tuples that one derivative must serve.

        `not_yet` says why srcad refuses the program, for the time being.
        """
        name = name or function.__name__
        if name in self.programs:
            raise ValueError(f"{self.area} has two programs called {name}")
        self.programs[name] = Program(
            self.area, name, function, (args, *also), argnums, complex_step, step, rtol, not_yet
        )


def load() -> list[Program]:
    """All programs, area by area."""
    areas = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    corpora = [import_module(f"{__name__}.{area}").corpus for area in areas]
    return [program for corpus in corpora for program in corpus.programs.values()]


def normal(*shape: int, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    """Normal numbers, the same on every run."""
    return scale * np.random.default_rng([seed, *shape]).normal(size=shape)


def uniform(*shape: int, low: float = 0.0, high: float = 1.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).uniform(low, high, size=shape)


def definite(n: int, seed: int = 0) -> np.ndarray:
    """A well conditioned symmetric positive definite matrix."""
    a = normal(n, n, seed=seed)
    return a @ a.T / n + np.eye(n)

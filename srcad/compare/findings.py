"""What a comparison has found out, as the report and the plot take it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from srcad.compare.approaches import Approach
from srcad.compare.growth import Growth
from srcad.compare.reference import Reference
from srcad.compare.steps import Steps
from srcad.compare.swell import Swell


@dataclass(frozen=True)
class Result:
    """What one approach gave: the matrix of outputs by inputs, its relative error, and the best time of a run.

    An approach that wasn't possible has no matrix; `approach.why_not` says why.
    """

    approach: Approach
    matrix: NDArray[np.inexact] | None = None
    error: float = float("nan")
    seconds: float = float("nan")


@dataclass(frozen=True)
class Findings(ABC):
    """All that was found out, without how it is shown."""

    name: str
    labels: tuple[str, ...]
    point: NDArray[np.inexact]
    height: int
    value_seconds: float
    reference: Reference
    results: tuple[Result, ...]
    steps: Steps | None
    growth: Growth
    swell: Swell
    notes: tuple[str, ...] = field(default=())

    @abstractmethod
    def __str__(self) -> str:
        """The report."""

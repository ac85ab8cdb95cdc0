"""What is known of what solvers find, by the operation that says it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from srcad.trace.solution import Solution
from srcad.transform.solutions.flows import TIMES, TRAJECTORY
from srcad.transform.solutions.implicit import IMPLICIT
from srcad.transform.solutions.integrals import INTEGRAL

SOLUTIONS: Mapping[str, Solution] = MappingProxyType(
    {solution.name: solution for solution in (IMPLICIT, INTEGRAL, TIMES, TRAJECTORY)}
)

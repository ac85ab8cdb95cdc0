"""What is known of what a solver has found, as it comes with the equation that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Equation

Bars = tuple[Atom | None, ...]
AdjointRule = Callable[[Builder, Equation, Bars, tuple[bool, ...]], Bars]
TangentRule = Callable[[Builder, Equation, Bars], Bars]


@dataclass(frozen=True, eq=False)
class Solution:
    """How derivatives pass the equation: as a rule says it, but made of derivatives of the functions in its params.

    So it stands above the sweeps, which find it in the equation.

    pullback     (builder, equation, bars, wanted) -> the contribution to each operand's adjoint; None: zero
    pushforward  (builder, equation, dots) -> the tangent of each result; None: zero
    """

    name: str
    pullback: AdjointRule
    pushforward: TangentRule

    def __repr__(self) -> str:
        return self.name

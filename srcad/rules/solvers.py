"""Solvers: what they find is a constant to derivatives until it is known what equation it solves.

The derivatives of `implicit`, `integral` and `trajectory` are made of the derivatives of other functions, so they stand
above the sweeps, in `srcad.transform.solutions`, and come with the equation.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.rules import linalg
from srcad.rules.table import Rule, RuleTable
from srcad.trace.builder import Builder
from srcad.trace.nodes import Equation
from srcad.trace.solution import Bars, Solution

TABLE = RuleTable()
flat, rule = TABLE.flat, TABLE.rule

flat("solver", "member")
# the slope is refused where it is zero; its tangent may well be zero
rule("regular", lambda site, g: g, lambda site, dot: dot)
TABLE.add(replace(linalg.TABLE.rules["solve"], name="solve_regular"))


def _pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    return _known(eq).pullback(b, eq, bars, wanted)


def _pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
    return _known(eq).pushforward(b, eq, dots)


def _known(eq: Equation) -> Solution:
    solution: Solution = eq.params["solution"]
    return solution


for _name in ("implicit", "integral", "times", "trajectory"):
    TABLE.add(Rule(_name, _pullback, _pushforward))

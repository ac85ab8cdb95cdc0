"""Solvers: what they find is a constant to derivatives until it is known what equation it solves.

The rules of `implicit`, `integral` and `trajectory` derive functions of their own: they are in `srcad.transform`.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.rules.table import RULES, flat, rule

flat("solver", "member")
# the slope is refused where it is zero; its tangent may well be zero
rule("regular", lambda site, g: g, lambda site, dot: dot)
RULES["solve_regular"] = replace(RULES["solve"], name="solve_regular")

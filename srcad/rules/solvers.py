"""Solvers: what they find is a constant to derivatives until it is known what equation it solves.

The rules of `implicit`, `integral` and `trajectory` derive functions of their own: they are in `srcad.transform`.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.rules.table import RULES, flat, linear

flat("solver", "member")
linear("regular", lambda g, slope, y: g)
RULES["solve_regular"] = replace(RULES["solve"], name="solve_regular")

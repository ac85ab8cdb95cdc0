"""Derivatives of conversions: the identity, or none."""

from __future__ import annotations

from srcad.rules.language import Expr, materialise
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
flat, slopes, linear, rule = TABLE.flat, TABLE.slopes, TABLE.linear, TABLE.rule

flat("to_int", "round_to_int", "as_int", "smaller", "range_length", "is_instance")
slopes("to_float", 1)
slopes("as_float", 1)
linear("item", lambda g, x, y: materialise(g, x))


def _complex_tangent(site: Site, re: Expr | None, im: Expr | None = None) -> Expr | None:
    if im is None:
        return re
    return 1j * im if re is None else re + 1j * im


rule("to_complex", lambda site, g: [g, 1j * g][: len(site.operands)], _complex_tangent, pointwise=True)

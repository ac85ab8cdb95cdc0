"""Derivatives of conversions: the identity, or none."""

from __future__ import annotations

from srcad.rules.language import materialise
from srcad.rules.table import RuleTable

TABLE = RuleTable()
flat, slopes, linear, rule = TABLE.flat, TABLE.slopes, TABLE.linear, TABLE.rule

flat("to_int", "round_to_int", "as_int", "smaller", "range_length", "is_instance")
slopes("to_float", 1)
slopes("as_float", 1)
linear("item", lambda g, x, y: materialise(g, x))
rule(
    "to_complex",
    lambda site, g: [g, 1j * g],
    lambda site, re, im: re if im is None else (1j * im if re is None else re + 1j * im),
    pointwise=True,
)

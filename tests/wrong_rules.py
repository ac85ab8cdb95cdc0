"""Rules that are wrong, to be found by what checks rules: the table of rules can't be changed."""

from __future__ import annotations

import pytest

from srcad.rules import catalogue
from srcad.rules.table import Rule


def replace_rule(monkeypatch: pytest.MonkeyPatch, operation: str, rule: Rule) -> None:
    """Let another rule stand in the table until the end of the test."""
    monkeypatch.setattr(catalogue, "RULES", {**catalogue.RULES, operation: rule})

"""The table of derivatives, in the areas of `srcad.ops`."""

from srcad.rules import (
    creation,
    elementwise,
    indexing,
    joining,
    linalg,
    reductions,
    sequences,
    shaping,
    sorting,
    statistics,
    structural,
)
from srcad.rules.table import Rule, lookup

__all__ = [
    "Rule",
    "creation",
    "elementwise",
    "indexing",
    "joining",
    "linalg",
    "lookup",
    "reductions",
    "sequences",
    "shaping",
    "sorting",
    "statistics",
    "structural",
]

"""The table of derivatives, in the areas of `srcad.ops`."""

from srcad.rules import (
    conversions,
    creation,
    custom,
    einsum,
    elementwise,
    indexing,
    joining,
    linalg,
    norms,
    reductions,
    sequences,
    shaping,
    solvers,
    sorting,
    special,
    statistics,
    structural,
)
from srcad.rules.table import Rule, lookup

__all__ = [
    "Rule",
    "conversions",
    "creation",
    "custom",
    "einsum",
    "elementwise",
    "indexing",
    "joining",
    "linalg",
    "lookup",
    "norms",
    "reductions",
    "sequences",
    "shaping",
    "solvers",
    "sorting",
    "special",
    "statistics",
    "structural",
]

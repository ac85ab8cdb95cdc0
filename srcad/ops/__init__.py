"""The operations, by area: names, types, spellings, and how NumPy calls lower to them."""

from srcad.ops import (
    conversions,
    creation,
    custom,
    elementwise,
    indexing,
    joining,
    linalg,
    norms,
    python,
    reductions,
    sequences,
    shaping,
    sorting,
    special,
    statistics,
    structural,
)

__all__ = [
    "conversions",
    "creation",
    "custom",
    "elementwise",
    "indexing",
    "joining",
    "linalg",
    "norms",
    "python",
    "reductions",
    "sequences",
    "shaping",
    "sorting",
    "special",
    "statistics",
    "structural",
]

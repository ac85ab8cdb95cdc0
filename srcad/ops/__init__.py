"""The operations, by area: names, types, spellings, and how NumPy calls lower to them."""

from srcad.ops import (
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

__all__ = [
    "creation",
    "elementwise",
    "indexing",
    "joining",
    "linalg",
    "reductions",
    "sequences",
    "shaping",
    "sorting",
    "statistics",
    "structural",
]

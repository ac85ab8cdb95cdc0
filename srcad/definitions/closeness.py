"""math.isclose, as its documentation says."""

from __future__ import annotations

import math
from typing import Any


def is_close(a: Any, b: Any, *, rel_tol: Any = 1e-9, abs_tol: Any = 0.0) -> bool:
    """Whether two numbers are equal, or both finite and |a - b| <= max(rel_tol * max(|a|, |b|), abs_tol)."""
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if math.isinf(a) or math.isinf(b):
        return False
    difference = abs(b - a)
    return bool(difference <= rel_tol * abs(b) or difference <= rel_tol * abs(a) or difference <= abs_tol)

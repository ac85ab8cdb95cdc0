"""Lists made of other lists."""

from __future__ import annotations

from typing import Any


def repeated(values: Any, count: int) -> list[Any]:
    """values * count."""
    made: list[Any] = []
    for _ in range(count):
        made.extend(values)
    return made

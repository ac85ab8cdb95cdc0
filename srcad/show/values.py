"""The values of a trace's inputs, and values as short text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from srcad.trace.nodes import Path, Trace
from srcad.trace.printer import show

_DIGITS = 6
_MOST_ITEMS = 6


def input_values(trace: Trace, flat: Sequence[Any], roots: Mapping[str, Callable[[], Any]]) -> tuple[Any, ...]:
    """What the inputs of a trace are for a call: `flat` has one value for each parameter."""
    arguments = dict(zip((p.name for p in trace.parameters), flat, strict=True))
    return tuple(
        fetch(entry.path, roots[entry.path.root]() if entry.free else arguments[entry.path.root])
        for entry in trace.inputs
    )


def fetch(path: Path, value: Any) -> Any:
    """What stands at a path, from its root's value."""
    for kind, key in path.steps:
        value = getattr(value, key) if kind == "attr" else value[key]
    return value


def short(value: Any) -> str:
    """A value in a few characters."""
    if isinstance(value, (float, np.floating, complex, np.complexfloating)):
        return f"{value:.{_DIGITS}g}"
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=4, threshold=6, edgeitems=2, separator=", ").replace("\n", "")
    if type(value) in (list, tuple):
        texts = list(map(short, value))
        texts = texts if len(texts) <= _MOST_ITEMS else [*texts[:2], "...", *texts[-2:]]
        return f"[{', '.join(texts)}]" if type(value) is list else f"({', '.join(texts)})"
    return show(value.item() if isinstance(value, np.generic) else value)

"""The values of a trace's inputs, and values as short text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from srcad.calls.structures import reached
from srcad.trace.nodes import Path, Trace
from srcad.trace.printer import show

_DIGITS = 6
_MOST_ITEMS = 6


def input_values(trace: Trace, flat: Sequence[object], roots: Mapping[str, Callable[[], object]]) -> tuple[object, ...]:
    """What the inputs of a trace are for a call: `flat` has one value for each parameter."""
    arguments = dict(zip((p.name for p in trace.parameters), flat, strict=True))
    return tuple(
        fetch(entry.path, roots[entry.path.root]() if entry.free else arguments[entry.path.root])
        for entry in trace.inputs
    )


def fetch(path: Path, value: object) -> object:
    """What stands at a path, from its root's value."""
    return reached(value, path.steps)


def short(value: object) -> str:
    """A value in a few characters."""
    match value:
        case float() | np.floating() | complex() | np.complexfloating():
            return f"{value:.{_DIGITS}g}"
        case np.generic():
            return show(value.item())
        case np.ndarray():
            return np.array2string(value, precision=4, threshold=6, edgeitems=2, separator=", ").replace("\n", "")
        case list() | tuple() if type(value) in (list, tuple):
            texts = list(map(short, value))
            texts = texts if len(texts) <= _MOST_ITEMS else [*texts[:2], "...", *texts[-2:]]
            return f"[{', '.join(texts)}]" if type(value) is list else f"({', '.join(texts)})"
    return show(value)

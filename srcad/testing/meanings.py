"""What the operations of a trace mean, those that call helpers of generated code or SciPy included."""

from __future__ import annotations

from srcad.ops.meaning import Meanings
from srcad.runtime import HELPERS
from srcad.trace.nodes import Trace


def meanings(trace: Trace) -> Meanings:
    """For an interpreter of this trace."""
    return Meanings({**HELPERS, **_scipy(), **trace.bindings})


def _scipy() -> dict[str, object]:
    """SciPy, where it is installed: a program that calls it has it."""
    try:
        import scipy.special
    except ImportError:
        return {}
    return {"scipy": scipy}

"""The careful variant of derivative code: where Python's arithmetic raises, NumPy's inf and nan.

    x_bar = 1.0 / x     ->     x_bar = float(np.divide(1.0, x))

The slope of log at 0.0 is inf. The user's own arithmetic stays as it is: what it raises is the user's to see.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.trace.nodes import Equation, Trace
from srcad.trace.rewrite import rewritten, with_body
from srcad.trace.types import FLOAT, is_complex

DERIVATIVES = ("adjoint", "tangent", "inner")
GUARDED = {"divide": "guarded_divide", "floor_divide": "guarded_floor_divide", "power": "guarded_power"}
OF_COMPLEX = {"divide": "guarded_complex_divide", "power": "guarded_complex_power"}


def guarded(trace: Trace) -> Trace:
    """The trace with the divisions and powers of Python numbers in its derivatives done by NumPy."""
    return with_body(trace, rewritten(trace.body, _guarded))


def _guarded(eq: Equation) -> Equation:
    if eq.op not in GUARDED or eq.role not in DERIVATIVES:
        return eq
    if eq.result.type == FLOAT:
        return replace(eq, op=GUARDED[eq.op])
    return replace(eq, op=OF_COMPLEX[eq.op]) if eq.result.type.is_python and is_complex(eq.result.type) else eq

"""Arrays of other libraries that meet what is differentiated: they compute in their own way, and say so nowhere.

    pred = w * frame["u"]       a Series: a sum of two goes by their labels, whatever their order
    np.sum(w * np.ma.array(x, mask=m))

What such an object is, is found by asking the one of the present call for the same attributes and items.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.frontend.core.outside import Outside
from srcad.frontend.core.variables import Variables
from srcad.ops.catalogue import operation
from srcad.ops.declare import Kind
from srcad.ops.meaning import MEANINGS
from srcad.trace.nodes import Atom, Const, Equation, Var

COMPUTING = (Kind.ELEMENTWISE, Kind.CONTRACTION, Kind.FACTORISATION)
ANYWAY = ("where",)  # what gives a plain array of whatever it gets
OF_THEIR_OWN = ("numpy.ma.", "pandas.", "xarray.", "dask.")
MATRICES = (np.matrix, np.asmatrix, np.bmat)
PLAIN = (np.generic, int, float, complex, str, bytes, bool, type(None))


class NotAtHand(Exception):  # noqa: N818 - an answer, not an error
    """An object is made by the run."""


def foreign_array(variables: Variables, outside: Outside, equation: Equation) -> str | None:
    """What kind of array of another library this equation computes with; None if it does with none."""
    facts = operation(equation)
    if facts.kind not in COMPUTING or equation.op in ANYWAY:
        return None
    for place, atom in enumerate(equation.operands):
        if isinstance(atom, Var) and atom not in variables.active and not facts.blind_to(place):
            found = _kind(variables, outside, atom) if atom.type.is_unknown or atom.type.is_opaque else None
            if found is not None:
                return found
    return None


def _kind(variables: Variables, outside: Outside, atom: Var) -> str | None:
    made = variables.definitions.get(atom)
    callee = made.operands[0] if made is not None and made.op == "call" else None
    module = f"{getattr(callee.value, '__module__', None)}." if isinstance(callee, Const) else ""
    if isinstance(callee, Const) and (module.startswith(OF_THEIR_OWN) or any(callee.value is f for f in MATRICES)):
        return f"what {getattr(callee.value, '__qualname__', 'this function')} gives"
    try:
        value = _value(variables, outside, atom)
    except Exception:  # the run raises it, or makes the object
        return None
    return f"a {type(value).__name__}" if _computes_by_itself(value) else None


def _computes_by_itself(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return isinstance(value, (np.ma.MaskedArray, np.matrix))
    kind = type(value)
    has_own = getattr(kind, "__array_ufunc__", None) is not None or hasattr(kind, "__array_priority__")
    return has_own and hasattr(kind, "__array__") and not isinstance(value, PLAIN)


def _value(variables: Variables, outside: Outside, atom: Atom) -> Any:
    """The object of the present call that an atom stands for."""
    if isinstance(atom, Const):
        return atom.value
    equation = variables.definitions.get(atom)
    if equation is None:
        path = next((path for path, entry in outside.inputs.items() if entry.var is atom), None)
        if path not in outside.objects:
            raise NotAtHand
        return outside.objects[path]
    first, *others = (_value(variables, outside, operand) for operand in equation.operands)
    match equation.op:
        case "attribute":
            return getattr(first, str(equation.params["name"]))
        case "subscript":
            return first[others[0]]
        case "call" if first is slice or getattr(first, "__self__", None) is not None:
            named = tuple(equation.params["keywords"])
            count = len(others) - len(named)
            return first(*others[:count], **dict(zip(named, others[count:], strict=True)))
    if operation(equation).kind not in COMPUTING:
        raise NotAtHand
    return MEANINGS[equation.op](first, *others, **equation.params)


__all__ = ["foreign_array"]

"""Constant folding: arithmetic of Python numbers, done now as Python would do it then.

What raises, warns, or makes a number too long to read is left for the run.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from srcad.ops.catalogue import operation
from srcad.ops.meaning import MEANINGS
from srcad.trace.nodes import Const, Equation
from srcad.trace.types import PYTHON, Scalar
from srcad.transform.simplify.folder import Folded, Folder, Rules, is_derivative

folds = Rules()

STATIC = (bool, int, float, complex, str, type(None))
SHORT = 6  # characters: the user's 2 * 0.5 may become 1.0, but 1.0 / 3.0 stays
MAX_EXPONENT = 64


@folds()
def constant(folder: Folder, equation: Equation) -> Folded:
    if not equation.operands or len(equation.results) != 1 or not all(map(is_static, equation.operands)):
        return None
    result = equation.result.type
    facts = operation(equation)
    if not isinstance(result, Scalar) or facts.control or facts.effect:
        return None
    operands = tuple(a.value for a in equation.operands if isinstance(a, Const))
    if facts.grows and any(abs(v) > MAX_EXPONENT for v in operands if isinstance(v, int)):
        return None
    value = computed(equation, operands)
    if value is None or not readable(equation, operands, value):
        return None
    folded = Const(value, result if result.python else PYTHON[type(value)])
    return folded if PYTHON[type(value)].dtype == result.dtype and folder.is_same(folded, equation.result) else None


def is_static(atom: Any) -> bool:
    return isinstance(atom, Const) and type(atom.value) in STATIC and not isinstance(atom.value, str)


def computed(equation: Equation, operands: tuple[Any, ...]) -> Any:
    """The Python number that comes out; None where the run must see to it."""
    try:
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            value = MEANINGS[equation.op](*operands, **equation.params)
    except Exception:  # whatever it is, it is the user's: it arrives when the code runs
        return None
    return value if type(value) in PYTHON else None


def readable(equation: Equation, operands: tuple[Any, ...], value: Any) -> bool:
    """Whether the number may take the place of the expression: the user's own formulas stay recognisable."""
    if is_derivative(equation) or type(value) in (bool, int):
        return True
    return all(len(repr(v)) <= SHORT for v in (*operands, value))

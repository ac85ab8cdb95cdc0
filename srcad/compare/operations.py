"""How many operations on numbers a program does at a point: the same on every machine, and at every hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from srcad.ops.catalogue import OPS, Kind
from srcad.testing.meanings import meanings
from srcad.trace.evaluate import Interpreter, Meaning
from srcad.trace.nodes import Equation, Trace

# what moves values about, or makes them, is not counted
_MOVES = (Kind.MOVEMENT, Kind.CREATION, Kind.CONVERSION, Kind.COLLECTION, Kind.OBJECT, Kind.EFFECT)


def operations(trace: Trace, inputs: Sequence[Any]) -> int:
    """Operations on floats in one run; of a matrix product, each multiplication and each addition."""
    tally = [0]
    counting = _Counting(meanings(trace), trace.procedures, tally)
    counting.bind([entry.var for entry in trace.inputs], list(inputs))
    with np.errstate(all="ignore"):
        counting.region(trace.body)
    return tally[0]


class _Counting(Interpreter):
    """`tally` has one number, which the calls of procedures share."""

    def __init__(self, meaning: Meaning, procedures: Mapping[str, Trace], tally: list[int]) -> None:
        super().__init__(meaning, procedures)
        self.tally = tally

    def apart(self) -> Interpreter:
        return _Counting(self.meaning, self.procedures, self.tally)

    def operation(self, equation: Equation) -> tuple[Any, ...]:
        results = super().operation(equation)
        self.tally[0] += _cost(equation.op, self.read(equation.operands), results)
        return results


def _cost(op: str, operands: Sequence[Any], results: Sequence[Any]) -> int:
    facts = OPS[op]
    if facts.cost == "free" or facts.kind in _MOVES or op == "set_item":
        return 0
    if not any(map(_is_float, (*operands, *results))):
        return 0
    if op == "add_item":
        return int(np.size(operands[1]))
    if facts.scalar_product:
        inner = np.shape(operands[0])[-1] if np.ndim(operands[0]) else 1
        return max(2 * inner - 1, 1) * int(np.size(results[0]))
    if facts.kind is Kind.FACTORISATION:
        return int(np.size(operands[0])) * int(np.shape(operands[0])[-1])
    return max(int(np.size(value)) for value in (*operands, *results) if _is_float(value))


def _is_float(value: Any) -> bool:
    return isinstance(value, (float, complex)) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc")

"""How many operations on numbers a program does at a point: the same on every machine, and at every hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from srcad.ops.catalogue import OPS, Kind
from srcad.testing.meanings import meanings
from srcad.trace.evaluate import Interpreter, Meaning
from srcad.trace.nodes import Equation, Trace

# what moves values about, or makes them, is not counted
_MOVES = (Kind.MOVEMENT, Kind.CREATION, Kind.CONVERSION, Kind.COLLECTION, Kind.OBJECT, Kind.EFFECT)


def operations(trace: Trace, inputs: Sequence[object]) -> int:
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

    def operation(self, equation: Equation) -> tuple[object, ...]:
        results = super().operation(equation)
        self.tally[0] += _cost(equation.op, self.read(equation.operands), results)
        return results


def _cost(op: str, operands: Sequence[object], results: Sequence[object]) -> int:
    facts = OPS[op]
    if facts.cost == "free" or facts.kind in _MOVES or op == "set_item":
        return 0
    if not any(map(_is_float, (*operands, *results))):
        return 0
    if op == "add_item":
        return _size(operands[1])
    if facts.scalar_product:
        inner: int = (1, *np.asarray(operands[0]).shape)[-1]
        return max(2 * inner - 1, 1) * _size(results[0])
    if facts.kind is Kind.FACTORISATION:
        return _size(operands[0]) * int(np.asarray(operands[0]).shape[-1])
    return max(_size(value) for value in (*operands, *results) if _is_float(value))


def _size(value: object) -> int:
    return int(np.asarray(value).size)


def _is_float(value: object) -> bool:
    return isinstance(value, (float, complex)) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc")

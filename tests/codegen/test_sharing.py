"""The catalogue against the analysis: no operation that is taken to be fresh hands back its operand's memory."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from srcad.analysis.aliases import OBJECT, flow
from srcad.ops.catalogue import OPS
from srcad.ops.meaning import spelled
from srcad.runtime import HELPERS
from srcad.trace.builder import const
from srcad.trace.nodes import Equation, Var
from srcad.trace.types import type_of

M, V = np.eye(3) * 2 + np.ones((3, 3)), np.arange(3.0) + 1
OPERANDS: list[tuple[Any, ...]] = [(M,), (V,), (M, M), (V, V), (M, 3, 3), (V, 3), (M, M, M), (V, V, V), (V, 0, 2)]
PARAMS: list[dict[str, Any]] = [
    {},
    {"axis": None},
    {"axis": 0},
    {"axis": 0, "keepdims": False},
    {"axes": ()},
    {"axes": (0, 1)},
    {"dtype": "float64"},
    {"k": 0},
    {"subscripts": "ij->ij"},
    {"shift": 0, "axis": 0},
    {"decimals": 3},
]
OTHERWISE = {"cast"}  # printed as something else than its spelling
PLAIN = sorted(
    name
    for name, op in OPS.items()
    if op.spelling and not op.updates and not op.effect and not name.startswith("list_") and name not in OTHERWISE
)


def runs(name: str) -> Iterator[tuple[Equation, tuple[Any, ...], Any]]:
    """The equations that can be run on these operands, with their results."""
    for some in OPERANDS:
        for params in PARAMS:
            operands = tuple(copy.copy(a) for a in some)
            texts = tuple(f"a{k}" for k in range(len(operands)))
            scope = {"np": np, **HELPERS, **dict(zip(texts, operands, strict=True))}
            try:
                atoms = tuple(Var(type_of(a)) if isinstance(a, np.ndarray) else const(a) for a in operands)
                OPS[name].infer(*(a.type for a in atoms), **params)
                result = eval(spelled(OPS[name], texts, params), scope)
            except Exception:  # such operands are not for this operation
                continue
            yield Equation(name, atoms, (Var(type_of(result)),), params), operands, result


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.filterwarnings("ignore")
def test_fresh_results_are_fresh(name: str) -> None:
    for eq, operands, result in runs(name):
        declared = {edge.operand for edge in flow(eq) if edge.level == OBJECT}
        for k, operand in enumerate(operands):
            if isinstance(operand, np.ndarray) and isinstance(result, np.ndarray) and k not in declared:
                assert not np.shares_memory(operand, result), (name, eq.params)

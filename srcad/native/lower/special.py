"""Special functions, by the functions of doubles that SciPy exports; without SciPy they stay its own calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from srcad.native.ir import Apply, CExpr
from srcad.native.linked import special_function
from srcad.native.lower.state import DOUBLE, Lowerer, converted
from srcad.native.lower.values import NotLowered, machine
from srcad.ops.catalogue import OPS
from srcad.ops.declare import Kind, Op
from srcad.trace.nodes import Equation

CALL = re.compile(r"scipy\.special\.(\w+)\(\{0\}(?:, \{\d\})*\)")


def _scipys(op: Op) -> str | None:
    """How SciPy calls an operation that is one of its functions of numbers."""
    found = CALL.fullmatch(op.spelling) if isinstance(op.spelling, str) and op.kind is Kind.ELEMENTWISE else None
    return found and found.group(1)


SPECIAL_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {name: known for name, op in OPS.items() if (known := _scipys(op)) is not None}
)
RENAMED: Mapping[str, str] = MappingProxyType({"digamma": "psi"})


def special(m: Lowerer, eq: Equation, operands: tuple[CExpr, ...]) -> CExpr:
    """One element, computed in doubles as SciPy does."""
    result, name = machine(eq.result.type), SPECIAL_FUNCTIONS[eq.op]
    function = special_function(RENAMED.get(name, name), len(operands))
    if function is None or not result.is_float:
        raise NotLowered(f"scipy.special.{name}", eq.span)
    doubles = tuple(converted(a, DOUBLE) for a in operands)
    return converted(Apply(f"linked:{m.link(function)}", doubles, DOUBLE), result)

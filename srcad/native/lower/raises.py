"""What only raises. A kernel that fails says so, and the program itself is run to tell what it raises."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.ir import Apply
from srcad.native.lower.state import BOOL, Lowerer
from srcad.native.lower.values import NotLowered, NoValue
from srcad.trace.nodes import Const, Equation, Var
from srcad.trace.types import Array


def made(m: Lowerer, eq: Equation) -> None:
    """An exception, or the text of one: nothing but its being raised matters."""
    callee = eq.operands[0] if eq.op == "call" else None
    if callee is not None:
        known = callee.value if isinstance(callee, Const) else None
        if not (isinstance(known, type) and issubclass(known, BaseException)):
            raise NotLowered("a call of a function that isn't lowered", eq.span)
    m.sets(eq.result, NoValue())


def raised(m: Lowerer, _eq: Equation) -> None:
    m.close()
    m.fail(ir.Literal(True, BOOL), "arithmetic")


def asserted(m: Lowerer, eq: Equation) -> None:
    m.fail(Apply("not", (m.scalar(eq.operands[0], BOOL),), BOOL), "value")


def checked(m: Lowerer, eq: Equation) -> None:
    """That an operation would not fail: it is lowered, and what it computes is nobody's."""
    if eq.params.get("shapes"):
        _broadcasts(m, eq)
        return
    results = tuple(Var(t) for t in eq.params["types"])
    tried = Equation(eq.params["of"], eq.operands, results, eq.params["params"], (), eq.span, eq.role)
    handler = m.handler(tried)
    handler(m, tried)
    m.close()
    for result in results:
        m.forget(result)


def _broadcasts(m: Lowerer, eq: Equation) -> None:
    """That arrays of these shapes go together."""
    shapes = [m.lengths(a) for a in eq.operands if isinstance(a.type, Array)]
    rank = max((len(shape) for shape in shapes), default=0)
    for k in range(1, rank + 1):
        lengths = [shape[-k] for shape in shapes if len(shape) >= k]
        for one in lengths[1:]:
            both = (lengths[0], one)
            differ = Apply("not_equal", both, BOOL)
            for n in both:
                differ = Apply("and", (differ, Apply("not_equal", (n, ir.ONE), BOOL)), BOOL)
            m.fail(differ, "shape")

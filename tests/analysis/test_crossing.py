"""Activity across procedures: what varies, and what is useful, in all calls of one together."""

from __future__ import annotations

from collections.abc import Sequence

from srcad.analysis.crossing import Activities, activities
from srcad.trace.nodes import Equation, Input, Parameter, Path, Region, Trace, Var
from srcad.trace.procedures import listed
from srcad.trace.types import FLOAT, Record, Recording, Type

RECORD = Record(Recording("f_forward"))


def new(count: int) -> list[Var]:
    return [Var(FLOAT) for _ in range(count)]


def call(name: str, operands: Sequence[Var], *types: Type) -> Equation:
    return Equation("recurse", tuple(operands), tuple(map(Var, types)), {"procedure": name, "types": types})


def function(name: str, inputs: Sequence[Var], equations: Sequence[Equation], results: Sequence[Var]) -> Trace:
    entries = tuple(Input(var, Path(f"a{k}")) for k, var in enumerate(inputs))
    parameters = tuple(Parameter(entry.path.root) for entry in entries)
    return Trace(name, parameters, entries, Region((), tuple(equations), tuple(results)), listed(len(results)))


def found(main: Trace, procedures: Sequence[Trace], inputs: Sequence[Var], outputs: Sequence[Var]) -> Activities:
    trace = Trace(
        main.name, main.parameters, main.inputs, main.body, main.output, procedures={p.name: p for p in procedures}
    )
    return activities(trace, inputs, outputs, lambda op: op == "floor")


def swapping() -> Trace:
    """f(a, b, c): what f(b, a, c) gives second, and a; c is handed on alone."""
    a, b, c = new(3)
    inner = call("f", (b, a, c), FLOAT, FLOAT)
    return function("f", (a, b, c), (inner,), (inner.results[1], a))


def test_one_call_makes_a_parameter_active_in_all() -> None:
    x, y = new(2)
    one, other = call("f", (x, y, y), FLOAT, FLOAT), call("f", (y, y, y), FLOAT, FLOAT)
    main = function("main", (x, y), (one, other), (one.results[0], other.results[0]))
    active = found(main, [swapping()], (x,), main.body.results)  # type: ignore[arg-type]
    assert active.signatures["f"].parameters == (0, 1), "they change places from level to level"
    assert not active.main.active(other.results[0]), "nothing that varies goes into this call"


def test_results_that_nobody_needs_are_not_active() -> None:
    a, b = new(2)
    square = Equation("multiply", (a, a), (Var(FLOAT),))
    both = function("f", (a, b), (square,), (square.result, b))
    x, y = new(2)
    used = call("f", (x, y), FLOAT, FLOAT)
    main = function("main", (x, y), (used,), used.results[:1])
    signature = found(main, [both], (x, y), used.results[:1]).signatures["f"]
    assert (signature.parameters, signature.results) == ((0,), (0,))


def test_what_has_no_derivative_lets_nothing_through() -> None:
    a = Var(FLOAT)
    floor = Equation("floor", (a,), (Var(FLOAT),))
    x = Var(FLOAT)
    used = call("f", (x,), FLOAT)
    main = function("main", (x,), (used,), used.results)
    active = found(main, [function("f", (a,), (floor,), floor.results)], (x,), used.results)
    assert not active.signatures
    assert not active.main.active(used.results[0])


def test_items_of_records_are_active_one_by_one() -> None:
    a, b = new(2)
    made = Equation("record_new", (a, b), (Var(RECORD),), {"record": RECORD})
    ahead = function("f_forward", (a, b), (made,), (made.result,))
    record, first, second = Var(RECORD), *new(2)
    taken = Equation("record_items", (record,), (first, second), {"types": (FLOAT, FLOAT)})
    total = Equation("add", (first, second), (Var(FLOAT),))
    back = function("f_pullback", (record,), (taken, total), (total.result,))
    x, y = new(2)
    one = call("f_forward", (x, y), RECORD)
    other = call("f_pullback", one.results, FLOAT)
    main = function("main", (x, y), (one, other), other.results)
    active = found(main, [ahead, back], (x,), other.results)
    assert [active.is_active_item(RECORD, k) for k in (0, 1)] == [True, False]
    assert active.procedures["f_pullback"].active(first)
    assert not active.procedures["f_pullback"].active(second)

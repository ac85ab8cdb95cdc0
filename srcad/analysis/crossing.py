"""Activity across procedures: what varies, and what is useful, in all calls of a procedure together.

    y = f(a, x)         f's parameter 1 varies         f_pullback gets one adjoint, y_bar,
    z = f(x, 2.0)  ->   and 0 does: so both do    ->   and gives two, in all of its calls

What varies in the arguments of the calls is found together with what varies in their results, by going through all
bodies until nothing more does; then the same backwards for what is useful. The items of a record are settled likewise,
over all records of a procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from srcad.analysis.activity import Activity, Flat, useful, varied
from srcad.trace.nodes import Atom, Equation, Trace, Var
from srcad.trace.types import Record


@dataclass(frozen=True)
class Signature:
    """The parameters and the results of a procedure that are active, by their numbers."""

    parameters: tuple[int, ...]
    results: tuple[int, ...]


@dataclass(frozen=True)
class Activities:
    """What is active in a trace and in its procedures.

    `signatures`: of the procedures that are differentiated; `items`: of each record those that are active.
    """

    main: Activity
    procedures: Mapping[str, Activity]
    signatures: Mapping[str, Signature]
    items: Mapping[Record, frozenset[int]]

    def is_active_item(self, record: object, k: int) -> bool:
        return isinstance(record, Record) and k in self.items.get(record, ())


def activities(trace: Trace, inputs: Iterable[Var], outputs: Iterable[Atom], flat: Flat) -> Activities:
    """What is active between inputs and results of a trace."""
    inputs, outputs = tuple(inputs), tuple(outputs)
    procedures = trace.procedures
    ahead, back = Crossing(backwards=False), Crossing(backwards=True)

    def vary(one: Trace, into: Iterable[int] | None) -> frozenset[Var]:
        seeds = inputs if into is None else [one.inputs[k].var for k in into]
        return varied(one.body, seeds, flat, ahead)

    def use(one: Trace, into: Iterable[int] | None) -> frozenset[Var]:
        seeds = outputs if into is None else [one.body.results[k] for k in into]
        return useful(one.body, seeds, flat, moving.get(one.name if into is not None else "", frozenset()), back)

    moving = ahead.settle(trace, vary)
    needed = back.settle(trace, use)
    found = {name: Activity(moving[name], needed[name]) for name in procedures if name in moving and name in needed}
    return Activities(
        Activity(moving[""], needed[""]),
        found,
        {name: _signature(procedures[name], active) for name, active in found.items()},
        {
            record: frozenset(ahead.items[record] & items)
            for record, items in back.items.items()
            if record in ahead.items
        },
    )


def _signature(one: Trace, active: Activity) -> Signature:
    parameters = (k for k, entry in enumerate(one.inputs) if active.active(entry.var))
    return Signature(tuple(parameters), tuple(k for k, a in enumerate(one.body.results) if active.active(a)))


@dataclass
class Crossing:
    """What enters procedures and records, and what leaves them again; `backwards`: by the results.

    `into`: of each procedure the parameters that vary (the results that are useful); `out`: the results (parameters).
    """

    backwards: bool
    into: dict[str, set[int]] = field(default_factory=dict)
    out: dict[str, set[int]] = field(default_factory=dict)
    items: dict[Record, set[int]] = field(default_factory=dict)

    def settle(
        self, trace: Trace, spread: Callable[[Trace, Iterable[int] | None], frozenset[Var]]
    ) -> dict[str, frozenset[Var]]:
        """Go through all bodies until nothing more is found; the trace itself is called ""."""
        size = -1
        while size != self.size:
            size = self.size
            found = {"": spread(trace, None)}
            for name in list(self.into):
                one = trace.procedures[name]
                found[name] = spread(one, self.into[name])
                ends = [entry.var for entry in one.inputs] if self.backwards else one.body.results
                self.out.setdefault(name, set()).update(k for k, a in enumerate(ends) if a in found[name])
        return found

    @property
    def size(self) -> int:
        tables: Sequence[Iterable[set[int]]] = (self.into.values(), self.out.values(), self.items.values())
        return len(self.into) + sum(len(numbers) for table in tables for numbers in table)

    def passes(self, equation: Equation, known: Sequence[int]) -> Sequence[int]:
        if not known:
            return ()
        if equation.op == "recurse":
            name = equation.params["procedure"]
            self.into.setdefault(name, set()).update(known)
            return sorted(self.out.get(name, ()))
        return self.through_record(equation, known)

    def through_record(self, equation: Equation, known: Sequence[int]) -> Sequence[int]:
        """What goes in by the items comes out by the items of all records of this kind."""
        makes = equation.op == "record_new"
        items = self.items.setdefault(record_of(equation), set())
        if makes == self.backwards:
            return sorted(items)
        items.update(known)
        return (0,)


def record_of(equation: Equation) -> Record:
    """The kind of record that an equation makes, or takes apart."""
    (record,) = equation.results if equation.op == "record_new" else equation.operands
    assert isinstance(record.type, Record)
    return record.type


__all__ = ["Activities", "Crossing", "Signature", "activities", "record_of"]

"""Recording: the reverse sweep reads variables of the forward sweep that are gone when it runs; this hands them over.

What a reversed region reads of its forward region is what must be recorded (to-be-recorded analysis: nothing else is).
- A branch outside of loops yields it.
- A loop body appends it to a tape, one list for each variable, which is threaded through all loops from the outermost
  on, and popped at the beginning of the reversed body. What is cheaper to compute again is not recorded (`recompute`).
- If the value that a loop carries into an iteration is recorded, then the value that it carries out of it need not be:
  the reversed iteration before has popped that one.
- Of an array that changes in few places, what is overwritten is recorded, and put back (`restore`).

Both sweeps are gone through side by side, each structured equation with the one that reverses it, and tapes go through
both: so this has a traversal of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from srcad.trace.nodes import UNDEF, Atom, Equation, Region, Var
from srcad.trace.rewrite import substitute
from srcad.trace.slots import LOOPS, Slot, layout, slots
from srcad.trace.types import ListOf, Type
from srcad.trace.walk import free_variables
from srcad.transform.sweeps.branches import INLINE, REVERSES
from srcad.transform.sweeps.recompute import choose, is_cheap
from srcad.transform.sweeps.restore import Restored, restored

Available = Callable[[Var], bool]


def record(forward: Region, reverse: Region) -> tuple[Region, Region]:
    """Both sweeps, such that the reverse one reads nothing of inner regions of the forward one."""
    sides = _children(forward, reverse, None)
    return sides.forward, sides.reverse


@dataclass
class Tape:
    """A list on its way through a region and the reverse of that region.

    Forward it comes in as `start` and goes out as `end`; backward it comes in as `full` and goes out as `rest`.
    """

    start: Var
    end: Atom
    full: Var
    rest: Atom


@dataclass
class TapedPair:
    """What a structured equation and its reverse become, with the tapes that go through them.

    `replaced`: atoms that stand for results of the reverse. `brought`: what the forward equation began with, as the
    reverse has it in the end.
    """

    forward: list[Equation] = field(default_factory=list)
    reverse: list[Equation] = field(default_factory=list)
    tapes: list[Tape] = field(default_factory=list)
    replaced: dict[Atom, Atom] = field(default_factory=dict)
    brought: dict[Atom, Var] = field(default_factory=dict)


@dataclass
class Sides:
    """A region and its reverse, after recording in them; `exports` are to be handed over by the caller.

    `brought`: variables of the forward region as loops of the reverse leave them.
    """

    forward: Region
    reverse: Region
    tapes: list[Tape]
    exports: list[Var] = field(default_factory=list)
    brought: dict[Atom, Var] = field(default_factory=dict)


@dataclass
class Hand:
    """What a reversed loop body has without a tape.

    `index` is the forward loop's; `values` stand for variables of the forward body: the index, and what is carried: for
    a parameter that is recorded, the value yielded for it (with the slot), as `popped` in the iteration before.
    """

    slots: tuple[Slot, ...] = ()
    index: Var | None = None
    values: dict[Atom, Atom] = field(default_factory=dict)
    popped: dict[Atom, Atom] = field(default_factory=dict)
    carried: dict[Var, tuple[Var, Slot]] = field(default_factory=dict)

    def carry(self, recorded: tuple[Var, ...], known: Mapping[Atom, Var]) -> list[Var]:
        """Carry what can be carried; what is left must be recorded. `known`: what the reversed body has otherwise."""
        left = list(recorded)
        for slot in self.slots:
            parameter, value = slot.parameters[-1], slot.yields[-1]
            if (parameter in left or parameter in known) and value in left and value is not parameter:
                assert value.is_variable
                left.remove(value)
                self.values[value] = Var(value.type, value.name)
                self.carried[parameter] = (value, slot)
        return left


# ---- regions


def _children(forward: Region, reverse: Region, available: Available | None) -> Sides:
    """Record in all structured equations of a region. `available` is None outside of loops."""
    partners = {equation.params[REVERSES]: equation for equation in reverse.equations if REVERSES in equation.params}
    pairs = {equation: _structure(equation, partner, available) for equation, partner in partners.items()}
    reversed_as = {partner: pairs[equation].reverse for equation, partner in partners.items()}
    ahead = [new for old in forward.equations for new in (pairs[old].forward if old in pairs else [old])]
    back = [new for old in reverse.equations for new in reversed_as.get(old, [old])]
    replaced = _resolved({a: b for pair in pairs.values() for a, b in pair.replaced.items()})
    tapes = [tape for pair in pairs.values() for tape in pair.tapes]
    for tape in tapes:
        tape.rest = replaced.get(tape.rest, tape.rest)
    return Sides(
        replace(forward, equations=tuple(ahead)),
        substitute(replace(reverse, equations=tuple(back)), replaced),
        tapes,
        brought={atom: var for pair in pairs.values() for atom, var in pair.brought.items()},
    )


def _resolved(replaced: dict[Atom, Atom]) -> dict[Atom, Atom]:
    """Replacements that lead to their ends: none leads to an atom that is replaced itself."""

    def final(a: Atom) -> Atom:
        return final(replaced[a]) if a in replaced else a

    return {a: final(a) for a in replaced}


def _structure(equation: Equation, partner: Equation, available: Available | None) -> TapedPair:
    if equation.op in LOOPS:
        return _loop(equation, _stripped(partner), available)
    if equation.op == "if" and available is not None:
        return _branch_in_loop(equation, _stripped(partner), available)
    return _plain(equation, _stripped(partner), available)


def _stripped(partner: Equation) -> Equation:
    return replace(partner, params={name: value for name, value in partner.params.items() if name != REVERSES})


def _needed(forward: Region, reverse: Region) -> list[Var]:
    """What the reverse reads of the region itself, in the order of its definition."""
    read = free_variables(reverse)
    return [v for v in _defined(forward) if v in read]


def _defined(region: Region) -> list[Var]:
    return [*region.parameters, *(v for equation in region.equations for v in equation.results)]


# ---- branches and scopes outside of loops: the region yields what is needed


def _plain(equation: Equation, partner: Equation, available: Available | None) -> TapedPair:
    sides = [
        _exporting(forward, reverse, available)
        for forward, reverse in zip(equation.regions, partner.regions, strict=False)
    ]
    finalizer = equation.regions[len(sides) :]
    handed: dict[Atom, Atom] = {
        value: result
        for side in sides
        for value, result in zip(side.forward.results, equation.results, strict=True)
        if value in side.exports
    }
    new_slots = [(v, side) for side in sides for v in side.exports if v not in handed]
    more = [Var(v.type, v.name) for v, _ in new_slots]
    handed.update(zip((v for v, _ in new_slots), more, strict=True))
    results = (*equation.results, *more)
    forward = [_yielding(side.forward, tuple(v if of is side else UNDEF for v, of in new_slots)) for side in sides]
    reverse = [substitute(side.reverse, handed) for side in sides]
    tapes = [tape for side in sides for tape in side.tapes]
    equation = replace(equation, regions=(*forward, *finalizer), results=results)
    partner = replace(partner, regions=tuple(reverse))
    pair = _through(equation, partner, sides, tapes)
    if partner.params.get("kind") == INLINE:
        pair.reverse, pair.replaced = _inlined(pair.reverse[0])
    return pair


def _exporting(forward: Region, reverse: Region, available: Available | None) -> Sides:
    inner = None if available is None else _known_within(forward, reverse, available, None)
    sides = _children(forward, reverse, inner)
    sides.exports = _needed(sides.forward, sides.reverse)
    return sides


def _yielding(region: Region, more: tuple[Atom, ...]) -> Region:
    return replace(region, results=(*region.results, *more))


def _inlined(scope: Equation) -> tuple[list[Equation], dict[Atom, Atom]]:
    """The equations of the body of a scope that is no scope, and what it yields for its results."""
    (body,) = scope.regions
    return list(body.equations), dict(zip(scope.results, body.results, strict=True))


# ---- branches in loops: tapes


def _branch_in_loop(equation: Equation, partner: Equation, available: Available) -> TapedPair:
    sides = [
        _taping(forward, reverse, available, Hand())
        for forward, reverse in zip(equation.regions, partner.regions, strict=True)
    ]
    equation = replace(equation, regions=tuple(side.forward for side in sides))
    partner = replace(partner, regions=tuple(side.reverse for side in sides))
    return _through(equation, partner, sides, [tape for side in sides for tape in side.tapes])


def _through(equation: Equation, partner: Equation, sides: list[Sides], tapes: list[Tape]) -> TapedPair:
    """Hand the tapes of the regions out; a region that a tape does not belong to passes it on."""
    outs, rests = [_like(tape.start) for tape in tapes], [_like(tape.start) for tape in tapes]
    forward, reverse = [], []
    for side, region, back in zip(sides, equation.regions, partner.regions, strict=False):
        mine = [any(tape is own for own in side.tapes) for tape in tapes]
        ends = tuple(tape.end if own else tape.start for tape, own in zip(tapes, mine, strict=True))
        begins = tuple(tape.rest if own else tape.full for tape, own in zip(tapes, mine, strict=True))
        forward.append(_yielding(region, ends))
        reverse.append(_yielding(back, begins))
    regions = (*forward, *equation.regions[len(sides) :])
    passed = [Tape(t.start, out, t.full, rest) for t, out, rest in zip(tapes, outs, rests, strict=True)]
    return TapedPair(
        [replace(equation, regions=regions, results=(*equation.results, *outs))],
        [replace(partner, regions=tuple(reverse), results=(*partner.results, *rests))],
        passed,
    )


def _taping(forward: Region, reverse: Region, available: Available, hand: Hand) -> Sides:
    """Record what the reverse of a region in a loop needs on tapes."""
    inner = _children(forward, reverse, _known_within(forward, reverse, available, hand.index))
    forward, reverse = inner.forward, inner.reverse
    needed = _needed(forward, reverse)
    back = restored(forward, hand.slots, needed)
    given: dict[Atom, Var] = {v: a for one in back for v, a in one.given.items()}
    first = choose(forward, [v for v in _defined(forward) if any(v in one.read for one in back)], available, hand.index)
    had: list[Atom] = [*given, *first.recorded, *(eq.result for eq in first.recomputed)]
    choice = choose(forward, needed, available, hand.index, had)
    known = given | {v: a for v, a in inner.brought.items() if v not in needed}
    recorded = hand.carry((*first.recorded, *choice.recorded), known)
    recorded += [look.result for one in back for look in one.looks]
    values: dict[Atom, Atom] = {**hand.values, **given, **{v: Var(v.type, v.name) for v in recorded}}
    tapes = {v: _tape(v) for v in recorded}
    pops = [_pop(tape, values[v]) for v, tape in tapes.items()]
    places = _again(first.recomputed, values)
    puts = [replace(put, operands=tuple(values.get(a, a) for a in put.operands)) for one in back for put in one.puts]
    again = _again(choice.recomputed, values)
    hand.popped = {**known, **values}
    forward = replace(forward, equations=tuple(_appending(_looking(forward, back), tapes)))
    reverse = substitute(reverse, values)
    reverse = replace(reverse, equations=(*pops, *places, *puts, *again, *reverse.equations))
    return Sides(forward, reverse, [*inner.tapes, *tapes.values()])


def _looking(forward: Region, back: Sequence[Restored]) -> Region:
    """A region that looks at what it is going to overwrite."""
    looks = {update: look for one in back for update, look in zip(one.before, one.looks, strict=True)}
    equations = [e for eq in forward.equations for e in ([looks[eq], eq] if eq in looks else [eq])]
    return replace(forward, equations=tuple(equations))


def _known_within(forward: Region, reverse: Region, available: Available, index: Var | None) -> Available:
    """What the reverse of an inner region may read for nothing of this region, and of those around it."""
    known = {*_needed(forward, reverse), index}
    own = set(_defined(forward))

    def free(a: Atom) -> bool:
        return not isinstance(a, Var) or a in known or (a not in own and available(a))

    for equation in forward.equations:
        if is_cheap(equation) and all(map(free, equation.operands)):
            known.update(equation.results)
    return free


def _tape(var: Var) -> Tape:
    made = [Var(ListOf(var.type), f"{var.name}_tape" if var.name else "tape") for _ in range(4)]
    return Tape(*made)


def _like(var: Var) -> Var:
    return Var(var.type, var.name)


def _appending(region: Region, tapes: dict[Var, Tape]) -> list[Equation]:
    """The equations of a region; what is recorded is appended to its tape where it is defined."""
    equations = [_append(tapes[p], p, None) for p in region.parameters if p in tapes]
    for equation in region.equations:
        equations.append(equation)
        equations += [_append(tapes[v], v, equation) for v in equation.results if v in tapes]
    return equations


def _append(tape: Tape, var: Var, after: Equation | None) -> Equation:
    assert isinstance(tape.end, Var)
    span = after.span if after is not None else None
    return Equation("list_append", (tape.start, var), (tape.end,), span=span, role="record")


def _pop(tape: Tape, var: Atom) -> Equation:
    assert isinstance(tape.rest, Var) and isinstance(var, Var)
    return Equation("list_pop", (tape.full,), (var, tape.rest), role="adjoint")


def _again(equations: tuple[Equation, ...], values: dict[Atom, Atom]) -> list[Equation]:
    """Copies of equations for the reversed body; `values` learns what their results are there."""
    copies = []
    for equation in equations:
        result = Var(equation.result.type, equation.result.name)
        operands = tuple(values.get(a, a) for a in equation.operands)
        copies.append(replace(equation, operands=operands, results=(result,), role="adjoint"))
        values[equation.result] = result
    return copies


# ---- loops


def _loop(equation: Equation, partner: Equation, available: Available | None) -> TapedPair:
    """Record in a loop: thread the tapes through it, from where the outermost loop begins."""
    body, back = equation.regions[-1], partner.regions[-1]
    hand = Hand(slots(equation))
    if equation.op == "for":
        hand.index = body.parameters[0]
        hand.values[hand.index] = back.parameters[0]
    side = _taping(body, back, lambda _: True, hand)
    equation = replace(equation, regions=(*equation.regions[:-1], side.forward))
    entered = {v: _entered(slot, hand.values[v]) for v, slot in hand.carried.values()}
    told = tuple(known for _, known in entered.values() if known is not None)
    partner = replace(partner, regions=(replace(side.reverse, equations=(*told, *side.reverse.equations)),))
    passed = [Tape(*(_like(tape.start) for _ in range(4))) for tape in side.tapes]
    pairs = list(zip(side.tapes, passed, strict=True))
    equation = _with_slots(equation, [(out.start, t.start, t.end, out.end) for t, out in pairs])
    carried = [
        (slot.result, entered[v][0], hand.popped[p], _like(slot.result)) for p, (v, slot) in hand.carried.items()
    ]
    brought = {slot.initial: left for (_, slot), (*_, left) in zip(hand.carried.values(), carried, strict=True)}
    tapes = [(out.full, t.full, t.rest, out.rest) for t, out in pairs]
    partner = _with_slots(partner, [*carried, *tapes])
    if available is not None:
        return TapedPair([equation], [partner], passed, brought={a: v for a, v in brought.items() if a is not None})
    fresh = [Equation("list_new", (), (t.start,), {"element": _element(t)}, role="record") for t in passed]
    filled: dict[Atom, Atom] = {t.full: t.end for t in passed}
    partner = replace(partner, operands=tuple(filled.get(a, a) for a in partner.operands))
    return TapedPair([*fresh, equation], [partner])


def _entered(slot: Slot, value: Atom) -> tuple[Var, Equation | None]:
    """The parameter through which a reversed loop carries a value, and what makes the value of it: where less is known
    of what a loop carries than of what a turn yields for it."""
    assert isinstance(value, Var)
    if value.type.holds(slot.result.type):
        return value, None
    parameter = Var(slot.result.type, value.name)
    return parameter, Equation("known_as", (parameter,), (value,), {"to": value.type}, role="adjoint")


def _element(tape: Tape) -> Type:
    assert isinstance(tape.start.type, ListOf)
    return tape.start.type.element


def _with_slots(equation: Equation, more: list[tuple[Atom, Atom, Atom, Atom]]) -> Equation:
    """A loop that carries more: (initial, parameter in the body, yield, result) each."""
    if not more:
        return equation
    initial, parameters, yields, results = zip(*more, strict=True)
    regions = [
        Region((*r.parameters, *(map(_like, parameters))), r.equations, r.results) for r in equation.regions[:-1]
    ]
    body = equation.regions[-1]
    body = Region((*body.parameters, *parameters), body.equations, (*body.results, *yields))
    last = len(equation.results) - layout(equation).trailing
    return replace(
        equation,
        operands=(*equation.operands, *initial),
        regions=(*regions, body),
        results=(*equation.results[:last], *results, *equation.results[last:]),
    )

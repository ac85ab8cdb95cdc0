"""Iterators over what comes one by one: map, filter, zip, and those of itertools that need not see all items.

for a in takewhile(small, source):      ->      for a in source:
    total = total + a                               if not small(a): break
                                                    total = total + a

Each is a loop over its source, in a frame of its own, that hands its items on, as a generator does. So it reads its
source when it is run through, item by item, as Python does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial

from srcad.definitions import iterators
from srcad.frontend.containers.exhaustion import following, is_over, spend
from srcad.frontend.containers.iteration import (
    Indexed,
    Items,
    Streamed,
    Turn,
    counted,
    known_items,
    length,
    nth,
    row_of_dict,
    unsure_keys,
)
from srcad.frontend.containers.iteration import sequence as plain_sequence
from srcad.frontend.containers.operators import binary
from srcad.frontend.control.cursors import run_cursor
from srcad.frontend.control.loops import for_loop
from srcad.frontend.control.streams import hand_over, handing_on, is_generator, run_generator
from srcad.frontend.control.turns import left, unrolled
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import DictCell, FrameCell, InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, TRUE, Choice, Iter, Mixed, Ref, Static, Tup, Value
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import refuse_mixed, to_atom
from srcad.frontend.memory.branches import branch, negate, settled, truth
from srcad.frontend.memory.cursors import BEFORE, is_cursor
from srcad.frontend.memory.presence import has_key, present
from srcad.ops.arguments import length_dim
from srcad.ops.catalogue import static
from srcad.trace.builder import atom, const
from srcad.trace.nodes import Atom, Const, Var

Body = Callable[..., None]


def is_stream(m: Machine, value: Value) -> bool:
    """Whether the items of a value come one by one."""
    value = following(m, value)
    if isinstance(value, Iter):
        return (
            unsure_keys(m, value) is not None
            or value.kind in ALWAYS
            or (value.kind in PIPES and any(is_stream(m, part) for part in value.parts))
        )
    return is_generator(m, value) or is_cursor(m, value) or objects.special_method(m, value, "__next__") is not None


def stream(m: Machine, value: Value) -> Items | Indexed | Streamed:
    """How to run over a value. Of a stream nothing has run before the loop runs over it."""
    if isinstance(value, Ref) and isinstance(m.heap[value.cell], InstanceCell):
        made = objects.call_if_special(m, value, "__iter__")
        if made == value and objects.special_method(m, value, "__next__") is not None:
            made = m.call(Static(iterators.stepped), (value,))
        return plain_sequence(m, value) if made is None or made == value else stream(m, made)
    value = following(m, settled(m, value))
    if isinstance(value, Choice):
        return Streamed(partial(_run_either, m, value))
    if unsure_keys(m, value) is not None:
        return Streamed(partial(_run_keys, m, value))
    if not is_stream(m, value):
        return plain_sequence(m, value)
    if isinstance(value, Iter):
        return Items(()) if is_over(m, value) else Streamed(partial(_run_pipe, m, value), value)
    assert isinstance(value, Ref)
    return Streamed(partial(run_cursor if is_cursor(m, value) else run_generator, m, value))


def _run_either(m: Machine, value: Choice, turn: Turn) -> None:
    """One of two, by a condition of the run: the loop is read for each."""

    def over(one: Value) -> Value:
        for_loop(m, stream(m, one), turn)
        m.bind("$either", m.look("$broke") or FALSE)
        return NONE

    branch(m, value.condition, lambda: over(value.then), lambda: over(value.otherwise))
    m.bind("$break", m.look("$either") or FALSE)


def _run_keys(m: Machine, value: Value, turn: Turn) -> None:
    """A dict of which some keys may be missing: a turn for each that is there."""
    owner, kind = unsure_keys(m, value), value.kind if isinstance(value, Iter) else "keys"
    assert owner is not None

    def item(key: Hashable) -> Value:
        cell = m.cell(owner.cell, DictCell)
        turn(row_of_dict(m, kind, key, present(m, cell.entries()[key], KeyError(key))))
        return NONE

    def one(k: Value) -> None:
        cell = m.cell(owner.cell, DictCell)
        assert isinstance(k, Static)
        key = cell.items[k.value][0]
        where(m, truth(m, has_key(m, cell, key)), lambda: item(key), _nothing)

    unrolled(m, [Static(k) for k in range(len(m.cell(owner.cell, DictCell).items))], one)


def run_over(m: Machine, values: Value, turn: Turn) -> None:
    """for item in values: turn(item)."""
    for_loop(m, stream(m, values), turn)


def _run_pipe(m: Machine, value: Iter, turn: Turn) -> None:
    spend(m, value)
    code = replace(m.code, local_names=frozenset(), nonlocals=frozenset())
    frame = m.allocate(FrameCell(code, {}, m.stack.frames[-1]))
    with handing_on(m, frame, turn), m.stack.frame(frame):
        PIPES[value.kind](m, *value.parts)


def _run(m: Machine, values: Value, turn: Turn) -> Value:
    run_over(m, values, turn)
    return NONE


def _give(m: Machine, value: Value) -> Value:
    hand_over(m, value)
    return NONE


def _stop(m: Machine) -> Value:
    m.bind("$break", TRUE)
    return NONE


def where(m: Machine, condition: bool | Var, then: Callable[[], Value], otherwise: Callable[[], Value]) -> Value:
    """Read one side of a branch, or both."""
    if isinstance(condition, Var):
        return branch(m, condition, then, otherwise)
    return then() if condition else otherwise()


def _nothing() -> Value:
    return NONE


# ---- of one source


def _map(m: Machine, function: Value, *parts: Value) -> None:
    if len(parts) == 1:
        run_over(m, parts[0], lambda item: void(_give(m, m.call(function, (item,)))))
    else:
        _zipped(m, parts, False, lambda row: void(_give(m, m.call(function, row))))


def void(_value: Value) -> None:
    """Nobody looks at it."""


def _starmap(m: Machine, function: Value, rows: Value) -> None:
    run_over(m, rows, lambda row: void(_give(m, m.call(function, known_items(m, row, "arguments")))))


def _filter(m: Machine, function: Value, values: Value) -> None:
    def turn(item: Value) -> None:
        kept = truth(m, item if function == NONE else m.call(function, (item,)))
        where(m, kept, lambda: _give(m, item), _nothing)

    run_over(m, values, turn)


def _filter_false(m: Machine, function: Value, values: Value) -> None:
    def turn(item: Value) -> None:
        left_out = truth(m, item if function == NONE else m.call(function, (item,)))
        where(m, left_out, _nothing, lambda: _give(m, item))

    run_over(m, values, turn)


def _take_while(m: Machine, function: Value, values: Value, done: Value = FALSE) -> None:
    def turn(item: Value) -> None:
        going = truth(m, m.call(function, (item,)))
        where(m, going, lambda: _give(m, item), lambda: _stop(m))

    where(m, truth(m, done), _nothing, lambda: _run(m, values, turn))


def _drop_while(m: Machine, function: Value, values: Value, dropping: Value = TRUE) -> None:
    m.bind("$dropping", dropping)

    def begin() -> Value:
        m.bind("$dropping", FALSE)
        return NONE

    def ask(item: Value) -> Value:
        where(m, truth(m, m.call(function, (item,))), _nothing, begin)
        return NONE

    def turn(item: Value) -> None:
        where(m, truth(m, m.look("$dropping") or FALSE), lambda: ask(item), _nothing)
        where(m, truth(m, m.look("$dropping") or FALSE), _nothing, lambda: _give(m, item))

    run_over(m, values, turn)


def _slice(m: Machine, values: Value, start: Value, stop: Value, step: Value) -> None:
    """itertools.islice: behind the last item it asks for no further one."""
    first, by = (0 if start == NONE else to_atom(m, start)), _number(m, step, 1)
    end = None if stop == NONE else to_atom(m, stop)
    m.bind("$count", Static(0))

    def turn(item: Value) -> None:
        k = to_atom(m, m.look("$count") or Static(0))
        past = compared(m, "greater_equal", k, first)
        where(m, past, lambda: on_step(k, item), _nothing)
        after = arithmetic.add(m, k, const(1))
        m.bind("$count", arithmetic.number(m, after))
        if end is not None:
            where(m, compared(m, "less", after, end), _nothing, lambda: _stop(m))

    def on_step(k: Atom, item: Value) -> Value:
        offset = arithmetic.remainder(m, arithmetic.subtract(m, k, atom(first)), const(by))
        where(m, True if by == 1 else compared(m, "equal", offset, 0), lambda: _give(m, item), _nothing)
        return NONE

    def whole() -> Value:
        source = following(m, values)
        if start in (NONE, Static(0)) and by == 1 and stop != NONE and isinstance(source, Ref) and is_cursor(m, source):
            run_cursor(m, source, lambda item: void(_give(m, item)), most=stop)
        else:
            run_over(m, values, turn)
        return NONE

    where(m, True if end is None else compared(m, "greater", end, 0), whole, _nothing)


def _number(m: Machine, value: Value, default: int) -> int:
    return default if value == NONE else int(static(to_atom(m, value), "a step"))


def compared(m: Machine, op: str, a: object, b: object) -> bool | Var:
    """A comparison of numbers, known now or not."""
    x, y = (v.value if isinstance(v, Const) else v for v in (a, b))
    if isinstance(x, int) and isinstance(y, int):
        return {"less": x < y, "greater_equal": x >= y, "greater": x > y, "equal": x == y}[op]
    return m.emit(op, x, y)


def _pairs(m: Machine, values: Value, last: Value = BEFORE) -> None:
    m.bind("$last", last)

    def turn(item: Value) -> None:
        last = _last(m)
        if last != BEFORE:
            _give(m, Tup((last, item)))
        m.bind("$last", item)

    run_over(m, values, turn)


def _last(m: Machine) -> Value:
    last = m.look("$last")
    if isinstance(last, Mixed):
        refuse_mixed(m, last)  # a loop reads its first turn apart then
    assert last is not None
    return last


def _accumulate(m: Machine, values: Value, function: Value, initial: Value, so_far: Value = BEFORE) -> None:
    begun = so_far != BEFORE
    m.bind("$last", so_far if begun or initial == NONE else initial)

    def turn(item: Value) -> None:
        last = _last(m)
        new = item
        if last != BEFORE:
            new = binary(m, ast.Add(), last, item) if function == NONE else m.call(function, (last, item))
        m.bind("$last", new)
        _give(m, new)

    def whole() -> Value:
        return _run(m, values, turn)

    if initial != NONE and not begun:
        _give(m, initial)
    gone = truth(m, left(m))
    where(m, negate(m, gone) if isinstance(gone, Var) else not gone, whole, _nothing)


def _chain(m: Machine, *parts: Value) -> None:
    unrolled(m, list(parts), lambda part: run_over(m, part, lambda item: void(_give(m, item))))


def _chain_all(m: Machine, parts: Value) -> None:
    run_over(m, parts, lambda part: run_over(m, part, lambda item: void(_give(m, item))))


# ---- of several sources


def _zip(m: Machine, *parts: Value) -> None:
    _zipped(m, parts, False, lambda row: void(_give(m, Tup(row))))


def _zip_strict(m: Machine, *parts: Value) -> None:
    _zipped(m, parts, True, lambda row: void(_give(m, Tup(row))))


def _longest(m: Machine, fill: Value, *parts: Value) -> None:
    """itertools.zip_longest: how many items there are must be known; they are read when their turn comes."""
    columns = [plain_sequence(m, part) for part in parts]
    counts = [len(c.values) if isinstance(c, Items) else known_number(length(m, c)) for c in columns]

    def item(k: int, turn: int) -> Value:
        column = columns[k]
        if turn >= counts[k]:
            return fill
        return column.values[turn] if isinstance(column, Items) else nth(m, column, Static(turn))

    def row(turn: Value) -> None:
        assert isinstance(turn, Static)
        _give(m, Tup(tuple(item(k, turn.value) for k in range(len(columns)))))

    unrolled(m, [Static(k) for k in range(max(counts, default=0))], row)


def known_number(count: Atom) -> int:
    """How many items there are, which must be known by now."""
    dim = length_dim(count.type)
    return int(dim.offset) if dim.number is not None else int(static(count, "the number of items of zip_longest"))


def _enumerate(m: Machine, values: Value, start: Value = Static(0)) -> None:  # noqa: B008
    m.bind("$count", start)

    def turn(item: Value) -> None:
        k = m.look("$count") or start
        _give(m, Tup((k, item)))
        m.bind("$count", arithmetic.number(m, arithmetic.add(m, to_atom(m, k), const(1))))

    run_over(m, values, turn)


def _zipped(m: Machine, parts: tuple[Value, ...], strict: bool, turn: Callable[[tuple[Value, ...]], None]) -> None:
    """zip: the first of the streams is run through; of others one item is taken in each turn, after it or before it."""
    driver = next(k for k, part in enumerate(parts) if is_stream(m, part))
    others = {k: counted(m, plain_sequence(m, p)) for k, p in enumerate(parts) if not is_stream(m, p)}
    m.bind("$count", Static(0))

    def enough(k: int, count: Atom) -> bool | Var:
        return True if others[k].endless else compared(m, "less", count, length(m, others[k]))

    def short() -> Value:
        if strict:
            m.raises(ValueError("zip() has arguments of different lengths"))
        return _stop(m)

    def fill(row: tuple[Value, ...], count: Atom) -> Value:
        k = len(row)
        if k == len(parts):
            turn(row)
        elif k in others:
            item = others[k]
            if k < driver:
                return fill((*row, nth(m, item, arithmetic.number(m, count))), count)
            where(m, enough(k, count), lambda: fill((*row, nth(m, item, arithmetic.number(m, count))), count), short)
        else:
            m.ports.take(m, parts[k], lambda item: fill((*row, item), count), short)
        return NONE

    def one(item: Value) -> None:
        count = to_atom(m, m.look("$count") or Static(0))
        _filled_around(item, count)
        after = arithmetic.add(m, count, const(1))
        m.bind("$count", arithmetic.number(m, after))
        for k in range(driver):
            where(m, enough(k, after), _nothing, lambda: _stop(m))

    def _filled_around(item: Value, count: Atom) -> None:
        before = tuple(nth(m, others[k], arithmetic.number(m, count)) for k in range(driver))
        fill((*before, item), count)

    def start(k: int) -> Value:
        if k == driver:
            run_over(m, parts[driver], one)
        else:
            where(m, enough(k, const(0)), lambda: start(k + 1), _nothing)
        return NONE

    start(0)
    if strict and len(others) < len(parts) - 1:
        m.refuse("zip(strict=True) of several generators isn't supported", do="make lists of them.")
    for k in others if strict else ():
        where(m, enough(k, to_atom(m, m.look("$count") or Static(0))), short, _nothing)


PIPES: dict[str, Body] = {
    "map": _map,
    "zip": _zip,
    "zip strict": _zip_strict,
    "enumerate": _enumerate,
    "zip_longest": _longest,
    "starmap": _starmap,
    "filter": _filter,
    "filterfalse": _filter_false,
    "takewhile": _take_while,
    "dropwhile": _drop_while,
    "islice": _slice,
    "chain": _chain,
    "chain all": _chain_all,
    "pairwise": _pairs,
    "accumulate": _accumulate,
}
ALWAYS = frozenset(PIPES) - {"map", "zip", "zip strict", "enumerate", "starmap"}

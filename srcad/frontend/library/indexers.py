"""np.r_, np.c_, np.s_, np.index_exp, np.mgrid and np.ogrid: what they make of a subscript."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NoReturn

import numpy as np

from srcad.definitions.numpy.grids import dense, joined, open_mesh
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Slice, Static, Tup, Value
from srcad.frontend.memory.arrays import is_run_time_tuple

DO = "use np.concatenate or np.stack."


def _joined(axis: int, rank: int, place: int) -> Callable[[Machine, Value], Value]:
    """np.r_ and np.c_."""

    def read(m: Machine, key: Value) -> Value:
        if is_run_time_tuple(m, key):
            m.refuse("np.r_ or np.c_ of a tuple whose length is known at run time only", do=DO)
        parts = key.items if isinstance(key, Tup) else (key,)
        where = (axis, rank, place)
        if parts and isinstance(parts[0], Static) and isinstance(parts[0].value, str):
            where, parts = _directive(m, parts[0].value, where), parts[1:]
        spans = tuple(isinstance(part, Slice) for part in parts)
        made = Tup(tuple(_row(m, part) if isinstance(part, Slice) else part for part in parts))
        return m.call(Static(joined), (made, Tup(tuple(map(Static, spans))), *map(Static, where)))

    return read


def _directive(m: Machine, text: str, default: tuple[int, int, int]) -> tuple[int, int, int]:
    """np.r_["axis,rank,place", ...]."""
    words = text.split(",")
    if not all(word.strip().removeprefix("-").isdigit() for word in words):
        _refuse_matrix(m, text)
    given = tuple(map(int, words))
    return (*given, *default[len(given) :])[:3]  # type: ignore[return-value]


def _refuse_matrix(m: Machine, text: str) -> NoReturn:
    m.refuse(f"np.r_ and np.c_ with {text!r}, which make a matrix", do=DO)


def _row(m: Machine, span: Slice) -> Value:
    """start:stop:step, or start:stop:count with an imaginary count."""
    start = Static(0) if span.start == Static(None) else span.start
    step = Static(1) if span.step == Static(None) else span.step
    if isinstance(step, Static) and isinstance(step.value, complex):
        return m.call(Static(np.linspace), (start, span.stop, Static(int(abs(step.value)))))
    return m.call(Static(np.arange), (start, span.stop, step))


def _grid(program: Callable[..., object]) -> Callable[[Machine, Value], Value]:
    def read(m: Machine, key: Value) -> Value:
        parts = key.items if isinstance(key, Tup) else (key,)
        spans = [part for part in parts if isinstance(part, Slice)]
        if len(spans) < len(parts):
            m.refuse("a grid of something that isn't a slice", do="write start:stop:step for each axis.")
        rows = tuple(_row(m, span) for span in spans)
        return m.call(Static(program), (Tup(rows),)) if isinstance(key, Tup) else rows[0]

    return read


def _as_tuple(_m: Machine, key: Value) -> Value:
    return key if isinstance(key, Tup) else Tup((key,))


INDEXERS: dict[Hashable, Callable[[Machine, Value], Value]] = {
    np.r_: _joined(0, 1, -1),
    np.c_: _joined(-1, 2, 0),
    np.s_: lambda _m, key: key,
    np.index_exp: _as_tuple,
    np.mgrid: _grid(dense),
    np.ogrid: _grid(open_mesh),
}

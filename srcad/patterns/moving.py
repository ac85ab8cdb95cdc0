"""Operations that move numbers and compute none: done to the sets in the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import SupportsIndex, cast

import numpy as np

from srcad.ops.meaning import subscript
from srcad.patterns.dependent import Case, Nested, as_ids, filled, items, shape_of
from srcad.patterns.sets import Ids

# ---- by the operation itself


def _first(case: Case) -> Nested:
    """Operand 0 is moved; the others say where to."""
    return case.moved(case.full(0), *case.values[1:], **case.params)


def _every(case: Case) -> Nested:
    """All operands are put together. The sets are integers whatever the dtype is to be."""
    params = {name: value for name, value in case.params.items() if name != "dtype"}
    return case.moved(*(_full(v, ids) for v, ids in zip(case.values, case.ids, strict=True)), **params)


def _full(value: object, ids: Nested) -> Ids | list[Nested]:
    """Sets in the shape of a value; nested lists stay so."""
    if isinstance(value, (list, tuple)):
        return [_full(v, i) for v, i in zip(value, items(ids, len(value)), strict=True)]
    return filled(ids, shape_of(value))


def _padded(case: Case) -> Nested:
    """What is put around is a constant, or a copy of what is inside."""
    if case.params.get("mode", "constant") in ("mean", "median", "maximum", "minimum", "linear_ramp", "empty"):
        return case.everything()
    params = {name: value for name, value in case.params.items() if name != "constant_values"}
    return case.moved(case.full(0), **params)


def _stretched(case: Case) -> Nested:
    """One value in many places: the sets broadcast."""
    return filled(case.ids[0], case.shape)


def _filled_like(case: Case) -> Nested:
    return filled(case.ids[1], case.shape)


def _number(case: Case) -> Nested:
    """The only element."""
    return case.sets.all_of(case.own(0))


def _sorted(case: Case) -> Nested:
    """In the order of the values, equal ones as they stood."""
    axis = case.params.get("axis", -1)
    if axis is None:
        return case.everything()
    argsort = cast("Callable[..., Ids]", np.argsort)  # that there is an order downwards is new in NumPy 2.5
    down = {"descending": True} if case.params.get("descending") else {}
    order = argsort(np.asarray(case.values[0]), axis=axis, stable=True, **down)
    return np.take_along_axis(case.full(0), order, axis=axis)


# ---- stores


def _stored(case: Case) -> Nested:
    ids = np.array(case.full(0))
    ids[subscript(case.params["index"], case.values[2:])] = _value_ids(case)
    return ids


def _value_ids(case: Case) -> Ids:
    """The sets of what is stored, which may be a list."""
    return np.array(_full(case.values[1], case.ids[1]), np.int64)


def _added(case: Case) -> Nested:
    """The union at each place of what was there and all that is added to it."""
    key = subscript(case.params["index"], case.values[2:])
    ids = np.array(case.full(0))
    if not any(isinstance(part, (list, np.ndarray)) for part in key):
        ids[key] = case.sets.union(ids[key], _value_ids(case))
        return ids
    places = np.arange(ids.size).reshape(ids.shape)[key]
    added = np.broadcast_to(_value_ids(case), places.shape)
    reached, owners = np.unique(places, return_inverse=True)
    more = case.sets.groups(owners, added, reached.size)
    np.put(ids, reached, case.sets.union(np.take(ids, reached), more))
    return ids


# ---- lists


def _list_to_array(case: Case) -> Nested:
    return np.array(_full(case.values[0], case.ids[0]), np.int64)


def _rows(case: Case) -> Nested:
    """An array as a list of rows, or of lists of rows."""
    ids, depth = case.full(0), case.params.get("depth", 1)
    return _listed(ids, depth)


def _listed(ids: Ids, depth: int) -> Nested:
    return [_listed(row, depth - 1) for row in ids] if depth else as_ids(ids)


def _added_in_list(case: Case) -> Nested:
    result, place = case.result, case.values[2]
    assert isinstance(result, (list, tuple)) and isinstance(place, SupportsIndex)
    found = list(items(case.ids[0], len(result)))
    found[place] = _joined(case, found[place], case.ids[1])
    return found


def _joined(case: Case, a: Nested, b: Nested) -> Nested:
    if isinstance(a, (list, tuple)):
        return [_joined(case, *pair) for pair in zip(a, items(b, len(a)), strict=True)]
    if isinstance(b, (list, tuple)):
        return [_joined(case, a, item) for item in b]
    return case.sets.union(a, b)


_FIRST: tuple[str, ...] = ("get_item", "reshape", "reshape_like", "with_dims", "ravel", "flatten", "transpose")
_FIRST += ("expand_dims", "squeeze", "roll", "flip", "diagonal", "diag", "triu", "tril", "take_along_axis")
_FIRST += ("split", "split_like", "tile", "repeat")

TABLE: dict[str, Callable[[Case], Nested]] = {
    **dict.fromkeys(_FIRST, _first),
    **dict.fromkeys(("concatenate", "concatenate_list", "stack", "array"), _every),
    **dict.fromkeys(("broadcast_to", "materialise", "full"), _stretched),
    **dict.fromkeys(("to_float", "item", "as_float"), _number),
    "full_like": _filled_like,
    "pad": _padded,
    "sort": _sorted,
    "set_item": _stored,
    "add_item": _added,
    "list_to_array": _list_to_array,
    "array_to_list": _rows,
    "list_add": _added_in_list,
}

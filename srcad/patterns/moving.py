"""Operations that move numbers and compute none: done to the sets in the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcad.ops.meaning import subscript
from srcad.patterns.dependent import Case, filled
from srcad.patterns.sets import NONE

# ---- by the operation itself


def _first(case: Case) -> Any:
    """Operand 0 is moved; the others say where to."""
    return case.plain(case.full(0), *case.values[1:], **case.params)


def _every(case: Case) -> Any:
    """All operands are put together. The sets are integers whatever the dtype is to be."""
    params = {name: value for name, value in case.params.items() if name != "dtype"}
    return case.plain(*(_full(v, ids) for v, ids in zip(case.values, case.ids, strict=True)), **params)


def _full(value: Any, ids: Any) -> Any:
    """Sets in the shape of a value; nested lists stay so."""
    if isinstance(value, (list, tuple)):
        inner = ids if isinstance(ids, (list, tuple)) else [ids] * len(value)
        return [_full(v, i) for v, i in zip(value, inner, strict=True)]
    return filled(ids, np.shape(value))


def _padded(case: Case) -> Any:
    """What is put around is a constant, or a copy of what is inside."""
    if case.params.get("mode", "constant") in ("mean", "median", "maximum", "minimum", "linear_ramp", "empty"):
        return case.everything()
    params = {name: value for name, value in case.params.items() if name != "constant_values"}
    return case.plain(case.full(0), **params)


def _stretched(case: Case) -> Any:
    """One value in many places: the sets broadcast."""
    return filled(case.ids[0], case.shape)


def _filled_like(case: Case) -> Any:
    return filled(case.ids[1], case.shape)


def _number(case: Case) -> Any:
    """The only element."""
    return case.sets.all_of(case.ids[0])


def _sorted(case: Case) -> Any:
    """In the order of the values, equal ones as they stood."""
    axis = case.params.get("axis", -1)
    if axis is None:
        return case.everything()
    order = np.argsort(case.values[0], axis=axis, kind="stable")
    return np.take_along_axis(case.full(0), order, axis=axis)


# ---- stores


def _stored(case: Case) -> Any:
    ids = np.array(case.full(0))
    ids[subscript(case.params["index"], case.values[2:])] = _value_ids(case)
    return ids


def _value_ids(case: Case) -> Any:
    """The sets of what is stored, which may be a list."""
    return np.array(_full(case.values[1], case.ids[1]))


def _added(case: Case) -> Any:
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


def _list_to_array(case: Case) -> Any:
    return np.array(_full(*case.values, *case.ids), np.int64)


def _rows(case: Case) -> Any:
    """An array as a list of rows, or of lists of rows."""
    ids, depth = case.full(0), case.params.get("depth", 1)
    return _listed(ids, depth)


def _listed(ids: Any, depth: int) -> Any:
    return [_listed(row, depth - 1) for row in ids] if depth else ids


def _added_in_list(case: Case) -> Any:
    items, value, i = case.ids[0], case.ids[1], int(case.values[2])
    items = list(items) if isinstance(items, (list, tuple)) else [NONE] * len(case.result)
    items[i] = _joined(case, items[i], value)
    return items


def _joined(case: Case, a: Any, b: Any) -> Any:
    if not isinstance(a, (list, tuple)) and not isinstance(b, (list, tuple)):
        return case.sets.union(a, b)
    count = len(a if isinstance(a, (list, tuple)) else b)
    pairs = zip(_items(a, count), _items(b, count), strict=True)
    return [_joined(case, *pair) for pair in pairs]


def _items(ids: Any, count: int) -> Sequence[Any]:
    return ids if isinstance(ids, (list, tuple)) else [ids] * count


_FIRST: tuple[str, ...] = ("get_item", "reshape", "reshape_like", "with_dims", "ravel", "flatten", "transpose")
_FIRST += ("expand_dims", "squeeze", "roll", "flip", "diagonal", "diag", "triu", "tril", "take_along_axis")
_FIRST += ("split", "split_like", "tile", "repeat")

TABLE: dict[str, Callable[[Case], Any]] = {
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

"""Stores that add: `x[i] = x[i] + w` becomes `x[i] += w`; and reading what has just been stored."""

from __future__ import annotations

import numpy as np

from srcad.trace.nodes import Atom, Const, Equation
from srcad.trace.types import dims_of, dtype_of
from srcad.transform.simplify.folder import Folded, Folder, Rules, derived, number
from srcad.transform.simplify.similar import same_kind, same_type, same_value

folds = Rules()

FANCY = ("array", "object")


@folds("set_item")
def store_sum(folder: Folder, equation: Equation) -> Folded:
    """x[i] = x[i] + w, w + x[i], or x[i] - w, for basic subscripts (a fancy one may name a place twice)."""
    x, value, *_ = equation.operands
    total = folder.maker(value, "add", once=True)
    if total is not None:
        a, b = total.operands
        for place, addend in ((a, b), (b, a)):
            if is_place(folder, equation, place) and stays_in_place(place, value, x):
                return added(equation, addend)
    difference = folder.maker(value, "subtract", once=True)
    if difference is not None:
        place, subtrahend = difference.operands
        if is_place(folder, equation, place) and stays_in_place(place, value, x) and has_opposite(subtrahend):
            return added(equation, opposite(folder, difference, subtrahend))
    return None


def added(store: Equation, addend: Atom) -> Equation:
    x, _, *index = store.operands
    return derived(store, "add_item", (x, addend, *index), params=store.params)


def is_place(folder: Folder, store: Equation, atom: Atom) -> bool:
    """Whether the atom is read from just the place that is stored to, in the array as it is before the store."""
    read = folder.maker(atom, "get_item")
    return read is not None and read.operands[0] is store.operands[0] and same_subscript(read, store)


def same_subscript(read: Equation, store: Equation) -> bool:
    """Whether two equations have one and the same basic subscript."""
    template, indices = read.params["index"], read.operands[1:]
    if template != store.params["index"] or any(entry[0] in FANCY for entry in template):
        return False
    return len(indices) == len(store.operands) - 2 and all(map(same_value, indices, store.operands[2:]))


def stays_in_place(place: Atom, total: Atom, x: Atom) -> bool:
    """Whether the sum has the shape of the place and the dtype of the array: nothing is cast or stretched."""
    known = dims_of(place.type), dims_of(total.type)
    if dtype_of(total.type) != dtype_of(x.type) or dtype_of(x.type) is None or None in known:
        return False
    return len(known[0] or ()) == len(known[1] or ()) and same_length(known[0] or (), known[1] or ())


def same_length(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    return a == b and all(getattr(d, "known", False) for d in a)


def has_opposite(atom: Atom) -> bool:
    """Whether x - w is x + (-w): for all but unsigned and the least of signed ints."""
    dtype = dtype_of(atom.type)
    return dtype is not None and (np.dtype(dtype).kind in "fc" or type(number(atom)) is int)


def opposite(folder: Folder, like: Equation, atom: Atom) -> Atom:
    if isinstance(atom, Const) and number(atom) is not None:
        return Const(-atom.value, atom.type)
    return folder.emit(like, "negative", atom)


@folds("get_item")
def read_what_was_stored(folder: Folder, equation: Equation) -> Folded:
    """x[i] after x[i] = v is v, where storing neither cast nor stretched it."""
    store = folder.maker(equation.operands[0], "set_item")
    if store is None or not same_subscript(equation, store):
        return None
    value = store.operands[1]
    if not same_kind(value.type, equation.result.type) or not same_type(value.type, equation.result.type):
        return None
    return value

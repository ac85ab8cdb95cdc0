"""The built-in functions on numbers, and those that reduce a sequence to one: sum, max, any."""

from __future__ import annotations

import ast
import builtins
import functools
import math
import warnings
from collections.abc import Callable, Hashable
from functools import partial

import numpy as np

from srcad.definitions import orders
from srcad.frontend.containers.comparisons import compare
from srcad.frontend.containers.iteration import Indexed, Items, known_items, sequence
from srcad.frontend.containers.operators import binary, number_result, wrap
from srcad.frontend.control.collecting import accumulate, taken, to_list
from srcad.frontend.control.pipes import is_stream
from srcad.frontend.core.cells import GrownCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.suspended import GeneratorCell, Progress
from srcad.frontend.core.values import FALSE, NONE, ArrayRef, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.core.walk import known_values
from srcad.frontend.library.lowered import lower
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import grown_array, new_array, to_number
from srcad.frontend.memory.branches import both, branch, either, python_bool, truth
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import FLOAT, Array, ListOf, Scalar, Unknown, rank_of


def _abs(m: Machine, x: Value) -> Value:
    special = objects.call_if_special(m, x, "__abs__")
    if special is not None:
        return special
    return Static(abs(x.value)) if isinstance(x, Static) else number_result(m, "absolute", x)


def _pow(m: Machine, base: Value, exp: Value, mod: Value = NONE) -> Value:
    power = binary(m, ast.Pow(), base, exp)
    return power if mod == NONE else binary(m, ast.Mod(), power, mod)


def _divmod(m: Machine, a: Value, b: Value) -> Value:
    return Tup((binary(m, ast.FloorDiv(), a, b), binary(m, ast.Mod(), a, b)))


def _round(m: Machine, number: Value, ndigits: Value = NONE) -> Value:
    if isinstance(number, Static) and isinstance(ndigits, Static):
        return Static(round(number.value, ndigits.value))
    if isinstance(number, ArrayRef):
        m.raises(TypeError("type numpy.ndarray doesn't define __round__ method"))
    special = objects.call_if_special(m, number, "__round__", *(() if ndigits == NONE else (ndigits,)))
    if special is not None:
        return special
    if ndigits == NONE:
        return _int(m, lower(m, np.round, (number,), {}))
    return lower(m, np.round, (number, ndigits), {})


def _float(m: Machine, x: Value = Static(0.0)) -> Value:  # noqa: B008
    if isinstance(x, Static):
        return _static_call(m, float, x)
    special = objects.call_if_special(m, x, "__float__")
    if special is not None:
        return special
    if isinstance(x, Obj):
        if m.is_active(x.var):
            m.refuse_object(x.var)
        return Num(m.emit("as_float", x.var))
    atom = to_number(m, x)
    if isinstance(atom, Const):
        return Static(float(atom.value))
    element = isinstance(atom.type, Array)
    if element:
        atom = _number_item(m, atom)
    if atom.type.dtype == "float64":  # Python's float, which raises where NumPy's gives inf
        return wrap(m, atom if atom.type == FLOAT else m.emit("to_float", atom))
    return wrap(m, atom if element else m.emit("cast", atom, dtype="float64"))


def _takes_vectors() -> bool:
    """Whether the version of NumPy makes a number of a vector of one element."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            float(np.ones(1))
    except TypeError:
        return False
    return True


_TAKES_VECTORS = _takes_vectors()


def _number_item(m: Machine, atom: Atom) -> Atom:
    """The number in an array of one element; of another array the run raises, as float(x) does."""
    if rank_of(atom.type) and not _TAKES_VECTORS:
        m.raises(TypeError("only 0-dimensional arrays can be converted to Python scalars"))
    whole = atom if rank_of(atom.type) == 0 else m.emit("reshape", atom)
    return m.emit("get_item", whole, index=())


def _static_call(m: Machine, f: Callable[..., object], *args: Static) -> Value:
    try:
        return Static(f(*(a.value for a in args)))
    except (TypeError, ValueError, OverflowError) as error:
        m.raises(error)


_OF_WHOLE_NUMBERS = frozenset((math.factorial, math.comb, math.perm, math.gcd, math.lcm, math.isqrt))


def of_known_numbers(m: Machine, f: object, given: Arguments) -> Value | None:
    """A function of whole numbers that are all known: so is what it gives. Of others the run calls it."""
    if not isinstance(f, Hashable) or f not in _OF_WHOLE_NUMBERS or given.keywords:
        return None
    known = [value for value in given.args if isinstance(value, Static) and isinstance(value.value, int)]
    return _static_call(m, f, *known) if callable(f) and len(known) == len(given.args) else None


def _int(m: Machine, x: Value = Static(0)) -> Value:  # noqa: B008
    match x:
        case Static():
            return _static_call(m, int, x)
        case Obj():
            if m.is_active(x.var):
                m.refuse_object(x.var)
            return Num(m.emit("as_int", x.var))
    atom = to_number(m, x)
    if isinstance(atom.type, Scalar) and atom.type.dtype == "int64":
        return wrap(m, atom)
    return wrap(m, m.emit("as_int", atom))


def _bool(m: Machine, x: Value = FALSE) -> Value:
    return python_bool(m, x)


def _extreme(name: str) -> Callable[..., Value]:
    pick = getattr(builtins, name)

    def lowered(m: Machine, *args: Value, key: Value = NONE, default: Value | None = None) -> Value:
        values = args if len(args) > 1 else None
        if values is None and key == NONE and isinstance(args[0], (ArrayRef, Num)):
            return _extreme_of_array(m, args[0], name, default)
        items = sequence(m, args[0]) if values is None else Items(values)
        if isinstance(items, Indexed):
            return _extreme_of_list(m, args[0], name, key, default)
        if len(items.values) == 1 and key == NONE:
            return items.values[0]
        if not items.values:
            return default if default is not None else m.raises(ValueError(f"{name}() arg is an empty sequence"))
        if key != NONE or any(_has_parts(m, value) for value in items.values):
            return _extreme_by_key(m, items.values, key, name == "min")
        known = known_values(items.values)
        if known is not None:
            return Static(pick(known))
        return functools.reduce(partial(_extreme_of_two, m, name), items.values)

    return lowered


def _extreme_of_two(m: Machine, name: str, one: Value, other: Value) -> Value:
    """One of the two as it is, a number of Python's or of NumPy's; of ints of Python's what they count is known."""
    atoms = [_plain_number(m, value) for value in (one, other)]
    whole = all(a.type.is_python and a.type.dtype == "int64" for a in atoms)
    return wrap(m, m.emit(f"{name}imum" if whole else f"python_{name}", *atoms))


def _plain_number(m: Machine, value: Value) -> Atom:
    atom = to_number(m, value)
    return m.emit("get_item", atom, index=()) if isinstance(atom.type, Array) else atom


def _has_parts(m: Machine, value: Value) -> bool:
    """Whether a value is compared by a method, or part by part; an array is by its one element, or can't be."""
    if isinstance(value, (Tup, Ref)):
        return True
    return isinstance(value, ArrayRef) and rank_of(to_number(m, value).type) != 0


def _extreme_of_array(m: Machine, array: Value, name: str, default: Value | None) -> Value:
    if rank_of(to_number(m, array).type) != 1:
        rows = known_items(m, array, "the number of rows that are compared")
        return m.call(Static(getattr(builtins, name)), (Tup(rows),), {} if default is None else {"default": default})
    if default is None:
        return lower(m, getattr(np, name), (array,), {})
    some = truth(m, compare(m, ast.Gt(), objects.get_attribute(m, array, "size"), Static(0)))
    if isinstance(some, Var):
        return branch(m, some, lambda: _extreme_of_array(m, array, name, None), partial(_given, default))
    return _extreme_of_array(m, array, name, None) if some else default


def _extreme_of_list(m: Machine, values: Value, name: str, key: Value, default: Value | None) -> Value:
    """Of as many values as the run knows: of numbers by NumPy, of anything else one after the other."""
    made = to_list(m, values)
    if default is not None:
        some = truth(m, made)
        if isinstance(some, Var):
            return branch(m, some, lambda: _extreme_of_list(m, made, name, key, None), partial(_given, default))
    cell: object = m.heap[made.cell]
    if key == NONE:
        if not isinstance(cell, GrownCell):
            return lower(m, getattr(np, name), (new_array(m, to_number(m, made)),), {})
        if isinstance(cell.var.type, ListOf) and isinstance(cell.var.type.element, (Scalar, Unknown)):
            found = lower(m, getattr(np, name), (new_array(m, grown_array(m, cell.var)),), {})
            return _float(m, found) if cell.var.type.element == FLOAT else found
    by = Static(orders.itself) if key == NONE else key
    return m.call(Static(orders.smallest if name == "min" else orders.largest), (made, by))


def _given(value: Value) -> Value:
    return value


def _extreme_by_key(m: Machine, values: tuple[Value, ...], key: Value, smallest: bool) -> Value:
    best, best_key = values[0], values[0] if key == NONE else m.call(key, (values[0],))
    for value in values[1:]:
        its_key = value if key == NONE else m.call(key, (value,))
        better = compare(m, ast.Lt() if smallest else ast.Gt(), its_key, best_key)
        known = truth(m, better)
        if isinstance(known, Var):
            sides = Tup((value, its_key)), Tup((best, best_key))
            pair = branch(m, known, partial(_given, sides[0]), partial(_given, sides[1]))
            assert isinstance(pair, Tup)
            best, best_key = pair.items
        elif known:
            best, best_key = value, its_key
    return best


def _sum(m: Machine, values: Value, start: Value = Static(0)) -> Value:  # noqa: B008
    return accumulate(m, values, start)


def as_array(m: Machine, values: Value) -> Value:
    return new_array(m, to_number(m, to_list(m, values)))


def _fsum(m: Machine, values: Value) -> Value:
    array = to_number(m, values if isinstance(values, ArrayRef) else as_array(m, values))
    return Num(m.emit("fsum", array))


def _any(m: Machine, values: Value) -> Value:
    return _fold_bools(m, values, either, FALSE, np.any)


def _all(m: Machine, values: Value) -> Value:
    return _fold_bools(m, values, both, Static(True), np.all)


def _fold_bools(m: Machine, values: Value, combine: Callable[..., Value], empty: Value, reduction: object) -> Value:
    """Any and all: of items that come one by one, no more are taken than are needed, where that is seen."""
    if is_stream(m, values):
        before, own = dict(m.heap), {values.refers_to(), *_frames(m, values)}
        whole = m.apart(lambda: _folded(m, values, combine, empty, reduction))
        if any(whole.heap.get(k) is not cell for k, cell in before.items() if k not in own):
            return m.call(Static(orders.any_of if reduction is np.any else orders.all_of), (values,))
    return _folded(m, values, combine, empty, reduction)


def _frames(m: Machine, values: Value) -> tuple[int, ...]:
    """The frame of a generator, which nobody sees."""
    cell = m.content(values)
    return (cell.frame,) if isinstance(cell, GeneratorCell) and cell.progress is Progress.FRESH else ()


def _folded(m: Machine, values: Value, combine: Callable[..., Value], empty: Value, reduction: object) -> Value:
    values = taken(m, values)
    items = sequence(m, values)
    if isinstance(items, Items):
        result: Value = empty
        for value in items.values:
            result = combine(m, result, lambda v=value: python_bool(m, v))
        return result
    array = values if isinstance(values, ArrayRef) else as_array(m, values)
    return python_bool(m, lower(m, reduction, (array,), {}))


def _prod(m: Machine, values: Value, start: Value = Static(1)) -> Value:  # noqa: B008
    return accumulate(m, values, start, ast.Mult())


NUMBERS: dict[Hashable, Callable[..., Value]] = {
    abs: _abs,
    pow: _pow,
    divmod: _divmod,
    round: _round,
    float: _float,
    int: _int,
    bool: _bool,
    max: _extreme("max"),
    min: _extreme("min"),
    sum: _sum,
    any: _any,
    all: _all,
    math.prod: _prod,
    math.fsum: _fsum,
}

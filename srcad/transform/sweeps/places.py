"""Adjoints of loads: what a subscript costs is the size of the place, not that of the array.

The adjoint of a load adds into the place of the adjoint that the sweep owns already, rather than to make an array of
zeros with the place filled in and to add that.
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Equation, Var
from srcad.trace.types import Type, dtype_of, is_complex, rank_of
from srcad.transform.sweeps.sweep import Sweep
from srcad.transform.sweeps.unbroadcast import Bar

FULL_SLICE = ("slice", None, None, None)


def reverse_get_item(sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """`y = x[index]`: x_bar[index] += y_bar."""
    (bar,), (x, *index) = bars, equation.operands
    if bar is None or not isinstance(x, Var) or not sweep.active(x):
        return
    template = _explicit(equation.params["index"], x.type)
    if template is not None and all(entry in (FULL_SLICE, ("newaxis",)) for entry in template):
        sweep.add(x, _without_new_axes(sweep.b, bar.value, equation.result.type, template), whole=bar.whole)
        return
    sum_so_far = sweep.whole(sweep.bars.get(x), x)
    if is_complex(bar.value.type) and not is_complex(sum_so_far.type):  # no real number holds a complex one
        sum_so_far = sweep.b.emit("cast", sum_so_far, dtype=dtype_of(x.type))
    added = sweep.b.emit("add_item", sum_so_far, bar.value, *index, index=equation.params["index"])
    sweep.put(x, Bar(added, whole=True))


def reverse_list_get(sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """`y = l[i]`: l_bar[i] += y_bar."""
    (bar,), (items, index) = bars, equation.operands
    if not isinstance(items, Var) or not sweep.active(items):
        return
    sum_so_far = sweep.whole(sweep.bars.get(items), items)
    element = sweep.whole(bar, equation.result)
    sweep.put(items, Bar(sweep.b.emit("list_add", sum_so_far, element, index), whole=True))


def _explicit(template: tuple[tuple[object, ...], ...], x: Type) -> tuple[tuple[object, ...], ...] | None:
    """The template with an entry for each axis of x; None where its rank isn't known."""
    rank = rank_of(x)
    if rank is None or any(entry[0] in ("array", "object") for entry in template):
        return None
    used = sum(entry[0] not in ("newaxis", "ellipsis") for entry in template)
    rest = (FULL_SLICE,) * (rank - used)
    if not any(entry == ("ellipsis",) for entry in template):
        return (*template, *rest)
    k = template.index(("ellipsis",))
    return (*template[:k], *rest, *template[k + 1 :])


def _without_new_axes(b: Builder, g: Atom, result: Type, template: tuple[tuple[object, ...], ...]) -> Atom:
    """Take the axes that the template made away again, as far as the adjoint has them."""
    rank = rank_of(g.type)
    if rank is None:
        return b.emit("sum_to", g, axes=tuple(k for k, e in enumerate(template) if e == ("newaxis",)), keep=())
    present = template[len(template) - rank :]
    if not result.is_array or ("newaxis",) not in present:
        return g
    index = tuple(("int", 0) if entry == ("newaxis",) else entry for entry in present)
    while index[-1] == FULL_SLICE:
        index = index[:-1]
    return b.emit("get_item", g, 0, index=index)

"""Reductions: a number for many, that depends on all of these."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srcad.patterns.dependent import Case, Nested, filled, shape_of
from srcad.patterns.elementwise import elementwise
from srcad.patterns.sets import Held, Ids


def _axes(case: Case, rank: int) -> tuple[int, ...]:
    """The axes that an operation goes along; None stands for all."""
    axis = case.params.get("axis")
    if axis is None:
        return tuple(range(rank))
    return (int(axis),) if np.ndim(axis) == 0 else tuple(map(int, axis))


def _operands(case: Case) -> Ids:
    """The union of the operands' sets, elementwise, in the shape of the first."""
    return filled(elementwise(case), np.broadcast_shapes(*map(shape_of, case.values)))


def _reduced(case: Case) -> Nested:
    """Reductions of one operand, and of what starts them."""
    ids = case.full(0)
    total: Held = case.sets.reduce(ids, _axes(case, ids.ndim), bool(case.params.get("keepdims")))
    for k in range(1, len(case.ids)):
        total = case.sets.union(total, case.own(k))
    return total


def _weighted(case: Case) -> Nested:
    """Reductions of operands that are combined elementwise first."""
    ids = _operands(case)
    return case.sets.reduce(ids, _axes(case, ids.ndim), bool(case.params.get("keepdims")))


def _along(case: Case) -> Nested:
    """Results as many as operands, each of which depends on all along the axes."""
    ids = _operands(case)
    return filled(case.sets.reduce(ids, _axes(case, ids.ndim), True), case.shape)


def _quantiles(case: Case) -> Nested:
    """The quantiles come first in the shape of the result."""
    ids = case.full(0)
    total = case.sets.reduce(ids, _axes(case, ids.ndim), bool(case.params.get("keepdims")))
    return case.sets.union(total, case.sets.all_of(case.own(1)))


def _running(case: Case) -> Nested:
    """Each number depends on those before it along the axis."""
    ids = np.moveaxis(np.atleast_1d(case.full(0)), case.params["axis"], 0)
    rows: list[Held] = ids.tolist() if ids.ndim == 1 else list(ids)
    for k in range(1, len(rows)):
        rows[k] = case.sets.union(rows[k - 1], rows[k])
    return np.moveaxis(np.array(rows, np.int64).reshape(ids.shape), 0, case.params["axis"])


def _summed_to(case: Case) -> Nested:
    """Summed over axes, of which some stay."""
    axes, keep = case.params["axes"], case.params.get("keep", ())
    kept = axes if keep is True else keep or ()
    total = case.sets.reduce(case.full(0), axes, True)
    return np.squeeze(total, tuple(a for a in axes if a not in kept))


def _summed_to_shape(case: Case) -> Nested:
    """Summed down to the shape of the result, which broadcasts to that of the operand, or is broadcast by it."""
    shape = case.shape
    ids = filled(case.ids[0], np.broadcast_shapes(shape_of(case.values[0]), shape))
    lead = ids.ndim - len(shape)
    stretched = [lead + k for k, n in enumerate(shape) if n == 1 and ids.shape[lead + k] != 1]
    return case.sets.reduce(ids, (*range(lead), *stretched), True).reshape(shape)


def _trace(case: Case) -> Nested:
    return case.sets.reduce(np.diagonal(case.full(0), case.params.get("offset", 0)), (-1,))


_RUNNING = ("product_of_others", "product_of_others_adjoint", "cumprod_adjoint", "cumprod_tangent")

TABLE: dict[str, Callable[[Case], Nested]] = {
    **dict.fromkeys(("sum", "prod", "mean", "var", "std", "max", "min", "norm", "median"), _reduced),
    "logsumexp": _weighted,
    **dict.fromkeys((*_RUNNING, "softmax", "log_softmax"), _along),
    "quantile": _quantiles,
    **dict.fromkeys(("cumsum", "cumprod"), _running),
    "sum_to": _summed_to,
    "sum_to_shape": _summed_to_shape,
    "trace": _trace,
}

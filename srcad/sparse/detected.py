"""Patterns that are found: by a run of the trace of a derivative's program at the arguments of a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from srcad.calls.specialise import Entrance
from srcad.calls.structures import children
from srcad.compile.requests import Call
from srcad.patterns import pattern
from srcad.patterns.matrices import SparseMatrix
from srcad.show.values import input_values
from srcad.trace.fields import fields_of
from srcad.trace.nodes import Leaf, Node, Trace, Tree
from srcad.transform.sweeps.adjoint import is_flat
from srcad.transform.sweeps.opened import opened


def detected(entrance: Entrance, trace: Trace, call: Call, arguments: Sequence[object]) -> SparseMatrix:
    """The pattern of a trace, the primal or the gradient, at the arguments of a call."""
    reading = entrance.specialisation.program.reading
    order = [k for tree, value in zip(reading.wrt_trees, arguments, strict=True) for k in _in_order(tree, value)]
    values = input_values(trace, call.flat, entrance.roots)
    return pattern(opened(trace), values, [reading.wrt[k] for k in order], is_flat)


def _in_order(tree: Tree, value: object) -> Iterator[int]:
    """The differentiated leaves of an argument, in the order in which Python runs through it."""
    if isinstance(tree, Leaf):
        yield tree.index
    elif isinstance(tree, Node):
        by_key = dict(zip(tree.keys, tree.children, strict=True)) if tree.keys else dict(enumerate(tree.children))
        for key, part in _items(value):
            yield from _in_order(by_key[key], part)


def _items(value: object) -> Iterator[tuple[object, object]]:
    """The parts of a container by their keys."""
    parts = children(value) or []
    if isinstance(value, Mapping):
        return zip(value, parts, strict=True)
    if isinstance(value, (tuple, list)):
        return zip(getattr(value, "_fields", range(len(parts))), parts, strict=True)
    return zip(fields_of(value) or (), parts, strict=True)


__all__ = ["detected"]

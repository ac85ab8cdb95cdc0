"""What a function returns: whether it has a gradient, and how value and gradient come back together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from srcad.errors import ArgumentError, NotYetSupported, Span
from srcad.ops.catalogue import builder
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Equation, Fixed, Leaf, Node, Region, Trace, Tree, leaves, with_leaves
from srcad.trace.types import Array, Scalar, Type, dims_of, dtype_of, is_complex, is_differentiable, is_numeric, rank_of
from srcad.trace.walk import walk

_SUM = "return one number, as with np.sum(...); or use srcad.vjp or srcad.jacobian"
_PARTS = (
    "differentiate its real and imaginary parts apart, return a real number such as abs(z), or say holomorphic=True"
)
_REAL = "leave out holomorphic=True"


def differentiated(primal: Trace, has_aux: bool, holomorphic: bool = False) -> Leaf | None:
    """The result that a gradient is the gradient of; None if it doesn't depend on any argument.

    Refuses what isn't a real scalar; of a holomorphic function, what isn't a complex one.
    """
    tree = primal.output
    if has_aux:
        if not (isinstance(tree, Node) and tree.kind == "tuple" and len(tree.children) == 2):
            raise _refusal(primal, f"with has_aux, {called(primal)} must return a pair (value, anything)", tree)
        tree = tree.children[0]
    if isinstance(tree, Node):
        do = "return the value alone; with has_aux=True, a pair (value, anything)"
        raise _refusal(primal, f"{called(primal)} returns a {tree.kind}, and a gradient is of one number", tree, do)
    if isinstance(tree, Fixed):
        _check_constant(primal, tree, holomorphic)
        return None
    _check_type(primal, primal.body.results[tree.index].type, tree, holomorphic)
    return tree


def called(primal: Trace) -> str:
    """What to call a function in a message."""
    return "the lambda" if primal.name == "lambda_" else primal.name


def _check_constant(primal: Trace, tree: Fixed, holomorphic: bool) -> None:
    if isinstance(tree.value, complex) and holomorphic:
        return
    if isinstance(tree.value, complex):
        raise _refusal(primal, f"{called(primal)} returns a complex number", tree, _PARTS)
    if not isinstance(tree.value, (int, float, np.number, np.bool_)):
        what = "nothing" if tree.value is None else f"a {type(tree.value).__name__}"
        raise _refusal(primal, f"{called(primal)} returns {what}, and a gradient is of one number", tree)


def _check_type(primal: Trace, found: Type, tree: Tree, holomorphic: bool) -> None:
    if is_complex(found) and not holomorphic:
        raise _refusal(primal, f"{called(primal)} returns a complex number", tree, _PARTS)
    if holomorphic and is_numeric(found) and dtype_of(found) is not None and not is_complex(found):
        raise _refusal(primal, f"{called(primal)} returns a real number, and is no holomorphic function", tree, _REAL)
    if found.is_opaque:
        raise _refusal(primal, f"{called(primal)} returns an object, and a gradient is of one number", tree)
    if rank_of(found) is not None and not _of_one(found):
        raise _refusal(primal, f"{called(primal)} returns an array ({found}), and a gradient is of one number", tree)
    if not isinstance(found, (Scalar, Array)) and rank_of(found) is not None:
        raise _refusal(primal, f"{called(primal)} returns {found}, and a gradient is of one number", tree)


def _of_one(found: Type) -> bool:
    """Whether it is a number, or an array of a single element."""
    return all(length.is_one for length in dims_of(found) or ())


def _refusal(primal: Trace, what: str, tree: Tree, do: str = _SUM) -> ArgumentError:
    return ArgumentError(what, span=result_span(primal, tree), do=do)


def result_span(primal: Trace, tree: Tree) -> Span | None:
    """Where a result is computed: at its equation, else at the last line of the function, else at its definition."""
    span: Span | None = None
    match tree:
        case Node(_, children):
            span = next(filter(None, (result_span(primal, child) for child in children)), None)
        case Leaf(index):
            atom = primal.body.results[index]
            span = next((e.span for e in walk(primal.body) if any(r is atom for r in e.results) and e.span), None)
    return span or primal.span


def unchecked(primal: Trace, result: Leaf | None) -> bool:
    """Whether only a run shows if the result is a real scalar."""
    if result is None:
        return False
    found = primal.body.results[result.index].type
    return rank_of(found) is None or dtype_of(found) is None


def made_scalar(primal: Trace, result: Leaf | None) -> Trace:
    """The function with a result that is a number by its type: where only the run can tell, it has to say so there.

    What a derivative of a derivative reads can't be looked at from outside, as `check_value` does.
    """
    if result is None or not unchecked(primal, result):
        return primal
    b, value = builder(result_span(primal, result)), primal.body.results[result.index]
    b.equations = list(primal.body.equations)
    _assert(b, b.emit("equal", b.emit("ndim", value), 0), f"{called(primal)} returned an array, not one number")
    if dtype_of(value.type) is None:
        _assert(b, b.emit("equal", b.emit("imag", value), 0), f"{called(primal)} returned a complex number")
    results = list(primal.body.results)
    results[result.index] = b.emit("to_float", value)
    return replace(primal, body=replace(primal.body, equations=tuple(b.equations), results=tuple(results)))


def _assert(b: Builder, condition: Atom, message: str) -> None:
    b.append(Equation("assert_", (condition,), (), regions=(Region((), (), (const(message),)),)))


def check_value(name: str, value: object, span: Span | None) -> None:
    """What `unchecked` leaves to the run."""
    shape = np.asarray(value).shape
    if math.prod(shape) != 1:
        what = f"{name} returned an array of shape {shape}, and a gradient is of one number"
        raise ArgumentError(what, span=span, do=_SUM)
    if np.asarray(value).dtype.kind == "c":
        raise NotYetSupported(f"{name} returned a complex number", span=span, do=_PARTS)


def check_arguments(primal: Trace, wrt: Sequence[int], holomorphic: bool) -> None:
    """Refuse complex arguments where a derivative with respect to them isn't one complex number for each."""
    for entry in (primal.inputs[k] for k in wrt):
        if is_complex(entry.var.type) and not holomorphic:
            raise ArgumentError(
                f"{called(primal)} is differentiated with respect to `{entry.path.root}`, which is complex",
                why="the derivative of a complex number is none itself, unless the function is holomorphic",
                do="say holomorphic=True where there is that option, or take real and imaginary parts as arguments",
            )
        if holomorphic and not is_complex(entry.var.type):
            what = f"{called(primal)} is to be holomorphic in `{entry.path.root}`, which is real"
            raise ArgumentError(what, do="pass complex numbers, or leave out holomorphic=True")


def check_moving(primal: Trace, real: bool = False) -> None:
    """Refuse a Jacobian of what has no derivative; of what is complex, where it has to be `real`."""
    moving = [result for result in primal.body.results if is_differentiable(result.type)]
    if not moving and not isinstance(primal.output, Fixed):
        what = f"{called(primal)} returns nothing that has a derivative, and a Jacobian is of real numbers and arrays"
        raise ArgumentError(what, span=result_span(primal, primal.output), do="return floats, or arrays of floats")
    if real and any(is_complex(result.type) for result in moving):
        what = f"{called(primal)} returns complex numbers, whose adjoints know the real parts alone"
        raise ArgumentError(what, span=result_span(primal, primal.output), do="use srcad.jacfwd")


def shifted(tree: Tree, offset: int) -> Tree:
    """The tree with leaves that count from `offset`."""
    return with_leaves(tree, lambda index: Leaf(index + offset))


def relabelled(tree: Tree, numbers: Mapping[int, Leaf]) -> Tree:
    """The tree with other leaves."""
    return with_leaves(tree, numbers.__getitem__)


def returning(trace: Trace, output: Tree) -> Trace:
    """The trace with this output, and with those results alone that stand in it."""
    used = tuple(dict.fromkeys(leaves(output)))
    numbers = {index: Leaf(k) for k, index in enumerate(used)}
    body = replace(trace.body, results=tuple(trace.body.results[index] for index in used))
    return replace(trace, body=body, output=relabelled(output, numbers))


def with_value(value: Tree, gradient: Tree, has_aux: bool, keep_value: bool) -> Tree:
    """How they come back: gradient; (value, gradient); (gradient, aux); ((value, aux), gradient)."""
    if keep_value:
        return Node("tuple", (value, gradient))
    if has_aux:
        assert isinstance(value, Node)
        return Node("tuple", (gradient, value.children[1]))
    return gradient

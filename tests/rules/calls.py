"""Checks calls of NumPy functions: what they lower to computes what NumPy does, and has the right derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.ops.catalogue import LOWERINGS, METHODS
from srcad.trace.nodes import Var
from srcad.trace.types import is_differentiable
from tests.rules.checking import check, program, run, sweep

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class Known:
    """A number that is known now, as an option is."""

    def __init__(self, value: Any) -> None:
        self.value = value


def known(tree: Any) -> Any:
    """The arguments as NumPy takes them."""
    if isinstance(tree, dict):
        return {name: known(item) for name, item in tree.items()}
    if isinstance(tree, (tuple, list)):
        return type(tree)(map(known, tree))
    return tree.value if isinstance(tree, Known) else tree


def is_operand(value: Any) -> bool:
    """Whether an argument is a variable of the trace: arrays and floats are, ints and strings are known now."""
    return isinstance(value, (np.ndarray, float, np.floating))


def leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree] if is_operand(tree) else []


def refilled(tree: Any, operands: list[Any]) -> Any:
    """The same tree with other operands, which are taken from the front of the list."""
    if isinstance(tree, dict):
        return {name: refilled(item, operands) for name, item in tree.items()}
    if isinstance(tree, (tuple, list)):
        return type(tree)(refilled(item, operands) for item in tree)
    return operands.pop(0) if is_operand(tree) else known(tree)


def flat(result: Any) -> tuple[Any, ...]:
    """The arrays of a result."""
    if isinstance(result, (tuple, list)):
        return tuple(leaf for item in result for leaf in flat(item))
    return (result,)


def builder_of(lowering: Callable[..., Any], arguments: Arguments) -> Callable[..., Any]:
    def build(b: Any, *operands: Any) -> tuple[Any, ...]:
        args, options = refilled(arguments, list(operands))
        return flat(lowering(b, *args, **options))

    return build


def check_lowering(lowering: Callable[..., Any], expected: Any, arguments: Arguments, rtol: float) -> None:
    values = leaves(arguments)
    build = builder_of(lowering, arguments)
    b, inputs = program(build, values)
    for got, wanted in zip(run(b, inputs, b.results, values), flat(expected), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-13)
        assert np.shape(got) == np.shape(wanted)
    check(build, *values, rtol=rtol)


def check_call(function: Callable[..., Any], *args: Any, rtol: float = 1e-6, **options: Any) -> None:
    """A call of a function: its value and derivatives."""
    check_lowering(LOWERINGS[function], function(*known(args), **known(options)), (args, options), rtol)


def check_method(name: str, *args: Any, rtol: float = 1e-6, **options: Any) -> None:
    """A call of a method of the first argument."""
    check_lowering(METHODS[name], getattr(args[0], name)(*args[1:], **options), (args, options), rtol)


def check_twice(function: Callable[..., Any], *args: Any, rtol: float = 1e-5, **options: Any) -> None:
    """The adjoints of a call, as functions of its arguments and of the adjoints of its results."""
    values = leaves((args, options))
    first = builder_of(LOWERINGS[function], (args, options))
    b, inputs = program(first, values)
    live = [k for k, y in enumerate(b.results) if isinstance(y, Var) and is_differentiable(y.type)]
    outcome = run(b, inputs, b.results, values)
    seeds = [np.cos(np.arange(1.0, 1 + np.size(outcome[k]))).reshape(np.shape(outcome[k])) for k in live]

    def build(b: Any, *operands: Any) -> tuple[Any, ...]:
        results = first(b, *operands[: len(values)])
        adjoint = dict(zip((results[k] for k in live), operands[len(values) :], strict=True))
        sweep(b, adjoint)
        return tuple(adjoint[x] for x in operands[: len(values)] if x in adjoint)

    check(build, *values, *seeds, rtol=rtol)

"""Checks an operation's rule: builds its pullback and pushforward as equations, and compares with differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.special

from srcad.ops.catalogue import builder
from srcad.ops.meaning import Meanings
from srcad.rules.catalogue import lookup
from srcad.runtime import HELPERS
from srcad.trace.dims import symbol_values
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Const, Region, Var
from srcad.trace.types import dims_of, dtype_of, is_differentiable, type_of

MEANING = Meanings({**HELPERS, "scipy": scipy})


class Fixed:
    """An operand that is a constant of the trace."""

    def __init__(self, value: Any) -> None:
        self.value = value


def program(build: Callable[..., Any], args: Sequence[Any]) -> tuple[Any, list[Var]]:
    """The equations that `build(b, *operands)` emits, with a variable for each argument that isn't `Fixed`."""
    b = builder()
    inputs: list[Var] = []
    operands: list[Any] = []
    for k, arg in enumerate(args):
        if isinstance(arg, Fixed):
            operands.append(arg.value)
        else:
            inputs.append(Var(type_of(arg, f"x{k}_"), f"x{k}"))
            operands.append(inputs[-1])
    result = build(b, *operands)
    b.results = result if isinstance(result, tuple) else (result,)
    return b, inputs


def run(b: Any, inputs: Sequence[Var], results: Sequence[Any], values: Sequence[Any]) -> tuple[Any, ...]:
    with np.errstate(all="ignore"):
        return evaluate(Region(tuple(inputs), tuple(b.equations), tuple(results)), values, MEANING)


def check_shapes(b: Any, inputs: Sequence[Var], values: Sequence[Any]) -> None:
    """What typing says about every variable is true of its value."""
    variables = [v for e in b.equations for v in e.results]
    computed = run(b, inputs, variables, values)
    known: dict[Any, int] = {}
    for var, value in zip([*inputs, *variables], [*values, *computed], strict=True):
        dims, dtype = dims_of(var.type), dtype_of(var.type)
        if dims is not None:
            assert np.ndim(value) == len(dims), (var.type, np.shape(value))
            for d, n in zip(dims, np.shape(value), strict=True):
                _check_dim(d, n, known)
        if dtype is not None:
            assert str(np.asarray(value).dtype) == dtype, (var.type, np.asarray(value).dtype)


def _check_dim(d: Any, n: int, known: dict[Any, int]) -> None:
    """`known`: what dims stand for, and the symbols in them."""
    if d.known:
        assert known.setdefault(d, n) == n, f"{d} is {known[d]} and {n}"
        known.update(symbol_values([(d, n)]))
        value = d.counted.evaluate(known)
        assert value is None or n == value, f"{d} is {value} and {n}"
        assert not (d.not_one and n == 1)


def directional(f: Callable[[float], Any], h: float = 1e-3) -> Any:
    """The derivative at 0, by Richardson extrapolation of central differences."""

    def central(step: float) -> Any:
        return (np.asarray(f(step)) - np.asarray(f(-step))) / (2 * step)

    d1, d2, d3 = central(h), central(h / 2), central(h / 4)
    e1, e2 = (4 * d2 - d1) / 3, (4 * d3 - d2) / 3
    return (16 * e2 - e1) / 15


def check(build: Callable[..., Any], *args: Any, rtol: float = 1e-6, seed: int = 0) -> None:
    """Adjoint and tangent of the one equation that matters (the last) at random bars, and types of all."""
    rng = np.random.default_rng(seed)
    b, inputs = program(build, args)
    values = [arg for arg in args if not isinstance(arg, Fixed)]
    check_shapes(b, inputs, values)
    moving = [k for k, v in enumerate(inputs) if is_differentiable(v.type)]
    directions = {k: rng.normal(size=np.shape(values[k])) for k in moving}

    def primal(t: float) -> tuple[Any, ...]:
        moved = [
            v + t * directions[k].astype(np.result_type(v)) if k in directions else v for k, v in enumerate(values)
        ]
        return run(b, inputs, b.results, moved)

    outcome = primal(0.0)
    live = [k for k, atom in enumerate(b.results) if isinstance(atom, Var) and is_differentiable(atom.type)]
    bars = {k: rng.normal(size=np.shape(outcome[k])) for k in live}
    expected = {k: directional(lambda t, k=k: primal(t)[k]) for k in live}
    slope = sum(np.sum(bars[k] * expected[k]) for k in live)

    got = _pulled(build, args, values, bars, moving)
    total = sum(np.sum(np.real(bar) * directions[k]) for k, bar in got.items())
    np.testing.assert_allclose(total, np.real(slope), rtol=rtol, atol=1e-8)
    for k, dot in _pushed(build, args, values, directions, live).items():
        np.testing.assert_allclose(dot, expected[k], rtol=rtol, atol=1e-7)
        assert np.shape(dot) == np.shape(outcome[k])


def sweep(b: Any, adjoint: dict[Any, Any]) -> None:
    """Adds to the adjoints of the results those of all variables that they depend on, by a plain sweep."""
    for equation in list(reversed(b.equations)):
        outer = tuple(adjoint.get(v) for v in equation.results)
        rule = lookup(equation.op)
        assert rule is not None, f"no rule for {equation.op}"
        if rule.flat or all(bar is None for bar in outer):
            continue
        wanted = tuple(isinstance(a, Var) and is_differentiable(a.type) for a in equation.operands)
        if not (rule.pointwise or rule.takes_small):
            pairs = zip(outer, equation.results, strict=True)
            outer = tuple(None if g is None else b.emit("materialise", g, v) for g, v in pairs)
        for operand, part in zip(equation.operands, rule.pullback(b, equation, outer, wanted), strict=True):
            if part is None or isinstance(operand, Const):
                continue
            full = _fitted(b, part, operand, equation.results[0] if rule.pointwise else None)
            adjoint[operand] = full if operand not in adjoint else b.emit("accumulate", adjoint[operand], full)


def _pulled(build: Any, args: Any, values: Any, bars: dict[int, Any], moving: list[int]) -> dict[int, Any]:
    """The adjoints of the arguments, by a plain sweep over the equations."""
    b, inputs = program(build, args)
    seeds = {k: Var(type_of(bar, f"g{k}_") if np.ndim(bar) else b.results[k].type) for k, bar in bars.items()}
    adjoint: dict[Any, Any] = {b.results[k]: seed for k, seed in seeds.items()}
    sweep(b, adjoint)
    wanted_bars = {k: adjoint[inputs[k]] for k in moving if inputs[k] in adjoint}
    all_inputs = [*inputs, *seeds.values()]
    found = run(b, all_inputs, list(wanted_bars.values()), [*values, *bars.values()])
    for k, bar in zip(wanted_bars, found, strict=True):
        assert np.shape(bar) == np.shape(values[k]), "an adjoint has the shape of its variable"
    return dict(zip(wanted_bars, found, strict=True))


def _fitted(b: Any, part: Any, operand: Any, result: Var | None) -> Any:
    """A contribution in the shape of its operand; `result`: that of the elementwise operation that broadcast it."""
    if dims_of(part.type) == dims_of(operand.type) and (result is None or dims_of(result.type) == dims_of(part.type)):
        return part
    if result is None:
        return b.emit("materialise", part, operand)
    return b.emit("sum_to_shape", b.emit("materialise", part, result), operand)


def _pushed(build: Any, args: Any, values: Any, directions: dict[int, Any], live: list[int]) -> dict[int, Any]:
    """The tangents of the results."""
    b, inputs = program(build, args)
    dots: dict[Any, Any] = {inputs[k]: Var(inputs[k].type) for k in directions}
    seeds = list(dots.values())
    for equation in list(b.equations):
        rule = lookup(equation.op)
        assert rule is not None
        inner = tuple(dots.get(a) for a in equation.operands)
        if rule.flat or all(dot is None for dot in inner):
            continue
        for result, dot in zip(equation.results, rule.pushforward(b, equation, inner), strict=True):
            if dot is not None:
                dots[result] = dot
    results = [dots[b.results[k]] for k in live if b.results[k] in dots]
    found = run(b, [*inputs, *seeds], results, [*values, *directions.values()])
    return dict(zip([k for k in live if b.results[k] in dots], found, strict=True))


def derivative_at(build: Callable[..., Any], *args: Any) -> list[Any]:
    """The adjoints of the differentiable arguments, for the sum of the results: for kinks, which have no reference."""
    b, inputs = program(build, args)
    values = [arg for arg in args if not isinstance(arg, Fixed)]
    outcome = run(b, inputs, b.results, values)
    moving = [k for k, v in enumerate(inputs) if is_differentiable(v.type)]
    found = _pulled(build, args, values, {k: np.ones(np.shape(y)) for k, y in enumerate(outcome)}, moving)
    return [found.get(k, np.zeros(np.shape(values[k]))) for k in moving]

"""Derivatives of integrals, by Leibniz's rule.

    y = integral of f(t, theta) from a to b

    tangent     y_dot = f(b) b_dot - f(a) a_dot + integral of (df/dtheta) theta_dot
    adjoint     b_bar = y_bar f(b),   a_bar = -y_bar f(a),   theta_bar = integral of (df/dtheta)^T y_bar

The integrals are taken by SciPy's `quad` with the same options; those of several parameters together, as a vector, by
its `quad_vec`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Equation, Trace, Var
from srcad.trace.solution import Bars, Solution
from srcad.trace.types import FLOAT, Array, Type
from srcad.transform.solutions.solved import (
    call,
    call_solver,
    dotted,
    function,
    inputs_of,
    packed,
    place,
    plain,
    pulled,
    pushed,
    refuse_others,
    stem,
    unpacked,
)

DEFAULT = 1.49e-8  # of SciPy's quad


def _pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
    captured, (_, a_dot, b_dot, *_) = captured_of(eq), dots
    parts: list[Atom] = []
    if b_dot is not None:
        parts.append(b.emit("multiply", value_at(b, eq, 2), b_dot))
    if a_dot is not None:
        parts.append(b.emit("negative", b.emit("multiply", value_at(b, eq, 1), a_dot)))
    moving = {k: dot for k, dot in enumerate(dots[len(dots) - len(captured) :]) if dot is not None}
    if moving:
        parts.append(_of_tangent(b, eq, eq.params["function"], captured, moving))
    return (total(b, parts),)


def _of_tangent(b: Builder, eq: Equation, f: Trace, captured: Sequence[Atom], moving: dict[int, Atom]) -> Atom:
    """The integral of the tangent of f."""
    own = inputs_of(f)
    directions = [dotted(own[1 + k]) for k in moving]

    def moved(inner: Builder, *given: Var) -> Atom:
        at, along = given[: len(own)], given[len(own) :]
        return pushed(inner, f, at, {1 + k: v for k, v in zip(moving, along, strict=True)})

    made = function(f"{stem(f)}_jvp", (*own, *directions), moved)
    return integral(b, eq, made, (*captured, *moving.values()), eq.result.type)


def _pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    y_bar, captured = bars[0], captured_of(eq)
    found: dict[int, Atom] = {}
    if y_bar is None:
        return (None,) * len(eq.operands)
    for k in (1, 2):
        if wanted[k]:
            g = inner_product(b, y_bar, value_at(b, eq, k))
            found[k] = g if k == 2 else b.emit("negative", g)
    first = len(eq.operands) - len(captured)
    chosen = [k for k in range(first, len(eq.operands)) if wanted[k]]
    if chosen:
        found.update(zip(chosen, _of_adjoint(b, eq, y_bar, captured, [k - first for k in chosen]), strict=True))
    return tuple(found.get(k) for k in range(len(eq.operands)))


def _of_adjoint(b: Builder, eq: Equation, y_bar: Atom, captured: Sequence[Atom], chosen: list[int]) -> list[Atom]:
    """The integrals of the adjoints of what f captures."""
    f: Trace = eq.params["function"]
    own = inputs_of(f)
    targets = [captured[k] for k in chosen]
    refuse_others(eq, targets)
    seed = Var(plain(y_bar.type), "bar")

    def adjoints(inner: Builder, *given: Var) -> Atom:
        bars = pulled(inner, f, given[:-1], given[-1], [1 + k for k in chosen])
        return bars[0] if len(bars) == 1 and bars[0].type.is_scalar else packed(inner, bars)

    alone = len(targets) == 1 and targets[0].type.is_scalar
    made = function(f"{stem(f)}_vjp", (*own, seed), adjoints)
    returns: Type = FLOAT if alone else Array("float64", (UNKNOWN_DIM,))
    whole = integral(b, eq, made, (*captured, y_bar), returns)
    return [whole] if alone else unpacked(b, whole, targets)


INTEGRAL = Solution("integral", _pullback, _pushforward)


# ---- parts


def captured_of(eq: Equation) -> tuple[Atom, ...]:
    return eq.operands[3 + len(eq.params["options"]) :]


def value_at(b: Builder, eq: Equation, k: int) -> Atom:
    """The integrand at a limit."""
    return place(b, eq.params["function"], (eq.operands[k], *captured_of(eq)))[0]


def integral(b: Builder, eq: Equation, f: Trace, captured: Sequence[Atom], returns: Type) -> Atom:
    """The integral of another function between the same limits."""
    options = dict(zip(eq.params["options"], eq.operands[3:], strict=False))
    limits = eq.operands[1:3]
    scalar = returns.is_scalar
    given = options if scalar else {"epsabs": const(DEFAULT), "epsrel": const(DEFAULT), **options}
    callee = "quad_value" if scalar else "quad_vec_value"
    found = call_solver(b, callee, (f,), limits, captured, returns, **given)
    made: Atom = b.emit(
        "integral", found, *limits, *given.values(), *captured, function=f, options=tuple(given), solution=INTEGRAL
    )
    return made


def total(b: Builder, parts: Sequence[Atom]) -> Atom | None:
    """The sum of what there is."""
    found: Atom | None = None
    for part in parts:
        found = part if found is None else b.emit("add", found, part)
    return found


def inner_product(b: Builder, a: Atom, c: Atom) -> Atom:
    product: Atom = b.emit("multiply", a, c)
    return product if product.type.is_scalar else call(b, np.sum, product)

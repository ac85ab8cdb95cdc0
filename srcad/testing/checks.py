"""Tangents against differences, adjoints against tangents, second derivatives against first ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from srcad.api import value_and_grad, vjp
from srcad.arguments import name_of
from srcad.errors import ArgumentError, NotYetSupported
from srcad.forward import hvp, jvp
from srcad.testing.culprit import first_wrong
from srcad.testing.differences import LEAVES_DOMAIN, Curve, Kink, Slope, kink, largest, slope
from srcad.testing.directions import (
    Point,
    Vector,
    draw,
    flat,
    flat_like,
    inner,
    is_float,
    leaves,
    moving_positions,
    norm,
)
from srcad.testing.report import Report, Row

MODES = ("forward", "reverse")
ATTEMPTS = 5  # to leave kinks
AWAY = 0.05  # how far each of them goes, relative to the arguments


def check_derivatives(
    function: Callable[..., Any],
    args: Sequence[Any],
    modes: Sequence[str] = MODES,
    order: int = 2,
    *,
    argnums: int | Sequence[int] | None = None,
    directions: int = 3,
    rtol: float | None = None,
    seed: int = 0,
    raises: bool = True,
) -> Report:
    """Check the derivatives of a function at arguments, along random directions of all that can move.

    Tangents are compared with complex steps, where the function takes complex numbers, else with extrapolated
    differences; adjoints with tangents, by the dot-product test; second derivatives (`order=2`) with differences of
    first ones, and with their own symmetry. At a kink the point is moved away, and the report says so. `rtol` is the
    relative error that is allowed beyond the estimated one of the differences: 1e-6, in single precision 1e-3.

    Where something is wrong, AssertionError is raised with the report, which names the first wrong statement; with
    `raises=False` the report is returned in any case, and says so by `.ok`.
    """
    point = Point(tuple(args), moving_positions(args, argnums))
    if order not in (1, 2):
        raise ArgumentError(f"check_derivatives checks order 1 or 2, and got order={order!r}")
    if not modes or not set(modes) <= set(MODES):
        raise ArgumentError(f"modes must be some of {MODES}, not {modes!r}")
    single = any(np.asarray(leaf).dtype.itemsize < 8 for leaf in leaves(point.parts) if is_float(leaf))
    allowed = (1e-3 if single else 1e-6) if rtol is None else rtol
    check = _Check(function, tuple(modes), order, directions, allowed, np.random.default_rng(seed))
    report = check.report(point)
    if raises and not report.ok:
        raise AssertionError(f"\n{report}")
    return report


@dataclass(frozen=True)
class _Check:
    function: Callable[..., Any]
    modes: tuple[str, ...]
    order: int
    count: int
    allowed: float
    rng: np.random.Generator

    def report(self, point: Point) -> Report:
        here, notes = self.away_from_kinks(point)
        rows = [row for k in range(1, self.count + 1) for row in here.rows(here.point.direction(self.rng), k)]
        rows.sort(key=lambda row: row.order)
        if len(notes) > ATTEMPTS:
            rows = [replace(row, settled=False) for row in rows]
        if here.second_of_tangents:
            notes.append("of a result that isn't one number, second derivatives are checked as tangents of tangents")
        report = Report(name_of(self.function), tuple(rows), tuple(notes))
        return report if report.ok else self.explained(report, here)

    def explained(self, report: Report, here: _Here) -> Report:
        """With the first wrong statement."""
        wrong = {row.order for row in report.rows if row.settled and not row.ok}
        for order in sorted(wrong):
            kind = "gradient" if order == 2 and here.is_number else "primal"
            fault, said = first_wrong(self.function, here.point, kind, self.rng, self.allowed)
            if fault is not None:
                return replace(report, fault=fault)
            report = replace(report, notes=(*report.notes, said))
        return report

    def away_from_kinks(self, point: Point) -> tuple[_Here, list[str]]:
        """A point of a smooth surrounding, and what there is to say about that."""
        notes: list[str] = []
        for _ in range(ATTEMPTS):
            value = self.function(*point.moved(point.direction(self.rng), 0.0))
            here = _Here(self, point, draw(self.rng, value))
            found = here.kink()
            if found is None:
                return here, notes
            place = "a point nearby is" if notes else "the given arguments are"
            notes.append(f"{place} at a kink, where {found}: the check moves to a point nearby")
            point = self.shifted(point)
        return here, [*notes, f"no smooth point was found in {ATTEMPTS} attempts"]

    def shifted(self, point: Point) -> Point:
        """Another point, where the function is defined."""
        for _ in range(4 * ATTEMPTS):
            other = point.shifted(point.direction(self.rng), AWAY)
            try:
                if np.all(np.isfinite(flat(self.function(*copy.deepcopy(other.args))))):
                    return other
            except LEAVES_DOMAIN:
                continue
        return point

    def judged(self, order: int, what: str, k: int, got: Any, due: Slope, floor: float) -> Row:
        """What was got against a slope."""
        scale = max(due.scale if np.isfinite(due.scale) else 0.0, largest(got), floor, 1e-12)
        off = largest(got - due.value) if np.shape(got) == np.shape(due.value) else np.inf
        doubt = due.error / scale
        allowed = self.allowed + 10 * min(doubt, 1.0)
        return Row(order, what, due.method, k, off / scale, allowed, settled=doubt <= 1e-3)

    def matched(self, order: int, names: tuple[str, str], k: int, got: float, due: float, scale: float) -> Row:
        """Two inner products that must be the same; `scale`: what they could be."""
        error = abs(got - due) / max(scale, abs(due), abs(got), 1e-12)
        return Row(order, *names, k, error if np.isfinite(error) else np.inf, self.allowed)


@dataclass(frozen=True)
class _Here:
    """The checks at one point; `weights` is an adjoint of the result."""

    check: _Check
    point: Point
    weights: Any

    @cached_property
    def value(self) -> Any:
        return self.check.function(*self.point.moved((None,) * len(self.point.active), 0.0))

    @cached_property
    def size(self) -> float:
        return largest(flat(self.value))

    @property
    def is_number(self) -> bool:
        return is_float(self.value) and np.ndim(self.value) == 0

    @property
    def second_of_tangents(self) -> bool:
        return self.check.order == 2 and not self.is_number

    # ---- curves

    def curve(self, direction: Any) -> Callable[[Any], Vector]:
        """The result along a direction."""
        return lambda t: flat(self.check.function(*self.point.moved(direction, t)))

    def tangent(self, args: tuple[Any, ...], direction: Any) -> Vector:
        value, dot = jvp(self.check.function, args, self.point.tangents(direction))
        return flat_like(value, dot)

    def gradient(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        found: tuple[Any, ...] = value_and_grad(self.check.function, self.point.active)(*args)[1]
        return found

    def first(self, direction: Any, along: Any) -> Curve:
        """The first derivative along a direction."""
        if self.second_by_gradients:
            return lambda t: flat(self.gradient(self.point.moved(along, t)))
        return lambda t: self.tangent(self.point.moved(along, t), direction)

    @property
    def second_by_gradients(self) -> bool:
        return self.is_number and "reverse" in self.check.modes

    def kink(self) -> Kink | None:
        """Whether the function, or for order 2 its derivative, has one here."""
        if not flat(self.value).size:
            what = f"{name_of(self.check.function)} returns no float, so there is no derivative to check"
            raise ArgumentError(what, do="return floats, or arrays or containers of floats")
        for _ in range(self.check.count):
            direction, along = self.point.direction(self.check.rng), self.point.direction(self.check.rng)
            found = kink(self.curve(direction))
            if found is None and self.check.order == 2:
                found = kink(self.first(direction, along))
            if found is not None:
                return found
        return None

    # ---- checks

    def rows(self, direction: Any, k: int) -> Iterator[Row]:
        due = slope(self.curve(direction), self.curve(direction))
        if "forward" in self.check.modes:
            got = self.tangent(self.point.args, direction)
            yield self.check.judged(1, "tangent", k, got, due, 1e-6 * self.size)
            due = Slope(got, 0.0, "tangent")
        if "reverse" in self.check.modes:
            yield from self.adjoints(direction, k, due)
        if self.check.order == 2:
            yield from self.second(direction, k)

    def adjoints(self, direction: Any, k: int, due: Slope) -> Iterator[Row]:
        """The dot-product test: <w, J d> = <transposed J w, d>."""
        _, pullback = vjp(self.check.function, *self.point.args)
        bars = pullback(self.weights)
        pulled = tuple(bars[i] for i in self.point.active)
        yield self.product("adjoint", k, pulled, direction, due, flat(self.weights))
        if self.is_number:
            yield self.product("gradient", k, self.gradient(self.point.args), direction, due, np.ones(1))

    def product(self, what: str, k: int, bars: Any, direction: Any, due: Slope, weights: Vector) -> Row:
        got = inner(bars, direction)
        wanted = float(np.real(np.sum(weights * due.value)))
        lengths = [float(np.linalg.norm(weights)) * float(np.linalg.norm(due.value)), norm(bars) * norm(direction)]
        error = float(np.linalg.norm(weights)) * due.error * weights.size
        row = self.check.matched(1, (what, due.method), k, got, wanted, max(lengths))
        doubt = error / max(*lengths, 1e-6 * self.size, 1e-12)
        return replace(row, allowed=row.allowed + 10 * min(doubt, 1.0), settled=doubt <= 1e-3)

    def second(self, direction: Any, k: int) -> Iterator[Row]:
        along = self.point.direction(self.check.rng)
        due = slope(self.first(direction, along))
        floor = 1e-6 * largest(self.first(direction, along)(0.0))
        if not self.second_by_gradients:
            what, got = "tangent of tangent", self.twice(direction, along)
            yield self.check.judged(2, what, k, got, replace(due, method="differences of tangents"), floor)
            return
        product = hvp(self.check.function, self.point.active)
        there, here = product(*self.point.args, along), product(*self.point.args, direction)
        by_differences = replace(due, method="differences of gradients")
        yield self.check.judged(2, "hvp", k, flat(there), by_differences, floor)
        scale = max(norm(there) * norm(direction), norm(here) * norm(along))
        names = ("symmetry", "hvp")
        yield self.check.matched(2, names, k, inner(there, direction), inner(here, along), scale)

    def twice(self, direction: Any, along: Any) -> Vector:
        """The tangent of the tangent."""
        function = self.check.function

        def pushed(primals: Any, tangents: Any) -> Any:
            return jvp(function, primals, tangents)[1]

        try:
            given = (self.point.args, self.point.tangents(direction))
            value, dot = jvp(pushed, given, (self.point.tangents(along), None))
        except NotYetSupported as error:
            error.do = "check first derivatives alone, with order=1"
            raise
        return flat_like(value, dot)


__all__ = ["check_derivatives"]

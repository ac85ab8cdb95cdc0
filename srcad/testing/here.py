"""The comparisons at one point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from srcad.api.forward import hvp, jvp
from srcad.api.gradients import value_and_grad, vjp
from srcad.calls.arguments import Binder, name_of
from srcad.calls.structures import is_float
from srcad.errors import ArgumentError, NotYetSupported
from srcad.testing.differences import LEAVES_DOMAIN, Curve, Kink, Slope, exact_slope, kink, largest, negligible, slope
from srcad.testing.directions import Point, Vector, blocks, flat, flat_like, inner, length, reach
from srcad.testing.report import Row

MOST_ALONE = 8  # parts of arguments that are moved one by one
T = TypeVar("T")

DOUBT = 1e-3  # a difference that is known no better decides nothing


@dataclass(frozen=True)
class Measure:
    """What is checked, along how many directions, and how closely."""

    function: Callable[..., object]
    modes: tuple[str, ...]
    order: int
    count: int
    allowed: float
    rng: np.random.Generator


class Raised(Exception):  # noqa: N818  (what happened, not an error of its own)
    """A derivative raises where the function doesn't."""

    def __init__(self, order: int, what: str, error: Exception) -> None:
        super().__init__(what)
        self.order, self.what, self.error = order, what, error


@dataclass(frozen=True)
class Here:
    """The checks at one point; `weights` is an adjoint of the result, `remarks` what there is to tell of them."""

    measure: Measure
    point: Point
    weights: object
    remarks: list[str] = field(default_factory=list)

    @cached_property
    def value(self) -> object:
        return self.measure.function(*self.point.copies())

    @cached_property
    def floors(self) -> list[float]:
        """For each part of the result a size below which its derivative is taken for zero."""
        return [1e-6 * largest(part) for part in _cut(flat(self.value), blocks(self.value))]

    @cached_property
    def tiny(self) -> float:
        """What is taken for zero: what rounding may leave of numbers of the order of 1, or of those of the result."""
        return negligible(flat(self.value), 1e-12)

    @property
    def is_defined(self) -> bool:
        return bool(np.all(np.isfinite(flat(self.value))))

    @property
    def is_number(self) -> bool:
        return is_float(self.value) and np.ndim(self.value) == 0

    @property
    def by_gradients(self) -> bool:
        """Whether second derivatives are those of a gradient."""
        return self.is_number and "reverse" in self.measure.modes

    def kind(self, order: int) -> str:
        """The program that an order of derivatives differentiates."""
        return "primal" if order == 1 else "gradient" if self.by_gradients else "tangent"

    def repeats(self) -> bool:
        """Whether the function gives the same again."""
        again = self.measure.function(*self.point.copies())
        return np.array_equal(flat(again), flat(self.value), equal_nan=True)

    def alone(self) -> list[tuple[str, tuple[object, ...]]]:
        """A direction for each part of the arguments."""
        names = Binder(self.measure.function).names
        labels = [names[k] if k < len(names) else f"args[{k}]" for k in range(len(self.point.args))]
        found = self.point.alone(self.measure.rng, labels)
        return found if len(found) <= MOST_ALONE else []

    # ---- curves

    def curve(self, direction: tuple[object, ...]) -> Callable[[complex], Vector]:
        """The result along a direction."""
        return lambda t: flat(self.measure.function(*self.point.moved(direction, t)))

    def tangent(self, args: tuple[object, ...], direction: tuple[object, ...]) -> Vector:
        try:
            value, dot = jvp(self.measure.function, args, self.point.tangents(direction))
        except NotYetSupported as refusal:
            raise advised(refusal, 'check reverse mode alone, with modes=("reverse",)') from None
        return flat_like(value, dot)

    def gradient(self, args: tuple[object, ...]) -> tuple[object, ...]:
        found: tuple[object, ...] = value_and_grad(self.measure.function, self.point.active)(*args)[1]
        return found

    def first(self, direction: tuple[object, ...], along: tuple[object, ...], gradients: bool) -> Curve:
        """The first derivative along a direction."""
        if gradients:
            return lambda t: flat(self.gradient(self.point.moved(along, t)))
        return lambda t: self.tangent(self.point.moved(along, t), direction)

    def kink(self) -> Kink | None:
        """Whether the function, or for order 2 its derivative, has one here."""
        if not flat(self.value).size:
            what = f"{name_of(self.measure.function)} returns no float, so there is no derivative to check"
            raise ArgumentError(what, do="return floats, or arrays or containers of floats")
        for _ in range(self.measure.count):
            direction, along = self.point.direction(self.measure.rng), self.point.direction(self.measure.rng)
            found = kink(self.curve(direction))
            if found is None and self.measure.order == 2:
                found = kink(self.first(direction, along, self.by_gradients))
            if found is not None:
                return found
        return None

    # ---- first derivatives

    def firsts(self, direction: tuple[object, ...], label: str) -> Iterator[Row]:
        due = slope(self.curve(direction), self.curve(direction))
        if "forward" in self.measure.modes:
            got = _raised_by(1, "tangent", lambda: self.tangent(self.point.args, direction))
            yield self.judged((1, "tangent", label), got, due, blocks(self.value), self.floors)
            due = exact_slope(got, "tangent") if np.all(np.isfinite(got)) else due
        if "reverse" in self.measure.modes:
            yield from self.adjoints(direction, label, due)

    def adjoints(self, direction: tuple[object, ...], label: str, due: Slope) -> Iterator[Row]:
        """The dot-product test: <w, J d> = <transposed J w, d>."""
        bars = _raised_by(1, "adjoint", lambda: vjp(self.measure.function, *self.point.args)[1](self.weights))
        pulled = tuple(bars[i] for i in self.point.active)
        yield self.product("adjoint", label, pulled, direction, due, flat(self.weights))
        if self.is_number:
            gradient = _raised_by(1, "gradient", lambda: self.gradient(self.point.args))
            yield self.product("gradient", label, gradient, direction, due, np.ones(1))

    def product(
        self,
        what: str,
        label: str,
        bars: tuple[object, ...],
        direction: tuple[object, ...],
        due: Slope,
        weights: Vector,
    ) -> Row:
        got = inner(bars, direction)
        wanted = float(np.real(np.sum(weights * due.value)))
        lengths = [length(weights) * length(due.value), reach(bars, direction)]
        error = length(weights) * due.error * weights.size
        row = self.matched((1, what, due.method, label), got, wanted, max(lengths))
        doubt = error / max(*lengths, *self.floors, self.tiny)
        if not np.isfinite(wanted):
            return replace(row, settled=False)
        return replace(row, allowed=row.allowed + 10 * min(doubt, 1.0), settled=doubt <= DOUBT)

    # ---- second derivatives

    def seconds(self, direction: tuple[object, ...], label: str) -> Iterator[Row]:
        along = self.point.direction(self.measure.rng)
        if self.by_gradients:
            try:
                yield from self.products(direction, along, label)
                return
            except NotYetSupported as refusal:
                if "forward" not in self.measure.modes:
                    raise advised(refusal, "check first derivatives alone, with order=1") from None
                note = f"hvp is refused ({refusal.what}): second derivatives are checked as tangents of tangents"
                self.remarks[:] = [note]
        due = slope(self.first(direction, along, False))
        got = _raised_by(2, "tangent of tangent", lambda: self.twice(direction, along))
        tangent = self.first(direction, along, False)(0.0)
        floors = [1e-6 * largest(part) for part in _cut(tangent, blocks(self.value))]
        due = replace(due, method="differences of tangents")
        yield self.judged((2, "tangent of tangent", label), got, due, blocks(self.value), floors)

    def products(self, direction: tuple[object, ...], along: tuple[object, ...], label: str) -> Iterator[Row]:
        """The Hessian times a direction, and the symmetry of the Hessian."""
        product = hvp(self.measure.function, self.point.active)
        there = _raised_by(2, "hvp", lambda: product(*self.point.args, along))
        here = _raised_by(2, "hvp", lambda: product(*self.point.args, direction))
        due = replace(slope(self.first(direction, along, True)), method="differences of gradients")
        sizes = blocks(there)
        floors = [1e-6 * largest(part) for part in _cut(flat(self.gradient(self.point.args)), sizes)]
        yield self.judged((2, "hvp", label), flat(there), due, sizes, floors)
        scale = max(reach(there, direction), reach(here, along))
        yield self.matched((2, "symmetry", "hvp", label), inner(there, direction), inner(here, along), scale)

    def twice(self, direction: tuple[object, ...], along: tuple[object, ...]) -> Vector:
        """The tangent of the tangent."""
        function = self.measure.function

        def pushed(primals: tuple[object, ...], tangents: tuple[object, ...]) -> object:
            return jvp(function, primals, tangents)[1]

        try:
            given = (self.point.args, self.point.tangents(direction))
            value, dot = jvp(pushed, given, (self.point.tangents(along), None))
        except NotYetSupported as refusal:
            raise advised(refusal, "check first derivatives alone, with order=1") from None
        return flat_like(value, dot)

    # ---- verdicts

    def judged(
        self, said: tuple[int, str, str], got: Vector, due: Slope, sizes: Sequence[int], floors: Sequence[float]
    ) -> Row:
        """What was got against a slope: each part by its own scale, the worst of which counts."""
        order, what, label = said
        if np.shape(got) != np.shape(due.value) or sum(sizes) != got.size:
            return Row(order, what, due.method, label, np.inf, self.measure.allowed)
        parts = zip(_cut(got, sizes), _cut(due.value, sizes), _cut(due.errors, sizes), floors, strict=True)
        rows = [self._part(Row(order, what, due.method, label, 0.0, self.measure.allowed), *part) for part in parts]
        return max(rows, key=lambda row: (row.settled and not row.ok, not row.settled, row.error / row.allowed))

    def _part(self, row: Row, got: Vector, due: Vector, errors: Vector, floor: float) -> Row:
        if not np.all(np.isfinite(due)):
            return replace(row, error=np.inf, settled=False)
        if not np.all(np.isfinite(got)):
            return replace(row, error=np.inf)
        scale = max(largest(due), largest(got), floor, self.tiny)
        doubt = largest(errors) / scale
        allowed = self.measure.allowed + 10 * min(doubt, 1.0)
        return replace(row, error=largest(got - due) / scale, allowed=allowed, settled=doubt <= DOUBT)

    def matched(self, said: tuple[int, str, str, str], got: float, due: float, scale: float) -> Row:
        """Two inner products that must be the same; `scale`: what they could be."""
        order, what, against, label = said
        error = abs(got - due) / max(scale, abs(due), abs(got), self.tiny) if np.isfinite(scale) else np.inf
        return Row(order, what, against, label, error if np.isfinite(error) else np.inf, self.measure.allowed)


def advised(refusal: NotYetSupported, do: str) -> NotYetSupported:
    """A refusal, with what to ask of the checker instead."""
    refusal.do = do
    return refusal


def _raised_by(order: int, what: str, derive: Callable[[], T]) -> T:
    try:
        return derive()
    except LEAVES_DOMAIN as error:
        raise Raised(order, what, error) from error


def _cut(vector: Vector, sizes: Sequence[int]) -> list[Vector]:
    """The parts of a vector; it is one part where it hasn't the length of the sizes together."""
    if sum(sizes) != vector.size:
        return [vector] * len(sizes)
    return np.split(vector, np.cumsum(sizes)[:-1]) if sizes else []

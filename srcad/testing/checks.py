"""Tangents against differences, adjoints against tangents, second derivatives against first ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from srcad.calls.arguments import name_of
from srcad.calls.structures import is_float, leaves
from srcad.errors import ArgumentError
from srcad.ops.catalogue import OPS
from srcad.testing.culprit import first_wrong
from srcad.testing.differences import LEAVES_DOMAIN
from srcad.testing.directions import Point, flat, moving_positions, weights
from srcad.testing.here import Here, Measure, Raised
from srcad.testing.paths import one_triangle_read, turning
from srcad.testing.report import Fault, Report, Row

MODES = ("forward", "reverse")
ATTEMPTS = 5  # to leave kinks
AWAY = 0.05  # how far each of them goes, relative to the arguments
NEARBY = 1e-4  # of the arguments: a branch that turns within this distance is between the points of differences


def check_derivatives(
    function: Callable[..., object],
    args: Sequence[object],
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
    first ones, and with their own symmetry. First derivatives are also checked along a direction of each argument (of
    each part of a container) alone, so that none of them hides behind one of another scale; and each part of a result
    is judged by its own scale. At a kink the point is moved away, and the report says so. `rtol` is the relative error
    that is allowed beyond the estimated one of the differences: 1e-6, in single precision 1e-3.

    Where something is wrong, AssertionError is raised with the report, which names the first wrong statement; with
    `raises=False` the report is returned in any case, and says so by `.ok`.

    >>> import numpy as np, srcad
    >>> srcad.testing.check_derivatives(lambda x: np.sum(np.sin(x) * x), (np.array([0.5, 2.0]),)).ok
    True
    """
    if not isinstance(args, (tuple, list)):
        what = f"the args of check_derivatives are a tuple of all arguments of the function, not {args!r}"
        raise ArgumentError(what, do="write check_derivatives(f, (x,))")
    point = Point(tuple(args), moving_positions(args, argnums))
    if order not in (1, 2):
        raise ArgumentError(f"check_derivatives checks order 1 or 2, and got order={order!r}")
    if not modes or not set(modes) <= set(MODES):
        raise ArgumentError(f"modes is a tuple of 'forward', 'reverse' or both, not {modes!r}")
    if not np.all(np.isfinite(flat(point.parts))):
        raise ArgumentError("the arguments aren't finite", do="check at arguments of the function's domain")
    single = any(np.asarray(leaf).dtype.itemsize < 8 for leaf in leaves(point.parts) if is_float(leaf))
    allowed = (1e-3 if single else 1e-6) if rtol is None else rtol
    measure = Measure(function, tuple(modes), order, directions, allowed, np.random.default_rng(seed))
    report = _Check(measure).report(point)
    if raises and not report.ok:
        raise AssertionError(f"\n{report}")
    return report


@dataclass(frozen=True)
class _Check:
    measure: Measure

    def report(self, point: Point) -> Report:
        name = name_of(self.measure.function)
        here, notes, smooth = self.away_from_kinks(point)
        if notes and not point.symmetric:
            op = one_triangle_read(self.measure.function, point)
            again = self.report(replace(point, symmetric=True)) if op else None
            if op and again and again.ok:
                return along_symmetric(again, op)
        rows, said = self.rows(here)
        notes += said
        if not here.repeats():
            notes.append("the function returns something else each time it is called: nothing can be compared with it")
            smooth = False
        if not smooth:
            rows = [replace(row, settled=False) for row in rows]
        if self.measure.order == 2 and not here.is_number:
            notes.append("of a result that isn't one number, second derivatives are checked as tangents of tangents")
        report = Report(name, tuple(rows), tuple(notes))
        return report if report.ok or not smooth else self.explained(report, here)

    def rows(self, here: Here) -> tuple[list[Row], list[str]]:
        """The comparisons along all directions, and what was said meanwhile."""
        rows: list[Row] = []
        notes: list[str] = []
        for label, checks in self.checks(here):
            try:
                rows += checks
            except Raised as raised:
                rows.append(Row(raised.order, raised.what, "", label, np.inf, self.measure.allowed))
                said = f"the {raised.what} raises {type(raised.error).__name__}: {raised.error}"
                said += "".join(f", {' '.join(note.split())}" for note in getattr(raised.error, "__notes__", [])[:1])
                notes += [] if said in notes else [said]
        rows.sort(key=lambda row: row.order)
        return rows, notes + [note for note in here.remarks if note not in notes]

    def checks(self, here: Here) -> Iterator[tuple[str, Iterator[Row]]]:
        rng = self.measure.rng
        for k in range(1, self.measure.count + 1):
            direction = here.point.direction(rng)
            yield str(k), here.firsts(direction, str(k))
            if self.measure.order == 2:
                yield str(k), here.seconds(direction, str(k))
        for label, direction in here.alone():
            yield label, here.firsts(direction, label)

    def explained(self, report: Report, here: Here) -> Report:
        """With the first wrong statement; what only looks wrong is told apart."""
        wrong = {row.order for row in report.rows if row.settled and not row.ok and row.against}
        for order in sorted(wrong):
            fault, said = first_wrong(self.measure, here.point, here.kind(order))
            if fault is not None and OPS[fault.op].one_triangle and not here.point.symmetric:
                return self.symmetric(report, here.point, fault)
            if fault is not None:
                return replace(report, fault=fault)
            turn = turning(self.measure.function, here.point, here.point.direction(self.measure.rng), NEARBY)
            if turn:
                doubtful = tuple(replace(r, settled=r.settled and r.ok) if r.order == order else r for r in report.rows)
                said = f"{turn}: what differences say there is about several pieces of the function"
                report = replace(report, rows=doubtful)
            report = replace(report, notes=(*report.notes, said))
        return report

    def symmetric(self, report: Report, point: Point, fault: Fault) -> Report:
        """The check along symmetric directions, if the statement is right along these."""
        again = self.report(replace(point, symmetric=True))
        return along_symmetric(again, fault.op) if again.ok else replace(report, fault=fault)

    def away_from_kinks(self, point: Point) -> tuple[Here, list[str], bool]:
        """A point of a smooth surrounding, what there is to say about that, and whether there was one."""
        notes: list[str] = []
        here = self.at(point)
        for _ in range(ATTEMPTS):
            place = "a point nearby is" if notes else "the given arguments are"
            found = self.trouble(here, place)
            if found is None:
                return here, notes, True
            notes.append(f"{found}: the check moves to a point nearby")
            here = self.at(self.shifted(here.point))
        if not here.is_defined:
            what = f"{name_of(self.measure.function)} isn't finite at these arguments, nor near them"
            raise ArgumentError(what, do="check at arguments of the function's domain")
        return here, [*notes, f"no smooth point was found in {ATTEMPTS} attempts"], False

    def at(self, point: Point) -> Here:
        value = self.measure.function(*point.moved(point.direction(self.measure.rng), 0.0))
        return Here(self.measure, point, weights(self.measure.rng, value))

    def trouble(self, here: Here, place: str) -> str | None:
        """Why derivatives can't be compared here."""
        if not here.is_defined:
            return f"{place} where the function isn't finite"
        found = here.kink()
        if found is None:
            return None
        direction = here.point.direction(self.measure.rng)
        turn = turning(self.measure.function, here.point, direction, NEARBY)
        return f"{place} at a kink, where {found}" + (f" ({turn})" if turn else "")

    def shifted(self, point: Point) -> Point:
        """Another point, where the function is defined."""
        for _ in range(4 * ATTEMPTS):
            other = point.shifted(point.direction(self.measure.rng), AWAY)
            try:
                if np.all(np.isfinite(flat(self.measure.function(*other.copies())))):
                    return other
            except LEAVES_DOMAIN:
                continue
        return point


def along_symmetric(report: Report, op: str) -> Report:
    said = f"`{op}` takes its matrix for symmetric: symmetric arguments are moved along symmetric directions"
    return replace(report, notes=(*report.notes, f"{said} alone, as along others its derivative is a convention"))


__all__ = ["check_derivatives"]

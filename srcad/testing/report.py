"""What a check found, as a table for people and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from srcad.errors import Span

HEADS = ("order", "check", "against", "direction", "error", "allowed", "verdict")


@dataclass(frozen=True)
class Row:
    """One comparison along one direction; `error` and `allowed` are relative. `settled`: its judge is known."""

    order: int
    what: str
    against: str
    direction: str
    error: float
    allowed: float
    settled: bool = True

    @property
    def ok(self) -> bool:
        return self.settled and self.error <= self.allowed

    @property
    def verdict(self) -> str:
        if not self.settled:
            return "undecided"
        return "ok" if self.ok else "WRONG"

    def cells(self) -> tuple[str, ...]:
        numbers = (f"{self.error:.1e}", f"{self.allowed:.0e}")
        return (str(self.order), self.what, self.against, self.direction, *numbers, self.verdict)


@dataclass(frozen=True)
class Fault:
    """The first statement whose derivative is wrong: `mode` is "tangent" or "adjoint"."""

    mode: str
    op: str
    span: Span | None
    found: float
    due: float

    def __str__(self) -> str:
        where = self.span.show() if self.span else f"a `{self.op}` that srcad generated"
        judge = "divided differences of the statement give" if self.mode == "tangent" else "its tangent asks for"
        said = f"the {self.mode} of `{self.op}` gives {self.found:.9g}, {judge} {self.due:.9g}"
        return f"the first wrong statement:\n{where}\n{said}"


@dataclass(frozen=True)
class Report:
    """All comparisons of one check. `notes`: kinks, and what else to know; `fault`: the first wrong statement."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        return bool(self.rows) and all(row.ok for row in self.rows)

    @property
    def worst(self) -> float:
        return max((row.error for row in self.rows), default=0.0)

    @property
    def verdict(self) -> str:
        if self.ok:
            return f"{self.name}: all {len(self.rows)} checks passed"
        wrong = sum(row.settled and not row.ok for row in self.rows)
        unsettled = sum(not row.settled for row in self.rows)
        parts = [f"{wrong} of {len(self.rows)} checks failed"] if wrong else []
        parts += [f"{unsettled} undecided, as differences don't settle"] if unsettled else []
        return f"{self.name}: {', '.join(parts) or 'nothing was checked'}"

    def __str__(self) -> str:
        parts = [table(HEADS, [row.cells() for row in self.rows]), *(f"note: {note}" for note in self.notes)]
        return "\n".join([*parts, self.verdict, *([str(self.fault)] if self.fault else [])])

    def __repr__(self) -> str:
        return str(self)


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Columns under each other, numbers to the right."""
    widths = [max(len(row[k]) for row in (heads, *rows)) for k in range(len(heads))]
    right = [bool(rows) and all(_is_number(row[k]) for row in rows) for k in range(len(heads))]

    def line(cells: tuple[str, ...]) -> str:
        placed = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True))
        return "  ".join(placed).rstrip()

    return "\n".join(map(line, (heads, *rows)))


def _is_number(cell: str) -> bool:
    return not cell or cell[0].isdigit() or cell in ("inf", "nan", "-") or (cell[0] == "-" and len(cell) > 1)

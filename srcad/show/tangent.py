"""The lines of tangents: v̇3 = v̇1 v2 + v̇2 v1, the sums over parents, in the order of the trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from srcad.analysis.parents import Inner, ParentsSum, ParentsSums, Seeded, TangentRow
from srcad.show.formula import SUM, WITH, Formulas, TermFormulas, added, dotted
from srcad.show.line import INDENT, Columns, Line, Margin, SourceLine
from srcad.show.primal import branch_heads, loop_head
from srcad.trace.nodes import Atom, Equation, Var
from srcad.trace.slots import BRANCHES, Slot, slots


def tangent_lines(names: Mapping[Var, str], sums: ParentsSums, columns: Columns) -> Iterator[Line]:
    """The lines below those of the primal variables, which have these names."""
    return _TangentWriter(names, sums, columns).lines()


class _TangentWriter:
    def __init__(self, names: Mapping[Var, str], sums: ParentsSums, columns: Columns) -> None:
        self.formulas = Formulas(names)
        self.names = {**names, **{dot: dotted(names[variable]) for variable, dot in sums.dots.items()}}
        self.sums = sums
        self.columns = columns
        self.margin = Margin()

    def lines(self) -> Iterator[Line]:
        yield from self.columns.head()
        yield from self.rows(self.sums.rows, "")

    def rows(self, rows: Sequence[TangentRow], indent: str) -> Iterator[Line]:
        for row in rows:
            if isinstance(row, Inner):
                yield from self.inner(row, indent)
            else:
                beside: SourceLine = self.beside(row.equation) if isinstance(row, ParentsSum) else {}
                formula = f"{self.names[row.dot]} = {self.right_side(row)}"
                yield Line(indent + formula, self.columns.of(row.variable), **beside)

    def right_side(self, row: ParentsSum | Seeded) -> str:
        if isinstance(row, Seeded):
            return dotted(str(row.entry.path))
        terms = TermFormulas(self.names, self.sums.equations, row.equation)
        least = SUM if len(row.terms) > 1 else WITH
        return added([terms.atom(term, least) for term in row.terms])

    def beside(self, equation: Equation) -> SourceLine:
        return self.margin.beside(equation.span)

    # ---- regions

    def inner(self, row: Inner, indent: str) -> Iterator[Line]:
        moving = [slot for slot in slots(row.equation) if slot.result in self.sums.dots]
        if row.equation.op in BRANCHES:
            yield from self.branches(row, moving, indent)
        else:
            yield from self.loop(row, moving, indent)

    def branches(self, row: Inner, moving: list[Slot], indent: str) -> Iterator[Line]:
        heads = branch_heads(row.equation, self.formulas)
        beside = self.beside(row.equation)
        for k, (head, rows) in enumerate(zip(heads, row.regions, strict=False)):
            yield Line(indent + head, **(beside if k == 0 else {}))
            yield from self.rows(rows, indent + INDENT)
            gives = [slot.yields[k] for slot in moving if k < len(slot.yields)]
            if gives:
                yield Line(f"{indent}{INDENT}gives {self.dots(gives)}")
        yield from self.left(moving, "what the branch gives", indent)

    def loop(self, row: Inner, moving: list[Slot], indent: str) -> Iterator[Line]:
        yield Line(indent + loop_head(row.equation, self.formulas), **self.beside(row.equation))
        for slot in moving:
            assert slot.initial is not None
            yield Line(f"{indent}{INDENT}{self.dot(slot.parameters[-1])} = {self.dot(slot.initial)} at first")
        for rows in row.regions:
            yield from self.rows(rows, indent + INDENT)
        if moving:
            yield Line(f"{indent}{INDENT}next {self.dots([slot.yields[-1] for slot in moving])}")
        yield from self.left(moving, "what is left", indent)

    def left(self, moving: list[Slot], what: str, indent: str) -> Iterator[Line]:
        """The tangents of the results, beside their values."""
        for slot in moving:
            yield Line(f"{indent}{self.dot(slot.result)} = {what}", self.columns.of(slot.result))

    def dots(self, atoms: Sequence[Atom]) -> str:
        return ", ".join(map(self.dot, atoms))

    def dot(self, atom: Atom) -> str:
        """The name of a tangent; 0 of what doesn't move."""
        dot = self.sums.dots.get(atom) if isinstance(atom, Var) else None
        return "0" if dot is None else self.names[dot]

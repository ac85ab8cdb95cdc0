"""The lines of adjoints: v̄3 = v̄5 exp(v3) + v̄6, the sums over children, from the results to the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from srcad.analysis.children import ChildrenSums, ReversedBlock, Sum, SumRow, Term
from srcad.show.formula import SUM, WITH, Formulas, TermFormulas, added, overlined
from srcad.show.line import INDENT, Columns, Line, Margin
from srcad.show.primal import result_names
from srcad.trace.nodes import Equation, Trace, Var
from srcad.trace.slots import BRANCHES
from srcad.trace.walk import walk


def adjoint_lines(trace: Trace, names: Mapping[Var, str], sums: ChildrenSums, columns: Columns) -> Iterator[Line]:
    """The lines below those of the primal variables, which have these names."""
    return _AdjointWriter(trace, names, sums, columns).lines()


class _AdjointWriter:
    def __init__(self, trace: Trace, names: Mapping[Var, str], sums: ChildrenSums, columns: Columns) -> None:
        self.formulas = Formulas(names)
        self.names = {**names, **{bar: overlined(names[variable]) for variable, bar in sums.bars.items()}}
        self.sums = sums
        self.columns = columns
        self.margin = Margin()
        self.results = result_names(trace)
        self.origins = {result: e.span for e in walk(trace.body) for result in e.results}

    def lines(self) -> Iterator[Line]:
        yield from self.columns.head()
        yield from self.rows(self.sums.rows, "")

    def rows(self, rows: tuple[SumRow, ...], indent: str) -> Iterator[Line]:
        for row in rows:
            if isinstance(row, Sum):
                beside = self.margin.beside(self.origins.get(row.variable))
                yield Line(indent + self.sum(row), self.columns.of(row.variable), **beside)
            else:
                yield from self.block(row, indent)

    def block(self, block: ReversedBlock, indent: str) -> Iterator[Line]:
        equation = block.equation
        heads = ["for each round, the last one first:"]
        if equation.op in BRANCHES:
            condition = ", ".join(map(self.formulas.atom, equation.operands))
            heads = [f"if {condition}:" if equation.op == "if" else "within:", "else:"]
        for head, rows in zip(heads, block.regions, strict=False):
            if rows:
                yield Line(indent + head)
                yield from self.rows(rows, indent + INDENT)

    def sum(self, row: Sum) -> str:
        least = SUM if len(row.terms) + len(row.inside) > 1 else WITH
        texts = [self.term(term, least) for term in row.terms]
        texts += [f"(what is added {_within(equation)})" for equation in row.inside]
        return f"{self.names[row.bar]} {'+=' if row.adds else '='} {added(texts)}"

    def term(self, term: Term, least: int) -> str:
        if isinstance(term.value, Var) and term.value in self.sums.seeds:
            return overlined(self.results[self.sums.seeds[term.value]])
        terms = TermFormulas(self.names, self.sums.equations, term.child)
        text = terms.atom(term.value, least)
        if term.first is None:
            return text
        first = terms.atom(term.first) if term.first.is_variable else "0"
        return f"({first} in the first round, then {text})"


def _within(equation: Equation) -> str:
    line = f" in line {equation.span.line}" if equation.span else ""
    return f"{'by the branch' if equation.op == 'if' else 'by the loop'}{line}"

"""Settled: a variable that is only ever set to one length is that length.

    int64_t n_2 = 0;                        for (turn = 0; turn < count; ++turn) {
    n_2 = n;                                    y[turn * n] = 1.0;
    for (turn = 0; turn < count; ++turn) {  }
        y[turn * n_2] = 1.0;
        const int64_t next = n_2;
        n_2 = next;
    }

What loops carry and branches yield has variables for its lengths, which hardly ever change. So strides are known, and
two arrays are known to be equally long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.rewriting import bodies, every, read_in, with_bodies, with_expressions

# Of each variable what it always is; None: not one thing. Absent: nothing is known yet.
Settled = dict[str, CExpr | None]


def settled(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The body without variables that are always the same."""
    same = {name: value for name, value in _fixed(body).items() if value is not None}
    return _without(body, same) if same else body


def _fixed(body: tuple[Statement, ...]) -> Settled:
    facts = _KnownNames(body)
    fixed: Settled = {}
    while True:
        found = {name: facts.met(name, fixed) for name in facts.sources}
        news = {name: value[0] for name, value in found.items() if value and fixed.get(name, ()) != value[0]}
        if not news:
            return fixed
        fixed.update(news)


class _KnownNames:
    """Of a function: what variables are set to, other names of things, and which names stand at the top, and where."""

    def __init__(self, body: tuple[Statement, ...]) -> None:
        self.sources = _sources(body)
        self.aliases = {
            one.name: one.value
            for one in every(body)
            if isinstance(one, ir.Let) and one.final and isinstance(one.value, (ir.LocalName, ir.Literal))
        }
        self.lasting = {name: place for place, one in enumerate(body) for name in _declared(one)}
        self.homes = {s.name: place for place, one in enumerate(body) for s in every((one,)) if isinstance(s, ir.Let)}

    def met(self, name: str, fixed: Settled) -> tuple[CExpr | None, ...]:
        """What all that a variable is set to is together; () as long as nothing is known."""
        met: list[CExpr | None] = []
        for source in self.sources[name]:
            expr: CExpr | None = self.origin(source)
            if isinstance(expr, ir.LocalName) and expr.name in self.sources:
                if expr.name == name or expr.name not in fixed:
                    continue
                expr = fixed[expr.name]
            met.append(expr if expr is not None and self.lasts(expr, self.homes[name]) else None)
        if not met:
            return ()
        return (met[0] if all(one == met[0] for one in met) else None,)

    def origin(self, expr: CExpr) -> CExpr:
        while isinstance(expr, ir.LocalName) and expr.name not in self.sources and expr.name in self.aliases:
            expr = self.aliases[expr.name]
        return expr

    def lasts(self, expr: CExpr, home: int) -> bool:
        """Whether an expression is a number, or a name that stands in front of a place at the top."""
        if isinstance(expr, ir.LocalName):
            return self.lasting.get(expr.name, home) < home
        return isinstance(expr, ir.Literal)


def _sources(body: tuple[Statement, ...]) -> dict[str, list[CExpr]]:
    """For each int that is set again all that it is set to; what it begins with, if that may be read."""
    found: dict[str, list[CExpr]] = {}
    assigned: defaultdict[str, list[CExpr]] = defaultdict(list)
    for block in _blocks(body):
        for place, one in enumerate(block):
            if isinstance(one, ir.Let) and not one.final and one.type is CType.INT64:
                found[one.name] = [] if _is_set_first(one.name, block[place + 1 :]) else [one.value]
            elif isinstance(one, ir.Assign):
                assigned[one.name].append(one.value)
    return {name: [*initial, *assigned[name]] for name, initial in found.items()}


def _blocks(body: tuple[Statement, ...]) -> Iterator[tuple[Statement, ...]]:
    yield body
    for one in body:
        for inner in bodies(one):
            yield from _blocks(inner)


def _is_set_first(name: str, behind: tuple[Statement, ...]) -> bool:
    """Whether a variable is set before anything reads it."""
    for one in behind:
        match one:
            case ir.Assign(target, value) if target == name:
                return name not in read_in(ir.Let(name, CType.INT64, value))
            case ir.If(_, then, otherwise) if _is_set_first(name, then) and _is_set_first(name, otherwise):
                return name not in read_in(ir.Fail(one.condition, ""))
        if name in read_in(one):
            return False
    return False


def _declared(one: Statement) -> list[str]:
    """The name that a statement at the top gives to a number for good."""
    match one:
        case ir.Let(name, _, _, True):
            return [name]
        case ir.Support("TAKE_LENGTH" | "TAKE_SCALAR" | "NATURAL", (str() as name, *_)):
            return [name]
    return []


def _without(body: tuple[Statement, ...], same: dict[str, CExpr]) -> tuple[Statement, ...]:
    def change(expr: CExpr) -> CExpr:
        return same.get(expr.name, expr) if isinstance(expr, ir.LocalName) else expr

    left: list[Statement] = []
    for one in body:
        if isinstance(one, (ir.Let, ir.Assign)) and one.name in same:
            continue
        left.append(with_bodies(with_expressions(one, change), lambda inner: _without(inner, same)))
    return tuple(left)

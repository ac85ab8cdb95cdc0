"""Regions as blocks of statements."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from srcad.codegen.expressions import negation
from srcad.codegen.spelling import names_in
from srcad.codegen.statements import Statements
from srcad.lowering.liveness import Liveness
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.slots import STRUCTURED, Slot, slots
from srcad.trace.walk import walk


@dataclass(frozen=True)
class Simple:
    """A statement on its own, and the equation that it comes from."""

    node: ast.stmt
    origin: Equation | None = None


@dataclass(frozen=True)
class Block:
    """A compound statement: `node` is its head, whose own body is not looked at."""

    node: ast.stmt | ast.ExceptHandler
    body: tuple[Item, ...]
    rest: tuple[Item, ...] = ()
    origin: Equation | None = None
    clauses: tuple[Block, ...] = ()  # the handlers of a `try`


Item = Simple | Block


class Control:
    """Prints regions."""

    def __init__(self, statements: Statements, live: Liveness) -> None:
        self.s = statements
        self.x = statements.x
        self.live = live

    def region(self, region: Region) -> list[Item]:
        items: list[Item] = []
        for eq in self.live.statements(region):
            items += self.equation(eq)
        return items

    def equation(self, eq: Equation) -> list[Item]:
        printer = _CONTROL.get(eq.op)
        if printer and eq not in self.x.folding.choices:
            return printer(self, eq)
        return [Simple(node, eq) for node in self.s.equation(eq, self.live.after[eq])]

    def moves(self, pairs: Iterable[tuple[Var, Atom]]) -> list[Item]:
        return [Simple(node) for node in self.s.moves(list(pairs))]

    # ---- branches

    def branch(self, eq: Equation) -> list[Item]:
        then, otherwise = (self.branch_body(eq, region) for region in eq.regions)
        condition = tested(self.x.atom(eq.operands[0]))
        if not then and not otherwise:
            return []
        if not then:
            return [Block(ast.If(negation(condition), [], []), tuple(otherwise), (), eq)]
        return [Block(ast.If(condition, [], []), tuple(then), tuple(otherwise), eq)]

    def branch_body(self, eq: Equation, region: Region) -> list[Item]:
        live = self.live.after[eq]
        pairs = [(result, atom) for result, atom in zip(eq.results, region.results, strict=True) if result in live]
        return [*self.region(region), *self.moves(pairs)]

    # ---- loops

    def for_loop(self, eq: Equation) -> list[Item]:
        (body,) = eq.regions
        breaks = bool(eq.params.get("breaks"))
        items = [*self.start(eq), *self.count(eq, breaks, ast.Constant(0))]
        inner = [*self.count(eq, breaks, None), *self.region(body)]
        inner += self.leave(eq, body) if breaks else self.next_state(eq)
        head = ast.For(self.index(body), self.range(eq), [], [])
        return [*items, Block(head, tuple(inner) or (Simple(ast.Pass()),), (), eq), *self.finish(eq)]

    def index(self, body: Region) -> ast.expr:
        index = body.parameters[0]
        used = index.name not in (None, "_") or index in self.live.free(Region((), body.equations, body.results))
        return ast.Name(self.x.names.of(index) if used else "_", ast.Store())

    def range(self, eq: Equation) -> ast.expr:
        start, stop, step = eq.operands[:3]
        bounds = [start, stop, step]
        if _is(step, 1):
            bounds = [stop] if _is(start, 0) else [start, stop]
        indices = self.x.call("range", *self.x.atoms(bounds))
        return self.x.call("reversed", indices) if eq.params.get("backwards") else indices

    def start(self, eq: Equation) -> list[Item]:
        """The carried values before the first iteration."""
        chosen = [s for s, wanted in zip(slots(eq), self.live.carried[eq], strict=True) if wanted and s.initial]
        return [*self.moves((s.parameters[-1], s.initial) for s in chosen if s.initial), *self.unset(eq, chosen)]

    def unset(self, eq: Equation, carried: Sequence[Slot]) -> list[Item]:
        """None for what has no value before the loop, and is given another name in it: to read it would fail."""
        unset = {s.parameters[-1] for s in carried if s.initial is not None and s.initial.type.is_undefined}
        if not unset:
            return []
        inner = [e for region in eq.regions for e in walk(region) if e.op in STRUCTURED]
        read = {a for e in inner for slot in slots(e) for a in slot.sources if a in unset and self.renames(e, slot, a)}
        targets = sorted({self.x.names.of(var) for var in read if var.is_variable})
        return [Simple(ast.Assign([ast.Name(target, ast.Store())], ast.Constant(None)), eq) for target in targets]

    def renames(self, eq: Equation, slot: Slot, source: Atom) -> bool:
        """Whether the code of a structured equation reads a source, to give it another name."""
        if eq in self.x.folding.choices:
            return True
        if slot.result not in self.live.after[eq] and not slot.parameters:
            return False
        return isinstance(source, Var) and self.x.names.of(source) != self.x.names.of(slot.targets[-1])

    def next_state(self, eq: Equation) -> list[Item]:
        chosen = zip(slots(eq), self.live.carried[eq], strict=True)
        return self.moves((slot.parameters[-1], slot.yields[-1]) for slot, wanted in chosen if wanted)

    def finish(self, eq: Equation) -> list[Item]:
        live = self.live.after[eq]
        return self.moves((s.result, s.parameters[-1]) for s in slots(eq) if s.result in live)

    def leave(self, eq: Equation, body: Region) -> list[Item]:
        """The next state, then the way out; the test is made first where the next state would spoil it."""
        moves = self.next_state(eq)
        stop = body.results[0]
        if _is(stop, False):
            return moves
        test = tested(self.x.atom(stop))
        set_now = {name for item in moves for name in _targets(item)}
        if set_now & names_in(test):
            flag = ast.Name(self.x.names.fresh("stop"), ast.Load())
            moves = [Simple(ast.Assign([flag], test), eq), *moves]
            test = flag
        if _is(stop, True):
            return [*moves, Simple(ast.Break(), eq)]
        return [*moves, Block(ast.If(test, [], []), (Simple(ast.Break(), eq),), (), eq)]

    def count(self, eq: Equation, counts: bool, first: ast.expr | None) -> list[Item]:
        """The number of iterations, where it is asked for."""
        if not counts or eq.results[-1] not in self.live.after[eq]:
            return []
        trips = ast.Name(self.x.names.of(eq.results[-1]), ast.Store())
        return [
            Simple(ast.AugAssign(trips, ast.Add(), ast.Constant(1)) if first is None else ast.Assign([trips], first))
        ]

    def while_loop(self, eq: Equation) -> list[Item]:
        condition, body = eq.regions
        items = [*self.start(eq), *self.count(eq, True, ast.Constant(0))]
        before = self.region(condition)
        test = tested(self.x.atom(condition.results[0]))
        inner = [*self.region(body), *self.next_state(eq), *self.count(eq, True, None)]
        if before:
            way_out = Block(ast.If(negation(test), [], []), (Simple(ast.Break(), eq),), (), eq)
            inner = [*before, way_out, *inner]
            test = ast.Constant(True)
        head = ast.While(test, [], [])
        return [*items, Block(head, tuple(inner) or (Simple(ast.Pass()),), (), eq), *self.finish(eq)]

    # ---- scopes and assertions

    def scope(self, eq: Equation) -> list[Item]:
        body = self.branch_body(eq, eq.regions[0]) or [Simple(ast.Pass())]
        if eq.params["kind"] == "with":
            names = [ast.Name(self.x.names.of(v), ast.Store()) for v in eq.regions[0].parameters]
            head: ast.stmt = ast.With([ast.withitem(self.x.atom(eq.operands[0]), *names)], [])
            return [Block(head, tuple(body), (), eq)]
        if eq.params["kind"] == "try":
            return self.handled(eq, body)
        final = self.region(eq.regions[1])
        return [Block(ast.Try([], [], [], []), tuple(body), tuple(final), eq)] if final else body

    def handled(self, eq: Equation, body: list[Item]) -> list[Item]:
        """try: ... with a handler for each clause, which notes what it has caught."""
        live, clauses, start = self.live.after[eq], [], 0
        rows = [(v, a) for v, a in zip(eq.results, eq.regions[0].results, strict=True) if v in live]
        for number, count in enumerate(eq.params["clauses"], 1):
            classes = self.x.atoms(eq.operands[start : start + count])
            start += count
            wanted = classes[0] if count == 1 else ast.Tuple(classes, ast.Load())
            holds = any(isinstance(a, Const) and a.is_none for _, a in rows)
            error = self.x.names.fresh("error") if holds else None
            caught = [Simple(self.caught(v, a, number, error)) for v, a in rows] or [Simple(ast.Pass())]
            clauses.append(Block(ast.ExceptHandler(wanted, error, []), tuple(caught)))
        return [Block(ast.Try([], [], [], []), tuple(body), (), eq, tuple(clauses))]

    def caught(self, var: Var, yielded: Atom, number: int, error: str | None) -> ast.Assign:
        value: ast.expr = ast.Constant(None)
        if isinstance(yielded, Const):
            value = ast.Name(error or "", ast.Load()) if yielded.is_none else ast.Constant(number)
        return ast.Assign([ast.Name(self.x.names.of(var), ast.Store())], value)

    def assertion(self, eq: Equation) -> list[Item]:
        test, *message = self.x.atoms(eq.operands)
        if not eq.regions:
            return [Simple(ast.Assert(test, message[0] if message else None), eq)]
        before = self.region(eq.regions[0])
        text = self.x.atom(eq.regions[0].results[0])
        if not before:
            return [Simple(ast.Assert(test, text), eq)]
        error = ast.Raise(self.x.call("AssertionError", text), None)
        return [Block(ast.If(negation(test), [], []), (*before, Simple(error, eq)), (), eq)]


def tested(condition: ast.expr) -> ast.expr:
    """What decides: of bool(c), c."""
    match condition:
        case ast.Call(ast.Name("bool"), [argument], []):
            return argument
    return condition


def _is(atom: Atom, value: object) -> bool:
    return type(atom.number) is type(value) and atom.number == value


def _targets(item: Item) -> set[str]:
    return {node.id for node in ast.walk(item.node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


_CONTROL: dict[str, Callable[[Control, Equation], list[Item]]] = {
    "if": Control.branch,
    "for": Control.for_loop,
    "while": Control.while_loop,
    "scope": Control.scope,
    "assert_": Control.assertion,
}

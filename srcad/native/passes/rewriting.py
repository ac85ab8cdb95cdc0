"""What passes over the loop IR have in common: to rewrite expressions, and to ask what is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import CExpr, Statement

Change = Callable[[CExpr], CExpr]


@dataclass
class FreshNames:
    """Names that a function doesn't have yet."""

    used: set[str]
    count: int = 0

    @classmethod
    def of(cls, body: tuple[Statement, ...]) -> FreshNames:
        names: set[str] = set()
        for one in every(body):
            match one:
                case ir.Let(name) | ir.Pointer(name) | ir.For(name) | ir.Turns(name):
                    names.add(name)
                case ir.Support(_, arguments):
                    names.update(a for a in arguments if isinstance(a, str))
        return cls(names)

    def like(self, name: str) -> str:
        while True:
            self.count += 1
            made = f"{name}_g{self.count}"
            if made not in self.used:
                self.used.add(made)
                return made


def changed(expr: CExpr, change: Change) -> CExpr:
    """An expression whose parts are changed, from the inside out."""
    match expr:
        case ir.Apply(op, operands, type):
            return change(ir.Apply(op, tuple(changed(o, change) for o in operands), type))
        case ir.Cast(operand, type):
            return change(ir.Cast(changed(operand, change), type))
        case ir.Load(pointer, index, type):
            return change(ir.Load(pointer, changed(index, change), type))
    return change(expr)


def with_expressions(one: Statement, change: Change) -> Statement:
    """A statement whose own expressions are changed; those of statements in it stay."""
    match one:
        case ir.Let() | ir.Assign():
            return replace(one, value=changed(one.value, change))
        case ir.Store():
            return replace(one, index=changed(one.index, change), value=changed(one.value, change))
        case ir.For():
            return replace(one, start=changed(one.start, change), stop=changed(one.stop, change))
        case ir.Turns():
            return replace(one, count=changed(one.count, change))
        case ir.While() | ir.If() | ir.Fail():
            return replace(one, condition=changed(one.condition, change))
        case ir.Pointer():
            picked = tuple((changed(s, change), None if k is None else changed(k, change)) for s, k in one.picked)
            return replace(one, offset=changed(one.offset, change), picked=picked)
        case ir.Support():
            arguments = (a if isinstance(a, (str, ir.CType)) else changed(a, change) for a in one.arguments)
            return replace(one, arguments=tuple(arguments))
    return one


def with_bodies(one: Statement, change: Callable[[tuple[Statement, ...]], tuple[Statement, ...]]) -> Statement:
    """A statement whose bodies are changed."""
    match one:
        case ir.For() | ir.Turns():
            return replace(one, body=change(one.body))
        case ir.While():
            return replace(one, before=change(one.before), body=change(one.body))
        case ir.If():
            return replace(one, then=change(one.then), otherwise=change(one.otherwise))
        case ir.Support():
            return replace(one, otherwise=change(one.otherwise))
    return one


def bodies(one: Statement) -> tuple[tuple[Statement, ...], ...]:
    match one:
        case ir.For() | ir.Turns():
            return (one.body,)
        case ir.While():
            return one.before, one.body
        case ir.If():
            return one.then, one.otherwise
        case ir.Support():
            return (one.otherwise,)
    return ()


def every(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """All statements, at every depth, those that stand in for support included."""
    for one in body:
        yield one
        for inner in bodies(one):
            yield from every(inner)


def changing_in(body: tuple[Statement, ...]) -> frozenset[str]:
    """The variables that are set again."""
    found = {one.name for one in every(body) if isinstance(one, ir.Assign)}
    return frozenset(found | {one.name for one in every(body) if isinstance(one, ir.Let) and not one.final})


def read_in(one: Statement) -> set[str]:
    """The scalars that a statement reads, with the statements in it."""
    found: set[str] = set()

    def note(expr: CExpr) -> CExpr:
        if isinstance(expr, ir.LocalName):
            found.add(expr.name)
        return expr

    for inner in every((one,)):
        with_expressions(inner, note)
    return found


OF_LISTS = ("item", "length:", "list_length", "is_empty")  # operations that read what lists have


def parts_of(one: Statement) -> list[CExpr]:
    """The expressions of a statement, and their parts; not those of statements in it."""
    found: list[CExpr] = []

    def note(expr: CExpr) -> CExpr:
        found.append(expr)
        return expr

    with_expressions(one, note)
    return found


def reads_lists(one: Statement) -> bool:
    return any(isinstance(part, ir.Apply) and part.op.startswith(OF_LISTS) for part in parts_of(one))

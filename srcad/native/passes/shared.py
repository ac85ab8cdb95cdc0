"""Shared: what is computed again from the same names has one name.

    const int64_t n_4 = n - 2;              const int64_t n_4 = n - 2;
    double *const u_1 = u + first;          double *const u_1 = u + first;
    const int64_t n_8 = n - 2;              y[n_4] = u_1[0];
    double *const u_2 = u + first;
    y[n_8] = u_2[0];

That is said of ints and of places in arrays: of lengths, strides, and where slices begin. So what is equally long, or
at the same place, is known to be by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.rewriting import OF_LISTS, changed, changing_in, every, with_bodies, with_expressions

ArrayPlace = tuple[str, CExpr]  # a pointer, and how many elements behind it
MOVING = frozenset(("REPOINT", "NO_DATA"))  # what gives a pointer another place


def shared(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The body with one name for what is the same."""
    return _Scope(changing_in(body)).block(body)


@dataclass
class _Scope:
    """What has a name at a place.

    changing   variables that are set again: what is made of them isn't the same for long
    values     the names of ints
    pointers   the names of places
    renamed    what stands for names that are no more
    """

    changing: frozenset[str]
    values: dict[CExpr, CExpr] = field(default_factory=dict)
    pointers: dict[ArrayPlace, str] = field(default_factory=dict)
    renamed: dict[str, CExpr] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(made for one in body for made in self.statement(self.now(one)))

    def now(self, one: Statement) -> Statement:
        """A statement by the names that there are."""
        one = with_expressions(one, self.expression)
        match one:
            case ir.Store():
                return replace(one, pointer=self.moved.get(one.pointer, one.pointer))
            case ir.Pointer():
                return replace(one, source=self.moved.get(one.source, one.source))
            case ir.Support():
                arguments = (self.moved.get(a, a) if isinstance(a, str) else a for a in one.arguments)
                return replace(one, arguments=tuple(arguments))
        return one

    def expression(self, expr: CExpr) -> CExpr:
        match expr:
            case ir.LocalName(name):
                return self.renamed.get(name, expr)
            case ir.Apply(_, _, CType.INT64):
                return self.values.get(expr, expr)
            case ir.Load(pointer):
                return replace(expr, pointer=self.moved.get(pointer, pointer))
        return expr

    def statement(self, one: Statement) -> tuple[Statement, ...]:
        match one:
            case ir.Let(name, CType.INT64, value, True) if self.lasts(value):
                return () if self.known(name, value) else (one,)
            case ir.Pointer(name, source, offset) if self.lasts(offset):
                known = self.pointers.setdefault((source, offset), name)
                if known != name:
                    self.moved[name] = known
                    return ()
            case ir.Support(macro, (str() as pointer, *_)) if macro in MOVING:
                self.forget({pointer})
            case ir.For() | ir.Turns() | ir.While() | ir.If() | ir.Support(otherwise=(_, *_)):
                self.forget(_moving(one))
                made = with_bodies(one, self.inside)
                self.forget(_moving(one))
                return (made,)
        return (one,)

    def known(self, name: str, value: CExpr) -> bool:
        """Whether a value has a name, or is one."""
        known = value if isinstance(value, (ir.LocalName, ir.Literal)) else self.values.get(value)
        if known is None:
            self.values[value] = ir.LocalName(name, CType.INT64)
            return False
        self.renamed[name] = known
        return True

    def inside(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """A body, whose names mean nothing behind it."""
        inner = replace(self, values=dict(self.values), pointers=dict(self.pointers))
        return inner.block(body)

    def forget(self, moving: set[str]) -> None:
        if moving:
            self.pointers = {place: name for place, name in self.pointers.items() if place[0] not in moving}

    def lasts(self, expr: CExpr) -> bool:
        """Whether an expression is the same wherever its names are."""
        good = True

        def look(part: CExpr) -> CExpr:
            nonlocal good
            match part:
                case ir.Load():
                    good = False
                case ir.LocalName(name):
                    good = good and name not in self.changing
                case ir.Apply(op):
                    good = good and not op.startswith(OF_LISTS)
            return part

        changed(expr, look)
        return good


def _moving(one: Statement) -> set[str]:
    """The pointers that are given other places in a statement."""
    supports = (inner for inner in every((one,)) if isinstance(inner, ir.Support))
    return {str(inner.arguments[0]) for inner in supports if inner.macro in MOVING}

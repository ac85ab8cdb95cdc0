"""match: a chain of ifs, whose conditions bind the names of their patterns.

match mode:                        if mode == "sin":
    case "sin": y = sin(x)    ->       y = sin(x)
    case ("pow", n): ...           elif len(mode) == 2 and mode[0] == "pow" and bind(n, mode[1]): ...
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from srcad.frontend.containers.comparisons import compare, contains
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.core.cells import DictCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, TRUE, Ref, Static, Tup, Value
from srcad.frontend.library.kinds import KINDS, python_types
from srcad.frontend.memory.branches import both, either
from srcad.frontend.memory.objects import get_attribute
from srcad.frontend.syntax.assign import set_name

ITSELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)  # case float(x): x is the subject


class Matches(ast.expr):
    """The condition of a case, as an expression: whether the value of a hidden name has a pattern, and the guard."""

    _fields = ("subject", "pattern", "guard")

    def __init__(self, subject: str, pattern: ast.pattern, guard: ast.expr | None) -> None:
        super().__init__()
        self.subject, self.pattern, self.guard = subject, pattern, guard


def as_ifs(m: Machine, statement: ast.Match) -> ast.If:
    """The statement as `if`s, for a subject that is evaluated at once."""
    name = f"$subject {statement.lineno} {statement.col_offset}"
    m.bind(name, m.evaluate(statement.subject))
    orelse: list[ast.stmt] = []
    for case in reversed(statement.cases):
        test = Matches(name, case.pattern, case.guard)
        ast.copy_location(test, case.pattern)
        orelse = [ast.copy_location(ast.If(test, case.body, orelse), case.pattern)]
    (whole,) = orelse
    assert isinstance(whole, ast.If)
    return whole


def condition(m: Machine, node: Matches) -> Value:
    subject = m.look(node.subject)
    assert subject is not None
    found, guard = matched(m, node.pattern, subject), node.guard
    return found if guard is None else both(m, found, lambda: m.evaluate(guard))


def matched(m: Machine, pattern: ast.pattern, subject: Value) -> Value:
    """Whether a value has a pattern; binds the names of the pattern."""
    with m.at(pattern):
        return PATTERNS[type(pattern)](m, pattern, subject)


def _all(m: Machine, tests: list[Callable[[], Value]]) -> Value:
    return both(m, tests[0](), lambda: _all(m, tests[1:])) if tests else TRUE


def _value(m: Machine, pattern: ast.MatchValue, subject: Value) -> Value:
    return compare(m, ast.Eq(), subject, m.evaluate(pattern.value))


def _singleton(m: Machine, pattern: ast.MatchSingleton, subject: Value) -> Value:
    return compare(m, ast.Is(), subject, Static(pattern.value))


def _as(m: Machine, pattern: ast.MatchAs, subject: Value) -> Value:
    found = TRUE if pattern.pattern is None else matched(m, pattern.pattern, subject)
    return found if pattern.name is None else both(m, found, lambda: _bound(m, pattern.name, subject))


def _bound(m: Machine, name: str | None, value: Value) -> Value:
    if name is not None:
        set_name(m, name, value)
    return TRUE


def _or(m: Machine, pattern: ast.MatchOr, subject: Value) -> Value:
    return _any(m, pattern.patterns, subject)


def _any(m: Machine, patterns: list[ast.pattern], subject: Value) -> Value:
    first, rest = matched(m, patterns[0], subject), patterns[1:]
    return either(m, first, lambda: _any(m, rest, subject)) if rest else first


def _sequence(m: Machine, pattern: ast.MatchSequence, subject: Value) -> Value:
    """Lists and tuples, but no arrays and no strings."""
    is_list = isinstance(subject, Ref) and not isinstance(m.heap[subject.cell], DictCell)
    if not isinstance(subject, Tup) and not is_list:
        return Static(isinstance(subject, Static) and isinstance(subject.value, (tuple, list)) and not pattern.patterns)
    items = known_items(m, subject, "the number of items that a pattern is compared with")
    stars = [k for k, p in enumerate(pattern.patterns) if isinstance(p, ast.MatchStar)]
    count = len(pattern.patterns)
    if len(items) < count - 1 or (len(items) != count and not stars):
        return FALSE
    k = stars[0] if stars else count
    after = count - k - 1
    middle = Ref(m.allocate(ListCell(items[k : len(items) - after]))) if stars else None
    parts = (*items[:k], *((middle,) if middle else ()), *(items[len(items) - after :] if stars else ()))
    pairs = zip(pattern.patterns, parts, strict=True)
    return _all(m, [lambda p=p, v=v: matched(m, p, v) for p, v in pairs])  # type: ignore[misc]


def _star(m: Machine, pattern: ast.MatchStar, subject: Value) -> Value:
    return _bound(m, pattern.name, subject)


def _mapping(m: Machine, pattern: ast.MatchMapping, subject: Value) -> Value:
    cell = m.content(subject)
    if not isinstance(cell, DictCell) or not isinstance(subject, Ref):
        return FALSE
    keys = [m.evaluate(key) for key in pattern.keys]

    def item(key: Value, part: ast.pattern) -> Callable[[], Value]:
        return lambda: both(m, contains(m, subject, key), lambda: matched(m, part, get_at(m, subject, key)))

    def rest() -> Value:
        taken = [key.value for key in keys if isinstance(key, Static)]
        left = tuple((k, v) for k, v in cell.items if k not in taken)
        return _bound(m, pattern.rest, Ref(m.allocate(DictCell(left))))

    tests = [item(key, part) for key, part in zip(keys, pattern.patterns, strict=True)]
    return _all(m, [*tests, *([rest] if pattern.rest else [])])


def _class(m: Machine, pattern: ast.MatchClass, subject: Value) -> Value:
    cls = m.evaluate(pattern.cls)
    found: Value = KINDS[isinstance](m, subject, cls)
    known = cls.value if isinstance(cls, Static) else object
    if pattern.patterns and known in ITSELF:
        return both(m, found, lambda: matched(m, pattern.patterns[0], subject))
    named: tuple[str, ...] = getattr((python_types(m, subject) or (known,))[0], "__match_args__", ())
    pairs = [*zip(named, pattern.patterns, strict=False), *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)]

    def attribute(name: str, part: ast.pattern) -> Callable[[], Value]:
        return lambda: matched(m, part, get_attribute(m, subject, name))

    return both(m, found, lambda: _all(m, [attribute(name, part) for name, part in pairs]))


PATTERNS: dict[type, Callable[[Machine, Any, Value], Value]] = {
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchAs: _as,
    ast.MatchOr: _or,
    ast.MatchSequence: _sequence,
    ast.MatchStar: _star,
    ast.MatchMapping: _mapping,
    ast.MatchClass: _class,
}

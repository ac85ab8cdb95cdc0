"""From statements to text: printed by astor one by one, with the user's lines as comments."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from srcad.codegen.control import Block, Item
from srcad.codegen.printing import source_of
from srcad.codegen.wrapping import wrap
from srcad.errors import Span

WIDTH = 100
INDENT = "    "
Key = tuple[bool, str, int]  # whether adjoint; path and line of the user's source


def text_of(node: ast.AST) -> str:
    """The source of a statement, on one line where the grammar allows it."""
    source = source_of(node)
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and source.endswith(","):
        return f"return ({source.removeprefix('return ')})"
    return source


def head_of(node: ast.stmt | ast.ExceptHandler) -> str:
    """The first line of a compound statement, without the colon."""
    if isinstance(node, ast.Try):
        return "try"
    if isinstance(node, ast.ExceptHandler):
        kinds = source_of(node.type) if node.type is not None else ""
        return f"except {kinds}" + (f" as {node.name}" if node.name else "")
    holder: Any = type(node)(**{name: getattr(node, name) for name in node._fields if hasattr(node, name)})
    holder.body = [ast.Pass()]
    return text_of(holder).removesuffix("pass").rstrip().removesuffix(":")


@dataclass
class SourceLayout:
    """The lines of a function, and which line of the user's each of them comes from."""

    lines: list[str] = field(default_factory=list)
    spans: dict[int, Span] = field(default_factory=dict)

    def put(self, text: str, depth: int, span: Span | None = None) -> None:
        """One logical line."""
        room = WIDTH - len(INDENT) * depth
        for line in wrap(text, room):
            self.lines.append(INDENT * depth + line)
            if span is not None:
                self.spans[len(self.lines)] = span

    def block(self, items: Iterable[Item], depth: int, last: Key | None = None) -> None:
        """Statements, with a comment where another line of the user's begins."""
        for key, group in _groups(list(items)):
            if key is not None and key != last and not _is_the_line(group):
                self.comment(group, depth)
            last = key or last
            for item in group:
                self.item(item, depth, last)

    def comment(self, group: list[Item], depth: int) -> None:
        key, span = next((k, s) for k, s in map(_origin, group) if k and s)
        text = f"# {'adjoint of: ' if key[0] else ''}{span.text.strip()}"
        room = WIDTH - len(INDENT) * depth
        self.lines.append(INDENT * depth + (text if len(text) <= room else text[: room - 4] + " ..."))

    def item(self, item: Item, depth: int, last: Key | None) -> None:
        span = item.origin.span if item.origin else None
        if not isinstance(item, Block):
            self.put(text_of(item.node), depth, span)
            return
        self.put(head_of(item.node) + ":", depth, span)
        self.block(item.body, depth + 1, last)
        for clause in item.clauses:
            self.item(clause, depth, last)
        self.rest(item, depth, last)

    def rest(self, item: Block, depth: int, last: Key | None) -> None:
        """`elif` and `else`, or `finally`."""
        if not item.rest:
            return
        (first, *others) = item.rest
        if isinstance(item.node, ast.If) and not others and isinstance(first, Block) and isinstance(first.node, ast.If):
            self.put(f"el{head_of(first.node)}:", depth, first.origin.span if first.origin else None)
            self.block(first.body, depth + 1, _origin(first)[0] or last)
            self.rest(first, depth, last)
            return
        self.put("finally:" if isinstance(item.node, ast.Try) else "else:", depth)
        self.block(item.rest, depth + 1, last)


# ---- comments


def _origin(item: Item) -> tuple[Key | None, Span | None]:
    eq = item.origin
    if eq is None or eq.span is None or eq.role == "record" or not eq.span.text.strip():
        return None, None
    return (eq.role == "adjoint", eq.span.path, eq.span.line), eq.span


def _groups(items: list[Item]) -> Iterator[tuple[Key | None, list[Item]]]:
    """Neighbours that come from the same line; what comes from none goes with those before it."""
    group: list[Item] = []
    key = None
    for item in items:
        own = _origin(item)[0]
        if group and own is not None and own != key:
            yield key, group
            group, key = [], None
        group.append(item)
        key = own if own is not None else key
    if group:
        yield key, group


def _is_the_line(group: list[Item]) -> bool:
    """Whether the code is the user's line itself, so that a comment would say it twice."""
    known = [item for item in group if _origin(item)[0] is not None and not _is_tangent(item)]
    if not known or known[0] is not group[0]:
        return False
    key, span = _origin(known[0])
    if len(known) != 1 or key is None or span is None or key[0]:
        return False
    item = known[0]
    printed = head_of(item.node) if isinstance(item, Block) else text_of(item.node)
    return _normal(span.text.strip()) == printed


def _is_tangent(item: Item) -> bool:
    """Whether a statement is the tangent of one that stands before it."""
    return item.origin is not None and item.origin.role == "tangent"


@lru_cache(maxsize=4096)
def _normal(line: str) -> str | None:
    """The user's line as we would print it; None if it isn't a statement on its own."""
    try:
        (node,) = ast.parse(line).body
    except SyntaxError:
        return _normal_head(line)
    except ValueError:
        return None
    return text_of(node)


def _normal_head(line: str) -> str | None:
    """The head of a block as we would print it; `elif` reads like the `if` that it is."""
    for source in (line, line.removeprefix("el")):
        try:
            (node,) = ast.parse(f"{source.rstrip()}\n    pass").body
        except (SyntaxError, ValueError):
            continue
        return head_of(node)
    return None

"""One syntax tree to text, by astor."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from srcad.ops.spelling import escaped

with warnings.catch_warnings():
    # astor asks `ast` for the node types of Pythons long gone, and `ast` says that it will lose them.
    warnings.filterwarnings("ignore", r"ast\.\w+ is deprecated", DeprecationWarning)
    import astor

QUOTES = ("'", '"', "'''", '"""')


def source_of(node: ast.AST) -> str:
    """The source of a node, each statement on one line where the grammar allows it."""
    source: str = astor.to_source(
        node, pretty_string=_string, pretty_source="".join, source_generator_class=_SourceGenerator
    )
    return source.strip()


def _string(value: object, *_: object, **__: object) -> str:
    return repr(value)


class _SourceGenerator(astor.SourceGenerator):  # type: ignore[misc]  # astor has no types
    """astor's way of printing, but for f-strings, whose parts it takes for nodes that Python 3.14 no longer has."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:  # noqa: N802  # as `ast` calls its visitors
        self.write(_f_string(node))


def _f_string(node: ast.JoinedStr) -> str:
    quote = next((q for q in QUOTES if not any(q in text for text in _values(node))), QUOTES[-1])
    return f"f{quote}{''.join(_part(part, quote) for part in node.values)}{quote}"


def _values(node: ast.JoinedStr) -> Iterator[str]:
    """The expressions in an f-string, in its formats as well: no Python before 3.12 allows its quotes in them."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield _value(part.value)
            if isinstance(part.format_spec, ast.JoinedStr):
                yield from _values(part.format_spec)


def _value(node: ast.expr) -> str:
    text = source_of(ast.Expr(node))
    return f"({text})" if isinstance(node, ast.Lambda) else f" {text}" if text.startswith("{") else text


def _part(node: ast.expr, quote: str, braces: bool = True) -> str:
    """A piece of text, whose braces are doubled unless it is a format, or a value in braces."""
    if isinstance(node, ast.FormattedValue):
        conversion = f"!{chr(node.conversion)}" if node.conversion != -1 else ""
        pieces = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
        spec = "".join(_part(piece, quote, braces=False) for piece in pieces)
        return "{" + _value(node.value) + conversion + (f":{spec}" if spec else "") + "}"
    text = escaped(str(getattr(node, "value", "")), quote)
    return text.replace("{", "{{").replace("}", "}}") if braces else text

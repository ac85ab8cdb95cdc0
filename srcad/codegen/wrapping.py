"""Breaking long lines: at commas and before operators, at the outermost brackets first."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

_OPERATORS = frozenset(["+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>", "and", "or", "if", "else"])
_OPERATORS |= {"==", "!=", "<", "<=", ">", ">="}
INDENT = "    "
_CLOSING = frozenset(")]}")
_OPENING = frozenset("([{")


@dataclass(frozen=True)
class _Piece:
    """Text up to the next place where a line may be broken; `depth`: in how many brackets that place is."""

    text: str
    depth: int


def wrap(line: str, width: int) -> list[str]:
    """The lines of a logical line (without indentation)."""
    if len(line) <= width:
        return [line]
    line = _bracketed(line)
    lines = [""]
    _put(_pieces(line), lines, width)
    first, *rest = (text.rstrip() for text in lines)
    return [first, *(INDENT + text for text in rest)]


def _tokens(line: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(line).readline))
    except (tokenize.TokenError, IndentationError):
        return []


def _bracketed(line: str) -> str:
    """Brackets around the right side, where it has operators outside of all brackets."""
    start = _right_side(line)
    if start is None or all(piece.depth for piece in _pieces(line[start:])[:-1]):
        return line
    return f"{line[:start]}({line[start:]})"


def _right_side(line: str) -> int | None:
    """Where the right side of an assignment, or the value of a return, begins."""
    if line.startswith("return "):
        return len("return ")
    depth = 0
    for token in _tokens(line):
        depth += (token.string in _OPENING) - (token.string in _CLOSING)
        if depth == 0 and token.type == tokenize.OP and token.string.endswith("=") and _assigns(token.string):
            return token.end[1] + 1
    return None


def _assigns(operator: str) -> bool:
    return operator not in ("==", "!=", "<=", ">=")


def _pieces(line: str) -> list[_Piece]:
    """The line cut at every place where it may be broken."""
    pieces: list[_Piece] = []
    start, depth, before = 0, 0, ""
    for token in _tokens(line):
        if token.string in _CLOSING:
            depth -= 1
        if token.string in _OPERATORS and _ends_operand(before):
            pieces.append(_Piece(line[start : token.start[1]], depth))
            start = token.start[1]
        if token.string == ",":
            pieces.append(_Piece(line[start : token.end[1]], depth))
            start = token.end[1]
        if token.string in _OPENING and token.type == tokenize.OP:
            depth += 1
        before = token.string
    return [*pieces, _Piece(line[start:], 0)]


def _ends_operand(before: str) -> bool:
    """Whether an operator after this token is a binary one."""
    if before in _OPERATORS or before in _OPENING or before in (",", "=", ":", ""):
        return False
    return not keyword.iskeyword(before) or before in ("None", "True", "False")


def _put(pieces: list[_Piece], lines: list[str], width: int) -> None:
    """Add pieces to the last line, or to a new one, or, where they fit on neither, cut at their outermost places."""
    text = "".join(piece.text for piece in pieces)
    room = width if len(lines) == 1 else width - len(INDENT)
    outermost = min((piece.depth for piece in pieces[:-1] if piece.depth), default=0)
    if len(lines[-1]) + len(text.rstrip()) <= room:
        lines[-1] += text
    elif lines[-1] and (len(text.strip()) <= width - len(INDENT) or not outermost):
        lines.append(text.lstrip())
    elif not outermost:
        lines[-1] += text
    else:
        for chunk in _chunks(pieces, outermost):
            _put(chunk, lines, width)


def _chunks(pieces: list[_Piece], depth: int) -> Iterator[list[_Piece]]:
    """The pieces cut at this depth: at its commas, if there are any."""
    places = [piece for piece in pieces[:-1] if piece.depth == depth]
    commas = [piece for piece in places if piece.text.endswith(",")]
    chunk: list[_Piece] = []
    for piece in pieces:
        chunk.append(piece)
        if piece is pieces[-1] or any(piece is place for place in commas or places):
            yield chunk
            chunk = []

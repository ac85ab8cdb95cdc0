"""Breaking long lines: at commas and before operators, at the outermost brackets first."""

from __future__ import annotations

import io
import keyword
import tokenize
from dataclasses import dataclass

_OPERATORS = frozenset(["+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>", "and", "or", "if", "else"])
_OPERATORS |= {"==", "!=", "<", "<=", ">", ">="}
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
    pieces = _pieces(line)
    lines = _fill(pieces, width, min((p.depth for p in pieces[:-1]), default=0))
    return [lines[0], *("    " + rest for rest in lines[1:])]


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


def _fill(pieces: list[_Piece], width: int, depth: int) -> list[str]:
    """As much on each line as fits, breaking at places of this depth, and deeper where need be."""
    if depth == 0:
        return ["".join(piece.text for piece in pieces)]
    lines = [""]
    chunk: list[_Piece] = []
    for piece in pieces:
        chunk.append(piece)
        if piece.depth == depth or piece is pieces[-1]:
            _place(chunk, lines, width, depth)
            chunk = []
    return [line.strip() for line in lines]


def _place(chunk: list[_Piece], lines: list[str], width: int, depth: int) -> None:
    """Put what can't be broken at this depth on the last line, on a new one, or on several."""
    text = "".join(piece.text for piece in chunk)
    room = width - (4 if len(lines) > 1 else 0)
    if len(lines[-1]) + len(text.rstrip()) <= room or not lines[-1]:
        lines[-1] += text
        return
    if len(text.strip()) <= width - 4 or len(chunk) == 1:
        lines.append(text.lstrip())
        return
    deeper = min((piece.depth for piece in chunk[:-1]), default=0)
    if deeper > depth:
        lines.append("")
        for line in _fill([*chunk[:-1], chunk[-1]], width - 4, deeper):
            lines[-1:] = [lines[-1], line] if lines[-1] else [line]
        lines[-1] += " " if text.endswith(" ") else ""
    else:
        lines.append(text.lstrip())

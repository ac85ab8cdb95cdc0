"""Values made up from a description of their types: `w: float64[n], X: float64[m, n]`.

What a derivative's code depends on are types, not values. So where nobody calls the function (on the command line, or
`.source()` without arguments) arguments are made up that have the described types.

    spec   := name ":" type ("," name ":" type)*
    type   := "float" | "int" | "bool" | "str" | dtype | dtype "[" [dim ("," dim)*] "]"
            | "[" type, ... "]" | "(" type, ... ")" | "tuple[" type, ... "]" | "{" key ":" type, ... "}" | literal
    dim    := a number | a symbol | ":"                    the same symbol is the same length
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from srcad.errors import ArgumentError
from srcad.frontend.core.literals import keyword_literals

Item = TypeVar("Item")

PLAIN: dict[str, complex | str | None] = {
    "float": 1.0,
    "complex": 1.0 + 1.0j,
    "int": 2,
    "bool": True,
    "str": "",
    "None": None,
    "True": True,
    "False": False,
    "inf": float("inf"),
    "-inf": -float("inf"),
    "nan": float("nan"),
}
_TOKEN = re.compile(r"-?inf\b|-?\d+\.\d*(?:[eE][-+]?\d+)?|-?\d+(?:[eE][-+]?\d+)?|[A-Za-z_][\w.]*|'[^']*'|\"[^\"]*\"|\S")
_FIRST_SIZE = 4


def parse(spec: str) -> dict[str, str]:
    """`"w: float64[n], b: float"` -> {"w": "float64[n]", "b": "float"}."""
    described: dict[str, str] = {}
    for part in split_top_level(spec):
        name, colon, text = part.partition(":")
        if not colon or not name.strip().isidentifier():
            raise ArgumentError(f"can't read {part.strip()!r}", do="write NAME: TYPE, as in 'w: float64[n], b: float'")
        described[name.strip()] = text.strip()
    return described


def split_top_level(text: str, separator: str = ",") -> list[str]:
    """The parts of a text between separators that stand in no bracket; empty parts are left out."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def parse_values(text: str) -> dict[str, object]:
    """`"x1=2, w=[1, 2]"` -> {"x1": 2.0, "w": array([1., 2.])}: numbers are floats, lists are arrays.

    Else a value is a literal of Python, or a type.
    """
    literals = keyword_literals(text)
    if literals is not None and all(map(_is_regular, literals.values())):
        return {name: _as_floats(value) for name, value in literals.items()}
    values: dict[str, object] = {}
    for part in split_top_level(text):
        name, equals, value = part.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ArgumentError(f"can't read {part.strip()!r}", do="write NAME=VALUE, as in 'x1=2, w=[1, 2]'")
        values[name.strip()] = _read_value(name.strip(), value.strip())
    return values


def _is_regular(value: object) -> bool:
    """Whether a list is one of rows that are equally long: others are no array."""
    if not isinstance(value, list):
        return True
    try:
        return np.array(value).dtype.kind in "biufcUS"
    except ValueError:
        return False


def _read_value(name: str, text: str) -> object:
    try:
        return _as_floats(make(text, Sizes()))
    except (ArgumentError, ValueError):  # or rows of different lengths
        what = f"can't read the value {text!r} of {name}"
        raise ArgumentError(what, do="write a number, an array like [1, 2], or a text in quotes") from None


def _as_floats(value: object) -> object:
    match value:
        case list():
            made = np.array(value)
            return made.astype(float) if made.dtype.kind in "biu" else value if made.dtype.kind in "US" else made
        case tuple():
            return tuple(map(_as_floats, value))
        case dict():
            return {key: _as_floats(item) for key, item in value.items()}
        case int() if type(value) is not bool:
            return float(value)
    return value


# ---- descriptions


class Sizes:
    """Lengths for the symbols: all different, none of them 1, so that nothing fits by accident."""

    def __init__(self) -> None:
        self.lengths: dict[str, int] = {}
        self.count = 0

    def new(self) -> int:
        self.count += 1
        return _FIRST_SIZE + self.count

    def of(self, symbol: str) -> int:
        if symbol not in self.lengths:
            self.lengths[symbol] = self.new()
        return self.lengths[symbol]


def make(text: str, sizes: Sizes) -> object:
    """A value of the described type."""
    reader = _Description(text, sizes)
    value = reader.type()
    if reader.peek():
        raise reader.error(f"{reader.peek()!r} is left over")
    return value


class _Description:
    """Recursive descent through one description."""

    def __init__(self, text: str, sizes: Sizes) -> None:
        self.text = text
        self.tokens = _TOKEN.findall(text)
        self.position = 0
        self.sizes = sizes

    def error(self, why: str) -> ArgumentError:
        return ArgumentError(
            f"can't read the type {self.text!r}", why=why, do="write float, int, float64[n], float32[m, 3] or the like"
        )

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise self.error("it ends too early")
        self.position += 1
        return token

    def type(self) -> object:
        token = self.next()
        if token in ("[", "("):
            items = self.items(self.type, "]" if token == "[" else ")")
            return items if token == "[" else tuple(items)
        if token == "{":
            return dict(self.items(self.entry, "}"))
        if token[0] in "'\"":
            return token[1:-1]
        if token in PLAIN:
            return PLAIN[token]
        if re.fullmatch(r"-?\d+", token):
            return int(token)
        if re.match(r"-?\d", token):
            return float(token)
        return self.array_or_tuple(token)

    def array_or_tuple(self, token: str) -> object:
        if token in ("tuple", "list") and self.peek() == "[":
            self.next()
            items = self.items(self.type, "]")
            return tuple(items) if token == "tuple" else items
        dtype = self.dtype(token)
        if self.peek() != "[":
            return dtype.type(1)
        self.next()
        return np.ones(self.items(self.dim, "]"), dtype)

    def dtype(self, token: str) -> np.dtype[np.generic]:
        try:
            return np.dtype(token.removeprefix("np.").removeprefix("numpy."))
        except TypeError:
            raise self.error(f"{token!r} is not a type that has a derivative or a literal") from None

    def items(self, item: Callable[[], Item], close: str) -> list[Item]:
        found: list[Item] = []
        while self.peek() != close:
            found.append(item())
            if self.peek() == ",":
                self.next()
            elif self.peek() != close:
                raise self.error(f"{close!r} is missing")
        self.next()
        return found

    def entry(self) -> tuple[str | int, object]:
        key = self.next()
        if self.next() != ":":
            raise self.error("':' is missing after a key")
        return (key[1:-1] if key[0] in "'\"" else int(key) if key.isdigit() else key), self.type()

    def dim(self) -> int:
        token = self.next()
        if token == ":":
            return self.sizes.new()
        return int(token) if token.isdigit() else self.sizes.of(token)

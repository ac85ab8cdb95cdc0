"""Representative arguments made from a description of their types.

What a derivative's code depends on are types, not values. So where nobody calls the function (on the command line, or
`.source()` without arguments) arguments are made up that have the described types: `w: float64[n], X: float64[m, n]`.

    spec   := name ":" type ("," name ":" type)*
    type   := "float" | "int" | "bool" | "str" | dtype | dtype "[" [dim ("," dim)*] "]"
            | "[" type, ... "]" | "(" type, ... ")" | "tuple[" type, ... "]" | "{" key ":" type, ... "}" | literal
    dim    := a number | a symbol | ":"                    the same symbol is the same length
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcad.errors import ArgumentError

_TOKEN = re.compile(r"-?inf\b|-?\d+\.\d*(?:[eE][-+]?\d+)?|-?\d+(?:[eE][-+]?\d+)?|[A-Za-z_][\w.]*|'[^']*'|\"[^\"]*\"|\S")
_PLAIN: dict[str, Any] = {"float": 1.0, "int": 2, "bool": True, "str": "", "None": None, "True": True, "False": False}
_PLAIN |= {"inf": float("inf"), "-inf": -float("inf"), "nan": float("nan")}
_FIRST_SIZE = 4


@dataclass
class Example:
    """A made-up call, and what had to be assumed for it."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)


def example_call(function: Callable[..., Any], spec: str = "", at: str = "") -> Example:
    """Arguments for a function: from values, else a description, else annotations, else defaults, else floats."""
    described, values = parse(spec), parse_values(at)
    example = Example()
    sizes = _Sizes()
    if isinstance(function, np.ufunc):
        return Example((1.0,) * function.nin)
    parameters = inspect.signature(function).parameters.values()
    unknown = {*described, *values} - {p.name for p in parameters}
    if unknown:
        raise ArgumentError(f"no parameter is called {', '.join(sorted(unknown))}: {_parameter_names(parameters)}")
    hints = _hints(function)
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.name in values:
            value = _like(values[parameter.name], parameter)
        elif parameter.name in described:
            value = _make(described[parameter.name], sizes)
        else:
            value = _from_parameter(parameter, hints, sizes, example.assumed)
        if parameter.kind is parameter.KEYWORD_ONLY:
            example.kwargs[parameter.name] = value
        else:
            example.args = (*example.args, value)
    return example


def _like(value: Any, parameter: inspect.Parameter) -> Any:
    """A value that was written down; an int where the parameter is one."""
    is_int = parameter.annotation in (int, "int") or type(parameter.default) is int
    return int(value) if is_int and isinstance(value, float) else value


def _parameter_names(parameters: Any) -> str:
    return "the parameters are " + ", ".join(p.name for p in parameters)


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


def parse_values(text: str) -> dict[str, Any]:
    """`"x1=2, w=[1, 2]"` -> {"x1": 2.0, "w": array([1., 2.])}: numbers are floats, brackets are arrays."""
    values: dict[str, Any] = {}
    for part in split_top_level(text):
        name, equals, value = part.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ArgumentError(f"can't read {part.strip()!r}", do="write NAME=VALUE, as in 'x1=2, w=[1, 2]'")
        values[name.strip()] = _read_value(name.strip(), value.strip())
    return values


def _read_value(name: str, text: str) -> Any:
    try:
        return _as_floats(_make(text, _Sizes()))
    except (ArgumentError, ValueError):  # or rows of different lengths
        what = f"can't read the value {text!r} of {name}"
        raise ArgumentError(what, do="write a number, an array like [1, 2], or a text in quotes") from None


def _as_floats(value: Any) -> Any:
    if isinstance(value, list):
        return np.array(value, float)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


# ---- descriptions


class _Sizes:
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


def _make(text: str, sizes: _Sizes) -> Any:
    """A value of the described type."""
    reader = _Reader(text, sizes)
    value = reader.type()
    if reader.peek():
        raise reader.error(f"{reader.peek()!r} is left over")
    return value


class _Reader:
    """Recursive descent through one description."""

    def __init__(self, text: str, sizes: _Sizes) -> None:
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

    def type(self) -> Any:
        token = self.next()
        if token in ("[", "("):
            items = self.items(self.type, "]" if token == "[" else ")")
            return items if token == "[" else tuple(items)
        if token == "{":
            return dict(self.items(self.entry, "}"))
        if token[0] in "'\"":
            return token[1:-1]
        if token in _PLAIN:
            return _PLAIN[token]
        if re.fullmatch(r"-?\d+", token):
            return int(token)
        if re.match(r"-?\d", token):
            return float(token)
        return self.array_or_tuple(token)

    def array_or_tuple(self, token: str) -> Any:
        if token in ("tuple", "list") and self.peek() == "[":
            self.next()
            items = self.items(self.type, "]")
            return tuple(items) if token == "tuple" else items
        dtype = self.dtype(token)
        if self.peek() != "[":
            return dtype.type(1)
        self.next()
        return np.ones(self.items(self.dim, "]"), dtype)

    def dtype(self, token: str) -> np.dtype[Any]:
        try:
            return np.dtype(token.removeprefix("np.").removeprefix("numpy."))
        except TypeError:
            raise self.error(f"{token!r} is not a type that has a derivative or a literal") from None

    def items(self, item: Callable[[], Any], close: str) -> list[Any]:
        found = []
        while self.peek() != close:
            found.append(item())
            if self.peek() == ",":
                self.next()
            elif self.peek() != close:
                raise self.error(f"{close!r} is missing")
        self.next()
        return found

    def entry(self) -> tuple[Any, Any]:
        key = self.next()
        if self.next() != ":":
            raise self.error("':' is missing after a key")
        return (key[1:-1] if key[0] in "'\"" else int(key) if key.isdigit() else key), self.type()

    def dim(self) -> int:
        token = self.next()
        if token == ":":
            return self.sizes.new()
        return int(token) if token.isdigit() else self.sizes.of(token)


# ---- annotations


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations; those written as text evaluated where they can be, as `float64[n]` can't."""
    target = function if hasattr(function, "__annotations__") else getattr(function, "__call__", function)  # noqa: B004
    names = getattr(target, "__globals__", None) or vars(sys.modules.get(target.__module__, typing))
    return {name: _evaluated(given, names) for name, given in getattr(target, "__annotations__", {}).items()}


def _evaluated(annotation: Any, names: dict[str, Any]) -> Any:
    annotation = getattr(annotation, "__forward_arg__", annotation)
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, dict(names))
    except (NameError, TypeError, SyntaxError, AttributeError, IndexError, KeyError):
        return annotation


def _from_parameter(parameter: inspect.Parameter, hints: dict[str, Any], sizes: _Sizes, assumed: list[str]) -> Any:
    if parameter.name in hints:
        return _from_annotation(parameter.name, hints[parameter.name], sizes, assumed)
    if parameter.default is not parameter.empty:
        return parameter.default
    assumed.append(f"{parameter.name}: float")
    return 1.0


def _from_annotation(name: str, annotation: Any, sizes: _Sizes, assumed: list[str]) -> Any:
    if isinstance(annotation, str):
        return _from_text(name, annotation, sizes, assumed)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        texts = [a for a in arguments[1:] if isinstance(a, str)]
        return _make(texts[0], sizes) if texts else _from_annotation(name, arguments[0], sizes, assumed)
    if origin in (typing.Union, types.UnionType):
        return _from_annotation(name, next(a for a in arguments if a is not type(None)), sizes, assumed)
    if annotation is np.ndarray or origin is np.ndarray:
        dtype = _annotated_dtype(arguments)
        assumed.append(f"{name}: {dtype}[n]")
        return np.ones(sizes.new(), dtype)
    if origin is tuple and Ellipsis not in arguments:
        return tuple(_from_annotation(name, a, sizes, assumed) for a in arguments)
    return _from_class(name, annotation, sizes, assumed)


def _from_text(name: str, text: str, sizes: _Sizes, assumed: list[str]) -> Any:
    """A description, or the name of a class that isn't there."""
    try:
        return _make(text, sizes)
    except ArgumentError:
        assumed.append(f"{name}: float")
        return 1.0


def _annotated_dtype(arguments: tuple[Any, ...]) -> np.dtype[Any]:
    """The dtype of `NDArray[np.float32]`; float64 where it isn't said."""
    inner = typing.get_args(arguments[1]) if len(arguments) > 1 else ()
    return np.dtype(inner[0] if inner and isinstance(inner[0], type) and inner[0] in np.sctypeDict.values() else float)


def _from_class(name: str, annotation: Any, sizes: _Sizes, assumed: list[str]) -> Any:
    if isinstance(annotation, type) and annotation.__name__ in _PLAIN:
        return _PLAIN[annotation.__name__]
    if isinstance(annotation, type) and issubclass(annotation, np.generic):
        return np.dtype(annotation).type(1)
    fields = _fields(annotation)
    if fields is None:
        assumed.append(f"{name}: float")
        return 1.0
    hints = _hints(annotation)
    parts = {f: _from_annotation(f"{name}.{f}", hints.get(f, float), sizes, assumed) for f in fields}
    return annotation(**parts)


def _fields(annotation: Any) -> tuple[str, ...] | None:
    """The fields of a named tuple or dataclass."""
    if dataclasses.is_dataclass(annotation):
        return tuple(f.name for f in dataclasses.fields(annotation) if f.init)
    return getattr(annotation, "_fields", None) if isinstance(annotation, type) else None

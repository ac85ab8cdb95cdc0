"""Representative arguments from annotations: what they say about types, in whatever form Python and NumPy have it."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from srcad.calls.typespec import PLAIN, Sizes, make
from srcad.errors import ArgumentError
from srcad.frontend.core.signatures import annotations_of, is_annotated


def from_parameter(
    parameter: inspect.Parameter, hints: Mapping[str, object], sizes: Sizes, assumed: list[str]
) -> object:
    """An argument of the annotated type, else the default, else a float; what isn't said is noted in `assumed`."""
    if parameter.name in hints:
        return _Maker(sizes, assumed).make(parameter.name, hints[parameter.name])
    if parameter.default is not parameter.empty:
        return parameter.default
    assumed.append(f"{parameter.name}: float")
    return 1.0


def hints_of(function: Callable[..., object]) -> dict[str, object]:
    """The annotations; those written as text evaluated where they can be, as `float64[n]` can't."""
    target = function if is_annotated(function) else getattr(function, "__call__", function)  # noqa: B004
    names = getattr(target, "__globals__", None) or vars(sys.modules.get(target.__module__, typing))
    return {name: _evaluated(given, names) for name, given in annotations_of(target).items()}


def _evaluated(annotation: object, names: Mapping[str, object]) -> object:
    annotation = getattr(annotation, "__forward_arg__", annotation)
    if not isinstance(annotation, str):
        return annotation
    try:
        evaluated: object = eval(annotation, dict(names))
    except (NameError, TypeError, SyntaxError, AttributeError, IndexError, KeyError):
        return annotation
    return evaluated


@dataclasses.dataclass(frozen=True)
class _Maker:
    """Values of annotated types: the lengths that are in use, and the list of what had to be assumed."""

    sizes: Sizes
    assumed: list[str]

    def make(self, name: str, annotation: object) -> object:
        if isinstance(annotation, str):
            return self.from_text(name, annotation)
        annotation = _without_aliases(annotation)
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            texts = [a for a in arguments[1:] if isinstance(a, str)]
            return make(texts[0], self.sizes) if texts else self.make(name, arguments[0])
        if origin in (typing.Union, types.UnionType):
            return self.make(name, next(a for a in arguments if a is not type(None)))
        if annotation is np.ndarray or origin is np.ndarray:
            return self.array(name, arguments)
        if origin is tuple and Ellipsis not in arguments:
            return tuple(self.make(name, a) for a in arguments)
        return self.from_class(name, annotation)

    def from_text(self, name: str, text: str) -> object:
        """A description, or the name of a class that isn't there."""
        try:
            return make(text, self.sizes)
        except ArgumentError:
            return self.unknown(name)

    def unknown(self, name: str) -> float:
        self.assumed.append(f"{name}: float")
        return 1.0

    def array(self, name: str, arguments: tuple[object, ...]) -> object:
        dtype = _annotated_dtype(arguments)
        self.assumed.append(f"{name}: {dtype}[n]")
        return np.ones(self.sizes.new(), dtype)

    def from_class(self, name: str, annotation: object) -> object:
        if not isinstance(annotation, type):
            return self.unknown(name)
        if annotation.__name__ in PLAIN:
            return PLAIN[annotation.__name__]
        if issubclass(annotation, np.generic):
            return np.dtype(annotation).type(1)
        fields = _fields(annotation)
        if fields is None:
            return self.unknown(name)
        hints = hints_of(annotation)
        return annotation(**{f: self.make(f"{name}.{f}", hints.get(f, float)) for f in fields})


def _without_aliases(annotation: object) -> object:
    """What a name for a type stands for: one of `type X = ...`, as `NDArray` is in some versions, or a NewType."""
    while True:
        origin = typing.get_origin(annotation)
        if hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif hasattr(origin, "__value__"):
            annotation = _substituted(origin, typing.get_args(annotation))
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        else:
            return annotation


def _substituted(alias: object, arguments: tuple[object, ...]) -> object:
    """The value of a generic alias for these arguments, which its own order of parameters names."""
    value: Any = getattr(alias, "__value__", None)  # what can be subscripted has no common type
    names: tuple[object, ...] = getattr(alias, "__type_params__", ())
    given = dict(zip(names, arguments, strict=False))
    if value in names:
        return given.get(value, float)
    inner = getattr(value, "__parameters__", ())
    return value[tuple(given.get(name, name) for name in inner)] if inner else value


def _annotated_dtype(arguments: tuple[object, ...]) -> np.dtype[np.generic]:
    """The dtype of `np.ndarray[shape, np.dtype[np.float32]]`; float64 where it isn't said."""
    inner = typing.get_args(arguments[1]) if len(arguments) > 1 else ()
    scalar = inner[0] if inner else None
    known = isinstance(scalar, type) and scalar in np.sctypeDict.values()
    return np.dtype(scalar if known else float)


def _fields(annotation: type) -> tuple[str, ...] | None:
    """The fields of a named tuple or dataclass."""
    if dataclasses.is_dataclass(annotation):
        return tuple(f.name for f in dataclasses.fields(annotation) if f.init)
    fields: tuple[str, ...] | None = getattr(annotation, "_fields", None)
    return fields

"""A call made up for a function that nobody calls: from values, descriptions, annotations and defaults."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from srcad.calls.annotations import from_parameter, hints_of
from srcad.calls.typespec import Sizes, make, parse, parse_values
from srcad.errors import ArgumentError
from srcad.frontend.core.signatures import signature_of


@dataclass
class Example:
    """A made-up call, what had to be assumed for it, and the names of the parameters."""

    args: tuple[object, ...] = ()
    kwargs: dict[str, object] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    names: tuple[str, ...] = ()


def example_call(function: Callable[..., object], spec: str = "", at: str = "") -> Example:
    """Arguments for a function: from values, else a description, else annotations, else defaults, else floats."""
    described, values = parse(spec), parse_values(at)
    example = Example()
    sizes = Sizes()
    if isinstance(function, np.ufunc):
        return Example((1.0,) * function.nin, names=tuple("xyzuvw"[: function.nin]))
    parameters = signature_of(function).parameters.values()
    unknown = {*described, *values} - {p.name for p in parameters}
    if unknown:
        raise ArgumentError(f"no parameter is called {', '.join(sorted(unknown))}: {_parameter_names(parameters)}")
    example.names = tuple(p.name for p in parameters)
    hints = hints_of(function)
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.name in values:
            value = _like(values[parameter.name], parameter, hints)
        elif parameter.name in described:
            value = make(described[parameter.name], sizes)
        else:
            value = from_parameter(parameter, hints, sizes, example.assumed)
        if parameter.kind is parameter.KEYWORD_ONLY:
            example.kwargs[parameter.name] = value
        else:
            example.args = (*example.args, value)
    return example


def _like(value: object, parameter: inspect.Parameter, hints: Mapping[str, object]) -> object:
    """A value that was written down; an int where the parameter is one."""
    is_int = hints.get(parameter.name) in (int, "int") or type(parameter.default) is int
    return int(value) if is_int and isinstance(value, float) else value


def _parameter_names(parameters: Iterable[inspect.Parameter]) -> str:
    return "the parameters are " + ", ".join(p.name for p in parameters)

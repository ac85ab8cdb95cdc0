"""What a row of the comparison is: one program, for NumPy and as users of other tools would write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import FunctionType
from typing import Any

Function = Callable[..., Any]
Maker = Callable[[], Function]
Derivative = Callable[[Function, int | tuple[int, ...]], Function]


@dataclass(frozen=True)
class InC:
    """What a gradient in `c/gradients.c` is called with, and the shapes of the arrays that it fills.

    It is found by the name of the row's program.
    """

    given: tuple[Any, ...]
    shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Row:
    """A program and its derivative by `argnums` at `args`.

    by_hand      the derivative as an expert writes it, in NumPy; takes `args`
    autograd     makes the program for autograd, importing it; so do `jax` and `torch`. None: it isn't written for it
    derivatives  by the name of a tool how it makes the derivative, where that isn't the gradient
    """

    name: str
    program: Function
    args: tuple[Any, ...]
    argnums: int | tuple[int, ...]
    by_hand: Function
    autograd: Maker | None
    jax: Maker | None
    torch: Maker | None
    c: InC | None = None
    derivatives: Mapping[str, Derivative] = field(default_factory=dict)


def written_for(module: str, program: FunctionType) -> Function:
    """The program with another line `import ... as np`: so it, and all functions of its module, see another np."""
    names = dict(program.__globals__) | {"np": import_module(module)}
    for name, value in list(names.items()):
        if isinstance(value, FunctionType) and value.__module__ == program.__module__:
            names[name] = FunctionType(value.__code__, names, name, value.__defaults__, value.__closure__)
    found: Function = names[program.__name__]
    return found

"""What `vjp` returns: the value, and a function from adjoints of the value to adjoints of the arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.calls.fitting import Prototype, paired
from srcad.calls.structures import children
from srcad.trace.nodes import Trace, Tree
from srcad.trace.types import is_differentiable

Function = Callable[..., Any]


def forward_and_pullback(forward: Function, reverse: Function, primal: Trace, note: Function) -> Function:
    """The two generated functions as one: arguments -> (value, pullback)."""
    seeded = tuple(k for k, result in enumerate(primal.body.results) if is_differentiable(result.type))
    sweep = GeneratedSweep(reverse, primal.output, seeded, note)

    def call(*args: Any, **kwargs: Any) -> tuple[Any, Pullback]:
        value, recorded = forward(*args, **kwargs)
        foreign = (*arrays((args, kwargs)), *arrays(value))
        prototypes = {k: Prototype.of(leaf) for k, leaf, _ in paired(primal.output, value, "the value")}
        return value, Pullback(sweep, tuple(unshared(item, foreign) for item in recorded), prototypes)

    return call


@dataclass(frozen=True)
class GeneratedSweep:
    """The generated reverse sweep. `seeded`: the results that have an adjoint; `tree`: where they are in the value."""

    reverse: Function
    tree: Tree
    seeded: tuple[int, ...]
    note: Function


@dataclass(frozen=True)
class Pullback:
    """Adjoint of the value -> adjoints of the arguments. It can be called any number of times."""

    sweep: GeneratedSweep
    recorded: tuple[Any, ...]
    prototypes: dict[int, Prototype]

    def __call__(self, value_bar: object) -> tuple[Any, ...]:
        bars = {k: (bar, where) for k, bar, where in paired(self.sweep.tree, value_bar, "the adjoint of the value")}
        seeds = [self.prototypes[k].fit(*bars[k]) for k in self.sweep.seeded]
        try:
            bars_of_arguments: tuple[Any, ...] = self.sweep.reverse(*self.recorded, *seeds)
        except Exception as error:
            raise self.sweep.note(error) from error.__cause__
        return bars_of_arguments

    @property
    def source(self) -> str:
        """The generated source of the reverse sweep."""
        return inspect.getsource(self.sweep.reverse)

    def __repr__(self) -> str:
        return "<pullback: adjoint of the value -> adjoints of the arguments>"


# ---- memory


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays in nested containers."""
    if isinstance(value, np.ndarray):
        yield value
    for part in children(value) or ():
        yield from arrays(part)


def unshared(recorded: Any, foreign: Sequence[np.ndarray[Any, Any]]) -> Any:
    """What was recorded, copied where the caller has the same memory, and may change it before the reverse sweep."""
    if isinstance(recorded, np.ndarray):
        return recorded.copy() if any(np.may_share_memory(recorded, other) for other in foreign) else recorded
    if isinstance(recorded, (list, tuple)) and foreign and next(arrays(recorded), None) is not None:
        return type(recorded)(unshared(item, foreign) for item in recorded)
    return recorded

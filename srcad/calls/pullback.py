"""What `vjp` returns: the value, and a function from adjoints of the value to adjoints of the arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from srcad.backends.numpy import compile_source
from srcad.calls.fitting import Prototype, paired
from srcad.calls.structures import children
from srcad.calls.tracebacks import trimmed
from srcad.codegen import Generated
from srcad.trace.nodes import Trace, Tree
from srcad.trace.types import is_differentiable

ForwardSweep = Callable[..., tuple[object, Sequence[object]]]
Reverse = Callable[..., tuple[object, ...]]
Note = Callable[[Exception], Exception]


def forward_and_pullback(
    forward: ForwardSweep, reverse: Reverse, primal: Trace, note: Note
) -> Callable[..., tuple[object, Pullback]]:
    """The two generated functions as one: arguments -> (value, pullback)."""
    seeded = tuple(k for k, result in enumerate(primal.body.results) if is_differentiable(result.type))
    sweep = GeneratedSweep(reverse, primal.output, seeded, note)

    def call(*args: object, **kwargs: object) -> tuple[object, Pullback]:
        value, recorded = forward(*args, **kwargs)
        foreign = (*arrays((args, kwargs)), *arrays(value))
        prototypes = {k: Prototype.of(leaf) for k, leaf, _ in paired(primal.output, value, "the value")}
        return value, Pullback(sweep, tuple(unshared(item, foreign) for item in recorded), prototypes, None)

    return call


@dataclass(frozen=True)
class GeneratedSweep:
    """The generated reverse sweep. `seeded`: the results that have an adjoint; `tree`: where they are in the value."""

    reverse: Reverse
    tree: Tree
    seeded: tuple[int, ...]
    note: Note

    def __reduce__(self) -> tuple[object, ...]:
        """By the generated source: the function that it is the derivative of stays behind."""
        return _revived, (generated_of(self.reverse), self.tree, self.seeded)


def _revived(generated: Generated, tree: Tree, seeded: tuple[int, ...]) -> GeneratedSweep:
    return GeneratedSweep(compile_source(generated), tree, seeded, as_it_is)


def generated_of(function: object) -> Generated:
    """What a generated function was compiled from."""
    generated = vars(function)["generated"]
    assert isinstance(generated, Generated)
    return generated


def as_it_is(error: Exception) -> Exception:
    """An error without a note."""
    return error


@dataclass(frozen=True)
class Pullback:
    """Adjoint of the value -> adjoints of the arguments. It can be called any number of times.

    `given`: how many of the arguments were given; those behind them have their defaults. None where all were.
    """

    sweep: GeneratedSweep
    recorded: tuple[object, ...]
    prototypes: dict[int, Prototype]
    given: int | None

    @trimmed
    def __call__(self, value_bar: object) -> tuple[Any, ...]:
        bars = {k: (bar, where) for k, bar, where in paired(self.sweep.tree, value_bar, "the adjoint of the value")}
        seeds = [self.prototypes[k].fit(*bars[k]) for k in self.sweep.seeded]
        return self.run(seeds)

    def run(self, seeds: Sequence[object]) -> tuple[Any, ...]:
        """The adjoints of the arguments, for seeds that fit."""
        try:
            bars: tuple[Any, ...] = self.sweep.reverse(*self.recorded, *seeds)
        except Exception as error:
            raise self.sweep.note(error) from error.__cause__
        return bars if self.given is None else bars[: self.given]

    @property
    def source(self) -> str:
        """The generated source of the reverse sweep."""
        return inspect.getsource(self.sweep.reverse)

    def __repr__(self) -> str:
        return "<pullback: adjoint of the value -> adjoints of the arguments>"


# ---- memory


def arrays(value: object) -> Iterator[npt.NDArray[np.generic]]:
    """The arrays in nested containers."""
    if isinstance(value, np.ndarray):
        yield value
    for part in children(value) or ():
        yield from arrays(part)


def unshared(recorded: object, foreign: Sequence[npt.NDArray[np.generic]]) -> object:
    """What was recorded, copied where the caller has the same memory, and may change it before the reverse sweep."""
    match recorded:
        case np.ndarray():
            return recorded.copy() if any(np.may_share_memory(recorded, other) for other in foreign) else recorded
        case list() | tuple() if foreign and next(arrays(recorded), None) is not None:
            return type(recorded)(unshared(item, foreign) for item in recorded)
    return recorded

"""The command line: check derivatives."""

from __future__ import annotations

import copy
import functools
import io
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Annotated

import numpy as np
import typer

from srcad.calls.arguments import Binder, name_of
from srcad.calls.example import Example
from srcad.calls.structures import is_float, map_leaves
from srcad.calls.typespec import parse_values
from srcad.cli.commands import Target, Types, Wrt, app, chosen, example_for, load, print_plain, tell_assumed
from srcad.errors import ArgumentError
from srcad.testing import check_derivatives
from srcad.testing.checks import MODES

AtValues = Annotated[str, typer.Option("--at", metavar="VALUES", help="Values of arguments: 'x=2, w=\\[1, 2]'.")]
RandomSeed = Annotated[int, typer.Option(help="The seed of random directions, and of arguments that aren't given.")]
Modes = Annotated[
    str, typer.Option(metavar="MODES", help="The modes that are checked: forward, reverse, or both with a comma.")
]


@app.command("check", epilog="Example: srcad check model.py:loss --at 'x=2, w=\\[1, 2]'")
def check_command(
    target: Target,
    at: AtValues = "",
    args: Types = "",
    wrt: Wrt = "",
    mode: Modes = "forward,reverse",
    order: Annotated[
        int, typer.Option(min=1, max=2, help="The highest order of the derivatives that are checked.")
    ] = 2,
    directions: Annotated[int, typer.Option(min=1, help="The number of random directions.")] = 3,
    seed: RandomSeed = 0,
) -> None:
    """Check the derivatives against differences and against each other; exit with 1 if one is wrong."""
    function = load(target)
    example = example_for(function, args, at)
    tell_assumed(example)
    with bad_input():
        called, positional, moving = by_position(function, example, at, wrt, seed)
        with quiet():
            try_out(called, positional)
            report = check_derivatives(
                called,
                positional,
                chosen_modes(mode),
                order,
                argnums=moving,
                directions=directions,
                seed=seed,
                raises=False,
            )
    print_plain(str(report))
    if not report.ok:
        raise typer.Exit(1)


def chosen_modes(text: str) -> tuple[str, ...]:
    """ "forward,reverse" as a tuple."""
    modes = tuple(word.strip() for word in text.split(",") if word.strip())
    if not modes or not set(modes) <= set(MODES):
        raise typer.BadParameter(f"there is no mode {text!r}: it is {', '.join(MODES)}, or both with a comma between")
    return modes


@contextmanager
def bad_input() -> Iterator[None]:
    """Errors of the call are misuse of the command."""
    try:
        yield
    except ArgumentError as error:
        raise typer.BadParameter(str(error)) from None


def try_out(function: Callable[..., object], args: tuple[object, ...]) -> None:
    """Call the function once: that it raises at these arguments is misuse of the command, too."""
    try:
        function(*copy.deepcopy(args))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"\n  at {last.filename}:{last.lineno}\n      {last.line}"
        what = f"{name_of(function)} raises {type(error).__name__} at these arguments: {error}{where}"
        raise typer.BadParameter(f"{what}\n  what to do: give others with --at") from error


@contextmanager
def quiet() -> Iterator[None]:
    """What a function prints, and NumPy warns of, would be said dozens of times."""
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def by_position(
    function: Callable[..., object], example: Example, at: str, wrt: str, seed: int
) -> tuple[Callable[..., object], tuple[object, ...], tuple[int, ...]]:
    """A function of the positional arguments alone, these, and the places of those that are differentiated."""
    called = functools.partial(function, **example.kwargs) if example.kwargs else function
    moving = tuple(k for k in resolved(function, example, wrt) if isinstance(k, int))
    return called, filled(example, at, function, seed), moving


def resolved(function: Callable[..., object], example: Example, wrt: str) -> tuple[int | str, ...]:
    """The arguments to differentiate, by position."""
    binder = Binder(function)
    found = binder.resolve_all(chosen(wrt, example), binder.bind(example.args, example.kwargs))
    names = [name for name in found if isinstance(name, str)]
    if names:
        raise typer.BadParameter(f"{', '.join(names)} can only be given by name: check a function of positions")
    return found


def filled(example: Example, at: str, function: Callable[..., object], seed: int) -> tuple[object, ...]:
    """The arguments with random numbers in the place of those that had to be made up, which are all 1.

    They are between 0.5 and 1.5, where most functions are defined.
    """
    given, rng = set(parse_values(at)), np.random.default_rng(seed)
    names = [*Binder(function).names, *[""] * len(example.args)]

    def drawn(leaf: object) -> object:
        if not is_float(leaf) or not np.all(np.asarray(leaf) == 1.0):
            return leaf
        values = rng.uniform(0.5, 1.5, size=np.shape(leaf))
        return values.astype(leaf.dtype) if isinstance(leaf, (np.ndarray, np.generic)) else float(values)

    pairs = zip(names, example.args, strict=False)
    return tuple(value if name in given else map_leaves(drawn, value) for name, value in pairs)

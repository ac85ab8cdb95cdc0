"""The command line: compare four ways to a derivative."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from srcad.cli.check import AtValues, RandomSeed, bad_input, by_position, quiet, try_out
from srcad.cli.commands import Target, Types, Wrt, app, example_for, load, print_plain, tell, tell_assumed
from srcad.compare import compare
from srcad.compare.comparison import BUDGET, TIMES
from srcad.compare.plot import check_plot
from srcad.compare.scaling import SIZES


@app.command("compare", epilog="Example: srcad compare model.py:loss --args 'w: float64\\[3]' --plot loss.png")
def compare_command(
    target: Target,
    at: AtValues = "",
    args: Types = "",
    wrt: Wrt = "",
    sizes: Annotated[
        str,
        typer.Option(metavar="NUMBERS", help="The numbers of inputs at which the cost is measured; none: not at all."),
    ] = ",".join(map(str, SIZES)),
    times: Annotated[
        int, typer.Option(min=0, help="How often the function is applied to its own result; 0: not at all.")
    ] = TIMES,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The picture to draw, of accuracy, cost and swell.")
    ] = None,
    budget: Annotated[float, typer.Option(min=0.0, help="The seconds for each measurement.")] = BUDGET,
    seed: RandomSeed = 0,
) -> None:
    """Compare numerical, symbolic, forward and reverse derivatives: values, accuracy, time, growth of the cost."""
    function = load(target)
    example = example_for(function, args, at)
    tell_assumed(example)
    with bad_input():
        if plot is not None:
            check_plot(plot)
        called, positional, moving = by_position(function, example, at, wrt, seed)
        with quiet():
            try_out(called, positional)
            found = compare(called, positional, moving, sizes=parse_sizes(sizes), times=times, budget=budget, seed=seed)
    print_plain(str(found).rstrip("\n"))
    if plot is not None:
        found.plot(plot)
        tell(f"wrote {plot}")


def parse_sizes(text: str) -> tuple[int, ...]:
    """ "8,16,32" as numbers."""
    if text.strip() == "none":
        return ()
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words or not all(word.isdigit() and int(word) > 0 for word in words):
        raise typer.BadParameter(f"--sizes takes positive numbers with commas between, or none, not {text!r}")
    return tuple(map(int, words))

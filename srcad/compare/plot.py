"""A comparison as a picture: growth with the number of inputs, and the error of differences with their step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from srcad.compare.findings import Findings
from srcad.compare.growth import WAYS
from srcad.errors import ArgumentError

if TYPE_CHECKING:  # matplotlib need not be installed
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"numerical": "tab:orange", "symbolic": "tab:green", "forward": "tab:blue", "reverse": "tab:red"}
STYLES = {"symbolic": ":", "forward": "--", "reverse": "-."}
FLOOR = 1e-17  # what stands for an error of zero, which has no logarithm


def check_plot(path: Path) -> None:
    """Refuse a file that can't be drawn to, before anything is measured."""
    figure = load()
    if not path.parent.is_dir():
        raise ArgumentError(f"there is no directory {path.parent}")
    formats = figure(5.0).canvas.get_supported_filetypes()
    if path.suffix.lstrip(".").lower() not in formats:
        what = f"{path.name} says no format that can be drawn"
        raise ArgumentError(what, do=f"let it end with one of {', '.join('.' + name for name in sorted(formats))}")


def load() -> Callable[[float], Figure]:
    """What makes a figure of some width."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        what = "a plot needs matplotlib, which isn't installed"
        raise ArgumentError(what, do="pip install matplotlib, or leave the plot out") from None

    def figure(width: float) -> Figure:
        made = Figure(figsize=(width, 4.2), layout="constrained")
        FigureCanvasAgg(made)
        return made

    return figure


def draw(comparison: Findings, path: Path) -> None:
    check_plot(path)
    panels = [(_accuracy, comparison.steps), (_growth, comparison.growth.sizes), (_swell, comparison.swell.iterates)]
    shown = [panel for panel, content in panels if content]
    figure = load()(5.0 * max(len(shown), 1))
    figure.suptitle(comparison.name)
    for k, panel in enumerate(shown):
        panel(figure.add_subplot(1, len(shown), k + 1), comparison)
    figure.savefig(path, dpi=150)


def _accuracy(axes: Axes, found: Findings) -> None:
    steps = found.steps
    assert steps is not None
    axes.loglog(steps.steps, np.maximum(steps.one_sided, FLOOR), "o-", color="tab:brown", label="one-sided differences")
    axes.loglog(steps.steps, np.maximum(steps.central, FLOOR), "o-", color="tab:orange", label="central differences")
    for result in found.results:
        name = result.approach.name
        if result.matrix is not None and name != "numerical":
            axes.axhline(max(result.error, FLOOR), color=COLOURS[name], linestyle=STYLES[name], label=name)
    axes.set(xlabel="step", ylabel="relative error", title="accuracy")
    axes.legend(fontsize="small")


def _growth(axes: Axes, found: Findings) -> None:
    sizes = found.growth.sizes
    widths = [size.width for size in sizes]
    for way in WAYS:
        times = [size.seconds.get(way, np.nan) for size in sizes]
        label = f"{way}, W^{found.growth.exponent(way, 'seconds'):.1f}"
        axes.loglog(widths, times, "o-", color=COLOURS[way], label=label)
    axes.set(xlabel="number of inputs W", ylabel="time in seconds", title="cost")
    axes.legend(fontsize="small")


def _swell(axes: Axes, found: Findings) -> None:
    whole = found.swell.iterates
    written = [i for i in whole if i.derivative is not None]
    axes.semilogy([i.n for i in written], [i.value for i in written], "o-", color="tab:gray", label="expression")
    axes.semilogy(
        [i.n for i in written], [i.derivative for i in written], "o-", color=COLOURS["symbolic"], label="its derivative"
    )
    label = f"srcad, {found.swell.mode}"
    axes.semilogy([i.n for i in whole], [i.program for i in whole], "o-", color=COLOURS["reverse"], label=label)
    axes.set(xlabel="applications", ylabel="operations", title="expression swell")
    axes.legend(fontsize="small")

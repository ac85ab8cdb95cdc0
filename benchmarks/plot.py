"""The table that `benchmarks/peers.py` prints, drawn: what each column takes, in times of the program.

    OPENBLAS_NUM_THREADS=1 python benchmarks/peers.py > figures.txt
    python benchmarks/plot.py figures.txt docs/benchmarks.svg

Needs matplotlib. The file that is drawn is the same for the same table.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

NAME = 38  # as wide are the names of rows
COLUMNS = {  # label, marker, colour
    "NumPy": ("an expert's NumPy", "o", "0.55"),
    "C": ("an expert's C", "D", "black"),
    "srcad": ("srcad", "s", "tab:blue"),
    "native": ("srcad, native", "s", "tab:red"),
    "autograd": ("autograd", "^", "tab:green"),
    "jax": ("JAX, compiled", "v", "tab:purple"),
    "torch": ("torch", "<", "tab:orange"),
}

Table = dict[str, dict[str, float]]  # of a row, by column


def table(lines: Sequence[str]) -> Table:
    """The ratios, from the line of the heads to that of the first calls."""
    begin = next(k for k, line in enumerate(lines) if line.strip().startswith("program us"))
    heads = lines[begin].split()[2:]
    rows: Table = {}
    for line in lines[begin + 1 :]:
        if line.startswith("the first call"):
            break
        name, cells = line[:NAME].strip(), line[NAME:].split()[1:]
        rows[name] = {head: float(cell) for head, cell in zip(heads, cells, strict=True) if cell != "-"}
    return rows


def draw(rows: Table, path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "srcad"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.36 * len(rows) + 1.6), layout="constrained")
    names = list(rows)[::-1]
    for column, (label, marker, colour) in COLUMNS.items():
        points = [(rows[name][column], k) for k, name in enumerate(names) if column in rows[name]]
        if points:
            axes.scatter(*zip(*points, strict=True), label=label, marker=marker, color=colour, s=30, zorder=3)
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names)
    axes.axvline(1, color="0.3", linewidth=0.8)
    axes.grid(axis="x", color="0.85")
    axes.grid(axis="y", color="0.93")
    axes.set_xlabel("time of the derivative, in times of the program")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.1), ncols=4, frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    draw(table(source.read_text().splitlines()), target)

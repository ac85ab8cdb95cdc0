"""Rows measured side by side: interleaved rounds, of which the median of ratios is told."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.native_c import repeats
from benchmarks.programs.catalogue import ROWS
from benchmarks.programs.columns import COLUMNS, OPTIONAL, Call, missing, program
from benchmarks.programs.row import Row

ROUNDS, SECONDS = 11, 20.0  # at most so many rounds of a row, of which three may take longer than that
COMPILING = ("srcad", "native", "jax")


@dataclass(frozen=True)
class Figures:
    """Of one row, by column: the seconds of the first call, and those of calls in each round, beside the program's."""

    first: dict[str, float]
    own: list[float]
    rounds: dict[str, list[float]]

    def ratio(self, column: str) -> float:
        return statistics.median(a / b for a, b in zip(self.rounds[column], self.own, strict=True))


def flat(result: Any) -> np.ndarray:
    parts = result if isinstance(result, (tuple, list)) else (result,)
    return np.concatenate([np.ravel(np.asarray(one)) for one in parts])


def check(row: Row, column: str, found: np.ndarray, wanted: np.ndarray) -> None:
    """No figure of a derivative that isn't the one which was written by hand."""
    scale = np.max(np.abs(wanted))
    message = f"{row.name}: what {column} computes isn't what is computed by hand"
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8 * scale, err_msg=message)


def prepared(row: Row, columns: Iterable[str]) -> tuple[dict[str, Call], dict[str, float]]:
    """The calls of a row, each of which has run once and agreed, and what the first one took."""
    wanted = flat(row.by_hand(*row.args))
    calls, first = {}, {}
    for column in columns:
        start = time.perf_counter()
        call = COLUMNS[column](row)
        if call is None:
            continue
        found = call()
        first[column] = time.perf_counter() - start
        check(row, column, flat(found), wanted)
        calls[column] = call
    return calls, first


def measured(row: Row, columns: Sequence[str]) -> Figures:
    calls, first = prepared(row, columns)
    timed = {"program": program(row), **calls}
    counts = {name: repeats(call) for name, call in timed.items()}
    rounds: dict[str, list[float]] = {name: [] for name in timed}
    begun = time.perf_counter()
    for k in range(ROUNDS):
        if k >= 3 and time.perf_counter() - begun > SECONDS:
            break
        for name, call in timed.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                call()
            rounds[name].append((time.perf_counter() - start) / counts[name])
    own = rounds.pop("program")
    return Figures(first, own, rounds)


def machine(columns: Iterable[str]) -> str:
    processors = [line for line in cpuinfo() if line.startswith("model name")]
    name = processors[0].split(":", 1)[1].strip() if processors else platform.processor()
    names = ["numpy", "scipy", *(one for one in columns if one in OPTIONAL)]
    load = f", load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else ""
    versions = ", ".join(f"{one} {version(one)}" for one in names)
    return f"{name}{load}; Python {platform.python_version()}, {versions}; one thread each"


def cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def line(name: str, own: str, cells: Iterable[str]) -> str:
    return f"{name:38}{own:>13}" + "".join(f"{one:>10}" for one in cells)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/peers.py")
    parser.add_argument("rows", nargs="*", help="parts of the names of rows; all rows without any")
    parser.add_argument("--columns", nargs="+", choices=list(COLUMNS), default=list(COLUMNS))
    return parser.parse_args(words)


def chosen(parts: Sequence[str]) -> list[Row]:
    """The rows of these names, or else those whose names have these parts; all without any."""
    names = {row.name.lower() for row in ROWS}
    wanted = [part.lower() for part in parts]
    return [
        row
        for row in ROWS
        if not wanted
        or any(part == row.name.lower() or (part not in names and part in row.name.lower()) for part in wanted)
    ]


def told(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.4f}"


def main(words: Sequence[str]) -> None:
    asked = arguments(words)
    rows = chosen(asked.rows)
    absent = missing(asked.columns)
    there = [column for column in asked.columns if column not in absent]
    for column in there:
        if column in OPTIONAL:
            import_module(column)  # here, so that no first call takes the time
    print(machine(there))
    for column in absent:
        print(f"{column} isn't installed: its column is empty")
    print("in times of the program, of which the microseconds are told:")
    print(line("", "program us", asked.columns))
    all_figures = {}
    for row in rows:
        figures = all_figures[row.name] = measured(row, there)
        cells = [told(figures.ratio(one)) if one in figures.rounds else "-" for one in asked.columns]
        print(line(row.name, f"{1e6 * min(figures.own):.1f}", cells), flush=True)
    compiling = [column for column in there if column in COMPILING]
    print("the first call, which compiles, in milliseconds:")
    print(line("", "", compiling))
    for name, figures in all_figures.items():
        print(line(name, "", [f"{1e3 * figures.first[one]:.0f}" if one in figures.first else "-" for one in compiling]))

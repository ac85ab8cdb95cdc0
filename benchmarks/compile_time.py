"""How the time of the first call grows with the program: with its length, and with the depth of its loops and branches.

    OPENBLAS_NUM_THREADS=1 python benchmarks/compile_time.py

Milliseconds of the processor for `srcad.grad(f)(x, 2)`, the import and the first derivative of all left out. Straight
programs should take about three times as long for three times the length, nested ones as much more for each level as
for the one before.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import srcad

HEAD = ["import math", "import numpy as np", "", "", "def f(x, n):", "    s = x[0]", "    v = 2.0 * x"]
DEPTHS = (1, 2, 3, 4, 5, 6)
LENGTHS = (100, 300, 1000)
Lines = list[str]

# ---- nested


def loops(depth: int) -> Lines:
    return nested(depth, ["for i{k} in range(n):"], ["s = s - math.sin(s) * x[{k}]"])


def branches(depth: int) -> Lines:
    return nested(
        depth,
        ["for i{k} in range(n):"],
        ["if s > {k}.5:", "    s = s + 2.0 * x[{k}]", "else:", "    s = s - math.sin(s) * x[{k}]"],
    )


def whiles(depth: int) -> Lines:
    return nested(depth, ["j{k} = 0", "while j{k} < n:"], ["j{k} += 1", "s = s - math.sin(s) * x[{k}]"])


def tries(depth: int) -> Lines:
    inner = nested(depth, ["for i{k} in range(n):", "    try:"], ["s = s + math.log(2.0 + s * s)"], 2)
    for k in reversed(range(depth)):
        inner += [indent(2 * k + 2) + "except ValueError:", indent(2 * k + 3) + "s = s + 1.0"]
    return inner


def clauses(depth: int) -> Lines:
    heads = [f"    {'el' if k else ''}if s < {k}.5:" for k in range(2 * depth)]
    return [line for k, head in enumerate(heads) for line in (head, f"        return {k}.0 * s + x[1]")]


def nested(depth: int, heads: Lines, body: Lines, deeper: int = 1) -> Lines:
    lines = []
    for k in range(depth):
        lines += [indent(deeper * k + 1) + head.format(k=k) for head in heads]
        lines += [indent(deeper * (k + 1) + 1) + line.format(k=k) for line in body]
    return lines


def indent(level: int) -> str:
    return "    " * level


# ---- long


def statements(length: int) -> Lines:
    return long(length, ["s = s + math.sin(s) * x[{k}]", "a{n} = v * s + 1.0", "v = v + np.sin(a{n})"])


def decisions(length: int) -> Lines:
    return long(length, ["if s > {n}.5:", "    v = v * s", "s = s + x[{k}]"])


def numbers(length: int) -> Lines:
    return long(length, ["a{n} = s * x[{k}]", "b{n} = 2.0 * a{n}", "s = s + 0.1 * b{n}"])


def stores(length: int) -> Lines:
    return long(length, ["v[{k}] = s", "s = s + v[{k} - 1]", "v = 0.5 * v"])


def long(length: int, lines: Lines) -> Lines:
    return [indent(1) + line.format(k=n % 6, n=n) for n in range(length // len(lines)) for line in lines]


# ---- measuring


def milliseconds(lines: Lines, name: str, folder: Path) -> float:
    path = folder / f"{name}.py"
    path.write_text("\n".join([*HEAD, *lines, "    return s + np.sum(v)", ""]))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    start = time.process_time()
    with np.errstate(all="ignore"):
        srcad.grad(module.f)(np.linspace(0.1, 1.0, 6), 2)
    return 1000 * (time.process_time() - start)


def table(title: str, makers: list[Callable[[int], Lines]], sizes: tuple[int, ...], folder: Path) -> None:
    print(f"{title:16}" + "".join(f"{size:>8}" for size in sizes))
    for make in makers:
        found = (milliseconds(make(size), f"{make.__name__}_{size}", folder) for size in sizes)
        print(f"{make.__name__:16}" + "".join(f"{t:>8.0f}" for t in found), flush=True)


def main() -> None:
    srcad.grad(lambda x: x * x)(1.0)  # what is loaded by the first derivative of all
    with tempfile.TemporaryDirectory() as folder:
        table("depth", [loops, branches, whiles, tries, clauses], DEPTHS, Path(folder))
        table("statements", [statements, decisions, numbers, stores], LENGTHS, Path(folder))


if __name__ == "__main__":
    main()

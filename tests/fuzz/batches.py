"""Many programs, in processes that are thrown away after a while, as what has been compiled is kept."""

from __future__ import annotations

import argparse
import gc
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.grown import Program, grow, runs
from tests.fuzz.reduce import reduced
from tests.fuzz.verdicts import Verdict, verdict

BATCH = 20


def verdicts(starts: Iterator[int], options: argparse.Namespace) -> Iterator[tuple[int, Verdict]]:
    """In batches, so that each process compiles for its own programs alone and is then thrown away."""
    context = get_context("spawn")
    with ProcessPoolExecutor(options.jobs, mp_context=context, initializer=prepared, max_tasks_per_child=20) as pool:
        waiting = []
        for start in starts:
            waiting.append(pool.submit(batch, start, options.size, options.folder, options.reduce))
            while len(waiting) > 2 * options.jobs:
                yield from waiting.pop(0).result()
        for last in waiting:
            yield from last.result()


def prepared() -> None:
    """Of a process: what has been imported stays, and need not be looked through for garbage."""
    warnings.simplefilter("ignore")
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


def batch(start: int, size: int, folder: Path, reduce: bool) -> list[tuple[int, Verdict]]:
    with tempfile.TemporaryDirectory() as scratch:
        return [(seed, one(seed, size, folder, Path(scratch), reduce)) for seed in range(start, start + BATCH)]


def one(seed: int, size: int, folder: Path, scratch: Path, reduce: bool = False) -> Verdict:
    """A fault's program is kept in `folder`; with `reduce`, the smallest with the same kind of fault as well."""
    program = grow(seed, 2 + seed % size)
    found = verdict(program.source, seed, scratch)
    if found.is_fault:
        (folder / f"{found.kind}_{seed}.py").write_text(f"# {found.kind}: {found.detail[:500]!r}\n" + program.source)
        if reduce:
            small = smallest(program, found.kind, scratch)
            (folder / f"{found.kind}_{seed}_reduced.py").write_text(small.source)
    return found


def smallest(program: Program, kind: str, scratch: Path) -> Program:
    again = count()

    def faulty(smaller: Program) -> bool:
        return verdict_of(smaller, program.seed, program.seed * 1000 + next(again), scratch) == kind

    return reduced(program, faulty)


def verdict_of(program: Program, seed: int, name: int, scratch: Path) -> str:
    """The kind of verdict; "" where the program doesn't run at the first point, as all do that grow."""
    if not runs(program):
        return ""
    folder = scratch / str(name)
    folder.mkdir()
    return verdict(program.source, seed, folder).kind

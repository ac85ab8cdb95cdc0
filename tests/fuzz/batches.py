"""Many programs, in processes that are thrown away after a while, as what has been compiled is kept."""

from __future__ import annotations

import argparse
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
    if options.jobs == 1:
        for start in starts:
            yield from batch(start, options.size, options.folder, options.reduce)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(options.jobs, mp_context=context, max_tasks_per_child=20) as pool:
        waiting = []
        for start in starts:
            waiting.append(pool.submit(batch, start, options.size, options.folder, options.reduce))
            while len(waiting) > 2 * options.jobs:
                yield from waiting.pop(0).result()
        for one in waiting:
            yield from one.result()


def batch(start: int, size: int, folder: Path, reduce: bool) -> list[tuple[int, Verdict]]:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        return [(seed, one(seed, size, folder, Path(scratch), reduce)) for seed in range(start, start + BATCH)]


def one(seed: int, size: int, folder: Path, scratch: Path, reduce: bool) -> Verdict:
    program = grow(seed, 2 + seed % size)
    found = verdict(program.source, seed, scratch)
    if found.is_fault and reduce:
        (folder / f"{found.kind}_{seed}.py").write_text(f"# {found.kind}: {found.detail[:500]!r}\n" + program.source)
        again = count()

        def faulty(smaller: Program) -> bool:
            name = seed * 1000 + next(again)
            return verdict_of(smaller, seed, name, scratch) == found.kind

        small = reduced(program, faulty)
        (folder / f"{found.kind}_{seed}_reduced.py").write_text(small.source)
    return found


def verdict_of(program: Program, seed: int, name: int, scratch: Path) -> str:
    """The kind of verdict; "" where the program doesn't run at the first point, as all do that grow."""
    if not runs(program):
        return ""
    folder = scratch / str(name)
    folder.mkdir()
    return verdict(program.source, seed, folder).kind

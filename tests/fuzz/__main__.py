"""python -m tests.fuzz --minutes 10: grown programs until the time is over; faults are printed, and reduced on demand.

Prints how many programs were right, raised what they raise, were refused, and each fault; exits 1 if there is a fault.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, takewhile
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.grown import Program, grow, runs
from tests.fuzz.reduce import reduced
from tests.fuzz.verdicts import Verdict, verdict

BATCH = 20


def main() -> int:
    options = arguments()
    end = time.monotonic() + 60 * options.minutes
    starts = takewhile(lambda _: time.monotonic() < end, count(options.seed, BATCH))
    counts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    warnings.simplefilter("ignore")
    options.folder.mkdir(parents=True, exist_ok=True)
    for seed, found in verdicts(starts, options):
        counts[found.kind] += 1
        if found.kind == "refused":
            refusals[found.detail] += 1
        if found.is_fault:
            print(f"seed {seed}: {found.kind}: {found.detail[:300]}", flush=True)
    total = sum(counts.values())
    print(
        f"{total} programs: " + ", ".join(f"{n} {kind} ({100 * n / total:.2f} %)" for kind, n in counts.most_common())
    )
    for text, n in refusals.most_common(options.refusals):
        print(f"{n:6} refused: {text}")
    return int(any(Verdict(kind).is_fault for kind in counts))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--size", type=int, default=6, help="about how many statements a program has")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "srcad-fuzz", help="for reduced faults"
    )
    parser.add_argument(
        "--reduce", action="store_true", help="write the smallest program with each fault to the folder"
    )
    parser.add_argument("--refusals", type=int, default=20, help="how many kinds of refusals are printed")
    return parser.parse_args()


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


if __name__ == "__main__":
    sys.exit(main())

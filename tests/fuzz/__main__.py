"""python -m tests.fuzz --minutes 10: grown programs until the time is over; faults are printed and kept.

Prints how many programs were right, raised what they raise, were refused, and each fault; exits 1 if there is a fault.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path

from tests.fuzz.batches import BATCH, verdicts
from tests.fuzz.verdicts import Verdict

FIGURES = "figures.txt"
STRETCH = 1000  # programs between two lines of figures


def main() -> int:
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    for seed, found in verdicts(starts(options), options):
        counts[found.kind] += 1
        if found.kind == "refused":
            refusals[found.detail] += 1
        if found.is_fault:
            print(f"seed {seed}: {found.kind}: {found.detail[:300]}", flush=True)
        if counts.total() % STRETCH == 0:
            with (options.folder / FIGURES).open("a") as file:
                file.write(f"seeds {options.seed} to {seed}: {figures(counts)}\n")
    print(figures(counts))
    for text, n in refusals.most_common(options.refusals):
        print(f"{n:6} refused: {text}")
    return int(any(Verdict(kind).is_fault for kind in counts))


def starts(options: argparse.Namespace) -> Iterator[int]:
    """The first seeds of batches, until there are enough programs or the time is over."""
    end = time.monotonic() + 60 * options.minutes
    seeds = count(options.seed, BATCH)
    wanted = seeds if options.programs is None else takewhile(lambda s: s < options.seed + options.programs, seeds)
    return takewhile(lambda _: time.monotonic() < end, wanted)


def figures(counts: Counter[str]) -> str:
    total = counts.total()
    kinds = (f"{n} {kind} ({100 * n / total:.2f} %)" for kind, n in counts.most_common())
    return f"{total} programs: " + ", ".join(kinds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, help="for how long; 1, unless a number of programs is given")
    parser.add_argument("--programs", type=int, help=f"how many, rounded up to a multiple of {BATCH}")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--size", type=int, default=6, help="about how many statements a program has")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "srcad-fuzz",
        help=f"for the programs with faults, and {FIGURES} with a line for each {STRETCH} programs",
    )
    parser.add_argument("--reduce", action="store_true", help="write the smallest program with each fault as well")
    parser.add_argument("--refusals", type=int, default=20, help="how many kinds of refusals are printed")
    options = parser.parse_args()
    if options.minutes is None:
        options.minutes = 1.0 if options.programs is None else math.inf
    return options


if __name__ == "__main__":
    sys.exit(main())

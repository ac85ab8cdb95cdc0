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
from itertools import count, takewhile
from pathlib import Path

from tests.fuzz.batches import BATCH, verdicts
from tests.fuzz.verdicts import Verdict


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


if __name__ == "__main__":
    sys.exit(main())

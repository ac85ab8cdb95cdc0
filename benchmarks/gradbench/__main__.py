"""srcad as a tool of GradBench, the public suite of automatic differentiation (github.com/gradbench/gradbench).

    python -m benchmarks.gradbench

reads a message of the suite's protocol a line, and answers each with a line. SRCAD_BACKEND says what runs the
derivatives, "numpy" or "native"; the functions themselves are then compiled to C as well.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import srcad
from benchmarks.gradbench.evaluation import BACKEND, Evaluation, Json

EVALS = ("ba", "det", "gmm", "hello", "ht", "kmeans", "llsq", "lse", "lstm", "ode", "particle", "saddle")


def functions_of(module: str) -> dict[str, Evaluation]:
    if module not in EVALS:
        raise LookupError(f"srcad has no module {module!r}, but {', '.join(EVALS)}")
    found: dict[str, Evaluation] = import_module(f"benchmarks.gradbench.{module}").FUNCTIONS
    return found


def define(module: str) -> Json:
    start = time.perf_counter_ns()
    functions_of(module)
    return {"success": True, "timings": [{"name": "define", "nanoseconds": time.perf_counter_ns() - start}]}


def evaluate(module: str, function: str, given: Any) -> Json:
    output, nanoseconds = functions_of(module)[function](given)
    timings = [{"name": "evaluate", "nanoseconds": one} for one in nanoseconds]
    return {"success": True, "output": output, "timings": timings}


def answer(message: Json) -> Json:
    """What is said to one message. Whatever goes wrong is the suite's to report, with the traceback."""
    try:
        match message["kind"]:
            case "start":
                said: Json = {"tool": "srcad", "config": {"backend": BACKEND, "version": srcad.__version__}}
            case "define":
                said = define(message["module"])
            case "evaluate":
                said = evaluate(message["module"], message["function"], message["input"])
            case _:
                said = {}
    except Exception:
        said = {"success": False, "error": traceback.format_exc()}
    return {"id": message["id"], **said}


def answers(lines: Iterable[str]) -> Iterator[str]:
    return (json.dumps(answer(json.loads(line))) for line in lines)


if __name__ == "__main__":
    for line in answers(sys.stdin):
        print(line, flush=True)

"""Derivatives by srcad and by others, each in its own style, side by side.

    python benchmarks/peers.py [ROW...] [--columns COLUMN...]

ROW is part of a row's name. The columns are an expert's derivative in NumPy and in C (where `c/gradients.c` has one),
srcad's in NumPy and native, and those of autograd, JAX (compiled, in float64) and torch (eager), as far as these are
installed. Each row checks first that all agree. Then their calls take turns, and what is told is the median over the
rounds of the time in times of the program's own. First calls, which compile, are told apart.

The measuring runs in a process of its own, whose libraries have one thread: they read how many when they are loaded.
What srcad compiled to C before is not at hand there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}

if __name__ == "__main__":
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "benchmarks.programs", *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": path, "SRCAD_CACHE": cache}
        done = subprocess.run(command, env=environment)
    sys.exit(done.returncode)

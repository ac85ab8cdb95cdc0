"""The native back end. Kernels are compiled without optimisation, which takes a tenth of the time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from srcad.native.compilers import CompilerError, compiler

os.environ.setdefault("SRCAD_CFLAGS", "-O1")
# one folder for all processes that run tests, and none of the user's
os.environ.setdefault("SRCAD_CACHE", str(Path(tempfile.gettempdir()) / f"srcad-tests-{os.getuid()}"))

try:
    MISSING, IS_NUMBA = "", compiler().is_numba
except CompilerError as missing:
    MISSING, IS_NUMBA = str(missing), False

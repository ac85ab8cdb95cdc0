"""The native back end. Kernels are compiled without optimisation, which takes a tenth of the time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from srcad.native.compilers import CompilerError, compiler

os.environ.setdefault("SRCAD_CFLAGS", "-O1")
# one folder for all processes that run tests, and none of the user's
os.environ.setdefault("SRCAD_CACHE", str(Path(tempfile.gettempdir()) / f"srcad-tests-{os.getuid()}"))

try:
    compiler()
except CompilerError as missing:
    pytest.skip(str(missing), allow_module_level=True)

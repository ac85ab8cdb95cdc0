"""The native back end. Kernels are compiled without optimisation, which takes a tenth of the time."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("SRCAD_CFLAGS", "-O1")
# one folder for all processes that run tests, and none of the user's
os.environ.setdefault("SRCAD_CACHE", str(Path(tempfile.gettempdir()) / f"srcad-tests-{os.getuid()}"))

if not any(map(shutil.which, ("cc", "gcc", "clang"))):
    pytest.skip("there is no C compiler", allow_module_level=True)

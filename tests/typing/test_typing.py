"""A user's program passes mypy --strict where it is right, and only there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROGRAM = Path(__file__).parent / "program.py"
FOUND = re.compile(r"^[^:]+:(\d+): error: .*\[([\w-]+)\]$", re.MULTILINE)


def test_a_users_program() -> None:
    words = ["--strict", "--config-file=", "--follow-imports=silent", "--ignore-missing-imports", str(PROGRAM)]
    done = subprocess.run([sys.executable, "-m", "mypy", *words], cwd=ROOT, capture_output=True, text=True, timeout=300)
    found = {(int(line), code) for line, code in FOUND.findall(done.stdout)}
    assert found == set(expected()), f"{done.stdout}{done.stderr}"


def expected() -> list[tuple[int, str]]:
    lines = enumerate(PROGRAM.read_text().splitlines(), start=1)
    return [(number, line.rpartition("# error: ")[2]) for number, line in lines if "  # error: " in line]

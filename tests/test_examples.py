"""Every example runs, in seconds, and its own checks hold; those that plot write a file, or say why they don't."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PLOTTING = [path for path in EXAMPLES if "--plot" in path.read_text()]


def run(*words: object) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, timeout=120, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path not in PLOTTING], ids=lambda path: path.stem)
def test_runs(path: Path) -> None:
    assert "agrees with differences" in run(path)


@pytest.mark.parametrize("path", PLOTTING, ids=lambda path: path.stem)
def test_runs_and_plots(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plot = tmp_path / "plot.png"
    said = run(path, "--plot", plot)
    assert "agrees with differences" in said
    assert f"wrote {plot}" in said
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("path", PLOTTING, ids=lambda path: path.stem)
def test_runs_without_matplotlib(path: Path, tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        f"import runpy, sys\nsys.modules['matplotlib'] = None\nrunpy.run_path({str(path)!r}, run_name='__main__')\n"
    )
    said = run(launcher, "--plot", plot)
    assert "agrees with differences" in said
    assert "matplotlib isn't installed" in said
    assert not plot.exists()

"""What is shipped: the package with its types and nothing beside it, for the versions of Python that were tried."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])('dist')"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, so that it leaves nothing behind in the repository."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "srcad", folder / "srcad", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def built(checkout: Path, hook: str, pattern: str) -> Path:
    subprocess.run([sys.executable, "-c", BUILD, hook], cwd=checkout, check=True, capture_output=True, timeout=120)
    (archive,) = (checkout / "dist").glob(pattern)
    return archive


def package_files(checkout: Path) -> set[str]:
    return {str(path.relative_to(checkout)) for path in (checkout / "srcad").rglob("*.*")}


def test_wheel(checkout: Path) -> None:
    expected = package_files(checkout)
    names = zipfile.ZipFile(built(checkout, "build_wheel", "*.whl")).namelist()
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert "srcad/py.typed" in names


def test_source_distribution(checkout: Path) -> None:
    expected = package_files(checkout)
    names = tarfile.open(built(checkout, "build_sdist", "*.tar.gz")).getnames()
    assert {*expected, "pyproject.toml"} <= {name.partition("/")[2] for name in names}


def test_versions_that_are_claimed_are_run() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    claimed = {line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r"Python :: 3\.\d+$", line)}
    (others,) = re.findall(r"^other_pythons=\((.*)\)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert claimed <= {"3.11", *others.split()}
    assert project["requires-python"] == ">=3.11"


WITHOUT = """
import sys

for name in ("scipy", "sympy", "mpmath", "networkx", "matplotlib", "numba"):
    sys.modules[name] = None  # as if it weren't installed
import numpy as np
import srcad
import srcad.cli
import srcad.compare


def f(x):
    return np.sum(np.sin(x) ** 2)
"""
CALLED = """
import program
import srcad

assert srcad.grad(program.f)(program.np.zeros(2)).shape == (2,)
assert srcad.hessian(program.f)(program.np.ones(2)).shape == (2, 2)
"""


def test_numpy_is_enough(tmp_path: Path) -> None:
    """What is optional is asked for where it is used, and not when srcad is imported or a derivative is made."""
    (tmp_path / "program.py").write_text(WITHOUT)
    code = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]\n{CALLED}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr

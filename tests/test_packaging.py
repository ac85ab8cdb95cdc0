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

"""What has been compiled, which is kept: libraries that C compilers have made, object code that Numba has.

A file is kept in the user's cache folder under the hash of what it was made from, with its checksum beside it. What
isn't what it was when it was written, or belongs to somebody else, counts as not there.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

SUFFIXES = (".so", ".o")


def cache_folder() -> Path:
    """SRCAD_CACHE, else a folder of srcad's in the user's cache folder; a temporary one where that can't be written."""
    chosen = os.environ.get("SRCAD_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "srcad"
    return base if _is_ours(base) else _temporary()


def _is_ours(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and _owner_is_us(folder.stat())


def _owner_is_us(stat: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or stat.st_uid == os.getuid()


@functools.cache
def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="srcad-"))


def place_of(parts: tuple[str, ...], suffix: str) -> Path:
    """Where what is made from these is kept."""
    key = "\0".join((*parts, _processor()))
    return cache_folder() / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}{suffix}"


@functools.cache
def _processor() -> str:
    """What code for this very machine depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n")
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


def is_whole(path: Path) -> bool:
    """Whether a file is what it was when it was written, by us."""
    try:
        if not _owner_is_us(path.stat()):
            return False
        return _sum_of(path).read_text() == hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return False


def _sum_of(path: Path) -> Path:
    return path.with_suffix(".sum")


def written(path: Path, make: Callable[[Path], None]) -> None:
    """A file that `make` writes: beside its place, and moved there when it is complete, as others may do the same."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="building-") as folder:
        made, checksum = Path(folder) / path.name, Path(folder) / "sum"
        make(made)
        checksum.write_text(hashlib.sha256(made.read_bytes()).hexdigest())
        os.replace(made, path)
        os.replace(checksum, _sum_of(path))


def kept() -> dict[Path, int]:
    """What is in the cache, each with its size in bytes."""
    found = sorted(path for path in cache_folder().iterdir() if path.suffix in SUFFIXES)
    return {path: path.stat().st_size for path in found}


def cleared() -> dict[Path, int]:
    """What was in the cache, which is deleted."""
    found = kept()
    for path in found:
        path.unlink(missing_ok=True)
        _sum_of(path).unlink(missing_ok=True)
    shutil.rmtree(cache_folder() / "zig", ignore_errors=True)  # what Zig has kept for itself
    return found

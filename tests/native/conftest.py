"""All tests of kernels run by what makes machine code here; a sample of them by Numba, too, and called through ctypes.

With `SRCAD_CC=numba` all of them run by Numba, with `SRCAD_CALLER=ctypes` through ctypes, and in no other way.
"""

from __future__ import annotations

import os
import weakref
import zlib
from pathlib import Path

import pytest

from srcad.calls import specialise
from srcad.native import compilers
from tests.native import MISSING

SAMPLES = {"numba": 32, "ctypes": 16}  # one test in so many
HAS_NUMBA = compilers.is_installed("numba")


@pytest.fixture(params=["own", *SAMPLES], autouse=True)
def maker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes machine code in a test, or calls it; the test doesn't get what another one has made."""
    match request.param:
        case "numba":
            if not HAS_NUMBA:
                pytest.skip("numba isn't installed")
            monkeypatch.setenv("SRCAD_CC", "numba")
        case "ctypes":
            monkeypatch.setenv("SRCAD_CALLER", "ctypes")
        case _:
            return
    monkeypatch.setattr(specialise, "_SHELVES", weakref.WeakKeyDictionary())
    monkeypatch.setattr(specialise, "_SPECIALISERS", weakref.WeakKeyDictionary())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = [item for item in items if _is_wanted(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(left)])
    items[:] = left
    if MISSING:
        for item in left:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(MISSING))


def _is_wanted(item: pytest.Item) -> bool:
    """Whether a test is one of the sample, if it isn't by what is there."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or callspec.params.get("maker") not in SAMPLES:
        return True
    if os.environ.get("SRCAD_CC") == "numba" or os.environ.get("SRCAD_CALLER") or item.get_closest_marker("own_maker"):
        return False
    return zlib.crc32(item.nodeid.encode()) % SAMPLES[callspec.params["maker"]] == 0

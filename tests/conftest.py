"""What all tests share: the verifier between passes, the flag that rewrites what is expected, the garbage collector."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator

import pytest

os.environ.setdefault("SRCAD_VERIFY", "1")  # read once, when the first derivative is made


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        action="store_true",
        help="rewrite tests/golden with what is generated now (then read the diff)",
    )


@pytest.fixture
def refresh_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--refresh-golden"))


@pytest.fixture
def collect() -> Iterator[Callable[[], int]]:
    """The garbage of this test alone is collected: all that the tests before it have left takes seconds."""
    gc.freeze()
    yield gc.collect
    gc.unfreeze()

"""What tests of rules share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest


@pytest.fixture
def quiet() -> Iterator[None]:
    """Special points are asked for on purpose: NumPy doesn't warn of them."""
    with np.errstate(all="ignore"):
        yield

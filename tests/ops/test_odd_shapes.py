"""Functions of numbers, lists, arrays without dimensions or elements: a sample, of which each function has some calls.

`python -m tests.ops.odd_shapes` tries them all.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

from tests.ops.odd_shapes import Trial, along_axes, calls, fault, module_of, trials

pytest.importorskip("scipy.special")

EACH = 2  # calls of each function


def sample(texts: list[str]) -> list[Trial]:
    """Equal ones in every run."""
    made = [trial for text in texts for trial in (*trials(text), *along_axes(text))]
    return sorted(made, key=lambda trial: zlib.crc32(str(trial).encode()))[:EACH]


SAMPLES = {name: sample(texts) for name, texts in calls(1).items()}


@pytest.fixture(scope="session")
def function_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return module_of([trial for made in SAMPLES.values() for trial in made], tmp_path_factory.mktemp("odd_shapes"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLES)
def test_odd_shapes(name: str, function_of: Any) -> None:
    with np.errstate(all="ignore"):
        wrong = {str(trial): fault(function_of(trial), trial.values) for trial in SAMPLES[name]}
    assert not {text: what for text, what in wrong.items() if what is not None}
